package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/party/admission"
	"zhibu/internal/party/document"
	"zhibu/internal/party/duty"
	"zhibu/internal/party/org"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// People on their way into the Party: the list of a branch, one person's steps, and the applicant's own page.

// listAdmissions shows the list.
func (s *Server) listAdmissions(v *visit) error {
	page, err := v.admissionList(v.r.URL.Query().Get("org"), v.form(nil))
	if err != nil {
		return err
	}
	return v.show(page)
}

// admissionList is who is on the way in a branch; above branches, in which of them.
func (v *visit) admissionList(orgID string, form view.Form) (templ.Component, error) {
	r, err := v.readerFor(access.List, access.Logbook)
	if err != nil {
		return nil, err
	}
	o, err := v.placeAsked(orgID)
	if err != nil {
		return nil, err
	}
	if _, err := v.person.Allow(access.List, access.Logbook, o.Path, ""); err != nil {
		return nil, err
	}
	sheet := view.Sheet{Heading: view.Say("发展党员"), Form: form, Print: true,
		Lead: view.Say("%s。从递交入党申请书到转正归档，走到哪一步由台账算出，不用另外填报。", view.Plain(o.ShortName))}
	if o.Kind.IsBranch() {
		sheet.Parts, err = v.admissionsOf(r, o)
	} else {
		sheet.Parts, err = v.admissionsBelow(r, o)
	}
	if err != nil {
		return nil, err
	}
	waiting, err := v.recordsWaiting(r, o)
	if err != nil {
		return nil, err
	}
	sheet.Parts = append(waiting, sheet.Parts...)
	if !o.Kind.IsBranch() {
		plan, err := v.planPart(r, o)
		if err != nil {
			return nil, err
		}
		sheet.Parts = append(sheet.Parts, plan)
	}
	return view.SheetPage(v.page(sheet.Heading, view.PathAdmissions, v.orgCrumbs(o)...), sheet), nil
}

// admissionsOf lists those who are on the way in a branch.
func (v *visit) admissionsOf(r store.Reader, o org.Organisation) ([]view.SheetPart, error) {
	people, book, err := v.in.Duties.Courses(v.ctx(), r, o)
	if err != nil {
		return nil, err
	}
	part := view.SheetPart{ID: "cases", Title: view.Say("正在办的"), Empty: view.Say("现在没有申请人、入党积极分子、发展对象和预备党员。收到入党申请书，先在台账里登记姓名和日期。"),
		Head: []view.Text{view.Say("谁"), view.Say("阶段"), view.Say("下一步"), view.Say("由谁办"), view.Say("期限")}}
	for _, p := range people {
		c := admission.Of(book, p.Events, v.today())
		if !c.Begun() && !p.Applicant || c.Ended != admission.Open {
			continue
		}
		next, ok := c.Next()
		if !ok {
			continue
		}
		day, tag := v.stepDay(next)
		part.Rows = append(part.Rows, view.SheetRow{ID: p.ID, Cells: []view.SheetCell{{Text: view.Plain(p.Name), URL: view.PathAdmission(p.ID), Sub: statusText(c.Status)},
			view.Cell(view.Say(c.Stage().Name())), view.Cell(stepTitle(next.Step)), view.Cell(view.Say(next.Who.Name())), {Text: day, Tag: tag}}})
	}
	parts := []view.SheetPart{part}
	if o.Living() && v.may(access.Add, access.Logbook, o.Path, "") {
		u := url.Values{"org": {o.ID}, "kind": {string(timeline.Applied)}}
		parts = append(parts, view.SheetPart{ID: "new", Title: view.Say("新的申请人"), Head: []view.Text{view.Say("办了什么"), view.Say("怎么记")},
			Rows: []view.SheetRow{{Cells: []view.SheetCell{{Text: view.Say("收到入党申请书"), URL: withQuery(view.PathLogNew, u.Encode())}, view.Cell(view.Say("先登记姓名，再登记递交的日期"))}}}})
	}
	return parts, nil
}

