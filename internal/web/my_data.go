package web

import (
	"encoding/json"
	"net/http"

	"zhibu/internal/fault"
	"zhibu/internal/installation"
	"zhibu/internal/party/request"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// showMyData is what a member may ask for about the own data, and what she has asked.
func (s *Server) showMyData(v *visit) error {
	if v.person.Member == "" {
		return fault.Missing()
	}
	return v.myData(v.form(nil), nil)
}

func (v *visit) myData(f view.Form, because error) error {
	list, err := v.in.Requests.Of(v.ctx(), v.reader(), v.person.Member)
	if err != nil {
		return err
	}
	if f.Values == nil {
		f = v.form(map[string][]string{})
	}
	ask := view.SheetPart{ID: "ask", Title: view.Say("提出请求"), Note: view.Say("负责的党组织会在 30 天内答复。法律写的是“及时”，30 天出自推荐性国家标准。"),
		Forms: []view.SheetForm{{Action: view.PathMyData, Submit: view.Say("提交"), Main: true, Hidden: []view.Pair{{Name: "act", Value: "ask"}},
			Fields: []view.SheetField{
				{Kind: "radios", Field: view.Field{Name: "kind", Label: view.Say("要什么")}, Options: []view.Option{
					{Value: string(request.Copy), Label: view.Say(request.Copy.Name()), Hint: view.Say("现在就可以在下面自己看、自己存；要盖章的，在这里提出。")},
					{Value: string(request.Explain), Label: view.Say(request.Explain.Name()), Hint: view.Say("为什么收、谁看过、怎么用。")},
					{Value: string(request.Restrict), Label: view.Say(request.Restrict.Name()), Hint: view.Say("有争议的信息只保存，不使用，不导出。")}}},
				{Kind: "area", Field: view.Field{Name: "content", Label: view.Say("说明"), Max: 500, Optional: true}}}}}}
	mine := view.SheetPart{ID: "mine", Title: view.Say("提过的请求"), Head: []view.Text{view.Say("时间"), view.Say("请求"), view.Say("情况"), view.Say("答复")}, Empty: view.Say("还没有提过。")}
	for _, q := range list {
		mine.Rows = append(mine.Rows, view.SheetRow{Cells: []view.SheetCell{view.Cell(view.Plain(words.Moment(q.At))), view.Cell(view.Say("%s：%s", view.Say(q.Kind.Name()), view.Plain(q.Content))),
			{Text: v.requestState(q), Tag: v.requestTag(q)}, view.Cell(view.Plain(q.Answer))}})
		if q.State == request.Open {
			mine.Forms = append(mine.Forms, view.SheetForm{Action: view.PathMyData, Submit: view.Say("撤回“%s”", view.Say(q.Kind.Name())),
				Hidden: []view.Pair{{Name: "act", Value: "withdraw"}, {Name: "id", Value: q.ID}}})
		}
	}
	own := view.SheetPart{ID: "copy", Title: view.Say("我的副本"), Note: view.Say("党组织保存的您的全部信息，带来源；谁看过也在里面。"),
		Head: []view.Text{view.Say("形式"), view.Say("说明")}, Rows: []view.SheetRow{
			{Cells: []view.SheetCell{{Text: view.Say("打开并打印"), URL: view.PathMyCopy}, view.Cell(view.Say("含完整号码，请妥善保管。"))}},
			{Cells: []view.SheetCell{{Text: view.Say("下载 JSON 文件"), URL: view.PathMyCopyFile}, view.Cell(view.Say("给程序读的格式，内容相同。"))}}}}
	x, err := v.in.Requests.RestrictionOf(v.ctx(), v.reader(), v.person.Member, v.today())
	if err != nil {
		return err
	}
	if x != nil {
		mine.Note = view.Say("您的档案现在限制使用，到 %s为止。", x.Until)
		mine.Forms = append(mine.Forms, view.SheetForm{Action: view.PathMyData, Submit: view.Say("解除限制"), Hidden: []view.Pair{{Name: "act", Value: "lift"}}})
	}
	sheet := view.Sheet{Heading: view.Say("我的信息权利"), Lead: view.Say("查看、复制、要求说明、限制使用；要更正，请在档案里逐项更正。"), Form: f, Parts: []view.SheetPart{own, ask, mine}}
	if because != nil {
		return v.again(because, view.SheetPage(v.page(sheet.Heading, view.PathMe, view.Link{Text: view.Say("我的档案"), URL: view.PathMe}), sheet))
	}
	return v.show(view.SheetPage(v.page(sheet.Heading, view.PathMe, view.Link{Text: view.Say("我的档案"), URL: view.PathMe}), sheet))
}

var requestStates = map[request.State]view.Text{
	request.Open: view.Say("等答复，最迟"), request.Answered: view.Say("已同意"), request.Refused: view.Say("未同意"), request.Withdrawn: view.Say("已撤回"),
}

func (v *visit) requestState(q request.Request) view.Text {
	switch {
	case q.State == request.Open:
		return view.Say("%s %s", requestStates[q.State], q.Due.String())
	case q.State == request.Answered && !q.Until.IsZero():
		return view.Say("%s，到 %s，%s", requestStates[q.State], q.Until.String(), view.Plain(q.Actor))
	case q.Actor != "":
		return view.Say("%s，%s", requestStates[q.State], view.Plain(q.Actor))
	}
	return requestStates[q.State]
}

func (v *visit) requestTag(q request.Request) view.Tag {
	if q.Overdue(v.today()) {
		return view.Tag{Text: view.Say("逾期"), Kind: view.TagLate}
	}
	return view.Tag{}
}

// sendMyData asks or withdraws.
func (s *Server) sendMyData(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if v.person.Member == "" {
		return fault.Missing()
	}
	if values.Get("act") == "lift" {
		if err := v.in.Requests.Lift(v.ctx(), v.actor(), v.person.Member, "本人解除"); err != nil {
			return err
		}
		v.done("已经解除限制。")
		return v.to(view.PathMyData)
	}
	if values.Get("act") == "withdraw" {
		q, err := v.in.Requests.ByID(v.ctx(), v.reader(), values.Get("id"))
		if err == nil {
			err = v.in.Requests.Withdraw(v.ctx(), v.actor(), q.ID, q.Version)
		}
		if err != nil {
			return err
		}
		return v.to(view.PathMyData)
	}
	_, err = v.in.Requests.Ask(v.ctx(), v.actor(), request.Kind(values.Get("kind")), said(values, "content"))
	if err != nil && wrong(err) {
		f := v.form(values)
		f.Problems = []view.Problem{v.problem(err, at{"kind": "kind", "content": "content"})}
		return v.myData(f, err)
	}
	if err != nil {
		return err
	}
	v.done("已经提交，等负责的党组织答复。")
	return v.to(view.PathMyData)
}

// showMyCopy is everything kept about oneself, to be printed.
func (s *Server) showMyCopy(v *visit) error {
	c, err := v.in.CopyOf(v.ctx(), v.actor())
	if err != nil {
		return err
	}
	sheet := view.Sheet{Heading: view.Say("我的信息副本"), Lead: view.Say("%s 生成。含完整号码，请妥善保管。", words.Moment(c.Made)), Print: true,
		Download: view.Link{Text: view.Say("下载 JSON 文件"), URL: view.PathMyCopyFile}, Form: v.form(nil), Parts: copyParts(v, c)}
	return v.show(view.SheetPage(v.page(sheet.Heading, view.PathMe, view.Link{Text: view.Say("我的信息权利"), URL: view.PathMyData}), sheet))
}

func copyParts(v *visit, c installation.PersonalCopy) []view.SheetPart {
	fields := view.SheetPart{ID: "fields", Title: view.Say("档案的每一项"), Head: []view.Text{view.Say("项目"), view.Say("内容"), view.Say("来源")}}
	for _, f := range c.Fields {
		if f.Value == "" {
			continue
		}
		fields.Rows = append(fields.Rows, view.SheetRow{Cells: []view.SheetCell{view.Cell(view.Plain(f.Title)), view.Cell(view.Plain(f.Value)), view.Cell(view.Plain(f.By + " " + f.Source))}})
	}
	events := view.SheetPart{ID: "events", Title: view.Say("经历和有日期的事"), Head: []view.Text{view.Say("日期"), view.Say("事项"), view.Say("说明")}, Empty: view.Say("没有")}
	for _, e := range c.Events {
		events.Rows = append(events.Rows, view.SheetRow{Cells: []view.SheetCell{view.Cell(view.Plain(e.On.String())), view.Cell(view.Say(e.Kind)), view.Cell(view.Plain(e.Reason + " " + e.Document))}})
	}
	for _, f := range c.Facts {
		events.Rows = append(events.Rows, view.SheetRow{Cells: []view.SheetCell{view.Cell(view.Plain(f.From.String())), view.Cell(view.Plain(f.Text)), view.Cell(view.Plain(f.By + " " + f.Detail))}})
	}
	papers := view.SheetPart{ID: "papers", Title: view.Say("档案材料"), Head: []view.Text{view.Say("材料"), view.Say("页数"), view.Say("谁放进来")}, Empty: view.Say("没有")}
	for _, d := range c.Documents {
		papers.Rows = append(papers.Rows, view.SheetRow{Cells: []view.SheetCell{view.Cell(view.Plain(d.Title + " " + d.Kind)), view.Cell(view.Say("%d 页", d.Pages)), view.Cell(view.Plain(d.By))}})
	}
	looks := view.SheetPart{ID: "looks", Title: view.Say("谁看过"), Head: []view.Text{view.Say("时间"), view.Say("谁"), view.Say("做了什么"), view.Say("用途")}, Empty: view.Say("没有")}
	for _, l := range c.Looks[:min(len(c.Looks), 500)] {
		looks.Rows = append(looks.Rows, view.SheetRow{Cells: []view.SheetCell{view.Cell(view.Plain(words.Moment(l.At))), view.Cell(view.Plain(l.Actor)), view.Cell(view.Plain(l.Kind)), view.Cell(view.Plain(purposeWords(v.ctx(), l.Purpose)))}})
	}
	if len(c.Looks) > 500 {
		looks.Note = view.Say("这里列出最近 500 次，全部 %d 次在 JSON 文件里。", len(c.Looks))
	}
	ways := view.SheetPart{ID: "channels", Title: view.Say("怎样通知我"), Head: []view.Text{view.Say("渠道"), view.Say("用不用这个渠道"), view.Say("地址")}, Empty: view.Say("没有")}
	for _, w := range c.Channels {
		use := view.Say("用")
		if w.Off {
			use = view.Say("不用")
		}
		ways.Rows = append(ways.Rows, view.SheetRow{Cells: []view.SheetCell{view.Cell(view.Plain(w.Channel)), view.Cell(use), view.Cell(view.Plain(w.Address))}})
	}
	if n := len(c.Notices); n > 0 {
		ways.Note = view.Say("通知共 %d 条，在“通知”页和 JSON 文件里。", n)
	}
	return []view.SheetPart{fields, events, papers, looks, ways}
}

// giveMyCopy is the same for a program.
func (s *Server) giveMyCopy(v *visit) error {
	c, err := v.in.CopyOf(v.ctx(), v.actor())
	if err != nil {
		return err
	}
	b, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="my-data.json"`)
	h.Set("Cache-Control", "no-store")
	return v.send(http.StatusOK, b)
}
