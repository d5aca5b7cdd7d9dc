package archive_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/archive"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/vault"
)

var ctx = context.Background()

// movable is a clock that a test sets.
type movable struct{ t time.Time }

func (m *movable) Now() time.Time { return m.t }

// house is an installation with a database, keys and a kit.
type house struct {
	t      *testing.T
	config store.Config
	db     *store.DB
	ring   *vault.Ring
	vault  *vault.Vault
	ledger *ledger.Ledger
	clock  *movable
	*archive.Archive
	to  string // where backups go
	kit string
}

func build(t *testing.T, c store.Config) *house {
	t.Helper()
	h := &house{t: t, config: c, db: storetest.Open(t, c), to: filepath.Join(t.TempDir(), "backups"), kit: filepath.Join(t.TempDir(), "recovery"),
		clock: &movable{time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)}}
	var err error
	h.ring, err = vault.NewRing(vault.AES, rand.Reader, h.clock.Now())
	h.must(err)
	private, err := h.ring.NewBackupKey()
	h.must(err)
	h.vault, err = vault.New(h.ring, h.db.Keys())
	h.must(err)
	key := &vault.Keyfile{Path: filepath.Join(c.Dir, archive.KeyFile), WorkFactor: 10, Passphrase: passphrase}
	h.must(key.Save(ctx, h.ring))
	sealed, err := os.ReadFile(key.Path)
	h.must(err)
	h.must(archive.WriteKit(h.kit, archive.Kit{Installation: h.ring.Installation, Made: h.clock.Now(), Identity: private,
		Verifier: h.ring.Verifier, KeyFile: sealed}))
	h.ledger = ledger.New(h.db, store.NewIDs(h.clock, rand.Reader), h.clock, h.vault, filepath.Join(c.Dir, "witness"))
	h.Archive = &archive.Archive{Source: h.db, Keys: h.vault, Clock: h.clock, Temp: filepath.Join(c.Dir, "tmp"), Program: "test",
		Files: []archive.File{{Name: archive.KeyFile, Path: key.Path, Keys: true}, {Name: "absent", Path: filepath.Join(c.Dir, "absent")}},
		Checkpoint: func(ctx context.Context) (string, error) {
			c, err := h.ledger.Sequence(ctx)
			return c.Note, err
		}}
	return h
}

func passphrase() ([]byte, error) { return []byte("test passphrase"), nil }

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// note records a fact; its text makes it large.
func (h *house) note(id, text string) {
	h.t.Helper()
	h.must(h.ledger.Do(ctx, ledger.System("test"), ledger.Act{Kind: "setting.change", Subject: "setting", SubjectID: id, Reason: "备份测试"},
		func(tx *store.Tx) error {
			return tx.Insert(ctx, "setting", store.Set("id", id), store.Set("value", text))
		}))
}

// bulk fills the database with text that compression does not shrink away.
func (h *house) bulk(rows int) {
	h.t.Helper()
	h.must(h.db.Operate(ctx, func(tx *store.Tx) error {
		var all [][]any
		for i := range rows {
			b := make([]byte, 500)
			rand.Read(b)
			all = append(all, []any{fmt.Sprintf("bulk-%06d", i), "a", b, 0})
		}
		return tx.InsertMany(ctx, "session", []string{"id", "account_id", "data", "expires"}, all)
	}))
}

func (h *house) notes(db *store.DB) string {
	h.t.Helper()
	var out []string
	h.must(db.As(store.System("test")).Each(ctx, "SELECT id FROM {setting} ORDER BY id", nil, func(r store.Row) error {
		var id string
		err := r.Scan(&id)
		out = append(out, id)
		return err
	}))
	return strings.Join(out, " ")
}

func (h *house) backup() archive.Report {
	h.t.Helper()
	r, err := h.Backup(ctx, h.to, archive.DefaultRetention, nil)
	h.must(err)
	return r
}

// options restores into a new place of the same engine.
func (h *house) options() archive.RestoreOptions {
	h.t.Helper()
	k, err := archive.ReadKit(h.kit)
	h.must(err)
	o := archive.RestoreOptions{From: h.to, Dir: filepath.Join(h.t.TempDir(), "new"), Kit: k}
	if h.db.IsPostgres() {
		o.Database = storetest.Postgres(h.t)
	}
	return o
}

// revive restores, opens the result with the restored key file, and gives database and vault.
func (h *house) revive(o archive.RestoreOptions) (*archive.Restored, *store.DB, *vault.Vault) {
	h.t.Helper()
	r, err := archive.Restore(ctx, o)
	h.must(err)
	db := storetest.Open(h.t, store.Config{Dir: o.Dir, URL: o.Database})
	ring, err := (&vault.Keyfile{Path: filepath.Join(o.Dir, archive.KeyFile), Passphrase: passphrase}).Open(ctx)
	h.must(err)
	v, err := vault.New(ring, db.Keys())
	h.must(err)
	return r, db, v
}

// objects gives the paths of a bucket's files below a part of it.
func (h *house) objects(below string) (out []string) {
	h.t.Helper()
	h.must(filepath.WalkDir(filepath.Join(h.to, below), func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			out = append(out, path)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}))
	return out
}

// refused checks kind and words of an error for people.
func (h *house) refused(err error, kind fault.Kind, words string) {
	h.t.Helper()
	if fault.Of(err) != kind || !strings.Contains(err.Error(), words) {
		h.t.Errorf("want kind %d with %q, got kind %d: %v", kind, words, fault.Of(err), err)
	}
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

var _ civil.Clock = (*movable)(nil)
