package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/demo"
	"zhibu/internal/installation"
	"zhibu/internal/population"
	"zhibu/internal/trust/vault"
)

// day is the day every test city stands on.
const day = "2026-11-23"

// said is what a command has printed and how it ended.
type said struct {
	code     int
	out, err string
}

// zhibu runs a command as the shell would.
func zhibu(args ...string) said { return zhibuUntil(context.Background(), args...) }

func zhibuUntil(ctx context.Context, args ...string) said {
	var out, errOut bytes.Buffer
	code := run(ctx, args, &out, &errOut)
	return said{code, out.String(), errOut.String()}
}

// ends checks the exit code and that errors hold the words.
func (s said) ends(t *testing.T, code int, words ...string) said {
	t.Helper()
	if s.code != code {
		t.Fatalf("exit code %d, want %d\nstdout: %s\nstderr: %s", s.code, code, s.out, s.err)
	}
	for _, w := range words {
		if !strings.Contains(s.out+s.err, w) {
			t.Errorf("%q is missing in\nstdout: %s\nstderr: %s", w, s.out, s.err)
		}
	}
	return s
}

// facts reads standard output, which with --json is one JSON document and nothing else.
func facts[T any](t *testing.T, s said) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(s.out), &v); err != nil {
		t.Fatalf("%v in %q (%s)", err, s.out, s.err)
	}
	return v
}

// keysOf are a JSON object's names, sorted.
func keysOf(t *testing.T, s said) string {
	t.Helper()
	var names []string
	for name := range facts[map[string]json.RawMessage](t, s) {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

var (
	template     string
	templateOnce sync.Once
	temporary    string
)

func TestMain(m *testing.M) {
	var err error
	if temporary, err = os.MkdirTemp("", "zhibu-test-"); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(temporary)
	os.Exit(code)
}

// city is the directory of a fresh city of 400 members, a copy of one that is made once.
func city(t *testing.T) string {
	t.Helper()
	templateOnce.Do(func() {
		template = filepath.Join(temporary, "city")
		zhibu("generate", "--dir", template, "--members", "400", "--seed", "7", "--now", day).ends(t, 0)
		quicken(t, template)
	})
	return copied(t, template)
}

// copied is a copy of an installation, as private as the original: CopyFS makes what it copies readable to others.
func copied(t *testing.T, from string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "city")
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		mode := os.FileMode(0o600)
		if d.IsDir() {
			mode = 0o700
		}
		return os.Chmod(path, mode)
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// quicken seals the key file anew with a derivation that takes milliseconds: these tests open it a hundred times.
func quicken(t *testing.T, dir string) {
	t.Helper()
	pass, err := os.ReadFile(filepath.Join(dir, "demo-passphrase"))
	if err != nil {
		t.Fatal(err)
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
	if err != nil {
		t.Fatal(err)
	}
}

func accounts(t *testing.T, dir string) []demo.Account {
	t.Helper()
	list, err := demo.Accounts(installation.Dir(dir))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// of is the n-th account of a role, from 1.
func of(t *testing.T, dir, role string, n int) demo.Account {
	t.Helper()
	for _, a := range accounts(t, dir) {
		if a.Role == role {
			if n--; n == 0 {
				return a
			}
		}
	}
	t.Fatalf("no account of the role %s", role)
	return demo.Account{}
}

// newcomers writes a sheet of n people whom no test city has.
func newcomers(t *testing.T, branch string, n int) string {
	t.Helper()
	plan, err := population.Build(population.Plan{Members: max(n, 10), Seed: 99, On: civil.MustParse(day)})
	if err != nil {
		t.Fatal(err)
	}
	rows := [][]string{{"姓名", "公民身份号码", "人员类别", "所在党支部", "加入党组织日期", "转为正式党员日期"}}
	for m := range plan.Members() {
		category := "正式党员"
		if m.Category == population.Probationary {
			category = "预备党员"
		}
		if rows = append(rows, []string{m.Name, m.Identity, category, branch, m.Joined.String(), m.Confirmed.String()}); len(rows) > n {
			break
		}
	}
	return sheet(t, rows)
}

func sheet(t *testing.T, rows [][]string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "花名册.csv")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := csv.NewWriter(f).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return path
}

// serving runs serve or demo beside the test and gives its address; the end of the test ends it.
func serving(t *testing.T, args ...string) (url string, out *transcript) {
	t.Helper()
	ctx, end := context.WithCancel(context.Background())
	out = &transcript{}
	done := make(chan int, 1)
	go func() { done <- run(ctx, append(args, "--listen", "127.0.0.1:0"), out, out) }()
	t.Cleanup(func() {
		end()
		if code := <-done; code != 0 {
			t.Errorf("it ended with %d: %s", code, out)
		}
	})
	address := regexp.MustCompile(`http://localhost:\d+`)
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if url = address.FindString(out.String()); url != "" {
			return url, out
		}
		select {
		case code := <-done:
			done <- code
			t.Fatalf("it ended with %d before it served: %s", code, out)
		default:
		}
	}
	t.Fatalf("it does not serve: %s", out)
	return "", nil
}

// transcript is what a running command prints.
type transcript struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (t *transcript) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.Write(b)
}

func (t *transcript) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.String()
}
