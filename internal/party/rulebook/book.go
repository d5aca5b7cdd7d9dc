package rulebook

import (
	"slices"

	"zhibu/internal/civil"
)

// Book is a set of rules with all their versions.
type Book struct {
	ids      []string
	versions map[string][]Rule  // oldest first
	local    map[string][]Local // of one place, by rule; the highest organisation first
	duties   []LocalDuty        // of one place
}

// On gives the version of a rule in force on a day; ok is false before the first version and after the last.
func (b *Book) On(id string, day civil.Date) (r Rule, ok bool) {
	for _, r := range b.versions[id] {
		if r.InForce(day) {
			return b.narrowed(r, day), true
		}
	}
	return Rule{}, false
}

// First gives the oldest version, which also tells what the book knows of the time before it.
func (b *Book) First(id string) (r Rule, ok bool) {
	if v := b.versions[id]; len(v) > 0 {
		return v[0], true
	}
	return Rule{}, false
}

// Versions gives all versions of a rule, oldest first.
func (b *Book) Versions(id string) []Rule { return slices.Clone(b.versions[id]) }

// IDs lists the rules in the order of the shelf.
func (b *Book) IDs() []string { return slices.Clone(b.ids) }

// At gives the version in force on a day, and for a day before the first version that one: a vote of 1995 is judged by
// the oldest rule known, and its citation says which that is. A rule the book does not have is a defect, which the
// tests of this package would have found, and panics.
func (b *Book) At(id string, day civil.Date) Rule {
	if r, ok := b.On(id, day); ok {
		return r
	}
	v := b.versions[id]
	if len(v) == 0 {
		panic("rulebook: no rule " + id)
	}
	// a local parameter has no force before or after the rule it makes stricter
	if day.Before(v[0].From) {
		return v[0]
	}
	return v[len(v)-1]
}
