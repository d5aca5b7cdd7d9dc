package timeline

import (
	"strings"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/party/rulebook"
)

// period is a calendar month, quarter or year.
type period struct{ first, last civil.Date }

// holds tells whether a day lies in the period.
func (p period) holds(d civil.Date) bool { return !d.Before(p.first) && !d.After(p.last) }

// periodOf is the period of so many months that a day lies in; months divide a year.
func periodOf(day civil.Date, months int) period {
	first := civil.Of(day.Year, (day.Month-1)/time.Month(months)*time.Month(months)+1, 1)
	return period{first, first.AddMonths(months).AddDays(-1)}
}

// listedMonths is how far back periods are listed: what ended longer ago is history, not a duty. The day itself still counts,
// so that last year's duty stays overdue until this year's is.
const listedMonths = 12

// periods lists the period of the day and those before it that ended no more than twelve months ago, oldest first.
func periods(day civil.Date, months int) []period {
	return periodsBy(day, func(civil.Date) int { return months })
}

// periodsBy is periods where the length may change: what holds on the first day of a period decides its length, and it
// ends no later than the calendar's period of that length.
func periodsBy(day civil.Date, months func(first civil.Date) int) []period {
	var out []period
	for first := civil.Of(day.Year-1, time.January, 1); !first.After(day); {
		p := period{first, periodOf(first, months(first)).last}
		if !p.last.AddMonths(listedMonths).Before(day) {
			out = append(out, p)
		}
		first = p.last.AddDays(1)
	}
	return out
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }

// dues is F-12: a month's dues by its last day, one duty a month. Who came by the list owes from the first whole month,
// who was admitted by the assembly from the month of that day (F-07).
func (p *person) dues(r *round) {
	from := p.owes(r, 1)
	if from.IsZero() {
		return
	}
	begun := r.first(AssemblyAdmitted).On
	confirmed, _ := p.confirmedOn(r)
	var paid civil.Date
	for _, e := range p.all(DuesPaid) {
		p.arrears(e, paid, from)
		if through := periodOf(e.Through, 1).last; through.After(paid) {
			paid = through
		}
	}
	for _, m := range periods(p.day, 1) {
		rule, ok := p.book.On("F-12", m.first)
		if !ok || m.first.Before(from) || p.gone(m) {
			continue
		}
		d := Duty{Name: PayDues, Due: m.last, First: m.first, Last: m.last, State: doneIf(!paid.Before(m.last)), Rules: []rulebook.Citation{rule.Citation()},
			Why: []rulebook.Reason{rulebook.Because("%s 的党费，当月交纳", m.first.MonthOf())}}
		if !begun.IsZero() && !begun.After(m.last) && (confirmed.IsZero() || confirmed.After(m.first)) {
			d.Rules = append(d.Rules, cite(p.book, m.first, "F-07")...)
		}
		p.owe(d)
	}
}

// arrears is the other half of F-12: months are paid later at most by so many months.
func (p *person) arrears(e Event, paid, from civil.Date) {
	oldest := periodOf(from, 1)
	if !paid.IsZero() && paid.After(oldest.first) {
		oldest = periodOf(paid.AddDays(1), 1)
	}
	rule, ok := p.book.On("F-12", oldest.first)
	if ok && !oldest.first.After(e.Through) {
		p.late(rule, e, oldest.last.AddMonths(rule.Int("arrears_months")))
	}
}

// owes is the first day of the first period for which somebody owes what members owe, zero for who is no member.
func (p *person) owes(r *round, months int) civil.Date {
	var from civil.Date
	if !p.listed.IsZero() {
		from = firstWhole(p.listed, months)
	}
	begun := r.first(AssemblyAdmitted).On
	if begun.IsZero() {
		begun = r.first(CommitteeApproved).On
	}
	if begun.IsZero() || !r.reached(CommitteeApproved) {
		return from
	}
	first := firstWhole(begun, months)
	if months == 1 {
		first = periodOf(begun, 1).first
	}
	if from.IsZero() || first.Before(from) {
		return first
	}
	return from
}

// firstWhole is the first day of the first period that begins on a day or after it.
func firstWhole(day civil.Date, months int) civil.Date {
	p := periodOf(day, months)
	if p.first == day {
		return day
	}
	return p.last.AddDays(1)
}

// gone tells whether somebody was no member any more for the whole of a period.
func (p *person) gone(x period) bool {
	return !p.stopped.IsZero() && !p.stopped.After(x.last) || !p.cancelled.IsZero() && !p.cancelled.After(x.last)
}

// study is M-04: hours of central study in a calendar year; M-08: not of the old, ill and disabled.
func (p *person) study(r *round) {
	from := p.owes(r, listedMonths)
	if from.IsZero() {
		return
	}
	for _, y := range periods(p.day, listedMonths) {
		rule, ok := p.book.On("M-04", y.first)
		if !ok || y.first.Before(from) || p.gone(y) {
			continue
		}
		var hours Hundredths
		for _, e := range p.all(Studied) {
			if y.holds(e.On) {
				hours += e.Hours
			}
		}
		need := rule.Int("study_hours")
		d := Duty{Name: StudyHours, Due: y.last, First: y.first, Last: y.last, State: doneIf(hours.atLeast(need)), Rules: []rulebook.Citation{rule.Citation()},
			Why: []rulebook.Reason{rulebook.Because("%s 年集中学习 %s 学时，需 %d 学时", y.first.String()[:4], hours.String(), need)}}
		if p.care(y) {
			d.Rules = append(d.Rules, cite(p.book, y.first, "M-08")...)
			d.Why = append(d.Why, p.cared(y)...)
			if d.State != Done {
				d.State = Waived
			}
		}
		p.owe(d)
	}
}

// care tells whether somebody needed care at the end of a period, or now if it is not over.
func (p *person) care(x period) bool {
	care := false
	for _, e := range p.all(Member) {
		if !e.On.After(x.last) {
			care = e.Care
		}
	}
	return care
}

// cared says what M-08 puts in the place of what is not asked of somebody: the visits and the lessons at home of a period.
func (p *person) cared(x period) []rulebook.Reason {
	n := map[Kind]int{}
	for _, e := range p.events {
		if x.holds(e.On) {
			n[e.Kind]++
		}
	}
	return []rulebook.Reason{rulebook.Because("年老体弱、重病、残疾的党员不作硬性要求，走访慰问、送学上门"), rulebook.Because("已记录走访 %d 次，送学 %d 次", n[Visited], n[TaughtAtHome])}
}
