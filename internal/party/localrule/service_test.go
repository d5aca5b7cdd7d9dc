package localrule_test

import (
	"context"
	"strings"
	"testing"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/expression"
	"zhibu/internal/party/localrule"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

var ctx = context.Background()

func longerNotice(c *demotest.City, value string) localrule.Decision {
	return localrule.Decision{Org: c.Town().ID, Kind: localrule.Parameter, Rule: "D-11", Parameter: "notice_days", Value: value, From: demotest.On.AddDays(3), To: demotest.On.AddDays(40), Basis: "石桥镇党委〔2026〕12 号"}
}

// noticeDays is what the book says at a place on a day after today, with the citation.
func noticeDays(t *testing.T, c *demotest.City, path string, in int) (int, string) {
	t.Helper()
	book, err := c.Local.Book(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	r, ok := book.On("D-11", demotest.On.AddDays(in))
	if !ok {
		t.Fatal("D-11 is not in force")
	}
	return r.Int("notice_days"), r.Citation().String()
}

// A stricter parameter holds for the subtree, from its day to its day, once a second person has confirmed it.
func TestStricterForTheSubtree(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		branch := c.Person("branch-secretary", 1).Grants[0].Path
		proposer, second := c.Actor("party-worker"), c.Actor("organisation-department")
		id, err := c.Local.Propose(ctx, proposer, longerNotice(c, "7"))
		if err != nil {
			t.Fatal(err)
		}
		if n, _ := noticeDays(t, c, branch, 5); n != 5 {
			t.Fatalf("an unconfirmed proposal holds: %d", n)
		}
		if _, err := c.Local.Propose(ctx, second, longerNotice(c, "8")); fault.Of(err) != fault.Conflict {
			t.Errorf("a second proposal beside the first: %v", err)
		}
		if err := c.Local.Approve(ctx, proposer, id, 1); fault.Of(err) != fault.Forbidden {
			t.Errorf("the proposer confirmed it: %v", err)
		}
		if err := c.Local.Approve(ctx, c.Person("branch-secretary", 1).Actor("test"), id, 1); err == nil {
			t.Error("a branch confirmed it")
		}
		if err := c.Local.Approve(ctx, second, id, 2); fault.Of(err) != fault.Conflict {
			t.Errorf("another version: %v", err)
		}
		if err := c.Local.Approve(ctx, second, id, 1); err != nil {
			t.Fatal(err)
		}
		for _, x := range []struct{ in, want int }{{2, 5}, {3, 7}, {40, 7}, {41, 5}} {
			n, cited := noticeDays(t, c, branch, x.in)
			if n != x.want || strings.Contains(cited, "本地依据：石桥镇党委〔2026〕12 号") != (x.want == 7) {
				t.Errorf("after %d days: %d, want %d (%s)", x.in, n, x.want, cited)
			}
		}
		if root := c.Town().Path[:5]; root != c.Town().Path {
			if n, _ := noticeDays(t, c, root, 5); n != 5 {
				t.Errorf("it holds above: %d", n)
			}
		}
		for value, good := range map[string]bool{"6": false, "7": false, "8": true} { // only stricter still
			_, err := c.Local.Propose(ctx, proposer, longerNotice(c, value))
			if (err == nil) != good {
				t.Errorf("%s beside 7: %v", value, err)
			}
			if err != nil && (fault.As(err).Field != "value" || fault.As(err).Rule != "D-11" || !strings.Contains(err.Error(), "第十三条")) {
				t.Errorf("%s: the refusal names no rule and article: %v", value, err)
			}
		}
		end, err := c.Local.ProposeEnd(ctx, second, id, demotest.On.AddDays(10), "石桥镇党委〔2026〕20 号")
		if err != nil {
			t.Fatal(err)
		}
		if n, _ := noticeDays(t, c, branch, 11); n != 7 {
			t.Error("an unconfirmed ending ends")
		}
		if err := c.Local.Approve(ctx, c.Actor("reviewer"), end, 1); err != nil {
			t.Fatal(err)
		}
		if n, _ := noticeDays(t, c, branch, 11); n != 5 {
			t.Errorf("it holds after its end: %d", n)
		}
		c.Sound()
	})
}

