package review_test

import (
	"sync"
	"testing"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/headcount"
	"zhibu/internal/party/org"
	"zhibu/internal/party/review"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/ledger"
)

func day(text string) civil.Date {
	d, err := civil.Parse(text)
	if err != nil {
		panic(err)
	}
	return d
}

func decision(on string) org.Basis {
	return org.Basis{On: day(on), Reason: "合村并组", Document: "镇党委〔2026〕9 号"}
}

func planned(t testing.TB, c *demotest.City, a ledger.Actor, p org.Plan, again string) string {
	t.Helper()
	o, err := org.ByID(ctx, c.Everything(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.Reviews.ProposeOrg(ctx, a, p, o.Version, again)
	if err != nil {
		t.Fatal(err)
	}
	return out.ID
}

func orgItem(t testing.TB, c *demotest.City, a ledger.Actor, id string) *review.OrgItem {
	t.Helper()
	it, err := c.Reviews.OrgItem(ctx, a, id)
	if err != nil {
		t.Fatal(err)
	}
	return it
}

func approveOrg(t testing.TB, c *demotest.City, a ledger.Actor, id string) error {
	t.Helper()
	_, err := c.Reviews.ApproveOrg(ctx, a, id, orgItem(t, c, a, id).Version)
	return err
}

func heads(t testing.TB, c *demotest.City, path string) int64 {
	t.Helper()
	n, err := headcount.At(ctx, c.Everything(), path, demotest.On)
	if err != nil {
		t.Fatal(err)
	}
	return n.Total
}

func refused(t testing.TB, what string, err error, kind fault.Kind, field, rule string) {
	t.Helper()
	if f := fault.As(err); f == nil || f.Kind != kind || f.Field != field || rule != "" && f.Rule != rule {
		t.Errorf("%s: %v (%+v)", what, err, f)
	}
}

// TestAMergeWaitsForASecondPerson: proposed, returned with a reason, handed in again with what was typed, approved by a
// reviewer above; nothing has changed before.
func TestAMergeWaitsForASecondPerson(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, reviewer := c.Actor("party-worker"), c.Actor("reviewer")
		one, two := c.Org(c.Accounts[0].Organisation), c.Org(c.Accounts[1].Organisation)
		went, stood := heads(t, c, one.Path), heads(t, c, two.Path)
		plan := org.Plan{Kind: org.ActMerge, ID: one.ID, Target: two.ID, Basis: decision("2026-10-01")}

		bare := plan
		bare.Document = ""
		_, err := c.Reviews.ProposeOrg(ctx, worker, bare, one.Version, "")
		refused(t, "without a decision", err, fault.Invalid, "document", review.RuleOrgBasis)
		_, err = c.Reviews.ProposeOrg(ctx, worker, plan, one.Version+1, "")
		refused(t, "on another state", err, fault.Conflict, "version", "")
		_, err = c.Reviews.ProposeOrg(ctx, reviewer, plan, one.Version, "")
		refused(t, "by somebody who may not merge", err, fault.Forbidden, "", "")
		id := planned(t, c, worker, plan, "")
		if heads(t, c, one.Path) != went || !c.Org(one.Code).Living() {
			t.Fatal("done before anybody else had looked")
		}
		_, err = c.Reviews.ProposeOrg(ctx, worker, org.Plan{Kind: org.ActAbolish, ID: one.ID, Basis: plan.Basis}, one.Version, "")
		if fault.Of(err) != fault.Conflict && fault.Of(err) != fault.Invalid {
			t.Errorf("a second act beside it: %v", err)
		}
		refused(t, "by the proposer", approveOrg(t, c, worker, id), fault.Forbidden, "", "H-09")
		it := orgItem(t, c, reviewer, id)
		if it.Problem != nil || it.Overtaken() || it.Was.Members != int(went) || it.Was.Target != two.ShortName || it.Proposal.Owner == one.ID {
			t.Errorf("%+v %v", it.Was, it.Problem)
		}

		if err := c.Reviews.ReturnOrg(ctx, reviewer, id, it.Version, "请附党委会记录"); err != nil {
			t.Fatal(err)
		}
		refused(t, "what was returned", approveOrg(t, c, reviewer, id), fault.Conflict, "", "")
		back := orgItem(t, c, worker, id)
		if can, _ := c.Reviews.CanOrg(ctx, worker, back); !can.Correct || back.Plan.Target != two.ID || back.Proposal.Answer != "请附党委会记录" {
			t.Errorf("what was typed is gone: %+v %+v", can, back.Plan)
		}
		plan.Document = "镇党委会记录 2026-09-20"
		if again := planned(t, c, worker, plan, id); again != id {
			t.Errorf("handed in as another: %s", again)
		}
		if _, err := c.Reviews.ApproveOrg(ctx, reviewer, id, it.Version); fault.Of(err) != fault.Conflict {
			t.Errorf("by what was shown before it was mended: %v", err)
		}
		if err := approveOrg(t, c, reviewer, id); err != nil {
			t.Fatal(err)
		}
		if n := heads(t, c, two.Path); n != went+stood || c.Org(one.Code).Living() {
			t.Errorf("%d members of %d and %d", n, went, stood)
		}
		done := orgItem(t, c, reviewer, id)
		if done.Proposal.State != review.Approved || done.Proposal.Basis.Document != plan.Document {
			t.Errorf("%+v", done.Proposal)
		}
		c.Sound()
	})
}

