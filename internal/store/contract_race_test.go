package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

// together runs n copies of a function that all begin at once, and gives their errors.
func together(n int, fn func(i int) error) []error {
	errs := make([]error, n)
	var ready, done sync.WaitGroup
	begin := make(chan struct{})
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			ready.Done()
			<-begin
			errs[i] = fn(i)
		})
	}
	ready.Wait()
	close(begin)
	done.Wait()
	return errs
}

// Of many who change the same version of a row exactly one does, round after round.
func TestRaceForOneVersion(t *testing.T) {
	id := "m-" + branchA + "-0"
	each(t, func(h *house) {
		for version := 1; version <= 5; version++ {
			var won atomic.Int64
			for _, err := range together(8, func(i int) error {
				return h.act(store.Subtree(branchA), func(tx *store.Tx) error {
					n, err := tx.Update(ctx, "member", store.ByID(id).And("version", version), store.Set("version", version+1), store.Set("occupation", fmt.Sprint(i)))
					won.Add(n)
					return err
				})
			}) {
				h.must(err)
			}
			if won.Load() != 1 {
				h.t.Fatalf("version %d: %d writers won", version, won.Load())
			}
		}
		var images int
		_, err := h.whole().One(ctx, "SELECT count(*) FROM {event} WHERE row_id = ? AND op = 'U'", []any{id}, &images)
		h.must(err)
		if images != 5 {
			h.t.Errorf("%d images of 5 changes", images)
		}
	})
}

// Of many who add the same person exactly one does; the others read that she is there already.
func TestRaceForOnePerson(t *testing.T) {
	each(t, func(h *house) {
		won := 0
		for _, err := range together(8, func(i int) error {
			return h.act(store.System("test"), func(tx *store.Tx) error {
				values := memberValues(fmt.Sprintf("new-%d", i), branches[i%3], "")
				for j := range values {
					if values[j].Column == "id_index" {
						values[j].Data = []byte("the same person")
					}
				}
				return tx.Insert(ctx, "member", values...)
			})
		}) {
			if err == nil {
				won++
			} else if fault.Of(err) != fault.Conflict {
				h.t.Errorf("a loser got %v", err)
			}
		}
		if won != 1 {
			h.t.Errorf("%d added the same person", won)
		}
	})
}

// bump is how a derived count is written: changed, or added when it is not there.
func bump(tx *store.Tx, path string) error {
	key := store.Key{store.Set("org_path", path), store.Set("category", "full"), store.Set("sex", "1"), store.Set("born", "1980-01"), store.Set("batch", "")}
	n, err := tx.Add(ctx, "headcount", key, "n", 1)
	if err != nil || n > 0 {
		return err
	}
	return tx.Insert(ctx, "headcount", append(key, store.Set("n", 1))...)
}

