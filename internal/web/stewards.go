package web

import (
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/party/steward"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// placeAsked reads the organisation that a page about who answers is for: the one of the address, else the visitor's own.
func (v *visit) placeAsked(id string) (o org.Organisation, err error) {
	r, err := v.readerFor(access.See, access.Org)
	if err != nil {
		return o, err
	}
	if id != "" {
		return org.ByID(v.ctx(), r, id)
	}
	return org.ByPath(v.ctx(), r, v.person.Place())
}

// showStewards is who answers for what at an organisation, today.
func (s *Server) showStewards(v *visit) error {
	o, err := v.placeAsked(v.r.URL.Query().Get("org"))
	if err != nil {
		return err
	}
	page, err := v.stewardsPage(o, v.form(url.Values{}))
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) stewardsPage(o org.Organisation, f view.Form) (templ.Component, error) {
	house, err := v.in.Stewards.House(v.ctx(), o.Path, v.today())
	if err != nil {
		return nil, err
	}
	sheet := view.Sheet{Heading: view.Say("谁负责什么"), Lead: view.Say("%s。每一类信息的责任人和审核人，按职务确定；职务空缺的由上一级负责。", view.Plain(o.ShortName)), Print: true, Form: f}
	sheet.Parts = append(sheet.Parts, v.answersPart(house))
	if part, ok := v.decisionsPart(house, o); ok {
		sheet.Parts = append(sheet.Parts, part)
	}
	if o.Living() && v.may(access.Mend, access.Steward, o.Path, "") {
		sheet.Parts = append(sheet.Parts, v.decidePart(o))
	}
	return view.SheetPage(v.page(sheet.Heading, view.PathStewards, v.orgCrumbs(o)...), sheet), nil
}

// answersPart is the whole table.
func (v *visit) answersPart(house steward.House) view.SheetPart {
	part := view.SheetPart{ID: "answers", Title: view.Say("现在由谁负责"), Note: view.Say("责任人管录入、核对和答复异议；审核人看过才作数，和责任人不是同一个人。"),
		Head: []view.Text{view.Say("信息"), view.Say("责任人"), view.Say("审核人"), view.Say("依据")}}
	for _, a := range house.Answers(v.today()) {
		part.Rows = append(part.Rows, view.SheetRow{ID: string(a.Kind), Cells: []view.SheetCell{
			{Text: view.Say(a.Kind.Name()), Sub: fieldsOf(a.Kind)}, seatCell(house, a.Steward), seatCell(house, a.Reviewer), ruleCell(a.Steward.Rule)}})
	}
	return part
}

// fieldsOf lists what a kind is made of.
func fieldsOf(k steward.Kind) view.Text {
	if k.Covers() != "" {
		return view.Say(k.Covers())
	}
	var all []view.Text
	for _, c := range k.Columns() {
		if f, ok := keyOf(c); ok {
			all = append(all, f.label)
		} else {
			all = append(all, view.Say(c.Title()))
		}
	}
	return enumerated(all)
}

func enumerated(all []view.Text) (out view.Text) {
	for i, t := range all {
		if i == 0 {
			out = t
			continue
		}
		out = view.Say("%s%s%s", out, view.Say("、"), t)
	}
	return out
}

// seatCell is seatText in two lines: the post, and below it who holds it and what else there is to say.
func seatCell(house steward.House, s steward.Seat) view.SheetCell {
	post, who, more := seated(house, s)
	if who.IsZero() {
		return view.SheetCell{Text: post, Sub: more}
	}
	if more.IsZero() {
		return view.SheetCell{Text: post, Sub: who}
	}
	return view.SheetCell{Text: post, Sub: view.Say("%s（%s）", who, more)}
}

// seatText says which post of which organisation answers, who holds it, and which posts are empty.
func (v *visit) seatText(house steward.House, s steward.Seat) view.Text {
	out, who, more := seated(house, s)
	if !who.IsZero() {
		out = view.Say("%s：%s", out, who)
	}
	if !more.IsZero() {
		out = view.Say("%s（%s）", out, more)
	}
	return out
}

// seated is which post answers, of which organisation where it is not the own, who holds it, and which posts are empty.
func seated(house steward.House, s steward.Seat) (post, who, more view.Text) {
	if s.Post == "" {
		return view.Say("没有人负责，请规定"), who, more
	}
	post = view.Say(steward.PostName(s.Post))
	if len(s.Holders) == 0 {
		return view.Say("%s空缺，上级也没有人担任", post), who, more
	}
	var names, notes []view.Text
	for _, h := range s.Holders {
		names = append(names, view.Plain(h.Name))
	}
	if s.At.ID != house.Up[0].ID {
		post = view.Say("%s的%s", view.Plain(s.At.Name), post)
	}
	for _, e := range s.Empty {
		notes = append(notes, view.Say("%s的%s空缺", view.Plain(e.At.Name), postNames(e.Posts)))
	}
	if s.Apart {
		notes = append(notes, view.Say("下一级的审核人就是责任人，所以由上级审核"))
	}
	return post, enumerated(names), enumerated(notes)
}

func postNames(ids []string) view.Text {
	var all []view.Text
	for _, id := range ids {
		all = append(all, view.Say(steward.PostName(id)))
	}
	return enumerated(all)
}

func ruleCell(r steward.Rule) view.SheetCell {
	c := view.Cell(view.Plain(r.Basis))
	if r.Org.ID != "" {
		c.Text = view.Say("%s规定：%s", view.Plain(r.Org.Name), view.Plain(r.Basis))
	}
	if r.Doubt {
		c.Tag = view.Tag{Text: view.Say("默认，请核定"), Kind: view.TagSoon}
	}
	return c
}

// decisionsPart is what the organisation and those above have decided, with a form to end the own ones.
func (v *visit) decisionsPart(house steward.House, o org.Organisation) (view.SheetPart, bool) {
	part := view.SheetPart{ID: "decided", Title: view.Say("另行规定的"), Head: []view.Text{view.Say("信息"), view.Say("哪一级"), view.Say("责任人"), view.Say("审核人"), view.Say("谁定的"), view.Say("起止")}}
	may := v.may(access.Mend, access.Steward, o.Path, "")
	for _, r := range house.Rules {
		until := view.Say("%s起", r.From.String())
		if !r.To.IsZero() {
			until = view.Say("%s 至 %s", r.From.String(), r.To.String())
		}
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{view.Cell(view.Say(r.Kind.Name())), view.Cell(view.Say(r.Level.Name())), view.Cell(postNames(r.Steward)),
			view.Cell(postNames(r.Reviewer)), view.Cell(view.Say("%s：%s", view.Plain(r.Org.Name), view.Plain(r.Basis))), view.Cell(until)}})
		if may && r.Org.ID == o.ID && (r.To.IsZero() || !r.To.Before(v.today())) {
			id := "-" + r.ID
			part.Forms = append(part.Forms, view.SheetForm{Action: view.PathStewards, Submit: view.Say("结束“%s”的规定", view.Say(r.Kind.Name())),
				Hidden: []view.Pair{{Name: "act", Value: "end"}, {Name: "org", Value: o.ID}, {Name: "id", Value: r.ID}, {Name: "seen", Value: strconv.FormatInt(r.Version, 10)}},
				Fields: []view.SheetField{{Field: view.Field{Name: "last" + id, Label: view.Say("最后一天"), Type: "date"}}, {Field: view.Field{Name: "reason" + id, Label: view.Say("理由"), Max: 200}}}})
		}
	}
	return part, len(part.Rows) > 0
}

