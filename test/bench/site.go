package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"time"

	"zhibu/internal/demo"
	"zhibu/internal/installation"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web"
	"zhibu/internal/web/view"
)

// site is the pages of a city in this process, with somebody signed in.
type site struct {
	in      *installation.Installation
	handler http.Handler
	cookie  string
	account string
	stop    func()

	mu      sync.Mutex
	tracing bool
	traced  []statement
}

// statement is a query as it went to the engine.
type statement struct {
	text string
	args []any
}

// openSite opens a city's pages, with what goes on beside them, and signs the holder of a role in.
func openSite(ctx context.Context, dir, role string) (*site, error) {
	s := &site{}
	in, err := installation.Open(ctx, installation.Options{Dir: installation.Dir(dir), Trace: s.trace})
	if err != nil {
		return nil, err
	}
	s.in = in
	server, err := web.New(in, web.Options{})
	if err != nil {
		return nil, errors.Join(err, in.Close())
	}
	s.handler = server.Handler()
	running, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	report := func(err error) { say("background: %v", err) }
	wg.Add(2)
	go func() { defer wg.Done(); in.Ledger.Run(running, time.Second, report) }()
	go func() { defer wg.Done(); in.Members.Run(running, report) }()
	s.stop = func() { cancel(); wg.Wait(); in.Close() }
	server.Ready(true)
	if err := s.signIn(dir, role); err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

func (s *site) trace(text string, args []any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tracing {
		s.traced = append(s.traced, statement{text, args})
	}
}

// statements are what fn reads.
func (s *site) statements(fn func() error) ([]statement, error) {
	s.mu.Lock()
	s.tracing, s.traced = true, nil
	s.mu.Unlock()
	err := fn()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tracing = false
	return s.traced, err
}

func (s *site) signIn(dir, role string) error {
	a, err := account(dir, role)
	if err != nil {
		return err
	}
	r := httptest.NewRequest(http.MethodPost, view.PathSignIn, strings.NewReader(url.Values{"account": {a.Account}, "password": {a.Password}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	s.keep(w)
	if a.TOTP != "" && s.cookie != "" {
		if err := s.passCode(a); err != nil {
			return err
		}
	}
	if s.cookie == "" {
		return fmt.Errorf("%s could not sign in: %d", a.Account, w.Code)
	}
	s.account = a.Account
	return nil
}

func (s *site) keep(w *httptest.ResponseRecorder) {
	for _, c := range w.Result().Cookies() {
		if strings.Contains(c.Name, "session") {
			s.cookie = c.Name + "=" + c.Value
		}
	}
}

// shown are the half minutes whose codes the phones of this process have shown: each counts once.
var shown = map[string]int64{}

const halfMinute = 30

// passCode gives the code of the phone, waiting for the next one when sections sign in one after the other.
func (s *site) passCode(a demo.Account) error {
	for range 3 { // another process may have used the first ones
		period := max(time.Now().Unix()/halfMinute, shown[a.Account]+1)
		shown[a.Account] = period
		time.Sleep(time.Until(time.Unix((period-1)*halfMinute, 0)))
		passed, err := s.tryCode(a, time.Unix(period*halfMinute, 0))
		if passed || err != nil {
			return err
		}
	}
	s.cookie = ""
	return nil
}

func (s *site) tryCode(a demo.Account, at time.Time) (passed bool, err error) {
	code, err := access.CodeAt(a.TOTP, at)
	if err != nil {
		return false, err
	}
	r := httptest.NewRequest(http.MethodPost, view.PathCode, strings.NewReader(url.Values{"code": {code}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Cookie", s.cookie)
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	if w.Code != http.StatusSeeOther {
		return false, nil
	}
	s.keep(w)
	return true, nil
}

// encodings are what today's browsers accept on the machine itself and by HTTPS.
const encodings = "gzip, deflate, br, zstd"

// get asks for a page as the signed-in browser does.
func (s *site) get(path string) (*httptest.ResponseRecorder, error) { return s.getIn(path, encodings) }

// getIn asks for a page in an encoding, "" for none.
func (s *site) getIn(path, encoding string) (*httptest.ResponseRecorder, error) {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Cookie", s.cookie)
	if encoding != "" {
		r.Header.Set("Accept-Encoding", encoding)
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		return w, fmt.Errorf("GET %s: %d", shape(path), w.Code)
	}
	return w, nil
}

// shape is a path without what it is about.
func shape(path string) string {
	path, _, _ = strings.Cut(path, "?")
	return path
}

// someMembers and someBranches are spread over the city.
func (s *site) someMembers(ctx context.Context, n int) ([]string, error) {
	return s.some(ctx, "SELECT id FROM {member} WHERE state = 'active' ORDER BY id_index LIMIT ?", n)
}

func (s *site) someBranches(ctx context.Context, n int) ([]string, error) {
	return s.some(ctx, "SELECT org_id FROM {member} WHERE state = 'active' ORDER BY id_index LIMIT ?", n)
}

func (s *site) some(ctx context.Context, query string, n int) (out []string, err error) {
	err = s.in.DB.As(store.System("bench")).Each(ctx, query, []any{n}, func(row store.Row) error {
		var id string
		err := row.Scan(&id)
		out = append(out, id)
		return err
	})
	return out, err
}
