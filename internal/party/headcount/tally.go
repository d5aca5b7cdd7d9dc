package headcount

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"zhibu/internal/store"
)

// What is tallied at and below each organisation besides heads, for the pages on the quality of data. A day is kept
// where time decides what counts: sums of days do not change at midnight.
const (
	Missing  = "missing:" // and a column: records on the register that lack it
	Disputes = "dispute"  // open ones, by the day on which they are due
	Causes   = "cause:"   // and a cause: found in settled disputes, by month
	Aging    = "aging"    // reviewed records of which some fact is to be confirmed again, by the day from which on
)

// point is one tally: of what, on which day or in which month, "" where neither matters.
type point struct{ path, kind, day string }

// Tally counts n more (negative: fewer) of a kind at an organisation and for every one above it.
func (c *Change) Tally(orgPath, kind, day string, n int64) {
	if c.tally == nil {
		c.tally = map[point]int64{}
	}
	for i := range len(orgPath) {
		if orgPath[i] == '.' {
			c.tally[point{orgPath[:i+1], kind, day}] += n
		}
	}
}

func (c *Change) mergeTally(o Change) {
	if len(o.tally) > 0 && c.tally == nil {
		c.tally = map[point]int64{}
	}
	for p, n := range o.tally {
		c.tally[p] += n
	}
}

// points are the touched tallies in a fixed order, so that two writers wait for each other and never for a circle.
func (c *Change) points() []point {
	out := make([]point, 0, len(c.tally))
	for p, n := range c.tally {
		if n != 0 {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b point) int {
		return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.kind, b.kind), cmp.Compare(a.day, b.day))
	})
	return out
}

// applyTally adds to the common tallies.
func (c *Change) applyTally(ctx context.Context, all *store.Tx) error {
	set := store.Set
	for _, p := range c.points() {
		key := store.Key{set("org_path", p.path), set("kind", p.kind), set("day", p.day), set("batch", "")}
		n, err := all.Add(ctx, "tally", key, "n", c.tally[p])
		if err == nil && n == 0 {
			err = all.Insert(ctx, "tally", append(key, set("n", c.tally[p]))...)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

var tallyColumns = []string{"org_path", "kind", "day", "batch", "n"}

// tagTally writes the tallies under the name of a batch.
func (c *Change) tagTally(ctx context.Context, batch string, atOnce int, write func(fn func(tx *store.Tx) error) error) error {
	for part := range slices.Chunk(c.points(), atOnce) {
		rows := make([][]any, len(part))
		for i, p := range part {
			rows[i] = []any{p.path, p.kind, p.day, batch, c.tally[p]}
		}
		if err := write(func(tx *store.Tx) error { return tx.System("headcount").InsertMany(ctx, "tally", tallyColumns, rows) }); err != nil {
			return err
		}
	}
	return nil
}

// moveTally carries what a subtree tallies from the organisations above its old path to those above its new one.
func moveTally(ctx context.Context, all *store.Tx, c *Change, from, to string) error {
	type count struct {
		kind, day string
		n         int64
	}
	var list []count
	err := all.Each(ctx, "SELECT kind, day, sum(n) FROM {tally} WHERE org_path = ? GROUP BY kind, day", []any{from}, func(row store.Row) error {
		var x count
		err := row.Scan(&x.kind, &x.day, &x.n)
		list = append(list, x)
		return err
	})
	for _, x := range list { // the subtree's own rows move with their paths
		c.Tally(above(from), x.kind, x.day, -x.n)
		c.Tally(above(to), x.kind, x.day, x.n)
	}
	return err
}

// above is the path of the next organisation above, "" for the root.
func above(path string) string {
	return path[:strings.LastIndexByte(path[:len(path)-1], '.')+1]
}

// Tallies reads what is counted at and below a path: by kind, then by day.
func Tallies(ctx context.Context, r store.Reader, path string) (map[string]map[string]int64, error) {
	out := map[string]map[string]int64{}
	err := r.Each(ctx, "SELECT kind, day, sum(n) FROM {tally} WHERE org_path = ? GROUP BY kind, day", []any{path}, func(row store.Row) error {
		var kind, day string
		var n int64
		err := row.Scan(&kind, &day, &n)
		if out[kind] == nil {
			out[kind] = map[string]int64{}
		}
		out[kind][day] = n
		return err
	})
	return out, err
}

// RecountTallies compares the kept tallies with what count says the rows come to, and reports every path that differs.
func RecountTallies(ctx context.Context, r store.Reader, counted Change, differs func(path string, kept, counted int64)) error {
	kept := map[point]int64{}
	err := r.Each(ctx, "SELECT org_path, kind, day, sum(n) FROM {tally} WHERE org_path <> '' GROUP BY 1, 2, 3", nil, func(row store.Row) error {
		var p point
		var n int64
		err := row.Scan(&p.path, &p.kind, &p.day, &n)
		kept[p] = n
		return err
	})
	if err != nil {
		return err
	}
	for p, n := range counted.tally {
		if kept[p] != n {
			differs(p.path+" "+p.kind+p.day, kept[p], n)
		}
		delete(kept, p)
	}
	for p, n := range kept {
		if n != 0 {
			differs(p.path+" "+p.kind+p.day, n, 0)
		}
	}
	return nil
}

// Kept tells whether tallies have been counted once; an installation of before has none. mark says which of them, as they
// have come one after the other: KeptFirst or KeptAging.
func Kept(ctx context.Context, r store.Reader, mark string) (bool, error) {
	var one int
	return r.One(ctx, "SELECT 1 FROM {tally} WHERE org_path = '' AND kind = ?", []any{mark}, &one)
}

// The marks of what has been counted once.
const (
	KeptFirst = "kept" // what is missing, disputes and causes
	KeptAging = "kept:aging"
)

// Keep writes tallies that were counted from the rows for the first time.
func Keep(ctx context.Context, tx *store.Tx, mark string, counted Change) error {
	all := tx.System("headcount")
	if err := all.Insert(ctx, "tally", store.Set("org_path", ""), store.Set("kind", mark), store.Set("day", ""), store.Set("batch", ""), store.Set("n", 1)); err != nil {
		return err
	}
	return counted.tagTally(ctx, "", 20000, func(fn func(tx *store.Tx) error) error { return fn(tx) })
}
