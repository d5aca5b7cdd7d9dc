package org_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/ledger"
)

func TestMove(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		h.enrol(h.village, 3, "")
		h.enrol(h.street, 2, "")
		post, err := h.org.AddPost(ctx, everyone, org.AddPost{Organisation: h.village.ID, Title: "secretary", Holder: "王德明", Basis: on("2020-01-01")})
		h.must(err)
		o, err := h.org.Move(ctx, everyone, org.Move{ID: h.village.ID, Version: 1, To: h.other.ID, Basis: on("2023-03-01")})
		h.must(err)
		got := h.get(h.village)
		if got.Path != "0001.0002.0002." || got.ParentID != h.other.ID || got.Version != 2 || o.Path != got.Path || o.Version != 2 {
			t.Errorf("moved to %+v", got)
		}
		if g := h.get(h.group); g.Path != "0001.0002.0002.0001." || g.ParentID != h.village.ID || g.Version != 1 {
			t.Errorf("its group went to %+v", g)
		}
		if a, b, all := h.total(h.town), h.total(h.other), h.total(h.root); a != 0 || b != 5 || all != 5 {
			t.Errorf("%d, %d and %d members", a, b, all)
		}
		h.recounted()
		h.sound()
		receiver := h.db.As(store.Subtree(h.other.Path))
		if _, err := org.PostByID(ctx, receiver, post.ID); err != nil {
			t.Errorf("the post stayed behind: %v", err)
		}
		events, err := org.Events(ctx, receiver, h.village.ID)
		h.must(err)
		if e := events[0]; e.Kind != org.Moved || e.On.String() != "2023-03-01" || e.Was != "石桥镇党委" || e.Became != "河口镇党委" || len(events) != 2 {
			t.Errorf("history %+v", events)
		}
		if _, err := org.ByID(ctx, h.db.As(store.Subtree(h.town.Path)), h.village.ID); fault.Of(err) != fault.NotFound {
			t.Errorf("the former superior still sees it: %v", err)
		}
		// Back again: the old number is not given a second time.
		o, err = h.org.Move(ctx, everyone, org.Move{ID: h.village.ID, Version: 2, To: h.town.ID, Basis: on("2023-04-01")})
		h.must(err)
		if o.Path != "0001.0001.0003." {
			t.Errorf("back at %s", o.Path)
		}
		if n := h.establish(everyone, h.other, org.Branch, "又一党支部"); n.Path != "0001.0002.0003." {
			t.Errorf("a new one at %s", n.Path)
		}
		h.recounted()
		h.sound()
		h.verified()
	})
}

// TestMoveDuringAnImport: the rows that are on their way go to the old path, so a move waits for them.
func TestMoveDuringAnImport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		hide := func(do func(*store.Tx) error) { h.must(h.db.Operate(ctx, do)) }
		hide(func(tx *store.Tx) error { return tx.Insert(ctx, "hidden", store.Set("id", "b1")) })
		h.enrol(h.village, 3, "b1")
		h.enrol(h.village, 2, "")
		_, err := h.org.Move(ctx, everyone, org.Move{ID: h.village.ID, Version: 1, To: h.other.ID, Basis: on("2023-03-01")})
		h.refuse(err, fault.Conflict, "")
		h.sound()
		hide(func(tx *store.Tx) error { return second(tx.Delete(ctx, "hidden", store.ByID("b1"))) })
		_, err = h.org.Move(ctx, everyone, org.Move{ID: h.village.ID, Version: 1, To: h.other.ID, Basis: on("2023-03-01")})
		h.must(err)
		if a, b := h.total(h.town), h.total(h.other); a != 0 || b != 5 {
			t.Errorf("%d and %d", a, b)
		}
		h.recounted()
	})
}

