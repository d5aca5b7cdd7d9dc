package web

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/party/logbook"
	"zhibu/internal/party/org"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// entriesListed is a page of the book.
const entriesListed = 50

// showLog is the book of a branch or of a person, the newest entry first.
func (s *Server) showLog(v *visit) error {
	r, err := v.readerFor(access.List, access.Logbook)
	if err != nil {
		return err
	}
	q := v.r.URL.Query()
	f := logbook.Filter{Person: q.Get("person"), Retired: q.Get("all") != "", After: q.Get("after"), Limit: entriesListed}
	sheet := view.Sheet{Heading: view.Say("台账"), Lead: view.Say("已经办过的事记在这里，一件事只记一次；该办什么由它自动算出。"), Form: v.form(nil), Print: true}
	var crumbs []view.Link
	if f.Person == "" && (q.Get("org") != "" || v.works(access.List, access.Logbook)) {
		o, err := v.placeAsked(q.Get("org"))
		if err != nil {
			return err
		}
		if _, err := v.person.Allow(access.List, access.Logbook, o.Path, ""); err != nil {
			return err
		}
		f.Under, crumbs = o.Path, v.orgCrumbs(o)
		sheet.Lead = view.Say("%s。已经办过的事记在这里，一件事只记一次；该办什么由它自动算出。", view.Plain(o.ShortName))
		if o.Kind.IsBranch() && o.Living() && v.may(access.Add, access.Logbook, o.Path, "") {
			sheet.Parts = append(sheet.Parts, enterPart(o.ID, ""))
		}
	}
	list, next, err := logbook.List(v.ctx(), r, f)
	if err != nil {
		return err
	}
	part, err := v.entriesPart(r, list)
	if err != nil {
		return err
	}
	more := func(text view.Text, name, value string) {
		u := url.Values{}
		for _, k := range []string{"org", "person", "all"} {
			if q.Get(k) != "" {
				u.Set(k, q.Get(k))
			}
		}
		u.Set(name, value)
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: text, URL: withQuery(view.PathLog, u.Encode())}, {}, {}, {}, {}}})
	}
	if next != "" {
		more(view.Say("往下看"), "after", next)
	}
	if !f.Retired && len(list) > 0 {
		more(view.Say("连同已更正、已撤回的一起看"), "all", "1")
	}
	sheet.Parts = append(sheet.Parts, part)
	return v.show(view.SheetPage(v.page(sheet.Heading, view.PathLog, crumbs...), sheet))
}

// enterPart leads to the forms: what is entered often first.
func enterPart(orgID, person string) view.SheetPart {
	part := view.SheetPart{ID: "enter", Title: view.Say("登记一件事"), Head: []view.Text{view.Say("办了什么"), view.Say("怎么记")}}
	row := func(kind timeline.Kind, text, how view.Text) {
		q := url.Values{"org": {orgID}, "kind": {string(kind)}}
		if person != "" {
			q.Set("people", person)
		}
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: text, URL: withQuery(view.PathLogNew, q.Encode())}, view.Cell(how)}})
	}
	row(timeline.MeetingHeld, view.Say("开了会、上了党课、过了主题党日"), view.Say("选会议、填日期"))
	row(timeline.Studied, view.Say("集中学习"), view.Say("填学时，勾选参加的人，一次记完"))
	part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: view.Say("交纳党费"), URL: view.PathDuesOf(view.PathDuesCollect, orgID, "")}, view.Cell(view.Say("到党费台账登记：金额算好，出收据"))}})
	row(timeline.Contacted, view.Say("联系上流动或者失联的党员"), view.Say("勾选联系上的人"))
	row(timeline.Returned, view.Say("流动党员回来了"), view.Say("登记以后不再要求联系；名册上的流动标记另外更正"))
	row(timeline.Visited, view.Say("走访慰问年老体弱、重病、残疾的党员"), view.Say("需要关怀的排在前面；不写病情、住址"))
	row(timeline.TaughtAtHome, view.Say("送学上门"), view.Say("学时可以不填"))
	row("", view.Say("其他：发展党员的步骤、组织关系、换届"), view.Say("先选办了什么"))
	return part
}

