package web

import (
	"net/url"

	"github.com/a-h/templ"

	"zhibu/internal/party/life"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// sitting is all that the page of one meeting shows.
type sitting struct {
	m       life.Meeting
	o       org.Organisation
	r       store.Reader
	roll    []life.Attendee
	items   []life.Item
	votes   []life.Outcome
	decided []life.Resolution
	amended []life.Amendment

	records, confirms, begun bool // may write, may confirm, the day has come
}

func (v *visit) sitting(id string) (d sitting, err error) {
	if d.r, err = v.readerFor(access.List, access.Life); err != nil {
		return d, err
	}
	if d.m, err = life.ByID(v.ctx(), d.r, id); err != nil {
		return d, err
	}
	if d.o, err = org.ByID(v.ctx(), v.reader(), d.m.Org); err != nil {
		return d, err
	}
	if d.roll, err = v.in.Life.Roll(v.ctx(), v.in.DB.As(store.System("the roll of a meeting")), d.m); err != nil {
		return d, err
	}
	if d.items, err = v.in.Life.Agenda(v.ctx(), d.r, d.m); err != nil {
		return d, err
	}
	if d.votes, err = v.in.Life.Votes(v.ctx(), d.r, d.m, d.items); err != nil {
		return d, err
	}
	if d.decided, err = life.Resolutions(v.ctx(), d.r, id); err != nil {
		return d, err
	}
	d.amended, err = v.in.Life.Amendments(v.ctx(), d.r, d.m)
	d.records, d.confirms = v.may(access.Add, access.Life, d.m.OrgPath, ""), v.may(access.Confirm, access.Life, d.m.OrgPath, "")
	d.begun = !d.m.On.After(v.today())
	return d, err
}

// showMeeting is one meeting, with what can be done next.
func (s *Server) showMeeting(v *visit) error {
	page, err := v.meetingPage(v.form(nil))
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) meetingPage(f view.Form) (templ.Component, error) {
	d, err := v.sitting(v.r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	if f.Values == nil {
		m := d.m
		f = v.versioned(url.Values{"on": {m.On.String()}, "starts": {m.Starts}, "ends": {m.Ends}, "place": {m.Place}, "topic": {m.Topic}, "partners": {m.Partners}, "hours": {m.Hours}, "chair": {m.ChairID}, "recorder": {m.RecorderID}}, m.Version)
		for _, x := range d.items {
			f.Values.Set("speakers."+x.ID, x.Said.Speakers)
			f.Values.Set("notes."+x.ID, x.Said.Notes)
		}
	}
	sheet := view.Sheet{Heading: view.Plain(d.m.Title), Lead: view.Say("%s，%s，%s", view.Plain(d.o.ShortName), view.Plain(d.m.When()), view.Plain(d.m.Place)), Tags: []view.Tag{meetingTags[d.m.State]}, Print: true, Form: f}
	sheet.Parts = append(sheet.Parts, v.meetingFacts(d))
	open := d.m.State == life.Planned || d.m.State == life.Held
	came := v.rollPart(d)
	if open && d.records && d.begun {
		came = v.attendForm(d)
	}
	if d.m.State == life.Planned { // then who comes is what is to be done
		sheet.Parts = append(sheet.Parts, came, v.agendaPart(d, open && d.records))
	} else {
		sheet.Parts = append(sheet.Parts, v.agendaPart(d, open && d.records), v.votesPart(d, open && d.records), v.resolutionsPart(d, open && d.records), came)
	}
	if len(d.amended) > 0 {
		part := view.SheetPart{ID: "amendments", Title: view.Say("确认以后的更正")}
		for _, a := range d.amended {
			part.Facts = append(part.Facts, view.Fact{Label: view.Plain(a.Actor), Value: view.Plain(a.Said), Quoted: true})
		}
		sheet.Parts = append(sheet.Parts, part)
	}
	if next := v.minutesPart(d); len(next.Forms) > 0 {
		sheet.Parts = append(sheet.Parts, next)
	}
	return view.SheetPage(v.page(sheet.Heading, view.PathMeetings, view.Link{Text: view.Say("组织生活"), URL: withQuery(view.PathMeetings, url.Values{"org": {d.o.ID}}.Encode())}), sheet), nil
}

func (v *visit) meetingFacts(d sitting) view.SheetPart {
	m := d.m
	part := view.SheetPart{ID: "meeting", Title: view.Say("这次会议")}
	add := func(label, value view.Text) { part.Facts = append(part.Facts, view.Fact{Label: label, Value: value}) }
	quoted := func(label view.Text, value string) {
		if value != "" {
			part.Facts = append(part.Facts, view.Fact{Label: label, Value: view.Plain(value), Quoted: true})
		}
	}
	add(view.Say("种类"), v.kindsOf(m))
	quoted(view.Say("主题"), m.Topic)
	quoted(view.Say("和哪些单位一起"), m.Partners)
	quoted(view.Say("主持人"), m.Chair)
	quoted(view.Say("记录人"), m.Recorder)
	if m.Hours != "" {
		add(view.Say("集中学习的学时"), view.Plain(m.Hours))
	}
	quoted(view.Say("理由"), m.Reason)
	if m.Checked != "" {
		add(view.Say("核对"), view.Plain(m.Checked))
	}
	if m.Confirmed != "" {
		by := view.Plain(m.Confirmed)
		if m.Signed {
			by = view.Say("主持人在打印的记录上签字，%s登记", by)
		}
		add(view.Say("确认"), by)
	}
	if m.State != life.Planned && m.State != life.Cancelled {
		part.Facts = append(part.Facts, view.Fact{Label: view.Say("会议记录"), Value: view.Say("打印或者存为 PDF"), URL: view.PathMinutes(m.ID)})
	}
	if m.State == life.Planned && d.records {
		part.Forms = []view.SheetForm{v.meetingForm(m, "change", view.Say("改时间、地点、主题"), false, meetingAsks(m.Kind, nil)[:len(meetingAsks(m.Kind, nil))-2]...),
			v.meetingForm(m, "cancel", view.Say("不开了"), false, view.SheetField{Field: view.Field{Name: "cancel-why", Label: view.Say("为什么不开了"), Max: 120}})}
	}
	return part
}

// meetingForm is one act on a meeting.
func (v *visit) meetingForm(m life.Meeting, act string, submit view.Text, main bool, fields ...view.SheetField) view.SheetForm {
	return view.SheetForm{Action: view.PathMeeting(m.ID), Submit: submit, Main: main, Hidden: []view.Pair{{Name: "act", Value: act}}, Fields: fields}
}

var presenceNames = map[life.Presence]view.Text{life.Unsaid: view.Say("还没有登记"), life.Present: view.Say("到会"), life.Excused: view.Say("请假"), life.Exempt: view.Say("免到"), life.Absent: view.Say("缺席")}

var answerNames = map[life.Answer]view.Text{life.Unanswered: view.Say("还没有答复"), life.Comes: view.Say("参加"), life.Leave: view.Say("请假")}

// standingOf says what is to be known of somebody on the roll.
func standingOf(a life.Attendee) view.Text {
	switch {
	case a.Standing == life.Care:
		return view.Say("年老体弱或者病残，不作硬性要求")
	case a.Standing == life.Away:
		return view.Say("外出流动")
	case !a.Vote:
		return view.Say("没有表决权")
	}
	return view.Text{}
}

// tallyFacts are the numbers of a roll.
func tallyFacts(roll []life.Attendee, said bool) []view.Fact {
	t := life.Count(roll)
	out := []view.Fact{{Label: view.Say("应到"), Value: view.Say("%d 人", t.Should)}}
	if said {
		out = append(out, view.Fact{Label: view.Say("实到"), Value: view.Say("%d 人", t.Present)}, view.Fact{Label: view.Say("请假"), Value: view.Say("%d 人", t.Excused)}, view.Fact{Label: view.Say("免到"), Value: view.Say("%d 人", t.Exempt)},
			view.Fact{Label: view.Say("缺席"), Value: view.Say("%d 人", t.Absent)}, view.Fact{Label: view.Say("有表决权的实到"), Value: view.Say("%d 人", t.VotersPresent)})
	}
	return append(out, view.Fact{Label: view.Say("有表决权的"), Value: view.Say("%d 人", t.Voters)})
}

// rollPart is who is invited and what they answered, or who came.
func (v *visit) rollPart(d sitting) view.SheetPart {
	said := d.m.State != life.Planned && d.m.State != life.Cancelled
	part := view.SheetPart{ID: "attendance", Title: view.Say("参加的人"), Facts: tallyFacts(d.roll, said), Head: []view.Text{view.Say("姓名"), view.Say("答复"), view.Say("原因")}, Empty: view.Say("没有人。")}
	if said {
		part.Head[1] = view.Say("到会情况")
	}
	for _, a := range d.roll {
		how := answerNames[a.Answer]
		if said {
			how = presenceNames[a.State]
		}
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: view.Plain(a.Name), Sub: standingOf(a)}, view.Cell(how), view.Cell(view.Plain(a.Why))}})
	}
	return part
}

