package web

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"net/url"

	"zhibu/internal/fault"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// browserCookie names a browser that has not signed in, for the minutes between a question and its answer.
func (v *visit) browserCookie() string {
	if v.s.options.Secure {
		return "__Host-zhibu_browser"
	}
	return "zhibu_browser"
}

// asked stands for whoever is asked: the session, or the browser where nobody is signed in. With make a browser
// without a name gets one.
func (v *visit) asked(make bool) string {
	if v.person != nil {
		return v.person.Session
	}
	if c, err := v.r.Cookie(v.browserCookie()); err == nil && len(c.Value) == 24 {
		return c.Value
	}
	if !make {
		return ""
	}
	b := newBrowser()
	http.SetCookie(v.w, &http.Cookie{Name: v.browserCookie(), Value: b, Path: "/", HttpOnly: true, Secure: v.s.options.Secure, SameSite: http.SameSiteLaxMode})
	return b
}

func newBrowser() string {
	b := make([]byte, 18)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// passkeyAsk is what a page needs to ask for a passkey.
func (v *visit) passkeyAsk(ask string) view.PasskeyAsk {
	k := view.PasskeyAsk{Origin: v.s.passkeys.Origin(), Ask: ask}
	if err := v.s.passkeys.Closed(); err != nil {
		k.Closed = words.Error(v.ctx(), err)
	}
	return k
}

// showPasskey is signing in by a passkey, and passing the second factor by one.
func (s *Server) showPasskey(v *visit) error {
	back := local(v.r.URL.Query().Get("back"))
	if v.person != nil && !v.person.Second {
		return v.to(orHome(back))
	}
	return v.passkeyPage(http.StatusOK, view.SignIn{Form: v.form(url.Values{}), Back: back})
}

func (v *visit) passkeyPage(status int, d view.SignIn) error {
	key := v.passkeyAsk(view.PathPasskeyAsk)
	d.Key = &key
	if v.person != nil {
		codes, err := v.in.Access.HasFactor(v.ctx(), v.person.Account)
		if err != nil {
			return err
		}
		return v.answer(status, view.PasskeySecondPage(v.page(view.Say("再用通行密钥确认一次"), ""), view.PasskeySecond{SignIn: d, Codes: codes}))
	}
	return v.answer(status, v.signInPage(d))
}

// askPasskey gives the script the question for the authenticator.
func (s *Server) askPasskey(v *visit) error {
	holder := v.asked(true)
	if v.person != nil {
		return v.question(s.passkeys.AskSecond(v.ctx(), v.person, holder))
	}
	return v.question(s.passkeys.AskSignIn(v.ctx(), v.from(), holder))
}

// question answers with what an authenticator is asked, or with the sentence why it is not.
func (v *visit) question(options []byte, err error) error {
	h := v.w.Header()
	h.Set("Cache-Control", "no-store")
	if err != nil {
		if fault.As(err) == nil {
			return err
		}
		plain(v.w, statusOf(err), words.Error(v.ctx(), err))
		return nil
	}
	h.Set("Content-Type", "application/json")
	return v.send(http.StatusOK, options)
}

// passPasskey takes the authenticator's answer.
func (s *Server) passPasskey(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	back, carried := local(values.Get("back")), carriedBy(values)
	var p *access.Person
	if v.person != nil {
		p, err = s.passkeys.PassSecond(v.ctx(), v.person, v.from(), v.asked(false), values.Get("answer"))
	} else {
		p, err = s.passkeys.SignIn(v.ctx(), v.from(), v.asked(false), values.Get("answer"))
	}
	if fault.As(err) != nil {
		form := v.form(url.Values{})
		form.Problems = []view.Problem{v.problem(err, at{})}
		return v.passkeyPage(refusedStatus(err), view.SignIn{Form: form, Back: back, Carry: carried})
	}
	if err != nil {
		return err
	}
	return s.enter(v, p, back, carried)
}

// refusedStatus is how HTTP says that somebody is not let in.
func refusedStatus(err error) int {
	if fault.Of(err) == fault.Unavailable {
		return http.StatusTooManyRequests
	}
	return http.StatusUnprocessableEntity
}
