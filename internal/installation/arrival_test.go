package installation_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/installation"
	"zhibu/internal/party/document"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

// A process that takes a long scan apart is killed for real. The next one goes on: the document is whole, and nothing
// half-written and no original is left.
func TestKilledInTheMiddleOfAScan(t *testing.T) {
	if dir := os.Getenv("ZHIBU_TEST_SCAN"); dir != "" {
		takeApart(t, dir, os.Getenv("ZHIBU_TEST_MEMBER"), os.Getenv("ZHIBU_TEST_ACCOUNT"))
		return
	}
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		m, worker := someone(c), c.Actor("party-worker")
		child := exec.Command(os.Args[0], "-test.run=^TestKilledInTheMiddleOfAScan$")
		child.Stderr = os.Stderr
		child.Env = append(os.Environ(), "ZHIBU_TEST_SCAN="+string(c.Dir), "ZHIBU_TEST_MEMBER="+m.ID, "ZHIBU_TEST_ACCOUNT="+worker.Account)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		if !lines.Scan() {
			t.Fatal("the child has not begun")
		}
		id := lines.Text()
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if child.Wait() == nil {
			t.Fatal("the child was not killed at work")
		}
		if list, err := c.Documents.Of(ctx, c.Everything(), m.ID); err != nil || len(list) != 0 {
			t.Fatalf("half a document: %+v %v", list, err)
		}
		go c.Documents.Work(t.Context(), func(err error) {
			if t.Context().Err() == nil {
				t.Error(err)
			}
		})
		if a, err := c.Documents.Await(ctx, worker, id, 90*time.Second); a != nil || err != nil {
			t.Fatalf("it does not go on: %+v %v", a, err)
		}
		list, err := c.Documents.Of(ctx, c.Everything(), m.ID)
		if err != nil || len(list) != 1 || list[0].ID != id || list[0].Pages != scanPages {
			t.Fatalf("%+v %v", list, err)
		}
		if n, err := c.Documents.Objects(ctx); err != nil || n != 2*scanPages {
			t.Errorf("%d pictures, %v", n, err)
		}
		for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			left, err := os.ReadDir(c.Documents.Spool)
			if err == nil && len(left) == 0 {
				break
			}
			if time.Now().After(end) {
				t.Fatalf("originals are left: %v %v", left, err)
			}
		}
		c.Sound()
	})
}

const scanPages = 12

// takeApart brings a scan, tells its id when two pages are done, and goes on until it is killed.
func takeApart(t *testing.T, dir, member, account string) {
	in, err := installation.Open(ctx, installation.Options{Dir: installation.Dir(dir)})
	if err != nil {
		t.Fatal(err)
	}
	actor, err := in.Documents.Actor(ctx, account)
	if err != nil {
		t.Fatal(err)
	}
	p := fpdf.New("P", "mm", "A5", "")
	p.SetFont("Helvetica", "", 40)
	for i := range scanPages {
		p.AddPage()
		p.Text(20, 60, fmt.Sprint(i))
	}
	var b bytes.Buffer
	if err := p.Output(&b); err != nil {
		t.Fatal(err)
	}
	id, err := in.Documents.Receive(ctx, actor, member, document.New{Kind: document.AdmissionBook, Next: document.FilesOf(fileOf(b.Bytes()))})
	if err != nil {
		t.Fatal(err)
	}
	told := false
	go in.Documents.Work(ctx, func(err error) { t.Error(err) })
	for {
		a, err := in.Documents.Arrival(ctx, actor, id)
		if err != nil {
			t.Fatal(err)
		}
		if a.Pages >= 2 && !told {
			told = true
			fmt.Println(id)
		}
		time.Sleep(time.Millisecond)
	}
}
