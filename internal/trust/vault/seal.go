package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/emmansun/gmsm/sm4"
)

// Alg names the algorithm of a sealed value in its second byte.
type Alg byte

// The algorithms: AES is the default, SM4 is written where a commercial cryptography assessment (密评) asks for it.
const (
	AES Alg = 1 // AES-256-GCM, blind indexes and MACs by HMAC-SHA-256
	SM4 Alg = 2 // SM4-128-GCM, blind indexes and MACs by HMAC-SM3
)

// String gives the setting's word.
func (a Alg) String() string {
	switch a {
	case AES:
		return "aes"
	case SM4:
		return "sm4"
	}
	return fmt.Sprintf("alg(%d)", byte(a))
}

// Title is the name that people know it by.
func (a Alg) Title() string {
	if a == SM4 {
		return "SM4-128-GCM"
	}
	return "AES-256-GCM"
}

// ParseAlg reads the setting's word: aes or sm4.
func ParseAlg(s string) (Alg, error) {
	switch s {
	case "aes":
		return AES, nil
	case "sm4":
		return SM4, nil
	}
	return 0, fmt.Errorf("vault: %q is neither aes nor sm4", s)
}

func (a Alg) keySize() int {
	if a == SM4 {
		return 16
	}
	return 32
}

const (
	version    = 1
	headerSize = 6 // ver, alg, key id
	nonceSize  = 12
	tagSize    = 16

	// Overhead is by how many bytes a sealed value is longer than its text.
	Overhead = headerSize + nonceSize + tagSize
)

// ErrTampered says that a sealed value was changed, cut, moved to another column or row, or belongs to another key.
var ErrTampered = errors.New("vault: sealed value does not verify: changed, moved, or under another key")

func newAEAD(alg Alg, key []byte) (cipher.AEAD, error) {
	var block cipher.Block
	var err error
	switch alg {
	case AES:
		block, err = aes.NewCipher(key)
	case SM4:
		block, err = sm4.NewCipher(key)
	default:
		return nil, fmt.Errorf("vault: unknown algorithm %d", alg)
	}
	if err != nil {
		return nil, fmt.Errorf("vault: %s key: %w", alg, err)
	}
	return cipher.NewGCM(block)
}

// header is what the first six bytes of a sealed value say.
type header struct {
	alg Alg
	key uint32
}

func parseHeader(sealed []byte) (header, error) {
	if len(sealed) < Overhead || sealed[0] != version {
		return header{}, ErrTampered
	}
	return header{Alg(sealed[1]), binary.BigEndian.Uint32(sealed[2:headerSize])}, nil
}

// appendPlace appends the additional data: the header and the place the value belongs to.
func appendPlace(dst, head []byte, column, row string) []byte {
	dst = append(dst, head...)
	dst = append(dst, column...)
	dst = append(dst, '|')
	return append(dst, row...)
}

// appendSeal seals plain for a place and appends the sealed value to dst.
func appendSeal(dst []byte, aead cipher.AEAD, h header, column, row string, plain []byte) []byte {
	d := desks.Get().(*desk)
	at := len(dst)
	dst = append(dst, version, byte(h.alg))
	dst = binary.BigEndian.AppendUint32(dst, h.key)
	dst = d.appendNonce(dst)
	d.place = appendPlace(d.place[:0], dst[at:at+headerSize], column, row)
	dst = aead.Seal(dst, dst[at+headerSize:at+headerSize+nonceSize], plain, d.place)
	desks.Put(d)
	return dst
}

// openSealed opens a value of a place; the header has been parsed.
func openSealed(aead cipher.AEAD, column, row string, sealed []byte) ([]byte, error) {
	var room [96]byte
	place := appendPlace(room[:0], sealed[:headerSize], column, row)
	body := sealed[headerSize:]
	plain, err := aead.Open(nil, body[:nonceSize], body[nonceSize:], place)
	if err != nil {
		return nil, ErrTampered
	}
	return plain, nil
}
