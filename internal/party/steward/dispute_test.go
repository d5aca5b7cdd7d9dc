package steward_test

import (
	"strings"
	"testing"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/headcount"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/party/steward"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/ledger"
)

var checked = steward.Settlement{Outcome: steward.Kept, Cause: steward.NoFault, Text: "对照毕业证书，无误"}

// somebody is a member of a branch of whom no account is the own record.
func somebody(t *testing.T, c *demotest.City, path string, n int) member.Member {
	t.Helper()
	page, err := c.Members.List(ctx, c.Everything(), member.Filter{Under: path, Limit: 100, On: demotest.On})
	if err != nil {
		t.Fatal(err)
	}
	accounts, err := c.Access.AccountsOf(ctx, c.Everything(), ids(page.Items))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range page.Items {
		if accounts[m.ID] != "" {
			continue
		}
		if n--; n < 0 {
			return m
		}
	}
	t.Fatal("nobody")
	return member.Member{}
}

func ids(list []member.Member) (out []string) {
	for _, m := range list {
		out = append(out, m.ID)
	}
	return out
}

func raise(t *testing.T, c *demotest.City, who ledger.Actor, m string, f roster.Column) steward.Dispute {
	t.Helper()
	id, err := c.Stewards.Raise(ctx, who, m, f, "学历应为大专，见毕业证书")
	if err != nil {
		t.Fatal(err)
	}
	return read(t, c, id)
}

func read(t *testing.T, c *demotest.City, id string) steward.Dispute {
	t.Helper()
	d, err := c.Stewards.ByID(ctx, c.Everything(), id)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestAMembersDoubtGoesToHerSteward: with a clock, sealed, once; she herself and others do not answer it.
func TestAMembersDoubtGoesToHerSteward(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		her, organiser, worker := c.Actor("member"), c.Actor("branch-committee"), c.Actor("party-worker")
		d := raise(t, c, her, her.Member, roster.Education)
		if d.Origin != steward.ByMember || d.Due != demotest.On.AddDays(15) || d.Kind != steward.Basic || !strings.Contains(d.Text, "毕业证书") {
			t.Errorf("raised %+v", d)
		}
		if d.Owner != c.Person("branch-committee", 1).Grants[0].Org {
			t.Error("another organisation than her branch is asked")
		}
		if _, err := c.Stewards.Raise(ctx, worker, her.Member, roster.Education, "也有疑问"); fault.Of(err) != fault.Conflict {
			t.Errorf("twice about one field: %v", err)
		}
		if _, err := c.Stewards.Raise(ctx, her, her.Member, roster.Occupation, " "); fault.Of(err) != fault.Invalid {
			t.Errorf("without a word: %v", err)
		}
		if _, err := c.Stewards.Raise(ctx, c.Person("branch-secretary", 2).Actor("test"), her.Member, roster.Occupation, "试"); fault.Of(err) != fault.NotFound {
			t.Errorf("from a sibling branch: %v", err)
		}
		if _, err := c.Stewards.Raise(ctx, organiser, her.Member, roster.IDNumber, "试"); fault.Of(err) != fault.Forbidden {
			t.Errorf("about a field that the role does not see: %v", err)
		}
		for who, a := range map[string]ledger.Actor{"the member": her, "the auditor": c.Actor("auditor"), "another branch": c.Person("branch-secretary", 2).Actor("test")} {
			if err := c.Stewards.Settle(ctx, a, d.ID, d.Version, checked); err == nil {
				t.Errorf("answered by %s", who)
			}
		}
		mine, err := c.Stewards.Waiting(ctx, c.DB.As(organiser.Scope), organiser)
		if err != nil || len(mine) != 1 || mine[0].ID != d.ID || mine[0].Text == "" {
			t.Errorf("waits for the steward: %+v %v", mine, err)
		}
		for _, a := range []steward.Settlement{{Cause: steward.NoFault, Text: "试"}, {Outcome: steward.Kept, Text: "试"}, {Outcome: steward.Kept, Cause: steward.NoFault}, {Outcome: steward.Changed, Cause: steward.NoFault, Text: "试"}} {
			if err := c.Stewards.Settle(ctx, organiser, d.ID, d.Version, a); fault.Of(err) != fault.Invalid {
				t.Errorf("%+v: %v", a, err)
			}
		}
		if err := c.Stewards.Settle(ctx, organiser, d.ID, d.Version+1, checked); fault.Of(err) != fault.Conflict {
			t.Errorf("another version: %v", err)
		}
		if err := c.Stewards.Settle(ctx, organiser, d.ID, d.Version, checked); err != nil {
			t.Fatal(err)
		}
		if err := c.Stewards.Settle(ctx, worker, d.ID, d.Version, checked); fault.Of(err) != fault.Conflict {
			t.Errorf("answered twice: %v", err)
		}
		if d = read(t, c, d.ID); d.State != steward.Settled || d.Answer != checked.Text || d.Cause != steward.NoFault || d.Decider != organiser.Name {
			t.Errorf("answered %+v", d)
		}
		raise(t, c, her, her.Member, roster.Education) // she may doubt it again
		c.Sound()
	})
}

