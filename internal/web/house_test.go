package web

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/demo"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/installation"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// city is the demo that all tests of this package share: made once, read and written by all.
type city struct {
	in       *installation.Installation
	server   *Server
	accounts []demo.Account
	url      string
	clock    *hands
	wrist    *hands // of the phones that show codes
	log      *journal
}

// hands is a clock that a test moves.
type hands struct {
	mu  sync.Mutex
	now time.Time
}

func (h *hands) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *hands) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

// journal keeps what was logged.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *journal) text() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

var today = civil.MustParse("2026-11-23")

var shared = sync.OnceValues(func() (*city, error) {
	dir, err := os.MkdirTemp("", "zhibu-web-")
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	c := &city{clock: &hands{now: today.In(civil.Beijing).Add(9 * time.Hour)}, log: &journal{}}
	plan := demo.Plan{Dir: installation.Dir(dir + "/city"), Members: 700, Seed: 7, On: today}
	if c.accounts, err = demo.Found(ctx, plan); err != nil {
		return nil, err
	}
	if c.in, err = installation.Open(ctx, installation.Options{Dir: plan.Dir, Clock: c.clock}); err != nil {
		return nil, err
	}
	if c.server, err = New(c.in, Options{Logger: slog.New(slog.NewTextHandler(c.log, nil))}); err != nil {
		return nil, err
	}
	c.wrist = &hands{now: c.clock.Now()}
	c.in.Access.Wrist = c.wrist
	c.url = httptest.NewServer(c.server.Handler()).URL
	cleanup = func() { c.in.Close(); os.RemoveAll(dir) }
	return c, nil
})

var cleanup = func() {}

func TestMain(m *testing.M) {
	code := demotest.Main(m)
	cleanup()
	os.Exit(code)
}

func house(t testing.TB) *city {
	t.Helper()
	c, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *city) account(role string, n int) demo.Account {
	for _, a := range c.accounts {
		if a.Role == role {
			if n--; n == 0 {
				return a
			}
		}
	}
	panic("no account " + role)
}

// person is the actor behind an account.
func (c *city) scope(t testing.TB, role string, n int) (store.Reader, string) {
	t.Helper()
	p, err := c.in.Access.Named(t.Context(), c.account(role, n).Account)
	if err != nil {
		t.Fatal(err)
	}
	return c.in.DB.As(p.Actor("test").Scope), p.Place()
}

// memberOf is some member of the n-th branch secretary's branch who is not the secretary.
func (c *city) memberOf(t testing.TB, n, at int) member.Member {
	t.Helper()
	r, place := c.scope(t, "branch-secretary", n)
	page, err := c.in.Members.List(t.Context(), r, member.Filter{Under: place, On: today, Limit: 100})
	if err != nil || len(page.Items) <= at {
		t.Fatalf("%d members: %v", len(page.Items), err)
	}
	return page.Items[at]
}

// plainMemberOf is memberOf for somebody without an account, whom every reviewer may review.
func (c *city) plainMemberOf(t testing.TB, n, at int) member.Member {
	t.Helper()
	for ; ; at++ {
		m := c.memberOf(t, n, at)
		var one int
		held, err := c.in.DB.As(store.System("test")).One(t.Context(), "SELECT 1 FROM {account} WHERE member_id = ? OR name = ?", []any{m.ID, m.Name}, &one)
		if err != nil {
			t.Fatal(err)
		}
		if !held {
			return m
		}
	}
}

// orgNamed is an organisation of the city by its short name.
func (c *city) orgNamed(t testing.TB, name string) org.Organisation {
	t.Helper()
	found, _, err := org.Find(t.Context(), c.in.DB.As(store.System("test")), org.Search{Text: name})
	if err != nil || len(found) == 0 {
		t.Fatalf("%s: %v", name, err)
	}
	return found[0]
}

// browser is a person's browser.
type browser struct {
	t testing.TB
	c *city
	*http.Client
}

