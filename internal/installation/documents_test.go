package installation_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/installation"
	"zhibu/internal/party/document"
	"zhibu/internal/party/member"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/ledger"
)

var ctx = context.Background()

// A process that uploads is killed for real: what it had acknowledged is whole, what it had not leaves no row, and the
// pages without a row are swept.
func TestKilledUpload(t *testing.T) {
	if dir := os.Getenv("ZHIBU_TEST_UPLOADS"); dir != "" {
		uploadForever(t, dir, os.Getenv("ZHIBU_TEST_MEMBER"))
	}
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		m := someone(c)
		var acknowledged []string
		for round := range 4 {
			child := exec.Command(os.Args[0], "-test.run=^TestKilledUpload$")
			child.Stderr = os.Stderr
			child.Env = append(os.Environ(), "ZHIBU_TEST_UPLOADS="+string(c.Dir), "ZHIBU_TEST_MEMBER="+m.ID)
			out, err := child.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(out)
			for n := 0; n < 2 && lines.Scan(); n++ {
				acknowledged = append(acknowledged, lines.Text())
			}
			time.Sleep(time.Duration(round*17) * time.Millisecond)
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			for lines.Scan() {
				acknowledged = append(acknowledged, lines.Text())
			}
			if child.Wait() == nil {
				t.Fatal("the child was not killed at work")
			}
		}
		list, err := c.Documents.Of(ctx, c.Everything(), m.ID)
		if err != nil || len(list) < len(acknowledged) || len(acknowledged) < 8 {
			t.Fatalf("%d documents, %d acknowledged: %v", len(list), len(acknowledged), err)
		}
		c.Members.Clock = civil.Fixed(c.Clock.Now().Add(48 * time.Hour)) // until then an upload may be under way
		if _, err := c.Documents.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		place, err := c.Documents.Storage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if there, err := place.List(ctx, ""); err != nil || len(there) != len(list)*6 {
			t.Errorf("%d pictures are left of %d documents of three pages: %v", len(there), len(list), err)
		}
		for _, d := range list { // those too that were entered and not yet acknowledged
			for n := range d.Pages {
				if _, err := c.Documents.Thumb(ctx, ledger.System("test"), d.ID, n+1); err != nil {
					t.Errorf("%s page %d: %v", d.ID, n+1, err)
				}
			}
		}
		c.Sound()
	})
}

// uploadForever uploads documents of three pages until it is killed, and tells each one that was acknowledged.
func uploadForever(t *testing.T, dir, member string) {
	in, err := installation.Open(ctx, installation.Options{Dir: installation.Dir(dir)})
	if err != nil {
		t.Fatal(err)
	}
	for i := os.Getpid() * 1000; ; i++ {
		n := document.New{Kind: document.Other, Next: document.FilesOf(fileOf(photo(t, i)), fileOf(photo(t, i+1)), fileOf(photo(t, i+2)))}
		id, err := in.Documents.Upload(ctx, ledger.System("test"), member, n)
		if fault.Of(err) == fault.Conflict {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println(id)
	}
}

// TestBackupHoldsDocuments: a second backup adds what is new, a restore brings the pages back, and a destroyed person's
// pages stay unreadable, of whichever backup.
func TestBackupHoldsDocuments(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, m := c.Actor("party-worker"), someone(c)
		first := upload(c, worker, m.ID, fileOf(photo(t, 1)), fileOf(photo(t, 2)))
		to := filepath.Join(t.TempDir(), "backups")
		backup := func() string {
			rep, err := c.Backup(ctx, ledger.System("test"), to, nil)
			if err != nil {
				t.Fatal(err)
			}
			return rep.Run
		}
		run := backup()
		upload(c, worker, m.ID, fileOf(photo(t, 3)))
		later := backup()
		pages := func(run string, want int) *installation.Installation {
			o := installation.Options{Dir: installation.Dir(filepath.Join(t.TempDir(), "restored"))}
			if cfg.URL != "" {
				o.Database = storetest.Postgres(t)
			}
			res, err := installation.Restore(ctx, installation.Restoring{Options: o, From: to, Kit: c.Dir.Recovery(), Run: run, Actor: ledger.System("test")})
			if err != nil || res.Objects != want || res.Lost != 0 {
				t.Fatalf("restored %+v, want %d pictures: %v", res, want, err)
			}
			in, err := installation.Open(ctx, installation.Options{Dir: o.Dir})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { in.Close() })
			if rep, err := in.Verify(ctx); err != nil || !rep.OK {
				t.Errorf("the restored one: %+v %v", rep, err)
			}
			return in
		}
		in := pages(run, 4) // two pages, each with its small picture
		if _, err := in.Documents.Thumb(ctx, ledger.System("test"), first, 2); err != nil {
			t.Errorf("restored page: %v", err)
		}
		pages(later, 6)
		if err := c.Vault.Shred(ctx, m.ID); err != nil {
			t.Fatal(err)
		}
		backup()
		in = pages(run, 4)
		if _, err := in.Documents.Thumb(ctx, ledger.System("test"), first, 2); fault.Of(err) != fault.Unavailable {
			t.Errorf("a destroyed person's page, restored: %v", err)
		}
	})
}

