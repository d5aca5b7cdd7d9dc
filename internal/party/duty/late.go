package duty

import (
	"context"
	"maps"
	"slices"

	"zhibu/internal/civil"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
)

// In how many branches a duty is overdue is kept for every organisation above them, so that a city's workbench costs what a
// town's does. Days pass here too without anything being written: a branch counts from the day after a period's last day until
// the duty is not asked any more, and each such stretch of days tells the oldest day that was missed.

// late is a stretch of days on which a duty is overdue in a branch.
type late struct{ duty, begin, end, oldest string }

// latesOf are those of what is open in one branch.
func latesOf(open map[span]int64) []late {
	of := map[string][]late{}
	for x := range open {
		due, err := civil.Parse(x.due)
		if err != nil || x.due == never {
			continue
		}
		if begin := max(x.from, due.AddDays(1).String()); begin < x.gone {
			of[x.duty] = append(of[x.duty], late{x.duty, begin, x.gone, x.due})
		}
	}
	var out []late
	for _, list := range of {
		out = append(out, stretches(list)...)
	}
	return out
}

// stretches makes of stretches that overlap those that follow each other, each with the oldest day of those it lies in.
func stretches(list []late) (out []late) {
	var days []string
	for _, x := range list {
		days = append(days, x.begin, x.end)
	}
	slices.Sort(days)
	days = slices.Compact(days)
	for i := range len(days) - 1 {
		oldest := ""
		for _, x := range list {
			if x.begin <= days[i] && x.end > days[i] && (oldest == "" || x.oldest < oldest) {
				oldest = x.oldest
			}
		}
		last := len(out) - 1
		switch {
		case oldest == "":
		case last >= 0 && out[last].end == days[i] && out[last].oldest == oldest:
			out[last].end = days[i+1]
		default:
			out = append(out, late{list[0].duty, days[i], days[i+1], oldest})
		}
	}
	return out
}

// place is where a stretch is counted.
type place struct {
	path string
	late
}

// tally is how many branches have each.
type tally map[place]int64

// count adds what is open in one branch to those above it.
func (t tally) count(path string, open map[span]int64, by int64) {
	list := latesOf(open)
	for _, above := range org.Above(path) {
		for _, l := range list {
			t[place{above, l}] += by
		}
	}
}

var lateColumns = []string{"org_path", "duty", "begin_on", "end_on", "oldest_on", "n"}

func (c place) key() store.Key {
	return store.Key{store.Set("org_path", c.path), store.Set("duty", c.duty), store.Set("begin_on", c.begin), store.Set("end_on", c.end), store.Set("oldest_on", c.oldest)}
}

// change adds to what is counted.
func (t tally) change(ctx context.Context, tx *store.Tx) error {
	var rows [][]any
	for c, by := range t {
		if by == 0 {
			continue
		}
		n, err := tx.Add(ctx, "late", c.key(), "n", by)
		if err != nil {
			return err
		}
		if n == 0 {
			rows = append(rows, []any{c.path, c.duty, c.begin, c.end, c.oldest, by})
		} else if by < 0 {
			if _, err := tx.Delete(ctx, "late", c.key().And("n", 0)); err != nil {
				return err
			}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return tx.InsertMany(ctx, "late", lateColumns, rows)
}

// talliesKept and talliesOf are what is counted, and what the open duties of all branches come to.
func talliesKept(ctx context.Context, r store.Reader) (tally, error) {
	out := tally{}
	err := r.Each(ctx, "SELECT org_path, duty, begin_on, end_on, oldest_on, n FROM {late}", nil, func(row store.Row) error {
		var c place
		var n int64
		err := row.Scan(&c.path, &c.duty, &c.begin, &c.end, &c.oldest, &n)
		out[c] = n
		return err
	})
	return out, err
}

func talliesOf(ctx context.Context, r store.Reader) (tally, error) {
	out, at, open := tally{}, "", map[span]int64{}
	err := r.Each(ctx, "SELECT org_path, duty, from_on, due_on, gone_on, earliest, n FROM {owed} WHERE org_path <> '' ORDER BY org_path", nil, func(row store.Row) error {
		var path string
		var x span
		var n int64
		err := row.Scan(&path, &x.duty, &x.from, &x.due, &x.gone, &x.earliest, &n)
		if path != at {
			out.count(at, open, 1)
			at = path
			clear(open)
		}
		open[x] = n
		return err
	})
	out.count(at, open, 1)
	return out, err
}

// differences are what has to be added to kept tallies to make them those of all branches.
func differences(ctx context.Context, r store.Reader) (tally, error) {
	kept, err := talliesKept(ctx, r)
	if err != nil {
		return nil, err
	}
	out, err := talliesOf(ctx, r)
	for c, n := range kept {
		out[c] -= n
	}
	maps.DeleteFunc(out, func(_ place, n int64) bool { return n == 0 })
	return out, err
}

// recount counts anew, as after organisations have moved.
func recount(ctx context.Context, tx *store.Tx) error {
	d, err := differences(ctx, tx)
	if err != nil {
		return err
	}
	return d.change(ctx, tx)
}
