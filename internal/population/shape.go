package population

import "zhibu/internal/fault"

// shape is how many organisations of each kind there are.
type shape struct {
	counties, towns, generals, branches, joints, temporaries, groups int
}

// The limits of a plan.
const (
	fewestMembers       = 10
	mostMembers         = 4_000_000
	fewestOrganisations = 5
	mostOrganisations   = 250_000
	membersOfBranch     = 18.8 // the issue: about 18 a branch
	townsOfCity         = 60
	branchesOfTown      = 14 // of the first, as in the reference screens
	membersOfTown       = 412
)

func check(p Plan) error {
	switch {
	case p.Members < fewestMembers || p.Members > mostMembers:
		return fault.New(fault.Invalid, "党员人数应当在 %d 到 %d 之间。", fewestMembers, mostMembers).At("members")
	case p.Organisations != 0 && (p.Organisations < fewestOrganisations || p.Organisations > mostOrganisations):
		return fault.New(fault.Invalid, "党组织个数应当在 %d 到 %d 之间。", fewestOrganisations, mostOrganisations).At("organisations")
	case !p.On.Valid() || p.On.Year < 2020 || p.On.Year > 2040:
		return fault.New(fault.Invalid, "日期应当在 2020 年到 2040 年之间。").At("on")
	}
	return nil
}

// shapeOf divides the organisations among the kinds. A branch in fifty is joint; one in fifty has a general branch
// above it, a few are temporary, and the larger ones have Party groups.
func shapeOf(p Plan) shape {
	var s shape
	var rest int // all below the committees
	if p.Organisations == 0 {
		s.counties, s.towns = len(districts), townsOfCity
		branches := max(2, int(float64(p.Members)/membersOfBranch+.5))
		if branches > 11_000 {
			s.towns = branches / 100
		}
		rest = branches + branches*7/100
	} else {
		n := p.Organisations
		s.counties = min(max(n/12, 1), len(districts))
		s.towns = min(max(n/5, 1), townsOfCity)
		s.towns = max(s.towns, s.counties, n/110)
		rest = n - 1 - s.counties - s.towns
	}
	if rest >= 50 {
		s.generals = rest * 21 / 1000
		s.temporaries = max(2, rest*35/10_000)
		s.groups = rest * 42 / 1000
		s.joints = max(1, rest*2/100)
	}
	s.branches = rest - s.generals - s.temporaries - s.groups - s.joints
	return s
}
