package vault

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"filippo.io/age"
	"golang.org/x/mod/sumdb/note"

	"zhibu/internal/fault"
)

// KeyStore keeps the wrapped keys of holders, apart from the data: another file or schema, with its own backup. A
// holder is a person, or anything else whose sealed fields are to die together, such as an account.
type KeyStore interface {
	// Get gives the wrapped keys that exist; a holder without one is absent from the map, which is no error.
	Get(ctx context.Context, ids []string) (map[string][]byte, error)
	// Put writes keys, durably before it returns, since the data that needs them is committed next. It replaces.
	Put(ctx context.Context, keys map[string][]byte) error
	// Delete destroys keys; deleting an absent one is no error.
	Delete(ctx context.Context, ids []string) error
	// Replace changes those keys that still are what was read, and counts them: a key destroyed or changed meanwhile
	// stays as it is, so that turning keys over never brings back what was shredded.
	Replace(ctx context.Context, ids []string, old, wrapped [][]byte) (int, error)
	// Page gives wrapped keys in the order of their holders, behind a holder.
	Page(ctx context.Context, after string, limit int) (ids []string, wrapped [][]byte, err error)
	// Handover is the ring's newer state that another process has left, sealed, nil for none. SetHandover leaves it.
	Handover(ctx context.Context) ([]byte, error)
	SetHandover(ctx context.Context, sealed []byte) error
}

// Wrapped is a holder's wrapped key.
type Wrapped struct {
	Holder string
	Key    []byte
}

// ErrShredded says that a holder's key is gone: nothing sealed for them can be read again.
var ErrShredded error = fault.New(fault.NotFound, "加密密钥已经销毁，这些内容不能再读取。")

// Vault seals, opens and indexes. Safe for concurrent use.
type Vault struct {
	opened atomic.Pointer[opened]
	keys   KeyStore
	cache  *cache

	following sync.Mutex
	followed  []byte // the handover that was looked at last
}

// opened is a ring made ready for use.
type opened struct {
	ring     *Ring
	primary  header
	keks     map[uint32]kek
	index    *indexer
	indexOld *indexer // nil outside a rotation
	audit    *macPool
	signer   note.Signer
	verifier note.Verifier
	files    *age.X25519Identity
}

type kek struct {
	alg  Alg
	aead cipher.AEAD
}

// New opens a vault over a ring and a store of wrapped keys.
func New(ring *Ring, keys KeyStore) (*Vault, error) {
	v := &Vault{keys: keys, cache: newCache(cacheSize, cacheAge, time.Now)}
	return v, v.Use(ring)
}

// Use changes to another state of the same ring, after a key was added or a recipient changed.
func (v *Vault) Use(ring *Ring) error {
	o, err := open(ring)
	if err != nil {
		return err
	}
	v.opened.Store(o)
	v.cache.clear()
	return nil
}

func open(ring *Ring) (*opened, error) {
	primary, err := ring.primary()
	if err != nil {
		return nil, err
	}
	o := &opened{ring: ring, primary: header{primary.Alg, primary.ID}, keks: map[uint32]kek{}}
	for _, k := range ring.KEKs {
		aead, err := newAEAD(k.Alg, k.Secret)
		if err != nil {
			return nil, err
		}
		o.keks[k.ID] = kek{k.Alg, aead}
	}
	o.index = newIndexer(ring.Indexes[0])
	if len(ring.Indexes) > 1 {
		o.indexOld = newIndexer(ring.Indexes[1])
	}
	o.audit = newMACPool(ring.Audit.Alg, ring.Audit.Secret)
	if o.signer, err = note.NewSigner(ring.Signer); err != nil {
		return nil, fmt.Errorf("vault: checkpoint key: %w", err)
	}
	if o.verifier, err = note.NewVerifier(ring.Verifier); err != nil {
		return nil, fmt.Errorf("vault: checkpoint key: %w", err)
	}
	if o.files, err = age.ParseX25519Identity(ring.Files); err != nil {
		return nil, fmt.Errorf("vault: key of uploaded files: %w", err)
	}
	return o, nil
}

// Alg is what is written now.
func (v *Vault) Alg() Alg { return v.opened.Load().primary.alg }

// Installation is the installation's id.
func (v *Vault) Installation() string { return v.opened.Load().ring.Installation }

// Recipients are the public keys of backups.
func (v *Vault) Recipients() []string { return v.opened.Load().ring.Backup.All() }

// Derive gives the 32-byte key of another purpose, such as "session"; see Ring.Derive.
func (v *Vault) Derive(purpose string) []byte { return v.opened.Load().ring.Derive(purpose) }

// Signer signs audit checkpoints; Verifier checks them and VerifierKey is its public text.
func (v *Vault) Signer() note.Signer { return v.opened.Load().signer }

// Verifier checks the signatures of Signer.
func (v *Vault) Verifier() note.Verifier { return v.opened.Load().verifier }

// VerifierKey is the public key of the checkpoints as text, to be given to auditors and witnesses.
func (v *Vault) VerifierKey() string { return v.opened.Load().ring.Verifier }

