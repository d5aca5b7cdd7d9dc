package api_test

import "testing"

// TestAWayIntoTheParty: an applicant is named, an application entered, and the case says what comes next and by when; no
// other branch is told of it.
func TestAWayIntoTheParty(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const who = "branch-secretary"
		branch := h.people[who].Grants[0].Org
		id := h.as(t, who, "POST", "/organisations/"+branch+"/applicants", map[string]any{"name": "马新禾"}).want(t, 201).text("id")
		if got := h.as(t, who, "GET", "/admissions/"+id, nil).want(t, 200); got.text("next") != "1" || got["status"] != nil || len(got["steps"].([]any)) != 26 {
			t.Error(got)
		}
		h.as(t, who, "POST", "/entries", map[string]any{"organisation": branch, "kind": "applied", "on": "2026-11-01", "people": []string{id}}).want(t, 201)
		got := h.as(t, who, "GET", "/admissions/"+id, nil).want(t, 200)
		talk := object(got["steps"].([]any)[1].(map[string]any))
		if got.text("next") != "2" || got.text("status") != "applicant" || talk.text("state") != "next" || talk.text("due") != "2026-12-01" || talk.text("why") == "" {
			t.Error(got.text("next"), got.text("status"), talk)
		}
		for _, other := range []string{"member", "auditor", "system-admin"} {
			if got := h.as(t, other, "GET", "/admissions/"+id, nil); got.status != 403 && got.status != 404 {
				t.Errorf("%s: %d", other, got.status)
			}
		}
		at := "/admissions/" + id + "/steps"
		h.as(t, who, "POST", at, map[string]any{"step": "8", "on": "2026-11-23", "values": map[string]string{"opinion": "同意"}}).want(t, 403)
		h.as(t, who, "POST", at, map[string]any{"step": "2", "on": "2026-11-23", "values": map[string]string{"talker": "组织委员"}}).want(t, 422)
		taken := h.as(t, who, "POST", at, map[string]any{"step": "2", "on": "2026-11-23", "values": map[string]string{"talker": "组织委员", "record": "谈了话"}}).want(t, 200)
		if taken["waiting"] != false || h.as(t, who, "GET", "/admissions/"+id, nil).want(t, 200).text("next") != "3" {
			t.Error(taken)
		}
		h.as(t, who, "POST", "/admissions/"+id+"/votes", map[string]any{"question": "admit", "on": "2026-11-23"}).want(t, 409)
	})
}

// TestACaseBesideItsSteps: the list of a branch, a late step that a second person looks at, its correction, the plan of a year and
// a move, each refused to whom it does not belong.
func TestACaseBesideItsSteps(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const who = "branch-secretary"
		branch, town := h.people[who].Grants[0].Org, h.people["party-worker"].Grants[0].Org
		id := h.as(t, who, "POST", "/organisations/"+branch+"/applicants", map[string]any{"name": "马新禾"}).want(t, 201).text("id")
		late := map[string]any{"step": "1", "on": "2025-03-01", "values": map[string]string{"born": "2000-01-01"}, "reason": "补登记"}
		if got := h.as(t, who, "POST", "/admissions/"+id+"/steps", late).want(t, 200); got["waiting"] != true {
			t.Fatal(got)
		}
		records := func(at int) object {
			t.Helper()
			items := h.as(t, who, "GET", "/admissions/"+id+"/records", nil).want(t, 200)["items"].([]any)
			return object(items[at].(map[string]any))
		}
		rec := records(0)
		if rec.text("state") != "waiting" || rec.text("reason") != "补登记" || object(rec["values"].(map[string]any)).text("born") != "2000-01-01" {
			t.Error(rec)
		}
		at := "/admission-records/" + rec.text("id")
		yes := map[string]any{"version": 1, "agree": true}
		h.as(t, who, "POST", at+"/decide", yes).want(t, 403)
		h.as(t, "party-worker", "POST", at+"/decide", map[string]any{"version": 1, "agree": false}).want(t, 422)
		h.as(t, "party-worker", "POST", at+"/decide", yes).want(t, 204)
		h.as(t, "party-worker", "POST", at+"/decide", yes).want(t, 409)
		listed := h.as(t, who, "GET", "/organisations/"+branch+"/admissions", nil).want(t, 200)["items"].([]any)
		found := false
		for _, one := range listed {
			o := object(one.(map[string]any))
			found = found || o.text("person") == id && o.text("next") == "2" && o.text("who") == "branch" && o.text("due") == "2025-04-01"
		}
		if !found {
			t.Error(listed)
		}
		h.as(t, who, "GET", "/organisations/"+town+"/admissions", nil).want(t, 404)
		h.as(t, "party-worker", "GET", "/organisations/"+town+"/admissions", nil).want(t, 422)
		version := records(0)["version"]
		h.as(t, who, "POST", at+"/correct", map[string]any{"version": version, "on": "2025-03-02", "values": map[string]string{"born": "2000-01-01"}, "reason": ""}).want(t, 422)
		h.as(t, who, "POST", at+"/correct", map[string]any{"version": version, "on": "2025-03-02", "values": map[string]string{"born": "2000-01-01"}, "reason": "日期抄错"}).want(t, 204)
		if second := records(1); second.text("change") != "correct" || second.text("follows") != rec.text("id") || second.text("state") != "waiting" {
			t.Error(second)
		}

		if got := h.as(t, "party-worker", "GET", "/organisations/"+town+"/admission-plan?year=2026", nil).want(t, 200); got["planned"] != nil {
			t.Error(got)
		}
		set := map[string]any{"year": 2026, "people": 12, "document": "组通字〔2026〕3 号"}
		h.as(t, who, "POST", "/organisations/"+town+"/admission-plan", set).want(t, 403)
		if got := h.as(t, "organisation-department", "POST", "/organisations/"+town+"/admission-plan", set).want(t, 200); got["planned"] != 12.0 || got["version"] != 1.0 {
			t.Error(got)
		}
		h.as(t, "organisation-department", "POST", "/organisations/"+town+"/admission-plan", set).want(t, 409)
		h.as(t, who, "POST", "/admissions/"+id+"/move", map[string]any{"to": branch, "document": "材料"}).want(t, 403)
		h.as(t, who, "GET", "/admissions/"+id+"/objections", nil).want(t, 403)
		h.as(t, "organisation-department", "GET", "/admissions/"+id+"/objections", nil).want(t, 200)
		h.as(t, who, "POST", "/admissions/"+id+"/join", map[string]any{"member": h.people["member"].Member}).want(t, 422)
	})
}
