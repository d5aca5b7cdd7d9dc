package web

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"os"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

func (s *Server) showSignIn(v *visit) error {
	back := local(v.r.URL.Query().Get("back"))
	if v.person != nil {
		return v.to(orHome(back))
	}
	return v.show(v.signInPage(view.SignIn{Form: v.form(url.Values{}), Back: back}))
}

func orHome(path string) string {
	if path == "" {
		return view.PathWorkbench
	}
	return path
}

func (v *visit) signInPage(d view.SignIn) templ.Component {
	d.Demo = v.s.demoAccounts()
	d.Other = v.otherServices(d)
	for i := range d.Demo {
		if name := v.s.places.coded(v.ctx(), d.Demo[i].Organisation); name != "" {
			d.Demo[i].Organisation = name
		}
	}
	return view.SignInPage(v.page(view.Say("登录"), ""), d)
}

func (s *Server) signIn(v *visit) error {
	return s.letIn(v, false, func(values url.Values) (*access.Person, error) {
		return v.in.Access.SignIn(v.ctx(), said(values, "account"), values.Get("password"), v.from())
	})
}

// letIn tries a way in. What had been typed before the session ran out goes along and comes back.
func (s *Server) letIn(v *visit, slip bool, try func(url.Values) (*access.Person, error)) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	back, carried := local(values.Get("back")), carriedBy(values)
	p, err := try(values)
	if k := fault.Of(err); k == fault.Invalid || k == fault.Unavailable || k == fault.Forbidden {
		form := v.form(url.Values{"account": values["account"]})
		form.Problems = []view.Problem{v.problem(err, at{})}
		status := http.StatusUnprocessableEntity
		if k == fault.Unavailable {
			status = http.StatusTooManyRequests
		}
		return v.answer(status, v.signInPage(view.SignIn{Form: form, Slip: slip, Back: back, Carry: carried}))
	}
	if err != nil {
		return err
	}
	return s.enter(v, p, back, carried)
}

// enter begins the session of somebody who was let in, and goes on to where they wanted.
func (s *Server) enter(v *visit, p *access.Person, back string, carried *view.Carry) error {
	if err := s.sessions.Begin(v.ctx(), p, device(v.r.UserAgent())); err != nil {
		return err
	}
	v.person = p
	v.dress()
	if p.Second {
		return v.askForCode(back, carried)
	}
	return v.letOn(back, carried)
}

// letOn leads somebody who is in to what comes first, or back to what was being done.
func (v *visit) letOn(back string, carried *view.Carry) error {
	switch {
	case v.person.First:
		return v.to(view.PathPassword)
	case v.person.Bare:
		return v.to(view.PathFactor)
	case carried != nil:
		return v.resume(carried)
	}
	return v.to(orHome(back))
}

// demoAccounts are offered on the sign-in page of a demo.
func (s *Server) demoAccounts() []view.DemoAccount {
	if !s.in.Config.Demo {
		return nil
	}
	b, err := os.ReadFile(s.in.Dir.DemoAccounts())
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			s.log.Error("demo accounts", "error", err.Error())
		}
		return nil
	}
	var list []view.DemoAccount
	if err := json.Unmarshal(b, &list); err != nil {
		s.log.Error("demo accounts", "error", err.Error())
		return nil
	}
	return list
}
