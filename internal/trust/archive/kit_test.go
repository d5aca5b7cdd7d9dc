package archive_test

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"zhibu/internal/store"
	"zhibu/internal/trust/archive"
)

func TestKit(t *testing.T) {
	h := build(t, store.Config{Dir: t.TempDir()})
	k, err := archive.ReadKit(h.kit)
	h.must(err)
	entries, err := os.ReadDir(h.kit)
	h.must(err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
		if info, err := e.Info(); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", e.Name(), info.Mode(), err)
		}
	}
	if got := strings.Join(names, " "); got != "audit-public-key.txt backup-identity.txt keyfile.age recovery-sheet.html recovery-sheet.txt" {
		t.Error(got)
	}
	if bytes.Contains(k.KeyFile, []byte("PRIVATE")) || k.Passphrase != nil {
		t.Error("outside a demo the kit needs the passphrase")
	}
	for _, name := range []string{"recovery-sheet.html", "recovery-sheet.txt"} {
		sheet, err := os.ReadFile(filepath.Join(h.kit, name))
		h.must(err)
		flat := strings.ReplaceAll(string(sheet), " ", "")
		for _, words := range []string{strings.TrimSpace(k.Identity), "zhibu restore", h.ring.Installation, "保险柜", "safes", "口令由另一人", "passphrase"} {
			if !strings.Contains(flat, strings.ReplaceAll(words, " ", "")) {
				t.Errorf("%s lacks %q", name, words)
			}
		}
		if strings.Contains(string(sheet), "<no value>") || strings.Contains(string(sheet), "演示数据") {
			t.Errorf("%s is not for this kit", name)
		}
	}
}

// The machine is gone; in a demo the kit alone brings it back, passphrase included.
func TestDemoKitAlone(t *testing.T) {
	h := build(t, store.Config{Dir: t.TempDir()})
	k, err := archive.ReadKit(h.kit)
	h.must(err)
	k.Installation, k.Made, k.Passphrase = h.ring.Installation, h.clock.t, []byte("test passphrase")
	h.must(archive.WriteKit(h.kit, *k))
	h.note("one", "第一件")
	h.Files = nil // the key file is in the kit only
	h.backup()
	h.must(h.db.Close())
	h.must(os.RemoveAll(h.config.Dir))
	o := h.options()
	_, db, _ := h.revive(o)
	if h.notes(db) != "one" {
		t.Error(h.notes(db))
	}
	pass, err := os.ReadFile(filepath.Join(o.Dir, archive.DemoPassphrase))
	if err != nil || string(pass) != "test passphrase" {
		t.Errorf("%q, %v", pass, err)
	}
	sheet, err := os.ReadFile(filepath.Join(h.kit, "recovery-sheet.txt"))
	if err != nil || !strings.Contains(string(sheet), "演示数据") || strings.Contains(string(sheet), "test passphrase") {
		t.Errorf("the demo's sheet: %v", err)
	}
}

// After a change of keys the kit's key file is the older one; the backup brings the newer.
func TestNewestKeyFileWins(t *testing.T) {
	h := build(t, store.Config{Dir: t.TempDir()})
	h.must(os.WriteFile(filepath.Join(h.kit, archive.KeyFile), []byte("from before the change"), 0o600))
	h.backup()
	if _, db, _ := h.revive(h.options()); db == nil { // opens with the key file of the backup
		t.Error("not restored")
	}
}
