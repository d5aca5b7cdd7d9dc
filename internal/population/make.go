package population

import (
	"strconv"

	"zhibu/internal/civil"
)

// sure is how many of the first members of every branch are full members whatever is drawn: a branch needs three
// (支部工作条例 art. 4).
const sure = 3

// make makes the k-th member of a branch.
func (c *City) make(m *Member, at, k int) {
	o := &c.Organisations[at]
	*m = Member{Number: o.First + k, Organisation: at, Group: -1}
	if g := c.groups(at); g > 0 {
		m.Group = at + 1 + k*g/o.Size
	}
	draw := c.random(streamMember, m.Number)
	c.describe(m, at, c.slots[at]+k, draw, k < sure)
	c.forget(m, draw)
}

// describe draws every fact of a member who stands in a slot of the branch's profile.
func (c *City) describe(m *Member, at, slot int, draw *random, surelyFull bool) {
	cell := c.crowd.cellOf(c.profiles[at], slot)
	m.Occupation = occupations[cell.occupation]
	m.Education = educations[cell.education]
	m.Sex = [...]Sex{Male, Female}[cell.sex]
	m.Ethnicity = han
	if cell.minority == 1 {
		m.Ethnicity = minorities[minorityShares.at(draw.float())].code
	}
	c.lead(m, cell, draw, surelyFull)
	c.name(m)
	c.reach(m, at, draw)
	m.Position = position(m, c.calendar.on, c.profiles[at], draw)
	c.mark(m, draw, surelyFull)
}

// lead draws birth, admission and confirmation.
func (c *City) lead(m *Member, cell cell, draw *random, surelyFull bool) {
	k := &c.calendar
	lifetimes := &c.lives[cell.band][cell.period]
	var born, joined int
	for range 60 {
		one := lifetimes.lives[lifetimes.shares.at(draw.float())]
		var from, to int
		born, from, to = k.birth(one, cell.period, draw)
		joined = c.admission(from, to, draw)
		if !surelyFull || !day(joined).AddYears(1).After(k.on) {
			break
		}
	}
	m.Born, m.Joined = day(born), day(joined)
	c.confirm(m, draw, surelyFull)
	m.Identity = identity(c.identity.at(m.Number), m.Born, m.Sex)
}

// birth draws a day of birth for a life and gives the days on which that person may have joined.
func (k calendar) birth(one life, period int, draw *random) (born, from, to int) {
	earliest := k.earliest(one.age)
	for range 8 {
		born = earliest + draw.below(365)
		if from, to = k.joining(one, period, born); from <= to {
			return born, from, to
		}
	}
	// The eldest of an age can always have joined in that year, or the life would not be in the list.
	from, to = k.joining(one, period, earliest)
	return earliest, from, to
}

// admission draws a day; one in four is admitted on 1 July, the Party's birthday, when that is among the days.
func (c *City) admission(from, to int, draw *random) int {
	if birthday := number(civil.Of(day(to).Year, 7, 1)); birthday >= from && birthday <= to && draw.chance(.25) {
		return birthday
	}
	return from + draw.below(to-from+1)
}

// The day the twelfth congress wrote the one year of probation into the constitution, and the years without any.
var (
	oneYear       = civil.Of(1982, 9, 6)
	noProbation   = civil.Of(1969, 4, 24)
	withProbation = civil.Of(1977, 8, 18)
)

func (c *City) confirm(m *Member, draw *random, surelyFull bool) {
	on := c.calendar.on
	due := m.Joined.AddYears(1)
	m.Category = Full
	switch {
	case !m.Joined.Before(noProbation) && m.Joined.Before(withProbation):
		m.Confirmed = m.Joined
		return
	case due.After(on), !surelyFull && due.AddDays(90).After(on) && draw.chance(.3):
		m.Category = Probationary // of the latter, the branch has yet to decide
		return
	case m.Joined.Before(oneYear):
		m.Confirmed = due
		return
	}
	late := 0
	switch p := draw.float(); {
	case p < .006:
		late = 183 // probation prolonged by half a year
	case p < .5:
		late = draw.below(30)
	}
	m.Confirmed = due.AddDays(late)
	if m.Confirmed.After(on) {
		m.Confirmed = due
	}
}

// reach draws telephones and address.
func (c *City) reach(m *Member, at int, draw *random) {
	var b [11]byte
	copy(b[:], mobilePrefix)
	digits(b[3:], c.mobile.at(m.Number))
	m.Mobile = string(b[:])
	if draw.chance(.08) {
		var l [6]byte
		digits(l[:], draw.below(1_000_000))
		m.Landline = landlinePrefix + string(l[:])
	}
	o := &c.Organisations[at]
	if c.profiles[at] == inVillage {
		m.Address = o.Unit.Name + strconv.Itoa(1+draw.below(12)) + "组" + strconv.Itoa(1+draw.below(80)) + "号"
		return
	}
	m.Address = o.Area + streetNames[draw.below(len(streetNames))] + strconv.Itoa(1+draw.below(180)) + "号" +
		strconv.Itoa(1+draw.below(12)) + "栋" + strconv.Itoa(100*(1+draw.below(6))+1+draw.below(4)) + "室"
}

// mark draws who works elsewhere, who is lost, who needs visits. About one in twenty-five floats.
func (c *City) mark(m *Member, draw *random, stays bool) {
	age := m.Born.YearsUntil(c.calendar.on)
	leaves := .008
	switch {
	case m.Occupation == Student || m.Occupation == Official || age > 62:
		leaves = .002
	case m.Occupation == Farmer:
		leaves = .13
	case m.Occupation == Other || m.Occupation == Worker:
		leaves = .07
	}
	floats, lost, frail := draw.chance(leaves), draw.chance(.0016), draw.float()
	switch {
	case age >= 80:
		m.Care = frail < .45
	case age >= 70:
		m.Care = frail < .08
	default:
		m.Care = frail < .002
	}
	if floats {
		m.Floating, m.Destination, m.Care = true, destinations[draw.below(len(destinations))], false
	}
	// Lost contact is stated after half a year, and membership is suspended, at the earliest, after that.
	const halfYear, years = 183, 6 * 365
	since := c.calendar.today - halfYear - draw.below(years)
	if lost && !stays && m.Category == Full && !m.Care && since > number(m.Confirmed) {
		m.Lost, m.LostSince = true, day(since)
		m.Suspended = c.calendar.today-since > 2*365 && draw.chance(.5)
	}
}

// forget leaves out what nobody has recorded, so that the lists of incomplete records are as long as in life. It asks
// nothing of the other facts: what remains still has the published shares.
func (c *City) forget(m *Member, draw *random) {
	if draw.chance(.003) {
		m.Education = ""
	}
	if draw.chance(.012) {
		m.Position = ""
	}
	if draw.chance(.015) {
		m.Address = ""
	}
	if draw.chance(.02) || m.Born.Year < c.calendar.on.Year-80 && draw.chance(.15) {
		m.Mobile = ""
	}
}
