package installation

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/crypto/acme/autocert"

	"zhibu/internal/fault"
)

// LocalCA makes a certificate authority for an intranet and a certificate for a name or address, for places that no
// public authority serves. The authority's certificate, to be installed on the intranet's machines, is
// DIR/local-ca.pem; its key is thrown away at once, so that nobody can make further certificates with it.
func (in *Installation) LocalCA(host string) error {
	now := time.Now()
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	ca := &x509.Certificate{SerialNumber: serial(), Subject: pkix.Name{CommonName: "Zhibu local CA " + in.Vault.Installation()}, NotBefore: now.Add(-time.Hour),
		NotAfter: now.AddDate(10, 0, 0), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, MaxPathLenZero: true}
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, &caKey.PublicKey, caKey)
	if err != nil {
		return err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	leaf := &x509.Certificate{SerialNumber: serial(), Subject: pkix.Name{CommonName: host}, NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(2, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	if ip := net.ParseIP(host); ip != nil {
		leaf.IPAddresses = []net.IP{ip}
	} else {
		leaf.DNSNames = []string{host}
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, ca, &key.PublicKey, caKey)
	if err != nil {
		return err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	block := func(kind string, b []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}) }
	for name, content := range map[string][]byte{
		"local-ca.pem": block("CERTIFICATE", caDER), "tls-cert.pem": append(block("CERTIFICATE", der), block("CERTIFICATE", caDER)...), "tls-key.pem": block("PRIVATE KEY", secret),
	} {
		if err := os.WriteFile(in.Dir.join(name), content, 0o600); err != nil {
			return err
		}
	}
	// Whole paths: serve may be started from elsewhere.
	if in.Config.TLSCert, err = filepath.Abs(in.Dir.join("tls-cert.pem")); err != nil {
		return err
	}
	in.Config.TLSKey, err = filepath.Abs(in.Dir.join("tls-key.pem"))
	return err
}

func serial() *big.Int {
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		panic(err)
	}
	return n
}

// TLS is the server's TLS configuration: certificate files that are read again when they change, or ACME; nil for
// plain HTTP.
func (in *Installation) TLS() (*tls.Config, error) {
	c := in.Config
	switch {
	case c.TLSCert != "":
		files := &certificateFiles{cert: c.TLSCert, key: c.TLSKey}
		if _, err := files.get(nil); err != nil {
			return nil, fault.New(fault.Unavailable, "证书文件读不出来：%v", err).At("tls_cert").Because(err)
		}
		return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: files.get, NextProtos: []string{"h2", "http/1.1"}}, nil
	case len(c.ACME) > 0:
		m := &autocert.Manager{Prompt: autocert.AcceptTOS, HostPolicy: autocert.HostWhitelist(c.ACME...), Cache: autocert.DirCache(in.Dir.join("acme"))}
		t := m.TLSConfig()
		t.MinVersion = tls.VersionTLS12
		return t, nil
	}
	return nil, nil
}

// CertificateEnds is when the certificate of the configuration ends; an error where certificate and key do not fit.
func CertificateEnds(c Config) (time.Time, error) {
	pair, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey)
	if err != nil {
		return time.Time{}, err
	}
	return pair.Leaf.NotAfter, nil
}

// anyCertificate asks a server on this machine whether it is there, whatever name its certificate has.
func anyCertificate() http.RoundTripper {
	return &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true} //nolint:gosec // nothing is sent
}

// certificateFiles reads a certificate again when its file has changed, looking at most every ten seconds.
type certificateFiles struct {
	cert, key string
	mu        sync.Mutex
	looked    time.Time
	changed   time.Time
	held      *tls.Certificate
}

func (f *certificateFiles) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.held != nil && time.Since(f.looked) < 10*time.Second {
		return f.held, nil
	}
	f.looked = time.Now()
	info, err := os.Stat(f.cert)
	if err == nil && f.held != nil && info.ModTime().Equal(f.changed) {
		return f.held, nil
	}
	if err == nil {
		var pair tls.Certificate
		if pair, err = tls.LoadX509KeyPair(f.cert, f.key); err == nil {
			f.held, f.changed = &pair, info.ModTime()
			return f.held, nil
		}
	}
	if f.held != nil {
		return f.held, nil // half-written files: go on with the old certificate
	}
	return nil, err
}
