package web

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/party/ballot"
	"zhibu/internal/party/election"
	"zhibu/internal/party/org"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// Elections of branch committees: asked for, approved from above, people named, voted on paper.

const electionsShown = 200

var electionTags = map[election.State]view.Tag{
	election.Requested: {Text: view.Say("等待上级审批"), Kind: view.TagSoon}, election.Refused: {Text: view.Say("上级没有同意"), Kind: view.TagLate}, election.Approved: {Text: view.Say("上级已同意"), Kind: view.TagInfo},
	election.Named: {Text: view.Say("可以投票"), Kind: view.TagSoon}, election.Voting: {Text: view.Say("正在计票"), Kind: view.TagSoon}, election.Counted: {Text: view.Say("已选出"), Kind: view.TagSoon},
	election.Reported: {Text: view.Say("结果等上级批准"), Kind: view.TagSoon}, election.Done: {Text: view.Say("已办完"), Kind: view.TagOK},
}

var electionFields = at{"organisation": "", "on": "on", "seats": "seats", "standing": "standing", "candidates": "candidates", "scrutineers": "scrutineers", "answer": "answer", "titles": "titles", "passed": "passed",
	"member": "member", "case": "case", "basis": "basis", "since": "since", "struck": "struck", "why": "why", "present": "fewer-present", "yes": "fewer-yes"}

// listElections lists elections at and below an organisation; a branch asks for one here.
func (s *Server) listElections(v *visit) error {
	page, err := v.electionsPage(v.form(nil), v.r.URL.Query().Get("org"))
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) electionsPage(f view.Form, id string) (templ.Component, error) {
	r, err := v.readerFor(access.List, access.Vote)
	if err != nil {
		return nil, err
	}
	o, err := v.placeAsked(id)
	if err != nil {
		return nil, err
	}
	if _, err := v.person.Allow(access.List, access.Vote, o.Path, ""); err != nil {
		return nil, err
	}
	list, err := election.Under(v.ctx(), r, o.Path, electionsShown)
	if err != nil {
		return nil, err
	}
	sheet := view.Sheet{Heading: view.Say("换届选举"), Lead: view.Say("%s。先向上级请示，同意以后提名、开大会投票；选举不用电子投票。", view.Plain(o.ShortName)), Print: true, Form: f}
	part := view.SheetPart{ID: "elections", Title: view.Say("办过的和在办的"), Empty: view.Say("还没有办过选举。"), Head: []view.Text{view.Say("党组织"), view.Say("大会日期"), view.Say("应选"), view.Say("情况")}}
	for _, e := range list {
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: view.Plain(v.s.places.name(v.ctx(), e.OrgPath)), URL: view.PathElection(e.ID)}, view.Cell(view.Plain(e.On.String())), view.Cell(view.Say("%d 人", e.Seats)), {Tag: electionTags[e.State]}}})
	}
	sheet.Parts = append(sheet.Parts, part)
	if o.Kind.IsBranch() && o.Living() && v.may(access.Add, access.Vote, o.Path, "") {
		number := func(name string, label view.Text) view.SheetField {
			return view.SheetField{Field: view.Field{Name: name, Label: label, Mode: "numeric", Short: true, Max: 3}}
		}
		sheet.Parts = append(sheet.Parts, view.SheetPart{ID: "new", Title: view.Say("向上级请示"), Note: view.Say("候选人要比应选的多，差额不少于应选的百分之二十。"), Forms: []view.SheetForm{{Action: view.PathElections, Submit: view.Say("提出请示"), Main: true, Hidden: []view.Pair{{Name: "org", Value: o.ID}},
			Fields: []view.SheetField{{Field: view.Field{Name: "on", Label: view.Say("大会日期"), Type: "date"}}, number("seats", view.Say("应选委员几名")), number("standing", view.Say("候选人几名"))}}}})
	}
	return view.SheetPage(v.page(sheet.Heading, view.PathElections, v.orgCrumbs(o)...), sheet), nil
}

