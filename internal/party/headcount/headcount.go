// Package headcount keeps how many members stand below each organisation, by category, sex and month of birth, so that
// any node answers in milliseconds and a birthday changes nothing. The rows are derived: they change in the same
// transaction as the members they count, and Recount proves them equal to the members themselves. A node's own
// members (a branch's) are counted directly; only what is below is kept.
package headcount

import (
	"context"
	"slices"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/store"
)

// Cell is what one count is about.
type Cell struct {
	Category string // full or probationary
	Sex      string // GB/T 2261.1
	Born     string // month of birth, 2006-01
}

type place struct {
	path  string
	batch string
	cell  Cell
}

// Change collects the effect of a transaction on the counts.
type Change map[place]int64

// Add counts n members (negative: fewer) of an organisation, for every organisation above it. batch is the import the
// members belong to while it is not yet complete, else "".
func (c Change) Add(orgPath, batch string, cell Cell, n int64) {
	for i := 0; i < len(orgPath)-1; i++ {
		if orgPath[i] == '.' {
			c[place{orgPath[:i+1], batch, cell}] += n
		}
	}
}

// Apply writes the change. The order is fixed, so that two writers wait for each other and never for a circle.
func (c Change) Apply(ctx context.Context, tx *store.Tx) error {
	all := tx.System("headcount")
	places := make([]place, 0, len(c))
	for p, n := range c {
		if n != 0 {
			places = append(places, p)
		}
	}
	slices.SortFunc(places, func(a, b place) int {
		return strings.Compare(a.path+a.batch+a.cell.Category+a.cell.Sex+a.cell.Born, b.path+b.batch+b.cell.Category+b.cell.Sex+b.cell.Born)
	})
	for _, p := range places {
		if err := bump(ctx, all, p, c[p]); err != nil {
			return err
		}
	}
	clear(c)
	return nil
}

func bump(ctx context.Context, tx *store.Tx, p place, by int64) error {
	set := store.Set
	key := store.Key{set("org_path", p.path), set("category", p.cell.Category), set("sex", p.cell.Sex), set("born", p.cell.Born), set("batch", p.batch)}
	n, err := tx.Add(ctx, "headcount", key, "n", by)
	if err != nil || n > 0 {
		return err
	}
	return tx.Insert(ctx, "headcount", append(key, set("n", by))...)
}

// Move carries a subtree's counts from the organisations above its old path to those above its new one. Call it
// before the paths change.
func Move(ctx context.Context, tx *store.Tx, from, to string) error {
	c := Change{}
	below := store.Subtree(from)
	err := tx.With(below).Each(ctx, "SELECT category, sex, born, count(*) FROM {member} WHERE state = 'active' GROUP BY category, sex, born", nil, func(row store.Row) error {
		var cell Cell
		var n int64
		if err := row.Scan(&cell.Category, &cell.Sex, &cell.Born, &n); err != nil {
			return err
		}
		c.Add(from, "", cell, -n)
		c.Add(to, "", cell, n)
		return nil
	})
	if err != nil {
		return err
	}
	return c.Apply(ctx, tx)
}

// Fold merges the counts of a completed batch into the common ones, at most limit rows at a time; it says whether
// rows are left. What a reader sees does not change.
func Fold(ctx context.Context, tx *store.Tx, batch string, limit int) (more bool, err error) {
	all := tx.System("headcount")
	c := Change{}
	var done []place
	err = all.Each(ctx, "SELECT org_path, category, sex, born, n FROM {headcount} WHERE batch = ? LIMIT ?", []any{batch, limit}, func(row store.Row) error {
		p := place{batch: batch}
		var n int64
		if err := row.Scan(&p.path, &p.cell.Category, &p.cell.Sex, &p.cell.Born, &n); err != nil {
			return err
		}
		done = append(done, p)
		c[place{p.path, "", p.cell}] += n
		return nil
	})
	if err != nil {
		return false, err
	}
	set := store.Set
	for _, p := range done {
		if _, err := all.Delete(ctx, "headcount", store.Key{set("org_path", p.path), set("category", p.cell.Category), set("sex", p.cell.Sex), set("born", p.cell.Born), set("batch", batch)}); err != nil {
			return false, err
		}
	}
	return len(done) == limit, c.Apply(ctx, tx)
}

