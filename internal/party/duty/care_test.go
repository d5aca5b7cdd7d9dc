package duty_test

import (
	"slices"
	"testing"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/party/duty"
	"zhibu/internal/party/logbook"
	"zhibu/internal/party/org"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/ledger"
)

// TestCareIsVisitsAndNoLimit: who is in care and was not visited this year is named until somebody has been there, and nothing
// is asked of them; who came back from elsewhere is not asked for contact any more, and is again when the entry is withdrawn.
func TestCareIsVisitsAndNoLimit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		secretary := c.Person("branch-secretary", 1)
		b, err := org.ByID(ctx, c.Everything(), secretary.Grants[0].Org)
		if err != nil {
			t.Fatal(err)
		}
		people, err := logbook.People(ctx, c.Everything(), b.Path)
		if err != nil {
			t.Fatal(err)
		}
		her := people[0].ID
		err = c.Ledger.Do(ctx, ledger.System("test"), ledger.Act{Kind: "test", Reason: "test"}, func(tx *store.Tx) error {
			_, err := tx.Update(ctx, "member", store.ByID(her), store.Set("care", 1), store.Set("floating", 1))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		unvisited := func() bool {
			t.Helper()
			list, rule, err := c.Duties.Unvisited(ctx, c.Everything(), b.Path, demotest.On)
			if err != nil || rule.ID != "M-08" {
				t.Fatal(rule, err)
			}
			return slices.ContainsFunc(list, func(s duty.Somebody) bool { return s.ID == her })
		}
		contact := func() bool {
			t.Helper()
			a, err := c.Duties.Of(ctx, c.Everything(), b, demotest.On, false)
			if err != nil {
				t.Fatal(err)
			}
			return slices.ContainsFunc(a.Items, func(i duty.Item) bool { return i.Person == her && i.Duty.Name == timeline.Contact && i.Open() })
		}
		enter := func(kind timeline.Kind, days int) logbook.Entry {
			t.Helper()
			ids, err := c.Logbook.Add(ctx, secretary.Actor("test"), logbook.New{Org: b.ID, People: []string{her}, Kind: kind, On: demotest.On.AddDays(days), Reason: "补登"})
			if err != nil {
				t.Fatal(err)
			}
			e, err := logbook.ByID(ctx, c.Everything(), ids[0])
			if err != nil {
				t.Fatal(err)
			}
			return e
		}
		if enter(timeline.Visited, -365); !unvisited() {
			t.Error("a visit of last year counts for this year")
		}
		if enter(timeline.TaughtAtHome, -1); unvisited() {
			t.Error("taught at home, and not been to")
		}
		if !contact() {
			t.Fatal("away, and no contact is asked for")
		}
		back := enter(timeline.Returned, 0)
		if contact() {
			t.Error("back, and asked for contact")
		}
		if err := c.Logbook.Withdraw(ctx, secretary.Actor("test"), back.ID, back.Version, "还没有回来"); err != nil || !contact() {
			t.Error("not back, and no contact is asked for", err)
		}
		c.Sound()
	})
}
