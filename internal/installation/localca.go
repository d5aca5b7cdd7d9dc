package installation

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// KindCertificate is the act of putting another certificate of the local authority to use.
const KindCertificate = "certificate.renew"

// The authority lasts as long as all certificates that it signs, one after the other. Machines refuse a certificate
// that is good for more than 825 days.
const (
	successors    = 4
	leafYears     = 2
	leafOverlap   = 90 // days for which two of them are good: time to change
	authorityFile = "local-ca.pem"
	leafFile      = "tls-cert.pem"
	leafKeyFile   = "tls-key.pem"
)

// LocalCA makes a certificate authority for an intranet and certificates for a name or address, for places that no
// public authority serves. The authority's certificate, to be installed on the intranet's machines, is DIR/local-ca.pem;
// its key is thrown away at once, so that nobody can make further certificates with it. What will be needed later it
// signs before that: the successors wait in DIR/tls-next, each good from before the end of the one it follows, so that
// a renewal asks nothing of other machines for ten years.
func (in *Installation) LocalCA(host string) error {
	now := time.Now()
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	ca := &x509.Certificate{SerialNumber: serial(), Subject: pkix.Name{CommonName: "Zhibu local CA " + in.Vault.Installation()}, NotBefore: now.Add(-time.Hour),
		NotAfter: now.AddDate(leafYears*(successors+1), 0, 1), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, MaxPathLenZero: true}
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, &caKey.PublicKey, caKey)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(in.Dir.nextCertificates()); err != nil { // of an authority before
		return err
	}
	if err := os.MkdirAll(in.Dir.nextCertificates(), 0o700); err != nil {
		return err
	}
	for i := successors; i >= 0; i-- { // the one in use last: what was broken off has not begun
		from := now.AddDate(leafYears*i, 0, 0)
		until := from.AddDate(leafYears, 0, 0)
		cert, key := in.Dir.nextCertificate(i)
		if i == 0 {
			from, cert, key = now.Add(-time.Hour), in.Dir.join(leafFile), in.Dir.join(leafKeyFile)
		} else {
			from = from.AddDate(0, 0, -leafOverlap)
		}
		if err := leaf(host, from, until, ca, caDER, caKey, cert, key); err != nil {
			return err
		}
	}
	if err := replace(in.Dir.join(authorityFile), pemOf("CERTIFICATE", caDER)); err != nil {
		return err
	}
	// Whole paths: serve may be started from elsewhere.
	if in.Config.TLSCert, err = filepath.Abs(in.Dir.join(leafFile)); err != nil {
		return err
	}
	in.Config.TLSKey, err = filepath.Abs(in.Dir.join(leafKeyFile))
	return err
}

func (d Dir) nextCertificates() string { return d.join("tls-next") }

func (d Dir) nextCertificate(n int) (cert, key string) {
	return filepath.Join(d.nextCertificates(), fmt.Sprintf("%d-cert.pem", n)), filepath.Join(d.nextCertificates(), fmt.Sprintf("%d-key.pem", n))
}

// leaf signs a certificate for a host and writes it with its key.
func leaf(host string, from, until time.Time, ca *x509.Certificate, caDER []byte, caKey *ecdsa.PrivateKey, certFile, keyFile string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	c := &x509.Certificate{SerialNumber: serial(), Subject: pkix.Name{CommonName: host}, NotBefore: from, NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	if ip := net.ParseIP(host); ip != nil {
		c.IPAddresses = []net.IP{ip}
	} else {
		c.DNSNames = []string{host}
	}
	der, err := x509.CreateCertificate(rand.Reader, c, ca, &key.PublicKey, caKey)
	if err != nil {
		return err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := replace(keyFile, pemOf("PRIVATE KEY", secret)); err != nil {
		return err
	}
	return replace(certFile, append(pemOf("CERTIFICATE", der), pemOf("CERTIFICATE", caDER)...))
}

func pemOf(kind string, b []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}) }

