package api_test

import (
	"testing"

	"zhibu/internal/trust/access"
)

// TestGrants: a role is given, shows among the account's, lets its holder in, and is taken back at once; the three
// administrators stay three people, and nobody gives the own account anything.
func TestGrants(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		secretary, town := h.people["branch-secretary"], h.people["party-worker"].Grants[0].Org
		list := h.as(t, "security-admin", "GET", "/accounts?q=branch-secretary&role=branch-secretary&limit=1", nil).want(t, 200)
		if got := list.items()[0]; got.text("id") != secretary.Account || got.text("login") != "branch-secretary" || list["next"] == nil {
			t.Fatalf("%v", list)
		}
		if rest := h.all(t, "security-admin", "/accounts?state=active", 3); len(rest) < len(h.people) {
			t.Errorf("%d accounts by pages", len(rest))
		}
		at := "/accounts/" + h.people["branch-committee"].Account
		before := len(h.as(t, "security-admin", "GET", at+"/grants", nil).want(t, 200).items())
		body := map[string]any{"role": "reviewer", "organisation": town, "to": "2026-12-31", "basis": "石桥镇党委〔2026〕12 号"}
		g := h.as(t, "security-admin", "POST", at+"/grants", body, "Idempotency-Key", "give").want(t, 201)
		if again := h.as(t, "security-admin", "POST", at+"/grants", body, "Idempotency-Key", "give").want(t, 201); again.text("id") != g.text("id") {
			t.Error("given twice")
		}
		if g.text("basis") == "" || g.text("givenBy") == "" || g.text("to") != "2026-12-31" || g["inForce"] != true {
			t.Errorf("%v", g)
		}
		if n := len(h.as(t, "security-admin", "GET", at+"/grants", nil).want(t, 200).items()); n != before+1 {
			t.Errorf("%d grants, were %d", n, before)
		}
		h.as(t, "security-admin", "POST", at+"/grants", map[string]any{"role": "auditor", "organisation": town, "basis": "试"}).problem(t, 403)
		h.as(t, "security-admin", "POST", at+"/grants", map[string]any{"role": "reviewer", "organisation": "nobody", "basis": "试"}).refuses(t, 422, "organisation")
		h.as(t, "security-admin", "POST", at+"/grants", map[string]any{"role": "reviewer", "organisation": town, "to": "2020-01-01", "basis": "试"}).refuses(t, 422, "to")
		if p := h.as(t, "security-admin", "POST", "/accounts/"+h.people["security-admin"].Account+"/grants", body).problem(t, 403); p.Rule != access.RuleSelf {
			t.Errorf("the own account: %+v", p)
		}
		h.as(t, "system-admin", "POST", at+"/grants", body).problem(t, 403)
		ended := h.as(t, "security-admin", "POST", at+"/grants/"+g.text("id")+"/end", map[string]any{"reason": "换届"}).want(t, 200)
		if ended["inForce"] != false {
			t.Errorf("%v", ended)
		}
		h.as(t, "security-admin", "POST", at+"/grants/nothing/end", map[string]any{"reason": "换届"}).problem(t, 404)
	})
}

// TestWhoSeesAndWhoLooked: the reasons are those of the decision, and looks come to the member.
func TestWhoSeesAndWhoLooked(t *testing.T) {
	h := found(t, storeSQLite())
	own := h.people["member"].Member
	seers := h.as(t, "member", "GET", "/members/"+own+"/access", nil).want(t, 200).items()
	names := map[string]object{}
	for _, s := range seers {
		names[s.text("login")] = s
	}
	for account, p := range h.people {
		sees := p.Mask(h.people["member"].MemberPath, own) != access.NoClass
		if _, told := names[account]; told != sees {
			t.Errorf("%s sees %v, is told %v", account, sees, told)
		}
	}
	before := len(h.as(t, "member", "GET", "/me/looks", nil).want(t, 200).items())
	h.as(t, "party-worker", "GET", "/members/"+own, nil).want(t, 200)
	h.as(t, "party-worker", "POST", "/members/"+own+"/reveal", map[string]any{"purpose": "verify-identity", "fields": []string{"mobile"}}).want(t, 200)
	if looks := h.as(t, "member", "GET", "/me/looks", nil).want(t, 200).items(); len(looks) <= before {
		t.Errorf("%d looks, were %d", len(looks), before)
	}
}

// TestATokenOfAClosedAccount opens nothing from the moment on at which the account is closed.
func TestATokenOfAClosedAccount(t *testing.T) {
	h := found(t, storeSQLite())
	h.as(t, "branch-committee", "GET", "/me", nil).want(t, 200)
	if err := h.in.Access.Disable(t.Context(), h.people["security-admin"], "test", h.people["branch-committee"].Account, "离岗"); err != nil {
		t.Fatal(err)
	}
	a := h.as(t, "branch-committee", "GET", "/me", nil)
	if a.problem(t, 401); a.header.Get("WWW-Authenticate") == "" {
		t.Error("does not say how to sign in")
	}
}
