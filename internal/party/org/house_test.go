package org_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/headcount"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/vault"
)

// house is a small town and everything needed to act in it.
type house struct {
	t      testing.TB
	config store.Config
	db     *store.DB
	ledger *ledger.Ledger
	vault  *vault.Vault
	org    *org.Service
	rights *rights
	codes  int
	root, town, other, general,
	village, street, group org.Organisation
}

// rights allow everything but what is refused, and remember what they were asked.
type rights struct {
	mu      sync.Mutex
	refused map[string]string // action → path it is refused at
	asked   []string
}

func (r *rights) May(_ context.Context, _ ledger.Actor, action, path string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = append(r.asked, action+" "+path)
	if p, ok := r.refused[action]; ok && p == path {
		return fault.New(fault.Forbidden, "不行。")
	}
	return nil
}

var (
	ctx      = context.Background()
	today    = civil.MustParse("2026-11-23")
	everyone = ledger.Actor{Account: "a0", Name: "周建国", Role: "organisation-department", Scope: store.Subtree("0001.")}
)

func on(day string) org.Basis { return org.Basis{On: civil.MustParse(day), Reason: "上级批复"} }

func open(t testing.TB, c store.Config) *house {
	t.Helper()
	h := &house{t: t, config: c, db: storetest.Open(t, c), rights: &rights{refused: map[string]string{}}}
	clock := civil.FixedOn(today)
	ring, err := vault.NewRing(vault.AES, rand.Reader, clock.Now())
	h.must(err)
	h.vault, err = vault.New(ring, h.db.Keys())
	h.must(err)
	h.ledger = ledger.New(h.db, store.NewIDs(clock, rand.Reader), clock, h.vault, filepath.Join(t.TempDir(), "witness"))
	h.org = &org.Service{DB: h.db, Ledger: h.ledger, Vault: h.vault, Clock: clock, Rights: h.rights}
	return h
}

// build makes the town:
//
//  0001. 清泽市委
//     石桥镇党委: 机关党总支; 石桥村党支部 (第一党小组)
//     河口镇党委: 河口社区党支部
func build(t testing.TB, c store.Config) *house {
	t.Helper()
	h := open(t, c)
	h.root = h.establish(everyone, org.Organisation{}, org.Committee, "清泽市委")
	h.town = h.establish(everyone, h.root, org.Committee, "石桥镇党委")
	h.other = h.establish(everyone, h.root, org.Committee, "河口镇党委")
	h.general = h.establish(everyone, h.town, org.GeneralBranch, "石桥镇机关党总支")
	h.village = h.establish(everyone, h.town, org.Branch, "石桥村党支部")
	h.street = h.establish(everyone, h.other, org.Branch, "河口社区党支部")
	h.group = h.establish(everyone, h.village, org.PartyGroup, "第一党小组")
	return h
}