func (c *city) browser(t testing.TB) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, c, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// as signs in.
func (c *city) as(t testing.TB, role string, n int) *browser {
	t.Helper()
	b := c.browser(t)
	a := c.account(role, n)
	page := b.post(view.PathSignIn, url.Values{"account": {a.Account}, "password": {a.Password}})
	if page.status != http.StatusSeeOther {
		t.Fatalf("%s does not get in: %d", a.Account, page.status)
	}
	b.pass(a)
	return b
}

// pass gives the code of the phone where the account has one.
func (b *browser) pass(a demo.Account) {
	b.t.Helper()
	if a.TOTP == "" {
		return
	}
	if page := b.post(view.PathCode, url.Values{"code": {b.c.code(a)}}); page.status != http.StatusSeeOther {
		b.t.Fatalf("%s does not get in with the code: %d %s", a.Account, page.status, plainText(page.body))
	}
}

// code is what the phone shows next: a code counts once.
func (c *city) code(a demo.Account) string {
	c.wrist.pass(30 * time.Second)
	code, err := access.CodeAt(a.TOTP, c.wrist.Now())
	if err != nil {
		panic(err)
	}
	return code
}

// answer is what came back.
type answer struct {
	status int
	head   http.Header
	body   string
	to     string
}

func (b *browser) do(r *http.Request) answer {
	b.t.Helper()
	res, err := b.Client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(body), res.Header.Get("Location")}
}

func (b *browser) get(path string) answer {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.c.url+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(r)
}

// see is get of a page that must be there.
func (b *browser) see(path string) string {
	b.t.Helper()
	a := b.get(path)
	for a.status == http.StatusSeeOther {
		a = b.get(a.to)
	}
	if a.status != http.StatusOK {
		b.t.Fatalf("%s: %d %s", path, a.status, strings.Join(strings.Fields(tags.ReplaceAllString(a.body, " ")), " "))
	}
	return a.body
}

var tags = regexp.MustCompile(`(?s)<(script|style)[^>]*>.*?</(script|style)>|<[^>]*>`)

// words are what a page says, without its marks.
func plainText(html string) string {
	return strings.Join(strings.Fields(tags.ReplaceAllString(html, " ")), " ")
}

