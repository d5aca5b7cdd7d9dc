package view

// entry is a line of the menu.
type entry struct {
	path, icon string
	label      Text
}

// menu is everything there is, in the order people expect, grouped.
var menu = []struct {
	title   Text
	entries []entry
}{
	{Say("日常"), []entry{
		{PathWorkbench, "home", Say("工作台")},
		{PathMe, "person", Say("我的档案")},
		{PathOwnAdmission, "person", Say("我的入党过程")},
		{PathDuties, "ok", Say("该办的事")},
		{PathInbox, "bell", Say("通知\x04收件")},
		{PathLog, "log", Say("台账")},
		{PathMeetings, "log", Say("组织生活")},
		{PathOwnMeetings, "ok", Say("我的会议")},
		{PathAdmissions, "people", Say("发展党员")},
		{PathElections, "ok", Say("换届选举")},
		{PathDues, "log", Say("党费\x04目录")},
	}},
	{Say("队伍"), []entry{
		{PathOrganisations, "org", Say("党组织\x04目录")},
		{PathMembers, "people", Say("党员")},
		{PathReviews, "ok", Say("审核\x04目录")},
		{PathDisputes, "help", Say("异议")},
		{PathQuality, "log", Say("信息质量")},
		{PathStewards, "person", Say("谁负责什么")},
		{PathImports, "import", Say("导入花名册")},
	}},
	{Say("管理"), []entry{
		{PathAccounts, "key", Say("账号\x04目录")},
		{PathAudit, "log", Say("日志")},
		{PathRequests, "help", Say("信息请求")},
		{PathRetention, "log", Say("保存和销毁")},
		{PathBackup, "backup", Say("备份")},
		{PathChannels, "bell", Say("通知渠道")},
		{PathPolicy, "lock", Say("安全设置")},
		{PathKeys, "key", Say("密钥")},
	}},
	{Say("其他"), []entry{
		{PathRules, "log", Say("规定\x04目录")},
		{PathHelp, "help", Say("帮助")},
	}},
}

// Group is a group of the viewer's menu, ready to be written.
type Group struct {
	Title Text
	Items []Item
}

// Item is a line of the viewer's menu.
type Item struct {
	Path, Icon string
	Label      Text
	N          int // number beside it, -1 none
	Here       bool
}

// Menu is what this viewer may open, grouped; a group without entries is left out.
func (p Page) Menu() []Group {
	if p.Viewer == nil {
		return nil
	}
	may := map[string]bool{PathHelp: true}
	for _, path := range p.Viewer.Menu {
		may[path] = true
	}
	var groups []Group
	for _, g := range menu {
		out := Group{Title: g.title}
		for _, e := range g.entries {
			if !may[e.path] {
				continue
			}
			n, counted := p.Viewer.Counts[e.path]
			if !counted {
				n = -1
			}
			out.Items = append(out.Items, Item{e.path, e.icon, e.label, n, p.Here == e.path})
		}
		if len(out.Items) > 0 {
			groups = append(groups, out)
		}
	}
	return groups
}

// MenuOf is the usual menu of a role; the rights table of access decides what the pages answer.
func MenuOf(role string) []string {
	switch role {
	case RoleMember:
		return []string{PathMe}
	case RoleSecretary:
		return []string{PathWorkbench, PathOrganisations, PathMembers, PathReviews, PathImports, PathAccounts}
	case RoleBranchCommittee:
		return []string{PathWorkbench, PathOrganisations, PathMembers, PathReviews}
	case RolePartyWorker, RoleDepartment:
		return []string{PathWorkbench, PathOrganisations, PathMembers, PathReviews, PathImports, PathAccounts}
	case RoleCommittee, RoleReviewer:
		return []string{PathWorkbench, PathOrganisations, PathMembers, PathReviews}
	case RoleSystem:
		return []string{PathWorkbench, PathOrganisations, PathBackup}
	case RoleSecurity:
		return []string{PathWorkbench, PathOrganisations, PathAccounts}
	case RoleAuditor:
		return []string{PathWorkbench, PathOrganisations, PathAudit}
	}
	return nil
}

// tabs are the first four entries, for the bottom of a phone.
func (p Page) tabs() []Item {
	var out []Item
	for _, g := range p.Menu() {
		for _, it := range g.Items {
			if len(out) < 3 {
				out = append(out, it)
			}
		}
	}
	return out
}

// find is where the magnifier leads: the list the viewer searches most, "" none.
func (p Page) find() string {
	for _, want := range []string{PathMembers, PathAudit, PathAccounts, PathOrganisations} {
		for _, have := range p.viewerMenu() {
			if have == want {
				return want + "#q"
			}
		}
	}
	return ""
}

func (p Page) viewerMenu() []string {
	if p.Viewer == nil {
		return nil
	}
	return p.Viewer.Menu
}