// A page that is gone from the storage is found by the verification.
func TestLostPageIsFound(t *testing.T) {
	c := demotest.Found(t, store.Config{}, 300)
	id := upload(c, c.Actor("party-worker"), someone(c).ID, fileOf(photo(t, 1)))
	if err := os.Remove(filepath.Join(string(c.Dir), "documents", id, "0001")); err != nil {
		t.Fatal(err)
	}
	rep, err := c.Verify(ctx)
	if err != nil || rep.OK || len(rep.Findings) != 1 || rep.Findings[0].Row != id {
		t.Errorf("%+v %v", rep, err)
	}
}

// photo is a picture; different seeds give different ones.
func photo(t testing.TB, seed int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 300, 200))
	for i := range 300 {
		img.SetRGBA(i, (i*seed)%200, color.RGBA{uint8(seed), uint8(seed >> 8), uint8(seed >> 16), 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func fileOf(b []byte) document.File { return document.File{Name: "photo", Body: bytes.NewReader(b)} }

// someone is a member of the branch of the first branch secretary.
func someone(c *demotest.City) member.Member {
	c.T.Helper()
	p, err := c.Members.List(ctx, c.Everything(), member.Filter{Under: c.Org(c.Accounts[0].Organisation).Path, On: demotest.On})
	if err != nil || len(p.Items) == 0 {
		c.T.Fatal(err)
	}
	return p.Items[0]
}

func upload(c *demotest.City, actor ledger.Actor, memberID string, files ...document.File) string {
	c.T.Helper()
	id, err := c.Documents.Upload(ctx, actor, memberID, document.New{Kind: document.Certificate, Title: "毕业证书", Facts: []string{"education"}, Next: document.FilesOf(files...)})
	if err != nil {
		c.T.Fatal(err)
	}
	return id
}

// A trial restore finds a page that no backup holds, and one that does not open.
func TestDrillLooksAtDocuments(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		id := upload(c, c.Actor("party-worker"), someone(c).ID, fileOf(photo(t, 1)), fileOf(photo(t, 2)))
		page := filepath.Join(string(c.Dir), "documents", id, "0001")
		whole, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for name, harm := range map[string]func() error{
			"":      func() error { return nil },
			"缺 1 页": func() error { return os.Remove(page) },
			"有 1 页打": func() error {
				b := bytes.Clone(whole)
				b[len(b)/2] ^= 1
				return os.WriteFile(page, b, 0o600)
			},
		} {
			if err := harm(); err != nil {
				t.Fatal(err)
			}
			to := filepath.Join(t.TempDir(), "backups")
			if _, err := c.Backup(ctx, ledger.System("test"), to, nil); err != nil {
				t.Fatal(err)
			}
			rep, err := c.Drill(ctx, installation.Drilling{From: to, Actor: ledger.System("test")})
			if err != nil {
				t.Fatal(err)
			}
			told := false
			for _, check := range rep.Checks {
				if check.Name == "documents" {
					told = check.OK == (name == "") && strings.Contains(check.Detail, name)
				}
			}
			if !told || rep.OK != (name == "") {
				t.Errorf("%q: %+v", name, rep.Checks)
			}
			if err := os.WriteFile(page, whole, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	})
}
