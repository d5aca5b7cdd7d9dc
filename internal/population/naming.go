package population

import "strings"

// christener names the branches of one committee: it remembers how many of each profile it has named.
type christener struct {
	parent   *node
	place    string // 石桥, the town's name without its kind
	tail     string // 县, 区, 镇, 街道
	villages []string
	firms    []string
	count    [profiles]int
	despatch int
	used     map[string]bool
	scripted int
}

// christen names everything below a committee that is no committee.
func (p *planter) christen(parent *node) {
	c := &christener{parent: parent, used: map[string]bool{}}
	c.place, c.tail = c.split()
	if parent.level >= inTown {
		c.villages = p.villageNames()
	}
	c.firms = p.firmNames()
	for _, n := range parent.children {
		switch n.kind {
		case Committee:
		case GeneralBranch:
			c.general(n)
		case TemporaryBranch:
			c.despatch++
			stem := projects[(c.despatch-1)%len(projects)]
			c.name(n, stem, c.again(stem), "临时")
		case JointBranch:
			c.single(n, "联合")
		default:
			c.single(n, "")
		}
	}
}

func (c *christener) split() (place, tail string) {
	for _, tail := range []string{"街道", "镇", "县", "区", "市"} {
		if place, ok := strings.CutSuffix(c.parent.area, tail); ok {
			for _, above := range []string{"市", "县", "区"} {
				if i := strings.LastIndex(place, above); i >= 0 {
					place = place[i+len(above):]
				}
			}
			return place, tail
		}
	}
	return c.parent.area, ""
}

// villageNames mixes 柳湾 and 杨家坪 in an order of the town's own.
func (p *planter) villageNames() []string {
	plain := p.combinations(placeHeads, placeTails)
	family := p.combinations(villages, placeTails)
	names := make([]string, 0, len(plain)+len(family))
	for i, n := range plain {
		names = append(names, n)
		if i%2 == 0 && i/2 < len(family) {
			r := []rune(family[i/2])
			names = append(names, string(r[0])+"家"+string(r[1]))
		}
	}
	return names
}

func (p *planter) firmNames() []string {
	heads := p.combinations(firmHeads, firmHeads)
	names := make([]string, len(heads))
	for i, h := range heads {
		names[i] = h + firmTails[i%len(firmTails)] + "公司"
	}
	return names
}

// single names a branch that is alone in its unit, or the next of several.
func (c *christener) single(n *node, sort string) {
	stem := c.stem(n)
	c.name(n, stem, c.again(stem), sort)
}

// general names a general branch and, by number, the branches below it.
func (c *christener) general(g *node) {
	stem := c.stem(g)
	for tries := 0; c.used[stem] && tries < 50; tries++ {
		stem = c.stem(g)
	}
	round := c.again(stem)
	g.unit = merged(g.area, stem)
	g.short = stem + ordinal(round) + "党总支"
	g.name = "中国共产党" + g.unit + ordinal(round) + "总支部委员会"
	for i, n := range g.children {
		c.again(stem)
		c.name(n, stem, 3*(round-1)+i+1, "")
		if n.short == stem+"党支部" {
			n.short, n.name = stem+"第一党支部", "中国共产党"+n.unit+"第一支部委员会"
		}
	}
}

// again counts how often a stem was used below this committee, this time included.
func (c *christener) again(stem string) int {
	n := 1
	for c.used[stem+ordinal(n)] {
		n++
	}
	c.used[stem+ordinal(n)], c.used[stem] = true, true
	return n
}

func (c *christener) name(n *node, stem string, number int, sort string) {
	which := ordinal(number)
	if which == "" && strings.HasSuffix(stem, "机关") {
		which = "第一" // an office has several as a rule: 镇机关第一党支部
	}
	n.unit = merged(n.area, stem)
	n.short = stem + which + sort + "党支部"
	n.name = "中国共产党" + n.unit + which + sort + "支部委员会"
}

// ordinal is nothing for the first, 第二 for the second.
func ordinal(n int) string {
	if n < 2 {
		return ""
	}
	return "第" + numeral(n)
}

// merged joins an area and the short name of a unit in it: 大河县 and 县供水公司 make 大河县供水公司.
func merged(area, stem string) string {
	for i := range area {
		if strings.HasPrefix(stem, area[i:]) {
			return area[:i] + stem
		}
	}
	return area + stem
}

// stem is the short name of the next unit of a profile.
func (c *christener) stem(n *node) string {
	if first(c.parent) && c.scripted < len(scripted) {
		c.scripted++
		return scripted[c.scripted-1].stem
	}
	k := c.count[n.profile]
	c.count[n.profile]++
	from := func(list []string, before string) string { return before + list[k%len(list)] }
	switch n.profile {
	case inVillage:
		return c.fresh(k, "村")
	case inCommunity:
		return c.fresh(k, "社区")
	case inPrivateEnterprise:
		return c.firms[k%len(c.firms)]
	case inCooperative:
		return string([]rune(c.firms[k%len(c.firms)])[:2]) + "合作社"
	case inRetirement:
		if n.level >= inTown {
			return c.place + c.tail + "离退休干部"
		}
		return c.tail + "离退休干部"
	}
	switch n.level {
	case atCity:
		return from(cityUnits[n.profile], "")
	case atCounty:
		return from(countyUnits[n.profile], c.tail)
	}
	switch n.profile {
	case inSchool:
		return from(townSchools, c.place)
	case inHospital:
		return c.place + c.tail + map[level]string{inTown: "卫生院", inStreet: "社区卫生服务中心"}[n.level]
	case inSocialOrganisation:
		return from(socials, c.place)
	}
	return c.tail + "机关"
}

// fresh takes the next name from the town's list of places: villages from its beginning, communities from its end.
func (c *christener) fresh(k int, tail string) string {
	i := k % len(c.villages)
	if tail == "社区" {
		i = len(c.villages) - 1 - i
	}
	return c.villages[i] + tail
}

// cityUnits and countyUnits are the units that are not put together.
var (
	cityUnits = map[profile][]string{
		inOffice: cityOffices, inCollege: cityColleges, inSchool: citySchools, inHospital: cityHospitals,
		inInstitution: cityInstitutions, inStateEnterprise: cityEnterprises,
	}
	countyUnits = map[profile][]string{
		inOffice: countyOffices, inCollege: countySchools, inSchool: countySchools, inHospital: countyHospitals,
		inInstitution: countyInstitutions, inStateEnterprise: countyEnterprises,
	}
)
