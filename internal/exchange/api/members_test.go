package api_test

import "testing"

func TestSmoke(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		t.Log(string(h.as(t, "party-worker", "GET", "/members?limit=2", nil).body))
		t.Log(string(h.as(t, "party-worker", "GET", "/organisations?limit=2", nil).body))
		t.Log(string(h.as(t, "party-worker", "GET", "/me", nil).body))
		t.Log(string(h.as(t, "party-worker", "GET", "/events?limit=2", nil).body))
		t.Log(string(h.as(t, "auditor", "GET", "/events?limit=2", nil).body))
		t.Log(string(h.as(t, "party-worker", "GET", "/members?limit=201&x=1", nil).body))
		t.Log(string(h.as(t, "party-worker", "POST", "/members", map[string]any{"a": 1}, "Accept-Language", "en").body))
		t.Log(string(h.as(t, "", "GET", "/members", nil).body))
		t.Log(len(h.all(t, "organisation-department", "/members", 7)), len(h.all(t, "organisation-department", "/organisations", 7)))
	})
}
