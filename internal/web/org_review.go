package web

import (
	"net/url"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/party/review"
	"zhibu/internal/store"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// Acts on organisations wait for a second person like changes to records: listed with them, shown old and new side by
// side, approved, returned, mended where they were typed.

var orgActNames = map[string]view.Text{
	org.ActEstablish: view.Say("设立党组织"), org.ActRename: view.Say("更名"), org.ActName: view.Say("补记以前的名称"), org.ActMove: view.Say("调整隶属"),
	org.ActMerge: view.Say("并入其他党组织"), org.ActSplit: view.Say("分设党组织"), org.ActAbolish: view.Say("撤销"), org.ActReopen: view.Say("恢复"),
	org.ActChange: view.Say("更正单位和联系方式"), org.ActAddPost: view.Say("登记任职"), org.ActEndPost: view.Say("登记离任"),
}

// orgActForms are the forms by which they are proposed.
var orgActForms = map[string]string{org.ActEstablish: "establish", org.ActRename: "rename", org.ActName: "name", org.ActMove: "move", org.ActMerge: "merge",
	org.ActSplit: "split", org.ActAbolish: "abolish", org.ActReopen: "reopen", org.ActChange: "facts", org.ActAddPost: "post"}

// orgActForm is the address of the form of an act that waits or was returned.
func orgActForm(p review.OrgProposal) string {
	if p.Kind == org.ActEndPost {
		return view.PathPostEnd(p.Org, p.Target)
	}
	return view.PathOrgAct(p.Org, orgActForms[p.Kind])
}

func (s *Server) showOrgReview(v *visit) error {
	it, err := v.in.Reviews.OrgItem(v.ctx(), v.actor(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	page, err := v.orgReviewPage(it, v.versioned(url.Values{}, it.Version))
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) orgReviewPage(it *review.OrgItem, form view.Form) (templ.Component, error) {
	p := it.Proposal
	can, why := v.in.Reviews.CanOrg(v.ctx(), v.actor(), it)
	if why != nil && fault.As(why) == nil {
		return nil, why
	}
	name := it.Now.Of.ShortName
	out := view.Sheet{Heading: orgActNames[p.Kind], Lead: view.Plain(name), Tags: []view.Tag{proposalState[p.State]}, Print: true, Form: form}
	rows, err := v.orgActRows(it)
	if err != nil {
		return nil, err
	}
	what := view.SheetPart{ID: "what", Title: view.Say("改什么"), Head: []view.Text{view.Say("内容"), view.Say("现在"), view.Say("通过以后")}, Rows: rows}
	if !p.Open() {
		what.Head[1] = view.Say("原来")
	}
	basis, err := v.orgActBasis(it)
	if err != nil {
		return nil, err
	}
	out.Parts = []view.SheetPart{what, {ID: "basis", Title: view.Say("凭什么"), Facts: basis}}
	v.orgReviewNotices(it, can, why, &out)
	if part := v.orgReviewForms(it, can); len(part.Forms) > 0 {
		out.Parts = append(out.Parts, part)
	}
	crumbs := []view.Link{{Text: view.Say("审核\x04目录"), URL: view.PathReviews}, {Text: view.Plain(name), URL: view.PathOrg(it.Now.Of.ID)}}
	return view.SheetPage(v.page(orgActNames[p.Kind], view.PathReviews, crumbs...), out), nil
}

// orgReviewNotices say what has to be known before deciding: why it was returned, what has changed, why it cannot be done.
func (v *visit) orgReviewNotices(it *review.OrgItem, can review.Can, why error, out *view.Sheet) {
	p := it.Proposal
	add := func(kind string, text view.Text, link view.Link) {
		out.Notices = append(out.Notices, view.Notice{Kind: kind, Text: text, Link: link})
	}
	if p.Answer != "" {
		answer := view.Say("%s退回：%s", view.Plain(p.Decider), view.Plain(p.Answer))
		switch {
		case can.Correct:
			again := orgActForm(p) + "?" + url.Values{fieldAgain: {p.ID}}.Encode()
			add(view.NoticeWarn, answer, view.Link{Text: view.Say("改好再交"), URL: again})
		case p.State == review.Returned:
			add(view.NoticeWarn, answer, view.Link{})
		default:
			add(view.NoticeInfo, view.Say("上次%s。已经改过再交。", answer), view.Link{})
		}
	}
	if it.Problem != nil {
		add(view.NoticeLate, view.Say("按党组织现在的情况，这一条不能通过：%s", view.Plain(words.Error(v.ctx(), it.Problem))), view.Link{})
	}
	if it.Overtaken() {
		add(view.NoticeWarn, view.Say("提出以后，有关的党组织又有变动。下面“现在”一栏是现在的情况，括号里是提出时的。"), view.Link{})
	}
	if why != nil && p.State == review.Waiting && !can.Withdraw {
		add(view.NoticeInfo, view.Plain(words.Error(v.ctx(), why)), view.Link{})
	}
}

func (v *visit) orgReviewForms(it *review.OrgItem, can review.Can) view.SheetPart {
	part := view.SheetPart{ID: "decide", Title: view.Say("审核")}
	if can.Decide {
		if it.Problem == nil {
			part.Forms = append(part.Forms, view.SheetForm{Action: view.PathOrgReviewAct(it.ID, "approve"), Submit: view.Say("通过"), Main: true})
		}
		part.Forms = append(part.Forms, view.SheetForm{Action: view.PathOrgReviewAct(it.ID, "return"), Submit: view.Say("退回"),
			Fields: []view.SheetField{{Kind: "area", Field: view.Field{Name: "reason", Label: view.Say("退回的理由"), Hint: view.Say("提出的人会看到。"), Max: 500}}}})
	}
	if can.Withdraw {
		part.Title = view.Say("您提出的")
		part.Forms = append(part.Forms, view.SheetForm{Action: view.PathOrgReviewAct(it.ID, "withdraw"), Submit: view.Say("撤回")})
	}
	return part
}

// orgActBasis says who proposed it when, why and by which document, and who answers.
func (v *visit) orgActBasis(it *review.OrgItem) ([]view.Fact, error) {
	p := it.Proposal
	owners, err := v.ownerNames([]string{p.Owner})
	if err != nil {
		return nil, err
	}
	out := []view.Fact{{Label: view.Say("提出"), Value: view.Say("%s，%s", view.Plain(p.Actor), words.Moment(store.Made(p.ID)))},
		{Label: view.Say("从哪一天起"), Value: dayText(p.Basis.On)}, {Label: view.Say("依据的决定"), Value: view.Plain(p.Basis.Document)}, {Label: view.Say("事由"), Value: view.Plain(p.Basis.Reason)}}
	switch p.State {
	case review.Waiting:
		out = append(out, view.Fact{Label: view.Say("由谁审核"), Value: answering(review.Superior, owners[p.Owner])})
	case review.Approved:
		out = append(out, view.Fact{Label: view.Say("审核\x04目录"), Value: view.Say("%s在 %s 通过", view.Plain(p.Decider), words.Moment(p.Decided))})
	}
	return out, nil
}

// decideOrg does one thing with an act that waits. What was wrong is shown on its page, as it stands now.
func (v *visit) decideOrg(done string, act func(id string, version int64, values url.Values) error) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	id := v.r.PathValue("id")
	err = act(id, versionOf(values), values)
	if err == nil {
		v.s.reshaped()
		v.done(done)
		return v.to(view.PathReviews)
	}
	if !wrong(err) && fault.Of(err) != fault.Forbidden {
		return err
	}
	it, rerr := v.in.Reviews.OrgItem(v.ctx(), v.actor(), id)
	if rerr != nil {
		return err
	}
	form := v.versioned(values, it.Version)
	form.Problems = []view.Problem{v.problem(err, at{"reason": "reason"})}
	page, rerr := v.orgReviewPage(it, form)
	if rerr != nil {
		return rerr
	}
	return v.answer(statusOf(err), page)
}

func (s *Server) approveOrgReview(v *visit) error {
	return v.decideOrg(words.Mark("已经通过，党组织按新的内容更新。"), func(id string, version int64, _ url.Values) error {
		_, err := v.in.Reviews.ApproveOrg(v.ctx(), v.actor(), id, version)
		return err
	})
}

func (s *Server) returnOrgReview(v *visit) error {
	return v.decideOrg(words.Mark("已经退回，提出的人会看到理由。"), func(id string, version int64, values url.Values) error {
		return v.in.Reviews.ReturnOrg(v.ctx(), v.actor(), id, version, said(values, "reason"))
	})
}

func (s *Server) withdrawOrgReview(v *visit) error {
	return v.decideOrg(words.Mark("已经撤回，党组织没有变。"), func(id string, version int64, _ url.Values) error {
		return v.in.Reviews.WithdrawOrg(v.ctx(), v.actor(), id, version)
	})
}

// typedPlan is what was typed of a returned act that the address names, to be mended; empty when it names none.
func (v *visit) typedPlan(kind string, o org.Organisation) (url.Values, error) {
	values := url.Values{}
	id := v.r.URL.Query().Get(fieldAgain)
	if id == "" || kind == "" {
		return values, nil
	}
	it, err := v.in.Reviews.OrgItem(v.ctx(), v.actor(), id)
	if err != nil {
		return nil, err
	}
	can, why := v.in.Reviews.CanOrg(v.ctx(), v.actor(), it)
	if why != nil && fault.As(why) == nil {
		return nil, why
	}
	if !can.Correct || it.Proposal.Kind != kind || it.Proposal.Org != o.ID {
		return nil, fault.Missing()
	}
	p := it.Plan
	for name, text := range map[string]string{view.FieldMended: id, "name": p.Name, "short": p.ShortName, "code": p.Code, "kind": string(p.Sort), "credit": p.Facts.CreditCode,
		"phone": p.Facts.Phone, "unit": p.Facts.Unit, "unit-kind": string(p.Facts.UnitKind), "contact": p.Facts.Contact, "no-phone": map[bool]string{true: "yes"}[p.NoPhone],
		"title": p.Title, "member": p.Member, "target": p.Target, "decision": p.Document, "reason": p.Reason} {
		if text != "" {
			values.Set(name, text)
		}
	}
	values["members"], values["children"] = p.Members, p.Children
	setDay(values, "day", p.On)
	setDay(values, "until", p.Until)
	return values, v.shownAsPicked(nil, values, "target")
}
