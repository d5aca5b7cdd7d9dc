package view

import (
	"net/url"

	"github.com/a-h/templ"

	"zhibu/internal/civil"
)

// The sample pages: every page once, with invented people, as it looks on an ordinary day.

func on(s string) civil.Date { return civil.MustParse(s) }

func samplePage(title Text, here string) Page {
	return Page{
		Title: title, Here: here, Path: here, Organisation: "大河县石桥镇党委", Demo: true, Token: "t0k3n",
		Viewer: &Viewer{Name: "李文静", Account: "liwenjing", Role: RolePartyWorker, Post: RoleName(RolePartyWorker), Unread: 5,
			Menu: MenuOf(RolePartyWorker), Counts: map[string]int{PathMembers: 412, PathOrganisations: 14}},
	}
}

func outside(title Text) Page {
	p := samplePage(title, "")
	p.Viewer = nil
	p.Organisation = "清泽市委组织部"
	return p
}

var (
	town    = OrgRef{ID: "o1", Name: "石桥镇党委", Code: "331-002", Open: true}
	village = OrgRef{ID: "o2", Name: "石桥村党支部", Code: "331-002-001", Open: true}
	willow  = OrgRef{ID: "o3", Name: "柳湾村党支部", Code: "331-002-002", Open: true}
	coop    = OrgRef{ID: "o4", Name: "禾丰合作社联合党支部", Code: "331-002-009", Open: true}
	chen    = MemberRef{ID: "m1", Name: "陈秀芬", Category: Say("正式党员"), Branch: village}
	few     = []Option{{"", Say("全部支部"), Text{}}, {"o2", Plain("石桥村党支部"), Text{}}, {"o3", Plain("柳湾村党支部"), Text{}}}
	cats    = []Option{{"", Say("全部"), Text{}}, {"full", Say("正式党员"), Text{}}, {"probationary", Say("预备党员"), Text{}}}
	kinds   = []Option{{"branch", Say("党支部"), Text{}}, {"joint-branch", Say("联合党支部"), Say("几个单位党员不足三人的，合起来设立")}}
	why     = []Option{{"", Say("请选择"), Text{}}, {"verify", Say("核对身份"), Text{}}, {"other", Say("其他"), Text{}}}
	filled  = Form{Token: "t0k3n", Version: "7", Values: url.Values{"name": {"石桥村第二党支部"}, "value": {"大专"}, "text": {"standard"}, "contrast": {"no"}, "lang": {"zh"},
		"joined-y": {"2003"}, "joined-m": {"6"}, "joined-d": {"28"}, "every": {"daily"}, "to": {"file:///mnt/backup/zhibu"}, "at": {"02:30"}, "keep": {"90"}}}
	sampleKeys = []Passkey{{"k1", "办公室电脑", "2026-11-01 08:30", "2026-11-23 08:30", false}, {"k2", "旧手机", "2026-03-01 08:30", "", true}}
	wrong      = Form{Token: "t0k3n", Values: url.Values{"name": {"王　强"}, "idno": {"66012319900101123"}, "joined-y": {"1989"}, "joined-m": {"2"}, "joined-d": {"30"}},
		Problems: []Problem{{"idno", "公民身份号码要 18 位，现在是 17 位。", "I-02"}, {"joined", "这一天不存在，请核对年、月、日。", ""}}}
)

var sampleReason = Reason{Who: Plain("李文静"), URL: PathAccountOf("a1"), Role: Say("党务工作者"), Org: town, Rule: "A-22", Text: Say("打开职责范围内的党员信息"),
	Sees: []Text{Say("姓名"), Say("基本情况"), Say("联系方式")}, Period: Say("%s 至 %s", Plain("2026-11-24"), Plain("2026-12-01")), Basis: "石桥委〔2026〕3 号",
	GivenBy: "王磊", Given: "2026-11-20 09:12", For: "赵国梁"}

func sampleRows() []MemberRow {
	row := func(id, name string, sex Text, age int, b OrgRef, cat Text, joined string, complete int, tags ...Tag) MemberRow {
		return MemberRow{ID: id, Name: name, Sex: sex, Age: age, Branch: b, Category: cat, Joined: on(joined), Complete: complete, Tags: tags}
	}
	m, f, full, prob := Say("男"), Say("女"), Say("正式党员"), Say("预备党员")
	base := []MemberRow{
		row("m1", "陈秀芬", f, 47, village, full, "2003-06-28", 90),
		row("m2", "周海燕", f, 29, willow, prob, "2025-11-08", 85, Tag{Say("预备期已满"), TagLate}),
		row("m3", "赵国梁", m, 34, village, full, "2016-12-15", 100),
		row("m4", "陈桂生", m, 74, village, full, "1976-07-01", 95),
		row("m5", "何志强", m, 38, willow, full, "2012-06-20", 70, Tag{Say("流动"), TagSoon}, Tag{Say("待审核"), TagInfo}),
		row("m6", "阿依古丽·买买提", f, 52, coop, full, "1999-10-22", 100),
		row("m7", "林晓雨", f, 26, village, prob, "2026-04-16", 95),
		row("m8", "罗玉珍", f, 68, coop, full, "1985-07-01", 60, Tag{Say("缺转正日期"), TagSoon}),
		row("m9", "㛃䶮骉", m, 41, coop, full, "2010-11-30", 80, Tag{Say("失联"), TagLate}),
		row("m10", "杨文斌", m, 45, willow, full, "2005-09-12", 100),
	}
	rows := append([]MemberRow{}, base...)
	for i, r := range base {
		r.ID += "b"
		r.Name = []string{"孙立新", "吴海平", "钱学军", "郑小兰", "冯德全", "褚玉梅", "卫建国", "蒋红霞", "沈志远", "韩春生"}[i]
		r.Tags = nil
		rows = append(rows, r)
	}
	return rows
}

func sampleList() MemberList {
	return MemberList{
		Lead:   Say("%s共 %d 名党员，其中预备党员 %d 名。", Plain("石桥镇党委"), 412, 9),
		Filter: Form{Token: "t0k3n"}, Orgs: few, Categories: cats, States: []Option{{"", Say("在册"), Text{}}, {"floating", Say("流动"), Text{}}},
		Saved: []Chip{{Say("预备期快满"), "/members?saved=probation", false, 3}, {Say("失联"), "/members?saved=lost", false, 2},
			{Say("档案不完整"), "/members?saved=incomplete", false, 61}, {Say("70 岁以上"), "/members?saved=70", false, 88}},
		Rows: sampleRows(), Pager: Pager{Next: "/members?after=x", From: 1, Shown: 20, Total: 412},
		Sorts:  map[string]Sort{"name": {"/members?sort=name", "none"}, "joined": {"/members?sort=joined", "none"}},
		MayAdd: true, MayExport: true, MayImport: true,
	}
}

