package vault

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"unicode/utf8"

	"golang.org/x/term"

	"zhibu/internal/fault"
)

const (
	// PassphraseFileVariable names the environment variable with the passphrase file's path.
	PassphraseFileVariable = "ZHIBU_PASSPHRASE_FILE"
	// CredentialName is the systemd credential: LoadCredential=zhibu-passphrase:/path.
	CredentialName = "zhibu-passphrase"

	shortestPassphrase = 12 // characters
)

// Passphrase finds the passphrase of the key file: the file of the flag, the file named by ZHIBU_PASSPHRASE_FILE, the
// systemd credential zhibu-passphrase, the demo's file, and last a question at the terminal. A file that is named but
// cannot be read is an error, not a reason to go on; the demo's file may be absent. "" leaves a file out.
func Passphrase(flagFile, demoFile string) ([]byte, error) {
	pass, err := KnownPassphrase(flagFile, demoFile)
	if pass != nil || err != nil {
		return pass, err
	}
	return Ask("密钥文件口令 / Key file passphrase: ")
}

// KnownPassphrase is Passphrase without the question: nil where no file has it.
func KnownPassphrase(flagFile, demoFile string) ([]byte, error) {
	for _, path := range []string{flagFile, os.Getenv(PassphraseFileVariable), credential()} {
		if path != "" {
			return passphraseFile(path)
		}
	}
	if demoFile != "" {
		pass, err := passphraseFile(demoFile)
		if !errors.Is(err, fs.ErrNotExist) {
			return pass, err
		}
	}
	return nil, nil
}

// NewPassphrase finds a passphrase for a new key file in the same places; at the terminal it is asked twice and must
// have at least 12 characters.
func NewPassphrase(flagFile string) ([]byte, error) {
	for _, path := range []string{flagFile, os.Getenv(PassphraseFileVariable), credential()} {
		if path != "" {
			return passphraseFile(path)
		}
	}
	return AskNew()
}

// AskNew asks for a new passphrase twice at the terminal; it must have at least 12 characters.
func AskNew() ([]byte, error) {
	first, err := Ask("为密钥文件设一个口令（至少 12 个字符）/ New key file passphrase (12 characters or more): ")
	if err != nil {
		return nil, err
	}
	if utf8.RuneCount(first) < shortestPassphrase {
		return nil, fault.New(fault.Invalid, "口令太短，至少要 %d 个字符。", shortestPassphrase).At("passphrase")
	}
	second, err := Ask("再输入一次 / Again: ")
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(first, second) {
		return nil, fault.New(fault.Invalid, "两次输入的口令不一样。").At("passphrase")
	}
	return first, nil
}

// credential is the path of the systemd credential, "" where there is none.
func credential() string {
	dir := os.Getenv("CREDENTIALS_DIRECTORY")
	if dir == "" {
		return ""
	}
	path := filepath.Join(dir, CredentialName)
	if _, err := os.Stat(path); err != nil {
		return "" // the service may have other credentials
	}
	return path
}

func passphraseFile(path string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "口令文件 %s 读不出来：%v。", path, err).Because(err)
	}
	b = bytes.TrimRight(b, "\r\n")
	if len(b) == 0 {
		return nil, fault.New(fault.Invalid, "口令文件 %s 是空的。", path).At("passphrase")
	}
	return b, nil
}

// Ask asks for a secret at the terminal without showing it.
func Ask(prompt string) ([]byte, error) {
	in := int(os.Stdin.Fd())
	if !term.IsTerminal(in) {
		return nil, fault.New(fault.Unavailable,
			"没有口令，打不开密钥文件。请在终端里运行，或用 --passphrase-file 文件、环境变量 %s、systemd 凭据 %s 给出口令。",
			PassphraseFileVariable, CredentialName)
	}
	fmt.Fprint(os.Stderr, prompt)
	pass, err := term.ReadPassword(in)
	fmt.Fprintln(os.Stderr)
	if err != nil {
		return nil, fmt.Errorf("vault: read the passphrase: %w", err)
	}
	if len(pass) == 0 {
		return nil, fault.New(fault.Invalid, "没有输入口令。").At("passphrase")
	}
	return pass, nil
}