// requestElection asks the committee above.
func (s *Server) requestElection(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.person.Need(access.Add, access.Vote); err != nil {
		return err
	}
	n := election.New{Org: values.Get("org")}
	n.Seats, _ = strconv.Atoi(narrow(said(values, "seats")))       // what is no number is refused as none
	n.Standing, _ = strconv.Atoi(narrow(said(values, "standing"))) // the same
	id := ""
	if n.On, err = dayTyped(values, "on"); err != nil {
		err = fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("on")
	} else {
		id, err = v.in.Elections.Request(v.ctx(), v.actor(), n)
	}
	if err != nil && wrong(err) {
		f := v.form(values)
		f.Problems = []view.Problem{v.problem(err, electionFields)}
		page, perr := v.electionsPage(f, values.Get("org"))
		if perr != nil {
			return perr
		}
		return v.again(err, page)
	}
	if err != nil {
		return err
	}
	v.done(words.Mark("已经记下。"))
	return v.to(view.PathElection(id))
}

// showElection is one election with the act that comes next.
func (s *Server) showElection(v *visit) error {
	page, err := v.electionPage(v.form(nil))
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) electionPage(f view.Form) (templ.Component, error) {
	r, err := v.readerFor(access.List, access.Vote)
	if err != nil {
		return nil, err
	}
	e, err := election.ByID(v.ctx(), r, v.r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	o, err := org.ByID(v.ctx(), v.reader(), e.Org)
	if err != nil {
		return nil, err
	}
	if f.Values == nil {
		f = v.versioned(url.Values{}, e.Version)
	}
	sheet := view.Sheet{Heading: view.Say("换届选举"), Lead: view.Plain(o.Name), Tags: []view.Tag{electionTags[e.State]}, Print: true, Form: f}
	count, err := v.in.Elections.Attendance(v.ctx(), r, e, o)
	if err != nil {
		return nil, err
	}
	out, err := election.LeftOuts(v.ctx(), r, e.ID)
	if err != nil {
		return nil, err
	}
	elected, err := v.in.Elections.Elected(v.ctx(), r, e)
	if err != nil {
		return nil, err
	}
	part := view.SheetPart{ID: "election", Title: view.Say("这次选举"), Forms: v.electionForms(e, count.Voters, elected, out)}
	add := func(label, value view.Text) { part.Facts = append(part.Facts, view.Fact{Label: label, Value: value}) }
	add(view.Say("大会日期"), view.Plain(e.On.String()))
	add(view.Say("应选"), view.Say("%d 人", e.Seats))
	add(view.Say("候选人几名"), view.Say("%d 人", e.Standing))
	add(view.Say("应到会"), attends(count))
	add(view.Say("谁请示"), view.Plain(e.Actor))
	if e.Decider != "" {
		add(view.Say("谁审批"), view.Plain(e.Decider))
	}
	if e.Answer != "" {
		part.Facts = append(part.Facts, view.Fact{Label: view.Say("答复"), Value: view.Plain(e.Answer), Quoted: true})
	}
	if len(e.People.Candidates) > 0 {
		add(view.Say("候选人（按姓氏笔画）"), v.electionNames(e.People.Candidates))
		add(view.Say("监票人"), v.electionNames(e.People.Scrutineers))
	}
	if len(e.People.Candidates) > 0 {
		part.Facts = append(part.Facts, view.Fact{Label: view.Say("材料"), Value: view.Say("签到表、选票、选举结果报告，打印或者存为 PDF"), URL: view.PathElectionPapers(e.ID)})
	}
	for _, d := range e.People.Duties {
		title, _ := org.TitleOf(d.Title)
		part.Facts = append(part.Facts, view.Fact{Label: view.Say(title.Name), Value: view.Plain(d.Name)})
	}
	if f := e.People.Fewer; f != nil {
		add(view.Say("减少名额"), view.Say("经大会同意减为 %d 名（应到 %d，实到 %d，赞成 %d）", f.Seats, f.Should, f.Present, f.Yes))
	}
	rounds, err := ballot.Of(v.ctx(), r, election.BallotSubject, e.ID)
	if err != nil {
		return nil, err
	}
	part.Forms = append(part.Forms, v.fewerForm(e, rounds, len(elected))...)
	sheet.Parts = append(sheet.Parts, part)
	absent, err := v.leftOutPart(e, out, count)
	if err != nil {
		return nil, err
	}
	sheet.Parts = append(sheet.Parts, absent)
	if struck, ok := v.strikePart(e); ok {
		sheet.Parts = append(sheet.Parts, struck)
	}
	if len(rounds) > 0 {
		sheet.Parts = append(sheet.Parts, v.roundsPart(rounds))
	}
	if e.State == election.Named || e.State == election.Voting {
		sheet.Parts = append(sheet.Parts, signInPart(count.Voters))
	}
	return view.SheetPage(v.page(sheet.Heading, view.PathElections, v.orgCrumbs(o)...), sheet), nil
}

func (v *visit) electionNames(list []election.Person) view.Text {
	var names []string
	for _, p := range list {
		names = append(names, p.Name)
	}
	return view.Plain(strings.Join(names, v.t("、")))
}

// roundsPart are the votes that were held, with what each came to.
func (v *visit) roundsPart(rounds []ballot.Ballot) view.SheetPart {
	part := view.SheetPart{ID: "rounds", Title: view.Say("投票和计票"), Head: []view.Text{view.Say("第几轮"), view.Say("结果")}}
	for i, b := range rounds {
		result := view.Say("两个人录入票数")
		switch {
		case b.State == ballot.Void:
			result = view.Say("作废")
		case b.State == ballot.Final:
			verdict := b.Judge(v.in.Rules)[0]
			result = view.Say("无效或者没有人当选，重新投票")
			if verdict.Valid && len(verdict.Elected) > 0 {
				result = view.Say("当选：%s", view.Plain(strings.Join(verdict.Elected, v.t("、"))))
			}
		}
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: view.Say("第 %d 轮", i+1), URL: view.PathVote(b.ID)}, view.Cell(result)}})
	}
	return part
}

