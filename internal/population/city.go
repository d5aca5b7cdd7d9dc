package population

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"zhibu/internal/civil"
)

// Plan says which city to make.
type Plan struct {
	Members       int // 10 to 4,000,000
	Organisations int // how many in all, 5 to 250,000; 0: about 18 members a branch
	Seed          uint64
	On            civil.Date // the day on which the city is as made, 2020 to 2040: ages, probation, latest admissions
}

// City is a made city. It holds the organisations; members are made anew each time they are asked for.
type City struct {
	Plan          Plan
	Organisations []Organisation
	FirstTown     int // 石桥镇党委: its first two branches have at least three full members each

	calendar calendar
	lives    *lives
	crowd    crowd
	end      []int // place after the last organisation below each
	profiles []profile
	slots    []int // how many members of the same profile come before those of a branch
	identity permutation
	mobile   permutation
}

// Build makes the city of a plan. fault.Invalid when the plan cannot be.
func Build(p Plan) (*City, error) {
	if err := check(p); err != nil {
		return nil, err
	}
	c := &City{Plan: p, calendar: newCalendar(p.On)}
	root := c.plant()

	var ofTown, others []*node
	walk(root, func(n *node) {
		switch {
		case n.kind != Branch && n.kind != JointBranch:
		case first(n):
			ofTown = append(ofTown, n)
		default:
			others = append(others, n)
		}
	})
	c.fillBranches(ofTown, others)
	largest := slices.Clone(others)
	slices.SortStableFunc(largest, func(a, b *node) int { return cmp.Compare(b.size, a.size) })
	groupBranches(shapeOf(p).groups, slices.Concat(ofTown[:1], largest))

	c.settle(root)
	c.lives = newLives(c.calendar)
	c.crowd = c.newCrowd()
	c.identity = newPermutation(identitySpace, key(p.Seed, streamIdentity, 0))
	c.mobile = newPermutation(100_000_000, key(p.Seed, streamMobile, 0))
	return c, nil
}

func walk(n *node, visit func(*node)) {
	visit(n)
	for _, child := range n.children {
		walk(child, visit)
	}
}

// settler turns the tree into the list of organisations.
type settler struct {
	city    *City
	draw    *random
	units   map[string]string // full name → credit code
	serials permutation
	phones  permutation
	counted map[string]int // how many codes begin with the same county and town
	members int
	inUnits [profiles]int
}

func (c *City) settle(root *node) {
	s := &settler{city: c, draw: c.random(streamUnits, 0), units: map[string]string{}, counted: map[string]int{},
		serials: newPermutation(1_000_000, key(c.Plan.Seed, streamUnits, 1)),
		phones:  newPermutation(1_000_000, key(c.Plan.Seed, streamUnits, 2))}
	s.put(root, -1)
}

func (s *settler) put(n *node, parent int) {
	c, at := s.city, len(s.city.Organisations)
	var above *Organisation
	if parent >= 0 {
		above = &c.Organisations[parent]
	}
	o := Organisation{Name: n.name, ShortName: n.short, Kind: n.kind, Area: n.area, Parent: parent,
		First: s.members, Size: n.size, Code: s.code(n, above), Unit: s.unit(n),
		Phone:       fmt.Sprintf("%s%06d", landlinePrefix, s.phones.at(at)),
		Established: s.established(n, above)}
	c.Organisations = append(c.Organisations, o)
	c.profiles = append(c.profiles, n.profile)
	c.slots = append(c.slots, s.inUnits[n.profile])
	c.end = append(c.end, 0)
	s.members += n.size
	s.inUnits[n.profile] += n.size
	if n.kind == Committee && first(n) {
		c.FirstTown = at
	}
	for _, child := range n.children {
		s.put(child, at)
	}
	c.end[at] = len(c.Organisations)
}

// code is 066, one digit of the district, three of the town, five within it; a Party group adds three to its branch's.
func (s *settler) code(n *node, above *Organisation) string {
	prefix := fmt.Sprintf("%s%d%03d", codePrefix, n.county, n.town)
	if n.kind == PartyGroup {
		prefix = above.Code
	}
	i := s.counted[prefix]
	s.counted[prefix]++
	if n.kind == PartyGroup {
		return fmt.Sprintf("%s%03d", prefix, i+1)
	}
	return fmt.Sprintf("%s%05d", prefix, i)
}

func (s *settler) unit(n *node) Unit {
	t := traits[n.profile]
	code, ok := s.units[n.unit]
	if !ok {
		code = credit(t.class, n.county*1000+n.town%1000, s.serials.at(len(s.units)))
		s.units[n.unit] = code
	}
	return Unit{Name: n.unit, Type: t.unit, Credit: code}
}

// established draws the day of founding, never before the superior's and never after the city's day.
func (s *settler) established(n *node, above *Organisation) civil.Date {
	from, to := civil.Of(1952, 1, 1), civil.Of(2012, 12, 31)
	switch {
	case above == nil:
		from, to = civil.Of(1950, 3, 1), civil.Of(1950, 3, 1)
	case n.kind == Committee:
		to = civil.Of(1962, 12, 31)
	case n.kind == TemporaryBranch:
		from, to = s.city.Plan.On.AddMonths(-8), s.city.Plan.On.AddMonths(-1)
	case n.profile == inPrivateEnterprise || n.profile == inCooperative || n.profile == inSocialOrganisation:
		from, to = civil.Of(2000, 1, 1), civil.Of(2019, 12, 31)
	case n.kind == PartyGroup:
		to = civil.Of(2019, 12, 31)
	}
	if above != nil && from.Before(above.Established) {
		from = above.Established
	}
	first, last := number(from), max(number(from), number(to))
	return day(first + s.draw.below(last-first+1))
}

// Members gives every member in the order of their branches. Memory does not grow with their number.
func (c *City) Members() iter.Seq[Member] {
	return func(yield func(Member) bool) {
		var m Member
		for at := range c.Organisations {
			for k := range c.Organisations[at].Size {
				c.make(&m, at, k)
				if !yield(m) {
					return
				}
			}
		}
	}
}

// MembersOf gives the members of one branch, without making the others.
func (c *City) MembersOf(organisation int) []Member {
	members := make([]Member, c.Organisations[organisation].Size)
	for k := range members {
		c.make(&members[k], organisation, k)
	}
	return members
}

// Below tells whether an organisation is another or stands below it.
func (c *City) Below(organisation, above int) bool {
	return organisation >= above && organisation < c.end[above]
}

// below gives the places of the branches with members under an organisation, itself included.
func (c *City) below(organisation int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for at := organisation; at < c.end[organisation]; at++ {
			if c.Organisations[at].Size > 0 && !yield(at) {
				return
			}
		}
	}
}

// groups gives how many Party groups a branch has; they stand directly after it.
func (c *City) groups(branch int) int { return c.end[branch] - branch - 1 }