// attendForm takes who came, of everybody at once. It begins with what members answered, so most lines need nothing.
func (v *visit) attendForm(d sitting) view.SheetPart {
	one := v.meetingForm(d.m, "attend", view.Say("记下到会情况"), d.m.State == life.Planned)
	one.Head = []view.Text{view.Say("姓名"), view.Say("到会情况"), view.Say("原因")}
	for _, a := range d.roll {
		var options []view.Option
		for _, p := range life.Presences {
			if p != life.Exempt || a.Standing != life.Asked {
				options = append(options, view.Option{Value: string(p), Label: presenceNames[p]})
			}
		}
		state := a.State
		switch {
		case state != life.Unsaid:
		case a.Answer == life.Leave:
			state = life.Excused
		case a.Standing != life.Asked && a.Answer != life.Comes:
			state = life.Exempt
		default:
			state = life.Present
		}
		one.Rows = append(one.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: view.Plain(a.Name), Sub: standingOf(a)},
			{Input: &view.SheetInput{Name: "state." + a.Member, Value: string(state), Kind: "choose", Label: view.Say("%s的到会情况", view.Plain(a.Name)), Options: options}},
			{Input: &view.SheetInput{Name: "why." + a.Member, Value: a.Why, Label: view.Say("%s没有到会的原因", view.Plain(a.Name))}}}})
	}
	return view.SheetPart{ID: "attendance", Title: view.Say("到会情况"), Note: view.Say("照名册列出应到的人，默认到会；没有来的改一下，写明原因。只有这一张表，不用照片。"), Facts: tallyFacts(d.roll, d.m.State == life.Held), Forms: []view.SheetForm{one}}
}
