package web

import (
	"net/url"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// showPassword is open to somebody who came by a slip, too.
func (s *Server) showPassword(v *visit) error {
	switch {
	case v.person == nil:
		return v.askToSignIn()
	case v.person.Second:
		return v.to(view.PathCode)
	}
	page, err := v.passwordPage(v.form(url.Values{}))
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) passwordPage(f view.Form) (templ.Component, error) {
	policy, err := v.in.Access.Policy(v.ctx())
	if err != nil {
		return nil, err
	}
	title := view.Say("更换密码")
	if v.person.First {
		title = view.Say("给自己设一个密码")
	}
	return view.PasswordPage(v.page(title, ""), view.Password{Form: f, First: v.person.First, Min: policy[access.PasswordLength]}), nil
}

// setPassword ends every session of the account and begins a new one here.
func (s *Server) setPassword(v *visit) error {
	switch {
	case v.person == nil:
		return v.askToSignIn()
	case v.person.Second:
		return v.to(view.PathCode)
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	if values.Get("new") != values.Get("again") {
		err = fault.New(fault.Invalid, "两次输入的新密码不一样。").At("again")
	} else {
		err = v.in.Access.SetPassword(v.ctx(), v.person, v.from(), values.Get("old"), values.Get("new"))
	}
	if err != nil && wrong(err) {
		f := v.form(url.Values{})
		f.Problems = []view.Problem{v.problem(err, at{"old": "old", "new": "new", "again": "again"})}
		page, perr := v.passwordPage(f)
		if perr != nil {
			return perr
		}
		return v.again(err, page)
	}
	if err != nil {
		return err
	}
	p, err := v.in.Access.Person(v.ctx(), v.person.Account)
	if err != nil {
		return err
	}
	if err := s.sessions.Begin(v.ctx(), p, device(v.r.UserAgent())); err != nil {
		return err
	}
	v.done(words.Mark("密码已经设好，其他设备上的登录都已退出。"))
	return v.to(view.PathWorkbench)
}
