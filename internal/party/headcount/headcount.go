// Package headcount keeps how many members stand below each organisation, by category, sex and month of birth, so that
// any node answers in milliseconds and a birthday changes nothing. The rows are derived: they change in the same
// transaction as the members they count, and Recount proves them equal to the members themselves. A node's own
// members (a branch's) are counted directly; only what is below is kept.
package headcount

import (
	"cmp"
	"context"
	"slices"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
)

// Cell is what one count is about.
type Cell struct {
	Category string // full, probationary or Pending
	Sex      string // GB/T 2261.1
	Born     string // month of birth, 2006-01
}

// Pending is the category of whoever nobody has reviewed yet: on the list, but no member of either category.
const Pending = "pending"

// categories in the order in which a cell packs them.
var categories = []string{"full", "probationary", Pending}

// CategoryOf is the category of a row of {member} as it counts.
const CategoryOf = "CASE WHEN review = 'reviewed' THEN category ELSE '" + Pending + "' END"

// Change collects the effect of writes on the counts. Its zero value is empty and ready.
type Change struct {
	paths map[string]uint32 // of organisations, numbered
	names []string
	n     map[uint64]int64 // by path number and cell, packed: an import of a million keeps this in memory
	tally map[point]int64
}

// pack puts a cell into 32 bits: category, sex, months since the year 1000.
func (c Cell) pack() uint32 {
	var sex, months uint32
	category := uint32(max(0, slices.Index(categories, c.Category)))
	if len(c.Sex) == 1 {
		sex = uint32(c.Sex[0] - '0')
	}
	if len(c.Born) == 7 {
		months = (uint32(number(c.Born[:4]))-1000)*12 + uint32(number(c.Born[5:]))
	}
	return category<<30 | sex<<24 | months
}

func unpack(v uint32) Cell {
	c := Cell{Category: categories[v>>30], Sex: string(rune('0' + v>>24&0xf))}
	if m := v & 0xffffff; m > 0 {
		c.Born = civil.Of(1000+int(m-1)/12, time.Month((m-1)%12+1), 1).MonthOf()
	}
	return c
}

func number(s string) int {
	n := 0
	for _, d := range []byte(s) {
		n = n*10 + int(d-'0')
	}
	return n
}

// Add counts n members (negative: fewer) of an organisation, for every organisation above it.
func (c *Change) Add(orgPath string, cell Cell, n int64) {
	if c.n == nil {
		c.paths, c.n = map[string]uint32{}, map[uint64]int64{}
	}
	packed := uint64(cell.pack())
	for i := range len(orgPath) - 1 {
		if orgPath[i] != '.' {
			continue
		}
		at, known := c.paths[orgPath[:i+1]]
		if !known {
			at = uint32(len(c.names))
			c.names = append(c.names, orgPath[:i+1])
			c.paths[c.names[at]] = at
		}
		c.n[uint64(at)<<32|packed] += n
	}
}

// Merge adds another change.
func (c *Change) Merge(o Change) {
	c.mergeTally(o)
	if c.n == nil {
		c.paths, c.n = map[string]uint32{}, map[uint64]int64{}
	}
	for key, n := range o.n {
		path := o.names[key>>32]
		at, known := c.paths[path]
		if !known {
			at = uint32(len(c.names))
			c.names = append(c.names, path)
			c.paths[path] = at
		}
		c.n[uint64(at)<<32|key&0xffffffff] += n
	}
}

// keys are the touched counts in a fixed order, so that two writers wait for each other and never for a circle.
func (c *Change) keys() []uint64 {
	out := make([]uint64, 0, len(c.n))
	for key, n := range c.n {
		if n != 0 {
			out = append(out, key)
		}
	}
	slices.SortFunc(out, func(a, b uint64) int {
		return cmp.Or(cmp.Compare(c.names[a>>32], c.names[b>>32]), cmp.Compare(uint32(a), uint32(b)))
	})
	return out
}

// Apply writes the change to the common counts and empties it.
func (c *Change) Apply(ctx context.Context, tx *store.Tx) error {
	all := tx.System("headcount")
	for _, key := range c.keys() {
		if err := bump(ctx, all, c.names[key>>32], unpack(uint32(key)), c.n[key]); err != nil {
			return err
		}
	}
	if err := c.applyTally(ctx, all); err != nil {
		return err
	}
	*c = Change{}
	return nil
}

func bump(ctx context.Context, tx *store.Tx, path string, cell Cell, by int64) error {
	set := store.Set
	key := store.Key{set("org_path", path), set("category", cell.Category), set("sex", cell.Sex), set("born", cell.Born), set("batch", "")}
	n, err := tx.Add(ctx, "headcount", key, "n", by)
	if err != nil || n > 0 {
		return err
	}
	return tx.Insert(ctx, "headcount", append(key, set("n", by))...)
}

