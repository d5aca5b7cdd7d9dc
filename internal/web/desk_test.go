package web_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/web"
)

// house is a small city that is served, with what goes on beside the pages.
type house struct {
	*demotest.City
	url   string
	log   *bytes.Buffer
	Pages *web.Server
}

func openHouse(t *testing.T, c store.Config) *house {
	t.Helper()
	h := &house{City: demotest.Found(t, c, 300), log: &bytes.Buffer{}}
	pages, err := web.New(h.Installation, web.Options{Logger: slog.New(slog.NewTextHandler(h.log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(pages.Handler())
	ctx, cancel := context.WithCancel(context.Background())
	done, papers := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(papers)
		h.Documents.Work(ctx, func(err error) { t.Log("documents:", err) })
	}()
	go h.Ledger.Run(ctx, 20*time.Millisecond, func(err error) { t.Log("audit:", err) })
	go func() {
		defer close(done)
		h.Intake.Work(ctx, func(err error) { t.Log("import:", err) })
	}()
	t.Cleanup(func() { server.Close(); pages.Close(); cancel(); <-done; <-papers })
	h.url, h.Pages = server.URL, pages
	return h
}

// desk is somebody signed in at a browser without scripts.
type desk struct {
	t      *testing.T
	house  *house
	client *http.Client
}

// sit signs the n-th holder of a role in.
func (h *house) sit(role string, n int) *desk {
	h.T.Helper()
	d := h.stranger()
	for _, a := range h.Accounts {
		if a.Role != role {
			continue
		}
		if n--; n == 0 {
			status, _, at := d.send("/sign-in", url.Values{"account": {a.Account}, "password": {a.Password}})
			if a.TOTP != "" {
				status, _, at = d.send("/sign-in/code", url.Values{"code": {h.Code(a)}})
			}
			if at != "/" {
				h.T.Fatalf("%s cannot sign in: %d", role, status)
			}
			return d
		}
	}
	h.T.Fatalf("no account of the role %s", role)
	return nil
}

func (h *house) stranger() *desk {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.T.Fatal(err)
	}
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &desk{h.T.(*testing.T), h, client}
}

func (d *desk) do(r *http.Request) (status int, body, location string) {
	d.t.Helper()
	r.Header.Set("Origin", d.house.url)
	answer, err := d.client.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return answer.StatusCode, string(b), answer.Header.Get("Location")
}

// get asks for a page, without following where it leads.
func (d *desk) get(path string) (status int, body, location string) {
	d.t.Helper()
	r, err := http.NewRequest(http.MethodGet, d.house.url+path, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	return d.do(r)
}

// page asks for a page that must be there.
func (d *desk) page(path string) string {
	d.t.Helper()
	status, body, at := d.get(path)
	if status != http.StatusOK {
		d.t.Fatalf("%s: %d to %q\n%s", path, status, at, text(body))
	}
	return body
}

// send sends a form.
func (d *desk) send(path string, values url.Values) (status int, body, location string) {
	d.t.Helper()
	r, err := http.NewRequest(http.MethodPost, d.house.url+path, strings.NewReader(values.Encode()))
	if err != nil {
		d.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return d.do(r)
}

// hand sends a form with a file behind its fields.
func (d *desk) hand(path string, values url.Values, name string, content []byte) (status int, body, location string) {
	d.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for key, list := range values {
		for _, value := range list {
			if err := w.WriteField(key, value); err != nil {
				d.t.Fatal(err)
			}
		}
	}
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		d.t.Fatal(err)
	}
	if _, err := part.Write(content); err != nil {
		d.t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		d.t.Fatal(err)
	}
	r, err := http.NewRequest(http.MethodPost, d.house.url+path, &b)
	if err != nil {
		d.t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	return d.do(r)
}

// until asks for a page again until it says something, while the program works.
func (d *desk) until(path, said string) string {
	d.t.Helper()
	for end := time.Now().Add(90 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		status, body, at := d.get(path)
		if status == http.StatusSeeOther {
			path = at
			continue
		}
		if strings.Contains(body, said) {
			return body
		}
		if time.Now().After(end) {
			d.t.Fatalf("%s never said %q: %d\n%s", path, said, status, text(body))
		}
	}
}

var (
	tags    = regexp.MustCompile(`(?s)<head>.*?</head>|<[^>]*>`)
	blanks  = regexp.MustCompile(`\s*\n\s*`)
	request = regexp.MustCompile(`[0-9A-HJKMNP-TV-Z]{26}|[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{22}`)
)

// text is what a person reads of a page.
func text(body string) string {
	return blanks.ReplaceAllString(tags.ReplaceAllString(body, "\n"), "\n")
}

// plain is a page without what names the request itself.
func plain(body, id string) string {
	return request.ReplaceAllString(strings.ReplaceAll(body, id, "ID"), "…")
}

// has fails where the page does not say all of these.
func has(t *testing.T, body string, all ...string) {
	t.Helper()
	for _, s := range all {
		if !strings.Contains(body, s) {
			t.Errorf("the page does not say %q:\n%s", s, text(body))
		}
	}
}

// lacks fails where the page says any of these.
func lacks(t *testing.T, body string, any ...string) {
	t.Helper()
	for _, s := range any {
		if strings.Contains(body, s) {
			t.Errorf("the page says %q", s)
		}
	}
}

// branchOf is the branch of the n-th secretary.
func (h *house) branchOf(n int) org.Organisation {
	for _, a := range h.Accounts {
		if a.Role == "branch-secretary" {
			if n--; n == 0 {
				return h.Org(a.Organisation)
			}
		}
	}
	h.T.Fatal("no such secretary")
	return org.Organisation{}
}

// on is the day on which the city stands.
var on = demotest.On
