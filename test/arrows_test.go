// Package test holds what looks at the whole house: the direction of its imports and the links of its documents.
package test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// floors lists the rooms from the ground up. A room may use what lies below it and nothing beside or above it:
// that is what lets one person change a room and know who can notice.
var floors = [][]string{
	{"internal/civil", "internal/fault", "internal/words", "internal/parcel"},
	{"internal/store", "internal/population"},
	{"internal/trust"},
	{"internal/live"},
	{"internal/party"},
	{"internal/insight"},
	{"internal/installation"},
	{"internal/demo"},
	{"internal/exchange", "internal/web"},
	{"cmd", "test", "scripts"},
}

// partyOrder is the order inside the domain, from what knows least: each room knows those before it, the many rooms of one step know
// none of each other, and duty looks at all of them.
var partyOrder = [][]string{
	{"rulebook"}, {"vote", "timeline"}, {"identity", "reading", "headcount", "expression", "notice"}, {"roster"}, {"org"}, {"localrule"}, {"member"}, {"review"}, {"steward"}, {"document"}, {"ballot"},
	{"intake", "dues", "transfer", "study", "appeal", "service", "retention", "request", "logbook"},
	{"casebook"}, {"duty"}, {"duesbook", "admission", "election", "life"},
}

// pure rooms compute. They import only dates, faults and rules, and reach no disk, network or database by any path, so that
// their answer depends on what they are given and on nothing else.
var pure = []string{"internal/party/rulebook", "internal/party/vote", "internal/party/timeline", "internal/population"}

var (
	pureMayUse     = []string{"internal/civil", "internal/fault", "internal/party/rulebook"}
	pureMayNotFind = []string{"net", "net/http", "os/exec", "database/sql"}
)

// engines may be imported by the store alone, because a query elsewhere would be a query without a scope. The
// benchmark is let in: the bare driver is what it compares with.
var (
	engines      = []string{"database/sql", "github.com/jackc/pgx", "modernc.org/sqlite", "github.com/pressly/goose"}
	engineRooms  = []string{"internal/store", "test/bench"}
	moduleMarker = "zhibu/"
)

// testCity founds the small cities in which rooms are tried.
const testCity = "zhibu/internal/demo/demotest"

// A day says itself how it is stored; for that it needs the driver's two interfaces, which open nothing.
const dayRoom, valueInterfaces = "internal/civil", "database/sql/driver"

// pkg is what `go list` tells of a package. Tests are held to the same arrows as the code they test.
type pkg struct {
	ImportPath, ForTest                      string
	Imports, TestImports, XTestImports, Deps []string
}

func TestArrowsRunDownwards(t *testing.T) {
	list := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,TestImports,XTestImports,Deps", "./...")
	list.Dir = ".."
	var complaint bytes.Buffer
	list.Stderr = &complaint
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, complaint.String())
	}

	packages, edges := 0, 0
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		packages++
		from := strings.TrimPrefix(p.ImportPath, moduleMarker)
		for _, to := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			edges++
			if within(to, engines) && !slices.Contains(p.Imports, to) {
				continue // a test may go past the store: that is how it plays the one who tampers
			}
			if within(to, []string{testCity}) && slices.Contains(p.XTestImports, to) {
				continue // a room is tried from outside, in a whole small city
			}
			if why := refuse(from, strings.TrimPrefix(to, moduleMarker)); why != "" {
				t.Errorf("%s imports %s: %s", from, to, why)
			}
			if _, room := place(from); room == "" {
				break // said once
			}
		}
		if within(from, pure) {
			for _, to := range pureMayNotFind {
				if slices.Contains(p.Deps, to) {
					t.Errorf("%s reaches %s by way of what it imports, and is to compute only", from, to)
				}
			}
		}
	}
	if packages < 4 || edges < 20 {
		t.Fatalf("go list showed %d packages and %d imports: the test looked at nothing", packages, edges)
	}
}