// TestWhatWasWrongIsProposedFirst: an answer that something changes needs the change, which waits for review as every
// change does.
func TestWhatWasWrongIsProposedFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, organiser := c.Actor("party-worker"), c.Actor("branch-committee")
		m := somebody(t, c, branchOf(t, c).Path, 0)
		d := raise(t, c, worker, m.ID, roster.Occupation)
		if d.Origin != steward.BySuperior {
			t.Error(d.Origin)
		}
		wrong := steward.Settlement{Outcome: steward.Changed, Cause: steward.Source, Text: "单位证明已经过时"}
		if err := c.Stewards.Settle(ctx, organiser, d.ID, 1, wrong); fault.Of(err) != fault.Invalid || fault.As(err).Field != "outcome" {
			t.Errorf("changed without a change: %v", err)
		}
		secretary := c.Person("branch-secretary", 1).Actor("test")
		out, _, err := c.Reviews.Mend(ctx, secretary, m.ID, m.Version, map[roster.Column]string{roster.Occupation: "村医"}, member.Basis{Reason: "核对", Document: "单位证明"})
		if err != nil || out.ID == "" {
			t.Fatal(out, err)
		}
		if err := c.Stewards.Settle(ctx, organiser, d.ID, 1, wrong); err != nil {
			t.Fatal(err)
		}
		if d = read(t, c, d.ID); d.Proposal != out.ID || d.Outcome != steward.Changed || d.Cause != steward.Source {
			t.Errorf("answered %+v", d)
		}
		causes, err := headcount.Tallies(ctx, c.Everything(), c.Town().Path)
		if err != nil || causes[headcount.Causes+"source"]["2026-11"] != 1 {
			t.Errorf("counted %v %v", causes, err)
		}
		c.Sound()
	})
}

// TestWhatIsNotAnsweredGoesUp: after the limit the next organisation above with a steward is asked, with a new limit.
func TestWhatIsNotAnsweredGoesUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		her := c.Actor("member")
		d := raise(t, c, her, her.Member, roster.Education)
		if n, err := c.Stewards.EscalateDue(ctx); n != 0 || err != nil {
			t.Error("before its time", n, err)
		}
		c.Members.Clock = civil.StartingAt(c.Members.Clock.Now().Add(16 * 24 * time.Hour))
		if n, err := c.Stewards.EscalateDue(ctx); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		up := read(t, c, d.ID)
		if up.Owner != c.Town().ID || up.Escalated != 1 || !up.Due.After(d.Due) {
			t.Errorf("went up to %+v", up)
		}
		if err := c.Stewards.Settle(ctx, c.Actor("branch-committee"), d.ID, up.Version, checked); fault.Of(err) != fault.Forbidden {
			t.Errorf("the branch after it went up: %v", err)
		}
		if err := c.Stewards.Settle(ctx, c.Actor("party-worker"), d.ID, up.Version, checked); err != nil {
			t.Fatal(err)
		}
		c.Sound()
	})
}

