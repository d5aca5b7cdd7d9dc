package document_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/document"
	"zhibu/internal/party/member"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/ledger"
)

var ctx = context.Background()

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

func TestUploadAndOpen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, m := c.Actor("party-worker"), someone(c)
		id := upload(c, worker, m.ID, fileOf(photo(t, 1)), fileOf(photo(t, 2)))
		list, err := c.Documents.Of(ctx, c.DB.As(worker.Scope), m.ID)
		if err != nil || len(list) != 1 || list[0].Pages != 2 || list[0].Title != "毕业证书" || list[0].By != worker.Name {
			t.Fatalf("%+v %v", list, err)
		}
		facts, err := c.Documents.ForFacts(ctx, c.DB.As(worker.Scope), m.ID)
		if err != nil || len(facts["education"]) != 1 {
			t.Errorf("%+v %v", facts, err)
		}
		if _, err := c.Documents.Page(ctx, worker, id, 1, "login", "331"); fault.As(err) == nil || fault.As(err).Field != "purpose" {
			t.Errorf("a page without an opening: %v", err)
		}
		if _, err := c.Documents.Open(ctx, worker, id, " "); fault.As(err) == nil || fault.As(err).Field != "purpose" {
			t.Errorf("opened without a purpose: %v", err)
		}
		if _, err := c.Documents.Open(ctx, worker, id, "整理党员档案"); err != nil {
			t.Fatal(err)
		}
		b, err := c.Documents.Page(ctx, worker, id, 2, "login", "331")
		if err != nil || !bytes.HasPrefix(b, []byte("\xff\xd8\xff")) {
			t.Errorf("page: %v", err)
		}
		if _, err := c.Documents.Page(ctx, worker, id, 3, "login", "331"); fault.Of(err) != fault.NotFound {
			t.Errorf("page 3 of 2: %v", err)
		}
		looks, err := c.Members.Looks(ctx, c.Everything(), m.ID, 5)
		if err != nil || len(looks) != 1 || looks[0].Kind != member.Read || looks[0].Purpose != "整理党员档案" {
			t.Errorf("looks %+v %v", looks, err)
		}
		_, err = c.Documents.Upload(ctx, worker, m.ID, document.New{Kind: document.Other, Next: document.FilesOf(fileOf(photo(t, 1)), fileOf(photo(t, 2)))})
		if fault.Of(err) != fault.Conflict {
			t.Errorf("the same files again: %v", err)
		}
		c.Sound()
	})
}

// TestWhoMay: out of scope a document is not there; who may not read one is refused.
func TestWhoMay(t *testing.T) {
	c := demotest.Found(t, store.Config{}, 300)
	worker, m := c.Actor("party-worker"), someone(c)
	id := upload(c, worker, m.ID, fileOf(photo(t, 3)))
	for role, want := range map[string]fault.Kind{"branch-committee": fault.Forbidden, "committee-secretary": fault.Forbidden, "system-admin": fault.NotFound, "auditor": fault.NotFound, "member": fault.NotFound} {
		actor := c.Actor(role)
		if actor.Member == m.ID {
			continue
		}
		_, err := c.Documents.Open(ctx, actor, id, "看看")
		if fault.Of(err) != want {
			t.Errorf("%s: %v", role, err)
		}
		if _, err := c.Documents.Thumb(ctx, actor, id, 1); fault.Of(err) != want {
			t.Errorf("%s, thumbnail: %v", role, err)
		}
	}
	other := c.Person("branch-secretary", 2).Actor("test")
	if _, err := c.Documents.Open(ctx, other, id, "看看"); fault.Of(err) != fault.NotFound {
		t.Errorf("another branch: %v", err)
	}
	if _, err := c.Documents.Upload(ctx, other, m.ID, document.New{Kind: document.Other, Next: document.FilesOf(fileOf(photo(t, 4)))}); fault.Of(err) != fault.NotFound {
		t.Errorf("another branch adds: %v", err)
	}
	if err := c.Documents.Remove(ctx, c.Actor("branch-secretary"), id, "传错"); fault.Of(err) != fault.Forbidden {
		t.Errorf("a secretary removes: %v", err)
	}
	self := ledger.Actor{Account: "self", Name: m.Name, Role: "member", Member: m.ID, Scope: store.Self(m.ID, m.OrgPath)}
	own := upload(c, self, m.ID, fileOf(photo(t, 5)))
	if _, err := c.Documents.Open(ctx, self, own, ""); err != nil {
		t.Errorf("own: %v", err)
	}
	if _, err := c.Documents.Page(ctx, self, own, 1, "login", "331"); err != nil {
		t.Errorf("own page: %v", err)
	}
	if looks, err := c.Members.Looks(ctx, c.Everything(), m.ID, 5); err != nil || len(looks) != 0 {
		t.Errorf("looks of oneself: %+v %v", looks, err)
	}
}

