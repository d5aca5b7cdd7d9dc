package accesstest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"
)

// Secret is the client secret that the issuer knows.
const Secret = "geheim"

// Issuer is an OpenID provider that can be made to lie. A real one stands in the browser tests.
type Issuer struct {
	t      testing.TB
	server *httptest.Server
	key    *rsa.PrivateKey
	mu     sync.Mutex
	codes  map[string]url.Values // asked with
	URL    string
	Names  string // the issuer that it says it is; "" for the true one
	Bend   func(claims map[string]any)
	Signer *rsa.PrivateKey // another key than the published one
	Down   bool
}

// NewIssuer starts one; its client is zhibu, the secret Secret.
func NewIssuer(t testing.TB) *Issuer {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	i := &Issuer{t: t, key: key, codes: map[string]url.Values{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", i.configuration)
	mux.HandleFunc("/token", i.token)
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, map[string]any{"keys": []any{map[string]any{"kty": "RSA", "kid": "k", "alg": "RS256", "use": "sig",
			"n": text(key.N.Bytes()), "e": text(big.NewInt(int64(key.E)).Bytes())}}})
	})
	i.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.mu.Lock()
		down := i.Down
		i.mu.Unlock()
		if down {
			http.Error(w, "down", http.StatusBadGateway)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	i.URL = i.server.URL
	t.Cleanup(i.server.Close)
	return i
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func (i *Issuer) configuration(w http.ResponseWriter, _ *http.Request) {
	name := i.Names
	if name == "" {
		name = i.URL
	}
	writeJSON(w, map[string]any{"issuer": name, "authorization_endpoint": i.URL + "/auth", "token_endpoint": i.URL + "/token",
		"jwks_uri": i.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"}})
}

// Login is the person at the provider: it gives what the browser brings back for the address it was sent to.
func (i *Issuer) Login(address string) url.Values {
	u, err := url.Parse(address)
	if err != nil {
		i.t.Fatal(err)
	}
	code := rand.Text()
	i.mu.Lock()
	i.codes[code] = u.Query()
	i.mu.Unlock()
	return url.Values{"code": {code}, "state": {u.Query().Get("state")}}
}

func (i *Issuer) token(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	asked, ok := i.codes[r.FormValue("code")]
	delete(i.codes, r.FormValue("code")) // used once
	i.mu.Unlock()
	_, secret, _ := r.BasicAuth()
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if !ok || secret != Secret || text(sum[:]) != asked.Get("code_challenge") || asked.Get("code_challenge_method") != "S256" ||
		r.FormValue("redirect_uri") != asked.Get("redirect_uri") {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"invalid_grant","error_description":"张三 13800000000"}`))
		return
	}
	now := time.Now()
	claims := map[string]any{"iss": i.URL, "aud": "zhibu", "sub": "worker-77", "nonce": asked.Get("nonce"), "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix()}
	if i.Bend != nil {
		i.Bend(claims)
	}
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
	writeJSON(w, map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": i.sign(claims)})
}

func (i *Issuer) sign(claims map[string]any) string {
	b, err := json.Marshal(claims)
	if err != nil {
		i.t.Fatal(err)
	}
	key := i.key
	if i.Signer != nil {
		key = i.Signer
	}
	body := text([]byte(`{"alg":"RS256","kid":"k"}`)) + "." + text(b)
	sum := sha256.Sum256([]byte(body))
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		i.t.Fatal(err)
	}
	return body + "." + text(sig)
}
