package web

import (
	"net/url"

	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// showAccount is one's own account: roles, sessions, tokens.
func (s *Server) showAccount(v *visit) error {
	sessions, err := v.in.Access.Sessions(v.ctx(), v.person)
	if err != nil {
		return err
	}
	tokens, err := v.in.Access.Tokens(v.ctx(), v.person)
	if err != nil {
		return err
	}
	d := view.MyAccount{Form: v.form(url.Values{}), Account: v.person.Login}
	if d.Posts, err = v.ownPosts(); err != nil {
		return err
	}
	if d.Passkeys, err = v.ownPasskeys(); err != nil {
		return err
	}
	if d.Links, err = v.linkList(v.person.Account); err != nil {
		return err
	}
	for _, x := range sessions {
		d.Sessions = append(d.Sessions, view.Session{ID: x.ID, Since: words.Moment(x.Since), Last: words.Moment(x.Last), Device: x.Device, Here: x.ID == v.person.Session})
	}
	for _, t := range tokens {
		if t.Revoked.IsZero() && t.Expires.After(v.in.Clock.Now()) {
			d.Tokens = append(d.Tokens, view.APIToken{ID: t.ID, Name: t.Label, Made: words.Moment(t.Made), Expires: words.Moment(t.Expires)})
		}
	}
	return v.show(view.MyAccountPage(v.page(view.Say("我的账号"), ""), d))
}

func (v *visit) ownPosts() ([]view.Post, error) {
	var out []view.Post
	for _, g := range v.person.Grants {
		o, err := org.ByID(v.ctx(), v.in.DB.As(store.System("names of one's own posts")), g.Org)
		if err != nil && fault.Of(err) != fault.NotFound {
			return nil, err
		}
		out = append(out, view.Post{ID: g.ID, Role: view.RoleName(string(g.Role)), Org: v.orgRef(o), From: g.From, Until: g.To, For: g.ForName})
	}
	return out, nil
}

// changeAccount ends one of the own sessions or revokes one of the own tokens.
func (s *Server) changeAccount(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	done := ""
	switch values.Get("act") {
	case "end":
		done, err = words.Mark("那台设备上的登录已经结束。"), v.in.Access.EndSession(v.ctx(), v.person, v.request, values.Get("session"))
	case "end-others":
		done, err = words.Mark("其他设备上的登录都已经结束。"), v.in.Access.EndOthers(v.ctx(), v.person, v.request)
	case "revoke":
		done, err = words.Mark("令牌已经收回，马上失效。"), v.in.Access.RevokeToken(v.ctx(), v.person, v.request, values.Get("token"))
	default:
		err = fault.Missing()
	}
	if err != nil {
		return err
	}
	v.done(done)
	return v.to(view.PathAccount)
}
