package installation

import (
	"crypto/tls"
	"net/http"
	"os"
	"sync"
	"time"

	"golang.org/x/crypto/acme/autocert"

	"zhibu/internal/fault"
)

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
