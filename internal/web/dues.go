package web

import (
	"net/url"
	"slices"
	"strconv"

	"zhibu/internal/fault"
	"zhibu/internal/party/dues"
	"zhibu/internal/party/duesbook"
	"zhibu/internal/party/org"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// duesStyle is the style sheet of the pages about dues.
const duesStyle = "dues.css"

// yearAsked is the year of the address, else this one.
func (v *visit) yearAsked(text string) (int, error) {
	if text == "" {
		return v.today().Year, nil
	}
	year, err := strconv.Atoi(text)
	if err != nil || year < 2008 || year > v.today().Year+1 {
		return 0, fault.New(fault.Invalid, "年份要在 %d 到 %d 之间。", 2008, v.today().Year+1).At("year").By("F-09")
	}
	return year, nil
}

// duesPlace is the organisation of a page about dues, at which the visitor may do the action.
func (v *visit) duesPlace(action access.Action, id string) (org.Organisation, error) {
	o, err := v.placeAsked(id)
	if err == nil {
		_, err = v.person.Allow(action, access.Dues, o.Path, "")
	}
	return o, err
}

// showDues is a branch's year: what everybody owes and has paid, month by month.
func (s *Server) showDues(v *visit) error {
	q := v.r.URL.Query()
	o, err := v.duesPlace(access.List, q.Get("org"))
	if err != nil {
		return err
	}
	year, err := v.yearAsked(q.Get("year"))
	if err != nil {
		return err
	}
	if !o.Kind.IsBranch() {
		return v.duesBelow(o, year)
	}
	r, err := v.readerFor(access.List, access.Dues)
	if err != nil {
		return err
	}
	b, err := v.in.Dues.Year(v.ctx(), r, o, year)
	if err != nil {
		return err
	}
	sheet := view.Sheet{Heading: view.Say("党费台账"), Lead: view.Say("%s，%d 年。程序只记账，不经手钱。", view.Plain(o.ShortName), year), Print: true, Form: v.form(nil), Style: duesStyle,
		Download: view.Link{Text: view.Say("导出收据"), URL: view.PathDuesOf(view.PathDuesSheet, o.ID, strconv.Itoa(year))}}
	sheet.Parts = []view.SheetPart{v.duesTotals(b), v.duesLines(b)}
	if late := v.duesWarnings(b); len(late.Rows) > 0 {
		sheet.Parts = slices.Insert(sheet.Parts, 1, late)
	}
	if o.Living() && v.may(access.Add, access.Dues, o.Path, "") {
		sheet.Parts = append(sheet.Parts, v.duesActs(o, year, b))
	}
	sheet.Parts = append(sheet.Parts, v.yearLinks(o, year))
	return v.show(view.SheetPage(v.page(sheet.Heading, view.PathDues, v.orgCrumbs(o)...), sheet))
}

// yuan is an amount on a page.
func yuan(f dues.Fen) view.Text { return view.Plain(f.String()) }

func (v *visit) duesTotals(b duesbook.Book) view.SheetPart {
	year := strconv.Itoa(b.Year)
	part := view.SheetPart{ID: "totals", Title: view.Say("合计"), Facts: []view.Fact{{Label: view.Say("全年应交（元）"), Value: yuan(b.Owed)}, {Label: view.Say("本年实收（元）"), Value: yuan(b.Paid)},
		{Label: view.Say("逾期未交（元）"), Value: yuan(b.Arrears)}}}
	unfixed := 0
	for _, l := range b.Lines {
		if l.Unfixed > 0 {
			unfixed++
		}
	}
	if unfixed > 0 {
		part.Facts = append(part.Facts, view.Fact{Label: view.Say("还没有核定基数"), Value: view.Say("%d 人，应交里没有算他们", unfixed), URL: view.PathDuesOf(view.PathDuesBases, b.At.ID, year)})
	}
	if b.Waiting > 0 {
		part.Facts = append(part.Facts, view.Fact{Label: view.Say("等第二个人确认"), Value: view.Say("%d 件", b.Waiting), URL: view.PathDuesOf(view.PathDuesBases, b.At.ID, year)})
	}
	return part
}

// monthMarks are the twelve months of a line.
func monthMarks(l duesbook.Line) (out []view.SheetMark) {
	for i, c := range l.Cells {
		n := strconv.Itoa(i + 1)
		m := view.SheetMark{Text: n, State: view.Say("%d 月不用交", i+1)}
		switch c.State {
		case duesbook.Paid:
			m = view.SheetMark{Text: n + "✓", Kind: "paid", State: view.Say("%d 月已交", i+1)}
		case duesbook.Late:
			m = view.SheetMark{Text: n + "!", Kind: "late", State: view.Say("%d 月逾期未交", i+1)}
		case duesbook.Due:
			m = view.SheetMark{Text: n, Kind: "due", State: view.Say("%d 月还没有交", i+1)}
		case duesbook.Exempt:
			m = view.SheetMark{Text: n + "–", Kind: "free", State: view.Say("%d 月免交", i+1)}
		}
		out = append(out, m)
	}
	return out
}

// monthly is what a member pays in the latest month of the year that is owed.
func monthly(l duesbook.Line) (view.Text, []view.Tag) {
	for i := len(l.Cells) - 1; i >= 0; i-- {
		c := l.Cells[i]
		switch {
		case c.State == duesbook.None || c.State == duesbook.Exempt:
			continue
		case !c.Known:
			return view.Say("未核定"), nil
		case len(c.Due.Flags) > 0:
			return yuan(c.Due.Min), []view.Tag{{Text: view.Say("超过一般上限"), Kind: view.TagSoon}}
		}
		return yuan(c.Due.Min), nil
	}
	return view.Say("不用交"), nil
}

func (v *visit) duesLines(b duesbook.Book) view.SheetPart {
	part := view.SheetPart{ID: "lines", Title: view.Say("每个人的月份"), Note: view.Say("✓ 已交，! 逾期未交，– 免交；没有记号的还没有到期或者还没有交。"), Empty: view.Say("这个支部没有党员。"),
		Head: []view.Text{view.Say("姓名"), view.Say("每月（元）"), view.Say("月份"), view.Say("全年应交"), view.Say("本年实收"), view.Say("逾期未交")}}
	for _, l := range b.Lines {
		name := view.SheetCell{Text: view.Plain(l.Name), URL: view.PathDuesMember(l.Member, strconv.Itoa(b.Year))}
		if l.Left {
			part.Rows = append(part.Rows, view.SheetRow{ID: l.Member, Cells: []view.SheetCell{{Text: view.Plain(l.Name), Sub: view.Say("已不在本支部")}, {}, {}, {}, view.Cell(yuan(l.Paid)), {}}})
			continue
		}
		each, tags := monthly(l)
		amount := view.Cell(each)
		if len(tags) > 0 {
			amount.Tag = tags[0]
		}
		late := view.SheetCell{}
		if l.LateMonths > 0 {
			late = view.SheetCell{Text: yuan(l.Arrears), Tag: view.Tag{Text: view.Say("%d 个月", l.LateMonths), Kind: view.TagLate}}
		}
		part.Rows = append(part.Rows, view.SheetRow{ID: l.Member, Cells: []view.SheetCell{name, amount, {Marks: monthMarks(l)}, view.Cell(yuan(l.Owed)), view.Cell(yuan(l.Paid)), late}})
	}
	return part
}

// duesWarnings are those of F-13, with the arithmetic.
func (v *visit) duesWarnings(b duesbook.Book) view.SheetPart {
	part := view.SheetPart{ID: "warnings", Title: view.Say("连续没有交的"), Note: view.Say("有没有正当理由、怎么办，由支部了解情况后决定；程序只数月份。"), Head: []view.Text{view.Say("姓名"), view.Say("情况"), view.Say("依据")}}
	for _, l := range b.Lines {
		if l.Warning == nil {
			continue
		}
		state := view.SheetCell{Text: v.warningText(*l.Warning)}
		if l.Warning.Reached {
			state.Tag = view.Tag{Text: view.Say("已到规定的月数"), Kind: view.TagLate}
		}
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: view.Plain(l.Name), URL: view.PathDuesMember(l.Member, strconv.Itoa(b.Year))}, state, {Text: view.Plain(l.Warning.Rule.String()), URL: view.PathRule(l.Warning.Rule.Rule)}}})
	}
	return part
}