// Counts that many write at once, none of which is there at the beginning, lose nothing: two that add the same one
// collide, and the second runs again.
func TestRaceForCounts(t *testing.T) {
	const writers, rounds = 12, 5
	each(t, func(h *house) {
		paths := []string{county, townA, townB}
		for _, err := range together(writers, func(int) error {
			for range rounds {
				err := h.db.Write(ctx, store.System("test"), func(tx *store.Tx) error {
					for _, path := range paths {
						if err := bump(tx, path); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					return err
				}
			}
			return nil
		}) {
			h.must(err)
		}
		want := fmt.Sprint(writers * rounds)
		h.reads(h.whole(), []string{want, want, want}, "SELECT CAST(n AS TEXT) FROM {headcount}")
	})
}

// Two transactions that take two rows in opposite order both end; on PostgreSQL one of them runs again.
func TestDeadlockIsRunAgain(t *testing.T) {
	each(t, func(h *house) {
		first, second := "m-"+branchA+"-0", "m-"+branchB+"-0"
		var met sync.WaitGroup
		met.Add(2)
		var runs atomic.Int64
		for _, err := range together(2, func(i int) error {
			order := []string{first, second}
			if i == 1 {
				order = []string{second, first}
			}
			waited := false
			return h.act(store.System("test"), func(tx *store.Tx) error {
				runs.Add(1)
				for _, id := range order {
					if _, err := tx.Add(ctx, "member", store.ByID(id), "version", 1); err != nil {
						return err
					}
					if !waited && h.db.IsPostgres() { // both hold their first row before either takes the second
						waited = true
						met.Done()
						met.Wait()
					}
				}
				return nil
			})
		}) {
			h.must(err)
		}
		if n := runs.Load(); h.db.IsPostgres() != (n > 2) || n > 4 {
			h.t.Errorf("%d runs", n)
		}
		h.reads(h.whole(), []string{"3", "3"}, "SELECT CAST(version AS TEXT) FROM {member} WHERE id IN (?, ?)", first, second)
	})
}

// A reader sees what is committed and nothing else; a view stays as it was when it began; what is given up is gone.
func TestReadersSeeWhatIsCommitted(t *testing.T) {
	const query = "SELECT id FROM {setting}"
	each(t, func(h *house) {
		put := func(tx *store.Tx, id string) error {
			return tx.Insert(ctx, "setting", store.Set("id", id), store.Set("value", ""))
		}
		h.must(h.act(store.System("test"), func(tx *store.Tx) error {
			if err := put(tx, "one"); err != nil {
				return err
			}
			h.reads(tx, []string{"one"}, query)
			h.reads(h.whole(), nil, query)
			return nil
		}))
		h.reads(h.whole(), []string{"one"}, query)
		h.must(h.db.View(ctx, store.System("test"), func(r store.Reader) error {
			h.reads(r, []string{"one"}, query)
			h.must(h.act(store.System("test"), func(tx *store.Tx) error { return put(tx, "two") }))
			h.reads(r, []string{"one"}, query)
			h.reads(r.Under(store.System("other")), []string{"one"}, query)
			return nil
		}))
		broken := errors.New("given up")
		if err := h.act(store.System("test"), func(tx *store.Tx) error { return errors.Join(put(tx, "three"), broken) }); !errors.Is(err, broken) {
			h.t.Error(err)
		}
		func() {
			defer func() { _ = recover() }()
			_ = h.act(store.System("test"), func(tx *store.Tx) error { _ = put(tx, "four"); panic("a defect") })
		}()
		stopped, cancel := context.WithCancel(ctx)
		err := h.db.Write(stopped, store.System("test"), func(tx *store.Tx) error {
			h.must(tx.Record(ctx, "act", func(store.Image) {}, func(tx *store.Tx) error { return put(tx, "five") }))
			cancel()
			return nil
		})
		if err == nil {
			h.t.Error("a write was acknowledged after its request had ended")
		}
		h.reads(h.whole(), []string{"one", "two"}, query)
		h.must(h.act(store.System("test"), func(tx *store.Tx) error { return put(tx, "six") })) // nothing is left locked
	})
}

// Readers never wait for a writer, and more writers than there are connections never wait for each other in a
// circle: each uses person keys and reads beside its own transaction.
func TestManyWritersWithKeys(t *testing.T) {
	each(t, func(h *house) {
		c, cancel := context.WithTimeout(ctx, 60*time.Second)
		defer cancel()
		for _, err := range together(40, func(i int) error {
			id := fmt.Sprintf("new-%d", i)
			return h.db.Write(c, store.Subtree(branchA), func(tx *store.Tx) error {
				if err := h.db.Keys().Put(c, map[string][]byte{id: []byte("wrapped")}); err != nil {
					return err
				}
				var one int
				if _, err := h.whole().One(c, "SELECT 1 FROM {org} WHERE path = ?", []any{branchA}, &one); err != nil {
					return err
				}
				return tx.Record(c, "act", func(store.Image) {}, func(tx *store.Tx) error { return insertMember(tx, id, branchA, "") })
			})
		}) {
			h.must(err)
		}
	})
}

// Reads inside the rows of another read are allowed outside of transactions; there are enough connections for them.
func TestReadsWithinReads(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		limit, cancel := context.WithTimeout(ctx, 30*time.Second)
		defer cancel()
		for _, err := range together(3, func(int) error {
			return h.whole().Each(limit, "SELECT path FROM {org}", nil, func(row store.Row) error {
				var path string
				if err := row.Scan(&path); err != nil {
					return err
				}
				var n int
				_, err := h.whole().One(limit, "SELECT count(*) FROM {member} WHERE org_path = ?", []any{path}, &n)
				return err
			})
		}) {
			h.must(err)
		}
	})
}

