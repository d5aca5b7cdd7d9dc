package web

import (
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"zhibu/internal/party/duty"
	"zhibu/internal/party/org"
	"zhibu/internal/party/timeline"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// helpSoon is in how many days help is offered unless another day is typed.
const helpSoon = 7

// askHelp is the form by which those above offer help with something that is due in a branch (协助补开).
func (s *Server) askHelp(v *visit) error {
	f := v.form(url.Values{"offer": {string(duty.Visit)}, "on": {v.today().AddDays(helpSoon).String()}})
	page, err := v.helpPage(f, v.r.URL.Query())
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) helpPage(f view.Form, q url.Values) (templ.Component, error) {
	o, err := v.placeAsked(q.Get("org"))
	if err != nil {
		return nil, err
	}
	if _, err := v.person.Allow(access.Help, access.Duty, o.Path, ""); err != nil {
		return nil, err
	}
	title, err := v.dutyCalled(q.Get("duty"))
	if err != nil {
		return nil, err
	}
	var offers []view.Option
	for _, x := range duty.Offers {
		offers = append(offers, view.Option{Value: string(x), Label: view.Say(x.Name())})
	}
	sheet := view.Sheet{Heading: view.Say("协助补开"), Lead: view.Say("%s：%s", view.Plain(o.ShortName), title), Form: f}
	sheet.Parts = []view.SheetPart{{ID: "help", Title: view.Say("怎样协助"), Note: view.Say("支部书记会收到通知，双方都看得到这条协助。只写能帮什么，不写批评，也不写个人情况。"),
		Forms: []view.SheetForm{{Action: view.PathHelpOffer, Submit: view.Say("提出协助"), Main: true, Hidden: []view.Pair{{Name: "org", Value: o.ID}, {Name: "duty", Value: q.Get("duty")}},
			Fields: []view.SheetField{{Kind: "radios", Field: view.Field{Name: "offer", Label: view.Say("能做什么")}, Options: offers},
				{Field: view.Field{Name: "on", Label: view.Say("哪一天"), Type: "date"}},
				{Field: view.Field{Name: "words", Label: view.Say("补充说明"), Optional: true, Max: 200}}}}}}}
	return view.SheetPage(v.page(sheet.Heading, view.PathDuties, v.orgCrumbs(o)...), sheet), nil
}

func (s *Server) offerHelp(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.person.Need(access.Help, access.Duty); err != nil {
		return err
	}
	x := duty.Helping{Org: values.Get("org"), Duty: timeline.Name(values.Get("duty")), Offer: duty.Offer(values.Get("offer")), Words: said(values, "words")}
	var id string
	if x.On, err = dayTyped(values, "on"); err == nil {
		id, err = v.in.Duties.OfferHelp(v.ctx(), v.actor(), x)
	}
	if err != nil && wrong(err) {
		f := v.form(values)
		f.Problems = []view.Problem{v.problem(err, at{"offer": "offer", "on": "on", "words": "words"})}
		page, perr := v.helpPage(f, values)
		if perr != nil {
			return perr
		}
		return v.again(err, page)
	}
	if err != nil {
		return err
	}
	v.done(words.Mark("协助已经提出，支部书记会收到通知。"))
	return v.to(view.PathHelpOne(id))
}

// helpOffered reads the help that the address names.
func (v *visit) helpOffered() (duty.Help, org.Organisation, error) {
	r, err := v.readerFor(access.List, access.Logbook)
	if err != nil {
		return duty.Help{}, org.Organisation{}, err
	}
	h, err := v.in.Duties.HelpByID(v.ctx(), r, v.r.PathValue("id"))
	if err != nil {
		return h, org.Organisation{}, err
	}
	o, err := org.ByID(v.ctx(), r, h.Org)
	return h, o, err
}

func (s *Server) showHelpOffer(v *visit) error { return v.helpOfferPage(v.form(nil), nil) }

// helpOfferPage is one help, as both sides see it, with the two ways to end it.
func (v *visit) helpOfferPage(f view.Form, failed error) error {
	h, o, err := v.helpOffered()
	if err != nil {
		return err
	}
	from, err := v.nameAbove(o, h.From)
	if err != nil {
		return err
	}
	if f.Version == "" {
		f.Version = strconv.FormatInt(h.Version, 10)
	}
	sheet := view.Sheet{Heading: view.Say("协助补开"), Lead: view.Say("%s：%s", view.Plain(o.ShortName), v.dutyNamed(h.Duty)), Form: f, Tags: []view.Tag{helpTag(h.State)}}
	part := view.SheetPart{ID: "help", Title: view.Say("怎样协助")}
	add := func(label, value view.Text) { part.Facts = append(part.Facts, view.Fact{Label: label, Value: value}) }
	add(view.Say("能做什么"), view.Say(h.Offer.Name()))
	if h.Words != "" {
		add(view.Say("补充说明"), view.Plain(h.Words))
	}
	add(view.Say("哪一天"), view.Plain(h.On.String()))
	add(view.Say("提出"), view.Say("%s，%s，%s", view.Plain(from), view.Plain(h.Actor), view.Plain(words.Moment(h.At()))))
	if h.State != duty.HelpOpen {
		add(view.Say("办结"), view.Say("%s，%s", view.Plain(h.Closer), view.Plain(words.Moment(h.ClosedAt))))
		if h.Answer != "" {
			add(view.Say("说明"), view.Plain(h.Answer))
		}
	}
	if h.State == duty.HelpOpen && (v.may(access.Help, access.Duty, h.OrgPath, "") || v.may(access.Add, access.Logbook, h.OrgPath, "")) {
		note := view.SheetField{Field: view.Field{Name: "answer", Label: view.Say("说明"), Optional: true, Max: 200}}
		part.Forms = []view.SheetForm{{Action: view.PathHelpOne(h.ID), Submit: view.Say("事情办好了"), Main: true, Hidden: []view.Pair{{Name: "state", Value: string(duty.HelpDone)}}, Fields: []view.SheetField{note}},
			{Action: view.PathHelpOne(h.ID), Submit: view.Say("不再需要，结束"), Hidden: []view.Pair{{Name: "state", Value: string(duty.HelpEnded)}}}}
	}
	see := url.Values{"org": {o.ID}, "duty": {string(h.Duty)}}
	sheet.Parts = append(sheet.Parts, part, view.SheetPart{ID: "more", Title: view.Say("这件事"), Head: []view.Text{view.Say("支部"), view.Say("办理")},
		Rows: []view.SheetRow{{Cells: []view.SheetCell{{Text: view.Plain(o.ShortName), URL: view.PathOrg(o.ID)}, {Text: view.Say("看这个支部的待办"), URL: withQuery(view.PathDuties, see.Encode())}}}}})
	page := view.SheetPage(v.page(sheet.Heading, view.PathDuties, v.orgCrumbs(o)...), sheet)
	if failed != nil {
		return v.again(failed, page)
	}
	return v.show(page)
}

// nameAbove is the name of an organisation above a branch, which the branch knows whatever its scope.
func (v *visit) nameAbove(o org.Organisation, id string) (string, error) {
	steps, err := org.Lineage(v.ctx(), v.reader(), o.Path)
	for _, s := range steps {
		if s.ID == id {
			return s.Name, err
		}
	}
	return "", err
}

func (s *Server) closeHelp(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	h, _, err := v.helpOffered()
	if err != nil {
		return err
	}
	err = v.in.Duties.CloseHelp(v.ctx(), v.actor(), h.ID, versionOf(values), duty.HelpState(values.Get("state")), said(values, "answer"))
	if err != nil && wrong(err) {
		f := v.form(values)
		f.Version = values.Get(view.FieldVersion)
		f.Problems = []view.Problem{v.problem(err, at{"answer": "answer"})}
		return v.helpOfferPage(f, err)
	}
	if err != nil {
		return err
	}
	v.done(words.Mark("已经记下，对方会收到通知。"))
	return v.to(view.PathHelpOne(h.ID))
}

func helpTag(state duty.HelpState) view.Tag {
	switch state {
	case duty.HelpDone:
		return view.Tag{Text: view.Say("办好了"), Kind: view.TagOK}
	case duty.HelpEnded:
		return view.Tag{Text: view.Say("已结束")}
	}
	return view.Tag{Text: view.Say("正在协助"), Kind: view.TagInfo}
}

// helpPart lists what has been offered at and below an organisation; none where nothing has.
func (v *visit) helpPart(o org.Organisation) (part view.SheetPart, some bool, err error) {
	r, err := v.readerFor(access.List, access.Logbook)
	if err != nil {
		return part, false, err
	}
	list, err := v.in.Duties.Helps(v.ctx(), r, o.Path, helpsListed)
	if err != nil || len(list) == 0 {
		return part, false, err
	}
	paths := make([]string, len(list))
	for i, h := range list {
		paths[i] = h.OrgPath
	}
	steps, err := org.Steps(v.ctx(), r, paths)
	part = view.SheetPart{ID: "helps", Title: view.Say("协助补开"), Head: []view.Text{view.Say("该办什么"), view.Say("支部"), view.Say("能做什么"), view.Say("哪一天")}}
	for _, h := range list {
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: v.dutyNamed(h.Duty), URL: view.PathHelpOne(h.ID), Tag: helpTag(h.State)}, view.Cell(view.Plain(steps[h.OrgPath].Name)),
			view.Cell(view.Say(h.Offer.Name())), view.Cell(view.Plain(h.On.String()))}})
	}
	return part, true, err
}

// helpsListed bounds that list.
const helpsListed = 20

// helpCell leads from a branch in which something is overdue to the offer of help, or to the one that stands.
func (v *visit) helpCell(l duty.Late, name string, open map[string]duty.Help) view.SheetCell {
	if h, ok := open[l.OrgID]; ok {
		return view.SheetCell{Text: view.Say("正在协助"), URL: view.PathHelpOne(h.ID)}
	}
	if !v.may(access.Help, access.Duty, l.Path, "") {
		return view.SheetCell{}
	}
	u := url.Values{"org": {l.OrgID}, "duty": {name}}
	return view.SheetCell{Text: view.Say("协助补开"), URL: withQuery(view.PathHelpOffer, u.Encode())}
}
