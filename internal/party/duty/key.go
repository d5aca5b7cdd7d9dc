package duty

import (
	"fmt"
	"slices"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/party/timeline"
)

// Most branches hold what is to be held, most members pay and learn: of very many subjects the same is open. A key says what of
// a subject's facts bears on what is open on a day or later, so that it is computed once. Facts that make no difference are
// left out of it: on which day of a month a meeting was held, when dues were brought. Whoever has other facts has a key of
// them all.

// listedFrom is the first day of which periods are listed on a day or later.
func listedFrom(ref civil.Date) civil.Date { return civil.Of(ref.Year-1, 1, 1) }

// key is that of a person. whole is for duties that may ask about anything.
func (p somebody) key(ref civil.Date, whole bool) string {
	if key, ok := p.plain(ref); ok && !whole {
		return key
	}
	var b strings.Builder
	for _, e := range p.events {
		e.Person = ""
		valid := -1
		if e.ValidDays != nil {
			valid = *e.ValidDays
		}
		e.ValidDays = nil
		fmt.Fprintf(&b, "%v %d;", e, valid)
	}
	return b.String()
}

// plain is the key of a full member of whom nothing is known but that she is on the list, pays and learns.
func (p somebody) plain(ref civil.Date) (string, bool) {
	var listed *timeline.Event
	var paid civil.Date
	var hours [2]timeline.Hundredths // last year's and this year's
	for i := range p.events {
		e := &p.events[i]
		switch {
		case e.On.After(ref):
			return "", false
		case e.Kind == timeline.Member && listed == nil && !e.Confirmed.IsZero():
			listed = e
		case e.Kind == timeline.DuesPaid:
			paid = later(paid, e.Through)
		case e.Kind == timeline.Studied:
			if last := e.On.Year - ref.Year + 1; last >= 0 {
				hours[last] += e.Hours
			}
		case e.Kind == timeline.Visited || e.Kind == timeline.TaughtAtHome: // told, and nothing follows
		default:
			return "", false
		}
	}
	if listed == nil {
		return "", false
	}
	return fmt.Sprint("full ", later(listed.On, listedFrom(ref)), listed.Abroad, listed.Care, paid.MonthOf(), hours), true
}

// branchKey is that of a branch's own duties; ok is false where they are asked of this branch alone.
func (f branchFacts) branchKey(ref civil.Date) (key string, ok bool) {
	if slices.ContainsFunc(f.grants, func(w Waiver) bool { return w.person() == "" }) || slices.ContainsFunc(f.book.LocalDuties(), func(d rulebook.LocalDuty) bool { return !d.OfMembers }) {
		return "", false
	}
	facts := make([]string, 0, len(f.own))
	for _, e := range f.own {
		switch {
		case e.On.After(ref):
			return "", false
		case e.Kind == timeline.CommitteeElected:
			facts = append(facts, fmt.Sprint(e.On, e.TermYears))
		case e.Kind != timeline.MeetingHeld:
			return "", false
		case !e.On.Before(listedFrom(ref)):
			facts = append(facts, e.On.MonthOf()+string(e.Meeting))
		}
	}
	slices.Sort(facts)
	b := f.branch
	return fmt.Sprint("branch ", b.Unit, b.HasCommittee, b.Groups > 0, later(b.Founded, listedFrom(ref)), slices.Compact(facts)), true
}
