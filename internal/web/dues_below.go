package web

import (
	"strconv"

	"zhibu/internal/party/duesbook"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// duesBelow is what the branches below an organisation have received in a year, in the order of the tree.
func (v *visit) duesBelow(o org.Organisation, year int) error {
	r, err := v.readerFor(access.List, access.Dues)
	if err == nil {
		r, err = r.Within(o.Path)
	}
	if err != nil {
		return err
	}
	q := v.r.URL.Query()
	list, next, err := duesbook.Below(v.ctx(), r, year, q.Get("after"))
	if err != nil {
		return err
	}
	sheet := view.Sheet{Heading: view.Say("党费台账"), Lead: view.Say("%s，%d 年。下级党支部按组织树的次序排列，不排名次。", view.Plain(o.ShortName), year), Print: true, Form: v.form(nil), Style: duesStyle}
	part := view.SheetPart{ID: "branches", Title: view.Say("下级党支部"), Empty: view.Say("下面没有党支部。"), Head: []view.Text{view.Say("党支部"), view.Say("收据"), view.Say("本年实收（元）"), view.Say("结账"), view.Say("上缴（元）"), view.Say("等批准的减免")}}
	for _, b := range list {
		wait, passed := view.SheetCell{}, view.SheetCell{}
		if b.Closing != nil {
			passed = view.Cell(yuan(b.Closing.Passed))
		}
		if b.Reliefs > 0 {
			wait.Text = view.Say("%d 件", b.Reliefs)
		}
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: view.Plain(b.Name), URL: view.PathDuesOf(view.PathDues, b.ID, strconv.Itoa(year))}, view.Cell(view.Say("%d 张", b.Receipts)), view.Cell(yuan(b.Paid)), closedCell(b.Closing), passed, wait}})
	}
	if next != "" {
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: view.Say("往下看"), URL: view.PathDuesOf(view.PathDues, o.ID, strconv.Itoa(year)) + "&after=" + next}, {}, {}, {}, {}, {}}})
	}
	sheet.Parts = []view.SheetPart{part}
	sheet.Parts = append(sheet.Parts, v.yearLinks(o, year))
	if waiting, err := v.reliefsPart(r); err != nil {
		return err
	} else if len(waiting.Rows) > 0 {
		sheet.Parts = append([]view.SheetPart{waiting}, sheet.Parts...)
	}
	return v.show(view.SheetPage(v.page(sheet.Heading, view.PathDues, v.orgCrumbs(o)...), sheet))
}

func closedCell(c *duesbook.Closing) view.SheetCell {
	if c == nil {
		return view.SheetCell{Tag: view.Tag{Text: view.Say("还没有结账")}}
	}
	return view.SheetCell{Tag: view.Tag{Text: view.Say("已结账"), Kind: view.TagOK}}
}

// yearLinks lead to the year's account and its publication, and to other years.
func (v *visit) yearLinks(o org.Organisation, year int) view.SheetPart {
	y := strconv.Itoa(year)
	part := view.SheetPart{ID: "links", Title: view.Say("年度"), Head: []view.Text{view.Say("做什么"), view.Say("怎么记")}}
	row := func(text, how view.Text, to string) {
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: text, URL: to}, view.Cell(how)}})
	}
	row(view.Say("结账、上缴和使用"), view.Say("下级先结，上级后结；留存和上缴按规定的比例算好"), view.PathDuesOf(view.PathDuesYear, o.ID, y))
	row(view.Say("年度公示"), view.Say("结账以后可以打印张贴"), view.PathDuesOf(view.PathDuesPublic, o.ID, y))
	row(view.Say("看 %d 年", year-1), view.Text{}, view.PathDuesOf(view.PathDues, o.ID, strconv.Itoa(year-1)))
	if year < v.today().Year {
		row(view.Say("看 %d 年", year+1), view.Text{}, view.PathDuesOf(view.PathDues, o.ID, strconv.Itoa(year+1)))
	}
	return part
}

// reliefsPart lists the reductions that wait for approval from above.
func (v *visit) reliefsPart(r store.Reader) (view.SheetPart, error) {
	part := view.SheetPart{ID: "reliefs", Title: view.Say("等批准的少交和免交"), Head: []view.Text{view.Say("谁"), view.Say("月份"), view.Say("内容"), view.Say("谁提出")}}
	list, names, err := v.in.Dues.Reliefs(v.ctx(), r, entriesListed)
	for _, a := range list {
		what := view.Text{}
		if v.seesIncome(a.Member, a.OrgPath) {
			what = assessedText(a)
		}
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: view.Plain(names[a.Member]), URL: view.PathAssessment(a.ID)}, view.Cell(view.Say("%s 至 %s", a.From.MonthOf(), a.To.MonthOf())), view.Cell(what), view.Cell(view.Plain(a.Actor))}})
	}
	return part, err
}

// stepOf is the name of an organisation that the visitor need not be able to open.
func (v *visit) stepOf(path string) (string, error) {
	steps, err := org.Steps(v.ctx(), v.reader(), []string{path})
	return steps[path].Name, err
}
