// Package demotest founds small demo cities for tests of the rooms: the real program, real files, made-up people.
package demotest

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/demo"
	"zhibu/internal/installation"
	"zhibu/internal/party/intake"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/population"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
)

// On is the day every test city stands on.
var On = civil.MustParse("2026-11-23")

// City is a founded and opened demo.
type City struct {
	T testing.TB
	*installation.Installation
	Accounts []demo.Account
	Plan     *population.City
	wrist    *wrist
}

// wrist is the clock of the phones that show codes: each look is half a minute later, since a code counts once.
type wrist struct{ now atomic.Int64 }

func (w *wrist) Now() time.Time { return time.Unix(w.now.Load(), 0) }

// Code is what the phone of an account's holder shows next.
func (c *City) Code(a demo.Account) string {
	c.T.Helper()
	c.wrist.now.Add(30)
	code, err := access.CodeAt(a.TOTP, c.wrist.Now())
	if err != nil {
		c.T.Fatal(err)
	}
	return code
}

// Found makes and opens a city of so many members on the given store.
func Found(t testing.TB, c store.Config, members int) *City {
	t.Helper()
	ctx := context.Background()
	dir := installation.Dir(filepath.Join(t.TempDir(), "city"))
	accounts := Copy(t, c, members, dir)
	in, err := installation.Open(ctx, installation.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close() })
	plan, err := population.Build(population.Plan{Members: members, Seed: 7, On: On})
	if err != nil {
		t.Fatal(err)
	}
	city := &City{T: t, Installation: in, Accounts: accounts, Plan: plan, wrist: &wrist{}}
	city.wrist.now.Store(On.In(civil.Beijing).Unix())
	in.Access.Wrist = city.wrist
	return city
}

// Person is the holder of the n-th account of a role, from 1.
func (c *City) Person(role string, n int) *access.Person {
	c.T.Helper()
	for _, a := range c.Accounts {
		if a.Role != role {
			continue
		}
		if n--; n == 0 {
			p, err := c.Access.Named(context.Background(), a.Account)
			if err != nil {
				c.T.Fatal(err)
			}
			return p
		}
	}
	c.T.Fatalf("no account of the role %s", role)
	return nil
}

// Actor is that holder as an actor.
func (c *City) Actor(role string) ledger.Actor { return c.Person(role, 1).Actor("test") }

// Everything reads with the program's own scope.
func (c *City) Everything() store.Reader { return c.DB.As(store.System("test")) }

// Org finds an organisation by code.
func (c *City) Org(code string) org.Organisation {
	c.T.Helper()
	o, err := org.ByCode(context.Background(), c.Everything(), code)
	if err != nil {
		c.T.Fatal(err)
	}
	return o
}

// Town is the organisation of the town's Party worker.
func (c *City) Town() org.Organisation {
	for _, a := range c.Accounts {
		if a.Role == "party-worker" {
			return c.Org(a.Organisation)
		}
	}
	panic("no party worker")
}

// CSV writes rows into a file and gives its path.
func (c *City) CSV(rows [][]string) string {
	c.T.Helper()
	path := filepath.Join(c.T.TempDir(), "roster.csv")
	f, err := os.Create(path)
	if err != nil {
		c.T.Fatal(err)
	}
	w := csv.NewWriter(f)
	if err := w.WriteAll(rows); err != nil {
		c.T.Fatal(err)
	}
	if err := f.Close(); err != nil {
		c.T.Fatal(err)
	}
	return path
}

// Import runs an import of rows into an organisation.
func (c *City) Import(actor ledger.Actor, orgID string, rows [][]string, dry bool) (intake.Result, error) {
	c.T.Helper()
	path := c.CSV(rows)
	book, err := roster.OpenFile(path, roster.Options{TempDir: c.Dir.Temp()})
	if err != nil {
		return intake.Result{}, err
	}
	defer book.Close()
	text, err := os.ReadFile(path)
	if err != nil {
		c.T.Fatal(err)
	}
	return c.Intake.Run(context.Background(), actor, intake.Request{Book: book, Org: orgID, FileName: "roster.csv", FileHash: fmt.Sprintf("%x", sha256.Sum256(text)), DryRun: dry})
}

// OpenBeside opens the installation once more, as another process does, and closes it again.
func (c *City) OpenBeside() {
	c.T.Helper()
	in, err := installation.Open(context.Background(), installation.Options{Dir: c.Dir})
	if err == nil {
		err = in.Close()
	}
	if err != nil {
		c.T.Fatal(err)
	}
}

// Sound verifies the ledger, the counts and the tree.
func (c *City) Sound() {
	c.T.Helper()
	rep, err := c.Verify(context.Background())
	if err != nil {
		c.T.Fatal(err)
	}
	if !rep.OK {
		c.T.Errorf("verify: %+v", rep.Findings)
	}
}
