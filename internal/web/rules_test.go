package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"zhibu/internal/web/view"
)

// Every rule has a page, the list finds it, and each parameter that people may meet has a name.
func TestRulesCanBeRead(t *testing.T) {
	c := house(t)
	b := c.as(t, "member", 1)
	list := b.get(view.PathRules)
	for _, id := range c.in.Rules.IDs() {
		if !strings.Contains(list.body, `href="`+view.PathRule(id)+`"`) {
			t.Errorf("the list lacks %s", id)
		}
		for _, r := range c.in.Rules.Versions(id) {
			for k := range r.Parameters() {
				order := k == "step" || k == "after" || k == "before"
				if _, ok := parameterName(k); !ok && !order && r.Affects != "organisations" && id != "K-11" && id != "D-43" {
					t.Errorf("%s: parameter %s has no name", id, k)
				}
			}
		}
	}
	page := b.get(view.PathRule("D-28"))
	if page.status != http.StatusOK || !strings.Contains(page.body, "凭记忆") || !strings.Contains(page.body, "2014 版") || !strings.Contains(page.body, "有变化") {
		t.Errorf("D-28 does not show its doubt and versions: %d", page.status)
	}
	if got := b.get(view.PathRules + "?q=" + url.QueryEscape("公示")); strings.Contains(got.body, view.PathRule("T-07")) || !strings.Contains(got.body, view.PathRule("D-11")) {
		t.Error("the search does not search")
	}
	if got := b.get(view.PathRule("D-99")); got.status != http.StatusNotFound {
		t.Errorf("a rule nobody wrote: %d", got.status)
	}
	if got := b.get(view.PathLocalRules); got.status != http.StatusOK || strings.Contains(got.body, `name="parameter"`) {
		t.Errorf("a member is offered to decide: %d", got.status)
	}
}
