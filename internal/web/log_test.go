package web_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"zhibu/internal/store"
)

// What people look for, type wrongly, open and are refused leaves no name, number or address in the log: of a request
// it has the number, the kind of page, the status and the time.
func TestLogHoldsNobody(t *testing.T) {
	h := openHouse(t, store.Config{})
	worker := h.sit("party-worker", 1)
	list := worker.page("/members")
	ids := regexp.MustCompile(`/members/(01[0-9A-Z]{24})"[^>]*>\s*([\p{Han}·]{2,})`).FindAllStringSubmatch(list, -1)
	if len(ids) < 3 {
		t.Fatal("no members in the list")
	}
	secrets := []string{"660102198501019017", "15400001234", "没有这个人", "村东头十七号", "wrong password"}
	for _, m := range ids[:3] {
		secrets = append(secrets, m[1], m[2])
		worker.page("/members/" + m[1])
		worker.get("/members/" + m[1] + "/reveal")
		worker.send("/members/"+m[1]+"/reveal", url.Values{"what": {"idno"}, "purpose": {"没有这个人"}})
		worker.send("/members/"+m[1]+"/mend/mobile", url.Values{"value": {"15400001234"}, "version": {"0"}, "reason": {"没有这个人"}})
		worker.send("/members/"+m[1]+"/mend/address", url.Values{"value": {"村东头十七号"}})
		worker.send("/members", url.Values{"q": {m[2]}})
		worker.get("/members?q=" + url.QueryEscape(m[2]))
		worker.get("/nowhere/" + url.PathEscape(m[2]))
	}
	worker.send("/members", url.Values{"q": {"660102198501019017"}})
	worker.send("/members/new", url.Values{"name": {"没有这个人"}, "idno": {"660102198501019017"}, "mobile": {"15400001234"}})
	worker.get("/members/660102198501019017")
	h.stranger().send("/sign-in", url.Values{"account": {"15400001234"}, "password": {"wrong password"}})
	h.sit("system-admin", 1).get("/members/" + ids[0][1])
	log := h.log.String()
	if strings.Count(log, "msg=request") < 25 {
		t.Fatalf("nothing was logged:\n%s", log)
	}
	for _, s := range secrets {
		if strings.Contains(log, s) || strings.Contains(log, url.QueryEscape(s)) {
			t.Errorf("the log holds %q", s)
		}
	}
	if strings.ContainsFunc(log, func(r rune) bool { return r >= 0x4e00 && r < 0xa000 }) {
		t.Error("the log holds Chinese, which in a request can only be what somebody typed or is called")
	}
	for _, line := range strings.Split(log, "\n") {
		if strings.Contains(line, "127.0.0.1") || strings.Contains(line, "?") {
			t.Errorf("an address in the log: %s", line)
		}
	}
}
