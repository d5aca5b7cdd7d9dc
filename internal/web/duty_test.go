package web

import (
	"slices"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/party/duty"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
)

// TestFindingsAreWhatTheRecordsSay compares the bounded questions with a walk through every record, on several days.
func TestFindingsAreWhatTheRecordsSay(t *testing.T) {
	c := house(t)
	all := c.in.DB.As(store.Subtree("0001."))
	members := everybody(t, c, all)
	for _, role := range []string{"organisation-department", "party-worker", "branch-secretary"} {
		_, place := c.scope(t, role, 1)
		for _, day := range []string{"2026-11-23", "2026-03-01", "2027-07-01", "2027-07-02", "2030-02-28"} {
			on := civil.MustParse(day)
			desk, err := duty.At(all.Under(store.Subtree(place)), place, c.in.Rules, on)
			if err != nil {
				t.Fatal(err)
			}
			var overdue, ending, away []string
			flags := map[string]int{}
			for _, m := range members {
				if !org.Covers(place, m.OrgPath) {
					continue
				}
				if m.Category == identity.Probationary {
					switch end := m.Joined.AddYears(1); {
					case end.Before(on):
						overdue = append(overdue, m.ID)
					case !end.After(on.AddDays(31)):
						ending = append(ending, m.ID)
					}
				}
				if m.Lost && m.Registry == identity.Normal && !m.LostOn.IsZero() && !m.LostOn.After(on.AddMonths(-6)) && !on.Before(civil.MustParse("2019-05-06")) {
					away = append(away, m.ID)
				}
				for flag, yes := range map[string]bool{duty.Pending: m.Review == member.Pending, duty.Incomplete: m.Missing != 0, duty.Lost: m.Lost, duty.Floating: m.Floating} {
					if yes {
						flags[flag]++
					}
				}
			}
			same := func(what string, want []string, list []duty.Somebody, n duty.Count, err error) {
				t.Helper()
				var got []string
				for _, s := range list {
					got = append(got, s.ID)
				}
				slices.Sort(got)
				slices.Sort(want)
				if err != nil || n.N != len(want) || len(want) <= 50 && !slices.Equal(got, want) {
					t.Errorf("%s on %s: %s: %d found, %d counted, %d in the records: %v", place, day, what, len(got), n.N, len(want), err)
				}
			}
			list, n, err := desk.Overdue(t.Context())
			same("overdue", overdue, list, n, err)
			list, n, err = desk.Ending(t.Context(), 31)
			same("ending", ending, list, n, err)
			list, n, err = desk.OutOfContact(t.Context())
			same("out of contact", away, list, n, err)
			for _, flag := range []string{duty.Pending, duty.Incomplete, duty.Lost, duty.Floating} {
				if n, err := desk.Flagged(t.Context(), flag); err != nil || n.N != min(flags[flag], 200) {
					t.Errorf("%s on %s: %s: %d, the records say %d: %v", place, day, flag, n.N, flags[flag], err)
				}
			}
		}
	}
}

func everybody(t *testing.T, c *city, r store.Reader) []member.Member {
	t.Helper()
	var out []member.Member
	for after := ""; ; {
		page, err := c.in.Members.List(t.Context(), r, member.Filter{After: after, Limit: 200, On: today})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, page.Items...)
		if after = page.Next; after == "" {
			return out
		}
	}
}

func TestHeadsAreARecount(t *testing.T) {
	c := house(t)
	r := c.in.DB.As(store.Subtree("0001."))
	var paths []string
	kinds := map[string]org.Kind{}
	list, next, err := org.List(t.Context(), r, "", 200)
	for err == nil {
		for _, o := range list {
			paths = append(paths, o.Path)
			kinds[o.Path] = o.Kind
		}
		if next == "" {
			break
		}
		list, next, err = org.List(t.Context(), r, next, 200)
	}
	if err != nil {
		t.Fatal(err)
	}
	heads, err := duty.Heads(t.Context(), r, paths)
	if err != nil {
		t.Fatal(err)
	}
	full, probationary, have, of := map[string]int64{}, map[string]int64{}, map[string]int{}, map[string]int{}
	for _, m := range everybody(t, c, r) {
		for _, p := range append(org.Above(m.OrgPath), m.OrgPath) {
			if m.Category == identity.Probationary {
				probationary[p]++
			} else {
				full[p]++
			}
		}
		h, o := m.Missing.Count()
		have[m.OrgPath] += h
		of[m.OrgPath] += o
	}
	for _, p := range paths {
		h := heads[p]
		if h.Full != full[p] || h.Probationary != probationary[p] {
			t.Errorf("%s: %d and %d, counted %d and %d", p, h.Full, h.Probationary, full[p], probationary[p])
		}
		if of[p] > 0 && h.Complete() != have[p]*100/of[p] {
			t.Errorf("%s: %d %% complete, counted %d", p, h.Complete(), have[p]*100/of[p])
		}
	}
	vacant, n, rule, err := mustDesk(t, c).Vacant(t.Context())
	if err != nil || rule.ID != "B-25" {
		t.Fatalf("%v %v", rule.ID, err)
	}
	counted := 0
	for _, p := range paths {
		if !kinds[p].IsBranch() {
			continue
		}
		o, err := org.ByPath(t.Context(), r, p)
		if err != nil {
			t.Fatal(err)
		}
		posts, err := org.Posts(t.Context(), r, o.ID, civil.Date{})
		if err != nil {
			t.Fatal(err)
		}
		held := slices.ContainsFunc(posts, func(p org.Post) bool { return p.Title == "secretary" && p.To.IsZero() })
		if o.Living() && !held {
			counted++
		}
	}
	if n.N != counted || len(vacant) != min(counted, 50) {
		t.Errorf("%d branches without a secretary, counted %d", n.N, counted)
	}
}

func mustDesk(t *testing.T, c *city) duty.Desk {
	t.Helper()
	_, place := c.scope(t, "organisation-department", 1)
	desk, err := duty.At(c.in.DB.As(store.Subtree(place)), place, c.in.Rules, today)
	if err != nil {
		t.Fatal(err)
	}
	return desk
}
