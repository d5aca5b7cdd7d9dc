package web

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/party/dues"
	"zhibu/internal/party/duesbook"
	"zhibu/internal/party/org"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// askBases is the table in which a branch fixes the bases of a year; last year's stand in it already.
func (s *Server) askBases(v *visit) error {
	page, err := v.basesPage(v.form(nil), v.r.URL.Query())
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) basesPage(f view.Form, q url.Values) (templ.Component, error) {
	o, err := v.duesPlace(access.Add, q.Get("org"))
	if err != nil {
		return nil, err
	}
	year, err := v.yearAsked(q.Get("year"))
	if err != nil {
		return nil, err
	}
	r, err := v.readerFor(access.Add, access.Dues)
	if err != nil {
		return nil, err
	}
	b, err := v.in.Dues.Bases(v.ctx(), r, o, year)
	if err != nil {
		return nil, err
	}
	sheet := view.Sheet{Heading: view.Say("核定基数"), Lead: view.Say("%s，%d 年。年初核定，年内一般不变动；上一年核定过的已经填好，只改变了的。收入加密保存，只有本人和办理的人看得到。", view.Plain(o.ShortName), year), Form: f, Style: duesStyle}
	if part := v.waitingPart(o, b); len(part.Forms) > 0 {
		sheet.Parts = append(sheet.Parts, part)
	}
	fixed := view.SheetPart{ID: "fixed", Title: view.Say("已经核定的"), Empty: view.Say("还没有。"), Head: []view.Text{view.Say("姓名"), view.Say("内容"), view.Say("谁确认")}}
	form := view.SheetForm{Action: view.PathDuesBases, Submit: view.Say("提出，等第二个人确认"), Main: true, Hidden: []view.Pair{{Name: "org", Value: o.ID}, {Name: "year", Value: strconv.Itoa(year)}, {Name: "sent", Value: "1"}},
		Head: []view.Text{view.Say("姓名"), view.Say("收入来源"), view.Say("每月基数（元）；农民写每月交多少")}}
	for _, l := range b {
		if l.Fixed != nil {
			fixed.Rows = append(fixed.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: view.Plain(l.Name), URL: view.PathAssessment(l.Fixed.ID)}, view.Cell(assessedText(*l.Fixed)), view.Cell(view.Plain(l.Fixed.Decider))}})
		}
		if l.Waiting != nil {
			continue
		}
		source, amount := "", ""
		if was := l.Before; was != nil && l.Fixed == nil {
			source, amount = string(was.Source), amountOf(*was)
		}
		form.Rows = append(form.Rows, view.SheetRow{ID: l.Member, Cells: []view.SheetCell{view.Cell(view.Plain(l.Name)),
			{Input: &view.SheetInput{Name: "source-" + l.Member, Kind: "choose", Value: source, Label: view.Say("%s的收入来源", view.Plain(l.Name)), Options: sourceOptions()}},
			{Input: &view.SheetInput{Name: "income-" + l.Member, Value: amount, Mode: "decimal", Label: view.Say("%s的基数", view.Plain(l.Name))}}}})
	}
	form.Fields = []view.SheetField{{Field: view.Field{Name: "from", Label: view.Say("从哪个月起"), Hint: view.Say("不填：从一月起。年内入党、转入的写第一个月，例如 2026-05。"), Optional: true, Max: 7, Short: true}},
		{Field: view.Field{Name: "evidence", Label: view.Say("凭什么材料"), Hint: view.Say("例如 1 月工资条、养老金发放单。"), Max: 200}},
		{Field: view.Field{Name: "reason", Label: view.Say("说明"), Hint: view.Say("今年已经核定过、要更正的，写明为什么。"), Optional: true, Max: 200}}}
	sheet.Parts = append(sheet.Parts, view.SheetPart{ID: "propose", Title: view.Say("填写"), Note: view.Say("没有选收入来源的人这次不提出。"), Forms: []view.SheetForm{form}}, fixed)
	return view.SheetPage(v.page(sheet.Heading, view.PathDues, append(v.orgCrumbs(o), view.Link{Text: view.Say("党费台账"), URL: view.PathDuesOf(view.PathDues, o.ID, strconv.Itoa(year))})...), sheet), nil
}

func sourceOptions() []view.Option {
	out := []view.Option{{Value: "", Label: view.Say("请选择")}}
	for _, s := range dues.Sources {
		out = append(out, view.Option{Value: string(s), Label: view.Say(duesbook.SourceName(s))})
	}
	return out
}

func amountOf(a duesbook.Assessment) string {
	switch {
	case a.Income > 0:
		return a.Income.String()
	case a.Chosen > 0:
		return a.Chosen.String()
	}
	return ""
}

