package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"zhibu/internal/fault"
	"zhibu/internal/store"
)

// Whatever shape a query takes, the member rows in it are those of the scope.
func TestScopeHoldsInEveryShapeOfQuery(t *testing.T) {
	foreign := "m-" + branchB + "-0"
	shapes := []struct {
		name, query string
		args        []any
		want        []string
	}{
		{"list", "SELECT id FROM {member}", nil, membersOf(branchA, other)},
		{"count", "SELECT CAST(count(*) AS TEXT) FROM {member}", nil, []string{"6"}},
		{"by id", "SELECT id FROM {member} WHERE id = ?", []any{foreign}, nil},
		{"or true", "SELECT id FROM {member} WHERE id = ? OR 1 = 1", []any{foreign}, membersOf(branchA, other)},
		{"or path", "SELECT id FROM {member} WHERE org_path = ? OR org_path >= ?", []any{branchB, ""}, membersOf(branchA, other)},
		{"exists", "SELECT 'yes' WHERE EXISTS (SELECT 1 FROM {member} WHERE id = ?)", []any{foreign}, nil},
		{"join", "SELECT m.id FROM {org} o JOIN {member} m ON m.org_path >= o.path", nil, joined()},
		{"cross join", "SELECT DISTINCT m.id FROM {org} o, {member} m", nil, membersOf(branchA, other)},
		{"left join", "SELECT o.path FROM {org} o LEFT JOIN {member} m ON m.org_path = o.path WHERE m.id IS NULL", nil, []string{townA}},
		{"sub-query", "SELECT id FROM {member} WHERE org_path IN (SELECT path FROM {org})", nil, membersOf(branchA, other)},
		{"sub-query in the columns", "SELECT (SELECT CAST(count(*) AS TEXT) FROM {member} x) FROM {member} m WHERE m.id = ?", []any{"m-" + branchA + "-0"}, []string{"6"}},
		{"not in", "SELECT id FROM {member} WHERE id NOT IN (SELECT id FROM {member} WHERE org_path = ?)", []any{other}, membersOf(branchA)},
		{"common table", "WITH m AS (SELECT * FROM {member}) SELECT id FROM m", nil, membersOf(branchA, other)},
		{"common table of the same name", "WITH member AS (SELECT * FROM {member}) SELECT id FROM member", nil, membersOf(branchA, other)},
		{"union all", "SELECT id FROM {member} WHERE org_path = ? UNION ALL SELECT id FROM {member} WHERE org_path <> ?", []any{branchA, branchA}, membersOf(branchA, other)},
		{"except", "SELECT id FROM {member} EXCEPT SELECT id FROM {member} WHERE org_path = ?", []any{other}, membersOf(branchA)},
		{"count over a sub-select", "SELECT CAST(count(*) AS TEXT) FROM (SELECT 1 FROM {member} GROUP BY id) c", nil, []string{"6"}},
		{"window", "SELECT CAST(count(*) OVER () AS TEXT) FROM {member} LIMIT 1", nil, []string{"6"}},
		{"group", "SELECT org_path FROM {member} GROUP BY org_path", nil, []string{branchA, other}},
		{"paged", "SELECT id FROM {member} ORDER BY id LIMIT 100 OFFSET 4", nil, membersOf(branchA, other)[4:]},
		{"alias without AS", "SELECT x.id FROM {member} x WHERE x.org_path = ?", []any{branchB}, nil},
		{"alias with AS", "SELECT x.id FROM {member} AS x WHERE x.org_path = ?", []any{other}, membersOf(other)},
	}
	each(t, func(h *house) {
		worker := h.db.As(store.Subtree(townA))
		for _, s := range shapes {
			h.t.Run(s.name, func(t *testing.T) {
				h := &house{t, h.db, h.c}
				h.reads(worker, s.want, s.query, s.args...)
				h.must(h.db.View(ctx, store.Subtree(townA), func(r store.Reader) error {
					h.reads(r, s.want, s.query, s.args...)
					return nil
				}))
				h.must(h.db.Write(ctx, store.Subtree(townA), func(tx *store.Tx) error {
					h.reads(tx, s.want, s.query, s.args...)
					return nil
				}))
			})
		}
	})
}

// joined are the rows of the unequal join above: town a and its two branches against six members.
func joined() []string {
	var out []string
	for _, id := range membersOf(branchA) {
		out = append(out, id, id) // behind the town and the own branch
	}
	for _, id := range membersOf(other) {
		out = append(out, id, id, id)
	}
	return out
}