// TestUnmoved: who copies a path must have read it since the last move.
func TestUnmoved(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		write := func(places ...org.Place) error {
			return h.ledger.Do(ctx, everyone, ledger.Act{Kind: "test.write"}, func(tx *store.Tx) error { return org.Unmoved(ctx, tx, places...) })
		}
		town, village := org.Place{ID: h.town.ID, Path: h.town.Path}, org.Place{ID: h.village.ID, Path: h.village.Path}
		h.must(write(town, village))
		o, err := h.org.Move(ctx, everyone, org.Move{ID: h.village.ID, Version: 1, To: h.other.ID, Basis: on("2024-02-01")})
		h.must(err)
		h.refuse(write(town, village), fault.Conflict, "")
		h.must(write(town, org.Place{ID: o.ID, Path: o.Path}))
	})
}

func TestMoveRefusals(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		gone, err := h.org.Abolish(ctx, everyone, org.Abolish{ID: h.general.ID, Version: 1, Basis: on("2024-01-01")})
		h.must(err)
		young, err := h.org.Establish(ctx, everyone, org.Establish{Parent: h.root.ID, Code: "Y", Name: "新设党委", Kind: org.Committee, Basis: on("2025-01-01")})
		h.must(err)
		for _, x := range []struct {
			name    string
			o, to   org.Organisation
			version int64
			day     string
			kind    fault.Kind
			field   string
		}{
			{"under itself", h.town, h.town, 1, "2024-02-01", fault.Invalid, "target"},
			{"under its inferior", h.town, h.village, 1, "2024-02-01", fault.Invalid, "target"},
			{"under its inferior's group", h.town, h.group, 1, "2024-02-01", fault.Invalid, "target"},
			{"where it is", h.village, h.town, 1, "2024-02-01", fault.Invalid, "target"},
			{"the root", h.root, h.town, 1, "2024-02-01", fault.Invalid, "target"},
			{"a branch under a branch", h.village, h.street, 1, "2024-02-01", fault.Invalid, "target"},
			{"a group under a committee", h.group, h.town, 1, "2024-02-01", fault.Invalid, "target"},
			{"a committee under a general branch", h.other, h.general, 1, "2024-02-01", fault.Invalid, "target"},
			{"under an abolished one", h.village, gone, 1, "2024-02-01", fault.Invalid, "target"},
			{"an abolished one", gone, h.other, 2, "2024-02-01", fault.Invalid, "target"},
			{"nowhere", h.village, org.Organisation{ID: "01JZZZZZZZZZZZZZZZZZZZZZZZ"}, 1, "2024-02-01", fault.NotFound, "target"},
			{"an older state", h.village, h.other, 0, "2024-02-01", fault.Conflict, "version"},
			{"tomorrow", h.village, h.other, 1, today.AddDays(1).String(), fault.Invalid, "day"},
			{"before it was set up", h.village, h.other, 1, "2019-06-30", fault.Invalid, "day"},
			{"before the other was set up", h.village, young, 1, "2024-12-31", fault.Invalid, "day"},
		} {
			_, err := h.org.Move(ctx, everyone, org.Move{ID: x.o.ID, Version: x.version, To: x.to.ID, Basis: on(x.day)})
			t.Log(x.name, "→", err)
			h.refuse(err, x.kind, x.field)
		}
		_, err = h.org.Move(ctx, everyone, org.Move{ID: h.village.ID, Version: 1, To: young.ID, Basis: on("2025-01-01")})
		h.must(err)
		_, err = h.org.Move(ctx, everyone, org.Move{ID: h.village.ID, Version: 2, To: h.other.ID, Basis: on("2024-12-31")})
		h.refuse(err, fault.Invalid, "day") // a history is written forwards
		h.sound()
	})
}

// TestTwoMovers: each wants to go under the other; one of them must find itself refused.
func TestTwoMovers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		for range 5 {
			a := h.establish(everyone, h.root, org.Committee, "甲党委")
			b := h.establish(everyone, h.root, org.Committee, "乙党委")
			errs := h.together(
				func() error {
					_, err := h.org.Move(ctx, everyone, org.Move{ID: a.ID, Version: 1, To: b.ID, Basis: on("2024-02-01")})
					return err
				},
				func() error {
					_, err := h.org.Move(ctx, everyone, org.Move{ID: b.ID, Version: 1, To: a.ID, Basis: on("2024-02-01")})
					return err
				})
			h.oneOf(errs, fault.Invalid)
			h.sound()
		}
	})
}

