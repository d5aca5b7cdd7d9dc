package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// Who may see a record: those who work there read names, grants and rules; the member herself reads posts.
func TestWhoSeesARecord(t *testing.T) {
	c := house(t)
	m := c.memberOf(t, 1, 3)
	path := view.PathMemberAct(m.ID, "access")
	page := c.signedIn(t, "party-worker").see(path)
	for _, role := range []string{"branch-secretary", "party-worker", "committee-secretary", "reviewer", "organisation-department"} {
		has(t, page, c.account(role, 1).Name)
	}
	has(t, page, "规则 A-22", "演示", "由系统授予")
	for _, role := range []string{"system-admin", "security-admin", "auditor"} {
		hasNot(t, page, c.account(role, 1).Name)
	}
	if got := c.signedIn(t, "reviewer").get(path); got.status != http.StatusForbidden {
		t.Errorf("a reviewer: %d", got.status)
	}
	if got := c.as(t, "branch-secretary", 2).get(path); got.status != http.StatusNotFound {
		t.Errorf("another branch: %d", got.status)
	}
	own, err := c.in.Access.Named(t.Context(), c.account("member", 1).Account)
	if err != nil {
		t.Fatal(err)
	}
	mine := c.signedIn(t, "member")
	has(t, mine.see(view.PathMe), view.PathMemberAct(own.Member, "access"))
	page = mine.see(view.PathMemberAct(own.Member, "access"))
	has(t, page, "您本人", "支部书记", "规则 A-22")
	hasNot(t, page, c.account("party-worker", 1).Name, c.account("branch-secretary", 1).Name, c.account("reviewer", 1).Name)
}

func TestWhatAnAccountOpens(t *testing.T) {
	c := house(t)
	p, err := c.in.Access.Named(t.Context(), c.account("branch-secretary", 1).Account)
	if err != nil {
		t.Fatal(err)
	}
	page := c.signedIn(t, "security-admin").see(view.PathAccountAct(p.Account, "access"))
	has(t, page, "支部书记", "A-22", "A-25", "条规则", "由系统授予")
	if got := c.signedIn(t, "member").get(view.PathAccountAct(p.Account, "access")); got.status == http.StatusOK {
		t.Error("a member reads what another may do")
	}
}

// A secretary hands her duty to a committee member for some days: both see it, the log says for whom, either ends it.
func TestADutyIsLentOnThePages(t *testing.T) {
	c := house(t)
	lender, deputy := c.as(t, "branch-secretary", 1), c.as(t, "branch-committee", 1)
	to := c.account("branch-committee", 1)
	wrong := lender.fill(view.PathDeputies, map[string]string{"act": "lend", "account": c.account("branch-secretary", 1).Account, "day": today.String(), "until": today.AddDays(3).String(), "reason": "试"})
	if wrong.status < 400 || !strings.Contains(wrong.body, "不能委托给自己") {
		t.Errorf("to oneself: %d %s", wrong.status, plainText(wrong.body))
	}
	page := lender.must(view.PathDeputies, map[string]string{"act": "lend", "account": to.Account, "day": today.String(), "until": today.AddDays(3).String(), "reason": "外出学习"})
	has(t, page, to.Name, "外出学习")
	has(t, deputy.see(view.PathDeputies), c.account("branch-secretary", 1).Name, "外出学习")
	has(t, deputy.see(view.PathAccount), "代"+c.account("branch-secretary", 1).Name)
	m := c.memberOf(t, 1, 4)
	deputy.must(view.PathMend(m.ID, "work"), map[string]string{"value": "值班员", "source": "党员档案", "reason": "代为登记"})
	var actor string
	if _, err := c.in.DB.As(store.System("test")).One(t.Context(), "SELECT actor FROM {act} WHERE kind = 'review.propose' AND org_path = ? ORDER BY id DESC LIMIT 1", []any{m.OrgPath}, &actor); err != nil {
		t.Fatal(err)
	}
	if want := to.Name + "（代" + c.account("branch-secretary", 1).Name + "）"; actor != want {
		t.Errorf("done by %q, want %q", actor, want)
	}
	page = lender.must(view.PathDeputies, map[string]string{"act": "end"})
	has(t, page, "委托已经结束")
	if got := deputy.get(view.PathMend(m.ID, "work")); got.status == http.StatusOK {
		t.Error("the deputy goes on")
	}
}