// TestRefusals is the control: a test of arrows that accepts everything would pass too.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name, from, to string
		refused        bool
	}{
		{"the page asks the domain", "internal/web", "internal/party/member", false},
		{"the domain writes through the ledger", "internal/party/member", "internal/trust/ledger", false},
		{"a room uses its own parts", "internal/web/view", "internal/web/asset", false},
		{"trust stores", "internal/trust/vault", "internal/store", false},
		{"the store opens its engine", "internal/store", "database/sql", false},
		{"the benchmark runs the bare driver", "test/bench", "database/sql", false},
		{"a later party room knows an earlier one", "internal/party/member", "internal/party/org", false},
		{"duty looks at all", "internal/party/duty", "internal/party/dues", false},
		{"a meeting is held live", "internal/party/life", "internal/live", false},
		{"the pages are given an installation", "internal/web", "internal/installation", false},
		{"an installation wires the rooms", "internal/installation", "internal/party/member", false},
		{"a room does not ask for the installation", "internal/party/member", "internal/installation", true},
		{"the program joins everything", "cmd/zhibu", "internal/web", false},
		{"the rules know days", "internal/party/rulebook", "internal/civil", false},
		{"everybody may use a library", "internal/trust/vault", "golang.org/x/crypto/argon2", false},

		{"nobody imports the pages", "internal/party/member", "internal/web", true},
		{"the interface does not show pages", "internal/exchange/api", "internal/web", true},
		{"the pages do not go through the interface", "internal/web", "internal/exchange/api", true},
		{"the store knows no member", "internal/store", "internal/party/member", true},
		{"the vault knows no member", "internal/trust/vault", "internal/party/member", true},
		{"live knows no meeting", "internal/live", "internal/party/life", true},
		{"an earlier party room does not know a later one", "internal/party/org", "internal/party/member", true},
		{"two rooms of one step are strangers", "internal/party/dues", "internal/party/study", true},
		{"the reader of sheets knows no database's member", "internal/party/roster", "internal/party/member", true},
		{"a rule does not look at the data", "internal/party/rulebook", "internal/store", true},
		{"the population is computed, not stored", "internal/population", "internal/store", true},
		{"the population speaks no language", "internal/population", "internal/words", true},
		{"a page does not query", "internal/web", "database/sql", true},
		{"a day knows how it is stored", "internal/civil", "database/sql/driver", false},
		{"a day does not query", "internal/civil", "database/sql", true},
		{"the domain does not query", "internal/party/member", "database/sql", true},
		{"no driver outside the store", "internal/trust/archive", "github.com/jackc/pgx/v5", true},
		{"dates stand on nothing", "internal/civil", "internal/store", true},
		{"a room without a place", "internal/utils", "internal/civil", true},
		{"a party room without a place", "internal/party/common", "internal/party/org", true},
		{"a likeness of name is no membership", "internal/storehouse", "database/sql", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if why := refuse(c.from, c.to); (why != "") != c.refused {
				t.Errorf("%s → %s: refused=%t (%s), want %t", c.from, c.to, why != "", why, c.refused)
			}
		})
	}
}

// refuse says why a package may not import another, or nothing. Paths of this module come without its name.
func refuse(from, to string) string {
	if within(to, engines) && !within(from, engineRooms) && (from != dayRoom || to != valueInterfaces) {
		return "only the store talks to the database (a query elsewhere has no scope)"
	}
	high, room := place(from)
	if room == "" {
		return from + " has no place among the floors in test/arrows_test.go"
	}
	low, target := place(to)
	if target == "" {
		if within(to, []string{"internal"}) {
			return to + " has no place among the floors in test/arrows_test.go"
		}
		return "" // a library
	}
	if within(from, pure) && !within(to, pureMayUse) && !within(to, []string{from}) {
		return "a pure room uses dates, faults and rules only"
	}
	switch {
	case room == target && room == "internal/party":
		return refuseParty(from, to)
	case room == target, low < high, high == 0 && low == 0:
		return ""
	case low == high:
		return fmt.Sprintf("%s and %s lie on one floor", room, target)
	}
	return "the arrow runs upwards"
}

func refuseParty(from, to string) string {
	high, room := step(from)
	low, target := step(to)
	switch {
	case room == "" || target == "":
		return "has no place in the order of the party rooms in test/arrows_test.go"
	case room == target, low < high:
		return ""
	case low == high:
		return "two rooms of one step do not know each other"
	}
	return "an earlier party room does not know a later one"
}

func place(path string) (floor int, room string) {
	for i, rooms := range floors {
		for _, r := range rooms {
			if within(path, []string{r}) {
				return i, r
			}
		}
	}
	return -1, ""
}

func step(path string) (order int, room string) {
	for i, rooms := range partyOrder {
		for _, r := range rooms {
			if within(path, []string{"internal/party/" + r}) {
				return i, r
			}
		}
	}
	return -1, ""
}

// within tells whether a path is one of the rooms or lies inside one.
func within(path string, rooms []string) bool {
	return slices.ContainsFunc(rooms, func(r string) bool { return path == r || strings.HasPrefix(path, r+"/") })
}