// waitingPart is what waits for a second person, to confirm in one go.
func (v *visit) waitingPart(o org.Organisation, list []duesbook.BaseLine) view.SheetPart {
	part := view.SheetPart{ID: "waiting", Title: view.Say("等第二个人确认"), Note: view.Say("提出的人和本人不能确认。")}
	form := view.SheetForm{Action: view.PathDuesBases, Submit: view.Say("确认勾选的"), Main: true, Hidden: []view.Pair{{Name: "org", Value: o.ID}, {Name: "act", Value: "approve"}},
		Head: []view.Text{view.Say("姓名"), view.Say("确认"), view.Say("内容"), view.Say("谁提出")}}
	for _, l := range list {
		a := l.Waiting
		if a == nil {
			continue
		}
		form.Rows = append(form.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: view.Plain(l.Name), URL: view.PathAssessment(a.ID)},
			{Input: &view.SheetInput{Name: "id", Value: a.ID + "~" + strconv.FormatInt(a.Version, 10), Kind: "box", Label: view.Say("确认%s的", view.Plain(l.Name)), Ticked: a.Account != v.person.Account && a.Member != v.person.Member}},
			view.Cell(assessedText(*a)), view.Cell(view.Plain(a.Actor))}})
	}
	if len(form.Rows) > 0 {
		part.Forms = []view.SheetForm{form}
	}
	return part
}

var fixAt = at{"evidence": "evidence", "reason": "reason", "from": "from", "to": "to", "monthly": "monthly", "applied": "applied", "studied": "studied", "member": "member"}

// fixBases proposes bases, or confirms what was proposed.
func (s *Server) fixBases(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.person.Need(access.Add, access.Dues); err != nil {
		return err
	}
	if values.Get("act") == "approve" {
		err = v.confirmBases(values["id"])
	} else {
		var list []duesbook.New
		if list, err = basesTyped(values); err == nil {
			_, err = v.in.Dues.Propose(v.ctx(), v.actor(), values.Get("org"), list)
		}
	}
	if err != nil && wrong(err) || fault.Of(err) == fault.Forbidden && values.Get("act") == "approve" {
		f := v.form(values)
		f.Problems = []view.Problem{v.problem(err, fixAt)}
		page, perr := v.basesPage(f, values)
		if perr != nil {
			return perr
		}
		return v.again(err, page)
	}
	if err != nil {
		return err
	}
	v.done("已经记下。")
	return v.to(view.PathDuesOf(view.PathDuesBases, values.Get("org"), values.Get("year")))
}

func (v *visit) confirmBases(ids []string) error {
	if len(ids) == 0 {
		return fault.New(fault.Invalid, "请勾选要确认的。")
	}
	for _, one := range ids {
		id, version := cutVersion(one)
		if err := v.in.Dues.Approve(v.ctx(), v.actor(), id, version); err != nil {
			return err
		}
	}
	return nil
}

func cutVersion(text string) (id string, version int64) {
	for i := len(text) - 1; i >= 0; i-- {
		if text[i] == '~' {
			version, _ = strconv.ParseInt(text[i+1:], 10, 64) // what is no number is no version, and is answered as an old one
			return text[:i], version
		}
	}
	return text, 0
}

// basesTyped reads the table: a base for everybody whose source is chosen.
func basesTyped(values url.Values) (list []duesbook.New, err error) {
	year, err := strconv.Atoi(values.Get("year"))
	if err != nil {
		return nil, fault.New(fault.Invalid, "请填写年份。").At("year").By("F-09")
	}
	common := duesbook.New{Kind: duesbook.Base, Year: year, Content: duesbook.Content{Evidence: said(values, "evidence"), Reason: said(values, "reason")}}
	if text := said(values, "from"); text != "" {
		m, ok := duesbook.Month(text)
		if !ok {
			return nil, fault.New(fault.Invalid, "月份要写成 2026-03。").At("from").By("F-09")
		}
		common.From = m
	}
	var names []string
	for name := range values {
		if len(name) > 7 && name[:7] == "source-" && values.Get(name) != "" {
			names = append(names, name[7:])
		}
	}
	slices.Sort(names)
	for _, id := range names {
		n := common
		n.Member, n.Source = id, dues.Source(values.Get("source-"+id))
		if text := said(values, "income-"+id); text != "" {
			amount, ok := dues.ParseFen(text)
			if !ok {
				return nil, fault.New(fault.Invalid, "请填写金额，写成 5200.00，最多两位小数。").At("income").By("F-02")
			}
			if n.Source == dues.Farmer {
				n.Chosen = amount
			} else {
				n.Income = amount
			}
		}
		list = append(list, n)
	}
	return list, nil
}

