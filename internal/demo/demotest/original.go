package demotest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"zhibu/internal/demo"
	"zhibu/internal/installation"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/vault"
)

// original is a city that was founded once in this process and is copied for every test that begins with the same:
// founding takes many times what copying does.
type original struct {
	dir, url string
	accounts []demo.Account
}

var originals = struct {
	sync.Mutex
	made map[string]*original
}{made: map[string]*original{}}

// Main runs the tests of a package that founds cities, and removes what they were copied from. A TestMain calls it.
func Main(m *testing.M) int {
	code := m.Run()
	for _, o := range originals.made {
		if err := o.remove(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	return code
}

// Copy puts a founded city of so many members into a directory and, where the store is one, a database of PostgreSQL.
func Copy(t testing.TB, c store.Config, members int, dir installation.Dir) []demo.Account {
	t.Helper()
	o, err := founded(c.URL != "", members)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(string(dir), os.DirFS(o.dir)); err != nil {
		t.Fatal(err)
	}
	if c.URL == "" {
		return o.accounts
	}
	if err := storetest.CopyPostgres(o.url, c.URL); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(string(dir), "zhibu.json")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	here := bytes.ReplaceAll(text, []byte(o.url), []byte(c.URL))
	if bytes.Equal(here, text) {
		t.Fatalf("the configuration of a copy does not name its database")
	}
	if err := os.WriteFile(config, here, 0o600); err != nil {
		t.Fatal(err)
	}
	return o.accounts
}

// founded gives the original, founding it when nobody has.
func founded(postgres bool, members int) (*original, error) {
	originals.Lock()
	defer originals.Unlock()
	key := fmt.Sprintf("%d %t", members, postgres)
	if o := originals.made[key]; o != nil {
		return o, nil
	}
	dir, err := os.MkdirTemp("", "zhibu-original-")
	if err != nil {
		return nil, err
	}
	o := &original{dir: filepath.Join(dir, "city")}
	originals.made[key] = o
	if postgres {
		if o.url, err = storetest.NewPostgres(fmt.Sprintf("zhibu_original_%d_%d", os.Getpid(), members)); err != nil {
			return nil, err
		}
	}
	o.accounts, err = demo.Found(context.Background(), demo.Plan{Dir: installation.Dir(o.dir), Database: o.url, Members: members, Seed: 7, On: On})
	if err == nil {
		err = quicken(installation.Dir(o.dir))
	}
	return o, err
}

// quicken seals the key file anew with a derivation that takes milliseconds: every copy opens it, and the strength of the
// real one is tried where keys are.
func quicken(dir installation.Dir) error {
	pass, err := os.ReadFile(dir.DemoPassphrase())
	if err != nil {
		return err
	}
	pass = bytes.TrimSpace(pass)
	for _, path := range []string{dir.KeyFile(), filepath.Join(dir.Recovery(), "keyfile.age")} {
		key := &vault.Keyfile{Path: path, WorkFactor: 4, Passphrase: func() ([]byte, error) { return bytes.Clone(pass), nil }}
		ring, err := key.Open(context.Background())
		if err == nil {
			err = key.Save(context.Background(), ring)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (o *original) remove() error {
	if o.url != "" {
		if err := storetest.DropPostgres(o.url); err != nil {
			return err
		}
	}
	return os.RemoveAll(filepath.Dir(o.dir))
}