func TestRemoveAndSweep(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, m := c.Actor("party-worker"), someone(c)
		upload(c, worker, m.ID, fileOf(photo(t, 6)))
		id := upload(c, worker, m.ID, fileOf(photo(t, 7)))
		if err := c.Documents.Remove(ctx, worker, id, ""); fault.Of(err) != fault.Invalid {
			t.Errorf("without a reason: %v", err)
		}
		if err := c.Documents.Remove(ctx, worker, id, "传错了人"); err != nil {
			t.Fatal(err)
		}
		if list, err := c.Documents.Of(ctx, c.Everything(), m.ID); err != nil || len(list) != 1 {
			t.Errorf("%+v %v", list, err)
		}
		if n, err := c.Documents.Sweep(ctx); err != nil || n != 0 {
			t.Errorf("swept at once: %d %v", n, err)
		}
		orphan := filepath.Join(string(c.Dir), "documents", "01JAAAAAAAAAAAAAAAAAAAAAAA")
		if err := os.MkdirAll(orphan, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(orphan, "0001"), []byte("left by a killed upload"), 0o600); err != nil {
			t.Fatal(err)
		}
		c.Documents.Keep = -time.Hour
		if n, err := c.Documents.Sweep(ctx); err != nil || n != 1 {
			t.Errorf("swept %d, want the orphan: %v", n, err)
		}
		c.Sound()
	})
}

// TestShredded: with the key the pages are gone, wherever their files are.
func TestShredded(t *testing.T) {
	c := demotest.Found(t, store.Config{}, 300)
	worker, m := c.Actor("party-worker"), someone(c)
	id := upload(c, worker, m.ID, fileOf(photo(t, 8)))
	if err := c.Vault.Shred(ctx, m.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Documents.Thumb(ctx, worker, id, 1); fault.Of(err) != fault.Unavailable {
		t.Errorf("%v", err)
	}
	if list, err := c.Documents.Of(ctx, c.DB.As(worker.Scope), m.ID); err != nil || len(list) != 1 || list[0].Title != "" {
		t.Errorf("%+v %v", list, err)
	}
}

// A file moved to another page, or changed, does not open.
func TestMovedPage(t *testing.T) {
	c := demotest.Found(t, store.Config{}, 300)
	worker, m := c.Actor("party-worker"), someone(c)
	id := upload(c, worker, m.ID, fileOf(photo(t, 9)), fileOf(photo(t, 10)))
	dir := filepath.Join(string(c.Dir), "documents", id)
	b, err := os.ReadFile(filepath.Join(dir, "0002-small"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(b, []byte("JFIF")) || bytes.Contains(b, []byte("\xff\xd8\xff")) {
		t.Error("a page lies in plain")
	}
	if err := os.WriteFile(filepath.Join(dir, "0001-small"), b, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Documents.Thumb(ctx, worker, id, 1); err == nil {
		t.Error("page 2 was shown as page 1")
	}
}
