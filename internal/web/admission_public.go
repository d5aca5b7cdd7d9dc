package web

import (
	"strings"

	"github.com/a-h/templ"

	"zhibu/internal/party/admission"
	"zhibu/internal/web/view"
)

// showBoards lists the public notices that hang today. Nobody has to sign in.
func (s *Server) showBoards(v *visit) error {
	list, err := v.in.Admission.Hanging(v.ctx())
	if err != nil {
		return err
	}
	part := view.SheetPart{ID: "boards", Title: view.Say("正在公示"), Empty: view.Say("今天没有正在进行的公示。"), Head: []view.Text{view.Say("党组织"), view.Say("公示到哪天")}}
	for _, b := range list {
		part.Rows = append(part.Rows, view.SheetRow{ID: b.ID, Cells: []view.SheetCell{{Text: view.Plain(b.Text.Organisation), URL: view.PathBoard(b.ID)}, view.Cell(view.Plain(b.Until.String()))}})
	}
	sheet := view.Sheet{Heading: view.Say("发展党员公示"), Lead: view.Say("列为发展对象以前公示，不少于五个工作日。公示期满，这里就不再显示。"), Form: v.form(nil), Parts: []view.SheetPart{part}}
	v.w.Header().Set("X-Robots-Tag", "noindex, nofollow")
	return v.show(view.SheetPage(v.page(sheet.Heading, ""), sheet))
}

// showBoard is one public notice with the form to object.
func (s *Server) showBoard(v *visit) error {
	page, err := v.boardPage(v.form(nil))
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) boardPage(form view.Form) (templ.Component, error) {
	b, err := v.in.Admission.Public(v.ctx(), v.r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	v.w.Header().Set("X-Robots-Tag", "noindex, nofollow")
	t := b.Text
	part := view.SheetPart{ID: "board", Title: view.Say("公示内容"), Facts: []view.Fact{{Label: view.Say("拟列为发展对象"), Value: view.Plain(t.Name), Quoted: true}, {Label: view.Say("党支部"), Value: view.Plain(t.Organisation), Quoted: true}}}
	if !t.Applied.IsZero() {
		part.Facts = append(part.Facts, view.Fact{Label: view.Say("递交入党申请书"), Value: view.Plain(t.Applied.String())})
	}
	if !t.Activist.IsZero() {
		part.Facts = append(part.Facts, view.Fact{Label: view.Say("确定为入党积极分子"), Value: view.Plain(t.Activist.String())})
	}
	if len(t.Trainers) > 0 {
		part.Facts = append(part.Facts, view.Fact{Label: view.Say("培养联系人"), Value: view.Plain(strings.Join(t.Trainers, v.t("、"))), Quoted: true})
	}
	part.Facts = append(part.Facts, view.Fact{Label: view.Say("公示时间"), Value: view.Say("%s 至 %s", b.From.String(), b.Until.String())}, view.Fact{Label: view.Say("反映意见的电话或者地址"), Value: view.Plain(t.Contact), Quoted: true})
	object := view.SheetPart{ID: "object", Title: view.Say("反映情况"), Note: view.Say("交给%s，党支部看不到。可以不署名；留下联系方式，便于核实。", view.Plain(t.Committee)), Forms: []view.SheetForm{{Action: view.PathBoard(b.ID), Submit: view.Say("提交"), Main: true,
		Fields: []view.SheetField{{Kind: "area", Field: view.Field{Name: "text", Label: view.Say("要反映的情况"), Max: 2000}}, {Field: view.Field{Name: "who", Label: view.Say("您的姓名"), Optional: true, Max: 100}}, {Field: view.Field{Name: "contact", Label: view.Say("联系方式"), Optional: true, Max: 100}}}}}}
	sheet := view.Sheet{Heading: view.Say("发展党员公示"), Lead: view.Plain(t.Organisation), Form: form, Print: true, Parts: []view.SheetPart{part, object}}
	if v.r.URL.Query().Get("received") != "" {
		sheet.Notices = []view.Notice{{Kind: view.NoticeDone, Text: view.Say("已经收到，交给上级党委核实。")}}
	}
	return view.SheetPage(v.page(sheet.Heading, "", view.Link{Text: view.Say("正在公示"), URL: view.PathBoards}), sheet), nil
}

// object takes what somebody says against a notice.
func (s *Server) object(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	err = v.in.Admission.Object(v.ctx(), v.r.PathValue("id"), admission.Said{Text: said(values, "text"), Who: said(values, "who"), Contact: said(values, "contact")})
	if err != nil && wrong(err) {
		f := v.form(values)
		f.Problems = []view.Problem{v.problem(err, at{"text": "text", "who": "who", "contact": "contact"})}
		page, perr := v.boardPage(f)
		if perr != nil {
			return perr
		}
		return v.again(err, page)
	}
	if err != nil {
		return err
	}
	return v.to(withQuery(view.PathBoard(v.r.PathValue("id")), "received=1"))
}
