package member

import (
	"context"
	"slices"

	"zhibu/internal/fault"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Export says what is taken out.
type Export struct {
	Filter
	Purpose string
	Columns []roster.Column // those the actor may see
}

// exportAtOnce is how many members one act covers.
const exportAtOnce = 1000

// Export hands the members of a filter to write, in list order, in plain. Every part is recorded before it is handed
// over, and where it holds numbers or addresses every member sees the look. It says how many there were.
func (s *Service) Export(ctx context.Context, actor ledger.Actor, e Export, write func(roster.Record) error) (n int, err error) {
	defer fault.Wrap(&err, "member: export")
	if e.Purpose == "" {
		return 0, fault.New(fault.Invalid, "请说明导出的用途。用途会留下记录。").At("purpose").By("P-02")
	}
	if err := s.Rights.May(ctx, actor, DoExport, e.Under); err != nil {
		return 0, err
	}
	names, err := s.branchNames(ctx, actor, e.Under)
	if err != nil {
		return 0, err
	}
	restricted, err := s.restricted(ctx, e.On)
	if err != nil {
		return 0, err
	}
	sensitive := slices.ContainsFunc(e.Columns, roster.Column.Sensitive)
	e.Limit, e.After, e.Before = 200, "", ""
	var part []Member
	flush := func() error {
		if len(part) == 0 {
			return nil
		}
		if err := s.recordExport(ctx, actor, e, part, sensitive); err != nil {
			return err
		}
		if err := s.hand(ctx, part, names, write); err != nil {
			return err
		}
		n += len(part)
		part = part[:0]
		return nil
	}
	for {
		page, err := s.List(ctx, s.DB.As(actor.Scope), e.Filter)
		if err != nil {
			return n, err
		}
		part = append(part, slices.DeleteFunc(page.Items, func(m Member) bool { return restricted[m.ID] })...)
		if len(part) >= exportAtOnce || page.Next == "" {
			if err := flush(); err != nil {
				return n, err
			}
		}
		if page.Next == "" {
			break
		}
		e.After = page.Next
	}
	if n == 0 { // an empty list is recorded too
		return 0, s.recordExport(ctx, actor, e, nil, false)
	}
	return n, nil
}

func (s *Service) branchNames(ctx context.Context, actor ledger.Actor, under string) (map[string]string, error) {
	r := s.DB.As(actor.Scope)
	if under != "" {
		var err error
		if r, err = r.Within(under); err != nil {
			return nil, err
		}
	}
	type both struct{ full, short string }
	orgs, times := map[string]both{}, map[string]int{}
	err := r.Each(ctx, "SELECT id, name, short_name FROM {org}", nil, func(row store.Row) error {
		var id string
		var n both
		err := row.Scan(&id, &n.full, &n.short)
		orgs[id] = n
		times[n.short]++
		return err
	})
	names := make(map[string]string, len(orgs))
	for id, n := range orgs {
		names[id] = n.short
		if times[n.short] > 1 { // a short name that stands for two tells nobody which
			names[id] = n.full
		}
	}
	return names, err
}

func (s *Service) recordExport(ctx context.Context, actor ledger.Actor, e Export, part []Member, sensitive bool) error {
	act := ledger.Act{Kind: DoExport, Subject: "org", OrgPath: e.Under, Reason: e.Purpose, Detail: map[string]any{"members": len(part), "columns": e.Columns}}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if !sensitive {
			return nil
		}
		now := s.Clock.Now()
		for _, m := range part {
			if m.ID == actor.Member {
				continue
			}
			if err := s.insertLook(ctx, tx, look{m.ID, m.OrgPath, actor.Account, actor.Name, Exported, e.Purpose, now}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) hand(ctx context.Context, part []Member, names map[string]string, write func(roster.Record) error) error {
	ids := make([]string, len(part))
	for i, m := range part {
		ids[i] = m.ID
	}
	persons, err := s.Vault.Persons(ctx, ids)
	if err != nil {
		return err
	}
	for _, m := range part {
		p := persons[m.ID]
		if p == nil {
			continue // destroyed while the export ran
		}
		rec, err := s.open(p, m)
		if err != nil {
			return err
		}
		rec.OrganisationText = names[m.OrgID]
		if err := write(rec); err != nil {
			return err
		}
	}
	return nil
}
