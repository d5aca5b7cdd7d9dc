package access

import (
	"slices"

	"zhibu/internal/words"
)

// Role is what an account may be granted at an organisation.
type Role string

// The roles.
const (
	PlainMember            Role = "member"                  // 党员
	BranchSecretary        Role = "branch-secretary"        // 支部书记
	BranchCommittee        Role = "branch-committee"        // 支部委员
	PartyWorker            Role = "party-worker"            // 党务工作者
	CommitteeSecretary     Role = "committee-secretary"     // 党委书记
	OrganisationDepartment Role = "organisation-department" // 组织部门
	Reviewer               Role = "reviewer"                // 审核员
	SystemAdmin            Role = "system-admin"            // 系统管理员
	SecurityAdmin          Role = "security-admin"          // 安全管理员
	Auditor                Role = "auditor"                 // 审计员
)

// roleFact is what stands about a role besides its rights.
type roleFact struct {
	role  Role
	name  string   // Chinese
	kinds []string // kinds of organisations it may be granted at; nil for any but a Party group
	over  []Role   // roles whose holders' accounts it looks after, and that it may give where the table lets it give
}

var (
	branchKinds    = []string{"branch", "joint-branch", "temporary-branch"}
	committeeKinds = []string{"committee", "general-branch"}
)

// ordinary are the roles that do not run, grant or check the program.
var ordinary = []Role{PlainMember, BranchSecretary, BranchCommittee, PartyWorker, CommitteeSecretary, OrganisationDepartment, Reviewer}

// roleFacts are the roles in the order in which an account with several is called by one.
var roleFacts = []roleFact{
	{SystemAdmin, words.Mark("系统管理员"), nil, ordinary},
	{SecurityAdmin, words.Mark("安全管理员"), nil, append([]Role{SystemAdmin, SecurityAdmin, Auditor}, ordinary...)},
	{Auditor, words.Mark("审计员"), nil, nil},
	{OrganisationDepartment, words.Mark("组织部门"), []string{"committee"}, []Role{PlainMember, BranchSecretary, BranchCommittee, PartyWorker, CommitteeSecretary}},
	{PartyWorker, words.Mark("党务工作者"), committeeKinds, []Role{PlainMember, BranchSecretary, BranchCommittee}},
	{CommitteeSecretary, words.Mark("党委书记"), committeeKinds, nil},
	{Reviewer, words.Mark("审核员"), committeeKinds, nil},
	{BranchSecretary, words.Mark("支部书记"), branchKinds, []Role{PlainMember, BranchCommittee}},
	{BranchCommittee, words.Mark("支部委员"), branchKinds, nil},
	{PlainMember, words.Mark("党员"), branchKinds, nil},
}

// Roles lists the roles in the order of the issue: from the member up, the administrators last.
func Roles() []Role { return slices.Concat(ordinary, []Role{SystemAdmin, SecurityAdmin, Auditor}) }

func (r Role) fact() roleFact {
	for _, f := range roleFacts {
		if f.role == r {
			return f
		}
	}
	return roleFact{role: r, name: string(r)}
}

// Known tells whether there is such a role.
func (r Role) Known() bool { return slices.Contains(Roles(), r) }

// Name is the role in Chinese, a key of the catalogue.
func (r Role) Name() string { return r.fact().name }

// Fits tells whether the role can be held at a kind of organisation, in the words of the API.
func (r Role) Fits(kind string) bool {
	f := r.fact()
	return r.Known() && kind != "party-group" && (f.kinds == nil || slices.Contains(f.kinds, kind))
}

// Administers tells whether the role is one of the three that run, grant and check the program.
func (r Role) Administers() bool { return r == SystemAdmin || r == SecurityAdmin || r == Auditor }

// roleNumbers is one more than the numbers of roles: the last stands for whatever is no role.
const roleNumbers = 11

// number is a role's place in a table: a decision asks it of every grant.
func (r Role) number() int {
	switch r {
	case PlainMember:
		return 0
	case BranchSecretary:
		return 1
	case BranchCommittee:
		return 2
	case PartyWorker:
		return 3
	case CommitteeSecretary:
		return 4
	case OrganisationDepartment:
		return 5
	case Reviewer:
		return 6
	case SystemAdmin:
		return 7
	case SecurityAdmin:
		return 8
	case Auditor:
		return 9
	}
	return roleNumbers - 1
}

func (r Role) rank() int {
	return slices.IndexFunc(roleFacts, func(f roleFact) bool { return f.role == r })
}

// RoleNamed reads a role from what people write in a list: its Chinese name, a usual variant, or its code.
func RoleNamed(text string) (Role, bool) {
	variants := map[string]Role{"书记": BranchSecretary, "党支部书记": BranchSecretary, "支委": BranchCommittee, "委员": BranchCommittee,
		"支部委员会委员": BranchCommittee, "组织员": PartyWorker, "党务干部": PartyWorker, "党务专干": PartyWorker, "普通党员": PlainMember,
		"组织部": OrganisationDepartment, "党(工)委书记": CommitteeSecretary, "党工委书记": CommitteeSecretary, "审核人": Reviewer}
	for _, f := range roleFacts {
		if text == f.name || text == string(f.role) {
			return f.role, true
		}
	}
	r, ok := variants[text]
	return r, ok
}
