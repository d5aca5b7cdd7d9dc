package archive_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/archive"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/vault"
)

func TestBackupComesBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		ps, err := h.vault.Create(ctx, []string{"m1", "m2"})
		h.must(err)
		sealed := ps[0].Seal("member.phone", "m1", []byte("15400000001"))
		h.note("one", "第一件")
		h.bulk(2000)
		first := h.backup()
		if first.Added == 0 || first.Size < 1_000_000 {
			t.Fatalf("%+v", first)
		}
		h.clock.t = h.clock.t.Add(time.Hour)
		h.note("two", "第二件")
		second := h.backup()
		if second.Added > first.Added/4 {
			t.Errorf("one row more added %d bytes, the whole had %d", second.Added, first.Added)
		}

		o := h.options()
		r, db, v := h.revive(o)
		if r.Run != second.Run || !r.Time.Equal(h.clock.t) || !r.Signed || r.Engine != h.db.Engine() || r.Installation != h.ring.Installation {
			t.Errorf("%+v", r)
		}
		if got := h.notes(db); got != "one two" {
			t.Errorf("notes %q", got)
		}
		var bulk int
		if _, err := db.As(store.System("test")).One(ctx, "SELECT count(*) FROM {session}", nil, &bulk); err != nil || bulk != 2000 {
			t.Errorf("%d rows, %v", bulk, err)
		}
		p, err := v.Person(ctx, "m1")
		h.must(err)
		if got, err := p.Open("member.phone", "m1", sealed); err != nil || string(got) != "15400000001" {
			t.Errorf("%q, %v", got, err)
		}
		if c, err := ledger.OpenCheckpoint(r.Checkpoint, v.Verifier()); err != nil || c.Size != 2 {
			t.Errorf("checkpoint %+v, %v", c, err)
		}
		if _, err := os.Stat(filepath.Join(c.Dir, "tmp", "backup")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a readable copy stays: %v", err)
		}

		o = h.options()
		o.Run = first.Run
		if _, db, _ := h.revive(o); h.notes(db) != "one" {
			t.Errorf("the earlier run gives %q", h.notes(db))
		}
	})
}

// Whoever was shredded stays shredded, also when an older copy of the data is brought back, and after the key days no
// backup holds the key.
func TestShreddedStaysShredded(t *testing.T) {
	h := build(t, store.Config{Dir: t.TempDir()})
	if _, err := h.vault.Create(ctx, []string{"m1", "m2"}); err != nil {
		t.Fatal(err)
	}
	first := h.backup()
	h.must(h.vault.Shred(ctx, "m1"))
	h.clock.t = h.clock.t.Add(days(1))
	h.backup()
	o := h.options()
	o.Run = first.Run
	_, _, v := h.revive(o)
	if _, err := v.Person(ctx, "m1"); !errors.Is(err, vault.ErrShredded) {
		t.Errorf("shredded person after the restore: %v", err)
	}
	if _, err := v.Person(ctx, "m2"); err != nil {
		t.Error(err)
	}
	var last archive.Report
	for day := 2; day <= 38; day += 3 {
		h.clock.t = first.Time.Add(days(day))
		last = h.backup()
	}
	if last.Oldest.Before(first.Time.Add(days(2))) {
		t.Errorf("after 37 days keys of %s are still kept", last.Oldest)
	}
	for _, path := range h.objects("keys/packs") {
		if strings.Contains(path, first.Run) {
			t.Errorf("%s is still there", path)
		}
	}
	entries, err := archive.List(ctx, h.to)
	h.must(err)
	if first := entries[len(entries)-1]; entries[0].Run != last.Run || first.Keys || !entries[0].Keys {
		t.Errorf("%+v", entries)
	}
	if _, db, _ := h.revive(h.options()); db == nil {
		t.Error("not restored")
	}
}

