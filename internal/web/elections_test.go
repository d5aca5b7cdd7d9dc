package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/web/view"
)

// TestAnElectionIsAskedFor: too few candidates are refused with the rule and stay typed; the committee above approves, the
// branch itself cannot, and then names are asked for.
func TestAnElectionIsAskedFor(t *testing.T) {
	c := house(t)
	branch, above := c.as(t, "branch-secretary", 1), c.as(t, "organisation-department", 1)
	secretary, err := c.in.Access.Named(t.Context(), "branch-secretary")
	if err != nil {
		t.Fatal(err)
	}
	list := view.PathElections + "?" + url.Values{"org": {secretary.Grants[0].Org}}.Encode()
	f := form(t, branch.see(list), view.PathElections)
	f["on"], f["seats"], f["standing"] = []string{civil.Today(c.in.Clock).String()}, []string{"5"}, []string{"5"}
	sent := branch.post(view.PathElections, f)
	if sent.status != http.StatusUnprocessableEntity || !strings.Contains(sent.body, "不少于 6 名") || !strings.Contains(sent.body, "E-08") || !strings.Contains(sent.body, `value="5"`) {
		t.Fatalf("%d %s", sent.status, plainText(sent.body))
	}
	f["standing"] = []string{"6"}
	if sent = branch.post(view.PathElections, f); sent.status != http.StatusSeeOther {
		t.Fatalf("%d %s", sent.status, plainText(sent.body))
	}
	page := sent.to
	approve := url.Values{"act": {"approve"}, view.FieldVersion: {"1"}}
	if sent := branch.post(page, approve); sent.status != http.StatusUnprocessableEntity || !strings.Contains(sent.body, "党支部和党总支不能代替") {
		t.Errorf("the branch approves its own request: %d %s", sent.status, plainText(sent.body))
	}
	has(t, above.see(page), "等待上级审批", "同意", "应选")
	if sent := above.post(page, approve); sent.status != http.StatusSeeOther {
		t.Fatalf("%d %s", sent.status, plainText(sent.body))
	}
	has(t, branch.see(page), "上级已同意", "候选人", "监票人")
	has(t, branch.see(list), "上级已同意", page)
}
