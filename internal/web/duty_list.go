package web

import (
	"net/url"
	"strconv"

	"zhibu/internal/party/duty"
	"zhibu/internal/party/org"
	"zhibu/internal/party/timeline"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

const (
	dutyBranches = 10 // branches on a page of what is due
	dutiesListed = 60 // branches on a page of those in which a duty is overdue
)

// listDuties is what is due at and below an organisation, or of oneself.
func (s *Server) listDuties(v *visit) error {
	q := v.r.URL.Query()
	sheet := view.Sheet{Heading: view.Say("该办的事"), Lead: view.Say("由台账和名册按规定算出，不用填报；每件都写明依据。"), Form: v.form(nil), Print: true}
	if q.Get("org") == "" && (q.Get("person") != "" || !v.works(access.List, access.Logbook)) {
		part, err := v.duePart(q, "", false)
		if err != nil {
			return err
		}
		sheet.Parts = []view.SheetPart{part}
		return v.show(view.SheetPage(v.page(sheet.Heading, view.PathDuties), sheet))
	}
	o, err := v.placeAsked(q.Get("org"))
	if err != nil {
		return err
	}
	if _, err := v.person.Allow(access.List, access.Logbook, o.Path, ""); err != nil {
		return err
	}
	sheet.Lead = view.Say("%s。由台账和名册按规定算出，不用填报；每件都写明依据。", view.Plain(o.ShortName))
	if sheet.Parts, sheet.Tabs, err = v.dutyParts(o, q); err != nil {
		return err
	}
	return v.show(view.SheetPage(v.page(sheet.Heading, view.PathDuties, v.orgCrumbs(o)...), sheet))
}

// dutyParts are what is due at and below an organisation: what is overdue by duty first, then branch after branch, then the
// help that was offered.
func (v *visit) dutyParts(o org.Organisation, q url.Values) (parts []view.SheetPart, tabs []view.ReviewTab, err error) {
	if name := q.Get("late"); duty.ByName(name) {
		from, _ := strconv.Atoi(q.Get("from")) // what is no number is the first page
		part, err := v.latePart(o, name, max(from, 0))
		return []view.SheetPart{part}, nil, err
	}
	first := q.Get("after") == ""
	if first && !o.Kind.IsBranch() && q.Get("duty") == "" && q.Get("state") == "" {
		part, err := v.latestPart(o)
		if err != nil {
			return nil, nil, err
		}
		parts = append(parts, part)
	}
	part, err := v.duePart(q, o.Path, !o.Kind.IsBranch())
	if err != nil {
		return nil, nil, err
	}
	parts = append(parts, part)
	if first {
		help, some, err := v.helpPart(o)
		if err != nil {
			return nil, nil, err
		}
		if some {
			parts = append(parts, help)
		}
	}
	return parts, dutyTabs(o.ID, q), nil
}

// dutyTabs are the list by state.
func dutyTabs(orgID string, q url.Values) (out []view.ReviewTab) {
	for _, t := range []struct {
		state timeline.State
		name  view.Text
	}{{"", view.Say("没办的")}, {timeline.Overdue, view.Say("逾期的")}, {timeline.Upcoming, view.Say("没到期的")}, {timeline.Blocked, view.Say("还不到时候的")}, {timeline.Waived, view.Say("不作要求的")}, {timeline.Done, view.Say("已办的")}} {
		u := url.Values{"org": {orgID}}
		for _, k := range []string{"person", "duty"} {
			if q.Get(k) != "" {
				u.Set(k, q.Get(k))
			}
		}
		if t.state != "" {
			u.Set("state", string(t.state))
		}
		out = append(out, view.ReviewTab{Text: t.name, URL: withQuery(view.PathDuties, u.Encode()), Here: q.Get("state") == string(t.state)})
	}
	return out
}

// latestPart is what is overdue below an organisation by duty, the oldest first: where help is of use.
func (v *visit) latestPart(o org.Organisation) (view.SheetPart, error) {
	part := view.SheetPart{ID: "kinds", Title: view.Say("逾期的事"), Note: view.Say("最早逾期的在前，便于协助，不排名次。"), Empty: view.Say("没有逾期的支部。"),
		Head: []view.Text{view.Say("该办什么"), view.Say("支部"), view.Say("最早的期限"), view.Say("办理")}}
	r, err := v.readerFor(access.List, access.Logbook)
	if err == nil {
		r, err = r.Within(o.Path)
	}
	if err != nil {
		return part, err
	}
	list, _, err := v.in.Duties.Overdue(v.ctx(), r)
	for _, b := range list {
		u := url.Values{"org": {o.ID}, "late": {b.Duty}}
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: dutyTitle(timeline.Name(b.Duty), b.Title)}, view.Cell(view.Say("%d 个支部", b.Branches)), view.Cell(view.Plain(b.Oldest)),
			{Text: view.Say("看是哪些支部，可以协助"), URL: withQuery(view.PathDuties, u.Encode())}}})
	}
	return part, err
}