// entriesPart lists entries.
func (v *visit) entriesPart(r store.Reader, list []logbook.Entry) (view.SheetPart, error) {
	part := view.SheetPart{ID: "entries", Title: view.Say("已经登记的"), Empty: view.Say("还没有登记。"), Head: []view.Text{view.Say("办了什么"), view.Say("日期"), view.Say("谁"), view.Say("登记人"), view.Say("情况")}}
	names, err := logbook.Names(v.ctx(), r, list)
	if err != nil {
		return part, err
	}
	for _, e := range list {
		who := view.Say("支部")
		if p := e.Person(); p != "" {
			who = view.Plain(names[p])
		}
		state := view.SheetCell{Text: view.Plain(e.Document), Quoted: true}
		switch {
		case !e.Retired.IsZero():
			state = view.SheetCell{Text: view.Plain(e.RetiredWhy), Quoted: true, Tag: view.Tag{Text: view.Say("已作废"), Kind: view.TagLate}}
		case e.Late:
			state = view.SheetCell{Text: view.Plain(e.Reason), Quoted: true, Tag: view.Tag{Text: view.Say("补记"), Kind: view.TagSoon}}
		}
		part.Rows = append(part.Rows, view.SheetRow{ID: e.ID, Cells: []view.SheetCell{{Text: entryTitle(e), URL: view.PathEntry(e.ID)}, view.Cell(view.Plain(e.On.String())), view.Cell(who), view.Cell(view.Plain(e.Actor)), state}})
	}
	return part, nil
}

// entryTitle is what happened with what belongs to it.
func entryTitle(e logbook.Entry) view.Text {
	name, f := view.Say(logbook.Name(e.Kind)), e.Fields
	switch {
	case e.Kind == timeline.MeetingHeld:
		return view.Say(logbook.MeetingName(f.Type))
	case e.Kind == timeline.DuesPaid:
		return view.Say("%s，交到 %s", name, f.Through)
	case f.Hours != "":
		return view.Say("%s，%s 学时", name, f.Hours)
	case f.Days != "":
		return view.Say("%s，%s 天", name, f.Days)
	case f.Months != 0:
		return view.Say("%s，%d 个月", name, f.Months)
	case f.ValidDays != nil:
		return view.Say("%s，有效期 %d 天", name, *f.ValidDays)
	}
	return name
}

// entryFields are the inputs of a kind; what is known already stands in them.
func (v *visit) entryFields(k timeline.Kind) []view.SheetField {
	line := func(name string, label, hint view.Text, kind, mode string, optional bool) view.SheetField {
		return view.SheetField{Field: view.Field{Name: name, Label: label, Hint: hint, Type: kind, Mode: mode, Optional: optional, Max: 40}}
	}
	var out []view.SheetField
	for _, f := range logbook.FieldsOf(k) {
		switch f {
		case "type":
			options := []view.Option{{Value: "", Label: view.Say("请选择")}}
			for _, m := range timeline.Meetings {
				options = append(options, view.Option{Value: string(m), Label: view.Say(logbook.MeetingName(m))})
			}
			out = append(out, view.SheetField{Kind: "choose", Field: view.Field{Name: f, Label: view.Say("什么会")}, Options: options})
		case "hours":
			out = append(out, line(f, view.Say("学时"), view.Say("只填数字，可以有小数。"), "", "decimal", k != timeline.Studied))
		case "days":
			out = append(out, line(f, view.Say("天数"), view.Text{}, "", "decimal", true))
		case "through":
			out = append(out, line(f, view.Say("交到哪个月"), view.Say("写成 2026-11；一次交几个月的，写最后一个月。"), "", "", false))
		case "months":
			out = append(out, line(f, view.Say("延长几个月"), view.Text{}, "", "numeric", false))
		case "term_years":
			out = append(out, line(f, view.Say("任期几年"), view.Say("不填：按规定。"), "", "numeric", true))
		case "valid_days":
			out = append(out, line(f, view.Say("有效期几天"), view.Say("不填：按通常的天数。"), "", "numeric", true))
		case "reason":
			out = append(out, line("refusal", view.Say("对方说的理由"), view.Text{}, "", "", true))
		case "abroad":
			out = append(out, line(f, view.Say("从哪天起在国（境）外"), view.Text{}, "date", "", true))
		}
	}
	return append(out,
		view.SheetField{Field: view.Field{Name: "on", Label: view.Say("哪一天"), Type: "date", Today: v.today()}},
		view.SheetField{Field: view.Field{Name: "document", Label: view.Say("凭什么材料"), Hint: view.Say("例如签到表、会议记录、收据。"), Optional: true, Max: 200}},
		view.SheetField{Field: view.Field{Name: "why", Label: view.Say("说明"), Hint: view.Say("过了很久才登记的，写明为什么。"), Optional: true, Max: 500}})
}