func (v *visit) warningText(w duesbook.Warning) view.Text {
	if w.Reached {
		return view.Say("%s。没有正当理由的按自行脱党处理，由支部大会讨论决定。", view.Plain(v.t(w.Why.Text, w.Why.Args...)))
	}
	return view.Say("%s。请提醒。", view.Plain(v.t(w.Why.Text, w.Why.Args...)))
}

// duesActs lead to the forms.
func (v *visit) duesActs(o org.Organisation, year int, b duesbook.Book) view.SheetPart {
	y := strconv.Itoa(year)
	part := view.SheetPart{ID: "acts", Title: view.Say("办理"), Head: []view.Text{view.Say("做什么"), view.Say("怎么记")}}
	row := func(text, how view.Text, to string) {
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: text, URL: to}, view.Cell(how)}})
	}
	row(view.Say("登记交纳"), view.Say("金额已经算好，勾选交了的人，一次记完，自动编收据号"), view.PathDuesOf(view.PathDuesCollect, o.ID, ""))
	row(view.Say("从表格导入"), view.Say("逐行检查，看过以后再记；样子和导出的一样"), view.PathDuesOf(view.PathDuesImport, o.ID, ""))
	row(view.Say("和对账单核对"), view.Say("银行或者支付平台的对账单，找出对得上的收据，逐笔确认"), view.PathDuesOf(view.PathDuesMatch, o.ID, ""))
	row(view.Say("核定基数"), view.Say("每年年初一次，填收入来源和基数；第二个人确认"), view.PathDuesOf(view.PathDuesBases, o.ID, y))
	row(view.Say("提出少交或者免交"), view.Say("本人申请、支部研究以后提出，上级党委批准"), view.PathDuesOf(view.PathDuesRelief, o.ID, ""))
	return part
}

// showDuesMember is one member's year, for the branch.
func (s *Server) showDuesMember(v *visit) error {
	r, err := v.readerFor(access.List, access.Dues)
	if err != nil {
		return err
	}
	return v.duesOf(r, v.r.PathValue("id"))
}

// showOwnDues is what a member owes and has paid.
func (s *Server) showOwnDues(v *visit) error {
	if v.person.Member == "" {
		return fault.Missing()
	}
	r, err := v.readerFor(access.List, access.Dues)
	if err != nil {
		return err
	}
	return v.duesOf(r, v.person.Member)
}

func (v *visit) duesAddress(id, year string) string {
	if id == v.person.Member {
		return withQuery(view.PathDuesOwn, url.Values{"year": {year}}.Encode())
	}
	return view.PathDuesMember(id, year)
}
