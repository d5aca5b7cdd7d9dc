package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/web/view"
)

var (
	shownKey  = regexp.MustCompile(`totp-key">([A-Z2-7 ]+)<`)
	paperCode = regexp.MustCompile(`<li class="mono">([0-9A-Z]{5}-[0-9A-Z]{5})</li>`)
)

// A worker of a town who has no second factor yet: slip, password, factor, and only then the work.
func TestTheFirstSignInLeadsToTheSecondFactor(t *testing.T) {
	c := house(t)
	town := c.orgNamed(t, c.account("party-worker", 1).Organisation)
	n := access.NewAccount{Login: "second-worker", Name: "第二党务", Org: town.ID, Grants: []access.NewGrant{{Role: access.PartyWorker, Org: town.ID}}}
	if _, err := c.in.Access.Install(t.Context(), ledger.System("test"), []access.Installed{{NewAccount: n}}); err != nil {
		t.Fatal(err)
	}
	slip, err := c.in.Access.Recover(t.Context(), ledger.System("test"), n.Login, "首次")
	if err != nil {
		t.Fatal(err)
	}
	b := c.browser(t)
	if got := b.post(view.PathSlip, url.Values{"account": {n.Login}, "code": {slip.Code}}); got.to != view.PathPassword {
		t.Fatalf("the slip leads to %d %s", got.status, got.to)
	}
	const chosen = "Qing-Ze7 zhong"
	if got := b.post(view.PathPassword, url.Values{"new": {chosen}, "again": {chosen}}); got.status != http.StatusSeeOther {
		t.Fatalf("the password: %d %s", got.status, plainText(got.body))
	}
	for _, path := range []string{"/", "/members", "/me/account", "/organisations", "/accounts"} {
		if got := b.get(path); got.status != http.StatusSeeOther || got.to != view.PathFactor {
			t.Errorf("%s before the second factor: %d %s", path, got.status, got.to)
		}
	}
	page := b.must(view.PathFactor, map[string]string{"act": "begin"})
	key := shownKey.FindStringSubmatch(page)
	if key == nil || !strings.Contains(page, "<svg") {
		t.Fatalf("no key on the page: %s", plainText(page))
	}
	secret := strings.ReplaceAll(key[1], " ", "")
	if got := b.fill(view.PathFactor, map[string]string{"act": "confirm", "code": "000000"}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, key[1]) {
		t.Errorf("a wrong first code: %d", got.status)
	}
	code := func() string {
		c.wrist.pass(30 * time.Second)
		text, err := access.CodeAt(secret, c.wrist.Now())
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	done := b.fill(view.PathFactor, map[string]string{"act": "confirm", "code": code()})
	papers := paperCode.FindAllStringSubmatch(done.body, -1)
	if done.status != http.StatusOK || len(papers) != 10 {
		t.Fatalf("confirmed: %d, %d codes on paper: %s", done.status, len(papers), plainText(done.body))
	}
	has(t, b.see("/members"), "党员")
	hasNot(t, b.see(view.PathFactor), secret, key[1], papers[0][1])

	// The next time: the password, and without the phone a code on paper, once.
	for i, want := range []int{http.StatusSeeOther, http.StatusUnprocessableEntity} {
		again := c.browser(t)
		again.post(view.PathSignIn, url.Values{"account": {n.Login}, "password": {chosen}})
		if got := again.post(view.PathCode, url.Values{"code": {strings.ToLower(papers[0][1])}}); got.status != want {
			t.Errorf("code on paper, time %d: %d", i+1, got.status)
		}
	}
	if got := b.fill(view.PathFactor, map[string]string{"act": "end", "code": code()}); got.status != http.StatusSeeOther {
		t.Errorf("turned off: %d %s", got.status, plainText(got.body))
	}
	if got := b.get("/members"); got.to != view.PathFactor {
		t.Errorf("without the factor again: %d %s", got.status, got.to)
	}
}