// entryKinds are offered where none is named, without those that have a form of their own name or a room.
var entryKinds = slices.DeleteFunc(slices.Clone(timeline.Kinds), func(k timeline.Kind) bool { return k == timeline.Member || k == timeline.DuesPaid })

// ofMembers are the kinds that nobody on the way into the Party has.
var ofMembers = []timeline.Kind{timeline.DuesPaid, timeline.Studied, timeline.Visited, timeline.TaughtAtHome, timeline.Returned}

// askEntry is the form for a fact; everything known is filled in from the address.
func (s *Server) askEntry(v *visit) error {
	page, err := v.entryPage(v.form(v.r.URL.Query()), v.r.URL.Query())
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) entryPage(f view.Form, q url.Values) (templ.Component, error) {
	o, err := v.placeAsked(q.Get("org"))
	if err != nil {
		return nil, err
	}
	if _, err := v.person.Allow(access.Add, access.Logbook, o.Path, ""); err != nil {
		return nil, err
	}
	sheet := view.Sheet{Heading: view.Say("登记一件事"), Lead: view.Say("%s。", view.Plain(o.ShortName)), Form: f}
	kind := timeline.Kind(q.Get("kind"))
	if logbook.Name(kind) == "" {
		part := view.SheetPart{ID: "kinds", Title: view.Say("办了什么"), Head: []view.Text{view.Say("办了什么")}}
		for _, k := range entryKinds {
			u := url.Values{"org": {o.ID}, "kind": {string(k)}}
			if p := q.Get("people"); p != "" {
				u.Set("people", p)
			}
			part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: view.Say(logbook.Name(k)), URL: withQuery(view.PathLogNew, u.Encode())}}})
		}
		sheet.Parts = []view.SheetPart{part}
		return view.SheetPage(v.page(sheet.Heading, view.PathLog, v.orgCrumbs(o)...), sheet), nil
	}
	form := view.SheetForm{Action: view.PathLogNew, Submit: view.Say("登记"), Main: true, Hidden: []view.Pair{{Name: "org", Value: o.ID}, {Name: "kind", Value: string(kind)}}, Fields: v.entryFields(kind)}
	part := view.SheetPart{ID: "entry", Title: view.Say(logbook.Name(kind)), Forms: []view.SheetForm{form}}
	parts := []view.SheetPart{part}
	if !logbook.OfBranch(kind) {
		who, err := v.peopleField(o, kind)
		if err != nil {
			return nil, err
		}
		parts[0].Forms[0].Fields = append(parts[0].Forms[0].Fields, who)
		if !slices.Contains(ofMembers, kind) {
			parts = append(parts, view.SheetPart{ID: "name", Title: view.Say("还不在名册上的人"), Note: view.Say("递交入党申请书的人先登记姓名，再登记办了什么。"),
				Forms: []view.SheetForm{{Action: view.PathLogNew, Submit: view.Say("登记姓名"), Hidden: []view.Pair{{Name: "org", Value: o.ID}, {Name: "kind", Value: string(kind)}, {Name: "act", Value: "name"}},
					Fields: []view.SheetField{{Field: view.Field{Name: "name", Label: view.Say("姓名"), Max: 50}}}}}})
		}
	}
	sheet.Parts = parts
	return view.SheetPage(v.page(sheet.Heading, view.PathLog, v.orgCrumbs(o)...), sheet), nil
}