// decidePart is the form by which the organisation decides.
func (v *visit) decidePart(o org.Organisation) view.SheetPart {
	blank := view.Option{Value: "", Label: view.Say("请选择")}
	kinds, levels, posts := []view.Option{blank}, []view.Option{blank}, []view.Option{blank}
	for _, k := range steward.Kinds() {
		kinds = append(kinds, view.Option{Value: string(k), Label: view.Say(k.Name())})
	}
	seen := map[string]bool{}
	for _, l := range steward.Levels {
		if steward.LevelOf(o.Kind) == steward.AtBranch && l != steward.AtBranch {
			continue
		}
		levels = append(levels, view.Option{Value: string(l), Label: view.Say(l.Name())})
		for _, p := range steward.PostsAt(l) {
			if !seen[p] {
				seen[p] = true
				posts = append(posts, view.Option{Value: p, Label: view.Say(steward.PostName(p))})
			}
		}
	}
	choose := func(name string, label, hint view.Text, options []view.Option) view.SheetField {
		return view.SheetField{Kind: "choose", Field: view.Field{Name: name, Label: label, Hint: hint}, Options: options}
	}
	return view.SheetPart{ID: "decide", Title: view.Say("另行规定"), Note: view.Say("管本组织和全部下级；下级自己另有规定的，下级的优先。"),
		Forms: []view.SheetForm{{Action: view.PathStewards, Submit: view.Say("规定"), Main: true, Hidden: []view.Pair{{Name: "act", Value: "set"}, {Name: "org", Value: o.ID}},
			Fields: []view.SheetField{choose("kind", view.Say("信息类别"), view.Text{}, kinds), choose("level", view.Say("哪一级党组织"), view.Text{}, levels),
				choose("steward", view.Say("责任人的职务"), view.Text{}, posts),
				choose("reviewer", view.Say("审核人的职务"), view.Say("这一级没有的职务，由上级的担任。"), append(posts, reviewersBeyond(seen)...)),
				{Field: view.Field{Name: "from", Label: view.Say("从哪一天起"), Type: "date"}}, {Field: view.Field{Name: "to", Label: view.Say("到哪一天为止"), Type: "date", Optional: true}},
				{Field: view.Field{Name: "basis", Label: view.Say("依据"), Hint: view.Say("哪个文件、哪次会议定的。"), Max: 200}}}}}}
}

