package web

import (
	"strconv"

	"zhibu/internal/party/duesbook"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// duesOf is the page of one member's year: what is owed and why, what was paid, the receipts, what was fixed.
func (v *visit) duesOf(r store.Reader, id string) error {
	year, err := v.yearAsked(v.r.URL.Query().Get("year"))
	if err != nil {
		return err
	}
	l, o, err := v.in.Dues.Own(v.ctx(), r, id, year)
	if err != nil {
		return err
	}
	y := strconv.Itoa(year)
	here, title := view.PathDues, view.Say("%s的党费", view.Plain(l.Name))
	crumbs := []view.Link{{Text: view.Say("党费台账"), URL: view.PathDuesOf(view.PathDues, o.ID, y)}}
	if id == v.person.Member {
		here, title, crumbs = view.PathMe, view.Say("我的党费"), []view.Link{{Text: view.Say("我的档案"), URL: view.PathMe}}
	}
	sheet := view.Sheet{Heading: title, Lead: view.Say("%s，%d 年。", view.Plain(o.ShortName), year), Print: true, Form: v.form(nil), Style: duesStyle}
	sum := view.SheetPart{ID: "year", Title: view.Say("这一年"), Facts: []view.Fact{{Label: view.Say("全年应交（元）"), Value: yuan(l.Owed)}, {Label: view.Say("本年实收（元）"), Value: yuan(l.Paid)},
		{Label: view.Say("逾期未交（元）"), Value: yuan(l.Arrears)}}, Head: []view.Text{view.Say("月份"), view.Say("情况"), view.Say("应交（元）"), view.Say("怎么算的")}}
	sum.Facts = append(sum.Facts, view.Fact{Label: view.Say("前一年"), Value: view.Plain(strconv.Itoa(year - 1)), URL: v.duesAddress(id, strconv.Itoa(year-1))})
	if year < v.today().Year {
		sum.Facts = append(sum.Facts, view.Fact{Label: view.Say("后一年"), Value: view.Plain(strconv.Itoa(year + 1)), URL: v.duesAddress(id, strconv.Itoa(year+1))})
	}
	for _, c := range l.Cells {
		if c.State != duesbook.None {
			sum.Rows = append(sum.Rows, v.monthRow(c))
		}
	}
	sheet.Parts = []view.SheetPart{sum}
	if l.Warning != nil {
		sheet.Notices = append(sheet.Notices, view.Notice{Kind: view.NoticeWarn, Text: v.warningText(*l.Warning), Link: view.Link{Text: view.Plain(l.Warning.Rule.String()), URL: view.PathRule(l.Warning.Rule.Rule)}})
	}
	sheet.Parts = append(sheet.Parts, v.receiptsPart(l.Payments), v.assessedPart(l, id, o.Path))
	return v.show(view.SheetPage(v.page(title, here, crumbs...), sheet))
}

func (v *visit) monthRow(c duesbook.Cell) view.SheetRow {
	state := view.SheetCell{}
	switch c.State {
	case duesbook.Paid:
		state.Tag = view.Tag{Text: view.Say("已交"), Kind: view.TagOK}
	case duesbook.Late:
		state.Tag = view.Tag{Text: view.Say("逾期未交"), Kind: view.TagLate}
	case duesbook.Exempt:
		state.Tag = view.Tag{Text: view.Say("免交")}
	default:
		state.Tag = view.Tag{Text: view.Say("还没有交"), Kind: view.TagSoon}
	}
	sum, why := view.Say("未核定"), view.Text{}
	if c.Known {
		sum, why = yuan(c.Due.Min), view.Say("%s。依据：%s", v.reasons(c.Due.Why), citesOf(c.Due.Rules))
	}
	return view.SheetRow{Cells: []view.SheetCell{view.Cell(view.Plain(c.Month.MonthOf())), state, view.Cell(sum), view.Cell(why)}}
}

// paidMonths is for which months something was paid.
func paidMonths(p duesbook.Payment) view.Text {
	switch {
	case p.Through.IsZero():
		return view.Say("自愿多交")
	case p.From == p.Through:
		return view.Plain(p.From.MonthOf())
	}
	return view.Say("%s 至 %s", p.From.MonthOf(), p.Through.MonthOf())
}

func (v *visit) receiptsPart(list []duesbook.Payment) view.SheetPart {
	part := view.SheetPart{ID: "receipts", Title: view.Say("收据"), Note: view.Say("打开可以打印。台账里只记了交到哪个月、没有收据的，不在这里。"), Empty: view.Say("还没有收据。"),
		Head: []view.Text{view.Say("收据号"), view.Say("日期"), view.Say("月份"), view.Say("金额（元）"), view.Say("怎么交的")}}
	for _, p := range list {
		way := view.Say(p.Way.Name())
		if p.Proxy != "" {
			way = view.Say("%s，%s代交", way, view.Plain(p.Proxy))
		}
		part.Rows = append(part.Rows, view.SheetRow{ID: p.ID, Cells: []view.SheetCell{{Text: view.Plain(p.Receipt), URL: view.PathReceipt(p.ID)}, view.Cell(view.Plain(p.On.String())), view.Cell(paidMonths(p)), view.Cell(yuan(p.Sum)), view.Cell(way)}})
	}
	return part
}

// assessedPart lists what was fixed; income is shown to whoever may fix it and to the member herself.
func (v *visit) assessedPart(l duesbook.Line, id, path string) view.SheetPart {
	part := view.SheetPart{ID: "fixed", Title: view.Say("核定和减免"), Empty: view.Say("还没有核定。"), Head: []view.Text{view.Say("核定什么"), view.Say("月份"), view.Say("情况"), view.Say("内容")}}
	for _, a := range l.Assessed {
		what := view.Text{}
		if v.seesIncome(id, path) {
			what = assessedText(a)
		}
		part.Rows = append(part.Rows, view.SheetRow{ID: a.ID, Cells: []view.SheetCell{{Text: view.Say(a.Kind.Name()), URL: view.PathAssessment(a.ID)}, view.Cell(view.Say("%s 至 %s", a.From.MonthOf(), a.To.MonthOf())), {Tag: assessmentTag(a)}, view.Cell(what)}})
	}
	return part
}

// seesIncome: whoever fixes and confirms bases, whoever approves reductions, and the member herself.
func (v *visit) seesIncome(member, path string) bool {
	return member == v.person.Member || v.may(access.Add, access.Dues, path, "") || v.may(access.Decide, access.Dues, path, "")
}

func assessmentTag(a duesbook.Assessment) view.Tag {
	kind := map[duesbook.State]string{duesbook.Proposed: view.TagSoon, duesbook.Approved: view.TagOK, duesbook.Refused: view.TagLate}[a.State]
	return view.Tag{Text: view.Say(a.State.Name()), Kind: kind}
}

func assessedText(a duesbook.Assessment) view.Text {
	switch {
	case a.Kind == duesbook.Relief && a.Monthly == 0:
		return view.Say("免交")
	case a.Kind == duesbook.Relief:
		return view.Say("每月交 %s 元", a.Monthly.String())
	case a.Income > 0:
		return view.Say("%s，每月基数 %s 元", view.Say(duesbook.SourceName(a.Source)), a.Income.String())
	case a.Chosen > 0:
		return view.Say("%s，每月 %s 元", view.Say(duesbook.SourceName(a.Source)), a.Chosen.String())
	}
	return view.Say(duesbook.SourceName(a.Source))
}

// showReceipt is a receipt to print, with the form to take it back.
func (s *Server) showReceipt(v *visit) error { return v.receiptPage(v.form(nil), nil) }

func (v *visit) receiptPage(f view.Form, because error) error {
	r, err := v.readerFor(access.List, access.Dues)
	if err != nil {
		return err
	}
	p, err := duesbook.PaymentByID(v.ctx(), r, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	step, err := v.stepOf(p.OrgPath)
	if err != nil {
		return err
	}
	f.Version = strconv.FormatInt(p.Version, 10)
	out := view.Receipt{Number: p.Receipt, Organisation: step, Name: p.Name, Sum: p.Sum.String(), Capital: p.Sum.Capital(), Form: f, Path: view.PathReceipt(p.ID),
		Day: view.Plain(words.Date(v.ctx(), p.On)), Taken: view.Say("经手人：%s", p.Actor),
		Rows: []view.Fact{{Label: view.Say("月份"), Value: paidMonths(p)}, {Label: view.Say("怎么交的"), Value: view.Say(p.Way.Name())}}}
	add := func(label view.Text, text string) {
		if text != "" {
			out.Rows = append(out.Rows, view.Fact{Label: label, Value: view.Plain(text)})
		}
	}
	add(view.Say("代交人"), p.Proxy)
	if p.Extra() > 0 && !p.Through.IsZero() {
		add(view.Say("其中自愿多交（元）"), p.Extra().String())
	}
	add(view.Say("流水号"), p.Reference)
	add(view.Say("材料"), p.Document)
	add(view.Say("说明"), p.Reason)
	if p.Retired.IsZero() {
		out.Withdraw = v.may(access.Add, access.Dues, p.OrgPath, "")
	} else {
		out.Gone = view.Say("%s，%s：%s", words.Moment(p.Retired), view.Plain(p.RetiredBy), view.Plain(p.RetiredWhy))
	}
	page := view.ReceiptPage(v.page(view.Say("党费收据"), view.PathDues, view.Link{Text: view.Say("党费台账"), URL: view.PathDuesOf(view.PathDues, p.Org, strconv.Itoa(p.On.Year))}), out)
	if because != nil {
		return v.again(because, page)
	}
	return v.show(page)
}

// withdrawReceipt takes a payment back.
func (s *Server) withdrawReceipt(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.person.Need(access.Add, access.Dues); err != nil {
		return err
	}
	id := v.r.PathValue("id")
	if err := v.in.Dues.Withdraw(v.ctx(), v.actor(), id, versionOf(values), said(values, "reason")); err != nil {
		if !wrong(err) {
			return err
		}
		f := v.form(values)
		f.Problems = []view.Problem{v.problem(err, at{"reason": "reason"})}
		return v.receiptPage(f, err)
	}
	v.done("已经撤回，这些月份又是没有交。")
	return v.to(view.PathReceipt(id))
}
