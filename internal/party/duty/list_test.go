package duty_test

import (
	"fmt"
	"slices"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/party/duty"
	"zhibu/internal/party/logbook"
	"zhibu/internal/party/org"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

// TestListsSkipNoBranch: whatever a list is narrowed to, on whatever day, its pages together are what every branch computed by
// itself holds, in the order of the tree, before anything is kept and after, and when a fact has just come in.
func TestListsSkipNoBranch(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		all := c.Everything()
		var branches []org.Organisation
		for after := ""; ; {
			list, next, err := org.List(ctx, all, after, 200)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range list {
				if o.Kind.IsBranch() && o.Living() {
					branches = append(branches, o)
				}
			}
			if after = next; after == "" {
				break
			}
		}
		slices.SortFunc(branches, func(a, b org.Organisation) int { return slices.Compare([]byte(a.Path), []byte(b.Path)) })
		tell := func(it duty.Item) string { return fmt.Sprint(it.At.Path, it.Duty.Name, it.Person, it.Due, it.State) }
		compare := func(day civil.Date) {
			t.Helper()
			var items []duty.Item
			for _, o := range branches {
				a, err := c.Duties.Of(ctx, all, o, day, false)
				if err != nil {
					t.Fatal(err)
				}
				items = append(items, a.Items...)
			}
			for _, it := range items {
				if _, local := timeline.IsLocal(it.Duty.Name); !local && !slices.ContainsFunc(it.Rules, func(c rulebook.Citation) bool { return c.Rule == duty.RuleOf(it.Duty.Name) }) {
					t.Fatalf("%s follows from %v, not from %s", it.Duty.Name, it.Rules, duty.RuleOf(it.Duty.Name))
				}
			}
			filters := []duty.Filter{{}, {Open: true}, {Duty: timeline.PayDues}, {Duty: timeline.StudyHours, State: timeline.Overdue},
				{Open: true, Duty: timeline.StudyHours}, {Open: true, Duty: timeline.PayDues}, {Open: true, Duty: timeline.LifeThemeDay}}
			for _, s := range timeline.States {
				filters = append(filters, duty.Filter{State: s})
			}
			for _, f := range filters {
				var want []string
				for _, it := range items {
					shown := it.Open() || it.State == timeline.Waived
					if (f.Duty == "" || f.Duty == it.Duty.Name) && (f.State == "" || f.State == it.State) && (!f.Open || shown) {
						want = append(want, tell(it))
					}
				}
				for what, page := range map[string]func() ([]duty.Item, string, error){
					"list":  func() ([]duty.Item, string, error) { return c.Duties.List(ctx, all, day, f) },
					"whole": func() ([]duty.Item, string, error) { return c.Duties.Whole(ctx, all, day, f, 3) },
				} {
					f.After, f.Limit = "", 37
					var got []string
					for {
						list, next, err := page()
						if err != nil {
							t.Fatal(err)
						}
						for _, it := range list {
							got = append(got, tell(it))
						}
						if f.After = next; next == "" {
							break
						}
					}
					if !slices.Equal(got, want) {
						t.Errorf("%s of %+v on %s: %d, there are %d", what, f, day, len(got), len(want))
					}
				}
			}
		}
		compare(demotest.On)
		if _, err := c.Duties.Rebuild(ctx); err != nil {
			t.Fatal(err)
		}
		compare(demotest.On)
		worker := c.Person("party-worker", 1).Actor("test")
		worker.Scope = all.Scope()
		if _, err := c.Logbook.Add(ctx, worker, logbook.New{Org: c.Person("branch-secretary", 1).Grants[0].Org, Kind: timeline.CommitteeElected, On: demotest.On.AddYears(-6), Reason: "补登"}); err != nil {
			t.Fatal(err)
		}
		w := duty.Waiving{Org: c.Person("branch-secretary", 1).Grants[0].Org, Duty: timeline.LifeThemeDay, Due: civil.MustParse("2026-10-31"), Reason: "暴雨"}
		if _, err := c.Duties.Waive(ctx, c.Person("party-worker", 1).Actor("test"), w); err != nil {
			t.Fatal(err)
		}
		compare(demotest.On)
		compare(demotest.On.AddDays(-100))
		compare(demotest.On.AddDays(100))
	})
}
