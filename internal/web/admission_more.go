package web

import (
	"net/url"
	"strconv"

	"zhibu/internal/fault"
	"zhibu/internal/party/admission"
	"zhibu/internal/party/notice"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// caseMore is what goes beside the steps of a case: its papers, the record it goes on with, another branch, what was said
// against a notice.
func (v *visit) caseMore(r store.Reader, f admission.Found) (out []view.SheetPart, err error) {
	files := view.SheetPart{ID: "papers", Title: view.Say("材料"), Facts: []view.Fact{{Label: view.Say("全部材料"), Value: view.Say("归档清单和已办各步的材料，打印或者存为 PDF"), URL: view.PathAdmissionPapers(f.Person.ID, "")}}}
	if b, ok, err := v.in.Admission.BoardOf(v.ctx(), r, f.Person.ID); err != nil {
		return nil, err
	} else if ok && !b.Ended {
		files.Facts = append(files.Facts, view.Fact{Label: view.Say("公示页"), Value: view.Say("%s 至 %s，任何人不登录都能看、能反映情况", b.From.String(), b.Until.String()), URL: view.PathBoard(b.ID)})
	}
	out = append(out, files)
	if f.Person.Applicant && f.At.Living() && v.may(access.Add, access.Account, f.At.Path, "") {
		account, err := notice.Applicant(v.ctx(), v.in.DB.As(store.System("has an applicant an account")), f.Person.ID)
		if err != nil {
			return nil, err
		}
		line := view.Fact{Label: view.Say("本人看自己的过程"), Value: view.Say("给本人开一个账号，能看走到哪一步、下一步由谁办"), URL: withQuery(view.PathAccountNew, url.Values{"applicant": {f.Person.ID}}.Encode())}
		if account != "" {
			line.Value, line.URL = view.Say("已经有账号"), view.PathAccountOf(account)
		}
		out = append(out, view.SheetPart{ID: "account", Title: view.Say("本人的账号"), Facts: []view.Fact{line}})
	}
	join, err := v.joinPart(r, f)
	if err != nil {
		return nil, err
	}
	out = append(out, join...)
	if f.Person.Applicant && f.At.Living() && v.may(access.Mend, access.Admission, f.At.Path, "") {
		out = append(out, view.SheetPart{ID: "move", Title: view.Say("转到另一个党支部"), Note: view.Say("原单位把培养教育的材料转给新单位，时间连续计算（D-08）。"), Forms: []view.SheetForm{{Action: view.PathAdmissionMove(f.Person.ID), Submit: view.Say("转过去"),
			Fields: []view.SheetField{{Field: view.Field{Name: "to", Label: view.Say("接续的党支部的代码或者全称"), Max: 100}}, {Field: view.Field{Name: "moved", Label: view.Say("移交了什么材料"), Max: 200}}}}}})
	}
	if v.works(access.Decide, access.Admission) {
		said, err := v.in.Admission.Objections(v.ctx(), v.actor(), f)
		if err != nil && fault.Of(err) != fault.Forbidden && fault.Of(err) != fault.Conflict {
			return nil, err
		}
		for _, o := range said {
			out = append(out, objectionPart(o))
		}
	}
	return out, nil
}

func objectionPart(o admission.Objection) view.SheetPart {
	part := view.SheetPart{ID: "said-" + o.ID, Title: view.Say("公示期间反映的情况"), Facts: []view.Fact{{Label: view.Say("日期"), Value: view.Plain(o.On.String())}, {Label: view.Say("内容"), Value: view.Plain(o.Said.Text), Quoted: true}}}
	if o.Said.Who != "" {
		part.Facts = append(part.Facts, view.Fact{Label: view.Say("谁"), Value: view.Plain(o.Said.Who), Quoted: true})
	}
	if o.Said.Contact != "" {
		part.Facts = append(part.Facts, view.Fact{Label: view.Say("联系方式"), Value: view.Plain(o.Said.Contact), Quoted: true})
	}
	if !o.Open {
		part.Facts = append(part.Facts, view.Fact{Label: view.Say("核实的情况和结论"), Value: view.Plain(o.Answer), Quoted: true}, view.Fact{Label: view.Say("谁答复的"), Value: view.Plain(o.Actor)})
		return part
	}
	part.Forms = []view.SheetForm{{Action: view.PathObjection(o.ID), Submit: view.Say("记下结论"), Main: true, Hidden: []view.Pair{{Name: "seen", Value: strconv.FormatInt(o.Version, 10)}},
		Fields: []view.SheetField{{Kind: "area", Field: view.Field{Name: "answer", Label: view.Say("核实的情况和结论"), Max: 2000}}}}}
	return part
}

// joinPart offers the record of a member that an applicant's case goes on with once the assembly has admitted her.
func (v *visit) joinPart(r store.Reader, f admission.Found) ([]view.SheetPart, error) {
	admitted := f.Steps[stepIndex(f, "15")].On()
	if !f.Person.Applicant || admitted.IsZero() || !f.At.Living() {
		return nil, nil
	}
	can, err := v.in.Admission.Joinable(v.ctx(), r, f)
	if err != nil {
		return nil, err
	}
	part := view.SheetPart{ID: "join", Title: view.Say("登记为预备党员"), Note: view.Say("支部大会已经通过。先登记党员信息（类别为预备党员，接收日期 %s），再把案卷接到这份信息上。", admitted.String())}
	if len(can) == 0 {
		u := url.Values{"applicant": {f.Person.ID}}
		part.Facts = []view.Fact{{Label: view.Say("还没有这份信息"), Value: view.Say("登记党员信息"), URL: withQuery(view.PathMemberNew, u.Encode())}}
		return []view.SheetPart{part}, nil
	}
	for _, one := range can {
		part.Forms = append(part.Forms, view.SheetForm{Action: view.PathAdmissionJoin(f.Person.ID), Submit: view.Say("接到%s的党员信息上", view.Plain(one.Name)), Main: true, Hidden: []view.Pair{{Name: "member", Value: one.ID}}})
	}
	return []view.SheetPart{part}, nil
}

// joinCase lets a case go on with the record of a member.
func (s *Server) joinCase(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.person.Need(access.Add, access.Logbook); err != nil {
		return err
	}
	if err := v.in.Admission.Join(v.ctx(), v.actor(), v.r.PathValue("id"), values.Get("member")); err != nil {
		return v.caseAgain(err, values)
	}
	v.done(words.Mark("案卷已经接到党员信息上。"))
	return v.to(view.PathAdmission(values.Get("member")))
}

// moveCase lets an applicant's case go on in another branch.
func (s *Server) moveCase(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.person.Need(access.Mend, access.Admission); err != nil {
		return err
	}
	o, err := v.branchTyped(said(values, "to"))
	if err == nil {
		err = v.in.Admission.Move(v.ctx(), v.actor(), v.r.PathValue("id"), o.ID, said(values, "moved"))
	}
	if err != nil {
		return v.caseAgain(err, values)
	}
	v.done(words.Mark("已经转过去，时间连续计算。"))
	return v.to(view.PathAdmission(v.r.PathValue("id")))
}

// branchTyped finds the organisation whose code or full name was typed.
func (v *visit) branchTyped(text string) (org.Organisation, error) {
	var id string
	found, err := v.reader().One(v.ctx(), "SELECT id FROM {org} WHERE (code = ? OR name = ?) AND abolished_on = ''", []any{text, text}, &id)
	if err == nil && (!found || text == "") {
		err = fault.New(fault.Invalid, "没有找到这个党支部，请填写代码或者全称。").At("to").By("D-08")
	}
	if err != nil {
		return org.Organisation{}, err
	}
	return org.ByID(v.ctx(), v.reader(), id)
}

// caseAgain shows a case once more with what was wrong.
func (v *visit) caseAgain(err error, values url.Values) error {
	if !wrong(err) {
		return err
	}
	form := v.form(values)
	form.Problems = []view.Problem{v.problem(err, at{"to": "to", "document": "moved", "answer": "answer"})}
	page, perr := v.admissionPageWith(v.r.PathValue("id"), false, form)
	if perr != nil {
		return perr
	}
	return v.again(err, page)
}

// answerObjection says what came of an objection.
func (s *Server) answerObjection(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.person.Need(access.Decide, access.Admission); err != nil {
		return err
	}
	seen, _ := strconv.ParseInt(values.Get("seen"), 10, 64)
	person, err := v.in.Admission.Answer(v.ctx(), v.actor(), v.r.PathValue("id"), seen, said(values, "answer"))
	if err != nil {
		if person != "" && wrong(err) {
			v.r.SetPathValue("id", person)
			return v.caseAgain(err, values)
		}
		return err
	}
	v.done(words.Mark("已经记下。"))
	return v.to(view.PathAdmission(person))
}

// recordsWaiting are records at or below an organisation that wait for a second person.
func (v *visit) recordsWaiting(r store.Reader, o org.Organisation) ([]view.SheetPart, error) {
	list, err := v.in.Admission.WaitingUnder(v.ctx(), r, o.Path)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	part := view.SheetPart{ID: "waiting", Title: view.Say("等核对的"), Head: []view.Text{view.Say("步骤"), view.Say("日期"), view.Say("登记人")}}
	for _, rec := range list {
		step, _ := admission.Numbered(rec.Number)
		part.Rows = append(part.Rows, view.SheetRow{ID: rec.ID, Cells: []view.SheetCell{{Text: stepTitle(step), URL: view.PathAdmissionRecord(rec.ID)}, view.Cell(view.Plain(rec.On.String())), view.Cell(view.Plain(rec.Actor))}})
	}
	return []view.SheetPart{part}, nil
}

// planPart are the figures of the year of a committee, with the form that sets them.
func (v *visit) planPart(r store.Reader, o org.Organisation) (view.SheetPart, error) {
	year := v.today().Year
	f, err := v.in.Admission.Plan(v.ctx(), r, o, year)
	if err != nil {
		return view.SheetPart{}, err
	}
	part := view.SheetPart{ID: "plan", Title: view.Say("%s 年发展党员计划", strconv.Itoa(year)), Note: view.Say("计划用来把关数量、看准条件，不用来排名。")}
	planned := view.Say("还没有下达")
	if f.Planned >= 0 {
		planned = view.Say("%d 人", f.Planned)
		part.Facts = append(part.Facts, view.Fact{Label: view.Say("按什么文件"), Value: view.Plain(f.Document), Quoted: true})
	}
	part.Facts = append([]view.Fact{{Label: view.Say("计划"), Value: planned}, {Label: view.Say("支部大会已经接收"), Value: view.Say("%d 人", f.Admitted)}, {Label: view.Say("今年同意列为发展对象"), Value: view.Say("%d 人", f.Candidates)}}, part.Facts...)
	if f.Planned >= 0 && f.Admitted > f.Planned {
		part.Facts = append(part.Facts, view.Fact{Label: view.Say("提醒"), Value: view.Say("接收的人数已经超过计划 %d 人", f.Admitted-f.Planned)})
	}
	if o.Living() && v.may(access.Mend, access.Admission, o.Path, "") {
		part.Forms = []view.SheetForm{{Action: view.PathPlan, Submit: view.Say("下达计划"), Hidden: []view.Pair{{Name: "org", Value: o.ID}, {Name: "seen", Value: strconv.FormatInt(f.Version, 10)}},
			Fields: []view.SheetField{{Field: view.Field{Name: "year", Label: view.Say("年份"), Mode: "numeric", Max: 4}}, {Field: view.Field{Name: "people", Label: view.Say("人数"), Mode: "numeric", Max: 6}}, {Field: view.Field{Name: "document", Label: view.Say("按什么文件"), Max: 200}}}}}
	}
	return part, nil
}

// setPlan sets the figure of a year.
func (s *Server) setPlan(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.person.Need(access.Mend, access.Admission); err != nil {
		return err
	}
	number := func(name string) (n int) {
		if err == nil {
			if n, err = strconv.Atoi(said(values, name)); err != nil {
				err = fault.New(fault.Invalid, "请只写数字。").At(name)
			}
		}
		return n
	}
	year, people := number("year"), number("people")
	seen, _ := strconv.ParseInt(values.Get("seen"), 10, 64)
	if err == nil {
		err = v.in.Admission.SetPlan(v.ctx(), v.actor(), values.Get("org"), year, people, said(values, "document"), seen)
	}
	if err != nil && wrong(err) {
		f := v.form(values)
		f.Problems = []view.Problem{v.problem(err, at{"year": "year", "people": "people", "document": "document"})}
		page, perr := v.admissionList(values.Get("org"), f)
		if perr != nil {
			return perr
		}
		return v.again(err, page)
	}
	if err != nil {
		return err
	}
	v.done(words.Mark("已经记下。"))
	return v.to(view.PathAdmissionsOf(values.Get("org")))
}
