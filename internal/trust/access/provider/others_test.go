package provider_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"zhibu/internal/fault"
	"zhibu/internal/trust/access/provider"
)

// recording answers as the services' documentation says, and keeps what it was asked.
type recording struct {
	*httptest.Server
	asked   []string // method, path and, where it has one, the body
	answers map[string]string
	status  map[string]int
}

func record(t testing.TB, answers map[string]string) *recording {
	r := &recording{answers: answers, status: map[string]int{}}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		line := q.Method + " " + q.URL.RequestURI()
		if q.Method == http.MethodPost {
			var body map[string]string
			if err := json.NewDecoder(q.Body).Decode(&body); err != nil {
				t.Error(err)
			}
			line += " " + body["clientId"] + body["appKey"] + body["unionid"] + " " + body["clientSecret"] + body["appSecret"] + " " + body["code"]
		}
		r.asked = append(r.asked, strings.TrimSpace(line+" "+q.Header.Get("x-acs-dingtalk-access-token")))
		if s := r.status[q.URL.Path]; s != 0 {
			w.WriteHeader(s)
		}
		_, _ = w.Write([]byte(r.answers[q.URL.Path]))
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *recording) expect(t testing.TB, want ...string) {
	t.Helper()
	if got := strings.Join(r.asked, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("asked\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
	r.asked = nil
}

func TestWeCom(t *testing.T) {
	r := record(t, map[string]string{
		"/cgi-bin/gettoken":         `{"errcode":0,"errmsg":"ok","access_token":"tok","expires_in":7200}`,
		"/cgi-bin/auth/getuserinfo": `{"errcode":0,"errmsg":"ok","userid":"LiWenJing"}`,
	})
	w := open(t, provider.Settings{Kind: provider.WeCom, AgentID: "1000002", API: r.URL}, 0)
	address, err := w.Ask(t.Context(), question)
	if err != nil {
		t.Fatal(err)
	}
	u, _ := url.Parse(address)
	q := u.Query()
	if u.Host != "login.work.weixin.qq.com" || q.Get("appid") != "zhibu" || q.Get("agentid") != "1000002" || q.Get("state") != question.State ||
		q.Get("redirect_uri") != question.Redirect || q.Get("login_type") != "CorpApp" {
		t.Errorf("%s", address)
	}
	back := url.Values{"code": {"c1"}, "state": {question.State}}
	who, err := w.Who(t.Context(), question, back)
	if err != nil || who.Subject != "LiWenJing" || who.Second {
		t.Fatalf("%+v: %v", who, err)
	}
	r.expect(t, "GET /cgi-bin/gettoken?corpid=zhibu&corpsecret=geheim", "GET /cgi-bin/auth/getuserinfo?access_token=tok&code=c1")
	for answer, kind := range map[string]fault.Kind{
		`{"errcode":40029,"errmsg":"invalid code"}`:              fault.Invalid,
		`{"errcode":0,"openid":"somebody-outside"}`:              fault.Invalid,
		`{"errcode":50001,"errmsg":"redirect_url unauthorized"}`: fault.Unavailable,
		`<html>`: fault.Unavailable,
	} {
		r.answers["/cgi-bin/auth/getuserinfo"] = answer
		_, err := w.Who(t.Context(), question, back)
		refused(t, err, kind)
	}
	r.answers["/cgi-bin/gettoken"] = `{"errcode":40001,"errmsg":"invalid credential"}`
	_, err = w.Who(t.Context(), question, back)
	refused(t, err, fault.Unavailable)
	_, err = w.Who(t.Context(), question, url.Values{})
	refused(t, err, fault.Invalid)
	r.Close()
	_, err = w.Who(t.Context(), question, back)
	refused(t, err, fault.Unavailable)
	if cause := errors.Unwrap(err); cause == nil || strings.Contains(cause.Error(), "geheim") {
		t.Errorf("the log tells the secret: %v", cause)
	}
}

func TestDingTalk(t *testing.T) {
	r := record(t, map[string]string{
		"/v1.0/oauth2/userAccessToken": `{"accessToken":"user-tok","expireIn":7200}`,
		"/v1.0/contact/users/me":       `{"nick":"李","unionId":"u-1","openId":"o-1"}`,
		"/v1.0/oauth2/accessToken":     `{"accessToken":"app-tok","expireIn":7200}`,
		"/topapi/user/getbyunionid":    `{"errcode":0,"result":{"contact_type":0,"userid":"manager77"}}`,
	})
	d := open(t, provider.Settings{Kind: provider.DingTalk, API: r.URL}, 0)
	address, err := d.Ask(t.Context(), question)
	if err != nil {
		t.Fatal(err)
	}
	u, _ := url.Parse(address)
	q := u.Query()
	if u.Host != "login.dingtalk.com" || q.Get("client_id") != "zhibu" || q.Get("state") != question.State || q.Get("redirect_uri") != question.Redirect ||
		q.Get("scope") != "openid" {
		t.Errorf("%s", address)
	}
	back := url.Values{"authCode": {"c1"}, "state": {question.State}}
	who, err := d.Who(t.Context(), question, back)
	if err != nil || who.Subject != "manager77" || who.Second {
		t.Fatalf("%+v: %v", who, err)
	}
	r.expect(t, "POST /v1.0/oauth2/userAccessToken zhibu geheim c1", "GET /v1.0/contact/users/me user-tok",
		"POST /v1.0/oauth2/accessToken zhibu geheim", "POST /topapi/user/getbyunionid?access_token=app-tok u-1")
	for answer, kind := range map[string]fault.Kind{
		`{"errcode":60121,"errmsg":"not found"}`:                     fault.Invalid,
		`{"errcode":0,"result":{"contact_type":1,"userid":"guest"}}`: fault.Invalid,
		`{"errcode":88,"errmsg":"permission"}`:                       fault.Unavailable,
	} {
		r.answers["/topapi/user/getbyunionid"] = answer
		_, err := d.Who(t.Context(), question, back)
		refused(t, err, kind)
	}
	r.status["/v1.0/oauth2/userAccessToken"] = http.StatusBadRequest
	_, err = d.Who(t.Context(), question, back)
	refused(t, err, fault.Invalid)
	r.status["/v1.0/oauth2/userAccessToken"] = http.StatusBadGateway
	_, err = d.Who(t.Context(), question, back)
	refused(t, err, fault.Unavailable)
}
