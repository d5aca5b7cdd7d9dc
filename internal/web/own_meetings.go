package web

import (
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/party/life"
	"zhibu/internal/store"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// Meetings as a member of the roll sees them: come or ask for leave before, what was decided after.

// ownReader reads what is the visitor's own.
func (v *visit) ownReader() (store.Reader, error) {
	if v.person.Member == "" {
		return nil, fault.Missing()
	}
	return v.reader(), nil
}

func (s *Server) listOwnMeetings(v *visit) error {
	r, err := v.ownReader()
	if err != nil {
		return err
	}
	list, err := v.in.Life.OwnList(v.ctx(), r, v.person.Member, v.person.MemberPath)
	if err != nil {
		return err
	}
	owed, err := life.Owned(v.ctx(), r, v.person.Member)
	if err != nil {
		return err
	}
	sheet := view.Sheet{Heading: view.Say("我的会议"), Lead: view.Say("要参加的、参加过的；没有到会的，也能看到议定了什么。"), Form: v.form(nil)}
	if len(owed) > 0 {
		part := view.SheetPart{ID: "owed", Title: view.Say("由您负责的决议"), Head: []view.Text{view.Say("决议"), view.Say("怎样算办好"), view.Say("哪天以前")}}
		for _, x := range owed {
			due := view.SheetCell{Text: view.Plain(x.Due.String())}
			if x.Late(v.today()) {
				due.Tag = view.Tag{Text: view.Say("逾期"), Kind: view.TagLate}
			}
			part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: view.Plain(x.Text), URL: view.PathOwnMeeting(x.Meeting)}, view.Cell(view.Plain(x.KnownBy)), due}})
		}
		sheet.Parts = append(sheet.Parts, part)
	}
	part := view.SheetPart{ID: "meetings", Title: view.Say("会议"), Empty: view.Say("还没有要您参加的会议。安排了会发通知。"), Head: []view.Text{view.Say("会议"), view.Say("时间"), view.Say("地点"), view.Say("我")}}
	for _, m := range list {
		mine := view.SheetCell{Text: answerNames[m.Mine.Answer]}
		if m.Mine.State != life.Unsaid {
			mine.Text = presenceNames[m.Mine.State]
		}
		if m.State == life.Cancelled || m.State == life.Annulled {
			mine = view.SheetCell{Tag: meetingTags[m.State]}
		}
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: view.Plain(m.Title), Sub: view.Plain(m.Topic), URL: view.PathOwnMeeting(m.ID)}, view.Cell(view.Plain(m.When())), view.Cell(view.Plain(m.Place)), mine}})
	}
	sheet.Parts = append(sheet.Parts, part)
	return v.show(view.SheetPage(v.page(sheet.Heading, view.PathOwnMeetings), sheet))
}

