package access_test

import (
	"context"
	"crypto/rand"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/vault"
)

// hand is a clock that a test moves.
type hand struct {
	mu sync.Mutex
	t  time.Time
}

func (h *hand) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.t
}

func (h *hand) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.t = h.t.Add(d)
}

// house is a small city: one committee, two towns, branches with members.
type house struct {
	t       testing.TB
	ctx     context.Context
	clock   *hand
	db      *store.DB
	ledger  *ledger.Ledger
	door    *access.Door
	path    map[string]string // of organisations, by id
	key     []byte
	numbers numbers
}

// The organisations, by id, and where each hangs.
var tree = []struct{ id, path, kind, name string }{
	{"city", "0001.", "committee", "清泽市委"},
	{"town1", "0001.0001.", "committee", "石桥镇党委"},
	{"east", "0001.0001.0001.", "branch", "东街党支部"},
	{"west", "0001.0001.0002.", "branch", "西街党支部"},
	{"town2", "0001.0002.", "committee", "柳河镇党委"},
	{"south", "0001.0002.0001.", "branch", "南门党支部"},
}

// The members of each branch; the id says where.
var members = map[string]string{"e1": "east", "e2": "east", "w1": "west", "s1": "south"}

func open(t testing.TB, c store.Config) *house {
	t.Helper()
	clock := &hand{t: time.Date(2026, 7, 1, 9, 0, 0, 0, civil.Beijing)}
	db := storetest.Open(t, c)
	ring, err := vault.NewRing(vault.AES, rand.Reader, clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	v, err := vault.New(ring, vault.NewMemoryKeys())
	if err != nil {
		t.Fatal(err)
	}
	l := ledger.New(db, store.NewIDs(clock, rand.Reader), clock, v, filepath.Join(t.TempDir(), "witness"))
	h := &house{t: t, ctx: context.Background(), clock: clock, db: db, ledger: l, path: map[string]string{}}
	h.key = v.Derive("access")
	h.door = h.restart()
	h.build()
	return h
}

func sqlite(t testing.TB) *house { return open(t, store.Config{Dir: t.TempDir()}) }

// restart is the door of another process on the same data.
func (h *house) restart() *access.Door {
	d := access.New(h.ledger, h.key)
	d.Numbers = &h.numbers
	return d
}

// numbers are told apart by themselves; turning is set by a test.
type numbers struct{ turning bool }

func (n *numbers) Index(number string) ([]byte, error) {
	if len(number) != 18 {
		return nil, fault.New(fault.Invalid, "号码不对").At("number")
	}
	return []byte("index " + number), nil
}

func (n *numbers) Seal(_ context.Context, _, row, _ string) ([]byte, error) { return []byte(row), nil }

func (n *numbers) Turning() bool { return n.turning }

func (h *house) build() {
	err := h.ledger.Do(h.ctx, ledger.System("test"), ledger.Act{Kind: "test.build"}, func(tx *store.Tx) error {
		for _, o := range tree {
			h.path[o.id] = o.path
			if err := h.org(tx, o.id, o.path, o.kind, o.name); err != nil {
				return err
			}
		}
		for id, branch := range members {
			if err := h.member(tx, id, branch, h.path[branch], "党员"+id); err != nil {
				return err
			}
		}
		return nil
	})
	h.ok(err)
}

func (h *house) org(tx *store.Tx, id, path, kind, name string) error {
	set := store.Set
	return tx.Insert(h.ctx, "org", set("id", id), set("path", path), set("parent_id", ""), set("code", "C"+id), set("name", "中共"+name),
		set("short_name", name), set("pinyin", ""), set("initials", ""), set("kind", kind), set("unit", ""), set("unit_kind", ""),
		set("credit_code", ""), set("contact", ""), set("established_on", "2000-01-01"), set("abolished_on", ""), set("next_child", 9), set("version", 1))
}

func (h *house) member(tx *store.Tx, id, org, path, name string) error {
	set := store.Set
	return tx.Insert(h.ctx, "member", set("id", id), set("org_id", org), set("org_path", path), set("name", name), set("pinyin", "dangyuan"),
		set("initials", "dy"), set("id_number", []byte{1}), set("id_index", []byte(id)), set("id_tail", []byte{1}), set("sex", "1"), set("born", "1980-01"),
		set("ethnicity", "01"), set("education", ""), set("category", "full"), set("joined_on", "2000-01-01"), set("confirmed_on", "2001-01-01"),
		set("occupation", ""), set("registry", ""), set("lost", 0), set("lost_on", ""), set("floating", 0), set("floating_to", ""), set("care", 0),
		set("review", ""), set("state", "active"), set("ended_on", ""), set("missing", 0), set("batch", ""), set("source_row", 0), set("version", 1))
}

func (h *house) ok(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// refused asserts the kind and, unless "", the rule of an error.
func (h *house) refused(err error, kind fault.Kind, rule string) {
	h.t.Helper()
	f := fault.As(err)
	if f == nil {
		h.t.Fatalf("want a fault of kind %d, got %v", kind, err)
	}
	if f.Kind != kind || rule != "" && f.Rule != rule {
		h.t.Fatalf("want kind %d rule %q, got kind %d rule %q: %s", kind, rule, f.Kind, f.Rule, f)
	}
}

const password = "Qing-Ze7 zhong"

// account makes an account with a role at an organisation and no password.
func (h *house) account(login string, role access.Role, org string) *access.Person {
	h.t.Helper()
	return h.install(access.NewAccount{Login: login, Name: "持有人" + login, Org: org, Grants: grants(role, org)}, "")
}

func grants(role access.Role, org string) []access.NewGrant {
	if role == "" {
		return nil
	}
	return []access.NewGrant{{Role: role, Org: org}}
}

func (h *house) install(n access.NewAccount, password string) *access.Person {
	h.t.Helper()
	ids, err := h.door.Install(h.ctx, ledger.System("test"), []access.Installed{{NewAccount: n, Password: password}})
	h.ok(err)
	p := h.person(ids[0])
	if p.Bare {
		_, err := h.door.InstallFactor(h.ctx, ledger.System("test"), p)
		h.ok(err)
	}
	return h.person(ids[0])
}

func (h *house) person(id string) *access.Person {
	h.t.Helper()
	p, err := h.door.Person(h.ctx, id)
	h.ok(err)
	return p
}

// acts counts the acts of a kind in the ledger.
func (h *house) acts(kind string) (n int) {
	h.t.Helper()
	_, err := h.db.As(store.System("test")).One(h.ctx, "SELECT count(*) FROM {act} WHERE kind = ?", []any{kind}, &n)
	h.ok(err)
	return n
}