// TestTheTreeChangesWhileAnActWaits: what was possible when it was proposed is asked again when it is looked at and when it
// is approved, and refused with a sentence.
func TestTheTreeChangesWhileAnActWaits(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, reviewer, town := c.Actor("party-worker"), c.Actor("reviewer"), c.Town()
		made := func(code, name string, kind org.Kind) org.Organisation {
			id := planned(t, c, worker, org.Plan{Kind: org.ActEstablish, ID: town.ID, Code: code, Name: name, Sort: kind, Basis: decision("2026-09-01")}, "")
			if _, err := org.ByCode(ctx, c.Everything(), code); fault.Of(err) != fault.NotFound {
				t.Fatalf("set up by one person: %v", err)
			}
			if err := approveOrg(t, c, reviewer, id); err != nil {
				t.Fatal(err)
			}
			return c.Org(code)
		}
		above, branch := made("T1", "中共新桥村总支部委员会", org.GeneralBranch), made("T2", "中共新桥一组支部委员会", org.Branch)
		move := planned(t, c, worker, org.Plan{Kind: org.ActMove, ID: branch.ID, Target: above.ID, Basis: decision("2026-10-01")}, "")
		seen := orgItem(t, c, reviewer, move)
		gone, err := c.Orgs.Abolish(ctx, worker, org.Abolish{ID: above.ID, Version: above.Version, Basis: decision("2026-10-02")})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Reviews.ApproveOrg(ctx, reviewer, move, seen.Version)
		refused(t, "as it was shown", err, fault.Conflict, "", "")
		now := orgItem(t, c, reviewer, move)
		if now.Problem == nil || now.Problem.Field != "target" || !gone.Abolished.Valid() {
			t.Errorf("nothing is said of it: %v", now.Problem)
		}
		refused(t, "as it stands", approveOrg(t, c, reviewer, move), fault.Conflict, "", "")
		if c.Org("T2").ParentID != town.ID {
			t.Error("moved under one that is gone")
		}
		if err := c.Reviews.WithdrawOrg(ctx, reviewer, move, now.Version); fault.Of(err) != fault.Forbidden {
			t.Errorf("taken back by somebody else: %v", err)
		}
		if err := c.Reviews.WithdrawOrg(ctx, worker, move, now.Version); err != nil {
			t.Fatal(err)
		}
		refused(t, "what was taken back", c.Reviews.ReturnOrg(ctx, reviewer, move, orgItem(t, c, reviewer, move).Version, "晚了"), fault.Conflict, "", "")

		// A name that is asked for while somebody else renames: the second sees both.
		id := planned(t, c, worker, org.Plan{Kind: org.ActRename, ID: branch.ID, Name: "中共新桥二组支部委员会", Basis: decision("2026-10-01")}, "")
		if _, err := c.Orgs.Rename(ctx, worker, org.Rename{ID: branch.ID, Version: branch.Version, Name: "中共新桥三组支部委员会", Basis: decision("2026-09-20")}); err != nil {
			t.Fatal(err)
		}
		if it := orgItem(t, c, reviewer, id); !it.Overtaken() || it.Was.Name != branch.Name || it.Now.Of.Name != "中共新桥三组支部委员会" {
			t.Errorf("%+v", it.Was)
		}
		c.Sound()
	})
}

