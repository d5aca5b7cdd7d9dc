package member_test

import (
	"slices"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

// TestMembersOfABranchAsOfADay: who has been moved since is in the branch of that day and not in today's; who joined since
// is not there; who has died since is; the name is that of the day; what stands outside of the scope is not told.
func TestMembersOfABranchAsOfADay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker := c.Actor("party-worker")
		one, two := c.Org(c.Accounts[0].Organisation), c.Org(c.Accounts[1].Organisation)
		page, err := c.Members.List(ctx, c.Everything(), member.Filter{Under: one.Path, Limit: 200, On: demotest.On})
		if err != nil {
			t.Fatal(err)
		}
		old := slices.DeleteFunc(page.Items, func(m member.Member) bool {
			return m.ID == worker.Member || !m.Joined.Before(day("2020-01-01")) || m.Review != member.Reviewed
		})
		moved, died, named := old[0], old[1], old[2]
		apply := func(id string, propose func(version int64) error) {
			t.Helper()
			if err := propose(read(t, c, id).Version); err != nil {
				t.Fatal(err)
			}
			approveAll(t, c, id)
		}
		since := func(d string) member.Basis {
			return member.Basis{On: day(d), Reason: "支部调整", Document: "石桥党发〔2026〕3 号"}
		}
		// There and back again, and there once more: the first move after the day decides.
		for i, to := range []string{two.ID, one.ID, two.ID} {
			apply(moved.ID, func(v int64) error {
				_, err := c.Reviews.Move(ctx, worker, moved.ID, v, to, since([]string{"2024-03-01", "2025-03-01", "2026-03-01"}[i]))
				return err
			})
		}
		apply(died.ID, func(v int64) error {
			_, err := c.Reviews.End(ctx, worker, died.ID, v, member.Died, since("2026-02-01"))
			return err
		})
		f := member.NewFact{Kind: member.Earlier(roster.Name), To: day("2025-09-01"), Text: "曾用名", Reason: "户口簿"}
		if _, err := c.Reviews.AddFact(ctx, worker, named.ID, f); err != nil {
			t.Fatal(err)
		}
		approveAll(t, c, named.ID)

		on := func(r store.Reader, o org.Organisation, d civil.Date) map[string]member.ThenMember {
			t.Helper()
			list, next, err := c.Members.InPlacesOn(ctx, r, []member.Place{{ID: o.ID, Path: o.Path}}, d, "", 1)
			if err != nil || next != "" {
				t.Fatal(next, err)
			}
			out := map[string]member.ThenMember{}
			for _, m := range list {
				if _, twice := out[m.ID]; twice {
					t.Errorf("%s stands twice", m.Name)
				}
				out[m.ID] = m
			}
			return out
		}
		all := c.Everything()
		for _, tt := range []struct {
			day      string
			in, nots org.Organisation
		}{{"2023-07-01", one, two}, {"2024-07-01", two, one}, {"2025-07-01", one, two}, {"2026-07-01", two, one}} {
			if _, is := on(all, tt.in, day(tt.day))[moved.ID]; !is {
				t.Errorf("%s: not in %s", tt.day, tt.in.ShortName)
			}
			if _, is := on(all, tt.nots, day(tt.day))[moved.ID]; is {
				t.Errorf("%s: in %s", tt.day, tt.nots.ShortName)
			}
		}
		last := on(all, one, day("2025-07-01"))
		if m, is := last[died.ID]; !is || m.State != member.Active || !m.Gone {
			t.Errorf("one who has died since: %v %+v", is, m.Status)
		}
		if _, is := on(all, one, day("2026-07-01"))[died.ID]; is {
			t.Error("the dead are listed")
		}
		if last[named.ID].Name != "曾用名" || on(all, one, day("2025-10-01"))[named.ID].Name != named.Name {
			t.Errorf("called %q then", last[named.ID].Name)
		}
		for _, m := range last {
			if m.Joined.After(day("2025-07-01")) || m.Status.Standing != member.FullMember && m.Status.Standing != member.Probationary {
				t.Errorf("%s joined on %s, %s", m.Name, m.Joined, m.Status.Standing)
			}
		}
		// Today the one who was moved stands outside of the first branch's scope: he is not told there any more.
		if _, is := on(c.DB.As(store.Subtree(one.Path)), one, day("2025-07-01"))[moved.ID]; is {
			t.Error("told to somebody in whose scope he is not today")
		}
		if _, is := on(c.DB.As(store.Subtree(two.Path)), two, day("2024-07-01"))[moved.ID]; !is {
			t.Error("not told to the branch where he is")
		}
		town := c.Town()
		branches, err := org.BranchesAsOf(ctx, all, day("2025-07-01"), town)
		if err != nil || len(branches) < 2 {
			t.Fatal(branches, err)
		}
		places := make([]member.Place, len(branches))
		for i, b := range branches {
			places[i] = member.Place{ID: b.ID, Path: b.Path}
		}
		seen, pages := map[string]bool{}, 0
		for after := ""; ; pages++ {
			list, next, err := c.Members.InPlacesOn(ctx, all, places, day("2025-07-01"), after, 1)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range list {
				if seen[m.ID] {
					t.Errorf("%s on two pages", m.Name)
				}
				seen[m.ID] = true
			}
			if after = next; after == "" {
				break
			}
		}
		if pages == 0 || !seen[moved.ID] {
			t.Errorf("%d pages, %d members", pages+1, len(seen))
		}
		if _, _, err := c.Members.InPlacesOn(ctx, all, places, day("2025-07-01"), "nowhere", 1); fault.Of(err) != fault.NotFound {
			t.Errorf("a cursor of nowhere: %v", err)
		}
	})
}
