package timeline

import (
	"slices"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/party/rulebook"
)

// PersonAnswer is what follows for one person.
type PersonAnswer struct {
	Duties     []Duty
	Violations []Violation
	Status     Status // empty for somebody of whom nothing tells
	Standing   int    // whole years of Party standing
}

// person gathers one person's answer.
type person struct {
	book   *rulebook.Book
	name   string
	day    civil.Date
	events []Event // sorted, until the day
	answer PersonAnswer

	member    Event // the latest of the member events
	listed    civil.Date
	stopped   civil.Date // the day membership was stopped, zero if it was not
	cancelled civil.Date // the day the candidacy was cancelled for good
}

// Person answers for one person from that person's events alone.
func Person(b *rulebook.Book, name string, events []Event, day civil.Date) PersonAnswer {
	p := &person{book: b, name: name, day: day, events: sorted(events, day)}
	p.answerAll()
	return p.answer
}

func (p *person) answerAll() {
	for _, e := range p.events {
		switch e.Kind {
		case Member:
			if p.listed.IsZero() {
				p.listed = e.On
			}
			p.member = e
		case MembershipStopped:
			p.stopped = e.On
		}
	}
	p.checkMember()
	rounds := p.rounds()
	last := rounds[len(rounds)-1]
	for _, r := range rounds {
		p.admission(r, r == last)
	}
	p.cancelled = last.first(AssemblyCancelled).On
	p.status(last)
	p.membership()
	p.contact()
	p.transfers()
	p.dues(last)
	p.study(last)
	p.local(last)
}

// all gives the events of a kind, in order.
func (p *person) all(k Kind) []Event { return only(p.events, k) }

func only(events []Event, k Kind) []Event {
	var out []Event
	for _, e := range events {
		if e.Kind == k {
			out = append(out, e)
		}
	}
	return out
}

// violate notes a rule that an event breaks.
func (p *person) violate(r rulebook.Rule, e Event, why rulebook.Reason) {
	p.answer.Violations = append(p.answer.Violations, Violation{r.Citation(), p.name, e.On, e.Kind, why})
}

// LateReason is the arithmetic of a step that came too late: unlike others it is no reason to refuse the step.
const LateReason = "应在 %s 前，实际 %s"

// late is a violation if the event came after the limit.
func (p *person) late(r rulebook.Rule, e Event, limit civil.Date) {
	if !limit.IsZero() && e.On.After(limit) {
		p.violate(r, e, rulebook.Because(LateReason, limit.String(), e.On.String()))
	}
}

// early is a violation if the event came before it might.
func (p *person) early(r rulebook.Rule, e Event, earliest civil.Date) {
	if !earliest.IsZero() && e.On.Before(earliest) {
		p.violate(r, e, rulebook.Because("最早 %s，实际 %s", earliest.String(), e.On.String()))
	}
}

// owe notes a duty. Its state follows from its dates unless it is done or waived.
func (p *person) owe(d Duty) {
	d.Person = p.name
	p.answer.Duties = append(p.answer.Duties, d.on(p.day))
}

// on gives the duty its state on a day.
func (d Duty) on(day civil.Date) Duty {
	switch {
	case d.State != "":
	case !d.Earliest.IsZero() && day.Before(d.Earliest):
		d.State = Blocked
	case !d.Due.IsZero() && day.After(d.Due):
		d.State = Overdue
	default:
		d.State = Upcoming
	}
	return d
}

// doneIf is the state of what a recorded fact fulfils.
func doneIf(done bool) State {
	if done {
		return Done
	}
	return ""
}

// cite names rules in the version of a day; a rule that was not in force is left out.
func cite(b *rulebook.Book, day civil.Date, ids ...string) []rulebook.Citation {
	var out []rulebook.Citation
	for _, id := range ids {
		if r, ok := b.On(id, day); ok {
			out = append(out, r.Citation())
		}
	}
	if out == nil {
		out = append(out, b.At(ids[0], day).Citation())
	}
	return out
}

// round is one way through the admission; whoever was cancelled and applied again begins another.
type round struct {
	events []Event
	last   int // rank of the last step recorded, -1 for none
}

// rounds parts the steps where somebody whose candidacy was cancelled applies again. There is always one, if an empty one.
func (p *person) rounds() []*round {
	current := &round{last: -1}
	out := []*round{current}
	for _, e := range p.events {
		if rank[e.Kind] >= len(steps) {
			continue
		}
		if e.Kind == Applied && current.has(AssemblyCancelled) {
			current = &round{last: -1}
			out = append(out, current)
		}
		current.events = append(current.events, e)
		current.last = max(current.last, rank[e.Kind])
	}
	return out
}

// first is the earliest event of a kind, an empty one if there is none.
func (r *round) first(k Kind) Event {
	for _, e := range r.events {
		if e.Kind == k {
			return e
		}
	}
	return Event{}
}

func (r *round) has(k Kind) bool {
	return slices.ContainsFunc(r.events, func(e Event) bool { return e.Kind == k })
}

// reached tells whether a step was recorded, or a later one, before which it is taken as done properly.
func (r *round) reached(k Kind) bool { return r.last >= rank[k] }

// order finds steps that stand before what they have to follow, or after what they have to come before. Which those are
// says the rule of the step, in the version of its day.
func (p *person) order(r *round) {
	for _, id := range p.book.IDs() {
		if !strings.HasPrefix(id, "D-") {
			continue
		}
		for _, e := range r.events {
			rule, ok := p.book.On(id, e.On)
			if !ok || !rule.Has("step") || rule.Words("step")[0] != string(e.Kind) {
				continue
			}
			if other := misplaced(r, rule, e); !other.On.IsZero() {
				p.violate(rule, e, rulebook.Because("日期次序不对：%s 与 %s", e.On.String(), other.On.String()))
			}
		}
	}
}

func misplaced(r *round, rule rulebook.Rule, e Event) Event {
	if rule.Has("after") {
		for _, k := range rule.Words("after") {
			if other := r.first(Kind(k)); e.On.Before(other.On) {
				return other
			}
		}
	}
	if rule.Has("before") {
		for _, k := range rule.Words("before") {
			if other := r.first(Kind(k)); !other.On.IsZero() && e.On.After(other.On) {
				return other
			}
		}
	}
	return Event{}
}
