package population

import "slices"

// Officer is a person for whom a demo makes an account. Role is the account's role in the words of the issue: member,
// branch-secretary, branch-committee, party-worker, committee-secretary, organisation-department, reviewer,
// system-admin, security-admin, auditor.
type Officer struct {
	Role         string
	Title        string // 石桥镇党委党务工作者
	Organisation int    // where the account's scope begins
	Name         string
	Member       int // running number of the member, -1 for somebody who is no member of the city
}

// Cast gives one person for every role (two branch secretaries, of different branches of the first town), no person
// twice. The three who run the system are no members of the city: whoever runs it has no branch's records to look at.
func (c *City) Cast() []Officer {
	town := c.FirstTown
	county, city := c.Organisations[town].Parent, 0
	branches := c.branchesOfFirstTown()
	s := &casting{city: c, taken: map[int]bool{}}

	s.add("branch-secretary", "党支部书记", branches[0], branches[0], 0)
	s.add("branch-secretary", "党支部书记", branches[1], branches[1], 0)
	s.add("branch-committee", "党支部组织委员", branches[0], branches[0], s.rank(branches[0], OrganisationMember))
	s.add("member", "党员", branches[0], branches[0], len(committeeRoles)+1)
	s.add("committee-secretary", "党委书记", town, c.home(town), s.rank(town, Secretary))
	s.add("party-worker", "党委党务工作者", town, c.home(town), 2*len(committeeRoles))
	s.add("reviewer", "委组织部审核员", county, c.home(county), 2*len(committeeRoles)+1)
	s.add("organisation-department", "委组织部部长", city, c.home(city), len(committeeRoles)+2)
	for _, role := range []struct{ role, title string }{
		{"system-admin", "系统管理员"}, {"security-admin", "安全管理员"}, {"auditor", "审计员"},
	} {
		s.officers = append(s.officers, Officer{role.role, c.Organisations[0].Area + "委" + role.title, city, s.stranger(), -1})
	}
	return s.officers
}

// branchesOfFirstTown gives the two branches of the first town that its secretaries lead.
func (c *City) branchesOfFirstTown() []int {
	var list []int
	for at := range c.below(c.FirstTown) {
		list = append(list, at)
		if len(list) == 2 {
			break
		}
	}
	return list
}

// casting chooses people nobody has chosen yet.
type casting struct {
	city     *City
	taken    map[int]bool
	names    int
	officers []Officer
}

// rank is the place, among the able of the home branch, of who holds a role in an organisation; 1 if nobody does.
func (s *casting) rank(organisation int, role Role) int {
	for _, post := range s.city.PostsOf(organisation) {
		if post.Role == role {
			return slices.IndexFunc(s.city.able(post.Home), func(m Member) bool { return m.Number == post.Member })
		}
	}
	return 1
}

func (s *casting) add(role, title string, organisation, home, rank int) {
	short := s.city.Organisations[organisation].ShortName
	officer := Officer{Role: role, Title: merged(short, title), Organisation: organisation, Member: -1}
	able := s.city.able(home)
	for i := range able {
		m := able[(rank+i)%len(able)]
		if !s.taken[m.Number] {
			s.taken[m.Number] = true
			officer.Name, officer.Member = m.Name, m.Number
			break
		}
	}
	if officer.Member < 0 {
		officer.Name = s.stranger()
	}
	s.officers = append(s.officers, officer)
}

// stranger names somebody who is no member.
func (s *casting) stranger() string {
	s.names++
	draw := s.city.random(streamNames, mostMembers+s.names)
	sex := [...]Sex{Male, Female}[s.names%2]
	return nameFor(sex, s.city.Plan.On.Year-32-s.names, han, draw)
}
