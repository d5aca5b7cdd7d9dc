package population

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

// Officer is a person for whom a demo makes an account; Role is the account's role in the words of the issue:
// member, branch-secretary, branch-committee, party-worker, committee-secretary, organisation-department, reviewer,
// system-admin, security-admin, auditor.
type Officer struct {
	Role         string
	Title        string // 石桥镇党委党务工作者
	Organisation int    // where the account's scope begins
	Name         string
	Member       int // running number of the member, -1 for somebody who is no member of the city
}
