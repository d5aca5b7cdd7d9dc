package duty

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
)

// Below is what is overdue at and below an organisation, by duty: in how many branches, and since when the oldest.
type Below struct {
	Duty     string
	Title    string // of a local duty, in the words of whoever added it
	Branches int
	Oldest   string
}

// Overdue counts what is overdue in the part of the tree that a reader sees, the oldest first. ok is false while nothing
// has been computed yet.
func (s *Service) Overdue(ctx context.Context, r store.Reader) (out []Below, ok bool, err error) {
	defer fault.Wrap(&err, "duty: overdue")
	if ok, err = s.Kept(ctx, s.DB.As(store.System("duties kept"))); err != nil || !ok {
		return nil, ok, err
	}
	if _, err := s.Settle(ctx, askedFor); err != nil {
		return nil, true, err
	}
	if out, err = s.counted(ctx, r); err != nil {
		return nil, true, err
	}
	for i := range out {
		if title, local, failed := s.Called(ctx, timeline.Name(out[i].Duty)); failed != nil {
			return nil, true, failed
		} else if local {
			out[i].Title = title
		}
	}
	return out, true, err
}

// counted reads what is counted above branches, and what is kept of those that a reader sees without anything above.
func (s *Service) counted(ctx context.Context, r store.Reader) ([]Below, error) {
	tops, day := r.Scope().Paths(), s.today()
	if r.Scope().IsSystem() {
		var err error
		if tops, err = roots(ctx, r); err != nil {
			return nil, err
		}
	}
	of := map[string]Below{}
	add := func(b Below) {
		have, there := of[b.Duty]
		if b.Branches += have.Branches; there {
			b.Oldest = min(b.Oldest, have.Oldest)
		}
		of[b.Duty] = b
	}
	for _, top := range tops {
		err := r.Each(ctx, "SELECT duty, sum(n), min(oldest_on) FROM {late} WHERE org_path = ? AND begin_on <= ? AND end_on > ? AND n > 0 GROUP BY duty", []any{top, day.String(), day.String()}, func(row store.Row) error {
			var b Below
			err := row.Scan(&b.Duty, &b.Branches, &b.Oldest)
			add(b)
			return err
		})
		if err != nil {
			return nil, err
		}
		open, err := spansKept(ctx, r, top)
		if err != nil {
			return nil, err
		}
		for _, l := range latesOf(open) {
			if l.begin <= day.String() && l.end > day.String() {
				add(Below{Duty: l.duty, Branches: 1, Oldest: l.oldest})
			}
		}
	}
	return slices.SortedFunc(maps.Values(of), func(a, b Below) int {
		return cmp.Or(strings.Compare(a.Oldest, b.Oldest), strings.Compare(a.Duty, b.Duty))
	}), nil
}

func roots(ctx context.Context, r store.Reader) (paths []string, err error) {
	err = r.Each(ctx, "SELECT path FROM {org} WHERE parent_id = ''", nil, func(row store.Row) error {
		var path string
		err := row.Scan(&path)
		paths = append(paths, path)
		return err
	})
	return paths, err
}

// Late is a branch in which a duty is overdue.
type Late struct {
	OrgID, Path, Due string
	N                int64
}

// LateBranches lists the branches in which a duty is overdue, the oldest first, from a number on.
func (s *Service) LateBranches(ctx context.Context, r store.Reader, duty string, from, limit int) (out []Late, err error) {
	defer fault.Wrap(&err, "duty: late branches")
	day := s.today().String()
	query := "SELECT org_id, org_path, min(due_on), sum(n) FROM {owed} WHERE duty = ? AND due_on < ? AND from_on <= ? AND gone_on > ? GROUP BY org_id, org_path ORDER BY 3, 2 LIMIT " + strconv.Itoa(limit) + " OFFSET " + strconv.Itoa(from)
	err = r.Each(ctx, query, []any{duty, day, day, day}, func(row store.Row) error {
		var l Late
		err := row.Scan(&l.OrgID, &l.Path, &l.Due, &l.N)
		out = append(out, l)
		return err
	})
	return out, err
}