// A query that names the table by another road is refused, whatever the road.
func TestForgottenTokensAreRefused(t *testing.T) {
	refused := []string{
		"SELECT id FROM t_member",
		"SELECT id FROM T_Member",
		`SELECT id FROM "t_member"`,
		"SELECT id FROM [t_member]",
		"SELECT id FROM `t_member`",
		"SELECT id FROM main.t_member",
		"SELECT id FROM public.t_member",
		`SELECT id FROM "public"."t_member"`,
		"SELECT id FROM main . t_member",
		"SELECT id FROM/**/t_member",
		"SELECT id FROM\tt_member",
		"SELECT id FROM {org} o JOIN t_member m ON m.org_id = o.id",
		"SELECT id FROM {member} UNION SELECT id FROM t_member",
		"WITH x AS (SELECT * FROM t_member) SELECT id FROM x",
		"SELECT (SELECT max(id) FROM t_member)",
		"SELECT wrapped FROM zhibu_keys.t_person_key",
		"SELECT name FROM sqlite_master",
		"SELECT name FROM sqlite_schema",
		"SELECT relname FROM pg_class",
		"SELECT * FROM pg_catalog.pg_stats",
		"SELECT table_name FROM information_schema.tables",
		"SELECT version_id FROM goose_db_version",
		"TABLE t_member",
		"VALUES ((SELECT max(id) FROM t_member))",
		"DELETE FROM {member}",
		"UPDATE {member} SET name = ''",
		"INSERT INTO {setting} (id, value) VALUES ('x', 'y')",
		"PRAGMA query_only = 0",
		"ATTACH 'x' AS y",
		"VACUUM INTO 'copy'",
		"COPY {member} TO '/tmp/x'",
		"EXPLAIN SELECT * FROM {member}",
		"",
	}
	failing := []string{ // the engine knows no such name, so the first run of such a query fails
		"SELECT id FROM member",
		`SELECT id FROM "member"`,
		"SELECT id FROM main.member",
		"SELECT id FROM public.member",
		"SELECT id FROM { member }",
		"SELECT id FROM {member",
		"SELECT id FROM {Member}",
		"SELECT id FROM {members}",
		"SELECT id FROM {all_member}",
		"SELECT id FROM {hidden}",
		"SELECT id FROM {session}",
		"SELECT id FROM {token}",
		"SELECT seq FROM {event}",
		"SELECT id FROM {member} WHERE name = 'who?'",
		"SELECT id FROM {member} WHERE id = ?",
	}
	each(t, func(h *house) {
		for _, s := range []store.Scope{store.Subtree(county), store.System("test")} {
			for _, q := range refused {
				if _, err := texts(h.db.As(s), q); !errors.Is(err, store.ErrScope) {
					h.t.Errorf("%q was not refused: %v", q, err)
				}
			}
		}
		for _, q := range failing {
			if got, err := texts(h.db.As(store.Subtree(county)), q); err == nil {
				h.t.Errorf("%q gave %v", q, got)
			}
		}
	})
}

// A zero scope reads and writes nothing, wherever it is used.
func TestZeroScope(t *testing.T) {
	each(t, func(h *house) {
		for name, s := range map[string]store.Scope{"zero": {}, "no path": store.Subtree(), "empty path": store.Subtree(""), "half a path": store.Subtree("0001"),
			"no member": {}, "without members": store.Scope{}.WithoutMembers(), "paged": store.Scope{}.From(county)} {
			if !s.Empty() {
				h.t.Errorf("%s: not empty", name)
			}
			if _, err := texts(h.db.As(s), "SELECT id FROM {member}"); !errors.Is(err, store.ErrScope) {
				h.t.Errorf("%s: %v", name, err)
			}
			h.must(h.db.Write(ctx, s, func(tx *store.Tx) error {
				n, err := tx.Update(ctx, "member", store.ByID("m-"+branchA+"-0"), store.Set("name", "别人"))
				if n != 0 || err != nil {
					h.t.Errorf("%s: updated %d, %v", name, n, err)
				}
				if err := insertMember(tx, "new", branchA, ""); fault.Of(err) != fault.NotFound {
					h.t.Errorf("%s: inserted: %v", name, err)
				}
				return nil
			}))
		}
	})
}