// TestTwoMoveTheSame: whoever comes second is told.
func TestTwoMoveTheSame(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		a := h.establish(everyone, h.root, org.Branch, "甲党支部")
		move := func(to org.Organisation) func() error {
			return func() error {
				_, err := h.org.Move(ctx, everyone, org.Move{ID: a.ID, Version: 1, To: to.ID, Basis: on("2024-02-01")})
				return err
			}
		}
		h.oneOf(h.together(move(h.town), move(h.other)), fault.Conflict)
		h.sound()
	})
}

// TestEstablishTogether: many at once below one get different places, and a code goes to one of them.
func TestEstablishTogether(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		var acts []func() error
		for i := range 6 {
			acts = append(acts, func() error {
				_, err := h.org.Establish(ctx, everyone, org.Establish{Parent: h.town.ID, Code: fmt.Sprint("T", i/2), Name: "某支部", Kind: org.Branch, Basis: on("2024-02-01")})
				return err
			})
		}
		conflicts := 0
		for _, err := range h.together(acts...) {
			if fault.Of(err) == fault.Conflict {
				conflicts++
			} else {
				h.must(err)
			}
		}
		if conflicts != 3 {
			t.Errorf("%d conflicts, want 3", conflicts)
		}
		h.sound()
	})
}

// TestAbolishWhileABranchComes: an inferior must not end up below an abolished one.
func TestAbolishWhileABranchComes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		errs := h.together(
			func() error {
				_, err := h.org.Abolish(ctx, everyone, org.Abolish{ID: h.general.ID, Version: 1, Basis: on("2024-02-01")})
				return err
			},
			func() error {
				_, err := h.org.Move(ctx, everyone, org.Move{ID: h.village.ID, Version: 1, To: h.general.ID, Basis: on("2024-02-01")})
				return err
			})
		h.oneOf(errs, fault.Invalid)
		h.sound()
	})
}

// TestStillKeepsTheTree: a row that copies a path while somebody moves is not left behind.
func TestStillKeepsTheTree(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		reading, moved := make(chan struct{}), make(chan error, 1)
		h.must(h.ledger.Do(ctx, everyone, ledger.Act{Kind: "test.write"}, func(tx *store.Tx) error {
			if err := org.Still(ctx, tx); err != nil {
				return err
			}
			o, err := org.ByID(ctx, tx, h.village.ID)
			if err != nil {
				return err
			}
			go func() {
				close(reading)
				_, err := h.org.Move(ctx, everyone, org.Move{ID: h.village.ID, Version: 1, To: h.other.ID, Basis: on("2024-02-01")})
				moved <- err
			}()
			<-reading
			select {
			case err := <-moved:
				t.Fatalf("it moved under the writer's hands: %v", err)
			case <-time.After(50 * time.Millisecond):
			}
			return tx.Insert(ctx, "post", store.Set("id", "p1"), store.Set("org_id", o.ID), store.Set("org_path", o.Path), store.Set("title", "secretary"),
				store.Set("member_id", ""), store.Set("holder", "王德明"), store.Set("from_on", "2020-01-01"), store.Set("to_on", ""), store.Set("version", 1))
		}))
		h.must(<-moved)
		if _, err := org.PostByID(ctx, h.db.As(store.Subtree(h.other.Path)), "p1"); err != nil {
			t.Errorf("the post was left behind: %v", err)
		}
	})
}

// together runs acts at the same time.
func (h *house) together(acts ...func() error) []error {
	errs := make([]error, len(acts))
	var start, done sync.WaitGroup
	start.Add(1)
	for i, act := range acts {
		done.Add(1)
		go func() {
			defer done.Done()
			start.Wait()
			errs[i] = act()
		}()
	}
	start.Done()
	done.Wait()
	return errs
}

// oneOf expects that one act was done and the other refused with a kind.
func (h *house) oneOf(errs []error, kind fault.Kind) {
	h.t.Helper()
	if errs[0] != nil {
		errs[0], errs[1] = errs[1], errs[0]
	}
	if errs[0] != nil || fault.Of(errs[1]) != kind {
		h.t.Fatalf("got %v and %v, want one done and one of kind %d", errs[0], errs[1], kind)
	}
}

