package vault

import (
	"crypto/cipher"
	"fmt"
	"sync"
)

const (
	dekSize    = 32
	generation = 1 // a holder has one key today; the header's key id leaves room for a second generation
)

// Person is a holder whose key is open. Safe for concurrent use; to be used and dropped, not kept.
type Person struct {
	dek     [dekSize]byte
	alg     Alg
	aead    cipher.AEAD // of the algorithm that is written
	once    sync.Once
	other   cipher.AEAD // of the algorithm that is only read
	otherOf error
}

func (p *Person) init(alg Alg, dek []byte) (err error) {
	copy(p.dek[:], dek)
	p.alg = alg
	p.aead, err = p.cipher(alg)
	return err
}

// cipher gives each algorithm a key of its own from the holder's one secret.
func (p *Person) cipher(alg Alg) (cipher.AEAD, error) {
	if alg == SM4 {
		return newAEAD(SM4, deriveKey(p.dek[:], "person/sm4")[:SM4.keySize()])
	}
	return newAEAD(alg, p.dek[:])
}

// Seal seals a value of a row's column, named «table.column».
func (p *Person) Seal(column, row string, plain []byte) []byte {
	return p.AppendSeal(make([]byte, 0, len(plain)+Overhead), column, row, plain)
}

// AppendSeal is Seal into a buffer.
func (p *Person) AppendSeal(dst []byte, column, row string, plain []byte) []byte {
	return appendSeal(dst, p.aead, header{p.alg, generation}, column, row, plain)
}

// Open opens what Seal made for the same holder, column and row; otherwise ErrTampered.
func (p *Person) Open(column, row string, sealed []byte) ([]byte, error) {
	h, err := parseHeader(sealed)
	if err != nil {
		return nil, err
	}
	if h.key != generation {
		return nil, ErrTampered
	}
	switch h.alg {
	case p.alg:
		return openSealed(p.aead, column, row, sealed)
	case AES, SM4:
		p.once.Do(func() { p.other, p.otherOf = p.cipher(h.alg) })
		if p.otherOf != nil {
			return nil, fmt.Errorf("vault: open: %w", p.otherOf)
		}
		return openSealed(p.other, column, row, sealed)
	}
	return nil, ErrTampered
}
