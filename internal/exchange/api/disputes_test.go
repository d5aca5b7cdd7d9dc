package api_test

import (
	"strings"
	"testing"
)

// TestHonoursPapersAndOrganisationsAreDoubted over the interface: each by its identifier, once; listed, answered, and missing
// for who may not know of it.
func TestHonoursPapersAndOrganisationsAreDoubted(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		branch := h.people["branch-secretary"].Grants[0].Org
		at := "/members/" + h.mark(t, branch).member
		fact := h.as(t, "party-worker", "POST", at+"/facts", map[string]any{"kind": "honour", "from": "2026-10-01", "text": "优秀共产党员", "document": "石桥党发〔2026〕6 号", "reason": "整理"})
		if fact.status >= 300 {
			t.Fatalf("entering: %d %s", fact.status, fact.body)
		}
		for _, r := range h.as(t, "reviewer", "GET", "/reviews?member="+strings.TrimPrefix(at, "/members/")+"&kind=member.fact", nil).want(t, 200).items() {
			version := h.as(t, "reviewer", "GET", "/reviews/"+r.text("id"), nil).want(t, 200).number("version")
			h.as(t, "reviewer", "POST", "/reviews/"+r.text("id")+"/approve", map[string]any{"version": version}).want(t, 200)
		}
		honour := h.as(t, "party-worker", "GET", at+"/facts", nil).want(t, 200).items()[0].text("id")
		h.as(t, "party-worker", "POST", at+"/disputes", map[string]any{"field": "honour", "about": "nobody", "text": "试"}).refuses(t, 422, "field")
		h.as(t, "party-worker", "POST", at+"/disputes", map[string]any{"field": "training", "about": honour, "text": "试"}).refuses(t, 422, "field")
		body := map[string]any{"field": "honour", "about": honour, "text": "文件里没有这个人"}
		d := h.as(t, "party-worker", "POST", at+"/disputes", body).want(t, 201)
		if d.text("about") != honour || d.text("kind") != "life" || d.text("text") != "文件里没有这个人" || d.text("organisation") != "" {
			t.Errorf("%v", d)
		}
		h.as(t, "party-worker", "POST", at+"/disputes", body).refuses(t, 409, "field")

		place := "/organisations/" + branch + "/disputes"
		h.as(t, "branch-secretary-2", "POST", place, map[string]any{"text": "试"}).problem(t, 404)
		o := h.as(t, "party-worker", "POST", place, map[string]any{"text": "联系人已经换人"}).want(t, 201)
		if o.text("organisation") != branch || o.text("member") != "" || o.text("about") != "" || o.text("kind") != "organisation" {
			t.Errorf("%v", o)
		}
		h.as(t, "branch-secretary-2", "GET", "/disputes/"+o.text("id"), nil).problem(t, 404)
		seen := map[string]bool{}
		for _, x := range h.all(t, "organisation-department", "/disputes", 50) {
			seen[x.text("id")] = true
		}
		if !seen[d.text("id")] || !seen[o.text("id")] {
			t.Errorf("not listed: %v", seen)
		}
		answer := map[string]any{"version": 1, "outcome": "kept", "cause": "none", "answer": "对照文件，无误"}
		h.as(t, "party-worker", "POST", "/disputes/"+o.text("id")+"/settle", answer).problem(t, 403)
		if got := h.as(t, "organisation-department", "POST", "/disputes/"+o.text("id")+"/settle", answer).want(t, 200); got.text("state") != "settled" || got.text("answer") == "" {
			t.Errorf("%v", got)
		}
		if rep, err := h.in.Verify(t.Context()); err != nil || !rep.OK {
			t.Errorf("verify: %+v %v", rep, err)
		}
	})
}
