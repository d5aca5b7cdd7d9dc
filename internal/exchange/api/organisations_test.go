package api_test

import (
	"fmt"
	"slices"
	"testing"
)

// TestLifeOfAnOrganisation: set up, change, rename, move, abolish and reopen by the interface, each a dated act.
func TestLifeOfAnOrganisation(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const who = "organisation-department"
		town := h.people["party-worker"].Grants[0].Org
		district := h.as(t, who, "GET", "/organisations/"+town, nil).want(t, 200).text("parent")
		fresh := map[string]any{"parent": town, "code": "066999", "name": "中国共产党石桥镇新桥村支部委员会", "shortName": "新桥村党支部", "kind": "branch",
			"on": "2026-11-01", "reason": "合村并组", "document": "石桥镇党委〔2026〕12 号", "unit": "新桥村", "unitKind": "village", "phone": "0660-5551234"}
		a := h.as(t, who, "POST", "/organisations", fresh)
		waits := a.want(t, 202)
		if a.header.Get("Location") != "/api/v1/organisation-reviews/"+waits.text("waits") || waits.text("id") != town || len(h.all(t, who, "/organisations?q=066999", 10)) != 0 {
			t.Error("set up before anybody else had looked", a.header, waits)
		}
		h.as(t, who, "POST", "/organisations", fresh).refuses(t, 409, "code")
		h.agreed(t, waits)
		o := h.all(t, who, "/organisations?q=066999", 10)[0]
		at := "/organisations/" + o.text("id")
		o = h.as(t, who, "GET", at, nil).want(t, 200)
		if o.text("parent") != town || o["phoneKnown"] != true || o.text("established") != "2026-11-01" {
			t.Error(o)
		}
		h.as(t, who, "POST", "/organisations", fresh).refuses(t, 409, "code")
		for field, value := range map[string]any{"parent": "nobody", "code": "", "kind": "soviet", "creditCode": "123", "on": "2030-01-01", "reason": "", "unitKind": "moon"} {
			bad := map[string]any{}
			for k, v := range fresh {
				bad[k] = v
			}
			bad["code"] = "066998"
			bad[field] = value
			h.as(t, who, "POST", "/organisations", bad).refuses(t, 422, field)
		}

		v := 1
		act := func(method, path string, more map[string]any) object {
			t.Helper()
			body := map[string]any{"version": v, "reason": "调整", "on": "2026-11-10", "document": "党委会记录"}
			for k, x := range more {
				body[k] = x
			}
			h.agreed(t, h.as(t, who, method, at+path, body).want(t, 202))
			got := h.as(t, who, "GET", at, nil).want(t, 200)
			v = got.number("version")
			return got
		}
		if got := act("PATCH", "", map[string]any{"contact": "石小满"}); got.text("contact") != "石小满" || got.text("unit") != "新桥村" || got["phoneKnown"] != true {
			t.Error(got)
		}
		if got := act("PATCH", "", map[string]any{"phone": ""}); got["phoneKnown"] != false {
			t.Error(got)
		}
		if got := act("POST", "/rename", map[string]any{"name": "中国共产党石桥镇新新桥村支部委员会", "shortName": "新新桥村党支部"}); got.text("shortName") != "新新桥村党支部" {
			t.Error(got)
		}
		h.as(t, who, "POST", at+"/move", map[string]any{"version": v, "reason": "调整", "on": "2026-11-10", "organisation": o.text("id")}).refuses(t, 422, "organisation")
		if got := act("POST", "/move", map[string]any{"organisation": district}); got.text("parent") != district {
			t.Error(got)
		}
		h.as(t, "party-worker", "GET", at, nil).problem(t, 404)
		h.as(t, who, "POST", at+"/abolish", map[string]any{"version": 1, "reason": "撤并"}).problem(t, 409)
		if got := act("POST", "/abolish", nil); got.text("abolished") != "2026-11-10" {
			t.Error(got)
		}
		if got := act("POST", "/reopen", nil); got["abolished"] != nil {
			t.Error(got)
		}
		var kinds []string
		for _, e := range h.all(t, who, at+"/history", 3) {
			kinds = append(kinds, e.text("kind"))
		}
		if !slices.Equal(kinds, []string{"reopened", "abolished", "moved", "renamed", "changed", "changed", "established"}) {
			t.Error(kinds)
		}
		if found := h.all(t, who, "/organisations?q=xinxinqiao", 10); len(found) != 1 || found[0].text("id") != o.text("id") {
			t.Error(found)
		}
	})
}

// agreed lets the reviewer approve an act on an organisation that waits, after its proposer has tried.
func (h *house) agreed(t *testing.T, waits object) {
	t.Helper()
	at := "/organisation-reviews/" + waits.text("waits")
	seen := h.as(t, "reviewer", "GET", at, nil).want(t, 200)
	if seen.text("state") != "pending" || seen.text("problem") != "" {
		t.Fatal(seen)
	}
	body := map[string]any{"version": seen.number("version")}
	if got := h.as(t, "reviewer", "POST", at+"/approve", body).want(t, 200); got.text("state") != "approved" {
		t.Fatal(got)
	}
	h.as(t, "reviewer", "POST", at+"/approve", body).problem(t, 409)
}

