package web

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/party/document"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/review"
	"zhibu/internal/party/roster"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/vault"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// dossier is a record that the visitor may open, with what the visitor's role may see of it.
type dossier struct {
	m      member.Member
	mask   access.Mask
	reveal access.Mask // what a reveal may show
	own    bool
}

// dossier reads the record of the address. One out of scope is missing.
func (v *visit) dossier(id string) (d dossier, err error) {
	r, err := v.readerFor(access.See, access.Member)
	if err != nil {
		return d, err
	}
	if d.m, err = v.in.Members.ByID(v.ctx(), r, id); err != nil {
		return d, err
	}
	see, err := v.person.Allow(access.See, access.Member, d.m.OrgPath, id)
	if err != nil {
		return d, err
	}
	d.mask, d.own = see.Mask, v.person.Member == id
	if show, err := v.person.Allow(access.Reveal, access.Member, d.m.OrgPath, id); err == nil {
		d.reveal = show.Mask
	}
	return d, nil
}

// showMember opens a record; that it was opened is written down for its member to see.
func (s *Server) showMember(v *visit) error {
	d, err := v.dossier(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := v.in.Members.Opened(v.actor(), d.m); err != nil {
		return err
	}
	if back, err := v.backTo(); err != nil || back.set() {
		return v.showMemberAsOf(d, back, err)
	}
	here, crumbs := view.PathMembers, []view.Link{{Text: view.Say("党员"), URL: view.PathMembers}}
	if d.own {
		here, crumbs = view.PathMe, nil
	}
	page, err := v.memberPage(d)
	if err != nil {
		return err
	}
	title := view.Plain(d.m.Name)
	return v.show(view.MemberRecordPage(v.page(title, here, crumbs...), page))
}

// showMe is one's own record: everything, and who has looked at it.
func (s *Server) showMe(v *visit) error {
	if v.person.Member == "" {
		return fault.Missing()
	}
	d, err := v.dossier(v.person.Member)
	if err != nil {
		return err
	}
	if back, err := v.backTo(); err != nil || back.set() {
		return v.showMemberAsOf(d, back, err)
	}
	page, err := v.memberPage(d)
	if err != nil {
		return err
	}
	return v.show(view.MemberRecordPage(v.page(view.Say("我的档案"), view.PathMe), page))
}

func (v *visit) memberPage(d dossier) (p view.MemberPage, err error) {
	m := d.m
	steps, err := org.Steps(v.ctx(), v.reader(), []string{m.OrgPath})
	if err != nil {
		return p, err
	}
	p = view.MemberPage{ID: m.ID, Name: m.Name, Own: d.own, Branch: stepRef(steps[m.OrgPath]), Tags: memberTags(m, d.mask)}
	if d.mask.Has(access.PartyClass) {
		p.Category = sayOrNone(m.Category.Name())
	}
	p.Lead = view.Say("%s。", view.Plain(joinNames(org.Where(steps, m.OrgPath), p.Branch.Name)))
	proofs, card, err := v.proofs(d)
	if err != nil {
		return p, err
	}
	p.Material = card
	waiting, err := v.proposedOn(d)
	if err != nil {
		return p, err
	}
	p.Waiting = waiting.whole
	if err := v.disputedOn(d, waiting); err != nil {
		return p, err
	}
	waiting.without(proofs)
	if p.Facts, err = v.facts(d, p.Branch, proofs, waiting); err != nil {
		return p, err
	}
	if d.own {
		if p.Duties, err = v.ownDuties(); err != nil {
			return p, err
		}
		if p.Asked, err = v.stillAsked(d, waiting); err != nil {
			return p, err
		}
	}
	p.Complete = v.completeness(d)
	events, err := v.in.Members.Events(v.ctx(), v.reader(), m)
	if err != nil {
		return p, err
	}
	if p.Timeline, err = v.timeline(events); err != nil {
		return p, err
	}
	if err := v.lived(d, &p); err != nil {
		return p, err
	}
	p.AsOf = view.LookBack{Path: v.r.URL.Path, Today: v.today(), Known: true}
	if p.Looks, p.LooksURL, err = v.looksOf(d, 6); err != nil {
		return p, err
	}
	if p.Limited, err = v.limited(d); err != nil {
		return p, err
	}
	can := func(a access.Action) bool { return v.may(a, access.Member, m.OrgPath, m.ID) }
	ended := m.State == member.Ended
	p.May = view.MemberRights{Mend: !ended && can(access.Mend), Move: !ended && can(access.Move), End: !ended && can(access.End),
		Restore: ended && can(access.Restore), Destroy: ended && v.may(access.Propose, access.Destruction, m.OrgPath, ""), Reveal: d.reveal != 0, Print: true,
		Log: v.may(access.List, access.Logbook, m.OrgPath, m.ID)}
	p.May.Unite = p.May.End && !d.own
	if p.May.Log && !ended && d.mask.Has(access.PartyClass) && m.Category == identity.Probationary {
		p.Way = view.PathAdmission(m.ID)
		if d.own {
			p.Way = view.PathOwnAdmission
		}
	}
	if ended {
		p.Ended = endingOf(m, events)
		if i := slices.IndexFunc(events, func(e member.Event) bool { return e.Kind == member.United || e.Kind == member.Restored }); i >= 0 && events[i].Kind == member.United {
			p.May.Separate, p.May.Restore = p.May.Restore, false
		}
	}
	if p.Limited != nil && !d.own {
		closed(&p)
	}
	p.Pending, err = v.pending(d)
	return p, err
}

// closed takes away the ways to use a record that is kept and not used.
func closed(p *view.MemberPage) {
	p.May.Mend, p.May.Reveal, p.NewFact = false, false, ""
	for _, g := range p.Facts {
		for i := range g.Facts {
			g.Facts[i].MayMend, g.Facts[i].Secret = false, false
		}
	}
	for i := range p.Complete.Missing {
		p.Complete.Missing[i].URL = ""
	}
	if p.Material != nil {
		p.Material.Copy = ""
	}
}

// limited is the restriction of a record, nil for none.
func (v *visit) limited(d dossier) (*view.Limited, error) {
	x, err := v.in.Requests.RestrictionOf(v.ctx(), v.reader(), d.m.ID, v.today())
	if err != nil || x == nil {
		return nil, err
	}
	out := &view.Limited{Until: x.Until, By: x.Actor}
	switch {
	case d.own:
		out.URL = view.PathMyData
	case v.may(access.List, access.Request, d.m.OrgPath, ""):
		out.URL = view.PathRequest(x.Request)
	}
	return out, nil
}

func joinNames(where, last string) string {
	if where == "" {
		return last
	}
	return where + " › " + last
}

// facts are those that the visitor's role may see, each with where it comes from.
func (v *visit) facts(d dossier, branch view.OrgRef, proofs map[string][]document.Document, waiting proposed) ([]view.FactGroup, error) {
	tails, err := v.in.Members.Tails(v.ctx(), d.m)
	if err != nil && !errors.Is(err, vault.ErrShredded) {
		return nil, err
	}
	sources, err := v.in.Members.Sources(v.ctx(), d.m)
	if err != nil {
		return nil, err
	}
	mend := d.m.State == member.Active && v.may(access.Mend, access.Member, d.m.OrgPath, d.m.ID)
	today, active := v.today(), d.m.State == member.Active
	var out []view.FactGroup
	for _, g := range facts {
		group := view.FactGroup{Title: g.title, Note: g.note}
		for _, f := range g.list {
			if !d.mask.Has(f.class) || f.key == "notes" && !d.m.HasNotes() {
				continue
			}
			shown := view.Fact{Key: f.key, Label: f.label, Register: fieldOf(f.column), Value: f.value(d.m, tails, today), Strong: f.strong, Note: f.note, MayMend: mend && f.kind != "", Waiting: waiting.on[f.column]}
			if d.own && active && f.kind != "" {
				shown.MayMend, shown.MendURL = true, view.PathCorrection(f.key)
			}
			shown.Secret = f.secret && !shown.Value.IsZero() && d.reveal.Has(f.class)
			v.source(&shown, sources[f.column])
			if p := proofs[string(f.column)]; len(p) > 0 && !shown.Value.IsZero() {
				shown.Proof = view.PathDocument(p[0].ID)
			}
			if f.column != "" {
				shown.History = view.PathHistory(d.m.ID, f.key)
			}
			group.Facts = append(group.Facts, shown)
			if f.key == "registry" {
				group.Facts = append(group.Facts, v.branchFact(branch, sources[roster.Organisation]))
			}
		}
		if len(group.Facts) > 0 {
			out = append(out, group)
		}
	}
	return out, nil
}

func (v *visit) branchFact(branch view.OrgRef, src member.Source) view.Fact {
	f := view.Fact{Key: "org", Label: view.Say("所在党支部"), Value: view.Plain(branch.Name)}
	if branch.Open {
		f.URL = view.PathOrg(branch.ID)
	}
	v.source(&f, src)
	return f
}

// source words where a fact comes from: the document it was entered from, else the act.
func (v *visit) source(f *view.Fact, s member.Source) {
	if s.At.IsZero() || f.Value.IsZero() {
		return
	}
	f.By, f.On = s.Actor, words.Moment(s.At)[:10]
	if s.Reviewer != "" {
		f.By = v.t("%s，%s审核", s.Actor, s.Reviewer)
	}
	switch {
	case s.Row > 0 && s.Document != "":
		f.Source = view.Say("“%s”第 %d 行", view.Plain(s.Document), s.Row)
	case s.Document != "":
		f.Source = view.Plain(s.Document)
	case s.Row > 0:
		f.Source = view.Say("花名册第 %d 行", s.Row)
	default:
		f.Source = sayOrNone(sourceKinds[s.Kind])
	}
}

var sourceKinds = map[string]string{
	member.DoAdd: words.Mark("登记"), member.DoMend: words.Mark("更正"), member.DoFact: words.Mark("登记情况"), member.DoMove: words.Mark("调整支部"), "import.rows": words.Mark("导入花名册"),
	"import.done": words.Mark("导入花名册"), review.ActApprove: words.Mark("更正"),
}

// completeness says which facts are missing and where they can be filled in.
func (v *visit) completeness(d dossier) view.Completeness {
	have, of := d.m.Missing.Count()
	out := view.Completeness{Percent: d.m.Missing.Percent(), Have: have, Of: of}
	mend := d.m.State == member.Active && v.may(access.Mend, access.Member, d.m.OrgPath, d.m.ID)
	for _, c := range d.m.Missing.Columns() {
		f, ok := keyOf(c)
		if !ok {
			continue
		}
		gap := view.Missing{Label: f.label, How: view.Say("请所在支部按材料补上。")}
		if mend {
			gap.How, gap.URL = view.Text{}, view.PathMend(d.m.ID, f.key)
		}
		out.Missing = append(out.Missing, gap)
	}
	return out
}

// timeline words the dated events; organisations out of scope stay unnamed.
func (v *visit) timeline(events []member.Event) ([]view.Event, error) {
	var ids []string
	for _, e := range events {
		if e.Kind == member.MovedBranch {
			ids = append(ids, e.Was, e.Became)
		}
	}
	names := map[string]string{}
	if len(ids) > 0 {
		list, err := org.ByIDs(v.ctx(), v.reader(), ids)
		if err != nil {
			return nil, err
		}
		for _, o := range list {
			names[o.ID] = o.ShortName
		}
	}
	name := func(id string) view.Text {
		if n := names[id]; n != "" {
			return view.Plain(n)
		}
		return view.Say("其他党支部")
	}
	var out []view.Event
	for i, e := range events {
		shown := view.Event{Day: e.On, Title: view.Say(e.Kind.Name()), Kind: "done"}
		if i == 0 {
			shown.Kind = "now"
		}
		detail := view.Plain(cmp.Or(e.Document, e.Reason))
		if e.Kind == member.MovedBranch {
			detail = view.Say("由%s转到%s。%s", name(e.Was), name(e.Became), view.Plain(e.Reason))
		} else if e.Document != "" && e.Reason != "" {
			detail = view.Say("%s（%s）", view.Plain(e.Reason), view.Plain(e.Document))
		}
		shown.Detail = detail
		out = append(out, shown)
	}
	return out, nil
}

func endingOf(m member.Member, events []member.Event) *view.Ending {
	out := &view.Ending{Kind: view.Say("已终结"), Day: m.EndedOn}
	for _, e := range events { // the latest first
		if slices.Contains(member.Ends, e.Kind) || e.Kind == member.United {
			out.Kind, out.Decision = view.Say(e.Kind.Name()), cmp.Or(e.Document, e.Reason)
			break
		}
	}
	return out
}

// looksOf lists who looked at a record, for its member and for whoever may see that; more is the address of all.
func (v *visit) looksOf(d dossier, limit int) (shown []view.Look, more string, err error) {
	if !v.may(access.List, access.Look, d.m.OrgPath, d.m.ID) {
		return nil, "", nil
	}
	list, err := v.in.Members.Looks(v.ctx(), v.reader(), d.m.ID, limit+1)
	if err != nil {
		return nil, "", err
	}
	if len(list) > limit {
		list, more = list[:limit], view.PathMemberAct(d.m.ID, "looks")
	}
	return v.lookLines(list), more, nil
}

func (v *visit) lookLines(list []member.Look) (shown []view.Look) {
	for _, l := range list {
		shown = append(shown, view.Look{When: words.Moment(l.At), Who: l.Actor, What: lookKinds[l.Kind], Purpose: purposeWords(v.ctx(), l.Purpose)})
	}
	return shown
}

var lookKinds = map[member.LookKind]view.Text{
	member.Opened: view.Say("打开档案"), member.Revealed: view.Say("查看完整内容"), member.Exported: view.Say("导出"),
	member.Read: view.Say("查看档案材料"), member.HandedOver: view.Say("带走档案副本"),
}

// purposeWords writes a purpose as the record keeps it: one of the list, then what was said besides.
func purposeWords(ctx context.Context, kept string) string {
	listed, more, free := strings.Cut(kept, purposeMark)
	if !free {
		return words.T(ctx, kept)
	}
	return words.T(ctx, "%s：%s", words.T(ctx, listed), more)
}

// ref heads the forms about a member.
func (v *visit) ref(d dossier) (view.MemberRef, error) {
	steps, err := org.Steps(v.ctx(), v.reader(), []string{d.m.OrgPath})
	if err != nil {
		return view.MemberRef{}, err
	}
	return view.MemberRef{ID: d.m.ID, Name: d.m.Name, Category: sayOrNone(d.m.Category.Name()), Branch: stepRef(steps[d.m.OrgPath])}, nil
}

// memberCrumbs lead back from a form about a member.
func memberCrumbs(m member.Member) []view.Link {
	return []view.Link{{Text: view.Say("党员"), URL: view.PathMembers}, {Text: view.Plain(m.Name), URL: view.PathMember(m.ID)}}
}

// actOn reads the record of the address for a form that the visitor may send.
func (v *visit) actOn(action access.Action) (dossier, error) {
	d, err := v.dossier(v.r.PathValue("id"))
	if err != nil {
		return d, err
	}
	_, err = v.person.Allow(action, access.Member, d.m.OrgPath, d.m.ID)
	return d, err
}