// Create makes a key for each holder, stores all of them and returns the holders in the given order. Holders must be
// new: an existing key would be replaced and what it sealed lost. A holder in memory takes about 1 KB, so that an
// import calls it for a few thousand at a time.
func (v *Vault) Create(ctx context.Context, holders []string) ([]*Person, error) {
	if len(holders) == 0 {
		return nil, nil
	}
	if _, err := v.Follow(ctx); err != nil {
		return nil, err
	}
	o := v.opened.Load()
	secrets := make([]byte, len(holders)*dekSize)
	rand.Read(secrets)
	wrapped := make(map[string][]byte, len(holders))
	room := make([]byte, 0, len(holders)*(dekSize+Overhead))
	persons := make([]Person, len(holders))
	out := make([]*Person, len(holders))
	for i, holder := range holders {
		dek := secrets[i*dekSize : (i+1)*dekSize]
		at := len(room)
		room = o.wrap(room, holder, dek)
		wrapped[holder] = room[at:len(room):len(room)]
		if err := persons[i].init(o.primary.alg, dek); err != nil {
			return nil, err
		}
		persons[i].vault, persons[i].holder = v, holder
		out[i] = &persons[i]
	}
	if len(wrapped) != len(holders) {
		return nil, errors.New("vault: the same holder twice in one call")
	}
	if err := v.keys.Put(ctx, wrapped); err != nil {
		return nil, fmt.Errorf("vault: store keys: %w", err)
	}
	return out, nil
}

// Person gives the holder's opened key, ErrShredded when there is none.
func (v *Vault) Person(ctx context.Context, holder string) (*Person, error) {
	if p := v.cache.get(holder); p != nil {
		return p, nil
	}
	persons, err := v.Persons(ctx, []string{holder})
	if err != nil {
		return nil, err
	}
	p, ok := persons[holder]
	if !ok {
		return nil, ErrShredded
	}
	return p, nil
}

// Persons gives the opened keys of several holders by one read of the store; those whose key is gone are absent.
func (v *Vault) Persons(ctx context.Context, holders []string) (map[string]*Person, error) {
	o, epoch := v.opened.Load(), v.cache.epoch()
	found := make(map[string]*Person, len(holders))
	var missing []string
	for _, h := range holders {
		if p := v.cache.get(h); p != nil {
			found[h] = p
		} else {
			missing = append(missing, h)
		}
	}
	if len(missing) == 0 {
		return found, nil
	}
	wrapped, err := v.keys.Get(ctx, missing)
	if err != nil {
		return nil, fmt.Errorf("vault: read keys: %w", err)
	}
	keep := len(missing) <= cacheSize/4 // a pass over everybody must not empty the cache
	for h, w := range wrapped {
		p, err := o.person(h, w)
		if errors.Is(err, errUnknownKEK) { // another process has begun to turn the keys over
			var changed bool
			if changed, err = v.Follow(ctx); err == nil && changed {
				return v.Persons(ctx, holders)
			}
			p, err = o.person(h, w)
		}
		if err != nil {
			return nil, err
		}
		p.vault, p.holder = v, h
		found[h] = p
		if keep {
			v.cache.put(h, p, epoch)
		}
	}
	return found, nil
}

// Shred destroys holders' keys. Done again it changes nothing. It is final once no backup of the keys is left.
func (v *Vault) Shred(ctx context.Context, holders ...string) error {
	if err := v.keys.Delete(ctx, holders); err != nil {
		return fmt.Errorf("vault: destroy keys: %w", err)
	}
	v.cache.drop(holders)
	return nil
}

const keyColumn = "person_key"

func (o *opened) wrap(dst []byte, holder string, dek []byte) []byte {
	return appendSeal(dst, o.keks[o.primary.key].aead, o.primary, keyColumn, holder, dek)
}

func (o *opened) unwrap(holder string, wrapped []byte) ([]byte, error) {
	h, err := parseHeader(wrapped)
	if err != nil {
		return nil, fmt.Errorf("vault: key of a holder: %w", err)
	}
	k, ok := o.keks[h.key]
	if !ok || k.alg != h.alg {
		return nil, fmt.Errorf("vault: key of a holder is wrapped by key %d: %w", h.key, errUnknownKEK)
	}
	dek, err := openSealed(k.aead, keyColumn, holder, wrapped)
	if err != nil {
		return nil, fmt.Errorf("vault: key of a holder: %w", err)
	}
	return dek, nil
}

// errUnknownKEK is a key under a KEK that the ring does not have: of a newer state of the ring, or of another one.
var errUnknownKEK = fmt.Errorf("this ring does not have it: %w", ErrTampered)

func (o *opened) person(holder string, wrapped []byte) (*Person, error) {
	secret, err := o.unwrap(holder, wrapped)
	if err != nil {
		return nil, err
	}
	defer clear(secret)
	p := new(Person)
	return p, p.init(o.primary.alg, secret)
}
