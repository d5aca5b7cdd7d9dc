package web

import (
	"net/url"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/review"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// Dated acts of a membership: to another branch, off the register, back onto it.

var courseFields = at{"organisation": "target", "target": "target", "on": "day", "day": "day", "reason": "reason", "document": "decision",
	"decision": "decision", "kind": "kind"}

// course shows a dated act's form once more, or says what broke. page makes the form for the record as it stands.
func (v *visit) course(d dossier, values url.Values, err error, page func(dossier, view.Form) (templ.Component, error)) error {
	if !wrong(err) {
		return err
	}
	fresh, rerr := v.dossier(d.m.ID)
	if rerr != nil {
		return rerr
	}
	form := v.versioned(values, fresh.m.Version)
	if fault.Of(err) == fault.Conflict && fault.As(err).Field == "" {
		if form.Changed, rerr = v.changedBy(fresh.m); rerr != nil {
			return rerr
		}
	} else {
		form.Problems = []view.Problem{v.problem(err, courseFields)}
	}
	c, rerr := page(fresh, form)
	if rerr != nil {
		return rerr
	}
	return v.again(err, c)
}

// basis reads the day, the reason and the decision of a dated act.
func basis(values url.Values) (member.Basis, error) {
	day, err := view.ReadDay(values, "day")
	return member.Basis{On: day, Reason: said(values, "reason"), Document: said(values, "decision")}, err
}

func (s *Server) askMove(v *visit) error {
	d, err := v.actOn(access.Move)
	if err != nil {
		return err
	}
	values := url.Values{"day": {v.today().String()}}
	it, err := v.returned(d, member.DoMove)
	if err != nil {
		return err
	}
	if it != nil {
		values = typedMove(it)
	}
	page, err := v.movePage(d, v.versioned(values, d.m.Version), nil)
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) movePage(d dossier, f view.Form, choices []view.OrgRef) (templ.Component, error) {
	r, err := v.readerFor(access.Move, access.Member)
	if err != nil {
		return nil, err
	}
	out := view.MemberMove{Form: f, Choices: choices}
	if out.Member, err = v.ref(d); err != nil {
		return nil, err
	}
	if len(choices) == 0 {
		if out.Orgs, err = v.fewOrgs(r, view.Say("请选择"), memberKinds...); err != nil {
			return nil, err
		}
		if err := v.shownAsPicked(out.Orgs, f.Values, "target"); err != nil {
			return nil, err
		}
	}
	return view.MemberMovePage(v.page(view.Say("转到别的支部"), view.PathMembers, memberCrumbs(d.m)...), out), nil
}

func (s *Server) moveMember(v *visit) error {
	d, err := v.actOn(access.Move)
	if err != nil {
		return err
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	r, err := v.readerFor(access.Move, access.Member)
	if err != nil {
		return err
	}
	var to org.Organisation
	var choices []view.OrgRef
	var out review.Outcome
	b, err := basis(values)
	if err == nil {
		to, choices, err = v.mustPick(r, values, "target", memberKinds...)
	}
	if err == nil {
		out, err = v.in.Reviews.Move(v.ctx(), v.actor(), d.m.ID, versionOf(values), to.ID, b)
	}
	if err != nil {
		return v.course(d, values, err, func(d dossier, f view.Form) (templ.Component, error) { return v.movePage(d, f, choices) })
	}
	v.entered(out, words.Mark("已经转到新的支部。"))
	return v.to(view.PathMember(d.m.ID))
}

func (s *Server) askEnd(v *visit) error {
	d, err := v.actOn(access.End)
	if err != nil {
		return err
	}
	values := url.Values{}
	it, err := v.returned(d, member.DoEnd)
	if err != nil {
		return err
	}
	if it != nil {
		values = typedAct(it)
	}
	page, err := v.endPage(d, v.versioned(values, d.m.Version))
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) endPage(d dossier, f view.Form) (templ.Component, error) {
	ref, err := v.ref(d)
	if err != nil {
		return nil, err
	}
	out := view.MemberEnd{Form: f, Member: ref}
	for _, k := range member.Ends {
		out.Kinds = append(out.Kinds, view.Option{Value: string(k), Label: view.Say(k.Name())})
	}
	return view.MemberEndPage(v.page(view.Say("终结档案"), view.PathMembers, memberCrumbs(d.m)...), out), nil
}

func (s *Server) endMember(v *visit) error {
	d, err := v.actOn(access.End)
	if err != nil {
		return err
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	var out review.Outcome
	b, err := basis(values)
	if err == nil {
		out, err = v.in.Reviews.End(v.ctx(), v.actor(), d.m.ID, versionOf(values), member.EventKind(values.Get("kind")), b)
	}
	if err != nil {
		return v.course(d, values, err, v.endPage)
	}
	v.entered(out, words.Mark("已经登记，不再计入人数。办错了可以恢复。"))
	return v.to(view.PathMember(d.m.ID))
}

func (s *Server) askRestore(v *visit) error {
	d, err := v.actOn(access.Restore)
	if err != nil {
		return err
	}
	values := url.Values{"day": {v.today().String()}}
	it, err := v.returned(d, member.DoRestore)
	if err != nil {
		return err
	}
	if it != nil {
		values = typedAct(it)
	}
	page, err := v.restorePage(d, v.versioned(values, d.m.Version))
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) restorePage(d dossier, f view.Form) (templ.Component, error) {
	ref, err := v.ref(d)
	if err != nil {
		return nil, err
	}
	events, err := v.in.Members.Events(v.ctx(), v.reader(), d.m)
	if err != nil {
		return nil, err
	}
	out := view.MemberRestore{Form: f, Member: ref, Ended: *endingOf(d.m, events)}
	return view.MemberRestorePage(v.page(view.Say("恢复档案"), view.PathMembers, memberCrumbs(d.m)...), out), nil
}

func (s *Server) restoreMember(v *visit) error {
	d, err := v.actOn(access.Restore)
	if err != nil {
		return err
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	var out review.Outcome
	b, err := basis(values)
	if err == nil {
		out, err = v.in.Reviews.Restore(v.ctx(), v.actor(), d.m.ID, versionOf(values), b)
	}
	if err != nil {
		return v.course(d, values, err, v.restorePage)
	}
	v.entered(out, words.Mark("已经恢复，重新计入人数。"))
	return v.to(view.PathMember(d.m.ID))
}
