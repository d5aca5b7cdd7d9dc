package web

import (
	"net/url"
	"slices"

	"zhibu/internal/fault"
	"zhibu/internal/installation"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/party/steward"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// disputesListed is a page of the queue.
const disputesListed = 50

// listDisputes is the queue: what asks the visitor as a steward, then what else is open in scope, the oldest first.
func (s *Server) listDisputes(v *visit) error {
	r, err := v.readerFor(access.List, access.Dispute)
	if err != nil {
		return err
	}
	q := v.r.URL.Query()
	f := steward.Filter{After: q.Get("after"), Limit: disputesListed}
	title, empty := view.Say("还没有答复的"), view.Say("没有等答复的异议。")
	switch q.Get("show") {
	case "overdue":
		f.Overdue, title, empty = true, view.Say("逾期的"), view.Say("没有逾期的异议。")
	case "settled":
		f.State, title, empty = steward.Settled, view.Say("已答复的"), view.Say("还没有。")
	case "withdrawn":
		f.State, title, empty = steward.Withdrawn, view.Say("已撤回的"), view.Say("还没有。")
	}
	sheet := view.Sheet{Heading: view.Say("有异议的信息"), Lead: v.limitText(), Form: v.form(nil)}
	if id := q.Get("org"); id != "" {
		o, err := org.ByID(v.ctx(), v.in.DB.As(r.Scope()), id)
		if err != nil {
			return err
		}
		f.Under, title = o.Path, view.Say("%s：%s", view.Plain(o.ShortName), title)
	} else if f.After == "" && !f.Overdue && f.State == "" {
		mine, err := v.in.Stewards.Waiting(v.ctx(), r, v.actor())
		if err != nil {
			return err
		}
		part, err := v.disputePart(r, "mine", view.Say("等您答复"), view.Say("没有等您答复的异议。"), mine)
		if err != nil {
			return err
		}
		sheet.Parts = append(sheet.Parts, part)
	}
	list, next, err := v.in.Stewards.List(v.ctx(), r, f)
	if err != nil {
		return err
	}
	part, err := v.disputePart(r, "list", title, empty, list)
	if err != nil {
		return err
	}
	sheet.Parts = append(sheet.Parts, part, v.disputeLinks(q, next))
	return v.show(view.SheetPage(v.page(sheet.Heading, view.PathDisputes), sheet))
}

// limitText says how long an answer may take, and that no regulation says so many days.
func (v *visit) limitText() view.Text {
	rule := v.in.Stewards.Limit()
	return view.Say("责任人在 %d 天（自然日）内答复，过期转由上一级。%s没有写天数，这个期限请本级党组织核定。", rule.Int("days"), view.Plain(rule.Cite()))
}

// disputeLinks lead to the other lists and on to the next page.
func (v *visit) disputeLinks(q url.Values, next string) view.SheetPart {
	part := view.SheetPart{ID: "others", Title: view.Say("其他名单"), Head: []view.Text{view.Say("名单")}}
	link := func(text view.Text, show, after string) {
		to := url.Values{}
		for name, value := range map[string]string{"org": q.Get("org"), "show": show, "after": after} {
			if value != "" {
				to.Set(name, value)
			}
		}
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: text, URL: withQuery(view.PathDisputes, to.Encode())}}})
	}
	if next != "" {
		link(view.Say("往下看"), q.Get("show"), next)
	}
	link(view.Say("还没有答复的"), "", "")
	link(view.Say("逾期的"), "overdue", "")
	link(view.Say("已答复的"), "settled", "")
	link(view.Say("已撤回的"), "withdrawn", "")
	return part
}

// disputePart lists disputes; those about fields that the visitor's role does not see are left out.
func (v *visit) disputePart(r store.Reader, id string, title, empty view.Text, list []steward.Dispute) (view.SheetPart, error) {
	part := view.SheetPart{ID: id, Title: title, Empty: empty, Head: []view.Text{view.Say("哪一项"), view.Say("谁的"), view.Say("提出"), view.Say("由谁答复"), view.Say("情况")}}
	var owners []string
	for _, d := range list {
		owners = append(owners, d.Owner)
	}
	names, err := v.ownerNames(owners)
	if err != nil {
		return part, err
	}
	for _, d := range list {
		if !v.seesDispute(d) {
			continue
		}
		of, err := v.doubtedOf(r, d)
		if err != nil {
			return part, err
		}
		part.Rows = append(part.Rows, view.SheetRow{ID: d.ID, Cells: []view.SheetCell{{Text: fieldLabel(d.Field), URL: view.PathDispute(d.ID)}, view.Cell(of),
			view.Cell(view.Say("%s，%s", words.Moment(d.At())[:10], view.Say(d.Origin.Name()))), view.Cell(view.Plain(names[d.Owner])), {Text: v.disputeStand(d), Tag: v.disputeTag(d)}}})
	}
	return part, nil
}