// Scopes of several paths, of one organisation's own rows, of oneself and without members hold what they say.
func TestKindsOfScope(t *testing.T) {
	self := "m-" + branchA + "-1"
	const members, orgs = "SELECT id FROM {member}", "SELECT path FROM {org}"
	each(t, func(h *house) {
		for _, c := range []struct {
			name    string
			scope   store.Scope
			members []string
			orgs    []string
		}{
			{"two subtrees", store.Subtree(branchA, townB), membersOf(branchA, branchB), []string{branchA, townB, branchB}},
			{"one within the other", store.Subtree(townA, branchA), membersOf(branchA, other), []string{townA, branchA, other}},
			{"self", store.Self(self, branchA), []string{self}, []string{branchA}},
			{"post elsewhere and self", store.Subtree(branchB).AndSelf(self, branchA), append([]string{self}, membersOf(branchB)...), []string{branchA, branchB}},
			{"without members", store.Subtree(county).WithoutMembers(), nil, []string{county, townA, branchA, other, townB, branchB}},
			{"without members but oneself", store.Subtree(townB).WithoutMembers().AndSelf(self, branchA), []string{self}, []string{branchA, townB, branchB}},
			{"everything", store.System("test"), membersOf(branchA, other, branchB), []string{county, townA, branchA, other, townB, branchB}},
			{"empty place", store.Subtree("0009."), nil, nil},
		} {
			r := h.db.As(c.scope)
			h.reads(r, c.members, members)
			h.reads(r, c.orgs, orgs)
		}
		if _, err := texts(h.db.As(store.Subtree(county).WithoutMembers()), "SELECT org_path FROM {headcount}"); err != nil {
			h.t.Error(err)
		}
	})
}

// Within narrows and never widens; a path outside is answered as missing, and so is a part of a path.
func TestWithin(t *testing.T) {
	each(t, func(h *house) {
		narrow, err := h.db.As(store.Subtree(townA, branchB)).Within(other)
		h.must(err)
		h.reads(narrow, membersOf(other), "SELECT id FROM {member}")
		for _, path := range []string{townB, county, "", "0001.0001.000", "0001.0001", "0001.00011.", "0002."} {
			if _, err := h.db.As(store.Subtree(townA)).Within(path); fault.Of(err) != fault.NotFound {
				h.t.Errorf("within %q: %v", path, err)
			}
		}
		admin, err := store.Subtree(county).WithoutMembers().Within(townA)
		h.must(err)
		h.reads(h.db.As(admin), nil, "SELECT id FROM {member}")
		self, err := store.Subtree(townA).AndSelf("m-"+branchB+"-0", branchB).Within(branchA)
		h.must(err)
		h.reads(h.db.As(self), membersOf(branchA), "SELECT id FROM {member}")
		if _, err := store.Self("m-"+branchA+"-0", branchA).Within(branchA); fault.Of(err) != fault.NotFound {
			h.t.Errorf("a member's own scope was widened to the branch: %v", err)
		}
	})
}

// The pages of a list by path meet without a gap and without a double, forwards and back.
func TestPagingByPath(t *testing.T) {
	each(t, func(h *house) {
		all := []string{county, townA, branchA, other, townB, branchB}
		const page = "SELECT path FROM {org} ORDER BY path LIMIT 1"
		s := store.Subtree(county)
		var seen []string
		for at := ""; ; at = seen[len(seen)-1] {
			got, err := texts(h.db.As(s.From(at)), page)
			h.must(err)
			if len(got) == 0 {
				break
			}
			seen = append(seen, got...)
		}
		if strings.Join(seen, " ") != strings.Join(all, " ") {
			h.t.Errorf("forwards: %v", seen)
		}
		h.reads(h.db.As(s.From(other)), []string{townB, branchB}, "SELECT path FROM {org}")
		h.reads(h.db.As(s.Until(other)), []string{county, townA, branchA}, "SELECT path FROM {org}")
		h.reads(h.db.As(s.From(townA).Until(townB)), []string{branchA, other}, "SELECT path FROM {org}")
		h.reads(h.db.As(store.Subtree(townA).From(county)), []string{townA, branchA, other}, "SELECT path FROM {org}") // never before the scope's own beginning
		h.reads(h.db.As(store.Subtree(townA).Until("0009.")), []string{townA, branchA, other}, "SELECT path FROM {org}")
		h.reads(h.db.As(store.Subtree(townA).From(branchB)), nil, "SELECT path FROM {org}")
	})
}

// The lineage is the organisations above, for names on the way down, and never one beside it.
func TestLineage(t *testing.T) {
	each(t, func(h *house) {
		const query = "SELECT path FROM {lineage}"
		h.reads(h.db.As(store.Subtree(branchA)), []string{county, townA}, query)
		h.reads(h.db.As(store.Subtree(branchA, townB)), []string{county, townA}, query)
		h.reads(h.db.As(store.Self("m", branchB)), []string{county, townB}, query)
		h.reads(h.db.As(store.Subtree(county)), nil, query)
		h.reads(h.db.As(store.Subtree(branchA)), []string{county + " " + branchA, townA + " " + branchA}, "SELECT l.path || ' ' || o.path FROM {lineage} l JOIN {org} o ON o.path > l.path")
	})
}