var columns = []string{"org_path", "category", "sex", "born", "batch", "n"}

// Tag writes the change apart, under the name of a batch that has no counts yet, and empties it. write runs a
// transaction; there are as many as are needed for none to take long. Readers see tagged counts unless the batch is
// hidden; Fold merges them later.
func (c *Change) Tag(ctx context.Context, batch string, atOnce int, write func(fn func(tx *store.Tx) error) error) error {
	keys := c.keys()
	for len(keys) > 0 {
		part := keys[:min(atOnce, len(keys))]
		rows := make([][]any, len(part))
		for i, key := range part {
			cell := unpack(uint32(key))
			rows[i] = []any{c.names[key>>32], cell.Category, cell.Sex, cell.Born, batch, c.n[key]}
		}
		if err := write(func(tx *store.Tx) error { return tx.System("headcount").InsertMany(ctx, "headcount", columns, rows) }); err != nil {
			return err
		}
		keys = keys[len(part):]
	}
	if err := c.tagTally(ctx, batch, atOnce, write); err != nil {
		return err
	}
	*c = Change{}
	return nil
}

// Move carries a subtree's counts from the organisations above its old path to those above its new one. Call it
// before the paths change. While an import runs, whose members still go to the old paths, it is refused.
func Move(ctx context.Context, tx *store.Tx, from, to string) error {
	all := tx.System("headcount")
	var importing int
	if found, err := all.One(ctx, "SELECT 1 FROM {hidden} LIMIT 1", nil, &importing); err != nil {
		return err
	} else if found {
		return fault.New(fault.Conflict, "正在导入花名册，组织树暂时不能移动。请等导入完成后再试。")
	}
	var c Change
	behind := from[:len(from)-1] + "/" // '/' follows '.'
	err := all.Each(ctx, "SELECT "+CategoryOf+", sex, born, count(*) FROM {member} WHERE state = 'active' AND org_path >= ? AND org_path < ? GROUP BY 1, 2, 3", []any{from, behind}, func(row store.Row) error {
		var cell Cell
		var n int64
		if err := row.Scan(&cell.Category, &cell.Sex, &cell.Born, &n); err != nil {
			return err
		}
		c.Add(from, cell, -n)
		c.Add(to, cell, n)
		return nil
	})
	if err != nil {
		return err
	}
	if err := moveTally(ctx, all, &c, from, to); err != nil {
		return err
	}
	return c.Apply(ctx, tx)
}

// Fold merges the counts of a shown batch into the common ones, for at most limit organisations at a time; it says
// whether some are left. What a reader sees does not change.
func Fold(ctx context.Context, tx *store.Tx, batch string, limit int) (more bool, err error) {
	n, err := tx.System("headcount").FoldCounts(ctx, batch, limit)
	if err != nil {
		return false, err
	}
	tallies, err := tx.System("headcount").FoldTallies(ctx, batch, limit)
	return n == limit || tallies == limit, err
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
	for _, part := range [][2]string{{"category", "sum(n) FROM {headcount} WHERE"}, {CategoryOf, "count(*) FROM {member} WHERE state = 'active' AND"}} {
		args := append(slices.Clone(ages), path)
		if err := r.Each(ctx, "SELECT "+part[0]+", sex, "+band+" AS band, "+part[1]+" org_path = ? GROUP BY 1, 2, 3", args, scan); err != nil {
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
	type place struct {
		path string
		cell Cell
	}
	kept, counted := map[place]int64{}, map[place]int64{}
	err := r.Each(ctx, "SELECT org_path, category, sex, born, sum(n) FROM {headcount} GROUP BY 1, 2, 3, 4", nil, func(row store.Row) error {
		var p place
		var n int64
		err := row.Scan(&p.path, &p.cell.Category, &p.cell.Sex, &p.cell.Born, &n)
		kept[p] += n
		return err
	})
	if err != nil {
		return err
	}
	err = r.Each(ctx, "SELECT org_path, "+CategoryOf+", sex, born, count(*) FROM {member} WHERE state = 'active' GROUP BY 1, 2, 3, 4", nil, func(row store.Row) error {
		var p place
		var n int64
		err := row.Scan(&p.path, &p.cell.Category, &p.cell.Sex, &p.cell.Born, &n)
		for i := range len(p.path) - 1 {
			if p.path[i] == '.' {
				counted[place{p.path[:i+1], p.cell}] += n
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	wrong := map[string][2]int64{}
	for p, n := range counted {
		if kept[p] != n {
			w := wrong[p.path]
			wrong[p.path] = [2]int64{w[0] + kept[p], w[1] + n}
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
