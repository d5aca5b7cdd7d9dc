package web

import (
	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// showWhoSees tells who may see a record and why; to the member by post.
func (s *Server) showWhoSees(v *visit) error {
	d, err := v.dossier(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	seers, err := v.in.Access.WhoSees(v.ctx(), v.person, d.m.OrgPath, d.m.ID)
	if err != nil {
		return err
	}
	out := view.WhoSees{Name: d.m.Name, Own: d.own}
	for _, seer := range seers {
		for _, r := range seer.Reasons {
			shown, err := v.reason(r.Grant, access.Origin{})
			if err != nil {
				return err
			}
			shown.Rule, shown.Text, shown.Sees = r.Rule, view.Say(r.Text), sees(r.Mask)
			switch {
			case r.Grant == nil && d.own:
				shown.Who = view.Say("您本人")
			case r.Grant == nil:
				shown.Who = view.Say("%s（本人）", view.Plain(seer.Name))
			case d.own:
				shown.Who = view.Say("%s，%s", view.Plain(shown.Org.Name), shown.Role)
				shown.Role, shown.For = view.Text{}, ""
				shown.Basis = ""
			default:
				o := seer.Origins[r.Grant.ID]
				shown.Who, shown.GivenBy, shown.Given = view.Plain(seer.Name), o.By, words.Moment(o.At)
				if v.works(access.See, access.Account) {
					shown.URL = v.accountURL(seer.Account)
				}
			}
			out.List = append(out.List, shown)
		}
	}
	crumbs := memberCrumbs(d.m)
	if d.own {
		crumbs = []view.Link{{Text: view.Say("我的档案"), URL: view.PathMe}}
	}
	return v.show(view.WhoSeesPage(v.page(view.Say("谁能看"), "", crumbs...), out))
}

// accountURL is an account's page where the visitor may open it.
func (v *visit) accountURL(id string) string {
	if _, err := v.in.Access.Account(v.ctx(), v.person, id); err != nil {
		return ""
	}
	return view.PathAccountOf(id)
}

// reason words a grant; nil is the own record.
func (v *visit) reason(g *access.Grant, o access.Origin) (view.Reason, error) {
	if g == nil {
		return view.Reason{}, nil
	}
	ref, err := v.orgNamedByID(g.Org)
	r := view.Reason{Role: view.RoleName(string(g.Role)), Org: ref, Period: period(*g), Basis: g.Basis, For: g.ForName}
	if o.By != "" {
		r.GivenBy, r.Given = o.By, words.Moment(o.At)
	}
	return r, err
}

// orgNamedByID names an organisation that a grant holds at, whether the visitor may open it or not.
func (v *visit) orgNamedByID(id string) (view.OrgRef, error) {
	o, err := org.ByID(v.ctx(), v.in.DB.As(store.System("names of places of roles")), id)
	if err != nil && fault.Of(err) != fault.NotFound {
		return view.OrgRef{}, err
	}
	return v.orgRef(o), nil
}

func period(g access.Grant) view.Text {
	if g.To.IsZero() {
		return view.Say("%s 起", view.Plain(g.From.String()))
	}
	return view.Say("%s 至 %s", view.Plain(g.From.String()), view.Plain(g.To.String()))
}

func sees(m access.Mask) []view.Text {
	var out []view.Text
	for _, name := range m.Names() {
		out = append(out, view.Say(name))
	}
	return out
}

// showOpens tells what an account sees and may do, and why.
func (s *Server) showOpens(v *visit) error {
	e, err := v.in.Access.Account(v.ctx(), v.person, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	grants, err := v.in.Access.Opens(v.ctx(), v.person, e.ID)
	if err != nil {
		return err
	}
	d := view.Opens{ID: e.ID, Name: e.Name}
	for _, g := range grants {
		r, err := v.reason(&g.Grant, g.Origin)
		if err != nil {
			return err
		}
		shown := view.OpenedGrant{Reason: r}
		for _, l := range g.Lines {
			shown.Lines = append(shown.Lines, view.OpenedLine{Rule: l.Rule, Text: view.Say(l.Text), Sees: sees(l.Mask)})
		}
		d.Grants = append(d.Grants, shown)
	}
	crumbs := []view.Link{accountsCrumb, {Text: view.Plain(e.Name), URL: view.PathAccountOf(e.ID)}}
	return v.show(view.OpensPage(v.page(view.Say("能看什么"), view.PathAccounts, crumbs...), d))
}
