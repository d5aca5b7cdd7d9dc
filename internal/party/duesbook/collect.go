package duesbook

import (
	"context"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/dues"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
)

// Payer is somebody who has months to pay.
type Payer struct {
	Member, Name string
	First        civil.Date // the first month that is open
	Months       int        // open ones until the month asked about
	Sum          dues.Fen   // what they come to
	Known        bool       // a base was fixed for all of them
}

// Payers are those of a branch who have months open until a month, in the order of the list.
func (s *Service) Payers(ctx context.Context, r store.Reader, o org.Organisation, through civil.Date) (out []Payer, err error) {
	defer fault.Wrap(&err, "dues: payers")
	of, err := s.openMonths(ctx, r, o)
	for _, id := range of.order {
		p := Payer{Member: id, Name: of.names[id], Known: true}
		for _, m := range of.open[id] {
			if m.After(through) {
				break
			}
			if p.Months == 0 {
				p.First = m
			}
			p.Months++
			due, known := owed(s.Rules, of.assessed[id], m)
			p.Sum, p.Known = p.Sum+due.Min, p.Known && known
		}
		if p.Months > 0 {
			out = append(out, p)
		}
	}
	return out, err
}

// BaseLine is a member with the base of a year: what holds, what waits, what held in the year before.
type BaseLine struct {
	Member, Name           string
	Fixed, Waiting, Before *Assessment
}

// Bases are the members of a branch with their bases of a year, in the order of the list.
func (s *Service) Bases(ctx context.Context, r store.Reader, o org.Organisation, year int) (out []BaseLine, err error) {
	defer fault.Wrap(&err, "dues: bases")
	at := map[string]int{}
	err = r.Each(ctx, "SELECT id, name FROM {member} WHERE state = 'active' AND org_path = ? ORDER BY pinyin, id", []any{o.Path}, func(row store.Row) error {
		var l BaseLine
		err := row.Scan(&l.Member, &l.Name)
		at[l.Member] = len(out)
		out = append(out, l)
		return err
	})
	if err != nil {
		return nil, err
	}
	list, err := s.assessments(ctx, r, "org_path = ? AND kind = 'base' AND state IN ('proposed', 'approved') AND from_month >= ? ORDER BY id", o.Path, civil.Of(year-1, 1, 1).MonthOf())
	for i, a := range list {
		n, here := at[a.Member]
		switch {
		case !here:
		case a.State == Proposed && a.To.Year == year:
			out[n].Waiting = &list[i]
		case a.State == Approved && a.To.Year == year:
			out[n].Fixed = &list[i]
		case a.State == Approved && a.To.Year == year-1:
			out[n].Before = &list[i]
		}
	}
	return out, err
}

// NameOf is whom an assessment is about.
func (s *Service) NameOf(ctx context.Context, r store.Reader, a Assessment) (name string, err error) {
	_, err = r.One(ctx, "SELECT name FROM {member} WHERE id = ?", []any{a.Member}, &name)
	return name, err
}

// Costs is what a base costs in its first month.
func (s *Service) Costs(a Assessment) (dues.Due, bool) {
	if a.Kind != Base {
		return dues.Due{}, false
	}
	a.State = Approved
	return owed(s.Rules, []Assessment{a}, a.From)
}
