package web

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/access/accesstest"
	"zhibu/internal/trust/access/provider"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/web/view"
)

const siteName = "dj.example.gov.cn"

// reached is the city as it is reached at a name, by way of a sign-in service as well.
func (c *city) reached(t testing.TB) (*city, *accesstest.Issuer) {
	t.Helper()
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte(accesstest.Secret), 0o600); err != nil {
		t.Fatal(err)
	}
	issuer := accesstest.NewIssuer(t)
	var err error
	c.in.SignIn, err = provider.Open([]provider.Settings{{ID: "office", Kind: provider.OIDC, Title: "统一身份认证", Issuer: issuer.URL, ClientID: "zhibu", SecretFile: secret}}, "", civil.System{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { c.in.SignIn = nil }()
	at := *c
	if at.server, err = New(c.in, Options{Address: "https://" + siteName, Logger: slog.New(slog.NewTextHandler(c.log, nil))}); err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(at.server.Handler())
	t.Cleanup(web.Close)
	at.url = web.URL
	return &at, issuer
}

// question is what the page's script asks for.
func (b *browser) question(path string) []byte {
	b.t.Helper()
	a := b.post(path, url.Values{})
	if a.status != http.StatusOK || !strings.HasPrefix(a.head.Get("Content-Type"), "application/json") {
		b.t.Fatalf("%s: %d %s", path, a.status, a.body)
	}
	return []byte(a.body)
}

// newcomer is an account with a password that no other test uses.
func (c *city) newcomer(t testing.TB, login, role string) (password string) {
	t.Helper()
	home := c.orgNamed(t, c.account(role, 1).Organisation)
	n := access.NewAccount{Login: login, Name: "新来的", Org: home.ID, Grants: []access.NewGrant{{Role: access.Role(role), Org: home.ID}}}
	password = "Qing-Ze7 zhong"
	if _, err := c.in.Access.Install(t.Context(), ledger.System("test"), []access.Installed{{NewAccount: n, Password: password}}); err != nil {
		t.Fatal(err)
	}
	return password
}

// A worker whose duties ask for a second factor takes a passkey: it is registered before anything else, asked after the
// password, and opens alone.
func TestAPasskeyOnPages(t *testing.T) {
	c, _ := house(t).reached(t)
	password := c.newcomer(t, "key-worker", "party-worker")
	in := url.Values{"account": {"key-worker"}, "password": {password}}
	b := c.browser(t)
	if got := b.post(view.PathSignIn, in); got.to != view.PathFactor {
		t.Fatalf("the password leads to %d %s", got.status, got.to)
	}
	has(t, b.see(view.PathFactor), "改为登记通行密钥")
	d := accesstest.New(t, "https://"+siteName, siteName)
	b.see(view.PathPasskeys)
	answer := d.Make(b.question(view.PathPasskeysAsk))
	wrong := b.fill(view.PathPasskeys, map[string]string{"act": "add", "name": "办公室电脑", "password": "falsch", "answer": answer})
	if wrong.status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong password: %d", wrong.status)
	}
	has(t, b.must(view.PathPasskeys, map[string]string{"act": "add", "name": "办公室电脑", "password": password, "answer": answer}), "通行密钥已经登记")
	has(t, b.see(view.PathAccount), "办公室电脑")

	b = c.browser(t)
	second := b.post(view.PathSignIn, in)
	if second.status != http.StatusSeeOther || second.to != view.PathPasskey {
		t.Fatalf("the second step: %d %s", second.status, second.to)
	}
	page := b.see(view.PathCode)
	has(t, page, "再用通行密钥确认一次", "请换一台登记过的设备")
	if got := b.get("/members"); got.to != view.PathCode {
		t.Errorf("the password alone opens: %d %s", got.status, got.to)
	}
	if got := b.post(view.PathPasskey, url.Values{"answer": {"{}"}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("no answer: %d", got.status)
	}
	if got := b.post(view.PathPasskey, url.Values{"answer": {d.Answer(b.question(view.PathPasskeyAsk))}, "back": {"/members"}}); got.to != "/members" {
		t.Fatalf("the passkey leads to %d %s: %s", got.status, got.to, plainText(got.body))
	}
	b.see("/members")

	b = c.browser(t)
	has(t, b.see(view.PathPasskey), "用通行密钥登录")
	given := d.Answer(b.question(view.PathPasskeyAsk))
	if got := c.browser(t).post(view.PathPasskey, url.Values{"answer": {given}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("another browser is let in: %d", got.status)
	}
	if got := b.post(view.PathPasskey, url.Values{"answer": {given}, "back": {"//evil.example"}}); got.to != view.PathWorkbench {
		t.Errorf("alone: %d %s", got.status, got.to)
	}
	b.see("/members")
	hasNot(t, c.log.text(), "key-worker", given[:40])
}

func TestPasskeysWhereTheAddressIsUnknown(t *testing.T) {
	c := house(t)
	b := c.browser(t)
	has(t, b.see(view.PathPasskey), "还没有写明访问地址", "请用密码或一次性登录条登录")
	if got := b.post(view.PathPasskeyAsk, url.Values{}); got.status != http.StatusServiceUnavailable || !strings.Contains(got.body, "访问地址") {
		t.Errorf("%d %s", got.status, got.body)
	}
	for _, path := range []string{view.PathPasskeys, view.PathLinks} {
		if got := b.get(path); got.status != http.StatusSeeOther || !strings.HasPrefix(got.to, view.PathSignIn) {
			t.Errorf("a stranger at %s: %d %s", path, got.status, got.to)
		}
	}
	if got := b.post(view.PathPasskeysAsk, url.Values{}); got.status != http.StatusOK || strings.Contains(got.body, "challenge") {
		t.Errorf("a stranger may register: %d %s", got.status, plainText(got.body))
	}
	if strings.Contains(b.see(view.PathSignIn), view.PathOutside) {
		t.Error("a service that is not there is offered")
	}
}

// A person is linked by whoever prints slips, signs in at the service, links and unlinks.
func TestASignInServiceOnPages(t *testing.T) {
	c, issuer := house(t).reached(t)
	password := c.newcomer(t, "outside-secretary", "branch-secretary")
	in := url.Values{"account": {"outside-secretary"}, "password": {password}}
	arrive := func(b *browser) answer {
		sent := b.get(view.PathOutsideTo("office", "/members"))
		if sent.status != http.StatusSeeOther || !strings.HasPrefix(sent.to, issuer.URL+"/auth?") {
			t.Fatalf("sent to %d %s", sent.status, sent.to)
		}
		return b.get(view.PathOutsideBack("office") + "?" + issuer.Login(sent.to).Encode())
	}
	b := c.browser(t)
	has(t, b.see(view.PathSignIn), "用“统一身份认证”登录")
	if got := arrive(b); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "还没有关联本系统的账号") {
		t.Fatalf("unknown: %d %s", got.status, plainText(got.body))
	}
	if got := b.post(view.PathSignIn, in); got.status != http.StatusSeeOther {
		t.Fatalf("the password: %d", got.status)
	}
	if got := b.post(view.PathLinks, url.Values{"act": {"link"}, "service": {"office"}, "password": {"falsch"}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong password links: %d", got.status)
	}
	page := b.post(view.PathLinks, url.Values{"act": {"link"}, "service": {"office"}, "password": {password}})
	_, rest, _ := strings.Cut(page.body, `href="`+issuer.URL)
	to, _, _ := strings.Cut(rest, `"`)
	if page.status != http.StatusOK || to == "" {
		t.Fatalf("%d %s", page.status, plainText(page.body))
	}
	back := b.get(view.PathOutsideBack("office") + "?" + issuer.Login(issuer.URL+strings.ReplaceAll(to, "&amp;", "&")).Encode())
	if back.to != view.PathLinks {
		t.Fatalf("%d %s: %s", back.status, back.to, plainText(back.body))
	}
	has(t, b.see(view.PathLinks), "已经关联", "统一身份认证", "w…7")

	b = c.browser(t)
	if got := arrive(b); got.to != "/members" {
		t.Fatalf("%d %s: %s", got.status, got.to, plainText(got.body))
	}
	b.see("/members")
	id := linkID(t, b.see(view.PathLinks))
	if got := b.post(view.PathLinks, url.Values{"act": {"unlink"}, "link": {id}, "password-unlink": {password}}); got.to != view.PathLinks {
		t.Errorf("%d %s", got.status, plainText(got.body))
	}
	if got := arrive(c.browser(t)); got.status != http.StatusUnprocessableEntity {
		t.Errorf("an unlinked identity comes in: %d", got.status)
	}
	issuer.Down = true
	if got := c.browser(t).get(view.PathOutsideTo("office", "")); got.status != http.StatusSeeOther { // what it said an hour ago still counts
		t.Errorf("%d", got.status)
	}
	for _, path := range []string{view.PathOutsideBack("office"), view.PathOutsideBack("office") + "?state=guessed&code=x"} {
		if got := c.browser(t).get(path); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `name="password"`) {
			t.Errorf("%s: %d", path, got.status)
		}
	}
	if got := c.browser(t).get(view.PathOutsideTo("nowhere", "")); got.status != http.StatusNotFound {
		t.Errorf("a service that is not there: %d", got.status)
	}
	hasNot(t, c.log.text(), "worker-77", "state=", "code=")
}

func linkID(t testing.TB, page string) string {
	t.Helper()
	_, rest, _ := strings.Cut(page, `name="link"`)
	for option := range strings.SplitSeq(rest, `<option value="`) {
		if id, _, _ := strings.Cut(option, `"`); number.MatchString(id) {
			return id
		}
	}
	t.Fatal("no link on the page")
	return ""
}

// Whoever prints slips for an account links it, with a reason; others do not.
func TestLinkingSomebodyElse(t *testing.T) {
	c, issuer := house(t).reached(t)
	c.newcomer(t, "linked-secretary", "branch-secretary")
	p, err := c.in.Access.Named(t.Context(), "linked-secretary")
	if err != nil {
		t.Fatal(err)
	}
	issuer.Bend = func(claims map[string]any) { claims["sub"] = "officer-88" }
	b := c.as(t, "party-worker", 1)
	has(t, b.see(view.PathAccountOf(p.Account)), "其他登录方式", "对方的用户编号")
	link := view.PathAccountAct(p.Account, "link")
	given := url.Values{"service": {"office"}, "subject": {"officer-88"}}
	if got := b.post(link, given); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `id="e-link-why"`) {
		t.Errorf("without a reason: %d", got.status)
	}
	given.Set("link-why", "单位开通统一登录")
	if got := b.post(link, given); got.status != http.StatusSeeOther {
		t.Fatalf("%d %s", got.status, plainText(got.body))
	}
	has(t, b.see(view.PathAccountOf(p.Account)), "of…88")
	for _, role := range []string{"member", "committee-secretary", "auditor"} {
		if got := c.as(t, role, 1).post(link, given); got.status == http.StatusSeeOther || got.status == http.StatusOK {
			t.Errorf("%s may link: %d", role, got.status)
		}
	}
	s := c.browser(t)
	sent := s.get(view.PathOutsideTo("office", ""))
	if got := s.get(view.PathOutsideBack("office") + "?" + issuer.Login(sent.to).Encode()); got.to != view.PathWorkbench {
		t.Errorf("%d %s", got.status, plainText(got.body))
	}
	id := linkID(t, b.see(view.PathAccountOf(p.Account)))
	if got := b.post(view.PathAccountAct(p.Account, "unlink"), url.Values{"link": {id}, "unlink-why": {"离开单位"}}); got.status != http.StatusSeeOther {
		t.Errorf("%d %s", got.status, plainText(got.body))
	}
}