// Bands are the age bands of the yearly statistics: up to 30, 31–35, … 56–60, 61 and over.
var Bands = []string{"30 岁及以下", "31–35 岁", "36–40 岁", "41–45 岁", "46–50 岁", "51–55 岁", "56–60 岁", "61 岁及以上"}

var bandEnds = []int{30, 35, 40, 45, 50, 55, 60}

// Counts are the members of a node and everything below it.
type Counts struct {
	Total    int64
	Category map[string]int64
	Sex      map[string]int64
	Band     [8]int64
	Cells    map[Group]int64
}

// Group is one combination of the three.
type Group struct {
	Category, Sex string
	Band          int
}

// At counts the active members at and below a path on a day. Ages turn with the month of birth.
func At(ctx context.Context, r store.Reader, path string, on civil.Date) (Counts, error) {
	out := Counts{Category: map[string]int64{}, Sex: map[string]int64{}, Cells: map[Group]int64{}}
	band := "CASE"
	var ages []any
	for i, end := range bandEnds {
		band += " WHEN born > ? THEN " + string(rune('0'+i))
		ages = append(ages, civil.Of(on.Year, on.Month, 1).AddYears(-end-1).MonthOf())
	}
	band += " ELSE 7 END"
	scan := func(row store.Row) error {
		var g Group
		var n int64
		if err := row.Scan(&g.Category, &g.Sex, &g.Band, &n); err != nil {
			return err
		}
		out.Total += n
		out.Category[g.Category] += n
		out.Sex[g.Sex] += n
		out.Band[g.Band] += n
		out.Cells[g] += n
		return nil
	}
	for _, from := range []string{"sum(n) FROM {headcount} WHERE", "count(*) FROM {member} WHERE state = 'active' AND"} {
		args := append(slices.Clone(ages), path)
		if err := r.Each(ctx, "SELECT category, sex, "+band+" AS band, "+from+" org_path = ? GROUP BY 1, 2, 3", args, scan); err != nil {
			return out, err
		}
	}
	return out, nil
}

// Total counts the active members at and below a path.
func Total(ctx context.Context, r store.Reader, path string) (n int64, err error) {
	var own int64
	if _, err = r.One(ctx, "SELECT coalesce(sum(n), 0) FROM {headcount} WHERE org_path = ?", []any{path}, &n); err != nil {
		return 0, err
	}
	_, err = r.One(ctx, "SELECT count(*) FROM {member} WHERE state = 'active' AND org_path = ?", []any{path}, &own)
	return n + own, err
}

// Recount compares the kept counts with the members and reports every path whose counts differ.
func Recount(ctx context.Context, r store.Reader, differs func(path string, kept, counted int64)) error {
	kept, counted := Change{}, Change{}
	err := r.Each(ctx, "SELECT org_path, category, sex, born, sum(n) FROM {headcount} GROUP BY 1, 2, 3, 4", nil, func(row store.Row) error {
		var p place
		var n int64
		if err := row.Scan(&p.path, &p.cell.Category, &p.cell.Sex, &p.cell.Born, &n); err != nil {
			return err
		}
		kept[p] += n
		return nil
	})
	if err != nil {
		return err
	}
	err = r.Each(ctx, "SELECT org_path, category, sex, born, count(*) FROM {member} WHERE state = 'active' GROUP BY 1, 2, 3, 4", nil, func(row store.Row) error {
		var p place
		var n int64
		if err := row.Scan(&p.path, &p.cell.Category, &p.cell.Sex, &p.cell.Born, &n); err != nil {
			return err
		}
		counted.Add(p.path, "", p.cell, n)
		return nil
	})
	if err != nil {
		return err
	}
	wrong := map[string][2]int64{}
	for p := range counted {
		if kept[p] != counted[p] {
			w := wrong[p.path]
			wrong[p.path] = [2]int64{w[0] + kept[p], w[1] + counted[p]}
		}
	}
	for p, n := range kept {
		if _, ok := counted[p]; !ok && n != 0 {
			w := wrong[p.path]
			wrong[p.path] = [2]int64{w[0] + n, w[1]}
		}
	}
	for path, w := range wrong {
		differs(path, w[0], w[1])
	}
	return nil
}
