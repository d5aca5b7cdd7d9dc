package casebook

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"zhibu/internal/civil"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/party/timeline"
	"zhibu/internal/words"
)

type timelineCase struct {
	facts      timeline.Facts
	day        civil.Date
	duties     []expectedDuty
	absent     []timeline.Name
	violations []string // nil is not checked
	status     map[string]timeline.Status
	standing   map[string]int
}

// expectedDuty is a duty as far as the case describes it.
type expectedDuty struct {
	name          timeline.Name
	person        *string
	due, earliest civil.Date
	state         timeline.State
	provisional   *bool
	rule          string
}

func (f *file) timeline(given, expect *yaml.Node) judge {
	c := &timelineCase{}
	f.each(given, "given", func(key string, v *yaml.Node) bool {
		switch key {
		case "branch":
			if !isNull(v) {
				c.facts.Branch = f.branch(v)
			}
		case "events":
			f.items(v, key, func(item *yaml.Node) { c.facts.Events = append(c.facts.Events, f.event(item)) })
		case "as_of":
			c.day = f.date(v, key)
		default:
			return false
		}
		return true
	})
	f.each(expect, "expect", func(key string, v *yaml.Node) bool {
		switch key {
		case "duties":
			f.items(v, key, func(item *yaml.Node) { c.duties = append(c.duties, f.duty(item)) })
		case "absent":
			f.items(v, key, func(item *yaml.Node) { c.absent = append(c.absent, word(f, item, key, timeline.Names)) })
		case "violations":
			if !isNull(v) {
				c.violations = []string{}
			}
			f.items(v, key, func(item *yaml.Node) { c.violations = append(c.violations, f.rule(item, key)) })
		case "status":
			c.status = map[string]timeline.Status{}
			f.each(v, key, func(name string, v *yaml.Node) bool {
				c.status[name] = word(f, v, name, timeline.Statuses)
				return true
			})
		case "standing_years":
			c.standing = map[string]int{}
			f.each(v, key, func(name string, v *yaml.Node) bool { c.standing[name] = f.count(v, name); return true })
		default:
			return false
		}
		return true
	})
	if c.day.IsZero() {
		f.fail(given.Line, "as_of", words.Mark("没有写。"))
	}
	return c
}

func (f *file) branch(n *yaml.Node) *timeline.Branch {
	b := &timeline.Branch{Unit: timeline.OtherUnit}
	f.each(n, "branch", func(key string, v *yaml.Node) bool {
		switch key {
		case "unit":
			b.Unit = word(f, v, key, timeline.Units)
		case "founded":
			b.Founded = f.date(v, key)
		case "full_members":
			b.FullMembers = f.count(v, key)
		case "probationary":
			b.Probationary = f.count(v, key)
		case "groups":
			b.Groups = f.count(v, key)
		case "has_committee":
			b.HasCommittee = f.flag(v, key)
		default:
			return false
		}
		return true
	})
	return b
}

// own are the keys that belong to an event besides on, event and person.
var own = map[timeline.Kind][]string{
	timeline.TrainingCompleted: {"days", "hours"}, timeline.AssemblyExtended: {"months"}, timeline.Member: {"admitted", "confirmed", "care", "abroad"},
	timeline.CommitteeElected: {"term_years"}, timeline.MeetingHeld: {"type"}, timeline.DuesPaid: {"through"}, timeline.Studied: {"hours"}, timeline.TaughtAtHome: {"hours"},
	timeline.TransferSent: {"valid_days"}, timeline.TransferRejected: {"reason"},
}

func (f *file) event(n *yaml.Node) (e timeline.Event) {
	keys := map[string]int{}
	f.each(n, "events", func(key string, v *yaml.Node) bool {
		keys[key] = v.Line
		switch key {
		case "on":
			e.On = f.date(v, key)
		case "event":
			e.Kind = word(f, v, key, timeline.Kinds)
		case "person":
			e.Person = f.text(v, key)
		default:
			return f.detail(&e, key, v)
		}
		return true
	})
	if e.On.IsZero() {
		f.fail(n.Line, "on", words.Mark("没有写。"))
	}
	if e.Kind == "" {
		f.fail(n.Line, "event", words.Mark("没有写。"))
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if key != "on" && key != "event" && key != "person" && !slices.Contains(own[e.Kind], key) {
			f.fail(keys[key], key, words.Mark("这个事件没有这个键："), string(e.Kind))
		}
	}
	if e.Kind == timeline.MeetingHeld && e.Meeting == "" {
		f.fail(n.Line, "type", words.Mark("没有写。"))
	}
	if e.Kind == timeline.DuesPaid && e.Through.IsZero() {
		f.fail(n.Line, "through", words.Mark("没有写。"))
	}
	return e
}

