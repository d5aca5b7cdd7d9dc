package demo

import (
	"context"

	"zhibu/internal/fault"
	"zhibu/internal/party/logbook"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/party/timeline"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
)

// waiting are a few changes that nobody has reviewed yet, so that the queue shows what it is: what a branch entered of its
// members, and a holder of a post and a telephone number from the town; and two people on their way into the Party.
func (f *founder) waiting(ctx context.Context) error {
	var secretary, worker *access.Person
	for role, into := range map[string]**access.Person{"branch-secretary": &secretary, "party-worker": &worker} {
		p, err := f.in.Access.Named(ctx, role)
		if fault.Of(err) == fault.NotFound {
			return nil // too small a city for both of them
		}
		if err != nil {
			return err
		}
		*into = p
	}
	members, err := f.in.Members.List(ctx, f.in.DB.As(secretary.Actor("demo").Scope), member.Filter{Under: secretary.Place(), Limit: 20, On: f.plan.On})
	if err != nil {
		return err
	}
	var others []member.Member
	for _, m := range members.Items {
		if m.ID != secretary.Member && m.Category != "" {
			others = append(others, m)
		}
	}
	if len(others) < 5 {
		return nil
	}
	b := member.Basis{On: f.plan.On.AddDays(-1), Reason: "走访得知"}
	moved := others[len(others)-1]
	if _, _, err := f.in.Reviews.Mend(ctx, secretary.Actor("demo"), moved.ID, moved.Version, map[roster.Column]string{roster.Occupation: "返乡创业"}, b); err != nil {
		return err
	}
	honour := member.NewFact{Kind: member.Honour, From: f.plan.On.AddMonths(-5), Text: "优秀共产党员", Reason: "补记七一表彰"}
	if _, err := f.in.Reviews.AddFact(ctx, secretary.Actor("demo"), others[len(others)-2].ID, honour); err != nil {
		return err
	}
	if err := f.onTheWay(ctx, secretary.Actor("demo"), secretary.Grants[0].Org); err != nil {
		return err
	}
	return f.waitingPosts(ctx, worker.Actor("demo"), secretary.Grants[0].Org, others[len(others)-3].ID)
}

// onTheWay are two who want to join: one has applied, one has been an activist for more than a year.
func (f *founder) onTheWay(ctx context.Context, secretary ledger.Actor, branch string) error {
	day := f.plan.On
	for _, a := range []struct {
		name  string
		steps []logbook.New
	}{
		{"苗新雨", []logbook.New{{Kind: timeline.Applied, On: day.AddDays(-12)}}},
		{"柯向东", []logbook.New{{Kind: timeline.Applied, On: day.AddMonths(-20)}, {Kind: timeline.Talked, On: day.AddMonths(-20).AddDays(14)}, {Kind: timeline.ActivistConfirmed, On: day.AddMonths(-14)},
			{Kind: timeline.ActivistReviewed, On: day.AddMonths(-9)}, {Kind: timeline.ActivistReviewed, On: day.AddMonths(-3)}}},
	} {
		id, err := f.in.Logbook.Name(ctx, secretary, branch, a.name)
		if err != nil {
			return err
		}
		for _, n := range a.steps {
			n.Org, n.People, n.Reason = branch, []string{id}, "建立演示城市"
			if _, err := f.in.Logbook.Add(ctx, secretary, n); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *founder) waitingPosts(ctx context.Context, worker ledger.Actor, branch, holder string) error {
	o, err := org.ByID(ctx, f.in.DB.As(worker.Scope), branch)
	if fault.Of(err) == fault.NotFound {
		return nil // the worker's town is another one
	}
	if err != nil {
		return err
	}
	basis := org.Basis{On: f.plan.On.AddDays(-3), Reason: "支部党员大会增补"}
	facts := org.Facts{Unit: o.Unit, UnitKind: o.UnitKind, CreditCode: o.CreditCode, Contact: o.Contact, Phone: "15400006688"}
	for _, p := range []org.Plan{
		{Kind: org.ActAddPost, ID: o.ID, Title: "youth-member", Member: holder, Basis: basis},
		{Kind: org.ActChange, ID: o.ID, Facts: facts, Basis: org.Basis{On: f.plan.On.AddDays(-1), Reason: "办公电话换了"}},
	} {
		if _, err := f.in.Reviews.ProposeOrg(ctx, worker, p, o.Version, ""); err != nil && fault.Of(err) != fault.Conflict {
			return err
		}
	}
	return nil
}
