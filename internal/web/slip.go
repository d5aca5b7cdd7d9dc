package web

import (
	"net/url"

	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// showSlip is where the QR code of a printed slip leads.
func (s *Server) showSlip(v *visit) error {
	if v.person != nil {
		return v.to(view.PathWorkbench)
	}
	q := v.r.URL.Query()
	values := url.Values{"account": {q.Get("account")}, "code": {q.Get("code")}}
	v.steady = true // the code stays out of the page's other forms
	return v.show(v.signInPage(view.SignIn{Form: v.form(values), Slip: true}))
}

// signInBySlip lets somebody in once, to set a password.
func (s *Server) signInBySlip(v *visit) error {
	return s.letIn(v, true, func(values url.Values) (*access.Person, error) {
		return v.in.Access.SignInBySlip(v.ctx(), said(values, "account"), said(values, "code"), v.from())
	})
}