// TestAnActOnAnOrganisationComesBack: returned by the reviewer, handed in again, taken back; its list.
func TestAnActOnAnOrganisationComesBack(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const who = "party-worker"
		at := "/organisations/" + h.people["branch-secretary"].Grants[0].Org
		o := h.as(t, who, "GET", at, nil).want(t, 200)
		name := map[string]any{"version": o.number("version"), "name": "中国共产党石桥乡石桥村支部委员会", "from": "1998-05-01", "until": "2001-03-01", "reason": "旧档案", "document": "县委文件"}
		waits := h.as(t, who, "POST", at+"/name", name)
		if waits.status == 422 {
			name["from"], name["until"] = o.text("established"), "2026-01-01"
			waits = h.as(t, who, "POST", at+"/name", name)
		}
		review := "/organisation-reviews/" + waits.want(t, 202).text("waits")
		seen := h.as(t, "reviewer", "GET", review, nil).want(t, 200)
		h.as(t, who, "POST", review+"/approve", map[string]any{"version": seen.number("version")}).problem(t, 403)
		h.as(t, "reviewer", "POST", review+"/return", map[string]any{"version": seen.number("version")}).refuses(t, 422, "reason")
		back := h.as(t, "reviewer", "POST", review+"/return", map[string]any{"version": seen.number("version"), "reason": "请附档案"}).want(t, 200)
		if back.text("state") != "returned" || len(h.all(t, who, "/organisation-reviews?state=returned&mine=true", 10)) != 1 {
			t.Error(back)
		}
		again := h.as(t, who, "POST", at+"/name", name).want(t, 202)
		if got := h.as(t, who, "GET", review, nil).want(t, 200); got.text("state") != "withdrawn" {
			t.Error("two of one", got)
		}
		h.agreed(t, again)
		if then := h.as(t, who, "GET", at+"?as_of="+name["from"].(string), nil).want(t, 200); then["nameLate"] != true || then.text("name") != name["name"] {
			t.Error(then)
		}
	})
}

// TestPosts: somebody is put into a post and taken out of it; the holder's record is named to who may see it only.
func TestPosts(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const who = "party-worker"
		branch := h.people["branch-secretary"].Grants[0].Org
		member := h.mark(t, branch).member
		at := "/organisations/" + branch + "/posts"
		before := len(h.all(t, who, at, 2))
		body := map[string]any{"title": "youth-member", "member": member, "on": "2026-11-01", "reason": "选举"}
		waits := h.as(t, who, "POST", at, body).want(t, 202)
		if len(h.all(t, who, at, 2)) != before {
			t.Error("in the post before anybody else had looked")
		}
		h.as(t, who, "POST", at, body).problem(t, 409)
		if got := h.as(t, "reviewer", "GET", "/organisation-reviews/"+waits.text("waits"), nil).want(t, 200); got.text("title") != "youth-member" || got.text("holder") == "" {
			t.Error(got)
		}
		h.agreed(t, waits)
		var p object
		for _, post := range h.all(t, who, at, 2) {
			if post.text("title") == "youth-member" && post.text("member") == member {
				p = post
			}
		}
		if p.text("holder") == "" || len(h.all(t, who, at, 2)) != before+1 {
			t.Fatal(p)
		}
		for _, seen := range h.all(t, "auditor", at, 50) {
			if seen["member"] != nil {
				t.Error("the auditor is told whose record it is", seen)
			}
		}
		h.as(t, who, "POST", at, body).problem(t, 409)
		h.as(t, who, "POST", at, map[string]any{"title": "emperor", "holder": "石小满", "reason": "选举"}).refuses(t, 422, "title")
		end := "/posts/" + p.text("id") + "/end"
		h.as(t, who, "POST", end, map[string]any{"version": 1, "on": "2026-10-01", "reason": "改选"}).refuses(t, 422, "on")
		h.as(t, who, "POST", end, map[string]any{"version": 2, "on": "2026-11-20", "reason": "改选"}).problem(t, 409)
		h.agreed(t, h.as(t, who, "POST", end, map[string]any{"version": 1, "on": "2026-11-20", "reason": "改选"}).want(t, 202))
		if len(h.all(t, who, at, 50)) != before || len(h.all(t, who, at+"?all=true", 1)) <= before {
			t.Error("past posts")
		}
	})
}

// TestHeadcountAddsUp: the parts of a count are the whole.
func TestHeadcountAddsUp(t *testing.T) {
	h := found(t, storeSQLite())
	o := h.as(t, "party-worker", "GET", "/organisations/"+h.people["party-worker"].Grants[0].Org+"/headcount", nil).want(t, 200)
	sum := func(key string) (n int) {
		for _, v := range o[key].(map[string]any) {
			n += int(v.(float64))
		}
		return n
	}
	ages := 0
	for _, b := range o["ages"].([]any) {
		ages += object(b.(map[string]any)).number("members")
	}
	total := o.number("total")
	if total == 0 || sum("category") != total || sum("sex") != total || ages != total || len(o["ages"].([]any)) != 8 {
		t.Error(fmt.Sprint(o))
	}
	if total != len(h.all(t, "party-worker", "/members", 200)) {
		t.Error("the list and the count differ")
	}
}
