package web

import (
	"net/url"
	"time"

	"github.com/a-h/templ"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// askToken offers to issue an API token for one's own account.
func (s *Server) askToken(v *visit) error {
	page, err := v.tokenPage(v.form(url.Values{"until": {v.today().AddDays(30).String()}}))
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) tokenPage(f view.Form) (templ.Component, error) {
	second, err := v.in.Access.HasFactor(v.ctx(), v.person.Account)
	if err != nil {
		return nil, err
	}
	policy, err := v.in.Access.Policy(v.ctx())
	if err != nil {
		return nil, err
	}
	return view.TokenNewPage(v.tokenFrame(), view.TokenNew{Form: f, Second: second, Most: policy[access.TokenDays]}), nil
}

func (v *visit) tokenFrame() view.Page {
	return v.page(view.Say("发放接口令牌"), "", view.Link{Text: view.Say("我的账号"), URL: view.PathAccount})
}

// issueToken issues it after the holder has shown once more who it is, and shows it this once.
func (s *Server) issueToken(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	until, err := view.ReadDay(values, "until")
	if err == nil && until.IsZero() {
		err = fault.New(fault.Invalid, "请写用到哪一天。").At("until")
	}
	var text string
	if err == nil {
		expires := until.AddDays(1).In(civil.Beijing).Add(-time.Second)
		text, _, err = v.in.Access.IssueOwnToken(v.ctx(), v.person, v.from(), said(values, "label"), expires, values.Get("shown"))
	}
	if err == nil {
		return v.show(view.TokenNewPage(v.tokenFrame(), view.TokenNew{Token: text, Until: words.Date(v.ctx(), until)}))
	}
	if !wrong(err) {
		return err
	}
	values.Del("shown")
	f := v.form(values)
	f.Problems = []view.Problem{v.problem(err, at{"label": "label", "until": "until", "expires": "until", "code": "shown", "password": "shown"})}
	page, perr := v.tokenPage(f)
	if perr != nil {
		return perr
	}
	return v.again(err, page)
}
