package web

import (
	"zhibu/internal/party/identity"
	"zhibu/internal/party/intake"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// actKind is an act as the log calls it. read marks what only looked, refusal what was turned away.
type actKind struct {
	kind    string
	name    view.Text
	read    bool
	refusal bool
}

// actKinds are all acts, in the order in which the search offers them.
var actKinds = []actKind{
	{kind: "member.add", name: view.Say("登记党员")}, {kind: "member.mend", name: view.Say("更正党员信息")}, {kind: "member.move", name: view.Say("调整所在支部")},
	{kind: "member.end", name: view.Say("终结档案")}, {kind: "member.restore", name: view.Say("恢复档案")},
	{kind: "review.propose", name: view.Say("提出更改")}, {kind: "review.approve", name: view.Say("审核通过")}, {kind: "review.return", name: view.Say("审核退回")},
	{kind: "review.clean", name: view.Say("一并审核导入的行")},
	{kind: "review.correct", name: view.Say("审核时改正")}, {kind: "review.withdraw", name: view.Say("撤回更改")}, {kind: "review.escalate", name: view.Say("转由上一级审核")},
	{kind: "member.unite", name: view.Say("合并两份档案")}, {kind: "member.separate", name: view.Say("分开合并的档案")},
	{kind: "member.fact", name: view.Say("登记经历和以前的情况")}, {kind: "member.affirm", name: view.Say("核实信息仍然正确")},
	{kind: "member.opened", name: view.Say("打开档案"), read: true}, {kind: "member.reveal", name: view.Say("查看完整内容"), read: true},
	{kind: "member.export", name: view.Say("导出名册"), read: true},
	{kind: "import.upload", name: view.Say("上传花名册")}, {kind: "import.check", name: view.Say("检查花名册")}, {kind: "import.confirm", name: view.Say("确认导入")},
	{kind: "import.begin", name: view.Say("开始导入")}, {kind: "import.checked", name: view.Say("检查完毕")}, {kind: "import.rows", name: view.Say("写入名册的行")},
	{kind: "import.changes", name: view.Say("提出导入的更改")},
	{kind: "import.done", name: view.Say("导入完成")}, {kind: "import.failed", name: view.Say("导入没有完成")}, {kind: "import.queued", name: view.Say("重新排队导入")},
	{kind: "import.rejected_rows", name: view.Say("下载退回的行"), read: true}, {kind: "import.discard", name: view.Say("丢弃上传的花名册")},
	{kind: "import.expire", name: view.Say("上传的文件到期销毁")}, {kind: "import.undo", name: view.Say("撤回导入")},
	{kind: "import.withdraw", name: view.Say("移除撤回的行")}, {kind: "import.undone", name: view.Say("撤回完毕")},
	{kind: "entry.add", name: view.Say("登记台账")}, {kind: "entry.mend", name: view.Say("更正台账")}, {kind: "entry.withdraw", name: view.Say("撤回台账")},
	{kind: "entry.applicant", name: view.Say("登记申请人")}, {kind: "duty.waive", name: view.Say("免除或者推迟待办")}, {kind: "duty.unwaive", name: view.Say("收回免除或者推迟")},
	{kind: "duty.help", name: view.Say("提出协助补开")}, {kind: "notice.policy", name: view.Say("修改通知的设置")}, {kind: "notice.reach", name: view.Say("选择怎样通知自己")}, {kind: "duty.help_close", name: view.Say("办结协助补开")},
	{kind: "org.establish", name: view.Say("设立党组织")}, {kind: "org.rename", name: view.Say("党组织更名")}, {kind: "org.change", name: view.Say("维护单位和联系方式")},
	{kind: "org.move", name: view.Say("调整隶属")}, {kind: "org.abolish", name: view.Say("撤销党组织")}, {kind: "org.reopen", name: view.Say("恢复党组织")},
	{kind: "org.merge", name: view.Say("并入其他党组织")}, {kind: "org.split", name: view.Say("分设党组织")}, {kind: "org.name", name: view.Say("补记以前的名称")},
	{kind: "org.post.add", name: view.Say("登记任职")}, {kind: "org.post.end", name: view.Say("终止任职")}, {kind: "org.load", name: view.Say("批量建立党组织")},
	{kind: "org.export", name: view.Say("导出党组织"), read: true},
	{kind: "local.propose", name: view.Say("提出本地规定")}, {kind: "local.decide", name: view.Say("确认或不确认本地规定")}, {kind: "local.withdraw", name: view.Say("撤回本地规定")},
	{kind: "account.sign_in", name: view.Say("登录"), read: true}, {kind: "account.sign_in_slip", name: view.Say("凭登录条登录"), read: true},
	{kind: "account.sign_out", name: view.Say("退出"), read: true}, {kind: "account.refuse", name: view.Say("登录被拒"), refusal: true},
	{kind: "account.add", name: view.Say("开账号")}, {kind: "account.install", name: view.Say("由程序开账号")}, {kind: "account.grant", name: view.Say("授予角色")},
	{kind: "account.revoke", name: view.Say("收回角色")}, {kind: "account.slip", name: view.Say("打印登录条")}, {kind: "account.password", name: view.Say("设置密码")},
	{kind: "account.recover", name: view.Say("在服务器上找回账号")}, {kind: "account.lock", name: view.Say("锁定账号")}, {kind: "account.disable", name: view.Say("停用账号")},
	{kind: "account.unlock", name: view.Say("恢复账号")}, {kind: "account.end_session", name: view.Say("结束自己的一处登录")},
	{kind: "account.end_sessions", name: view.Say("从所有设备退出")}, {kind: "account.display", name: view.Say("更改显示方式")},
	{kind: "account.factor_begin", name: view.Say("准备动态验证码")}, {kind: "account.factor_on", name: view.Say("启用动态验证码")},
	{kind: "account.factor_passed", name: view.Say("通过动态验证码"), read: true}, {kind: "account.factor_off", name: view.Say("停用动态验证码")},
	{kind: "account.factor_drop", name: view.Say("为他人停用动态验证码")},
	{kind: "account.passkey_add", name: view.Say("登记通行密钥")}, {kind: "account.passkey_remove", name: view.Say("删除通行密钥")},
	{kind: "account.sign_in_passkey", name: view.Say("用通行密钥登录"), read: true},
	{kind: "account.passkey_doubt", name: view.Say("停用可能被复制的通行密钥"), refusal: true},
	{kind: "account.lend", name: view.Say("委托代理")}, {kind: "account.lend_end", name: view.Say("结束委托代理")},
	{kind: "account.check", name: view.Say("复核角色")}, {kind: "account.end_others", name: view.Say("结束自己的其他登录")},
	{kind: "account.prove", name: view.Say("填写账号的本人是谁")},
	{kind: "account.recovery", name: view.Say("重新打印备用码")}, {kind: "account.recovery_passed", name: view.Say("用备用码登录"), read: true},
	{kind: "account.sign_in_outside", name: view.Say("用其他登录服务登录"), read: true}, {kind: "account.link", name: view.Say("关联其他登录服务")},
	{kind: "account.unlink", name: view.Say("解除关联")}, {kind: "account.link_for", name: view.Say("为他人关联其他登录服务")},
	{kind: "account.unlink_for", name: view.Say("为他人解除关联")},
	{kind: "token.issue", name: view.Say("发放接口令牌")}, {kind: "token.revoke", name: view.Say("收回接口令牌")}, {kind: "policy.mend", name: view.Say("更改安全设置")},
	{kind: "audit.verify", name: view.Say("校验日志链"), read: true}, {kind: "audit.bundle", name: view.Say("下载日志凭证"), read: true},
	{kind: "certificate.renew", name: view.Say("更新证书")}, {kind: "archive.plan", name: view.Say("更改自动备份的设置")},
	{kind: "archive.backup", name: view.Say("备份"), read: true}, {kind: "archive.drill", name: view.Say("恢复演练"), read: true},
	{kind: "archive.restore", name: view.Say("从备份恢复")},
	{kind: "destruction.propose", name: view.Say("提出销毁党员信息")}, {kind: "destruction.decide", name: view.Say("办理销毁提议")},
	{kind: "destruction.done", name: view.Say("销毁党员信息")}, {kind: "destruction.published", name: view.Say("存好销毁名单")}, {kind: "destruction.again", name: view.Say("照销毁名单再次销毁")},
	{kind: "document.take_back", name: view.Say("取回移除的材料")}, {kind: "request.ask", name: view.Say("提出对自己信息的请求")}, {kind: "request.answer", name: view.Say("答复对自己信息的请求")},
	{kind: "request.lift", name: view.Say("解除限制使用")},
	{kind: "keys.begin", name: view.Say("开始更换密钥")}, {kind: "keys.reseal", name: view.Say("重新加密，内容不变")}, {kind: "keys.turned", name: view.Say("密钥换完")},
	{kind: "keys.retire", name: view.Say("撤下旧密钥")}, {kind: "keys.passphrase", name: view.Say("更换密钥文件的口令")}, {kind: "keys.kit", name: view.Say("生成恢复包")},
}

// actKindOf finds how an act is called; one that has no name is shown by its code.
func actKindOf(kind string) actKind {
	for _, k := range actKinds {
		if k.kind == kind {
			return k
		}
	}
	return actKind{kind: kind, name: view.Plain(kind)}
}

func (k actKind) tag() string {
	switch {
	case k.refusal:
		return view.TagSoon
	case k.read:
		return view.TagInfo
	}
	return ""
}

// column is how a stored column is called, and what may be shown of it.
type column struct {
	label  view.Text
	class  access.Mask            // of a member's row: shown where the reader's mask holds it
	open   bool                   // of other rows: shown to whoever may read the act
	sealed bool                   // kept encrypted
	name   func(string) view.Text // for values that are codes
}

func coded(name func(string) string) func(string) view.Text {
	return func(code string) view.Text {
		if n := name(code); n != "" {
			return view.Say(n)
		}
		return view.Plain(code)
	}
}

func yesOrNo(v string) view.Text { return answerText(v == "1") }

var memberColumns = map[string]column{
	"name": {label: view.Say("姓名"), class: access.NameClass}, "org_id": {label: view.Say("所在党支部"), class: access.NameClass},
	"id_number": {label: view.Say("公民身份号码"), sealed: true},
	"sex":       {label: view.Say("性别"), class: access.BasicClass, name: coded(func(c string) string { return identity.Sex(c).Name() })},
	"born":      {label: view.Say("出生年月"), class: access.BasicClass}, "ethnicity": {label: view.Say("民族"), class: access.BasicClass, name: coded(identity.Ethnicities.Name)},
	"education":    {label: view.Say("学历"), class: access.BasicClass, name: coded(identity.Educations.Name)},
	"category":     {label: view.Say("人员类别"), class: access.PartyClass, name: coded(func(c string) string { return identity.Category(c).Name() })},
	"joined_on":    {label: view.Say("加入党组织日期"), class: access.PartyClass},
	"confirmed_on": {label: view.Say("转为正式党员日期"), class: access.PartyClass}, "occupation": {label: view.Say("工作岗位"), class: access.BasicClass},
	"mobile": {label: view.Say("手机号码"), sealed: true},
	"phone":  {label: view.Say("固定电话"), sealed: true}, "address": {label: view.Say("家庭住址"), sealed: true}, "notes": {label: view.Say("备注"), sealed: true},
	"registry": {label: view.Say("党籍状态"), class: access.PartyClass, name: coded(func(c string) string { return identity.Registry(c).Name() })},
	"lost":     {label: view.Say("是否为失联党员"), class: access.FlagClass, name: yesOrNo}, "lost_on": {label: view.Say("失去联系日期"), class: access.FlagClass},
	"floating":    {label: view.Say("是否为流动党员"), class: access.FlagClass, name: yesOrNo},
	"floating_to": {label: view.Say("外出流向"), class: access.FlagClass}, "care": {label: view.Say("是否需要关怀"), class: access.FlagClass, name: yesOrNo},
	"review":   {label: view.Say("审核"), class: access.PartyClass, name: coded(func(c string) string { return reviews[c] })},
	"state":    {label: view.Say("档案状态"), class: access.PartyClass, name: coded(func(c string) string { return recordStates[c] })},
	"ended_on": {label: view.Say("终结日期"), class: access.PartyClass}, "missing": {label: view.Say("缺项"), class: access.PartyClass},
	"batch": {label: view.Say("导入批次"), class: access.PartyClass}, "source_row": {label: view.Say("花名册的行"), class: access.PartyClass},
	"version": {label: view.Say("版本"), class: access.PartyClass},
}

var reviews = map[string]string{string(member.Pending): "待审核", string(member.Returned): "已退回", string(member.Reviewed): "已审核"}

var recordStates = map[string]string{string(member.Active): "在册", string(member.Ended): "已终结"}

// eventColumns are those of a dated event, of a member or of an organisation.
func eventColumns(kind func(string) view.Text) map[string]column {
	return map[string]column{
		"member_id": {label: view.Say("党员"), class: access.PartyClass}, "org_id": {label: view.Say("党组织"), class: access.PartyClass, open: true},
		"kind": {label: view.Say("情形"), class: access.PartyClass, open: true, name: kind}, "on_date": {label: view.Say("日期"), class: access.PartyClass, open: true},
		"reason": {label: view.Say("理由"), class: access.PartyClass, open: true}, "document": {label: view.Say("决定或证明"), class: access.PartyClass, open: true},
		"was": {label: view.Say("之前"), class: access.PartyClass, open: true}, "became": {label: view.Say("之后"), class: access.PartyClass, open: true},
	}
}

// tableWords is a table of facts in words.
type tableWords struct {
	name    view.Text
	columns map[string]column
}

var auditTables = map[string]tableWords{
	"member":       {view.Say("党员"), memberColumns},
	"member_event": {view.Say("党员经历"), eventColumns(coded(func(c string) string { return member.EventKind(c).Name() }))},
	"look": {view.Say("查看记录"), map[string]column{"member_id": {label: view.Say("党员")}, "account_id": {label: view.Say("账号")}, "actor": {label: view.Say("谁")},
		"kind": {label: view.Say("看了什么")}, "purpose": {label: view.Say("用途")}, "at": {label: view.Say("时间")}}},
	"org": {view.Say("党组织"), map[string]column{"code": {label: view.Say("编号"), open: true}, "name": {label: view.Say("名称"), open: true},
		"short_name": {label: view.Say("简称"), open: true},
		"kind":       {label: view.Say("类别"), open: true, name: coded(func(c string) string { return org.Kind(c).Name() })},
		"parent_id":  {label: view.Say("上级"), open: true}, "unit": {label: view.Say("所在单位"), open: true},
		"unit_kind":   {label: view.Say("单位类别"), open: true, name: coded(func(c string) string { return org.UnitKind(c).Name() })},
		"credit_code": {label: view.Say("统一社会信用代码"), open: true}, "contact": {label: view.Say("联系人"), open: true}, "contact_phone": {label: view.Say("联系电话"), sealed: true},
		"established_on": {label: view.Say("设立日期"), open: true}, "abolished_on": {label: view.Say("撤销日期"), open: true}, "version": {label: view.Say("版本"), open: true}}},
	"org_event": {view.Say("党组织沿革"), eventColumns(view.Plain)},
	"post": {view.Say("职务"), map[string]column{"org_id": {label: view.Say("党组织"), open: true}, "title": {label: view.Say("职务"), open: true},
		"member_id": {label: view.Say("党员"), open: true}, "holder": {label: view.Say("谁"), open: true}, "from_on": {label: view.Say("起"), open: true},
		"to_on": {label: view.Say("止"), open: true}, "version": {label: view.Say("版本"), open: true}}},
	"account": {view.Say("账号"), map[string]column{"login": {label: view.Say("登录名"), open: true}, "name": {label: view.Say("姓名"), open: true},
		"org_id": {label: view.Say("党组织"), open: true}, "member_id": {label: view.Say("党员"), open: true}, "secret": {label: view.Say("密码"), sealed: true},
		"state":    {label: view.Say("状态"), open: true, name: func(c string) view.Text { return accountStates[access.State(c)].Text }},
		"language": {label: view.Say("语言"), open: true}, "text_size": {label: view.Say("字的大小"), open: true}, "contrast": {label: view.Say("对比度"), open: true},
		"version": {label: view.Say("版本"), open: true}}},
	"grant": {view.Say("角色"), map[string]column{"account_id": {label: view.Say("账号"), open: true}, "role": {label: view.Say("角色"), open: true, name: view.RoleName},
		"org_id": {label: view.Say("党组织"), open: true}, "post_id": {label: view.Say("职务"), open: true}, "from_on": {label: view.Say("起"), open: true},
		"to_on": {label: view.Say("止"), open: true}, "basis": {label: view.Say("依据"), open: true}}},
	"slip": {view.Say("登录条"), map[string]column{"account_id": {label: view.Say("账号"), open: true}, "hash": {label: view.Say("验证码"), sealed: true},
		"expires": {label: view.Say("有效期")}, "used": {label: view.Say("用过")}}},
	"token": {view.Say("接口令牌"), map[string]column{"account_id": {label: view.Say("账号"), open: true}, "hash": {label: view.Say("令牌"), sealed: true},
		"label": {label: view.Say("名称"), open: true}, "made": {label: view.Say("发放")}, "expires": {label: view.Say("有效期")}, "revoked": {label: view.Say("收回")}}},
	"factor":  {view.Say("动态验证码"), map[string]column{}},
	"linked":  {view.Say("其他登录服务"), map[string]column{"provider": {label: view.Say("登录服务"), open: true}, "shown": {label: view.Say("对方的用户编号"), open: true}}},
	"passkey": {view.Say("通行密钥"), map[string]column{"name": {label: view.Say("名称"), open: true}}},
	"lending": {view.Say("委托代理"), map[string]column{"grant_id": {label: view.Say("角色"), open: true}, "of_grant": {label: view.Say("来自哪一项"), open: true},
		"for_account": {label: view.Say("谁委托"), open: true}}},
	"grant_check": {view.Say("复核角色"), map[string]column{"grant_id": {label: view.Say("角色"), open: true}, "quarter": {label: view.Say("季度"), open: true},
		"account_id": {label: view.Say("账号"), open: true}, "actor": {label: view.Say("谁"), open: true}, "at": {label: view.Say("时间")}}},
	"holder":   {view.Say("本人是谁"), map[string]column{"account_id": {label: view.Say("账号"), open: true}, "number": {label: view.Say("公民身份号码"), sealed: true}, "number_index": {label: view.Say("公民身份号码"), sealed: true}}},
	"identity": {view.Say("本人是谁"), map[string]column{"account_id": {label: view.Say("账号"), open: true}, "number": {label: view.Say("公民身份号码"), sealed: true}}},
	"recovery": {view.Say("备用码"), map[string]column{"account_id": {label: view.Say("账号"), open: true}, "hash": {label: view.Say("备用码"), sealed: true},
		"used": {label: view.Say("用过")}}},
	"setting": {view.Say("设置"), map[string]column{"value": {label: view.Say("值"), open: true}}},
	"batch": {view.Say("导入批次"), map[string]column{"org_id": {label: view.Say("党组织"), open: true}, "account_id": {label: view.Say("账号"), open: true},
		"actor": {label: view.Say("谁"), open: true}, "file_name": {label: view.Say("文件"), open: true}, "file_hash": {label: view.Say("文件的校验值"), open: true},
		"sealed": {label: view.Say("加密保存的文件"), open: true}, "sheet": {label: view.Say("表"), open: true}, "mapping": {label: view.Say("列的对法"), open: true},
		"state": {label: view.Say("状态"), open: true, name: batchStateName}, "result": {label: view.Say("结果"), open: true}, "at": {label: view.Say("时间")},
		"version": {label: view.Say("版本"), open: true}}},
	"mapping": {view.Say("列的对法"), map[string]column{"org_id": {label: view.Say("党组织"), open: true}, "columns": {label: view.Say("列的对法"), open: true}}},
}

// detailWords are the further facts of an act.
var detailWords = map[string]view.Text{
	"members": view.Say("人数"), "columns": view.Say("列"), "fields": view.Say("看了哪些项"), "rows": view.Say("行数"), "new": view.Say("新登记"),
	"changed": view.Say("有变化"), "rejected": view.Say("退回"), "accounts": view.Say("账号数"), "role": view.Say("角色"), "value": view.Say("值"),
	"bytes": view.Say("字节"), "added": view.Say("新传字节"), "locked": view.Say("因此锁定"), "state": view.Say("状态"), "ok": view.Say("通过"),
	"looks": view.Say("次数"), "to": view.Say("存到"), "run": view.Say("哪一次备份"), "acts": view.Say("日志条数"), "events": view.Say("改动处数"),
	"checkpoint": view.Say("签名"), "from": view.Say("从"), "until": view.Say("到"), "message": view.Say("说明"),
}

func batchStateName(state string) view.Text { return batchStates[intake.State(state)].Text }