func TestATokenIsIssuedOnThePage(t *testing.T) {
	c := house(t)
	for role, shown := range map[string]func() string{
		"party-worker":     func() string { return c.code(c.account("party-worker", 1)) },
		"branch-secretary": func() string { return c.account("branch-secretary", 2).Password },
	} {
		n := map[string]int{"party-worker": 1, "branch-secretary": 2}[role]
		b := c.as(t, role, n)
		if got := b.fill(view.PathTokens, map[string]string{"label": "统计", "shown": "000000"}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("%s without showing who it is: %d", role, got.status)
		}
		got := b.fill(view.PathTokens, map[string]string{"label": "统计", "shown": shown()})
		at := strings.Index(got.body, "zhibu_")
		if got.status != http.StatusOK || at < 0 {
			t.Fatalf("%s: %d %s", role, got.status, plainText(got.body))
		}
		p, err := c.in.Access.Lookup(t.Context(), got.body[at:at+strings.IndexByte(got.body[at:], '<')])
		if err != nil || p.Login != c.account(role, n).Account {
			t.Errorf("%s: the token speaks for %v, %v", role, p, err)
		}
		has(t, b.see(view.PathAccount), "统计")
	}
}

func TestSecuritySettingsOnThePage(t *testing.T) {
	c := house(t)
	b := c.signedIn(t, "security-admin")
	bad := b.fill(view.PathPolicy, map[string]string{access.FailuresAllowed: "99", access.PasswordLength: "12"})
	if bad.status != http.StatusUnprocessableEntity {
		t.Errorf("out of bounds: %d", bad.status)
	}
	policy, err := c.in.Access.Policy(t.Context())
	if err != nil || policy[access.PasswordLength] != 10 {
		t.Errorf("half of it was taken: %v %v", policy[access.PasswordLength], err)
	}
	b.must(view.PathPolicy, map[string]string{access.CheckDays: "31"})
	if policy, err = c.in.Access.Policy(t.Context()); err != nil || policy[access.CheckDays] != 31 {
		t.Errorf("%v %v", policy, err)
	}
	has(t, c.signedIn(t, "auditor").see(view.PathPolicy), "由安全管理员修改")
	for _, role := range []string{"auditor", "system-admin", "party-worker"} {
		if got := c.signedIn(t, role).post(view.PathPolicy, url.Values{access.FailuresAllowed: {"20"}}); got.status != http.StatusForbidden {
			t.Errorf("%s changes settings: %d", role, got.status)
		}
	}
}

func TestEndingAllOtherSessions(t *testing.T) {
	c := house(t)
	one, two := c.as(t, "branch-secretary", 2), c.as(t, "branch-secretary", 2)
	page := one.see(view.PathAccount)
	has(t, page, "结束其他所有登录")
	f := form(t, page, view.PathAccount)
	f.Set("act", "end-others")
	if got := one.post(view.PathAccount, f); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	if got := two.get(view.PathAccount); got.status != http.StatusSeeOther || !strings.HasPrefix(got.to, view.PathSignIn) {
		t.Errorf("the other one is still in: %d %s", got.status, got.to)
	}
	if got := one.get(view.PathAccount); got.status != http.StatusOK {
		t.Errorf("this one is out: %d", got.status)
	}
}

// At the beginning of the next quarter the roles are there to be looked at, on the workbench and on their page.
func TestRolesAreLookedAtOnThePage(t *testing.T) {
	c := house(t)
	c.clock.pass(39 * 24 * time.Hour) // 1 January
	defer c.clock.pass(-39 * 24 * time.Hour)
	b := c.as(t, "party-worker", 1)
	has(t, b.see("/"), "复核角色", "项角色没有复核")
	page := b.see(view.PathRoleCheck)
	has(t, page, c.account("branch-secretary", 1).Name, "2027Q1")
	hasNot(t, page, c.account("organisation-department", 1).Name, c.account("party-worker", 1).Name+"</a>")
	f := form(t, page, view.PathRoleCheck)
	f.Set("all", "1")
	if got := b.post(view.PathRoleCheck, f); got.status != http.StatusSeeOther {
		t.Fatalf("%d %s", got.status, plainText(got.body))
	}
	has(t, b.see(view.PathRoleCheck), "这个季度都复核过了")
	if got := c.as(t, "branch-secretary", 2).get(view.PathRoleCheck); got.status != http.StatusForbidden {
		t.Errorf("a secretary: %d", got.status)
	}
}
