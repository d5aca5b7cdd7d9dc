package web

import (
	"net/http"
	"net/url"
	"slices"

	"zhibu/internal/fault"
	"zhibu/internal/party/headcount"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// rowsOnPage is as much as a weak phone shows at once.
const rowsOnPage = 30

// listMembers is the member list under the filter of its address. Somebody without a post is shown the own record.
func (s *Server) listMembers(v *visit) error {
	if !v.works(access.List, access.Member) && v.person.Member != "" && !v.hasPost() {
		return v.to(view.PathMe)
	}
	if day, err := v.asOf(); err != nil || !day.IsZero() {
		if err != nil {
			return err
		}
		return v.listMembersThen(day)
	}
	q := v.r.URL.Query()
	f, err := v.sift(q)
	if err != nil {
		return err
	}
	f.After, f.Before, f.Limit = q.Get("after"), q.Get("before"), rowsOnPage
	page, err := v.in.Members.List(v.ctx(), f.reader, f.Filter)
	if err != nil {
		return err
	}
	d, err := v.memberList(f)
	if err != nil {
		return err
	}
	if d.Rows, err = v.memberRows(page.Items); err != nil {
		return err
	}
	if page.Prev != "" {
		d.Pager.Prev = withQuery(view.PathMembers, plus(f.query, "before", page.Prev))
	}
	if page.Next != "" {
		d.Pager.Next = withQuery(view.PathMembers, plus(f.query, "after", page.Next))
	}
	d.Pager.Shown = len(d.Rows)
	return v.show(view.MemberListPage(v.page(view.Say("党员"), view.PathMembers), d))
}

// searchMembers takes the filter's form and goes on to an address in which nothing that was typed can be read.
func (s *Server) searchMembers(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	r, err := v.readerFor(access.List, access.Member)
	if err != nil {
		return err
	}
	place, choices, err := v.pick(r, values, "org")
	if err == nil {
		return v.to(v.seek(said(values, "q"), place, values.Get("category"), values.Get("state")))
	}
	if !wrong(err) {
		return err
	}
	f, serr := v.sift(url.Values{})
	if serr != nil {
		return serr
	}
	d, serr := v.memberList(f)
	if serr != nil {
		return serr
	}
	d.Filter = v.form(values)
	d.Filter.Problems = []view.Problem{v.problem(err, at{"org": "org"})}
	d.OrgChoices, d.Clear = choices, view.PathMembers
	return v.answer(http.StatusUnprocessableEntity, view.MemberListPage(v.page(view.Say("党员"), view.PathMembers), d))
}

// memberList is the frame of the list: filter, chips, count.
func (v *visit) memberList(f sifted) (d view.MemberList, err error) {
	values := url.Values{"q": {f.typed}, "org": {f.org.ID}, "category": {string(f.Category)}, "state": {string(f.Situation)}}
	if d.Orgs, err = v.fewOrgs(f.reader, view.Say("全部"), memberKinds...); err != nil {
		return d, err
	}
	if !slices.ContainsFunc(d.Orgs, func(o view.Option) bool { return o.Value == f.org.ID }) {
		d.Orgs = nil // a committee was chosen: the field searches
	}
	if d.Orgs == nil {
		values.Set("org", asPicked(f.org))
	}
	d.Filter = v.form(values)
	d.Categories = append([]view.Option{{Label: view.Say("全部")}},
		view.Option{Value: string(identity.Full), Label: view.Say("正式党员")}, view.Option{Value: string(identity.Probationary), Label: view.Say("预备党员")})
	for _, s := range member.Situations {
		d.States = append(d.States, view.Option{Value: string(s), Label: situations[s]})
		if s != member.OnRegister {
			d.Saved = append(d.Saved, view.Chip{Label: situations[s], URL: v.seek("", f.org, "", string(s)), On: f.Situation == s, N: -1})
		}
	}
	if !slices.Contains(member.Situations, f.Situation) { // it came from the page on the quality of data
		d.States = append(d.States, view.Option{Value: string(f.Situation), Label: situations[f.Situation]})
	}
	d.Query = f.query
	if f.narrow {
		d.Clear = view.PathMembers
	}
	d.MayAdd, d.MayExport = v.works(access.Add, access.Member), v.works(access.Run, access.Export)
	d.MayImport = v.works(access.Run, access.Import)
	if d.Pager.Total, d.More, err = v.countMembers(f); err != nil {
		return d, err
	}
	name := v.s.places.name(v.ctx(), v.person.Place())
	if f.org.ID != "" {
		name = f.org.ShortName
	}
	d.Lead = view.Say("%s。", view.Plain(name))
	d.AsOf = view.LookBack{Path: view.PathMembers, Today: v.today()}
	if f.org.ID != "" {
		d.AsOf.Keep = []view.Pair{{Name: "org", Value: f.org.ID}}
	}
	return d, nil
}

// countMembers takes the count of a plain list from the kept head counts, and counts a filtered one up to a bound.
func (v *visit) countMembers(f sifted) (n int, more bool, err error) {
	plain := f.Under != "" && f.Query == "" && f.Category == "" && f.Situation == member.OnRegister
	if !plain {
		return v.in.Members.Count(v.ctx(), f.reader, f.Filter)
	}
	r, err := f.reader.Within(f.Under)
	if err != nil {
		return 0, false, err
	}
	total, err := headcount.Total(v.ctx(), r, f.Under)
	return int(total), false, err
}

// memberRows shows of each record what the visitor's role may see of it.
func (v *visit) memberRows(items []member.Member) ([]view.MemberRow, error) {
	paths := make([]string, len(items))
	for i, m := range items {
		paths[i] = m.OrgPath
	}
	steps, err := org.Steps(v.ctx(), v.reader(), paths)
	if err != nil {
		return nil, err
	}
	today := v.today()
	rows := make([]view.MemberRow, 0, len(items))
	for _, m := range items {
		d, err := v.person.Allow(access.List, access.Member, m.OrgPath, m.ID)
		if err != nil {
			if fault.Of(err) != 0 {
				continue
			}
			return nil, err
		}
		row := view.MemberRow{ID: m.ID, Branch: stepRef(steps[m.OrgPath]), Complete: m.Missing.Percent()}
		if d.Mask.Has(access.NameClass) {
			row.Name = m.Name
		}
		if d.Mask.Has(access.BasicClass) {
			row.Sex, row.Age = sayOrNone(m.Sex.Name()), m.Age(today)
		}
		if d.Mask.Has(access.PartyClass) {
			row.Category, row.Joined = sayOrNone(m.Category.Name()), m.Joined
		}
		row.Tags = memberTags(m, d.Mask)
		rows = append(rows, row)
	}
	return rows, nil
}

func stepRef(s org.Step) view.OrgRef { return view.OrgRef{ID: s.ID, Name: s.Name, Open: s.Open} }

// memberTags are the marks of a record.
func memberTags(m member.Member, mask access.Mask) []view.Tag {
	var out []view.Tag
	add := func(ok bool, text view.Text, kind string) {
		if ok {
			out = append(out, view.Tag{Text: text, Kind: kind})
		}
	}
	add(m.State == member.Ended, view.Say("已终结"), "")
	add(m.Review == member.Pending, view.Say("待审核"), view.TagSoon)
	add(m.Review == member.Returned, view.Say("审核退回"), view.TagLate)
	if mask.Has(access.PartyClass) {
		add(m.Registry == identity.Stopped, view.Say("停止党籍"), view.TagSoon)
	}
	if mask.Has(access.FlagClass) {
		add(m.Lost, view.Say("失联"), view.TagLate)
		add(m.Floating, view.Say("流动"), view.TagInfo)
		add(m.Care, view.Say("关怀"), view.TagInfo)
	}
	return out
}
