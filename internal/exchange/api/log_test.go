package api_test

import (
	"net/url"
	"strings"
	"testing"
)

// What programs look for, send wrongly and are refused leaves no name, number or address in the log: of a request it
// has the number, the operation, the status and the time.
func TestLogHoldsNobody(t *testing.T) {
	h := found(t, storeSQLite())
	const number, mobile, nobody, place = "660102198501019017", "15400001234", "没有这个人", "村东头十七号"
	secrets := []string{number, mobile, nobody, place, h.tokens["party-worker"]}
	for _, m := range h.as(t, "party-worker", "GET", "/members?limit=3", nil).want(t, 200).items() {
		id, name := m.text("id"), m.text("name")
		secrets = append(secrets, id, name)
		for _, path := range []string{"/members/" + id, "/members/" + id + "/history", "/members/" + id + "/looks", "/members/" + id + "/access", "/members?q=" + url.QueryEscape(name), "/reviews?under=" + id} {
			h.as(t, "party-worker", "GET", path, nil)
			h.as(t, "security-admin", "GET", path, nil)
		}
		h.as(t, "party-worker", "PATCH", "/members/"+id, map[string]any{"mobile": mobile, "address": place, "version": 999, "reason": nobody})
		h.as(t, "party-worker", "PATCH", "/members/"+id, map[string]any{"mobile": 1, "no-such": place})
		h.as(t, "party-worker", "POST", "/members/"+id+"/reveal", map[string]any{"purpose": "verify-identity", "fields": []string{"idNumber", "mobile"}})
		h.as(t, "party-worker", "POST", "/members/"+id+"/corrections", map[string]any{"name": nobody})
	}
	h.as(t, "party-worker", "GET", "/members?q="+number, nil)
	h.as(t, "party-worker", "GET", "/members/"+number, nil)
	h.as(t, "party-worker", "GET", "/nowhere/"+url.PathEscape(nobody), nil)
	h.as(t, "party-worker", "GET", "/members?"+url.QueryEscape(nobody)+"="+mobile, nil)
	h.as(t, "party-worker", "POST", "/members", map[string]any{"organisation": nobody, "name": nobody, "idNumber": number, "mobile": mobile, "reason": place})
	h.as(t, "party-worker", "POST", "/imports", raw{"text/csv", []byte("姓名,公民身份号码\n" + nobody + "," + number + "\n")})
	h.as(t, "party-worker", "POST", "/members", raw{"application/json", []byte(`{"name":"` + nobody)})
	h.as(t, "", "GET", "/me", nil, "Authorization", "Bearer "+number)
	h.as(t, "branch-secretary", "GET", "/me", nil, "Idempotency-Key", mobile, "Accept-Language", nobody)
	log := h.log.String()
	if strings.Count(log, "msg=request") < 30 {
		t.Fatalf("nothing was logged:\n%s", log)
	}
	for _, s := range secrets {
		if s != "" && (strings.Contains(log, s) || strings.Contains(log, url.QueryEscape(s))) {
			t.Errorf("the log holds %q", s)
		}
	}
	if strings.ContainsFunc(log, func(r rune) bool { return r >= 0x4e00 && r < 0xa000 }) {
		t.Errorf("the log holds Chinese:\n%s", log)
	}
	for _, line := range strings.Split(log, "\n") {
		if strings.Contains(line, "127.0.0.1") || strings.Contains(line, "?") {
			t.Errorf("an address in the log: %s", line)
		}
	}
}
