package demo

import (
	"context"

	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/roster"
	"zhibu/internal/party/steward"
	"zhibu/internal/trust/access"
)

// disputes are a few doubts, so that the pages about them show what they are: the member's own, one of her branch, one about
// an organisation's data, and one that was answered. The people and what they say are made up.
func (f *founder) disputes(ctx context.Context) error {
	var her, secretary, department, reviewer *access.Person
	for role, into := range map[string]**access.Person{"member": &her, "branch-secretary": &secretary, "organisation-department": &department, "reviewer": &reviewer} {
		p, err := f.in.Access.Named(ctx, role)
		if fault.Of(err) == fault.NotFound {
			return nil // too small a city for all of them
		}
		if err != nil {
			return err
		}
		*into = p
	}
	if her.Member == "" {
		return nil
	}
	if _, err := f.in.Stewards.Raise(ctx, her.Actor("demo"), her.Member, roster.Education, "毕业证书上的学历和这里写的不一样，请对照证书核对。"); err != nil {
		return err
	}
	page, err := f.in.Members.List(ctx, f.in.DB.As(secretary.Actor("demo").Scope), member.Filter{Under: secretary.Place(), Limit: 20, On: f.plan.On})
	if err != nil {
		return err
	}
	others := []string{}
	for _, m := range page.Items {
		if m.ID != her.Member && m.ID != secretary.Member {
			others = append(others, m.ID)
		}
	}
	if len(others) < 2 {
		return nil
	}
	if _, err := f.in.Stewards.Raise(ctx, secretary.Actor("demo"), others[0], roster.Occupation, "去年已经返乡，岗位写的还是原来的单位。"); err != nil {
		return err
	}
	if _, err := f.in.Stewards.RaiseOrganisation(ctx, reviewer.Actor("demo"), secretary.Grants[0].Org, "办公电话打不通，请核对。"); err != nil {
		return err
	}
	id, err := f.in.Stewards.Raise(ctx, reviewer.Actor("demo"), others[1], roster.Joined, "入党日期和志愿书上支部大会的日期差一天。")
	if err != nil {
		return err
	}
	return f.in.Stewards.Settle(ctx, department.Actor("demo"), id, 1, steward.Settlement{Outcome: steward.Kept, Cause: steward.NoFault, Text: "对照《入党志愿书》原件，支部大会的日期与档案一致。"})
}
