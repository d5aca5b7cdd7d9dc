package rulebook

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"zhibu/internal/civil"
)

// Direction says which way of a parameter is the stricter one. It stands in the rule file; a parameter without one cannot
// be changed locally.
type Direction string

// The directions.
const (
	Lower  Direction = "lower"  // a smaller number is stricter: a limit of time
	Higher Direction = "higher" // a larger number or share is stricter: a least amount
	On     Direction = "on"     // the switch on is stricter
	Off    Direction = "off"
)

// fits tells whether a direction can be said of a parameter of that name.
func (d Direction) fits(name string) bool {
	switch {
	case strings.HasSuffix(name, "_switch"):
		return d == On || d == Off
	case strings.HasSuffix(name, "_bands") || strings.HasSuffix(name, "since"):
		return false
	}
	return checkParameter(name, "words") != nil && (d == Lower || d == Higher) // words are no measure
}

// Local is a parameter that an organisation has set stricter, for itself and everything below it.
type Local struct {
	ID        string
	Path      string // of the organisation; it holds wherever the path begins with it
	Org       string // its name
	Rule      string
	Parameter string
	Value     string
	Basis     string // the document that decided it
	From, To  civil.Date
}

// InForce tells whether it holds on a day.
func (l Local) InForce(on civil.Date) bool {
	return !on.Before(l.From) && (l.To.IsZero() || !on.After(l.To))
}

// Condition is what a local duty asks about facts, by their names. The facts are those of package expression.
type Condition interface {
	Holds(facts map[string]any) (bool, error)
}

// LocalDuty is a duty that an organisation has added for itself and everything below it: in each period, whoever it
// applies to has to have fulfilled it by its due day.
type LocalDuty struct {
	ID, Path, Org    string
	Title, Wording   string
	Basis            string
	OfMembers        bool // each member owes it; else the branch
	Months           int  // length of the calendar period: 1, 3, 6, 12
	Within           int  // due so many days after the period begins; 0: on its last day
	Applies, Done    Condition
	From, To         civil.Date // it is asked for in periods that begin in between
	AppliesTo, Until string     // the conditions as written
}

// InForce tells whether a period that begins on the day is asked for.
func (d LocalDuty) InForce(on civil.Date) bool {
	return !on.Before(d.From) && (d.To.IsZero() || !on.After(d.To))
}

// Citation names the local duty as what something follows from.
func (d LocalDuty) Citation() Citation {
	return Citation{Rule: d.ID, Version: d.From.String(), Regulation: d.Basis, Article: d.Title, Certainty: Verified, Local: d.Basis}
}

// For narrows the book to an organisation: what is asked of the answer is what holds there. Whatever is of no
// organisation on its way up is left out; when nothing is left the book itself is the answer.
func (b *Book) For(path string, locals []Local, duties []LocalDuty) *Book {
	here := map[string][]Local{}
	for _, l := range locals {
		if l.Path != "" && strings.HasPrefix(path, l.Path) {
			here[l.Rule] = append(here[l.Rule], l)
		}
	}
	var owed []LocalDuty
	for _, d := range duties {
		if d.Path != "" && strings.HasPrefix(path, d.Path) {
			owed = append(owed, d)
		}
	}
	if len(here) == 0 && len(owed) == 0 {
		return b
	}
	for _, list := range here {
		slices.SortFunc(list, func(x, y Local) int {
			return cmp.Or(cmp.Compare(len(x.Path), len(y.Path)), strings.Compare(x.From.String(), y.From.String()), strings.Compare(x.ID, y.ID))
		})
	}
	slices.SortFunc(owed, func(x, y LocalDuty) int { return strings.Compare(x.ID, y.ID) })
	return &Book{ids: b.ids, versions: b.versions, local: here, duties: owed}
}

// LocalKey names the local decisions that the book was narrowed by: two places with the same ask the same.
func (b *Book) LocalKey() string {
	var ids []string
	for _, list := range b.local {
		for _, l := range list {
			ids = append(ids, l.ID)
		}
	}
	for _, d := range b.duties {
		ids = append(ids, d.ID)
	}
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

// LocalDuties are the duties that organisations above have added where the book was narrowed to.
func (b *Book) LocalDuties() []LocalDuty { return slices.Clone(b.duties) }

// WithoutLocalDuties is the same book without the duties that were added.
func (b *Book) WithoutLocalDuties() *Book {
	return &Book{ids: b.ids, versions: b.versions, local: b.local}
}

// narrowed applies what is set locally. Only what is stricter than what holds without it counts: a regulation that has
// become stricter since is not loosened by an older local decision.
func (b *Book) narrowed(r Rule, day civil.Date) Rule {
	for _, l := range b.local[r.ID] {
		if l.InForce(day) && r.Stricter(l.Parameter, l.Value) {
			r.parameters = maps.Clone(r.parameters)
			r.parameters[l.Parameter] = l.Value
			r.Local = append(slices.Clone(r.Local), l)
		}
	}
	return r
}

// Direction says which way of a parameter is stricter; ok is false for one that cannot be changed locally.
func (r Rule) Direction(parameter string) (d Direction, ok bool) {
	if !r.Has(parameter) {
		return "", false
	}
	d = Direction(r.stricter[parameter])
	return d, d != ""
}

// Changeable lists the parameters that may be set stricter locally.
func (r Rule) Changeable() []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(r.stricter)) {
		if r.Has(name) {
			out = append(out, name)
		}
	}
	return out
}

// Check tells what is wrong with a value of a parameter as written, nil if nothing.
func (r Rule) Check(parameter, value string) error { return checkParameter(parameter, value) }

// Stricter tells whether a value is stricter than the one that holds; the same value is not.
func (r Rule) Stricter(parameter, value string) bool {
	d, ok := r.Direction(parameter)
	if !ok || checkParameter(parameter, value) != nil {
		return false
	}
	now := r.parameters[parameter]
	switch d {
	case On, Off:
		return value != now && (value == "true") == (d == On)
	case Lower:
		return measure(parameter, value, now) < 0
	}
	return measure(parameter, value, now) > 0
}

// measure compares two values of a parameter that are well written.
func measure(parameter, a, b string) int {
	if strings.HasSuffix(parameter, "_share") {
		x, _ := parseShare(a)
		y, _ := parseShare(b)
		over := 0 // > 1/2 asks more than >= 1/2
		switch {
		case x.Over && !y.Over:
			over = 1
		case y.Over && !x.Over:
			over = -1
		}
		return cmp.Or(cmp.Compare(x.Num*y.Den, y.Num*x.Den), over)
	}
	x, errX := decimal(a)
	y, errY := decimal(b)
	if errX != nil || errY != nil {
		return 0
	}
	return x.Cmp(y)
}
