package admission

import (
	"math/rand"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"zhibu/internal/civil"
	"zhibu/internal/party/document"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/party/timeline"
)

func on(kind timeline.Kind, day string) timeline.Event {
	return timeline.Event{Kind: kind, On: civil.MustParse(day), Days: 300}
}

// whole is a way from the application to the confirmation under the rules of 2026.
var whole = []timeline.Event{
	on(timeline.Applied, "2026-06-01"), on(timeline.Talked, "2026-06-20"), on(timeline.ActivistConfirmed, "2026-12-01"), on(timeline.ActivistReviewed, "2027-06-01"),
	on(timeline.ActivistReviewed, "2027-12-01"), on(timeline.CandidateDiscussed, "2027-12-10"), on(timeline.CandidateAgreed, "2027-12-20"), on(timeline.NoticePosted, "2027-12-21"),
	on(timeline.NoticeClosed, "2027-12-30"), on(timeline.IntroducersSet, "2028-01-05"), on(timeline.PoliticalReviewPassed, "2028-02-01"), on(timeline.TrainingCompleted, "2028-03-01"),
	on(timeline.BranchExamined, "2028-03-10"), on(timeline.PrereviewPassed, "2028-04-01"), on(timeline.AssemblyAdmitted, "2028-04-20"), on(timeline.ApproverTalked, "2028-05-10"),
	on(timeline.CommitteeApproved, "2028-05-20"), on(timeline.Filed, "2028-06-01"), on(timeline.Assigned, "2028-06-02"), on(timeline.Oath, "2028-06-15"),
	on(timeline.ConfirmationApplied, "2029-04-20"), on(timeline.AssemblyConfirmed, "2029-04-25"), on(timeline.ConfirmationApproved, "2029-05-20"),
}

func of(day string, events ...timeline.Event) Case {
	return Of(rulebook.Default(), events, civil.MustParse(day))
}

// TestStepByStep walks the whole way: each step done brings up the one behind it, and the end ends it.
func TestStepByStep(t *testing.T) {
	want := []string{"2", "3", "7", "7", "7", "8", "8a", "8a", "9", "10", "11", "12", "13", "15", "16", "17", "18", "19", "20", "22", "23", "24", ""}
	for i, e := range whole {
		c := of(e.On.String(), whole[:i+1]...)
		next, ok := c.Next()
		if next.Number != want[i] || ok != (want[i] != "") {
			t.Errorf("after %s: %q, want %q", e.Kind, next.Number, want[i])
		}
		for _, p := range c.Steps {
			if p.State == Missing || len(p.Breaches) > 0 {
				t.Errorf("after %s: step %s is %s, %v", e.Kind, p.Number, p.State, p.Breaches)
			}
		}
	}
	c := of("2029-06-01", whole...)
	if c.Ended != Confirmed || c.Status != timeline.FullStatus {
		t.Errorf("%q %q", c.Ended, c.Status)
	}
	for _, p := range c.Steps {
		if p.State != Done {
			t.Errorf("step %s is %s", p.Number, p.State)
		}
	}
}

// TestWhatWasLeftOut: a step that nobody entered is named, and the notice is missed only by whom it was asked of.
func TestWhatWasLeftOut(t *testing.T) {
	without := slices.DeleteFunc(slices.Clone(whole[:10]), func(e timeline.Event) bool {
		return e.Kind == timeline.Talked || e.Kind == timeline.NoticeClosed || e.Kind == timeline.NoticePosted
	})
	missing := func(c Case) (out []string) {
		for _, p := range c.Steps {
			if p.State == Missing {
				out = append(out, p.Number)
			}
		}
		return out
	}
	if got := missing(of("2028-01-10", without...)); !slices.Equal(got, []string{"2", "8a"}) {
		t.Error(got)
	}
	old := []timeline.Event{on(timeline.Applied, "2015-06-01"), on(timeline.Talked, "2015-06-20"), on(timeline.ActivistConfirmed, "2015-12-01"), on(timeline.ActivistReviewed, "2016-06-01"),
		on(timeline.CandidateDiscussed, "2017-01-10"), on(timeline.CandidateAgreed, "2017-01-20"), on(timeline.IntroducersSet, "2017-02-05")}
	c := of("2017-03-01", old...)
	if got := missing(c); got != nil {
		t.Error(got)
	}
	if next, _ := c.Next(); next.Number != "10" || next.Rules[0].Version != "2014" {
		t.Errorf("%s %v", next.Number, next.Rules)
	}
}

