package web

import (
	"errors"
	"net/http"
	"net/url"

	"zhibu/internal/fault"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// outsideBack is the address a sign-in service sends the browser back to, exactly as the service has it written down.
func (s *Server) outsideBack(id string) string { return s.options.Address + view.PathOutsideBack(id) }

// otherServices are the buttons of the sign-in page. What had been typed cannot travel to another site: whoever comes
// back to it signs in here.
func (v *visit) otherServices(d view.SignIn) []view.Link {
	if d.Carry != nil {
		return nil
	}
	var out []view.Link
	for _, o := range v.s.outside.Services() {
		out = append(out, view.Link{Text: view.Say("用“%s”登录", view.Plain(o.Title)), URL: view.PathOutsideTo(o.ID, d.Back)})
	}
	return out
}

// goOutside sends the browser to a sign-in service.
func (s *Server) goOutside(v *visit) error {
	back := local(v.r.URL.Query().Get("back"))
	if v.person != nil {
		return v.to(orHome(back))
	}
	to, err := s.outside.AskSignIn(v.ctx(), v.from(), v.r.PathValue("id"), v.asked(true), back)
	if err != nil {
		return v.notThatWay(err, back)
	}
	return v.to(to)
}

// arriveOutside takes what the browser brought back.
func (s *Server) arriveOutside(v *visit) error {
	a, err := s.outside.Arrive(v.ctx(), v.person, v.from(), v.r.PathValue("id"), v.asked(false), v.r.URL.Query())
	switch {
	case err != nil && v.person != nil:
		return v.notLinked(err)
	case err != nil:
		return v.notThatWay(err, a.Back)
	case a.Linked:
		v.done(words.Mark("已经关联，以后可以用它登录。"))
		return v.to(view.PathLinks)
	}
	return s.enter(v, a.Person, a.Back, nil)
}

// notThatWay shows the sign-in page with the reason: the password is still a way.
func (v *visit) notThatWay(err error, back string) error {
	if f := fault.As(err); f == nil || f.Kind == fault.NotFound {
		return err
	}
	v.noteAway(err)
	form := v.form(url.Values{})
	form.Problems = []view.Problem{v.problem(err, at{})}
	status := refusedStatus(err)
	if status == http.StatusTooManyRequests && fault.As(err).Rule == "" {
		status = http.StatusServiceUnavailable
	}
	return v.answer(status, v.signInPage(view.SignIn{Form: form, Back: back}))
}

// noteAway writes into the log why a service could not be asked; its errors name nobody.
func (v *visit) noteAway(err error) {
	if cause := errors.Unwrap(err); cause != nil && fault.Of(err) == fault.Unavailable {
		v.s.log.Warn("sign-in service", "request", v.request, "service", v.r.PathValue("id"), "error", cause.Error())
	}
}

// linkList is what an account is linked to, and the services that are left.
func (v *visit) linkList(account string) (view.LinkList, error) {
	var out view.LinkList
	links, err := v.in.Access.Links(v.ctx(), account)
	linked := map[string]bool{}
	for _, l := range links {
		linked[l.Service] = true
		one := view.AccountLink{ID: l.ID, Service: v.serviceTitle(l.Service), Shown: l.Shown, Made: words.Moment(l.Made)}
		if !l.Used.IsZero() {
			one.Used = words.Moment(l.Used)
		}
		out.Items = append(out.Items, one)
	}
	for _, o := range v.s.outside.Services() {
		if !linked[o.ID] {
			out.Services = append(out.Services, view.Option{Value: o.ID, Label: view.Plain(o.Title)})
		}
	}
	return out, err
}

// serviceTitle is how a service is called; one that is configured no longer by its id.
func (v *visit) serviceTitle(id string) string {
	if o, err := v.s.outside.Service(id); err == nil {
		return o.Title
	}
	return id
}

func linkAccount(v *visit, id string, values url.Values) (string, []view.OrgRef, error) {
	err := v.s.outside.LinkFor(v.ctx(), v.person, v.request, id, values.Get("service"), said(values, "subject"), said(values, "link-why"))
	return words.Mark("已经关联，本人可以用它登录。"), nil, atWhy(err, "link-why")
}

func unlinkAccount(v *visit, id string, values url.Values) (string, []view.OrgRef, error) {
	err := v.in.Access.UnlinkFor(v.ctx(), v.person, v.request, id, values.Get("link"), said(values, "unlink-why"))
	return words.Mark("已经解除关联。"), nil, atWhy(err, "unlink-why")
}

// atWhy puts a missing reason at the field of its own form.
func atWhy(err error, field string) error {
	if f := fault.As(err); f != nil && f.Field == "reason" {
		moved := *f
		moved.Field = field
		return &moved
	}
	return err
}
