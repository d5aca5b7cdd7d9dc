package duty_test

import (
	"context"
	"os"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/party/logbook"
	"zhibu/internal/party/org"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(demotest.Main(m)) }

var ctx = context.Background()

// TestKeptFollowsTheFacts: what is kept of a branch changes with what is entered, corrected and withdrawn, and is what the
// facts come to.
func TestKeptFollowsTheFacts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		if n, err := c.Duties.Rebuild(ctx); err != nil || n == 0 {
			t.Fatal(n, err)
		}
		b, err := org.ByID(ctx, c.Everything(), c.Person("branch-secretary", 1).Grants[0].Org)
		if err != nil {
			t.Fatal(err)
		}
		overdue := func() int {
			t.Helper()
			r, err := c.Everything().Within(b.Path)
			if err != nil {
				t.Fatal(err)
			}
			if _, ok, err := c.Duties.Overdue(ctx, r); err != nil || !ok {
				t.Fatal(ok, err)
			}
			kept, err := c.Duties.LateBranches(ctx, r, string(timeline.LifeAssembly), 0, 10)
			if err != nil {
				t.Fatal(err)
			}
			a, err := c.Duties.Of(ctx, c.Everything(), b, demotest.On, false)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, it := range a.Items {
				if it.Duty.Name == timeline.LifeAssembly && it.State == timeline.Overdue {
					n++
				}
			}
			if (n > 0) != (len(kept) == 1) {
				t.Errorf("kept %v, computed %d", kept, n)
			}
			return n
		}
		before := overdue()
		if before == 0 {
			t.Fatal("no assembly is overdue")
		}
		actor := c.Person("branch-secretary", 1).Actor("test")
		var last string
		for i, on := range []string{"2025-12-10", "2026-03-10", "2026-06-10", "2026-09-10"} {
			ids, err := c.Logbook.Add(ctx, actor, logbook.New{Org: b.ID, Kind: timeline.MeetingHeld, On: civil.MustParse(on), Fields: logbook.Fields{Type: timeline.Assembly}, Reason: "补登"})
			if err != nil {
				t.Fatal(err)
			}
			last = ids[0]
			if n := overdue(); n != before-i-1 {
				t.Errorf("after %s: %d", on, n)
			}
		}
		if err := c.Logbook.Withdraw(ctx, actor, last, 1, "记错了"); err != nil {
			t.Fatal(err)
		}
		if n := overdue(); n != 1 {
			t.Errorf("withdrawn: %d", n)
		}
		c.Sound()
	})
}
