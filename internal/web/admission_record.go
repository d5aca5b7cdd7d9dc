package web

import (
	"io"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"zhibu/internal/party/admission"
	papers "zhibu/internal/party/document/paper"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// showRecord is what was entered of one step, with the forms to correct it, to take it back and for a second person's answer.
func (s *Server) showRecord(v *visit) error {
	page, err := v.recordPage(v.form(nil))
	if err != nil {
		return err
	}
	return v.show(page)
}

var recordTags = map[admission.RecordState]view.Tag{
	admission.Waiting: {Text: view.Say("等核对"), Kind: view.TagSoon}, admission.Returned: {Text: view.Say("已退回"), Kind: view.TagLate}, admission.Retired: {Text: view.Say("已作废"), Kind: view.TagLate},
	admission.NotPassed: {Text: view.Say("没有通过"), Kind: view.TagLate}, admission.Standing: {Text: view.Say("已记下"), Kind: view.TagInfo},
}

func (v *visit) recordPage(form view.Form) (templ.Component, error) {
	r, err := v.readerFor(access.List, access.Logbook)
	if err != nil {
		return nil, err
	}
	rec, err := v.in.Admission.Record(v.ctx(), r, v.r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	f, err := v.in.Admission.Find(v.ctx(), r, rec.Person)
	if err != nil {
		return nil, err
	}
	step, _ := admission.Numbered(rec.Number)
	sheet := view.Sheet{Heading: stepTitle(step), Lead: view.Say("%s，%s。", view.Plain(f.Person.Name), view.Plain(rec.On.String())), Tags: []view.Tag{recordTags[rec.State]}, Form: form}
	part := view.SheetPart{ID: "record", Title: view.Say("登记的内容")}
	add := func(label view.Text, value string) {
		if value != "" {
			part.Facts = append(part.Facts, view.Fact{Label: label, Value: view.Plain(value), Quoted: true})
		}
	}
	if rec.TakesBack() {
		part.Facts = append(part.Facts, view.Fact{Label: view.Say("提出"), Value: view.Say("撤回这一步")})
	} else if rec.Corrects() {
		part.Facts = append(part.Facts, view.Fact{Label: view.Say("提出"), Value: view.Say("更正这一步"), URL: view.PathAdmissionRecord(rec.Follows)})
	}
	for _, name := range append(step.Fields(), "result", "months") {
		if name == "months" {
			add(view.Say("延长几个月"), rec.Content.Values[name])
			continue
		}
		field := admission.FieldOf(name)
		value := rec.Content.Values[name]
		var names []string
		for _, p := range rec.Content.People[name] {
			names = append(names, p.Name)
		}
		if len(names) > 0 {
			value = strings.Join(names, v.t("、"))
		}
		add(view.Say(field.Title), value)
	}
	add(view.Say("票数和结论"), strings.Join(rec.Content.Verdict, "；"))
	add(view.Say("凭什么材料"), rec.Content.Document)
	add(view.Say("说明"), rec.Content.Reason)
	part.Facts = append(part.Facts, view.Fact{Label: view.Say("登记人"), Value: view.Plain(rec.Actor)}, view.Fact{Label: view.Say("登记时间"), Value: view.Plain(words.Moment(rec.At()))})
	if rec.Decider != "" {
		part.Facts = append(part.Facts, view.Fact{Label: view.Say("核对人"), Value: view.Plain(rec.Decider)})
	}
	add(view.Say("退回的理由"), rec.Content.Answer)
	if rec.Ballot != "" {
		part.Facts = append(part.Facts, view.Fact{Label: view.Say("票数"), Value: view.Say("看录入的票数"), URL: view.PathVote(rec.Ballot)})
	}
	sheet.Parts = []view.SheetPart{part}
	more, err := v.recordForms(f, rec, step, &sheet.Form)
	sheet.Parts = append(sheet.Parts, more...)
	return view.SheetPage(v.page(sheet.Heading, view.PathAdmissions, v.caseCrumbs(f)...), sheet), err
}

// recordForms are what may be done about a record.
func (v *visit) recordForms(f admission.Found, rec admission.Record, step admission.Step, form *view.Form) ([]view.SheetPart, error) {
	to := view.PathAdmissionRecord(rec.ID)
	hidden := func(act string) []view.Pair {
		return []view.Pair{{Name: "act", Value: act}, {Name: "seen", Value: strconv.FormatInt(rec.Version, 10)}}
	}
	switch {
	case rec.Waits():
		return []view.SheetPart{{ID: "decide", Title: view.Say("核对"), Note: view.Say("补登记、更正和撤回由另一个人对照材料核对。登记的人和本人不能核对。"), Forms: []view.SheetForm{
			{Action: to, Submit: view.Say("核对无误，记下"), Main: true, Hidden: hidden("agree")},
			{Action: to, Submit: view.Say("退回"), Hidden: hidden("return"), Fields: []view.SheetField{{Kind: "area", Field: view.Field{Name: "answer", Label: view.Say("退回的理由"), Max: 500}}}}}}}, nil
	case rec.State != admission.Standing || rec.Ballot != "" || !v.acts(f, step):
		return nil, nil
	}
	r, err := v.readerFor(access.List, access.Logbook)
	if err != nil {
		return nil, err
	}
	closing := rec.Content.Values["result"] != ""
	fields, err := v.stepFields(r, f, step, closing)
	if err != nil {
		return nil, err
	}
	if form.Values == nil {
		form.Values = url.Values{"on": {rec.On.String()}, "document": {rec.Content.Document}}
		for name, value := range rec.Content.Values {
			form.Values.Set(name, value)
		}
		for name, people := range rec.Content.People {
			for _, p := range people {
				form.Values.Add(name, p.ID)
			}
		}
	}
	return []view.SheetPart{
		{ID: "correct", Title: view.Say("更正"), Note: view.Say("原来的一条留着。写明理由，等另一个人核对。"), Forms: []view.SheetForm{{Action: to, Submit: view.Say("提出更正"), Main: true, Hidden: hidden("correct"), Fields: fields}}},
		{ID: "withdraw", Title: view.Say("撤回"), Note: view.Say("这一步没有办、记错了人。"), Forms: []view.SheetForm{{Action: to, Submit: view.Say("提出撤回"), Hidden: hidden("withdraw"),
			Fields: []view.SheetField{{Field: view.Field{Name: "withdrawn", Label: view.Say("理由"), Max: 500}}}}}}}, nil
}

// acts tells whether the visitor may take a step at all, to show the form or not; the room decides.
func (v *visit) acts(f admission.Found, step admission.Step) bool {
	if step.Above() {
		return v.works(access.Decide, access.Admission)
	}
	if step.ByBallot() {
		return v.may(access.Add, access.Vote, f.At.Path, "")
	}
	return v.may(access.Add, access.Logbook, f.At.Path, "")
}

// mendRecord corrects a record, takes it back, or answers one that waits.
func (s *Server) mendRecord(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.person.Need(access.List, access.Logbook); err != nil {
		return err
	}
	id := v.r.PathValue("id")
	seen, _ := strconv.ParseInt(values.Get("seen"), 10, 64)
	fields, done := stepAt, words.Mark("已经记下，等另一个人核对后算数。")
	switch values.Get("act") {
	case "agree", "return":
		done = words.Mark("已经记下。")
		err = v.in.Admission.Decide(v.ctx(), v.actor(), id, seen, values.Get("act") == "agree", said(values, "answer"))
	case "withdraw":
		fields = at{"reason": "withdrawn"}
		err = v.in.Admission.TakeBack(v.ctx(), v.actor(), id, seen, said(values, "withdrawn"))
	default:
		var rec admission.Record
		if rec, err = v.in.Admission.Record(v.ctx(), v.reader(), id); err != nil {
			return err
		}
		var n admission.New
		if n, err = stepTyped(values, rec.Person, rec.Number); err == nil {
			err = v.in.Admission.Correct(v.ctx(), v.actor(), id, seen, n)
		}
	}
	if err != nil && wrong(err) {
		f := v.form(values)
		f.Problems = []view.Problem{v.problem(err, fields)}
		page, perr := v.recordPage(f)
		if perr != nil {
			return perr
		}
		return v.again(err, page)
	}
	if err != nil {
		return err
	}
	v.done(done)
	return v.to(view.PathAdmissionRecord(id))
}

// showPapers are the papers of one step or of the whole file, to print or as PDF.
func (s *Server) showPapers(v *visit) error {
	f, r, err := v.caseOf()
	if err != nil {
		return err
	}
	number := v.r.URL.Query().Get("step")
	d := view.Papers{Heading: view.Say("发展党员材料"), Lead: view.Say("%s，%s。", view.Plain(f.Person.Name), view.Plain(f.At.ShortName))}
	if number == "" {
		d.Sheets, err = v.in.Admission.AllPapers(v.ctx(), r, f)
	} else {
		d.Sheets, err = v.in.Admission.Papers(v.ctx(), r, f, number)
	}
	if err != nil {
		return err
	}
	if v.r.URL.Query().Get("format") == "pdf" {
		return v.downloadPapers(d.Sheets)
	}
	u := url.Values{"format": {"pdf"}}
	if number != "" {
		u.Set("step", number)
	}
	d.PDF = withQuery(view.PathAdmissionPapers(f.Person.ID, ""), u.Encode())
	return v.show(view.PaperPage(v.page(d.Heading, view.PathAdmissions, v.caseCrumbs(f)...), d))
}

// downloadPapers gives papers as one PDF.
func (v *visit) downloadPapers(sheets []papers.Sheet) error {
	b, err := v.in.Documents.Paper(sheets)
	if err != nil {
		return err
	}
	return v.download(sheets[0].Title, "pdf", func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
}
