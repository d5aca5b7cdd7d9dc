package web

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/party/life"
	"zhibu/internal/party/org"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// Meetings of a branch: what is due, what is planned, what was held.

const meetingsShown = 200

var meetingTags = map[life.State]view.Tag{
	life.Planned: {Text: view.Say("已安排"), Kind: view.TagInfo}, life.Held: {Text: view.Say("记录中"), Kind: view.TagSoon}, life.Checked: {Text: view.Say("等主持人确认"), Kind: view.TagSoon},
	life.Confirmed: {Text: view.Say("已归档"), Kind: view.TagOK}, life.Cancelled: {Text: view.Say("没有开"), Kind: view.TagLate}, life.Annulled: {Text: view.Say("已作废"), Kind: view.TagLate},
}

var meetingFields = at{"organisation": "", "kind": "", "also": "also", "on": "on", "starts": "starts", "ends": "ends", "place": "place", "topic": "topic", "partners": "partners", "hours": "hours",
	"chair": "chair", "recorder": "recorder", "agenda": "agenda", "people": "people"}

// branchAsked is the branch whose meetings are asked for; Forbidden and missing as everywhere.
func (v *visit) branchAsked(id string) (org.Organisation, error) {
	if err := v.person.Need(access.List, access.Life); err != nil {
		return org.Organisation{}, err
	}
	o, err := v.placeAsked(id)
	if err == nil {
		_, err = v.person.Allow(access.List, access.Life, o.Path, "")
	}
	return o, err
}

// listMeetings is what the rules still ask for in this period, what is planned and what was held.
func (s *Server) listMeetings(v *visit) error {
	o, err := v.branchAsked(v.r.URL.Query().Get("org"))
	if err != nil {
		return err
	}
	r, err := v.readerFor(access.List, access.Life)
	if err != nil {
		return err
	}
	sheet := view.Sheet{Heading: view.Say("组织生活"), Lead: view.Say("%s。开会就是记录：安排、到会、表决、决议都在会上记下，主持人确认以后待办自动办结，不另外填报。", view.Plain(o.ShortName)), Print: true, Form: v.form(nil)}
	due, err := v.meetingsDue(o)
	if err != nil {
		return err
	}
	open, err := life.Open(v.ctx(), r, o.Path)
	if err != nil {
		return err
	}
	list, err := life.Of(v.ctx(), r, o.Path, meetingsShown)
	if err != nil {
		return err
	}
	sheet.Parts = append(sheet.Parts, due...)
	if len(open) > 0 {
		sheet.Parts = append(sheet.Parts, v.openPart(open))
	}
	part := view.SheetPart{ID: "meetings", Title: view.Say("安排的和开过的"), Empty: view.Say("还没有会议。从上面要开的会点“安排”，填地点、时间、主题就够了。"), Head: []view.Text{view.Say("会议"), view.Say("时间"), view.Say("地点"), view.Say("情况")}}
	for _, m := range list {
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: view.Plain(m.Title), Sub: view.Plain(m.Topic), URL: view.PathMeeting(m.ID)}, view.Cell(view.Plain(m.When())), view.Cell(view.Plain(m.Place)), {Tag: meetingTags[m.State]}}})
	}
	sheet.Parts = append(sheet.Parts, part)
	return v.show(view.SheetPage(v.page(sheet.Heading, view.PathMeetings, v.orgCrumbs(o)...), sheet))
}

