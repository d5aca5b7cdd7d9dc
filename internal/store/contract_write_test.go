package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"zhibu/internal/fault"
	"zhibu/internal/store"
)

// What lies outside of the scope is neither changed nor removed nor added, and answered as missing.
func TestWritesStayInTheScope(t *testing.T) {
	own, foreign := "m-"+branchA+"-0", "m-"+branchB+"-0"
	each(t, func(h *house) {
		h.must(h.act(store.Subtree(townA), func(tx *store.Tx) error {
			for name, act := range map[string]func() (int64, error){
				"update": func() (int64, error) { return tx.Update(ctx, "member", store.ByID(foreign), store.Set("name", "改")) },
				"update by path": func() (int64, error) {
					return tx.Update(ctx, "member", store.Key{store.Set("org_path", branchB)}, store.Set("name", "改"))
				},
				"update all of them": func() (int64, error) {
					return tx.Update(ctx, "member", store.Key{store.Set("sex", "1")}, store.Set("name", "改"))
				},
				"add":    func() (int64, error) { return tx.Add(ctx, "member", store.ByID(foreign), "version", 1) },
				"delete": func() (int64, error) { return tx.Delete(ctx, "member", store.ByID(foreign)) },
			} {
				want := int64(0)
				if name == "update all of them" {
					want = 6
				}
				if n, err := act(); n != want || err != nil {
					h.t.Errorf("%s: %d rows, %v", name, n, err)
				}
			}
			return nil
		}))
		h.reads(h.whole(), membersOf(branchB), "SELECT id FROM {member} WHERE name <> ?", "改")

		for _, act := range []func(tx *store.Tx) error{
			func(tx *store.Tx) error { _, err := tx.Delete(ctx, "member", nil); return err },
			func(tx *store.Tx) error {
				_, err := tx.Update(ctx, "member", store.Key{}, store.Set("name", "改"))
				return err
			},
		} {
			if err := h.act(store.Subtree(townA), act); err == nil {
				h.t.Error("a change without a key reached every row in scope")
			}
		}
		for name, act := range map[string]func(tx *store.Tx) error{
			"insert":              func(tx *store.Tx) error { return insertMember(tx, "new", branchB, "") },
			"insert into a part":  func(tx *store.Tx) error { return insertMember(tx, "new", "0001.00011.", "") },
			"insert among others": func(tx *store.Tx) error { return tx.InsertMany(ctx, "hash", []string{"idx"}, nil) },
			"insert without a path": func(tx *store.Tx) error {
				return tx.Insert(ctx, "org_event", store.Set("id", "e"), store.Set("org_id", "o"))
			},
			"move out": func(tx *store.Tx) error {
				_, err := tx.Update(ctx, "member", store.ByID(own), store.Set("org_path", branchB))
				return err
			},
			"move up": func(tx *store.Tx) error {
				_, err := tx.Update(ctx, "member", store.ByID(own), store.Set("org_path", county))
				return err
			},
			"no path": func(tx *store.Tx) error {
				_, err := tx.Update(ctx, "member", store.ByID(own), store.Set("org_path", nil))
				return err
			},
			"reparent":   func(tx *store.Tx) error { return tx.Reparent(ctx, townB, townA+"0009.") },
			"reparent 2": func(tx *store.Tx) error { return tx.Reparent(ctx, branchA, townB+"0009.") },
		} {
			err := h.act(store.Subtree(townA), act)
			if name == "insert among others" {
				if err != nil {
					h.t.Errorf("no rows at all: %v", err)
				}
				continue
			}
			if fault.Of(err) != fault.NotFound && !errors.Is(err, store.ErrScope) {
				h.t.Errorf("%s: %v", name, err)
			}
		}
		h.must(h.act(store.Subtree(townA), func(tx *store.Tx) error {
			n, err := tx.Update(ctx, "member", store.ByID(own), store.Set("org_path", other))
			if n != 1 {
				h.t.Errorf("a move inside the scope changed %d rows", n)
			}
			return err
		}))
		h.reads(h.whole(), append([]string{own}, membersOf(other)...), "SELECT id FROM {member} WHERE org_path = ?", other)
	})
}

