package ledger_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/vault"
)

type house struct {
	t      *testing.T
	config store.Config
	db     *store.DB
	vault  *vault.Vault
	ledger *ledger.Ledger
}

func build(t *testing.T, c store.Config) *house {
	t.Helper()
	h := &house{t: t, config: c, db: storetest.Open(t, c)}
	clock := civil.FixedOn(civil.MustParse("2026-11-23"))
	ring, err := vault.NewRing(vault.AES, rand.Reader, clock.Now())
	if err == nil {
		h.vault, err = vault.New(ring, h.db.Keys())
	}
	if err != nil {
		t.Fatal(err)
	}
	h.ledger = ledger.New(h.db, store.NewIDs(clock, rand.Reader), clock, h.vault, filepath.Join(c.Dir, "witness"))
	return h
}

var worker = ledger.Actor{Account: "a1", Name: "李文静", Role: "party-worker", Scope: store.Subtree("0001.")}

// post writes one small fact.
func (h *house) post(actor ledger.Actor, id, path string) error {
	return h.ledger.Do(context.Background(), actor, ledger.Act{Kind: "post.add", Subject: "post", SubjectID: id, OrgPath: path, Reason: "换届"}, func(tx *store.Tx) error {
		return tx.Insert(context.Background(), "post", store.Set("id", id), store.Set("org_id", "o"), store.Set("org_path", path),
			store.Set("title", "支部书记"), store.Set("member_id", ""), store.Set("holder", "王德明"), store.Set("from_on", "2024-01-01"),
			store.Set("to_on", ""), store.Set("version", 1))
	})
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// behind runs SQL behind the program's back, as somebody with the database file or password could.
func (h *house) behind(statements ...string) {
	h.t.Helper()
	driver, dsn := "sqlite", "file:"+h.db.File()
	if h.db.IsPostgres() {
		driver, dsn = "pgx", h.config.URL
	}
	db, err := sql.Open(driver, dsn)
	h.must(err)
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			h.t.Fatalf("%s: %v", s, err)
		}
	}
}

func (h *house) verify() *ledger.Report {
	h.t.Helper()
	rep, err := h.ledger.Verify(context.Background())
	h.must(err)
	return rep
}

func (h *house) expect(code string) {
	h.t.Helper()
	rep := h.verify()
	for _, f := range rep.Findings {
		if f.Code == code {
			return
		}
	}
	h.t.Errorf("verify found %v, want %s", rep.Findings, code)
}

func TestActLeavesItsImages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		h.must(h.post(worker, "p1", "0001.0002."))
		rep := h.verify()
		if !rep.OK || rep.Acts != 1 || rep.Events != 1 || rep.Witness != 1 {
			t.Fatalf("report %+v", rep)
		}
	})
}

func TestFailedActLeavesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		broken := errors.New("broken")
		err := h.ledger.Do(context.Background(), worker, ledger.Act{Kind: "x"}, func(tx *store.Tx) error {
			h.must(tx.Insert(context.Background(), "setting", store.Set("id", "k"), store.Set("value", "v")))
			return broken
		})
		if !errors.Is(err, broken) {
			t.Fatalf("got %v", err)
		}
		if rep := h.verify(); !rep.OK || rep.Acts != 0 || rep.Events != 0 {
			t.Fatalf("report %+v", rep)
		}
	})
}

func TestWriteWithoutActIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		h.must(h.post(worker, "p1", "0001."))
		ctx := context.Background()
		err := h.db.Write(ctx, store.System("test"), func(tx *store.Tx) error {
			_, err := tx.Update(ctx, "post", store.ByID("p1"), store.Set("holder", "别人"))
			return err
		})
		if !errors.Is(err, store.ErrNoContext) {
			t.Fatalf("a fact was changed outside of the ledger: %v", err)
		}
		err = h.db.Write(ctx, store.System("test"), func(tx *store.Tx) error {
			_, err := tx.Update(ctx, "post", store.ByID("p1"), store.Set("org_path", "0009."))
			return err
		})
		if err == nil {
			t.Log("a copied path is guarded on SQLite by its own trigger and on PostgreSQL by the row trigger")
			t.Fatal("a path was changed outside of the ledger")
		}
	})
}

