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

var start = civil.MustParse("2024-01-01")

func drawn(t *rapid.T) timeline.Event { return drawnOf(t, timeline.Kinds...) }

func drawnOf(t *rapid.T, kinds ...timeline.Kind) timeline.Event {
	e := timeline.Event{On: start.AddDays(rapid.IntRange(0, 900).Draw(t, "day")), Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}
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

// condition is one that changes only with what is recorded.
type condition func(map[string]any) bool

func (c condition) Holds(facts map[string]any) (bool, error) { return c(facts), nil }

var everybody = condition(func(map[string]any) bool { return true })

// drawnBook is the rulebook, mostly narrowed: by a parameter with another period, one with a limit of time, a duty of branches
// and one of members, which begin and end before the year does that
// the kept spans were looked ahead into; what begins or ends later is marked on its day.
func drawnBook(t *rapid.T) *rulebook.Book {
	if rapid.IntRange(0, 3).Draw(t, "common") == 0 {
		return rulebook.Default()
	}
	dates := func(name string) (from, to civil.Date) {
		from = start.AddDays(rapid.IntRange(0, 1000).Draw(t, name+" from"))
		if rapid.Bool().Draw(t, name+" ends") {
			to = from.AddDays(rapid.IntRange(0, from.DaysUntil(start.AddDays(1090))).Draw(t, name+" to"))
		}
		return from, to
	}
	l := []rulebook.Local{{ID: "1", Path: "0001.", Rule: "B-08", Parameter: "each_months", Value: "1", Basis: "试"}, {ID: "2", Path: "0001.", Rule: "M-04", Parameter: "study_hours", Value: "40", Basis: "试"}}
	d := []rulebook.LocalDuty{
		{ID: "3", Path: "0001.", Title: "党课", Basis: "试", Months: rapid.SampledFrom([]int{1, 3, 6, 12}).Draw(t, "months"), Applies: everybody, Done: condition(func(f map[string]any) bool { return f["meetings.lecture"].(int64) > 0 })},
		{ID: "4", Path: "0001.", Title: "学时", Basis: "试", Months: rapid.SampledFrom([]int{1, 3, 6, 12}).Draw(t, "months"), Within: 20, OfMembers: true,
			Applies: condition(func(f map[string]any) bool { return f["member.status"] == "full" }), Done: condition(func(f map[string]any) bool { return f["study.hours"].(float64) >= 8 })},
	}
	for i := range l {
		l[i].From, l[i].To = dates(l[i].Rule)
		d[i].From, d[i].To = dates(d[i].Title)
	}
	return rulebook.Default().For("0001.0002.", l, d)
}

// oldestOf is the oldest missed day of each duty that is overdue.
func oldestOf(open map[span]int64, day civil.Date) map[string]string {
	out := map[string]string{}
	for x := range open {
		if _, overdue := x.on(day); overdue && (out[x.duty] == "" || x.due < out[x.duty]) {
			out[x.duty] = x.due
		}
	}
	return out
}

// TestKeptIsComputed: what is kept of a branch on one day says of every later day the same as the rules do, while nothing
// more is recorded: which duties are open, which overdue.
func TestKeptIsComputed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := branchFacts{book: drawnBook(t), branch: &timeline.Branch{Unit: timeline.Village, Founded: start, Groups: 2, HasCommittee: true}}
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
		kept := spans(f, ref, map[string][]span{})
		day := ref.AddDays(rapid.IntRange(0, 800).Draw(t, "asked"))
		if rapid.Bool().Draw(t, "last of the year") {
			day = civil.Of(day.Year, time.December, 31)
		}
		if kept, anew := marksOn(kept, day), marksOn(spans(f, day, nil), day); !maps.Equal(kept, anew) {
			t.Fatalf("kept on %s, asked on %s: %v, computed on that day %v", ref, day, kept, anew)
		}
		above := map[string]string{}
		for _, l := range latesOf(kept) {
			if l.begin <= day.String() && l.end > day.String() {
				above[l.duty] += l.oldest // one stretch a day
			}
		}
		if oldest := oldestOf(kept, day); !maps.Equal(oldest, above) {
			t.Fatalf("kept on %s, asked on %s: overdue since %v, counted above %v", ref, day, oldest, above)
		}
		want, got := map[string]bool{}, map[string]bool{}
		for _, it := range answer(f, day).Items {
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
