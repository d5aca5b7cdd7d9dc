package web

import (
	"net/url"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// showLinks is the page on which somebody links the own account to other sign-in services.
func (s *Server) showLinks(v *visit) error {
	page, err := v.linksPage(v.form(url.Values{}))
	if err != nil {
		return err
	}
	return v.show(page)
}

var accountCrumb = view.Link{Text: view.Say("我的账号"), URL: view.PathAccount}

func (v *visit) linksPage(f view.Form) (templ.Component, error) {
	list, err := v.linkList(v.person.Account)
	return view.LinksPage(v.page(view.Say("其他登录方式"), "", accountCrumb), view.Links{Form: f, List: list}), err
}

// changeLinks sends somebody out to link the own account, or takes a link back.
func (s *Server) changeLinks(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	fields := at{"service": "service", "password": "password"}
	switch values.Get("act") {
	case "link":
		if values.Get("service") == "" {
			err = fault.New(fault.Invalid, "请选择登录服务。").At("service")
			break
		}
		to, aerr := s.outside.AskLink(v.ctx(), v.person, v.from(), values.Get("service"), v.asked(false), values.Get("password"))
		if aerr == nil {
			title := v.serviceTitle(values.Get("service"))
			return v.show(view.LinkGoPage(v.page(view.Say("到“%s”确认您的身份", view.Plain(title)), "", accountCrumb), view.LinkGo{Service: title, URL: to}))
		}
		err = aerr
	case "unlink":
		fields = at{"link": "link", "password": "password-unlink"}
		if values.Get("link") == "" {
			err = fault.New(fault.Invalid, "请选择要解除的关联。").At("link")
			break
		}
		err = v.in.Access.Unlink(v.ctx(), v.person, v.from(), values.Get("password-unlink"), values.Get("link"))
		if err == nil {
			v.done(words.Mark("已经解除关联。"))
			return v.to(view.PathLinks)
		}
	default:
		err = fault.Missing()
	}
	return v.notLinkedAt(err, fields, url.Values{"service": values["service"]})
}

// notLinked shows the page with the reason why an account was not linked.
func (v *visit) notLinked(err error) error { return v.notLinkedAt(err, at{}, url.Values{}) }

func (v *visit) notLinkedAt(err error, fields at, values url.Values) error {
	if f := fault.As(err); f == nil || !wrong(err) && f.Kind != fault.Forbidden {
		return err
	}
	v.noteAway(err)
	f := v.form(values)
	f.Problems = []view.Problem{v.problem(err, fields)}
	page, perr := v.linksPage(f)
	if perr != nil {
		return perr
	}
	return v.again(err, page)
}