// Another program that opens SQLite's file can read it and cannot write a fact, whatever it claims.
func TestAnotherProgramCannotWriteFacts(t *testing.T) {
	h := build(t, store.Config{Dir: t.TempDir()})
	h.must(h.post(worker, "p1", "0001."))
	other, err := sql.Open("sqlite", "file:"+h.db.File())
	h.must(err)
	defer other.Close()
	for _, text := range []string{
		"UPDATE t_post SET holder = 'X' WHERE id = 'p1'",
		"UPDATE t_post SET org_path = '0009.' WHERE id = 'p1'",
		"DELETE FROM t_post WHERE id = 'p1'",
		"INSERT INTO t_setting (id, value) VALUES ('k', 'v')",
		"INSERT INTO t_event (act_id, tbl, row_id, op) VALUES ('made-up', 'post', 'p1', 'D')",
	} {
		if _, err := other.Exec(text); err == nil || !strings.Contains(err.Error(), "no such function") {
			t.Errorf("%s: %v", text, err)
		}
	}
	var n int
	h.must(other.QueryRow("SELECT count(*) FROM t_post").Scan(&n))
	if rep := h.verify(); !rep.OK || n != 1 {
		t.Errorf("%d rows, report %+v", n, rep)
	}
}

// An act can neither be changed nor removed before it is in the chain, and is found by what is asked before and after.
func TestWaitingActsStay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		ctx := context.Background()
		asked := worker
		asked.Request = "r-1"
		h.must(h.post(asked, "p1", "0001."))
		for name, fn := range map[string]func(tx *store.Tx, key store.Key) error{
			"changed": func(tx *store.Tx, key store.Key) error {
				_, err := tx.Update(ctx, "waiting", key, store.Set("reason", "别的"))
				return err
			},
			"removed": func(tx *store.Tx, key store.Key) error { _, err := tx.Delete(ctx, "waiting", key); return err },
		} {
			err := h.db.Write(ctx, store.System("test"), func(tx *store.Tx) error { return fn(tx, store.Key{store.Set("subject_id", "p1")}) })
			if err == nil {
				t.Errorf("a waiting act was %s", name)
			}
		}
		for range 2 {
			for name, q := range map[string]ledger.Query{"request": {Request: "r-1"}, "subject": {Subject: "p1"}, "account": {Account: worker.Account}, "all": {}} {
				acts, err := h.ledger.Acts(ctx, h.db.As(store.System("test")), q)
				if err != nil || len(acts) != 1 {
					t.Errorf("%s: %d acts, %v", name, len(acts), err)
				}
			}
			_, err := h.ledger.Sequence(ctx)
			h.must(err)
		}
		if rep := h.verify(); !rep.OK {
			t.Errorf("report %+v", rep)
		}
	})
}

// An update keeps of the row before what it replaced; a change is told as if both rows were there.
func TestChangesTellBothSides(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		ctx := context.Background()
		h.must(h.post(worker, "p1", "0001."))
		h.must(h.ledger.Do(ctx, worker, ledger.Act{Kind: "post.mend"}, func(tx *store.Tx) error {
			_, err := tx.Update(ctx, "post", store.ByID("p1"), store.Set("holder", `引"号`), store.Set("version", 2))
			return err
		}))
		changes, err := h.ledger.Changes(ctx, "post", "p1")
		if err != nil || len(changes) != 2 {
			t.Fatalf("%d changes, %v", len(changes), err)
		}
		u := changes[1]
		columns := u.Columns()
		slices.Sort(columns)
		if !slices.Equal(columns, []string{"holder", "version"}) || u.Was("holder") != "王德明" || u.Became("holder") != `引"号` ||
			u.Was("version") != "1" || u.Was("title") != "支部书记" || u.Changed("title") || strings.Contains(u.Before, "title") {
			t.Errorf("columns %v, before %s, after %s", columns, u.Before, u.After)
		}
	})
}

// A statement that failed within an act takes the whole act with it, on both engines: what it had written was counted.
func TestFailedStatementEndsTheAct(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		ctx := context.Background()
		err := h.ledger.Do(ctx, worker, ledger.Act{Kind: "x"}, func(tx *store.Tx) error {
			_ = tx.InsertMany(ctx, "setting", []string{"id", "value"}, [][]any{{"a", "1"}, {"a", "2"}})
			return nil
		})
		if err == nil {
			t.Error("an act was recorded although one of its statements failed")
		}
		h.must(h.ledger.Do(ctx, worker, ledger.Act{Kind: "x"}, func(tx *store.Tx) error {
			return tx.Insert(ctx, "setting", store.Set("id", "a"), store.Set("value", "3"))
		}))
		if rep := h.verify(); !rep.OK || rep.Acts != 1 || rep.Events != 1 {
			t.Errorf("report %+v", rep)
		}
	})
}

func TestWriteOutsideTheScopeIsMissing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		if err := h.post(worker, "p1", "0002."); fault.Of(err) != fault.NotFound {
			t.Fatalf("got %v", err)
		}
	})
}

