package api_test

import "testing"

// TestOrganisationsAsOf: name and superior as they were, in one organisation and in the list.
func TestOrganisationsAsOf(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const who = "organisation-department"
		town := h.people["party-worker"].Grants[0].Org
		o := h.as(t, who, "POST", "/organisations", map[string]any{"parent": town, "code": "066997", "name": "中国共产党竹林村支部委员会", "shortName": "竹林村党支部",
			"kind": "branch", "on": "2024-01-10", "reason": "合村并组", "document": "镇党委〔2024〕1 号"}).want(t, 202)
		h.agreed(t, o)
		o = h.all(t, who, "/organisations?q=066997", 10)[0]
		at := "/organisations/" + o.text("id")
		district := h.as(t, who, "GET", "/organisations/"+town, nil).want(t, 200).text("parent")
		o = h.as(t, who, "POST", at+"/rename", map[string]any{"version": 1, "name": "中国共产党竹林社区支部委员会", "shortName": "竹林社区党支部", "on": "2025-09-01", "reason": "撤村建居", "document": "镇党委〔2025〕1 号"}).want(t, 202)
		h.agreed(t, o)
		o = h.as(t, who, "GET", at, nil).want(t, 200)
		h.agreed(t, h.as(t, who, "POST", at+"/move", map[string]any{"version": o.number("version"), "organisation": district, "on": "2025-10-01", "reason": "升格", "document": "县委〔2025〕1 号"}).want(t, 202))
		h.agreed(t, h.as(t, who, "POST", at+"/posts", map[string]any{"title": "secretary", "holder": "石小满", "on": "2025-11-01", "reason": "选举"}).want(t, 202))

		was := h.as(t, who, "GET", at+"?as_of=2025-07-01", nil).want(t, 200)
		if was.text("shortName") != "竹林村党支部" || was.text("parent") != town || was.text("state") != "there" || was.text("asOf") != "2025-07-01" {
			t.Error(was)
		}
		if got := h.as(t, who, "GET", at+"?as_of=2024-01-09", nil).want(t, 200); got.text("state") != "not_yet" {
			t.Error(got)
		}
		if got := h.as(t, who, "GET", at, nil).want(t, 200); got.text("shortName") != "竹林社区党支部" || got.text("parent") != district || got["state"] != nil {
			t.Error(got)
		}
		found := false
		for _, item := range h.as(t, who, "GET", "/organisations?limit=200&as_of=2025-07-01", nil).want(t, 200).items() {
			found = found || item.text("id") == o.text("id") && item.text("shortName") == "竹林村党支部"
		}
		if !found {
			t.Error("not in the list of the day")
		}
		for _, item := range h.as(t, who, "GET", "/organisations?limit=200&as_of=2023-07-01", nil).want(t, 200).items() {
			if item.text("id") == o.text("id") {
				t.Error("listed before it was set up")
			}
		}
		for path, n := range map[string]int{"/posts?as_of=2025-10-31": 0, "/posts?as_of=2025-11-01": 1} {
			if got := h.as(t, who, "GET", at+path, nil).want(t, 200).items(); len(got) != n {
				t.Errorf("%s: %v", path, got)
			}
		}
		for _, bad := range []string{"2030-01-01", "1900-01-01", "2025-02-30", "x"} {
			h.as(t, who, "GET", at+"?as_of="+bad, nil).refuses(t, 422, "as_of")
		}
		h.as(t, who, "GET", at+"/posts?all=true&as_of=2025-11-01", nil).refuses(t, 422, "as_of")
		h.as(t, who, "GET", "/organisations?q=x&as_of=2025-11-01", nil).refuses(t, 422, "as_of")
		h.as(t, "party-worker", "GET", at+"?as_of=2025-07-01", nil).problem(t, 404) // it has left; so has its past
	})
}

// TestARecordAsOf: a dated fact by the interface, an earlier value, the record as of a day and as known at a time.
func TestARecordAsOf(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const who = "party-worker"
		id := h.mark(t, h.people["branch-secretary"].Grants[0].Org).member
		at := "/members/" + id
		now := h.as(t, who, "GET", at, nil).want(t, 200)
		honour := map[string]any{"kind": "honour", "from": "2026-07-01", "to": "", "text": "优秀共产党员", "by": "石桥镇党委", "reason": "表彰决定"}
		delete(honour, "to")
		f := h.settled(t, at, h.as(t, who, "POST", at+"/facts", honour).want(t, 202))
		if f["late"] != true || f.text("from") != "2026-07-01" {
			t.Error(f)
		}
		for field, value := range map[string]any{"kind": "score", "from": "1900-01-01", "to": "2020-01-01", "text": ""} {
			bad := map[string]any{field: value}
			for k, v := range honour {
				if k != field {
					bad[k] = v
				}
			}
			h.as(t, who, "POST", at+"/facts", bad).refuses(t, 422, field)
		}
		h.settled(t, at, h.as(t, who, "POST", at+"/facts", map[string]any{"kind": "was.mobile", "from": "2020-01-01", "to": "2025-09-01", "text": "15400005678", "reason": "整理旧档案"}).want(t, 202))
		h.settled(t, at, h.as(t, who, "POST", at+"/facts", map[string]any{"kind": "hardship", "from": "2026-10-01", "text": "住院"}).want(t, 202))
		was := h.as(t, who, "GET", at+"?as_of=2025-07-01", nil).want(t, 200)
		if was.text("mobile") != "****5678" || was.text("asOf") != "2025-07-01" || was.number("version") != now.number("version") {
			t.Error(was)
		}
		if since, _ := was["since"].(map[string]any); since["mobile"] != "2020-01-01" {
			t.Error(was["since"])
		}
		if got := h.as(t, who, "GET", at, nil).want(t, 200); got.text("mobile") != now.text("mobile") || got["asOf"] != nil {
			t.Error(got)
		}
		h.as(t, who, "GET", at+"?known_at=2020-01-01T00:00:00Z", nil).refuses(t, 422, "known_at")
		h.as(t, who, "GET", at+"?known_at=yesterday", nil).refuses(t, 422, "known_at")
		list := h.as(t, who, "GET", at+"/facts", nil).want(t, 200).items()
		if len(list) != 3 {
			t.Fatal(list)
		}
		// A role that does not see phones and remarks sees neither the earlier number nor the hardship, on any day.
		few := h.as(t, "branch-committee", "GET", at+"/facts", nil).want(t, 200).items()
		for _, x := range few {
			if x.text("kind") == "hardship" {
				t.Error(x)
			}
		}
		fixed := h.settled(t, at, h.as(t, who, "POST", at+"/facts", map[string]any{"kind": "honour", "from": "2026-07-02", "text": "优秀党务工作者", "reason": "看错了", "corrects": f.text("id"), "version": 1}).want(t, 202))
		if fixed.text("corrects") != f.text("id") {
			t.Error(fixed)
		}
		h.as(t, who, "POST", at+"/retire-fact", map[string]any{"fact": fixed.text("id"), "version": 9, "reason": "试"}).problem(t, 409)
		back := h.as(t, who, "POST", at+"/retire-fact", map[string]any{"fact": fixed.text("id"), "version": 1, "reason": "不是本人"}).want(t, 202)
		if back["retired"] != nil {
			t.Error("taken back before anybody else had looked", back)
		}
		if got := h.settled(t, at, back); got["retired"] == nil {
			t.Error(got)
		}
	})
}

