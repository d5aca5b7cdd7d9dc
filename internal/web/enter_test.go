package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

func TestSignInAndOut(t *testing.T) {
	c := house(t)
	b := c.browser(t)
	a := c.account("party-worker", 1)

	if got := b.get("/members"); got.status != http.StatusSeeOther || got.to != "/sign-in?back=%2Fmembers" {
		t.Errorf("a stranger is sent to %d %s", got.status, got.to)
	}
	wrong := b.post("/sign-in", url.Values{"account": {a.Account}, "password": {"不是这个"}})
	if wrong.status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong password: %d", wrong.status)
	}
	has(t, wrong.body, "账号或密码不对。", `value="`+a.Account+`"`)
	hasNot(t, wrong.body, "不是这个")

	in := b.post("/sign-in", url.Values{"account": {a.Account}, "password": {a.Password}, "back": {"/members"}})
	if in.status != http.StatusSeeOther || in.to != "/sign-in/code?back=%2Fmembers" {
		t.Fatalf("signed in: %d %s", in.status, in.to)
	}
	for _, path := range []string{"/", "/members", "/me/account", "/me/factor", "/password", "/audit"} {
		if got := b.get(path); got.status != http.StatusSeeOther || got.to != view.PathCode {
			t.Errorf("%s before the code: %d %s", path, got.status, got.to)
		}
	}
	before := b.form(in.to, view.PathCode)
	before.Set("code", "000000")
	if got := b.post(view.PathCode, before); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "动态验证码不对") {
		t.Errorf("a wrong code: %d", got.status)
	}
	code := c.code(a)
	before.Set("code", code)
	old := in.head.Get("Set-Cookie")
	if in = b.post(view.PathCode, before); in.status != http.StatusSeeOther || in.to != "/members" {
		t.Fatalf("the code: %d %s", in.status, in.to)
	}
	if in.head.Get("Set-Cookie") == old {
		t.Error("the session's name is the same before and after the code")
	}
	if got := b.post(view.PathCode, before); got.status != http.StatusSeeOther {
		t.Errorf("a second press: %d", got.status)
	}
	thief := c.browser(t)
	thief.post("/sign-in", url.Values{"account": {a.Account}, "password": {a.Password}})
	if got := thief.post(view.PathCode, url.Values{"code": {code}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a code that was used: %d", got.status)
	}
	cookie := in.head.Get("Set-Cookie")
	if !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Lax") {
		t.Errorf("the cookie is %q", cookie)
	}
	has(t, b.see("/"), a.Name, "演示系统")

	f := form(t, b.see("/"), view.PathSignOut)
	if out := b.post(view.PathSignOut, f); out.status != http.StatusOK {
		t.Errorf("signing out: %d", out.status)
	}
	if got := b.get("/"); got.status != http.StatusSeeOther {
		t.Errorf("still in: %d", got.status)
	}
}

func TestTheWayBackStaysHere(t *testing.T) {
	for _, elsewhere := range []string{"https://example.org/", "//example.org/", `/\example.org`, "javascript:alert(1)", "\thttps://example.org", "members", "/\n/x"} {
		if got := local(elsewhere); got != "" {
			t.Errorf("%q leads to %q", elsewhere, got)
		}
	}
	for _, here := range []string{"/", "/members?state=lost", "/organisations/01J/rename"} {
		if local(here) != here {
			t.Errorf("%q is refused", here)
		}
	}
}

