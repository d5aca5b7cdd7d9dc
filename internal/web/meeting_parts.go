package web

import (
	"strconv"

	"zhibu/internal/party/ballot"
	"zhibu/internal/party/life"
	"zhibu/internal/web/view"
)

// agendaPart is the agenda with what was said, to be written on while it goes on.
func (v *visit) agendaPart(d sitting, write bool) view.SheetPart {
	part := view.SheetPart{ID: "agenda", Title: view.Say("议程和记录")}
	if len(d.items) == 0 {
		part.Note = view.Say("还没有议程。")
	}
	for _, x := range d.items {
		if write && d.begun {
			one := v.meetingForm(d.m, "note", view.Say("保存第 %d 项", x.Place), false, view.SheetField{Field: view.Field{Name: "speakers." + x.ID, Label: view.Say("%d. %s：谁发言", x.Place, view.Plain(x.Title)), Optional: true, Max: 300}},
				view.SheetField{Kind: "area", Field: view.Field{Name: "notes." + x.ID, Label: view.Say("%d. %s：记录", x.Place, view.Plain(x.Title)), Optional: true, Max: 20000}})
			one.Hidden = append(one.Hidden, view.Pair{Name: "item", Value: x.ID}, view.Pair{Name: "seen", Value: strconv.FormatInt(x.Version, 10)})
			part.Forms = append(part.Forms, one)
			continue
		}
		e := view.SheetEntry{ID: x.ID, Title: view.Plain(strconv.Itoa(x.Place) + ". " + x.Title)}
		for _, f := range []struct {
			label view.Text
			text  string
		}{{view.Say("汇报"), x.Reporter}, {view.Say("发言"), x.Said.Speakers}, {view.Say("记录"), x.Said.Notes}} {
			if f.text != "" {
				e.Facts = append(e.Facts, view.Fact{Label: f.label, Value: view.Plain(f.text)})
			}
		}
		part.Entries = append(part.Entries, e)
	}
	if write {
		part.Forms = append(part.Forms, v.meetingForm(d.m, "item", view.Say("增加一项议程"), false, view.SheetField{Field: view.Field{Name: "title", Label: view.Say("议什么"), Max: 100}}, view.SheetField{Field: view.Field{Name: "reporter", Label: view.Say("谁汇报"), Optional: true, Max: 50}}))
	}
	return part
}

// outcomeOf says what a vote came to.
func outcomeOf(o life.Outcome) view.Text {
	switch {
	case o.Verdict == nil:
		return view.Say("两个人录入票数")
	case !o.Verdict.Valid:
		return view.Say("表决无效")
	case o.Verdict.Passed:
		return view.Say("通过")
	}
	return view.Say("没有通过")
}

// countOf are the numbers of a vote.
func countOf(o life.Outcome) view.Text {
	if o.Ballot.State != ballot.Final {
		return view.Text{}
	}
	c := o.Ballot.Numbers.Of(o.Ballot.Items[0].ID)
	return view.Say("赞成 %d，反对 %d，弃权 %d", c.Yes, c.No, c.Abstain)
}

func (v *visit) votesPart(d sitting, write bool) view.SheetPart {
	part := view.SheetPart{ID: "votes", Title: view.Say("表决"), Empty: view.Say("没有表决。"), Head: []view.Text{view.Say("议程"), view.Say("结果"), view.Say("票数")}}
	for _, o := range d.votes {
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: view.Plain(o.Item.Title), URL: view.PathVote(o.Ballot.ID)}, view.Cell(outcomeOf(o)), view.Cell(countOf(o))}})
	}
	if !write || len(d.items) == 0 || d.m.State != life.Held {
		return part
	}
	var items []view.Option
	for _, x := range d.items {
		items = append(items, view.Option{Value: x.ID, Label: view.Plain(x.Title)})
	}
	number := func(name string, label view.Text) view.SheetField {
		return view.SheetField{Field: view.Field{Name: name, Label: label, Mode: "numeric", Short: true, Max: 5, Optional: true}}
	}
	part.Note = view.Say("有表决权的应到 %d 人、实到 %d 人，从到会情况里来，不用再填。接收、转正在发展党员的案卷里表决，选举在换届选举里表决。", life.Count(d.roll).Voters, life.Count(d.roll).VotersPresent)
	part.Forms = []view.SheetForm{v.meetingForm(d.m, "vote", view.Say("表决"), false, view.SheetField{Kind: "choose", Field: view.Field{Name: "vote-item", Label: view.Say("对哪一项表决")}, Options: items},
		view.SheetField{Kind: "radios", Field: view.Field{Name: "way", Label: view.Say("怎样表决")}, Options: []view.Option{{Value: string(ballot.Hands), Label: view.Say("举手，填下面的数")}, {Value: string(ballot.Paper), Label: view.Say("无记名投票，两个人各录一遍")}}},
		number("yes", view.Say("赞成")), number("no", view.Say("反对")), number("abstain", view.Say("弃权")))}
	return part
}

