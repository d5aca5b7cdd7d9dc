package steward

import (
	"context"
	"strings"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/headcount"
	"zhibu/internal/party/member"
	"zhibu/internal/party/review"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
)

// Quality is what is known of the data at and below an organisation. The numbers are read from kept counts; what waits is
// counted up to a bound in an index.
type Quality struct {
	Members       int64 // on the register
	Lacks         []Lack
	Stale         int64 // records of which some fact is to be confirmed again
	Open, Overdue int64
	Causes        []Found // of the last twelve months
	From          string  // first month of them
	Waiting       Waiting
}

// Lack is how many records lack a fact.
type Lack struct {
	Field roster.Column
	N     int64
}

// Found is how often a cause was found.
type Found struct {
	Cause Cause
	N     int64
}

// Waiting is what waits for a second person, by age.
type Waiting struct {
	All, Weeks, Months review.Counts // all, older than seven days, older than thirty
}

// months of causes shown.
const monthsShown = 12

// Quality reads the figures of one organisation. A path outside of the scope is missing.
func (s *Service) Quality(ctx context.Context, r store.Reader, path string) (q Quality, err error) {
	defer fault.Wrap(&err, "steward: quality")
	if r, err = r.Within(path); err != nil {
		return q, err
	}
	if q.Members, err = headcount.Total(ctx, r, path); err != nil {
		return q, err
	}
	kept, err := headcount.Tallies(ctx, r, path)
	if err != nil {
		return q, err
	}
	today := s.today()
	for _, c := range member.Required() {
		q.Lacks = append(q.Lacks, Lack{roster.Column(c), kept[headcount.Missing+c][""]})
	}
	q.Open, q.Overdue = disputes(kept[headcount.Disputes], today)
	q.From = civil.Of(today.Year, today.Month, 1).AddMonths(1 - monthsShown).MonthOf()
	for _, c := range Causes {
		n := int64(0)
		for month, found := range kept[headcount.Causes+string(c)] {
			if month >= q.From {
				n += found
			}
		}
		q.Causes = append(q.Causes, Found{c, n})
	}
	for day, n := range kept[headcount.Aging] {
		if day <= today.String() {
			q.Stale += n
		}
	}
	q.Waiting, err = s.waits(ctx, r, path)
	return q, err
}

func disputes(byDay map[string]int64, today civil.Date) (open, overdue int64) {
	for day, n := range byDay {
		open += n
		if day < today.String() {
			overdue += n
		}
	}
	return open, overdue
}

func (s *Service) waits(ctx context.Context, r store.Reader, path string) (w Waiting, err error) {
	now := s.Members.Clock.Now()
	for _, x := range []struct {
		into *review.Counts
		age  time.Duration
	}{{&w.All, 0}, {&w.Weeks, 7 * 24 * time.Hour}, {&w.Months, 30 * 24 * time.Hour}} {
		f := review.Filter{Under: path}
		if x.age > 0 {
			f.Before = now.Add(-x.age)
		}
		if *x.into, err = s.Reviews.Count(ctx, r, f); err != nil {
			return w, err
		}
	}
	return w, nil
}

// Line is an organisation in a list of those directly below another.
type Line struct {
	Lacking       int64 // facts missing, over all records
	Open, Overdue int64
	Wrong         int64 // disputes settled within twelve months in which something had gone wrong
}

// Lines reads the figures of many organisations from the kept counts, in one question for each few of them.
func (s *Service) Lines(ctx context.Context, r store.Reader, paths []string) (map[string]Line, error) {
	out := map[string]Line{}
	today := s.today().String()
	from := civil.Of(s.today().Year, s.today().Month, 1).AddMonths(1 - monthsShown).MonthOf()
	const atOnce = 50
	for len(paths) > 0 {
		part := paths[:min(atOnce, len(paths))]
		paths = paths[len(part):]
		args := make([]any, atOnce)
		for i := range args {
			args[i] = part[min(i, len(part)-1)]
		}
		query := "SELECT org_path, kind, day, sum(n) FROM {tally} WHERE org_path IN (?" + strings.Repeat(", ?", atOnce-1) + ") GROUP BY org_path, kind, day"
		err := r.Each(ctx, query, args, func(row store.Row) error {
			var path, kind, day string
			var n int64
			if err := row.Scan(&path, &kind, &day, &n); err != nil {
				return err
			}
			l := out[path]
			switch {
			case strings.HasPrefix(kind, headcount.Missing):
				l.Lacking += n
			case kind == headcount.Disputes:
				l.Open += n
				if day < today {
					l.Overdue += n
				}
			case kind == headcount.Aging:
			case kind != headcount.Causes+string(NoFault) && day >= from:
				l.Wrong += n
			}
			out[path] = l
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