// meetingsDue are the meetings that the rules ask for and nobody has planned, and ways to plan any other kind.
func (v *visit) meetingsDue(o org.Organisation) ([]view.SheetPart, error) {
	due := view.SheetPart{ID: "due", Title: view.Say("这一期要开的"), Empty: view.Say("这一期要开的会都安排了。"), Head: []view.Text{view.Say("要开什么会"), view.Say("哪天以前"), view.Say("依据"), view.Say("办理")}}
	if !v.may(access.Add, access.Life, o.Path, "") || !o.Kind.IsBranch() {
		due.Empty = view.Say("会议由党支部安排。")
		return []view.SheetPart{due}, nil
	}
	r, err := v.readerFor(access.List, access.Logbook)
	if err != nil {
		return nil, err
	}
	list, err := v.in.Life.Proposals(v.ctx(), r, o)
	if err != nil {
		return nil, err
	}
	plan := func(k life.Kind) view.SheetCell {
		return view.SheetCell{Text: view.Say("安排%s", view.Say(k.Name())), URL: withQuery(view.PathMeetingNew, url.Values{"org": {o.ID}, "kind": {string(k)}}.Encode())}
	}
	asked := map[life.Kind]bool{}
	for _, p := range list {
		due.Rows = append(due.Rows, view.SheetRow{Cells: []view.SheetCell{view.Cell(view.Say(p.Kind.Name())), view.Cell(view.Plain(p.Due.String())), view.Cell(articlesOf(p.Rules)), plan(p.Kind)}})
		asked[p.Kind] = true
	}
	other := view.SheetPart{ID: "other", Title: view.Say("按需要开的"), Head: []view.Text{view.Say("要开什么会"), view.Say("办理")}}
	for _, k := range life.Kinds {
		if !asked[k] {
			other.Rows = append(other.Rows, view.SheetRow{Cells: []view.SheetCell{view.Cell(view.Say(k.Name())), plan(k)}})
		}
	}
	return []view.SheetPart{due, other}, nil
}

// openPart are resolutions that are not done.
func (v *visit) openPart(open []life.Resolution) view.SheetPart {
	part := view.SheetPart{ID: "open", Title: view.Say("还没有办好的决议"), Head: []view.Text{view.Say("决议"), view.Say("谁负责"), view.Say("哪天以前")}}
	for _, x := range open {
		cell := view.SheetCell{Text: view.Plain(x.Due.String())}
		if x.Late(v.today()) {
			cell.Tag = view.Tag{Text: view.Say("逾期"), Kind: view.TagLate}
		}
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: view.Plain(x.Text), URL: view.PathMeeting(x.Meeting) + "#resolutions"}, view.Cell(view.Plain(x.Owner)), cell}})
	}
	return part
}

// askMeeting offers a plan that is filled in as the branch is used to.
func (s *Server) askMeeting(v *visit) error {
	page, err := v.meetingNewPage(v.r.URL.Query(), v.form(nil))
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) meetingNewPage(asked url.Values, f view.Form) (templ.Component, error) {
	o, err := v.branchAsked(asked.Get("org"))
	if err != nil {
		return nil, err
	}
	k := life.Kind(asked.Get("kind"))
	if k.Name() == "" {
		k = life.Assembly
	}
	if !o.Kind.IsBranch() {
		return nil, fault.Missing()
	}
	if _, err := v.person.Allow(access.Add, access.Life, o.Path, ""); err != nil {
		return nil, err
	}
	r, err := v.readerFor(access.List, access.Logbook)
	if err != nil {
		return nil, err
	}
	d, err := v.in.Life.Draft(v.ctx(), r, o, k)
	if err != nil {
		return nil, err
	}
	if f.Values == nil {
		f = v.form(url.Values{"on": {d.On.String()}, "starts": {d.Starts}, "place": {d.Place}, "topic": {d.Topic}, "chair": {d.Chair}, "recorder": {d.Recorder}})
	}
	one := view.SheetForm{Action: view.PathMeetingNew, Submit: view.Say("安排并通知"), Main: true, Hidden: []view.Pair{{Name: "org", Value: o.ID}, {Name: "kind", Value: string(k)}}, Fields: meetingAsks(k, d.All)}
	one.Fields = append(one.Fields, view.SheetField{Kind: "area", Field: view.Field{Name: "agenda", Label: view.Say("议程"), Hint: view.Say("一行一项；谁汇报写在竖线后面：通报党费收支｜张三。会上还可以加。"), Optional: true, Max: 3000}})
	if k.Together() {
		var boxes []view.Option
		for _, other := range life.Kinds {
			if other != k && other.Together() && other != life.Training && other != life.Joint {
				boxes = append(boxes, view.Option{Value: string(other), Label: view.Say(other.Name())})
			}
		}
		one.Fields = append(one.Fields, view.SheetField{Kind: "boxes", Field: view.Field{Name: "also", Label: view.Say("合并召开"), Hint: view.Say("一次开，两种都算，只记一份。"), Optional: true}, Options: boxes})
	}
	sheet := view.Sheet{Heading: view.Say("安排%s", view.Say(k.Name())), Lead: view.Say("%s。日期、时间、地点、主题按以往的习惯填好了，改成这次的就行；其余可以不填。", view.Plain(o.ShortName)), Form: f,
		Parts: []view.SheetPart{{ID: "plan", Title: view.Say("怎样开"), Forms: []view.SheetForm{one}}}}
	return view.SheetPage(v.page(sheet.Heading, view.PathMeetings, view.Link{Text: view.Say("组织生活"), URL: withQuery(view.PathMeetings, url.Values{"org": {o.ID}}.Encode())}), sheet), nil
}

