package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"zhibu/internal/trust/access"
)

// dingTalk is 钉钉, signing in to a web page of an application of the own organisation. The code gives a token of the
// user, which tells a unionid; the application's own token turns that into the userid that the organisation's address
// book shows. It says nothing of a second factor, so none is passed by it.
type dingTalk struct {
	Settings
	client *http.Client
}

// Where DingTalk answers.
const (
	dingTalkPage = "https://login.dingtalk.com"
	dingTalkAPI  = "https://api.dingtalk.com"
	dingTalkOld  = "https://oapi.dingtalk.com" // the address book is still there
)

// Ask gives the address that the browser goes to.
func (d *dingTalk) Ask(_ context.Context, q access.OutsideQuestion) (string, error) {
	return or(d.Page, dingTalkPage) + "/oauth2/auth?" + url.Values{"response_type": {"code"}, "client_id": {d.ClientID}, "scope": {"openid"},
		"prompt": {"consent"}, "redirect_uri": {q.Redirect}, "state": {q.State}}.Encode(), nil
}

// Who turns what the browser brought back into who came: the userid in the organisation.
func (d *dingTalk) Who(ctx context.Context, _ access.OutsideQuestion, answer url.Values) (access.OutsideIdentity, error) {
	var none access.OutsideIdentity
	code := answer.Get("authCode")
	if code == "" {
		code = answer.Get("code")
	}
	if code == "" {
		return none, d.refused(nil)
	}
	secret, err := d.secret()
	if err != nil {
		return none, err
	}
	union, err := d.union(ctx, secret, code)
	if err != nil {
		return none, err
	}
	var app struct {
		Token string `json:"accessToken"`
	}
	err = fetch(ctx, d.client, or(d.API, dingTalkAPI)+"/v1.0/oauth2/accessToken", nil, nil, map[string]string{"appKey": d.ClientID, "appSecret": secret}, &app)
	if err != nil {
		return none, d.away(err)
	}
	var who struct {
		Code   int `json:"errcode"`
		Result struct {
			User string `json:"userid"`
			Kind int    `json:"contact_type"` // 0: of the organisation, 1: an outside contact
		} `json:"result"`
	}
	err = fetch(ctx, d.client, or(d.API, dingTalkOld)+"/topapi/user/getbyunionid", url.Values{"access_token": {app.Token}}, nil, map[string]string{"unionid": union}, &who)
	switch {
	case err != nil:
		return none, d.away(err)
	case who.Code == dingTalkNobody, who.Code == 0 && (who.Result.User == "" || who.Result.Kind != 0):
		return none, d.refused(errors.New("dingtalk: nobody of the organisation"))
	case who.Code != 0:
		return none, d.away(fmt.Errorf("dingtalk: error %d", who.Code))
	}
	return access.OutsideIdentity{Subject: who.Result.User}, nil
}

// dingTalkNobody is the code for a unionid that the organisation does not have.
const dingTalkNobody = 60121

// union is the unionid behind a code.
func (d *dingTalk) union(ctx context.Context, secret, code string) (string, error) {
	var token struct {
		Token string `json:"accessToken"`
	}
	err := fetch(ctx, d.client, or(d.API, dingTalkAPI)+"/v1.0/oauth2/userAccessToken", nil, nil,
		map[string]string{"clientId": d.ClientID, "clientSecret": secret, "code": code, "grantType": "authorization_code"}, &token)
	var status statusError
	if errors.As(err, &status) && status < http.StatusInternalServerError {
		return "", d.refused(err) // a code that does not hold
	}
	if err != nil {
		return "", d.away(err)
	}
	var me struct {
		Union string `json:"unionId"`
	}
	err = fetch(ctx, d.client, or(d.API, dingTalkAPI)+"/v1.0/contact/users/me", nil, http.Header{"X-Acs-Dingtalk-Access-Token": {token.Token}}, nil, &me)
	if err == nil && me.Union == "" {
		err = errors.New("dingtalk: no unionid")
	}
	if err != nil {
		return "", d.away(err)
	}
	return me.Union, nil
}