func (b *browser) post(path string, form url.Values) answer {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.c.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", b.c.url)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

var (
	formOf = regexp.MustCompile(`(?s)<form[^>]*action="([^"]*)"[^>]*>.*?</form>`)
	input  = regexp.MustCompile(`<input[^>]*>`)
	area   = regexp.MustCompile(`(?s)<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>`)
	pick   = regexp.MustCompile(`(?s)<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>`)
	chosen = regexp.MustCompile(`<option value="([^"]*)" selected`)
	attrs  = regexp.MustCompile(`([a-z-]+)(?:="([^"]*)")?`)
)

// form reads a form of a page as a browser would send it untouched.
func form(t testing.TB, page, action string) url.Values {
	t.Helper()
	for _, m := range formOf.FindAllStringSubmatch(page, -1) {
		if m[1] != action || !strings.Contains(m[0], `method="post"`) {
			continue
		}
		out := url.Values{}
		for _, tag := range input.FindAllString(m[0], -1) {
			a := map[string]string{}
			for _, p := range attrs.FindAllStringSubmatch(tag, -1) {
				a[p[1]] = unescape(p[2])
			}
			_, checked := a["checked"]
			if a["name"] == "" || (a["type"] == "radio" || a["type"] == "checkbox") && !checked {
				continue
			}
			out.Add(a["name"], a["value"])
		}
		for _, p := range area.FindAllStringSubmatch(m[0], -1) {
			out.Set(p[1], unescape(p[2]))
		}
		for _, p := range pick.FindAllStringSubmatch(m[0], -1) {
			out.Set(p[1], "")
			if c := chosen.FindStringSubmatch(p[2]); c != nil {
				out.Set(p[1], unescape(c[1]))
			}
		}
		return out
	}
	t.Fatalf("no form to %s on the page: %.400s", action, plainText(page))
	return nil
}

func unescape(s string) string {
	return strings.NewReplacer("&amp;", "&", "&#34;", `"`, "&#39;", "'", "&lt;", "<", "&gt;", ">").Replace(s)
}

// fill opens a form, types and sends it.
func (b *browser) fill(path string, typed map[string]string) answer {
	b.t.Helper()
	f := form(b.t, b.see(path), path)
	for name, value := range typed {
		f.Set(name, value)
	}
	return b.post(path, f)
}

// form opens a page and reads a form of it.
func (b *browser) form(path, action string) url.Values { return form(b.t, b.see(path), action) }

// must is fill that has to succeed; it gives the page that follows.
func (b *browser) must(path string, typed map[string]string) string {
	b.t.Helper()
	a := b.fill(path, typed)
	if a.status != http.StatusSeeOther {
		b.t.Fatalf("POST %s: %d %s", path, a.status, plainText(a.body))
	}
	return b.see(a.to)
}

// agreed proposes an act on an organisation, lets the reviewer approve it, and gives the page that the organisation then has.
func (b *browser) agreed(path string, typed map[string]string) string {
	b.t.Helper()
	if typed["decision"] == "" {
		typed["decision"] = "镇党委〔2026〕1 号"
	}
	a := b.fill(path, typed)
	if a.status != http.StatusSeeOther {
		b.t.Fatalf("POST %s: %d %s", path, a.status, plainText(a.body))
	}
	b.approved(a.to)
	return b.see(view.PathOrg(number.FindString(path)))
}

// approved lets the reviewer approve an act on an organisation that waits at an address.
func (b *browser) approved(at string) {
	b.t.Helper()
	reviewer := b.c.as(b.t, "reviewer", 1)
	if done := reviewer.post(at+"/approve", reviewer.form(at, at+"/approve")); done.status != http.StatusSeeOther {
		b.t.Fatalf("POST %s/approve: %d %s", at, done.status, plainText(done.body))
	}
}

// number matches a request's number.
var number = regexp.MustCompile(`[0-9A-HJKMNP-TV-Z]{26}`)

func has(t testing.TB, page string, wanted ...string) {
	t.Helper()
	text := plainText(page)
	for _, w := range wanted {
		if !strings.Contains(text, w) && !strings.Contains(page, w) {
			t.Errorf("the page does not say %q: %.600s", w, text)
		}
	}
}

func hasNot(t testing.TB, page string, unwanted ...string) {
	t.Helper()
	for _, w := range unwanted {
		if strings.Contains(page, w) {
			t.Errorf("the page says %q", w)
		}
	}
}

// postOf is a post held in an organisation.
func (c *city) postOf(t testing.TB, o org.Organisation) string {
	t.Helper()
	posts, err := org.Posts(t.Context(), c.in.DB.As(store.System("test")), o.ID, today)
	if err != nil || len(posts) == 0 {
		t.Fatalf("%s has no posts: %v", o.ShortName, err)
	}
	return posts[0].ID
}

var signedIn = map[string]*browser{}

// signedIn keeps one browser a role, for tests that only read.
func (c *city) signedIn(t testing.TB, role string) *browser {
	if b, ok := signedIn[role]; ok {
		b.t = t
		if probe := b.get("/me/account"); probe.status == http.StatusOK {
			return b
		}
	}
	signedIn[role] = c.as(t, role, 1)
	return signedIn[role]
}

// review lets the reviewer approve what waits about a member, and gives the member's page as the browser then sees it.
func (b *browser) review(memberID string) string {
	b.t.Helper()
	reviewer := b.c.as(b.t, "reviewer", 1)
	waiting, err := b.c.in.Reviews.About(b.t.Context(), b.c.in.DB.As(store.System("test")), memberID)
	if err != nil || len(waiting) == 0 {
		b.t.Fatal("nothing waits about the member", err)
	}
	for _, p := range waiting {
		at := view.PathReviewAct(p.ID, "approve")
		if done := reviewer.post(at, reviewer.form(view.PathReview(p.ID), at)); done.status != http.StatusSeeOther {
			b.t.Fatalf("approve: %d %s", done.status, plainText(done.body))
		}
	}
	return b.see(view.PathMember(memberID))
}