func sampleMember() MemberPage {
	return MemberPage{
		ID: "m1", Name: "陈秀芬", Category: Say("正式党员"), Branch: village, Lead: Say("%s，党龄 %d 年。", Plain("石桥村党支部"), 22),
		Facts: []FactGroup{
			{Say("身份"), Say("每一项都能查到出处"), []Fact{
				{Key: "name", Label: Say("姓名"), Value: Plain("陈秀芬"), Strong: true, Source: Say("居民身份证"), On: "2024-03-12", By: "李文静", MayMend: true},
				{Key: "sex", Label: Say("性别"), Value: Say("女"), Source: Say("由公民身份号码得出")},
				{Key: "born", Label: Say("出生日期"), Value: Plain("1979 年 8 月（47 岁）"), Source: Say("由公民身份号码得出")},
				{Key: "idno", Label: Say("公民身份号码"), Value: Say("尾号 %s", "1228"), Secret: true, Source: Say("加密保存，查看会通知本人"), MayMend: true},
				{Key: "ethnic", Label: Say("民族"), Value: Say("汉族"), Source: Say("花名册导入"), On: "2026-11-20", By: "李文静", MayMend: true},
			}},
			{Say("党籍"), Text{}, []Fact{
				{Key: "joined", Label: Say("入党日期"), Value: Say("%s", on("2003-06-28")), Strong: true, Source: Say("《入党志愿书》"), On: "2024-03-12", By: "李文静", MayMend: true, Proof: PathDocument("d1")},
				{Key: "confirmed", Label: Say("转正日期"), Value: Say("%s", on("2004-06-28")), Strong: true, Source: Say("《入党志愿书》"), MayMend: true},
				{Key: "standing", Label: Say("党龄"), Value: Say("%d 年", 22), Note: Say("从转为正式党员之日算起，自动计算")},
				{Key: "branch", Label: Say("所在支部"), Value: Plain("石桥村党支部"), URL: PathOrg("o2")},
			}},
			{Say("学习与工作"), Text{}, []Fact{
				{Key: "education", Label: Say("学历"), Value: Say("中专"), Waiting: []Waiting{{Tag{Say("待审核"), TagSoon}, Say("%s，附材料 %d 份", Say("%s %s申请改为“%s”", Say("本人"), "2026-11-21", Say("大专")), 1), PathReview("r1"), Say("去审核")}}, Source: Say("花名册导入"), On: "2026-11-20", By: "李文静", MayMend: true},
				{Key: "work", Label: Say("工作岗位"), MayMend: true},
				{Key: "phone", Label: Say("手机号码"), Value: Say("尾号 %s", "2071"), Secret: true, Source: Say("加密保存，查看会通知本人"), MayMend: true},
			}},
		},
		Complete: Completeness{Percent: 90, Have: 9, Of: 10, Missing: []Missing{{Say("工作岗位"), Say("问本人，支部登记。"), PathMend("m1", "work")}}},
		Timeline: []Event{
			{Day: on("2026-11-20"), Title: Say("学历更正为大专"), Detail: Say("原为“中专”。依据：毕业证。"), Kind: "now", By: "李文静", Recorded: "2026-11-20 09:12"},
			{Day: on("2019-03-15"), Title: Say("转入%s", Plain("石桥村党支部")), Kind: "major", By: "张晓蕾", Recorded: "2019-03-15 10:00"},
			{Day: on("2004-06-28"), Title: Say("转为正式党员"), Kind: "major"},
			{Day: on("2003-06-28"), Title: Say("接收为预备党员"), Kind: "major"},
		},
		Looks:    []Look{{"11-21 09:30", "李文静", Say("打开档案"), ""}, {"11-20 15:02", "张晓蕾", Say("查看完整证件号码"), "核对身份，办理组织关系介绍信"}},
		LooksURL: PathMemberAct("m1", "looks"),
		Material: &DocumentsCard{URL: PathMemberAct("m1", "documents"), Have: 2, Missing: 2, Copy: PathMemberAct("m1", "handover")},
		May:      MemberRights{Mend: true, Move: true, End: true, Reveal: true, Print: true},
		Pending:  &Pending{Answer: Say("%s退回：%s", Plain("周明"), Plain("入党日期与《入党志愿书》不一致。")), Text: Say("%s 由%s从“%s”第 %d 行导入。", "2026-11-20", Plain("李文静"), Plain("石桥镇花名册.xlsx"), 12), Todo: Say("由录入的人改好，改好后自动再排到审核。"), BatchURL: PathImport("b1")},
		Waiting:  []Waiting{{State: Tag{Say("待审核"), TagSoon}, Text: Say("%s %s提出：%s", Plain("李文静"), "2026-11-22", Say("转到别的支部")), URL: PathReview("r2"), Do: Say("看进展")}},
	}
}

func samplePreview() ImportPreview {
	return ImportPreview{
		Form: filled, ID: "b1", File: "石桥镇花名册.xlsx", Org: town,
		Counts: ImportCounts{Rows: 412, New: 388, Changed: 6, Unchanged: 9, Rejected: 9, Warnings: 14},
		Codes: []ProblemCount{{"checksum", Say("校验码不对"), 4, true, "?code=checksum", true}, {"unknown_organisation", Say("没有这个支部"), 3, true, "?code=unknown_organisation", false},
			{"scientific_notation", Say("变成了科学记数"), 2, true, "?code=scientific_notation", false}, {"date_incomplete", Say("日期不全"), 14, false, "?code=date_incomplete", false}},
		All: PathImportAct("b1", "preview"),
		Rows: []ProblemRow{
			{"石桥村", 7, "王小明", true, []ProblemCell{{"C7", "公民身份号码", "66012319**********", true, "最后一位校验码不对，多半是抄错了一位。", Say("请对照身份证原件。"), Link{}}}},
			{"石桥村", 12, "李四", true, []ProblemCell{{"C12", "公民身份号码", "4.40524E+17", true, "被 Excel 变成了科学记数，后几位已经丢失。", Say("请把这一列设成文本，重新填写。"), Link{}},
				{"G12", "加入党组织日期", "2019.7", false, "只有年月，不知道哪一天。", Say("请查《入党志愿书》补上。"), Link{}}}},
			{"柳湾", 5, "赵六", true, []ProblemCell{{"F5", "所在党支部", "柳弯村党支部", true, "没有这个支部。", Say("相近的有：柳湾村党支部。"), Link{}}}},
			{"柳湾", 9, "孙七", false, []ProblemCell{{"G9", "加入党组织日期", "2011年6月", false, "只有年月，不知道哪一天。", Say("请查《入党志愿书》补上。"), Link{}}}},
		},
		Pager: Pager{From: 1, Shown: 4, Total: 23, Next: "?after=4"},
		Notes: []Text{Say("有 %d 列没有对应，作为备注保留。", 2)},
	}
}

