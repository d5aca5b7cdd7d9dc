package admission

import (
	"slices"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/party/timeline"
)

// State is how a step of a case stands.
type State string

// The states.
const (
	Done    State = "done"
	Next    State = "next"    // comes next
	Running State = "running" // goes on until a later step
	Missing State = "missing" // a later one is recorded, this one is not
	Ahead   State = "ahead"
)

// Progress is a step of one case.
type Progress struct {
	Step
	State    State
	Events   []timeline.Event     // what was recorded of it, in order
	Rules    []rulebook.Citation  // in the version of the day of the step, or of the day asked about
	Duties   []timeline.Duty      // what the rules ask for now
	Breaches []timeline.Violation // what is recorded against a rule
	Own      []Record             // what was written down on the case, standing or waiting
}

// On is the day on which it was last taken, zero if it was not.
func (p Progress) On() civil.Date {
	if n := len(p.Events); n > 0 {
		return p.Events[n-1].On
	}
	for _, r := range slices.Backward(p.Own) {
		if r.State == Standing {
			return r.On
		}
	}
	return civil.Date{}
}

// Ended says how a case ended.
type Ended string

// The ends.
const (
	Open      Ended = ""
	Confirmed Ended = "confirmed"
	Cancelled Ended = "cancelled"
)

// Case is one person's way, the last one where somebody had to begin again.
type Case struct {
	Status     timeline.Status
	Ended      Ended
	Registered bool // the day of the assembly comes from the register, nobody has entered the step
	Steps      []Progress
	next       int // index of what comes next, -1 for none
}

// Begun tells whether there is a case at all.
func (c Case) Begun() bool {
	return slices.ContainsFunc(c.Steps, func(p Progress) bool { return len(p.Events) > 0 })
}

// Next is the step that comes next; ok is false when nothing does.
func (c Case) Next() (p Progress, ok bool) {
	if c.next < 0 {
		return p, false
	}
	return c.Steps[c.next], true
}

// Stage is the stage that the case is in.
func (c Case) Stage() Stage {
	if p, ok := c.Next(); ok {
		return p.Step.Stage
	}
	return Stages[len(Stages)-1]
}

// Of works out a case from one person's events as they are known on a day.
func Of(book *rulebook.Book, events []timeline.Event, day civil.Date) Case {
	answer := timeline.Person(book, "", events, day)
	own, registered := round(events, day)
	c := Case{Status: answer.Status, Registered: registered, next: -1}
	last := -1 // the last step of which something that ends it is recorded
	for i, s := range Steps {
		p := Progress{Step: s}
		for _, e := range own {
			if s.holds(e.Kind) {
				p.Events = append(p.Events, e)
			}
			if slices.Contains(s.Kinds, e.Kind) {
				last = i
			}
		}
		c.Steps = append(c.Steps, p)
	}
	c.place(book, last, day)
	c.due(answer)
	c.Ended = c.end()
	if c.Ended != Open {
		c.next = -1
	}
	return c
}

// round gives the steps of the last way: after a cancellation one begins again with an application. Who is on the register
// with a day of joining, and has no entry of the assembly, has passed it on that day.
func round(events []timeline.Event, day civil.Date) (own []timeline.Event, registered bool) {
	var known []timeline.Event
	for _, e := range events {
		if !e.On.After(day) {
			known = append(known, e)
		}
	}
	slices.SortStableFunc(known, func(a, b timeline.Event) int { return strings.Compare(a.On.String(), b.On.String()) })
	cancelled, assembly := false, false
	var admitted civil.Date
	for _, e := range known {
		switch e.Kind {
		case timeline.Member:
			if e.Confirmed.IsZero() {
				admitted = e.Admitted
			}
			continue
		case timeline.Applied:
			if cancelled {
				own, cancelled, assembly = nil, false, false
			}
		case timeline.AssemblyCancelled:
			cancelled = true
		case timeline.AssemblyAdmitted:
			assembly = true
		}
		own = append(own, e)
	}
	if !assembly && !admitted.IsZero() {
		return append(own, timeline.Event{On: admitted, Kind: timeline.AssemblyAdmitted}), true
	}
	return own, false
}

// place says of each step how it stands.
func (c *Case) place(book *rulebook.Book, last int, day civil.Date) {
	at := map[string]int{}
	for i := range c.Steps {
		at[c.Steps[i].Number] = i
	}
	for i := range c.Steps {
		p := &c.Steps[i]
		ended := slices.ContainsFunc(p.Events, func(e timeline.Event) bool { return slices.Contains(p.Kinds, e.Kind) })
		asked := p.On()
		if asked.IsZero() {
			asked = day
		}
		for _, id := range p.Step.Rules {
			if r, ok := book.On(id, asked); ok {
				p.Rules = append(p.Rules, r.Citation())
			}
		}
		_, inForce := book.On(p.With, asked)
		switch {
		case p.PartOf != "": // below, when the other is known
		case p.Repeats && last >= 0 && (last == i || last == c.before(i)):
			p.State = Running
		case ended:
			p.State = Done
		case i < last && (p.With == "" || inForce && c.since(book, p.With, i)):
			p.State = Missing
		case i < last:
			p.State = Done
		case p.With != "" && !inForce:
			p.State = Ahead
		case c.next < 0:
			p.State, c.next = Next, i
		default:
			p.State = Ahead
		}
	}
	for i := range c.Steps {
		p := &c.Steps[i]
		if p.PartOf == "" {
			continue
		}
		of := c.Steps[at[p.PartOf]]
		p.State = Ahead
		switch {
		case of.State == Done || of.State == Missing:
			p.State = Done
		case of.State == Next && at[p.PartOf] > i:
			p.State = Running
		}
	}
}

// before is the index of the step before one, without those that are part of others.
func (c *Case) before(i int) int {
	for i--; i >= 0 && c.Steps[i].PartOf != ""; i-- {
	}
	return i
}

// since tells whether a rule was in force when the step before was taken: nobody misses a step that was not asked then.
func (c *Case) since(book *rulebook.Book, id string, i int) bool {
	for k := i - 1; k >= 0; k-- {
		if on := c.Steps[k].On(); !on.IsZero() {
			_, ok := book.On(id, on)
			return ok
		}
	}
	return false
}

// due puts duties and breaches to their steps.
func (c *Case) due(a timeline.PersonAnswer) {
	for i := range c.Steps {
		p := &c.Steps[i]
		for _, d := range a.Duties {
			if p.Duty != "" && d.Name == p.Duty && d.State != timeline.Done && d.State != timeline.Waived {
				p.Duties = append(p.Duties, d)
			}
		}
		for _, b := range a.Violations {
			if p.holds(b.Event) {
				p.Breaches = append(p.Breaches, b)
			}
		}
	}
}

func (c *Case) end() Ended {
	for _, p := range c.Steps {
		for _, e := range p.Events {
			switch e.Kind {
			case timeline.AssemblyCancelled:
				return Cancelled
			case timeline.ConfirmationApproved:
				return Confirmed
			}
		}
	}
	return Open
}
