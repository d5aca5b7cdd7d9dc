package document_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"testing"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/document"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/ledger"
)

// scan is a PDF of so many pages; different seeds give different ones.
func scan(t testing.TB, pages, seed int) []byte {
	t.Helper()
	p := fpdf.New("P", "mm", "A5", "")
	p.SetFont("Helvetica", "", 40)
	for i := range pages {
		p.AddPage()
		p.Text(20, 60, fmt.Sprintf("%d / %d", seed, i+1))
	}
	var b bytes.Buffer
	if err := p.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// receiving is a city that keeps PDFium's translation from other tests.
func receiving(t *testing.T, cfg store.Config) *demotest.City {
	c := demotest.Found(t, cfg, 300)
	c.Documents.Temp = document.Translated()
	return c
}

func receive(c *demotest.City, actor ledger.Actor, memberID string, b []byte) string {
	c.T.Helper()
	id, err := c.Documents.Receive(ctx, actor, memberID, document.New{Kind: document.AdmissionBook, Title: "入党志愿书", Facts: []string{"joined"}, Next: document.FilesOf(fileOf(b))})
	if err != nil {
		c.T.Fatal(err)
	}
	return id
}

// work takes apart what has arrived, until it is told to end.
func work(c *demotest.City) (end func()) {
	on, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.Documents.Work(on, func(err error) { c.T.Error(err) })
	}()
	return func() { stop(); <-done }
}

// until waits for so many pages of an arrival, while Work runs.
func until(c *demotest.City, actor ledger.Actor, id string, pages int) {
	c.T.Helper()
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(time.Millisecond) {
		a, err := c.Documents.Arrival(ctx, actor, id)
		if err != nil || time.Now().After(end) {
			c.T.Fatalf("%+v %v", a, err)
		}
		if a.Pages >= pages {
			return
		}
	}
}

// nothingWaits checks that no row, job, original or page is left of what is no document.
func nothingWaits(c *demotest.City, objects int) {
	c.T.Helper()
	var rows int
	if _, err := c.Everything().One(ctx, "SELECT (SELECT count(*) FROM {arrival}) + (SELECT count(*) FROM {job} WHERE kind = 'arrival')", nil, &rows); err != nil || rows != 0 {
		c.T.Errorf("%d rows are left, %v", rows, err)
	}
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) { // they go when the rows have gone
		left, err := os.ReadDir(c.Documents.Spool)
		if err == nil && len(left) == 0 {
			break
		}
		if time.Now().After(end) {
			c.T.Fatalf("originals are left: %v %v", left, err)
		}
	}
	if n, err := c.Documents.Objects(ctx); err != nil || n != objects {
		c.T.Errorf("%d pictures in the storage, want %d, %v", n, objects, err)
	}
}

// TestArrivalGoesOn: a PDF is answered at once and is a document later; what an end of the process interrupts goes on at
// the page where it stood, and two uploads at once are two documents.
func TestArrivalGoesOn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := receiving(t, cfg)
		worker, secretary, m := c.Actor("party-worker"), c.Actor("branch-secretary"), someone(c)
		id, second := receive(c, worker, m.ID, scan(t, 6, 1)), receive(c, secretary, m.ID, scan(t, 2, 2))
		if _, err := c.Documents.ByID(ctx, c.Everything(), id); fault.Of(err) != fault.NotFound {
			t.Errorf("a document before its pages: %v", err)
		}
		if _, err := c.Documents.Arrival(ctx, secretary, id); fault.Of(err) != fault.NotFound {
			t.Errorf("somebody else's upload: %v", err)
		}
		if b, err := os.ReadFile(c.Documents.Spool + "/" + id + "/0001"); err != nil || bytes.Contains(b, []byte("%PDF")) {
			t.Errorf("the original lies there in plain: %v", err)
		}
		end := work(c)
		until(c, worker, id, 2)
		end()
		before := pictures(c, id)
		if len(before) < 4 {
			t.Fatalf("%d pictures after two pages", len(before))
		}
		if list, err := c.Documents.Of(ctx, c.Everything(), m.ID); err != nil || len(list) != 0 {
			t.Errorf("half a document: %+v %v", list, err)
		}
		end = work(c)
		defer end()
		for actor, id := range map[string]string{worker.Account: id, secretary.Account: second} {
			if a, err := c.Documents.Await(ctx, ledger.Actor{Account: actor}, id, 60*time.Second); a != nil || err != nil {
				t.Fatalf("%+v %v", a, err)
			}
		}
		after := pictures(c, id)
		for key, b := range before {
			if !bytes.Equal(b, after[key]) {
				t.Errorf("%s was drawn twice", key)
			}
		}
		list, err := c.Documents.Of(ctx, c.Everything(), m.ID)
		if err != nil || len(list) != 2 || list[0].Pages != 2 || list[1].Pages != 6 || list[1].Title != "入党志愿书" || list[1].By != worker.Name || len(list[1].Facts) != 1 {
			t.Errorf("%+v %v", list, err)
		}
		nothingWaits(c, 16)
		if _, err := c.Documents.Open(ctx, worker, id, "整理党员档案"); err != nil {
			t.Fatal(err)
		}
		for n := range 6 {
			if _, err := c.Documents.Page(ctx, worker, id, n+1, "login", "331"); err != nil {
				t.Errorf("page %d: %v", n+1, err)
			}
		}
		c.Sound()
	})
}

