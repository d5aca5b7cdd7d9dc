package provider

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"zhibu/internal/civil"
	"zhibu/internal/trust/access"
)

// oidcProvider is OpenID Connect by code with PKCE.
type oidcProvider struct {
	Settings
	clock  civil.Clock
	client *http.Client

	mu   sync.Mutex
	told *oidc.Provider // what the service says of itself
	at   time.Time
}

const (
	toldFor = time.Hour
	skew    = time.Minute      // by which the two clocks may differ
	longest = 10 * time.Minute // since the service wrote the token: it comes straight from there
)

// discover asks the service for its addresses and keys; the issuer in its answer must be the configured one.
func (o *oidcProvider) discover(ctx context.Context) (*oidc.Provider, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.clock.Now()
	if age := now.Sub(o.at); o.told != nil && age >= 0 && age < toldFor {
		return o.told, nil
	}
	// Keys are asked for later, beyond this request.
	told, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), o.client), o.Issuer)
	if err != nil {
		return nil, o.away(err)
	}
	if e := told.Endpoint(); !safe(e.AuthURL) || !safe(e.TokenURL) {
		return nil, o.away(errors.New("the service names an address without TLS"))
	}
	o.told, o.at = told, now
	return told, nil
}

func (o *oidcProvider) config(told *oidc.Provider, secret, redirect string) oauth2.Config {
	return oauth2.Config{ClientID: o.ClientID, ClientSecret: secret, Endpoint: told.Endpoint(), RedirectURL: redirect, Scopes: []string{oidc.ScopeOpenID}}
}

// Ask gives the address that the browser goes to. Only who somebody is is asked, no name, no mail address.
func (o *oidcProvider) Ask(ctx context.Context, q access.OutsideQuestion) (string, error) {
	told, err := o.discover(ctx)
	if err != nil {
		return "", err
	}
	c := o.config(told, "", q.Redirect)
	options := []oauth2.AuthCodeOption{oidc.Nonce(q.Nonce), oauth2.S256ChallengeOption(q.Verifier)}
	if acr := o.values("acr"); len(acr) > 0 {
		options = append(options, oauth2.SetAuthURLParam("acr_values", strings.Join(acr, " ")))
	}
	return c.AuthCodeURL(q.State, options...), nil
}

// Who turns what the browser brought back into who came.
func (o *oidcProvider) Who(ctx context.Context, q access.OutsideQuestion, answer url.Values) (access.OutsideIdentity, error) {
	var none access.OutsideIdentity
	if iss := answer.Get("iss"); iss != "" && iss != o.Issuer { // RFC 9207: another service answers
		return none, o.refused(errors.New("another issuer"))
	}
	if answer.Get("code") == "" {
		return none, o.refused(errors.New("no code"))
	}
	told, err := o.discover(ctx)
	if err != nil {
		return none, err
	}
	secret, err := o.secret()
	if err != nil {
		return none, err
	}
	ctx = oidc.ClientContext(ctx, o.client)
	c := o.config(told, secret, q.Redirect)
	token, err := c.Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(q.Verifier))
	if err != nil {
		return none, o.exchangeFailed(err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return none, o.refused(errors.New("no id token"))
	}
	return o.check(ctx, told, raw, q.Nonce)
}

// exchangeFailed tells a code that does not hold from a service that does not answer. The service's own words stay
// out of the log: they may name somebody.
func (o *oidcProvider) exchangeFailed(err error) error {
	var r *oauth2.RetrieveError
	if !errors.As(err, &r) {
		return o.away(err)
	}
	if r.Response != nil && r.Response.StatusCode >= http.StatusInternalServerError {
		return o.away(statusError(r.Response.StatusCode))
	}
	return o.refused(errors.New("token endpoint: " + r.ErrorCode))
}

// check verifies an id token: signature, issuer, audience, times, nonce (OpenID Connect Core, 3.1.3.7).
func (o *oidcProvider) check(ctx context.Context, told *oidc.Provider, raw, nonce string) (access.OutsideIdentity, error) {
	var none access.OutsideIdentity
	now := o.clock.Now()
	v := told.Verifier(&oidc.Config{ClientID: o.ClientID, Now: func() time.Time { return now.Add(-skew) }})
	token, err := v.Verify(ctx, raw)
	if err != nil {
		return none, o.refused(verifyError(err))
	}
	var claims struct {
		ACR   string   `json:"acr"`
		AMR   []string `json:"amr"`
		Party string   `json:"azp"`
	}
	if err := token.Claims(&claims); err != nil {
		return none, o.refused(errors.New("claims cannot be read"))
	}
	switch age := now.Sub(token.IssuedAt); {
	case token.Nonce == "" || token.Nonce != nonce:
		return none, o.refused(errors.New("another nonce"))
	case claims.Party != "" && claims.Party != o.ClientID, len(token.Audience) > 1 && claims.Party == "":
		return none, o.refused(errors.New("another authorised party"))
	case age > longest+skew, age < -skew:
		return none, o.refused(errors.New("issued at another time"))
	case token.Subject == "":
		return none, o.refused(errors.New("no subject"))
	}
	second := slices.Contains(o.values("acr"), claims.ACR)
	for _, m := range claims.AMR {
		second = second || slices.Contains(o.values("amr"), m)
	}
	return access.OutsideIdentity{Subject: token.Subject, Second: second}, nil
}

// verifyError keeps a library's words that may hold values of the token out of the log.
func verifyError(err error) error {
	var expired *oidc.TokenExpiredError
	if errors.As(err, &expired) {
		return errors.New("id token has expired")
	}
	return errors.New("id token does not verify")
}

// values are what counts as a second factor, by the name of the claim.
func (o *oidcProvider) values(claim string) (out []string) {
	for _, rule := range o.Second {
		if name, value, _ := strings.Cut(rule, "="); name == claim {
			out = append(out, value)
		}
	}
	return out
}
