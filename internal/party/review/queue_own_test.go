package review_test

import (
	"slices"
	"testing"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/party/review"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

// TestOnesOwnRecordsComeFirst: whoever is asked for a record meets it before what others are asked for, on whatever page,
// also where a branch below has a reviewer of its own and after the term that hands it on; every record comes once.
func TestOnesOwnRecordsComeFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		// The first branch has a reviewer of its own.
		one := c.Org(c.Accounts[0].Organisation)
		for _, g := range c.Person("branch-secretary", 1).Grants {
			change(t, c, "grant", g.ID, store.Set("role", "reviewer"))
		}
		want := map[string]bool{}
		var branches []string
		err := c.Everything().Each(ctx, "SELECT DISTINCT org_path FROM {member} WHERE state = 'active' ORDER BY org_path", nil, func(row store.Row) error {
			var path string
			err := row.Scan(&path)
			branches = append(branches, path)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range branches {
			var ids []string
			err := c.Everything().Each(ctx, "SELECT id FROM {member} WHERE org_path = ? AND state = 'active' ORDER BY id LIMIT 3", []any{path}, func(row store.Row) error {
				var id string
				err := row.Scan(&id)
				ids = append(ids, id)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range ids {
				change(t, c, "member", id, store.Set("review", "pending"), store.Set("version", 9))
				want[id] = true
			}
		}
		reviewer := c.Person("reviewer", 1)
		department := c.Person("organisation-department", 1)
		began := c.Members.Clock
		for _, days := range []int{0, 8, 15, 30} {
			c.Members.Clock = civil.StartingAt(began.Now().Add(time.Duration(days) * 24 * time.Hour))
			for name, own := range map[string][]string{"the county": {reviewer.Grants[0].Org}, "the branch": {one.ID}, "the city": {department.Grants[0].Org}} {
				met := 0
				for _, limit := range []int{1, 7, 200} {
					seen, first := map[string]bool{}, true
					f := review.Filter{What: review.Records, First: own, Limit: limit}
					for {
						page, err := c.Reviews.Queue(ctx, c.DB.As(department.Actor("test").Scope), f)
						if err != nil {
							t.Fatal(err)
						}
						for _, l := range page.Lines {
							mine := slices.Contains(own, l.Owner)
							if mine && !first || seen[l.ID] || !want[l.ID] {
								t.Errorf("%s after %d days, by %d: number %d is asked of %s", name, days, limit, len(seen)+1, l.Owner)
							}
							if first = first && mine; mine {
								met++
							}
							seen[l.ID] = true
						}
						if page.Next == "" {
							break
						}
						f.After = page.Next
					}
					if len(seen) != len(want) {
						t.Errorf("%s after %d days, by %d: %d of %d", name, days, limit, len(seen), len(want))
					}
				}
				t.Logf("%s after %d days: %d", name, days, met/3)
			}
		}
	})
}
