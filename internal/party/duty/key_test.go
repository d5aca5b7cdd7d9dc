package duty

import (
	"maps"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhibu/internal/civil"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/party/timeline"
)

// blurred changes what a key leaves out: the day of a month or of a year, days long past, the order of entries. Now and then it
// changes more, which the key has to tell.
func blurred(t *rapid.T, e timeline.Event) timeline.Event {
	within := func(first civil.Date, months int) civil.Date {
		return first.AddDays(rapid.IntRange(0, first.DaysUntil(first.AddMonths(months))-1).Draw(t, "day"))
	}
	if rapid.IntRange(0, 9).Draw(t, "more") == 0 {
		e.On, e.Care, e.Hours = e.On.AddMonths(-rapid.IntRange(0, 14).Draw(t, "months")), !e.Care, e.Hours/2
		if e.Kind == timeline.DuesPaid {
			e.Through = e.Through.AddMonths(-2)
		}
	}
	month := civil.Of(e.On.Year, e.On.Month, 1)
	switch e.Kind {
	case timeline.MeetingHeld:
		e.On = within(month, 1)
	case timeline.Studied:
		e.On = within(civil.Of(e.On.Year, time.January, 1), 12)
	case timeline.DuesPaid:
		e.On, e.Through = within(month, 12), within(civil.Of(e.Through.Year, e.Through.Month, 1), 1)
	case timeline.Member:
		if rapid.Bool().Draw(t, "long ago") {
			e.On = e.On.AddYears(-2)
		}
		e.Admitted = e.Admitted.AddDays(-rapid.IntRange(0, 900).Draw(t, "admitted"))
		if !e.Confirmed.IsZero() {
			e.Confirmed = e.Admitted.AddYears(1)
		}
	}
	return e
}

// TestSameKeySameOpen: where the keys of two branches, or of two people, are the same, the same is open on every later day.
func TestSameKeySameOpen(t *testing.T) {
	equal := 0
	rapid.Check(t, func(t *rapid.T) {
		draw := func(most int, kinds ...timeline.Kind) []timeline.Event {
			return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) timeline.Event { return drawnOf(t, kinds...) }), 0, most).Draw(t, "events")
		}
		var a, b branchFacts
		for _, f := range []*branchFacts{&a, &b} {
			f.book, f.people = rulebook.Default(), []somebody{{id: "甲"}}
			f.branch = &timeline.Branch{Unit: timeline.Village, Founded: start.AddDays(rapid.SampledFrom([]int{-900, 0, 600, 700}).Draw(t, "founded")), Groups: rapid.IntRange(0, 3).Draw(t, "groups"), HasCommittee: true,
				FullMembers: rapid.IntRange(3, 90).Draw(t, "members")}
		}
		for _, e := range draw(12, timeline.MeetingHeld, timeline.CommitteeElected) {
			a.own, b.own = append(a.own, e), append([]timeline.Event{blurred(t, e)}, b.own...)
		}
		listed := timeline.Event{On: start.AddDays(rapid.SampledFrom([]int{0, 200, 500, 800}).Draw(t, "listed")), Kind: timeline.Member, Admitted: start, Confirmed: start.AddYears(1)}
		for _, e := range append(draw(4, timeline.DuesPaid, timeline.Studied), listed) {
			a.people[0].events, b.people[0].events = append(a.people[0].events, e), append([]timeline.Event{blurred(t, e)}, b.people[0].events...)
		}
		ref := start.AddDays(900 + rapid.IntRange(0, 400).Draw(t, "kept"))
		day := ref.AddDays(rapid.IntRange(0, 500).Draw(t, "asked"))
		same := func(what string, a, b branchFacts) {
			equal++
			if x, y := marksOn(spans(a, ref, nil), day), marksOn(spans(b, ref, nil), day); !maps.Equal(x, y) {
				t.Fatalf("%s of the same key, kept on %s, asked on %s: %v and %v\n%+v\n%+v", what, ref, day, x, y, a, b)
			}
		}
		if a.people[0].key(ref, false) == b.people[0].key(ref, false) {
			same("people", branchFacts{book: a.book, people: a.people}, branchFacts{book: b.book, people: b.people})
		}
		x, one := a.branchKey(ref)
		y, other := b.branchKey(ref)
		if one && other && x == y {
			a.people, b.people = nil, nil
			same("branches", a, b)
		}
	})
	if equal == 0 {
		t.Error("no two keys were the same")
	}
}
