package web

import (
	"net/url"
	"strconv"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/party/duty"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/review"
	"zhibu/internal/party/steward"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// showQuality is how the data of an organisation and of those below it stand. It compares nobody: those below stand in
// the order of the tree.
func (s *Server) showQuality(v *visit) error {
	r, err := v.readerFor(access.See, access.Quality)
	if err != nil {
		return err
	}
	q := v.r.URL.Query()
	var o org.Organisation
	if id := q.Get("org"); id != "" {
		o, err = org.ByID(v.ctx(), v.in.DB.As(r.Scope()), id)
	} else {
		o, err = org.ByPath(v.ctx(), r, r.Scope().Paths()[0])
	}
	if err != nil {
		return err
	}
	if _, err := v.person.Allow(access.See, access.Quality, o.Path, ""); err != nil {
		return err
	}
	figures, err := v.in.Stewards.Quality(v.ctx(), r, o.Path)
	if err != nil {
		return err
	}
	sheet := view.Sheet{Heading: view.Say("信息质量"), Lead: view.Say("%s，在册党员 %d 名。只看数据缺在哪里、旧在哪里；不排名，不打分，不统计到人。", view.Plain(o.ShortName), figures.Members), Print: true, Form: v.form(nil)}
	sheet.Parts = []view.SheetPart{v.completePart(o, figures), v.disputedPart(o, figures), causesPart(figures), waitingPart(o, figures)}
	below, err := v.belowPart(r, o, q.Get("after"))
	if err != nil {
		return err
	}
	if len(below.Rows) > 0 {
		sheet.Parts = append(sheet.Parts, below)
	}
	return v.show(view.SheetPage(v.page(sheet.Heading, view.PathQuality, v.orgCrumbs(o)...), sheet))
}

// completePart is what is missing, and what may have grown old; each number opens its list.
func (v *visit) completePart(o org.Organisation, q steward.Quality) view.SheetPart {
	part := view.SheetPart{ID: "complete", Title: view.Say("完整和新旧"), Head: []view.Text{view.Say("项目"), view.Say("缺的档案"), view.Say("填了的")}}
	for _, l := range q.Lacks {
		row := []view.SheetCell{view.Cell(fieldLabel(l.Field)), {Text: view.Say("%d 份", l.N)}, view.Cell(view.Say("%d 份", q.Members-l.N))}
		if l.N > 0 {
			row[1].URL = v.seek("", o, "", string(member.Lacks(l.Field)))
		}
		part.Rows = append(part.Rows, view.SheetRow{Cells: row})
	}
	old := view.SheetCell{Text: view.Say("%d 份", q.Stale)}
	if q.Stale > 0 && v.may(access.Affirm, access.Member, o.Path, "") {
		old.URL = withQuery(view.PathToCheck, url.Values{"under": {o.ID}}.Encode())
	}
	part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{view.Cell(view.Say("有信息到了复核期")), old, view.Cell(view.Text{})}})
	return part
}

func (v *visit) disputedPart(o org.Organisation, q steward.Quality) view.SheetPart {
	list := func(show string, n int64) view.SheetCell {
		c := view.SheetCell{Text: view.Say("%d 条", n)}
		if n > 0 {
			to := url.Values{"org": {o.ID}}
			if show != "" {
				to.Set("show", show)
			}
			c.URL = withQuery(view.PathDisputes, to.Encode())
		}
		return c
	}
	return view.SheetPart{ID: "disputed", Title: view.Say("有异议的"), Note: v.limitText(), Head: []view.Text{view.Say("情况"), view.Say("条数")}, Rows: []view.SheetRow{
		{Cells: []view.SheetCell{view.Cell(view.Say("还没有答复的")), list("", q.Open)}}, {Cells: []view.SheetCell{view.Cell(view.Say("其中逾期的")), list("overdue", q.Overdue)}}}}
}

