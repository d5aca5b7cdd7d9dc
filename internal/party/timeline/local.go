package timeline

import (
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/party/rulebook"
)

// LocalName is the name of a duty that an organisation above has added.
func LocalName(id string) Name { return Name("local." + id) }

// IsLocal gives the identifier of what was decided from the name of a local duty.
func IsLocal(n Name) (id string, ok bool) { return strings.CutPrefix(string(n), "local.") }

// localDuties are those of branches or of members that the book has where it was narrowed to.
func localDuties(b *rulebook.Book, ofMembers bool) (out []rulebook.LocalDuty) {
	for _, d := range b.LocalDuties() {
		if d.OfMembers == ofMembers {
			out = append(out, d)
		}
	}
	return out
}

// localOf answers for one local duty in each listed period that begins while it holds; asked tells whether the subject
// was there for the whole period, facts what is known of it. A condition that cannot be answered asks for nothing: it was
// tried when it was entered, and people are not held to what nobody can compute.
func localOf(d rulebook.LocalDuty, day civil.Date, asked func(period) bool, facts func(period) map[string]any) (out []Duty) {
	for _, x := range periods(day, d.Months) {
		if !d.InForce(x.first) || !asked(x) {
			continue
		}
		known := facts(x)
		known["period.year"], known["period.month"], known["period.quarter"] = int64(x.last.Year), int64(x.last.Month), int64((x.last.Month+2)/3)
		if applies, err := d.Applies.Holds(known); err != nil || !applies {
			continue
		}
		done, err := d.Done.Holds(known)
		if err != nil {
			continue
		}
		due := x.last
		if early := x.first.AddDays(d.Within - 1); d.Within > 0 && early.Before(due) {
			due = early
		}
		why := rulebook.Because("%s 至 %s：%s 没有达到", x.first.String(), x.last.String(), d.Until)
		if done {
			why = rulebook.Because("%s 至 %s：%s 达到", x.first.String(), x.last.String(), d.Until)
		}
		out = append(out, Duty{Name: LocalName(d.ID), Title: d.Title, Due: due, First: x.first, Last: x.last, State: doneIf(done), Rules: []rulebook.Citation{d.Citation()}, Why: []rulebook.Reason{why}})
	}
	return out
}

// localOfBranch answers for the local duties of a branch.
func localOfBranch(b *rulebook.Book, branch *Branch, held []Event, day civil.Date) (out []Duty) {
	for _, d := range localDuties(b, false) {
		asked := func(x period) bool { return branch.Founded.IsZero() || !branch.Founded.After(x.first) }
		for _, one := range localOf(d, day, asked, func(x period) map[string]any { return branch.facts(held, x) }) {
			out = append(out, one.on(day))
		}
	}
	return out
}

// facts are what local duties may ask of a branch, by the names of package expression.
func (b *Branch) facts(held []Event, x period) map[string]any {
	out := map[string]any{"branch.kind": b.Kind, "branch.unit": string(b.Unit), "branch.members": int64(b.FullMembers + b.Probationary),
		"branch.full_members": int64(b.FullMembers), "branch.probationary": int64(b.Probationary), "branch.groups": int64(b.Groups), "branch.has_committee": b.HasCommittee}
	n := map[Meeting]int64{}
	for _, e := range held {
		if x.holds(e.On) {
			n[e.Meeting]++
		}
	}
	for _, m := range Meetings {
		out["meetings."+string(m)] = n[m]
	}
	return out
}

// local answers for the local duties of a member. Whoever needs care is not held to them (M-08).
func (p *person) local(r *round) {
	for _, d := range localDuties(p.book, true) {
		from := p.owes(r, d.Months)
		asked := func(x period) bool { return !from.IsZero() && !x.first.Before(from) && !p.gone(x) }
		for _, one := range localOf(d, p.day, asked, p.facts) {
			if x := (period{one.First, one.Last}); p.care(x) {
				one.Rules = append(one.Rules, cite(p.book, x.first, "M-08")...)
				one.Why = append(one.Why, p.cared(x)...)
				if one.State != Done {
					one.State = Waived
				}
			}
			p.owe(one)
		}
	}
}

// facts are what local duties may ask of a member, as known at the end of a period or on the day asked about.
func (p *person) facts(x period) map[string]any {
	end := x.last
	if p.day.Before(end) {
		end = p.day
	}
	then := &person{book: p.book.WithoutLocalDuties(), name: p.name, day: end, events: sorted(p.events, end)}
	then.answerAll()
	var hours Hundredths
	var paid civil.Date
	for _, e := range then.events {
		if e.Kind == Studied && x.holds(e.On) {
			hours += e.Hours
		}
		if through := periodOf(e.Through, 1).last; e.Kind == DuesPaid && through.After(paid) {
			paid = through
		}
	}
	from, _, back := then.away()
	return map[string]any{"member.status": string(then.answer.Status), "member.standing_years": int64(then.answer.Standing), "member.care": p.care(x),
		"member.floating": len(then.all(FloatedOut)) > 0 && !from.IsZero() && back.IsZero(), "member.abroad": !then.abroad(end).IsZero(), "member.lost": !then.lost().IsZero(),
		"study.hours": float64(hours) / 100, "dues.paid": !paid.Before(periodOf(end, 1).last)}
}
