package archive_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/archive"
)

// breakingOff gives a context that ends when the bucket has got so many files.
func (h *house) breakingOff(after int) context.Context {
	c, cancel := context.WithCancel(ctx)
	h.t.Cleanup(cancel)
	go func() {
		for c.Err() == nil {
			if len(h.objects("")) >= after {
				cancel()
			}
			time.Sleep(200 * time.Microsecond)
		}
	}()
	return c
}

// halfway lays out what a run leaves that is killed after so many of its writes: the bucket after the run, less the
// files it would have written later. A killed run also leaves the temporary file it was writing.
func (h *house) halfway(before map[string]bool, run string, steps int) {
	h.t.Helper()
	// in the order a run writes them
	order := []string{"keys/packs/" + run + "-000.age", "keys/packs/" + run + "-000.idx", "keys/runs/" + run + ".refs", "keys/runs/" + run + ".manifest",
		"data/packs/" + run + "-000.age", "data/packs/" + run + "-000.idx", "data/runs/" + run + ".refs", "data/runs/" + run + ".manifest"}
	for i, key := range order {
		path := filepath.Join(h.to, filepath.FromSlash(key))
		if _, err := os.Stat(path); err != nil || before[path] {
			h.t.Fatalf("the run did not write %s: the test does not know the order any more", key)
		}
		if i >= steps {
			h.must(os.Remove(path))
		}
		if i == steps {
			h.must(os.WriteFile(path+".18a2f.tmp", []byte("half"), 0o600))
		}
	}
}

// A run killed after any of its writes leaves the earlier backup as it was, and the next run clears its remains.
func TestKilledAnywhere(t *testing.T) {
	for steps := range 8 {
		h := build(t, store.Config{Dir: t.TempDir()})
		h.bulk(300)
		h.note("one", "第一件")
		first := h.backup()
		before := map[string]bool{}
		for _, path := range h.objects("") {
			before[path] = true
		}
		h.clock.t = h.clock.t.Add(time.Hour)
		h.note("two", "第二件")
		_, err := h.vault.Create(ctx, []string{"m1"})
		h.must(err)
		killed := h.backup()
		h.halfway(before, killed.Run, steps)
		h.must(os.MkdirAll(filepath.Join(h.config.Dir, "tmp", "backup"), 0o700))
		h.must(os.WriteFile(filepath.Join(h.config.Dir, "tmp", "backup", "zhibu.db"), []byte("readable"), 0o600))

		r, db, _ := h.revive(h.options())
		if r.Run != first.Run || h.notes(db) != "one" {
			t.Fatalf("after %d writes: %q from %s", steps, h.notes(db), r.Run)
		}
		h.clock.t = h.clock.t.Add(time.Hour)
		last := h.backup()
		for _, path := range h.objects("data") {
			if strings.Contains(path, killed.Run) {
				t.Errorf("after %d writes: %s was not cleared", steps, path)
			}
		}
		for _, path := range h.objects("") {
			if strings.HasSuffix(path, ".tmp") {
				t.Errorf("after %d writes: %s was not cleared", steps, path)
			}
		}
		r, db, _ = h.revive(h.options())
		if r.Run != last.Run || h.notes(db) != "one two" {
			t.Fatalf("after %d writes, next run: %q from %s", steps, h.notes(db), r.Run)
		}
	}
}

// A run that is told to stop gives up in order: no half object, no copy on disk, no lock.
func TestBrokenOff(t *testing.T) {
	for _, after := range []int{1, 2, 4, 5} {
		h := build(t, store.Config{Dir: t.TempDir()})
		h.bulk(3000)
		if _, err := h.Backup(h.breakingOff(after), h.to, archive.DefaultRetention, nil); err != nil && !errors.Is(err, context.Canceled) && fault.Of(err) != fault.Unavailable {
			t.Fatal(err)
		}
		for _, path := range h.objects("") {
			if strings.HasSuffix(path, ".tmp") {
				t.Errorf("%s stays", path)
			}
		}
		if left, _ := os.ReadDir(filepath.Join(h.config.Dir, "tmp")); len(left) != 0 {
			t.Errorf("a copy stays: %v", left)
		}
		h.note("one", "第一件")
		h.clock.t = h.clock.t.Add(time.Minute)
		h.backup()
		if _, db, _ := h.revive(h.options()); h.notes(db) != "one" {
			t.Error(h.notes(db))
		}
	}
}

