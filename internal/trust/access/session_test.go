package access_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/access"
)

// site is a little server with a door: /in signs in, /who answers the login, /out signs out, /token the form token.
type site struct {
	*house
	sessions *access.Sessions
	handler  http.Handler
	person   *access.Person
}

func (h *house) site(door *access.Door, p *access.Person, secure bool) *site {
	s := &site{house: h, person: p}
	s.sessions = door.NewSessions(secure, func(w http.ResponseWriter, _ *http.Request, err error) {
		status := http.StatusInternalServerError
		if fault.Of(err) == fault.Forbidden {
			status = http.StatusForbidden
		}
		http.Error(w, err.Error(), status)
	})
	mux := http.NewServeMux()
	mux.HandleFunc("/in", func(w http.ResponseWriter, r *http.Request) {
		h.ok(s.sessions.Begin(r.Context(), s.person, "Edge · Windows"))
	})
	mux.HandleFunc("/out", func(w http.ResponseWriter, r *http.Request) { h.ok(s.sessions.End(r.Context())) })
	mux.HandleFunc("/put", func(w http.ResponseWriter, r *http.Request) { s.sessions.Put(r.Context(), "flash", "saved") })
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, s.sessions.FormToken(r.Context())) })
	mux.HandleFunc("/lapsed", func(w http.ResponseWriter, r *http.Request) {
		account, err := s.sessions.Lapsed(r)
		h.ok(err)
		io.WriteString(w, account)
	})
	mux.HandleFunc("/who", func(w http.ResponseWriter, r *http.Request) {
		p, err := s.sessions.Person(r.Context())
		h.ok(err)
		if p != nil {
			io.WriteString(w, p.Login)
			if p.First {
				io.WriteString(w, " first")
			}
		}
	})
	mux.HandleFunc("/upload", func(w http.ResponseWriter, r *http.Request) {
		f, _, err := r.FormFile("file")
		h.ok(err)
		io.Copy(w, f)
	})
	s.handler = s.sessions.Wrap(mux)
	return s
}

// browser keeps the cookie.
type browser struct {
	s      *site
	cookie *http.Cookie
}

func (b *browser) do(r *http.Request) *httptest.ResponseRecorder {
	if b.cookie != nil {
		r.AddCookie(b.cookie)
	}
	w := httptest.NewRecorder()
	b.s.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		b.cookie = c
	}
	return w
}

func (b *browser) get(path string) string {
	return b.do(httptest.NewRequest(http.MethodGet, path, nil)).Body.String()
}

func TestSessionsEndByIdlenessAndByLength(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		p := h.secretary()
		b := &browser{s: h.site(h.door, p, false)}
		b.get("/in")
		for range 3 {
			h.clock.pass(14 * time.Minute)
			if got := b.get("/who"); got != "dongjie" {
				t.Fatalf("after 14 minutes: %q", got)
			}
		}
		h.clock.pass(15 * time.Minute)
		if got := b.get("/who"); got != "" {
			t.Fatalf("after 15 idle minutes: %q", got)
		}
		if got := b.get("/lapsed"); got != p.Account {
			t.Errorf("whose form was that: %q", got)
		}
		b.get("/in")
		for range 47 {
			h.clock.pass(10 * time.Minute)
			if got := b.get("/who"); got != "dongjie" {
				t.Fatal("ended too early")
			}
		}
		h.clock.pass(10 * time.Minute)
		if got := b.get("/who"); got != "" {
			t.Errorf("after eight hours: %q", got)
		}
	})
}

// A clock that is set back by days keeps nobody signed in for days, and shuts nobody out for days; one that is put right
// by a minute is noticed by nobody.
func TestAClockSetBackKeepsNobodyInOrOut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		p := h.secretary()
		b := &browser{s: h.site(h.door, p, false)}
		b.get("/in")
		h.clock.pass(-2 * time.Minute)
		if got := b.get("/who"); got != "dongjie" {
			t.Errorf("a clock put right by two minutes: %q", got)
		}
		h.clock.pass(-48 * time.Hour)
		for _, door := range []*access.Door{h.door, h.restart()} {
			b.s = h.site(door, p, false)
			if got := b.get("/who"); got != "" {
				t.Errorf("the clock went back two days, still in: %q", got)
			}
			if got := b.get("/lapsed"); got != p.Account {
				t.Errorf("whose form was that: %q", got)
			}
		}
		for range 5 {
			if _, err := h.door.SignIn(h.ctx, "dongjie", "wrong", here); err == nil {
				t.Fatal("a wrong password opens")
			}
		}
		h.clock.pass(-48 * time.Hour)
		_, err := h.door.SignIn(h.ctx, "dongjie", password, here)
		h.refused(err, fault.Unavailable, access.RuleLocked)
		h.clock.pass(11 * time.Minute)
		_, err = h.door.SignIn(h.ctx, "dongjie", password, here)
		h.ok(err)
	})
}