// workSamples are the pages by file name, but for those that stand in files of their own.
func workSamples() map[string]templ.Component {
	p := samplePage
	today := on("2026-11-23")
	acc := []Post{{ID: "p1", Role: RoleName(RolePartyWorker), Org: town, From: on("2024-01-01"), Basis: "桥委发〔2024〕1 号", Held: true}}
	tree := []OrgNode{{Org: town, Kind: Say("党委"), Members: 412, Below: 3, Open: true, Children: []OrgNode{
		{Org: village, Kind: Say("党支部"), Members: 31},
		{Org: OrgRef{ID: "o9", Name: "石桥镇机关党总支", Code: "331-002-010", Open: true}, Kind: Say("党总支"), Members: 61, Below: 4},
		{Org: coop, Kind: Say("联合党支部"), Members: 12}}}}
	elder := p(Say("党员"), PathMembers)
	elder.Display = Display{Text: TextLarge}
	largest := p(Say("工作台"), PathWorkbench)
	largest.Display = Display{Text: TextLargest, Contrast: true}
	recordCrumbs := p(Plain("陈秀芬"), PathMembers)
	recordCrumbs.Crumbs = []Link{{Say("党员"), PathMembers}, {Plain("石桥村党支部"), PathOrg("o2")}, {Plain("陈秀芬"), ""}}
	recordCrumbs.Flash = []Notice{{NoticeDone, Say("学历已更正。"), Link{Say("撤销"), "/members/m1"}}}
	own := samplePage(Say("我的档案"), PathMe)
	own.Viewer.Role, own.Viewer.Menu, own.Viewer.Name, own.Viewer.Post = RoleMember, MenuOf(RoleMember), "陈秀芬", RoleName(RoleMember)
	mine := sampleMember()
	mine.Own, mine.May, mine.Pending = true, MemberRights{Print: true}, nil
	mine.Asked = Asked{Form: filled, Facts: []AskedFact{{"phone", Say("手机号码"), Say("尾号 %s", "1234"), on("2025-03-02"), PathCorrection("phone")}, {"work", Say("工作岗位"), Plain("村医"), on("2024-03-02"), PathCorrection("work")}}}
	auditor := samplePage(Say("日志"), PathAudit)
	auditor.Viewer.Role, auditor.Viewer.Menu, auditor.Viewer.Post = RoleAuditor, MenuOf(RoleAuditor), RoleName(RoleAuditor)
	wb := sampleWorkbench(today)
	audit := AuditRow{ID: "e1", Seq: 48213, When: "2026-11-23 09:12", Actor: "李文静", Post: RoleName(RolePartyWorker), What: Say("更正学历"), Object: Plain("陈秀芬（石桥村党支部）"), Reason: "毕业证"}
	empty := sampleList()
	empty.Rows, empty.Lead, empty.Saved = nil, Text{}, nil
	nobody := sampleList()
	nobody.Rows, nobody.Clear, nobody.Orgs = nil, PathMembers, nil
	return map[string]templ.Component{
		"sign-in":            SignInPage(outside(Say("登录")), SignIn{Form: Form{}}),
		"sign-in-slip":       SignInPage(outside(Say("登录")), SignIn{Slip: true, Form: Form{Values: url.Values{"account": {"chenxiufen"}}}}),
		"sign-in-passkey":    SignInPage(outside(Say("登录")), SignIn{Key: &PasskeyAsk{Origin: "https://dj.example.gov.cn", Ask: PathPasskeyAsk}}),
		"sign-in-passkey-no": SignInPage(outside(Say("登录")), SignIn{Key: &PasskeyAsk{Closed: "通行密钥要用域名访问才能使用。"}}),
		"passkey-second":     PasskeySecondPage(outside(Say("再用通行密钥确认一次")), PasskeySecond{SignIn{Key: &PasskeyAsk{Origin: "https://dj.example.gov.cn", Ask: PathPasskeyAsk}}, true}),
		"passkeys":           PasskeysPage(p(Say("通行密钥"), ""), Passkeys{Key: PasskeyAsk{Origin: "https://dj.example.gov.cn", Ask: PathPasskeysAsk}, List: sampleKeys}),
		"passkeys-none":      PasskeysPage(p(Say("通行密钥"), ""), Passkeys{Key: PasskeyAsk{Closed: "通行密钥要用域名访问才能使用。"}}),
		"sign-in-wrong":      SignInPage(outside(Say("登录")), SignIn{Form: Form{Problems: []Problem{{"", "账号或密码不对。", ""}}, Values: url.Values{"account": {"liwenjing"}}}, Demo: []DemoAccount{{RolePartyWorker, "liwenjing", "demo-4f7k-22ab", "李文静", "石桥镇党委", ""}, {RoleMember, "chenxiufen", "demo-88ab-1c9d", "陈秀芬", "石桥村党支部", ""}}}),
		"sign-in-again":      SignInPage(outside(Say("登录")), SignIn{Carry: &Carry{Action: PathMend("m1", "education"), Fields: []Pair{{"carry", "c2VhbGVk"}}, Count: 4}}),
		"sign-in-code":       SignInCodePage(outside(Say("输入动态验证码")), SignInCode{Demo: "482913"}),
		"factor-begin":       FactorPage(outside(Say("动态验证码")), Factor{Must: true}),
		"factor-pending":     FactorPage(outside(Say("动态验证码")), Factor{Must: true, Secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", URI: "otpauth://totp/x?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"}),
		"factor-on":          FactorPage(p(Say("动态验证码"), ""), Factor{On: true, Left: 9}),
		"recovery":           RecoveryPage(p(Say("备用码"), ""), Recovery{Codes: []string{"BCDFG-23456", "HJKMN-78923"}, Account: "liwenjing", Made: "2026-11-23 09:00", On: PathWorkbench}),
		"who-sees":           WhoSeesPage(p(Say("谁能看"), ""), WhoSees{Name: "陈秀芬", List: []Reason{sampleReason, {Who: Say("%s（本人）", Plain("陈秀芬")), Rule: "H-01", Text: Say("每个人可以看自己的全部信息，也可以看谁看过。"), Sees: []Text{Say("姓名")}}}}),
		"who-sees-me":        WhoSeesPage(p(Say("谁能看"), ""), WhoSees{Own: true, List: []Reason{{Who: Say("%s，%s", Plain("石桥镇党委"), Say("党务工作者")), Rule: "A-22", Text: Say("打开职责范围内的党员信息"), Period: Say("%s 起", Plain("2026-01-05"))}}}),
		"opens":              OpensPage(p(Say("能看什么"), ""), Opens{Name: "李文静", Grants: []OpenedGrant{{Reason: sampleReason, Lines: []OpenedLine{{"A-22", Say("打开职责范围内的党员信息"), []Text{Say("姓名"), Say("联系方式")}}}}}}),
		"deputies":           DeputiesPage(p(Say("委托代理"), ""), Deputies{Form: filled, Own: []Option{{"g1", Say("%s，%s", Say("党务工作者"), Plain("石桥镇党委")), Text{}}}, Lent: []Lent{{"g2", "周海燕", Say("党务工作者"), town, Say("%s 至 %s", Plain("2026-11-24"), Plain("2026-12-01")), "代李文静：出差"}}}),
		"token-new":          TokenNewPage(p(Say("发放接口令牌"), ""), TokenNew{Second: true, Most: 366}),
		"token-shown":        TokenNewPage(p(Say("发放接口令牌"), ""), TokenNew{Token: "zhibu_abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrst", Until: "2026 年 12 月 23 日"}),
		"role-check":         RoleCheckPage(p(Say("复核角色"), PathAccounts), RoleCheck{Quarter: "2026Q4", Total: 61, Late: true, Rows: []RoleCheckRow{{"g1", "a1", "周海燕", "zhouhaiyan", Say("支部书记"), village, Say("%s 起", Plain("2026-01-05")), "石桥委〔2026〕3 号", ""}}}),
		"role-check-none":    RoleCheckPage(p(Say("复核角色"), PathAccounts), RoleCheck{Quarter: "2026Q4"}),
		"policy":             PolicyPage(p(Say("安全设置"), PathPolicy), Policy{Form: Form{Values: url.Values{"access.failures": {"5"}}}, May: true, Knobs: []Knob{{"access.failures", Say("连续输错几次后锁定"), "5", 5, 3, 20}}}),
		"policy-read":        PolicyPage(p(Say("安全设置"), PathPolicy), Policy{Knobs: []Knob{{"access.failures", Say("连续输错几次后锁定"), "5", 5, 3, 20}}}),
		"sign-in-wait":       SignInPage(outside(Say("登录")), SignIn{Wait: Say("错得太多，%d 分钟后再试。忘了密码，请向支部领一张登录条。", 15)}),
		"resume":             ResumePage(p(Say("接着刚才的办"), ""), Resume{Action: PathMend("m1", "education"), Token: "t", Fields: []Pair{{"value", "大专"}}, Shown: []Stated{{Say("学历"), "大专"}, {Say("更正的理由"), "毕业证"}}}),
		"password":           PasswordPage(outside(Say("给自己设一个密码")), Password{First: true, Min: 8, Form: Form{Problems: []Problem{{"again", "两次输的不一样。", ""}}}}),
		"password-change":    PasswordPage(p(Say("更换密码"), ""), Password{Min: 8}),
		"signed-out":         SignedOutPage(outside(Say("已经退出")), SignedOut{}),
		"display":            DisplayPage(p(Say("显示设置"), ""), DisplayForm{Form: filled, Back: PathMembers}),
		"inbox": InboxPage(p(Say("通知\x04收件"), PathInbox), Inbox{Items: []Message{{ID: "1", When: "2026-11-20 15:02", Text: Say("%s查看了您的完整信息", Plain("张晓蕾")), Detail: Say("用途：%s", Plain("核对身份")), Do: Say("看我的档案"), Unread: true}},
			Top: "1", Unread: 1, Reach: PathInbox, Pager: Pager{Shown: 1}}),
		"inbox-none":          InboxPage(p(Say("通知\x04收件"), PathInbox), Inbox{}),
		"account-mine":        MyAccountPage(p(Say("我的账号"), ""), MyAccount{Form: filled, Account: "liwenjing", Posts: acc, Sessions: []Session{{"s1", "2026-11-23 08:30", "2026-11-23 09:12", "Chrome，Windows", true}, {"s2", "2026-11-20 08:30", "2026-11-22 19:12", "Safari，iPhone", false}}, Tokens: []APIToken{{"t1", "统计汇总程序", "2026-11-01", "2026-12-01", "2026-11-23 02:00"}}, Passkeys: sampleKeys, Links: sampleLinks}),
		"workbench":           WorkbenchPage(p(Say("工作台"), PathWorkbench), wb),
		"workbench-largest":   WorkbenchPage(largest, wb),
		"workbench-empty":     WorkbenchPage(p(Say("工作台"), PathWorkbench), Workbench{Today: today}),
		"organisations":       OrgTreePage(p(Say("党组织"), PathOrganisations), OrgTree{Nodes: tree, Kinds: sampleBars(), Total: 14, Today: today}),
		"organisations-none":  OrgTreePage(p(Say("党组织"), PathOrganisations), OrgTree{Query: "柳弯", Kinds: sampleBars(), Total: 14, Today: today}),
		"organisations-found": OrgTreePage(p(Say("党组织"), PathOrganisations), OrgTree{Query: "柳", Found: []OrgFound{{willow, Say("党支部"), "大河县委 › 石桥镇党委", civil.Date{}}, {coop, Say("联合党支部"), "大河县委 › 石桥镇党委", on("2025-01-01")}}, Kinds: sampleBars(), Total: 14, Today: today}),
		"organisation":        OrganisationPage(p(Plain("石桥镇党委"), PathOrganisations), sampleOrg()),
		"org-children":        OrgChildrenPage(p(Plain("石桥镇党委"), PathOrganisations), town, tree[0].Children),
		"org-establish":       EstablishPage(p(Say("设立党组织"), PathOrganisations), EstablishForm{filled, town, kinds}),
		"org-rename":          RenamePage(p(Say("更名"), PathOrganisations), RenameForm{filled, village}),
		"org-name":            OrgNamePage(p(Say("更名"), PathOrganisations), RenameForm{filled, village}),
		"org-move":            OrgMovePage(p(Say("调整隶属"), PathOrganisations), OrgMoveForm{Form: Form{Values: url.Values{"target": {"河东"}}, Problems: []Problem{{"target", "“河东”有几个，请选一个。", ""}}}, Org: village, Parent: town, Members: 31, Choices: []OrgRef{willow, coop}}),
		"org-facts":           OrgFactsPage(p(Say("更正单位和联系方式"), PathOrganisations), FactsForm{Form: filled, Org: village, Kinds: kinds, HasPhone: true}),
		"org-reopen":          ReopenPage(p(Say("恢复"), PathOrganisations), ReopenForm{Form: filled, Org: village, Act: Act{Day: on("2025-01-01")}}),
		"org-abolish":         AbolishPage(p(Say("撤销"), PathOrganisations), AbolishForm{Form: filled, Org: village}),
		"org-abolish-not":     AbolishPage(p(Say("撤销"), PathOrganisations), AbolishForm{Form: filled, Org: village, Members: 31, Below: 1}),
		"org-post":            PostPage(p(Say("登记任职"), PathOrganisations), PostForm{Form: filled, Org: village, Titles: []Option{{"secretary", Say("支部书记"), Text{}}}}),
		"org-post-end":        PostEndPage(p(Say("登记离任"), PathOrganisations), PostEndForm{filled, village, PostHolder{ID: "h1", Title: Say("支部书记"), Name: "王德明", From: on("2021-03-01")}}),
		"members":             MemberListPage(p(Say("党员"), PathMembers), sampleList()),
		"members-elder":       MemberListPage(elder, sampleList()),
		"members-empty":       MemberListPage(p(Say("党员"), PathMembers), empty),
		"members-none":        MemberListPage(p(Say("党员"), PathMembers), nobody),
		"export":              ExportPage(p(Say("导出名册"), PathMembers), ExportForm{Form: filled, Count: 412, Purposes: why, Columns: []Option{{"name", Say("姓名"), Text{}}, {"idno", Say("公民身份号码"), Say("敏感")}, {"joined", Say("入党日期"), Text{}}}, Hidden: []Pair{{"state", "all"}}}),
		"roster":              RosterPage(p(Say("党员花名册"), PathMembers), sampleRoster()),
		"member":              MemberRecordPage(recordCrumbs, sampleMember()),
		"documents": DocumentsPage(recordCrumbs, Documents{Member: chen, Missing: 2, Rule: "《中国共产党发展党员工作细则》第三十六条", Loose: true, Items: sampleDocuments(), MayAdd: true,
			Materials: []Material{{Say("入党申请书"), 0, Say("本人"), "/members/m1/documents/new?kind=application"}, {Say("入党志愿书"), 1, Say("上级党委"), ""}, {Say("政治审查材料"), 0, Say("上级党委"), ""}}}),
		"certificate":    CertificatePage(sampleCrumbs("保存期限和销毁"), sampleCertificate()),
		"retention-wait": SheetPage(sampleCrumbs("保存期限和销毁"), sampleProcedure()),
		"documents-none": DocumentsPage(recordCrumbs, Documents{Member: chen}),
		"documents-back": DocumentsPage(recordCrumbs, Documents{Member: chen, Removed: sampleDocuments(), Arriving: []Arrival{sampleArrival(12, 80), sampleFailed(false)},
			Form: Form{Token: "t0k3n", Values: url.Values{ReasonFor("d1"): {""}}, Problems: []Problem{{ReasonFor("d1"), "请写明理由，日后查得到为什么这样做。", ""}}}}),
		"arrival":            ArrivalPage(recordCrumbs, ArrivalShown{Form: filled, Member: chen, Arrival: sampleArrival(12, 80)}),
		"arrival-waits":      ArrivalPage(recordCrumbs, ArrivalShown{Form: filled, Member: chen, Arrival: sampleArrival(0, 0)}),
		"arrival-failed":     ArrivalPage(recordCrumbs, ArrivalShown{Form: filled, Member: chen, Arrival: sampleFailed(false)}),
		"arrival-again":      ArrivalPage(recordCrumbs, ArrivalShown{Form: filled, Member: chen, Arrival: sampleFailed(true)}),
		"arrival-done":       ArrivalPage(recordCrumbs, ArrivalShown{Form: filled, Member: chen, Arrival: Arrival{ID: "a1", Kind: Say("入党志愿书"), Done: true, Files: "/members/m1/documents"}}),
		"member-limited":     MemberRecordPage(recordCrumbs, limited(false)),
		"member-limited-own": MemberRecordPage(recordCrumbs, limited(true)),
		"document-new":       DocumentNewPage(recordCrumbs, DocumentNew{Form: filled, Member: chen, Kinds: why, Facts: cats, LimitMB: 100}),
		"document-wrong":     DocumentNewPage(recordCrumbs, DocumentNew{Form: Form{Problems: []Problem{{"file", "图片只有 1×50000 像素，看不清内容。", ""}}}, Member: chen, Kinds: why, Facts: cats, LimitMB: 100}),
		"document-ask":       DocumentAskPage(recordCrumbs, DocumentAsk{Form: filled, Member: chen, Document: sampleDocuments()[0], Purposes: why}),
		"document":           DocumentPage(recordCrumbs, DocumentShown{Member: chen, Document: sampleDocuments()[0], Page: 3, Mark: Say("%s（%s）查看，%s", Plain("李文静"), Plain("liwenjing"), Plain("2026-11-23 15:30")), Remove: "/documents/d1/remove"}),
		"document-remove":    DocumentRemovePage(recordCrumbs, DocumentRemove{Form: filled, Member: chen, Document: sampleDocuments()[1], Days: 30}),
		"member-then":        MemberRecordPage(then(p(Plain("陈秀芬"), PathMembers)), sampleMember()),
		"org-merge":          OrgMergePage(p(Say("并入其他党组织"), PathOrganisations), OrgMergeForm{Form: Form{}, Org: village, Members: 24, Below: 2}),
		"org-split":          OrgSplitPage(p(Say("分设党组织"), PathOrganisations), OrgSplitForm{Form: Form{}, Org: village, Members: []Option{{"m1", Plain("陈秀芬"), Text{}}, {"m2", Plain("周海燕"), Text{}}}}),
		"unite-find":         UniteFindPage(p(Say("合并同一个人的两份档案"), PathMembers), UniteFind{Form: filled, Member: chen, Asked: true, Alike: []AlikeRow{{MemberRef{ID: "m7", Name: "陈秀芬", Branch: willow}, []Text{Say("姓名"), Say("出生年月")}, PathMemberAct("m1", "unite")}}}),
		"unite": UnitePage(p(Say("合并同一个人的两份档案"), PathMembers), UniteForm{Form: filled, Member: chen, Other: MemberRef{ID: "m7", Name: "陈秀芬", Branch: willow}, OtherVersion: "2", Swap: PathMemberAct("m7", "unite"), Along: []Text{Say("档案材料 %d 份", 2)},
			Lines: []UniteLine{{"name", Say("姓名"), Plain("陈秀芬"), Plain("陈秀芬"), false}, {"idno", Say("公民身份号码"), Say("尾号 %s", "1228"), Say("尾号 %s", "1282"), true}, {"work", Say("工作岗位"), Text{}, Plain("村医"), false}}}),
		"separate": SeparatePage(p(Say("分开合并的档案"), PathMembers), SeparateForm{Form: filled, Member: chen}),
		"members-then": MembersThenPage(then(p(Say("党员"), PathMembers)), MembersThen{Org: town, AsOf: LookBack{Path: PathMembers, Day: on("2025-07-01"), Today: on("2026-11-23")}, Pager: Pager{Shown: 2, Next: PathMembers},
			Groups: []ThenGroup{{OrgRef{ID: "o2", Name: "石桥村党支部", Open: true, AsOf: on("2025-07-01")}, []MemberRow{{ID: "m1", Name: "陈秀芬", Sex: Say("女"), Age: 46, Category: Say("正式党员"), Joined: on("2003-06-28"), Branch: willow}, {ID: "m9", Name: "㛃䶮骉", Sex: Say("男"), Age: 40, Category: Say("正式党员"), Joined: on("2010-11-30"), Tags: []Tag{{Text: Say("已不在册")}}}}}}}),
		"members-then-none": MembersThenPage(then(p(Say("党员"), PathMembers)), MembersThen{Org: town}),
		"to-check": ToCheckPage(p(Say("还对吗？"), PathMembers), ToCheck{Form: filled, Lead: Plain("石桥村党支部"), Pager: Pager{Shown: 2}, Items: []CheckItem{
			{Member: chen, Facts: []AskedFact{{"m1 phone", Say("手机号码"), Say("尾号 %s", "1234"), on("2025-03-02"), PathMend("m1", "phone")}, {"m1 work", Say("工作岗位"), Plain("村医"), on("2024-03-02"), ""}}},
			{Member: MemberRef{ID: "m9", Name: "㛃䶮骉", Branch: willow}, Why: Say("需要关怀，由支部核实"), Facts: []AskedFact{{"m9 care", Say("是否需要关怀"), Say("是"), on("2025-03-02"), ""}}}}}),
		"to-check-none": ToCheckPage(p(Say("还对吗？"), PathMembers), ToCheck{}),
		"fact-history": FactHistoryPage(p(Say("学历"), PathMembers), FactHistory{Member: chen, Label: Say("学历"), Now: Say("大专"), Since: on("2024-07-01"), Add: PathFactNew("m1"), Dispute: PathDisputeNew("m1", "education"),
			Answers: []Fact{{Label: Say("责任人"), Value: Plain("组织委员：章波"), URL: PathStewardsOf("o2", "basic")}, {Label: Say("审核人"), Value: Plain("书记：赵鹏")}},
			Spells:  []FactSpell{{Value: Say("中专"), To: on("2024-07-01"), By: "李文静", On: "2026-03-02", Because: Plain("毕业证"), Tags: []Tag{{Text: Say("补记"), Kind: TagSoon}}, URL: PathFact("m1", "f1")}},
			Entries: []FactEntry{{Value: Say("大专"), Act: Say("更正"), By: "李文静", When: "2026-03-02 09:41", Because: Plain("毕业证")}}}),
		"fact":              FactPage(p(Say("登记一件事"), PathMembers), FactForm{Form: Form{Token: "t0k3n", Problems: []Problem{{"reason", "请写明为什么现在才登记。", ""}}}, Member: chen, Kinds: kinds, Sources: why, Label: Say("是什么事")}),
		"fact-mend":         FactPage(p(Say("更正"), PathMembers), FactForm{Form: filled, Member: chen, ID: "f1", Kind: Say("学历"), Earlier: true, Options: why, Sources: why, Label: Say("学历")}),
		"handover":          HandoverPage(recordCrumbs, HandoverForm{Form: filled, Member: chen, Purposes: why}),
		"handover-own":      HandoverPage(recordCrumbs, HandoverForm{Form: filled, Member: chen, Own: true}),
		"member-own":        MemberRecordPage(own, mine),
		"correction":        CorrectionPage(own, Correction{Form: filled, Mend: MendForm{Form: filled, Key: "education", Label: Say("学历"), Now: Say("中专"), Kind: MendChoice, Options: why, Dated: true}, LimitMB: 50, Answers: Say("由所在支部或上级审核。通过以前，档案里还是原来的内容。"), Proof: Say("学历、学位证书的照片")}),
		"correction-kept":   CorrectionPage(own, Correction{Form: Form{Problems: []Problem{{"value", "号码的最后一位不对。", ""}}}, Mend: MendForm{Key: "idno", Label: Say("公民身份号码"), Now: Say("尾号 %s", "1228"), Kind: MendNumber}, Kept: sampleDocuments()[1:], LimitMB: 50, Must: true, Proof: Say("身份证的照片"), Before: Say("您已经申请改为“%s”。再交一次，就以这一次的为准。", Plain("＊＊＊＊1229"))}),
		"review":            ReviewPage(p(Say("更正%s", Say("学历")), PathReviews), sampleReview()),
		"review-record":     ReviewPage(p(Say("新登记"), PathReviews), ReviewItem{Form: filled, ID: "m9", Title: Say("新登记"), Member: chen, State: Tag{Say("待审核"), TagSoon}, Record: true, Sealed: true, Unproven: true, By: "李文静", When: "2026-11-20 09:12", Rows: []ReviewRow{{Label: Say("姓名"), New: Plain("陈秀芬")}, {Label: Say("公民身份号码"), New: Say("尾号 %s", "1228"), Key: true}}, Decide: true}),
		"review-correct":    ReviewCorrectPage(p(Say("改这一项：%s", Say("学历")), PathReviews), ReviewCorrect{ID: "r1", Mend: MendForm{Form: filled, Member: chen, Key: "education", Label: Say("学历"), Now: Say("中专"), Kind: MendChoice, Options: why, Sources: why}}),
		"looks":             LooksPage(p(Say("谁看过"), PathMembers), Looks{ID: "m1", Name: "陈秀芬", Items: sampleMember().Looks, Pager: Pager{Total: 2}}),
		"member-new":        MemberNewPage(p(Say("登记党员"), PathMembers), MemberNew{Form: filled, Orgs: few, Categories: cats[1:], Ethnics: why, Educations: why, Sources: why}),
		"member-new-wrong":  MemberNewPage(p(Say("登记党员"), PathMembers), MemberNew{Form: wrong, Categories: cats[1:], Ethnics: why, Educations: why, Sources: why, Same: []MemberRef{chen}}),
		"reveal":            RevealPage(p(Say("查看完整内容"), PathMembers), RevealForm{filled, chen, []Option{{"idno", Say("公民身份号码"), Text{}}, {"phone", Say("手机号码"), Text{}}}, why}),
		"revealed":          RevealedPage(p(Say("完整内容"), PathMembers), RevealResult{chen, []Revealed{{Say("公民身份号码"), "660123197908011228"}}, "核对身份", "48214"}),
		"mend":              MendPage(p(Say("更正"), PathMembers), MendForm{Form: Form{Version: "3", Values: url.Values{"value": {"大专"}}, Changed: Say("%s在 %s 改成了“%s”。", Plain("张晓蕾"), "09:41", Plain("本科"))}, Member: chen, Key: "education", Label: Say("学历"), Now: Say("中专"), Kind: MendChoice, Options: why, Sources: why, Dated: true}),
		"mend-day":          MendPage(p(Say("更正"), PathMembers), MendForm{Form: filled, Member: chen, Key: "confirmed", Label: Say("转正日期"), Kind: MendDay, Sources: why}),
		"mend-yes":          MendPage(p(Say("更正"), PathMembers), MendForm{Form: filled, Member: chen, Key: "lost", Label: Say("是否失联"), Now: Say("否"), Kind: MendYesNo, Extra: &Field{Name: "extra", Label: Say("失去联系的日期"), Optional: true}, ExtraDay: true, Sources: why}),
		"member-move":       MemberMovePage(p(Say("转到别的支部"), PathMembers), MemberMove{Form: filled, Member: chen, Orgs: few}),
		"member-end":        MemberEndPage(p(Say("终结档案"), PathMembers), MemberEnd{Form: filled, Member: chen, Kinds: []Option{{"death", Say("去世"), Text{}}, {"leave", Say("退党"), Text{}}}}),
		"member-restore":    MemberRestorePage(p(Say("恢复档案"), PathMembers), MemberRestore{filled, chen, Ending{Kind: Say("去世"), Day: on("2026-10-01")}}),
		"imports":           BatchesPage(p(Say("导入花名册"), PathImports), Batches{Items: []Batch{{"b1", "石桥镇花名册.xlsx", "李文静", "2026-11-23 09:02", town, Tag{Say("等您看问题"), TagSoon}, ImportCounts{Rows: 412, Rejected: 9}, Link{Say("接着办"), PathImport("b1")}}, {"b0", "柳湾.csv", "李文静", "2026-11-20 15:40", willow, Tag{Say("已写入"), TagOK}, ImportCounts{Rows: 42}, Link{Text{}, PathImport("b0")}}}, Pager: Pager{Total: 2}, MayMake: true}),
		"imports-none":      BatchesPage(p(Say("导入花名册"), PathImports), Batches{MayMake: true}),
		"import-1-upload":   ImportUploadPage(p(Say("导入花名册"), PathImports), ImportUpload{Form: Form{Problems: []Problem{{"file", "这是老的 .xls 格式。请在 Excel 里另存为 .xlsx 再上传。", ""}}}, LimitMB: 100}),
		"import-2-columns":  ImportColumnsPage(p(Say("对列名"), PathImports), sampleColumns()),
		"import-3-preview":  ImportPreviewPage(p(Say("看问题"), PathImports), samplePreview()),
		"import-4-progress": ImportProgressPage(p(Say("正在写入"), PathImports), ImportProgress{ID: "b1", File: "石桥镇花名册.xlsx", Step: Say("正在写入名册"), Done: 241, Total: 394, Since: "09:05"}),
		"import-5-result":   ImportResultPage(p(Say("写入完成"), PathImports), ImportResult{Form: filled, ID: "b1", File: "石桥镇花名册.xlsx", Org: town, By: "李文静", When: "2026-11-23 09:06", Counts: samplePreview().Counts, Codes: samplePreview().Codes[:3], Errors: PathImportAct("b1", "errors.xlsx"), Members: "/members?batch=b1", MayUndo: true, Review: ImportReview{Any: true, Waiting: 390, Returned: 2, Approved: 11, WaitingURL: "/reviews?batch=b1", ReturnedURL: "/reviews?batch=b1&state=returned", Rows: []ReturnedRow{{"陈秀芬", Say("新登记"), Say("第 %d 行，%s退回：%s", 7, Plain("周审核"), Plain("学历与证书不符")), PathMember("m1"), Say("去改")}}}}),
		"import-5-failed":   ImportResultPage(p(Say("没有写入"), PathImports), ImportResult{File: "石桥镇花名册.xlsx", Failed: Say("磁盘满了。")}),
		"import-5-undone":   ImportResultPage(p(Say("已经撤回"), PathImports), ImportResult{File: "石桥镇花名册.xlsx", Undone: "2026-11-23 10:00"}),
		"accounts":          AccountsPage(p(Say("账号"), PathAccounts), Accounts{Roles: why, States: cats[:1], Form: filled, MayMake: true, Rows: []AccountRow{{"a1", "liwenjing", "李文静", acc, Tag{Say("正常"), TagOK}, "2026-11-23 08:30"}, {"a2", "chenxiufen", "陈秀芬", []Post{{Role: RoleName(RoleMember), Org: village}}, Tag{Say("还没登录过"), TagSoon}, ""}}, Pager: Pager{Total: 2}}),
		"account-new":       AccountNewPage(p(Say("开一个账号"), PathAccounts), AccountNew{Form: filled, Roles: why}),
		"accounts-list":     AccountsListPage(p(Say("从 Excel 名单开账号"), PathAccounts), AccountsList{Form: filled, Batch: "x", Ready: 1, Bad: 1, Roles: cats[1:], Rows: []AccountListRow{{2, "陈秀芬", "chenxiufen", "党员", "石桥村党支部", ""}, {3, "何志强", "he zhi", "党员", "柳湾村党支部", "账号只能用字母、数字和短横。"}}}),
		"account":           AccountOnePage(p(Plain("陈秀芬"), PathAccounts), AccountPage{ID: "a2", Account: "chenxiufen", Name: "陈秀芬", State: Tag{Say("正常"), TagOK}, Facts: []Fact{{Label: Say("最近登录"), Value: Plain("2026-11-22 20:10")}}, Posts: acc, Form: filled, Roles: why, Links: sampleLinks, May: AccountRights{Lock: true, Slip: true, Grant: true, Revoke: true}}),
		"account-locked":    AccountOnePage(p(Plain("陈秀芬"), PathAccounts), AccountPage{ID: "a2", Account: "chenxiufen", Name: "陈秀芬", State: Tag{Say("已停用"), TagLate}, Posts: acc, Form: filled, May: AccountRights{Unlock: true}, LockedWhy: Say("密码连续输错 %d 次，已停用。", 10)}),
		"slips":             SlipsPage(p(Say("登录条"), PathAccounts), Slips{Items: []Slip{{"陈秀芬", "chenxiufen", "石桥村党支部", "7KQ4-M2XD-9F", "https://zhibu.example/sign-in/slip#account=chenxiufen&code=7KQ4M2XD9F", "2026-11-24 09:00"}, {"陈桂生", "chenguisheng", "石桥村党支部", "P3ZC-H8VN-2T", "https://zhibu.example/sign-in/slip#account=chenguisheng&code=P3ZCH8VN2T", "2026-11-24 09:00"}, {"阿依古丽·买买提", "ayiguli", "禾丰合作社联合党支部", "R6WB-4KMS-8Y", "https://zhibu.example/sign-in/slip#account=ayiguli&code=R6WB4KMS8Y", "2026-11-24 09:00"}}, Made: "2026-11-23 09:00", By: "李文静", Back: PathAccounts}),
		"audit":             AuditPage(auditor, Audit{Filter: filled, Whats: why, Rows: []AuditRow{audit, {ID: "e2", Seq: 48212, When: "2026-11-23 09:10", Actor: "张晓蕾", What: Say("查看完整证件号码"), Object: Plain("陈秀芬（石桥村党支部）"), Reason: "核对身份", Kind: TagInfo}, {ID: "e3", Seq: 48211, When: "2026-11-23 08:59", Actor: "wangqiang", What: Say("登录失败"), Kind: TagSoon}}, Pager: Pager{Total: 3}, Chain: &ChainMark{48213, "2026-11-23 06:00", true}, Clear: PathAudit}),
		"audit-none":        AuditPage(auditor, Audit{Filter: filled, Whats: why, Chain: &ChainMark{Size: 48213}}),
		"audit-event":       AuditEventPage(auditor, AuditEvent{Row: audit, Facts: []Fact{{Label: Say("谁"), Value: Plain("李文静")}, {Label: Say("请求编号"), Value: Plain("01JD3M8Z")}}, Changes: []Change{{"member", Say("学历"), "中专", "大专", false}, {"member", Say("手机号码"), "尾号 2071", "尾号 5566", true}, {"member", Say("工作岗位"), "", "村级网格员", false}}, Prev: PathEvent("e0"), Next: PathEvent("e2")}),
		"chain":             ChainPage(auditor, Chain{Form: filled, Size: 48213, Root: "f3a1c9d2e4b5a6978812aa34bb56cc78dd90ee12ff34aa56bb78cc90dd12ee34", Checkpoint: "2026-11-23 09:10", Witness: Say("%s，记到第 %d 条", "2026-11-23 09:05", 48213), MayVerify: true, MayTake: true, KeyName: "zhibu-demo+1a2b3c4d", Result: &ChainResult{When: "2026-11-23 09:12", Took: "6.2 s", Good: true, Acts: 48213, Events: 91890}, Restored: []Text{Plain("2026-10-01 02:30")}}),
		"chain-bad":         ChainPage(auditor, Chain{Form: filled, Size: 48213, Result: &ChainResult{When: "2026-11-23 09:12", Faults: []ChainFault{{Say("党员记录 %s", "m1"), Say("现在的内容与日志里最后一次写入的不一样。"), Link{Say("看记录"), PathMember("m1")}}}}}),
		"backup-plan": BackupPage(p(Say("备份"), PathBackup), Backup{Form: filled, AskTo: true, MayRun: true, MayDrill: true, Plan: true, Hours: []Option{{"2", Say("每天 %02d:00", 2), Text{}}},
			PlanForm: Form{Token: "t0k3n", Values: url.Values{"plan-to": {"/mnt"}, "hour": {"2"}, "days": {"14"}, "key-days": {"3"}}, Problems: []Problem{{"key-days", "请填 8 到 366 之间的数。", ""}}},
			Facts:    []Fact{{Label: Say("存到哪里"), Value: Say("没有设定，不自动备份")}}, Warnings: []Notice{{NoticeLate, Say("还没有做过备份。"), Link{}}}}),
		"sheet": SheetPage(p(Say("保存期限和销毁"), PathRetention), Sheet{Heading: Say("保存期限和销毁"), Form: filled, Notices: []Notice{{NoticeWarn, Say("还没有做过备份。"), Link{}}}, Pager: &Pager{Total: 1},
			Parts: []SheetPart{{ID: "due", Title: Say("等您办"), Head: []Text{Say("姓名"), Say("状态")}, Rows: []SheetRow{{"r1", []SheetCell{{Text: Plain("陈秀芬"), URL: PathMember("m1")}, {Tag: Tag{Say("待审核"), TagSoon}}}}},
				Forms: []SheetForm{{Action: PathRetention, Submit: Say("改设置"), Main: true, Fields: []SheetField{{Field: Field{Name: "value", Label: Say("为什么改")}, Kind: "area"}, {Field: Field{Name: "kind", Label: Say("状态")}, Kind: "choose", Options: why}}}}},
				{ID: "none", Title: Say("状态"), Empty: Say("还没有备份")}}}),
		"reviews": ReviewsPage(p(Say("待审核"), PathReviews), Reviews{Form: filled, Tabs: []ReviewTab{{Say("全部"), PathReviews, true}, {Say("待审核"), PathReviews + "?state=pending", false}},
			Batches: []ReviewBatch{{ID: "b1", File: "石桥镇花名册.xlsx", By: "李文静", When: "2026-11-23 09:02", Clean: 390, URL: "/reviews?batch=b1", May: true}},
			Items:   []ReviewLine{{ID: "p1", Title: Say("更正%s", Say("学历")), Name: "陈秀芬", Org: village}, {ID: "m9", Title: Say("新登记"), Name: "㛃䶮骉", Org: willow}}, Pager: Pager{Total: 2}}),
		"backup":        BackupPage(p(Say("备份"), PathBackup), Backup{Form: filled, Items: []BackupItem{{"20261123", "2026-11-23 02:30", "4 s", "18.2 MB", "0.3 MB", "file:///mnt/backup/zhibu", Tag{Say("完好"), TagOK}, "2026-11-23 02:31"}}, Drill: &Drill{Run: "20261101", When: "2026-11-01 03:00", Took: "12 s", Good: true, Detail: Say("核对 %d 名党员。", 412), Checks: []DrillCheck{{Say("恢复包"), Tag{Say("相符"), TagOK}, "恢复包打得开备份，签名相符。"}, {Say("见证文件"), Tag{Say("不符"), TagLate}, "见证文件 /var/lib/zhibu/witness 不见了。"}}, Report: PathDrillReport}, Kit: Say("恢复包要与机器分开保管，打印的那一张封存在保险柜里。"), MayRun: true, Facts: []Fact{{Label: Say("每天几点"), Value: Plain("02:00")}}, Command: "zhibu restore --from file:///mnt/backup/zhibu --dir /srv/zhibu --recovery recovery/", Warnings: []Notice{{NoticeWarn, Say("备份与数据在同一块磁盘上，磁盘坏了会一起丢。"), Link{}}}, Running: &ImportProgress{Step: Say("正在备份"), Done: 3, Total: 10}}),
		"backup-none":   BackupPage(p(Say("备份"), PathBackup), Backup{Form: filled, MayRun: true, MayDrill: true, AskTo: true, Kit: Say("恢复包要与机器分开保管，打印的那一张封存在保险柜里。")}),
		"help":          HelpIndexPage(p(Say("帮助"), PathHelp), HelpIndex{RolePartyWorker}),
		"help-import":   HelpTopicPage(p(Say("导入花名册"), PathHelp), HelpPage{"import"}),
		"privacy":       PrivacyPage(outside(Say("个人信息保护说明")), Privacy{Contact: "石桥镇党委组织办", Fields: []PrivacyField{{Say("公民身份号码"), Say("确认是同一个人"), Plain("《中国共产党党员教育管理工作条例》"), Say("敏感"), Say("党籍存续期间")}}}),
		"accessibility": AccessibilityPage(outside(Say("无障碍声明")), Accessibility{"石桥镇党委组织办"}),
		"error-404":     FailurePage(p(Say("没有找到"), ""), Failure{Status: 404, Request: "01JD3M8ZK2"}),
		"error-403":     FailurePage(p(Say("您的角色不能办这件事"), ""), Failure{Status: 403, Rule: "A-07", Request: "01JD3M8ZK2", Back: PathMembers}),
		"error-409":     FailurePage(p(Say("别人刚刚改过"), ""), Failure{Status: 409, Request: "01JD3M8ZK2", Back: PathMembers, Typed: []Stated{{Say("学历"), "大专"}}}),
		"error-500":     FailurePage(outside(Say("系统出了差错")), Failure{Status: 500, Request: "01JD3M8ZK2"}),
	}
}

func sampleBars() []Bar {
	return []Bar{{Label: Say("党支部"), N: 11}, {Label: Say("联合党支部"), N: 1}, {Label: Say("党总支"), N: 1}, {Label: Say("党委"), N: 1}}
}

func sampleOrg() OrgPage {
	return OrgPage{
		Org: town, Kind: Say("党委"), Lead: Say("编号 %s", "331-002"),
		Facts:    []Fact{{Label: Say("名称"), Value: Plain("中共大河县石桥镇委员会"), Strong: true}, {Label: Say("上级"), Value: Plain("大河县委"), URL: PathOrg("o0")}, {Label: Say("统一社会信用代码"), Value: Plain("11330199MB1K22031X")}, {Label: Say("办公电话")}},
		Posts:    []PostHolder{{"h1", Say("党委书记"), "王德明", "m20", on("2021-03-01"), civil.Date{}, true}, {"h2", Say("党委书记"), "许春生", "", on("2016-03-01"), on("2021-02-28"), false}},
		Children: []OrgChild{{village, Say("党支部"), 31, 2, 0, 92}, {willow, Say("党支部"), 42, 3, 0, 84}, {coop, Say("联合党支部"), 12, 0, 0, 71}}, ChildAll: 14, ChildURL: "/organisations/o1?all=1",
		Heads: Heads{Total: 412, ByCategory: []Bar{{Label: Say("正式党员"), N: 403, URL: "/members?category=full"}, {Label: Say("预备党员"), N: 9}}, BySex: []Bar{{Label: Say("男"), N: 276}, {Label: Say("女"), N: 136}}, ByAge: []Bar{{Label: Say("35 岁以下"), N: 88}, {Label: Say("36–60 岁"), N: 201}, {Label: Say("61 岁以上"), N: 123}}},
		Acts:  []Act{{on("2018-06-01"), Say("更名"), Say("原名“%s”。", Plain("石桥乡党委")), "周振华", "2018-06-03 10:00"}, {on("1958-09-01"), Say("设立"), Text{}, "周振华", "2018-01-03 10:00"}},
		May:   OrgRights{Establish: true, Rename: true, Move: true, Abolish: true, Posts: true, Facts: true, Merge: true, Split: true}, Members: "/members?org=331-002",
	}
}

func sampleRoster() Roster {
	var rows []RosterRow
	for _, m := range sampleRows() {
		rows = append(rows, RosterRow{Name: m.Name, Sex: m.Sex, Ethnic: Say("汉族"), Education: Say("大专"), Category: m.Category, Born: on("1979-08-01"), Joined: m.Joined, Confirmed: m.Joined.AddYears(1), Work: Say("村级网格员"), Note: Text{}})
	}
	return Roster{Organisation: "中共大河县石桥镇委员会", Title: Say("党员花名册"), On: on("2026-11-23"), Groups: []RosterGroup{{"石桥村党支部", rows}, {"柳湾村党支部", rows[:6]}}, Total: 26, Made: "2026-11-23 09:20", By: "李文静", Number: "48215", Back: PathMembers}
}

func sampleColumns() ImportColumns {
	return ImportColumns{Form: filled, ID: "b1", File: "石桥镇花名册.xlsx", Remembered: true,
		Fields: []Option{{"name", Say("姓名"), Text{}}, {"idno", Say("公民身份号码"), Text{}}, {"branch", Say("所在党支部"), Text{}}, {"joined", Say("加入党组织日期"), Text{}}},
		Sheets: []ImportSheet{{0, "石桥村", 3, "", true, []ImportColumn{{0, "A", "姓名", []string{"陈秀芬", "赵国梁"}, "name", true}, {1, "B", "身份证号", []string{"660123********1228"}, "idno", true}, {2, "C", "入党时间", []string{"2003.6.28", "2016-12-15"}, "joined", true}, {3, "D", "低保户", []string{"否"}, "", false}}, nil},
			{1, "柳湾", 1, "柳湾村党支部", true, []ImportColumn{{0, "A", "姓名", []string{"周海燕"}, "name", true}}, []Text{Say("公民身份号码"), Say("加入党组织日期")}}}}
}

func sampleWorkbench(today civil.Date) Workbench {
	return Workbench{
		Today:   today,
		Reviews: []QuickReview{{ReviewLine{ID: "p1", Title: Say("更正%s", Say("工作岗位")), Name: "陈秀芬", Org: village, By: "李文静", Age: Tag{Text: Say("今天")}, Brief: []Text{Say("%s由“%s”改为“%s”", Say("工作岗位"), Plain("农民"), Plain("村医"))}, Mine: true}, Form{Token: "t", Version: "4"}, true}, {ReviewLine{ID: "p2", Title: Say("终结档案"), Name: "何志强", Org: willow, By: "李文静", Age: Tag{Text: Say("%d 天", 3), Kind: TagSoon}, Mine: true}, Form{}, false}},
		Stats:   []Stat{{Say("党员"), 412, Say("名"), Say("预备党员 %d 名", 9), PathMembers, false}, {Say("党组织"), 14, Say("个"), Text{}, PathOrganisations, false}, {Say("待审核"), 394, Say("条"), Say("导入后还没有人核对"), "/members?saved=pending", false}, {Say("档案不完整"), 61, Say("份"), Text{}, "/members?saved=incomplete", true}},
		Groups: []TodoGroup{
			{Say("已逾期"), []Todo{{Say("%s：预备期已满，还没有转正", Plain("周海燕")), PathMember("m2"), Tag{Say("逾期 %d 天", 15), TagLate}, Say("预备期 %s起，至 %s止。", on("2025-11-08"), on("2026-11-08")), Plain("《中国共产党发展党员工作细则》第三十一条，预备期为一年"), "D-36", Say("看档案"), true, ""}}},
			{Say("等您办"), []Todo{{Say("导入“%s”：检查完了，等您看问题", Plain("石桥镇花名册.xlsx")), PathImport("b1"), Tag{}, Say("%d 行，退回 %d 行。", 412, 9), Text{}, "D-36", Say("接着办"), false, ""}, {Say("%d 份档案有缺项", 61), "/members?saved=incomplete", Tag{}, Say("缺得最多的是工作岗位。"), Text{}, "D-36", Say("看名单"), false, ""}}},
		},
		Branches:  []BranchRow{{willow, 42, 84, 3, []Text{Say("%d 名预备党员预备期已满", 1), Say("%d 名党员失联", 2)}, Plain("《中国共产党发展党员工作细则》第三十一条")}, {coop, 12, 71, 0, []Text{Say("%d 份档案缺转正日期", 5)}, Text{}}, {village, 31, 92, 0, nil, Text{}}},
		BranchAll: 14, AllURL: PathOrganisations, Computed: Say("由名册自动算出，支部不需要填报。"),
		Soon: []Soon{{on("2026-12-01"), Say("%s预备期满", Plain("林晓雨")), Say("石桥村党支部"), PathMember("m7")}},
	}
}

func sampleDocuments() []DocumentRef {
	return []DocumentRef{
		{ID: "d1", Kind: Say("入党志愿书"), Pages: 12, By: "李文静", On: "2026-11-20", Facts: []Text{Say("加入党组织日期"), Say("转为正式党员日期")}},
		{ID: "d2", Kind: Say("学历、学位证书"), Title: "大专毕业证书", Pages: 1, By: "陈秀芬", On: "2026-11-22", Facts: []Text{Say("学历")}},
	}
}

// then makes a page one that looks back.
func then(p Page) Page {
	p.AsOf = &AsOf{Day: on("2025-07-01"), Known: Say("只有 %s以前登记的内容。", on("2026-01-01")), Back: PathMember("m1")}
	return p
}

func sampleReview() ReviewItem {
	papers := sampleDocuments()
	return ReviewItem{ID: "r1", Title: Say("更正%s", Say("学历")), Member: MemberRef{ID: "m1", Name: "陈秀芬", Category: Say("正式党员"), Branch: village}, State: Tag{Say("待审核"), TagSoon},
		Rows: []ReviewRow{{Label: Say("学历"), Old: Say("中专"), New: Say("大专"), From: Fact{Value: Say("中专"), Source: Say("导入花名册"), On: "2024-03-12", By: "李文静"}, Changed: true, Correct: PathReviewAct("r1", "correct/education")}},
		By:   "陈秀芬", When: "2026-11-21 20:31", Asked: Say("等%s确认", Plain("石桥村党支部")), Reason: "本人申请更正", Since: "2026-07-01", Evidence: "学历、学位证书",
		Papers: []ReviewPaper{{papers[1], false}, {papers[0], true}}, Warnings: []Text{Say("没有填")}, Decide: true, Withdraw: true}
}
