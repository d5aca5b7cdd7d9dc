package vault

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"sync"

	"github.com/emmansun/gmsm/sm3"
)

const indexSize = 16

// Index is the blind index of a field's normalised value: 16 bytes that are equal when the values are, and tell
// nothing without the ring's key. Names are too guessable for it; ID numbers and phones are what it is for.
func (v *Vault) Index(field, normalised string) []byte {
	return v.opened.Load().index.sum(field, normalised)
}

// IndexOld is the blind index under the key that is being replaced, nil outside a rotation: search for both.
func (v *Vault) IndexOld(field, normalised string) []byte {
	if old := v.opened.Load().indexOld; old != nil {
		return old.sum(field, normalised)
	}
	return nil
}

// MAC authenticates data with the audit key, 32 bytes; where one piece ends and the next begins counts too.
func (v *Vault) MAC(data ...[]byte) []byte {
	p := v.opened.Load().audit
	m := p.take()
	defer p.pool.Put(m)
	for _, d := range data {
		binary.BigEndian.PutUint64(m.length[:], uint64(len(d)))
		m.Write(m.length[:])
		m.Write(d)
	}
	return m.Sum(nil)
}

// CheckMAC tells in constant time whether mac is the MAC of data.
func (v *Vault) CheckMAC(mac []byte, data ...[]byte) bool { return hmac.Equal(mac, v.MAC(data...)) }

// indexer has a key for each field, made from one secret.
type indexer struct {
	key    SymmetricKey
	fields sync.Map // field → *macPool
}

func newIndexer(key SymmetricKey) *indexer { return &indexer{key: key} }

func (x *indexer) sum(field, normalised string) []byte {
	p, ok := x.fields.Load(field)
	if !ok {
		p, _ = x.fields.LoadOrStore(field, newMACPool(x.key.Alg, deriveKey(x.key.Secret, "index/"+field)))
	}
	pool := p.(*macPool)
	m := pool.take()
	m.text = append(m.text[:0], normalised...)
	m.Write(m.text)
	clear(m.text)
	out := m.Sum(make([]byte, 0, sha256.Size))[:indexSize:indexSize]
	pool.pool.Put(m)
	return out
}

// macPool lends keyed hashes: keying one costs more than hashing an ID number.
type macPool struct{ pool sync.Pool }

type mac struct {
	hash.Hash
	length [8]byte
	text   []byte
}

func newMACPool(alg Alg, key []byte) *macPool {
	h := sha256.New
	if alg == SM4 {
		h = sm3.New
	}
	return &macPool{sync.Pool{New: func() any { return &mac{Hash: hmac.New(h, key)} }}}
}

func (p *macPool) take() *mac {
	m := p.pool.Get().(*mac)
	m.Reset()
	return m
}
