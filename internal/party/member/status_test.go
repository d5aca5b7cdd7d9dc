package member

import (
	"testing"

	"pgregory.net/rapid"

	"zhibu/internal/civil"
)

func day(s string) civil.Date { return civil.MustParse(s) }

func TestStatusOn(t *testing.T) {
	life := []Event{
		{Kind: Admitted, On: day("2003-06-28")}, {Kind: Confirm, On: day("2004-06-28")},
		{Kind: MovedBranch, On: day("2019-03-15"), Was: "a", Became: "b"},
		{Kind: Suspended, On: day("2020-01-01")}, {Kind: Resumed, On: day("2021-01-01")},
		{Kind: Removed, On: day("2022-05-05")}, {Kind: Restored, On: day("2023-05-05")},
	}
	cases := []struct {
		on   string
		want Status
	}{
		{"2003-06-27", Status{Standing: NotYet}},
		{"2003-06-28", Status{Standing: Probationary}},
		{"2004-06-28", Status{Standing: FullMember}},
		{"2019-03-15", Status{Standing: FullMember, OrgID: "b"}},
		{"2020-06-01", Status{Standing: FullMember, OrgID: "b", Suspended: true}},
		{"2021-01-01", Status{Standing: FullMember, OrgID: "b"}},
		{"2022-05-05", Status{Standing: Gone, OrgID: "b", EndedBy: Removed}},
		{"2024-01-01", Status{Standing: FullMember, OrgID: "b"}},
	}
	for _, c := range cases {
		if got := StatusOn(life, day(c.on)); got != c.want {
			t.Errorf("on %s: %+v, want %+v", c.on, got, c.want)
		}
	}
}

// TestStatusIgnoresTheOrderOfRecording: facts that were entered late say the same as facts entered in time.
func TestStatusIgnoresTheOrderOfRecording(t *testing.T) {
	kinds := append([]EventKind{Admitted, Confirm, MovedBranch, Suspended, Resumed, Restored}, Ends...)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 8).Draw(t, "n")
		events := make([]Event, n)
		for i := range events {
			events[i] = Event{Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), On: day("2000-01-01").AddDays(rapid.IntRange(0, 20).Draw(t, "day")),
				Became: rapid.SampledFrom([]string{"x", "y"}).Draw(t, "became")}
		}
		on := day("2000-01-01").AddDays(rapid.IntRange(0, 25).Draw(t, "on"))
		want := StatusOn(events, on)
		if got := StatusOn(rapid.Permutation(events).Draw(t, "order"), on); got != want {
			t.Fatalf("%+v in another order, %+v before", got, want)
		}
	})
}

func TestStandingCountsFromConfirmation(t *testing.T) {
	m := Member{Joined: day("2003-06-28"), Confirmed: day("2004-06-28"), Born: "1979-08"}
	for on, want := range map[string]int{"2004-06-27": 0, "2005-06-27": 0, "2005-06-28": 1, "2026-11-23": 22} {
		if got := m.StandingYears(day(on)); got != want {
			t.Errorf("standing on %s: %d, want %d", on, got, want)
		}
	}
	if m.Age(day("2026-07-31")) != 46 || m.Age(day("2026-08-01")) != 47 {
		t.Errorf("age %d and %d", m.Age(day("2026-07-31")), m.Age(day("2026-08-01")))
	}
}