// TestWithdrawing is for whoever raised it, by whatever account, and for nobody else.
func TestWithdrawing(t *testing.T) {
	c := demotest.Found(t, store.Config{}, 300)
	her := c.Actor("member")
	d := raise(t, c, her, her.Member, roster.Education)
	if err := c.Stewards.Withdraw(ctx, c.Actor("party-worker"), d.ID, 1); fault.Of(err) != fault.Forbidden {
		t.Errorf("by somebody else: %v", err)
	}
	if err := c.Stewards.Withdraw(ctx, her, d.ID, 1); err != nil {
		t.Fatal(err)
	}
	if d = read(t, c, d.ID); d.State != steward.Withdrawn {
		t.Error(d.State)
	}
	c.Sound()
}

// TestADisputeMovesWithItsMember: and its count with it, into another branch and with a branch into another place.
func TestADisputeMovesWithItsMember(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, department := c.Actor("party-worker"), c.Actor("organisation-department")
		b, other := branchOf(t, c), c.Person("branch-secretary", 2).Grants[0]
		m := somebody(t, c, b.Path, 0)
		d := raise(t, c, worker, m.ID, roster.Education)
		out, err := c.Reviews.Move(ctx, worker, m.ID, m.Version, other.Org, member.Basis{On: demotest.On, Reason: "搬迁", Document: "石桥党发〔2026〕6 号"})
		if err != nil {
			t.Fatal(err)
		}
		reviewer := c.Actor("reviewer")
		it, err := c.Reviews.Item(ctx, c.DB.As(reviewer.Scope), reviewer, out.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Reviews.Approve(ctx, reviewer, out.ID, it.Version); err != nil {
			t.Fatal(err)
		}
		if d = read(t, c, d.ID); d.OrgPath != other.Path {
			t.Error("stayed behind")
		}
		o, err := org.ByID(ctx, c.Everything(), other.Org)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Orgs.Move(ctx, department, org.Move{ID: o.ID, Version: o.Version, To: c.Town().ParentID, Basis: org.Basis{On: demotest.On, Reason: "调整"}}); err != nil {
			t.Fatal(err)
		}
		c.Sound()
	})
}

// TestNobodyCanCountCausesByPerson: the rows that count causes know no person, and the cause of a dispute lies sealed in
// its answer.
func TestNobodyCanCountCausesByPerson(t *testing.T) {
	c := demotest.Found(t, store.Config{}, 300)
	r := c.Everything()
	for _, column := range []string{"member_id", "account_id", "actor", "person", "decider", "decider_id", "dispute_id"} {
		var n int
		if _, err := r.One(ctx, "SELECT count("+column+") FROM {cause}", nil, &n); err == nil {
			t.Errorf("causes can be counted by %s", column)
		}
	}
	var n int
	if _, err := r.One(ctx, "SELECT count(cause) FROM {dispute}", nil, &n); err == nil {
		t.Error("a dispute, which knows persons, has its cause in the open")
	}
	if _, err := r.One(ctx, "SELECT count(cause) FROM {cause}", nil, &n); err != nil {
		t.Error("the control:", err)
	}
	her := c.Actor("member")
	d := raise(t, c, her, her.Member, roster.Education)
	if err := c.Stewards.Settle(ctx, c.Actor("branch-committee"), d.ID, 1, steward.Settlement{Outcome: steward.Kept, Cause: steward.Review, Text: "试"}); err != nil {
		t.Fatal(err)
	}
	// Neither does the act, whose detail is plain: it would tell per act who reviewed what.
	var detail string
	if _, err := r.One(ctx, "SELECT detail FROM {act} WHERE kind = ? ORDER BY id DESC LIMIT 1", []any{steward.DoSettle}, &detail); err != nil || strings.Contains(detail, "review") || !strings.Contains(detail, d.ID) {
		t.Errorf("the act says %q %v", detail, err)
	}
}

