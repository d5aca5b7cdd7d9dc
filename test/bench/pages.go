package main

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync"

	"zhibu/internal/web/view"
)

// The pages that are measured: a member's record, and the list of a branch, for somebody who is responsible for the
// whole city: the widest scope has the most to narrow.
const (
	pageRole    = "organisation-department"
	pagesApart  = 400 // different members and branches: what one page found in memory the next does not
	pagesRounds = 1
)

// pageTimes are medians of one page.
type pageTimes struct {
	made       spent // rights, queries, the whole document
	compressed spent // the same for a browser that takes it compressed
	queries    spent // its own, bare
	statements int
}

func (b *bench) pages(ctx context.Context) error {
	big, err := b.bigCity(ctx)
	if err != nil {
		return err
	}
	small, err := b.smallCity(ctx)
	if err != nil {
		return err
	}
	here, err := measurePages(ctx, big)
	if err != nil {
		return err
	}
	there, err := measurePages(ctx, small)
	if err != nil {
		return err
	}
	for i, name := range pageNames {
		t := here[i]
		r := ratio(t.made.wall, t.queries.wall)
		b.table.add(measure{Name: fmt.Sprintf("%s at %d members, server side, against its %d queries", name, b.members, t.statements),
			Ours: ms(t.made.wall), Bare: ms(t.queries.wall), Ratio: r, Reach: "≤ 2.5 ×"}, r <= 2.5)
		b.table.tell(measure{Name: "  compressed for the line it takes", Ours: ms(t.compressed.wall), Ratio: ratio(t.compressed.wall, t.queries.wall)})
		b.table.tell(measure{Name: "  by CPU time, with what goes on beside", Ours: ms(t.made.cpu), Bare: ms(t.queries.cpu), Ratio: ratio(t.made.cpu, t.queries.cpu)})
	}
	for i, name := range pageNames {
		r := ratio(here[i].made.wall, there[i].made.wall)
		b.table.add(measure{Name: fmt.Sprintf("%s at %d against %d members", name, b.members, smallMembers), Ours: ms(here[i].made.wall), Bare: ms(there[i].made.wall),
			Ratio: r, Reach: "≤ 1.5 ×"}, r <= 1.5)
	}
	return b.tail(ctx, big)
}

var pageNames = [2]string{"member page", "branch list page"}

// pagePaths are members' records, and lists of branches, spread over the city.
func (s *site) pagePaths(ctx context.Context, n int) (paths [2][]string, err error) {
	members, err := s.someMembers(ctx, n)
	if err != nil {
		return paths, err
	}
	branches, err := s.someBranches(ctx, n)
	if err != nil {
		return paths, err
	}
	for i := range members {
		paths[0] = append(paths[0], view.PathMember(members[i]))
		paths[1] = append(paths[1], view.PathMembers+"?org="+branches[i])
	}
	return paths, nil
}

// measurePages times both pages and, in turns with them, their own queries on the bare driver.
func measurePages(ctx context.Context, dir string) (t [2]pageTimes, err error) {
	s, err := openSite(ctx, dir, pageRole)
	if err != nil {
		return t, err
	}
	defer s.stop()
	paths, err := s.pagePaths(ctx, pagesApart)
	if err != nil {
		return t, err
	}
	bare, err := newReplayer(filepath.Join(dir, "zhibu.db"), 1)
	if err != nil {
		return t, err
	}
	defer bare.close()
	for i, list := range paths {
		if t[i], err = s.beside(bare, list); err != nil {
			return t, err
		}
	}
	return t, nil
}

// beside times pages and the queries of each on the bare driver. Every page has been asked for before, so that both
// find on the machine what they need; who goes first, and finds it colder, changes.
func (s *site) beside(bare *replayer, paths []string) (t pageTimes, err error) {
	read, err := s.queriesOf(bare, paths)
	if err != nil {
		return t, err
	}
	var all [3][]spent
	ways := [3]func(i int) error{
		func(i int) error { _, err := s.getIn(paths[i], ""); return err },
		func(i int) error { return bare.read(read[i]) },
		func(i int) error { _, err := s.get(paths[i]); return err },
	}
	for round := range pagesRounds * len(ways) {
		for i := range paths {
			which := (i + round) % len(ways)
			for _, way := range []int{which, (which + 1) % len(ways), (which + 2) % len(ways)} {
				took, err := cost(func() error { return ways[way](i) })
				if err != nil {
					return t, err
				}
				all[way] = append(all[way], took)
			}
		}
	}
	return pageTimes{medianOf(all[0]), medianOf(all[2]), medianOf(all[1]), len(read[0])}, nil
}

// queriesOf are the queries of each page, when what pages remember between them is there.
func (s *site) queriesOf(bare *replayer, paths []string) ([][]statement, error) {
	read := make([][]statement, len(paths))
	for range 2 {
		for i, path := range paths {
			var err error
			if read[i], err = s.statements(func() error { _, err := s.get(path); return err }); err != nil {
				return nil, err
			}
		}
	}
	for _, list := range read {
		if err := bare.read(list); err != nil {
			return nil, err
		}
	}
	return read, nil
}

// replayer runs queries prepared on the bare driver and reads every value of every row.
type replayer struct {
	db    *sql.DB
	mu    sync.Mutex
	stmts map[string]*sql.Stmt
}

func newReplayer(path string, connections int) (*replayer, error) {
	db, err := bareFile(path, readCache, connections)
	return &replayer{db: db, stmts: map[string]*sql.Stmt{}}, err
}

func (r *replayer) close() {
	for _, st := range r.stmts {
		st.Close()
	}
	r.db.Close()
}

func (r *replayer) read(list []statement) error {
	for _, q := range list {
		st, err := r.prepared(q.text)
		if err == nil {
			err = readAll(st, q.args)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *replayer) prepared(text string) (st *sql.Stmt, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if st = r.stmts[text]; st == nil {
		if st, err = r.db.Prepare(text); err == nil {
			r.stmts[text] = st
		}
	}
	return st, err
}

func readAll(st *sql.Stmt, args []any) error {
	rows, err := st.Query(args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	cols, err := rows.Columns()
	if err != nil {
		return err
	}
	values := make([]any, len(cols))
	into := make([]any, len(cols))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
	}
	return rows.Err()
}
