// Package accesstest holds what tests of signing in need of the outside world: a passkey device made of software, and
// an OpenID provider that can be made to lie.
package accesstest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

// Device is an authenticator with one key (ES256), after WebAuthn level 2, chapter 6.
type Device struct {
	Origin   string // the page's address, as the browser reports it
	Party    string // the name the key is bound to
	ID       []byte
	Handle   []byte // of the account, as it was told when the key was made
	Count    uint32 // grows with each answer; 0 for one that does not count, when Still is set
	Still    bool
	Unproven bool // the holder was not verified
	key      *ecdsa.PrivateKey
	t        testing.TB
}

// New makes a device that stands at a page.
func New(t testing.TB, origin, party string) *Device {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 24)
	rand.Read(id)
	return &Device{Origin: origin, Party: party, ID: id, key: key, t: t}
}

const (
	flagPresent  = 1
	flagVerified = 4
	flagKey      = 64
)

// question is what both kinds of options have in common.
type question struct {
	PublicKey struct {
		Challenge string `json:"challenge"`
		User      struct {
			ID string `json:"id"`
		} `json:"user"`
	} `json:"publicKey"`
}

func (d *Device) read(options []byte) (q question) {
	d.t.Helper()
	if err := json.Unmarshal(options, &q); err != nil || q.PublicKey.Challenge == "" {
		d.t.Fatalf("options: %v: %s", err, options)
	}
	return q
}

func (d *Device) client(kind, challenge string) []byte {
	b, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": d.Origin, "crossOrigin": false})
	if err != nil {
		d.t.Fatal(err)
	}
	return b
}

// data is the authenticator data (6.1).
func (d *Device) data(flags byte, more []byte) []byte {
	if !d.Unproven {
		flags |= flagVerified
	}
	if !d.Still {
		d.Count++
	}
	party := sha256.Sum256([]byte(d.Party))
	out := append(party[:], flags|flagPresent)
	out = binary.BigEndian.AppendUint32(out, d.Count)
	return append(out, more...)
}

func text(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (d *Device) write(response map[string]any) string {
	b, err := json.Marshal(map[string]any{"id": text(d.ID), "rawId": text(d.ID), "type": "public-key", "response": response,
		"clientExtensionResults": map[string]any{}})
	if err != nil {
		d.t.Fatal(err)
	}
	return string(b)
}

func (d *Device) encode(v any) []byte {
	b, err := cbor.Marshal(v)
	if err != nil {
		d.t.Fatal(err)
	}
	return b
}

// Make makes the key for an account and gives what the page sends.
func (d *Device) Make(options []byte) string {
	d.t.Helper()
	q := d.read(options)
	var err error
	if d.Handle, err = base64.RawURLEncoding.DecodeString(q.PublicKey.User.ID); err != nil {
		d.t.Fatal(err)
	}
	point, err := d.key.PublicKey.Bytes()
	if err != nil {
		d.t.Fatal(err)
	}
	public := d.encode(map[int]any{1: 2, 3: -7, -1: 1, -2: point[1:33], -3: point[33:]})
	more := append([]byte{}, make([]byte, 16)...) // no model is named
	more = binary.BigEndian.AppendUint16(more, uint16(len(d.ID)))
	more = append(append(more, d.ID...), public...)
	object := d.encode(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": d.data(flagKey, more)})
	return d.write(map[string]any{"clientDataJSON": text(d.client("webauthn.create", q.PublicKey.Challenge)), "attestationObject": text(object)})
}

// Answer signs a question and gives what the page sends.
func (d *Device) Answer(options []byte) string {
	d.t.Helper()
	client := d.client("webauthn.get", d.read(options).PublicKey.Challenge)
	data := d.data(0, nil)
	hash := sha256.Sum256(client)
	sum := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, d.key, sum[:])
	if err != nil {
		d.t.Fatal(err)
	}
	return d.write(map[string]any{"clientDataJSON": text(client), "authenticatorData": text(data), "signature": text(signature), "userHandle": text(d.Handle)})
}
