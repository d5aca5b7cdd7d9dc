package provider_test

import (
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/access/accesstest"
	"zhibu/internal/trust/access/provider"
)

func TestACodeTellsWhoCame(t *testing.T) {
	i := accesstest.NewIssuer(t)
	o := open(t, provider.Settings{Kind: provider.OIDC, Issuer: i.URL, Second: []string{"amr=otp", "acr=urn:two"}}, 0)
	address, err := o.Ask(t.Context(), question)
	if err != nil {
		t.Fatal(err)
	}
	q, _ := url.Parse(address)
	for name, want := range map[string]string{"state": question.State, "nonce": question.Nonce, "redirect_uri": question.Redirect, "scope": "openid",
		"response_type": "code", "code_challenge_method": "S256", "client_id": "zhibu", "acr_values": "urn:two"} {
		if got := q.Query().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if strings.Contains(address, question.Verifier) {
		t.Error("the verifier travels with the browser")
	}
	answer := i.Login(address)
	who, err := o.Who(t.Context(), question, answer)
	if err != nil || who != (access.OutsideIdentity{Subject: "worker-77"}) {
		t.Fatalf("%+v: %v", who, err)
	}
	_, err = o.Who(t.Context(), question, answer) // the code again
	refused(t, err, fault.Invalid)
	for claim, value := range map[string]any{"amr": []string{"pwd", "otp"}, "acr": "urn:two"} {
		i.Bend = func(c map[string]any) { c[claim] = value }
		if who, err := o.Who(t.Context(), question, i.Login(address)); err != nil || !who.Second {
			t.Errorf("%s: %+v: %v", claim, who, err)
		}
	}
	i.Bend = func(c map[string]any) { c["amr"], c["acr"] = []string{"pwd"}, "urn:one" }
	if who, err := o.Who(t.Context(), question, i.Login(address)); err != nil || who.Second {
		t.Errorf("a password counts as two: %+v: %v", who, err)
	}
}

func TestTokensThatDoNotHold(t *testing.T) {
	now := time.Now().Unix()
	for name, bend := range map[string]func(map[string]any){
		"wrong nonce":        func(c map[string]any) { c["nonce"] = "another" },
		"no nonce":           func(c map[string]any) { c["nonce"] = nil },
		"expired":            func(c map[string]any) { c["exp"] = now - 120 },
		"other audience":     func(c map[string]any) { c["aud"] = "payroll" },
		"several, unnamed":   func(c map[string]any) { c["aud"] = []string{"zhibu", "payroll"} },
		"made for another":   func(c map[string]any) { c["aud"], c["azp"] = []string{"zhibu", "payroll"}, "payroll" },
		"other issuer":       func(c map[string]any) { c["iss"] = "https://login.example.com" },
		"nobody":             func(c map[string]any) { c["sub"] = nil },
		"issued in future":   func(c map[string]any) { c["iat"] = now + 180 },
		"issued long ago":    func(c map[string]any) { c["iat"] = now - 3600 },
		"not valid yet":      func(c map[string]any) { c["nbf"] = now + 3600 },
		"claims of no shape": func(c map[string]any) { c["amr"] = 7 },
	} {
		t.Run(name, func(t *testing.T) {
			i := accesstest.NewIssuer(t)
			i.Bend = bend
			o := open(t, provider.Settings{Kind: provider.OIDC, Issuer: i.URL}, 0)
			address, err := o.Ask(t.Context(), question)
			if err != nil {
				t.Fatal(err)
			}
			_, err = o.Who(t.Context(), question, i.Login(address))
			refused(t, err, fault.Invalid)
		})
	}
}

func TestAProviderThatIsNotWhatItWas(t *testing.T) {
	i := accesstest.NewIssuer(t)
	o := open(t, provider.Settings{Kind: provider.OIDC, Issuer: i.URL}, 0)
	address, err := o.Ask(t.Context(), question)
	if err != nil {
		t.Fatal(err)
	}
	answer := i.Login(address)
	answer.Set("iss", "https://login.example.com") // RFC 9207
	_, err = o.Who(t.Context(), question, answer)
	refused(t, err, fault.Invalid)

	other := question
	other.Verifier = "another-verifier-another-verifier-another-verifier"
	_, err = o.Who(t.Context(), other, i.Login(address))
	refused(t, err, fault.Invalid)
	if text := errors.Unwrap(err); text != nil && strings.Contains(text.Error(), "张三") {
		t.Errorf("the log names somebody: %v", text)
	}

	if i.Signer, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		t.Fatal(err)
	}
	_, err = o.Who(t.Context(), question, i.Login(address))
	refused(t, err, fault.Invalid)
	i.Signer = nil

	i.Down = true
	_, err = o.Who(t.Context(), question, i.Login(address))
	refused(t, err, fault.Unavailable)
	cold := open(t, provider.Settings{Kind: provider.OIDC, Issuer: i.URL}, 0)
	_, err = cold.Ask(t.Context(), question)
	refused(t, err, fault.Unavailable)
	i.Down = false
	if _, err := cold.Ask(t.Context(), question); err != nil {
		t.Errorf("it does not come back: %v", err)
	}

	i.Names = "https://login.example.com"
	_, err = open(t, provider.Settings{Kind: provider.OIDC, Issuer: i.URL}, 0).Ask(t.Context(), question)
	refused(t, err, fault.Unavailable)
}

func TestClocksMayDifferALittle(t *testing.T) {
	i := accesstest.NewIssuer(t)
	for off, good := range map[time.Duration]bool{-50 * time.Second: true, 50 * time.Second: true, 5*time.Minute + 50*time.Second: true,
		-90 * time.Second: false, 7 * time.Minute: false} {
		o := open(t, provider.Settings{Kind: provider.OIDC, Issuer: i.URL}, off)
		address, err := o.Ask(t.Context(), question)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = o.Who(t.Context(), question, i.Login(address)); (err == nil) != good {
			t.Errorf("%v off: %v", off, err)
		}
	}
}

func TestSettings(t *testing.T) {
	good := provider.Settings{ID: "office", Kind: provider.OIDC, Title: "统一身份认证", Issuer: "https://login.example.gov.cn", ClientID: "zhibu", SecretFile: "s"}
	for name, bend := range map[string]func(*provider.Settings){
		"":          func(*provider.Settings) {},
		"id":        func(s *provider.Settings) { s.ID = "Büro" },
		"kind":      func(s *provider.Settings) { s.Kind = "saml" },
		"title":     func(s *provider.Settings) { s.Title = "" },
		"no issuer": func(s *provider.Settings) { s.Issuer = "" },
		"plain":     func(s *provider.Settings) { s.Issuer = "http://login.example.gov.cn" },
		"rule":      func(s *provider.Settings) { s.Second = []string{"otp"} },
		"agent":     func(s *provider.Settings) { s.Kind = provider.WeCom },
	} {
		s := good
		bend(&s)
		_, err := provider.Open([]provider.Settings{s}, "/etc", machine{})
		if (err == nil) != (name == "") {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := provider.Open([]provider.Settings{good, good}, "/etc", machine{})
	refused(t, err, fault.Invalid)
}