// admissionsBelow says in which organisations directly below somebody is on the way; those above branches are opened.
func (v *visit) admissionsBelow(r store.Reader, o org.Organisation) ([]view.SheetPart, error) {
	tree, err := v.readerFor(access.See, access.Org)
	if err != nil {
		return nil, err
	}
	below, next, err := org.Children(v.ctx(), tree, o.ID, v.r.URL.Query().Get("after"), 100)
	if err != nil {
		return nil, err
	}
	var branches []string
	for _, c := range below {
		if c.Kind.IsBranch() {
			branches = append(branches, c.ID)
		}
	}
	counts, err := admission.Counts(v.ctx(), r, branches)
	if err != nil {
		return nil, err
	}
	mine := view.SheetPart{ID: "mine", Title: view.Say("等上级党委办的"), Head: []view.Text{view.Say("谁"), view.Say("党组织"), view.Say("下一步"), view.Say("期限")}}
	part := view.SheetPart{ID: "below", Title: view.Say("下级党组织"), Note: view.Say("按组织排列，不排名次。"), Empty: view.Say("下面没有党组织。"), Head: []view.Text{view.Say("党组织"), view.Say("正在办的")}}
	for _, c := range below {
		n := view.Say("到下级看")
		if c.Kind.IsBranch() {
			n = view.Say("%d 人", counts[c.ID])
		}
		if c.Kind.IsBranch() && counts[c.ID] > 0 {
			if err := v.casesFor(r, c.Organisation, &mine); err != nil {
				return nil, err
			}
		}
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: view.Plain(c.ShortName), URL: view.PathAdmissionsOf(c.ID)}, view.Cell(n)}})
	}
	if next != "" {
		u := url.Values{"org": {o.ID}, "after": {next}}
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: view.Say("往下看"), URL: withQuery(view.PathAdmissions, u.Encode())}, {}}})
	}
	if len(mine.Rows) > 0 {
		return []view.SheetPart{mine, part}, nil
	}
	return []view.SheetPart{part}, nil
}

// casesFor lists the cases of a branch that wait for the committee above.
func (v *visit) casesFor(r store.Reader, o org.Organisation, into *view.SheetPart) error {
	people, book, err := v.in.Duties.Courses(v.ctx(), r, o)
	if err != nil {
		return err
	}
	for _, p := range people {
		c := admission.Of(book, p.Events, v.today())
		next, ok := c.Next()
		if !ok || !next.Above() || !c.Begun() || c.Ended != admission.Open {
			continue
		}
		day, tag := v.stepDay(next)
		into.Rows = append(into.Rows, view.SheetRow{ID: p.ID, Cells: []view.SheetCell{{Text: view.Plain(p.Name), URL: view.PathAdmission(p.ID)}, view.Cell(view.Plain(o.ShortName)), view.Cell(stepTitle(next.Step)), {Text: day, Tag: tag}}})
	}
	return nil
}

// showAdmission is one person's way, step by step.
func (s *Server) showAdmission(v *visit) error {
	page, err := v.admissionPage(v.r.PathValue("id"), false)
	if err != nil {
		return err
	}
	return v.show(page)
}

// showOwnAdmission is the same for whoever it is about: where she is, what is next, who acts.
func (s *Server) showOwnAdmission(v *visit) error {
	id := v.person.Member
	if id == "" {
		id = v.person.Applicant
	}
	if id == "" {
		return fault.Missing()
	}
	page, err := v.admissionPage(id, true)
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) admissionPage(id string, own bool) (templ.Component, error) {
	return v.admissionPageWith(id, own, v.form(nil))
}

