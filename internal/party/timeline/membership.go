package timeline

import (
	"slices"

	"zhibu/internal/civil"
	"zhibu/internal/party/rulebook"
)

// lost is since when nobody knows where somebody is; whoever was found again is not lost.
func (p *person) lost() civil.Date {
	var since civil.Date
	for _, e := range p.events {
		switch e.Kind {
		case LostSince:
			if since.IsZero() {
				since = e.On
			}
		case Contacted, Returned:
			since = civil.Date{}
		}
	}
	return since
}

// lostAt is lost as it was before a day, when membership was stopped because of it.
func (p *person) lostAt(day civil.Date) civil.Date {
	before := *p
	before.events = sorted(p.events, day)
	return before.lost()
}

// membership is M-10 and M-11: stopping the membership of those lost or settled abroad, removing those who stay lost.
// The program says from when it may be done; people decide whether.
func (p *person) membership() {
	if p.stopped.IsZero() {
		p.stop(Stop, "M-11", "lost_months", p.lost())
		p.stop(Stop, "M-10", "abroad_years", p.abroad(p.day))
		return
	}
	stopped := p.all(MembershipStopped)[0]
	lost, abroad := p.lostAt(stopped.On), p.abroad(stopped.On)
	p.stop(Stop, "M-11", "lost_months", lost)
	p.stop(Stop, "M-10", "abroad_years", abroad)
	p.checkStop(stopped, lost, abroad)
	if abroad.IsZero() || !lost.IsZero() { // who was stopped for living abroad is not removed for being lost
		found := slices.ContainsFunc(p.events, func(e Event) bool { return (e.Kind == Contacted || e.Kind == Returned) && e.On.After(stopped.On) })
		if !found {
			p.stop(Remove, "M-11", "stopped_years", stopped.On)
		}
	}
}

// stop owes a duty that may be done a limit after a day, if there is such a day.
func (p *person) stop(name Name, id, limit string, since civil.Date) {
	if since.IsZero() {
		return
	}
	rule := p.book.At(id, since)
	d := Duty{Name: name, Rules: []rulebook.Citation{rule.Citation()}, Earliest: after(rule, limit, since)}
	if name == Stop {
		d.State = doneIf(!p.stopped.IsZero())
	}
	d.Why = append(d.Why, rulebook.Because("自 %s 起，%s 后可以办理", since.String(), d.Earliest.String()))
	p.owe(d)
}

// after adds a limit whose unit is the end of its name.
func after(rule rulebook.Rule, limit string, day civil.Date) civil.Date {
	if len(limit) > 6 && limit[len(limit)-6:] == "_years" {
		return day.AddYears(rule.Int(limit))
	}
	return day.AddMonths(rule.Int(limit))
}

// checkStop finds a stop that neither basis allowed yet. Without any basis on record it is taken as decided properly.
func (p *person) checkStop(e Event, lost, abroad civil.Date) {
	lostRule, abroadRule := p.book.At("M-11", lost), p.book.At("M-10", abroad)
	lostEnd, abroadEnd := after(lostRule, "lost_months", lost), after(abroadRule, "abroad_years", abroad)
	switch {
	case !lost.IsZero() && !e.On.Before(lostEnd), !abroad.IsZero() && !e.On.Before(abroadEnd):
	case !lost.IsZero():
		p.early(lostRule, e, lostEnd)
	case !abroad.IsZero():
		p.early(abroadRule, e, abroadEnd)
	}
}

// abroad is since when somebody is abroad, as known on a day; whoever came back is not.
func (p *person) abroad(day civil.Date) civil.Date {
	var since, back civil.Date
	for _, e := range p.events {
		switch {
		case e.On.After(day):
		case e.Kind == Member && e.Abroad.After(back):
			since = e.Abroad
		case e.Kind == Member:
			since = civil.Date{}
		case e.Kind == Returned:
			since, back = civil.Date{}, e.On
		}
	}
	if since.After(day) {
		return civil.Date{}
	}
	return since
}