// pictures are what the storage holds of an id.
func pictures(c *demotest.City, id string) map[string][]byte {
	c.T.Helper()
	place, err := c.Documents.Storage(ctx)
	if err != nil {
		c.T.Fatal(err)
	}
	all, err := place.List(ctx, "")
	if err != nil {
		c.T.Fatal(err)
	}
	out := map[string][]byte{}
	for key := range maps.Keys(all) {
		if len(key) > len(id) && key[:len(id)] == id {
			if out[key], err = place.Get(ctx, key); err != nil {
				c.T.Fatal(err)
			}
		}
	}
	return out
}

// TestArrivalCancelled: nothing is left of an upload that its person cancels while it waits, or in the middle.
func TestArrivalCancelled(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := receiving(t, cfg)
		worker, m := c.Actor("party-worker"), someone(c)
		waits := receive(c, worker, m.ID, scan(t, 2, 3))
		if err := c.Documents.Cancel(ctx, c.Actor("branch-secretary"), waits); fault.Of(err) != fault.NotFound {
			t.Errorf("somebody else's: %v", err)
		}
		if err := c.Documents.Cancel(ctx, worker, waits); err != nil {
			t.Fatal(err)
		}
		nothingWaits(c, 0)
		id := receive(c, worker, m.ID, scan(t, 40, 4))
		end := work(c)
		defer end()
		until(c, worker, id, 1)
		if err := c.Documents.Cancel(ctx, worker, id); err != nil {
			t.Fatal(err)
		}
		next := receive(c, worker, m.ID, scan(t, 1, 5)) // its turn comes when the cancelled one has been let go
		if a, err := c.Documents.Await(ctx, worker, next, 60*time.Second); a != nil || err != nil {
			t.Fatalf("%+v %v", a, err)
		}
		nothingWaits(c, 2)
		c.Sound()
	})
}

// TestArrivalFails: what is wrong is a sentence for the person who brought it, and what can be tried again is kept.
func TestArrivalFails(t *testing.T) {
	c := receiving(t, store.Config{})
	worker, m := c.Actor("party-worker"), someone(c)
	end := work(c)
	id := receive(c, worker, m.ID, []byte("%PDF-1.7\nnothing more"))
	a, err := c.Documents.Await(ctx, worker, id, 60*time.Second)
	if err != nil || a == nil || a.State != document.Failed || a.Again || a.Why == nil || a.Why.Kind != fault.Invalid {
		t.Fatalf("%+v %v", a, err)
	}
	if err := c.Documents.Retry(ctx, worker, id); fault.Of(err) != fault.Conflict {
		t.Errorf("a broken file once more: %v", err)
	}
	if err := c.Documents.Cancel(ctx, worker, id); err != nil {
		t.Fatal(err)
	}
	nothingWaits(c, 0)
	end()

	dies := receive(c, worker, m.ID, scan(t, 2, 6))
	err = c.DB.Operate(ctx, func(tx *store.Tx) error {
		_, err := tx.Update(ctx, "arrival", store.ByID(dies), store.Set("tries", 3))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	end = work(c)
	if a, err = c.Documents.Await(ctx, worker, dies, 60*time.Second); err != nil || a == nil || a.State != document.Failed || !a.Again {
		t.Fatalf("over which the program died three times: %+v %v", a, err)
	}
	if err := c.Documents.Retry(ctx, worker, dies); err != nil {
		t.Fatal(err)
	}
	if a, err = c.Documents.Await(ctx, worker, dies, 60*time.Second); err != nil || a != nil {
		t.Fatalf("once more: %+v %v", a, err)
	}
	end()

	lost := receive(c, worker, m.ID, scan(t, 1, 7))
	c.Documents.Actor = func(context.Context, string) (ledger.Actor, error) {
		a := c.Person("branch-secretary", 2).Actor("test") // the grant has ended since
		a.Account = worker.Account
		return a, nil
	}
	end = work(c)
	defer end()
	if a, err = c.Documents.Await(ctx, worker, lost, 60*time.Second); err != nil || a == nil || a.Again {
		t.Fatalf("of somebody who lost the duty: %+v %v", a, err)
	}
}

// TestFewPhotographsAreThereAtOnce: no job, no progress; the same errors as ever.
func TestFewPhotographsAreThereAtOnce(t *testing.T) {
	c := demotest.Found(t, store.Config{}, 300)
	worker, m := c.Actor("party-worker"), someone(c)
	n := func(files ...document.File) document.New {
		return document.New{Kind: document.Certificate, Next: document.FilesOf(files...)}
	}
	id, err := c.Documents.Receive(ctx, worker, m.ID, n(fileOf(photo(t, 51)), fileOf(photo(t, 52))))
	if err != nil {
		t.Fatal(err)
	}
	if d, err := c.Documents.ByID(ctx, c.Everything(), id); err != nil || d.Pages != 2 {
		t.Fatalf("%+v %v", d, err)
	}
	for name, files := range map[string][]document.File{"nothing": nil, "no picture": {fileOf([]byte("MZ, a program"))}, "cut short": {fileOf(photo(t, 53)[:200])}} {
		if _, err := c.Documents.Receive(ctx, worker, m.ID, n(files...)); fault.As(err) == nil || fault.As(err).Field != "file" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := c.Documents.Receive(ctx, worker, m.ID, n(fileOf(photo(t, 51)), fileOf(photo(t, 52)))); fault.Of(err) != fault.Conflict {
		t.Errorf("the same again: %v", err)
	}
	nothingWaits(c, 4)
	c.Sound()
}
