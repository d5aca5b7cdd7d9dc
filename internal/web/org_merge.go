package web

import (
	"net/url"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// mergeOrg lets an organisation be taken up by another.
var mergeOrg = orgAct{
	action: access.Abolish,
	kind:   org.ActMerge,
	page: func(v *visit, o org.Organisation, f view.Form, choices []view.OrgRef) (templ.Component, error) {
		out := view.OrgMergeForm{Form: f, Org: v.orgRef(o), Choices: choices}
		var err error
		if out.Members, out.Below, err = v.weight(o); err != nil {
			return nil, err
		}
		return view.OrgMergePage(v.page(view.Say("并入其他党组织"), view.PathOrganisations, v.orgCrumbs(o)...), out), nil
	},
	plan: toTarget(access.Abolish),
}

// mostDivided bounds the list from which those who go with a new organisation are chosen.
const mostDivided = 200

// splitOrg sets an organisation up out of a part of another.
var splitOrg = orgAct{
	action: access.Establish,
	kind:   org.ActSplit,
	page: func(v *visit, o org.Organisation, f view.Form, _ []view.OrgRef) (templ.Component, error) {
		out := view.OrgSplitForm{Form: f, Org: v.orgRef(o)}
		children, _, err := org.Children(v.ctx(), v.reader(), o.ID, "", org.MaxLimit)
		if err != nil {
			return nil, err
		}
		for _, c := range children {
			out.Children = append(out.Children, view.Option{Value: c.ID, Label: view.Plain(c.ShortName)})
		}
		if o.Kind.HoldsMembers() && v.may(access.List, access.Member, o.Path, "") {
			list, err := v.in.Members.List(v.ctx(), v.reader(), member.Filter{Under: o.Path, On: v.today(), Limit: mostDivided})
			if err != nil {
				return nil, err
			}
			for _, m := range list.Items {
				out.Members = append(out.Members, view.Option{Value: m.ID, Label: view.Plain(m.Name)})
			}
		}
		return view.OrgSplitPage(v.page(view.Say("分设党组织"), view.PathOrganisations, v.orgCrumbs(o)...), out), nil
	},
	plan: func(v *visit, o org.Organisation, values url.Values) (p org.Plan, _ []view.OrgRef, err error) {
		p = org.Plan{Code: said(values, "code"), Name: values.Get("name"), ShortName: values.Get("short"), Members: values["members"], Children: values["children"]}
		if p.Code == "" {
			p.Code, err = v.codeBeside(o)
		}
		return p, nil, err
	},
}

// codeBeside continues the codes below the superior of an organisation.
func (v *visit) codeBeside(o org.Organisation) (string, error) {
	parent, err := org.ByID(v.ctx(), v.reader(), o.ParentID)
	if fault.Of(err) == fault.NotFound {
		return "", fault.New(fault.Invalid, "请填写党组织编码。").At("code")
	}
	if err != nil {
		return "", err
	}
	return v.nextCode(parent)
}

// orgKin says on the page of an organisation where it went on and where it came from.
func (v *visit) orgKin(r store.Reader, o org.Organisation, d *view.OrgPage) error {
	list, err := org.Successions(v.ctx(), r, o.ID)
	if err != nil || len(list) == 0 {
		return err
	}
	var ids []string
	for _, s := range list {
		ids = append(ids, s.Organisation)
	}
	seen, err := org.ByIDs(v.ctx(), r, ids)
	if err != nil {
		return err
	}
	byID := map[string]org.Organisation{}
	for _, other := range seen {
		byID[other.ID] = other
	}
	for _, s := range list {
		other, ok := byID[s.Organisation]
		name, link := view.Say("其他党组织"), ""
		if ok {
			name, link = view.Plain(other.ShortName), view.PathOrg(other.ID)
		}
		text := view.Say("%s并入%s，%d 名党员过去。", s.On, name, s.Members)
		switch {
		case s.Kind == org.Merged && s.From:
			text = view.Say("%s接收%s并入，%d 名党员过来。", s.On, name, s.Members)
		case s.Kind == org.Divided && s.From:
			text = view.Say("%s由%s分设，%d 名党员过来。", s.On, name, s.Members)
		case s.Kind == org.Divided:
			text = view.Say("%s分设%s，%d 名党员过去。", s.On, name, s.Members)
		}
		d.Kin = append(d.Kin, view.Link{Text: text, URL: link})
	}
	return nil
}