func TestAReadSeldomWrites(t *testing.T) {
	h := sqlite(t)
	b := &browser{s: h.site(h.door, h.secretary(), false)}
	b.get("/in")
	expires := func() (n int64) {
		_, err := h.db.As(store.System("test")).One(h.ctx, "SELECT expires FROM {session}", nil, &n)
		h.ok(err)
		return n
	}
	first := expires()
	for range 5 {
		h.clock.pass(10 * time.Second)
		b.get("/who")
	}
	if expires() != first {
		t.Error("the idle deadline was written although it moved by less than a minute")
	}
	h.clock.pass(10 * time.Second)
	b.get("/who")
	if got := expires() - first; got != 60 {
		t.Errorf("written %d s later", got)
	}
	if w := b.do(httptest.NewRequest(http.MethodGet, "/who", nil)); w.Header().Get("Set-Cookie") != "" {
		t.Error("a read sets the cookie again")
	}
}

func TestSigningInChangesTheToken(t *testing.T) {
	h := sqlite(t)
	b := &browser{s: h.site(h.door, h.secretary(), false)}
	b.get("/in")
	planted := *b.cookie
	b.get("/in")
	if b.cookie.Value == planted.Value {
		t.Fatal("the same token after signing in again")
	}
	old := &browser{s: b.s, cookie: &planted}
	if got := old.get("/who"); got != "" {
		t.Errorf("the earlier token still opens: %q", got)
	}
}

func TestTheCookie(t *testing.T) {
	h := sqlite(t)
	p := h.secretary()
	plain, tls := &browser{s: h.site(h.door, p, false)}, &browser{s: h.site(h.door, p, true)}
	plain.get("/in")
	tls.get("/in")
	if c := plain.cookie; c.Name != "zhibu_session" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure {
		t.Errorf("%+v", c)
	}
	if c := tls.cookie; c.Name != "__Host-zhibu_session" || !c.Secure || c.Path != "/" || c.Domain != "" || !c.HttpOnly {
		t.Errorf("%+v", c)
	}
	var stored string
	_, err := h.db.As(store.System("test")).One(h.ctx, "SELECT min(id || account_id) FROM {session}", nil, &stored)
	h.ok(err)
	if strings.Contains(stored, plain.cookie.Value) || strings.Contains(stored, tls.cookie.Value) {
		t.Error("the table holds the token itself")
	}
}

func TestEndingSessions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		p := h.secretary()
		security := h.account("anquan", access.SecurityAdmin, "city")
		s := h.site(h.door, p, false)
		far := h.site(h.restart(), p, false) // another process
		one, two := &browser{s: s}, &browser{s: s}
		one.get("/in")
		two.get("/in")
		elsewhere := &browser{s: far, cookie: two.cookie}
		if got := elsewhere.get("/who"); got != "dongjie" {
			t.Fatalf("in the other process: %q", got)
		}
		list, err := h.door.Sessions(h.ctx, p)
		h.ok(err)
		if len(list) != 2 || list[0].Device != "Edge · Windows" || !list[0].Since.Equal(h.clock.Now()) {
			t.Fatalf("%+v", list)
		}
		h.refused(h.door.EndSession(h.ctx, security, "r", list[0].ID), fault.NotFound, "")
		for _, x := range list {
			h.ok(h.door.EndSession(h.ctx, p, "r", x.ID))
		}
		if one.get("/who")+two.get("/who") != "" {
			t.Error("an ended session still opens here")
		}
		h.clock.pass(5 * time.Second)
		if elsewhere.get("/who") != "" {
			t.Error("it still opens in the other process")
		}
		one.get("/in")
		h.ok(h.door.Lock(h.ctx, security, "r", p.Account, "核实中"))
		if one.get("/who") != "" {
			t.Error("a locked account is still signed in")
		}
		h.ok(h.door.Unlock(h.ctx, security, "r", p.Account, "已核实"))
		if one.get("/who") != "" {
			t.Error("unlocking brought the session back")
		}
		one.get("/in")
		h.ok(h.door.SetPassword(h.ctx, p, here, password, "Another-77 word"))
		if one.get("/who") != "" {
			t.Error("a new password did not end the session")
		}
	})
}

// A request that was under way when its session was ended must not bring it back by saving something.
func TestAnEndedSessionIsNotSavedAgain(t *testing.T) {
	h := sqlite(t)
	p := h.secretary()
	s := h.site(h.door, p, false)
	b := &browser{s: s}
	b.get("/in")
	r := httptest.NewRequest(http.MethodGet, "/slow", nil)
	r.AddCookie(b.cookie)
	slow := s.sessions.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		h.ok(h.door.SetPassword(h.ctx, p, here, password, "Another-77 word"))
		s.sessions.Put(r.Context(), "flash", "saved")
	}))
	slow.ServeHTTP(httptest.NewRecorder(), r)
	if got := b.get("/who"); got != "" {
		t.Errorf("the session is back: %q", got)
	}
}

