package web

import (
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/installation"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/member"
	"zhibu/internal/party/review"
	"zhibu/internal/party/roster"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// factClass is the class of fields that a dated fact belongs to: earlier values to that of their column, honours, jobs and
// trainings to what organisational life needs, care and hardship to what few see.
func factClass(k member.FactKind) access.Mask { return installation.ClassOfFact(k) }

func recordedDay(at time.Time) string { return words.Moment(at)[:10] }

func factTags(f member.Fact) (out []view.Tag) {
	if f.Late {
		out = append(out, view.Tag{Text: view.Say("补记"), Kind: view.TagSoon})
	}
	if !f.Retired.IsZero() {
		out = append(out, view.Tag{Text: view.Say("已作废"), Kind: view.TagLate})
	}
	return out
}

// factDetail says until when, from whom and by what document.
func factDetail(f member.Fact) view.Text {
	var parts []string
	for _, t := range []string{f.By, f.Detail, f.Document} {
		if t != "" {
			parts = append(parts, t)
		}
	}
	detail := view.Plain(strings.Join(parts, " · "))
	switch {
	case f.To.IsZero():
		return detail
	case detail.IsZero():
		return view.Say("到 %s为止", f.To)
	}
	return view.Say("到 %s为止。%s", f.To, detail)
}

// showFactHistory is the history of one fact of a record: a look like opening it.
func (s *Server) showFactHistory(v *visit) error {
	d, err := v.dossier(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	f, ok := factOf(v.r.PathValue("fact"))
	if !ok || f.column == "" || !d.mask.Has(f.class) {
		return fault.Missing()
	}
	if err := v.in.Members.Opened(v.actor(), d.m); err != nil {
		return err
	}
	out := view.FactHistory{Label: f.label}
	if out.Member, err = v.ref(d); err != nil {
		return err
	}
	past, err := v.in.Members.AsOf(v.ctx(), v.reader(), d.m, v.today(), time.Time{})
	if err != nil {
		return err
	}
	out.Now, out.Since = f.value(past.Member, past.Tails, v.today()), past.From[f.column].Since
	spells, entries, err := v.in.Members.Chronicle(v.ctx(), v.reader(), d.m, f.column)
	if err != nil {
		return err
	}
	may := !d.own && v.may(access.Mend, access.Member, d.m.OrgPath, d.m.ID)
	for _, e := range spells {
		spell := view.FactSpell{Value: f.value(e.Member, e.Tails, v.today()), From: e.Fact.From, To: e.Fact.To, By: e.Source.Actor, On: recordedDay(e.Source.At),
			Because: because(e.Source), Tags: factTags(*e.Fact)}
		if may && e.Fact.Retired.IsZero() {
			spell.URL = view.PathFact(d.m.ID, e.Fact.ID)
		}
		if f.secret && d.reveal.Has(f.class) {
			spell.Show = pathRevealOld(d.m.ID, member.Old{Column: f.column, Fact: e.Fact.ID})
		}
		out.Spells = append(out.Spells, spell)
	}
	for _, e := range entries {
		entry := view.FactEntry{Value: f.value(e.Member, e.Tails, v.today()), Act: sayOrNone(sourceKinds[e.Source.Kind]),
			By: e.Source.Actor, When: words.Moment(e.Source.At), Because: because(e.Source)}
		if f.secret && d.reveal.Has(f.class) {
			entry.Show = pathRevealOld(d.m.ID, member.Old{Column: f.column, Act: e.Act})
		}
		out.Entries = append(out.Entries, entry)
	}
	if out.Entries, err = v.affirmedEntries(d, f, out); err != nil {
		return err
	}
	if out.Answers, err = v.answersFor(d, f.column); err != nil {
		return err
	}
	if v.mayDispute(d, f) {
		out.Dispute = view.PathDisputeNew(d.m.ID, f.key)
	}
	if kind := member.Earlier(f.column); may && kind.Valid() {
		out.Add = withQuery(view.PathFactNew(d.m.ID), plus("", "kind", string(kind)))
	}
	return v.show(view.FactHistoryPage(v.page(view.Say("%s的历史", f.label), view.PathMembers, memberCrumbs(d.m)...), out))
}

func because(s member.Source) view.Text {
	switch {
	case s.Reason != "" && s.Document != "":
		return view.Say("%s（%s）", view.Plain(s.Reason), view.Plain(s.Document))
	case s.Reason != "":
		return view.Plain(s.Reason)
	}
	return view.Plain(s.Document)
}

// lifeOf is a record about which the visitor may enter facts.
func (v *visit) lifeOf() (dossier, error) {
	d, err := v.actOn(access.Mend)
	if err == nil && d.own {
		err = fault.New(fault.Forbidden, "不能给自己登记，请由支部其他同志办理。").By(access.RuleNotOwn)
	}
	return d, err
}

func (s *Server) askNewFact(v *visit) error {
	d, err := v.lifeOf()
	if err != nil {
		return err
	}
	kind := member.FactKind(v.r.URL.Query().Get("kind"))
	if kind != "" && (!kind.Valid() || !d.mask.Has(factClass(kind))) {
		return fault.Missing()
	}
	values := url.Values{"kind": {string(kind)}}
	it, err := v.returned(d, member.DoFact)
	if err != nil {
		return err
	}
	if it != nil {
		values = typedFact(it)
		if k := member.FactKind(values.Get("kind")); k.Column() != "" {
			kind = k
		}
	}
	page, err := v.factPage(d, "", kind, v.form(values))
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) factPage(d dossier, id string, kind member.FactKind, form view.Form) (templ.Component, error) {
	ref, err := v.ref(d)
	if err != nil {
		return nil, err
	}
	out := view.FactForm{Form: form, Member: ref, ID: id, Sources: evidences(), Today: v.today(), Label: view.Say("是什么事"), Kind: sayOrNone(kind.Name())}
	out.Sources[0].Label = view.Say("没有材料")
	if v.may(access.See, access.Document, d.m.OrgPath, d.m.ID) {
		list, err := v.in.Documents.Of(v.ctx(), v.reader(), d.m.ID)
		if err != nil {
			return nil, err
		}
		for _, one := range list {
			out.Proofs = append(out.Proofs, view.Option{Value: one.ID, Label: documentText(one)})
		}
	}
	if c := kind.Column(); c != "" {
		f, _ := keyOf(c)
		out.Earlier, out.Label = true, f.label
		if f.options != nil {
			out.Options = f.options()
		}
		if f.kind == view.MendYesNo {
			for _, a := range []identity.Answer{identity.Yes, identity.No} {
				out.Options = append(out.Options, view.Option{Value: a.Name(), Label: view.Say(a.Name())})
			}
		}
	} else if id == "" {
		for _, k := range member.FactKinds {
			if d.mask.Has(factClass(k)) {
				out.Kinds = append(out.Kinds, view.Option{Value: string(k), Label: view.Say(k.Name())})
			}
		}
	}
	title := view.Say("登记一件事")
	if id != "" {
		title = view.Say("更正：%s", out.Kind)
	}
	return view.FactPage(v.page(title, view.PathMembers, memberCrumbs(d.m)...), out), nil
}

var factFields = at{"kind": "kind", "from": "from", "to": "to", "text": "text", "by": "by", "detail": "detail", "document": "source", "proofs": "proofs", "reason": "reason"}

func enteredFact(values url.Values) (in member.NewFact, err error) {
	in = member.NewFact{Kind: member.FactKind(values.Get("kind")), Text: said(values, "text"), By: said(values, "by"), Detail: said(values, "detail"),
		Document: said(values, "source"), Reason: said(values, "reason"), Proofs: values["proofs"], Again: values.Get(fieldAgain)}
	if in.From, err = view.ReadDay(values, "from"); err == nil {
		in.To, err = view.ReadDay(values, "to")
	}
	return in, err
}

func (s *Server) addFact(v *visit) error {
	d, err := v.lifeOf()
	if err != nil {
		return err
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	in, err := enteredFact(values)
	if err == nil && in.Kind.Valid() && !d.mask.Has(factClass(in.Kind)) {
		return fault.Missing()
	}
	var out review.Outcome
	if err == nil {
		out, err = v.in.Reviews.AddFact(v.ctx(), v.actor(), d.m.ID, in)
	}
	if err != nil {
		return v.factAgain(d, "", in.Kind, values, err)
	}
	v.entered(out, words.Mark("已经登记。"))
	return v.to(afterFact(d.m.ID, in.Kind, out))
}

// afterFact is where somebody goes who has entered a fact: the record, where it also says what waits, or the history of a
// column.
func afterFact(member string, k member.FactKind, out review.Outcome) string {
	if out.ID != "" {
		return view.PathMember(member)
	}
	if f, ok := keyOf(k.Column()); ok && k.Column() != "" {
		return view.PathHistory(member, f.key)
	}
	return view.PathMember(member)
}

func (v *visit) factAgain(d dossier, id string, kind member.FactKind, values url.Values, err error) error {
	if !wrong(err) {
		return err
	}
	form := v.form(values)
	form.Version = values.Get(view.FieldVersion)
	form.Problems = []view.Problem{v.problem(err, factFields)}
	if kind.Column() == "" && id == "" {
		kind = ""
	}
	page, perr := v.factPage(d, id, kind, form)
	if perr != nil {
		return perr
	}
	return v.again(err, page)
}

// oneFact is the standing fact of the address that the visitor may correct.
func (v *visit) oneFact() (dossier, member.Fact, error) {
	d, err := v.lifeOf()
	if err != nil {
		return d, member.Fact{}, err
	}
	list, err := v.in.Members.Facts(v.ctx(), v.reader(), d.m.ID)
	if err != nil {
		return d, member.Fact{}, err
	}
	for _, f := range list {
		if f.ID == v.r.PathValue("fact") && f.Retired.IsZero() && d.mask.Has(factClass(f.Kind)) {
			return d, f, nil
		}
	}
	return d, member.Fact{}, fault.Missing()
}

func (s *Server) askFact(v *visit) error {
	d, f, err := v.oneFact()
	if err != nil {
		return err
	}
	values := url.Values{"kind": {string(f.Kind)}, "text": {f.Text}, "by": {f.By}, "detail": {f.Detail}, "source": {f.Document}}
	if c := f.Kind.Column(); c != "" {
		values.Set("text", typedText(c, f.Text))
	}
	proofs, err := v.in.Members.ProofsOf(v.ctx(), v.reader(), d.m.ID)
	if err != nil {
		return err
	}
	values["proofs"] = proofs[f.ID]
	setDay(values, "from", f.From)
	setDay(values, "to", f.To)
	it, err := v.returned(d, member.DoFactMend, member.DoFactRetire)
	if err != nil {
		return err
	}
	if it != nil && it.Proposal.Kind == member.DoFactMend {
		values = typedFact(it)
	}
	page, err := v.factPage(d, f.ID, f.Kind, v.versioned(values, f.Version))
	if err != nil {
		return err
	}
	return v.show(page)
}

func setDay(values url.Values, name string, d civil.Date) {
	if !d.IsZero() {
		view.SetDay(values, name, d)
	}
}

// typedText is a stored value as somebody types it; of what is sealed nothing is written into a form.
func typedText(c roster.Column, text string) string {
	if c.Sensitive() {
		return ""
	}
	return member.Fact{Kind: member.Earlier(c), Text: text}.Told()
}

func (s *Server) changeFact(v *visit) error {
	d, f, err := v.oneFact()
	if err != nil {
		return err
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	if values.Get("act") == "retire" {
		out, err := v.in.Reviews.RetireFact(v.ctx(), v.actor(), d.m.ID, f.ID, versionOf(values), said(values, "retire-reason"))
		if err != nil {
			return err
		}
		v.entered(out, words.Mark("已经作废，内容留在历史里。"))
		return v.to(afterFact(d.m.ID, f.Kind, out))
	}
	var out review.Outcome
	in, err := enteredFact(values)
	if in.Kind = f.Kind; err == nil {
		out, err = v.in.Reviews.CorrectFact(v.ctx(), v.actor(), d.m.ID, f.ID, versionOf(values), in)
	}
	if err != nil {
		return v.factAgain(d, f.ID, f.Kind, values, err)
	}
	v.entered(out, words.Mark("已经更正，旧的内容留在记录里。"))
	return v.to(afterFact(d.m.ID, f.Kind, out))
}
