package member

import (
	"strings"

	"zhibu/internal/party/roster"
)

// Missing says which facts a complete record still lacks. Nothing is refused for it; a list shows it to who can help.
type Missing int64

// complete are the facts of a complete record beyond those without which there is none, in the order they are asked.
var complete = []roster.Column{roster.Ethnicity, roster.Education, roster.Occupation, roster.Mobile, roster.Address, roster.Confirmed}

// always is the number of facts without which a row is not taken in: name, ID number, category, branch, joining date.
const always = 5

// missingOf finds what a record lacks. A probationary member has no day of confirmation yet.
func missingOf(r roster.Record) Missing {
	var m Missing
	for i, c := range complete {
		if !has(r, c) {
			m |= 1 << i
		}
	}
	return m
}

func has(r roster.Record, c roster.Column) bool {
	switch c {
	case roster.Ethnicity:
		return r.Ethnicity != ""
	case roster.Education:
		return r.Education != ""
	case roster.Occupation:
		return r.Occupation != ""
	case roster.Mobile:
		return r.Mobile != "" || r.Phone != ""
	case roster.Address:
		return r.Address != ""
	case roster.Confirmed:
		return !r.Confirmed.IsZero() || r.Category == "probationary"
	}
	return true
}

// Columns lists what is missing.
func (m Missing) Columns() []roster.Column {
	var out []roster.Column
	for i, c := range complete {
		if m&(1<<i) != 0 {
			out = append(out, c)
		}
	}
	return out
}

// Count gives how many of how many facts are there.
func (m Missing) Count() (have, of int) {
	of = always + len(complete)
	return of - len(m.Columns()), of
}

// Percent is the share of facts that are there, rounded down: 100 only when nothing is missing.
func (m Missing) Percent() int {
	have, of := m.Count()
	return have * 100 / of
}

// Lacks is the situation of records that lack one fact.
func Lacks(c roster.Column) Situation { return Situation(lacksMark + string(c)) }

const lacksMark = "missing-"

// lacks is the bit of the fact that a situation is about, 0 for another.
func (s Situation) lacks() int64 {
	column, ok := strings.CutPrefix(string(s), lacksMark)
	for i, c := range complete {
		if ok && string(c) == column {
			return 1 << i
		}
	}
	return 0
}
