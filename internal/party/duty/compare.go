package duty

import (
	"context"
	"maps"
	"slices"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Mark is how often a duty is open, and how often overdue.
type Mark struct{ Open, Overdue int64 }

// marksOn are those of spans on a day, by duty.
func marksOn(open map[span]int64, day civil.Date) map[string]Mark {
	out := map[string]Mark{}
	for x, n := range open {
		is, overdue := x.on(day)
		m := out[x.duty]
		if is {
			m.Open += n
		}
		if overdue {
			m.Overdue += n
		}
		if m != (Mark{}) {
			out[x.duty] = m
		}
	}
	return out
}

// Compare computes branches anew and reports every duty of which something else is kept today. At most so many branches are
// looked at, others on another day; 0 is all. Branches that wait to be computed anew are left out. r reads as the system.
func (s *Service) Compare(ctx context.Context, r store.Reader, most int, differs func(org, duty string, kept, computed Mark)) (c ledger.Compared, err error) {
	defer fault.Wrap(&err, "duty: compare")
	day := s.today()
	on, kept, err := s.keptOn(ctx, r)
	if err != nil || !kept {
		return c, err
	}
	c.Kept = true
	ids, err := branchIDs(ctx, r)
	if c.Branches = len(ids); err != nil || on < day.String() {
		return c, err
	}
	marks, wider, err := s.waiting(ctx, r)
	if err != nil || wider {
		return c, err
	}
	waiting := map[string]bool{}
	for _, of := range marks {
		waiting[of] = true
	}
	rules, err := s.Local.AllIn(ctx, r)
	if err != nil {
		return c, err
	}
	every := 1
	if most > 0 {
		every = (len(ids) + most - 1) / most
	}
	known := map[string][]span{}
	for i := day.DaysUntil(civil.Date{Year: 2100, Month: 1, Day: 1}) % max(every, 1); i < len(ids); i += every {
		if waiting[ids[i]] {
			continue
		}
		if err := s.compare(ctx, r, ids[i], day, func(o org.Organisation) (map[span]int64, error) { return s.computed(ctx, r, o, rules, day, known) }, differs); err != nil {
			return c, err
		}
		c.Looked++
	}
	return c, nil
}

// CompareAbove counts anew in how many branches what is kept is overdue, and reports every organisation for which something
// else is counted. r reads as the system.
func (s *Service) CompareAbove(ctx context.Context, r store.Reader, differs func(path, duty string, off int64)) (err error) {
	defer fault.Wrap(&err, "duty: compare above")
	if _, kept, err := s.keptOn(ctx, r); err != nil || !kept {
		return err
	}
	marks, _, err := s.waiting(ctx, r)
	if err != nil || slices.Contains(slices.Collect(maps.Values(marks)), lateMark) {
		return err
	}
	wrong, err := differences(ctx, r)
	for c, off := range wrong {
		differs(c.path, c.duty, off)
	}
	return err
}

func (s *Service) compare(ctx context.Context, r store.Reader, id string, day civil.Date, compute func(org.Organisation) (map[span]int64, error), differs func(org, duty string, kept, computed Mark)) error {
	o, err := org.ByID(ctx, r, id)
	if err != nil {
		return err
	}
	rows, err := spansKept(ctx, r, o.Path)
	if err != nil {
		return err
	}
	open, err := compute(o)
	if err != nil {
		return err
	}
	kept, computed := marksOn(rows, day), marksOn(open, day)
	for name, m := range kept {
		if m != computed[name] {
			differs(id, name, m, computed[name])
		}
	}
	for name, m := range computed {
		if _, there := kept[name]; !there {
			differs(id, name, Mark{}, m)
		}
	}
	return nil
}

// spansKept reads what is kept of one branch.
func spansKept(ctx context.Context, r store.Reader, path string) (map[span]int64, error) {
	out := map[span]int64{}
	err := r.Each(ctx, "SELECT duty, from_on, due_on, gone_on, earliest, n FROM {owed} WHERE org_path = ?", []any{path}, func(row store.Row) error {
		var x span
		var n int64
		err := row.Scan(&x.duty, &x.from, &x.due, &x.gone, &x.earliest, &n)
		out[x] = n
		return err
	})
	return out, err
}

func branchIDs(ctx context.Context, r store.Reader) (ids []string, err error) {
	err = r.Each(ctx, "SELECT id FROM {org} WHERE kind IN ('branch', 'joint-branch', 'temporary-branch') ORDER BY path", nil, func(row store.Row) error {
		var id string
		err := row.Scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, err
}

// waiting are the marks and of what they are; wider tells that there is one of more than a branch.
func (s *Service) waiting(ctx context.Context, r store.Reader) (marks map[string]string, wider bool, err error) {
	marks = map[string]string{}
	err = r.Each(ctx, "SELECT id FROM {stale}", nil, func(row store.Row) error {
		var mark string
		err := row.Scan(&mark)
		_, of, _ := strings.Cut(mark, "~")
		marks[mark], wider = of, wider || strings.Contains(of, ":")
		return err
	})
	return marks, wider, err
}
