package web

import (
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

func (s *Server) showOneAccount(v *visit) error {
	page, err := v.accountPage(v.form(url.Values{"day": {v.today().String()}}), nil)
	if err != nil {
		return err
	}
	return v.show(page)
}

// accountPage is one account with what the visitor may do to it; one out of the visitor's area is missing.
func (v *visit) accountPage(f view.Form, choices []view.OrgRef) (templ.Component, error) {
	e, err := v.in.Access.Account(v.ctx(), v.person, v.r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	rights, err := v.in.Access.RightsOver(v.ctx(), v.person, e.ID)
	if err != nil {
		return nil, err
	}
	open := e.State == access.Active
	d := view.AccountPage{ID: e.ID, Account: e.Login, Name: e.Name, State: accountState(e), Form: f, OrgChoices: choices,
		May: view.AccountRights{Lock: rights.Lock && open, Unlock: rights.Unlock, Slip: rights.Slip && open, Grant: rights.Grant, Revoke: rights.Revoke}}
	second, err := v.in.Access.HasFactor(v.ctx(), e.ID)
	if err != nil {
		return nil, err
	}
	d.May.DropFactor = rights.DropFactor && second
	known, err := v.in.Access.Known(v.ctx(), e.ID)
	if err != nil {
		return nil, err
	}
	d.May.Prove = rights.Prove && !known
	if d.Facts, err = v.accountFacts(e); err != nil {
		return nil, err
	}
	if d.Posts, err = v.accountPosts(e); err != nil {
		return nil, err
	}
	if d.Links, err = v.linkList(e.ID); err != nil {
		return nil, err
	}
	if d.May.Grant {
		d.Roles = append([]view.Option{{Label: view.Say("请选择")}}, roleOptions(v.person.Gives())...)
		r, err := v.readerFor(access.Add, access.Granted)
		if err != nil {
			return nil, err
		}
		if len(choices) == 0 {
			if d.Orgs, err = v.fewOrgs(r, view.Say("请选择")); err != nil {
				return nil, err
			}
		}
	}
	if !open {
		if d.LockedWhy, err = v.closedWhy(e); err != nil {
			return nil, err
		}
	}
	return view.AccountOnePage(v.page(view.Plain(e.Name), view.PathAccounts, accountsCrumb), d), nil
}

func (v *visit) accountFacts(e access.Entry) ([]view.Fact, error) {
	list, err := v.grantedAt([]access.Entry{{Grants: []access.Grant{{Org: e.Org}}}})
	if err != nil {
		return nil, err
	}
	home := view.Fact{Label: view.Say("所属党组织"), Value: view.Plain(e.OrgName)}
	if ref := list[e.Org]; ref.Open {
		home.URL = view.PathOrg(e.Org)
	}
	last := view.Fact{Label: view.Say("最近登录"), Value: view.Say("还没有登录过")}
	if !e.Last.IsZero() {
		last.Value = view.Plain(words.Moment(e.Last))
	}
	out := []view.Fact{{Label: view.Say("登录名"), Value: view.Plain(e.Login), Strong: true}, home, last}
	if e.Member != "" {
		out = append(out, view.Fact{Label: view.Say("本人档案"), Value: view.Say("打开档案"), URL: view.PathMember(e.Member)})
	}
	second, err := v.in.Access.HasFactor(v.ctx(), e.ID)
	if second {
		out = append(out, view.Fact{Label: view.Say("动态验证码"), Value: view.Say("已启用")})
	}
	return out, err
}

// accountPosts are the grants, past ones too.
func (v *visit) accountPosts(e access.Entry) ([]view.Post, error) {
	names, err := v.grantedAt([]access.Entry{e})
	today := v.today()
	var out []view.Post
	for _, g := range e.Grants {
		out = append(out, view.Post{ID: g.ID, Role: view.RoleName(string(g.Role)), Org: names[g.Org], From: g.From, Until: g.To, Basis: g.Basis, For: g.ForName,
			Held: (g.To.IsZero() || !today.After(g.To)) && slices.Contains(v.person.Gives(), g.Role)})
	}
	return out, err
}

// closedWhy says since when and why an account is closed.
func (v *visit) closedWhy(e access.Entry) (view.Text, error) {
	for _, kind := range []string{"account.lock", "account.disable"} {
		acts, err := v.in.Ledger.Acts(v.ctx(), v.reader(), ledger.Query{Subject: e.ID, Kind: kind, Limit: 1})
		if err != nil {
			return view.Text{}, err
		}
		if len(acts) > 0 && (kind == "account.lock") == (e.State == access.Locked) {
			return view.Say("%s由%s关闭，理由：%s。", view.Plain(words.Moment(acts[0].Time())+" "), view.Plain(acts[0].Actor), view.Plain(acts[0].Reason)), nil
		}
	}
	return view.Say("这个账号现在不能登录。"), nil
}
