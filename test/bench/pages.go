package main

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"time"

	"zhibu/internal/web/view"
)

// The pages that are measured: a member's record, and the list of a branch, for somebody who is responsible for the
// whole city: the widest scope has the most to narrow.
const (
	pageRole    = "organisation-department"
	pagesApart  = 40 // different members and branches
	pagesRounds = 5
)

type pageTimes struct {
	member, list       time.Duration // of one page, the answer compressed
	memberSQL, listSQL time.Duration
	nMember, nList     int // statements
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
	at := map[string]pageTimes{}
	for _, dir := range []string{small, big} {
		if at[dir], err = measurePages(ctx, dir); err != nil {
			return err
		}
	}
	where := fmt.Sprintf("at %d members", b.members)
	add := func(name string, ours, bare time.Duration, statements int) {
		r := ratio(ours, bare)
		b.table.add(measure{Name: fmt.Sprintf("%s %s (%d queries), server side", name, where, statements), Ours: ms(ours), Bare: ms(bare), Ratio: r, Reach: "≤ 2.5 ×"}, r <= 2.5)
	}
	t, s := at[big], at[small]
	add("member page", t.member, t.memberSQL, t.nMember)
	add("branch list page", t.list, t.listSQL, t.nList)
	grow := func(name string, big, small time.Duration) {
		r := ratio(big, small)
		b.table.add(measure{Name: fmt.Sprintf("%s, %d against %d members", name, b.members, smallMembers), Ours: ms(big), Bare: ms(small), Ratio: r, Reach: "≤ 1.5 ×"}, r <= 1.5)
	}
	grow("member page", t.member, s.member)
	grow("branch list page", t.list, s.list)
	return b.tail(ctx, big)
}

// measurePages times both pages and, in turns with them, their own queries on the bare driver.
func measurePages(ctx context.Context, dir string) (t pageTimes, err error) {
	s, err := openSite(ctx, dir, pageRole)
	if err != nil {
		return t, err
	}
	defer s.stop()
	members, err := s.someMembers(ctx, pagesApart)
	if err != nil {
		return t, err
	}
	branches, err := s.someBranches(ctx, pagesApart)
	if err != nil {
		return t, err
	}
	db, err := bareFile(filepath.Join(dir, "zhibu.db"))
	if err != nil {
		return t, err
	}
	defer db.Close()
	for i := range members {
		members[i], branches[i] = view.PathMember(members[i]), view.PathMembers+"?org="+branches[i]
	}
	if t.member, t.memberSQL, t.nMember, err = s.beside(db, members); err != nil {
		return t, err
	}
	t.list, t.listSQL, t.nList, err = s.beside(db, branches)
	return t, err
}

// beside times pages and the queries of each on the bare driver, in turns. Every page is asked for once before, so
// that both find what they need in memory.
func (s *site) beside(db *sql.DB, paths []string) (page, queries time.Duration, statements int, err error) {
	prepared := map[string]*sql.Stmt{}
	defer func() {
		for _, st := range prepared {
			st.Close()
		}
	}()
	read := make([][]statement, len(paths))
	for round := range 2 { // the first fills what is remembered between pages
		for i, path := range paths {
			read[i], err = s.statements(func() error { _, err := s.get(path); return err })
			if err != nil {
				return 0, 0, 0, err
			}
			if round == 1 {
				if err := replayReads(db, prepared, read[i]); err != nil {
					return 0, 0, 0, err
				}
			}
		}
	}
	var pages, plain []time.Duration
	for range pagesRounds {
		for i, path := range paths {
			start := time.Now()
			if _, err := s.get(path); err != nil {
				return 0, 0, 0, err
			}
			pages = append(pages, time.Since(start))
			start = time.Now()
			if err := replayReads(db, prepared, read[i]); err != nil {
				return 0, 0, 0, err
			}
			plain = append(plain, time.Since(start))
		}
	}
	return median(pages), median(plain), len(read[0]), nil
}

// replayReads runs queries prepared on the bare driver and reads every value of every row.
func replayReads(db *sql.DB, prepared map[string]*sql.Stmt, list []statement) error {
	for _, q := range list {
		st := prepared[q.text]
		if st == nil {
			var err error
			if st, err = db.Prepare(q.text); err != nil {
				return err
			}
			prepared[q.text] = st
		}
		if err := readAll(st, q.args); err != nil {
			return err
		}
	}
	return nil
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