// Whatever is changed, cut or missing in the bucket, a restore says so and leaves no directory behind.
func TestDamagedBackup(t *testing.T) {
	flip := func(at float64) func([]byte) []byte {
		return func(b []byte) []byte { b[int(float64(len(b)-1)*at)] ^= 1; return b }
	}
	cut := func(b []byte) []byte { return b[:len(b)/2] }
	for name, c := range map[string]struct {
		below  string
		ext    string
		change func([]byte) []byte // nil removes the file
		kind   fault.Kind
		words  string
	}{
		"data pack, a bit in the middle":  {"data/packs", ".age", flip(0.5), fault.Unavailable, "已损坏"},
		"data pack, its last bit":         {"data/packs", ".age", flip(1), fault.Unavailable, "已损坏"},
		"data pack, its head":             {"data/packs", ".age", flip(0), fault.Unavailable, "已损坏"},
		"data pack cut":                   {"data/packs", ".age", cut, fault.Unavailable, "已损坏"},
		"data pack missing":               {"data/packs", ".age", nil, fault.Unavailable, "缺少文件"},
		"key pack, a bit":                 {"keys/packs", ".age", flip(0.5), fault.Unavailable, "已损坏"},
		"key pack missing":                {"keys/packs", ".age", nil, fault.Unavailable, "缺少文件"},
		"data manifest, a bit":            {"data/runs", ".manifest", flip(0.9), fault.Unavailable, "已损坏"},
		"data manifest cut":               {"data/runs", ".manifest", cut, 0, ""},
		"key manifests missing":           {"keys/runs", ".manifest", nil, fault.Unavailable, "没有可恢复"},
		"data manifest is another's text": {"data/runs", ".manifest", func([]byte) []byte { return []byte("hello") }, fault.Unavailable, "已损坏"},
	} {
		t.Run(name, func(t *testing.T) {
			h := build(t, store.Config{Dir: t.TempDir()})
			h.bulk(300)
			h.backup()
			hit := 0
			for _, path := range h.objects(c.below) {
				if filepath.Ext(path) != c.ext {
					continue
				}
				hit++
				if c.change == nil {
					h.must(os.Remove(path))
					continue
				}
				b, err := os.ReadFile(path)
				h.must(err)
				h.must(os.WriteFile(path, c.change(b), 0o600))
			}
			if hit != 1 {
				t.Fatalf("%d files changed", hit)
			}
			o := h.options()
			_, err := archive.Restore(ctx, o)
			if c.kind == 0 {
				if fault.Of(err) == 0 {
					t.Errorf("no sentence: %v", err)
				}
			} else {
				h.refused(err, c.kind, c.words)
			}
			if left, _ := os.ReadDir(filepath.Dir(o.Dir)); len(left) != 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// A pack that was lost or cut in the bucket is noticed by the next run, which writes its chunks anew.
func TestNextRunMendsALostPack(t *testing.T) {
	for name, harm := range map[string]func(string) error{
		"lost": os.Remove,
		"cut":  func(path string) error { return os.Truncate(path, 1000) },
		"index lost": func(path string) error {
			return os.Remove(strings.TrimSuffix(path, ".age") + ".idx")
		},
		"index forged": func(path string) error {
			return os.WriteFile(strings.TrimSuffix(path, ".age")+".idx", []byte("forged index, as if it held everything"), 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := build(t, store.Config{Dir: t.TempDir()})
			h.bulk(300)
			h.note("one", "第一件")
			h.backup()
			for _, path := range h.objects("data/packs") {
				if strings.HasSuffix(path, ".age") {
					h.must(harm(path))
				}
			}
			h.clock.t = h.clock.t.Add(days(1))
			h.backup()
			if _, db, _ := h.revive(h.options()); h.notes(db) != "one" {
				t.Error(h.notes(db))
			}
		})
	}
}

// Without its references nobody knows which packs a run needs, so nothing is removed, and a sentence says why.
func TestLostReferencesStopPruning(t *testing.T) {
	h := build(t, store.Config{Dir: t.TempDir()})
	h.bulk(300)
	first := h.backup()
	h.must(os.Remove(filepath.Join(h.to, "data", "runs", first.Run+".refs")))
	h.clock.t = h.clock.t.Add(days(400))
	_, err := h.Backup(ctx, h.to, archive.DefaultRetention, nil)
	h.refused(err, fault.Unavailable, "引用清单")
	o := h.options()
	o.Run = first.Run
	if _, err := archive.Restore(ctx, o); err != nil {
		t.Error(err)
	}
	if _, err := archive.Restore(ctx, h.options()); err != nil {
		t.Error(err)
	}
}

func TestWrongKit(t *testing.T) {
	h := build(t, store.Config{Dir: t.TempDir()})
	h.note("one", "第一件")
	h.backup()
	other := build(t, store.Config{Dir: t.TempDir()})
	o := h.options()
	o.Kit = other.options().Kit
	_, err := archive.Restore(ctx, o)
	h.refused(err, fault.Invalid, "恢复包")

	// The right private key with another installation's public key: the backup may be forged.
	h.must(os.WriteFile(filepath.Join(h.kit, archive.VerifierFile), []byte(other.ring.Verifier), 0o600))
	_, err = archive.Restore(ctx, h.options())
	h.refused(err, fault.Invalid, "签名")

	for file, content := range map[string]string{archive.IdentityFile: "AGE-SECRET-KEY-PQ-1MISTYPED", archive.VerifierFile: "nonsense"} {
		h := build(t, store.Config{Dir: t.TempDir()})
		h.must(os.WriteFile(filepath.Join(h.kit, file), []byte(content), 0o600))
		_, err = archive.ReadKit(h.kit)
		h.refused(err, fault.Invalid, "恢复包")
		if strings.Contains(err.Error(), "MISTYPED") {
			t.Error("the error quotes a secret")
		}
	}
	_, err = archive.ReadKit(filepath.Join(h.kit, "absent"))
	h.refused(err, fault.Invalid, "找不到恢复包")
	_, err = archive.ReadKit(t.TempDir())
	h.refused(err, fault.Invalid, "没有备份私钥")
}

// The database file inside a genuine backup may have been broken before the copy: it is not put in place.
func TestBrokenDatabaseIsNotRestored(t *testing.T) {
	h := build(t, store.Config{Dir: t.TempDir()})
	h.bulk(300)
	h.Source = brokenSource{h.db}
	h.backup()
	o := h.options()
	_, err := archive.Restore(ctx, o)
	h.refused(err, fault.Unavailable, "完整性检查")
	if _, err := os.Stat(o.Dir); !errors.Is(err, os.ErrNotExist) {
		t.Error("the directory appeared")
	}
}

type brokenSource struct{ *store.DB }

func (b brokenSource) SnapshotData(ctx context.Context, dir string) (string, error) {
	path, err := b.DB.SnapshotData(ctx, dir)
	if err != nil {
		return "", err
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return "", err
	}
	_, err = f.WriteAt(make([]byte, 8192), 12288)
	return path, errors.Join(err, f.Close())
}
