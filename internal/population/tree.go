package population

import "slices"

// node is an organisation while the tree is made.
type node struct {
	kind     Kind
	level    level
	profile  profile
	unit     string // full name of its unit
	name     string
	short    string
	area     string
	county   int // 0 for the city
	town     int // 0 for a county
	size     int
	children []*node
}

// planter makes the tree.
type planter struct {
	shape shape
	draw  *random
}

// plant makes the tree of a plan without members.
func (c *City) plant() *node {
	s := shapeOf(c.Plan)
	p := &planter{shape: s, draw: c.random(streamTree, 0)}
	city := &node{kind: Committee, level: atCity, profile: inOffice, unit: cityName + "委",
		name: "中国共产党" + cityName + "委员会", short: cityName + "委", area: cityName}
	towns := p.committees(city)

	parents := slices.Concat([]*node{city}, city.children, towns)
	for i, n := range p.allot(towns) {
		p.fill(parents[i], n)
	}
	p.unite(parents)
	p.join(parents)
	p.despatch(city)
	for _, parent := range parents {
		p.christen(parent)
	}
	return city
}

// committees puts the districts and towns below the city and gives the towns, the first one first.
func (p *planter) committees(city *node) []*node {
	var towns []*node
	for i := range p.shape.counties {
		d := districts[i]
		city.children = append(city.children, &node{kind: Committee, level: atCounty, profile: inOffice, unit: d.name + "委",
			name: "中国共产党" + cityName + d.name + "委员会", short: d.name + "委", area: cityName + d.name, county: i + 1})
	}
	names := p.townNames()
	for i := range p.shape.towns {
		county := city.children[i%p.shape.counties]
		urban := districts[county.county-1].urban
		t := &node{kind: Committee, level: inTown, profile: inOffice, county: county.county, town: len(county.children) + 1}
		if i > 0 && p.draw.chance(map[bool]float64{true: .75, false: .1}[urban]) {
			t.level = inStreet
		}
		place := names[i] + "镇"
		t.short, t.name = place+"党委", "中国共产党"+county.area+place+"委员会"
		if t.level == inStreet {
			place = names[i] + "街道"
			t.short, t.name = place+"党工委", "中国共产党"+county.area+place+"工作委员会"
		}
		t.unit, t.area = county.area+place, county.area+place
		county.children = append(county.children, t)
		towns = append(towns, t)
	}
	return towns
}

// townNames gives as many different names as there are towns, 石桥 first.
func (p *planter) townNames() []string {
	names := []string{firstTown}
	all := p.combinations(placeHeads, placeTails)
	for i := 0; len(names) < p.shape.towns; i++ {
		if i == len(all) { // beyond 900 towns: 新柳湾, 大柳湾 …
			all = p.longer(all)
			i = 0
		}
		if all[i] != firstTown {
			names = append(names, all[i])
		}
	}
	return names
}

func (p *planter) longer(names []string) []string {
	long := make([]string, 0, 4*len(names))
	for _, n := range names {
		if len([]rune(n)) == 2 {
			long = append(long, "新"+n, "大"+n, "小"+n, "中"+n)
		}
	}
	return long
}

// combinations gives every head with every tail in an order of the seed.
func (p *planter) combinations(heads, tails []rune) []string {
	order := newPermutation(len(heads)*len(tails), p.draw.next())
	all := make([]string, 0, order.n)
	for i := range int(order.n) {
		at := order.at(i)
		if h, t := heads[at/len(tails)], tails[at%len(tails)]; h != t {
			all = append(all, string(h)+string(t))
		}
	}
	return all
}

// allot says how many branches stand directly below the city, each district and each town.
func (p *planter) allot(towns []*node) []int {
	total := p.shape.branches + p.shape.joints
	first := firstTownBranches(total)
	direct := []int{0}
	rest := total - first
	if rest >= 10 {
		direct[0] = rest * 7 / 100
	}
	counties := make([]float64, p.shape.counties)
	for i := range counties {
		counties[i] = .7 + .6*p.draw.float()
	}
	direct = append(direct, apportion((rest-direct[0])*13/100, counties)...)
	for _, n := range direct {
		rest -= n
	}
	weights := make([]float64, len(towns))
	for i := range weights[1:] {
		weights[i+1] = .5 + p.draw.float()
	}
	if len(towns) == 1 {
		first += rest
	}
	inTowns := apportion(rest, weights)
	inTowns[0] = first
	return append(direct, inTowns...)
}

// firstTownBranches is fourteen when the city allows.
func firstTownBranches(total int) int {
	return min(total, max(2, min(branchesOfTown, total/6)))
}
