package web

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"

	"github.com/emmansun/gmsm/sm4"

	"zhibu/internal/trust/vault"
)

// sealer hides what a page hands to the browser to be handed back: what somebody searched for, what had been typed
// when a session ended. Only this installation can open it, only for the account and the purpose it was sealed for.
type sealer struct{ aead cipher.AEAD }

func newSealer(v *vault.Vault) (*sealer, error) {
	key := v.Derive("web")
	var block cipher.Block
	var err error
	if v.Alg() == vault.SM4 {
		block, err = sm4.NewCipher(key[:16])
	} else {
		block, err = aes.NewCipher(key[:32])
	}
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	return &sealer{aead}, err
}

func (s *sealer) seal(purpose, account string, plain []byte) string {
	nonce := make([]byte, s.aead.NonceSize(), s.aead.NonceSize()+len(plain)+s.aead.Overhead())
	rand.Read(nonce)
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nonce, nonce, plain, []byte(purpose+"\x00"+account)))
}

// open gives the text back; false when it was sealed for somebody or something else, or changed.
func (s *sealer) open(purpose, account, sealed string) ([]byte, bool) {
	b, err := base64.RawURLEncoding.DecodeString(sealed)
	n := s.aead.NonceSize()
	if err != nil || len(b) < n {
		return nil, false
	}
	plain, err := s.aead.Open(nil, b[:n], b[n:], []byte(purpose+"\x00"+account))
	return plain, err == nil
}
