package org_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"zhibu/internal/civil"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

// acted is one act as it was entered: what became of which organisation from a day on.
type acted struct {
	on     civil.Date
	id     string
	gone   bool   // abolished, else it was there
	parent string // "" for an act that changed no superior
}

// replayed is the tree of a day made from nothing but the acts in the order of their entry: below each organisation those
// that were there.
func replayed(acts []acted, on civil.Date) map[string][]string {
	there, parent := map[string]bool{}, map[string]string{}
	for _, a := range acts {
		if a.on.After(on) {
			continue
		}
		if a.parent != "" {
			parent[a.id] = a.parent
			if _, known := there[a.id]; known {
				continue
			}
		}
		there[a.id] = !a.gone
	}
	out := map[string][]string{}
	for id, yes := range there {
		if yes && parent[id] != "" {
			out[parent[id]] = append(out[parent[id]], id)
		}
	}
	return out
}

// TestTheTreeAsOfADayIsWhatItsActsMade: after whatever acts, entered for whatever days, the tree that is answered from
// periods is for every day the one that the acts make when they are done again, one after the other.
func TestTheTreeAsOfADayIsWhatItsActsMade(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		var acts []acted
		all := []org.Organisation{h.root, h.town, h.other, h.general, h.village, h.street, h.group}
		for _, o := range all[1:] {
			acts = append(acts, acted{on: civil.MustParse("2019-07-01"), id: o.ID, parent: o.ParentID})
		}
		day := rapid.Custom(func(t *rapid.T) civil.Date {
			return civil.MustParse("2019-06-20").AddDays(rapid.IntRange(0, 2700).Draw(t, "days"))
		})
		rapid.Check(t, func(t *rapid.T) {
			for range rapid.IntRange(1, 6).Draw(t, "acts") {
				o := h.get(rapid.SampledFrom(all[1:]).Draw(t, "organisation"))
				to := h.get(rapid.SampledFrom(all).Draw(t, "superior"))
				b := org.Basis{On: day.Draw(t, "day"), Reason: "上级批复"}
				a, err := acted{on: b.On, id: o.ID}, error(nil)
				switch rapid.SampledFrom([]string{"move", "abolish", "reopen", "establish"}).Draw(t, "act") {
				case "move":
					a.parent = to.ID
					_, err = h.org.Move(ctx, everyone, org.Move{ID: o.ID, Version: o.Version, To: to.ID, Basis: b})
				case "abolish":
					a.gone = true
					_, err = h.org.Abolish(ctx, everyone, org.Abolish{ID: o.ID, Version: o.Version, Basis: b})
				case "reopen":
					_, err = h.org.Reopen(ctx, everyone, org.Reopen{ID: o.ID, Version: o.Version, Basis: b})
				case "establish":
					if len(all) > 40 {
						continue
					}
					h.codes++
					kind := rapid.SampledFrom([]org.Kind{org.Committee, org.GeneralBranch, org.Branch, org.PartyGroup}).Draw(t, "kind")
					name := fmt.Sprintf("第%d号党组织", h.codes)
					var made org.Organisation
					made, err = h.org.Establish(ctx, everyone, org.Establish{Parent: to.ID, Code: fmt.Sprintf("066%09d", h.codes), Name: name, ShortName: name, Kind: kind, Basis: b})
					if err == nil {
						all = append(all, made)
						a.id, a.parent = made.ID, to.ID
					}
				}
				if err == nil { // what was refused is no act
					acts = append(acts, a)
				}
			}
			for range 4 {
				on := day.Draw(t, "looked back to")
				if err := agrees(h, all, on, replayed(acts, on)); err != nil {
					t.Fatal(err)
				}
			}
		})
		if len(acts) < 40 {
			t.Errorf("only %d acts were accepted", len(acts))
		}
	})
}

// agrees holds every way of reading a day's tree against what it must be.
func agrees(h *house, all []org.Organisation, on civil.Date, want map[string][]string) error {
	var ids, there []string
	for _, o := range all {
		ids = append(ids, o.ID)
	}
	counts, err := org.CountBelowAsOf(ctx, h.all(), on, ids)
	if err != nil {
		return err
	}
	for _, o := range all {
		var got []string
		for after := ""; ; {
			list, next, err := org.ChildrenAsOf(ctx, h.all(), o.ID, on, after, 2)
			if err != nil {
				return err
			}
			for _, c := range list {
				got = append(got, c.ID)
				if c.State != org.There || c.ParentID != o.ID || c.Below != len(want[c.ID]) {
					return fmt.Errorf("%s below %s on %s: %s, below %s, with %d, want %d", c.ShortName, o.ShortName, on, c.State, c.ParentID, c.Below, len(want[c.ID]))
				}
			}
			if after = next; after == "" {
				break
			}
		}
		should := slices.Sorted(slices.Values(want[o.ID]))
		if there = append(there, should...); !slices.Equal(slices.Sorted(slices.Values(got)), should) || counts[o.ID] != len(should) {
			return fmt.Errorf("below %s on %s: %v (%d counted), want %v", o.ShortName, on, got, counts[o.ID], should)
		}
	}
	list, _, err := org.ListAsOf(ctx, h.all(), on, "", org.MaxLimit)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(t org.Then) bool { return t.ID == h.root.ID })
	slices.SortFunc(list, func(a, b org.Then) int { return cmp.Compare(a.ID, b.ID) })
	if slices.Sort(there); !slices.EqualFunc(list, there, func(t org.Then, id string) bool { return t.ID == id }) {
		return fmt.Errorf("%d are listed on %s, want %d", len(list), on, len(there))
	}
	return nil
}