// One row of many outside of the scope gives up the whole insert.
func TestInsertManyIsAllOrNothing(t *testing.T) {
	each(t, func(h *house) {
		cols := []string{"id", "org_path", "org_id", "columns"}
		err := h.act(store.Subtree(townA), func(tx *store.Tx) error {
			return tx.InsertMany(ctx, "mapping", cols, [][]any{{"1", branchA, "a", "{}"}, {"2", branchB, "b", "{}"}})
		})
		if fault.Of(err) != fault.NotFound {
			h.t.Errorf("got %v", err)
		}
		var rows [][]any
		for i := range 2345 { // more than one statement
			rows = append(rows, []any{fmt.Sprint(i), branchA, fmt.Sprint("o", i), "{}"})
		}
		rows[2300][0] = "7" // and a double in a later one
		err = h.act(store.Subtree(townA), func(tx *store.Tx) error { return tx.InsertMany(ctx, "mapping", cols, rows) })
		if fault.Of(err) != fault.Conflict {
			h.t.Errorf("got %v", err)
		}
		h.reads(h.whole(), nil, "SELECT id FROM {mapping}")
		h.reads(h.whole(), nil, "SELECT row_id FROM {event} WHERE tbl = 'mapping'")
	})
}

// Somebody who may touch no members, or only the own record, cannot write others by knowing their ids.
func TestWritesOfNarrowScopes(t *testing.T) {
	self, neighbour := "m-"+branchA+"-0", "m-"+branchA+"-1"
	each(t, func(h *house) {
		for name, c := range map[string]struct {
			scope store.Scope
			id    string
			want  int64
		}{
			"own record":                     {store.Self(self, branchA), self, 1},
			"neighbour":                      {store.Self(self, branchA), neighbour, 0},
			"administrator":                  {store.Subtree(county).WithoutMembers(), neighbour, 0},
			"administrator's own record":     {store.Subtree(county).WithoutMembers().AndSelf(self, branchA), self, 1},
			"administrator and a neighbour":  {store.Subtree(county).WithoutMembers().AndSelf(self, branchA), neighbour, 0},
			"post elsewhere, own record":     {store.Subtree(branchB).AndSelf(self, branchA), self, 1},
			"post elsewhere and a neighbour": {store.Subtree(branchB).AndSelf(self, branchA), neighbour, 0},
		} {
			h.must(h.act(c.scope, func(tx *store.Tx) error {
				n, err := tx.Update(ctx, "member", store.ByID(c.id), store.Set("name", "改"))
				if n != c.want {
					h.t.Errorf("%s: %d rows, want %d", name, n, c.want)
				}
				if err := insertMember(tx, "new", branchA, ""); fault.Of(err) != fault.NotFound {
					h.t.Errorf("%s: inserted: %v", name, err)
				}
				if _, err := tx.Update(ctx, "member", store.ByID(c.id), store.Set("org_path", branchA)); fault.Of(err) != fault.NotFound {
					h.t.Errorf("%s: wrote the path: %v", name, err)
				}
				return err
			}))
		}
	})
}

// A fact is written under an audit context alone, by whatever way, and leaves its images; an operational table needs
// none; what only the ledger writes is refused to Operate.
func TestFactsNeedAContext(t *testing.T) {
	each(t, func(h *house) {
		id := store.ByID("m-" + branchA + "-0")
		for name, fn := range map[string]func(tx *store.Tx) error{
			"insert": func(tx *store.Tx) error { return insertMember(tx, "new", branchA, "") },
			"update": func(tx *store.Tx) error { _, err := tx.Update(ctx, "member", id, store.Set("name", "改")); return err },
			"delete": func(tx *store.Tx) error { _, err := tx.Delete(ctx, "member", id); return err },
			"path": func(tx *store.Tx) error {
				_, err := tx.Update(ctx, "member", id, store.Set("org_path", other))
				return err
			},
			"add":  func(tx *store.Tx) error { _, err := tx.Add(ctx, "member", id, "version", 1); return err },
			"move": func(tx *store.Tx) error { return tx.Reparent(ctx, townB, "0002.") },
			"after the act": func(tx *store.Tx) error {
				if err := tx.Record(ctx, "act", func(store.Image) {}, func(*store.Tx) error { return nil }); err != nil {
					return err
				}
				_, err := tx.Update(ctx, "member", id, store.Set("name", "改"))
				return err
			},
		} {
			before := h.events()
			if err := h.db.Write(ctx, store.System("test"), fn); !errors.Is(err, store.ErrNoContext) {
				// A copied path leaves no image, and PostgreSQL's row trigger still asks for the context.
				h.t.Errorf("%s: %v", name, err)
			}
			if h.events() != before {
				h.t.Errorf("%s left an image", name)
			}
		}
		h.must(h.db.Write(ctx, store.System("test"), func(tx *store.Tx) error {
			return tx.Insert(ctx, "attempt", store.Set("id", "a"), store.Set("failures", 1), store.Set("locked_until", 0), store.Set("last_at", 0))
		}))
		for _, name := range []string{"member", "org", "setting", "grant", "headcount", "org_word", "act", "event", "leaf", "hash", "checkpoint", "schema", "nothing", "t_session", "session; --"} {
			err := h.db.Operate(ctx, func(tx *store.Tx) error { _, err := tx.Delete(ctx, name, store.ByID("x")); return err })
			if err == nil {
				h.t.Errorf("Operate wrote %s", name)
			}
		}
	})
}

