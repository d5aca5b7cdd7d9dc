package web

import (
	"zhibu/internal/civil"
	"zhibu/internal/party/duty"
	"zhibu/internal/party/headcount"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// orgOf reads the organisation of the address under the scope of an action, and asks whether the visitor may do it
// there. One out of scope is missing.
func (v *visit) orgOf(action access.Action) (store.Reader, org.Organisation, error) {
	see, err := v.readerFor(access.See, access.Org)
	if err != nil {
		return nil, org.Organisation{}, err
	}
	o, err := org.ByID(v.ctx(), see, v.r.PathValue("id"))
	if err != nil {
		return nil, o, err
	}
	if _, err = v.person.Allow(action, access.Org, o.Path, ""); err != nil {
		return nil, o, err
	}
	r, err := v.readerFor(action, access.Org)
	return r, o, err
}

func (v *visit) orgCrumbs(o org.Organisation) []view.Link {
	return []view.Link{{Text: view.Say("党组织"), URL: view.PathOrganisations}, {Text: view.Plain(o.ShortName), URL: view.PathOrg(o.ID)}}
}

// childrenOnPage bounds the list of inferiors on the page of an organisation.
const childrenOnPage = 30

// showOrg is the page of one organisation.
func (s *Server) showOrg(v *visit) error {
	r, o, err := v.orgOf(access.See)
	if err != nil {
		return err
	}
	day, err := v.asOf()
	if err != nil {
		return err
	}
	if !day.IsZero() {
		return v.showOrgAsOf(r, o, day)
	}
	d := view.OrgPage{AsOf: view.LookBack{Path: view.PathOrg(o.ID), Today: v.today()}, Org: v.orgRef(o), Kind: view.Say(o.Kind.Name()), Lead: view.Say("编号 %s", o.Code)}
	if !o.Living() {
		d.Tags = append(d.Tags, view.Tag{Text: view.Say("已撤销"), Kind: view.TagLate})
	}
	steps := []func(store.Reader, org.Organisation, *view.OrgPage) error{v.orgFacts, v.orgPosts, v.orgChildren, v.orgHeads, v.orgActs, v.orgKin, v.orgWaits}
	for _, step := range steps {
		if err := step(r, o, &d); err != nil {
			return err
		}
	}
	may := func(a access.Action) bool { return v.may(a, access.Org, o.Path, "") }
	if o.Living() {
		d.May = view.OrgRights{Establish: may(access.Establish) && len(o.Kind.Below()) > 0, Rename: may(access.Rename), Move: may(access.Move) && o.ParentID != "",
			Merge: may(access.Abolish) && o.ParentID != "", Split: may(access.Establish) && o.ParentID != "",
			Abolish: may(access.Abolish) && o.ParentID != "", Posts: may(access.Post), Facts: may(access.Mend)}
		d.May.Dispute = v.may(access.Add, access.Dispute, o.Path, "")
	} else {
		d.May.Reopen = may(access.Abolish)
	}
	d.May.Name = may(access.Rename)
	if v.may(access.List, access.Member, o.Path, "") {
		d.Members = v.seek("", o, "", "")
	}
	d.Log = v.may(access.List, access.Logbook, o.Path, "")
	crumbs := []view.Link{{Text: view.Say("党组织"), URL: view.PathOrganisations}}
	return v.show(view.OrganisationPage(v.page(view.Plain(o.ShortName), view.PathOrganisations, crumbs...), d))
}

func (v *visit) orgFacts(r store.Reader, o org.Organisation, d *view.OrgPage) error {
	add := func(label string, value view.Text) {
		d.Facts = append(d.Facts, view.Fact{Label: view.Say(label), Value: value})
	}
	lineage, err := org.Lineage(v.ctx(), r, o.Path)
	if err != nil {
		return err
	}
	d.Facts = append(d.Facts, view.Fact{Label: view.Say("名称"), Value: view.Plain(o.Name), Strong: true})
	if o.ShortName != o.Name {
		add(words.Mark("简称"), view.Plain(o.ShortName))
	}
	if n := len(lineage); n > 1 {
		above := lineage[n-2]
		f := view.Fact{Label: view.Say("上级"), Value: view.Plain(above.Name)}
		if above.Open {
			f.URL = view.PathOrg(above.ID)
		}
		d.Facts = append(d.Facts, f)
	}
	add(words.Mark("所在单位"), view.Plain(o.Unit))
	add(words.Mark("单位类别"), sayOrNone(o.UnitKind.Name()))
	add(words.Mark("统一社会信用代码"), view.Plain(o.CreditCode))
	add(words.Mark("联系人"), view.Plain(o.Contact))
	phone := known(o.HasPhone())
	if o.HasPhone() && v.may(access.Mend, access.Org, o.Path, "") {
		number, err := v.in.Orgs.Phone(v.ctx(), o)
		if err != nil {
			return err
		}
		phone = view.Plain(number)
	}
	add(words.Mark("办公电话"), phone)
	add(words.Mark("成立日期"), dayText(o.Established))
	if !o.Living() {
		add(words.Mark("撤销日期"), dayText(o.Abolished))
	}
	return nil
}

func (v *visit) orgPosts(r store.Reader, o org.Organisation, d *view.OrgPage) error {
	posts, err := org.Posts(v.ctx(), r, o.ID, civil.Date{})
	if err != nil {
		return err
	}
	may := o.Living() && v.may(access.Post, access.Org, o.Path, "")
	var holders []string
	for _, p := range posts {
		if p.Member != "" {
			holders = append(holders, p.Member)
		}
	}
	open, err := v.openable(holders)
	if err != nil {
		return err
	}
	for _, p := range posts[:min(len(posts), 60)] {
		h := v.holder(p)
		h.MayEnd = may && p.To.IsZero()
		if open[p.Member] {
			h.MemberID = p.Member
		}
		d.Posts = append(d.Posts, h)
	}
	return nil
}

func (v *visit) holder(p org.Post) view.PostHolder {
	title, _ := org.TitleOf(p.Title)
	return view.PostHolder{ID: p.ID, Title: sayOrNone(title.Name), Name: p.Holder, From: p.From, Until: p.To}
}

// openable tells which records the visitor may open.
func (v *visit) openable(ids []string) (map[string]bool, error) {
	out := map[string]bool{}
	r, err := v.readerFor(access.See, access.Member)
	if err != nil {
		return out, nil //nolint:nilerr // a role that sees no members opens none
	}
	for _, id := range ids {
		if out[id] {
			continue
		}
		var path string
		found, err := r.One(v.ctx(), "SELECT org_path FROM {member} WHERE id = ?", []any{id}, &path)
		if err != nil {
			return nil, err
		}
		out[id] = found && v.person.Mask(path, id) != access.NoClass
	}
	return out, nil
}

func (v *visit) orgChildren(r store.Reader, o org.Organisation, d *view.OrgPage) (err error) {
	all := v.r.URL.Query().Get("all") != ""
	limit := childrenOnPage
	if all {
		limit = org.MaxLimit
	}
	list, next, err := org.Children(v.ctx(), r, o.ID, v.r.URL.Query().Get("after"), limit)
	if err != nil {
		return err
	}
	if d.ChildAll, err = org.CountChildren(v.ctx(), r, o.ID); err != nil {
		return err
	}
	if next != "" {
		q := plus("", "all", "1")
		if all {
			q = plus(q, "after", next)
		}
		d.ChildURL = withQuery(view.PathOrg(o.ID), q)
	}
	paths := make([]string, len(list))
	for i, c := range list {
		paths[i] = c.Path
	}
	heads, err := duty.Heads(v.ctx(), r, paths)
	if err != nil {
		return err
	}
	for _, c := range list {
		h := heads[c.Path]
		row := view.OrgChild{Org: v.orgRef(c.Organisation), Kind: view.Say(c.Kind.Name()), Members: int(h.Full + h.Probationary),
			Probationary: int(h.Probationary), Below: c.Below, Complete: -1}
		if c.Kind.HoldsMembers() && h.Known {
			row.Complete = h.Complete()
		}
		d.Children = append(d.Children, row)
	}
	return nil
}

func (v *visit) orgHeads(_ store.Reader, o org.Organisation, d *view.OrgPage) error {
	if !v.may(access.List, access.Member, o.Path, "") {
		d.Heads.Hidden = true
		return nil
	}
	r, err := v.readerFor(access.List, access.Member)
	if err != nil {
		return err
	}
	n, err := headcount.At(v.ctx(), r, o.Path, v.today())
	if err != nil {
		return err
	}
	d.Heads.Total = int(n.Total)
	for _, c := range []identity.Category{identity.Full, identity.Probationary} {
		d.Heads.ByCategory = append(d.Heads.ByCategory, view.Bar{Label: view.Say(c.Name()), N: int(n.Category[string(c)]), URL: v.seek("", o, string(c), string(member.OnRegister))})
	}
	if waiting := int(n.Category[headcount.Pending]); waiting > 0 {
		d.Heads.ByCategory = append(d.Heads.ByCategory, view.Bar{Label: view.Say("待审核"), N: waiting, URL: v.seek("", o, "", string(member.IsPending))})
	}
	for _, s := range []identity.Sex{identity.Male, identity.Female} {
		d.Heads.BySex = append(d.Heads.BySex, view.Bar{Label: view.Say(s.Name()), N: int(n.Sex[string(s)])})
	}
	for i, b := range headcount.Bands {
		d.Heads.ByAge = append(d.Heads.ByAge, view.Bar{Label: view.Say(b), N: int(n.Band[i])})
	}
	d.Heads.Computed = view.Say("由名册自动算出，%s。", v.today())
	return nil
}

func (v *visit) orgActs(r store.Reader, o org.Organisation, d *view.OrgPage) error {
	events, err := org.Events(v.ctx(), r, o.ID)
	if err != nil {
		return err
	}
	for _, e := range events[:min(len(events), 50)] {
		act := view.Act{Day: e.On, Title: sayOrNone(org.EventName(e.Kind)), Detail: eventDetail(e)}
		changes, err := v.in.Ledger.Changes(v.ctx(), "org_event", e.ID)
		if err != nil {
			return err
		}
		if len(changes) > 0 {
			act.By, act.Recorded = enteredBy(changes[0].Record), words.Moment(changes[0].Record.Time())
		}
		d.Acts = append(d.Acts, act)
	}
	return nil
}

// eventDetail says what changed, why and by which document.
func eventDetail(e org.Event) view.Text {
	because := view.Plain(e.Reason)
	if e.Document != "" {
		because = view.Say("%s（%s）", view.Plain(e.Reason), view.Plain(e.Document))
	}
	switch e.Kind {
	case org.Renamed:
		return view.Say("原名“%s”。%s", view.Plain(e.Was), because)
	case org.NamedLate:
		return view.Say("补记：到 %s 为止叫“%s”。%s", view.Plain(e.Became), view.Plain(e.Was), because)
	case org.Moved:
		return view.Say("由%s调整到%s。%s", view.Plain(e.Was), view.Plain(e.Became), because)
	}
	return because
}