func TestMoveOfTenThousand(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		for range 50 {
			h.enrol(h.establish(everyone, h.town, org.Branch, "某党支部"), 200, "")
		}
		begin := time.Now()
		_, err := h.org.Move(ctx, everyone, org.Move{ID: h.town.ID, Version: 1, To: h.other.ID, Basis: on("2024-02-01")})
		h.must(err)
		t.Logf("10,000 members in %v", time.Since(begin))
		if n := h.total(h.other); n != 10000 {
			t.Errorf("%d members arrived", n)
		}
		h.recounted()
		var left int
		_, err = h.all().One(ctx, "SELECT count(*) FROM {member} m WHERE NOT EXISTS (SELECT 1 FROM {org} o WHERE o.id = m.org_id AND o.path = m.org_path)", nil, &left)
		h.must(err)
		if left != 0 {
			t.Errorf("%d members were left behind", left)
		}
	})
}

// TestTheTreeStaysATree does random acts and proves after each round that paths and parents agree.
func TestTheTreeStaysATree(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		seen := map[string]string{} // path → the organisation that ever stood there
		rapid.Check(t, func(rt *rapid.T) {
			for range rapid.IntRange(3, 8).Draw(rt, "acts") {
				h.randomAct(rt)
			}
			h.sound()
			h.must(h.all().Each(ctx, "SELECT path, id FROM {org}", nil, func(r store.Row) error {
				var path, id string
				err := r.Scan(&path, &id)
				if other, ok := seen[path]; ok && other != id {
					rt.Fatalf("%s was another organisation's path", path)
				}
				seen[path] = id
				return err
			}))
		})
		h.recounted()
	})
}

func (h *house) randomAct(rt *rapid.T) {
	list, _, err := org.List(ctx, h.all(), "", 0)
	h.must(err)
	pick := func(label string) org.Organisation { return rapid.SampledFrom(list).Draw(rt, label) }
	basis := org.Basis{On: today, Reason: "试验"}
	a := pick("of")
	switch act := rapid.SampledFrom([]string{"establish", "establish", "move", "move", "abolish", "reopen", "enrol"}).Draw(rt, "act"); act {
	case "establish":
		h.codes++
		_, err = h.org.Establish(ctx, everyone, org.Establish{Parent: a.ID, Code: fmt.Sprint("P", h.codes), Name: "某", Kind: rapid.SampledFrom(org.Kinds).Draw(rt, "kind"), Basis: basis})
	case "move":
		to := pick("to")
		if _, err = h.org.Move(ctx, everyone, org.Move{ID: a.ID, Version: a.Version, To: to.ID, Basis: basis}); err == nil && org.Covers(a.Path, to.Path) {
			rt.Fatalf("%s moved below itself, to %s", a.Path, to.Path)
		}
	case "abolish":
		_, err = h.org.Abolish(ctx, everyone, org.Abolish{ID: a.ID, Version: a.Version, Basis: basis})
	case "reopen":
		_, err = h.org.Reopen(ctx, everyone, org.Reopen{ID: a.ID, Version: a.Version, Basis: basis})
	case "enrol":
		if a.Living() && a.Kind.HoldsMembers() {
			h.enrol(a, 1, "")
		}
	}
	if err != nil && fault.Of(err) != fault.Invalid {
		rt.Fatal(err)
	}
}

func TestPathsAreInTheOrderOfTheTree(t *testing.T) {
	if got := org.Above("0001.0002.000a."); len(got) != 2 || got[0] != "0001." || got[1] != "0001.0002." {
		t.Errorf("above: %v", got)
	}
	if org.Depth("0001.0002.000a.") != 3 || len(org.Above("0001.")) != 0 {
		t.Error("depth")
	}
	if org.Covers("0001.0002.", "0001.0020.") || !org.Covers("0001.0002.", "0001.0002.") || org.Covers("", "0001.") {
		t.Error("covers")
	}

}
