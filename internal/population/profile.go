package population

// profile is what decides who is in a branch: a village's farmers, an office's officials, a retired people's branch.
type profile int

// The profiles.
const (
	inVillage profile = iota
	inCommunity
	inOffice
	inSchool
	inCollege
	inHospital
	inInstitution
	inStateEnterprise
	inPrivateEnterprise
	inCooperative
	inSocialOrganisation
	inRetirement
	profiles
)

// traits of a profile: its unit type, the register and class of its credit code, and how likely each occupation is
// among its members, in the order of occupations. No weight is zero, so that a city of two branches can be made.
var traits = [profiles]struct {
	unit        UnitType
	class       string
	occupations [8]float64
}{
	//                                 worker farmer professional manager official student other retired
	inVillage:            {Village, "54", [8]float64{2, 82, 2, 2, .5, .3, 6, 5}},
	inCommunity:          {Community, "55", [8]float64{10, 3, 6, 6, 1, .5, 22, 50}},
	inOffice:             {Organ, "11", [8]float64{3, .01, 6, 2, 85, .01, 2, 2}},
	inSchool:             {School, "12", [8]float64{1, .01, 80, 10, 1, .1, 1, 7}},
	inCollege:            {College, "12", [8]float64{.01, .01, 5, 1, .01, 94, .01, .01}},
	inHospital:           {Hospital, "12", [8]float64{3, .01, 80, 10, .1, .01, 2, 5}},
	inInstitution:        {Institution, "12", [8]float64{8, .05, 55, 25, 3, .01, 4, 5}},
	inStateEnterprise:    {StateEnterprise, "91", [8]float64{40, .05, 20, 30, .1, .01, 2, 8}},
	inPrivateEnterprise:  {PrivateEnterprise, "91", [8]float64{30, .5, 20, 35, .01, .05, 12, 2}},
	inCooperative:        {Cooperative, "93", [8]float64{5, 70, 4, 12, .01, .05, 9, .5}},
	inSocialOrganisation: {SocialOrganisation, "52", [8]float64{2, .1, 35, 25, .1, .1, 30, 6}},
	inRetirement:         {Organ, "11", [8]float64{.01, .01, .01, .01, .01, .01, .01, 100}},
}

// level is where in the tree a branch stands.
type level int

// The levels.
const (
	atCity level = iota
	atCounty
	inTown   // 镇
	inStreet // 街道
	levels
)

// mixture is how many branches of each profile there are at a level, by weight.
var mixture = [levels][profiles]float64{
	atCity:   {inOffice: 20, inCollege: 33, inSchool: 6, inHospital: 9, inInstitution: 9, inStateEnterprise: 17, inRetirement: 6},
	atCounty: {inOffice: 43, inSchool: 12, inHospital: 8, inInstitution: 15, inStateEnterprise: 12, inRetirement: 10},
	inTown: {inVillage: 58, inCommunity: 8, inOffice: 7, inSchool: 8, inHospital: 3, inPrivateEnterprise: 7, inCooperative: 5,
		inRetirement: 4},
	inStreet: {inCommunity: 48, inOffice: 8, inSchool: 9, inHospital: 3, inPrivateEnterprise: 18, inSocialOrganisation: 4,
		inRetirement: 10},
}