// What is laxer, the same everywhere, backdated or without basis is refused at its field.
func TestRefusals(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		for name, bad := range map[string]struct {
			field string
			mend  func(*localrule.Decision)
		}{
			"laxer":             {"value", func(d *localrule.Decision) { d.Value = "4" }},
			"the same":          {"value", func(d *localrule.Decision) { d.Value = "5" }},
			"no number":         {"value", func(d *localrule.Decision) { d.Value = "seven" }},
			"no direction":      {"parameter", func(d *localrule.Decision) { d.Rule, d.Parameter, d.Value = "D-36", "probation_years", "2" }},
			"majority":          {"parameter", func(d *localrule.Decision) { d.Rule, d.Parameter, d.Value = "D-27", "yes_share", "> 2/3" }},
			"no such rule":      {"parameter", func(d *localrule.Decision) { d.Rule = "D-99" }},
			"yesterday":         {"from", func(d *localrule.Decision) { d.From = demotest.On.AddDays(-1) }},
			"ends before":       {"to", func(d *localrule.Decision) { d.To = demotest.On }},
			"no basis":          {"basis", func(d *localrule.Decision) { d.Basis = " " }},
			"no kind":           {"kind", func(d *localrule.Decision) { d.Kind = "wish" }},
			"longer limit":      {"value", func(d *localrule.Decision) { d.Rule, d.Parameter, d.Value = "D-03", "talk_months", "2" }},
			"no part of a year": {"value", func(d *localrule.Decision) { d.Rule, d.Parameter, d.Value = "B-18", "each_months", "5" }},
			"condition":         {"done", func(d *localrule.Decision) { *d = lecture(c); d.Done = "meetings.lectures >= 1" }},
			"to whom":           {"applies", func(d *localrule.Decision) { *d = lecture(c); d.Applies = "branch.members" }},
			"period":            {"months", func(d *localrule.Decision) { *d = lecture(c); d.Months = 5 }},
			"nothing to do":     {"wording", func(d *localrule.Decision) { *d = lecture(c); d.Wording = "" }},
		} {
			d := longerNotice(c, "7")
			bad.mend(&d)
			if _, err := c.Local.Propose(ctx, c.Actor("party-worker"), d); fault.Of(err) != fault.Invalid || fault.As(err).Field != bad.field {
				t.Errorf("%s: %v, want %s", name, err, bad.field)
			}
		}
		if _, err := c.Local.Propose(ctx, c.Person("branch-secretary", 1).Actor("test"), longerNotice(c, "7")); err == nil {
			t.Error("a branch decided for the town")
		}
		id, err := c.Local.Propose(ctx, c.Actor("party-worker"), longerNotice(c, "7"))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Local.Refuse(ctx, c.Actor("organisation-department"), id, 1, " "); fault.Of(err) != fault.Invalid || fault.As(err).Field != "answer" {
			t.Errorf("refused without a reason: %v", err)
		}
		if err := c.Local.Withdraw(ctx, c.Actor("organisation-department"), id, 1); fault.Of(err) != fault.Forbidden {
			t.Errorf("withdrawn by another: %v", err)
		}
		if err := c.Local.Refuse(ctx, c.Actor("organisation-department"), id, 1, "文号不对"); err != nil {
			t.Error(err)
		}
		c.Sound()
	})
}

func lecture(c *demotest.City) localrule.Decision {
	return localrule.Decision{Org: c.Town().ID, Kind: localrule.Duty, Title: "季度党课", Wording: "每季度上一次党课。", Of: expression.Branch, Months: 3, Applies: "branch.members >= 7", Done: "meetings.lecture >= 1",
		From: demotest.On, Basis: "石桥镇党委〔2026〕13 号"}
}

// A duty of one's own is asked of whom it applies to, in periods that begin while it holds, and of nobody who needs care.
func TestADutyOfOnesOwn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		id, err := c.Local.Propose(ctx, c.Actor("party-worker"), lecture(c))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Local.Approve(ctx, c.Actor("organisation-department"), id, 1); err != nil {
			t.Fatal(err)
		}
		all, err := c.Local.All(ctx)
		if err != nil {
			t.Fatal(err)
		}
		book := all.Book(c.Person("branch-secretary", 1).Grants[0].Path)
		day := demotest.On.AddMonths(6) // two quarters further
		facts := timeline.Facts{Branch: &timeline.Branch{FullMembers: 6, Probationary: 1}, Events: []timeline.Event{{On: demotest.On.AddMonths(2), Kind: timeline.MeetingHeld, Meeting: timeline.Lecture}}}
		states := map[timeline.State]int{}
		for _, d := range timeline.On(book, facts, day).Duties {
			if d.Name == timeline.LocalName(id) {
				states[d.State]++
				if d.Title != "季度党课" || len(d.Rules) != 1 || d.Rules[0].Local != "石桥镇党委〔2026〕13 号" || len(d.Why) == 0 {
					t.Errorf("%+v", d)
				}
			}
		}
		if states[timeline.Done] != 1 || states[timeline.Upcoming] != 1 || len(states) != 2 {
			t.Errorf("of the quarters since: %v", states)
		}
		facts.Branch.FullMembers = 5
		for _, d := range timeline.On(book, facts, day).Duties {
			if d.Name == timeline.LocalName(id) {
				t.Errorf("asked of a branch of six: %+v", d)
			}
		}
	})
}