// signInPart is the sheet on which those who come sign.
func signInPart(voters []election.Person) view.SheetPart {
	part := view.SheetPart{ID: "sign-in", Title: view.Say("签到表"), Note: view.Say("打印本页，到会的有选举权的党员签名。到会不到应到会的五分之四，不能选举（E-06）。"), Head: []view.Text{view.Say("姓名"), view.Say("签名")}, Empty: view.Say("名册上没有正式党员。")}
	for _, p := range voters {
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{view.Cell(view.Plain(p.Name)), view.Cell(view.Plain("＿＿＿＿＿＿"))}})
	}
	return part
}

// electionForms are the acts that the visitor may do now.
func (v *visit) electionForms(e election.Election, voters, elected []election.Person, out []election.LeftOut) []view.SheetForm {
	form := func(act string, submit view.Text, main bool, fields ...view.SheetField) view.SheetForm {
		return electionForm(e, act, submit, main, fields...)
	}
	if e.State == election.Requested && v.may(access.Decide, access.Vote, e.OrgPath, "") {
		return []view.SheetForm{form("approve", view.Say("同意"), true), form("refuse", view.Say("不同意"), false, view.SheetField{Kind: "area", Field: view.Field{Name: "answer", Label: view.Say("不同意的理由"), Max: 300}})}
	}
	if e.State == election.Reported && v.may(access.Decide, access.Vote, e.OrgPath, "") {
		return []view.SheetForm{form("confirm", view.Say("批准，任职从大会那天起"), true), form("send-back", view.Say("退回"), false, view.SheetField{Kind: "area", Field: view.Field{Name: "answer", Label: view.Say("退回的理由"), Max: 300}})}
	}
	if !v.may(access.Add, access.Vote, e.OrgPath, "") {
		return nil
	}
	switch e.State {
	case election.Counted:
		forms := []view.SheetForm{form("report", view.Say("报告结果，请上级批准"), true, titleFields(elected)...)}
		if len(elected) < e.Seats && e.People.Fewer == nil {
			forms = append(forms, form("hold", view.Say("还差 %d 名，再投一轮", e.Seats-len(elected)), false))
		}
		return forms
	case election.Approved:
		var options []view.Option
		for _, p := range voters {
			options = append(options, view.Option{Value: p.ID, Label: view.Plain(p.Name)})
		}
		return []view.SheetForm{form("name", view.Say("提出"), true, view.SheetField{Kind: "boxes", Field: view.Field{Name: "candidates", Label: view.Say("候选人")}, Options: options},
			view.SheetField{Kind: "boxes", Field: view.Field{Name: "scrutineers", Label: view.Say("监票人"), Hint: view.Say("从不是候选人的党员中推选，经大会通过。")}, Options: options})}
	case election.Named, election.Voting:
		return []view.SheetForm{form("hold", view.Say("大会已经投票，开始计票"), e.State == election.Named, passedField(out)...)}
	}
	return nil
}

