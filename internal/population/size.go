package population

import "math"

// relative is how much larger the branches of a profile are than others.
func relative(p profile) float64 {
	switch p {
	case inCollege:
		return 1.6
	case inVillage, inCommunity:
		return 1.15
	case inRetirement:
		return 1.3
	case inPrivateEnterprise, inCooperative, inSocialOrganisation:
		return .6
	}
	return .95
}

// fillBranches gives every branch its members: log-normal sizes that add up to the plan's members. The first two
// branches are those of the first town and never go short.
func (c *City) fillBranches(ofTown, others []*node) {
	town := c.Plan.Members
	if len(others) > 0 {
		mean := float64(c.Plan.Members) / float64(len(ofTown)+len(others))
		town = min(max(int(mean*float64(len(ofTown))), 8), c.Plan.Members)
		if len(ofTown) == branchesOfTown && c.Plan.Members >= 4*membersOfTown {
			town = membersOfTown
		}
	}
	draw := c.random(streamSizes, 0)
	divide(draw, town, ofTown)
	divide(draw, c.Plan.Members-town, others)
}

// divide gives branches their sizes. A branch needs three full members (支部工作条例 art. 4) and has fifty members at
// most as a rule; where there are too few members for so many branches, the last ones stay empty.
func divide(draw *random, members int, branches []*node) {
	if len(branches) == 0 {
		return
	}
	least := 4
	mean := float64(members) / float64(len(branches))
	if members < least*len(branches) {
		branches = branches[:max(1, members/least)]
	}
	most := 50
	if mean > 35 {
		most = int(3 * mean)
	}
	weights := make([]float64, len(branches))
	sum := 0.0
	for i, b := range branches {
		const sigma = .45
		weights[i] = relative(b.profile) * math.Exp(sigma*draw.normal())
		sum += weights[i]
	}
	left := members
	for i, b := range branches {
		b.size = min(max(int(float64(members)*weights[i]/sum), least), most)
		left -= b.size
	}
	for left != 0 {
		before := left
		for _, b := range branches {
			switch {
			case left > 0 && b.size < most:
				b.size++
				left--
			case left < 0 && b.size > least:
				b.size--
				left++
			}
		}
		if left == before { // every branch is at its bound
			if left > 0 {
				most++
			} else {
				least--
			}
		}
	}
}

// groupBranches puts Party groups into the largest branches, 石桥村 first: three each, together as many as there are
// to be.
func groupBranches(groups int, branches []*node) {
	const each = 3
	for i, b := range branches {
		if groups < 2 {
			break
		}
		n := min(each, groups)
		if groups-n == 1 || i == len(branches)-1 {
			n = groups
			if i < len(branches)-1 {
				n = each + 1
			}
		}
		groups -= n
		for k := range n {
			which := "第" + numeral(k+1)
			b.children = append(b.children, &node{kind: PartyGroup, level: b.level, profile: b.profile, unit: b.unit,
				area: b.area, county: b.county, town: b.town,
				name: b.short + which + "党小组", short: which + "党小组"})
		}
	}
}
