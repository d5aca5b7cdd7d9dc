package web

import (
	"net/url"
	"slices"

	"zhibu/internal/fault"
	"zhibu/internal/installation"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/party/steward"
	"zhibu/internal/store"
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

// doubt is what the visitor may doubt: something of a record, or an organisation's own data.
type doubt struct {
	dossier
	org     org.Organisation
	subject steward.Subject
	label   view.Text
	now     view.Text
	path    string // of the form
}

// about tells what a subject says now and where it is doubted; found is false for what the record does not have or the
// visitor's role does not see.
func (v *visit) about(d dossier, subject steward.Subject) (b doubt, found bool, err error) {
	b = doubt{dossier: d, subject: subject, path: view.PathDisputeAbout(d.m.ID, string(subject.Field), subject.About)}
	if !d.mask.Has(installation.ClassOf(subject.Field)) {
		return b, false, nil
	}
	switch {
	case subject.Field == steward.OfDocument:
		list, err := v.in.Documents.ByIDs(v.ctx(), v.reader(), []string{subject.About})
		paper, ok := list[subject.About]
		ok = ok && paper.Member == d.m.ID && v.may(access.See, access.Document, d.m.OrgPath, d.m.ID)
		b.label, b.now = view.Say("档案材料"), view.Say("%s，%d 页，%s上传", view.Say(paper.Kind.Name()), paper.Pages, paper.By)
		return b, ok, err
	case subject.About != "":
		list, err := v.in.Members.Facts(v.ctx(), v.reader(), d.m.ID)
		i := slices.IndexFunc(list, func(f member.Fact) bool {
			return f.ID == subject.About && string(f.Kind) == string(subject.Field) && f.Retired.IsZero()
		})
		if err != nil || i < 0 {
			return b, false, err
		}
		b.label, b.now = view.Say(list[i].Kind.Name()), view.Say("%s，%s", view.Plain(list[i].Told()), view.Plain(list[i].From.String()))
		return b, true, nil
	}
	f, ok := keyOf(subject.Field)
	if !ok || f.value == nil {
		return b, false, nil
	}
	tails, err := v.in.Members.Tails(v.ctx(), d.m)
	b.label, b.now, b.path = f.label, f.value(d.m, tails, v.today()), view.PathDisputeNew(d.m.ID, f.key)
	return b, v.mayDispute(d, f), err
}

// doubting is what of a record the visitor may doubt: a field, or with about in the address a dated fact or a document.
func (v *visit) doubting() (doubt, error) {
	d, err := v.dossier(v.r.PathValue("id"))
	if err != nil {
		return doubt{}, err
	}
	if _, err := v.person.Allow(access.Add, access.Dispute, d.m.OrgPath, d.m.ID); err != nil {
		return doubt{}, err
	}
	subject := steward.Subject{Field: roster.Column(v.r.PathValue("fact")), About: v.r.URL.Query().Get("about")}
	if f, ok := factOf(v.r.PathValue("fact")); ok && subject.About == "" {
		subject.Field = f.column
	}
	if _, ok := subject.Kind(); !ok || subject.Field == steward.OfOrganisation {
		return doubt{}, fault.Missing()
	}
	b, found, err := v.about(d, subject)
	if err == nil && !found {
		err = fault.Missing()
	}
	return b, err
}

// doubtingOrg is the organisation of the address, whose data the visitor may doubt.
func (v *visit) doubtingOrg() (doubt, error) {
	_, o, err := v.orgOf(access.See)
	if err != nil {
		return doubt{}, err
	}
	if _, err := v.person.Allow(access.Add, access.Dispute, o.Path, ""); err != nil {
		return doubt{}, err
	}
	return doubt{org: o, subject: steward.Subject{Field: steward.OfOrganisation, About: o.ID}, label: view.Plain(o.ShortName),
		now: view.Say("名称、隶属、单位、联系人、职务，见党组织页面"), path: view.PathOrgAct(o.ID, "dispute")}, nil
}

func (s *Server) askDispute(v *visit) error {
	b, err := v.doubting()
	if err != nil {
		return err
	}
	return v.disputeForm(b, v.form(url.Values{}), nil)
}

func (s *Server) askOrgDispute(v *visit) error {
	b, err := v.doubtingOrg()
	if err != nil {
		return err
	}
	return v.disputeForm(b, v.form(url.Values{}), nil)
}

func (v *visit) disputeForm(b doubt, form view.Form, because error) error {
	path := b.m.OrgPath
	if b.org.ID != "" {
		path = b.org.Path
	}
	house, err := v.in.Stewards.House(v.ctx(), path, v.today())
	if err != nil {
		return err
	}
	kind, _ := b.subject.Kind()
	if b.now.IsZero() {
		b.now = view.Say("没有填")
	}
	part := view.SheetPart{ID: "dispute", Title: b.label, Facts: []view.Fact{{Label: view.Say("现在是"), Value: b.now}, {Label: view.Say("责任人"), Value: v.seatText(house, house.Answer(kind, v.today()).Steward)}},
		Forms: []view.SheetForm{{Action: b.path, Submit: view.Say("提出异议"), Main: true,
			Fields: []view.SheetField{{Kind: "area", Field: view.Field{Name: "content", Label: view.Say("哪里不对"), Hint: view.Say("应该是什么，凭什么材料。加密保存，只有本人和负责的人看得到。"), Max: 500}}}}}}
	sheet := view.Sheet{Heading: view.Say("对“%s”有异议", b.label), Lead: v.limitText(), Form: form, Parts: []view.SheetPart{part}}
	here, crumbs := view.PathMembers, memberCrumbs(b.m)
	switch {
	case b.org.ID != "":
		here, crumbs = view.PathOrganisations, v.orgCrumbs(b.org)
	case b.own:
		here, crumbs = view.PathMe, b.crumbs()
	}
	page := view.SheetPage(v.page(sheet.Heading, here, crumbs...), sheet)
	if because != nil {
		return v.again(because, page)
	}
	return v.show(page)
}

func (s *Server) raiseDispute(v *visit) error {
	b, err := v.doubting()
	if err != nil {
		return err
	}
	return v.raised(b, func(text string) (string, error) {
		return v.in.Stewards.RaiseAbout(v.ctx(), v.actor(), b.m.ID, b.subject, text)
	})
}

func (s *Server) raiseOrgDispute(v *visit) error {
	b, err := v.doubtingOrg()
	if err != nil {
		return err
	}
	return v.raised(b, func(text string) (string, error) {
		return v.in.Stewards.RaiseOrganisation(v.ctx(), v.actor(), b.org.ID, text)
	})
}

func (v *visit) raised(b doubt, raise func(text string) (string, error)) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	id, err := raise(said(values, "content"))
	if err != nil && wrong(err) {
		form := v.form(values)
		form.Problems = []view.Problem{v.problem(err, at{"content": "content"})}
		return v.disputeForm(b, form, err)
	}
	if err != nil {
		return err
	}
	v.done("异议已经提出，等责任人答复。")
	return v.to(view.PathDispute(id))
}