func (f *file) detail(e *timeline.Event, key string, v *yaml.Node) bool {
	switch key {
	case "days":
		e.Days = f.hundredths(v, key)
	case "hours":
		e.Hours = f.hundredths(v, key)
	case "months":
		e.Months = f.count(v, key)
	case "admitted":
		e.Admitted = f.date(v, key)
	case "confirmed":
		e.Confirmed = f.date(v, key)
	case "abroad":
		e.Abroad = f.date(v, key)
	case "care":
		e.Care = f.flag(v, key)
	case "term_years":
		e.TermYears = f.count(v, key)
	case "type":
		e.Meeting = word(f, v, key, timeline.Meetings)
	case "through":
		e.Through = f.month(v, key)
	case "valid_days":
		if !isNull(v) {
			n := f.count(v, key)
			e.ValidDays = &n
		}
	case "reason":
		e.Reason = f.text(v, key)
	default:
		return false
	}
	return true
}

func (f *file) duty(n *yaml.Node) (d expectedDuty) {
	f.each(n, "duties", func(key string, v *yaml.Node) bool {
		switch key {
		case "duty":
			d.name = word(f, v, key, timeline.Names)
		case "person":
			if s := f.text(v, key); !isNull(v) {
				d.person = &s
			}
		case "due":
			d.due = f.date(v, key)
		case "earliest":
			d.earliest = f.date(v, key)
		case "state":
			d.state = word(f, v, key, timeline.States)
		case "provisional":
			d.provisional = f.maybe(v, key)
		case "rule":
			d.rule = f.rule(v, key)
		default:
			return false
		}
		return true
	})
	if d.name == "" {
		f.fail(n.Line, "duty", words.Mark("没有写。"))
	}
	return d
}

func (d expectedDuty) matches(got timeline.Duty) bool {
	return d.name == got.Name && (d.person == nil || *d.person == got.Person) && (d.due.IsZero() || d.due == got.Due) &&
		(d.earliest.IsZero() || d.earliest == got.Earliest) && (d.state == "" || d.state == got.State) &&
		(d.provisional == nil || *d.provisional == got.Provisional) && (d.rule == "" || cited(got.Rules, d.rule))
}

func (d expectedDuty) String() string {
	parts := []string{"duty", string(d.name)}
	add := func(key, value string) {
		if value != "" {
			parts = append(parts, key, value)
		}
	}
	if d.person != nil {
		add("person", *d.person)
	}
	add("due", d.due.String())
	add("earliest", d.earliest.String())
	add("state", string(d.state))
	if d.provisional != nil {
		add("provisional", strconv.FormatBool(*d.provisional))
	}
	add("rule", d.rule)
	return strings.Join(parts, " ")
}

// written is a computed duty for a line of output.
func written(d timeline.Duty) string {
	parts := []string{d.Person, d.Due.String(), d.Earliest.String(), string(d.State), joined(ids(d.Rules))}
	if d.Provisional {
		parts = append(parts, "provisional")
	}
	if !d.Due.IsZero() {
		parts[1] = "due " + parts[1]
	}
	if !d.Earliest.IsZero() {
		parts[2] = "earliest " + parts[2]
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

func (c *timelineCase) run(b *rulebook.Book, _ civil.Date) Outcome {
	return c.compare(timeline.On(b, c.facts, c.day))
}

// Timeline gives the facts of a case about duties, the day asked about, and how an answer that was come by in another way
// compares with what the case expects. ok is false for a case of another kind.
func (c Case) Timeline() (facts timeline.Facts, day civil.Date, compare func(timeline.Answer) Outcome, ok bool) {
	t, ok := c.judge.(*timelineCase)
	if !ok {
		return facts, day, nil, false
	}
	return t.facts, t.day, t.compare, true
}

func (c *timelineCase) compare(a timeline.Answer) (out Outcome) {
	ofName := func(name timeline.Name) []string {
		var found []string
		for _, d := range a.Duties {
			if d.Name == name {
				found = append(found, written(d))
			}
		}
		return found
	}
	for _, want := range c.duties {
		i := slices.IndexFunc(a.Duties, want.matches)
		if i < 0 {
			out.differ(want.String(), list(ofName(want.name)))
			continue
		}
		out.Rules, out.Why = append(out.Rules, a.Duties[i].Rules...), append(out.Why, a.Duties[i].Why...)
	}
	for _, name := range c.absent {
		if found := ofName(name); found != nil {
			out.differ("no duty "+string(name), list(found))
		}
	}
	var broken []string
	for _, v := range a.Violations {
		broken = append(broken, v.Rule.Rule)
		out.Rules, out.Why = append(out.Rules, v.Rule), append(out.Why, v.Why)
	}
	if c.violations != nil && !sameSet(c.violations, broken) {
		out.differ("violations "+list(c.violations), list(slices.Compact(slices.Sorted(slices.Values(broken)))))
	}
	for _, name := range slices.Sorted(maps.Keys(c.status)) {
		if want := c.status[name]; want != a.Status[name] {
			out.differ("status "+name+" "+string(want), string(a.Status[name]))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.standing)) {
		if want, got := c.standing[name], a.Standing[name]; want != got {
			out.differ("standing_years "+name+" "+strconv.Itoa(want), strconv.Itoa(got))
		}
	}
	return out
}
