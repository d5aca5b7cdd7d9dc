package steward

import (
	"context"
	"encoding/json"
	"slices"

	"zhibu/internal/fault"
	"zhibu/internal/party/headcount"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// ByID reads a dispute with its texts; out of scope it is missing.
func (s *Service) ByID(ctx context.Context, r store.Reader, id string) (Dispute, error) {
	list, err := s.read(ctx, r, "id = ?", id)
	if err == nil && len(list) == 0 {
		return Dispute{}, fault.Missing()
	}
	if err != nil {
		return Dispute{}, err
	}
	return list[0], nil
}

// Of lists the disputes about a member's record, the newest first.
func (s *Service) Of(ctx context.Context, r store.Reader, memberID string) ([]Dispute, error) {
	return s.read(ctx, r, "member_id = ? ORDER BY id DESC LIMIT 100", memberID)
}

// OpenOf lists what is doubted of a record or an organisation.
func (s *Service) OpenOf(ctx context.Context, r store.Reader, id string) (map[Subject]Dispute, error) {
	list, err := s.read(ctx, r, "(member_id = ? OR field = ?) AND state = 'open'", id, Subject{OfOrganisation, id}.String())
	out := map[Subject]Dispute{}
	for _, d := range list {
		out[d.Subject] = d
	}
	return out, err
}

// Filter says which disputes a list shows.
type Filter struct {
	Under   string // organisation path; "" everything in scope
	State   State  // "" open ones
	Overdue bool
	After   string
	Limit   int
}

// List gives disputes in the order in which they were raised, and the id to go on after.
func (s *Service) List(ctx context.Context, r store.Reader, f Filter) (list []Dispute, next string, err error) {
	defer fault.Wrap(&err, "steward: list")
	if f.Under != "" {
		if r, err = r.Within(f.Under); err != nil {
			return nil, "", err
		}
	}
	if f.Limit <= 0 || f.Limit > 200 {
		f.Limit = 50
	}
	where, args := "id > ? AND state = 'open'", []any{f.After}
	if f.State != "" && f.State != Open {
		where, args = "id > ? AND state <> 'open' AND state = ?", []any{f.After, string(f.State)}
	}
	if f.Overdue {
		where, args = where+" AND due_on < ?", append(args, s.today().String())
	}
	list, err = s.read(ctx, r, where+" ORDER BY id LIMIT ?", append(args, f.Limit+1)...)
	if len(list) > f.Limit {
		list = list[:f.Limit]
		next = list[len(list)-1].ID
	}
	return list, next, err
}

// waitingAtMost bounds what one person is shown as waiting.
const waitingAtMost = 200

// Waiting lists the open disputes that ask the actor as a steward, the oldest first. r reads what the actor may see.
func (s *Service) Waiting(ctx context.Context, r store.Reader, actor ledger.Actor) (out []Dispute, err error) {
	defer fault.Wrap(&err, "steward: waiting")
	all := s.db().As(store.System("dispute"))
	var list []Dispute
	query := "SELECT " + columns + " FROM {dispute} WHERE state = 'open' AND (owner_id IN (SELECT org_id FROM {grant} WHERE account_id = ?) OR owner_id IN (SELECT org_id FROM {post} WHERE member_id = ? AND member_id <> '')) ORDER BY id LIMIT ?"
	ids := []any{actor.Account, actor.Member, waitingAtMost}
	if err := all.Each(ctx, query, ids, func(row store.Row) error {
		d, err := scan(row)
		list = append(list, d)
		return err
	}); err != nil || len(list) == 0 {
		return nil, err
	}
	houses := map[string]House{}
	for _, d := range list {
		if !r.Scope().Holds(d.OrgPath) {
			continue
		}
		house, known := houses[d.OrgPath]
		if !known {
			if house, err = s.house(ctx, all, d.OrgPath, s.today()); err != nil {
				return nil, err
			}
			houses[d.OrgPath] = house
		}
		i := slices.IndexFunc(house.Up, func(p Place) bool { return p.ID == d.Owner })
		if i < 0 {
			continue
		}
		able, err := s.able(ctx, all, house, house.Up[i], d)
		if err != nil {
			return nil, err
		}
		if slices.Contains(able, actor.Account) {
			out = append(out, d)
		}
	}
	return out, s.open(ctx, out)
}

func (s *Service) read(ctx context.Context, r store.Reader, where string, args ...any) (out []Dispute, err error) {
	err = r.Each(ctx, "SELECT "+columns+" FROM {dispute} WHERE "+where, args, func(row store.Row) error {
		d, err := scan(row)
		out = append(out, d)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, s.open(ctx, out)
}

// open reads the sealed texts; those of a destroyed person stay shut.
func (s *Service) open(ctx context.Context, list []Dispute) error {
	if len(list) == 0 {
		return nil
	}
	ids := make([]string, len(list))
	for i, d := range list {
		ids[i] = d.Member
	}
	keys, err := s.Members.Vault.Persons(ctx, ids)
	if err != nil {
		return err
	}
	for i := range list {
		d := &list[i]
		key := keys[d.Member]
		if key == nil {
			continue
		}
		text, err := key.Open(contentSeal, d.ID, d.content)
		if err != nil {
			return err
		}
		d.Text = string(text)
		if len(d.answer) == 0 {
			continue
		}
		if text, err = key.Open(answerSeal, d.ID, d.answer); err != nil {
			return err
		}
		var a replied
		if err := json.Unmarshal(text, &a); err != nil {
			return err
		}
		d.Answer, d.Cause = a.Text, a.Cause
	}
	return nil
}

// TallyAll counts from the rows what their writers keep: to prove the kept tallies, and to make them.
func TallyAll(ctx context.Context, r store.Reader, change *headcount.Change) error {
	count := func(query string, kind func(string) string) error {
		return r.Each(ctx, query, nil, func(row store.Row) error {
			var path, what, day string
			var n int64
			err := row.Scan(&path, &what, &day, &n)
			change.Tally(path, kind(what), day, n)
			return err
		})
	}
	err := count("SELECT org_path, '', due_on, count(*) FROM {dispute} WHERE state = 'open' GROUP BY 1, 3", func(string) string { return headcount.Disputes })
	if err != nil {
		return err
	}
	return count("SELECT org_path, cause, month, count(*) FROM {cause} GROUP BY 1, 2, 3", func(c string) string { return headcount.Causes + c })
}