// seesDispute tells whether the visitor's role sees the field that a dispute is about.
func (v *visit) seesDispute(d steward.Dispute) bool {
	see, err := v.person.Allow(access.List, access.Dispute, d.OrgPath, d.Member)
	return err == nil && see.Mask.Has(installation.ClassOf(d.Field))
}

// doubtedOf names whose fact is doubted.
func (v *visit) doubtedOf(r store.Reader, d steward.Dispute) (view.Text, error) {
	if !d.OfRecord() {
		names, err := v.ownerNames([]string{d.About})
		return view.Plain(names[d.About]), err
	}
	m, err := v.in.Members.ByID(v.ctx(), r, d.Member)
	return view.Plain(m.Name), err
}

func fieldLabel(c roster.Column) view.Text {
	switch {
	case c == steward.OfDocument:
		return view.Say("档案材料")
	case c == steward.OfOrganisation:
		return view.Say("党组织资料")
	case slices.Contains(member.FactKinds, member.FactKind(c)):
		return view.Say(member.FactKind(c).Name())
	}
	if f, ok := keyOf(c); ok {
		return f.label
	}
	return view.Say(c.Title())
}

func (v *visit) disputeStand(d steward.Dispute) view.Text {
	switch {
	case d.State == steward.Open && d.Escalated > 0:
		return view.Say("已转上级，%s 前答复", d.Due.String())
	case d.State == steward.Open:
		return view.Say("%s 前答复", d.Due.String())
	case d.State == steward.Settled:
		return view.Say("%s，%s", view.Say(d.Outcome.Name()), words.Moment(d.SettledAt)[:10])
	}
	return view.Say(d.State.Name())
}

func (v *visit) disputeTag(d steward.Dispute) view.Tag {
	switch {
	case d.Overdue(v.today()):
		return view.Tag{Text: view.Say("逾期"), Kind: view.TagLate}
	case d.State == steward.Open:
		return view.Tag{Text: view.Say("有异议"), Kind: view.TagSoon}
	}
	return view.Tag{}
}

// disputedOn marks the facts of a record that somebody doubts.
func (v *visit) disputedOn(d dossier, marks proposed) error {
	r, err := v.readerFor(access.List, access.Dispute)
	if fault.Of(err) == fault.Forbidden {
		return nil
	}
	if err != nil {
		return err
	}
	open, err := v.in.Stewards.OpenOf(v.ctx(), r, d.m.ID)
	if err != nil || len(open) == 0 {
		return err
	}
	var owners []string
	for _, x := range open {
		owners = append(owners, x.Owner)
	}
	names, err := v.ownerNames(owners)
	if err != nil {
		return err
	}
	for subject, x := range open {
		col := subject.Field
		if v.seesDispute(x) {
			marks.on[col] = append(marks.on[col], view.Waiting{State: view.Tag{Text: view.Say("有异议"), Kind: view.TagLate}, URL: view.PathDispute(x.ID), Do: view.Say("看异议"),
				Text: view.Say("%s %s，等%s的责任人在 %s 前答复。", words.Moment(x.At())[:10], view.Say(x.Origin.Name()), view.Plain(names[x.Owner]), x.Due.String())})
		}
	}
	return nil
}

// waitingDisputes is what asks the visitor as a steward: in time, and late.
func (v *visit) waitingDisputes() (waiting, late []view.Todo, err error) {
	if !v.works(access.Answer, access.Dispute) {
		return nil, nil, nil
	}
	r, err := v.readerFor(access.List, access.Dispute)
	if err != nil {
		return nil, nil, err
	}
	list, err := v.in.Stewards.Waiting(v.ctx(), r, v.actor())
	if err != nil {
		return nil, nil, err
	}
	cite := view.Plain(v.in.Stewards.Limit().Cite())
	for i, d := range list {
		if i == peopleListed {
			waiting = append(waiting, view.Todo{Title: view.Say("还有 %d 条异议等您答复", len(list)-i), URL: view.PathDisputes, Action: view.Say("去办")})
			break
		}
		of, err := v.doubtedOf(r, d)
		if err != nil {
			return nil, nil, err
		}
		t := view.Todo{Title: view.Say("%s的“%s”有异议，等您答复", of, fieldLabel(d.Field)), URL: view.PathDispute(d.ID), Basis: cite, Rule: v.in.Stewards.Limit().ID, Action: view.Say("去答复"),
			Detail: view.Say("%s 前答复。", d.Due.String())}
		if d.Overdue(v.today()) {
			t.Late, t.Tag = true, view.Tag{Text: view.Say("逾期 %d 天", d.Due.DaysUntil(v.today())), Kind: view.TagLate}
			late = append(late, t)
			continue
		}
		waiting = append(waiting, t)
	}
	return waiting, late, nil
}
