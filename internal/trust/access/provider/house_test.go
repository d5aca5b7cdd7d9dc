package provider_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/access/accesstest"
	"zhibu/internal/trust/access/provider"
)

// machine is the clock of this machine.
type machine struct{ off time.Duration }

func (m machine) Now() time.Time { return time.Now().Add(m.off) }

func secretFile(t testing.TB) string {
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(accesstest.Secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t testing.TB, s provider.Settings, off time.Duration) access.IdentityProvider {
	t.Helper()
	s.ID, s.Title, s.ClientID, s.SecretFile = "office", "统一身份认证", "zhibu", secretFile(t)
	list, err := provider.Open([]provider.Settings{s}, "", machine{off})
	if err != nil {
		t.Fatal(err)
	}
	return list[0].Provider
}

var question = access.OutsideQuestion{State: "state-of-the-browser", Nonce: "nonce-of-the-browser", Verifier: "verifier-verifier-verifier-verifier-verifier", Redirect: "https://dj.example.gov.cn/sign-in/with/office/back"}

func refused(t testing.TB, err error, kind fault.Kind) {
	t.Helper()
	if f := fault.As(err); f == nil || f.Kind != kind {
		t.Fatalf("want kind %d: %v", kind, err)
	}
}