// meetingAsks ask for time, place and topic first; what the posts propose comes after.
func meetingAsks(k life.Kind, people []life.Attendee) []view.SheetField {
	line := func(name string, label view.Text, most int, optional bool) view.SheetField {
		return view.SheetField{Field: view.Field{Name: name, Label: label, Max: most, Optional: optional}}
	}
	out := []view.SheetField{{Field: view.Field{Name: "on", Label: view.Say("日期"), Type: "date"}}, line("starts", view.Say("几点开始"), 5, false), line("place", view.Say("地点"), 60, false), line("topic", view.Say("主题"), 120, false)}
	if k == life.Joint {
		out = append(out, line("partners", view.Say("和哪些单位一起"), 120, false))
	}
	if k.Hours() {
		hours := line("hours", view.Say("集中学习的学时"), 6, k != life.Training)
		hours.Hint = view.Say("到会的人各记这么多学时。")
		out = append(out, hours)
	}
	if k.Chosen() && people != nil {
		var boxes []view.Option
		for _, a := range people {
			boxes = append(boxes, view.Option{Value: a.Member, Label: view.Plain(a.Name)})
		}
		out = append(out, view.SheetField{Kind: "boxes", Field: view.Field{Name: "people", Label: view.Say("谁参加")}, Options: boxes})
	}
	out = append(out, line("ends", view.Say("几点结束"), 5, true))
	return append(out, seatFields(people, true)...)
}

// seatFields ask who chairs and who records.
func seatFields(people []life.Attendee, optional bool) []view.SheetField {
	chairs, recorders := []view.Option{{Label: view.Say("请选择")}}, []view.Option{{Label: view.Say("请选择")}}
	for _, a := range people {
		if a.Vote {
			chairs = append(chairs, view.Option{Value: a.Member, Label: view.Plain(a.Name)})
		}
		recorders = append(recorders, view.Option{Value: a.Member, Label: view.Plain(a.Name)})
	}
	return []view.SheetField{{Kind: "choose", Field: view.Field{Name: "chair", Label: view.Say("主持人"), Optional: optional}, Options: chairs}, {Kind: "choose", Field: view.Field{Name: "recorder", Label: view.Say("记录人"), Optional: optional}, Options: recorders}}
}

// planTyped reads a plan.
func planTyped(values url.Values) (n life.New, err error) {
	n = life.New{Org: values.Get("org"), Kind: life.Kind(values.Get("kind")), Starts: said(values, "starts"), Ends: said(values, "ends"), Place: said(values, "place"), Topic: said(values, "topic"), Partners: said(values, "partners"),
		Hours: said(values, "hours"), Chair: values.Get("chair"), Recorder: values.Get("recorder"), People: values["people"], Agenda: life.ItemsTyped(values.Get("agenda"))}
	for _, k := range values["also"] {
		n.Also = append(n.Also, life.Kind(k))
	}
	n.On, err = dayTyped(values, "on")
	return n, err
}

// planMeeting plans it and invites.
func (s *Server) planMeeting(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.person.Need(access.Add, access.Life); err != nil {
		return err
	}
	id := ""
	n, err := planTyped(values)
	if err == nil {
		id, err = v.in.Life.Plan(v.ctx(), v.actor(), n)
	}
	if err != nil && wrong(err) {
		f := v.form(values)
		f.Problems = []view.Problem{v.problem(err, meetingFields)}
		page, perr := v.meetingNewPage(values, f)
		if perr != nil {
			return perr
		}
		return v.again(err, page)
	}
	if err != nil {
		return err
	}
	v.done(words.Mark("已经安排，参加的人在通知里看得到。"))
	return v.to(view.PathMeeting(id))
}

// kindsOf names what a meeting is.
func (v *visit) kindsOf(m life.Meeting) view.Text {
	all := []string{v.t(m.Kind.Name())}
	for _, k := range m.Also {
		all = append(all, v.t(k.Name()))
	}
	return view.Plain(strings.Join(all, v.t("、")))
}