// causesPart counts causes by step; by person nothing is counted anywhere.
func causesPart(q steward.Quality) view.SheetPart {
	part := view.SheetPart{ID: "causes", Title: view.Say("异议查明的原因"), Note: view.Say("%s 以来，按环节计数，不按人。", q.From), Head: []view.Text{view.Say("原因"), view.Say("条数")}}
	for _, f := range q.Causes {
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{view.Cell(view.Say(f.Cause.Name())), view.Cell(view.Say("%d 条", f.N))}})
	}
	return part
}

func waitingPart(o org.Organisation, q steward.Quality) view.SheetPart {
	part := view.SheetPart{ID: "waiting", Title: view.Say("等审核的"), Head: []view.Text{view.Say("等了多久"), view.Say("更改"), view.Say("新登记的档案")}}
	counted := func(n int, more bool, what, older string) view.SheetCell {
		c := view.SheetCell{Text: view.Say("%d 条", n)}
		if more {
			c.Text = view.Say("%d 条以上", n)
		}
		if n > 0 {
			to := url.Values{"what": {what}, "org": {o.ID}}
			if older != "" {
				to.Set("older", older)
			}
			c.URL = withQuery(view.PathReviews, to.Encode())
		}
		return c
	}
	for _, x := range []struct {
		label view.Text
		n     review.Counts
		older string // days, as the list of reviews knows them
	}{{view.Say("全部"), q.Waiting.All, ""}, {view.Say("超过 7 天"), q.Waiting.Weeks, "7"}, {view.Say("超过 30 天"), q.Waiting.Months, "30"}} {
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{view.Cell(x.label), counted(x.n.Changes, x.n.MoreChanges, "changes", x.older), counted(x.n.Records, x.n.MoreRecords, "records", x.older)}})
	}
	return part
}

// belowPart lists the organisations directly below, in the order of the tree.
func (v *visit) belowPart(r store.Reader, o org.Organisation, after string) (part view.SheetPart, err error) {
	part = view.SheetPart{ID: "below", Title: view.Say("下级党组织"), Note: view.Say("按组织树的顺序；点名称看它的情况。"), Head: []view.Text{view.Say("党组织"), view.Say("在册党员"), view.Say("缺的项目"), view.Say("异议"), view.Say("其中逾期的")}}
	list, next, err := org.Children(v.ctx(), v.in.DB.As(r.Scope()), o.ID, after, childrenShown)
	if fault.Of(err) == fault.NotFound || len(list) == 0 {
		return part, nil
	}
	if err != nil {
		return part, err
	}
	paths := make([]string, len(list))
	for i, c := range list {
		paths[i] = c.Path
	}
	lines, err := v.in.Stewards.Lines(v.ctx(), r, paths)
	if err != nil {
		return part, err
	}
	heads, err := duty.Heads(v.ctx(), r, paths)
	if err != nil {
		return part, err
	}
	for _, c := range list {
		l, h := lines[c.Path], heads[c.Path]
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: view.Plain(c.ShortName), URL: view.PathQualityOf(c.ID)}, view.Cell(view.Say("%d 名", h.Full+h.Probationary+h.Pending)),
			view.Cell(view.Say("%d 项", l.Lacking)), view.Cell(view.Say("%d 条", l.Open)), view.Cell(view.Say("%d 条", l.Overdue))}})
	}
	if next != "" {
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: view.Say("往下看"), URL: view.PathQualityOf(o.ID) + "&" + url.Values{"after": {next}}.Encode()}, {}, {}, {}, {}}})
	}
	return part, nil
}

// narrowed reads what the page on the quality of data narrows the list of reviews to: an organisation, an age in days.
func (v *visit) narrowed(r store.Reader, q url.Values, f *review.Filter) error {
	if id := q.Get("org"); id != "" {
		o, err := org.ByID(v.ctx(), v.in.DB.As(r.Scope()), id)
		if err != nil {
			return err
		}
		f.Under = o.Path
	}
	if days, err := strconv.Atoi(q.Get("older")); err == nil && days > 0 {
		f.Before = v.in.Clock.Now().Add(-time.Duration(days) * 24 * time.Hour)
	}
	return nil
}
