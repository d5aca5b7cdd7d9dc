package access

import "zhibu/internal/words"

// may gives all named roles the same mask.
func may(m Mask, roles ...Role) map[Role]Mask {
	out := make(map[Role]Mask, len(roles))
	for _, r := range roles {
		out[r] = m
	}
	return out
}

// and adds roles with another mask.
func and(a, b map[Role]Mask) map[Role]Mask {
	for r, m := range b {
		a[r] = m
	}
	return a
}

// everybody is every role.
func everybody() map[Role]Mask { return may(NoClass, Roles()...) }

// tailMask is what reviewers and secretaries of committees see: everything but remarks.
const tailMask = EveryMask &^ NotesClass

// table is the one list of rights. A plain member stands in few lines: the own record is a hard rule (decide.go).
var table = []Rule{
	{"A-01", Org, See, words.Mark("查看职责范围内的党组织"), everybody()},
	{"A-02", Org, List, words.Mark("浏览职责范围内的组织树"), everybody()},
	{"A-03", Org, Establish, words.Mark("设立党组织"), may(0, PartyWorker, OrganisationDepartment)},
	{"A-04", Org, Rename, words.Mark("变更党组织名称"), may(0, PartyWorker, OrganisationDepartment)},
	{"A-05", Org, Move, words.Mark("调整党组织隶属"), may(0, PartyWorker, OrganisationDepartment)},
	{"A-06", Org, Abolish, words.Mark("撤销党组织"), may(0, PartyWorker, OrganisationDepartment)},
	{"A-07", Org, Mend, words.Mark("维护党组织的单位和联系方式"), may(0, BranchSecretary, PartyWorker, OrganisationDepartment)},
	{"A-08", Org, Post, words.Mark("登记党组织职务"), may(0, BranchSecretary, PartyWorker, OrganisationDepartment)},

	{"A-37", OrgChange, List, words.Mark("查看职责范围内等审核的党组织变动"), may(0, BranchSecretary, BranchCommittee, PartyWorker, CommitteeSecretary, OrganisationDepartment, Reviewer)},
	{"A-38", OrgChange, Review, words.Mark("审核党组织的设立、更名、调整和撤销"), may(0, Reviewer, OrganisationDepartment)},

	{"A-21", Member, List, words.Mark("查看职责范围内的党员名单"), and(may(EveryMask, BranchSecretary, PartyWorker, OrganisationDepartment),
		and(may(tailMask, CommitteeSecretary, Reviewer), may(WorkMask|ContactClass, BranchCommittee)))},
	{"A-22", Member, See, words.Mark("打开职责范围内的党员信息"), and(may(EveryMask, BranchSecretary, PartyWorker, OrganisationDepartment),
		and(may(tailMask, CommitteeSecretary, Reviewer), may(WorkMask|ContactClass, BranchCommittee)))},
	{"A-23", Member, Reveal, words.Mark("说明用途后查看完整号码和住址"), and(may(ContactClass|IdentityClass|AddressClass, BranchSecretary, PartyWorker, OrganisationDepartment, Reviewer),
		may(ContactClass, BranchCommittee, CommitteeSecretary))},
	{"A-24", Member, Add, words.Mark("登记党员"), may(EveryMask, BranchSecretary, PartyWorker, OrganisationDepartment)},
	{"A-25", Member, Mend, words.Mark("更正党员信息"), may(EveryMask, BranchSecretary, PartyWorker, OrganisationDepartment)},
	{"A-26", Member, Move, words.Mark("在职责范围内调整所在党支部"), may(EveryMask, PartyWorker, OrganisationDepartment)},
	{"A-27", Member, End, words.Mark("登记去世、出党、除名等"), may(EveryMask, PartyWorker, OrganisationDepartment)},
	{"A-28", Member, Restore, words.Mark("恢复已终止的党员信息"), may(EveryMask, PartyWorker, OrganisationDepartment)},
	{"A-29", Member, Review, words.Mark("审核党员信息"), and(may(tailMask, Reviewer), may(EveryMask, OrganisationDepartment))},
	{"A-31", Member, Confirm, words.Mark("确认本支部党员的更正申请和本支部录入的一般信息"), and(may(EveryMask, BranchSecretary), may(WorkMask|ContactClass, BranchCommittee))},
	{"A-32", Dispute, List, words.Mark("查看职责范围内有异议的信息"), and(may(EveryMask, BranchSecretary, PartyWorker, OrganisationDepartment),
		and(may(tailMask, CommitteeSecretary, Reviewer), may(WorkMask|ContactClass, BranchCommittee)))},
	{"A-33", Dispute, Add, words.Mark("对看得到的信息提出异议"), and(may(EveryMask, BranchSecretary, PartyWorker, OrganisationDepartment),
		and(may(tailMask, CommitteeSecretary, Reviewer), may(WorkMask|ContactClass, BranchCommittee)))},
	{"A-34", Dispute, Answer, words.Mark("作为责任人或者上级答复异议"), and(may(EveryMask, BranchSecretary, PartyWorker, OrganisationDepartment), may(WorkMask|ContactClass, BranchCommittee))},
	{"A-35", Steward, Mend, words.Mark("规定本组织和下级谁负责什么信息"), may(0, BranchSecretary, PartyWorker, OrganisationDepartment)},
	{"A-36", Member, Affirm, words.Mark("核实过后确认党员信息仍然正确"), and(may(EveryMask, BranchSecretary, PartyWorker, OrganisationDepartment), may(WorkMask|ContactClass, BranchCommittee))},
	{"A-36", Quality, See, words.Mark("查看职责范围内的信息质量"), may(0, BranchSecretary, BranchCommittee, PartyWorker, CommitteeSecretary, OrganisationDepartment, Reviewer)},
	{"A-30", Look, List, words.Mark("查看谁看过党员信息"), may(0, BranchSecretary, PartyWorker, CommitteeSecretary, OrganisationDepartment)},
	{"A-61", Document, See, words.Mark("说明用途后查看档案材料"), may(0, BranchSecretary, PartyWorker, OrganisationDepartment, Reviewer)},
	{"A-62", Document, Add, words.Mark("上传档案材料"), may(0, BranchSecretary, PartyWorker, OrganisationDepartment)},
	{"A-63", Document, Remove, words.Mark("移除传错的档案材料"), may(0, PartyWorker, OrganisationDepartment)},
	{"A-64", Document, Run, words.Mark("说明用途和去向后制作档案副本"), may(0, PartyWorker, OrganisationDepartment)},

	{"A-65", Document, Confirm, words.Mark("确认更正时打开随它交来的材料"), may(0, BranchCommittee)},

	{"A-41", Import, List, words.Mark("查看导入记录"), may(EveryMask, BranchSecretary, PartyWorker, OrganisationDepartment)},
	{"A-42", Import, Run, words.Mark("导入党员花名册"), may(EveryMask, BranchSecretary, PartyWorker, OrganisationDepartment)},
	{"A-43", Import, Undo, words.Mark("撤销一次导入"), may(EveryMask, BranchSecretary, PartyWorker, OrganisationDepartment)},
	{"A-44", Export, Run, words.Mark("说明用途后导出花名册"), and(may(EveryMask, BranchSecretary, PartyWorker, OrganisationDepartment),
		and(may(WorkMask, CommitteeSecretary, Reviewer), may(WorkMask, BranchCommittee)))},

	{"A-45", Dues, List, words.Mark("查看职责范围内的党费台账"), may(0, BranchSecretary, BranchCommittee, PartyWorker, CommitteeSecretary, OrganisationDepartment)},
	{"A-46", Dues, Add, words.Mark("登记党费、提出核定基数和少交免交"), may(0, BranchSecretary, BranchCommittee, PartyWorker, OrganisationDepartment)},
	{"A-47", Dues, Confirm, words.Mark("作为第二个人确认党费基数"), may(0, BranchSecretary, BranchCommittee, PartyWorker, OrganisationDepartment)},
	{"A-48", Dues, Decide, words.Mark("批准少交、免交党费"), may(0, PartyWorker, CommitteeSecretary, OrganisationDepartment)},

	{"A-96", Admission, Decide, words.Mark("作为上级党委办理发展党员的备案、同意、预审和审批，答复公示中的意见"), may(0, PartyWorker, CommitteeSecretary, OrganisationDepartment)},
	{"A-97", Admission, Mend, words.Mark("下达发展党员计划，接续转来的培养对象"), may(0, PartyWorker, OrganisationDepartment)},

	{"A-100", Life, List, words.Mark("查看本支部的会议"), may(0, BranchSecretary, BranchCommittee)},
	{"A-101", Life, Add, words.Mark("安排本支部的会议，登记到会，记录和核对"), may(0, BranchSecretary, BranchCommittee)},
	{"A-102", Life, Confirm, words.Mark("作为主持人确认本支部的会议记录"), may(0, BranchSecretary, BranchCommittee)},

	{"A-79", Vote, List, words.Mark("查看职责范围内的选举和表决"), may(0, BranchSecretary, BranchCommittee, PartyWorker, CommitteeSecretary, OrganisationDepartment)},
	{"A-89", Vote, Decide, words.Mark("作为上级党委审批选举请示"), may(0, CommitteeSecretary, OrganisationDepartment)},
	{"A-99", Vote, See, words.Mark("查看选举中不计入应到会的情形和依据"), may(0, BranchSecretary, PartyWorker, CommitteeSecretary, OrganisationDepartment)},
	{"A-80", Vote, Add, words.Mark("办理选举和表决，录入计票"), may(0, BranchSecretary, BranchCommittee, PartyWorker, OrganisationDepartment)},

	{"A-49", Logbook, List, words.Mark("查看职责范围内的台账和待办"), may(0, BranchSecretary, BranchCommittee, PartyWorker, CommitteeSecretary, OrganisationDepartment)},
	{"A-50", Logbook, Add, words.Mark("登记、更正、撤回台账"), may(0, BranchSecretary, BranchCommittee, PartyWorker, OrganisationDepartment)},
	{"A-70", Duty, Waive, words.Mark("写明理由后免除或者推迟一项待办"), may(0, PartyWorker, OrganisationDepartment)},
	{"A-74", Duty, Help, words.Mark("对下级逾期的事提出协助"), may(0, PartyWorker, CommitteeSecretary, OrganisationDepartment)},

	{"A-51", Account, List, words.Mark("查看账号"), may(0, BranchSecretary, PartyWorker, CommitteeSecretary, OrganisationDepartment, SystemAdmin, SecurityAdmin, Auditor)},
	{"A-52", Account, See, words.Mark("打开一个账号"), may(0, BranchSecretary, PartyWorker, CommitteeSecretary, OrganisationDepartment, SystemAdmin, SecurityAdmin, Auditor)},
	{"A-53", Account, Add, words.Mark("建立账号"), may(0, PartyWorker, OrganisationDepartment, SystemAdmin)},
	{"A-54", Account, Mend, words.Mark("更正账号资料"), may(0, PartyWorker, OrganisationDepartment, SystemAdmin)},
	{"A-55", Account, Lock, words.Mark("锁定、停用账号"), may(0, PartyWorker, OrganisationDepartment, SystemAdmin, SecurityAdmin)},
	{"A-56", Account, Unlock, words.Mark("解锁账号"), may(0, PartyWorker, OrganisationDepartment, SecurityAdmin)},
	{"A-57", Account, IssueSlip, words.Mark("打印一次性登录条"), may(0, BranchSecretary, PartyWorker, OrganisationDepartment, SecurityAdmin)},
	{"A-58", Granted, Add, words.Mark("授予角色"), may(0, PartyWorker, OrganisationDepartment, SecurityAdmin)},
	{"A-59", Granted, Revoke, words.Mark("收回角色"), may(0, PartyWorker, OrganisationDepartment, SecurityAdmin)},

	{"A-76", LocalRule, Propose, words.Mark("提出比法规更严的本地规定"), may(0, PartyWorker, OrganisationDepartment)},
	{"A-77", LocalRule, Decide, words.Mark("作为第二个人确认本地规定"), may(0, CommitteeSecretary, OrganisationDepartment, Reviewer)},
	{"A-78", LocalRule, List, words.Mark("查看职责范围内提出的本地规定"), may(0, PartyWorker, CommitteeSecretary, OrganisationDepartment, Reviewer)},

	{"A-71", Event, List, words.Mark("查看职责范围内办过的事"), may(0, BranchSecretary, PartyWorker, CommitteeSecretary, OrganisationDepartment, Auditor)},
	{"A-72", Audit, See, words.Mark("查阅日志"), may(0, Auditor)},
	{"A-73", Audit, Verify, words.Mark("核验日志链"), may(0, Auditor)},
	{"A-81", Backup, See, words.Mark("查看备份"), may(0, SystemAdmin, Auditor)},
	{"A-82", Backup, Run, words.Mark("立即备份"), may(0, SystemAdmin)},
	{"A-83", Backup, Drill, words.Mark("恢复演练"), may(0, SystemAdmin)},
	{"A-84", Setting, See, words.Mark("查看系统设置"), may(0, SystemAdmin, SecurityAdmin, Auditor)},
	{"A-85", Setting, Mend, words.Mark("修改系统设置"), may(0, SystemAdmin)},
	{"A-87", Keys, See, words.Mark("查看密钥的情况"), may(0, SecurityAdmin, Auditor)},
	{"A-88", Keys, Run, words.Mark("更换密钥"), may(0, SecurityAdmin)},
	{"A-91", Destruction, List, words.Mark("查看保存期限和销毁"), may(0, BranchSecretary, PartyWorker, CommitteeSecretary, OrganisationDepartment)},
	{"A-92", Destruction, Propose, words.Mark("提出销毁"), may(0, PartyWorker, OrganisationDepartment)},
	{"A-93", Destruction, Decide, words.Mark("批准或者不批准销毁"), may(0, CommitteeSecretary, OrganisationDepartment)},
	{"A-94", Request, List, words.Mark("查看党员对自己信息的请求"), may(0, BranchSecretary, PartyWorker, CommitteeSecretary, OrganisationDepartment)},
	{"A-95", Request, Answer, words.Mark("答复党员对自己信息的请求"), may(0, PartyWorker, OrganisationDepartment)},
	{"A-86", Security, Mend, words.Mark("修改密码、锁定和会话设置"), may(0, SecurityAdmin)},
}