// settled lets the second person approve what waits about a dated fact, and gives the fact as it then stands.
func (h *house) settled(t *testing.T, at string, waits object) object {
	t.Helper()
	known := map[string]bool{}
	for _, f := range h.as(t, "party-worker", "GET", at+"/facts", nil).want(t, 200).items() {
		known[f.text("id")] = true
	}
	review := "/reviews/" + waits.text("waits")
	who := "reviewer"
	if waits.text("kind") == "hardship" { // the branch's own to confirm
		who = "branch-secretary"
	}
	it := h.as(t, who, "GET", review, nil).want(t, 200)
	h.as(t, "party-worker", "POST", review+"/approve", map[string]any{"version": it.number("version")}).problem(t, 403)
	h.as(t, who, "POST", review+"/approve", map[string]any{"version": it.number("version")}).want(t, 200)
	var out object
	for _, f := range h.as(t, "party-worker", "GET", at+"/facts", nil).want(t, 200).items() {
		if !known[f.text("id")] || f.text("id") == waits.text("id") {
			out = f
		}
	}
	return out
}

// TestTwoRecordsOfOnePerson: united by the interface and separated again.
func TestTwoRecordsOfOnePerson(t *testing.T) {
	h := found(t, storeSQLite())
	const who = "party-worker"
	kept, other := h.mark(t, h.people["branch-secretary"].Grants[0].Org).member, h.mark(t, h.people["branch-secretary-2"].Grants[0].Org).member
	a, b := h.as(t, who, "GET", "/members/"+kept, nil).want(t, 200), h.as(t, who, "GET", "/members/"+other, nil).want(t, 200)
	body := map[string]any{"version": a.number("version"), "other": other, "otherVersion": b.number("version"), "fromOther": []string{"name", "idNumber"}, "reason": "同一个人", "document": "户口簿"}
	for field, value := range map[string]any{"other": kept, "fromOther": []string{"score"}, "document": ""} {
		bad := map[string]any{}
		for k, v := range body {
			bad[k] = v
		}
		bad[field] = value
		h.as(t, who, "POST", "/members/"+kept+"/unite", bad).refuses(t, 422, field)
	}
	waits := h.as(t, who, "POST", "/members/"+kept+"/unite", body).want(t, 202)
	if waits.text("name") != a.text("name") || waits.text("state") != "active" {
		t.Error("united before anybody else had looked", waits)
	}
	h.settled(t, "/members/"+kept, waits)
	one := h.as(t, who, "GET", "/members/"+kept, nil).want(t, 200)
	if one.text("name") != b.text("name") || one.text("idNumberTail") != b.text("idNumberTail") || one.text("review") != "reviewed" {
		t.Error(one)
	}
	if got := h.as(t, who, "GET", "/members/"+other, nil).want(t, 200); got.text("state") != "ended" {
		t.Error(got)
	}
	aside := 0
	for _, f := range h.as(t, who, "GET", "/members/"+kept+"/facts", nil).want(t, 200).items() {
		if f.text("kind") == "aside.name" && f.text("text") == a.text("name") {
			aside++
		}
	}
	if aside != 1 {
		t.Errorf("the other name is kept %d times", aside)
	}
	h.as(t, who, "POST", "/members/"+kept+"/separate", map[string]any{"reason": "不是一个人"}).problem(t, 422)
	h.settled(t, "/members/"+kept, h.as(t, who, "POST", "/members/"+other+"/separate", map[string]any{"reason": "不是一个人"}).want(t, 202))
	if got := h.as(t, who, "GET", "/members/"+other, nil).want(t, 200); got.text("state") != "active" || got.text("idNumberTail") != b.text("idNumberTail") {
		t.Error(got)
	}
	if got := h.as(t, who, "GET", "/members/"+kept, nil).want(t, 200); got.text("name") != a.text("name") || got.text("review") != a.text("review") {
		t.Error(got)
	}
}
