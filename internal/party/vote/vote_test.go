package vote

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"zhibu/internal/civil"
	"zhibu/internal/party/rulebook"
)

// drawn is a vote whose counts can be true.
func drawn(t *rapid.T) Ballot {
	b := Ballot{Type: rapid.SampledFrom(Types[:4]).Draw(t, "type"), On: civil.MustParse("2026-06-10")}
	b.ShouldAttend = rapid.IntRange(1, 60).Draw(t, "should attend")
	b.Present = rapid.IntRange(0, b.ShouldAttend).Draw(t, "present")
	b.Yes = rapid.IntRange(0, b.Present).Draw(t, "yes")
	b.No = rapid.IntRange(0, b.Present-b.Yes).Draw(t, "no")
	b.Abstain = rapid.IntRange(0, b.Present-b.Yes-b.No).Draw(t, "abstain")
	b.WrittenYes = rapid.IntRange(0, b.ShouldAttend-b.Present).Draw(t, "written")
	return b
}

// No verdict contradicts its own arithmetic: the majorities are counted here a second time, in other words.
func TestVerdictFollowsFromItsCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawn(t)
		v := Judge(rulebook.Default(), b)
		yes := b.Yes
		valid := 2*b.Present >= b.ShouldAttend
		if b.Type == Admission || b.Type == Confirmation {
			valid, yes = 2*b.Present > b.ShouldAttend, b.Yes+b.WrittenYes
		}
		if v.Valid != valid || v.Passed != (valid && 2*yes > b.ShouldAttend) {
			t.Fatalf("%+v: %+v", b, v)
		}
		if v.Passed && !v.Valid || len(v.Rules) == 0 || len(v.Why) == 0 {
			t.Fatalf("%+v: %+v stands on nothing", b, v)
		}
	})
}

// Somebody who says yes instead of something else never makes what passed fail; neither does one more who writes yes.
func TestOneMoreYesNeverHarms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawn(t)
		if !Judge(rulebook.Default(), b).Passed {
			return
		}
		more := b
		more.Yes++
		switch {
		case b.No > 0:
			more.No--
		case b.Abstain > 0:
			more.Abstain--
		case b.Yes == b.Present && b.Present+b.WrittenYes < b.ShouldAttend:
			more.Present++
		case b.Yes == b.Present:
			return
		}
		if !Judge(rulebook.Default(), more).Passed {
			t.Fatalf("%+v passed, %+v does not", b, more)
		}
	})
}

func drawnElection(t *rapid.T) Ballot {
	b := Ballot{Type: Election, On: civil.MustParse("2026-03-10"), ShouldAttend: rapid.IntRange(1, 40).Draw(t, "should attend")}
	b.Present = rapid.IntRange(0, b.ShouldAttend).Draw(t, "present")
	b.Issued = b.Present
	b.Collected = rapid.IntRange(0, b.Present+1).Draw(t, "collected")
	b.Seats = rapid.IntRange(0, 6).Draw(t, "seats")
	for i := range rapid.IntRange(0, 9).Draw(t, "candidates") {
		b.Candidates = append(b.Candidates, Candidate{string(rune('a' + i)), rapid.IntRange(0, b.Present).Draw(t, "yes")})
	}
	return b
}

// Whoever is elected has more than half of those present, nobody left out has more votes, and there are seats for all.
func TestElectedHaveTheVotes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawnElection(t)
		v := Judge(rulebook.Default(), b)
		if !v.Valid && (v.Elected != nil || v.Runoff != nil) || len(v.Elected) > b.Seats || v.Passed {
			t.Fatalf("%+v: %+v", b, v)
		}
		if n := len(v.Runoff); n > 0 && (n == 1 || len(v.Elected)+n <= b.Seats) {
			t.Fatalf("%+v: a run-off that decides nothing: %+v", b, v)
		}
		if !v.Valid {
			return
		}
		for _, c := range b.Candidates {
			in := slices.Contains(v.Elected, c.Name)
			if in && 2*c.Yes <= b.Present {
				t.Fatalf("%+v: %s has no majority", b, c.Name)
			}
			for _, o := range b.Candidates {
				if in && !slices.Contains(v.Elected, o.Name) && o.Yes >= c.Yes {
					t.Fatalf("%+v: %s before %s: %+v", b, c.Name, o.Name, v)
				}
			}
		}
		turned := b
		turned.Candidates = slices.Clone(b.Candidates)
		slices.Reverse(turned.Candidates)
		again := Judge(rulebook.Default(), turned)
		slices.Sort(again.Elected)
		slices.Sort(v.Elected)
		if !reflect.DeepEqual(again.Elected, v.Elected) || len(again.Runoff) != len(v.Runoff) {
			t.Fatalf("%+v: the order of the list decides: %+v and %+v", b, v, again)
		}
	})
}

// A verdict says what it counted.
func TestArithmeticIsSaid(t *testing.T) {
	v := Judge(rulebook.Default(), Ballot{Type: Admission, On: civil.MustParse("2026-06-10"), ShouldAttend: 28, Present: 21, Yes: 20})
	if got := v.Why[0].String() + "；" + v.Why[1].String(); got != "应到 28，实到 21，需 15，符合到会人数；赞成 20，需 15，达到" {
		t.Error(got)
	}
	if v.Rules[0].Article != "第十九条" || v.Rules[0].Version != "2026" {
		t.Errorf("%+v", v.Rules)
	}
}

// One more vote for somebody who is elected never takes the seat away, and for somebody in a run-off never makes it worse.
func TestOneMoreVoteKeepsTheSeat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawnElection(t)
		b.Collected = b.Present
		v := Judge(rulebook.Default(), b)
		for i, c := range b.Candidates {
			elected, tied := slices.Contains(v.Elected, c.Name), slices.Contains(v.Runoff, c.Name)
			if !elected && !tied || c.Yes == b.Present {
				continue
			}
			more := b
			more.Candidates = slices.Clone(b.Candidates)
			more.Candidates[i].Yes++
			if again := Judge(rulebook.Default(), more); !slices.Contains(again.Elected, c.Name) {
				t.Fatalf("%+v: %s had %+v, with one more vote %+v", b, c.Name, v, again)
			}
		}
	})
}