// duePart lists what is due, a line for what is alike: of a branch a duty's, of one duty a person's.
func (v *visit) duePart(q url.Values, under string, below bool) (part view.SheetPart, err error) {
	r, err := v.readerFor(access.List, access.Logbook)
	if err != nil {
		return part, err
	}
	f := duty.Filter{Duty: timeline.Name(q.Get("duty")), State: timeline.State(q.Get("state")), Open: q.Get("state") == "", Person: q.Get("person"), Under: under, After: q.Get("after")}
	list, next, err := v.in.Duties.Whole(v.ctx(), r, v.today(), f, dutyBranches)
	if err != nil {
		return part, err
	}
	duty.Sort(list)
	title, empty := view.Say("待办"), view.Say("没有该办的事。")
	switch {
	case f.State == timeline.Done:
		title = view.Say("已办")
	case below:
		title = view.Say("逐个支部看")
	}
	if next != "" {
		empty = view.Say("这些支部里没有，请往下看。")
	}
	part = v.dutyPart(title, empty, likes(list, f))
	if next != "" {
		u := url.Values{}
		for _, k := range []string{"org", "person", "duty", "state"} {
			if q.Get(k) != "" {
				u.Set(k, q.Get(k))
			}
		}
		u.Set("after", next)
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: view.Say("往下看"), URL: withQuery(view.PathDuties, u.Encode())}, {}, {}, {}, {}}})
	}
	return part, nil
}

// likes puts together what stands in one line, in the order of the first of each: of one branch and in one state all of one
// duty; where one duty was chosen, of one person; where a person was chosen too, each by itself.
func likes(list []duty.Item, f duty.Filter) (out [][]duty.Item) {
	type like struct {
		org, person string
		name        timeline.Name
		state       timeline.State
		n           int
	}
	at := map[like]int{}
	for i, it := range list {
		k := like{org: it.At.ID, name: it.Duty.Name, state: it.State}
		if f.Duty != "" {
			k.person = it.Person
		}
		if f.Duty != "" && (f.Person != "" || it.Person == "") || it.Waiver != nil {
			k.n = i + 1
		}
		if _, known := at[k]; !known {
			at[k] = len(out)
			out = append(out, nil)
		}
		out[at[k]] = append(out[at[k]], it)
	}
	return out
}

// dutyPart lists duties, each line with its day, its state, why, and one act.
func (v *visit) dutyPart(title, empty view.Text, lines [][]duty.Item) view.SheetPart {
	part := view.SheetPart{ID: "list", Title: title, Empty: empty, Head: []view.Text{view.Say("该办什么"), view.Say("谁"), view.Say("期限"), view.Say("为什么"), view.Say("办理")}}
	for _, items := range lines {
		it := items[0]
		who := view.Plain(it.At.Name)
		if it.Name != "" && samePerson(items) {
			who = view.Say("%s（%s）", view.Plain(it.Name), view.Plain(it.At.Name))
		}
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{dutyCell(items), view.Cell(who), {Text: dutyDay(it), Tag: v.dutyTag(it)}, {Text: view.Say("%s。依据：%s", v.reasons(it.Why), citesOf(it.Rules))}, v.actCell(items)}})
	}
	return part
}

// dutyCell names a line: one duty, or how many there are, with the way to each.
func dutyCell(items []duty.Item) view.SheetCell {
	it := items[0]
	cell := view.SheetCell{Text: dutyTitle(it.Duty.Name, it.Title)}
	if len(items) == 1 {
		return cell
	}
	u := url.Values{"org": {it.At.ID}, "duty": {string(it.Duty.Name)}}
	if !it.Open() {
		u.Set("state", string(it.State))
	}
	if people := peopleOf(items); people > 1 {
		cell.Text = view.Say("%s：%d 人", cell.Text, people)
	} else {
		cell.Text = view.Say("%s：%d 次", cell.Text, len(items))
		if it.Person != "" {
			u.Set("person", it.Person)
		}
	}
	cell.URL = withQuery(view.PathDuties, u.Encode())
	if items[len(items)-1].Due != it.Due {
		cell.Sub = view.Say("期限是最早的一次")
	}
	return cell
}

// actCell is how a line is done, and how one duty is waived or postponed, where the visitor may.
func (v *visit) actCell(items []duty.Item) view.SheetCell {
	it := items[0]
	do, to := v.dutyAct(items...)
	cell := view.SheetCell{Text: do, URL: to, Line: true}
	if len(items) > 1 || it.Waiver != nil || !it.Open() || !v.may(access.Waive, access.Duty, it.At.Path, it.Person) {
		return cell
	}
	waive := view.Link{Text: view.Say("免除或者推迟"), URL: pathWaive(it)}
	if to == "" {
		return view.SheetCell{Text: waive.Text, URL: waive.URL, Line: true}
	}
	cell.Also = waive
	return cell
}

func peopleOf(items []duty.Item) int {
	of := map[string]bool{}
	for _, it := range items {
		of[it.Person] = true
	}
	return len(of)
}

func samePerson(items []duty.Item) bool { return peopleOf(items) == 1 }