// askRelief is the form for a reduction.
func (s *Server) askRelief(v *visit) error {
	page, err := v.reliefPage(v.form(v.r.URL.Query()), v.r.URL.Query())
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) reliefPage(f view.Form, q url.Values) (templ.Component, error) {
	o, err := v.duesPlace(access.Add, q.Get("org"))
	if err != nil {
		return nil, err
	}
	r, err := v.readerFor(access.Add, access.Dues)
	if err != nil {
		return nil, err
	}
	lines, err := v.in.Dues.Bases(v.ctx(), r, o, v.today().Year)
	if err != nil {
		return nil, err
	}
	people := []view.Option{{Value: "", Label: view.Say("请选择")}}
	for _, l := range lines {
		people = append(people, view.Option{Value: l.Member, Label: view.Plain(l.Name)})
	}
	sheet := view.Sheet{Heading: view.Say("少交或者免交党费"), Lead: view.Say("%s。确有困难的，本人申请，支部研究，上级党委批准。", view.Plain(o.ShortName)), Form: f}
	sheet.Parts = []view.SheetPart{{ID: "relief", Title: view.Say("提出"), Note: view.Say("理由和材料加密保存，只有本人和办理的人看得到。"), Forms: []view.SheetForm{{Action: view.PathDuesRelief, Submit: view.Say("提出，等上级批准"), Main: true, Hidden: []view.Pair{{Name: "org", Value: o.ID}},
		Fields: []view.SheetField{{Kind: "choose", Field: view.Field{Name: "member", Label: view.Say("谁")}, Options: people},
			{Field: view.Field{Name: "from", Label: view.Say("从哪个月起"), Hint: view.Say("写成 2026-03。"), Max: 7, Short: true}}, {Field: view.Field{Name: "to", Label: view.Say("到哪个月"), Hint: view.Say("一次最多 12 个月。"), Max: 7, Short: true}},
			{Field: view.Field{Name: "monthly", Label: view.Say("每月交多少（元）"), Hint: view.Say("免交的写 0。"), Mode: "decimal", Short: true}},
			{Field: view.Field{Name: "applied", Label: view.Say("本人哪天申请的"), Type: "date", Today: v.today()}}, {Field: view.Field{Name: "studied", Label: view.Say("支部哪天研究的"), Type: "date", Today: v.today()}},
			{Kind: "area", Field: view.Field{Name: "reason", Label: view.Say("有什么困难"), Max: 200}}, {Field: view.Field{Name: "evidence", Label: view.Say("凭什么材料"), Max: 200}}}}}}}
	return view.SheetPage(v.page(sheet.Heading, view.PathDues, append(v.orgCrumbs(o), view.Link{Text: view.Say("党费台账"), URL: view.PathDuesOf(view.PathDues, o.ID, "")})...), sheet), nil
}

func reliefTyped(values url.Values) (n duesbook.New, err error) {
	n = duesbook.New{Member: values.Get("member"), Kind: duesbook.Relief, Content: duesbook.Content{Evidence: said(values, "evidence"), Reason: said(values, "reason")}}
	for _, f := range []string{"from", "to"} {
		m, ok := duesbook.Month(said(values, f))
		if !ok {
			return n, fault.New(fault.Invalid, "月份要写成 2026-03。").At(f).By("F-06")
		}
		if f == "from" {
			n.From = m
		} else {
			n.To = m
		}
	}
	sum, ok := dues.ParseFen(values.Get("monthly"))
	if !ok {
		return n, fault.New(fault.Invalid, "请填写每月交多少；免交的写 0。").At("monthly").By("F-06")
	}
	n.Monthly = sum
	if n.Applied, err = dayTyped(values, "applied"); err != nil {
		return n, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("applied")
	}
	if n.Studied, err = dayTyped(values, "studied"); err != nil {
		return n, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("studied")
	}
	return n, nil
}

// proposeRelief proposes a reduction.
func (s *Server) proposeRelief(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.person.Need(access.Add, access.Dues); err != nil {
		return err
	}
	n, err := reliefTyped(values)
	var ids []string
	if err == nil {
		ids, err = v.in.Dues.Propose(v.ctx(), v.actor(), values.Get("org"), []duesbook.New{n})
	}
	if err != nil && wrong(err) {
		f := v.form(values)
		f.Problems = []view.Problem{v.problem(err, fixAt)}
		page, perr := v.reliefPage(f, values)
		if perr != nil {
			return perr
		}
		return v.again(err, page)
	}
	if err != nil {
		return err
	}
	v.done("已经提出，等上级批准。")
	return v.to(view.PathAssessment(ids[0]))
}

// showAssessment is a base or a reduction, with what may be done about it.
func (s *Server) showAssessment(v *visit) error { return v.assessmentPage(v.form(nil), nil) }

