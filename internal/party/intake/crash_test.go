package intake_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/intake"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

// runFile imports a file as the command does, telling progress.
func runFile(c *demotest.City, ctx context.Context, path string, progress func(done, total int)) (intake.Result, error) { //nolint:revive // the city comes first in these tests
	book, err := roster.OpenFile(path, roster.Options{})
	if err != nil {
		c.T.Fatal(err)
	}
	defer book.Close()
	return c.Intake.Run(ctx, c.Actor("party-worker"), intake.Request{Book: book, Org: c.Town().ID, FileName: "roster.csv", FileHash: path, Progress: progress})
}

func lease(c *demotest.City, until int64) {
	c.T.Helper()
	err := c.DB.Operate(ctx, func(tx *store.Tx) error {
		_, err := tx.Update(ctx, "job", store.Key{store.Set("kind", "import")}, store.Set("lease", until))
		return err
	})
	if err != nil {
		c.T.Fatal(err)
	}
}

func rowsWritten(c *demotest.City) (n int) {
	if _, err := c.Everything().One(ctx, "SELECT count(*) FROM {all_member}", nil, &n); err != nil {
		c.T.Fatal(err)
	}
	return n
}

// interrupt begins an import and stops it dead after its first thousand rows, as a killed process.
func interrupt(c *demotest.City, path string) {
	c.T.Helper()
	stop, cancel := context.WithCancel(ctx)
	defer cancel()
	before := rowsWritten(c)
	if _, err := runFile(c, stop, path, func(done, _ int) {
		if done >= 1000 {
			cancel()
		}
	}); err == nil {
		c.T.Fatal("not interrupted")
	}
	if rowsWritten(c) == before {
		c.T.Fatal("no row was written before the interruption")
	}
}

// A process that was stopped for a while (a laptop asleep, a machine overloaded) and whose import another has taken
// over meanwhile writes not one row more, and says so.
func TestSuspendedImportIsFenced(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		path := c.CSV(newcomers(c, c.Accounts[0].Organisation, 2500))
		before := total(c)
		var second intake.Result
		var secondErr error
		_, err := runFile(c, ctx, path, func(done, _ int) {
			if done != 1000 {
				return
			}
			lease(c, 0)
			second, secondErr = runFile(c, ctx, path, nil)
		})
		if secondErr != nil || second.New != 2500 {
			t.Fatalf("the second: %+v, %v", second, secondErr)
		}
		if fault.Of(err) != fault.Unavailable {
			t.Errorf("the first: %v", err)
		}
		if total(c) != before+2500 || rowsWritten(c) != before+2500 {
			t.Errorf("%d members, %d rows, want %d", total(c), rowsWritten(c), before+2500)
		}
		c.Sound()
	})
}

// What a command killed beside a running server has left is cleared by the server, so that the tree can move again;
// also when the clock was set back in between, which leaves leases from the future.
func TestServerClearsWhatACommandLeft(t *testing.T) {
	c := demotest.Found(t, store.Config{}, 300)
	path := c.CSV(newcomers(c, c.Accounts[0].Organisation, 1500))
	before := total(c)
	branch := c.Org(c.Accounts[0].Organisation)
	worker := c.Actor("party-worker")
	for name, until := range map[string]int64{"lapsed": 0, "from before the clock was set back": time.Now().Add(48 * time.Hour).UnixMicro()} {
		t.Run(name, func(t *testing.T) {
			interrupt(c, path)
			_, err := c.Orgs.Move(ctx, worker, org.Move{ID: branch.ID, Version: branch.Version, To: c.Town().ID, Basis: org.Basis{On: demotest.On, Reason: "试"}})
			if err == nil {
				t.Error("the tree moved under a running import")
			}
			lease(c, until)
			work, end := context.WithTimeout(ctx, 60*time.Second)
			go c.Intake.Work(work, func(err error) {
				if !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
			})
			for rowsWritten(c) != before && work.Err() == nil {
				time.Sleep(20 * time.Millisecond)
			}
			var hidden int
			for more := true; more && work.Err() == nil; {
				more, err = c.Everything().One(ctx, "SELECT 1 FROM {hidden}", nil, &hidden)
				if err != nil {
					t.Fatal(err)
				}
			}
			end()
			if rowsWritten(c) != before || total(c) != before {
				t.Errorf("%d rows, %d members, want %d", rowsWritten(c), total(c), before)
			}
		})
	}
	c.Sound()
}

