package web

import (
	"net/url"
	"strconv"

	"zhibu/internal/fault"
	"zhibu/internal/party/ballot"
	"zhibu/internal/party/election"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// Who should attend an election, who is left out of them, who is taken off, and fewer seats by consent.

var outTags = map[election.OutState]view.Tag{
	election.OutAsked: {Text: view.Say("等上级党委答复"), Kind: view.TagSoon}, election.OutRefused: {Text: view.Say("上级没有同意，计入"), Kind: view.TagLate}, election.OutApproved: {Text: view.Say("上级已同意，等大会通过"), Kind: view.TagInfo},
	election.OutPassed: {Text: view.Say("不计入"), Kind: view.TagOK}, election.OutNotPassed: {Text: view.Say("大会没有通过，计入"), Kind: view.TagLate},
}

// attends is the arithmetic of who should come (E-03, E-06, E-07).
func attends(a election.Attendance) view.Text {
	return view.Say("正式党员 %d，经批准不计入 %d，应到 %d，到会至少 %d", a.Full, a.Out, a.Should, a.Need)
}

func electionForm(e election.Election, act string, submit view.Text, main bool, fields ...view.SheetField) view.SheetForm {
	return view.SheetForm{Action: view.PathElection(e.ID), Submit: submit, Main: main, Hidden: []view.Pair{{Name: "act", Value: act}}, Fields: fields}
}

func chooseOf(name string, label view.Text, people []election.Person) view.SheetField {
	options := []view.Option{{Value: "", Label: view.Say("请选择")}}
	for _, p := range people {
		options = append(options, view.Option{Value: p.ID, Label: view.Plain(p.Name)})
	}
	return view.SheetField{Kind: "choose", Field: view.Field{Name: name, Label: label}, Options: options}
}

// leftOutPart lists who is left out of those who should attend; the case is shown to whoever may read it.
func (v *visit) leftOutPart(e election.Election, list []election.LeftOut, a election.Attendance) (view.SheetPart, error) {
	part := view.SheetPart{ID: "left-out", Title: view.Say("不计入应到会的"), Note: view.Say("六种情形以外的都要计入。请示上级党委同意，再经大会通过，才不计入（E-07）。"), Empty: view.Say("没有。所有正式党员都应到会。"),
		Head: []view.Text{view.Say("姓名"), view.Say("情况")}}
	reads := v.may(access.See, access.Vote, e.OrgPath, "")
	if reads {
		if err := v.in.Elections.Reasons(v.ctx(), v.actor(), e, list); err != nil {
			return part, err
		}
		part.Head = append(part.Head, view.Say("情形"), view.Say("依据"))
	}
	for _, l := range list {
		row := view.SheetRow{ID: l.ID, Cells: []view.SheetCell{view.Cell(view.Plain(l.Person.Name)), {Tag: outTags[l.State]}}}
		if reads {
			cell := view.SheetCell{Text: view.Say(l.Reason.Case.Name())}
			if !l.Reason.Since.IsZero() {
				cell.Sub = view.Say("从 %s 起", l.Reason.Since)
			}
			row.Cells = append(row.Cells, cell, view.Cell(view.Plain(l.Reason.Basis)))
		}
		part.Rows = append(part.Rows, row)
	}
	before := e.State == election.Requested || e.State == election.Approved || e.State == election.Named
	if len(a.Asked) > 0 && before && e.State != election.Requested && v.may(access.Decide, access.Vote, e.OrgPath, "") {
		part.Forms = append(part.Forms, electionForm(e, "approve-out", view.Say("同意不计入"), true),
			electionForm(e, "refuse-out", view.Say("不同意，计入"), false, view.SheetField{Kind: "area", Field: view.Field{Name: "out-answer", Label: view.Say("不同意的理由"), Max: 300}}))
	}
	if before && v.may(access.Add, access.Vote, e.OrgPath, "") {
		kinds := []view.Option{{Value: "", Label: view.Say("请选择")}}
		for _, c := range election.Cases {
			kinds = append(kinds, view.Option{Value: string(c), Label: view.Say(c.Name())})
		}
		part.Forms = append(part.Forms, electionForm(e, "leave-out", view.Say("请示不计入"), false, chooseOf("member", view.Say("哪一名党员"), a.Voters),
			view.SheetField{Kind: "choose", Field: view.Field{Name: "case", Label: view.Say("属于哪一种情形")}, Options: kinds},
			view.SheetField{Field: view.Field{Name: "basis", Label: view.Say("凭什么证明"), Hint: view.Say("例如医院证明的日期和编号。加密保存，只有办理和审批的人看得到。"), Max: 200}},
			view.SheetField{Field: view.Field{Name: "since", Label: view.Say("从哪天起"), Hint: view.Say("出国、外出的填写，到大会那天要满 %d 个月。", v.in.Rules.At("E-07", e.On).Int("away_months")), Type: "date", Optional: true}}))
	}
	return part, nil
}

// passedField asks whether the assembly passed those approved from above.
func passedField(list []election.LeftOut) []view.SheetField {
	for _, l := range list {
		if l.State == election.OutApproved {
			return []view.SheetField{{Kind: "choose", Field: view.Field{Name: "passed", Label: view.Say("大会是否通过了不计入应到会的名单")},
				Options: []view.Option{{Value: "", Label: view.Say("请选择")}, {Value: "yes", Label: view.Say("通过了")}, {Value: "no", Label: view.Say("没有通过，照旧计入")}}}}
		}
	}
	return nil
}

// strikePart takes somebody off who was named, and says who was.
func (v *visit) strikePart(e election.Election) (part view.SheetPart, ok bool) {
	part = view.SheetPart{ID: "struck", Title: view.Say("撤下"), Note: view.Say("提名以后去世、离开、组织关系转走或者失去选举权的，写明原因撤下；差额不够的重新提名。")}
	for _, k := range e.People.Struck {
		part.Facts = append(part.Facts, view.Fact{Label: view.Plain(k.Name), Value: view.Plain(k.Why), Quoted: true})
	}
	if v.may(access.Add, access.Vote, e.OrgPath, "") && (e.State == election.Named || e.State == election.Voting || e.State == election.Counted) {
		named := append(append([]election.Person{}, e.People.Candidates...), e.People.Scrutineers...)
		part.Forms = []view.SheetForm{electionForm(e, "strike", view.Say("撤下"), false, chooseOf("struck", view.Say("哪一个人"), named),
			view.SheetField{Field: view.Field{Name: "why", Label: view.Say("为什么"), Hint: view.Say("写进选举结果报告，不要写病情等私事。"), Max: 100}})}
	}
	return part, len(part.Facts)+len(part.Forms) > 0
}

// fewerForm records the consent of the assembly to fewer seats.
func (v *visit) fewerForm(e election.Election, rounds []ballot.Ballot, elected int) []view.SheetForm {
	if e.State != election.Counted || !v.in.Elections.MayLessen(e, rounds, elected) || !v.may(access.Add, access.Vote, e.OrgPath, "") {
		return nil
	}
	number := func(name string, label view.Text) view.SheetField {
		return view.SheetField{Field: view.Field{Name: name, Label: label, Mode: "numeric", Short: true, Max: 5}}
	}
	return []view.SheetForm{electionForm(e, "fewer", view.Say("大会同意减为 %d 名", elected), false, number("fewer-present", view.Say("表决时实到会")), number("fewer-yes", view.Say("赞成减少名额的")))}
}

// actAttendance does the acts on who should attend and who stays on the list.
func (v *visit) actAttendance(id string, version int64, values url.Values) error {
	switch act := values.Get("act"); act {
	case "leave-out":
		since, err := dayTyped(values, "since")
		if err != nil {
			return err
		}
		return v.in.Elections.LeaveOut(v.ctx(), v.actor(), id, version, values.Get("member"), election.Reason{Case: election.Case(values.Get("case")), Basis: said(values, "basis"), Since: since})
	case "approve-out", "refuse-out":
		return v.in.Elections.DecideLeftOut(v.ctx(), v.actor(), id, version, act == "approve-out", said(values, "out-answer"))
	case "strike":
		return v.in.Elections.Strike(v.ctx(), v.actor(), id, version, values.Get("struck"), said(values, "why"))
	case "fewer":
		present, err := strconv.Atoi(narrow(said(values, "fewer-present")))
		if err != nil {
			return fault.New(fault.Invalid, "请只写数字，没有的写 0。").At("present").By("E-10")
		}
		yes, err := strconv.Atoi(narrow(said(values, "fewer-yes")))
		if err != nil {
			return fault.New(fault.Invalid, "请只写数字，没有的写 0。").At("yes").By("E-10")
		}
		return v.in.Elections.LessSeats(v.ctx(), v.actor(), id, version, present, yes)
	}
	return fault.Missing()
}
