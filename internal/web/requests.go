package web

import (
	"net/url"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/request"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// requestsListed bounds the lists of the page.
const requestsListed = 100

// showRequests lists what members ask for about their own data, those due first.
func (s *Server) showRequests(v *visit) error {
	r, err := v.readerFor(access.List, access.Request)
	if err != nil {
		return err
	}
	waiting, err := v.in.Requests.Waiting(v.ctx(), r, requestsListed)
	if err != nil {
		return err
	}
	settled, err := v.in.Requests.Settled(v.ctx(), r, requestsListed)
	if err != nil {
		return err
	}
	part := func(id string, title, empty view.Text, list []request.Request) (view.SheetPart, error) {
		p := view.SheetPart{ID: id, Title: title, Empty: empty, Head: []view.Text{view.Say("谁"), view.Say("请求"), view.Say("提出"), view.Say("情况")}}
		for _, q := range list {
			m, err := v.in.Members.ByID(v.ctx(), r, q.Member)
			if err != nil {
				return p, err
			}
			p.Rows = append(p.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: view.Plain(m.Name), URL: view.PathRequest(q.ID)}, view.Cell(view.Say(q.Kind.Name())),
				view.Cell(view.Plain(words.Moment(q.At))), {Text: v.requestState(q), Tag: v.requestTag(q)}}})
		}
		return p, nil
	}
	open, err := part("open", view.Say("等答复"), view.Say("没有等答复的请求。"), waiting)
	if err != nil {
		return err
	}
	done, err := part("done", view.Say("办过的"), view.Say("还没有。"), settled)
	if err != nil {
		return err
	}
	sheet := view.Sheet{Heading: view.Say("党员对自己信息的请求"), Lead: view.Say("要副本、要求说明、要求限制使用。30 天内答复（GB/T 35273—2020，凭记忆，请核对）；逾期的标红。"), Form: v.form(nil), Parts: []view.SheetPart{open, done}}
	return v.show(view.SheetPage(v.page(sheet.Heading, view.PathRequests), sheet))
}

func (s *Server) showRequest(v *visit) error { return v.requestPage(v.form(nil), nil) }

func (v *visit) requestPage(f view.Form, because error) error {
	r, err := v.readerFor(access.List, access.Request)
	if err != nil {
		return err
	}
	q, err := v.in.Requests.ByID(v.ctx(), r, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	m, err := v.in.Members.ByID(v.ctx(), r, q.Member)
	if err != nil {
		return err
	}
	if f.Values == nil {
		f = v.versioned(map[string][]string{}, q.Version)
	}
	part := view.SheetPart{ID: "request", Title: view.Say(q.Kind.Name()), Facts: []view.Fact{
		{Label: view.Say("谁"), Value: view.Plain(m.Name), URL: view.PathMember(m.ID)}, {Label: view.Say("提出"), Value: view.Plain(words.Moment(q.At))},
		{Label: view.Say("说明"), Value: view.Plain(q.Content)}, {Label: view.Say("情况"), Value: v.requestState(q), Tags: []view.Tag{v.requestTag(q)}},
		{Label: view.Say("答复"), Value: view.Plain(q.Answer)}}}
	if q.State == request.Open && v.may(access.Answer, access.Request, q.OrgPath, "") && q.Member != v.person.Member {
		fields := []view.SheetField{{Kind: "area", Field: view.Field{Name: "answer", Label: view.Say("答复"), Hint: view.Say("不同意的，写明理由。"), Max: 500, Optional: q.Kind != request.Explain}}}
		if q.Kind == request.Restrict {
			fields = append(fields, view.SheetField{Field: view.Field{Name: "until", Label: view.Say("限制到哪一天"), Type: "date", Optional: true}})
		}
		part.Forms = []view.SheetForm{{Action: view.PathRequest(q.ID), Submit: view.Say("答复"), Main: true, Fields: append([]view.SheetField{{Kind: "radios",
			Field: view.Field{Name: "act", Label: view.Say("怎么办")}, Options: []view.Option{{Value: "grant", Label: view.Say("同意")}, {Value: "refuse", Label: view.Say("不同意")}}}}, fields...)}}
	}
	if err := v.liftForm(q, &part); err != nil {
		return err
	}
	sheet := view.Sheet{Heading: view.Say("%s的请求", view.Plain(m.Name)), Form: f, Parts: []view.SheetPart{part}}
	page := view.SheetPage(v.page(sheet.Heading, view.PathRequests, view.Link{Text: view.Say("党员对自己信息的请求"), URL: view.PathRequests}), sheet)
	if because != nil {
		return v.again(because, page)
	}
	return v.show(page)
}

// liftForm ends the restriction that a request led to.
func (v *visit) liftForm(q request.Request, part *view.SheetPart) error {
	if q.Kind != request.Restrict || q.State != request.Answered {
		return nil
	}
	x, err := v.in.Requests.RestrictionOf(v.ctx(), v.in.DB.As(store.System("restriction")), q.Member, v.today())
	if err != nil {
		return err
	}
	if x == nil || x.Request != q.ID {
		part.Note = view.Say("现在没有限制。")
		return nil
	}
	part.Note = view.Say("现在限制使用，到 %s为止。", x.Until)
	if v.may(access.Answer, access.Request, q.OrgPath, "") && q.Member != v.person.Member {
		part.Forms = []view.SheetForm{{Action: view.PathRequest(q.ID), Submit: view.Say("解除限制"), Hidden: []view.Pair{{Name: "act", Value: "lift"}},
			Fields: []view.SheetField{{Kind: "area", Field: view.Field{Name: "reason", Label: view.Say("为什么解除"), Hint: view.Say("本人看得到。"), Max: 500}}}}}
	}
	return nil
}

func (s *Server) answerRequest(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.person.Need(access.Answer, access.Request); err != nil {
		return err
	}
	if values.Get("act") == "lift" {
		return v.liftRestriction(values)
	}
	a := request.Reply{Grant: values.Get("act") == "grant", Text: said(values, "answer")}
	if act := values.Get("act"); act != "grant" && act != "refuse" {
		err = fault.New(fault.Invalid, "请选择同意或者不同意。").At("act")
	} else if text := said(values, "until"); text != "" {
		if a.Until, err = civil.Parse(text); err != nil {
			err = fault.New(fault.Invalid, "请写明限制到哪一天，要晚于今天。").At("until")
		}
	}
	if err == nil {
		err = v.in.Requests.Reply(v.ctx(), v.actor(), v.r.PathValue("id"), versionOf(values), a)
	}
	if err != nil && wrong(err) {
		f := v.form(values)
		f.Version = values.Get(view.FieldVersion)
		f.Problems = []view.Problem{v.problem(err, at{"act": "act", "answer": "answer", "until": "until"})}
		return v.requestPage(f, err)
	}
	if err != nil {
		return err
	}
	v.done("答复已经记下，本人看得到。")
	return v.to(view.PathRequests)
}

func (v *visit) liftRestriction(values url.Values) error {
	q, err := v.in.Requests.ByID(v.ctx(), v.reader(), v.r.PathValue("id"))
	if err == nil {
		err = v.in.Requests.Lift(v.ctx(), v.actor(), q.Member, said(values, "reason"))
	}
	if err != nil && wrong(err) {
		f := v.form(values)
		f.Problems = []view.Problem{v.problem(err, at{"reason": "reason"})}
		return v.requestPage(f, err)
	}
	if err != nil {
		return err
	}
	v.done("已经解除限制，本人看得到。")
	return v.to(view.PathRequest(q.ID))
}
