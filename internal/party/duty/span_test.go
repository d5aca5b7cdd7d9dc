package duty

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhibu/internal/civil"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/party/timeline"
)

var start = civil.MustParse("2024-01-01")

func drawn(t *rapid.T) timeline.Event {
	e := timeline.Event{On: start.AddDays(rapid.IntRange(0, 900).Draw(t, "day")), Kind: rapid.SampledFrom(timeline.Kinds).Draw(t, "kind")}
	switch e.Kind {
	case timeline.Member:
		e.Admitted, e.Care = start.AddDays(rapid.IntRange(-3000, 0).Draw(t, "admitted")), rapid.Bool().Draw(t, "care")
		if rapid.Bool().Draw(t, "full") {
			e.Confirmed = e.Admitted.AddYears(1)
		}
	case timeline.AssemblyExtended:
		e.Months = rapid.IntRange(1, 14).Draw(t, "months")
	case timeline.TrainingCompleted, timeline.Studied:
		e.Hours = timeline.Hundredths(rapid.IntRange(0, 4000).Draw(t, "hours"))
	case timeline.DuesPaid:
		e.Through = civil.Of(e.On.Year+rapid.IntRange(0, 1).Draw(t, "year"), time.Month(rapid.IntRange(1, 12).Draw(t, "month")), 1)
	case timeline.MeetingHeld:
		e.Meeting = rapid.SampledFrom(timeline.Meetings).Draw(t, "meeting")
	}
	return e
}

// TestKeptIsComputed: what is kept of a branch on one day says of every later day the same as the rules do, while nothing
// more is recorded: which duties are open, which overdue.
func TestKeptIsComputed(t *testing.T) {
	s := &Service{Rules: rulebook.Default()}
	rapid.Check(t, func(t *rapid.T) {
		f := branchFacts{branch: &timeline.Branch{Unit: timeline.Village, Founded: start, Groups: 2, HasCommittee: true}}
		p := somebody{id: "甲"}
		for _, e := range rapid.SliceOfN(rapid.Custom(drawn), 0, 25).Draw(t, "events") {
			if e.Kind == timeline.MeetingHeld || e.Kind == timeline.CommitteeElected {
				f.own = append(f.own, e)
			} else {
				p.events = append(p.events, e)
			}
		}
		f.people = []somebody{p}
		ref := start.AddDays(900 + rapid.IntRange(0, 60).Draw(t, "kept"))
		kept := s.spans(f, ref, map[string][]span{})
		day := ref.AddDays(rapid.IntRange(0, 800).Draw(t, "asked"))
		want, got := map[string]bool{}, map[string]bool{}
		for _, it := range s.answer(f, day).Items {
			if it.Open() {
				want[string(it.Duty.Name)] = want[string(it.Duty.Name)] || it.State == timeline.Overdue
			}
		}
		for x := range kept {
			if open, overdue := x.on(day); open {
				got[x.duty] = got[x.duty] || overdue
			}
		}
		for name, overdue := range want {
			if late, open := got[name]; !open || late != overdue {
				t.Fatalf("%s kept on %s, asked on %s: open %v overdue %v, the rules say overdue %v\n%v", name, ref, day, open, late, overdue, kept)
			}
		}
		for name := range got {
			if _, open := want[name]; !open {
				t.Fatalf("%s kept on %s is open on %s, the rules ask nothing\n%v", name, ref, day, kept)
			}
		}
	})
}
