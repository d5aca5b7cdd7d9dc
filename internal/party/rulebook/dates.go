package rulebook

import "zhibu/internal/civil"

// Dates are the days of a life in the Party; unknown ones are zero.
type Dates struct {
	Born, Applied, Admitted, Confirmed civil.Date
	Today                              civil.Date
}

// DateFault is a rule that dates break; the words are the codes of the roster and the casebook.
type DateFault string

// The faults of dates.
const (
	FutureDate              DateFault = "future_date"
	Under18AtApplication    DateFault = "under_18_at_application"
	Under18AtAdmission      DateFault = "under_18_at_admission"
	ConfirmedBeforeOneYear  DateFault = "confirmed_before_one_year"
	ConfirmedBeforeAdmitted DateFault = "confirmed_before_admitted"
)

// Finding is one broken rule.
type Finding struct {
	Fault DateFault
	Field string // born, applied, admitted or confirmed: the day that is wrong
	Rule  Rule   // the version that decided; no ID where the calendar alone decides
	// Binding is false where the book has no rule in force for that day, as for admissions before 1982-09-06: earlier
	// eras had other ages and other probations, so a person has to look, and nothing is refused.
	Binding bool
}

// CheckDates applies the rules on dates. The version in force on the day of the act decides.
func (b *Book) CheckDates(d Dates) []Finding {
	var found []Finding
	for _, f := range []struct {
		field string
		day   civil.Date
	}{{"born", d.Born}, {"applied", d.Applied}, {"admitted", d.Admitted}, {"confirmed", d.Confirmed}} {
		if !f.day.IsZero() && !d.Today.IsZero() && f.day.After(d.Today) {
			found = append(found, Finding{Fault: FutureDate, Field: f.field, Binding: true})
		}
	}
	found = b.age(found, d.Born, d.Applied, "applied", Under18AtApplication)
	found = b.age(found, d.Born, d.Admitted, "admitted", Under18AtAdmission)
	return b.probation(found, d.Admitted, d.Confirmed)
}

// age is D-01.
func (b *Book) age(found []Finding, born, act civil.Date, field string, fault DateFault) []Finding {
	if born.IsZero() || act.IsZero() {
		return found
	}
	rule, binding := b.inForceOrFirst("D-01", act)
	if born.AddYears(rule.Int("min_age_years")).After(act) {
		found = append(found, Finding{fault, field, rule, binding})
	}
	return found
}

// probation is D-36: a year from the day of the assembly; confirmation may come on the same day a year later.
func (b *Book) probation(found []Finding, admitted, confirmed civil.Date) []Finding {
	if admitted.IsZero() || confirmed.IsZero() {
		return found
	}
	rule, binding := b.inForceOrFirst("D-36", admitted)
	switch {
	case confirmed.Before(admitted):
		return append(found, Finding{ConfirmedBeforeAdmitted, "confirmed", rule, true})
	case confirmed.Before(admitted.AddYears(rule.Int("probation_years"))):
		return append(found, Finding{ConfirmedBeforeOneYear, "confirmed", rule, binding})
	}
	return found
}

// ProbationRequired tells whether somebody admitted on the day must have passed probation and so have a day of
// confirmation; without the rule in force (before 1982-09-06) the day may be missing. The rule is the one to cite.
func (b *Book) ProbationRequired(admitted civil.Date) (Rule, bool) {
	return b.inForceOrFirst("D-36", admitted)
}

func (b *Book) inForceOrFirst(id string, day civil.Date) (r Rule, inForce bool) {
	if r, ok := b.On(id, day); ok {
		return r, true
	}
	r, _ = b.First(id)
	return r, false
}
