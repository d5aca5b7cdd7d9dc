package review_test

import (
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

// TestASecretaryIsFollowedByAnother: the leaving of one and the coming of the next wait side by side, and are approved in
// their order; nobody holds a post before.
func TestASecretaryIsFollowedByAnother(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, reviewer := c.Actor("party-worker"), c.Actor("reviewer")
		branch := c.Org(c.Accounts[0].Organisation)
		secretary := func() (p org.Post) {
			t.Helper()
			posts, err := org.Posts(ctx, c.Everything(), branch.ID, civil.Date{})
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range posts {
				if one.Title == "secretary" && one.To.IsZero() {
					p = one
				}
			}
			return p
		}
		was := secretary()
		if was.ID == "" {
			t.Fatal("the branch has no secretary")
		}
		reason := org.Basis{On: civil.MustParse("2026-11-01"), Reason: "换届"}
		coming := org.Plan{Kind: org.ActAddPost, ID: branch.ID, Title: "secretary", Holder: "石小满", Basis: reason}
		leaving := org.Plan{Kind: org.ActEndPost, ID: branch.ID, Post: was.ID, Basis: reason}

		_, err := c.Reviews.ProposeOrg(ctx, worker, coming, 0, "")
		refused(t, "a second secretary", err, fault.Conflict, "title", "")
		_, err = c.Reviews.ProposeOrg(ctx, worker, leaving, was.Version+1, "")
		refused(t, "of another state", err, fault.Conflict, "version", "")
		first, err := c.Reviews.ProposeOrg(ctx, worker, leaving, was.Version, "")
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Reviews.ProposeOrg(ctx, worker, leaving, was.Version, "")
		refused(t, "the same leaving twice", err, fault.Conflict, "day", "")
		early := coming
		early.On = civil.MustParse("2026-10-31")
		_, err = c.Reviews.ProposeOrg(ctx, worker, early, 0, "")
		refused(t, "before the other leaves", err, fault.Conflict, "title", "")
		next, err := c.Reviews.ProposeOrg(ctx, worker, coming, 0, "")
		if err != nil {
			t.Fatal(err)
		}
		if secretary().ID != was.ID {
			t.Fatal("done before anybody else had looked")
		}
		if it := orgItem(t, c, reviewer, next.ID); it.Problem == nil || it.Now.Post.Holder != "石小满" {
			t.Errorf("%+v %v", it.Now.Post, it.Problem)
		}
		refused(t, "the next before the one", approveOrg(t, c, reviewer, next.ID), fault.Conflict, "title", "")
		refused(t, "by the proposer", approveOrg(t, c, worker, first.ID), fault.Forbidden, "", "H-09")
		for _, id := range []string{first.ID, next.ID} {
			if err := approveOrg(t, c, reviewer, id); err != nil {
				t.Fatal(err)
			}
		}
		if is := secretary(); is.Holder != "石小满" || is.From != reason.On {
			t.Errorf("%+v", is)
		}
	})
}

// TestAPhoneNumberWaitsSealed: the contact of an organisation changes when a second person has looked, and the number
// lies nowhere in the open.
func TestAPhoneNumberWaitsSealed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, reviewer := c.Actor("party-worker"), c.Actor("reviewer")
		branch := c.Org(c.Accounts[0].Organisation)
		plan := org.Plan{Kind: org.ActChange, ID: branch.ID, Facts: org.Facts{Unit: branch.Unit, UnitKind: branch.UnitKind, CreditCode: branch.CreditCode, Contact: "周海", Phone: "15400001234"},
			Basis: org.Basis{On: demotest.On, Reason: "换了联系人"}}
		out, err := c.Reviews.ProposeOrg(ctx, worker, plan, branch.Version, "")
		if err != nil {
			t.Fatal(err)
		}
		if now := c.Org(branch.Code); now.Contact == "周海" {
			t.Fatal("done before anybody else had looked")
		}
		it := orgItem(t, c, reviewer, out.ID)
		if it.Overtaken() || it.Problem != nil || it.Plan.Facts.Phone != "15400001234" || it.Was.Contact != branch.Contact {
			t.Errorf("%+v %v", it.Plan.Facts, it.Problem)
		}
		if err := approveOrg(t, c, reviewer, out.ID); err != nil {
			t.Fatal(err)
		}
		now := c.Org(branch.Code)
		if number, err := c.Orgs.Phone(ctx, now); err != nil || number != "15400001234" || now.Contact != "周海" {
			t.Errorf("%q %q %v", now.Contact, number, err)
		}
		_, err = c.Reviews.ProposeOrg(ctx, worker, plan, now.Version, "")
		refused(t, "nothing new", err, fault.Invalid, "unit", "")
	})
}
