package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"

	"filippo.io/age"

	"zhibu/internal/fault"
)

// Root protects the ring at rest. A passphrase keyfile today; a key management service or an SM cryptographic module
// is another implementation.
type Root interface {
	// Open reads the ring. Errors for people: Unavailable when it is lost or damaged, Forbidden when the passphrase is wrong.
	Open(ctx context.Context) (*Ring, error)
	// Save writes the ring; after it returns the new state survives a power cut, before that the old one does.
	Save(ctx context.Context, r *Ring) error
	// Describe says for people what protects the ring and where, without a secret.
	Describe() string
}

// Keyfile keeps the ring in a file encrypted by age with a passphrase (scrypt).
type Keyfile struct {
	Path       string
	Passphrase func() ([]byte, error)
	WorkFactor int // log2 of scrypt's cost, 0 for 17: about 0.4 s and 128 MB while opening
}

const (
	workFactor    = 17
	maxWorkFactor = 20 // a planted file must not cost minutes
)

// Describe names the file.
func (k *Keyfile) Describe() string { return k.Path + " (age, scrypt)" }

// Open reads and decrypts the file.
func (k *Keyfile) Open(context.Context) (*Ring, error) {
	sealed, err := os.ReadFile(k.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, lost(k.Path).Because(err)
	}
	if err != nil {
		return nil, fault.New(fault.Unavailable, "密钥文件 %s 读不出来：%v。", k.Path, err).Because(err)
	}
	pass, err := k.Passphrase()
	if err != nil {
		return nil, err
	}
	defer clear(pass)
	id, err := age.NewScryptIdentity(string(pass))
	if err != nil {
		return nil, fmt.Errorf("vault: passphrase: %w", err)
	}
	id.SetMaxWorkFactor(maxWorkFactor)
	plain, err := decrypt(sealed, id)
	debug.FreeOSMemory() // scrypt's 128 MB are needed once in the life of the process
	var none *age.NoIdentityMatchError
	switch {
	case errors.As(err, &none), errors.Is(err, age.ErrIncorrectIdentity):
		return nil, fault.New(fault.Forbidden, "密钥文件 %s 的口令不对，请核对后重试。如确认口令无误，文件可能已损坏，可用恢复包中的 keyfile.age 替换它。", k.Path).Because(err)
	case err != nil:
		return nil, damaged(k.Path).Because(err)
	}
	defer clear(plain)
	r, err := decodeRing(plain)
	if err != nil {
		return nil, damaged(k.Path).Because(err)
	}
	return r, nil
}

func decrypt(sealed []byte, id age.Identity) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(sealed), id)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

func lost(path string) *fault.Error {
	return fault.New(fault.Unavailable,
		"密钥文件 %s 不见了，没有它加密内容无法读取，程序不启动。请从恢复包（初始化时生成的 recovery 目录，应已另处保管）中取出 keyfile.age，放回此处后重新启动。", path)
}

func damaged(path string) *fault.Error {
	return fault.New(fault.Unavailable,
		"密钥文件 %s 已损坏，程序不启动。请从恢复包（初始化时生成的 recovery 目录，应已另处保管）中取出 keyfile.age，覆盖此文件后重新启动。", path)
}

// Save encrypts the ring and replaces the file atomically.
func (k *Keyfile) Save(_ context.Context, r *Ring) (err error) {
	defer fault.Wrap(&err, "vault: save %s", k.Path)
	pass, err := k.Passphrase()
	if err != nil {
		return err
	}
	defer clear(pass)
	to, err := age.NewScryptRecipient(string(pass))
	if err != nil {
		return err
	}
	to.SetWorkFactor(workFactor)
	if k.WorkFactor != 0 {
		to.SetWorkFactor(k.WorkFactor)
	}
	plain, err := r.encode()
	if err != nil {
		return err
	}
	defer clear(plain)
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, to)
	debug.FreeOSMemory()
	if err != nil {
		return err
	}
	if _, err := w.Write(plain); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return writeFile(k.Path, sealed.Bytes())
}

// writeFile replaces a file so that either the old or the new content is there after a power cut.
func writeFile(path string, content []byte) error {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, ".keyfile-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails once it is renamed, as it should
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err == nil {
		err = syncDir(dir)
	}
	return err
}