func (v *visit) resolutionsPart(d sitting, write bool) view.SheetPart {
	part := view.SheetPart{ID: "resolutions", Title: view.Say("决议"), Note: view.Say("谁负责、哪天以前、怎样算办好；确认以后列进负责人的待办，凭办好的证据结案。")}
	for _, x := range d.decided {
		e := view.SheetEntry{ID: x.ID, Title: view.Plain(x.Text), Facts: []view.Fact{{Label: view.Say("谁负责"), Value: view.Plain(x.Owner)}, {Label: view.Say("哪天以前"), Value: view.Plain(x.Due.String())}, {Label: view.Say("怎样算办好"), Value: view.Plain(x.KnownBy)}}}
		if x.State == life.Closed {
			e.Facts = append(e.Facts, view.Fact{Label: view.Say("凭什么结案"), Value: view.Plain(x.Evidence)}, view.Fact{Label: view.Say("结案"), Value: view.Plain(x.ClosedOn.String() + " " + x.ClosedBy)})
		}
		part.Entries = append(part.Entries, e)
		if write && x.State == life.Drafted {
			drop := v.meetingForm(d.m, "drop", view.Say("去掉“%s”", view.Plain(x.Text)), false)
			drop.Hidden = append(drop.Hidden, view.Pair{Name: "resolution", Value: x.ID})
			part.Forms = append(part.Forms, drop)
		}
		if d.records && x.State == life.ToDo {
			part.Forms = append(part.Forms, closeForm(view.PathMeeting(d.m.ID), x))
		}
	}
	if !write {
		return part
	}
	owners := []view.Option{{Label: view.Say("请选择")}}
	for _, a := range d.roll {
		owners = append(owners, view.Option{Value: a.Member, Label: view.Plain(a.Name)})
	}
	part.Forms = append(part.Forms, v.meetingForm(d.m, "resolve", view.Say("记下决议"), false, view.SheetField{Kind: "area", Field: view.Field{Name: "text", Label: view.Say("决定了什么"), Max: 300}},
		view.SheetField{Kind: "choose", Field: view.Field{Name: "owner", Label: view.Say("谁负责")}, Options: owners}, view.SheetField{Field: view.Field{Name: "due", Label: view.Say("哪天以前"), Type: "date"}},
		view.SheetField{Field: view.Field{Name: "known", Label: view.Say("怎样算办好"), Max: 300}}))
	return part
}

// closeForm takes the evidence of a resolution.
func closeForm(action string, x life.Resolution) view.SheetForm {
	return view.SheetForm{Action: action, Submit: view.Say("办好了，结案"), Hidden: []view.Pair{{Name: "act", Value: "close"}, {Name: "resolution", Value: x.ID}, {Name: "seen", Value: strconv.FormatInt(x.Version, 10)}},
		Fields: []view.SheetField{{Field: view.Field{Name: "evidence." + x.ID, Label: view.Say("“%s”凭什么算办好", view.Plain(x.Text)), Max: 300}}}}
}

// minutesPart is what comes next with the minutes.
func (v *visit) minutesPart(d sitting) view.SheetPart {
	part := view.SheetPart{ID: "minutes", Title: view.Say("核对和归档"), Note: view.Say("记录人核对，主持人确认，两个人。确认以后只读，错了的在后面补充更正。")}
	why := func(name string, label view.Text) view.SheetField {
		return view.SheetField{Kind: "area", Field: view.Field{Name: name, Label: label, Max: 120}}
	}
	switch {
	case d.m.State == life.Held && d.records:
		part.Forms = []view.SheetForm{v.meetingForm(d.m, "seats", view.Say("写明谁主持、谁记录"), false, seatFields(d.roll, false)...), v.meetingForm(d.m, "check", view.Say("核对过了，请主持人确认"), true)}
	case d.m.State == life.Checked && d.confirms:
		part.Forms = []view.SheetForm{v.meetingForm(d.m, "confirm", view.Say("确认并归档"), true, view.SheetField{Kind: "boxes", Field: view.Field{Name: "signed", Label: view.Say("主持人没有账号的"), Optional: true}, Options: []view.Option{{Value: "yes", Label: view.Say("主持人已经在打印的记录上签字，由我登记")}}}),
			v.meetingForm(d.m, "send-back", view.Say("退回"), false, why("back-why", view.Say("哪里要改")))}
	case d.m.State == life.Confirmed && d.records:
		part.Forms = []view.SheetForm{v.meetingForm(d.m, "amend", view.Say("补充更正"), false, view.SheetField{Kind: "area", Field: view.Field{Name: "said", Label: view.Say("更正什么、为什么"), Max: 2000}})}
		if d.confirms {
			part.Forms = append(part.Forms, v.meetingForm(d.m, "annul", view.Say("作废这次会议"), false, why("annul-why", view.Say("为什么作废"))))
		}
	}
	return part
}
