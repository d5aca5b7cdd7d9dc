package api_test

import "testing"

// TestOrganisationsAsOf: name and superior as they were, in one organisation and in the list.
func TestOrganisationsAsOf(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const who = "organisation-department"
		town := h.people["party-worker"].Grants[0].Org
		o := h.as(t, who, "POST", "/organisations", map[string]any{"parent": town, "code": "066997", "name": "中国共产党竹林村支部委员会", "shortName": "竹林村党支部",
			"kind": "branch", "on": "2024-01-10", "reason": "合村并组"}).want(t, 201)
		at := "/organisations/" + o.text("id")
		district := h.as(t, who, "GET", "/organisations/"+town, nil).want(t, 200).text("parent")
		o = h.as(t, who, "POST", at+"/rename", map[string]any{"version": 1, "name": "中国共产党竹林社区支部委员会", "shortName": "竹林社区党支部", "on": "2025-09-01", "reason": "撤村建居"}).want(t, 200)
		h.as(t, who, "POST", at+"/move", map[string]any{"version": o.number("version"), "organisation": district, "on": "2025-10-01", "reason": "升格"}).want(t, 200)
		h.as(t, who, "POST", at+"/posts", map[string]any{"title": "secretary", "holder": "石小满", "on": "2025-11-01", "reason": "选举"}).want(t, 201)

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
