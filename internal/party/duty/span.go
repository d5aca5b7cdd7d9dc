package duty

import (
	"slices"

	"zhibu/internal/civil"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/party/timeline"
)

// span is an open duty in a form that does not change as days pass: it is asked from a day on until another, and is
// overdue after due. Periods that follow each other without one that was kept are one span: unpaid months are one row,
// and nothing has to run at midnight. due is that of the first period; never stands for a day that does not come.
type span struct{ duty, from, due, gone, earliest string }

// on tells whether a span is asked on a day, and whether it is overdue then.
func (x span) on(day civil.Date) (open, overdue bool) {
	d := day.String()
	open = x.from <= d && x.gone > d
	return open, open && x.due < d
}

// ahead is how far one look into the future reaches, and looks how often it is taken while everything is done already.
const (
	ahead = 12
	looks = 5
)

// period is one period of a duty that comes again, of one subject.
type period struct {
	first, last, due civil.Date
	open, moved      bool // moved: postponed
}

// spansOf are those of one subject whose answer on a day at tells. at must answer for facts that do not change.
func spansOf(at func(civil.Date) []Item, ref civil.Date) (out []span) {
	of := map[timeline.Name]map[civil.Date]period{}
	note := func(it Item, now bool) {
		if it.Last.IsZero() {
			if now && it.Open() {
				out = append(out, span{string(it.Duty.Name), "", orNever(it.Due), never, it.Earliest.String()})
			}
			return
		}
		p := period{first: it.First, last: it.Last, due: it.Due, open: it.Open(), moved: it.Waiver != nil && !it.Waiver.To.IsZero()}
		if of[it.Duty.Name] == nil {
			of[it.Duty.Name] = map[civil.Date]period{}
		}
		if _, known := of[it.Duty.Name][p.last]; !known {
			of[it.Duty.Name][p.last] = p
		}
	}
	for _, it := range at(ref) {
		note(it, true)
	}
	until := ref
	for n := 1; n <= looks; n++ {
		until = ref.AddMonths(ahead * n)
		for _, it := range at(until) {
			note(it, false)
		}
		if !lastDone(of) {
			break
		}
	}
	for name, periods := range of {
		out = append(out, runs(name, periods, until)...)
	}
	return out
}

// goneAfter is the day from which a period that ended on a day is not listed any more.
func goneAfter(last civil.Date) string { return last.AddMonths(ahead).AddDays(1).String() }

func orNever(d civil.Date) string {
	if d.IsZero() {
		return never
	}
	return d.String()
}

// lastDone tells whether the latest period of some duty is done already, so that one has to look further.
func lastDone(of map[timeline.Name]map[civil.Date]period) bool {
	for _, periods := range of {
		list := ordered(periods)
		if !list[len(list)-1].open {
			return true
		}
	}
	return false
}

func ordered(periods map[civil.Date]period) []period {
	var list []period
	for _, p := range periods {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b period) int { return b.last.DaysUntil(a.last) })
	return list
}

// runs joins open periods that follow each other. What is asked on the last day that was looked at stays so; what is not
// any more, because somebody left, ends with its last period.
func runs(name timeline.Name, periods map[civil.Date]period, until civil.Date) (out []span) {
	list := ordered(periods)
	var run *span
	var last civil.Date
	end := func(gone string) {
		if run != nil {
			run.gone = gone
			out = append(out, *run)
			run = nil
		}
	}
	for i, p := range list {
		if run != nil && (!p.open || p.moved || last.AddDays(1) != p.first) {
			end(goneAfter(last))
		}
		switch {
		case p.open && p.moved:
			out = append(out, span{string(name), "", p.due.String(), goneAfter(p.last), ""})
		case p.open && run == nil:
			run = &span{duty: string(name), from: p.first.String(), due: p.due.String()}
		}
		last = p.last
		if i == len(list)-1 && last.Before(until) {
			end(goneAfter(last))
		}
	}
	end(never)
	return out
}

// spans are those of a branch with how many subjects have each. Those of whom the same is known have the same.
func spans(f branchFacts, ref civil.Date, known map[string][]span) map[span]int64 {
	out := map[span]int64{}
	rules, whole := f.book.LocalKey(), slices.ContainsFunc(f.book.LocalDuties(), func(d rulebook.LocalDuty) bool { return d.OfMembers })
	add := func(key string, of branchFacts) {
		list, there := known[key]
		if !there || key == "" {
			list = spansOf(func(d civil.Date) []Item { return answer(of, d).Items }, ref)
		}
		if key != "" && !there && known != nil && len(known) < 1<<16 {
			known[key] = list
		}
		for _, x := range list {
			out[x]++
		}
	}
	if f.branch != nil {
		own, key := f, ""
		own.people = nil
		if k, ok := f.branchKey(ref); ok {
			key = rules + ";" + k
		}
		add(key, own)
	}
	for _, p := range f.people {
		one, key := branchFacts{at: f.at, book: f.book, people: []somebody{p}}, ""
		for _, w := range f.grants {
			if w.person() == p.id {
				one.grants = append(one.grants, w)
			}
		}
		if one.grants == nil && known != nil {
			key = rules + ";" + p.key(ref, whole)
		}
		add(key, one)
	}
	return out
}
