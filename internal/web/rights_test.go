package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"zhibu/internal/store"
)

// TestWhoMayOpenWhat walks every page about imports, exports, accounts, the log and backups as every role, and as
// nobody. What a role may not is refused before anything of the form is looked at.
func TestWhoMayOpenWhat(t *testing.T) {
	h := openHouse(t, store.Config{})
	office := []string{"branch-secretary", "party-worker", "organisation-department"}
	lists := []string{"branch-secretary", "branch-committee", "party-worker", "committee-secretary", "organisation-department", "reviewer"}
	accounts := []string{"branch-secretary", "party-worker", "committee-secretary", "organisation-department", "system-admin", "security-admin", "auditor"}
	makers := []string{"party-worker", "organisation-department", "system-admin"}
	events := []string{"branch-secretary", "party-worker", "committee-secretary", "organisation-department", "auditor"}
	data := []string{"branch-secretary", "party-worker", "committee-secretary", "organisation-department"}
	book := []string{"branch-secretary", "branch-committee", "party-worker", "committee-secretary", "organisation-department"}
	fixers := []string{"branch-secretary", "branch-committee", "party-worker", "organisation-department"}
	hall := []string{"branch-secretary", "branch-committee"}
	routes := []struct {
		method, path string
		may          []string
	}{
		{"GET", "/imports", office}, {"GET", "/imports/new", office}, {"POST", "/imports/new", office}, {"GET", "/imports/template", office},
		{"GET", "/members/roster", lists}, {"GET", "/members/export", lists}, {"POST", "/members/export", lists},
		{"GET", "/accounts", accounts}, {"POST", "/accounts", accounts}, {"GET", "/accounts/new", makers}, {"POST", "/accounts/new", makers},
		{"GET", "/accounts/list", makers}, {"POST", "/accounts/list", makers}, {"GET", "/accounts/list/template", makers},
		{"POST", "/accounts/slips", []string{"branch-secretary", "party-worker", "organisation-department", "security-admin"}},
		{"GET", "/audit", events}, {"POST", "/audit", events}, {"GET", "/audit/chain", []string{"auditor"}}, {"POST", "/audit/chain", []string{"auditor"}},
		{"POST", "/audit/bundle", []string{"auditor"}}, {"GET", "/backup", []string{"system-admin", "auditor"}}, {"POST", "/backup", []string{"system-admin"}},
		{"GET", "/disputes", append([]string{"member"}, lists...)}, {"POST", "/stewards", office}, {"GET", "/quality", lists},
		{"GET", "/dues", book}, {"GET", "/dues/year", book}, {"GET", "/dues/share", book}, {"GET", "/dues/collect", fixers}, {"POST", "/dues/collect", fixers}, {"POST", "/dues/bases", fixers}, {"POST", "/dues/relief", fixers},
		{"POST", "/dues/year", fixers}, {"POST", "/dues/share", data[1:]}, {"POST", "/dues/import", fixers}, {"POST", "/dues/match", fixers},
		{"GET", "/meetings", hall}, {"POST", "/meetings/new", hall},
		{"GET", "/elections", book}, {"POST", "/elections", fixers},
		{"GET", "/retention", data}, {"GET", "/requests", data}, {"GET", "/keys", []string{"security-admin", "auditor"}},
	}
	const nobody = "01JAAAAAAAAAAAAAAAAAAAAAAA"
	for _, role := range []string{"member", "branch-secretary", "branch-committee", "party-worker", "committee-secretary", "organisation-department", "reviewer", "system-admin", "security-admin", "auditor"} {
		d := h.sit(role, 1)
		for _, r := range routes {
			ask := d.get
			if r.method == "POST" {
				ask = func(path string) (int, string, string) { return d.send(path, url.Values{"act": {"drill"}}) }
			}
			status, body, _ := ask(r.path)
			if allowed := slices.Contains(r.may, role); allowed == (status == http.StatusForbidden) || status == http.StatusNotFound || status >= 500 {
				t.Errorf("%s %s as %s: %d", r.method, r.path, role, status)
			}
			if strings.HasPrefix(body, "<!") && strings.Contains(body, "%!") {
				t.Errorf("%s %s as %s: a sentence went wrong", r.method, r.path, role)
			}
		}
		for _, path := range []string{"/imports/" + nobody, "/accounts/" + nobody, "/audit/" + nobody} {
			if status, _, _ := d.get(path); status != http.StatusNotFound && status != http.StatusForbidden {
				t.Errorf("%s as %s: %d", path, role, status)
			}
		}
	}
	stranger := h.stranger()
	for _, r := range routes {
		if r.method == "GET" {
			if status, _, at := stranger.get(r.path); status != http.StatusSeeOther || !strings.HasPrefix(at, "/sign-in?back=") {
				t.Errorf("a stranger at %s: %d to %q", r.path, status, at)
			}
			continue
		}
		if status, body, _ := stranger.send(r.path, nil); status != http.StatusOK || !strings.Contains(body, `name="password"`) {
			t.Errorf("a stranger sends to %s: %d", r.path, status)
		}
	}
}