func (h *house) establish(a ledger.Actor, parent org.Organisation, k org.Kind, short string) org.Organisation {
	h.t.Helper()
	h.codes++
	o, err := h.org.Establish(ctx, a, org.Establish{Parent: parent.ID, Code: fmt.Sprintf("066%09d", h.codes), Name: "中国共产党" + short, ShortName: short,
		Kind: k, Basis: on("2019-07-01")})
	h.must(err)
	return o
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// refuse expects a fault of a kind at a field.
func (h *house) refuse(err error, kind fault.Kind, field string) {
	h.t.Helper()
	e := fault.As(err)
	if e == nil {
		h.t.Fatalf("got %v, want a fault at %q", err, field)
	}
	if e.Kind != kind || e.Field != field {
		h.t.Fatalf("got kind %d at %q (%s), want kind %d at %q", e.Kind, e.Field, e, kind, field)
	}
}

func (h *house) all() store.Reader { return h.db.As(store.System("test")) }

func (h *house) get(o org.Organisation) org.Organisation {
	h.t.Helper()
	got, err := org.ByID(ctx, h.all(), o.ID)
	h.must(err)
	return got
}

// enrol puts members into a branch, as the member room does.
func (h *house) enrol(o org.Organisation, n int, batch string) []string {
	h.t.Helper()
	cols := strings.Fields("id org_id org_path name pinyin initials id_number id_index id_tail sex born ethnicity education category joined_on confirmed_on " +
		"occupation registry lost lost_on floating floating_to care review state ended_on missing batch source_row version")
	var ids []string
	var change headcount.Change
	do := func(fn func(tx *store.Tx) error) error {
		return h.ledger.Do(ctx, ledger.System("test"), ledger.Act{Kind: "test.enrol", OrgPath: o.Path}, fn)
	}
	h.must(do(func(tx *store.Tx) error {
		var rows [][]any
		change = headcount.Change{}
		for range n {
			id := h.ledger.IDs.New()
			ids = append(ids, id)
			rows = append(rows, []any{id, o.ID, o.Path, "李文静", "liwenjing", "lwj", []byte(id), []byte(id), []byte(id[:4]), "2", "1980-05", "HA", "20", "full",
				"2010-07-01", "2011-07-01", "", "normal", 0, "", 0, "", 0, "reviewed", "active", "", 0, batch, 0, 1})
			change.Add(o.Path, headcount.Cell{Category: "full", Sex: "2", Born: "1980-05"}, 1)
		}
		if err := tx.InsertMany(ctx, "member", cols, rows); err != nil || batch != "" {
			return err
		}
		return change.Apply(ctx, tx)
	}))
	h.must(change.Tag(ctx, batch, 1000, do)) // nothing is left but for a batch
	return ids
}

func (h *house) total(o org.Organisation) int64 {
	h.t.Helper()
	n, err := headcount.Total(ctx, h.all(), h.get(o).Path)
	h.must(err)
	return n
}

// recounted proves the kept counts right.
func (h *house) recounted() {
	h.t.Helper()
	h.must(headcount.Recount(ctx, h.all(), func(path string, kept, counted int64) {
		h.t.Errorf("%s: %d kept, %d counted", path, kept, counted)
	}))
}

// sound proves that every path follows from the parents and every subtree is one range of paths.
func (h *house) sound() {
	h.t.Helper()
	type node struct{ id, parent, path string }
	var nodes []node
	h.must(h.all().Each(ctx, "SELECT id, parent_id, path FROM {org} ORDER BY path", nil, func(r store.Row) error {
		var n node
		err := r.Scan(&n.id, &n.parent, &n.path)
		nodes = append(nodes, n)
		return err
	}))
	byID, below := map[string]node{}, map[string][]node{}
	for _, n := range nodes {
		byID[n.id] = n
		below[n.parent] = append(below[n.parent], n)
	}
	var walk func(n node) []string
	walk = func(n node) []string {
		out := []string{n.path}
		for _, c := range below[n.id] {
			out = append(out, walk(c)...)
		}
		return out
	}
	h.worded()
	for _, n := range nodes {
		if n.parent == "" {
			if n.path != "0001." {
				h.t.Fatalf("root at %s", n.path)
			}
		} else if p := byID[n.parent].path; p == "" || n.path[:len(n.path)-5] != p {
			h.t.Fatalf("%s stands at %s, its superior at %q", n.id, n.path, p)
		}
		walked := walk(n)
		slices.Sort(walked)
		var ranged []string
		r, err := h.all().Within(n.path)
		h.must(err)
		h.must(r.Each(ctx, "SELECT path FROM {org} ORDER BY path", nil, func(r store.Row) error {
			var p string
			err := r.Scan(&p)
			ranged = append(ranged, p)
			return err
		}))
		if !slices.Equal(walked, ranged) {
			h.t.Fatalf("below %s: walked %v, in range %v", n.path, walked, ranged)
		}
	}
}

// worded proves that the endings which the search reads are those of the short names, where they stand.
func (h *house) worded() {
	h.t.Helper()
	var want, have []string
	h.must(h.all().Each(ctx, "SELECT path, short_name FROM {org}", nil, func(r store.Row) error {
		var path, short string
		err := r.Scan(&path, &short)
		runes := []rune(strings.ToLower(short))
		for i := range runes {
			if w := path + string(runes[i:]); (i == 0 || i < len(runes)-1) && !slices.Contains(want, w) {
				want = append(want, w)
			}
		}
		return err
	}))
	h.must(h.all().Each(ctx, "SELECT org_path, word FROM {org_word}", nil, func(r store.Row) error {
		var path, word string
		err := r.Scan(&path, &word)
		have = append(have, path+word)
		return err
	}))
	slices.Sort(want)
	slices.Sort(have)
	if !slices.Equal(want, have) {
		h.t.Fatalf("endings kept %v, want %v", have, want)
	}
}