func (s *Server) showOwnMeeting(v *visit) error {
	page, err := v.ownMeetingPage(v.form(nil))
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) ownMeetingPage(f view.Form) (templ.Component, error) {
	r, err := v.ownReader()
	if err != nil {
		return nil, err
	}
	m, err := v.in.Life.Own(v.ctx(), r, v.person.Member, v.person.MemberPath, v.r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	if f.Values == nil && m.Answerable() {
		f = v.form(url.Values{"answer": {string(m.Mine.Answer)}, "why": {m.Mine.Why}})
	}
	sheet := view.Sheet{Heading: view.Plain(m.Title), Lead: view.Say("%s，%s", view.Plain(m.When()), view.Plain(m.Place)), Tags: []view.Tag{meetingTags[m.State]}, Print: true, Form: f}
	facts := view.SheetPart{ID: "meeting", Title: view.Say("这次会议"), Facts: []view.Fact{{Label: view.Say("种类"), Value: v.kindsOf(m.Meeting)}, {Label: view.Say("主题"), Value: view.Plain(m.Topic), Quoted: true}}}
	if m.Reason != "" && m.State == life.Cancelled {
		facts.Facts = append(facts.Facts, view.Fact{Label: view.Say("为什么不开了"), Value: view.Plain(m.Reason), Quoted: true})
	}
	if m.Mine.State != life.Unsaid {
		facts.Facts = append(facts.Facts, view.Fact{Label: view.Say("我"), Value: presenceNames[m.Mine.State]})
	}
	if m.Mine.Why != "" {
		facts.Facts = append(facts.Facts, view.Fact{Label: view.Say("原因"), Value: view.Plain(m.Mine.Why), Quoted: true})
	}
	sheet.Parts = append(sheet.Parts, facts)
	if m.Answerable() {
		sheet.Parts = append(sheet.Parts, view.SheetPart{ID: "answer", Title: view.Say("您来吗"), Forms: []view.SheetForm{{Action: view.PathOwnMeeting(m.ID), Submit: view.Say("答复"), Main: true, Fields: []view.SheetField{
			{Kind: "radios", Field: view.Field{Name: "answer", Label: view.Say("答复")}, Options: []view.Option{{Value: string(life.Comes), Label: answerNames[life.Comes]}, {Value: string(life.Leave), Label: answerNames[life.Leave]}}},
			{Kind: "area", Field: view.Field{Name: "why", Label: view.Say("请假的原因"), Hint: view.Say("只有您和本支部看得到。"), Optional: true, Max: 200}}}}}})
	}
	if len(m.Items) > 0 {
		sheet.Parts = append(sheet.Parts, v.agendaPart(sitting{m: m.Meeting, items: m.Items}, false))
	}
	if m.State == life.Confirmed {
		sheet.Parts = append(sheet.Parts, v.ownDecided(m)...)
	}
	return view.SheetPage(v.page(sheet.Heading, view.PathOwnMeetings, view.Link{Text: view.Say("我的会议"), URL: view.PathOwnMeetings}), sheet), nil
}

// ownDecided is what the meeting decided; whose resolution it is can say that it is done.
func (v *visit) ownDecided(m life.Own) []view.SheetPart {
	votes := view.SheetPart{ID: "votes", Title: view.Say("表决"), Empty: view.Say("没有表决。"), Head: []view.Text{view.Say("议程"), view.Say("结果"), view.Say("票数")}}
	for _, o := range m.Votes {
		votes.Rows = append(votes.Rows, view.SheetRow{Cells: []view.SheetCell{view.Cell(view.Plain(o.Item.Title)), view.Cell(outcomeOf(o)), view.Cell(countOf(o))}})
	}
	part := v.resolutionsPart(sitting{m: m.Meeting, decided: m.Decided}, false)
	for _, x := range m.Decided {
		if x.OwnerID == v.person.Member && x.State == life.ToDo {
			part.Forms = append(part.Forms, closeForm(view.PathOwnMeeting(m.ID), x))
		}
	}
	return []view.SheetPart{part, votes}
}

// answerMeeting takes the answer to an invitation, or the evidence of a resolution.
func (s *Server) answerMeeting(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if _, err := v.ownReader(); err != nil {
		return err
	}
	id, fields := v.r.PathValue("id"), at{"answer": "answer", "why": "why"}
	if one := values.Get("resolution"); values.Get("act") == "close" {
		seen, _ := strconv.ParseInt(values.Get("seen"), 10, 64) // what is no number is no version
		fields = at{"evidence": "evidence." + one}
		err = v.in.Life.Close(v.ctx(), v.actor(), one, seen, said(values, "evidence."+one))
	} else {
		err = v.in.Life.Reply(v.ctx(), v.actor(), v.person.Member, id, life.Answer(values.Get("answer")), said(values, "why"))
	}
	if err != nil && wrong(err) {
		f := v.form(values)
		f.Problems = []view.Problem{v.problem(err, fields)}
		page, perr := v.ownMeetingPage(f)
		if perr != nil {
			return perr
		}
		return v.again(err, page)
	}
	if err != nil {
		return err
	}
	v.done(words.Mark("已经记下。"))
	return v.to(view.PathOwnMeeting(id))
}
