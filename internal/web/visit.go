package web

import (
	"context"
	"net/http"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/installation"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// visit is one request on its way through a handler: who asks, under which number, and how the answer is to look.
type visit struct {
	s          *Server
	in         *installation.Installation
	w          http.ResponseWriter
	r          *http.Request // its context speaks the visitor's language
	person     *access.Person
	display    view.Display
	request    string     // number of the request
	lookedBack *view.AsOf // the page shows a day in the past
	steady     bool       // the page must not differ from another of its kind: the form token stays the same
}

// handler answers a visit. An error becomes a page (fail); nothing may have been written before it.
type handler func(v *visit) error

func (s *Server) visit(w http.ResponseWriter, r *http.Request) *visit {
	v := &visit{s: s, in: s.in, w: w, r: r, request: notedOf(r.Context()).id}
	v.dress()
	return v
}

// open serves a page to everybody, signed in or not.
func (s *Server) open(pattern string, h handler) { s.handle(pattern, h, false) }

// signed serves a page to whoever is signed in and has a password. Others are asked to sign in and come back, with
// what they had typed.
func (s *Server) signed(pattern string, h handler) {
	s.handle(pattern, ready(h), false)
}

// ready lets past who has nothing left to do before the work, and leads everybody else to it: signing in, the code of
// the second factor, a password of one's own, a second factor where the duties ask for one.
func ready(h handler) handler {
	return func(v *visit) error {
		switch p := v.person; {
		case p == nil:
			return v.askToSignIn()
		case p.Second:
			return v.to(view.PathCode)
		case p.First:
			return v.to(view.PathPassword)
		case p.Bare:
			return v.to(view.PathFactor)
		}
		return h(v)
	}
}

// slow is signed for an upload or a download: the time limits are those of a slow line, and the handler reads the
// body itself.
func (s *Server) slow(pattern string, h handler) {
	s.handle(pattern, ready(h), true)
}

const slowLimit = time.Hour

func (s *Server) handle(pattern string, h handler, slow bool) {
	s.patterns = append(s.patterns, pattern)
	s.pages.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		notedOf(r.Context()).pattern = pattern
		if slow {
			control := http.NewResponseController(w)
			_ = control.SetReadDeadline(time.Now().Add(slowLimit)) // not supported by a recorder of a test
			_ = control.SetWriteDeadline(time.Now().Add(slowLimit))
		} else {
			ctx, cancel := context.WithTimeout(r.Context(), readLimit)
			defer cancel()
			r = r.WithContext(ctx)
			if r.Body != nil {
				r.Body = http.MaxBytesReader(w, r.Body, formLimit)
			}
		}
		person, err := s.sessions.Person(r.Context())
		v := &visit{s: s, in: s.in, w: w, r: r, person: person, request: notedOf(r.Context()).id}
		v.dress()
		if err == nil {
			err = h(v)
		}
		if err != nil && v.fail(err) != nil {
			plain(w, http.StatusInternalServerError, "500 "+v.request+"\n")
		}
	})
}

// dress takes language and looks from the account, and where it says nothing from the cookie.
func (v *visit) dress() {
	lang, display := readDisplay(v.r)
	if p := v.person; p != nil {
		if p.Language != "" {
			lang = p.Language
		}
		if p.TextSize != "" {
			display.Text = p.TextSize
		}
		if p.Contrast != "" {
			display.Contrast = p.Contrast == "yes"
		}
	}
	v.display = display
	v.r = v.r.WithContext(words.With(v.r.Context(), lang))
}

func (v *visit) ctx() context.Context { return v.r.Context() }

// actor is the visitor as the rooms know one.
func (v *visit) actor() ledger.Actor { return v.person.Actor(v.request) }

// reader reads what the visitor's work covers.
func (v *visit) reader() store.Reader { return v.in.DB.As(v.actor().Scope) }

// readerFor reads exactly where the visitor may do the action; Forbidden when that is nowhere.
func (v *visit) readerFor(action access.Action, resource access.Resource) (store.Reader, error) {
	scope, err := v.person.Scope(action, resource)
	if err != nil {
		return nil, err
	}
	return v.in.DB.As(scope), nil
}

// works tells whether the visitor may do the action on other people's things somewhere.
func (v *visit) works(action access.Action, resource access.Resource) bool {
	scope, err := v.person.Scope(action, resource)
	return err == nil && len(scope.Paths()) > 0
}

// may tells whether the visitor may do the action at an organisation, for buttons.
func (v *visit) may(action access.Action, resource access.Resource, path, member string) bool {
	_, err := v.person.Allow(action, resource, path, member)
	return err == nil
}

func (v *visit) today() civil.Date { return civil.Today(v.in.Clock) }

func (v *visit) from() access.From {
	return access.From{Remote: v.s.remote(v.r), Device: device(v.r.UserAgent()), Request: v.request}
}

// scripted tells whether htmx asks for a part of a page.
func (v *visit) scripted() bool { return v.r.Header.Get("HX-Request") == "true" }

// to sends the browser on after a form, or to another page.
func (v *visit) to(path string) error {
	v.w.Header().Set("Cache-Control", "no-store")
	http.Redirect(v.w, v.r, path, http.StatusSeeOther)
	return nil
}

// done keeps a sentence of the catalogue for the next page. It holds no personal data.
// What was kept for the workbench is forgotten, so that whoever has done something sees it there.
func (v *visit) done(sentence string) {
	v.s.sessions.Put(v.ctx(), "done", sentence)
	v.s.findings.drop()
}
