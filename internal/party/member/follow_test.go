package member_test

import (
	"testing"
	"time"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

func inBranch(t testing.TB, c *demotest.City, o org.Organisation) []member.Member {
	t.Helper()
	p, err := c.Members.List(ctx, c.Everything(), member.Filter{Under: o.Path, Limit: 200, On: demotest.On})
	if err != nil {
		t.Fatal(err)
	}
	return p.Items
}

// TestBranchesMergeAndSplit: members, inferiors, posts and counts go over in one act; every day before tells as it was.
func TestBranchesMergeAndSplit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker := c.Actor("party-worker")
		one, two, town := c.Org(c.Accounts[0].Organisation), c.Org(c.Accounts[1].Organisation), c.Town()
		b := org.Basis{On: day("2026-10-01"), Reason: "合村并组", Document: "镇党委〔2026〕9 号"}
		went, stood, all := inBranch(t, c, one), inBranch(t, c, two), total(t, c, town.Path)

		for field, in := range map[string]org.Merge{
			"target":  {ID: one.ID, Version: one.Version, Into: one.ID, Basis: b},
			"day":     {ID: one.ID, Version: one.Version, Into: two.ID, Basis: org.Basis{On: day("2026-12-01"), Reason: "早了"}},
			"reason":  {ID: one.ID, Version: one.Version, Into: two.ID, Basis: org.Basis{On: b.On}},
			"version": {ID: one.ID, Version: one.Version + 1, Into: two.ID, Basis: b},
		} {
			if _, err := c.Orgs.Merge(ctx, worker, in); fault.As(err) == nil || fault.As(err).Field != field {
				t.Errorf("refused at %s: %v", field, err)
			}
		}
		if _, err := c.Orgs.Merge(ctx, worker, org.Merge{ID: one.ID, Version: one.Version, Into: town.ID, Basis: b}); fault.Of(err) != fault.Invalid {
			t.Errorf("members into a committee: %v", err)
		}
		if _, err := c.Orgs.Merge(ctx, c.Actor("branch-secretary"), org.Merge{ID: one.ID, Version: one.Version, Into: two.ID, Basis: b}); fault.Of(err) != fault.NotFound && fault.Of(err) != fault.Forbidden {
			t.Errorf("by a secretary: %v", err)
		}

		gone, err := c.Orgs.Merge(ctx, worker, org.Merge{ID: one.ID, Version: one.Version, Into: two.ID, Basis: b})
		if err != nil {
			t.Fatal(err)
		}
		if gone.Abolished != b.On || len(inBranch(t, c, two)) != len(went)+len(stood) || len(inBranch(t, c, gone)) != 0 || total(t, c, town.Path) != all {
			t.Errorf("%s: %d in the other, %d left", gone.Abolished, len(inBranch(t, c, two)), len(inBranch(t, c, gone)))
		}
		m := read(t, c, went[0].ID)
		if was := asOf(t, c, m.ID, "2026-09-30", time.Time{}); was.OrgID != one.ID {
			t.Errorf("the day before in %s", was.OrgID)
		}
		if is := asOf(t, c, m.ID, "2026-10-01", time.Time{}); is.OrgID != two.ID {
			t.Errorf("the day of in %s", is.OrgID)
		}
		if posts, err := org.Posts(ctx, c.Everything(), one.ID, b.On); err != nil || len(posts) != 0 {
			t.Errorf("posts %v %v", posts, err)
		}
		if posts, err := org.Posts(ctx, c.Everything(), one.ID, day("2026-09-30")); err != nil || len(posts) == 0 {
			t.Errorf("posts before %v %v", posts, err)
		}
		if next, err := org.Successions(ctx, c.Everything(), one.ID); err != nil || len(next) != 1 || next[0].Organisation != two.ID || next[0].Members != len(went) {
			t.Errorf("successor %v %v", next, err)
		}

		// Two of them are set apart again, in a branch of their own.
		split := org.Split{ID: two.ID, Version: c.Org(two.Code).Version, Code: "066888", Name: "中国共产党石桥镇新设支部委员会", ShortName: "新设党支部",
			Members: []string{went[0].ID, went[1].ID}, Basis: org.Basis{On: day("2026-11-01"), Reason: "党员太多"}}
		bad := split
		bad.Members = []string{went[0].ID, "nobody"}
		if _, err := c.Orgs.Split(ctx, worker, bad); fault.As(err) == nil || fault.As(err).Field != "members" {
			t.Errorf("with somebody who is not there: %v", err)
		}
		bad.Members = nil
		if _, err := c.Orgs.Split(ctx, worker, bad); fault.As(err) == nil || fault.As(err).Field != "members" {
			t.Errorf("with nobody: %v", err)
		}
		made, err := c.Orgs.Split(ctx, worker, split)
		if err != nil {
			t.Fatal(err)
		}
		if got := inBranch(t, c, made); len(got) != 2 || total(t, c, town.Path) != all {
			t.Errorf("%d in the new branch", len(got))
		}
		for on, want := range map[string]string{"2026-09-30": one.ID, "2026-10-31": two.ID, "2026-11-01": made.ID} {
			if got := asOf(t, c, went[0].ID, on, time.Time{}).OrgID; got != want {
				t.Errorf("on %s in %s, want %s", on, got, want)
			}
		}
		if from, err := org.Successions(ctx, c.Everything(), made.ID); err != nil || len(from) != 1 || !from[0].From || from[0].Organisation != two.ID {
			t.Errorf("it came out of %v %v", from, err)
		}
		c.Sound()
	})
}