func TestASlipLetsInOnceAndAsksForAPassword(t *testing.T) {
	c := house(t)
	worker, err := c.in.Access.Named(t.Context(), c.account("party-worker", 1).Account)
	if err != nil {
		t.Fatal(err)
	}
	home := c.orgNamed(t, c.account("branch-secretary", 1).Organisation)
	id, err := c.in.Access.Create(t.Context(), worker, "test", access.NewAccount{Login: "slip-holder", Name: "新来的", Org: home.ID,
		Grants: []access.NewGrant{{Role: access.BranchCommittee, Org: home.ID}}})
	if err != nil {
		t.Fatal(err)
	}
	slips, err := c.in.Access.IssueSlips(t.Context(), worker, "test", id)
	if err != nil {
		t.Fatal(err)
	}
	b := c.browser(t)
	f := form(t, b.see("/sign-in/slip"), "/sign-in/slip")
	f.Set("account", "slip-holder")
	f.Set("code", slips[0].Code)
	if in := b.post("/sign-in/slip", f); in.status != http.StatusSeeOther || in.to != "/password" {
		t.Fatalf("the slip leads to %d %s", in.status, in.to)
	}
	if got := b.get("/members"); got.status != http.StatusSeeOther || got.to != "/password" {
		t.Errorf("before the password is set: %d %s", got.status, got.to)
	}
	bad := b.fill("/password", map[string]string{"new": "Sommer-wiese-4711", "again": "anders"})
	has(t, bad.body, "两次输入的新密码不一样")
	short := b.fill("/password", map[string]string{"new": "abc", "again": "abc"})
	has(t, short.body, "密码至少")
	done := b.fill("/password", map[string]string{"new": "Sommer-wiese-4711", "again": "Sommer-wiese-4711"})
	if done.status != http.StatusSeeOther {
		t.Fatalf("setting the password: %d %s", done.status, plainText(done.body))
	}
	has(t, b.see("/"), "密码已经设好")
	if again := c.browser(t).post("/sign-in/slip", f); again.status != http.StatusUnprocessableEntity {
		t.Errorf("the slip opens twice: %d", again.status)
	}
}

