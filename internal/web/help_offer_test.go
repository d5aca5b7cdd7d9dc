package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"zhibu/internal/party/timeline"
	"zhibu/internal/web/view"
)

// TestHelpIsOneClickAway: from the branches in which something is overdue one click leads to the form, filled in; the
// secretary finds it in her inbox and closes it, and the page of the branches then offers it again.
func TestHelpIsOneClickAway(t *testing.T) {
	c := house(t)
	worker, secretary := c.as(t, "party-worker", 1), c.as(t, "branch-secretary", 1)
	w, err := c.in.Access.Named(t.Context(), c.account("party-worker", 1).Account)
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.in.Access.Named(t.Context(), c.account("branch-secretary", 1).Account)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.in.Duties.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	list := withQuery(view.PathDuties, url.Values{"org": {w.Grants[0].Org}, "late": {string(timeline.LifeAssembly)}}.Encode())
	branch := s.Grants[0].Org
	page := worker.see(list)
	has(t, page, "便于协助，不排名次", "协助补开")
	at := withQuery(view.PathHelpOffer, url.Values{"org": {branch}, "duty": {string(timeline.LifeAssembly)}}.Encode())
	form := form(t, worker.see(at), view.PathHelpOffer)
	if form.Get("offer") != "visit" || form.Get("on") == "" {
		t.Errorf("the form is not filled in: %v", form)
	}
	late := url.Values{}
	for k, x := range form {
		late[k] = x
	}
	late.Set("on", "2020-01-01")
	if got := worker.post(view.PathHelpOffer, late); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "请填今天或者以后") {
		t.Errorf("a day that is over: %d", got.status)
	}
	made := worker.post(view.PathHelpOffer, form)
	if made.status != http.StatusSeeOther {
		t.Fatalf("offered: %d %s", made.status, plainText(made.body))
	}
	if got := secretary.get(at); got.status != http.StatusForbidden {
		t.Errorf("the branch offers help to itself: %d", got.status)
	}
	has(t, secretary.see("/inbox?unread=yes"), "上级愿意协助：召开支部党员大会", "派人到会指导")
	notice := regexp.MustCompile(`name="id" value="([^"]+)"[^>]*>\s*看怎样协助`).FindStringSubmatch(secretary.see("/inbox?unread=yes"))
	if notice == nil {
		t.Fatal("the notice cannot be opened")
	}
	read := secretary.form("/inbox?unread=yes", "/inbox")
	read.Del("all")
	read.Set("id", notice[1])
	if got := secretary.post("/inbox", read); got.to != made.to {
		t.Errorf("the notice leads to %q", got.to)
	}
	has(t, secretary.see(view.PathDutiesOf(branch)), "正在协助")
	if got := c.as(t, "branch-secretary", 2).get(made.to); got.status != http.StatusNotFound {
		t.Errorf("a branch beside sees it: %d", got.status)
	}
	done := secretary.fill(made.to, map[string]string{"answer": "大会已经开过"})
	if done.status != http.StatusSeeOther {
		t.Fatalf("closed: %d %s", done.status, plainText(done.body))
	}
	has(t, worker.see(made.to), "办好了", "大会已经开过")
	has(t, worker.see("/inbox"), "协助的事办好了")
}
