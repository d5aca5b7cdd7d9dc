package baddays

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func (c *city) copyFile(from, to string) {
	c.t.Helper()
	b, err := os.ReadFile(from)
	c.must(err)
	c.must(os.WriteFile(to, b, 0o600))
}

// putBack lays copies of the data files where the program has its own, as somebody would by hand.
func (c *city) putBack(from string) {
	c.t.Helper()
	for _, name := range []string{"zhibu.db", "keys.db"} {
		for _, suffix := range []string{"-wal", "-shm"} {
			os.Remove(filepath.Join(c.dir, name+suffix))
		}
		c.copyFile(filepath.Join(from, name), filepath.Join(c.dir, name))
	}
}

// An old database file put back by hand is found against the witness file, at once and after the program has gone on
// with it; a proper restore verifies, and verify names it.
func TestOldFilePutBack(t *testing.T) {
	c := onSQLite(t)
	to := "file://" + filepath.ToSlash(filepath.Join(t.TempDir(), "backup"))
	act := func() {
		t.Helper()
		c.run("account", "recover", "--login", "auditor", "--reason", "试").ends(0)
	}
	act()
	c.run("backup", "--to", to).ends(0)
	old := t.TempDir()
	for _, name := range []string{"zhibu.db", "keys.db"} {
		c.copyFile(filepath.Join(c.dir, name), filepath.Join(old, name))
	}
	act()
	act()
	c.sound()
	c.putBack(old)
	c.run("audit", "verify").ends(1, "witness", "旧的数据库")
	for range 4 { // until the chain is as long as the witness, and longer
		act()
		c.run("audit", "verify").ends(1, "witness")
	}
	restored := &city{t, filepath.Join(t.TempDir(), "restored"), ""}
	restored.run("restore", "--from", to, "--recovery", filepath.Join(c.dir, "recovery")).ends(0)
	restored.run("audit", "verify").ends(0, "核验通过", "正当的恢复")
	restored.run("restore", "--from", to, "--recovery", filepath.Join(c.dir, "recovery")).ends(1, "restored") // never over something
	restored.run("audit", "verify").ends(0)
}

// The machine's clock runs five days ahead and is set back two: the program goes on, and the chain fits.
func TestClockSetBack(t *testing.T) {
	c := onSQLite(t)
	c.takeIn()
	file := filepath.Join(c.dir, "zhibu.json")
	for i, ahead := range []time.Duration{120 * time.Hour, -48 * time.Hour} {
		b, err := os.ReadFile(file)
		c.must(err)
		var config map[string]any
		c.must(json.Unmarshal(b, &config))
		founded, err := time.Parse(time.RFC3339Nano, config["demo_founded"].(string))
		c.must(err)
		config["demo_founded"] = founded.Add(-ahead).Format(time.RFC3339Nano) // a demo's clock counts from here
		b, err = json.Marshal(config)
		c.must(err)
		c.must(os.WriteFile(file, b, 0o600))

		s := c.serve(c.tokenOf("party-worker"))
		p := s.members(1)[0]
		if code, now, why, err := s.mend(p, fmt.Sprint("钟走了", ahead)); err != nil || code != 200 || now.Version != p.Version+1 {
			t.Errorf("%d %+v %+v %v", code, now, why, err)
		}
		c.run("import", "roster", c.sheet(i*10, 10), "--org", c.town()).ends(0, "新增 10")
		s.stop()
		c.sound()
	}
}

// The same file imported by two commands at the same moment goes in once; the other says so or finds all unchanged.
func TestTwoImportsOfOneFile(t *testing.T) {
	c := onSQLite(t)
	before := c.visible()
	file := c.sheet(0, 1500)
	done := make(chan said, 2)
	for range 2 {
		go func() { done <- c.run("import", "roster", file, "--org", c.town()) }()
	}
	in := 0
	for range 2 {
		s := <-done
		switch {
		case s.code == 0 && strings.Contains(s.out, "新增 1500"):
			in++
		case s.code == 0:
			s.says("不变 1500")
		default:
			s.ends(1)
			if !strings.Contains(s.err, "正在导入") && !strings.Contains(s.err, "登记了同一名党员") {
				t.Errorf("no sentence: %s", s.err)
			}
		}
	}
	if n := c.visible(); in != 1 || n != before+1500 {
		t.Errorf("%d went in, %d members, want %d", in, n, before+1500)
	}
	c.sound()
}

// While a command imports, the server serves and writes; an organisation is not moved meanwhile, with a sentence, and
// is afterwards.
func TestImportBesideAServer(t *testing.T) {
	c := onSQLite(t)
	s := c.serve(c.tokenOf("organisation-department"))
	orgs := func(code string) (o struct {
		ID      string
		Version int64
	}) {
		var list struct {
			Items []struct {
				ID      string
				Code    string
				Version int64
			}
		}
		if status, err := s.ask("GET", "/organisations?limit=200", nil, &list); err != nil || status != 200 {
			t.Fatalf("%d, %v", status, err)
		}
		for _, item := range list.Items {
			if item.Code == code {
				o.ID, o.Version = item.ID, item.Version
			}
		}
		return o
	}
	branch, target := orgs(c.account("branch-secretary", 2).Organisation), orgs("066100200000")
	var given struct{ Waits string }
	code, err := s.ask("POST", "/organisations/"+branch.ID+"/move", map[string]any{"organisation": target.ID, "version": branch.Version, "reason": "调整隶属", "document": "区委〔2026〕9 号"}, &given)
	if c.must(err); code != 202 {
		t.Fatalf("the move does not wait for its second person: %d", code)
	}
	reviewer := *s
	reviewer.token = c.tokenOf("reviewer")
	approve := func() (int, problem) {
		var seen struct{ Version int64 }
		var p problem
		at := "/organisation-reviews/" + given.Waits
		if code, err := reviewer.ask("GET", at, nil, &seen); err != nil || code != 200 {
			t.Fatalf("%d, %v", code, err)
		}
		code, err := reviewer.ask("POST", at+"/approve", map[string]any{"version": seen.Version}, &p)
		c.must(err)
		return code, p
	}
	cmd := c.command("import", "roster", c.sheet(0, 8000), "--org", c.town())
	steps, err := cmd.StderrPipe()
	c.must(err)
	c.must(cmd.Start())
	lines := bufio.NewScanner(steps)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "导入 ") {
	}
	if code, p := approve(); code != 409 || !strings.Contains(p.Detail+p.Title, "正在导入") {
		t.Errorf("moved while importing: %d %+v", code, p)
	}
	start := time.Now()
	if code, err := s.ask("GET", "/members?limit=5", nil, nil); err != nil || code != 200 {
		t.Errorf("%d, %v", code, err)
	}
	t.Logf("a list took %s beside the import", time.Since(start))
	io.Copy(io.Discard, steps)
	if err := cmd.Wait(); err != nil {
		t.Fatalf("the import: %v", err)
	}
	if code, p := approve(); code != 200 {
		t.Errorf("not moved afterwards: %d %+v", code, p)
	}
	s.stop()
	c.run("import", "roster", c.sheet(0, 8000), "--org", c.town()).ends(0, fmt.Sprint("不变 ", 8000))
	c.sound()
}