// away is since when somebody was last away, at home or abroad, and when she came back, zero while she is away.
func (p *person) away() (from, abroad, back civil.Date) {
	last := -1
	for i, e := range p.events {
		if e.Kind == Returned {
			last, back = i, e.On
		}
	}
	abroad = p.abroad(p.day)
	from = abroad
	for _, e := range p.all(FloatedOut) {
		if e.On.After(from) && e.On.After(back) {
			from = e.On
		}
	}
	if last < 0 || !from.IsZero() {
		return from, abroad, civil.Date{}
	}
	before := *p
	before.events = p.events[:last]
	from, abroad, earlier := before.away()
	if !earlier.IsZero() {
		back = earlier
	}
	return from, abroad, back
}

// contact is M-18 and T-14: somebody away is heard of each half year from abroad, else each year, until she comes back.
func (p *person) contact() {
	from, abroad, back := p.away()
	if from.IsZero() {
		return
	}
	next := func() (Duty, rulebook.Rule) {
		id := "T-14"
		if !abroad.IsZero() && !abroad.After(from) {
			id = "M-18"
		}
		rule := p.book.At(id, from)
		months := rule.Int("contact_months")
		rules := []rulebook.Citation{rule.Citation()}
		if id == "T-14" {
			rules = append(rules, cite(p.book, p.day, "T-13")...)
		}
		return Duty{Name: Contact, Due: from.AddMonths(months), Rules: rules,
			Why: []rulebook.Reason{rulebook.Because("自 %s 起，每 %d 个月至少联系一次", from.String(), months)}}, rule
	}
	for _, e := range p.all(Contacted) {
		if e.On.Before(from) || !back.IsZero() && e.On.After(back) {
			continue
		}
		d, rule := next()
		d.State = Done
		p.late(rule, e, d.Due)
		p.owe(d)
		from = e.On
	}
	if back.IsZero() && p.stopped.IsZero() && p.cancelled.IsZero() {
		d, _ := next()
		p.owe(d)
	}
}

// transfers is T-02 and T-05: a letter is answered while it is valid, and refused only with a reason.
func (p *person) transfers() {
	var sent *Event
	for i, e := range p.events {
		switch e.Kind {
		case TransferSent:
			if sent != nil {
				p.owe(p.letter(*sent))
			}
			sent = &p.events[i]
			rule := p.book.At("T-05", e.On)
			if most := rule.Int("longest_days"); e.ValidDays != nil && *e.ValidDays > most {
				p.violate(rule, e, rulebook.Because("有效期 %d 天，最长 %d 天", *e.ValidDays, most))
			}
		case TransferReceived:
			d := Duty{Name: Receive, Rules: cite(p.book, e.On, "T-05", "T-02")}
			if sent != nil {
				d = p.letter(*sent)
				p.late(p.book.At("T-05", sent.On), e, d.Due)
			}
			d.State = Done
			p.owe(d)
			sent = nil
		case TransferRejected:
			if blank(e.Reason) {
				if rule, ok := p.book.On("T-02", e.On); ok {
					p.violate(rule, e, rulebook.Because("没有写明理由"))
				}
				continue // refused without a reason is not refused: the letter still waits
			}
			sent = nil
		}
	}
	if sent != nil {
		p.owe(p.letter(*sent))
	}
}

func (p *person) letter(sent Event) Duty {
	rule := p.book.At("T-05", sent.On)
	valid := rule.Int("usual_days")
	if sent.ValidDays != nil {
		valid = *sent.ValidDays
	}
	return Duty{Name: Receive, Due: sent.On.AddDays(valid), Rules: cite(p.book, sent.On, "T-05", "T-02"),
		Why: []rulebook.Reason{rulebook.Because("%s 开出，有效期 %d 天", sent.On.String(), valid)}}
}
