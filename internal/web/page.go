package web

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"sync"

	"github.com/a-h/templ"

	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// page is what all pages share. here is the menu entry the page belongs to; crumbs lead back, the page itself is
// added to them.
func (v *visit) page(title view.Text, here string, crumbs ...view.Link) view.Page {
	p := view.Page{Title: title, Here: here, AsOf: v.lookedBack, Path: v.here(), Display: v.display, Demo: v.in.Config.Demo, Token: v.token()}
	if len(crumbs) > 0 {
		p.Crumbs = append(slices.Clone(crumbs), view.Link{Text: title})
	}
	if v.person == nil {
		p.Organisation = v.s.places.root(v.ctx())
		return p
	}
	p.Organisation = v.s.places.name(v.ctx(), v.person.Place())
	if v.person.Ready() {
		p.Viewer = v.viewer(p.Organisation)
	}
	if !v.steady && v.r.Header.Get(liveHeader) == "" {
		if sentence := v.s.sessions.Pop(v.ctx(), "done"); sentence != "" {
			p.Flash = append(p.Flash, view.Notice{Kind: view.NoticeDone, Text: view.Say(sentence)})
		}
	}
	return p
}

// here is the page's address, to come back to after a change of the display: none for an answer to a form.
func (v *visit) here() string {
	if v.steady || v.r.Method != http.MethodGet {
		return view.PathWorkbench
	}
	return v.r.URL.RequestURI()
}

// token is the form token of a page.
func (v *visit) token() string {
	if v.steady {
		return v.s.sessions.SteadyToken(v.ctx())
	}
	return v.s.sessions.FormToken(v.ctx())
}

func (v *visit) viewer(organisation string) *view.Viewer {
	role := string(v.person.Role())
	unread, counts := v.unread(), map[string]int{}
	if unread > 0 {
		counts[view.PathInbox] = unread
	}
	return &view.Viewer{Name: v.person.Name, Account: v.person.Login, Role: role, Menu: v.menu(),
		Post: view.Say("%s，%s", view.Plain(organisation), view.RoleName(role)), Unread: unread, Counts: counts}
}

// menu lists what the visitor may open, from the table of rights.
func (v *visit) menu() []string {
	var out []string
	add := func(ok bool, path string) {
		if ok {
			out = append(out, path)
		}
	}
	add(v.hasPost(), view.PathWorkbench)
	add(v.person.Member != "", view.PathMe)
	add(v.person.Applicant != "", view.PathOwnAdmission)
	add(v.person.May(access.List, access.Logbook), view.PathDuties)
	add(true, view.PathInbox)
	add(v.works(access.List, access.Logbook), view.PathLog)
	add(v.works(access.List, access.Life), view.PathMeetings)
	add(v.person.Member != "", view.PathOwnMeetings)
	add(v.works(access.List, access.Logbook), view.PathAdmissions)
	add(v.works(access.List, access.Vote), view.PathElections)
	add(v.works(access.List, access.Dues), view.PathDues)
	add(v.person.May(access.List, access.Org), view.PathOrganisations)
	add(v.works(access.List, access.Member), view.PathMembers)
	add(v.works(access.List, access.Member), view.PathReviews)
	add(v.works(access.List, access.Dispute), view.PathDisputes)
	add(v.works(access.See, access.Quality), view.PathQuality)
	add(v.works(access.List, access.Member), view.PathStewards)
	add(v.works(access.List, access.Import), view.PathImports)
	add(v.works(access.List, access.Account), view.PathAccounts)
	add(v.works(access.List, access.Event), view.PathAudit)
	add(v.works(access.List, access.Request), view.PathRequests)
	add(v.works(access.List, access.Destruction), view.PathRetention)
	add(v.person.May(access.See, access.Backup), view.PathBackup)
	add(v.person.May(access.See, access.Setting), view.PathChannels)
	add(v.person.May(access.See, access.Setting) || v.person.May(access.Mend, access.Security), view.PathPolicy)
	add(v.person.May(access.See, access.Keys), view.PathKeys)
	add(true, view.PathRules)
	return out
}

// hasPost tells whether the visitor holds any role beyond being a member.
func (v *visit) hasPost() bool {
	return slices.ContainsFunc(v.person.Grants, func(g access.Grant) bool { return g.Role != access.PlainMember })
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// show answers with a page.
func (v *visit) show(c templ.Component) error { return v.answer(http.StatusOK, c) }

// answer writes a page with a status. It is written whole before the first byte leaves, so that a template that
// breaks ends as an error page.
func (v *visit) answer(status int, c templ.Component) error {
	b := buffers.Get().(*bytes.Buffer)
	b.Reset()
	defer buffers.Put(b)
	if err := c.Render(v.ctx(), b); err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store") // pages hold personal data, and the name of who is signed in
	h.Add("Vary", "Accept-Encoding, HX-Request")
	return v.send(status, b.Bytes())
}

func (v *visit) send(status int, body []byte) error {
	h := v.w.Header()
	if squeezed, coding := squeeze(v.r.Header.Get("Accept-Encoding"), body); squeezed != nil {
		defer release(squeezed)
		h.Set("Content-Encoding", coding)
		body = squeezed.Bytes()
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	v.w.WriteHeader(status)
	if v.r.Method != http.MethodHead {
		_, _ = v.w.Write(body) // the browser has gone: nobody to tell
	}
	return nil
}

// t is a sentence in the visitor's language.
func (v *visit) t(text string, args ...any) string { return words.T(v.ctx(), text, args...) }
