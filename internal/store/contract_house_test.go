package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

// The contract of the storage, kept on SQLite and on PostgreSQL alike. Each test runs on both.

var ctx = context.Background()

// The tree of every contract test: a county with two towns; the first has two branches, the second one.
//
//  0001. county
//     0001.0001.       town a    0001.0001.0001. branch a1    0001.0001.0002. branch a2
//     0001.0002.       town b    0001.0002.0001. branch b1
const (
	county  = "0001."
	townA   = "0001.0001."
	townB   = "0001.0002."
	branchA = "0001.0001.0001."
	other   = "0001.0001.0002."
	branchB = "0001.0002.0001."
)

var branches = []string{branchA, other, branchB}

// house is an open database with that tree and three members in each branch.
type house struct {
	t  *testing.T
	db *store.DB
	c  store.Config
}

// each builds the house on every engine.
func each(t *testing.T, run func(h *house)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, c store.Config) { run(build(t, c)) })
}

func build(t *testing.T, c store.Config) *house {
	t.Helper()
	h := &house{t, storetest.Open(t, c), c}
	h.must(h.act(store.System("test"), func(tx *store.Tx) error {
		for i, path := range []string{county, townA, townB, branchA, other, branchB} {
			if err := insertOrg(tx, fmt.Sprintf("o%d", i), path); err != nil {
				return err
			}
		}
		for _, path := range branches {
			for n := range 3 {
				if err := insertMember(tx, fmt.Sprintf("m-%s-%d", path, n), path, ""); err != nil {
					return err
				}
			}
		}
		return nil
	}))
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// act writes as the ledger does: under an audit context.
func (h *house) act(s store.Scope, fn func(tx *store.Tx) error) error {
	return h.db.Write(ctx, s, func(tx *store.Tx) error {
		return tx.Record(ctx, "act", func(store.Image) {}, fn)
	})
}

func insertOrg(tx *store.Tx, id, path string) error {
	set := store.Set
	return tx.Insert(ctx, "org", set("id", id), set("path", path), set("parent_id", ""), set("code", path), set("name", "组织"+path), set("short_name", "组织"+path),
		set("pinyin", "zuzhi"), set("initials", "zz"), set("kind", "branch"), set("unit", ""), set("unit_kind", ""), set("credit_code", ""), set("contact", ""),
		set("established_on", "2000-01-01"), set("abolished_on", ""), set("next_child", 1), set("version", 1))
}

// memberValues is a whole row of one member; batch may be "".
func memberValues(id, path, batch string) []store.Value {
	set := store.Set
	return []store.Value{set("id", id), set("org_id", "o-"+path), set("org_path", path), set("name", "王"+id), set("pinyin", "wang"), set("initials", "w"),
		set("id_number", []byte("sealed")), set("id_index", []byte("index "+id)), set("id_tail", []byte("tail")), set("sex", "1"), set("born", "1980-01"),
		set("ethnicity", "01"), set("education", ""), set("category", "full"), set("joined_on", "2001-07-01"), set("confirmed_on", "2002-07-01"),
		set("occupation", ""), set("registry", "normal"), set("lost", 0), set("lost_on", ""), set("floating", 0), set("floating_to", ""), set("care", 0),
		set("review", ""), set("state", "active"), set("ended_on", ""), set("missing", 0), set("batch", batch), set("source_row", 0), set("version", 1)}
}

func insertMember(tx *store.Tx, id, path, batch string) error {
	return tx.Insert(ctx, "member", memberValues(id, path, batch)...)
}

// texts are the values of a query's one column, sorted.
func texts(r store.Reader, query string, args ...any) ([]string, error) {
	var out []string
	err := r.Each(ctx, query, args, func(row store.Row) error {
		var s string
		err := row.Scan(&s)
		out = append(out, s)
		return err
	})
	slices.Sort(out)
	return out, err
}

// reads compares the one column of a query with what is expected.
func (h *house) reads(r store.Reader, want []string, query string, args ...any) {
	h.t.Helper()
	got, err := texts(r, query, args...)
	if err != nil {
		h.t.Errorf("%s: %v", query, err)
		return
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		h.t.Errorf("%s: got %v, want %v", query, got, want)
	}
}

// membersOf are the ids of the members that build puts into branches.
func membersOf(paths ...string) []string {
	var out []string
	for _, path := range paths {
		for n := range 3 {
			out = append(out, fmt.Sprintf("m-%s-%d", path, n))
		}
	}
	slices.Sort(out)
	return out
}

// whole reads everything.
func (h *house) whole() store.Reader { return h.db.As(store.System("test")) }

// behind runs SQL behind the program's back.
func behind(t *testing.T, c store.Config) func(statements ...string) {
	t.Helper()
	driver, dsn := "sqlite", "file:"+filepath.Join(c.Dir, "zhibu.db")
	if c.URL != "" {
		driver, dsn = "pgx", c.URL
	}
	return func(statements ...string) {
		t.Helper()
		db, err := sql.Open(driver, dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		for _, s := range statements {
			if _, err := db.Exec(s); err != nil {
				t.Fatalf("%s: %v", s, err)
			}
		}
	}
}

// yes is how the engine writes a flag of the table of versions.
func yes(c store.Config) string {
	if c.URL != "" {
		return "true"
	}
	return "1"
}
