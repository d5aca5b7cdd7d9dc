package population

import (
	"cmp"
	"slices"
)

// Role is what somebody does in the Party organisation of a Post.
type Role string

// The roles.
const (
	Secretary          Role = "secretary"           // 书记
	DeputySecretary    Role = "deputy-secretary"    // 副书记
	OrganisationMember Role = "organisation-member" // 组织委员
	PublicityMember    Role = "publicity-member"    // 宣传委员
	DisciplineMember   Role = "discipline-member"   // 纪检委员
	GroupLeader        Role = "group-leader"        // 党小组组长
)

// Post is a post and who holds it.
type Post struct {
	Organisation int // where the post is
	Role         Role
	Member       int    // running number of the holder
	Home         int    // branch in which the holder has the relation
	Name         string // of the holder
}

// committeeRoles are filled in this order.
var committeeRoles = []Role{Secretary, DeputySecretary, OrganisationMember, PublicityMember, DisciplineMember}

// PostsOf gives the posts of one organisation and who holds them, the secretary first. A branch of fewer than seven
// full members has a secretary alone (支部工作条例 art. 20), a larger one a committee of three or five; the officers of
// a committee, a general branch or a temporary branch have their relation in a branch below or beside it. An
// organisation with nobody below it has none.
func (c *City) PostsOf(organisation int) []Post {
	o := &c.Organisations[organisation]
	switch o.Kind {
	case PartyGroup:
		for _, m := range c.able(o.Parent) {
			if m.Group == organisation {
				return []Post{{organisation, GroupLeader, m.Number, o.Parent, m.Name}}
			}
		}
		return nil
	case Branch, JointBranch:
		return c.fillPosts(organisation, organisation, 0, branchRoles(c.able(organisation)))
	case TemporaryBranch:
		return c.fillPosts(organisation, c.home(o.Parent), len(committeeRoles)+2, committeeRoles[:1])
	case GeneralBranch:
		return c.fillPosts(organisation, c.home(organisation), len(committeeRoles), committeeRoles[:3])
	}
	return c.fillPosts(organisation, c.home(organisation), len(committeeRoles), committeeRoles)
}

func branchRoles(able []Member) []Role {
	switch n := len(able); {
	case n == 0:
		return nil
	case n < 7:
		return committeeRoles[:1]
	case n < 20:
		return []Role{Secretary, OrganisationMember, PublicityMember}
	}
	return committeeRoles
}

// fillPosts gives the roles to the ablest of a branch, after those who already have the branch's own posts; where a
// branch is small somebody holds two.
func (c *City) fillPosts(organisation, home, after int, roles []Role) []Post {
	if home < 0 {
		return nil
	}
	able := c.able(home)
	if len(able) == 0 {
		return nil
	}
	posts := make([]Post, len(roles))
	for i, role := range roles {
		m := able[(after+i)%len(able)]
		posts[i] = Post{organisation, role, m.Number, home, m.Name}
	}
	return posts
}

// home is the branch from which the officers of an organisation come: the first office branch below it, otherwise the
// first branch with members; -1 when there is none.
func (c *City) home(organisation int) int {
	found := -1
	for at := range c.below(organisation) {
		direct := c.Organisations[at].Parent == organisation
		if c.profiles[at] == inOffice && direct {
			return at
		}
		if found < 0 {
			found = at
		}
	}
	return found
}

// able gives the full members of a branch in the order in which they would be chosen: those who are there and between
// thirty and sixty before the others, the better educated before their fellows of the same age.
func (c *City) able(branch int) []Member {
	members := slices.DeleteFunc(c.MembersOf(branch), func(m Member) bool { return m.Category != Full || m.Suspended })
	weight := func(m Member) int {
		w := abs(m.Born.YearsUntil(c.calendar.on) - 45)
		if m.Floating || m.Lost {
			w += 100
		}
		if m.Education == "" || m.Education > "30" {
			w += 8
		}
		return w
	}
	slices.SortStableFunc(members, func(a, b Member) int { return cmp.Compare(weight(a), weight(b)) })
	return members
}

func abs(n int) int { return max(n, -n) }