// Packs that several runs share stay until the last of them goes; a pack hardly used any more is written anew.
func TestPruningKeepsWhatIsNeeded(t *testing.T) {
	h := build(t, store.Config{Dir: t.TempDir()})
	h.bulk(2000)
	first := h.backup()
	keep := archive.Retention{Days: 1, KeyDays: 35}
	for i := range 3 {
		h.clock.t = h.clock.t.Add(days(3))
		h.note("n"+string(rune('0'+i)), "事项")
		r, err := h.Backup(ctx, h.to, keep, nil)
		h.must(err)
		if len(r.Pruned) != 1 {
			t.Fatalf("day %d: %+v", i, r)
		}
	}
	shared := false
	for _, path := range h.objects("data/packs") {
		shared = shared || strings.Contains(path, first.Run)
	}
	if !shared {
		t.Error("the first pack is still needed")
	}
	if _, db, _ := h.revive(h.options()); h.notes(db) != "n0 n1 n2" {
		t.Error(h.notes(db))
	}
	h.must(h.db.Operate(ctx, func(tx *store.Tx) error {
		_, err := tx.Delete(ctx, "session", store.Key{store.Set("account_id", "a")})
		return err
	}))
	h.bulk(2000) // all new: the first pack is mostly dead
	for range 3 {
		h.clock.t = h.clock.t.Add(days(3))
		if _, err := h.Backup(ctx, h.to, keep, nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range h.objects("data/packs") {
		if strings.Contains(path, first.Run) {
			t.Errorf("%s is kept for a few live chunks", path)
		}
	}
	if _, db, _ := h.revive(h.options()); h.notes(db) != "n0 n1 n2" {
		t.Error(h.notes(db))
	}
}

func TestImpossibleRetention(t *testing.T) {
	h := build(t, store.Config{Dir: t.TempDir()})
	for _, bad := range []archive.Retention{{}, {Days: 1}, {Days: 1, KeyDays: 7}, {Days: 1, Weeks: -1, KeyDays: 35}} {
		_, err := h.Backup(ctx, h.to, bad, nil)
		h.refused(err, fault.Invalid, "保留")
	}
}

func TestRefusedPlaces(t *testing.T) {
	h := build(t, store.Config{Dir: t.TempDir()})
	h.backup()

	other := build(t, store.Config{Dir: t.TempDir()})
	_, err := other.Backup(ctx, h.to, archive.DefaultRetention, nil)
	h.refused(err, fault.Conflict, "另一套安装")

	_, err = h.Backup(ctx, "ftp://host/dir", archive.DefaultRetention, nil)
	h.refused(err, fault.Invalid, "file:")
	file := filepath.Join(t.TempDir(), "file")
	h.must(os.WriteFile(file, nil, 0o600))
	_, err = h.Backup(ctx, file, archive.DefaultRetention, nil)
	h.refused(err, fault.Unavailable, "打不开")

	release, err := h.db.LockBackup(ctx)
	h.must(err)
	_, err = h.Backup(ctx, h.to, archive.DefaultRetention, nil)
	h.refused(err, fault.Conflict, "另一个备份")
	release()
	h.backup()

	o := h.options()
	o.Dir = t.TempDir()
	h.must(os.WriteFile(filepath.Join(o.Dir, "letter.txt"), []byte("重要"), 0o600))
	_, err = archive.Restore(ctx, o)
	h.refused(err, fault.Conflict, "空目录")
	if b, err := os.ReadFile(filepath.Join(o.Dir, "letter.txt")); err != nil || string(b) != "重要" {
		t.Error("the file in the way was touched")
	}
	o = h.options()
	h.must(os.Mkdir(o.Dir, 0o755)) // an empty one will do
	if _, db, _ := h.revive(o); db == nil {
		t.Error("not restored")
	}

	o = h.options()
	o.From = t.TempDir()
	_, err = archive.Restore(ctx, o)
	h.refused(err, fault.Unavailable, "没有可恢复的备份")
	o.From = filepath.Join(o.From, "absent")
	_, err = archive.Restore(ctx, o)
	h.refused(err, fault.Unavailable, "打不开")
	o = h.options()
	o.Run = "20260701T000000.000000Z"
	_, err = archive.Restore(ctx, o)
	h.refused(err, fault.Invalid, "没有名为 20260701T000000.000000Z 的备份")
	o = h.options()
	o.Database = "postgres://localhost/nothing"
	_, err = archive.Restore(ctx, o)
	h.refused(err, fault.Invalid, "SQLite")
}

func TestAddresses(t *testing.T) {
	h := build(t, store.Config{Dir: t.TempDir()})
	dir := t.TempDir()
	t.Chdir(dir)
	for _, address := range []string{"file://" + filepath.ToSlash(dir) + "/a", "file:b", "c/d", "file://./e", filepath.Join(dir, "有 空格")} {
		_, err := h.Backup(ctx, address, archive.DefaultRetention, nil)
		h.must(err)
		entries, err := archive.List(ctx, address)
		if err != nil || len(entries) != 1 {
			t.Errorf("%s: %d entries, %v", address, len(entries), err)
		}
	}
	for _, name := range []string{"a", "b", "c/d", "e", "有 空格"} {
		if _, err := os.Stat(filepath.Join(dir, name, "zhibu-backup.json")); err != nil {
			t.Error(err)
		}
	}
}

// With another backup key everything is written anew, and each kit opens what it is for.
func TestNewBackupKey(t *testing.T) {
	h := build(t, store.Config{Dir: t.TempDir()})
	h.bulk(500)
	h.note("old", "旧")
	first := h.backup()
	oldKit, err := archive.ReadKit(h.kit)
	h.must(err)
	private, err := h.ring.NewBackupKey()
	h.must(err)
	h.must(h.vault.Use(h.ring))
	h.kit = filepath.Join(t.TempDir(), "second")
	h.must(archive.WriteKit(h.kit, archive.Kit{Installation: h.ring.Installation, Made: h.clock.t, Identity: private, Verifier: h.ring.Verifier, KeyFile: oldKit.KeyFile}))
	h.clock.t = h.clock.t.Add(days(1))
	if second := h.backup(); second.Added < first.Added/2 {
		t.Errorf("the new kit could not open the old packs, yet only %d bytes were added", second.Added)
	}
	if _, db, _ := h.revive(h.options()); h.notes(db) != "old" {
		t.Error(h.notes(db))
	}
	o := h.options()
	o.Kit = oldKit
	_, err = archive.Restore(ctx, o)
	h.refused(err, fault.Invalid, "换过的密钥")
}

func TestSuperiorOpensToo(t *testing.T) {
	h := build(t, store.Config{Dir: t.TempDir()})
	superior, err := vault.NewRing(vault.AES, strings.NewReader(strings.Repeat("x", 4096)), h.clock.t)
	h.must(err)
	private, err := superior.NewBackupKey()
	h.must(err)
	h.ring.Backup.Superior = []string{superior.Backup.Own}
	h.must(h.vault.Use(h.ring))
	h.note("one", "第一件")
	h.backup()
	paper := filepath.Join(t.TempDir(), "typed.txt")
	h.must(os.WriteFile(paper, []byte("# 上级\n"+private[:8]+" "+private[8:20]+" "+private[20:]+"\n"), 0o600))
	o := h.options()
	if o.Kit, err = archive.ReadKit(paper); err != nil {
		t.Fatal(err)
	}
	r, db, _ := h.revive(o)
	if h.notes(db) != "one" || r.Signed {
		t.Errorf("%q, %+v", h.notes(db), r)
	}
	h.ring.Backup.Superior = []string{"age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"} // the example of age's documentation, not hybrid
	h.must(h.vault.Use(h.ring))
	_, err = h.Backup(ctx, h.to, archive.DefaultRetention, nil)
	h.refused(err, fault.Invalid, "抗量子")
}

func TestNoKeyNoBackup(t *testing.T) {
	h := build(t, store.Config{Dir: t.TempDir()})
	h.ring.Backup = vault.Recipients{}
	h.must(h.vault.Use(h.ring))
	_, err := h.Backup(ctx, h.to, archive.DefaultRetention, nil)
	h.refused(err, fault.Unavailable, "备份密钥")
	if len(h.objects("")) != 0 {
		t.Error("something was written")
	}
}

func TestProgressReachesTheEnd(t *testing.T) {
	h := build(t, store.Config{Dir: t.TempDir()})
	h.bulk(2000)
	var last, fetched archive.Progress
	_, err := h.Backup(ctx, h.to, archive.DefaultRetention, func(p archive.Progress) {
		if p.Step == archive.StepPack {
			last = p
		}
	})
	h.must(err)
	o := h.options()
	o.Progress = func(p archive.Progress) {
		if p.Step == archive.StepFetch {
			fetched = p
		}
	}
	_, err = archive.Restore(ctx, o)
	h.must(err)
	if last.Total == 0 || last.Done != last.Total || fetched.Total == 0 || fetched.Done != fetched.Total {
		t.Errorf("%+v, %+v", last, fetched)
	}
}
