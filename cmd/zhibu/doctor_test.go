package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zhibu/internal/installation"
	"zhibu/internal/store/storetest"
)

// symptoms are what the doctor says of a directory, by name.
func symptoms(t *testing.T, args ...string) (map[string]installation.Symptom, said) {
	t.Helper()
	s := zhibu(append([]string{"doctor", "--json"}, args...)...)
	out := map[string]installation.Symptom{}
	for _, c := range facts[installation.Diagnosis](t, s).Checks {
		if c.Detail == "" || !c.OK && c.Todo == "" {
			t.Errorf("%s says nothing, or not what to do: %+v", c.Name, c)
		}
		out[c.Name] = c
	}
	return out, s
}

// cared is a city with a backup, a drill, and its kit taken away: all is well.
func cared(t *testing.T) string {
	t.Helper()
	dir := city(t)
	to := "file://" + filepath.ToSlash(filepath.Join(t.TempDir(), "backup"))
	kit := filepath.Join(t.TempDir(), "kit")
	if err := os.Rename(filepath.Join(dir, "recovery"), kit); err != nil {
		t.Fatal(err)
	}
	configure(t, dir, func(c map[string]any) { c["backup_to"], c["listen"] = to, "127.0.0.1:0" })
	zhibu("backup", "--dir", dir).ends(t, 0)
	zhibu("drill", "--dir", dir, "--from", to, "--recovery", kit).ends(t, 0)
	return dir
}

// configure changes zhibu.json.
func configure(t *testing.T, dir string, change func(map[string]any)) {
	t.Helper()
	path := filepath.Join(dir, "zhibu.json")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var c map[string]any
	if err := json.Unmarshal(b, &c); err != nil {
		t.Fatal(err)
	}
	change(c)
	if b, err = json.Marshal(c); err == nil {
		err = os.WriteFile(path, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestDoctorFindsNothing(t *testing.T) {
	dir := cared(t)
	found, s := symptoms(t, "--dir", dir)
	if s.code != 0 {
		t.Errorf("exit code %d: %s", s.code, s.out)
	}
	for _, name := range strings.Fields("database clock disk keys kit certificate fonts ports leftovers open chain backup drill") {
		if !found[name].OK {
			t.Errorf("%s: %+v", name, found[name])
		}
	}
	english := zhibu("doctor", "--dir", dir, "--lang", "en").ends(t, 0, "All is well")
	if strings.ContainsFunc(english.out, func(r rune) bool { return r >= 0x4e00 && r < 0xa000 }) {
		t.Errorf("Chinese in English: %s", english.out)
	}
}

// Each harm is found by its name, what to do is said, the exit code is 1, and nothing was changed.
func TestDoctorFindsWhatIsWrong(t *testing.T) {
	well := cared(t)
	write := func(t *testing.T, path, content string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	statement := func(t *testing.T, dir, text string) {
		t.Helper()
		db, err := sql.Open("sqlite", filepath.Join(dir, "zhibu.db"))
		if err == nil {
			_, err = db.Exec(text)
			db.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name, check, says string
		harm              func(t *testing.T, dir string)
	}{
		{"no installation", "installation", "zhibu init", func(t *testing.T, dir string) { os.Remove(filepath.Join(dir, "zhibu.json")) }},
		{"lost data", "database", "zhibu restore", func(t *testing.T, dir string) { os.Remove(filepath.Join(dir, "zhibu.db")) }},
		{"damaged data", "database", "zhibu restore", func(t *testing.T, dir string) {
			b, err := os.ReadFile(filepath.Join(dir, "zhibu.db"))
			if err != nil {
				t.Fatal(err)
			}
			for i := range 4096 {
				b[8192+i] = 0x5a
			}
			write(t, filepath.Join(dir, "zhibu.db"), string(b))
		}},
		{"an older program", "database", "新的程序", func(t *testing.T, dir string) {
			statement(t, dir, "UPDATE t_schema SET value = '999' WHERE name = 'oldest_program'")
		}},
		{"lost key file", "keys", "keyfile.age", func(t *testing.T, dir string) { os.Remove(filepath.Join(dir, "keyfile.age")) }},
		{"a readable key file", "keys", "chmod", func(t *testing.T, dir string) { os.Chmod(filepath.Join(dir, "keyfile.age"), 0o644) }},
		{"a wrong passphrase", "open", "--passphrase-file", func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "demo-passphrase"), "another passphrase")
		}},
		{"a kit beside the data", "kit", "封存", func(t *testing.T, dir string) {
			if err := os.MkdirAll(filepath.Join(dir, "recovery"), 0o700); err != nil {
				t.Fatal(err)
			}
			configure(t, dir, func(c map[string]any) { delete(c, "demo") })
			t.Setenv("ZHIBU_PASSPHRASE_FILE", filepath.Join(dir, "demo-passphrase"))
		}},
		{"no certificate", "certificate", "tls_cert", func(t *testing.T, dir string) {
			configure(t, dir, func(c map[string]any) { c["tls_cert"], c["tls_key"] = "none", "none" })
		}},
		{"a certificate that ends within a month", "certificate", "换上新证书", func(t *testing.T, dir string) {
			cert, key := endsSoon(t, t.TempDir())
			configure(t, dir, func(c map[string]any) { c["tls_cert"], c["tls_key"] = cert, key })
		}},
		{"one of the local authority", "certificate", "zhibu certificate renew", func(t *testing.T, dir string) {
			whole, err := filepath.Abs(dir)
			if err != nil {
				t.Fatal(err)
			}
			cert, key := endsSoon(t, whole)
			write(t, filepath.Join(dir, "local-ca.pem"), "x")
			configure(t, dir, func(c map[string]any) { c["tls_cert"], c["tls_key"] = cert, key })
		}},
		{"a font that is none", "fonts", "TTF", func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "font.ttf"), "no font")
			configure(t, dir, func(c map[string]any) { c["font"] = filepath.Join(dir, "font.ttf") })
		}},
		{"a lost font", "fonts", "TTF", func(t *testing.T, dir string) {
			configure(t, dir, func(c map[string]any) { c["font"] = "none.ttf" })
		}},
		{"a foreign port", "ports", "listen", func(t *testing.T, dir string) {
			configure(t, dir, func(c map[string]any) { c["listen"] = "192.0.2.1:8420" })
		}},
		{"a witness that was put back", "chain", "audit verify", func(t *testing.T, dir string) { write(t, filepath.Join(dir, "witness"), "x") }},
		{"no schedule", "backup", "backup_to", func(t *testing.T, dir string) {
			configure(t, dir, func(c map[string]any) { delete(c, "backup_to") })
		}},
		{"a file from the future", "clock", "chrony", func(t *testing.T, dir string) {
			later := time.Now().Add(48 * time.Hour)
			os.Chtimes(filepath.Join(dir, "witness"), later, later)
		}},
		{"a clock set back", "clock", "chrony", func(t *testing.T, dir string) {
			configure(t, dir, func(c map[string]any) { c["demo_date"] = "2026-11-20" })
		}},
		{"a forgotten copy", "leftovers", "删除", func(t *testing.T, dir string) {
			copied := filepath.Join(dir, "before-migration-1")
			if err := os.MkdirAll(copied, 0o700); err != nil {
				t.Fatal(err)
			}
			old := time.Now().Add(-30 * 24 * time.Hour)
			os.Chtimes(copied, old, old)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := copied(t, well)
			c.harm(t, dir)
			before := listing(t, dir)
			found, s := symptoms(t, "--dir", dir)
			got, ok := found[c.check]
			if !ok || got.OK || !strings.Contains(got.Todo, c.says) || s.code != 1 {
				t.Errorf("%+v, exit code %d, of %s", got, s.code, s.out)
			}
			if after := listing(t, dir); after != before && after != before+"\ntmp" && !slices.Contains([]string{"lost data"}, c.name) {
				t.Errorf("left behind:\n%s\nbefore:\n%s", after, before)
			}
		})
	}
}