func (v *visit) admissionPageWith(id string, own bool, form view.Form) (templ.Component, error) {
	var r store.Reader = v.in.DB.As(store.System("an applicant's own case"))
	if !own || id != v.person.Applicant {
		var err error
		if r, err = v.readerFor(access.List, access.Logbook); err != nil {
			return nil, err
		}
	}
	f, err := v.in.Admission.Find(v.ctx(), r, id)
	if err != nil {
		return nil, err
	}
	o, p, c := f.At, f.Person, f.Case
	sheet := view.Sheet{Heading: view.Plain(p.Name), Lead: view.Say("发展党员，%s", view.Plain(o.ShortName)), Form: form, Print: true, Style: "case.css"}
	crumbs := []view.Link{{Text: view.Say("发展党员"), URL: view.PathAdmissionsOf(o.ID)}}
	menu := view.PathAdmissions
	if own {
		sheet.Heading, sheet.Lead = view.Say("我的入党过程"), view.Say("走到哪一步、下一步是什么、由谁办。不清楚的，问所在党支部：%s。", view.Plain(o.ShortName))
		crumbs, menu = []view.Link{{Text: view.Say("我的档案"), URL: view.PathMe}}, view.PathMe
		if p.Applicant {
			crumbs, menu = nil, view.PathOwnAdmission
		}
	}
	sheet.Parts = append(sheet.Parts, v.caseNow(c))
	if !own {
		more, err := v.caseMore(r, f)
		if err != nil {
			return nil, err
		}
		sheet.Parts = append(sheet.Parts, more...)
	}
	if f.Gone() != "" {
		sheet.Notices = append(sheet.Notices, view.Notice{Kind: view.NoticeInfo, Text: view.Say("名册上这个人已经不在，过程留着，不能再往下办。")})
	}
	if c.Registered {
		sheet.Notices = append(sheet.Notices, view.Notice{Kind: view.NoticeInfo, Text: view.Say("接收为预备党员的日期来自名册；以前的步骤没有登记，可以补记。")})
	}
	act := !own && o.Living() && (v.may(access.Add, access.Logbook, o.Path, "") || v.works(access.Decide, access.Admission))
	for _, stage := range admission.Stages {
		part := view.SheetPart{ID: string(stage), Title: view.Say(stage.Name()), Head: []view.Text{view.Say("步骤"), view.Say("情况"), view.Say("由谁办"), view.Say("依据和计算")}}
		if act {
			part.Head = append(part.Head, view.Say("办理"))
		}
		for _, s := range c.Steps {
			if s.Step.Stage != stage {
				continue
			}
			cells := v.stepCells(s)
			if act {
				cells = append(cells, v.stepAct(f, s))
			}
			part.Rows = append(part.Rows, view.SheetRow{ID: "s" + s.Number, Cells: cells})
		}
		sheet.Parts = append(sheet.Parts, part)
	}
	return view.SheetPage(v.page(sheet.Heading, menu, crumbs...), sheet), nil
}

// caseNow says in four lines how a case stands.
func (v *visit) caseNow(c admission.Case) view.SheetPart {
	part := view.SheetPart{ID: "now", Title: view.Say("现在")}
	add := func(label, value view.Text) { part.Facts = append(part.Facts, view.Fact{Label: label, Value: value}) }
	add(view.Say("身份"), statusText(c.Status))
	switch next, ok := c.Next(); {
	case c.Ended == admission.Confirmed:
		add(view.Say("结果"), view.Say("已经转正。"))
	case c.Ended == admission.Cancelled:
		add(view.Say("结果"), view.Say("预备党员资格已经取消。"))
	case !c.Begun() && c.Status == timeline.FullStatus:
		add(view.Say("结果"), view.Say("名册上是正式党员，这里没有登记过程。"))
	case ok:
		add(view.Say("阶段"), view.Say(c.Stage().Name()))
		add(view.Say("下一步"), stepTitle(next.Step))
		add(view.Say("由谁办"), view.Say(next.Who.Name()))
		day, _ := v.stepDay(next)
		add(view.Say("期限"), day)
	}
	return part
}

var statusNames = map[timeline.Status]view.Text{
	timeline.Applicant: view.Say("入党申请人"), timeline.Activist: view.Say("入党积极分子"), timeline.CandidateStatus: view.Say("发展对象"), timeline.ProbationaryStatus: view.Say("预备党员"),
	timeline.FullStatus: view.Say("正式党员"), timeline.StoppedStatus: view.Say("停止党籍"), timeline.LeftStatus: view.Say("已经离开"),
}

func statusText(s timeline.Status) view.Text {
	if t, ok := statusNames[s]; ok {
		return t
	}
	return view.Say("还没有登记申请")
}

func stepTitle(s admission.Step) view.Text {
	return view.Say("%s. %s", view.Plain(s.Number), view.Say(s.Title))
}

// stepDay is by when a step is to be taken, or from when it can be.
func (v *visit) stepDay(p admission.Progress) (view.Text, view.Tag) {
	if len(p.Duties) == 0 {
		return view.Say("没有期限"), view.Tag{}
	}
	it := duty.Item{Duty: p.Duties[0]}
	return dutyDay(it), v.dutyTag(it)
}

