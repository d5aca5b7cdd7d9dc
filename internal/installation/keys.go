package installation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/party/admission"
	"zhibu/internal/party/document"
	"zhibu/internal/party/duesbook"
	"zhibu/internal/party/election"
	"zhibu/internal/party/life"
	"zhibu/internal/party/member"
	"zhibu/internal/party/notice"
	"zhibu/internal/party/org"
	"zhibu/internal/party/request"
	"zhibu/internal/party/review"
	"zhibu/internal/party/steward"
	"zhibu/internal/store"
	"zhibu/internal/trust/archive"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/rotation"
	"zhibu/internal/trust/vault"
)

// Sealed are all places where values lie under holders' keys. A test finds a column of bytes that stands nowhere.
var Sealed = []rotation.Sealed{member.Sealed, member.SealedFacts, review.Sealed, review.SealedOrg, document.Sealed, request.Sealed, steward.SealedDisputes, org.Sealed, notice.Sealed, duesbook.Sealed, admission.Sealed, admission.SealedObjections, election.Sealed, life.SealedReasons, life.SealedNotes, life.SealedAmendments, sealedHolders}

// The acts on the key file.
const (
	KindPassphrase = "keys.passphrase"
	KindKit        = "keys.kit"
)

// KeyInfo is a key of the ring, without the secret.
type KeyInfo struct {
	ID        uint32    `json:"id"`
	Algorithm string    `json:"algorithm"`
	Made      time.Time `json:"made"`
	Primary   bool      `json:"primary"`
}

// KeyStatus is how the keys stand.
type KeyStatus struct {
	File    string        `json:"file"`
	Keys    []KeyInfo     `json:"keys"`
	Indexes int           `json:"indexes"` // 2 while the blind indexes are turned over
	Job     *rotation.Job `json:"job"`
	KitOld  bool          `json:"kit_outdated"` // the kit on this machine holds an older key file
}

// KeyStatus reads how the keys stand.
func (in *Installation) KeyStatus(ctx context.Context) (KeyStatus, error) {
	st := KeyStatus{File: in.Root.Describe()}
	ring, err := in.Vault.Ring()
	if err != nil {
		return st, err
	}
	for _, k := range ring.KEKs {
		st.Keys = append(st.Keys, KeyInfo{k.ID, k.Alg.String(), k.Created, k.Primary})
	}
	st.Indexes = len(ring.Indexes)
	if kit, err := os.ReadFile(filepath.Join(in.Dir.Recovery(), archive.KeyFile)); err == nil {
		live, err := os.ReadFile(in.Dir.KeyFile())
		st.KitOld = err == nil && digest(kit) != digest(live)
	}
	st.Job, err = in.Keys.Status(ctx)
	return st, err
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// fixedIndexes: of who was put down as the holder of an account before 0.2.0 only the index of her number is kept. It
// could not be made anew. Putting the number down once more lets the indexes follow.
func (in *Installation) fixedIndexes(ctx context.Context) (bool, error) {
	var one int
	return in.DB.As(store.System("keys")).One(ctx, "SELECT 1 FROM {identity} LIMIT 1", nil, &one)
}

// TurnKeys follows what other processes do with the keys and goes on with an unfinished job, until the context ends.
func (in *Installation) TurnKeys(ctx context.Context, report func(error)) {
	for {
		_, err := in.Vault.Follow(ctx)
		if err == nil {
			err = in.Keys.Work(ctx, nil)
		}
		if k := fault.Of(err); err != nil && ctx.Err() == nil && k != fault.Conflict {
			report(err)
			if !sleep(ctx, time.Minute) { // without the passphrase every second would say the same
				return
			}
		}
		if !sleep(ctx, time.Second) {
			return
		}
	}
}

// NewPassphrase protects the key file with another passphrase. The file is replaced at once or not at all.
func (in *Installation) NewPassphrase(ctx context.Context, actor ledger.Actor, pass []byte) error {
	release, err := in.DB.LockBackup(ctx)
	if err != nil {
		return err
	}
	defer release()
	ring, err := in.Root.Open(ctx)
	if err != nil {
		return err
	}
	if err := in.Ledger.Note(ctx, actor, ledger.Act{Kind: KindPassphrase, Subject: "keys", SubjectID: "keys", Reason: "更换密钥文件的口令"}); err != nil {
		return err
	}
	next := &vault.Keyfile{Path: in.Dir.KeyFile(), Passphrase: func() ([]byte, error) { return append([]byte(nil), pass...), nil }}
	if err := next.Save(ctx, ring); err != nil {
		return err
	}
	if !in.Config.Demo {
		return nil
	}
	return os.WriteFile(in.Dir.DemoPassphrase(), append(append([]byte(nil), pass...), '\n'), 0o600)
}

// NewKit writes a recovery kit with the key file as it stands. With the directory of the kit before, its backup key
// goes on; without one there is a new backup key: the next backup is a whole one, and what was backed up earlier needs
// the earlier kit.
func (in *Installation) NewKit(ctx context.Context, actor ledger.Actor, out, before string) error {
	if _, err := os.Stat(filepath.Join(out, archive.IdentityFile)); err == nil {
		return fault.New(fault.Conflict, "%s 里已经有一份恢复包，没有改动它。请换一个空目录。", out).At("out")
	}
	release, err := in.DB.LockBackup(ctx)
	if err != nil {
		return err
	}
	defer release()
	kit := archive.Kit{Installation: in.Vault.Installation(), Made: in.Clock.Now(), Verifier: in.Vault.VerifierKey()}
	if in.Config.Demo {
		if kit.Passphrase, err = os.ReadFile(in.Dir.DemoPassphrase()); err != nil {
			return err
		}
	}
	if before != "" {
		old, err := archive.ReadKit(before)
		if err != nil {
			return err
		}
		kit.Identity = old.Identity
	} else if err := in.newBackupKey(ctx, out, &kit); err != nil {
		return err
	}
	if kit.KeyFile, err = os.ReadFile(in.Dir.KeyFile()); err != nil {
		return err
	}
	if err := archive.WriteKit(out, kit); err != nil {
		return err
	}
	act := ledger.Act{Kind: KindKit, Subject: "keys", SubjectID: "keys", Reason: "生成新的恢复包", Detail: map[string]any{"new_backup_key": before == ""}}
	return in.Ledger.Note(ctx, actor, act)
}

// newBackupKey makes a pair of keys for backups. The private half lies in the kit before the public one is used.
func (in *Installation) newBackupKey(ctx context.Context, out string, kit *archive.Kit) error {
	ring, err := in.Root.Open(ctx)
	if err != nil {
		return err
	}
	if kit.Identity, err = ring.NewBackupKey(); err != nil {
		return err
	}
	if kit.KeyFile, err = os.ReadFile(in.Dir.KeyFile()); err != nil {
		return err
	}
	if err := archive.WriteKit(out, *kit); err != nil {
		return err
	}
	if err := in.Root.Save(ctx, ring); err != nil {
		return err
	}
	return in.Vault.Use(ring)
}
