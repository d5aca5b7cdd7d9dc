package review_test

import (
	"sync"
	"testing"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/review"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/ledger"
)

// TestTwoProposeAtOnce: of two who propose about the same fact at the same instant one is filed, the other learns of it.
func TestTwoProposeAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		actors := []ledger.Actor{c.Actor("party-worker"), c.Actor("organisation-department"), c.Person("branch-secretary", 1).Actor("test")}
		for n := range 6 {
			m := subject(t, c, n)
			errs := make([]error, len(actors))
			start := make(chan struct{})
			var wg sync.WaitGroup
			for i, a := range actors {
				wg.Go(func() {
					<-start
					_, _, errs[i] = c.Reviews.Mend(ctx, a, m.ID, m.Version, facts{roster.Occupation: "村医" + a.Name}, because)
				})
			}
			close(start)
			wg.Wait()
			filed := 0
			for _, err := range errs {
				switch {
				case err == nil:
					filed++
				case fault.Of(err) != fault.Conflict:
					t.Error(err)
				}
			}
			list, err := c.Reviews.About(ctx, c.Everything(), m.ID)
			if err != nil || len(list) != 1 || filed != 1 {
				t.Errorf("%d filed, %d wait, %v", filed, len(list), err)
			}
		}
		c.Sound()
	})
}

// TestOnlyItsEntererMendsAnUnreviewedRecord: the enterer and a colleague of the same organisation mend it directly, others
// propose; what is approved of theirs does not make the rest of the record reviewed.
func TestOnlyItsEntererMendsAnUnreviewedRecord(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, reviewer, secretary := c.Actor("party-worker"), c.Actor("reviewer"), c.Person("branch-secretary", 1).Actor("test")
		branch := c.Org(c.Accounts[0].Organisation)
		values := facts{roster.Name: "单雄信", roster.IDNumber: valid("660101198501011230"), roster.Category: "正式党员", roster.Joined: "2010-07-01", roster.Confirmed: "2011-07-01"}
		id, _, err := c.Reviews.Add(ctx, worker, branch.ID, values, because)
		if err != nil {
			t.Fatal(err)
		}
		m := read(t, c, id)
		out, _, err := c.Reviews.Mend(ctx, secretary, m.ID, m.Version, facts{roster.Occupation: "村医"}, because)
		if err != nil || out.Acted || out.ID == "" {
			t.Fatalf("somebody else mended it directly: %+v, %v", out, err)
		}
		if err := approve(t, c, reviewer, out.ID); err != nil {
			t.Fatal(err)
		}
		got := read(t, c, m.ID)
		if got.Occupation != "村医" || got.Review != member.Pending {
			t.Errorf("%s, %s", got.Occupation, got.Review)
		}
		if err := approve(t, c, secretary, m.ID); fault.Of(err) != fault.Forbidden {
			t.Errorf("whoever proposed part of it approved the whole: %v", err)
		}
		if err := approve(t, c, reviewer, m.ID); err != nil { // what she approved, another had entered
			t.Error(err)
		}
		if id, _, err = c.Reviews.Add(ctx, worker, branch.ID, facts{roster.Name: "王伯当", roster.IDNumber: valid("660101198601011230"), roster.Category: "正式党员",
			roster.Joined: "2010-07-01", roster.Confirmed: "2011-07-01"}, because); err != nil {
			t.Fatal(err)
		}
		for _, who := range []struct {
			actor  ledger.Actor
			direct bool
		}{{worker, true}, {secretary, false}} {
			direct, err := c.Reviews.Direct(ctx, who.actor, read(t, c, id))
			if err != nil || direct != who.direct {
				t.Errorf("%s: %v, %v", who.actor.Name, direct, err)
			}
		}
		// Her deputy holds the same role at the same organisation.
		grant := c.Person("party-worker", 1).Grants[0]
		change(t, c, "grant", c.Person("branch-secretary", 1).Grants[0].ID, store.Set("role", string(grant.Role)), store.Set("org_id", grant.Org), store.Set("org_path", grant.Path))
		if direct, err := c.Reviews.Direct(ctx, secretary, read(t, c, id)); err != nil || !direct {
			t.Errorf("a colleague: %v, %v", direct, err)
		}
	})
}

