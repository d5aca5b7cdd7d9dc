package web

import (
	"net/url"

	"zhibu/internal/fault"
	"zhibu/internal/installation"
	"zhibu/internal/party/member"
	"zhibu/internal/party/steward"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// mayDispute tells whether the visitor may doubt a field of a record: her own, or one that her role sees.
func (v *visit) mayDispute(d dossier, f fact) bool {
	if _, ok := steward.KindOf(f.column); !ok || d.m.State != member.Active && d.m.State != member.Ended || !d.mask.Has(f.class) {
		return false
	}
	may, err := v.person.Allow(access.Add, access.Dispute, d.m.OrgPath, d.m.ID)
	return err == nil && may.Mask.Has(installation.ClassOf(f.column))
}

// doubting is a field of a record that the visitor may doubt.
func (v *visit) doubting() (dossier, fact, error) {
	d, err := v.dossier(v.r.PathValue("id"))
	if err != nil {
		return d, fact{}, err
	}
	f, ok := factOf(v.r.PathValue("fact"))
	if !ok || f.column == "" {
		return d, f, fault.Missing()
	}
	if _, err := v.person.Allow(access.Add, access.Dispute, d.m.OrgPath, d.m.ID); err != nil {
		return d, f, err
	}
	if !v.mayDispute(d, f) {
		return d, f, fault.Missing()
	}
	return d, f, nil
}

func (s *Server) askDispute(v *visit) error {
	d, f, err := v.doubting()
	if err != nil {
		return err
	}
	return v.disputeForm(d, f, v.form(url.Values{}), nil)
}

func (v *visit) disputeForm(d dossier, f fact, form view.Form, because error) error {
	tails, err := v.in.Members.Tails(v.ctx(), d.m)
	if err != nil {
		return err
	}
	house, err := v.in.Stewards.House(v.ctx(), d.m.OrgPath, v.today())
	if err != nil {
		return err
	}
	kind, _ := steward.KindOf(f.column)
	now := f.value(d.m, tails, v.today())
	if now.IsZero() {
		now = view.Say("没有填")
	}
	part := view.SheetPart{ID: "dispute", Title: f.label, Facts: []view.Fact{{Label: view.Say("现在是"), Value: now}, {Label: view.Say("责任人"), Value: v.seatText(house, house.Answer(kind, v.today()).Steward)}},
		Forms: []view.SheetForm{{Action: view.PathDisputeNew(d.m.ID, f.key), Submit: view.Say("提出异议"), Main: true,
			Fields: []view.SheetField{{Kind: "area", Field: view.Field{Name: "content", Label: view.Say("哪里不对"), Hint: view.Say("应该是什么，凭什么材料。加密保存，只有本人和负责的人看得到。"), Max: 500}}}}}}
	sheet := view.Sheet{Heading: view.Say("对“%s”有异议", f.label), Lead: v.limitText(), Form: form, Parts: []view.SheetPart{part}}
	here := view.PathMembers
	crumbs := memberCrumbs(d.m)
	if d.own {
		here, crumbs = view.PathMe, d.crumbs()
	}
	page := view.SheetPage(v.page(sheet.Heading, here, crumbs...), sheet)
	if because != nil {
		return v.again(because, page)
	}
	return v.show(page)
}

func (s *Server) raiseDispute(v *visit) error {
	d, f, err := v.doubting()
	if err != nil {
		return err
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	id, err := v.in.Stewards.Raise(v.ctx(), v.actor(), d.m.ID, f.column, said(values, "content"))
	if err != nil && wrong(err) {
		form := v.form(values)
		form.Problems = []view.Problem{v.problem(err, at{"content": "content"})}
		return v.disputeForm(d, f, form, err)
	}
	if err != nil {
		return err
	}
	v.done("异议已经提出，等责任人答复。")
	return v.to(view.PathDispute(id))
}

func (s *Server) showDispute(v *visit) error { return v.disputePage(v.form(nil), nil) }

// disputed reads the dispute of the address with its record. Whoever may not see the field may not see it.
func (v *visit) disputed() (steward.Dispute, dossier, error) {
	r, err := v.readerFor(access.List, access.Dispute)
	if err != nil {
		return steward.Dispute{}, dossier{}, err
	}
	x, err := v.in.Stewards.ByID(v.ctx(), r, v.r.PathValue("id"))
	if err != nil {
		return x, dossier{}, err
	}
	d, err := v.dossier(x.Member)
	if err == nil && !v.seesDispute(x) {
		err = fault.Missing()
	}
	return x, d, err
}

func (v *visit) disputePage(f view.Form, because error) error {
	x, d, err := v.disputed()
	if err != nil {
		return err
	}
	if !d.own {
		if err := v.in.Members.Opened(v.actor(), d.m); err != nil {
			return err
		}
	}
	if f.Values == nil {
		f = v.versioned(url.Values{}, x.Version)
	}
	part, err := v.disputeFacts(x, d)
	if err != nil {
		return err
	}
	can, err := v.in.Stewards.Can(v.ctx(), v.actor(), x)
	if err != nil {
		return err
	}
	if can {
		part.Forms = append(part.Forms, settleForm(x))
		if field, ok := keyOf(x.Field); ok && field.kind != "" && v.may(access.Mend, access.Member, d.m.OrgPath, d.m.ID) {
			part.Facts = append(part.Facts, view.Fact{Label: view.Say("要改的"), Value: view.Say("先在档案里更正，再来答复"), URL: view.PathMend(d.m.ID, field.key)})
		}
	}
	if x.State == steward.Open && x.Account == v.person.Account {
		part.Forms = append(part.Forms, view.SheetForm{Action: view.PathDispute(x.ID), Submit: view.Say("撤回异议"), Hidden: []view.Pair{{Name: "act", Value: "withdraw"}}})
	}
	sheet := view.Sheet{Heading: view.Say("%s的“%s”", view.Plain(d.m.Name), fieldLabel(x.Field)), Lead: v.limitText(), Form: f, Parts: []view.SheetPart{part}}
	here, crumbs := view.PathDisputes, []view.Link{{Text: view.Say("有异议的信息"), URL: view.PathDisputes}}
	if d.own && !v.works(access.List, access.Dispute) {
		here, crumbs = view.PathMe, d.crumbs()
	}
	page := view.SheetPage(v.page(sheet.Heading, here, crumbs...), sheet)
	if because != nil {
		return v.again(because, page)
	}
	return v.show(page)
}

func (v *visit) disputeFacts(x steward.Dispute, d dossier) (view.SheetPart, error) {
	part := view.SheetPart{ID: "dispute", Title: view.Say("异议")}
	names, err := v.ownerNames([]string{x.Owner})
	if err != nil {
		return part, err
	}
	tails, err := v.in.Members.Tails(v.ctx(), d.m)
	if err != nil {
		return part, err
	}
	add := func(label, value view.Text) { part.Facts = append(part.Facts, view.Fact{Label: label, Value: value}) }
	part.Facts = append(part.Facts, view.Fact{Label: view.Say("谁的"), Value: view.Plain(d.m.Name), URL: view.PathMember(d.m.ID)})
	if f, ok := keyOf(x.Field); ok && f.value != nil {
		add(view.Say("现在是"), f.value(d.m, tails, v.today()))
		part.Facts[len(part.Facts)-1].URL = view.PathHistory(d.m.ID, f.key)
	}
	add(view.Say("哪里不对"), view.Plain(x.Text))
	add(view.Say("提出"), view.Say("%s，%s，%s", view.Plain(x.Actor), view.Say(x.Origin.Name()), view.Plain(words.Moment(x.At()))))
	part.Facts = append(part.Facts, view.Fact{Label: view.Say("情况"), Value: v.disputeStand(x), Tags: tagsOf(v.disputeTag(x))})
	if x.State == steward.Open {
		add(view.Say("由谁答复"), view.Say("%s的责任人", view.Plain(names[x.Owner])))
		return part, nil
	}
	if x.State == steward.Settled {
		add(view.Say("答复"), view.Plain(x.Answer))
		add(view.Say("查明的原因"), view.Say(x.Cause.Name()))
		add(view.Say("答复人"), view.Plain(x.Decider))
		if x.Proposal != "" {
			part.Facts = append(part.Facts, view.Fact{Label: view.Say("更正"), Value: view.Say("看审核的进展"), URL: view.PathReview(x.Proposal)})
		}
	}
	return part, nil
}

func tagsOf(t view.Tag) []view.Tag {
	if t.Text.IsZero() {
		return nil
	}
	return []view.Tag{t}
}

func settleForm(x steward.Dispute) view.SheetForm {
	var outcomes, causes []view.Option
	for _, o := range steward.Outcomes {
		outcomes = append(outcomes, view.Option{Value: string(o), Label: view.Say(o.Name())})
	}
	for _, c := range steward.Causes {
		causes = append(causes, view.Option{Value: string(c), Label: view.Say(c.Name())})
	}
	return view.SheetForm{Action: view.PathDispute(x.ID), Submit: view.Say("答复"), Main: true, Hidden: []view.Pair{{Name: "act", Value: "settle"}}, Fields: []view.SheetField{
		{Kind: "radios", Field: view.Field{Name: "outcome", Label: view.Say("核对的结果")}, Options: outcomes},
		{Kind: "radios", Field: view.Field{Name: "cause", Label: view.Say("查明的原因"), Hint: view.Say("按环节计数，帮着改进办法；不记是谁，也不按人统计。")}, Options: causes},
		{Kind: "area", Field: view.Field{Name: "answer", Label: view.Say("答复"), Hint: view.Say("怎样核对的，结果是什么。本人看得到。"), Max: 500}}}}
}

// actOnDispute answers a dispute or takes the own one back.
func (s *Server) actOnDispute(v *visit) error {
	x, _, err := v.disputed()
	if err != nil {
		return err
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	done := words.Mark("异议已经撤回。")
	if values.Get("act") == "withdraw" {
		err = v.in.Stewards.Withdraw(v.ctx(), v.actor(), x.ID, versionOf(values))
	} else {
		done = words.Mark("答复已经记下，提出的人和本人看得到。")
		err = v.in.Stewards.Settle(v.ctx(), v.actor(), x.ID, versionOf(values), steward.Settlement{Outcome: steward.Outcome(values.Get("outcome")), Cause: steward.Cause(values.Get("cause")), Text: said(values, "answer")})
	}
	if err != nil && wrong(err) {
		f := v.form(values)
		f.Version = values.Get(view.FieldVersion)
		f.Problems = []view.Problem{v.problem(err, at{"outcome": "outcome", "cause": "cause", "answer": "answer"})}
		return v.disputePage(f, err)
	}
	if err != nil {
		return err
	}
	v.s.unread.forget(x.Member)
	v.done(done)
	return v.to(view.PathDispute(x.ID))
}
