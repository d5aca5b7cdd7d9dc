package timeline

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhibu/internal/civil"
	"zhibu/internal/party/rulebook"
)

var start = civil.MustParse("2024-01-01")

func drawnEvent(t *rapid.T) Event {
	e := Event{On: start.AddDays(rapid.IntRange(0, 1400).Draw(t, "day")), Kind: rapid.SampledFrom(Kinds).Draw(t, "kind"),
		Person: rapid.SampledFrom([]string{"甲", "乙"}).Draw(t, "person")}
	day := func(name string) civil.Date { return start.AddDays(rapid.IntRange(-3000, 1400).Draw(t, name)) }
	switch e.Kind {
	case Member:
		e.Admitted, e.Care = day("admitted"), rapid.Bool().Draw(t, "care")
		if rapid.Bool().Draw(t, "full") {
			e.Confirmed = e.Admitted.AddYears(1)
		}
		if rapid.Bool().Draw(t, "is abroad") {
			e.Abroad = day("abroad")
		}
	case AssemblyExtended:
		e.Months = rapid.IntRange(0, 14).Draw(t, "months")
	case TrainingCompleted, Studied, TaughtAtHome:
		e.Hours = Hundredths(rapid.IntRange(0, 4000).Draw(t, "hours"))
	case DuesPaid:
		e.Through = civil.Of(e.On.Year, time.Month(rapid.IntRange(1, 12).Draw(t, "month")), 1)
	case TransferSent:
		n := rapid.IntRange(0, 120).Draw(t, "valid")
		e.ValidDays = &n
	case MeetingHeld:
		e.Meeting = rapid.SampledFrom(Meetings).Draw(t, "meeting")
	}
	return e
}

// when is a condition for tests; the real ones are those of package expression, which this room does not know.
type when func(map[string]any) bool

func (w when) Holds(facts map[string]any) (bool, error) { return w(facts), nil }

// narrowed is a book with something local: a shorter limit, meetings each month since the middle of a year, two duties.
var narrowed = rulebook.Default().For("0001.0002.", []rulebook.Local{
	{ID: "1", Path: "0001.", Rule: "D-03", Parameter: "talk_months", Value: "0", Basis: "试", From: start},
	{ID: "2", Path: "0001.0002.", Rule: "B-08", Parameter: "each_months", Value: "1", Basis: "试", From: civil.MustParse("2025-05-10")},
}, []rulebook.LocalDuty{
	{ID: "3", Path: "0001.", Title: "试", Basis: "试", Months: 3, From: start, Applies: when(func(map[string]any) bool { return true }), Done: when(func(f map[string]any) bool { return f["meetings.lecture"].(int64) > 0 })},
	{ID: "4", Path: "0001.", Title: "试", Basis: "试", Months: 12, Within: 20, OfMembers: true, From: start, Applies: when(func(f map[string]any) bool { return f["member.status"] == "full" }), Done: when(func(f map[string]any) bool { return f["study.hours"].(float64) >= 8 })},
})

// A meeting each month from the quarter after the decision on: the quarter in which it was made stays whole.
func TestShorterPeriodsBeginWithAPeriod(t *testing.T) {
	duties, _ := OfBranch(narrowed, &Branch{}, nil, civil.MustParse("2025-08-20"))
	var due []string
	for _, d := range duties {
		if d.Name == LifeAssembly && !d.Due.Before(civil.MustParse("2025-06-01")) {
			due = append(due, d.Due.String()+" "+d.Rules[0].Local)
		}
	}
	if want := []string{"2025-06-30 ", "2025-07-31 试", "2025-08-31 试"}; !reflect.DeepEqual(due, want) {
		t.Errorf("%v, want %v", due, want)
	}
}

// Nothing depends on the order in which facts were recorded, and one person's answer follows from that person's facts.
func TestOrderOfRecordingDoesNotMatter(t *testing.T) {
	branch := &Branch{Unit: Village, Founded: start, Groups: 2, HasCommittee: true}
	rapid.Check(t, func(t *rapid.T) {
		events := rapid.SliceOfN(rapid.Custom(drawnEvent), 0, 25).Draw(t, "events")
		day := start.AddDays(rapid.IntRange(0, 1500).Draw(t, "as of"))
		want := On(narrowed, Facts{branch, events}, day)
		got := On(narrowed, Facts{branch, rapid.Permutation(events).Draw(t, "recorded")}, day)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("recorded otherwise:\n%+v\nbefore:\n%+v", got, want)
		}
		var own []Event
		for _, e := range events {
			if e.Person == "甲" && e.Kind != MeetingHeld && e.Kind != CommitteeElected {
				own = append(own, e)
			}
		}
		if one := Person(rulebook.Default(), "甲", own, day); one.Status != want.Status["甲"] {
			t.Fatalf("alone %s, among others %s", one.Status, want.Status["甲"])
		}
	})
}

// A duty's state agrees with its dates, and everything names a rule.
func TestStatesAgreeWithDates(t *testing.T) {
	branch := &Branch{Unit: School, Groups: 1, HasCommittee: true}
	rapid.Check(t, func(t *rapid.T) {
		day := start.AddDays(rapid.IntRange(0, 1500).Draw(t, "as of"))
		a := On(rulebook.Default(), Facts{branch, rapid.SliceOfN(rapid.Custom(drawnEvent), 0, 25).Draw(t, "events")}, day)
		for _, d := range a.Duties {
			late := !d.Due.IsZero() && day.After(d.Due)
			early := !d.Earliest.IsZero() && day.Before(d.Earliest)
			if len(d.Rules) == 0 || d.State == "" || (d.State == Overdue) != late && d.State != Done && d.State != Waived || (d.State == Blocked) != early && d.State != Done {
				t.Fatalf("%s: %+v", day, d)
			}
		}
		for _, v := range a.Violations {
			if v.Rule.Article == "" || v.Why.Text == "" || v.On.After(day) {
				t.Fatalf("%+v", v)
			}
		}
	})
}

// Periods follow each other without a gap, and the oldest ended less than twelve months ago.
func TestPeriods(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := start.AddDays(rapid.IntRange(0, 3000).Draw(t, "day"))
		months := rapid.SampledFrom([]int{1, 3, 12}).Draw(t, "months")
		list := periods(day, months)
		if !list[len(list)-1].holds(day) || len(list) > 1+12/months {
			t.Fatalf("%s: %v", day, list)
		}
		for i, p := range list[1:] {
			if list[i].last.AddDays(1) != p.first || p.first.AddMonths(months) != p.last.AddDays(1) {
				t.Fatalf("%v", list)
			}
		}
		if first := list[0]; first.last.AddMonths(12).Before(day) || !first.first.AddDays(-1).AddMonths(12).Before(day) { // the day itself still counts
			t.Fatalf("%s: begins with %v", day, first)
		}
	})
}
