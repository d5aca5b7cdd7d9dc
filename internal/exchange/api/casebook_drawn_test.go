package api_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/party/timeline"
)

// TestDrawnFactsByTheInterface: of facts drawn at random, entered in any order as people enter them, the interface says what the
// rules say of the same facts, on any day.
func TestDrawnFactsByTheInterface(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.clock.add(4 * 365 * 24 * time.Hour)
		h.issueTokens(t)
		draw, persons := rand.New(rand.NewPCG(20261124, 5)), 200
		for n := range 12 {
			branch := &timeline.Branch{Unit: timeline.Village, Founded: civil.Of(2023, 3, 1), Groups: draw.IntN(2), HasCommittee: draw.IntN(2) == 1}
			b := &entered{h: h, n: 700 + n, day: drawnDay(draw, 1400), people: map[string]string{}, persons: &persons}
			b.found(t, branch)
			var events []timeline.Event
			for _, name := range []string{"甲", "乙"} { // a member, and somebody on the way
				if name == "甲" {
					joined := civil.Of(2015, 7, 1)
					events = append(events, timeline.Event{On: drawnDay(draw, 400), Kind: timeline.Member, Person: name, Admitted: joined, Confirmed: joined.AddYears(1), Care: draw.IntN(3) == 0})
				}
				for range draw.IntN(9) {
					events = append(events, drawnFact(draw, name))
				}
			}
			rest := events[1:]
			draw.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
			for _, e := range events {
				b.enter(t, e)
			}
			want, got := written(timeline.On(rulebook.Default(), timeline.Facts{Branch: branch, Events: events}, b.day)), written(b.answer(t))
			if !slices.Equal(got, want) {
				t.Errorf("on %s of %+v the interface says\n%q, the rules\n%q", b.day, events, got, want)
			}
		}
	})
}

func drawnDay(draw *rand.Rand, within int) civil.Date {
	return civil.Of(2024, 1, 1).AddDays(draw.IntN(within))
}

func drawnFact(draw *rand.Rand, person string) timeline.Event {
	e := timeline.Event{On: drawnDay(draw, 1200), Kind: timeline.Kinds[draw.IntN(len(timeline.Kinds))], Person: person}
	switch e.Kind {
	case timeline.Member:
		return drawnFact(draw, person) // the list has been entered
	case timeline.MeetingHeld:
		e.Person, e.Meeting = "", timeline.Meetings[draw.IntN(len(timeline.Meetings))]
	case timeline.CommitteeElected:
		e.Person, e.TermYears = "", draw.IntN(6)
	case timeline.Studied, timeline.TaughtAtHome:
		e.Hours = timeline.Hundredths(50 * (1 + draw.IntN(60)))
	case timeline.TrainingCompleted:
		e.Days = timeline.Hundredths(100 * (1 + draw.IntN(4)))
	case timeline.AssemblyExtended:
		e.Months = 1 + draw.IntN(14)
	case timeline.DuesPaid:
		e.Through = civil.Of(e.On.Year, e.On.Month, 1)
	case timeline.TransferSent:
		days := 1 + draw.IntN(120)
		e.ValidDays = &days
	case timeline.TransferRejected:
		e.Reason = []string{"", "档案缺页"}[draw.IntN(2)]
	}
	return e
}

// written is an answer in lines: duties, violations, what people are.
func written(a timeline.Answer) (out []string) {
	for _, d := range a.Duties {
		rules := []string{}
		for _, c := range d.Rules {
			rules = append(rules, c.Rule)
		}
		out = append(out, fmt.Sprint("duty ", d.Name, d.Person, d.Due, d.Earliest, d.State, d.Provisional, rules))
	}
	for _, v := range a.Violations {
		out = append(out, "violation "+v.Rule.Rule)
	}
	for name, s := range a.Status {
		out = append(out, fmt.Sprint("status ", name, s, a.Standing[name]))
	}
	slices.Sort(out)
	return out
}
