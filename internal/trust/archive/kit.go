package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"
	"golang.org/x/mod/sumdb/note"

	"zhibu/internal/fault"
)

// The files of a recovery kit, and the names under which Restore lays them in the new directory.
const (
	KeyFile        = "keyfile.age"          // the ring, under the passphrase
	IdentityFile   = "backup-identity.txt"  // private half of the backup key
	VerifierFile   = "audit-public-key.txt" // checks audit checkpoints and the signatures of backups
	DemoPassphrase = "demo-passphrase"      // in a demo only, where the kit alone must do
	sheetHTML      = "recovery-sheet.html"
	sheetText      = "recovery-sheet.txt"
)

// Kit is what brings an installation back. The key file in it needs its passphrase; a backup holds the newest key
// file too, so that after a change of keys an older kit still serves. To print the sheet and lock it away is enough.
type Kit struct {
	Installation string
	Made         time.Time
	Identity     string // AGE-SECRET-KEY-PQ-1…
	Verifier     string // note verifier key, "" if not known: signatures are then not checked
	KeyFile      []byte // nil if not in the kit
	Passphrase   []byte // of a demo, nil otherwise

	identities []age.Identity
	verifier   note.Verifier
}

// WriteKit lays the kit into dir, which is made if need be; files of an earlier kit are replaced. Only the owner can
// read it.
func WriteKit(dir string, k Kit) (err error) {
	defer fault.Wrap(&err, "archive: write the recovery kit")
	if err := k.parse(); err != nil {
		return err
	}
	if len(k.KeyFile) == 0 || k.verifier == nil {
		return errors.New("a kit needs the key file and the public audit key")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	html, text, err := k.sheet()
	if err != nil {
		return err
	}
	files := []struct {
		name    string
		content []byte
	}{
		{KeyFile, k.KeyFile},
		{IdentityFile, fmt.Appendf(nil, "# %s 的备份私钥 / private backup key\n# 生成于 / made %s\n%s\n", k.Installation, k.Made.Format(time.DateOnly), k.Identity)},
		{VerifierFile, []byte(k.Verifier + "\n")},
		{sheetHTML, html},
		{sheetText, text},
		{DemoPassphrase, k.Passphrase},
	}
	for _, f := range files {
		if len(f.content) == 0 {
			continue
		}
		if err := writeFile(filepath.Join(dir, f.name), f.content); err != nil {
			return err
		}
	}
	return syncDir(dir)
}

// ReadKit reads a kit's directory, or a single file with the private backup key, as typed off the printed sheet.
func ReadKit(path string) (*Kit, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fault.New(fault.Invalid, "找不到恢复包 %s。", path).At("recovery").Because(err)
	}
	k := new(Kit)
	identity := path
	if info.IsDir() {
		identity = filepath.Join(path, IdentityFile)
		for name, into := range map[string]*[]byte{KeyFile: &k.KeyFile, DemoPassphrase: &k.Passphrase} {
			if *into, err = os.ReadFile(filepath.Join(path, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, unreadableKit(path, err)
			}
		}
		verifier, err := os.ReadFile(filepath.Join(path, VerifierFile))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, unreadableKit(path, err)
		}
		k.Verifier = strings.TrimSpace(string(verifier))
	}
	content, err := os.ReadFile(identity)
	if err != nil {
		return nil, fault.New(fault.Invalid, "恢复包 %s 里没有备份私钥文件 %s，无法恢复。", path, IdentityFile).At("recovery").Because(err)
	}
	for line := range strings.Lines(string(content)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			k.Identity += strings.ReplaceAll(line, " ", "") + "\n" // as it stands on the sheet, in groups
		}
	}
	return k, k.parse()
}

func unreadableKit(path string, err error) error {
	return fault.New(fault.Invalid, "恢复包 %s 读不出来：%v。", path, err).At("recovery").Because(err)
}

// parse makes the texts ready for use.
func (k *Kit) parse() (err error) {
	if k.identities, err = age.ParseIdentities(strings.NewReader(k.Identity)); err != nil {
		// No cause: the library's error quotes the line, which may be a mistyped secret.
		return fault.New(fault.Invalid, "恢复包里的备份私钥读不懂：可能抄错了字，或者文件不完整。").At("recovery")
	}
	if k.Verifier != "" {
		if k.verifier, err = note.NewVerifier(k.Verifier); err != nil {
			return fault.New(fault.Invalid, "恢复包里的审计公钥读不懂：文件可能不完整。").At("recovery")
		}
	}
	return nil
}

// writeFile replaces a file, readable to the owner alone, so that the old or the new one survives a power cut.
func writeFile(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails once renamed
	_, err = bytes.NewReader(content).WriteTo(f)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	return err
}