// reviewersBeyond are the posts of the levels above, which may review but not look after.
func reviewersBeyond(seen map[string]bool) (out []view.Option) {
	for _, p := range steward.PostsAt(steward.AtCommittee) {
		if !seen[p] {
			out = append(out, view.Option{Value: p, Label: view.Say(steward.PostName(p))})
		}
	}
	return out
}

// setSteward decides, or ends what was decided.
func (s *Server) setSteward(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.person.Need(access.Mend, access.Steward); err != nil {
		return err
	}
	o, err := v.placeAsked(values.Get("org"))
	if err != nil {
		return err
	}
	fields := at{"kind": "kind", "level": "level", "steward": "steward", "reviewer": "reviewer", "from": "from", "to": "to", "basis": "basis"}
	if values.Get("act") == "end" {
		id := values.Get("id")
		fields = at{"last": "last-" + id, "reason": "reason-" + id}
		err = v.endSteward(id, values)
	} else {
		err = v.newSteward(o, values)
	}
	if err != nil && wrong(err) {
		f := v.form(values)
		f.Problems = []view.Problem{v.problem(err, fields)}
		page, perr := v.stewardsPage(o, f)
		if perr != nil {
			return perr
		}
		return v.again(err, page)
	}
	if err != nil {
		return err
	}
	v.done("已经记下。")
	return v.to(view.PathStewardsOf(o.ID, ""))
}

func (v *visit) newSteward(o org.Organisation, values url.Values) (err error) {
	d := steward.Decision{Org: o.ID, Kind: steward.Kind(values.Get("kind")), Level: steward.Level(values.Get("level")), Steward: values.Get("steward"), Reviewer: values.Get("reviewer"), Basis: said(values, "basis")}
	if d.From, err = dayTyped(values, "from"); err != nil {
		return err
	}
	if d.To, err = dayTyped(values, "to"); err != nil {
		return err
	}
	_, err = v.in.Stewards.Set(v.ctx(), v.actor(), d)
	return err
}

func (v *visit) endSteward(id string, values url.Values) error {
	last, err := dayTyped(values, "last-"+id)
	if err != nil {
		return fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("last")
	}
	version, _ := strconv.ParseInt(values.Get("seen"), 10, 64)
	return v.in.Stewards.End(v.ctx(), v.actor(), id, version, last, said(values, "reason-"+id))
}

// dayTyped reads a date field; empty is the zero day.
func dayTyped(values url.Values, name string) (civil.Date, error) {
	text := said(values, name)
	if text == "" {
		return civil.Date{}, nil
	}
	d, err := civil.Parse(text)
	if err != nil {
		return d, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At(name)
	}
	return d, nil
}

// answersFor says who answers for a field of a record.
func (v *visit) answersFor(d dossier, c roster.Column) ([]view.Fact, error) {
	kind, ok := steward.KindOf(c)
	if !ok {
		return nil, nil
	}
	house, err := v.in.Stewards.House(v.ctx(), d.m.OrgPath, v.today())
	if err != nil {
		return nil, err
	}
	a := house.Answer(kind, v.today())
	all := ""
	if v.may(access.See, access.Org, d.m.OrgPath, "") {
		all = view.PathStewardsOf(d.m.OrgID, string(kind))
	}
	return []view.Fact{{Label: view.Say("责任人"), Value: v.seatText(house, a.Steward), URL: all}, {Label: view.Say("审核人"), Value: v.seatText(house, a.Reviewer)}}, nil
}

// stewardsOf says in the register which posts of a branch answer for an item by default.
func (v *visit) stewardsOf(c roster.Column) view.Text {
	kind, ok := steward.KindOf(c)
	if !ok {
		return view.Say("不适用")
	}
	r := v.in.Stewards.Default(kind, steward.AtBranch)
	return view.Say("%s；审核：%s", postNames(r.Steward), postNames(r.Reviewer))
}