// The named lock keeps a second holder waiting until the first transaction ends; shared holders do not wait for each
// other.
func TestNamedLocks(t *testing.T) {
	each(t, func(h *house) {
		var inside, most atomic.Int64
		for _, err := range together(6, func(int) error {
			return h.db.Write(ctx, store.System("test"), func(tx *store.Tx) error {
				if err := tx.Lock(ctx, "contract"); err != nil {
					return err
				}
				if n := inside.Add(1); n > most.Load() {
					most.Store(n)
				}
				time.Sleep(2 * time.Millisecond)
				inside.Add(-1)
				return nil
			})
		}) {
			h.must(err)
		}
		if most.Load() != 1 {
			h.t.Errorf("%d held the lock at once", most.Load())
		}
		if !h.db.IsPostgres() { // every write transaction is alone
			return
		}
		var met sync.WaitGroup
		met.Add(2)
		for _, err := range together(2, func(int) error {
			return h.db.Write(ctx, store.System("test"), func(tx *store.Tx) error {
				if err := tx.LockShared(ctx, "contract"); err != nil {
					return err
				}
				met.Done()
				met.Wait()
				return nil
			})
		}) {
			h.must(err)
		}
	})
}

// A write that waits too long for another process ends with a sentence, and succeeds when it is tried again.
func TestBusyDatabase(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		c.Patience = 150 * time.Millisecond
		h := build(t, c)
		driver, dsn, lock := "sqlite", "file:"+h.db.File()+"?_txlock=immediate", "SELECT 1"
		if h.db.IsPostgres() {
			driver, dsn, lock = "pgx", c.URL, "LOCK TABLE t_setting"
		}
		foreign, err := sql.Open(driver, dsn)
		h.must(err)
		defer foreign.Close()
		tx, err := foreign.Begin()
		h.must(err)
		_, err = tx.Exec(lock)
		h.must(err)
		write := func() error {
			return h.act(store.System("test"), func(tx *store.Tx) error {
				return tx.Insert(ctx, "setting", store.Set("id", "a"), store.Set("value", ""))
			})
		}
		if err := write(); fault.Of(err) != fault.Unavailable || fault.As(err).Error() != "数据库正忙，没有写入任何内容。请稍后重试。" {
			t.Errorf("got %v", err)
		}
		h.must(tx.Rollback())
		h.must(write())
	})
}

// Identifiers grow, whatever the clock does and whoever asks.
func TestIDsGrow(t *testing.T) {
	clock := &jumping{at: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	ids := store.NewIDs(clock, constant{})
	last := ""
	for i := range 300 {
		switch i {
		case 100:
			clock.at = clock.at.Add(-48 * time.Hour)
		case 200:
			clock.at = clock.at.Add(96 * time.Hour)
		}
		id := ids.New()
		if id <= last {
			t.Fatalf("the %d. identifier %s is not behind %s", i, id, last)
		}
		last = id
	}
	var mu sync.Mutex
	seen := map[string]bool{}
	together(8, func(int) error {
		for range 200 {
			id := ids.New()
			mu.Lock()
			seen[id] = true
			mu.Unlock()
		}
		return nil
	})
	if len(seen) != 1600 {
		t.Errorf("%d different of 1600", len(seen))
	}
}

type jumping struct{ at time.Time }

func (j *jumping) Now() time.Time { return j.at }

// constant is the worst source of randomness.
type constant struct{}

func (constant) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 1
	}
	return len(b), nil
}