func (s *Server) showDispute(v *visit) error { return v.disputePage(v.form(nil), nil) }

// disputed reads the dispute of the address with its record, of an organisation's without one. Whoever may not see the
// field may not see it.
func (v *visit) disputed() (x steward.Dispute, d dossier, err error) {
	r, err := v.readerFor(access.List, access.Dispute)
	if err != nil {
		return x, d, err
	}
	if x, err = v.in.Stewards.ByID(v.ctx(), r, v.r.PathValue("id")); err != nil {
		return x, d, err
	}
	if x.OfRecord() {
		d, err = v.dossier(x.Member)
	}
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
	if !d.own && x.OfRecord() {
		if err := v.in.Members.Opened(v.actor(), d.m); err != nil {
			return err
		}
	}
	if f.Values == nil {
		f = v.versioned(url.Values{}, x.Version)
	}
	b, err := v.stillDoubted(x, d)
	if err != nil {
		return err
	}
	part, err := v.disputeFacts(x, b)
	if err != nil {
		return err
	}
	can, err := v.in.Stewards.Can(v.ctx(), v.actor(), x)
	if err != nil {
		return err
	}
	if can {
		part.Forms = append(part.Forms, settleForm(x))
		if to := v.mendsDoubted(x, d); to != "" {
			part.Facts = append(part.Facts, view.Fact{Label: view.Say("要改的"), Value: view.Say("先在档案里更正，再来答复"), URL: to})
		}
	}
	if x.State == steward.Open && x.Account == v.person.Account {
		part.Forms = append(part.Forms, view.SheetForm{Action: view.PathDispute(x.ID), Submit: view.Say("撤回异议"), Hidden: []view.Pair{{Name: "act", Value: "withdraw"}}})
	}
	heading := view.Say("%s的“%s”", view.Plain(d.m.Name), fieldLabel(x.Field))
	if !x.OfRecord() {
		heading = view.Say("%s的资料", view.Plain(b.org.ShortName))
	}
	sheet := view.Sheet{Heading: heading, Lead: v.limitText(), Form: f, Parts: []view.SheetPart{part}}
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

// stillDoubted is what a dispute is about as it is now; what is gone meanwhile says nothing.
func (v *visit) stillDoubted(x steward.Dispute, d dossier) (doubt, error) {
	if !x.OfRecord() {
		o, err := org.ByID(v.ctx(), v.in.DB.As(store.System("name of what is doubted")), x.About)
		return doubt{org: o, subject: x.Subject}, err
	}
	b, _, err := v.about(d, x.Subject)
	return b, err
}

// mendsDoubted is where the visitor mends what is doubted, "" where not.
func (v *visit) mendsDoubted(x steward.Dispute, d dossier) string {
	switch field, ok := keyOf(x.Field); {
	case !x.OfRecord():
		if v.may(access.Mend, access.Org, x.OrgPath, "") {
			return view.PathOrg(x.About)
		}
	case x.Proposal != "" || !v.may(access.Mend, access.Member, d.m.OrgPath, d.m.ID):
	case x.Field == steward.OfDocument:
		return view.PathMemberAct(d.m.ID, "documents")
	case x.About != "":
		return view.PathFact(d.m.ID, x.About)
	case ok && field.kind != "":
		return view.PathMend(d.m.ID, field.key)
	}
	return ""
}

func (v *visit) disputeFacts(x steward.Dispute, b doubt) (view.SheetPart, error) {
	part := view.SheetPart{ID: "dispute", Title: view.Say("异议")}
	names, err := v.ownerNames([]string{x.Owner})
	if err != nil {
		return part, err
	}
	add := func(label, value view.Text, url string) {
		part.Facts = append(part.Facts, view.Fact{Label: label, Value: value, URL: url})
	}
	if x.OfRecord() {
		add(view.Say("谁的"), view.Plain(b.m.Name), view.PathMember(b.m.ID))
		history := ""
		if f, ok := keyOf(x.Field); ok && x.About == "" {
			history = view.PathHistory(b.m.ID, f.key)
		}
		add(view.Say("现在是"), b.now, history)
		if err := v.sourceOfDoubted(x, b, add); err != nil {
			return part, err
		}
	} else {
		add(view.Say("哪个党组织"), view.Plain(b.org.Name), view.PathOrg(b.org.ID))
	}
	part.Facts = append(part.Facts, view.Fact{Label: view.Say("哪里不对"), Value: view.Plain(x.Text), Quoted: true})
	if x.Proposal != "" {
		add(view.Say("更正"), view.Say("看审核的进展"), view.PathReview(x.Proposal))
	}
	add(view.Say("提出"), view.Say("%s，%s，%s", view.Plain(x.Actor), view.Say(x.Origin.Name()), view.Plain(words.Moment(x.At()))), "")
	part.Facts = append(part.Facts, view.Fact{Label: view.Say("情况"), Value: v.disputeStand(x), Tags: tagsOf(v.disputeTag(x))})
	if x.State == steward.Open {
		add(view.Say("由谁答复"), view.Say("%s的责任人", view.Plain(names[x.Owner])), "")
		return part, nil
	}
	if x.State == steward.Settled {
		part.Facts = append(part.Facts, view.Fact{Label: view.Say("答复"), Value: view.Plain(x.Answer), Quoted: true})
		add(view.Say("查明的原因"), view.Say(x.Cause.Name()), "")
		add(view.Say("答复人"), view.Plain(x.Decider), "")
	}
	return part, nil
}

// sourceOfDoubted says where the value that stands came from, so that whoever answers sees both values with their sources.
func (v *visit) sourceOfDoubted(x steward.Dispute, b doubt, add func(label, value view.Text, url string)) error {
	if x.About != "" {
		return nil
	}
	sources, err := v.in.Members.Sources(v.ctx(), b.m)
	if err != nil {
		return err
	}
	from, ok := sources[x.Field]
	if !ok || from.Actor == "" {
		return nil
	}
	why := because(from)
	if why.IsZero() {
		why = sayOrNone(sourceKinds[from.Kind])
	}
	add(view.Say("现在的来源"), view.Say("%s，%s，%s", view.Plain(from.Actor), view.Plain(recordedDay(from.At)), why), "")
	return nil
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
	v.done(done)
	return v.to(view.PathDispute(x.ID))
}