// replace writes a file whole or not at all.
func replace(path string, content []byte) error {
	if err := os.WriteFile(path+".new", content, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

func serial() *big.Int {
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		panic(err)
	}
	return n
}

// Renewed says what a renewal came to.
type Renewed struct {
	Until     time.Time `json:"until"`
	Authority string    `json:"authority,omitempty"` // file of a new authority, to be installed on the other machines
	Left      int       `json:"left"`                // how many more renewals the authority has signed
}

// localCertificate tells whether the configuration's certificate is the one of a local authority.
func (d Dir) localCertificate(c Config) bool {
	own, err := filepath.Abs(d.join(leafFile))
	_, missing := os.Stat(d.join(authorityFile))
	return err == nil && missing == nil && c.TLSCert == own
}

// RenewCertificate puts the next certificate of the local authority to use; a running server reads it within seconds.
// Where the authority has signed none any more, or another host is named, a new authority is made, which has to be
// installed on the other machines.
func (in *Installation) RenewCertificate(ctx context.Context, actor ledger.Actor, host string) (Renewed, error) {
	if !in.Dir.localCertificate(in.Config) {
		return Renewed{}, fault.New(fault.Conflict, "现在用的证书不是本程序的本地证书机构签的。单位发的证书，换上新文件就行，十秒内自动重新读取。")
	}
	pair, err := tls.LoadX509KeyPair(in.Config.TLSCert, in.Config.TLSKey)
	if err != nil {
		return Renewed{}, fault.New(fault.Unavailable, "证书文件读不出来：%v", err).At("tls_cert").Because(err)
	}
	now := hostOf(pair.Leaf)
	n, next, err := in.Dir.successor(time.Now())
	if err != nil {
		return Renewed{}, err
	}
	out := Renewed{Left: successors - n}
	if n == 0 || host != "" && host != now {
		if host == "" {
			host = now
		}
		out.Authority, out.Left = in.Dir.join(authorityFile), successors
	} else {
		host = now
		out.Until = next.NotAfter
	}
	act := ledger.Act{Kind: KindCertificate, Subject: "setting", SubjectID: "certificate", Reason: "更新证书", Detail: map[string]any{"host": host, "new_authority": out.Authority != ""}}
	err = in.Ledger.Do(ctx, actor, act, func(*store.Tx) error {
		if out.Authority != "" {
			return in.LocalCA(host)
		}
		return in.Dir.useSuccessor(n)
	})
	if err == nil && out.Authority != "" {
		out.Until, err = CertificateEnds(in.Config)
	}
	return out, err
}

func hostOf(c *x509.Certificate) string {
	if len(c.IPAddresses) > 0 {
		return c.IPAddresses[0].String()
	}
	if len(c.DNSNames) > 0 {
		return c.DNSNames[0]
	}
	return c.Subject.CommonName
}

// successor is the first certificate in waiting that is good and ends later than now, 0 for none.
func (d Dir) successor(now time.Time) (int, *x509.Certificate, error) {
	for n := 1; n <= successors; n++ {
		cert, key := d.nextCertificate(n)
		pair, err := tls.LoadX509KeyPair(cert, key)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return 0, nil, err
		}
		if now.Before(pair.Leaf.NotAfter) && !now.Before(pair.Leaf.NotBefore) {
			return n, pair.Leaf, nil
		}
	}
	return 0, nil, nil
}

// useSuccessor moves a certificate in waiting to where the server reads it, the key first: until both are there the
// server goes on with the old pair.
func (d Dir) useSuccessor(n int) error {
	cert, key := d.nextCertificate(n)
	for _, f := range []struct{ from, to string }{{key, d.join(leafKeyFile)}, {cert, d.join(leafFile)}} {
		b, err := os.ReadFile(f.from)
		if err != nil {
			return err
		}
		if err := replace(f.to, b); err != nil {
			return err
		}
	}
	return errors.Join(os.Remove(cert), os.Remove(key))
}

// renewInTime puts the next certificate to use by itself when the one in use ends within a month.
func (in *Installation) renewInTime(ctx context.Context, now time.Time) error {
	if !in.Dir.localCertificate(in.Config) {
		return nil
	}
	ends, err := CertificateEnds(in.Config)
	if err != nil || ends.Sub(now) > certificateSoon {
		return err
	}
	if n, _, err := in.Dir.successor(now); err != nil || n == 0 {
		return err // the doctor says so
	}
	_, err = in.RenewCertificate(ctx, ledger.System("schedule"), "")
	return err
}