// TestFactsDocumentsAndOrganisationsAreDoubted: one honour and not the other, one document, an organisation's own data; each
// goes to the steward of its kind, once, and is answered.
func TestFactsDocumentsAndOrganisationsAreDoubted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, reviewer, department := c.Actor("party-worker"), c.Actor("reviewer"), c.Actor("organisation-department")
		m := somebody(t, c, c.Town().Path, 0)
		var honours []string
		for _, what := range []string{"优秀共产党员", "优秀党务工作者"} {
			id, err := c.Reviews.AddFact(ctx, worker, m.ID, member.NewFact{Kind: member.Honour, From: demotest.On.AddDays(-30), Text: what, Document: "石桥党发〔2026〕6 号"})
			if err != nil {
				t.Fatal(err)
			}
			it, err := c.Reviews.Item(ctx, c.DB.As(reviewer.Scope), reviewer, id.ID)
			if err == nil {
				err = c.Reviews.Approve(ctx, reviewer, id.ID, it.Version)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		facts, err := c.Members.Facts(ctx, c.Everything(), m.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range facts {
			if f.Kind == member.Honour {
				honours = append(honours, f.ID)
			}
		}
		about := func(f roster.Column, id string) steward.Subject { return steward.Subject{Field: f, About: id} }
		for _, wrong := range []steward.Subject{about("honour", "nobody"), about("honour", ""), about("training", honours[0]), about("document", honours[0]), about(steward.OfOrganisation, m.OrgID), about("emperor", "")} {
			if _, err := c.Stewards.RaiseAbout(ctx, department, m.ID, wrong, "试"); fault.Of(err) != fault.Invalid {
				t.Errorf("%v: %v", wrong, err)
			}
		}
		var raised []steward.Dispute
		for _, id := range honours {
			d, err := c.Stewards.RaiseAbout(ctx, department, m.ID, about("honour", id), "文件里没有这个人")
			if err != nil {
				t.Fatal(err)
			}
			raised = append(raised, read(t, c, d))
		}
		if _, err := c.Stewards.RaiseAbout(ctx, department, m.ID, about("honour", honours[0]), "再来"); fault.Of(err) != fault.Conflict {
			t.Errorf("twice about one honour: %v", err)
		}
		if raised[0].Kind != steward.Life || raised[0].About != honours[0] || !strings.Contains(raised[0].Text, "文件") {
			t.Errorf("%+v", raised[0])
		}
		org, err := c.Stewards.RaiseOrganisation(ctx, department, m.OrgID, "联系人已经换人")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Stewards.RaiseOrganisation(ctx, worker, m.OrgID, "再来"); fault.Of(err) != fault.Conflict {
			t.Errorf("twice about one organisation: %v", err)
		}
		if _, err := c.Stewards.RaiseOrganisation(ctx, c.Person("branch-secretary", 2).Actor("test"), c.Town().ID, "试"); err == nil {
			t.Error("by a branch about the town")
		}
		d := read(t, c, org)
		if d.OfRecord() || d.Kind != steward.Organisation || d.About != m.OrgID || d.Text != "联系人已经换人" {
			t.Errorf("%+v", d)
		}
		open, err := c.Stewards.OpenOf(ctx, c.Everything(), m.OrgID)
		if err != nil || len(open) != 1 {
			t.Errorf("%v, %v", open, err)
		}
		counted(t, c)
		c.Sound()
		settled := steward.Settlement{Outcome: steward.Kept, Cause: steward.NoFault, Text: "对照文件，无误"}
		for _, x := range []steward.Dispute{raised[0], d} {
			if err := c.Stewards.Settle(ctx, worker, x.ID, x.Version, settled); err != nil {
				t.Errorf("%v: %v", x.Subject, err)
			}
			if x = read(t, c, x.ID); x.State != steward.Settled || x.Answer != settled.Text {
				t.Errorf("answered: %+v", x)
			}
		}
		if err := c.Stewards.Settle(ctx, worker, raised[1].ID, raised[1].Version, steward.Settlement{Outcome: steward.Changed, Cause: steward.Entry, Text: "没有这个荣誉"}); fault.As(err) == nil || fault.As(err).Field != "outcome" {
			t.Errorf("changed without a change: %v", err)
		}
		out, err := c.Reviews.RetireFact(ctx, worker, m.ID, honours[1], 1, "没有这个荣誉")
		if err != nil || out.ID == "" {
			t.Fatal(out, err)
		}
		if err := c.Stewards.Settle(ctx, worker, raised[1].ID, raised[1].Version, steward.Settlement{Outcome: steward.Changed, Cause: steward.Entry, Text: "没有这个荣誉"}); err != nil {
			t.Errorf("changed with one: %v", err)
		}
		counted(t, c)
		c.Sound()
	})
}