// A check of a page that a restart interrupted is begun anew, not given up.
func TestInterruptedCheck(t *testing.T) {
	c := demotest.Found(t, store.Config{}, 300)
	var text strings.Builder
	for _, r := range newcomers(c, c.Accounts[0].Organisation, 5) {
		text.WriteString(strings.Join(r, ",") + "\n")
	}
	worker := c.Actor("party-worker")
	b, book, err := c.Intake.Upload(ctx, worker, c.Town().ID, "花名册.csv", strings.NewReader(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	book.Close()
	if err := c.Intake.Choose(ctx, worker, b.ID, "", nil); err != nil {
		t.Fatal(err)
	}
	err = c.DB.Operate(ctx, func(tx *store.Tx) error { // as the killed process left it
		set := store.Set
		return errors.Join(tx.Insert(ctx, "hidden", set("id", b.ID)),
			tx.Insert(ctx, "job", set("id", b.ID), set("kind", "import"), set("state", "running"), set("due", 0), set("lease", 0), set("detail", "a killed process"), set("progress", 0), set("result", "")))
	})
	if err != nil {
		t.Fatal(err)
	}
	work(c, b.ID, intake.Checked)
	if got := batch(c, b.ID); got.Result.New != 5 {
		t.Errorf("%+v", got.Result)
	}
}

// An undoing killed half way is invisible at once and finished by the next process; a change made meanwhile to one of
// its members is refused rather than lost.
func TestInterruptedUndo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker := c.Actor("party-worker")
		before := total(c)
		path := c.CSV(newcomers(c, c.Accounts[0].Organisation, 2500))
		res, err := runFile(c, ctx, path, nil)
		if err != nil || res.New != 2500 {
			t.Fatalf("%+v, %v", res, err)
		}
		stop, cancel := context.WithCancel(ctx)
		go func() {
			for stop.Err() == nil {
				if rowsWritten(c) < before+2500 {
					cancel()
				}
			}
		}()
		err = c.Intake.Undo(stop, worker, res.Batch, "导错了")
		cancel()
		if err == nil && rowsWritten(c) != before {
			t.Fatal("undone without its rows being gone")
		}
		if total(c) != before {
			t.Errorf("%d members are visible, want %d", total(c), before)
		}
		lease(c, 0)
		if err := c.Intake.Resume(ctx); err != nil {
			t.Fatal(err)
		}
		if got := batch(c, res.Batch).State; got != intake.Undone || rowsWritten(c) != before {
			t.Errorf("%s with %d rows, want %d", got, rowsWritten(c), before)
		}
		c.Sound()
	})
}

// The same file imported twice at the same moment goes in once; the other is refused with a sentence.
func TestSameFileTwiceAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		path := c.CSV(newcomers(c, c.Accounts[0].Organisation, 1200))
		before := total(c)
		type outcome struct {
			res intake.Result
			err error
		}
		done := make(chan outcome, 2)
		for range 2 {
			go func() {
				res, err := runFile(c, ctx, path, nil)
				done <- outcome{res, err}
			}()
		}
		var entered []int
		for range 2 {
			o := <-done
			if o.err != nil && fault.Of(o.err) != fault.Conflict {
				t.Errorf("refused without a sentence: %v", o.err)
			}
			if o.err == nil {
				entered = append(entered, o.res.New)
			}
		}
		slices.Sort(entered)
		if n := len(entered); n == 0 || entered[n-1] != 1200 || n == 2 && entered[0] != 0 {
			t.Errorf("entered %v", entered)
		}
		if total(c) != before+1200 || rowsWritten(c) != before+1200 {
			t.Errorf("%d members, %d rows, want %d", total(c), rowsWritten(c), before+1200)
		}
		c.Sound()
	})
}
