package archive_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhibu/internal/store"
	"zhibu/internal/trust/archive"
	"zhibu/internal/trust/vault"
)

// A process that makes backups is killed for real, later each time; what it had finished comes back each time, and
// neither its lock nor its copies stand in the way of the next one.
func TestKilledProcess(t *testing.T) {
	if dir := os.Getenv("ZHIBU_TEST_KILLED"); dir != "" {
		backupsForever(t, dir)
	}
	h := build(t, store.Config{Dir: t.TempDir()})
	h.bulk(4000)
	h.note("one", "第一件")
	kills := 0
	for _, milliseconds := range []int{5, 15, 25, 40, 60, 90} {
		delay := time.Duration(milliseconds) * time.Millisecond
		child := exec.Command(os.Args[0], "-test.run=^TestKilledProcess$")
		child.Stderr = os.Stderr
		child.Env = append(os.Environ(), "ZHIBU_TEST_KILLED="+h.config.Dir, "ZHIBU_TEST_TO="+h.to)
		out, err := child.StdoutPipe()
		h.must(err)
		h.must(child.Start())
		if _, err := out.Read(make([]byte, 1)); err != nil { // it has begun
			t.Fatal("the child did not begin")
		}
		time.Sleep(delay)
		h.must(child.Process.Kill())
		if child.Wait() != nil {
			kills++
		}
		h.clock.t = h.clock.t.Add(time.Hour)
		h.backup()
		for _, path := range h.objects("") {
			if strings.HasSuffix(path, ".tmp") {
				t.Errorf("%s was not cleared", path)
			}
		}
		if _, db, _ := h.revive(h.options()); h.notes(db) != "one" {
			t.Errorf("killed after %s: %q", delay, h.notes(db))
		}
	}
	if kills != 6 {
		t.Errorf("%d of 6 were killed while at work", kills)
	}
}

// backupsForever makes whole backups, one after the other, until it is killed.
func backupsForever(t *testing.T, dir string) {
	db, err := store.Open(ctx, store.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	ring, err := (&vault.Keyfile{Path: filepath.Join(dir, archive.KeyFile), Passphrase: passphrase}).Open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	v, err := vault.New(ring, db.Keys())
	if err != nil {
		t.Fatal(err)
	}
	a := archive.Archive{Source: db, Keys: v, Clock: &movable{ring.Created}, Temp: filepath.Join(dir, "tmp"),
		Files: []archive.File{{Name: archive.KeyFile, Path: filepath.Join(dir, archive.KeyFile), Keys: true}}}
	os.Stdout.WriteString("begun\n")
	for {
		if _, err := ring.NewBackupKey(); err != nil { // nothing known any more: a whole backup
			t.Fatal(err)
		}
		if err := v.Use(ring); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Backup(ctx, os.Getenv("ZHIBU_TEST_TO"), archive.DefaultRetention, nil); err != nil {
			t.Fatal(err)
		}
	}
}
