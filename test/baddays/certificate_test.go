package baddays

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

// authority signs certificates as the program's own does before it throws its key away.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	der  []byte
	key  *ecdsa.PrivateKey
	pool *x509.CertPool
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t, pool: x509.NewCertPool()}
	var err error
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(10, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	if a.der, err = x509.CreateCertificate(rand.Reader, c, c, &a.key.PublicKey, a.key); err != nil {
		t.Fatal(err)
	}
	if a.cert, err = x509.ParseCertificate(a.der); err != nil {
		t.Fatal(err)
	}
	a.pool.AddCert(a.cert)
	return a
}

// sign puts a certificate of a number and its key where the program has its own, the key first as the program does.
func (a *authority) sign(number int64, until time.Time, prefix string) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(number), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, c, a.cert, &key.PublicKey, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	chain := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.der})...)
	for _, f := range []struct {
		name    string
		content []byte
	}{{"key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})}, {"cert.pem", chain}} {
		if err := os.WriteFile(prefix+f.name, f.content, 0o600); err != nil {
			a.t.Fatal(err)
		}
	}
}

// TestARunningServerChangesItsCertificate: the real serve over TLS. It gives the next certificate within seconds of the
// command that puts it to use, to machines that trust nothing but the authority, without dropping who is connected; and
// one whose certificate ends within a month changes it by itself.
func TestARunningServerChangesItsCertificate(t *testing.T) {
	c := &city{t, filepath.Join(t.TempDir(), "tls"), ""}
	pass := filepath.Join(t.TempDir(), "passphrase")
	c.must(os.WriteFile(pass, []byte("an intranet passphrase"), 0o600))
	t.Setenv("ZHIBU_PASSPHRASE_FILE", pass)
	c.run("init", "--name", "证书", "--code", "066010010000", "--local-ca", "localhost").ends(0)
	a := newAuthority(t)
	in, next := filepath.Join(c.dir, "tls-"), filepath.Join(c.dir, "tls-next")
	c.must(os.WriteFile(filepath.Join(c.dir, "local-ca.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.der}), 0o600))
	a.sign(10, time.Now().AddDate(1, 0, 0), in)
	a.sign(11, time.Now().AddDate(2, 0, 0), filepath.Join(next, "1-"))

	server, host := c.serveTLS()
	if n := a.number(host, 0); n != 10 {
		t.Fatalf("it begins with the certificate %d", n)
	}
	if _, err := tls.Dial("tcp", host, &tls.Config{RootCAs: a.pool, ServerName: "localhost", MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
	stays := a.client()
	get := func(who *http.Client) error {
		res, err := who.Get("https://" + host + "/healthz")
		if err != nil {
			return err
		}
		defer res.Body.Close()
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			return err
		}
		if res.StatusCode != http.StatusOK {
			return fmt.Errorf("answered %d", res.StatusCode)
		}
		return nil
	}
	c.must(get(stays))
	c.run("certificate", "renew").ends(0, "证书换好了")
	if n := a.number(host, 11); n != 11 {
		t.Errorf("after the command it gives %d", n)
	}
	c.must(get(stays)) // over the connection of before
	c.must(get(a.client()))

	// Files that are broken in the middle of being replaced change nothing.
	good, err := os.ReadFile(in + "cert.pem")
	c.must(err)
	c.must(os.WriteFile(in+"cert.pem", good[:len(good)/3], 0o600))
	time.Sleep(11 * time.Second)
	if n := a.number(host, 11); n != 11 {
		t.Errorf("with half a file it gives %d", n)
	}
	c.must(os.WriteFile(in+"cert.pem", good, 0o600))

	// The next start finds one that ends soon: nobody gives a command.
	c.must(server.Process.Signal(os.Interrupt))
	c.must(server.Wait())
	a.sign(12, time.Now().AddDate(0, 0, 20), in)
	a.sign(13, time.Now().AddDate(2, 0, 0), filepath.Join(next, "2-"))
	server, host = c.serveTLS()
	if n := a.number(host, 13); n != 13 {
		t.Errorf("by itself it gives %d", n)
	}
	c.must(get(a.client()))
	c.must(server.Process.Signal(os.Interrupt))
	c.must(server.Wait())
	if n := c.counted("SELECT count(*) FROM {act} WHERE kind = 'certificate.renew'"); n != 2 {
		t.Errorf("%d renewals stand in the log", n)
	}
	c.run("audit", "verify").ends(0)
}

// client trusts the authority and nobody else.
func (a *authority) client() *http.Client {
	return &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: a.pool, ServerName: "localhost", MinVersion: tls.VersionTLS12}}}
}

// number is that of the certificate which a server gives, waiting until it is the wanted one; 0 waits for none.
func (a *authority) number(host string, want int64) (n int64) {
	a.t.Helper()
	for end := time.Now().Add(40 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		conn, err := tls.Dial("tcp", host, &tls.Config{RootCAs: a.pool, ServerName: "localhost", MinVersion: tls.VersionTLS12})
		if err != nil {
			a.t.Fatal(err)
		}
		n = conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
		conn.Close()
		if want == 0 || n == want || time.Now().After(end) {
			return n
		}
	}
}

// serveTLS starts the program's server and gives its address.
func (c *city) serveTLS() (*exec.Cmd, string) {
	c.t.Helper()
	cmd := c.command("serve", "--listen", "127.0.0.1:0")
	var log bytes.Buffer
	cmd.Stderr = &log
	out, err := cmd.StdoutPipe()
	c.must(err)
	c.must(cmd.Start())
	c.t.Cleanup(func() { cmd.Process.Kill() })
	lines := bufio.NewScanner(out)
	address := regexp.MustCompile(`https://localhost:(\d+)`)
	for lines.Scan() {
		if m := address.FindStringSubmatch(lines.Text()); m != nil {
			go io.Copy(io.Discard, out)
			return cmd, "127.0.0.1:" + m[1]
		}
	}
	cmd.Wait()
	c.t.Fatalf("it does not serve: %s", log.String())
	return nil, ""
}