// peopleField offers everybody of the branch.
func (v *visit) peopleField(o org.Organisation, kind timeline.Kind) (view.SheetField, error) {
	out := view.SheetField{Kind: "boxes", Field: view.Field{Name: "people", Label: view.Say("谁"), Hint: view.Say("可以勾选几个人。")}}
	r, err := v.readerFor(access.List, access.Logbook)
	if err != nil {
		return out, err
	}
	people, err := logbook.People(v.ctx(), r, o.Path)
	caring := kind == timeline.Visited || kind == timeline.TaughtAtHome
	if caring {
		slices.SortStableFunc(people, func(a, b logbook.Somebody) int { return cmp.Compare(careLast(a), careLast(b)) })
	}
	for _, p := range people {
		if p.Applicant && slices.Contains(ofMembers, kind) {
			continue
		}
		opt := view.Option{Value: p.ID, Label: view.Plain(p.Name)}
		switch {
		case p.Applicant:
			opt.Hint = view.Say("不在名册上")
		case caring && p.Care:
			opt.Hint = view.Say("需要关怀")
		}
		out.Options = append(out.Options, opt)
	}
	return out, err
}

// careLast puts whoever needs care first.
func careLast(p logbook.Somebody) int {
	if p.Care {
		return 0
	}
	return 1
}

// entryTyped reads the form.
func entryTyped(values url.Values) (n logbook.New, err error) {
	n = logbook.New{Org: values.Get("org"), People: values["people"], Kind: timeline.Kind(values.Get("kind")), Document: said(values, "document"), Reason: said(values, "why"),
		Fields: logbook.Fields{Type: timeline.Meeting(values.Get("type")), Days: said(values, "days"), Hours: said(values, "hours"), Through: said(values, "through"), Reason: said(values, "refusal")}}
	if n.On, err = dayTyped(values, "on"); err != nil {
		return n, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("on")
	}
	if n.Fields.Abroad, err = dayTyped(values, "abroad"); err != nil {
		return n, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("abroad")
	}
	for name, into := range map[string]*int{"months": &n.Fields.Months, "term_years": &n.Fields.TermYears} {
		if text := said(values, name); text != "" {
			if *into, err = strconv.Atoi(text); err != nil {
				return n, fault.New(fault.Invalid, "请只写数字。").At(name)
			}
		}
	}
	if text := said(values, "valid_days"); text != "" {
		days, err := strconv.Atoi(text)
		if err != nil {
			return n, fault.New(fault.Invalid, "请只写数字。").At("valid_days")
		}
		n.Fields.ValidDays = &days
	}
	return n, nil
}

// entryAt says under which field a fault of the book is shown.
var entryAt = at{"on": "on", "people": "people", "type": "type", "hours": "hours", "days": "days", "through": "through", "months": "months", "term_years": "term_years", "valid_days": "valid_days",
	"document": "document", "reason": "why", "abroad": "abroad", "name": "name"}

// addEntry enters a fact, or the name of somebody who is on no register yet.
func (s *Server) addEntry(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.person.Need(access.Add, access.Logbook); err != nil {
		return err
	}
	back := view.PathLogOf(values.Get("org"))
	if values.Get("act") == "name" {
		var id string
		if id, err = v.in.Logbook.Name(v.ctx(), v.actor(), values.Get("org"), values.Get("name")); err == nil {
			back = withQuery(view.PathLogNew, url.Values{"org": {values.Get("org")}, "kind": {values.Get("kind")}, "people": {id}}.Encode())
		}
	} else {
		var n logbook.New
		if n, err = entryTyped(values); err == nil {
			_, err = v.in.Logbook.Add(v.ctx(), v.actor(), n)
		}
	}
	if err != nil && wrong(err) {
		f := v.form(values)
		f.Problems = []view.Problem{v.problem(err, entryAt)}
		page, perr := v.entryPage(f, values)
		if perr != nil {
			return perr
		}
		return v.again(err, page)
	}
	if err != nil {
		return err
	}
	v.done("已经记下。")
	return v.to(back)
}