var stepTags = map[admission.State]view.Tag{
	admission.Done: {Text: view.Say("已办"), Kind: view.TagInfo}, admission.Next: {Text: view.Say("下一步"), Kind: view.TagSoon}, admission.Running: {Text: view.Say("进行中"), Kind: view.TagInfo},
	admission.Missing: {Text: view.Say("没有登记"), Kind: view.TagLate},
}

func (v *visit) stepCells(p admission.Progress) []view.SheetCell {
	title := view.SheetCell{Text: stepTitle(p.Step)}
	if len(p.Documents) > 0 {
		var names []string
		for _, d := range p.Documents {
			names = append(names, v.t(document.Kind(d).Name()))
		}
		title.Sub = view.Say("材料：%s", view.Plain(strings.Join(names, v.t("、"))))
	}
	state := view.SheetCell{Tag: stepTags[p.State]}
	var days []string
	for _, e := range p.Events {
		days = append(days, e.On.String())
	}
	if on := p.On(); len(days) == 0 && !on.IsZero() { // a step of which the rules read nothing
		days = []string{on.String()}
	}
	state.Sub = view.Plain(strings.Join(days, v.t("、")))
	if len(p.Duties) > 0 && (p.State == admission.Next || p.State == admission.Running) {
		var tag view.Tag
		if state.Sub, tag = v.stepDay(p); tag.Kind == view.TagLate {
			state.Tag = tag
		}
	}
	why := view.SheetCell{Text: articlesOf(p.Rules)}
	switch {
	case len(p.Breaches) > 0:
		b := p.Breaches[0]
		why.Text, why.Tag = view.Say("%s。依据：%s", v.t(b.Why.Text, b.Why.Args...), view.Plain(b.Rule.String())), view.Tag{Text: view.Say("不合规定"), Kind: view.TagLate}
	case len(p.Duties) > 0 && len(p.Duties[0].Why) > 0 && (p.State == admission.Next || p.State == admission.Running):
		why.Text = view.Say("%s。依据：%s", v.reasons(p.Duties[0].Why), articlesOf(p.Rules))
	}
	if p.ByBallot() && len(p.Events) > 0 && !slices.ContainsFunc(p.Own, func(r admission.Record) bool { return r.Ballot != "" && r.State == admission.Standing }) {
		why.Sub = view.Say("来自名册或者台账，没有两个人录入的票数。")
	}
	return []view.SheetCell{title, state, view.Cell(view.Say(p.Who.Name())), why}
}

// articlesOf names the rules of one regulation once, with the articles of each.
func articlesOf(list []rulebook.Citation) view.Text {
	var all []string
	for i, c := range list {
		if i > 0 && c.Local == "" && c.Regulation == list[0].Regulation && c.Version == list[0].Version {
			all = append(all, c.Rule+" "+c.Article)
			continue
		}
		all = append(all, c.String())
	}
	return view.Plain(strings.Join(all, "、"))
}

// stepAct leads to what can be done about a step now.
func (v *visit) stepAct(f admission.Found, p admission.Progress) view.SheetCell {
	for _, rec := range p.Own {
		if rec.Waits() {
			return view.SheetCell{Text: view.Say("等核对"), URL: view.PathAdmissionRecord(rec.ID)}
		}
	}
	text := view.Say("办理")
	switch {
	case p.PartOf != "" && (len(p.Own) > 0 || p.State == admission.Ahead), p.PartOf == "" && (p.State == admission.Ahead || p.State == admission.Done):
		if n := len(p.Own); n > 0 {
			return view.SheetCell{Text: view.Say("看登记的内容"), URL: view.PathAdmissionRecord(p.Own[n-1].ID)}
		}
		return view.SheetCell{}
	case p.State == admission.Missing:
		text = view.Say("补登记")
	}
	cell := view.SheetCell{Text: text, URL: view.PathAdmissionStep(f.Person.ID, p.Number)}
	if !v.acts(f, p.Step) {
		cell = view.SheetCell{Text: view.Say("等%s办", view.Say(p.Who.Name()))}
	}
	return cell
}
