package org_test

import (
	"slices"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/ledger"
)

// then reads an organisation as it was on a day.
func (h *house) then(o org.Organisation, day string) org.Then {
	h.t.Helper()
	t, err := org.AsOfOne(ctx, h.all(), civil.MustParse(day), h.get(o))
	h.must(err)
	return t
}

// below names what stood below one on a day, with the numbers below each of them.
func (h *house) below(r store.Reader, o org.Organisation, day string) (names []string, counts []int) {
	h.t.Helper()
	for after := ""; ; {
		list, next, err := org.ChildrenAsOf(ctx, r, o.ID, civil.MustParse(day), after, 1) // a page each: the cursor is tried too
		h.must(err)
		for _, c := range list {
			names, counts = append(names, c.ShortName), append(counts, c.Below)
		}
		if after = next; after == "" {
			return names, counts
		}
	}
}

func TestTheTreeAsOfADay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		// The village moves on 1 March 2024; that it had been renamed in 2022 is entered afterwards.
		moved, err := h.org.Move(ctx, everyone, org.Move{ID: h.village.ID, Version: 1, To: h.other.ID, Basis: on("2024-03-01")})
		h.must(err)
		_, err = h.org.Rename(ctx, everyone, org.Rename{ID: h.village.ID, Version: moved.Version, Name: "中国共产党石桥社区支部", ShortName: "石桥社区党支部", Basis: on("2022-05-01")})
		h.must(err)
		_, err = h.org.ChangeFacts(ctx, everyone, org.ChangeFacts{ID: h.town.ID, Version: 1, Facts: org.Facts{Unit: "石桥镇", Contact: "周海"}, Basis: on("2025-01-01")})
		h.must(err)
		gone, err := h.org.Abolish(ctx, everyone, org.Abolish{ID: h.street.ID, Version: 1, Basis: on("2023-01-01")})
		h.must(err)
		_, err = h.org.Reopen(ctx, everyone, org.Reopen{ID: h.street.ID, Version: gone.Version, Basis: on("2023-07-01")})
		h.must(err)

		for _, want := range []struct {
			day, name, parent string
			state             org.State
		}{
			{"2019-06-30", "石桥村党支部", h.town.ID, org.NotYet},
			{"2019-07-01", "石桥村党支部", h.town.ID, org.There},
			{"2022-04-30", "石桥村党支部", h.town.ID, org.There},
			{"2022-05-01", "石桥社区党支部", h.town.ID, org.There},
			{"2024-02-29", "石桥社区党支部", h.town.ID, org.There},
			{"2024-03-01", "石桥社区党支部", h.other.ID, org.There},
		} {
			if got := h.then(h.village, want.day); got.ShortName != want.name || got.ParentID != want.parent || got.State != want.state {
				t.Errorf("on %s: %s below %s, %s; want %+v", want.day, got.ShortName, got.ParentID, got.State, want)
			}
		}
		for day, want := range map[string]org.State{"2022-12-31": org.There, "2023-01-01": org.Gone, "2023-06-30": org.Gone, "2023-07-01": org.There} {
			if got := h.then(h.street, day).State; got != want {
				t.Errorf("the street on %s: %s, want %s", day, got, want)
			}
		}
		if was, is := h.then(h.town, "2024-12-31"), h.then(h.town, "2025-01-01"); was.Unit != "" || is.Unit != "石桥镇" || is.Contact != "周海" {
			t.Errorf("the town's unit was %q, is %q", was.Unit, is.Unit)
		}
		for _, want := range []struct {
			of    org.Organisation
			day   string
			names []string
			n     []int
		}{
			{h.town, "2019-06-30", nil, nil},
			{h.town, "2021-07-01", []string{"石桥镇机关党总支", "石桥村党支部"}, []int{0, 1}},
			{h.town, "2023-07-01", []string{"石桥镇机关党总支", "石桥社区党支部"}, []int{0, 1}},
			{h.town, "2024-07-01", []string{"石桥镇机关党总支"}, []int{0}},
			{h.other, "2023-02-01", nil, nil},
			{h.other, "2023-08-01", []string{"河口社区党支部"}, []int{0}},
			{h.other, "2024-07-01", []string{"河口社区党支部", "石桥社区党支部"}, []int{0, 1}},
			{h.root, "2021-07-01", []string{"石桥镇党委", "河口镇党委"}, []int{2, 1}},
			{h.root, "2024-07-01", []string{"石桥镇党委", "河口镇党委"}, []int{1, 2}},
		} {
			if names, n := h.below(h.all(), want.of, want.day); !slices.Equal(names, want.names) || !slices.Equal(n, want.n) {
				t.Errorf("below %s on %s: %v %v, want %v %v", want.of.ShortName, want.day, names, n, want.names, want.n)
			}
		}

		// The scope is today's: the town it left sees the village no more, on no day; where it came to, it stands by itself.
		left, came := h.db.As(store.Subtree(h.town.Path)), h.db.As(store.Subtree(h.other.Path))
		if names, _ := h.below(left, h.town, "2021-07-01"); !slices.Equal(names, []string{"石桥镇机关党总支"}) {
			t.Errorf("the town sees %v", names)
		}
		strays, err := org.StraysAsOf(ctx, came, civil.MustParse("2021-07-01"), 50)
		h.must(err)
		if len(strays) != 1 || strays[0].ShortName != "石桥村党支部" {
			t.Errorf("strays %+v", strays)
		}
		if strays, err = org.StraysAsOf(ctx, h.all(), civil.MustParse("2021-07-01"), 50); err != nil || len(strays) != 0 {
			t.Errorf("strays of the whole tree %+v %v", strays, err)
		}
		rep, err := h.ledger.Verify(ctx)
		h.must(err)
		if !rep.OK {
			t.Errorf("verify: %+v", rep.Findings)
		}
	})
}

func TestADayToLookBackTo(t *testing.T) {
	for day, want := range map[string]fault.Kind{"2025-07-01": 0, "2026-11-23": 0, "2026-11-24": fault.Invalid, "1921-07-22": fault.Invalid} {
		if got := fault.Of(org.DayOf(civil.MustParse(day), today)); got != want {
			t.Errorf("%s: %v, want %v", day, got, want)
		}
	}
	if fault.Of(org.DayOf(civil.Of(2025, 2, 30), today)) != fault.Invalid {
		t.Error("30 February is accepted")
	}
}

// TestANameOfWhichNoPeriodWasKept: it is not passed off as the name of the day.
func TestANameOfWhichNoPeriodWasKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		_, err := h.org.Rename(ctx, everyone, org.Rename{ID: h.village.ID, Version: 1, Name: "中国共产党石桥社区支部", ShortName: "石桥社区党支部", Basis: on("2022-05-01")})
		h.must(err)
		unkept := func(day string) bool {
			name, parent, err := org.Unkept(ctx, h.all(), civil.MustParse(day), h.village.ID)
			h.must(err)
			return name || parent
		}
		if unkept("2022-04-30") || unkept("2022-05-01") {
			t.Error("a period was kept")
		}
		h.must(h.org.Ledger.Do(ctx, everyone, ledger.Act{Kind: "test", Reason: "as before periods were kept"}, func(tx *store.Tx) error {
			_, err := tx.System("test").Delete(ctx, "org_past", store.Key{store.Set("org_id", h.village.ID)})
			return err
		}))
		if !unkept("2022-04-30") || unkept("2022-05-01") {
			t.Error("not told of the day before, or told of the day itself")
		}
	})
}
