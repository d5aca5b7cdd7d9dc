package web

import (
	"zhibu/internal/civil"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// treeAsOf is the tree as it was on a day, from where the visitor's work begins today.
func (v *visit) treeAsOf(r store.Reader, day civil.Date) ([]view.OrgNode, error) {
	tops, err := v.tops(r)
	if err != nil {
		return nil, err
	}
	list, err := org.AsOf(v.ctx(), r, day, tops)
	if err != nil {
		return nil, err
	}
	strays, err := org.StraysAsOf(v.ctx(), r, day, childrenShown)
	if err != nil {
		return nil, err
	}
	top := map[string]bool{}
	for _, t := range list {
		top[t.ID] = true
	}
	for _, t := range strays {
		if !top[t.ID] {
			list = append(list, t)
		}
	}
	var ids []string
	for _, t := range list {
		ids = append(ids, t.ID)
	}
	below, err := org.CountBelowAsOf(v.ctx(), r, day, ids)
	if err != nil {
		return nil, err
	}
	var out []view.OrgNode
	for _, t := range list {
		if t.State != org.There && below[t.ID] == 0 {
			continue // one that was not there is shown for those below it only
		}
		node := v.nodeAsOf(org.ThenChild{Then: t, Below: below[t.ID]}, day)
		children, next, err := org.ChildrenAsOf(v.ctx(), r, t.ID, day, "", childrenShown)
		if err != nil {
			return nil, err
		}
		if node.Children, err = v.nodesAsOf(r, children, day); err != nil {
			return nil, err
		}
		if node.Open = true; next != "" {
			node.More = view.PathAsOf(view.PathOrgAct(t.ID, "children"), day)
		}
		out = append(out, node)
	}
	return out, nil
}

func (v *visit) nodeAsOf(c org.ThenChild, day civil.Date) view.OrgNode {
	node := view.OrgNode{Org: v.refAsOf(c.Then, day), Kind: view.Say(c.Kind.Name()), Members: -1, Below: c.Below}
	switch {
	case c.NameUnknown:
		node.Note = view.Say("那时的名称不详")
	case c.NameLate:
		node.Note = view.Say("名称是后来补记的")
	}
	return node
}

// nodesAsOf are lines of the tree as it was, with what is known of the names of that day.
func (v *visit) nodesAsOf(r store.Reader, list []org.ThenChild, day civil.Date) ([]view.OrgNode, error) {
	then := make([]org.Then, len(list))
	for i, c := range list {
		then[i] = c.Then
	}
	if err := org.NamesUnkept(v.ctx(), r, day, then); err != nil {
		return nil, err
	}
	var out []view.OrgNode
	for i, c := range list {
		c.Then = then[i]
		out = append(out, v.nodeAsOf(c, day))
	}
	return out, nil
}

func (v *visit) refAsOf(t org.Then, day civil.Date) view.OrgRef {
	ref := v.orgRef(t.Organisation)
	ref.AsOf = day
	return ref
}

// wholeLevelAsOf is wholeLevel as it was on a day.
func (v *visit) wholeLevelAsOf(r store.Reader, o org.Organisation, day civil.Date) ([]view.OrgNode, error) {
	var out []view.OrgNode
	for after := ""; ; {
		list, next, err := org.ChildrenAsOf(v.ctx(), r, o.ID, day, after, org.MaxLimit)
		if err != nil {
			return nil, err
		}
		nodes, err := v.nodesAsOf(r, list, day)
		if err != nil {
			return nil, err
		}
		out = append(out, nodes...)
		if after = next; after == "" || len(out) >= 10*org.MaxLimit {
			return out, nil
		}
	}
}

// showOrgAsOf is the page of an organisation as it was on a day. Nothing can be done there.
func (v *visit) showOrgAsOf(r store.Reader, o org.Organisation, day civil.Date) error {
	t, err := org.AsOfOne(v.ctx(), r, day, o)
	if err != nil {
		return err
	}
	d := view.OrgPage{Org: v.refAsOf(t, day), Kind: view.Say(t.Kind.Name()), Lead: view.Say("编号 %s", t.Code),
		AsOf: view.LookBack{Path: view.PathOrg(o.ID), Day: day, Today: v.today()}}
	d.Heads.Hidden = true
	if v.may(access.List, access.Member, o.Path, "") {
		d.Members = view.PathAsOf(view.PathMembers, day) + "&" + plus("", "org", o.ID)
	}
	switch t.State {
	case org.NotYet:
		d.State = view.Say("它在 %s成立，那一天还没有。", o.Established)
	case org.Gone:
		d.State = view.Say("那一天它是撤销的。")
	}
	for _, step := range []func(store.Reader, org.Then, civil.Date, *view.OrgPage) error{v.unkept, v.factsAsOf, v.postsAsOf, v.childrenAsOf, v.actsAsOf} {
		if err := step(r, t, day, &d); err != nil {
			return err
		}
	}
	crumbs := []view.Link{{Text: view.Say("党组织"), URL: view.PathAsOf(view.PathOrganisations, day)}}
	return v.show(view.OrganisationPage(v.page(view.Plain(t.ShortName), view.PathOrganisations, crumbs...), d))
}

func (v *visit) factsAsOf(r store.Reader, t org.Then, day civil.Date, d *view.OrgPage) error {
	add := func(label string, value view.Text) {
		d.Facts = append(d.Facts, view.Fact{Label: view.Say(label), Value: value})
	}
	d.Facts = append(d.Facts, view.Fact{Label: view.Say("名称"), Value: view.Plain(t.Name), Strong: true})
	if t.ShortName != t.Name {
		add(words.Mark("简称"), view.Plain(t.ShortName))
	}
	above, err := org.ByIDs(v.ctx(), r, []string{t.ParentID})
	if err != nil {
		return err
	}
	if list, err := org.AsOf(v.ctx(), r, day, above); err != nil {
		return err
	} else if len(list) == 1 {
		d.Facts = append(d.Facts, view.Fact{Label: view.Say("上级"), Value: view.Plain(list[0].ShortName), URL: view.PathAsOf(view.PathOrg(list[0].ID), day)})
	} else if t.ParentID != "" {
		add(words.Mark("上级"), view.Say("职责范围以外的党组织"))
	}
	add(words.Mark("所在单位"), view.Plain(t.Unit))
	add(words.Mark("单位类别"), sayOrNone(t.UnitKind.Name()))
	add(words.Mark("统一社会信用代码"), view.Plain(t.CreditCode))
	add(words.Mark("联系人"), view.Plain(t.Contact))
	add(words.Mark("成立日期"), dayText(t.Established))
	return nil
}

func (v *visit) postsAsOf(r store.Reader, t org.Then, day civil.Date, d *view.OrgPage) error {
	posts, err := org.Posts(v.ctx(), r, t.ID, day)
	if err != nil {
		return err
	}
	var holders []string
	for _, p := range posts {
		holders = append(holders, p.Member)
	}
	open, err := v.openable(holders)
	if err != nil {
		return err
	}
	for _, p := range posts {
		h := v.holder(p)
		if open[p.Member] && p.Member != "" {
			h.MemberID = p.Member
		}
		d.Posts = append(d.Posts, h)
	}
	return nil
}

func (v *visit) childrenAsOf(r store.Reader, t org.Then, day civil.Date, d *view.OrgPage) error {
	list, next, err := org.ChildrenAsOf(v.ctx(), r, t.ID, day, v.r.URL.Query().Get("after"), org.MaxLimit)
	if err != nil {
		return err
	}
	for _, c := range list {
		d.Children = append(d.Children, view.OrgChild{Org: v.refAsOf(c.Then, day), Kind: view.Say(c.Kind.Name()), Below: c.Below})
	}
	n, err := org.CountBelowAsOf(v.ctx(), r, day, []string{t.ID})
	d.ChildAll = n[t.ID]
	if next != "" {
		d.ChildURL = view.PathAsOf(view.PathOrg(t.ID), day) + "&" + plus("", "after", next)
	}
	return err
}

// actsAsOf are those that had happened by the day.
func (v *visit) actsAsOf(r store.Reader, t org.Then, day civil.Date, d *view.OrgPage) error {
	if err := v.orgActs(r, t.Organisation, d); err != nil {
		return err
	}
	var past []view.Act
	for _, a := range d.Acts {
		if !a.Day.After(day) {
			past = append(past, a)
		}
	}
	d.Acts = past
	return nil
}

// unkept says that a name or a superior of the day is not known: they were changed before periods were kept.
func (v *visit) unkept(r store.Reader, t org.Then, day civil.Date, d *view.OrgPage) error {
	name, parent, err := org.Unkept(v.ctx(), r, day, t.ID)
	switch {
	case t.NameLate:
		d.Kin = append(d.Kin, view.Link{Text: view.Say("那时的名称是后来补记的，依据见现在那一页的沿革。"), URL: view.PathOrg(t.ID)})
	case t.NameUnknown && !name:
		d.Kin = append(d.Kin, view.Link{Text: view.Say("那时叫什么没有登记，这里写的是现在的名称。知道的可以在现在那一页补记。"), URL: view.PathOrg(t.ID)})
	}
	if name {
		d.Kin = append(d.Kin, view.Link{Text: view.Say("这以后更过名，那时的名称没有保存期间，这里写的是现在的。原来的名称见现在那一页的沿革。"), URL: view.PathOrg(t.ID)})
	}
	if parent {
		d.Kin = append(d.Kin, view.Link{Text: view.Say("这以后调整过隶属，那时的上级没有保存期间，这里写的是现在的。原来的上级见现在那一页的沿革。"), URL: view.PathOrg(t.ID)})
	}
	return err
}
