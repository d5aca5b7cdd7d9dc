package web

import (
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/party/admission"
	"zhibu/internal/party/ballot"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// caseOf finds the case that a page is about, for whoever sees the branch's book.
func (v *visit) caseOf() (admission.Found, store.Reader, error) {
	r, err := v.readerFor(access.List, access.Logbook)
	if err != nil {
		return admission.Found{}, nil, err
	}
	f, err := v.in.Admission.Find(v.ctx(), r, v.r.PathValue("id"))
	return f, r, err
}

func (v *visit) caseCrumbs(f admission.Found) []view.Link {
	return []view.Link{{Text: view.Say("发展党员"), URL: view.PathAdmissionsOf(f.At.ID)}, {Text: view.Plain(f.Person.Name), URL: view.PathAdmission(f.Person.ID)}}
}

// askStep is the form that takes a step.
func (s *Server) askStep(v *visit) error {
	page, err := v.stepPage(v.form(v.r.URL.Query()))
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) stepPage(form view.Form) (templ.Component, error) {
	f, r, err := v.caseOf()
	if err != nil {
		return nil, err
	}
	step, ok := admission.Numbered(v.r.PathValue("step"))
	if !ok {
		return nil, fault.Missing()
	}
	p := f.Steps[stepIndex(f, step.Number)]
	sheet := view.Sheet{Heading: stepTitle(step), Lead: view.Say("%s，%s。由%s办。", view.Plain(f.Person.Name), view.Plain(f.At.ShortName), view.Say(step.Who.Name())), Form: form}
	sheet.Parts = append(sheet.Parts, v.stepWhy(p))
	if step.ByBallot() {
		part, err := v.votePart(r, f, step)
		if err != nil {
			return nil, err
		}
		sheet.Parts = append(sheet.Parts, part...)
		return view.SheetPage(v.page(sheet.Heading, view.PathAdmissions, v.caseCrumbs(f)...), sheet), nil
	}
	closing := noticeHangs(p)
	one := view.SheetForm{Action: view.PathAdmissionStep(f.Person.ID, step.Number), Submit: view.Say("登记这一步"), Main: true}
	title := view.Say("登记")
	if closing {
		one.Hidden, one.Submit, title = []view.Pair{{Name: "close", Value: "1"}}, view.Say("登记公示的结果"), view.Say("公示期满")
	}
	if one.Fields, err = v.stepFields(r, f, step, closing); err != nil {
		return nil, err
	}
	sheet.Parts = append(sheet.Parts, view.SheetPart{ID: "take", Title: title, Forms: []view.SheetForm{one}})
	return view.SheetPage(v.page(sheet.Heading, view.PathAdmissions, v.caseCrumbs(f)...), sheet), nil
}

func stepIndex(f admission.Found, number string) int {
	for i, p := range f.Steps {
		if p.Number == number {
			return i
		}
	}
	return 0
}

// noticeHangs tells whether the next thing to enter is how the notice ended.
func noticeHangs(p admission.Progress) bool {
	for _, e := range p.Events {
		if e.Kind == timeline.NoticePosted {
			return p.State == admission.Next
		}
	}
	return false
}

// stepWhy says what the rules ask for.
func (v *visit) stepWhy(p admission.Progress) view.SheetPart {
	cells := v.stepCells(p)
	part := view.SheetPart{ID: "why", Title: view.Say("依据"), Facts: []view.Fact{{Label: view.Say("依据和计算"), Value: cells[3].Text}}}
	day, _ := v.stepDay(p)
	part.Facts = append(part.Facts, view.Fact{Label: view.Say("期限"), Value: day},
		view.Fact{Label: view.Say("空白表和已填的表"), Value: view.Say("打印：%s", view.Plain(p.Paper)), URL: view.PathAdmissionPapers(v.r.PathValue("id"), p.Number)})
	return part
}

// stepFields are the inputs of a step.
func (v *visit) stepFields(r store.Reader, f admission.Found, step admission.Step, closing bool) ([]view.SheetField, error) {
	out := []view.SheetField{{Field: view.Field{Name: "on", Label: view.Say("哪一天"), Type: "date", Today: v.today()}}}
	names := step.Fields()
	if closing {
		names = []string{"result"}
	}
	needed := map[string]bool{"result": true}
	for _, n := range step.Needs {
		needed[n] = true
	}
	for _, name := range names {
		field := admission.FieldOf(name)
		one := view.SheetField{Field: view.Field{Name: name, Label: view.Say(field.Title), Optional: !needed[name]}}
		switch field.Kind {
		case admission.Area:
			one.Kind, one.Max = "area", 4000
		case admission.Day:
			one.Type, one.Today = "date", v.today()
		case admission.Number:
			one.Mode, one.Max = "decimal", 8
		case admission.Choice:
			one.Kind, one.Options = "choose", []view.Option{{Value: "", Label: view.Say("请选择")}}
			for _, o := range field.Options {
				one.Options = append(one.Options, view.Option{Value: o, Label: view.Say(o)})
			}
		case admission.Members:
			one.Kind = "boxes"
			people, err := v.in.Admission.FullMembers(v.ctx(), r, f)
			if err != nil {
				return nil, err
			}
			for _, m := range people {
				one.Options = append(one.Options, view.Option{Value: m.ID, Label: view.Plain(m.Name)})
			}
		default:
			one.Max = 100
		}
		out = append(out, one)
	}
	return append(out, view.SheetField{Field: view.Field{Name: "document", Label: view.Say("凭什么材料"), Optional: true, Max: 200}},
		view.SheetField{Field: view.Field{Name: "why", Label: view.Say("说明"), Hint: view.Say("过了很久才登记的，写明为什么；由另一个人核对以后才算数。"), Optional: true, Max: 500}}), nil
}

// stepTyped reads the form of a step.
func stepTyped(values url.Values, person, number string) (n admission.New, err error) {
	n = admission.New{Person: person, Step: number, Close: values.Get("close") != "", Values: map[string]string{}, People: map[string][]string{}, Document: said(values, "document"), Reason: said(values, "why")}
	step, _ := admission.Numbered(number)
	for _, name := range append(step.Fields(), "result") {
		n.Values[name], n.People[name] = said(values, name), values[name]
	}
	if n.On, err = dayTyped(values, "on"); err != nil {
		err = fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("on")
	}
	return n, err
}

// stepAt says under which field a fault of a case is shown.
var stepAt = func() at {
	out := at{"on": "on", "document": "document", "reason": "why", "result": "result", "question": "question", "months": "months", "answer": "answer"}
	for _, s := range admission.Steps {
		for _, name := range s.Fields() {
			out[name] = name
		}
	}
	return out
}()

// takeStep takes a step of a case.
func (s *Server) takeStep(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.person.Need(access.List, access.Logbook); err != nil {
		return err
	}
	id := v.r.PathValue("id")
	n, err := stepTyped(values, id, v.r.PathValue("step"))
	waiting := false
	if err == nil {
		waiting, err = v.in.Admission.Take(v.ctx(), v.actor(), n)
	}
	if err != nil && wrong(err) {
		f := v.form(values)
		f.Problems = []view.Problem{v.problem(err, stepAt)}
		page, perr := v.stepPage(f)
		if perr != nil {
			return perr
		}
		return v.again(err, page)
	}
	if err != nil {
		return err
	}
	v.done(words.Mark("已经记下。"))
	if waiting {
		v.done(words.Mark("已经记下，等另一个人核对后算数。"))
	}
	return v.to(view.PathAdmission(id))
}

// votePart is how the assembly votes: the papers, the votes so far, the form that opens the count.
func (v *visit) votePart(r store.Reader, f admission.Found, step admission.Step) ([]view.SheetPart, error) {
	votes, err := admission.Votes(v.ctx(), r, f.Person.ID)
	if err != nil {
		return nil, err
	}
	voters, err := v.in.Admission.Voters(v.ctx(), r, f)
	if err != nil {
		return nil, err
	}
	list := view.SheetPart{ID: "votes", Title: view.Say("表决"), Note: view.Say("无记名投票，用纸质票。票数由两个人各录一遍，对得上才算数；通不通过由票数算出。"), Empty: view.Say("还没有表决。"),
		Head: []view.Text{view.Say("事项"), view.Say("日期"), view.Say("情况")}}
	open := false
	for _, b := range votes {
		state := view.Say("正在录票")
		switch b.State {
		case ballot.Final:
			state = view.Say("已有结果")
		case ballot.Void:
			state = view.Say("已作废")
		default:
			open = true
		}
		list.Rows = append(list.Rows, view.SheetRow{ID: b.ID, Cells: []view.SheetCell{{Text: view.Say(b.Title), URL: view.PathVote(b.ID)}, view.Cell(view.Plain(b.On.String())), view.Cell(state)}})
	}
	parts := []view.SheetPart{list}
	if open || !f.At.Living() || !v.may(access.Add, access.Vote, f.At.Path, "") {
		return parts, nil
	}
	one := view.SheetForm{Action: view.PathAdmissionVote(f.Person.ID, step.Number), Submit: view.Say("开始录票"), Main: true, Fields: []view.SheetField{{Field: view.Field{Name: "on", Label: view.Say("开会的日期"), Type: "date", Today: v.today()}}}}
	questions := view.SheetField{Kind: "radios", Field: view.Field{Name: "question", Label: view.Say("对什么表决")}}
	for _, q := range admission.Questions(step.Number) {
		questions.Options = append(questions.Options, view.Option{Value: string(q), Label: view.Say(q.Title())})
	}
	if len(questions.Options) == 1 {
		one.Hidden = []view.Pair{{Name: "question", Value: questions.Options[0].Value}}
	} else {
		one.Fields = append(one.Fields, questions, view.SheetField{Field: view.Field{Name: "months", Label: view.Say("延长几个月"), Hint: view.Say("只在延长预备期时填写。"), Mode: "numeric", Optional: true, Max: 2}})
	}
	u := url.Values{"org": {f.At.ID}, "kind": {string(step.Kinds[0])}, "people": {f.Person.ID}}
	parts = append(parts, view.SheetPart{ID: "before", Title: view.Say("启用本系统以前开的会"), Note: view.Say("没有票数可录的，在台账补记日期，写明凭什么材料；案卷上会写明没有票数。"),
		Facts: []view.Fact{{Label: view.Say("台账"), Value: view.Say("补记"), URL: withQuery(view.PathLogNew, u.Encode())}}})
	return append(parts, view.SheetPart{ID: "open", Title: view.Say("录入票数"), Note: view.Say("名册上有表决权的正式党员 %d 人。", len(voters)), Forms: []view.SheetForm{one}}), nil
}

// openVote opens the count of the assembly's vote.
func (s *Server) openVote(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.person.Need(access.Add, access.Vote); err != nil {
		return err
	}
	n := admission.NewVote{Person: v.r.PathValue("id"), Question: admission.Question(values.Get("question"))}
	var id string
	if n.On, err = dayTyped(values, "on"); err != nil {
		err = fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("on")
	}
	if text := said(values, "months"); text != "" && err == nil {
		if n.Months, err = strconv.Atoi(text); err != nil {
			err = fault.New(fault.Invalid, "请只写数字。").At("months")
		}
	}
	if err == nil {
		id, err = v.in.Admission.Vote(v.ctx(), v.actor(), n)
	}
	if err != nil && wrong(err) {
		f := v.form(values)
		f.Problems = []view.Problem{v.problem(err, stepAt)}
		page, perr := v.stepPage(f)
		if perr != nil {
			return perr
		}
		return v.again(err, page)
	}
	if err != nil {
		return err
	}
	return v.to(view.PathVote(id))
}
