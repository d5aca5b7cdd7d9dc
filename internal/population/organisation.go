package population

import "zhibu/internal/civil"

// Kind is the kind of a Party organisation, in the words of the API.
type Kind string

// The kinds.
const (
	Committee       Kind = "committee"        // 党委、党工委
	GeneralBranch   Kind = "general-branch"   // 党总支
	Branch          Kind = "branch"           // 党支部
	JointBranch     Kind = "joint-branch"     // 联合党支部
	TemporaryBranch Kind = "temporary-branch" // 临时党支部: nobody's relation is moved to it
	PartyGroup      Kind = "party-group"      // 党小组: a part of a branch
)

// UnitType is the sort of unit an organisation stands in.
type UnitType string

// The unit types.
const (
	Organ              UnitType = "organ"               // 机关
	Village            UnitType = "village"             // 建制村
	Community          UnitType = "community"           // 社区
	School             UnitType = "school"              // 中小学、幼儿园
	College            UnitType = "college"             // 高等学校
	Hospital           UnitType = "hospital"            // 医院、卫生院
	Institution        UnitType = "institution"         // 其他事业单位
	StateEnterprise    UnitType = "state-enterprise"    // 国有企业
	PrivateEnterprise  UnitType = "private-enterprise"  // 非公有制企业
	Cooperative        UnitType = "cooperative"         // 农民合作社
	SocialOrganisation UnitType = "social-organisation" // 社会组织
)

// Unit is the unit an organisation stands in. Several organisations may stand in one unit.
type Unit struct {
	Name   string
	Type   UnitType
	Credit string // 18 characters, GB 32100, with both check characters right; no such unit exists
}

// Organisation is a node of the tree. It is known by its place in City.Organisations.
type Organisation struct {
	Code        string // 12 digits, 15 for a Party group; the prefix 066 is nobody's
	Name        string // 中国共产党清泽市大河县石桥镇石桥村支部委员会
	ShortName   string // 石桥村党支部
	Kind        Kind
	Unit        Unit
	Area        string // 清泽市大河县石桥镇, the beginning of an address here
	Phone       string // of the office, of the fictional area code 0600
	Established civil.Date
	Parent      int // place of the superior, -1 for the city committee; always before its inferiors
	First       int // running number of its first member
	Size        int // how many members have their relation here; only branches and joint branches have any
}
