package web

import (
	"slices"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// back is a look back at a record: what was true on a day, as far as it had been entered by the end of another.
type back struct {
	on    civil.Date
	known civil.Date
}

func (b back) set() bool { return !b.on.IsZero() || !b.known.IsZero() }

// at is the end of the day until which was entered what is shown; zero: now.
func (b back) at() time.Time {
	if b.known.IsZero() {
		return time.Time{}
	}
	return b.known.AddDays(1).In(civil.Beijing).Add(-time.Microsecond)
}

// backTo is what the address looks back to.
func (v *visit) backTo() (b back, err error) {
	if b.on, err = v.asOf(); err != nil {
		return b, err
	}
	text := v.r.URL.Query().Get(view.FieldKnownAt)
	if text == "" {
		return b, nil
	}
	if b.known, err = civil.Parse(text); err == nil {
		err = org.DayOf(b.known, v.today())
	}
	if err != nil {
		return b, fault.New(fault.Invalid, "没有这一天，请核对日期。").At(view.FieldKnownAt).By("K-12")
	}
	if b.known == v.today() {
		b.known = civil.Date{}
		return b, nil
	}
	if v.lookedBack == nil {
		v.lookedBack = &view.AsOf{Back: v.presently()}
	}
	v.lookedBack.Known = view.Say("只有 %s以前登记的内容。", b.known.AddDays(1))
	return b, nil
}

// showMemberAsOf shows a record as it was. It is a look like any other, and the same classes of fields are seen.
func (v *visit) showMemberAsOf(d dossier, b back, err error) error {
	if err != nil {
		return err
	}
	day := b.on
	if day.IsZero() {
		day = v.today()
	}
	past, err := v.in.Members.AsOf(v.ctx(), v.reader(), d.m, day, b.at())
	if err != nil {
		return err
	}
	p := view.MemberPage{ID: d.m.ID, Name: past.Name, Own: d.own, AsOf: view.LookBack{Path: v.r.URL.Path, Day: b.on, At: b.known, Today: v.today(), Known: true}}
	if p.Branch, err = v.branchThen(past, day); err != nil {
		return err
	}
	p.Lead = view.Say("%s。", view.Plain(p.Branch.Name))
	if d.mask.Has(access.PartyClass) {
		p.Category = standings[past.Status.Standing]
		if past.Status.EndedBy != "" {
			p.Tags = append(p.Tags, view.Tag{Text: view.Say(past.Status.EndedBy.Name()), Kind: view.TagLate})
		}
		if p.Timeline, err = v.timeline(past.Events); err != nil {
			return err
		}
	}
	p.Facts = v.factsThen(d, past, p.Branch, day)
	if err := v.livedBy(d, &p, day, b.at()); err != nil {
		return err
	}
	here, crumbs := view.PathMembers, []view.Link{{Text: view.Say("党员"), URL: view.PathMembers}, {Text: view.Plain(d.m.Name), URL: view.PathMember(d.m.ID)}}
	if d.own {
		here, crumbs = view.PathMe, nil
	}
	return v.show(view.MemberRecordPage(v.page(view.Plain(past.Name), here, crumbs...), p))
}

var standings = map[member.Standing]view.Text{member.NotYet: view.Say("还没有入党"), member.Probationary: view.Say("预备党员"),
	member.FullMember: view.Say("正式党员"), member.Gone: view.Say("已不在册")}

// branchThen names the branch of the day as it was called then, where the visitor may know of it.
func (v *visit) branchThen(past member.Past, day civil.Date) (view.OrgRef, error) {
	list, err := org.ByIDs(v.ctx(), v.reader(), []string{past.OrgID})
	if err != nil {
		return view.OrgRef{}, err
	}
	then, err := org.AsOf(v.ctx(), v.reader(), day, list)
	if err != nil || len(then) == 0 {
		return view.OrgRef{Name: v.t("其他党支部")}, err
	}
	return v.refAsOf(then[0], day), nil
}

// factsThen are the facts of the day that the visitor's role may see, each with since when and where from.
func (v *visit) factsThen(d dossier, past member.Past, branch view.OrgRef, day civil.Date) []view.FactGroup {
	var out []view.FactGroup
	for _, g := range facts {
		group := view.FactGroup{Title: g.title}
		for _, f := range g.list {
			if !d.mask.Has(f.class) || f.key == "notes" {
				continue
			}
			shown := view.Fact{Key: f.key, Label: f.label, Value: f.value(past.Member, past.Tails, day), Strong: f.strong}
			o := past.From[f.column]
			if v.source(&shown, o.Source); !o.Since.IsZero() && !shown.Value.IsZero() {
				shown.Note = view.Say("从 %s起", o.Since)
			}
			if f.column != "" {
				shown.History = view.PathHistory(d.m.ID, f.key)
			}
			group.Facts = append(group.Facts, shown)
			if f.key == "registry" {
				at := view.Fact{Key: "org", Label: view.Say("所在党支部"), Value: view.Plain(branch.Name)}
				if branch.Open {
					at.URL = view.PathAsOf(view.PathOrg(branch.ID), day)
				}
				v.source(&at, past.From[roster.Organisation].Source)
				group.Facts = append(group.Facts, at)
			}
		}
		if len(group.Facts) > 0 {
			out = append(out, group)
		}
	}
	return out
}

// lived adds the dated facts of a life to the page of a record, and the way to enter one.
func (v *visit) lived(d dossier, p *view.MemberPage) error {
	if err := v.livedBy(d, p, v.today(), time.Time{}); err != nil {
		return err
	}
	if !d.own && v.may(access.Mend, access.Member, d.m.OrgPath, d.m.ID) {
		p.NewFact = view.PathFactNew(d.m.ID)
	}
	return nil
}

// livedBy adds those that had happened by a day and stood at a time.
func (v *visit) livedBy(d dossier, p *view.MemberPage, day civil.Date, at time.Time) error {
	list, err := v.in.Members.Facts(v.ctx(), v.reader(), d.m.ID)
	if err != nil {
		return err
	}
	proofs, err := v.provenFacts(d)
	if err != nil {
		return err
	}
	present := at.IsZero()
	if present {
		at = v.in.Clock.Now().AddDate(1, 0, 0) // a clock set back hides nothing
	}
	may := present && p.AsOf.Day.IsZero() && !d.own && v.may(access.Mend, access.Member, d.m.OrgPath, d.m.ID)
	doubts := present && p.AsOf.Day.IsZero() && v.may(access.Add, access.Dispute, d.m.OrgPath, d.m.ID)
	for _, f := range list {
		if f.Kind.Column() != "" || f.From.After(day) || !f.Stands(at) || !d.mask.Has(factClass(f.Kind)) {
			continue
		}
		e := view.Event{Day: f.From, Title: view.Say("%s：%s", view.Say(f.Kind.Name()), view.Plain(f.Text)), Kind: "done", By: f.Actor,
			Recorded: recordedDay(f.Recorded), Detail: factDetail(f), Tags: factTags(f), Proofs: proofs[f.ID]}
		if may {
			e.URL = view.PathFact(d.m.ID, f.ID)
		}
		if doubts && f.Retired.IsZero() {
			e.Dispute = view.PathDisputeAbout(d.m.ID, string(f.Kind), f.ID)
		}
		p.Timeline = append(p.Timeline, e)
	}
	slices.SortStableFunc(p.Timeline, func(a, b view.Event) int {
		switch {
		case a.Day.After(b.Day):
			return -1
		case a.Day.Before(b.Day):
			return 1
		}
		return 0
	})
	for i := range p.Timeline {
		p.Timeline[i].Kind = "done"
		if i == 0 {
			p.Timeline[i].Kind = "now"
		}
	}
	return nil
}