// Each attack of notes/trust.md §3 is found.
func TestAttacks(t *testing.T) {
	attacks := []struct {
		name, code string
		sqlite     []string
		postgres   []string
	}{
		{"row edited without triggers", "row_changed",
			[]string{"DROP TRIGGER audit_post_u", "UPDATE t_post SET holder = 'X' WHERE id = 'p1'"},
			[]string{"ALTER TABLE t_post DISABLE TRIGGER ALL", "UPDATE t_post SET holder = 'X' WHERE id = 'p1'"}},
		{"triggers dropped", "trigger", []string{"DROP TRIGGER audit_member_u"}, []string{"ALTER TABLE t_member DISABLE TRIGGER audit_member"}},
		{"row deleted without triggers", "row_removed",
			[]string{"DROP TRIGGER audit_post_d", "DELETE FROM t_post WHERE id = 'p1'"},
			[]string{"ALTER TABLE t_post DISABLE TRIGGER ALL", "DELETE FROM t_post WHERE id = 'p1'"}},
		{"row with a made-up context", "event_stray",
			[]string{"DROP TRIGGER audit_post_u", "DROP TRIGGER audit_seen", "UPDATE t_post SET holder = 'X' WHERE id = 'p1'",
				"INSERT INTO t_event (act_id, tbl, row_id, op, before, after) SELECT 'made-up', tbl, row_id, 'U', after, replace(after, '王德明', 'X') FROM t_event WHERE row_id = 'p1'"},
			[]string{"BEGIN; SELECT set_config('zhibu.act', 'made-up', true); UPDATE t_post SET holder = 'X' WHERE id = 'p1'; COMMIT"}},
		{"event edited", "event_changed",
			[]string{"DROP TRIGGER keep_event_u", "UPDATE t_event SET after = replace(after, '王德明', '王') WHERE row_id = 'p1'"},
			[]string{"ALTER TABLE t_event DISABLE TRIGGER ALL", "UPDATE t_event SET after = replace(after, '王德明', '王') WHERE row_id = 'p1'"}},
		{"act edited", "act_changed",
			[]string{"DROP TRIGGER keep_chained_u", "UPDATE t_chained SET reason = '别的' WHERE subject_id = 'p1'"},
			[]string{"ALTER TABLE t_chained DISABLE TRIGGER ALL", "UPDATE t_chained SET reason = '别的' WHERE subject_id = 'p1'"}},
		{"act forged", "act_forged",
			[]string{"INSERT INTO t_waiting SELECT 'forged', at, kind, account_id, actor, role, org_path, subject, subject_id, reason, source, request, detail, 0, 0, 0, digest, mac FROM t_chained WHERE subject_id = 'p1'"}, nil},
		{"act forged into the past", "act_forged",
			[]string{"INSERT INTO t_chained SELECT 'forged', at, kind, account_id, actor, role, org_path, subject, subject_id, reason, source, request, detail, 0, 0, 0, digest, mac FROM t_chained WHERE subject_id = 'p1'"}, nil},
		{"tail cut off", "witness",
			[]string{"DROP TRIGGER keep_leaf_d", "DELETE FROM t_leaf WHERE idx = 2", "DELETE FROM t_checkpoint WHERE size = 3", "DROP TRIGGER keep_hash_d", "DELETE FROM t_hash WHERE idx > 2"},
			[]string{"ALTER TABLE t_leaf DISABLE TRIGGER ALL", "DELETE FROM t_leaf WHERE idx = 2", "DELETE FROM t_checkpoint WHERE size = 3"}},
	}
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, c store.Config) {
				h := build(t, c)
				for _, id := range []string{"p0", "p1", "p2"} {
					h.must(h.post(worker, id, "0001."))
					_, err := h.ledger.Sequence(context.Background())
					h.must(err)
				}
				if rep := h.verify(); !rep.OK {
					t.Fatalf("before: %+v", rep.Findings)
				}
				if h.db.IsPostgres() && a.postgres != nil {
					h.behind(a.postgres...)
				} else {
					h.behind(a.sqlite...)
				}
				h.expect(a.code)
			})
		})
	}
}

func TestOldCopyPutBackIsFound(t *testing.T) {
	c := store.Config{Dir: t.TempDir()}
	h := build(t, c)
	h.must(h.post(worker, "p1", "0001."))
	h.verify()
	h.behind("VACUUM INTO '" + filepath.Join(c.Dir, "old") + "'")
	h.must(h.post(worker, "p2", "0001."))
	h.verify()
	h.db.Close()
	h.must(os.Rename(filepath.Join(c.Dir, "old"), h.db.File()))
	os.Remove(h.db.File() + "-wal")
	os.Remove(h.db.File() + "-shm")
	db := storetest.Open(t, c)
	h.db, h.ledger = db, ledger.New(db, h.ledger.IDs, h.ledger.Clock, h.vault, filepath.Join(c.Dir, "witness"))
	h.expect("witness")
}

