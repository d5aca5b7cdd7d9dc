package baddays

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/demo"
	"zhibu/internal/installation"
	"zhibu/internal/population"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/vault"
)

// day is the day every city here stands on; seed makes the kills come at the same moments in each run, as far as the
// machine allows.
const (
	day  = "2026-11-23"
	seed = 20261123
)

var (
	program  string // the built program
	template string // a city to copy
)

func TestMain(m *testing.M) { os.Exit(around(m)) }

func around(m *testing.M) int {
	dir, err := os.MkdirTemp("", "zhibu-baddays-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	program, template = filepath.Join(dir, "zhibu"), filepath.Join(dir, "city")
	for _, cmd := range []*exec.Cmd{
		exec.Command("go", "build", "-o", program, "zhibu/cmd/zhibu"),
		exec.Command(program, "generate", "--dir", template, "--members", "400", "--seed", "7", "--now", day),
	} {
		if out, err := cmd.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "%v: %v\n%s", cmd.Args, err, out)
			return 1
		}
	}
	if err := quicken(template); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// quicken seals the key file anew with a derivation that takes milliseconds: these tests open it a hundred times.
func quicken(dir string) error {
	pass, err := os.ReadFile(filepath.Join(dir, "demo-passphrase"))
	if err != nil {
		return err
	}
	pass = bytes.TrimSpace(pass)
	key := &vault.Keyfile{Path: filepath.Join(dir, "keyfile.age"), WorkFactor: 4, Passphrase: func() ([]byte, error) { return bytes.Clone(pass), nil }}
	ring, err := key.Open(context.Background())
	if err == nil {
		err = key.Save(context.Background(), ring)
	}
	if err == nil {
		key.Path = filepath.Join(dir, "recovery", "keyfile.age")
		err = key.Save(context.Background(), ring)
	}
	return err
}

// city is an installation under trial.
type city struct {
	t   *testing.T
	dir string
	url string // of its PostgreSQL database, "" on SQLite
}

// onSQLite is a fresh city, a copy of one that is made once.
func onSQLite(t *testing.T) *city { return copyTo(t, filepath.Join(t.TempDir(), "city")) }

func copyTo(t *testing.T, dir string) *city {
	t.Helper()
	if err := os.CopyFS(dir, os.DirFS(template)); err != nil {
		t.Fatal(err)
	}
	return &city{t, dir, ""}
}

// eachEngine runs a trial on a fresh city of each engine.
func eachEngine(t *testing.T, run func(c *city)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, s store.Config) {
		if s.URL == "" {
			run(onSQLite(t))
			return
		}
		c := &city{t, filepath.Join(t.TempDir(), "city"), s.URL}
		c.run("generate", "--members", "200", "--seed", "7", "--now", day, "--database", s.URL).ends(0)
		c.must(quicken(c.dir))
		run(c)
	})
}

func (c *city) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// said is how a command ended.
type said struct {
	t        *testing.T
	code     int
	out, err string
}

// run runs a command of the program on the city.
func (c *city) run(args ...string) said {
	c.t.Helper()
	return c.finish(c.command(args...))
}

func (c *city) command(args ...string) *exec.Cmd {
	return exec.Command(program, append(args, "--dir", c.dir)...)
}

func (c *city) finish(cmd *exec.Cmd) said {
	c.t.Helper()
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		c.t.Fatal(err)
	}
	return said{c.t, cmd.ProcessState.ExitCode(), out.String(), errOut.String()}
}

func (s said) ends(code int, words ...string) said {
	s.t.Helper()
	if s.code != code {
		s.t.Fatalf("exit code %d, want %d\nstdout: %s\nstderr: %s", s.code, code, s.out, s.err)
	}
	return s.says(words...)
}

func (s said) says(words ...string) said {
	s.t.Helper()
	for _, w := range words {
		if !strings.Contains(s.out+s.err, w) {
			s.t.Errorf("%q is missing in\nstdout: %s\nstderr: %s", w, s.out, s.err)
		}
	}
	return s
}

// sound verifies the chain, every row, every count and the tree.
func (c *city) sound() {
	c.t.Helper()
	c.run("audit", "verify").ends(0, "核验通过")
}

// account is the n-th account of a role, from 1.
func (c *city) account(role string, n int) demo.Account {
	c.t.Helper()
	list, err := demo.Accounts(installation.Dir(c.dir))
	c.must(err)
	for _, a := range list {
		if a.Role == role {
			if n--; n == 0 {
				return a
			}
		}
	}
	c.t.Fatalf("no account of the role %s", role)
	return demo.Account{}
}

func (c *city) branch() string { return c.account("branch-secretary", 1).Organisation }
func (c *city) town() string   { return c.account("party-worker", 1).Organisation }

// visible counts the members that the program shows, without the program.
func (c *city) visible() (n int) {
	c.t.Helper()
	db, err := store.Open(context.Background(), store.Config{Dir: c.dir, URL: c.url})
	c.must(err)
	defer db.Close()
	_, err = db.As(store.System("test")).One(context.Background(), "SELECT count(*) FROM {member}", nil, &n)
	c.must(err)
	return n
}

// counted asks the database for a number.
func (c *city) counted(query string, args ...any) (n int) {
	c.t.Helper()
	db, err := store.Open(context.Background(), store.Config{Dir: c.dir, URL: c.url})
	c.must(err)
	defer db.Close()
	_, err = db.As(store.System("test")).One(context.Background(), query, args, &n)
	c.must(err)
	return n
}