// titleFields ask for the post of each who was elected.
func titleFields(elected []election.Person) (out []view.SheetField) {
	options := []view.Option{{Value: "", Label: view.Say("请选择")}}
	for _, t := range election.Titles() {
		options = append(options, view.Option{Value: t.ID, Label: view.Say(t.Name)})
	}
	for i, p := range elected {
		out = append(out, view.SheetField{Kind: "choose", Field: view.Field{Name: "title-" + strconv.Itoa(i), Label: view.Say("%s的职务", view.Plain(p.Name))}, Options: options})
	}
	return out
}

// titlesTyped reads them back by the names of those elected.
func (v *visit) titlesTyped(id string, values url.Values) (map[string]string, error) {
	r, err := v.readerFor(access.List, access.Vote)
	if err != nil {
		return nil, err
	}
	e, err := election.ByID(v.ctx(), r, id)
	if err != nil {
		return nil, err
	}
	elected, err := v.in.Elections.Elected(v.ctx(), r, e)
	out := map[string]string{}
	for i, p := range elected {
		out[p.Name] = values.Get("title-" + strconv.Itoa(i))
	}
	return out, err
}

// showElectionPapers are the papers of an election, to print or as PDF.
func (s *Server) showElectionPapers(v *visit) error {
	r, err := v.readerFor(access.List, access.Vote)
	if err != nil {
		return err
	}
	e, err := election.ByID(v.ctx(), r, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	o, err := org.ByID(v.ctx(), v.reader(), e.Org)
	if err != nil {
		return err
	}
	sheets, err := v.in.Elections.Papers(v.ctx(), r, e, o)
	if err != nil {
		return err
	}
	if v.r.URL.Query().Get("format") == "pdf" {
		return v.downloadPapers(sheets)
	}
	d := view.Papers{Heading: view.Say("选举材料"), Lead: view.Plain(o.Name), Sheets: sheets, PDF: withQuery(view.PathElectionPapers(e.ID), "format=pdf")}
	return v.show(view.PaperPage(v.page(d.Heading, view.PathElections, view.Link{Text: view.Say("换届选举"), URL: view.PathElection(e.ID)}), d))
}

// actElection does the act that comes next.
func (s *Server) actElection(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	id, version, next := v.r.PathValue("id"), versionOf(values), ""
	switch act := values.Get("act"); act {
	case "approve", "refuse":
		err = v.in.Elections.Decide(v.ctx(), v.actor(), id, version, act == "approve", said(values, "answer"))
	case "name":
		err = v.in.Elections.Name(v.ctx(), v.actor(), id, version, values["candidates"], values["scrutineers"])
	case "report":
		var titles map[string]string
		if titles, err = v.titlesTyped(id, values); err == nil {
			err = v.in.Elections.Report(v.ctx(), v.actor(), id, version, titles)
		}
	case "confirm", "send-back":
		err = v.in.Elections.Confirm(v.ctx(), v.actor(), id, version, act == "confirm", said(values, "answer"))
	case "hold":
		next, err = v.in.Elections.Hold(v.ctx(), v.actor(), id, version, values.Get("passed"))
	default:
		err = v.actAttendance(id, version, values)
	}
	if err != nil && (wrong(err) || fault.Of(err) == fault.Forbidden && fault.As(err).Rule == "E-14") {
		f := v.form(values)
		f.Version = values.Get(view.FieldVersion)
		f.Problems = []view.Problem{v.problem(err, electionFields)}
		page, perr := v.electionPage(f)
		if perr != nil {
			return perr
		}
		return v.again(err, page)
	}
	if err != nil {
		return err
	}
	v.done(words.Mark("已经记下。"))
	if next != "" {
		return v.to(view.PathVote(next))
	}
	return v.to(view.PathElection(id))
}
