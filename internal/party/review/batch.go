package review

import (
	"context"
	"maps"
	"slices"
	"strings"

	"zhibu/internal/party/member"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Entry is a checked change to a reviewed record that an import proposes.
type Entry struct {
	Change *member.Change
	Row    int
}

// Beside is a fact of an entry about which another value waits already.
type Beside struct {
	At    int // place of the entry
	Field roster.Column
	By    string // who proposed the other
}

// Prepare seals what an import proposes. What waits already word for word is left out and counted; what waits with another
// value is told, so that the sheet's owner knows: both are shown to the reviewer, and one of them is approved.
func (s *Service) Prepare(ctx context.Context, actor ledger.Actor, batch string, entries []Entry) (list []Proposal, waiting int, beside []Beside, err error) {
	ids := make([]string, len(entries))
	for i, e := range entries {
		ids[i] = e.Change.Member.ID
	}
	open, err := s.waitingFor(ctx, ids)
	if err != nil {
		return nil, 0, nil, err
	}
	keys, err := s.Members.Vault.Persons(ctx, ids)
	if err != nil {
		return nil, 0, nil, err
	}
	for at, e := range entries {
		m, c := e.Change.Member, contentOf(e.Change)
		same := false
		for _, p := range open[m.ID] {
			plain, err := keys[m.ID].Open(contentColumn, p.ID, p.content)
			if err != nil {
				return nil, 0, nil, err
			}
			same = same || sameValues(plain, c)
		}
		if same {
			waiting++
			continue
		}
		for _, p := range open[m.ID] {
			for _, f := range shown(p.Fields) {
				if p.State == Waiting && slices.Contains(e.Change.Fields, f) {
					beside = append(beside, Beside{at, f, p.Actor})
				}
			}
		}
		p := Proposal{ID: s.ledger().IDs.New(), Kind: e.Change.Kind, Member: m.ID, OrgPath: m.OrgPath, Fields: e.Change.Fields, Basis: e.Change.Basis,
			State: Waiting, Level: Superior, Account: actor.Account, Actor: actor.Name, Person: actor.Member, Batch: batch, Row: e.Row, Version: 1}
		p.content = keys[m.ID].Seal(contentColumn, p.ID, c.encoded())
		list = append(list, p)
	}
	return list, waiting, beside, nil
}

func sameValues(plain []byte, c content) bool {
	old, err := decoded(plain)
	return err == nil && maps.Equal(old.Values, c.Values) && slices.Equal(old.Notes, c.Notes)
}

// waitingFor reads the open corrections of many members, hidden ones too.
func (s *Service) waitingFor(ctx context.Context, ids []string) (map[string][]Proposal, error) {
	out := map[string][]Proposal{}
	const atOnce = 500
	marks := strings.TrimSuffix(strings.Repeat("?,", atOnce), ",")
	r := s.db().As(store.System("import"))
	for part := range slices.Chunk(ids, atOnce) {
		args := make([]any, atOnce)
		for i := range args {
			args[i] = part[min(i, len(part)-1)]
		}
		query := "SELECT " + columns + " FROM {proposal} WHERE member_id IN (" + marks + ") AND state IN ('pending', 'returned') AND kind = '" + member.DoMend + "'"
		err := r.Each(ctx, query, args, func(row store.Row) error {
			p, err := scan(row)
			out[p.Member] = append(out[p.Member], p)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// File writes prepared proposals inside an act of the import. They wait for the reviewers above.
func (s *Service) File(ctx context.Context, tx *store.Tx, list []Proposal) error {
	all := tx.System("owner")
	owners := map[string]string{} // by branch
	rows := make([][]any, len(list))
	for i, p := range list {
		if _, err := all.One(ctx, "SELECT org_path FROM {member} WHERE id = ?", []any{p.Member}, &p.OrgPath); err != nil {
			return err
		}
		owner, known := owners[p.OrgPath]
		if !known {
			var err error
			if owner, err = s.above(ctx, all, &p, p.OrgPath, ""); err != nil {
				return err
			}
			owners[p.OrgPath] = owner
		}
		if err := s.give(ctx, all, &p, owner); err != nil {
			return err
		}
		rows[i] = p.row()
	}
	return tx.InsertMany(ctx, "proposal", stored, rows)
}

// Drop removes up to limit proposals of a hidden batch and says whether more are left.
func (s *Service) Drop(ctx context.Context, actor ledger.Actor, batch string, limit int) (more bool, err error) {
	var ids []string
	err = s.db().As(store.System("withdraw")).Each(ctx, "SELECT id FROM {all_proposal} WHERE batch = ? LIMIT ?", []any{batch, limit}, func(row store.Row) error {
		var id string
		err := row.Scan(&id)
		ids = append(ids, id)
		return err
	})
	if err != nil || len(ids) == 0 {
		return false, err
	}
	act := ledger.Act{Kind: "import.withdraw", Subject: "batch", SubjectID: batch, Reason: "撤回一次导入", Detail: map[string]any{"changes": len(ids)}}
	err = s.ledger().Do(ctx, actor, act, func(tx *store.Tx) error {
		all := tx.System("withdraw")
		for _, id := range ids {
			if _, err := all.Delete(ctx, "proposal", store.ByID(id)); err != nil {
				return err
			}
		}
		return nil
	})
	return len(ids) == limit, err
}

// Approving decides in a transaction whether the actor may approve what another account has imported below a path.
func (s *Service) Approving(ctx context.Context, tx *store.Tx, actor ledger.Actor, importer, path string) error {
	same, perhaps, err := s.Rights.Same(ctx, tx.System("review"), actor.Account, importer)
	switch {
	case err != nil:
		return err
	case same:
		return second()
	case perhaps:
		return namesake()
	}
	return s.Rights.Inside(ctx, tx, actor, DoReview, path, "")
}

// Standing is how what an import brought stands with its reviewers: new records and changes to known ones together.
type Standing struct{ Waiting, Returned, Approved, Withdrawn int }

// Any tells whether the import brought anything that is reviewed.
func (n Standing) Any() bool { return n != Standing{} }

// Standing counts how what an import brought stands, as far as the reader sees it.
func (s *Service) Standing(ctx context.Context, r store.Reader, batch string) (n Standing, err error) {
	into := map[string]*int{string(Waiting): &n.Waiting, string(Returned): &n.Returned, string(Approved): &n.Approved, string(member.Reviewed): &n.Approved, string(Withdrawn): &n.Withdrawn}
	for _, query := range []string{
		"SELECT review, count(*) FROM {member} WHERE batch = ? AND state = 'active' GROUP BY review",
		"SELECT state, count(*) FROM {proposal} WHERE batch = ? AND batch <> '' GROUP BY state",
	} {
		err := r.Each(ctx, query, []any{batch}, func(row store.Row) error {
			var state string
			var count int
			err := row.Scan(&state, &count)
			if sum := into[state]; sum != nil {
				*sum += count
			}
			return err
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}