// Two shapes of scope never share a plan, and many different queries are no reason to refuse one.
func TestPlansAreKeptApart(t *testing.T) {
	each(t, func(h *house) {
		const query = "SELECT id FROM {member} m WHERE m.version = ? AND EXISTS (SELECT 1 FROM {lineage} l WHERE l.path = ?)"
		for range 2 {
			h.reads(h.db.As(store.Subtree(branchA)), membersOf(branchA), query, 1, county)
			h.reads(h.db.As(store.Subtree(other)), membersOf(other), query, 1, townA)
			h.reads(h.db.As(store.Subtree(branchA, branchB)), membersOf(branchA, branchB), query, 1, townB)
			h.reads(h.db.As(store.Self("m-"+other+"-2", other)), []string{"m-" + other + "-2"}, query, 1, county)
			h.reads(h.db.As(store.Subtree(branchA).WithoutMembers()), nil, query, 1, county)
			h.reads(h.db.As(store.Subtree(branchA)), nil, query, 1, townB)
		}
		for i := range 1100 {
			h.reads(h.db.As(store.Subtree(other)), []string{fmt.Sprintf("%d", i)}, fmt.Sprintf("SELECT '%d' FROM {org} WHERE path = ?", i), other)
		}
	})
}

// Rows of a hidden batch are not there, for nobody, until it is shown; the program's own work sees them.
func TestHiddenBatches(t *testing.T) {
	each(t, func(h *house) {
		h.must(h.act(store.System("test"), func(tx *store.Tx) error {
			if err := tx.Insert(ctx, "hidden", store.Set("id", "b1")); err != nil {
				return err
			}
			return insertMember(tx, "hidden-1", branchA, "b1")
		}))
		shown := append([]string{"hidden-1"}, membersOf(branchA)...)
		for _, s := range []store.Scope{store.Subtree(branchA), store.Subtree(county), store.Self("hidden-1", branchA), store.System("test")} {
			if got, err := texts(h.db.As(s), "SELECT id FROM {member} WHERE id = ?", "hidden-1"); err != nil || len(got) > 0 {
				h.t.Errorf("%+v: %v, %v", s, got, err)
			}
		}
		h.reads(h.whole(), shown, "SELECT id FROM {all_member} WHERE org_path = ?", branchA)
		h.must(h.act(store.Subtree(county), func(tx *store.Tx) error {
			changed, err := tx.Update(ctx, "member", store.ByID("hidden-1"), store.Set("name", "改"))
			h.must(err)
			removed, err := tx.Delete(ctx, "member", store.ByID("hidden-1"))
			if changed+removed > 0 {
				h.t.Errorf("a person changed %d and removed %d hidden rows", changed, removed)
			}
			return err
		}))
		h.must(h.db.Operate(ctx, func(tx *store.Tx) error {
			_, err := tx.Delete(ctx, "hidden", store.ByID("b1"))
			return err
		}))
		h.reads(h.db.As(store.Subtree(branchA)), shown, "SELECT id FROM {member}")
	})
}

// What somebody is told is read by the scope of what is hers and by no other, whatever subtree that holds; nor is it marked
// through another.
func TestMine(t *testing.T) {
	const query = "SELECT id FROM {notice} ORDER BY id"
	columns := []string{"id", "to_id", "kind", "subject_id", "about", "detail", "account_id", "actor", "at", "read_at", "pushed"}
	each(t, func(h *house) {
		h.must(h.db.Operate(ctx, func(tx *store.Tx) error {
			var rows [][]any
			for _, to := range []string{"member-a", "account-a", "member-b"} {
				rows = append(rows, []any{"n-" + to, to, "k", "", "", "", "", "", 1, 0, 0})
			}
			return tx.InsertMany(ctx, "notice", columns, rows)
		}))
		h.reads(h.db.As(store.Mine("member-a", "account-a")), []string{"n-account-a", "n-member-a"}, query)
		h.reads(h.db.As(store.Mine("", "member-b")), []string{"n-member-b"}, query)
		h.reads(h.db.As(store.Mine("member-c")), nil, query)
		for _, s := range []store.Scope{store.Subtree(county), store.Self("member-a", branchA), store.Mine("", "")} {
			if got, err := texts(h.db.As(s), query); err == nil {
				h.t.Errorf("another scope reads %v", got)
			}
		}
		if got, err := texts(h.db.As(store.Mine("member-a")), "SELECT id FROM {member}"); err == nil && len(got) > 0 {
			h.t.Errorf("the scope of notices reads records: %v", got)
		}
		h.must(h.db.Operate(ctx, func(tx *store.Tx) error {
			for s, want := range map[string]int64{"member-b": 0, "member-a": 1} {
				n, err := tx.With(store.Mine(s)).Update(ctx, "notice", store.ByID("n-member-a"), store.Set("read_at", 2))
				if err != nil || n != want {
					h.t.Errorf("as %s: %d rows, %v", s, n, err)
				}
			}
			return nil
		}))
	})
}
