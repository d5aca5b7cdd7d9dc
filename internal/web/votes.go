package web

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/party/admission"
	"zhibu/internal/party/ballot"
	"zhibu/internal/party/election"
	"zhibu/internal/party/life"
	"zhibu/internal/party/vote"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// voteSubjects says for each room whose votes are counted here which page they belong to.
var voteSubjects = map[string]struct {
	name view.Text
	page func(id string) string
}{
	admission.BallotSubject: {view.Say("案卷"), view.PathAdmission},
	election.BallotSubject:  {view.Say("换届选举"), view.PathElection},
	life.BallotSubject:      {view.Say("会议"), view.PathMeeting},
}

// showVote is the count of one vote: whoever may enters what she reads from the signed record, and sees nothing of what another
// entered.
func (s *Server) showVote(v *visit) error {
	page, err := v.votePage(v.form(nil))
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) votePage(form view.Form) (templ.Component, error) {
	r, err := v.readerFor(access.List, access.Vote)
	if err != nil {
		return nil, err
	}
	b, err := v.in.Ballots.Look(v.ctx(), r, v.person.Account, v.r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	sheet := view.Sheet{Heading: view.Say("%s：计票", view.Say(b.Title)), Lead: view.Say("%s，%s。", view.Plain(v.s.places.name(v.ctx(), b.OrgPath)), view.Plain(b.On.String())), Form: form, Print: b.State == ballot.Final}
	var crumbs []view.Link
	if subject, ok := voteSubjects[b.Subject]; ok {
		crumbs = []view.Link{{Text: subject.name, URL: subject.page(b.SubjectID)}}
	}
	sheet.Parts = append(sheet.Parts, v.voteState(b))
	switch {
	case b.State == ballot.Final:
		sheet.Parts = append(sheet.Parts, v.voteResult(b.Ballot)...)
	case b.State == ballot.Open && v.may(access.Add, access.Vote, b.OrgPath, ""):
		if form.Values == nil && b.Mine != nil {
			sheet.Form.Values = typedNumbers(b.Ballot, *b.Mine)
		}
		sheet.Parts = append(sheet.Parts, voteForm(b), view.SheetPart{ID: "void", Title: view.Say("作废这次计票"), Note: view.Say("选票有疑问、要重新投票的，写明理由作废；作废的留着，不算数。"), Forms: []view.SheetForm{{Action: view.PathVote(b.ID), Submit: view.Say("作废"),
			Hidden: []view.Pair{{Name: "act", Value: "void"}, {Name: "seen", Value: strconv.FormatInt(b.Version, 10)}}, Fields: []view.SheetField{{Field: view.Field{Name: "void-why", Label: view.Say("理由"), Max: 200}}}}}})
	}
	return view.SheetPage(v.page(sheet.Heading, view.PathLog, crumbs...), sheet), nil
}

// voteState says how far a count is.
func (v *visit) voteState(b ballot.View) view.SheetPart {
	part := view.SheetPart{ID: "state", Title: view.Say("情况")}
	add := func(label, value view.Text) { part.Facts = append(part.Facts, view.Fact{Label: label, Value: value}) }
	if b.Computed() {
		add(view.Say("应到会人数"), view.Say("%d 人，由名册算出，不另填", b.Entitled))
	} else if b.Entitled > 0 {
		add(view.Say("名册上有表决权的"), view.Say("%d 人", b.Entitled))
	}
	if b.Kind == vote.Election {
		add(view.Say("应选"), view.Say("%d 人", b.Seats))
	}
	switch {
	case b.State == ballot.Void:
		add(view.Say("情况"), view.Say("已经作废：%s", view.Plain(b.Reason)))
	case b.State == ballot.Final:
		add(view.Say("情况"), view.Say("两个人录入的一致，已经有了结果。"))
	case len(b.Differ) > 0:
		var names []string
		for _, f := range b.Differ {
			names = append(names, v.countName(b.Ballot, f))
		}
		part.Facts = append(part.Facts, view.Fact{Label: view.Say("情况"), Value: view.Say("两个人录入的不一致：%s。请各自对照签字的记录核对，改好自己的一遍。", view.Plain(strings.Join(names, v.t("、"))))})
	case b.Mine != nil:
		add(view.Say("情况"), view.Say("您已经录了一遍，等另一个人再录一遍。"))
	case b.Entered == 1:
		add(view.Say("情况"), view.Say("已有一个人录了一遍，请您对照签字的记录再录一遍。对方录的您看不到。"))
	default:
		add(view.Say("情况"), view.Say("还没有人录入。"))
	}
	return part
}

// countNames are the numbers of a whole count.
var countNames = map[string]string{"should": words.Mark("应到会人数"), "present": words.Mark("实到会人数"), "issued": words.Mark("发出选票"), "collected": words.Mark("收回选票"), "invalid": words.Mark("无效票"), "others": words.Mark("另选他人"),
	"yes": words.Mark("赞成"), "no": words.Mark("不赞成"), "abstain": words.Mark("弃权"), "written": words.Mark("未到会的书面赞成")}

// countName names a field of a count.
func (v *visit) countName(b ballot.Ballot, field string) string {
	name, id, ok := strings.Cut(field, ".")
	if !ok {
		return v.t(countNames[field])
	}
	for _, i := range b.Items {
		if i.ID == id {
			return i.Name + v.t(countNames[name])
		}
	}
	return v.t(countNames[name])
}

// voteForm takes a whole count.
func voteForm(b ballot.View) view.SheetPart {
	one := view.SheetForm{Action: view.PathVote(b.ID), Submit: view.Say("录入"), Main: true}
	number := func(name string) {
		one.Fields = append(one.Fields, view.SheetField{Field: view.Field{Name: name, Label: view.Say(countNames[name]), Mode: "numeric", Max: 5}})
	}
	if !b.Computed() {
		number("should")
	}
	number("present")
	if b.Way == ballot.Paper {
		number("issued")
		number("collected")
		number("invalid")
	}
	kinds := []string{"yes", "no", "abstain"}
	if b.Kind == vote.Admission || b.Kind == vote.Confirmation {
		kinds = append(kinds, "written")
	}
	one.Head = []view.Text{view.Say("姓名或者事项")}
	for _, k := range kinds {
		one.Head = append(one.Head, view.Say(countNames[k]))
	}
	for _, item := range b.Items {
		row := view.SheetRow{Cells: []view.SheetCell{view.Cell(view.Plain(item.Name))}}
		for _, k := range kinds {
			row.Cells = append(row.Cells, view.SheetCell{Input: &view.SheetInput{Name: k + "." + item.ID, Mode: "numeric", Label: view.Say("%s，%s", view.Plain(item.Name), view.Say(countNames[k]))}})
		}
		one.Rows = append(one.Rows, row)
	}
	if b.Kind == vote.Election {
		one.Fields = append(one.Fields, view.SheetField{Kind: "area", Field: view.Field{Name: "others", Label: view.Say("另选他人"), Hint: view.Say("一行一人：姓名 空格 票数。"), Optional: true, Max: 2000}})
	}
	return view.SheetPart{ID: "count", Title: view.Say("照签字的计票记录录入"), Note: view.Say("监票人、计票人签字的记录上写多少，就录多少。两个人各录一遍。"), Forms: []view.SheetForm{one}}
}

// voteResult is what a final count says and comes to.
func (v *visit) voteResult(b ballot.Ballot) []view.SheetPart {
	n := b.Numbers
	count := view.SheetPart{ID: "numbers", Title: view.Say("票数")}
	add := func(name string, n int) {
		count.Facts = append(count.Facts, view.Fact{Label: view.Say(countNames[name]), Value: view.Plain(strconv.Itoa(n))})
	}
	add("should", n.Should)
	add("present", n.Present)
	if b.Way == ballot.Paper {
		add("issued", n.Issued)
		add("collected", n.Collected)
		add("invalid", n.Invalid)
	}
	count.Head = []view.Text{view.Say("姓名或者事项"), view.Say(countNames["yes"]), view.Say(countNames["no"]), view.Say(countNames["abstain"])}
	cell := func(n int) view.SheetCell { return view.Cell(view.Plain(strconv.Itoa(n))) }
	for _, item := range b.Items {
		c := n.Of(item.ID)
		yes := cell(c.Yes)
		if c.Written > 0 {
			yes.Sub = view.Say("另有书面赞成 %d", c.Written)
		}
		count.Rows = append(count.Rows, view.SheetRow{ID: item.ID, Cells: []view.SheetCell{view.Cell(view.Plain(item.Name)), yes, cell(c.No), cell(c.Abstain)}})
	}
	for _, o := range n.Others {
		count.Rows = append(count.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: view.Plain(o.Name), Sub: view.Say("另选他人")}, cell(o.Yes), {}, {}}})
	}
	verdict := view.SheetPart{ID: "verdict", Title: view.Say("结论")}
	for _, one := range b.Judge(v.in.Rules) {
		text := view.Say("没有通过")
		switch {
		case !one.Valid:
			text = view.Say("表决无效")
		case b.Kind == vote.Election && len(one.Elected) > 0:
			text = view.Say("当选：%s", view.Plain(strings.Join(one.Elected, v.t("、"))))
		case b.Kind == vote.Election:
			text = view.Say("没有人当选")
		case one.Passed:
			text = view.Say("通过")
		}
		verdict.Facts = append(verdict.Facts, view.Fact{Label: view.Say("结论"), Value: text}, view.Fact{Label: view.Say("计算"), Value: v.reasons(one.Why)}, view.Fact{Label: view.Say("依据"), Value: articlesOf(one.Rules)})
		if len(one.Runoff) > 0 {
			verdict.Facts = append(verdict.Facts, view.Fact{Label: view.Say("票数相同，再选一次"), Value: view.Plain(strings.Join(one.Runoff, v.t("、")))})
		}
	}
	return []view.SheetPart{verdict, count}
}

