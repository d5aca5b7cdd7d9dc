package timeline

import (
	"zhibu/internal/civil"
	"zhibu/internal/party/rulebook"
)

// probation is D-36 and D-37: a year from the day of the assembly, extended at most once, before somebody is confirmed.
func (p *person) probation(r *round, ask asker) {
	begun := r.first(AssemblyAdmitted).On
	fromList := false
	if begun.IsZero() && !p.member.Admitted.IsZero() && p.member.Confirmed.IsZero() {
		begun, fromList = p.member.Admitted, !r.reached(AssemblyAdmitted)
	}
	d := Duty{Name: Confirmation, State: doneIf(r.has(AssemblyConfirmed)), Rules: cite(p.book, p.since(Event{On: begun}), "D-36", "D-39")}
	rule, known := p.book.On("D-36", begun)
	if known {
		years := rule.Int("probation_years")
		d.Earliest = begun.AddYears(years)
		d.Why = append(d.Why, rulebook.Because("%s 起预备期 %d 年，到 %s", begun.String(), years, d.Earliest.String()))
	}
	for i, e := range only(r.events, AssemblyExtended) {
		p.extend(&d, i, e)
	}
	if confirmed := r.first(AssemblyConfirmed); r.has(AssemblyConfirmed) && known {
		p.early(rule, confirmed, d.Earliest)
	}
	ask(d, r.reached(AssemblyAdmitted) && !r.has(ConfirmationApproved))
	if fromList && p.stopped.IsZero() && !r.has(AssemblyCancelled) {
		p.owe(d)
	}
}

// extend lengthens the probation from its end, not from the day of the decision.
func (p *person) extend(d *Duty, before int, e Event) {
	rule, ok := p.book.On("D-37", e.On)
	if !ok {
		return
	}
	times, least, most := rule.Int("times_count"), rule.Int("extension_min_months"), rule.Int("extension_max_months")
	switch {
	case before >= times:
		p.violate(rule, e, rulebook.Because("第 %d 次延长，只能延长 %d 次", before+1, times))
		return
	case e.Months < least || e.Months > most:
		p.violate(rule, e, rulebook.Because("延长 %d 个月，应为 %d 至 %d 个月", e.Months, least, most))
	}
	d.Rules = append(d.Rules, rule.Citation())
	if !d.Earliest.IsZero() {
		d.Earliest = d.Earliest.AddMonths(e.Months)
		d.Why = append(d.Why, rulebook.Because("延长 %d 个月，到 %s", e.Months, d.Earliest.String()))
	}
}

// confirmationApproval is D-40: the committee decides on the confirmation within three months.
func (p *person) confirmationApproval(r *round, ask asker) {
	confirmed, approved := r.first(AssemblyConfirmed), r.first(ConfirmationApproved)
	d := Duty{Name: ConfirmationApproval, State: doneIf(r.has(ConfirmationApproved)), Rules: cite(p.book, p.since(confirmed), "D-40")}
	if rule, ok := p.book.On("D-40", confirmed.On); ok {
		months := rule.Int("approval_months")
		d.Due = confirmed.On.AddMonths(months)
		d.Why = append(d.Why, rulebook.Because("%s 支部大会通过转正，%d 个月内审批", confirmed.On.String(), months))
		p.late(rule, approved, d.Due)
	}
	ask(d, r.has(AssemblyConfirmed) && !r.has(ConfirmationApproved))
}

// checkMember holds the days of the list against D-36, as the import of a roster does.
func (p *person) checkMember() {
	for _, e := range p.all(Member) {
		for _, f := range p.book.CheckDates(rulebook.Dates{Admitted: e.Admitted, Confirmed: e.Confirmed}) {
			if f.Binding {
				p.violate(f.Rule, e, rulebook.Because("%s 入党，%s 转正", e.Admitted.String(), e.Confirmed.String()))
			}
		}
	}
}

// status says what somebody is and how many years of Party standing there are. Probationary and full membership begin
// once the committee has approved, and then count from the assembly's day (M-09, D-41).
func (p *person) status(r *round) {
	confirmed, isMember := p.confirmedOn(r)
	switch {
	case !p.cancelled.IsZero():
		p.answer.Status = LeftStatus
	case !confirmed.IsZero():
		p.answer.Status = FullStatus
		p.answer.Standing = max(0, confirmed.YearsUntil(p.day))
	case isMember:
		p.answer.Status = FullStatus
	case r.reached(CommitteeApproved), !p.listed.IsZero():
		p.answer.Status = ProbationaryStatus
	case r.reached(NoticeClosed), p.listedWithoutNotice(r):
		p.answer.Status = CandidateStatus
	case r.reached(ActivistConfirmed):
		p.answer.Status = Activist
	case r.reached(Applied):
		p.answer.Status = Applicant
	}
	if !p.stopped.IsZero() && p.answer.Status != LeftStatus {
		p.answer.Status = StoppedStatus
		if !confirmed.IsZero() {
			p.answer.Standing = max(0, confirmed.YearsUntil(p.stopped))
		}
	}
}

// confirmedOn is the day of confirmation; full tells that somebody is a full member whose day nobody knows.
func (p *person) confirmedOn(r *round) (day civil.Date, full bool) {
	approved := r.has(ConfirmationApproved) && !r.has(AssemblyCancelled)
	if approved && r.has(AssemblyConfirmed) {
		return r.first(AssemblyConfirmed).On, true
	}
	if c := p.member.Confirmed; !c.IsZero() && !c.After(p.day) {
		return c, true
	}
	return civil.Date{}, approved || !p.listed.IsZero() && p.member.Admitted.IsZero() && p.member.Confirmed.IsZero() && r.last < 0
}
