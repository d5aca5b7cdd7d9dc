package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/demo"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/exchange/api"
	"zhibu/internal/exchange/conform"
	"zhibu/internal/installation"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/access"
)

// today is the day on which every house of these tests stands.
var today = civil.MustParse("2026-11-23")

// house is a small fictional city with its interface and a token for every account.
type house struct {
	in     *installation.Installation
	server *httptest.Server
	tokens map[string]string // by account: party-worker, branch-secretary, branch-secretary-2 …
	people map[string]*access.Person
	log    *bytes.Buffer
	clock  *clock
}

// clock stands still until a test moves it.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

type syncWriter struct {
	mu sync.Mutex
	b  *bytes.Buffer
}

func (w *syncWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

// each runs a test in a house on SQLite, and on PostgreSQL where a server is given.
func each(t *testing.T, run func(t *testing.T, h *house)) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		t.Parallel()
		run(t, found(t, c))
	})
}

// found makes a house. It is copied from one that was made once, since every test begins with the same.
func found(t *testing.T, c store.Config) *house {
	t.Helper()
	ctx := t.Context()
	dir := installation.Dir(t.TempDir())
	demotest.Copy(t, c, 300, dir)
	h := &house{tokens: map[string]string{}, people: map[string]*access.Person{}, log: &bytes.Buffer{}, clock: &clock{t: civil.FixedOn(today).Now()}}
	in, err := installation.Open(ctx, installation.Options{Dir: dir, Database: c.URL, Clock: h.clock})
	if err != nil {
		t.Fatal(err)
	}
	h.in = in
	background, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for _, work := range []func(){
		func() { in.Documents.Work(background, func(err error) { t.Errorf("documents: %v", err) }) },
		func() { in.Intake.Work(background, func(err error) { t.Errorf("intake: %v", err) }) },
		func() { in.Members.Run(background, func(err error) { t.Errorf("looks: %v", err) }) },
	} {
		running.Add(1)
		go func() { defer running.Done(); work() }()
	}
	h.server = httptest.NewServer(guarded(t, api.New(in, api.Options{Logger: slog.New(slog.NewTextHandler(&syncWriter{b: h.log}, nil))})))
	t.Cleanup(func() {
		h.server.Close()
		stop()
		running.Wait()
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	})
	h.issueTokens(t)
	return h
}

// guarded holds every request and answer of the tests to the document that the handler serves.
func guarded(t *testing.T, h http.Handler) http.Handler {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, api.Prefix+"/openapi.json", nil))
	read.Lock()
	defer read.Unlock()
	if read.doc == nil || !bytes.Equal(read.text, w.Body.Bytes()) { // making it ready takes more than most tests
		doc, err := conform.Read(w.Body.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		read.doc, read.text = doc, bytes.Clone(w.Body.Bytes())
	}
	return read.doc.Guard(api.Prefix, h, func(what string) { t.Error(what) })
}

// read is the document by which the houses are guarded, read once.
var read struct {
	sync.Mutex
	text []byte
	doc  *conform.Document
}

func TestMain(m *testing.M) { os.Exit(demotest.Main(m)) }

func (h *house) issueTokens(t *testing.T) {
	t.Helper()
	accounts, err := demo.Accounts(h.in.Dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	for _, a := range accounts {
		var id string
		if found, err := h.in.DB.As(store.System("test")).One(ctx, "SELECT id FROM {account} WHERE login = ?", []any{a.Account}, &id); err != nil || !found {
			t.Fatal(a.Account, err)
		}
		p, err := h.in.Access.Person(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		text, _, err := h.in.Access.IssueToken(ctx, p, "test", "test", h.clock.Now().AddDate(0, 1, 0))
		if err != nil {
			t.Fatal(err)
		}
		h.tokens[a.Account], h.people[a.Account] = text, p
	}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// as asks under an account, "" for nobody. body is sent as JSON; a *raw as it is.
func (h *house) as(t *testing.T, account, method, path string, body any, header ...string) answer {
	t.Helper()
	var reader io.Reader
	kind := ""
	switch b := body.(type) {
	case nil:
	case raw:
		reader, kind = bytes.NewReader(b.content), b.kind
	default:
		text, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		reader, kind = bytes.NewReader(text), "application/json"
	}
	r, err := http.NewRequestWithContext(t.Context(), method, h.server.URL+api.Prefix+path, reader)
	if err != nil {
		t.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if account != "" {
		r.Header.Set("Authorization", "Bearer "+h.tokens[account])
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, b}
}

// raw is a body that is no JSON.
type raw struct {
	kind    string
	content []byte
}

// want fails unless the answer has the status, and decodes it.
func (a answer) want(t *testing.T, status int) object {
	t.Helper()
	if a.status != status {
		t.Fatalf("got %d, want %d: %s", a.status, status, a.body)
	}
	var o object
	if len(a.body) > 0 {
		if err := json.Unmarshal(a.body, &o); err != nil {
			t.Fatalf("%v: %s", err, a.body)
		}
	}
	return o
}

// problem fails unless the answer is a problem of the status; it gives the fields and rules of its errors.
func (a answer) problem(t *testing.T, status int) (p api.Problem) {
	t.Helper()
	if a.status != status || a.header.Get("Content-Type") != "application/problem+json" {
		t.Fatalf("got %d %s, want problem %d: %s", a.status, a.header.Get("Content-Type"), status, a.body)
	}
	if err := json.Unmarshal(a.body, &p); err != nil {
		t.Fatal(err)
	}
	if p.Status != status || p.Title == "" || p.Detail == "" || !strings.HasPrefix(p.Type, "urn:zhibu:problem:") {
		t.Fatalf("not a whole problem: %s", a.body)
	}
	return p
}

func (a answer) refuses(t *testing.T, status int, field string) api.Problem {
	t.Helper()
	p := a.problem(t, status)
	for _, e := range p.Errors {
		if e.Field == field {
			return p
		}
	}
	t.Fatalf("no error at %q: %s", field, a.body)
	return p
}

// object is a JSON object.
type object map[string]any

func (o object) text(key string) string { s, _ := o[key].(string); return s }
func (o object) number(key string) int  { n, _ := o[key].(float64); return int(n) }

func (o object) items() []object {
	list, _ := o["items"].([]any)
	out := make([]object, len(list))
	for i, v := range list {
		out[i] = v.(map[string]any)
	}
	return out
}

// all reads a list to its end in pages of limit.
func (h *house) all(t *testing.T, account, path string, limit int) []object {
	t.Helper()
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	var out []object
	next := ""
	for range 1000 {
		o := h.as(t, account, "GET", fmt.Sprintf("%s%slimit=%d%s", path, sep, limit, next), nil).want(t, 200)
		if _, there := o["next"]; !there {
			t.Fatal("a list without next")
		}
		items := o.items()
		if len(items) > limit {
			t.Fatalf("%d items, limit %d", len(items), limit)
		}
		out = append(out, items...)
		if o["next"] == nil {
			return out
		}
		next = "&after=" + o.text("next")
	}
	t.Fatal(errors.New("the list has no end"))
	return nil
}

// storeSQLite is the configuration of a house on SQLite, for what does not depend on the engine.
func storeSQLite() store.Config { return store.Config{} }

// eachKept gives what is kept of answers, as it lies in the table.
func (h *house) eachKept(t *testing.T, fn func(body []byte)) {
	t.Helper()
	err := h.in.DB.As(store.System("test")).Each(t.Context(), "SELECT body FROM {idempotency} WHERE status <> 0", nil, func(row store.Row) error {
		var b []byte
		if err := row.Scan(&b); err != nil {
			return err
		}
		fn(b)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
