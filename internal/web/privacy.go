package web

import "zhibu/internal/web/view"

// What is said of each field, with what it is for, on which basis it is kept, and for how long. The bases are acts of
// the state and of the Party; the law is the 个人信息保护法 (2021): art. 13 (3) for what a duty requires, art. 28 to 30
// for what is sensitive.
var (
	basisRegister = view.Plain("《中国共产党章程》第一章；《个人信息保护法》第十三条第一款第三项")
	basisContact  = view.Plain("《中国共产党党员教育管理工作条例》；《个人信息保护法》第十三条第一款第三项")
	basisTrace    = view.Plain("《个人信息保护法》第五十一条、第五十四条")

	classOrdinary  = view.Say("一般")
	classSensitive = view.Say("敏感，逐人加密")

	whileMember = view.Say("党籍存续期间；终结后随党员档案保存")
	untilGone   = view.Say("党籍存续期间；终结后销毁个人密钥，不能再读取")
)

// privacyFields are the lines of the privacy notice.
var privacyFields = []view.PrivacyField{
	{Label: view.Say("姓名、性别、出生年月、民族"), Purpose: view.Say("确认是谁，编制花名册和党内统计"), Basis: basisRegister, Class: classOrdinary, Retention: whileMember},
	{Label: view.Say("公民身份号码"), Purpose: view.Say("确认是同一个人，防止重复登记"), Basis: view.Plain("《个人信息保护法》第十三条第一款第三项、第二十八条至第三十条"), Class: classSensitive, Retention: untilGone},
	{Label: view.Say("学历、工作岗位"), Purpose: view.Say("党内统计，安排组织生活"), Basis: basisRegister, Class: classOrdinary, Retention: whileMember},
	{Label: view.Say("人员类别、入党和转正日期、党籍状态"), Purpose: view.Say("党籍管理，计算预备期和党龄"), Basis: basisRegister, Class: classOrdinary, Retention: whileMember},
	{Label: view.Say("手机号码、固定电话"), Purpose: view.Say("通知组织生活，联系本人"), Basis: basisContact, Class: classSensitive, Retention: untilGone},
	{Label: view.Say("家庭住址"), Purpose: view.Say("走访慰问，送学上门"), Basis: basisContact, Class: classSensitive, Retention: untilGone},
	{Label: view.Say("流动、失联、关怀"), Purpose: view.Say("流动党员管理，查找失联党员，关怀帮扶"), Basis: basisContact, Class: classOrdinary, Retention: whileMember},
	{Label: view.Say("花名册里的其他列"), Purpose: view.Say("保留原表的内容，由人核对"), Basis: basisRegister, Class: classSensitive, Retention: untilGone},
	{Label: view.Say("上传的花名册"), Purpose: view.Say("检查和导入"), Basis: basisRegister, Class: view.Say("敏感，整个文件加密"), Retention: view.Say("几天后自动销毁，由系统设置")},
	{Label: view.Say("账号、登录时间和设备"), Purpose: view.Say("确认是谁在办事，防止冒用"), Basis: basisTrace, Class: classOrdinary, Retention: view.Say("账号存续期间；登录记录随日志保存")},
	{Label: view.Say("谁看过、谁改过、为什么"), Purpose: view.Say("本人知情，发现违规查看"), Basis: basisTrace, Class: classOrdinary, Retention: view.Say("随日志长期保存，不能修改")},
}
