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