// What the doctor says of a running server and its database on PostgreSQL.
func TestDoctorOnPostgreSQL(t *testing.T) {
	if os.Getenv("ZHIBU_TEST_POSTGRES") == "" {
		t.Log("not run: ZHIBU_TEST_POSTGRES is not set")
		return
	}
	dir := filepath.Join(t.TempDir(), "pg")
	zhibu("generate", "--dir", dir, "--members", "300", "--seed", "3", "--now", day, "--database", storetest.Postgres(t)).ends(t, 0)
	found, _ := symptoms(t, "--dir", dir)
	for _, name := range []string{"database", "clock", "chain", "open"} {
		if !found[name].OK {
			t.Errorf("%+v", found[name])
		}
	}
	if !strings.Contains(found["database"].Detail, "PostgreSQL") {
		t.Errorf("%+v", found["database"])
	}
	found, s := symptoms(t, "--dir", dir, "--database", "postgres://nobody@127.0.0.1:1/none")
	if found["database"].OK || s.code != 1 {
		t.Errorf("an unreachable database: %+v", found["database"])
	}
}

// The copy that was made before an upgrade goes when its days are over, not before.
func TestCopiesOfUpgradesExpire(t *testing.T) {
	dir := city(t)
	old, fresh := filepath.Join(dir, "before-migration-1"), filepath.Join(dir, "before-migration-2")
	for _, path := range []string{old, fresh} {
		if err := os.MkdirAll(path, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	then := time.Now().Add(-15 * 24 * time.Hour)
	if err := os.Chtimes(old, then, then); err != nil {
		t.Fatal(err)
	}
	in, err := installation.Open(context.Background(), installation.Options{Dir: installation.Dir(dir)})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); in.Sweep(ctx, func(err error) { t.Error(err) }) }()
	for range 500 {
		if _, err := os.Stat(old); err != nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	stop()
	<-done
	if _, err := os.Stat(old); err == nil {
		t.Error("the old copy is still there")
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Error("the fresh copy is gone")
	}
}

// endsSoon writes a certificate that is good for a fortnight.
func endsSoon(t *testing.T, dir string) (cert, key string) {
	t.Helper()
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"dj.local"}, NotBefore: time.Now().AddDate(-1, 0, 0), NotAfter: time.Now().AddDate(0, 0, 14)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &secret.PublicKey, secret)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "tls-cert.pem"), filepath.Join(dir, "tls-key.pem")
	for path, b := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(b), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// TestCertificateIsRenewed: the successor that the authority has signed is put to use, machines that know the authority
