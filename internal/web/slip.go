package web

import (
	"net/url"

	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// showSlip is where the QR code of a printed slip leads. Account and code stand behind the # of the address, where no
// server, proxy or log sees them; a script puts them into the form, without one they are typed.
func (s *Server) showSlip(v *visit) error {
	if v.person != nil {
		return v.to(view.PathWorkbench)
	}
	return v.show(v.signInPage(view.SignIn{Form: v.form(url.Values{}), Slip: true}))
}

// signInBySlip lets somebody in once, to set a password.
func (s *Server) signInBySlip(v *visit) error {
	return s.letIn(v, true, func(values url.Values) (*access.Person, error) {
		return v.in.Access.SignInBySlip(v.ctx(), said(values, "account"), said(values, "code"), v.from())
	})
}