func TestDisplayIsKeptByCookieAndAccount(t *testing.T) {
	c := house(t)
	stranger := c.browser(t)
	if got := stranger.post("/display", url.Values{"text": {"large"}, "back": {"/sign-in"}}); got.status != http.StatusSeeOther || got.to != "/sign-in" {
		t.Fatalf("%d %s", got.status, got.to)
	}
	has(t, stranger.see("/sign-in"), `class="elder"`)
	stranger.post("/display", url.Values{"lang": {"en"}})
	has(t, stranger.see("/sign-in"), `lang="en"`, `class="elder"`)

	b := c.as(t, "committee-secretary", 1)
	b.must("/display", map[string]string{"text": "largest", "contrast": "yes", "lang": "zh"})
	elsewhere := c.as(t, "committee-secretary", 1)
	has(t, elsewhere.see("/"), `class="elder xl hc"`)
	elsewhere.must("/display", map[string]string{"text": "standard", "contrast": "no", "lang": "zh"})
	if got := b.post("/display", url.Values{"text": {"huge"}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("an unknown size: %d", got.status)
	}
}

func TestFormsOfOthersAreRefused(t *testing.T) {
	c := house(t)
	b := c.as(t, "party-worker", 1)
	send := func(change func(*http.Request), f url.Values) answer {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.url+"/display", strings.NewReader(f.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		change(r)
		return b.do(r)
	}
	foreign := send(func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, url.Values{"text": {"large"}})
	if foreign.status != http.StatusForbidden {
		t.Errorf("from another site: %d", foreign.status)
	}
	has(t, foreign.body, "不是从本系统的页面发出的")
	if old := send(func(*http.Request) {}, url.Values{"text": {"standard"}}); old.status != http.StatusForbidden {
		t.Errorf("an old browser without the token: %d", old.status)
	}
	token := form(t, b.see("/display"), "/display").Get(view.FieldToken)
	if old := send(func(*http.Request) {}, url.Values{"text": {"standard"}, view.FieldToken: {token}}); old.status != http.StatusSeeOther {
		t.Errorf("an old browser with the token: %d", old.status)
	}
	has(t, b.see("/"), "<html")
}

func TestNothingTypedIsLostWhenTheSessionEnds(t *testing.T) {
	c := house(t)
	a := c.account("party-worker", 1)
	m := c.memberOf(t, 1, 3)
	path := view.PathMend(m.ID, "work")
	typed := map[string]string{"value": "村级网格员", "source": "本人书面说明", "reason": "本人来说明，岗位变了"}

	b := c.as(t, "party-worker", 1)
	f := form(t, b.see(path), path)
	for k, v := range typed {
		f.Set(k, v)
	}
	c.clock.pass(20 * time.Minute) // the session has run out, its cookie is still there
	page := b.post(path, f)
	if page.status != http.StatusOK {
		t.Fatalf("%d %s", page.status, plainText(page.body))
	}
	has(t, page.body, "登录时间到了", "您刚才填的 3 项还在")
	hasNot(t, page.body, "村级网格员", "岗位变了")

	// Somebody else at the same browser gets nothing of it.
	in := form(t, page.body, view.PathSignIn)
	other := c.account("branch-secretary", 2)
	in.Set("account", other.Account)
	in.Set("password", other.Password)
	if got := c.browser(t).post(view.PathSignIn, in); strings.Contains(got.body, "村级网格员") {
		t.Error("what one typed is shown to another")
	}

	// A wrong password keeps it; the right one gives it back.
	in.Set("account", a.Account)
	in.Set("password", "falsch")
	again := b.post(view.PathSignIn, in)
	in = form(t, again.body, view.PathSignIn)
	in.Set("account", a.Account)
	in.Set("password", a.Password)
	back := b.post(view.PathSignIn, in)
	if a.TOTP != "" { // the code is asked for in between
		ask := form(t, back.body, view.PathCode)
		ask.Set("code", "000000")
		ask = form(t, b.post(view.PathCode, ask).body, view.PathCode)
		ask.Set("code", c.code(a))
		back = b.post(view.PathCode, ask)
	}
	has(t, back.body, "接着刚才的办", "村级网格员", "岗位变了", "工作岗位")
	sent := b.post(path, form(t, back.body, path))
	if sent.status != http.StatusSeeOther {
		t.Fatalf("%d %s", sent.status, plainText(sent.body))
	}
	has(t, b.review(m.ID), "村级网格员")

	// What is carried for one form is not taken for another.
	in.Set("carry-to", view.PathMend(m.ID, "name"))
	fresh := c.browser(t)
	got := fresh.post(view.PathSignIn, in)
	if a.TOTP != "" {
		ask := form(t, got.body, view.PathCode)
		ask.Set("code", c.code(a))
		got = fresh.post(view.PathCode, ask)
	}
	if got.status != http.StatusSeeOther {
		t.Errorf("a carried form was taken for another: %d", got.status)
	}
}

func TestASearchWithoutASessionLeadsToSigningIn(t *testing.T) {
	c := house(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.url+"/organisations/find?q=x", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("HX-Request", "true")
	if got := c.browser(t).do(r); got.status != http.StatusUnauthorized || got.head.Get("HX-Redirect") != "/sign-in" || got.body != "" {
		t.Errorf("%d %q %q", got.status, got.head.Get("HX-Redirect"), got.body)
	}
}

func TestSessionsAreListedAndEnded(t *testing.T) {
	c := house(t)
	here, there := c.as(t, "reviewer", 1), c.as(t, "reviewer", 1)
	page := here.see("/me/account")
	has(t, page, "这台设备")
	f := form(t, page, "/me/account")
	f.Set("act", "end")
	others := regexp.MustCompile(`name="session" value="([^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(others) == 0 {
		t.Fatal("the other session is not listed")
	}
	for _, other := range others {
		f.Set("session", other[1])
		if got := here.post("/me/account", f); got.status != http.StatusSeeOther {
			t.Fatalf("%d", got.status)
		}
	}
	if got := there.get("/"); got.status != http.StatusSeeOther || !strings.HasPrefix(got.to, "/sign-in") {
		t.Errorf("the ended session answers %d %s", got.status, got.to)
	}
	f.Set("session", "nobody's")
	if got := here.post("/me/account", f); got.status != http.StatusNotFound {
		t.Errorf("ending what is not one's own: %d", got.status)
	}
}

func TestAnswersCarryTheirHeaders(t *testing.T) {
	c := house(t)
	b := c.as(t, "party-worker", 1)
	for _, path := range []string{"/", "/members", "/no-such-page", "/sign-in", "/healthz"} {
		h := b.get(path).head
		csp := h.Get("Content-Security-Policy")
		if strings.Contains(csp, "unsafe") || !strings.Contains(csp, "default-src 'self'") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: policy %q", path, csp)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "same-origin" || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v", path, h)
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.url+"/members", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip, br")
	if got := b.do(r); got.head.Get("Content-Encoding") != "br" || len(got.body) > 12<<10 {
		t.Errorf("the list comes as %q in %d bytes", got.head.Get("Content-Encoding"), len(got.body))
	}
}

func TestReadiness(t *testing.T) {
	c := house(t)
	b := c.browser(t)
	if got := b.get("/healthz"); got.status != http.StatusOK {
		t.Errorf("healthz: %d", got.status)
	}
	c.server.Ready(false)
	if got := b.get("/readyz"); got.status != http.StatusServiceUnavailable {
		t.Errorf("readyz before: %d", got.status)
	}
	c.server.Ready(true)
	if got := b.get("/readyz"); got.status != http.StatusOK {
		t.Errorf("readyz: %d", got.status)
	}
}