// typedNumbers puts a count into the fields of its form.
func typedNumbers(b ballot.Ballot, n ballot.Numbers) url.Values {
	out := url.Values{}
	set := func(name string, n int) { out.Set(name, strconv.Itoa(n)) }
	set("should", n.Should)
	set("present", n.Present)
	set("issued", n.Issued)
	set("collected", n.Collected)
	set("invalid", n.Invalid)
	for _, i := range b.Items {
		c := n.Of(i.ID)
		set("yes."+i.ID, c.Yes)
		set("no."+i.ID, c.No)
		set("abstain."+i.ID, c.Abstain)
		set("written."+i.ID, c.Written)
	}
	var others []string
	for _, o := range n.Others {
		others = append(others, o.Name+" "+strconv.Itoa(o.Yes))
	}
	out.Set("others", strings.Join(others, "\n"))
	return out
}

// numbersTyped reads the form of a count.
func numbersTyped(b ballot.Ballot, values url.Values) (n ballot.Numbers, err error) {
	read := func(name string, needed bool) int {
		text := narrow(said(values, name))
		if err != nil || text == "" && !needed {
			return 0
		}
		n, e := strconv.Atoi(text)
		if e != nil {
			err = fault.New(fault.Invalid, "请只写数字，没有的写 0。").At(name).By(ballot.RuleTwice)
		}
		return n
	}
	n.Should, n.Present = read("should", !b.Computed()), read("present", true)
	if b.Way == ballot.Paper {
		n.Issued, n.Collected, n.Invalid = read("issued", true), read("collected", true), read("invalid", true)
	}
	for _, i := range b.Items {
		n.Counts = append(n.Counts, ballot.Count{ID: i.ID, Yes: read("yes."+i.ID, true), No: read("no."+i.ID, b.Kind != vote.Election), Abstain: read("abstain."+i.ID, false), Written: read("written."+i.ID, false)})
	}
	for line := range strings.Lines(narrow(values.Get("others"))) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		name, count, _ := strings.Cut(line, " ")
		votes, e := strconv.Atoi(strings.TrimSpace(count))
		if e != nil && err == nil {
			err = fault.New(fault.Invalid, "另选他人的，请逐人写明姓名和得票。").At("others").By("E-12")
		}
		n.Others = append(n.Others, ballot.Other{Name: name, Yes: votes})
	}
	return n, err
}