func (h *house) events() (n int) {
	h.t.Helper()
	_, err := h.whole().One(ctx, "SELECT count(*) FROM {event}", nil, &n)
	h.must(err)
	return n
}

// Every column but a copied path is in the images, of each fact table; a change leaves both sides of it.
func TestImagesHoldEveryColumn(t *testing.T) {
	each(t, func(h *house) {
		id := "m-" + branchA + "-0"
		h.must(h.act(store.System("test"), func(tx *store.Tx) error {
			_, err := tx.Update(ctx, "member", store.ByID(id), store.Set("mobile", []byte{0xca, 0xfe}), store.Set("name", `引"号\与'撇`))
			return err
		}))
		var before, after string
		_, err := h.whole().One(ctx, "SELECT before, after FROM {event} WHERE row_id = ? AND op = 'U' ORDER BY seq DESC", []any{id}, &before, &after)
		h.must(err)
		for _, v := range memberValues(id, branchA, "") {
			has := bytes.Contains([]byte(after), []byte(`"`+v.Column+`"`))
			if has == (v.Column == "org_path") {
				h.t.Errorf("column %s: in the image %v", v.Column, has)
			}
		}
		if !bytes.Contains(bytes.ToLower([]byte(after)), []byte("cafe")) || !bytes.Contains([]byte(before), []byte(`"王`+id+`"`)) {
			h.t.Errorf("before %s\nafter %s", before, after)
		}
		h.must(h.act(store.System("test"), func(tx *store.Tx) error { return tx.Reparent(ctx, townB, townA+"0009.") }))
		h.reads(h.whole(), nil, "SELECT row_id FROM {event} WHERE op = 'U' AND row_id <> ?", id)
		h.reads(h.db.As(store.Subtree(townA)), append(membersOf(branchA, other), membersOf(branchB)...), "SELECT id FROM {member}")
		for _, table := range h.db.FactTables() {
			h.reads(h.whole(), nil, "SELECT id FROM ("+h.db.ReconcileQuery(table)+") x")
		}
	})
}

// The ledger's tables only grow, also for the program itself.
func TestLedgerOnlyGrows(t *testing.T) {
	each(t, func(h *house) {
		for name, fn := range map[string]func(tx *store.Tx) error{
			"event changed": func(tx *store.Tx) error {
				_, err := tx.Update(ctx, "event", store.Key{store.Set("op", "I")}, store.Set("after", ""))
				return err
			},
			"event removed": func(tx *store.Tx) error {
				_, err := tx.Delete(ctx, "event", store.Key{store.Set("op", "I")})
				return err
			},
			"leaf removed": func(tx *store.Tx) error { _, err := tx.Delete(ctx, "leaf", store.Key{store.Set("idx", 0)}); return err },
		} {
			err := h.db.Write(ctx, store.System("test"), func(tx *store.Tx) error {
				if err := tx.Insert(ctx, "leaf", store.Set("idx", 0), store.Set("act_id", "act")); err != nil {
					return err
				}
				return fn(tx)
			})
			if err == nil {
				h.t.Errorf("%s", name)
			}
		}
	})
}