// showEntry is one entry, with the forms to correct it and to take it back.
func (s *Server) showEntry(v *visit) error {
	page, err := v.oneEntry(v.form(nil))
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) oneEntry(f view.Form) (templ.Component, error) {
	r, err := v.readerFor(access.List, access.Logbook)
	if err != nil {
		return nil, err
	}
	e, err := logbook.ByID(v.ctx(), r, v.r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	names, err := logbook.Names(v.ctx(), r, []logbook.Entry{e})
	if err != nil {
		return nil, err
	}
	sheet := view.Sheet{Heading: entryTitle(e), Lead: view.Plain(e.On.String()), Form: f}
	part := view.SheetPart{ID: "entry", Title: view.Say("登记的内容"), Facts: []view.Fact{{Label: view.Say("谁"), Value: view.Plain(names[e.Person()])}, {Label: view.Say("凭什么材料"), Value: view.Plain(e.Document), Quoted: true},
		{Label: view.Say("说明"), Value: view.Plain(e.Reason), Quoted: true}, {Label: view.Say("登记人"), Value: view.Plain(e.Actor)}, {Label: view.Say("登记时间"), Value: view.Plain(words.Moment(e.At()))}}}
	if e.Follows != "" {
		part.Facts = append(part.Facts, view.Fact{Label: view.Say("更正前"), Value: view.Say("看更正前的"), URL: view.PathEntry(e.Follows)})
	}
	if !e.Retired.IsZero() {
		part.Facts = append(part.Facts, view.Fact{Label: view.Say("作废"), Value: view.Say("%s，%s：%s", words.Moment(e.Retired), view.Plain(e.RetiredBy), view.Plain(e.RetiredWhy))})
	}
	sheet.Parts = []view.SheetPart{part}
	if e.Retired.IsZero() && v.may(access.Add, access.Logbook, e.OrgPath, "") {
		if f.Values == nil {
			sheet.Form.Values = typedEntry(e)
		}
		hidden := func(act string) []view.Pair {
			return []view.Pair{{Name: "act", Value: act}, {Name: "seen", Value: strconv.FormatInt(e.Version, 10)}}
		}
		sheet.Parts = append(sheet.Parts,
			view.SheetPart{ID: "correct", Title: view.Say("更正"), Note: view.Say("原来的一条留在历史里。"), Forms: []view.SheetForm{{Action: view.PathEntry(e.ID), Submit: view.Say("更正"), Main: true, Hidden: hidden("correct"), Fields: v.entryFields(e.Kind)}}},
			view.SheetPart{ID: "withdraw", Title: view.Say("撤回"), Note: view.Say("这件事没有办、记错了人。"), Forms: []view.SheetForm{{Action: view.PathEntry(e.ID), Submit: view.Say("撤回"), Hidden: hidden("withdraw"),
				Fields: []view.SheetField{{Field: view.Field{Name: "withdrawn", Label: view.Say("理由"), Max: 500}}}}}})
	}
	return view.SheetPage(v.page(sheet.Heading, view.PathLog, view.Link{Text: view.Say("台账"), URL: view.PathLogOf(e.OrgID)}), sheet), nil
}

// typedEntry puts an entry into the fields of its form.
func typedEntry(e logbook.Entry) url.Values {
	f := e.Fields
	out := url.Values{"on": {e.On.String()}, "document": {e.Document}, "type": {string(f.Type)}, "days": {f.Days}, "hours": {f.Hours}, "through": {f.Through}, "refusal": {f.Reason}, "abroad": {f.Abroad.String()}}
	for name, n := range map[string]int{"months": f.Months, "term_years": f.TermYears} {
		if n != 0 {
			out.Set(name, strconv.Itoa(n))
		}
	}
	if f.ValidDays != nil {
		out.Set("valid_days", strconv.Itoa(*f.ValidDays))
	}
	return out
}

// mendEntry corrects an entry or takes it back.
func (s *Server) mendEntry(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.person.Need(access.Add, access.Logbook); err != nil {
		return err
	}
	id := v.r.PathValue("id")
	seen, _ := strconv.ParseInt(values.Get("seen"), 10, 64) // what is no number is no version, and is answered as an old one
	if values.Get("act") == "withdraw" {
		err = v.in.Logbook.Withdraw(v.ctx(), v.actor(), id, seen, said(values, "withdrawn"))
	} else {
		var n logbook.New
		if n, err = entryTyped(values); err == nil {
			id, err = v.in.Logbook.Correct(v.ctx(), v.actor(), id, seen, n)
		}
	}
	if err != nil && wrong(err) {
		f := v.form(values)
		fields := entryAt
		if values.Get("act") == "withdraw" {
			fields = at{"reason": "withdrawn"}
		}
		f.Problems = []view.Problem{v.problem(err, fields)}
		page, perr := v.oneEntry(f)
		if perr != nil {
			return perr
		}
		return v.again(err, page)
	}
	if err != nil {
		return err
	}
	v.done("已经记下。")
	return v.to(view.PathEntry(id))
}
