package view

// RoleName is how a role is called.
func RoleName(role string) Text {
	switch role {
	case RoleMember:
		return Say("党员\x04角色")
	case RoleSecretary:
		return Say("支部书记")
	case RoleBranchCommittee:
		return Say("支部委员")
	case RolePartyWorker:
		return Say("党务工作者")
	case RoleCommittee:
		return Say("党委书记")
	case RoleDepartment:
		return Say("组织部门")
	case RoleReviewer:
		return Say("审核人")
	case RoleSystem:
		return Say("系统管理员")
	case RoleSecurity:
		return Say("安全管理员")
	case RoleAuditor:
		return Say("审计员")
	}
	return Plain(role)
}