// trust it, and a running server gives it without a restart. A host that changes needs a new authority.
func TestCertificateIsRenewed(t *testing.T) {
	dir, host := filepath.Join(t.TempDir(), "ca"), "dj.local"
	pass := filepath.Join(t.TempDir(), "passphrase")
	if err := os.WriteFile(pass, []byte("an intranet passphrase"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("ZHIBU_PASSPHRASE_FILE", pass)
	zhibu("init", "--dir", dir, "--name", "证书", "--code", "066010010000", "--local-ca", host).ends(t, 0)
	authority := x509.NewCertPool()
	ca, err := os.ReadFile(filepath.Join(dir, "local-ca.pem"))
	if err != nil || !authority.AppendCertsFromPEM(ca) {
		t.Fatal("no authority", err)
	}
	in, err := installation.Open(context.Background(), installation.Options{Dir: installation.Dir(dir)})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	given := func(path string) *x509.Certificate {
		pair, err := tls.LoadX509KeyPair(path+"cert.pem", path+"key.pem")
		if err != nil {
			t.Fatal(err)
		}
		return pair.Leaf
	}
	until := given(filepath.Join(dir, "tls-")).NotAfter
	for n := 1; n <= 4; n++ { // each is good before the one before it ends, and the authority vouches for it
		next := given(filepath.Join(dir, "tls-next", fmt.Sprintf("%d-", n)))
		if _, err := next.Verify(x509.VerifyOptions{Roots: authority, DNSName: host, CurrentTime: until.Add(-time.Hour)}); err != nil {
			t.Errorf("the successor %d: %v", n, err)
		}
		if span := next.NotAfter.Sub(next.NotBefore); span > 825*24*time.Hour {
			t.Errorf("the successor %d is good for %s, which machines refuse", n, span)
		}
		until = next.NotAfter
	}
	first := given(filepath.Join(dir, "tls-"))
	zhibu("certificate", "renew", "--dir", dir, "--json").ends(t, 0, "local-ca.pem") // none of them is good yet: a new authority
	if again, _ := os.ReadFile(filepath.Join(dir, "local-ca.pem")); string(again) == string(ca) {
		t.Error("the authority is the old one")
	}
	if now := given(filepath.Join(dir, "tls-")); now.SerialNumber.Cmp(first.SerialNumber) == 0 || now.DNSNames[0] != host {
		t.Error("the certificate is the old one")
	}
	// The time of the first successor has come.
	if err := os.Rename(filepath.Join(dir, "tls-next", "1-key.pem"), filepath.Join(dir, "tls-next", "key")); err != nil {
		t.Fatal(err)
	}
	cert, key := endsSoon(t, t.TempDir())
	for from, to := range map[string]string{cert: "1-cert.pem", key: "1-key.pem"} {
		b, err := os.ReadFile(from)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, "tls-next", to), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	server, err := in.TLS()
	if err != nil {
		t.Fatal(err)
	}
	old, err := server.GetCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	zhibu("certificate", "renew", "--dir", dir).ends(t, 0, "证书换好了")
	later := time.Now().Add(30 * time.Second)
	for {
		now, err := server.GetCertificate(nil)
		if err != nil {
			t.Fatal(err)
		}
		if now.Leaf.SerialNumber.Cmp(old.Leaf.SerialNumber) != 0 {
			break
		}
		if time.Now().After(later) {
			t.Fatal("the server goes on with the old certificate")
		}
		time.Sleep(500 * time.Millisecond)
	}
	if _, err := os.Stat(filepath.Join(dir, "tls-next", "1-cert.pem")); err == nil {
		t.Error("what is in use still waits")
	}
	zhibu("certificate", "renew", "--dir", dir, "--host", "10.0.0.8").ends(t, 0, "受信任的根证书颁发机构")
	if now := given(filepath.Join(dir, "tls-")); len(now.IPAddresses) != 1 {
		t.Errorf("%+v", now.IPAddresses)
	}
	zhibu("audit", "verify", "--dir", dir).ends(t, 0)
	os.Unsetenv("ZHIBU_PASSPHRASE_FILE") // put back at the end by Setenv
	zhibu("certificate", "renew", "--dir", city(t)).ends(t, 1, "不是本程序的本地证书机构签的")
}