// countVote enters a count, or gives a vote up.
func (s *Server) countVote(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.person.Need(access.Add, access.Vote); err != nil {
		return err
	}
	id := v.r.PathValue("id")
	r, err := v.readerFor(access.List, access.Vote)
	if err != nil {
		return err
	}
	b, err := ballot.ByID(v.ctx(), r, id)
	if err != nil {
		return err
	}
	fields := at{"others": "others", "reason": "void-why"}
	for name := range countNames {
		fields[name] = name
		for _, i := range b.Items {
			fields[name+"."+i.ID] = name + "." + i.ID
		}
	}
	if values.Get("act") == "void" {
		seen, _ := strconv.ParseInt(values.Get("seen"), 10, 64)
		err = v.in.Ballots.GiveUp(v.ctx(), v.actor(), id, seen, said(values, "void-why"))
	} else {
		var n ballot.Numbers
		if n, err = numbersTyped(b, values); err == nil {
			_, err = v.in.Ballots.Enter(v.ctx(), v.actor(), id, n)
		}
	}
	if err != nil && wrong(err) {
		f := v.form(values)
		f.Problems = []view.Problem{v.problem(err, fields)}
		page, perr := v.votePage(f)
		if perr != nil {
			return perr
		}
		return v.again(err, page)
	}
	if err != nil {
		return err
	}
	v.done(words.Mark("已经记下。"))
	return v.to(view.PathVote(id))
}