func (v *visit) assessmentPage(f view.Form, because error) error {
	r, err := v.readerFor(access.List, access.Dues)
	if err != nil {
		return err
	}
	a, err := v.in.Dues.ByID(v.ctx(), r, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	name, err := v.in.Dues.NameOf(v.ctx(), r, a)
	if err != nil {
		return err
	}
	sheet := view.Sheet{Heading: view.Say("%s：%s", view.Plain(name), view.Say(a.Kind.Name())), Lead: view.Say("%s 至 %s。", a.From.MonthOf(), a.To.MonthOf()), Tags: []view.Tag{assessmentTag(a)}, Form: f}
	sheet.Form.Version = strconv.FormatInt(a.Version, 10)
	part := view.SheetPart{ID: "what", Title: view.Say("内容")}
	if v.seesIncome(a.Member, a.OrgPath) {
		part.Facts = append(part.Facts, view.Fact{Label: view.Say("核定为"), Value: assessedText(a)}, view.Fact{Label: view.Say("凭什么材料"), Value: view.Plain(a.Evidence), Quoted: true})
		if due, ok := v.in.Dues.Costs(a); ok {
			part.Facts = append(part.Facts, view.Fact{Label: view.Say("每月应交"), Value: view.Say("%s 元。%s。依据：%s", due.Min.String(), v.reasons(due.Why), citesOf(due.Rules))})
		}
		if a.Kind == duesbook.Relief {
			part.Facts = append(part.Facts, view.Fact{Label: view.Say("本人申请"), Value: view.Plain(a.Applied.String())}, view.Fact{Label: view.Say("支部研究"), Value: view.Plain(a.Studied.String())})
		}
		if a.Reason != "" {
			part.Facts = append(part.Facts, view.Fact{Label: view.Say("说明"), Value: view.Plain(a.Reason), Quoted: true})
		}
	}
	part.Facts = append(part.Facts, view.Fact{Label: view.Say("谁提出"), Value: view.Say("%s，%s", view.Plain(a.Actor), words.Moment(a.At()))})
	if a.Decider != "" {
		part.Facts = append(part.Facts, view.Fact{Label: view.Say("谁决定"), Value: view.Say("%s，%s", view.Plain(a.Decider), words.Moment(a.Decided))})
	}
	if a.Answer != "" {
		part.Facts = append(part.Facts, view.Fact{Label: view.Say("理由"), Value: view.Plain(a.Answer), Quoted: true})
	}
	part.Forms = v.assessmentForms(a)
	sheet.Parts = []view.SheetPart{part}
	page := view.SheetPage(v.page(sheet.Heading, view.PathDues, view.Link{Text: view.Say("党费台账"), URL: view.PathDuesOf(view.PathDues, a.Org, strconv.Itoa(a.From.Year))}), sheet)
	if because != nil {
		return v.again(because, page)
	}
	return v.show(page)
}

func (v *visit) assessmentForms(a duesbook.Assessment) (out []view.SheetForm) {
	to := view.PathAssessment(a.ID)
	act := func(name string) []view.Pair { return []view.Pair{{Name: "act", Value: name}} }
	why := func(field string) []view.SheetField {
		return []view.SheetField{{Field: view.Field{Name: field, Label: view.Say("理由"), Max: 200}}}
	}
	decides := v.may(access.Confirm, access.Dues, a.OrgPath, a.Member)
	if a.Kind == duesbook.Relief {
		decides = v.may(access.Decide, access.Dues, a.OrgPath, "")
	}
	switch {
	case a.State == duesbook.Proposed && a.Account == v.person.Account:
		out = append(out, view.SheetForm{Action: to, Submit: view.Say("撤回"), Hidden: act("revoke")})
	case a.State == duesbook.Proposed && decides:
		out = append(out, view.SheetForm{Action: to, Submit: view.Say("确认"), Main: true, Hidden: act("approve")}, view.SheetForm{Action: to, Submit: view.Say("不予确认"), Hidden: act("refuse"), Fields: why("reason")})
	case a.State == duesbook.Approved && decides:
		out = append(out, view.SheetForm{Action: to, Submit: view.Say("作废"), Hidden: act("revoke"), Fields: why("reason")})
	}
	return out
}

// decideAssessment confirms, refuses or takes back.
func (s *Server) decideAssessment(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.person.Need(access.List, access.Dues); err != nil {
		return err
	}
	id, seen := v.r.PathValue("id"), versionOf(values)
	switch values.Get("act") {
	case "approve":
		err = v.in.Dues.Approve(v.ctx(), v.actor(), id, seen)
	case "refuse":
		err = v.in.Dues.Refuse(v.ctx(), v.actor(), id, seen, said(values, "reason"))
	default:
		err = v.in.Dues.Revoke(v.ctx(), v.actor(), id, seen, said(values, "reason"))
	}
	if err != nil && wrong(err) {
		f := v.form(values)
		f.Problems = []view.Problem{v.problem(err, fixAt)}
		return v.assessmentPage(f, err)
	}
	if err != nil {
		return err
	}
	v.done("已经记下。")
	return v.to(view.PathAssessment(id))
}
