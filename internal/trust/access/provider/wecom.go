package provider

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"zhibu/internal/trust/access"
)

// weCom is 企业微信, signing in to a web page of an application of the own company. It is no OpenID Connect: the code
// is told by the company's own access token. It says nothing of a second factor, so none is passed by it.
type weCom struct {
	Settings
	client *http.Client
}

// Where WeCom answers.
const (
	weComPage = "https://login.work.weixin.qq.com"
	weComAPI  = "https://qyapi.weixin.qq.com"
)

// Ask gives the address that the browser goes to.
func (w *weCom) Ask(_ context.Context, q access.OutsideQuestion) (string, error) {
	return or(w.Page, weComPage) + "/wwlogin/sso/login?" + url.Values{"login_type": {"CorpApp"}, "appid": {w.ClientID}, "agentid": {w.AgentID},
		"redirect_uri": {q.Redirect}, "state": {q.State}}.Encode(), nil
}

// weComFault is how WeCom says that something went wrong, with status 200.
type weComFault struct {
	Code int `json:"errcode"`
}

func (f weComFault) err() error {
	if f.Code == 0 {
		return nil
	}
	return fmt.Errorf("wecom: error %d", f.Code)
}

// Codes of WeCom for a code that does not hold (40029 invalid or used up).
const weComBadCode = 40029

// Who turns what the browser brought back into who came: the userid of a member of the company.
func (w *weCom) Who(ctx context.Context, _ access.OutsideQuestion, answer url.Values) (access.OutsideIdentity, error) {
	var none access.OutsideIdentity
	code := answer.Get("code")
	if code == "" {
		return none, w.refused(nil)
	}
	secret, err := w.secret()
	if err != nil {
		return none, err
	}
	var token struct {
		weComFault
		Token string `json:"access_token"`
	}
	err = fetch(ctx, w.client, or(w.API, weComAPI)+"/cgi-bin/gettoken", url.Values{"corpid": {w.ClientID}, "corpsecret": {secret}}, nil, nil, &token)
	if err == nil {
		err = token.err()
	}
	if err != nil {
		return none, w.away(err)
	}
	var who struct {
		weComFault
		User string `json:"userid"`
	}
	err = fetch(ctx, w.client, or(w.API, weComAPI)+"/cgi-bin/auth/getuserinfo", url.Values{"access_token": {token.Token}, "code": {code}}, nil, nil, &who)
	switch {
	case err != nil:
		return none, w.away(err)
	case who.Code == weComBadCode:
		return none, w.refused(who.err())
	case who.Code != 0:
		return none, w.away(who.err())
	case who.User == "": // somebody from outside of the company has an openid only
		return none, w.refused(nil)
	}
	return access.OutsideIdentity{Subject: who.User}, nil
}
