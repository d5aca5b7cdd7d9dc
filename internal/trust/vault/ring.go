package vault

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"filippo.io/age"
	"golang.org/x/mod/sumdb/note"
)

// Ring is every secret of one installation. It exists in memory and inside the protected key file, nowhere else.
// New fields must work at their zero value, so that an older key file opens in a newer program.
type Ring struct {
	Installation string         `json:"installation"` // random id, also the name under which checkpoints are signed
	Created      time.Time      `json:"created"`
	KEKs         []KEK          `json:"keks"`    // wrap the persons' keys; one is primary
	Indexes      []SymmetricKey `json:"indexes"` // blind indexes: the first one writes, a second one is being replaced
	Audit        SymmetricKey   `json:"audit"`   // MAC of audit events
	Signer       string         `json:"signer"`  // note signing key of the audit checkpoints
	Verifier     string         `json:"verifier"`
	Files        string         `json:"files"` // age identity that seals uploaded sheets on disk
	Seed         []byte         `json:"seed"`  // from which Derive makes keys for other purposes
	Backup       Recipients     `json:"backup"`
	Turned       int            `json:"turned,omitempty"` // how often old keys were let go
}

// KEK wraps persons' keys.
type KEK struct {
	ID      uint32    `json:"id"`
	Alg     Alg       `json:"alg"`
	Secret  []byte    `json:"secret"`
	Created time.Time `json:"created"`
	Primary bool      `json:"primary"`
}

// SymmetricKey is a secret for MACs; its Alg chooses the hash.
type SymmetricKey struct {
	Alg    Alg    `json:"alg"`
	Secret []byte `json:"secret"`
}

// Recipients are the public keys that backups are encrypted to. The private halves are not in the ring: whoever takes
// over the server must not be able to read what earlier backups still hold.
type Recipients struct {
	Own      string   `json:"own"`
	Superior []string `json:"superior,omitempty"` // a higher committee's sealed key, where it keeps one
}

// All gives own and superior keys, none if no backup key was made.
func (r Recipients) All() []string {
	if r.Own == "" {
		return nil
	}
	return append([]string{r.Own}, r.Superior...)
}

// NewRing makes the secrets of a new installation. It has no backup key yet: NewBackupKey makes it together with the
// recovery kit that keeps the private half.
func NewRing(alg Alg, random io.Reader, now time.Time) (*Ring, error) {
	id, err := draw(random, 10)
	if err != nil {
		return nil, err
	}
	r := &Ring{
		Installation: "zhibu-" + strings.ToLower(base32.StdEncoding.EncodeToString(id)),
		Created:      now.UTC(),
	}
	if err := r.AddKEK(alg, random, now); err != nil {
		return nil, err
	}
	if err := r.AddIndexKey(alg, random); err != nil {
		return nil, err
	}
	secret, err := draw(random, 32)
	if err != nil {
		return nil, err
	}
	r.Audit = SymmetricKey{alg, secret}
	if r.Seed, err = draw(random, 32); err != nil {
		return nil, err
	}
	if r.Signer, r.Verifier, err = note.GenerateKey(random, r.Installation); err != nil {
		return nil, fmt.Errorf("vault: make the checkpoint key: %w", err)
	}
	files, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, fmt.Errorf("vault: make the key of uploaded files: %w", err)
	}
	r.Files = files.String()
	return r, nil
}

func draw(random io.Reader, n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(random, b); err != nil {
		return nil, fmt.Errorf("vault: read random bytes: %w", err)
	}
	return b, nil
}

// AddKEK makes a new key of the algorithm primary. From now on persons' keys and fields are written with it; older
// KEKs go on opening what they wrapped until Vault.TurnOver has passed over everybody.
func (r *Ring) AddKEK(alg Alg, random io.Reader, now time.Time) error {
	if alg != AES && alg != SM4 {
		return fmt.Errorf("vault: unknown algorithm %d", alg)
	}
	secret, err := draw(random, alg.keySize())
	if err != nil {
		return err
	}
	next := KEK{ID: 1, Alg: alg, Secret: secret, Created: now.UTC(), Primary: true}
	for i := range r.KEKs {
		r.KEKs[i].Primary = false
		next.ID = max(next.ID, r.KEKs[i].ID+1)
	}
	r.KEKs = append(r.KEKs, next)
	return nil
}

// AddIndexKey starts a rotation of the blind indexes: Index writes with the new key, IndexOld finds what the last one wrote.
func (r *Ring) AddIndexKey(alg Alg, random io.Reader) error {
	secret, err := draw(random, 32)
	if err != nil {
		return err
	}
	r.Indexes = append([]SymmetricKey{{alg, secret}}, r.Indexes...)
	r.Indexes = r.Indexes[:min(len(r.Indexes), 2)]
	return nil
}

// NewBackupKey makes the pair for backups, post-quantum hybrid, keeps the public half and returns the private one,
// which belongs in the recovery kit and nowhere else. Called again it replaces the pair: the next backup is then a
// whole one, and earlier backups still need the earlier kit. The ring must be saved afterwards.
func (r *Ring) NewBackupKey() (private string, err error) {
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		return "", fmt.Errorf("vault: make the backup key: %w", err)
	}
	r.Backup.Own = id.Recipient().String()
	return id.String(), nil
}

// Derive gives the 32-byte key of another purpose, such as "session" or "archive/chunks"; the same purpose always
// gives the same key.
func (r *Ring) Derive(purpose string) []byte {
	return deriveKey(r.Seed, purpose)
}

func deriveKey(secret []byte, purpose string) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte("zhibu/" + purpose))
	return h.Sum(nil)
}

func (r *Ring) primary() (KEK, error) {
	for _, k := range r.KEKs {
		if k.Primary {
			return k, nil
		}
	}
	return KEK{}, fmt.Errorf("vault: the ring has no primary key")
}

// encode and decodeRing are the form inside the key file.
func (r *Ring) encode() ([]byte, error) { return json.Marshal(r) }

func decodeRing(b []byte) (*Ring, error) {
	var r Ring
	if err := json.Unmarshal(b, &r); err != nil {
		return nil, fmt.Errorf("vault: read the ring: %w", err)
	}
	if _, err := r.primary(); err != nil {
		return nil, err
	}
	if len(r.Indexes) == 0 || len(r.Audit.Secret) == 0 || len(r.Seed) == 0 {
		return nil, fmt.Errorf("vault: the ring lacks a key")
	}
	return &r, nil
}