func TestManyActsKeepOneTree(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		ctx := context.Background()
		for range 40 {
			h.must(h.ledger.Note(ctx, worker, ledger.Act{Kind: "look", Reason: "核对"}))
			_, err := h.ledger.Sequence(ctx)
			h.must(err)
		}
		if rep := h.verify(); !rep.OK || rep.Size != 40 {
			t.Fatalf("report %+v", rep)
		}
	})
}

// An old copy that goes on does not wash the witness away: however many acts follow, verify finds it.
func TestOldCopyThatGoesOnIsFound(t *testing.T) {
	c := store.Config{Dir: t.TempDir()}
	h := build(t, c)
	for _, id := range []string{"p1", "p2"} {
		h.must(h.post(worker, id, "0001."))
		h.verify()
	}
	h.behind("VACUUM INTO '" + filepath.Join(c.Dir, "old") + "'")
	for _, id := range []string{"p3", "p4"} {
		h.must(h.post(worker, id, "0001."))
		h.verify()
	}
	h.db.Close()
	h.must(os.Rename(filepath.Join(c.Dir, "old"), h.db.File()))
	os.Remove(h.db.File() + "-wal")
	os.Remove(h.db.File() + "-shm")
	h.db = storetest.Open(t, c)
	h.ledger = ledger.New(h.db, h.ledger.IDs, h.ledger.Clock, h.vault, filepath.Join(c.Dir, "witness"))
	h.expect("witness") // two acts behind
	for _, id := range []string{"q1", "q2", "q3", "q4"} {
		h.must(h.post(worker, id, "0001."))
		_, err := h.ledger.Sequence(context.Background())
		h.must(err)
		h.expect("witness") // one behind, level, and ahead
	}
}

// A witness file that somebody has damaged stays for verify to find; one that is gone is found missing, and the next
// act writes a new one.
func TestDamagedWitness(t *testing.T) {
	h := build(t, store.Config{Dir: t.TempDir()})
	path := filepath.Join(h.config.Dir, "witness")
	h.must(h.post(worker, "p1", "0001."))
	if rep := h.verify(); !rep.OK {
		t.Fatal(rep.Findings)
	}
	h.must(os.WriteFile(path, []byte("nonsense\n"), 0o600))
	h.must(h.post(worker, "p2", "0001."))
	h.expect("witness")
	h.must(os.Remove(path))
	h.expect("witness")
	h.must(h.post(worker, "p3", "0001."))
	if rep := h.verify(); !rep.OK || rep.Witness != 3 {
		t.Errorf("%+v", rep)
	}
}

// A process that died between the commit and the witness is made up for by the next, without a new act.
func TestWitnessIsMadeUpFor(t *testing.T) {
	h := build(t, store.Config{Dir: t.TempDir()})
	path := filepath.Join(h.config.Dir, "witness")
	h.must(h.post(worker, "p1", "0001."))
	h.verify()
	older, err := os.ReadFile(path)
	h.must(err)
	h.must(h.post(worker, "p2", "0001."))
	h.verify()
	h.must(os.WriteFile(path, older, 0o600))
	next := ledger.New(h.db, h.ledger.IDs, h.ledger.Clock, h.vault, path)
	c, err := next.Sequence(context.Background())
	h.must(err)
	if w, err := next.Witness(); err != nil || w.Size != 2 || c.Size != 2 {
		t.Errorf("witness %d of %d, %v", w.Size, c.Size, err)
	}
}

// setBack is a clock that somebody sets.
type setBack struct{ at time.Time }

func (c *setBack) Now() time.Time { return c.at }