// TestADatedFactWaits: entering, correcting and taking back wait for a second person; about a record that its enterer has
// just entered they act at once. What is said of somebody's hardship is for the branch to confirm.
func TestADatedFactWaits(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, reviewer := c.Actor("party-worker"), c.Actor("reviewer")
		m := subject(t, c, 0)
		standing := func() (out []member.Fact) {
			all, err := c.Members.Facts(ctx, c.Everything(), m.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range all {
				if f.Retired.IsZero() {
					out = append(out, f)
				}
			}
			return out
		}
		honour := member.NewFact{Kind: member.Honour, From: civil.MustParse("2026-10-01"), Text: "优秀共产党员", Document: "表彰决定", Reason: "表彰"}
		out, err := c.Reviews.AddFact(ctx, worker, m.ID, honour)
		if err != nil || out.Acted || len(standing()) != 0 {
			t.Fatalf("%+v, %v", out, err)
		}
		if err := approve(t, c, worker, out.ID); fault.Of(err) != fault.Forbidden {
			t.Errorf("by whoever entered it: %v", err)
		}
		c.Members.Clock = civil.StartingAt(c.Members.Clock.Now().Add(100 * 24 * time.Hour)) // a slow reviewer makes nobody late
		if err := approve(t, c, reviewer, out.ID); err != nil {
			t.Fatal(err)
		}
		is := standing()
		if len(is) != 1 || is[0].Text != honour.Text || is[0].Account != worker.Account || is[0].Late {
			t.Fatalf("%+v", is)
		}
		better := honour
		better.Text, better.Reason, better.Entered = "优秀党务工作者", "看错了", civil.Date{}
		out, err = c.Reviews.CorrectFact(ctx, worker, m.ID, is[0].ID, is[0].Version, better)
		if err != nil || standing()[0].Text != honour.Text {
			t.Fatal(out, err)
		}
		if _, err := c.Reviews.RetireFact(ctx, c.Actor("organisation-department"), m.ID, is[0].ID, is[0].Version, "不是本人"); fault.Of(err) != fault.Conflict {
			t.Errorf("a second proposal about the same fact: %v", err)
		}
		if err := approve(t, c, reviewer, out.ID); err != nil {
			t.Fatal(err)
		}
		is = standing()
		if len(is) != 1 || is[0].Text != better.Text || is[0].Follows == "" {
			t.Fatalf("%+v", is)
		}
		if out, err = c.Reviews.RetireFact(ctx, worker, m.ID, is[0].ID, is[0].Version, "不是本人"); err != nil || len(standing()) != 1 {
			t.Fatal(out, err)
		}
		if err := c.Reviews.Return(ctx, reviewer, out.ID, item(t, c, reviewer, out.ID).Version, "请核对"); err != nil || len(standing()) != 1 {
			t.Fatal(err)
		}
		poor := member.NewFact{Kind: member.Hardship, From: civil.Today(c.Members.Clock), Text: "住院", Reason: "走访得知"}
		if out, err = c.Reviews.AddFact(ctx, worker, m.ID, poor); err != nil {
			t.Fatal(err)
		}
		if p := item(t, c, worker, out.ID).Proposal; p.Level != review.Branch || p.Owner != m.OrgID {
			t.Errorf("asked: %+v", p)
		}
		if err := approve(t, c, reviewer, out.ID); err == nil {
			t.Error("a role that does not see hardship approved it")
		}
		if err := approve(t, c, c.Person("branch-secretary", 1).Actor("test"), out.ID); err != nil {
			t.Error(err)
		}
		c.Members.Clock = c.Clock
		c.Sound()
	})
}
