package channel

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/party/notice"
)

// office is WeCom (企业微信) or DingTalk (钉钉): an application of the organisation sends a message to one of its members. Both
// give a token for the application's secret, to be kept for a while, and say what went wrong by a number with status 200.
type office struct {
	Settings
	client *http.Client

	mu    sync.Mutex
	token string
	until time.Time
}

// Where they answer.
const (
	weComAPI    = "https://qyapi.weixin.qq.com"
	dingTalkAPI = "https://oapi.dingtalk.com"
)

// tokenAge is how long a token is used; both say two hours.
const tokenAge = 100 * time.Minute

// Codes for a token that does not hold any more, and for an address that nobody has.
var (
	oldToken = []int{40001, 40014, 42001, 88}
	nobody   = []int{81013, 60111, 60121, 40031, 33012}
)

// ID is the name that addresses belong to.
func (o *office) ID() string { return o.id() }

// Kind is which of the kinds it is.
func (o *office) Kind() string { return o.Settings.Kind }

// Title is what people see.
func (o *office) Title() string { return o.Settings.Title }

// Asks is what address it needs.
func (o *office) Asks() string { return asks[o.Settings.Kind] }

// code is how both answer.
type code struct {
	Code    int    `json:"errcode"`
	Token   string `json:"access_token"`
	Invalid string `json:"invaliduser"`
}

func (c code) err(kind string) error {
	if c.Code == 0 {
		return nil
	}
	return &notice.FailureError{Code: fmt.Sprintf("%s %d", kind, c.Code), Ever: slices.Contains(nobody, c.Code)}
}

// Send sends a text to a member of the organisation; a token that has run out is asked for anew, once.
func (o *office) Send(ctx context.Context, m notice.Message) error {
	for again := false; ; again = true {
		token, err := o.access(ctx, again)
		if err != nil {
			return err
		}
		path, body, err := o.message(m)
		if err != nil {
			return err
		}
		var got code
		if err := post(ctx, o.client, o.api()+path+"?"+url.Values{"access_token": {token}}.Encode(), nil, body, &got); err != nil {
			return err
		}
		if slices.Contains(oldToken, got.Code) && !again {
			continue
		}
		if got.Code == 0 && got.Invalid != "" { // WeCom took it and reached nobody
			return &notice.FailureError{Code: o.Settings.Kind + " nobody", Ever: true}
		}
		return got.err(o.Settings.Kind)
	}
}

func (o *office) api() string {
	switch {
	case o.API != "":
		return strings.TrimSuffix(o.API, "/")
	case o.Settings.Kind == WeCom:
		return weComAPI
	}
	return dingTalkAPI
}

// message is the request of each.
func (o *office) message(m notice.Message) (path string, body map[string]any, err error) {
	text := map[string]string{"content": m.Text}
	agent, err := strconv.ParseInt(o.AgentID, 10, 64)
	if err != nil {
		return "", nil, &notice.FailureError{Code: "agent_id"}
	}
	if strings.ContainsAny(m.To, "|,@") { // would be several people, or all
		return "", nil, &notice.FailureError{Code: o.Settings.Kind + " address", Ever: true}
	}
	if o.Settings.Kind == WeCom {
		return "/cgi-bin/message/send", map[string]any{"touser": m.To, "msgtype": "text", "agentid": agent, "text": text, "enable_duplicate_check": 1, "duplicate_check_interval": 14400}, nil
	}
	return "/topapi/message/corpconversation/asyncsend_v2", map[string]any{"agent_id": agent, "userid_list": m.To, "msg": map[string]any{"msgtype": "text", "text": text}}, nil
}

// access gives the token of the application.
func (o *office) access(ctx context.Context, anew bool) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := civil.System{}.Now() // the services live in the machine's time, a demo may not
	if !anew && o.token != "" && now.Before(o.until) {
		return o.token, nil
	}
	secret, err := o.secret()
	if err != nil {
		return "", err
	}
	address := o.api() + "/gettoken?" + url.Values{"appkey": {o.ClientID}, "appsecret": {secret}}.Encode()
	if o.Settings.Kind == WeCom {
		address = o.api() + "/cgi-bin/gettoken?" + url.Values{"corpid": {o.ClientID}, "corpsecret": {secret}}.Encode()
	}
	var got code
	if err := post(ctx, o.client, address, nil, nil, &got); err != nil {
		return "", err
	}
	if got.Code != 0 || got.Token == "" { // of the application, not of an address
		return "", &notice.FailureError{Code: fmt.Sprintf("%s token %d", o.Settings.Kind, got.Code)}
	}
	o.token, o.until = got.Token, now.Add(tokenAge)
	return o.token, nil
}