// The machine's clock is set back two days and then forward: acts keep their order, the chain verifies, and every
// act says the time that the clock showed.
func TestClockSetBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		clock := &setBack{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
		h.ledger = ledger.New(h.db, store.NewIDs(clock, rand.Reader), clock, h.vault, filepath.Join(c.Dir, "witness"))
		var told []int64
		for i, jump := range []time.Duration{0, -48 * time.Hour, time.Minute, 72 * time.Hour, -time.Second, 0} {
			clock.at = clock.at.Add(jump)
			told = append(told, clock.at.UnixMicro())
			h.must(h.post(worker, fmt.Sprint("p", i), "0001."))
			if i%2 == 1 {
				_, err := h.ledger.Sequence(context.Background())
				h.must(err)
			}
		}
		rep := h.verify()
		if !rep.OK || rep.Size != 6 {
			t.Fatalf("%+v", rep)
		}
		var subjects []string
		var at []int64
		h.must(h.db.As(store.System("test")).Each(context.Background(), "SELECT a.subject_id, a.at FROM {leaf} l JOIN {act} a ON a.id = l.act_id ORDER BY l.idx", nil, func(row store.Row) error {
			var s string
			var n int64
			err := row.Scan(&s, &n)
			subjects, at = append(subjects, s), append(at, n)
			return err
		}))
		if !slices.Equal(subjects, []string{"p0", "p1", "p2", "p3", "p4", "p5"}) || !slices.Equal(at, told) {
			t.Errorf("%v at %v", subjects, at)
		}
	})
}

// Acts of many at once, chained by two processes and verified meanwhile, stay one chain in which every act stands
// once and nothing is ever found.
func TestActsSequencesAndVerifiesAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		beside := ledger.New(storetest.Open(t, c), store.NewIDs(h.ledger.Clock, rand.Reader), h.ledger.Clock, h.vault, filepath.Join(c.Dir, "witness"))
		ctx := context.Background()
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				l := []*ledger.Ledger{h.ledger, beside}[i%2]
				for j := range 12 {
					err := l.Do(ctx, worker, ledger.Act{Kind: "setting.change", Reason: "并发"}, func(tx *store.Tx) error {
						return tx.Insert(ctx, "setting", store.Set("id", fmt.Sprint(i, "-", j)), store.Set("value", ""))
					})
					if err != nil {
						t.Error(err)
					}
					if _, err := l.Sequence(ctx); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Go(func() {
			for range 4 {
				if rep, err := beside.Verify(ctx); err != nil || !rep.OK {
					t.Errorf("%+v, %v", rep, err)
				}
			}
		})
		wg.Wait()
		if rep := h.verify(); !rep.OK || rep.Size != 48 || rep.Witness != 48 {
			t.Errorf("%+v", rep)
		}
	})
}

// TestWitnessKeptElsewhere: a proper restore explains a chain that an earlier witness does not know; a rollback after
// it is still found.
func TestWitnessKeptElsewhere(t *testing.T) {
	c := store.Config{Dir: t.TempDir()}
	h := build(t, c)
	ctx := context.Background()
	keep := func(name string) string {
		h.verify()
		text, err := os.ReadFile(filepath.Join(c.Dir, "witness"))
		h.must(err)
		path := filepath.Join(t.TempDir(), name)
		h.must(os.WriteFile(path, text, 0o600))
		return path
	}
	copyTo := func(name string) string {
		path := filepath.Join(t.TempDir(), name)
		h.behind("VACUUM INTO '" + path + "'")
		return path
	}
	putBack := func(path string) {
		h.must(h.db.Close())
		for _, f := range []string{h.db.File() + "-wal", h.db.File() + "-shm", filepath.Join(c.Dir, "witness")} {
			os.Remove(f)
		}
		h.must(os.Rename(path, h.db.File()))
		h.db = storetest.Open(t, c)
		h.ledger = ledger.New(h.db, h.ledger.IDs, h.ledger.Clock, h.vault, filepath.Join(c.Dir, "witness"))
	}
	compare := func(witness string) *ledger.Report {
		rep := h.verify()
		h.must(h.ledger.CompareWith(ctx, witness, rep))
		return rep
	}
	for _, id := range []string{"p1", "p2", "p3"} {
		h.must(h.post(worker, id, "0001."))
	}
	h.verify()
	backup := copyTo("backup")
	for _, id := range []string{"p4", "p5"} {
		h.must(h.post(worker, id, "0001."))
	}
	five := keep("five")
	putBack(backup)
	if compare(five).OK {
		t.Error("an old copy without a restore passed")
	}
	h.must(h.ledger.Note(ctx, worker, ledger.Act{Kind: ledger.KindRestore, Reason: "从备份恢复"}))
	if rep := compare(five); !rep.OK || len(rep.Restores) != 1 {
		t.Errorf("after a proper restore: %+v", rep.Findings)
	}
	again := copyTo("again")
	for _, id := range []string{"p6", "p7"} {
		h.must(h.post(worker, id, "0001."))
	}
	six := keep("six")
	if rep := compare(six); !rep.OK {
		t.Errorf("the newest witness: %+v", rep.Findings)
	}
	putBack(again)
	if compare(six).OK {
		t.Error("a rollback after a restore passed")
	}
}