// TestTwoApproveAnActAtOnce: one of them does it, the other is told.
func TestTwoApproveAnActAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		o := c.Org(c.Accounts[0].Organisation)
		id := planned(t, c, c.Actor("party-worker"), org.Plan{Kind: org.ActRename, ID: o.ID, Name: "中共新名村支部委员会", ShortName: "新名村党支部", Basis: decision("2026-10-01")}, "")
		who := []ledger.Actor{c.Actor("reviewer"), c.Actor("organisation-department")}
		version := orgItem(t, c, who[0], id).Version
		errs := make([]error, len(who))
		var wait sync.WaitGroup
		for i, a := range who {
			wait.Go(func() { _, errs[i] = c.Reviews.ApproveOrg(ctx, a, id, version) })
		}
		wait.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("%v and %v", errs[0], errs[1])
		}
		for _, err := range errs {
			if err != nil && fault.Of(err) != fault.Conflict {
				t.Error(err)
			}
		}
		events, err := org.Events(ctx, c.Everything(), o.ID)
		if err != nil || events[0].Kind != org.Renamed || len(events) > 1 && events[1].Kind == org.Renamed {
			t.Errorf("%v %v", events, err)
		}
		c.Sound()
	})
}

// TestNobodyReviewsTheOwnActByAnotherAccount: the accounts turn out to be one person's, and the post ends while the page is
// open.
func TestNobodyReviewsTheOwnActByAnotherAccount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, reviewer, m := c.Actor("party-worker"), c.Actor("reviewer"), subject(t, c, 0)
		o := c.Org(c.Accounts[0].Organisation)
		id := planned(t, c, worker, org.Plan{Kind: org.ActRename, ID: o.ID, Name: "中共新名村支部委员会", Basis: decision("2026-10-01")}, "")
		version := orgItem(t, c, reviewer, id).Version
		was, wasProposer := reviewer.Member, worker.Member
		bind(t, c, worker.Account, m.ID)
		bind(t, c, reviewer.Account, m.ID)
		_, err := c.Reviews.ApproveOrg(ctx, reviewer, id, version)
		refused(t, "by a second account", err, fault.Forbidden, "", "H-09")
		refused(t, "returned by a second account", c.Reviews.ReturnOrg(ctx, reviewer, id, version, "试"), fault.Forbidden, "", "H-09")
		bind(t, c, worker.Account, wasProposer)
		bind(t, c, reviewer.Account, was)
		for _, g := range c.Person("reviewer", 1).Grants {
			change(t, c, "grant", g.ID, store.Set("to_on", demotest.On.AddDays(-1).String()))
		}
		if _, err := c.Reviews.ApproveOrg(ctx, reviewer, id, version); fault.Of(err) != fault.Forbidden && fault.Of(err) != fault.NotFound {
			t.Errorf("by somebody who lost the post: %v", err)
		}
		if c.Org(o.Code).Name != o.Name {
			t.Error("renamed all the same")
		}
		c.Sound()
	})
}

// TestAnActGoesUp: after the term the next organisation above with a reviewer is asked.
func TestAnActGoesUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		o := c.Org(c.Accounts[0].Organisation)
		reviewer := c.Actor("reviewer")
		id := planned(t, c, c.Actor("party-worker"), org.Plan{Kind: org.ActRename, ID: o.ID, Name: "中共新名村支部委员会", Basis: decision("2026-10-01")}, "")
		first := orgItem(t, c, reviewer, id).Proposal
		c.Members.Clock = civil.StartingAt(c.Members.Clock.Now().Add(8 * 24 * time.Hour))
		if n, err := c.Reviews.EscalateDue(ctx); err != nil || n == 0 {
			t.Fatalf("%d %v", n, err)
		}
		second := orgItem(t, c, reviewer, id).Proposal
		if second.Owner == first.Owner || second.State != review.Waiting {
			t.Errorf("still with %s", second.Owner)
		}
		list, next, err := c.Reviews.OrgQueue(ctx, c.Everything(), review.OrgFilter{First: []string{second.Owner}, Limit: 1})
		if err != nil || len(list) != 1 || next != "" || list[0].ID != id {
			t.Errorf("%v %q %v", list, next, err)
		}
	})
}

