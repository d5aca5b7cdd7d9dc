package web

import (
	"net/url"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// showFactor is the own second factor: to be set up, or what can be done with it. It is open to somebody who has to
// set it up before anything else.
func (s *Server) showFactor(v *visit) error {
	if to, ok := v.beforeFactor(); ok {
		return to()
	}
	page, err := v.factorPage(v.form(url.Values{}))
	if err != nil {
		return err
	}
	return v.show(page)
}

// beforeFactor is what comes before a second factor can be set up.
func (v *visit) beforeFactor() (func() error, bool) {
	switch p := v.person; {
	case p == nil:
		return v.askToSignIn, true
	case p.Second:
		return func() error { return v.to(view.PathCode) }, true
	case p.First:
		return func() error { return v.to(view.PathPassword) }, true
	}
	return nil, false
}

func (v *visit) factorPage(f view.Form) (templ.Component, error) {
	d := view.Factor{Form: f, Must: v.person.Wide}
	var err error
	if d.On, err = v.in.Access.HasFactor(v.ctx(), v.person.Account); err != nil {
		return nil, err
	}
	if d.On {
		if d.Left, err = v.in.Access.RecoveryLeft(v.ctx(), v.person); err != nil {
			return nil, err
		}
	} else {
		setup, pending, err := v.in.Access.PendingFactor(v.ctx(), v.person)
		if err != nil {
			return nil, err
		}
		if pending {
			d.Secret, d.URI = setup.Secret, setup.URI
		}
	}
	crumbs := []view.Link{}
	if v.person.Ready() {
		crumbs = append(crumbs, view.Link{Text: view.Say("我的账号"), URL: view.PathAccount})
	}
	return view.FactorPage(v.page(view.Say("动态验证码"), "", crumbs...), d), nil
}

// changeFactor sets the own second factor up, gives new codes on paper, or turns it off.
func (s *Server) changeFactor(v *visit) error {
	if to, ok := v.beforeFactor(); ok {
		return to()
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	var codes []string
	switch values.Get("act") {
	case "begin":
		_, err = v.in.Access.BeginFactor(v.ctx(), v.person, v.request)
	case "confirm":
		codes, err = v.in.Access.ConfirmFactor(v.ctx(), v.person, v.from(), said(values, "code"))
	case "codes":
		codes, err = v.in.Access.NewRecovery(v.ctx(), v.person, v.from(), said(values, "code"))
	case "end":
		err = v.in.Access.EndFactor(v.ctx(), v.person, v.from(), said(values, "code"))
	default:
		err = fault.Missing()
	}
	if err != nil && wrong(err) {
		f := v.form(url.Values{})
		f.Problems = []view.Problem{v.problem(err, at{"code": "code"})}
		page, perr := v.factorPage(f)
		if perr != nil {
			return perr
		}
		return v.again(err, page)
	}
	if err != nil {
		return err
	}
	if codes != nil {
		return v.showRecovery(codes)
	}
	if values.Get("act") == "end" {
		v.done(words.Mark("动态验证码已经停用。"))
	}
	return v.to(view.PathFactor)
}

// showRecovery shows the codes on paper, this once.
func (v *visit) showRecovery(codes []string) error {
	p, err := v.in.Access.Person(v.ctx(), v.person.Account)
	if err != nil {
		return err
	}
	v.person = p
	d := view.Recovery{Codes: codes, Account: p.Login, Made: words.Moment(v.in.Clock.Now()), On: view.PathWorkbench}
	return v.show(view.RecoveryPage(v.page(view.Say("备用码"), ""), d))
}