// TestAgainAndFromTheRegister: who was cancelled begins anew with an application; who came with the roster has passed the
// assembly on the day of the register; an extension goes on.
func TestAgainAndFromTheRegister(t *testing.T) {
	cancelled := append(slices.Clone(whole[:20]), on(timeline.AssemblyCancelled, "2029-04-25"))
	if c := of("2029-05-01", cancelled...); c.Ended != Cancelled {
		t.Errorf("%q", c.Ended)
	}
	c := of("2030-02-01", append(cancelled, on(timeline.Applied, "2030-01-01"))...)
	if next, _ := c.Next(); next.Number != "2" || c.Ended != Open {
		t.Errorf("%s %q", next.Number, c.Ended)
	}
	c = of("2026-11-23", timeline.Event{Kind: timeline.Member, On: civil.MustParse("2026-01-01"), Admitted: civil.MustParse("2026-03-01")})
	if next, _ := c.Next(); next.Number != "16" || !c.Registered || c.Status != timeline.ProbationaryStatus {
		t.Errorf("%s %v %s", next.Number, c.Registered, c.Status)
	}
	extended := append(slices.Clone(whole[:21]), timeline.Event{Kind: timeline.AssemblyExtended, On: civil.MustParse("2029-04-25"), Months: 6})
	if next, _ := of("2029-05-01", extended...).Next(); next.Number != "23" || len(next.Events) != 1 {
		t.Errorf("%s %v", next.Number, next.Events)
	}
}

// TestOrderOfEntryChangesNothing: a case follows from the days, whoever entered what first.
func TestOrderOfEntryChangesNothing(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(0, len(whole)).Draw(r, "known")
		mixed := slices.Clone(whole[:n])
		rand.New(rand.NewSource(rapid.Int64().Draw(r, "seed"))).Shuffle(n, func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		a, b := of("2029-06-01", whole[:n]...), of("2029-06-01", mixed...)
		next := 0
		for i := range a.Steps {
			if a.Steps[i].State != b.Steps[i].State {
				r.Errorf("step %s: %s and %s", a.Steps[i].Number, a.Steps[i].State, b.Steps[i].State)
			}
			if a.Steps[i].State == Next {
				next++
			}
		}
		if want := 1; n == len(whole) && next != 0 || n < len(whole) && next != want {
			r.Errorf("%d steps come next", next)
		}
	})
}

// TestSteps: every step of the log book has its place, every document a kind, and a broken file is refused.
func TestSteps(t *testing.T) {
	for _, k := range timeline.Kinds[:slices.Index(timeline.Kinds, timeline.Member)] {
		n := 0
		for _, s := range Steps {
			if s.holds(k) {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%s belongs to %d steps", k, n)
		}
	}
	if len(Steps) != 26 {
		t.Errorf("%d steps", len(Steps))
	}
	for _, s := range Steps {
		for _, d := range s.Documents {
			if !document.Kind(d).Known() {
				t.Errorf("step %s: no document %s", s.Number, d)
			}
		}
	}
	for what, file := range map[string]string{
		"an unknown key":    `[{number: "1", stage: application, title: x, who: branch, rules: [D-02], kinds: [applied], colour: red}]`,
		"an unknown rule":   `[{number: "1", stage: application, title: x, who: branch, rules: [D-99], kinds: [applied]}]`,
		"no kind":           `[{number: "1", stage: application, title: x, who: branch, rules: [D-02]}]`,
		"an unknown kind":   `[{number: "1", stage: application, title: x, who: branch, rules: [D-02], kinds: [jumped]}]`,
		"twice":             `[{number: "1", stage: application, title: x, who: branch, rules: [D-02], kinds: [applied]}, {number: "1", stage: application, title: x, who: branch, rules: [D-02], kinds: [talked]}]`,
		"part of nothing":   `[{number: "1", stage: application, title: x, who: branch, rules: [D-02], part_of: "9"}]`,
		"an unknown actor":  `[{number: "1", stage: application, title: x, who: king, rules: [D-02], kinds: [applied]}]`,
		"an unknown stage":  `[{number: "1", stage: x, title: x, who: branch, rules: [D-02], kinds: [applied]}]`,
		"an unknown duty":   `[{number: "1", stage: application, title: x, who: branch, rules: [D-02], kinds: [applied], duty: x}]`,
		"something else":    `{}`,
		"a step of nothing": `[{}]`,
	} {
		if _, err := read([]byte(file)); err == nil {
			t.Errorf("%s is taken", what)
		}
	}
}
