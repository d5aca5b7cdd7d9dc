package duty

import (
	"context"
	"strconv"

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
	day := s.today().String()
	err = r.Each(ctx, "SELECT duty, count(DISTINCT org_path), min(due_on) FROM {owed} WHERE due_on < ? AND from_on <= ? AND gone_on > ? AND org_path <> '' GROUP BY duty ORDER BY 3, 1", []any{day, day, day}, func(row store.Row) error {
		var b Below
		err := row.Scan(&b.Duty, &b.Branches, &b.Oldest)
		out = append(out, b)
		return err
	})
	for i := range out {
		if title, local, failed := s.Called(ctx, timeline.Name(out[i].Duty)); failed != nil {
			return nil, true, failed
		} else if local {
			out[i].Title = title
		}
	}
	return out, true, err
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