// A second row of the same key is a Conflict, by whichever column; the row that is there stays.
func TestUniqueConflicts(t *testing.T) {
	id := "m-" + branchA + "-0"
	each(t, func(h *house) {
		for name, fn := range map[string]func(tx *store.Tx) error{
			"same id": func(tx *store.Tx) error { return insertMember(tx, id, branchA, "") },
			"same blind index": func(tx *store.Tx) error {
				values := memberValues("fresh", branchA, "")
				for i := range values {
					if values[i].Column == "id_index" {
						values[i].Data = []byte("index " + id)
					}
				}
				return tx.Insert(ctx, "member", values...)
			},
			"same path": func(tx *store.Tx) error { return insertOrg(tx, "fresh", branchA) },
			"changed to the same": func(tx *store.Tx) error {
				_, err := tx.Update(ctx, "member", store.ByID("m-"+branchB+"-0"), store.Set("id_index", []byte("index "+id)))
				return err
			},
		} {
			err := h.act(store.System("test"), fn)
			if fault.Of(err) != fault.Conflict || bytes.Contains([]byte(err.Error()), []byte("index")) {
				h.t.Errorf("%s: %v", name, err)
			}
		}
		h.reads(h.whole(), []string{"王" + id}, "SELECT name FROM {member} WHERE id = ?", id)
	})
}

// Column names are the table's own, spelt as they are: nothing slips past the scope in other letters or in a text.
func TestColumnsAreTheTablesOwn(t *testing.T) {
	each(t, func(h *house) {
		id := store.ByID("m-" + branchA + "-0")
		for name, fn := range map[string]func(tx *store.Tx) error{
			"path in capitals": func(tx *store.Tx) error {
				_, err := tx.Update(ctx, "member", id, store.Set("ORG_PATH", branchB))
				return err
			},
			"path quoted": func(tx *store.Tx) error {
				_, err := tx.Update(ctx, "member", id, store.Set(`"org_path"`, branchB))
				return err
			},
			"two in one": func(tx *store.Tx) error {
				_, err := tx.Update(ctx, "member", id, store.Set("org_path = '0001.', name", "x"))
				return err
			},
			"condition in key": func(tx *store.Tx) error {
				_, err := tx.Delete(ctx, "member", store.Key{store.Set("1 = 1 OR id", "x")})
				return err
			},
			"insert": func(tx *store.Tx) error {
				return tx.Insert(ctx, "setting", store.Set("id", "a"), store.Set("value) VALUES ('b', 'c'); --", "x"))
			},
			"add": func(tx *store.Tx) error {
				_, err := tx.Add(ctx, "member", id, "org_path = '0001.', version", 1)
				return err
			},
		} {
			if err := h.act(store.Subtree(townA), fn); err == nil {
				h.t.Errorf("%s was written", name)
			}
		}
		h.reads(h.whole(), membersOf(branchA), "SELECT id FROM {member} WHERE org_path = ?", branchA)
	})
}

// Person keys: what is put is got, what is put again is the newer, what is deleted is gone, in any number.
func TestKeys(t *testing.T) {
	each(t, func(h *house) {
		keys := h.db.Keys()
		many := map[string][]byte{}
		var ids []string
		for i := range 1234 {
			id := fmt.Sprintf("p%04d", i)
			ids = append(ids, id)
			many[id] = []byte{byte(i), byte(i >> 8), 7}
		}
		h.must(keys.Put(ctx, many))
		h.must(keys.Put(ctx, map[string][]byte{"p0001": []byte("newer")}))
		many["p0001"] = []byte("newer")
		got, err := keys.Get(ctx, append(ids, "absent"))
		h.must(err)
		if len(got) != len(many) {
			t.Fatalf("%d keys of %d", len(got), len(many))
		}
		for id, w := range many {
			if !bytes.Equal(got[id], w) {
				t.Fatalf("%s: %x, want %x", id, got[id], w)
			}
		}
		h.must(keys.Delete(ctx, ids[:700]))
		h.must(keys.Delete(ctx, []string{"absent"}))
		if got, err = keys.Get(ctx, ids); err != nil || len(got) != 534 || got["p0700"] == nil || got["p0699"] != nil {
			t.Errorf("%d keys are left, %v", len(got), err)
		}
		if got, err = keys.Get(ctx, nil); err != nil || len(got) != 0 {
			t.Errorf("%v, %v", got, err)
		}
		h.must(keys.Put(ctx, nil))
	})
}