// TestAnEarlierNameIsEnteredLate: reviewed like the rest, marked as late; before it no name is known.
func TestAnEarlierNameIsEnteredLate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, reviewer, town := c.Actor("party-worker"), c.Actor("reviewer"), c.Town()
		id := planned(t, c, worker, org.Plan{Kind: org.ActEstablish, ID: town.ID, Code: "N1", Name: "中共新桥社区支部委员会", ShortName: "新桥社区党支部", Sort: org.Branch, Basis: decision("1980-01-01")}, "")
		if err := approveOrg(t, c, reviewer, id); err != nil {
			t.Fatal(err)
		}
		name := func(name, from, until string) org.Plan {
			return org.Plan{Kind: org.ActName, ID: c.Org("N1").ID, Name: name, Until: day(until), Basis: decision(from)}
		}
		enter := func(p org.Plan) {
			t.Helper()
			if err := approveOrg(t, c, reviewer, planned(t, c, worker, p, "")); err != nil {
				t.Fatal(err)
			}
		}
		on := func(text string) org.Then {
			t.Helper()
			then, err := org.AsOfOne(ctx, c.Everything(), day(text), c.Org("N1"))
			if err != nil {
				t.Fatal(err)
			}
			return then
		}
		refuse := func(what string, p org.Plan, field string) {
			t.Helper()
			_, err := c.Reviews.ProposeOrg(ctx, worker, p, c.Org("N1").Version, "")
			refused(t, what, err, fault.Invalid, field, "")
		}
		if then := on("1985-01-01"); then.NameUnknown || then.ShortName != "新桥社区党支部" {
			t.Errorf("%+v", then)
		}
		enter(name("中共新桥大队支部委员会", "1990-01-01", "2005-01-01"))
		for day, want := range map[string]org.Then{"1985-01-01": {NameUnknown: true}, "1995-01-01": {NameLate: true}, "2005-01-01": {}} {
			if got := on(day); got.NameUnknown != want.NameUnknown || got.NameLate != want.NameLate || got.NameLate && got.Name != "中共新桥大队支部委员会" {
				t.Errorf("on %s: %q late %v unknown %v", day, got.Name, got.NameLate, got.NameUnknown)
			}
		}
		refuse("over it", name("中共甲支部", "2000-01-01", "2010-01-01"), "until")
		refuse("backwards", name("中共甲支部", "2011-01-01", "2010-01-01"), "until")
		refuse("before it was set up", name("中共甲支部", "1979-12-31", "1985-01-01"), "day")
		refuse("to a day to come", name("中共甲支部", "2011-01-01", "2030-01-01"), "until")
		enter(name("中共新桥公社支部委员会", "1980-01-01", "1990-01-01"))
		if then := on("1985-01-01"); then.NameUnknown || then.Name != "中共新桥公社支部委员会" {
			t.Errorf("%+v", then)
		}

		// An act that keeps the name before it, «always until then», goes on where a late one ends.
		o := c.Org("N1")
		enter(org.Plan{Kind: org.ActRename, ID: o.ID, Name: "中共新桥街道支部委员会", Basis: decision("2020-01-01")})
		refuse("after it was renamed", name("中共甲支部", "2011-01-01", "2021-01-01"), "until")
		events, err := org.Events(ctx, c.Everything(), o.ID)
		if err != nil || events[len(events)-2].Kind != org.NamedLate && events[len(events)-1].Kind != org.NamedLate {
			t.Errorf("%v %v", events, err)
		}
		if then := on("2010-01-01"); then.Name != "中共新桥社区支部委员会" || then.NameLate {
			t.Errorf("%+v", then)
		}
		c.Sound()
	})
}