// hidden counts the batches that wait for somebody to finish or clear them.
func (c *city) hidden() (n int) {
	c.t.Helper()
	db, err := store.Open(context.Background(), store.Config{Dir: c.dir, URL: c.url})
	c.must(err)
	defer db.Close()
	_, err = db.As(store.System("test")).One(context.Background(), "SELECT count(*) FROM {hidden}", nil, &n)
	c.must(err)
	return n
}

var strangers = sync.OnceValues(func() ([]population.Member, error) {
	plan, err := population.Build(population.Plan{Members: 40000, Seed: 99, On: civil.MustParse(day)})
	if err != nil {
		return nil, err
	}
	var all []population.Member
	for m := range plan.Members() {
		all = append(all, m)
	}
	return all, nil
})

// sheet writes a roster of people from number from on, whom no city here has.
func (c *city) sheet(from, n int) string {
	c.t.Helper()
	all, err := strangers()
	c.must(err)
	rows := [][]string{{"姓名", "公民身份号码", "人员类别", "所在党支部", "加入党组织日期", "转为正式党员日期"}}
	for _, m := range all[from : from+n] {
		category := "正式党员"
		if m.Category == population.Probationary {
			category = "预备党员"
		}
		rows = append(rows, []string{m.Name, m.Identity, category, c.branch(), m.Joined.String(), m.Confirmed.String()})
	}
	path := filepath.Join(c.t.TempDir(), "花名册.csv")
	f, err := os.Create(path)
	c.must(err)
	defer f.Close()
	c.must(csv.NewWriter(f).WriteAll(rows))
	return path
}

// takeIn brings a few people in by a roster, who wait for review.
func (c *city) takeIn() {
	c.t.Helper()
	all, err := strangers()
	c.must(err)
	c.run("import", "roster", c.sheet(len(all)-newcomers, newcomers), "--org", c.town()).ends(0)
}

const newcomers = 5

// server is a running serve.
type server struct {
	*city
	cmd   *exec.Cmd
	base  string
	token string
	ended bool
}

// serve starts the program's server and waits until it serves. With a token it speaks for that account.
func (c *city) serve(token string) *server {
	c.t.Helper()
	return c.serveBy(c.command("serve", "--listen", "127.0.0.1:0"), token)
}

func (c *city) serveBy(cmd *exec.Cmd, token string) *server {
	c.t.Helper()
	s := &server{city: c, cmd: cmd, token: token}
	var log bytes.Buffer
	cmd.Stderr = &log
	out, err := cmd.StdoutPipe()
	c.must(err)
	c.must(cmd.Start())
	c.t.Cleanup(s.kill)
	lines := bufio.NewScanner(out)
	address := regexp.MustCompile(`http://localhost:\d+`)
	for lines.Scan() {
		if s.base = address.FindString(lines.Text()); s.base != "" {
			go io.Copy(io.Discard, out)
			return s
		}
	}
	cmd.Wait()
	c.t.Fatalf("it does not serve: %s", log.String())
	return nil
}

// kill ends the process at once, as kill -9 and power cuts do.
func (s *server) kill() {
	if !s.ended {
		s.ended = true
		s.cmd.Process.Kill()
		s.cmd.Wait()
	}
}

// stop ends it as systemd does.
func (s *server) stop() {
	s.t.Helper()
	s.ended = true
	s.must(s.cmd.Process.Signal(os.Interrupt))
	if err := s.cmd.Wait(); err != nil {
		s.t.Errorf("the server ended with %v", err)
	}
}

// tokenOf issues a token for an account.
func (c *city) tokenOf(role string) string {
	c.t.Helper()
	s := c.run("token", "--account", c.account(role, 1).Account, "--expires", "12h").ends(0)
	return strings.TrimSpace(s.out)
}

// ask sends a request to the API; body nil sends none. An error is a connection that broke.
func (s *server) ask(method, path string, body, answer any) (int, error) {
	var send io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return 0, err
		}
		send = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, s.base+"/api/v1"+path, send)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	if answer == nil {
		answer = &struct{}{}
	}
	if err := json.NewDecoder(res.Body).Decode(answer); err != nil {
		return 0, err // the answer broke off: it was not acknowledged
	}
	return res.StatusCode, nil
}

var client = &http.Client{Timeout: 60 * time.Second}

// person is what the API tells of a member.
type person struct {
	ID         string `json:"id"`
	Occupation string `json:"occupation"`
	Version    int64  `json:"version"`
}

// members are people whom nobody has reviewed yet: what is written of them is written at once.
func (s *server) members(n int) []person {
	s.t.Helper()
	var list struct{ Items []person }
	code, err := s.ask("GET", fmt.Sprintf("/members?situation=pending&limit=%d", n), nil, &list)
	if err != nil || code != 200 || len(list.Items) != n {
		s.t.Fatalf("list: %d, %d members, %v", code, len(list.Items), err)
	}
	return list.Items
}

// problem is what the API says when it refuses.
type problem struct {
	Title  string `json:"title"`
	Detail string `json:"detail"`
}

// mend writes an occupation.
func (s *server) mend(p person, occupation string) (int, person, problem, error) {
	var answer struct {
		person
		problem
	}
	code, err := s.ask("PATCH", "/members/"+p.ID, map[string]any{"occupation": occupation, "version": p.Version, "reason": "坏日子"}, &answer)
	return code, answer.person, answer.problem, err
}
