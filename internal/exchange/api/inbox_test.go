package api_test

import (
	"testing"

	"zhibu/internal/party/notice/channel"
)

// TestHelpAndInbox over the interface: help is offered from above, told to the secretary, closed by her, told to whoever
// offered it; everybody reads and marks her own alone.
func TestHelpAndInbox(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		branch := h.people["branch-secretary"].Grants[0].Org
		at := "/organisations/" + branch + "/helps"
		body := map[string]any{"duty": "life.assembly", "offer": "other", "on": "2026-11-30"}
		h.as(t, "branch-secretary", "POST", at, body).problem(t, 403)
		h.as(t, "branch-secretary-2", "GET", at, nil).problem(t, 404)
		h.as(t, "party-worker", "POST", at, body).refuses(t, 422, "words")
		body["words"] = "带材料来"
		x := h.as(t, "party-worker", "POST", at, body).want(t, 201)
		if x.text("state") != "open" || x.text("words") != "带材料来" || x.text("organisation") != branch {
			t.Errorf("%v", x)
		}
		h.as(t, "party-worker", "POST", at, body).refuses(t, 409, "duty")
		one := "/helps/" + x.text("id")
		h.as(t, "branch-secretary-2", "GET", one, nil).problem(t, 404)

		told := h.as(t, "branch-secretary", "GET", "/inbox?unread=true", nil).want(t, 200).items()
		if len(told) != 1 || told[0].text("kind") != "duty.help" || told[0].text("subject") != x.text("id") || told[0].text("about") != "life.assembly" {
			t.Fatalf("the secretary is told %v", told)
		}
		mark := "/inbox/" + told[0].text("id") + "/read"
		h.as(t, "branch-secretary-2", "POST", mark, nil).problem(t, 404)
		if got := h.as(t, "branch-secretary", "POST", mark, nil).want(t, 200); got.text("read") == "" {
			t.Errorf("%v", got)
		}
		h.as(t, "branch-secretary", "POST", one+"/close", map[string]any{"version": 1, "state": "done", "answer": "开过了"}).want(t, 200)
		h.as(t, "party-worker", "POST", one+"/close", map[string]any{"version": 1, "state": "ended"}).problem(t, 409)
		closed := h.as(t, "party-worker", "GET", "/inbox?unread=true", nil).want(t, 200).items()
		if len(closed) != 1 || closed[0].text("kind") != "duty.help_closed" || closed[0].text("detail") != "done" {
			t.Fatalf("whoever offered is told %v", closed)
		}
		h.as(t, "branch-secretary", "POST", "/inbox/read", map[string]any{"through": closed[0].text("id")}).problem(t, 404)
		if got := h.as(t, "party-worker", "POST", "/inbox/read", map[string]any{"through": closed[0].text("id")}); got.status != 204 {
			t.Errorf("marked: %d %s", got.status, got.body)
		}
		if left := h.as(t, "party-worker", "GET", "/inbox?unread=true", nil).want(t, 200).items(); len(left) != 0 {
			t.Errorf("still unread: %v", left)
		}
		if list := h.all(t, "party-worker", at, 50); len(list) != 1 || list[0].text("state") != "done" {
			t.Errorf("%v", list)
		}
	})
}

// TestOwnChannels over the interface.
func TestOwnChannels(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		if list := h.as(t, "branch-secretary", "GET", "/inbox/channels", nil).want(t, 200).items(); len(list) != 0 {
			t.Errorf("channels that nobody has configured: %v", list)
		}
		ways, err := channel.Open([]channel.Settings{{ID: "sms", Kind: channel.SMS, Title: "短信", URL: "http://127.0.0.1:9/send"}}, "")
		if err != nil {
			t.Fatal(err)
		}
		h.in.Notices.Channels = ways
		at := "/inbox/channels/sms"
		h.as(t, "branch-secretary", "PATCH", at, map[string]any{"version": 0, "used": true, "address": "154 0000"}).refuses(t, 422, "address")
		got := h.as(t, "branch-secretary", "PATCH", at, map[string]any{"version": 0, "used": true, "address": "15400009999"}).want(t, 200)
		if got.text("address") != "15400009999" || got.number("version") != 1 {
			t.Errorf("%v", got)
		}
		h.as(t, "branch-secretary", "PATCH", at, map[string]any{"version": 0, "used": false}).problem(t, 409)
		h.as(t, "branch-secretary", "PATCH", "/inbox/channels/pigeon", map[string]any{"version": 0, "used": true}).problem(t, 404)
		if others := h.as(t, "branch-secretary-2", "GET", "/inbox/channels", nil).want(t, 200).items(); len(others) != 1 || others[0].text("address") != "" {
			t.Errorf("somebody else sees %v", others)
		}
	})
}
