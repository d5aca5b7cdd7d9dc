package web

import (
	"net/http"
	"strings"
	"testing"

	"zhibu/internal/party/notice"
	"zhibu/internal/party/notice/channel"
)

// TestChannelsOnPages: without channels the pages say so; with one, everybody chooses for herself, and administrators see
// whether it works and set when and how often.
func TestChannelsOnPages(t *testing.T) {
	c := house(t)
	her, admin := c.as(t, "branch-secretary", 1), c.as(t, "system-admin", 1)
	has(t, her.see("/inbox"), "怎样通知我")
	has(t, her.see("/inbox/channels"), "没有开通短信")
	has(t, admin.see("/channels"), "没有配置系统外的渠道")
	ways, err := channel.Open([]channel.Settings{{ID: "sms", Kind: channel.SMS, Title: "短信", URL: "http://127.0.0.1:9/send"}, {ID: "wx", Kind: channel.WeCom, Title: "企业微信", ClientID: "corp", AgentID: "1", SecretFile: "none"}}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c.in.Notices.Channels = ways
	defer func() { c.in.Notices.Channels = nil }()
	page := her.see("/inbox/channels")
	has(t, page, "发到档案里的手机号码", "没有地址，不发", "企业微信账号", "21:00 到 8:00")
	part := func(page, id string) string {
		_, rest, _ := strings.Cut(page, `name="channel" value="`+id+`"`)
		text, _, _ := strings.Cut(rest, "</form>")
		return text
	}
	if fresh := form(t, page, "/inbox/channels"); fresh.Get("use-sms") != "on" {
		t.Errorf("the form does not say how it stands: %v", fresh)
	}
	send := func(id, seen, use, address string) answer {
		f := form(t, page, "/inbox/channels")
		for k := range f {
			if strings.HasPrefix(k, "use-") || strings.HasPrefix(k, "address-") {
				f.Del(k)
			}
		}
		f.Set("channel", id)
		f.Set("seen", seen)
		f.Set("use-"+id, use)
		f.Set("address-"+id, address)
		return her.post("/inbox/channels", f)
	}
	if got := send("wx", "0", "on", "shi xiaoman"); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "地址里不能有空格") || !strings.Contains(part(got.body, "wx"), "shi xiaoman") {
		t.Errorf("an address with a space: %d", got.status)
	}
	if got := send("wx", "0", "on", "shixiaoman"); got.status != http.StatusSeeOther {
		t.Fatalf("saved: %d %s", got.status, plainText(got.body))
	}
	if got := send("wx", "0", "off", ""); got.status != http.StatusConflict {
		t.Errorf("over a change that was not seen: %d", got.status)
	}
	if got := send("pigeon", "0", "on", ""); got.status != http.StatusNotFound {
		t.Errorf("a channel that is none: %d", got.status)
	}
	if got := send("sms", "0", "off", ""); got.status != http.StatusSeeOther {
		t.Fatalf("switched off: %d", got.status)
	}
	page = her.see("/inbox/channels")
	has(t, page, "发到您填写的地址", "不用，不发")
	if strings.Contains(c.as(t, "branch-secretary", 2).see("/inbox/channels"), "shixiaoman") {
		t.Error("somebody else sees the address")
	}

	if got := her.get("/channels"); got.status != http.StatusForbidden {
		t.Errorf("a secretary sees the channels: %d", got.status)
	}
	has(t, admin.see("/channels"), "短信", "企业微信", "都送到了", "一个人一天最多发几次")
	if got := admin.fill("/channels", map[string]string{notice.DailyCap: "9"}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "请填 1 到 3 之间的数") {
		t.Errorf("out of bounds: %d", got.status)
	}
	if got := admin.fill("/channels", map[string]string{notice.DailyCap: "3"}); got.status != http.StatusSeeOther {
		t.Errorf("changed: %d", got.status)
	}
	if p, err := c.in.Notices.Policy(t.Context()); err != nil || p[notice.DailyCap] != 3 || p[notice.QuietFrom] != 21 {
		t.Errorf("settings: %v %v", p, err)
	}
	if page := c.as(t, "auditor", 1).see("/channels"); strings.Contains(page, "保存设置") {
		t.Error("an auditor is offered to change settings")
	}
}
