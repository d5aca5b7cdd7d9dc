package timeline

import (
	"slices"

	"zhibu/internal/civil"
	"zhibu/internal/party/rulebook"
)

// lifeDuty is a meeting that a branch holds each period; how long the period is stands in the rule.
type lifeDuty struct {
	name    Name
	meeting Meeting
	rule    string
	also    string // another regulation that asks the same
	asked   func(b *Branch) bool
}

// lifeDuties are the meetings of 支部条例 that have a number. A lecture (党课) has none (B-15).
var lifeDuties = []lifeDuty{
	{LifeAssembly, Assembly, "B-08", "M-01", always},
	{LifeCommittee, CommitteeMeet, "B-10", "M-01", func(b *Branch) bool { return b.HasCommittee }},
	{LifeGroup, Group, "B-11", "M-01", func(b *Branch) bool { return b.Groups > 0 }},
	{LifeThemeDay, ThemeDay, "B-16", "M-02", always},
	{LifeOrgLife, OrgLife, "B-18", "M-03", always},
	{LifeAppraisal, Appraisal, "B-19", "M-03", always},
}

func always(*Branch) bool { return true }

// OfBranch answers for a branch from its own events alone. Without a branch there are no meetings to hold, but an elected
// committee still has a term.
func OfBranch(b *rulebook.Book, branch *Branch, events []Event, day civil.Date) ([]Duty, []Violation) {
	events = sorted(events, day)
	duties, violations := elections(b, branch, only(events, CommitteeElected), day)
	if branch == nil {
		return duties, violations
	}
	held := only(events, MeetingHeld)
	for _, l := range lifeDuties {
		if l.asked(branch) {
			duties = append(duties, l.duties(b, branch, held, day)...)
		}
	}
	return append(duties, localOfBranch(b, branch, held, day)...), violations
}

func (l lifeDuty) duties(b *rulebook.Book, branch *Branch, held []Event, day civil.Date) []Duty {
	var out []Duty
	for _, x := range periodsBy(day, func(first civil.Date) int { return b.At(l.rule, first).Int("each_months") }) {
		rule, ok := b.On(l.rule, x.first)
		if !ok || !branch.Founded.IsZero() && branch.Founded.After(x.first) {
			continue
		}
		d := Duty{Name: l.name, Due: x.last, First: x.first, Last: x.last, Rules: append([]rulebook.Citation{rule.Citation()}, cite(b, x.first, l.also)...)}
		n := 0
		for _, e := range held {
			if e.Meeting == l.meeting && x.holds(e.On) {
				n++
			}
		}
		d.State = doneIf(n > 0)
		d.Why = append(d.Why, rulebook.Because("%s 至 %s 至少 1 次，已记录 %d 次", x.first.String(), x.last.String(), n))
		out = append(out, d.on(day))
	}
	return out
}

// elections is B-24, E-01 and E-05: the term of the last committee elected, and a reminder before its end.
func elections(b *rulebook.Book, branch *Branch, elected []Event, day civil.Date) (duties []Duty, violations []Violation) {
	for i, e := range elected {
		d := term(b, branch, e)
		if i < len(elected)-1 {
			next := elected[i+1]
			d.State = Done
			duties = append(duties, d)
			if rule, ok := b.On("E-01", d.Due); ok && next.On.After(d.Due.AddYears(rule.Int("shift_years"))) {
				violations = append(violations, Violation{rule.Citation(), "", next.On, next.Kind,
					rulebook.Because("%s 任期届满，%s 才换届，延期超过 %d 年", d.Due.String(), next.On.String(), rule.Int("shift_years"))})
			}
			continue
		}
		remind := b.At("E-05", e.On)
		months := remind.Int("remind_months")
		duties = append(duties, d.on(day), Duty{Name: Remind, Due: d.Due.AddMonths(-months), Rules: []rulebook.Citation{remind.Citation()},
			Why: []rulebook.Reason{rulebook.Because("%s 任期届满，提前 %d 个月提醒", d.Due.String(), months)}}.on(day))
	}
	return duties, violations
}

// term is the duty to elect again at the end of the term that an election began.
func term(b *rulebook.Book, branch *Branch, e Event) Duty {
	rule := b.At("B-24", e.On)
	unit := OtherUnit
	if branch != nil {
		unit = branch.Unit
	}
	years := rule.Int("term_years")
	switch {
	case e.TermYears > 0:
		years = e.TermYears
	case slices.Contains(rule.Words("long_term_units"), string(unit)):
		years = rule.Int("long_term_years")
	}
	return Duty{Name: Reelect, Due: e.On.AddYears(years), Rules: append([]rulebook.Citation{rule.Citation()}, cite(b, e.On, "E-04", "E-01")...),
		Why: []rulebook.Reason{rulebook.Because("%s 选举，任期 %d 年", e.On.String(), years)}}
}
