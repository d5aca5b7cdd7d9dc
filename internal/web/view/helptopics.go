package view

// topic is one help page: what it is about, for whom, and what to do, in short steps.
type topic struct {
	key      string
	title    Text
	short    Text
	roles    []string // nil: everybody
	sections []section
}

// section is a heading with steps (numbered) or lines.
type section struct {
	head  Text
	steps []Text
	lines []Text
}

var office = []string{RolePartyWorker, RoleDepartment, RoleCommittee, RoleReviewer}

var branch = []string{RoleSecretary, RoleBranchCommittee}

// topics are the help pages, in reading order.
var topics = []topic{
	{"start", Say("第一次使用"), Say("登录条、密码、大字版"), nil, []section{
		{Say("第一次登录"), []Text{
			Say("向支部或党委领一张登录条。上面有二维码和验证码，只能用一次。"),
			Say("手机扫二维码；没有智能手机的，在任何一台电脑上打开登录页，选“一次性登录条”，填账号和验证码。"),
			Say("给自己设一个密码。一句自己记得住的话最好。"),
		}, nil},
		{Say("忘了密码"), nil, []Text{
			Say("再领一张登录条就行，旧密码自动作废。没有人能查到您的密码。"),
		}},
		{Say("字太小"), nil, []Text{
			Say("点右上角“大字版”。还可以在“显示设置”里选特大字和高对比度，换一台设备也一样。"),
		}},
	}},
	{"find", Say("查找党员"), Say("姓名、拼音、后四位"), append(branch, office...), []section{
		{Say("怎么查"), []Text{
			Say("在“党员”页的第一个格子里写姓名，或拼音 zhangsan，或首字母 zs。"),
			Say("也可以写证件号码或手机号的后四位。"),
			Say("再按党组织、类别、情况缩小范围。常用的几种已经放在下面。"),
		}, nil},
		{Say("查不到"), nil, []Text{
			Say("不在您工作范围内的党员不会出现，也不会告诉您有没有这个人。"),
			Say("多音字的姓按姓氏读音，例如单 shan、曾 zeng。"),
		}},
	}},
	{"record", Say("看懂一份档案"), Say("来源、完整、更正"), nil, []section{
		{Say("每一项都有出处"), nil, []Text{
			Say("右边写着这一项来自什么材料、谁登记、什么时候。没有出处的，请补上。"),
			Say("党龄、年龄是算出来的，不用填。"),
		}},
		{Say("更正"), []Text{
			Say("点那一项后面的“更正”，写新的内容、依据什么材料、理由。"),
			Say("旧的内容不会丢，留在经历里。"),
		}, nil},
		{Say("看完整的证件号码"), nil, []Text{
			Say("平时只显示后四位。确有需要时写明用途，系统先记录，再显示一次，并通知本人。"),
		}},
	}},
	{"inbox", Say("通知和提醒"), Say("什么会告诉您、怎样告诉"), nil, []section{
		{Say("什么会告诉您"), nil, []Text{
			Say("快到期和已逾期的事，每天最多说一次，没有新的事七天后才再说；您提出的事有了结果；有人查看了您的完整信息。"),
			Say("只有您自己看得到。点开就算读过，也可以一起标为已读。"),
		}},
		{Say("手机上也要收到"), []Text{
			Say("在“通知”页点“怎样通知我”，选渠道，填地址。"),
			Say("只发有几件什么事，不发姓名和内容；夜里不发，一天最多几次。"),
			Say("不想收了，在同一处选“不用”。"),
		}, nil},
		{Say("上级协助支部"), nil, []Text{
			Say("上级在逾期的支部后面点“协助补开”，写能做什么、哪一天。支部书记会收到通知，双方都可以办结。"),
		}},
	}},
	{"import", Say("导入花名册"), Say("怎么认、怎么改、怎么撤"), append([]string{RoleSecretary}, office...), []section{
		{Say("步骤"), []Text{
			Say("选要导入到的党组织和文件。原来的 Excel 不用改。"),
			Say("看一眼列名对得对不对。下次导入会记住。"),
			Say("看每一行有什么问题。有错误的行单独退回，其他行照常。"),
			Say("写入后下载退回的行，改好再导这一份。"),
		}, nil},
		{Say("日期怎么认"), nil, []Text{
			Say("2019-07-01、2019/7/1、2019.7.1、2019年7月1日、20190701 和 Excel 的日期都认得。"),
			Say("只有年月的，比如 2019.7，会提醒您补上哪一天，不会替您猜。两位数的年份不收。"),
		}},
		{Say("常见的问题"), nil, []Text{
			Say("身份证号码变成 4.40524E+17：Excel 把它当成了数字，后几位已经丢了，要从原件重新录。把那一列设成文本再填。"),
			Say("一个人在表里出现两次：两行内容不一样的都退回，请留下对的一行。"),
			Say("这个人已经在别的党组织：请走组织关系转接，不能靠导入搬过来。"),
		}},
		{Say("导错了"), nil, []Text{
			Say("只要这一批还没有人改过，可以整批撤回，名册恢复原样。"),
		}},
	}},
	{"print", Say("打印和导出"), Say("花名册、用途"), append(branch, office...), []section{
		{Say("打印花名册"), []Text{
			Say("在“党员”页查出要的人，需要时勾选。"),
			Say("点“打印花名册”，横向 A4 打印。花名册上没有证件号码和电话。"),
		}, nil},
		{Say("导出 Excel"), nil, []Text{
			Say("要写用途，只能导出您的角色能看的列。谁导的、导了多少人、为什么，本人和审计员都看得到。"),
		}},
	}},
	{"slips", Say("开账号、发登录条"), Say("给没有账号的人"), []string{RoleSecretary, RolePartyWorker, RoleDepartment, RoleSecurity}, []section{
		{Say("步骤"), []Text{
			Say("在“账号”页开一个账号，或者上传一份 Excel 名单一次开许多个。"),
			Say("勾选要发的人，打印登录条，剪开当面交给本人。"),
			Say("本人忘了密码时，核对是本人，再打印一张。"),
		}, nil},
		{Say("职务变了"), nil, []Text{
			Say("在账号的页面收回旧的角色，授予新的。范围马上跟着变，历史都保留。"),
		}},
	}},
	{"figures", Say("数字怎么来的"), Say("人数、完整、待办"), nil, []section{
		{Say("不用填报"), nil, []Text{
			Say("人数按今天的在册记录计算：正式党员和预备党员都算，已终结的不算，待审核的也算并带标记。"),
			Say("年龄按身份证号码里的出生日期计算。"),
			Say("档案完整是应有的项目中已经填了多少，不看填得多不多、早不早，也不排名次。"),
			Say("待办由规定的时限算出来，每件都写着依据。"),
		}},
	}},
	{"audit", Say("查日志、验日志链"), Say("审计员的日常"), []string{RoleAuditor, RoleSecurity}, []section{
		{Say("查"), nil, []Text{
			Say("可以按人、按事、按日期查。点时间看改动前后，敏感内容是遮住的。"),
		}},
		{Say("验"), []Text{
			Say("在“校验日志链”点“现在校验”。"),
			Say("发现对不上，先保留现场，再通知安全管理员和上级。"),
			Say("也可以把日志包带到另一台机器上，用公钥离线校验。"),
		}, nil},
	}},
	{"backup", Say("备份和恢复"), Say("系统管理员的日常"), []string{RoleSystem}, []section{
		{Say("平时"), []Text{
			Say("设好自动备份，存到另一台机器或对象存储。"),
			Say("每季度演练一次恢复。"),
			Say("恢复包打印封存，与机器分开放。没有它，备份谁也打不开。"),
		}, nil},
	}},
	{"own", Say("我的权利"), Say("看、改、问"), []string{RoleMember}, []section{
		{Say("您可以"), nil, []Text{
			Say("随时看自己的档案，看谁打开过、为什么。"),
			Say("发现不对，告诉支部书记更正，要有材料。"),
			Say("打印自己的档案。"),
		}},
	}},
}

// Topic tells whether there is a help page of this key.
func Topic(key string) bool { return topicOf(key) != nil }

// TopicTitle is what a help page is called.
func TopicTitle(key string) Text {
	if t := topicOf(key); t != nil {
		return t.title
	}
	return Text{}
}

func topicOf(key string) *topic {
	for i := range topics {
		if topics[i].key == key {
			return &topics[i]
		}
	}
	return nil
}

// topicsFor splits the pages into those for a role and the others.
func topicsFor(role string) (own, others []topic) {
	for _, t := range topics {
		if t.roles == nil || has(t.roles, role) {
			own = append(own, t)
		} else {
			others = append(others, t)
		}
	}
	return own, others
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
