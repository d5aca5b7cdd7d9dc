package web

import (
	"net/url"
	"slices"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// stillAsked are the facts of the own record that the visitor is asked about now. What a change has been asked for is not
// asked again.
func (v *visit) stillAsked(d dossier, waiting proposed) (view.Asked, error) {
	out := view.Asked{Form: v.form(nil)}
	list, err := v.in.Members.AskMember(v.ctx(), v.reader(), d.m)
	if err != nil || len(list) == 0 {
		return out, err
	}
	tails, err := v.in.Members.Tails(v.ctx(), d.m)
	if err != nil {
		return out, err
	}
	for _, a := range list {
		if f, ok := keyOf(a.Column); ok && len(waiting.on[a.Column]) == 0 {
			shown := v.askedFact(d.m, f, a, tails)
			shown.ID, shown.Wrong = f.key, view.PathCorrection(f.key)
			out.Facts = append(out.Facts, shown)
		}
	}
	return out, nil
}

func (v *visit) askedFact(m member.Member, f fact, a member.Aged, tails member.Tails) view.AskedFact {
	return view.AskedFact{Label: f.label, Value: f.value(m, tails, v.today()), Since: a.Since}
}

// affirmOwn takes the tap on one fact of the own record.
func (s *Server) affirmOwn(v *visit) error {
	if v.person.Member == "" {
		return fault.Missing()
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	f, ok := factOf(values.Get("fact"))
	if !ok || f.column == "" {
		return fault.Missing()
	}
	if err := v.in.Members.Affirm(v.ctx(), v.actor(), member.Saying{Member: v.person.Member, Fields: []roster.Column{f.column}}); err != nil {
		return err
	}
	v.done(words.Mark("已经记下，谢谢。"))
	return v.to(view.PathMe)
}

// toCheckAtOnce bounds the members of one page.
const toCheckAtOnce = 20

// showToCheck lists what the branch is asked again. Of a member the facts that the visitor's role sees.
func (s *Server) showToCheck(v *visit) error {
	o, err := v.placeOf(access.Affirm, v.r.URL.Query().Get("under"))
	if err != nil {
		return err
	}
	r, err := v.readerFor(access.Affirm, access.Member)
	if err != nil {
		return err
	}
	list, next, err := v.in.Members.AskBranch(v.ctx(), r, o.Path, v.person.Member, v.r.URL.Query().Get("after"), toCheckAtOnce)
	if err != nil {
		return err
	}
	d := view.ToCheck{Form: v.form(nil), Lead: view.Say("%s：对照名册或者问一声，还对的打勾；不对的去更正。本人能登录的，先问本人。", view.Plain(o.ShortName))}
	paths := make([]string, len(list))
	for i, a := range list {
		paths[i] = a.Member.OrgPath
	}
	steps, err := org.Steps(v.ctx(), v.reader(), paths)
	if err != nil {
		return err
	}
	for _, a := range list {
		it, err := v.checkItem(a)
		if err != nil {
			return err
		}
		if it.Member.Branch = stepRef(steps[a.Member.OrgPath]); len(it.Facts) > 0 {
			d.Items = append(d.Items, it)
		}
	}
	d.Pager = view.Pager{Shown: len(d.Items)}
	if next != "" {
		d.Pager.Next = withQuery(view.PathToCheck, url.Values{"under": {o.ID}, "after": {next}}.Encode())
	}
	return v.show(view.ToCheckPage(v.page(view.Say("还对吗？"), view.PathMembers, view.Link{Text: view.Say("党员"), URL: view.PathMembers}), d))
}

func (v *visit) checkItem(a member.Ask) (view.CheckItem, error) {
	it := view.CheckItem{Member: view.MemberRef{ID: a.Member.ID, Name: a.Member.Name}}
	may, err := v.person.Allow(access.Affirm, access.Member, a.Member.OrgPath, a.Member.ID)
	if err != nil {
		return it, err
	}
	if a.Member.Care && may.Mask.Has(access.FlagClass) {
		it.Why = view.Say("需要关怀，由支部核实")
	}
	mend := v.may(access.Mend, access.Member, a.Member.OrgPath, a.Member.ID)
	tails, err := v.in.Members.Tails(v.ctx(), a.Member)
	if err != nil {
		return it, err
	}
	for _, g := range a.Facts {
		f, ok := keyOf(g.Column)
		if !ok || !may.Mask.Has(f.class) {
			continue
		}
		shown := v.askedFact(a.Member, f, g, tails)
		if shown.ID = a.Member.ID + " " + f.key; mend {
			shown.Wrong = view.PathMend(a.Member.ID, f.key)
		}
		it.Facts = append(it.Facts, shown)
	}
	return it, nil
}

// affirmChecked takes one tap, or all that is ticked.
func (s *Server) affirmChecked(v *visit) error {
	if _, err := v.placeOf(access.Affirm, v.r.URL.Query().Get("under")); err != nil {
		return err
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	picked := values["fact"]
	if one := values["one"]; len(one) > 0 {
		picked = one
	}
	if err := v.in.Members.Affirm(v.ctx(), v.actor(), sayings(picked)...); err != nil {
		return err
	}
	v.done(words.Mark("已经记下，到期再问。"))
	return v.to(withQuery(view.PathToCheck, v.r.URL.RawQuery))
}

// sayings reads what was ticked: member and fact, parted by a space.
func sayings(picked []string) (out []member.Saying) {
	at := map[string]int{}
	for _, p := range picked {
		id, key, _ := strings.Cut(p, " ")
		f, ok := factOf(key)
		if !ok || f.column == "" {
			continue
		}
		i, known := at[id]
		if !known {
			i = len(out)
			at[id] = i
			out = append(out, member.Saying{Member: id})
		}
		out[i].Fields = append(out[i].Fields, f.column)
	}
	return out
}

// mostAsked bounds the count on the workbench.
const mostAsked = 200

// waitingAsks are the members about whom a branch is asked. Above branches it is a figure of the quality page, not work.
func (v *visit) waitingAsks(r store.Reader, top string, f findings) ([]view.Todo, error) {
	if len(f.branches) != 1 || f.branches[0].Path != top || !v.works(access.Affirm, access.Member) {
		return nil, nil
	}
	n, err := v.in.Members.CountAsk(v.ctx(), r, top, v.person.Member, mostAsked)
	if err != nil || n == 0 {
		return nil, err
	}
	return []view.Todo{{Title: view.Say("%d 名党员的信息好久没有核实", n), Detail: view.Say("还对的打勾，不对的更正；本人能登录的，已经先问本人。"), URL: view.PathToCheck, Action: view.Say("去核实")}}, nil
}

// affirmedEntries puts who said that a fact is still right among what was entered of it, the newest first.
func (v *visit) affirmedEntries(d dossier, f fact, h view.FactHistory) ([]view.FactEntry, error) {
	const most = 200
	said, err := v.in.Members.Affirmations(v.ctx(), v.reader(), d.m.ID, most)
	if err != nil {
		return nil, err
	}
	var out []view.FactEntry
	rest := h.Entries
	for _, a := range said {
		if !slices.Contains(a.Fields, f.column) {
			continue
		}
		when := words.Moment(a.At)
		for len(rest) > 0 && rest[0].When > when {
			out, rest = append(out, rest[0]), rest[1:]
		}
		out = append(out, view.FactEntry{Value: h.Now, Act: view.Say("核实：仍然正确"), By: a.Actor, When: when})
	}
	return append(out, rest...), nil
}
