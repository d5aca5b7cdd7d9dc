package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"zhibu/internal/store"
)

// TestOwnData: a member asks, sees and saves what is kept about her; whoever has no record has no such page.
func TestOwnData(t *testing.T) {
	h := openHouse(t, store.Config{})
	her := h.sit("member", 1)
	if status, _, _ := her.send("/me/data", url.Values{"act": {"ask"}, "kind": {"restrict"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("a restriction without a reason: %d", status)
	}
	if status, _, to := her.send("/me/data", url.Values{"act": {"ask"}, "kind": {"explain"}, "content": {"为什么收家庭住址"}}); status != http.StatusSeeOther || to != "/me/data" {
		t.Fatalf("asked: %d to %q", status, to)
	}
	if status, body, _ := her.get("/me/data"); status != http.StatusOK || !strings.Contains(body, "为什么收家庭住址") || !strings.Contains(body, "2026-12-23") {
		t.Errorf("%d: the request with its day is not shown", status)
	}
	status, body, _ := her.get("/me/copy.json")
	var c struct {
		Fields []struct{ Column, Value string }
	}
	if err := json.Unmarshal([]byte(body), &c); status != http.StatusOK || err != nil || len(c.Fields) < 15 {
		t.Fatalf("the copy: %d, %v", status, err)
	}
	if status, page, _ := her.get("/me/copy"); status != http.StatusOK || !strings.Contains(page, c.Fields[1].Value) {
		t.Errorf("%d: the page has not what the file has", status)
	}
	if status, _, _ := h.sit("system-admin", 1).get("/me/data"); status != http.StatusNotFound {
		t.Errorf("somebody without a record: %d", status)
	}
	for _, path := range []string{"/register", "/privacy"} {
		if status, body, _ := h.stranger().get(path); status != http.StatusOK || strings.Contains(body, "%!") {
			t.Errorf("%s: %d", path, status)
		}
	}
}