func TestASlipsSessionStaysFirst(t *testing.T) {
	h := sqlite(t)
	p := *h.secretary()
	p.First = true
	b := &browser{s: h.site(h.door, &p, false)}
	b.get("/in")
	if got := b.get("/who"); got != "dongjie first" {
		t.Errorf("%q", got)
	}
}

func TestSweep(t *testing.T) {
	h := sqlite(t)
	b := &browser{s: h.site(h.door, h.secretary(), false)}
	b.get("/in")
	_, err := h.door.SignIn(h.ctx, "nobody-here", "x", here)
	h.refused(err, fault.Invalid, "")
	count := func() (n int) {
		_, err := h.db.As(store.System("test")).One(h.ctx, "SELECT (SELECT count(*) FROM {session}) + (SELECT count(*) FROM {attempt})", nil, &n)
		h.ok(err)
		return n
	}
	h.ok(h.door.Sweep(h.ctx))
	if count() != 2 {
		t.Errorf("%d rows are left of two that are fresh", count())
	}
	h.clock.pass(25 * time.Hour)
	h.ok(h.door.Sweep(h.ctx))
	if count() != 0 {
		t.Errorf("%d rows are left", count())
	}
}

func TestForeignForms(t *testing.T) {
	h := sqlite(t)
	b := &browser{s: h.site(h.door, h.secretary(), false)}
	post := func(head map[string]string, form url.Values) int {
		r := httptest.NewRequest(http.MethodPost, "http://zhibu.test/put", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for k, v := range head {
			r.Header.Set(k, v)
		}
		return b.do(r).Code
	}
	token := func() url.Values { return url.Values{access.FormField: {b.get("/token")}} }
	if got := post(nil, nil); got != 200 {
		t.Errorf("nobody signed in: %d", got) // the sign-in form itself
	}
	b.get("/in")
	other := &browser{s: b.s}
	other.get("/in")
	foreign := url.Values{access.FormField: {other.get("/token")}}
	for _, c := range []struct {
		name string
		head map[string]string
		form url.Values
		want int
	}{
		{"another site", map[string]string{"Sec-Fetch-Site": "cross-site"}, token(), 403},
		{"another origin of an old browser", map[string]string{"Origin": "http://evil.test"}, token(), 403},
		{"our own page", map[string]string{"Sec-Fetch-Site": "same-origin"}, nil, 200},
		{"our own origin", map[string]string{"Origin": "http://zhibu.test"}, nil, 200},
		{"a browser that says nothing, with the token", nil, token(), 200},
		{"the token in a header", map[string]string{access.FormHeader: token().Get(access.FormField)}, nil, 200},
		{"a browser that says nothing, without", nil, nil, 403},
		{"the token of another session", nil, foreign, 403},
		{"a made-up token", nil, url.Values{access.FormField: {"a.b"}}, 403},
	} {
		if got := post(c.head, c.form); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestAnUploadBringsItsTokenFirst(t *testing.T) {
	h := sqlite(t)
	b := &browser{s: h.site(h.door, h.secretary(), false)}
	b.get("/in")
	content := strings.Repeat("工作簿", 100000)
	upload := func(token string) *httptest.ResponseRecorder {
		var body bytes.Buffer
		m := multipart.NewWriter(&body)
		if token != "" {
			h.ok(m.WriteField(access.FormField, token))
		}
		f, err := m.CreateFormFile("file", "名册.xlsx")
		h.ok(err)
		io.WriteString(f, content)
		h.ok(m.Close())
		r := httptest.NewRequest(http.MethodPost, "/upload", &body)
		r.Header.Set("Content-Type", m.FormDataContentType())
		return b.do(r)
	}
	if w := upload(b.get("/token")); w.Code != 200 || w.Body.String() != content {
		t.Errorf("%d, %d bytes of %d", w.Code, w.Body.Len(), len(content))
	}
	if w := upload(""); w.Code != 403 {
		t.Errorf("without a token: %d", w.Code)
	}
}

// Who asks is known without a query: the budget is far below that of a page.
func BenchmarkPerson(b *testing.B) {
	h := sqlite(b)
	p := h.secretary()
	br := &browser{s: h.site(h.door, p, false)}
	br.get("/in")
	for b.Loop() {
		r := httptest.NewRequest(http.MethodGet, "/who", nil)
		r.AddCookie(br.cookie)
		br.s.handler.ServeHTTP(httptest.NewRecorder(), r)
	}
}

func BenchmarkAllow(b *testing.B) {
	p := &access.Person{Member: "me", MemberPath: "0009.", Grants: []access.Grant{{Role: access.BranchCommittee, Path: "0002."}, {Role: access.PartyWorker, Path: "0001.0001."}}}
	b.ReportAllocs()
	for b.Loop() {
		if p.Mask("0001.0001.0002.", "x") == 0 {
			b.Fatal("no")
		}
	}
}
