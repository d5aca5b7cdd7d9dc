package population

import "slices"

// scripted is what the first town's fourteen branches are, those of the reference screens first.
var scripted = [branchesOfTown]struct {
	profile profile
	stem    string
}{
	{inVillage, "石桥村"}, {inVillage, "柳湾村"}, {inCommunity, "河东社区"}, {inSchool, "石桥中学"},
	{inOffice, "镇机关"}, {inCooperative, "禾丰合作社"}, {inVillage, "青石岭村"}, {inHospital, "石桥镇卫生院"},
	{inVillage, "沙坪村"}, {inOffice, "镇机关"}, {inVillage, "下河村"}, {inRetirement, "石桥镇离退休干部"},
	{inVillage, "杨家坪村"}, {inPrivateEnterprise, "瑞丰食品公司"},
}

func first(n *node) bool { return n.county == 1 && n.town == 1 }

// fill puts branches below a committee; what they are is drawn, but an office comes first, so that every committee
// that has branches has its own officers among them.
func (p *planter) fill(parent *node, branches int) {
	kinds := newShares(mixture[parent.level][:])
	for i := range branches {
		n := below(parent, Branch, inOffice)
		switch {
		case first(parent) && i < len(scripted):
			n.profile = scripted[i].profile
		case i > 0 || parent.level >= inTown:
			n.profile = profile(kinds.at((float64(i) + p.draw.float()) / float64(branches)))
		}
		parent.children = append(parent.children, n)
	}
}

// unite puts general branches over branches of one unit each, where there are most to unite. Where there are none the
// organisation becomes a branch, so that the plan's number holds.
func (p *planter) unite(parents []*node) {
	const under, apart = 3, 20
	free := make([]int, len(parents)) // branches that could be united
	have := make([]int, len(parents))
	for i, parent := range parents {
		if !first(parent) {
			free[i] = len(singles(parent))
		}
	}
	for range p.shape.generals {
		best, most := 0, 0
		for i := range parents {
			if free[i] > under && free[i]-apart*have[i] > free[best]-apart*have[best] {
				best = i
			}
			if free[i] > free[most] {
				most = i
			}
		}
		if free[best] <= under {
			best = most
		}
		n := min(under, free[best])
		if n < 2 {
			last := parents[len(parents)-1]
			last.children = append(last.children, below(last, Branch, inCommunity))
			continue
		}
		uniteIn(parents[best], n)
		free[best] -= n
		have[best]++
	}
}

// below makes an organisation below a committee.
func below(parent *node, kind Kind, p profile) *node {
	return &node{kind: kind, level: parent.level, profile: p, area: parent.area, county: parent.county, town: parent.town}
}

// singles are the branches directly below a committee that may share a unit: every village and community is its own.
func singles(parent *node) []*node {
	var list []*node
	for _, n := range parent.children {
		if n.kind == Branch && n.profile != inVillage && n.profile != inCommunity && n.profile != inRetirement {
			list = append(list, n)
		}
	}
	return list
}

// uniteIn makes one general branch of the last branches of a committee that may share a unit.
func uniteIn(parent *node, under int) {
	list := singles(parent)
	part := list[len(list)-under:]
	g := below(parent, GeneralBranch, part[0].profile)
	for _, n := range part {
		n.profile = g.profile
	}
	g.children = slices.Clone(part)
	parent.children = slices.DeleteFunc(parent.children, func(n *node) bool { return slices.Contains(part, n) })
	parent.children = append(parent.children, g)
}

// join makes branches joint where small units are usual: cooperatives, firms, associations.
func (p *planter) join(parents []*node) {
	left := p.shape.joints
	for _, wanted := range []profile{inCooperative, inSocialOrganisation, inPrivateEnterprise, inInstitution, inSchool, inOffice,
		inCollege, inStateEnterprise, inHospital, inCommunity, inRetirement, inVillage} {
		for _, parent := range parents {
			for i, n := range parent.children {
				if left == 0 {
					return
				}
				if n.kind == Branch && n.profile == wanted && (i > 1 || !first(parent)) {
					n.kind = JointBranch
					left--
				}
			}
		}
	}
}

// despatch adds the temporary branches below the districts.
func (p *planter) despatch(city *node) {
	for i := range p.shape.temporaries {
		county := city.children[i%p.shape.counties]
		county.children = append(county.children, below(county, TemporaryBranch, inInstitution))
	}
}
