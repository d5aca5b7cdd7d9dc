package vault

import (
	"bytes"
	"context"
	"crypto/cipher"
	"fmt"
	"sync"
	"time"
)

const (
	dekSize = 32
	// maxGenerations bounds the data keys of one holder. Older ones are kept to open what the append-only record
	// holds; they are destroyed together with the newest.
	maxGenerations = 100
)

// Person is a holder whose keys are open. Safe for concurrent use; to be used and dropped, not kept.
// A holder's data keys come in generations from 1 on. The newest seals; the older ones open what they sealed, which
// for the images of the ledger is for ever: those cannot be sealed anew without breaking the chain.
type Person struct {
	secret  []byte // the data keys, oldest first
	current header
	aead    cipher.AEAD // of the current header
	vault   *Vault      // to read a key again that another process has renewed
	holder  string

	mu    sync.Mutex
	other map[header]cipher.AEAD // of headers that are only read
}

func (p *Person) init(alg Alg, secret []byte) (err error) {
	if len(secret) == 0 || len(secret)%dekSize != 0 || len(secret) > maxGenerations*dekSize {
		return fmt.Errorf("vault: keys of a holder have %d bytes", len(secret))
	}
	p.secret = bytes.Clone(secret)
	p.current = header{alg, uint32(len(secret) / dekSize)}
	p.aead, err = p.cipher(p.current)
	return err
}

// cipher gives each algorithm a key of its own from the secret of a generation.
func (p *Person) cipher(h header) (cipher.AEAD, error) {
	dek := p.secret[(h.key-1)*dekSize : h.key*dekSize]
	if h.alg == SM4 {
		return newAEAD(SM4, deriveKey(dek, "person/sm4")[:SM4.keySize()])
	}
	return newAEAD(h.alg, dek)
}

// Seal seals a value of a row's column, named «table.column».
func (p *Person) Seal(column, row string, plain []byte) []byte {
	return p.AppendSeal(make([]byte, 0, len(plain)+Overhead), column, row, plain)
}

// AppendSeal is Seal into a buffer.
func (p *Person) AppendSeal(dst []byte, column, row string, plain []byte) []byte {
	return appendSeal(dst, p.aead, p.current, column, row, plain)
}

// Stale tells whether a sealed value was made with another algorithm or an older data key than what is sealed now.
func (p *Person) Stale(sealed []byte) bool {
	h, err := parseHeader(sealed)
	return err == nil && h != p.current
}

// Open opens what Seal made for the same holder, column and row; otherwise ErrTampered.
func (p *Person) Open(column, row string, sealed []byte) ([]byte, error) {
	h, err := parseHeader(sealed)
	if err != nil {
		return nil, err
	}
	if h == p.current {
		return openSealed(p.aead, column, row, sealed)
	}
	if h.key < 1 || h.key > maxGenerations || h.alg != AES && h.alg != SM4 {
		return nil, ErrTampered
	}
	if int(h.key) > p.generations() {
		again, err := p.again()
		if err != nil {
			return nil, err
		}
		if int(h.key) > again.generations() {
			return nil, ErrTampered
		}
		return again.Open(column, row, sealed)
	}
	aead, err := p.older(h)
	if err != nil {
		return nil, fmt.Errorf("vault: open: %w", err)
	}
	return openSealed(aead, column, row, sealed)
}

func (p *Person) generations() int { return len(p.secret) / dekSize }

// again reads the holder's keys anew: a value of a later generation was sealed while this key lay in the cache.
func (p *Person) again() (*Person, error) {
	if p.vault == nil {
		return nil, ErrTampered
	}
	p.vault.cache.drop([]string{p.holder})
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return p.vault.Person(ctx, p.holder)
}

func (p *Person) older(h header) (cipher.AEAD, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if a := p.other[h]; a != nil {
		return a, nil
	}
	a, err := p.cipher(h)
	if err != nil {
		return nil, err
	}
	if p.other == nil {
		p.other = map[header]cipher.AEAD{}
	}
	p.other[h] = a
	return a, nil
}
