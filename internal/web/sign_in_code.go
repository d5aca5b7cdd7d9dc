package web

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// showCode asks for the code of the phone, after the password.
func (s *Server) showCode(v *visit) error {
	switch {
	case v.person == nil:
		return v.askToSignIn()
	case !v.person.Second:
		return v.to(view.PathWorkbench)
	}
	return v.askForCode(local(v.r.URL.Query().Get("back")), nil)
}

// askForCode goes on from the password to the code, or to the passkey of whoever has no code. What had been typed before the session ran out rides along.
func (v *visit) askForCode(back string, carried *view.Carry) error {
	codes, err := v.in.Access.HasFactor(v.ctx(), v.person.Account)
	if err != nil {
		return err
	}
	d := view.SignIn{Form: v.form(url.Values{}), Back: back, Carry: carried}
	to := view.PathPasskey
	switch {
	case !codes && carried != nil:
		return v.passkeyPage(http.StatusOK, d)
	case codes && (carried != nil || v.r.URL.Path == view.PathCode):
		return v.show(v.codePage(view.SignInCode{Form: d.Form, Back: back, Carry: carried}))
	case codes:
		to = view.PathCode
	}
	if back != "" {
		to += "?" + url.Values{"back": {back}}.Encode()
	}
	return v.to(to)
}

func (v *visit) codePage(d view.SignInCode) templ.Component {
	d.Demo = v.demoCode()
	if has, err := v.in.Access.HasPasskey(v.ctx(), v.person.Account); err == nil && has { // without it the code does as well
		d.Passkey = view.PathPasskey
		if d.Back != "" {
			d.Passkey += "?" + url.Values{"back": {d.Back}}.Encode()
		}
	}
	return view.SignInCodePage(v.page(view.Say("输入动态验证码"), ""), d)
}

// passCode checks the code and begins the session anew, as a whole one.
func (s *Server) passCode(v *visit) error {
	if v.person == nil || !v.person.Second {
		return s.showCode(v)
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	back, carried := local(values.Get("back")), carriedBy(values)
	p, err := v.in.Access.PassFactor(v.ctx(), v.person, v.from(), said(values, "code"))
	if k := fault.Of(err); k == fault.Invalid || k == fault.Unavailable {
		f := v.form(url.Values{})
		f.Problems = []view.Problem{v.problem(err, at{"code": "code"})}
		status := http.StatusUnprocessableEntity
		if k == fault.Unavailable {
			status = http.StatusTooManyRequests
		}
		return v.answer(status, v.codePage(view.SignInCode{Form: f, Back: back, Carry: carried}))
	}
	if err != nil {
		return err
	}
	return s.enter(v, p, back, carried)
}

// demoCode is what the phone would show, in a demo, where nobody has one; "" elsewhere.
func (v *visit) demoCode() string {
	for _, a := range v.s.demoAccounts() {
		if v.person == nil || a.Account != v.person.Login || a.TOTP == "" {
			continue
		}
		code, err := access.CodeAt(a.TOTP, v.in.Access.Wrist.Now())
		if err != nil {
			return ""
		}
		return code
	}
	return ""
}
