package register

import (
	"zhibu/internal/party/roster"
	"zhibu/internal/words"
)

// Texts that many entries share.
var (
	keepRecord = words.Mark("在册期间；终止后作为党员档案继续保存，本程序不自动删除")
	keepLog    = words.Mark("只增不删，与数据库同寿")
	fromSheet  = words.Mark("支部书记或党务工作者登记，或从花名册导入")
	fromProof  = words.Mark("支部书记或党务工作者登记，或从花名册导入；凭身份证、户口簿")
	fromParty  = words.Mark("支部书记或党务工作者登记，或从花名册导入；凭《入党志愿书》、党组织的决定")
	fromPerson = words.Mark("支部书记或党务工作者登记，或从花名册导入；凭本人说明")
	fromItself = words.Mark("程序在办事时记下")
)

var groups = []Group{
	{"record", words.Mark("党员信息"), memberItems},
	{"course", words.Mark("随办事产生的"), courseItems},
	{"account", words.Mark("账号和登录"), accountItems},
	{"log", words.Mark("日志"), logItems},
	{"file", words.Mark("导入、导出和接口"), fileItems},
	{"backup", words.Mark("备份"), backupItems},
}

var memberItems = []Item{
	{Key: "name", Column: roster.Name, Label: words.Mark("姓名"), Purpose: words.Mark("识别本人；编名册、发通知；按姓名和拼音查找"),
		Bases: []string{"P-01", "S-06", "M-14"}, Class: Internal, Storage: Plain, Keep: keepRecord, Entered: fromProof, Own: true},
	{Key: "idNumber", Column: roster.IDNumber, Label: words.Mark("公民身份号码"), Purpose: words.Mark("确认是同一个人，防止重复登记；得出性别和出生日期"),
		Bases: []string{"P-01", "P-08", "S-06", "GB-11643"}, Class: Sensitive, Storage: Sealed, Keep: keepRecord, Entered: fromProof, Own: true},
	{Key: "sex", Column: roster.Sex, Label: words.Mark("性别"), Purpose: words.Mark("党内统计"),
		Bases: []string{"S-05", "S-06"}, Class: Internal, Storage: Plain, Keep: keepRecord, Entered: words.Mark("由号码得出"), Own: true},
	{Key: "born", Column: roster.Born, Label: words.Mark("出生日期"), Purpose: words.Mark("核对入党年龄，党内统计，关心老党员；明文只存年月，日在加密的号码里"),
		Bases: []string{"D-01", "S-05", "S-06"}, Class: Internal, Storage: Plain, Keep: keepRecord, Entered: words.Mark("由号码得出"), Own: true},
	{Key: "ethnicity", Column: roster.Ethnicity, Label: words.Mark("民族"), Purpose: words.Mark("党内统计"),
		Bases: []string{"S-05", "S-06"}, Class: Internal, Storage: Plain, Keep: keepRecord, Entered: fromProof, Own: true},
	{Key: "education", Column: roster.Education, Label: words.Mark("学历"), Purpose: words.Mark("党内统计，安排培训"),
		Bases: []string{"S-05", "S-06"}, Class: Internal, Storage: Plain, Keep: keepRecord, Entered: words.Mark("支部书记或党务工作者登记，或从花名册导入；凭学历、学位证书"), Own: true},
	{Key: "category", Column: roster.Category, Label: words.Mark("人员类别"), Purpose: words.Mark("分清正式党员和预备党员，权利和时限不同"),
		Bases: []string{"D-36", "S-06"}, Class: Internal, Storage: Plain, Keep: keepRecord, Entered: fromParty, Own: true},
	{Key: "organisation", Column: roster.Organisation, Label: words.Mark("所在党支部"), Purpose: words.Mark("确定归哪个支部管理、谁看得到"),
		Bases: []string{"M-13", "S-06"}, Class: Internal, Storage: Plain, Keep: keepRecord, Entered: fromParty, Own: true},
	{Key: "joined", Column: roster.Joined, Label: words.Mark("加入党组织日期"), Purpose: words.Mark("预备期从这一天算起；核对入党年龄"),
		Bases: []string{"D-36", "M-09", "S-06"}, Class: Internal, Storage: Plain, Keep: keepRecord, Entered: fromParty, Own: true},
	{Key: "confirmed", Column: roster.Confirmed, Label: words.Mark("转为正式党员日期"), Purpose: words.Mark("党龄从这一天算起"),
		Bases: []string{"D-39", "S-06"}, Class: Internal, Storage: Plain, Keep: keepRecord, Entered: fromParty, Own: true},
	{Key: "occupation", Column: roster.Occupation, Label: words.Mark("工作岗位"), Purpose: words.Mark("党内统计，安排组织生活"),
		Bases: []string{"S-05", "S-06"}, Class: Internal, Storage: Plain, Keep: keepRecord, Entered: fromPerson, Own: true},
	{Key: "mobile", Column: roster.Mobile, Label: words.Mark("手机号码"), Purpose: words.Mark("通知组织生活，与本人保持联系；按后四位查找"),
		Bases: []string{"P-01", "P-08", "S-06", "T-13"}, Class: Sensitive, Storage: Sealed, Keep: keepRecord, Entered: fromPerson, Own: true},
	{Key: "phone", Column: roster.Phone, Label: words.Mark("固定电话"), Purpose: words.Mark("没有手机的同志也联系得到"),
		Bases: []string{"P-01", "P-08", "S-06"}, Class: Sensitive, Storage: Sealed, Keep: keepRecord, Entered: fromPerson, Own: true},
	{Key: "address", Column: roster.Address, Label: words.Mark("家庭住址"), Purpose: words.Mark("走访慰问，送学上门"),
		Bases: []string{"P-01", "P-08", "S-06", "M-08"}, Class: Sensitive, Storage: Sealed, Keep: keepRecord, Entered: fromPerson, Own: true},
	{Key: "registry", Column: roster.Registry, Label: words.Mark("党籍状态"), Purpose: words.Mark("分清正常和停止党籍"),
		Bases: []string{"M-09", "S-06"}, Class: Internal, Storage: Plain, Keep: keepRecord, Entered: fromParty, Own: true},
	{Key: "lost", Column: roster.Lost, Label: words.Mark("是否为失联党员"), Purpose: words.Mark("查找，到期按程序处理"),
		Bases: []string{"M-09", "S-06"}, Class: Guarded, Storage: Plain, Keep: keepRecord, Entered: fromSheet, Own: true},
	{Key: "lostOn", Column: roster.LostOn, Label: words.Mark("失去联系日期"), Purpose: words.Mark("计算停止党籍的时限"),
		Bases: []string{"M-09", "S-06"}, Class: Guarded, Storage: Plain, Keep: keepRecord, Entered: fromSheet, Own: true},
	{Key: "floating", Column: roster.Floating, Label: words.Mark("是否为流动党员"), Purpose: words.Mark("登记流出，保持联系"),
		Bases: []string{"T-10", "S-06"}, Class: Guarded, Storage: Plain, Keep: keepRecord, Entered: fromPerson, Own: true},
	{Key: "floatingTo", Column: roster.FloatingTo, Label: words.Mark("外出流向"), Purpose: words.Mark("与流入地党组织联系；写到市县即可，不写住处"),
		Bases: []string{"T-10", "S-06", "P-03"}, Class: Guarded, Storage: Plain, Keep: keepRecord, Entered: fromPerson, Own: true},
	{Key: "care", Column: roster.Care, Label: words.Mark("是否需要关怀"), Purpose: words.Mark("免去硬性要求，走访慰问；只写是或否，不写病情"),
		Bases: []string{"M-08", "P-03"}, Class: Guarded, Storage: Plain, Keep: keepRecord, Entered: fromPerson, Own: true},
	{Key: "note", Column: roster.Note, Label: words.Mark("花名册里的其他列"), Purpose: words.Mark("导入时不丢原有内容，供人核对；用不着的应当清掉"),
		Bases: []string{"P-03", "P-08"}, Class: Sensitive, Storage: Sealed, Keep: keepRecord, Entered: words.Mark("从花名册导入"), Own: true},
}

var courseItems = []Item{
	{Key: "events", Label: words.Mark("党籍变动：调整支部、转出、离开、恢复"), Purpose: words.Mark("任何一天的党籍情况都说得清；日期、理由、文件照录"),
		Bases: []string{"M-09", "M-13", "M-14"}, Class: Internal, Storage: Plain, Keep: keepRecord, Entered: words.Mark("党务工作者办理时填写；凭党组织的决定"), Rights: []string{"A-22"}, Own: true},
	{Key: "life", Label: words.Mark("经历和以前的情况：表彰、任职、培训、关怀、困难，以前的学历、岗位、电话等"), Purpose: words.Mark("任何一天的情况都说得清；关心帮助党员"),
		Bases: []string{"M-14", "M-08", "P-01"}, Class: Sensitive, Storage: Sealed, Keep: keepRecord, Entered: words.Mark("支部书记或党务工作者登记；凭材料，可以更正和作废，不删除"), Rights: []string{"A-22", "A-25"}, Own: true},
	{Key: "sources", Label: words.Mark("每一项的来源和改动"), Purpose: words.Mark("谁登记、何时、凭什么，改错了能查回"),
		Bases: []string{"L-03", "M-14"}, Class: Internal, Storage: Images, Keep: keepLog, Entered: fromItself, Rights: []string{"A-22", "A-72"}, Own: true},
	{Key: "proposals", Label: words.Mark("等审核的更改和本人的更正申请：改什么、凭什么、谁提出、谁审核"), Purpose: words.Mark("录入和审核是两个人；改错了能查回"),
		Bases: []string{"M-14", "P-09"}, Class: Sensitive, Storage: Sealed, Keep: keepRecord, Entered: words.Mark("本人、支部书记或党务工作者提出，另一个人审核"), Rights: []string{"A-25", "A-29", "A-31"}, Own: true},
	{Key: "org-proposals", Label: words.Mark("等审核的党组织变动：改什么、哪些党员过去、凭什么、谁提出、谁审核"), Purpose: words.Mark("党组织的变动由两个人经手；改错了能查回"),
		Bases: []string{"K-23", "M-14"}, Class: Internal, Storage: Sealed, Keep: keepLog, Entered: words.Mark("党务工作者或者组织部门提出，上级的审核人审核"), Rights: []string{"A-37", "A-38"}},
	{Key: "affirmed", Label: words.Mark("谁在什么时候核实过哪几项"), Purpose: words.Mark("信息放久了会不准；到期再问本人或者支部，一点就行"),
		Bases: []string{"K-11"}, Class: Internal, Storage: Plain, Keep: keepRecord, Entered: fromItself, Rights: []string{"A-22"}, Own: true},
	{Key: "entries", Label: words.Mark("台账：发展党员的步骤、学习学时、党费交到几月、组织关系介绍信、联系情况，登记的人和日期"), Purpose: words.Mark("算出该办什么、什么时候办；一件事只登记一次"),
		Bases: []string{"M-04", "M-09", "P-01"}, Class: Internal, Storage: Plain, Keep: keepRecord, Entered: words.Mark("支部书记、支部委员或党务工作者登记；更正和撤回都留痕"), Rights: []string{"A-49", "A-50"}, Own: true},
	{Key: "waivers", Label: words.Mark("免除或者推迟的待办：哪一件、理由、谁定的"), Purpose: words.Mark("不该办或者暂时办不了的事，说得清为什么"),
		Bases: []string{"M-08", "P-01"}, Class: Internal, Storage: Plain, Keep: keepRecord, Entered: words.Mark("上级党务工作者决定"), Rights: []string{"A-49", "A-70"}, Own: true},
	{Key: "looks", Label: words.Mark("谁看过：打开、查看完整内容、导出"), Purpose: words.Mark("本人知道谁在什么时候为什么看过"),
		Bases: []string{"P-09", "L-03"}, Class: Internal, Storage: Plain, Keep: keepLog, Entered: fromItself, Rights: []string{"A-30"}, Own: true},
	{Key: "posts", Label: words.Mark("任职：姓名、职务、起止日期"), Purpose: words.Mark("知道谁负责；账号的角色由此而来"),
		Bases: []string{"M-14", "L-02"}, Class: Internal, Storage: Plain, Keep: words.Mark("与党组织的记录同寿"), Entered: words.Mark("支部书记或党务工作者登记；凭任职文件"), Rights: []string{"A-01"}, Own: true},
	{Key: "contact", Label: words.Mark("党组织联系人的姓名"), Purpose: words.Mark("上下级之间找得到人"),
		Bases: []string{"P-01"}, Class: Internal, Storage: Plain, Keep: words.Mark("与党组织的记录同寿"), Entered: words.Mark("支部书记或党务工作者登记"), Rights: []string{"A-01"}},
	{Key: "contactPhone", Label: words.Mark("党组织联系人的电话"), Purpose: words.Mark("上下级之间联系得上"),
		Bases: []string{"P-01", "P-08"}, Class: Sensitive, Storage: Sealed, Keep: words.Mark("与党组织的记录同寿"), Entered: words.Mark("支部书记或党务工作者登记"), Rights: []string{"A-07"}},
	{Key: "requests", Label: words.Mark("本人对自己信息的请求和答复"), Purpose: words.Mark("按期答复，说得清同意或者不同意的理由"),
		Bases: []string{"P-09"}, Class: Sensitive, Storage: Sealed, Keep: keepRecord, Entered: words.Mark("本人提出，负责的人答复"), Rights: []string{"A-94", "A-95"}, Own: true},
	{Key: "disputes", Label: words.Mark("异议：哪一项、哪里不对、答复、查明的原因"), Purpose: words.Mark("有疑问的信息有人核对，按期答复；原因按环节计数，不按人"),
		Bases: []string{"P-09", "K-21", "K-22"}, Class: Sensitive, Storage: Sealed, Keep: keepRecord, Entered: words.Mark("本人、支部或上级提出，责任人答复"), Rights: []string{"A-32", "A-34"}, Own: true},
	{Key: "restrictions", Label: words.Mark("限制使用：谁定的，到哪一天"), Purpose: words.Mark("有争议的信息只保存、不使用"),
		Bases: []string{"P-09", "P-10"}, Class: Internal, Storage: Plain, Keep: keepRecord, Entered: words.Mark("答复请求的人"), Rights: []string{"A-22"}, Own: true},
	{Key: "destructions", Label: words.Mark("销毁证书：内部编号、依据、提出和批准的人、日期"), Purpose: words.Mark("证明按程序销毁；每次恢复照名单再办一次；没有姓名"),
		Bases: []string{"P-10", "K-01"}, Class: Internal, Storage: Plain, Keep: words.Mark("与安装同在"), Entered: words.Mark("提出和批准销毁的人"), Rights: []string{"A-91"}},
	{Key: "localRules", Label: words.Mark("比法规更严的本地规定：谁提出、谁确认"), Purpose: words.Mark("查得到每条本地规定是谁提出、谁确认的"),
		Bases: []string{"L-03"}, Class: Internal, Storage: Plain, Keep: words.Mark("与安装同在"), Entered: fromItself, Rights: []string{"A-76", "A-77", "A-78"}},
	{Key: "notices", Label: words.Mark("通知：告诉谁哪类事、什么时候、读了没有"), Purpose: words.Mark("与本人有关的事本人知道；到期的事不误"),
		Bases: []string{"P-01", "P-09"}, Class: Internal, Storage: Plain, Keep: words.Mark("读过的一年，没有读的两年"), Entered: fromItself, Own: true},
	{Key: "reach", Label: words.Mark("通知渠道：停用了哪些、本人填写的地址"), Purpose: words.Mark("按本人的意愿，在系统外告诉有几件事要办；地址只用来通知"),
		Bases: []string{"P-01", "P-02"}, Class: Sensitive, Storage: Sealed, Keep: words.Mark("到本人删除"), Entered: words.Mark("本人填写"), Own: true},
	{Key: "outgoing", Label: words.Mark("发到系统外的通知：哪个渠道、几类几件、送到没有"), Purpose: words.Mark("不重发、不在夜里发；送不到时有人知道"),
		Bases: []string{"P-03"}, Class: Internal, Storage: Plain, Keep: words.Mark("九十天"), Entered: fromItself},
	{Key: "helps", Label: words.Mark("协助补开：谁提出、谁办结"), Purpose: words.Mark("上级主动帮下级把到期的事办好，双方都看得到"),
		Bases: []string{"L-03"}, Class: Internal, Storage: Plain, Keep: words.Mark("与党组织的记录同寿"), Entered: words.Mark("上级党务工作者提出，双方都可以办结"), Rights: []string{"A-49", "A-74"}},
	{Key: "counts", Label: words.Mark("人数统计：按类别、性别、出生月份"), Purpose: words.Mark("页面上的人数不用逐人去数"),
		Bases: []string{"S-05", "M-19"}, Class: Internal, Storage: Computed, Keep: words.Mark("随名册变动"), Entered: fromItself, Rights: []string{"A-21"}},
}

var accountItems = []Item{
	{Key: "account", Label: words.Mark("账号：登录名、姓名、所在组织"), Purpose: words.Mark("知道是谁在办事"),
		Bases: []string{"L-01", "L-02"}, Class: Internal, Storage: Plain, Keep: words.Mark("停用后保留，日志要用"), Entered: words.Mark("党务工作者或系统管理员开设"), Rights: []string{"A-51"}, Own: true},
	{Key: "grants", Label: words.Mark("角色、范围、起止日期、依据"), Purpose: words.Mark("谁能看什么、凭什么"),
		Bases: []string{"L-02"}, Class: Internal, Storage: Plain, Keep: words.Mark("收回后保留，日志要用"), Entered: words.Mark("党务工作者或安全管理员授予；凭任职文件"), Rights: []string{"A-52"}, Own: true},
	{Key: "password", Label: words.Mark("密码"), Purpose: words.Mark("证明是本人"),
		Bases: []string{"L-01"}, Class: Secret, Storage: Digest, Keep: words.Mark("到本人更换"), Entered: words.Mark("本人设置")},
	{Key: "slip", Label: words.Mark("一次性登录条"), Purpose: words.Mark("首次登录，忘了密码"),
		Bases: []string{"L-01"}, Class: Secret, Storage: Digest, Keep: words.Mark("默认 72 小时内有效；摘要保留"), Entered: words.Mark("支部或党委打印，当面交给本人")},
	{Key: "factor", Label: words.Mark("动态验证码"), Purpose: words.Mark("第二种鉴别"),
		Bases: []string{"L-01"}, Class: Secret, Storage: Digest, Keep: words.Mark("到本人停用"), Entered: words.Mark("本人启用；数据库里只有随机数，密钥现算")},
	{Key: "passkey", Label: words.Mark("通行密钥：公开密钥、本人起的名称、最近使用时间"), Purpose: words.Mark("不用密码登录；丢了密码也进不来"),
		Bases: []string{"L-01", "P-03"}, Class: Internal, Storage: Plain, Keep: words.Mark("到本人删除；日志里的记录保留"), Entered: words.Mark("本人登记；指纹、面容和私钥不离开本人的设备，也不问设备的型号"), Own: true},
	{Key: "lending", Label: words.Mark("委托代理：谁委托谁、哪一项职责、起止日期、原因"), Purpose: words.Mark("本人不在时有人办事，事后说得清代谁办的"),
		Bases: []string{"L-02"}, Class: Internal, Storage: Plain, Keep: words.Mark("结束后保留，日志要用"), Entered: words.Mark("本人委托"), Rights: []string{"A-52"}, Own: true},
	{Key: "grant-check", Label: words.Mark("角色复核：哪一项、哪个季度、谁确认"), Purpose: words.Mark("不该有的权限不留着"),
		Bases: []string{"L-02"}, Class: Internal, Storage: Plain, Keep: words.Mark("结束后保留，日志要用"), Entered: words.Mark("能收回这项角色的人每季度确认")},
	{Key: "identity", Label: words.Mark("账号本人的公民身份号码（没有党员档案的人）"), Purpose: words.Mark("分辨两个账号是不是同一个人：三员分设，录入和审核分开"),
		Bases: []string{"L-02"}, Class: Secret, Storage: Sealed, Keep: words.Mark("与账号同在"), Entered: words.Mark("开账号时填写；用账号自己的密钥加密，任何页面都不显示；2026 年 11 月以前填的只有摘要")},
	{Key: "recovery", Label: words.Mark("备用码"), Purpose: words.Mark("手机不在身边时登录"),
		Bases: []string{"L-01"}, Class: Secret, Storage: Digest, Keep: words.Mark("到用过、重新打印或停用动态验证码"), Entered: words.Mark("程序生成，本人打印")},
	{Key: "linked", Label: words.Mark("在其他登录服务里的用户编号"), Purpose: words.Mark("用单位的统一登录、企业微信、钉钉登录"),
		Bases: []string{"L-01", "P-03"}, Class: Internal, Storage: Digest, Keep: words.Mark("到解除关联；日志里的记录保留"), Entered: words.Mark("本人到对方登录后关联，或由印登录条的人填写；只存带密钥的摘要和首尾几个字符，不取姓名、头像、手机号"), Own: true},
	{Key: "token", Label: words.Mark("接口令牌"), Purpose: words.Mark("让本人的程序用接口"),
		Bases: []string{"L-01"}, Class: Secret, Storage: Digest, Keep: words.Mark("到期或收回后不能用；名称和摘要保留"), Entered: words.Mark("本人签发"), Own: true},
	{Key: "session", Label: words.Mark("登录状态：何时登录、浏览器和系统名称"), Purpose: words.Mark("本人看得出是不是自己；不记网络地址"),
		Bases: []string{"L-01"}, Class: Internal, Storage: Plain, Keep: words.Mark("失效一天后删除"), Entered: fromItself, Own: true},
	{Key: "attempt", Label: words.Mark("输错密码的次数"), Purpose: words.Mark("防止猜密码"),
		Bases: []string{"L-01"}, Class: Internal, Storage: Digest, Keep: words.Mark("一天"), Entered: fromItself},
	{Key: "address-of-network", Label: words.Mark("网络地址"), Purpose: words.Mark("挡住从一台机器来的大量尝试"),
		Bases: []string{"L-01"}, Class: Internal, Storage: Memory, Keep: words.Mark("不保存"), Entered: fromItself},
	{Key: "cookies", Label: words.Mark("浏览器里的小文件：登录、显示方式"), Purpose: words.Mark("保持登录，记住字号和语言；没有用于跟踪的"),
		Bases: []string{"P-03"}, Class: Internal, Storage: Browser, Keep: words.Mark("登录的关掉浏览器即失效，其余一年"), Entered: fromItself, Own: true},
}

var logItems = []Item{
	{Key: "acts", Label: words.Mark("办过的事：谁、何时、何事、理由、依据"), Purpose: words.Mark("事后说得清，改动查得出；理由和依据里不要写号码"),
		Bases: []string{"L-03", "P-15"}, Class: Internal, Storage: Plain, Keep: keepLog, Entered: fromItself, Rights: []string{"A-71", "A-72"}},
	{Key: "images", Label: words.Mark("每次改动的前后对照"), Purpose: words.Mark("发现绕过程序的改动；恢复改错的内容"),
		Bases: []string{"L-03"}, Class: Internal, Storage: Images, Keep: keepLog, Entered: fromItself, Rights: []string{"A-72"}},
	{Key: "running", Label: words.Mark("运行日志：请求编号、页面种类、结果、用时"), Purpose: words.Mark("查故障；没有姓名、号码、网址参数、网络地址"),
		Bases: []string{"P-15"}, Class: Internal, Storage: Outside, Keep: words.Mark("由操作系统的日志服务决定，不少于六个月"), Entered: fromItself},
}

var fileItems = []Item{
	{Key: "upload", Label: words.Mark("上传的花名册"), Purpose: words.Mark("检查、导入、给出退回的行"),
		Bases: []string{"P-03", "P-08"}, Class: Sensitive, Storage: SealedFile, Keep: words.Mark("默认 7 天，到期销毁"), Entered: words.Mark("导入的人上传"), Rights: []string{"A-42"}},
	{Key: "documents", Label: words.Mark("档案材料：照片和扫描件"), Purpose: words.Mark("证明信息属实；没有人事档案的，作为党员电子档案。照片去掉拍摄地点，PDF 只留每页的样子"),
		Bases: []string{"D-43", "P-08", "S-06"}, Class: Sensitive, Storage: Sealed, Keep: words.Mark("在册期间；终止后作为党员档案继续保存。移除的 30 天后销毁"), Entered: words.Mark("本人、支部书记或党务工作者上传；凭原件"), Rights: []string{"A-61", "A-62", "A-63"}, Own: true},
	{Key: "handover", Label: words.Mark("档案副本（PDF）"), Purpose: words.Mark("写明用途和接收单位后带走；本人看得到谁、何时、为什么、交给谁"),
		Bases: []string{"P-01", "P-08", "P-09"}, Class: Sensitive, Storage: Outside, Keep: words.Mark("由带走的人负责"), Entered: words.Mark("制作的人"), Rights: []string{"A-64"}, Own: true},
	{Key: "batch", Label: words.Mark("导入记录：文件名、列的对应、各种行数"), Purpose: words.Mark("知道数据从哪次导入来，整批撤销"),
		Bases: []string{"L-03"}, Class: Internal, Storage: Plain, Keep: words.Mark("一直保留"), Entered: fromItself, Rights: []string{"A-41"}},
	{Key: "problems", Label: words.Mark("逐行的问题"), Purpose: words.Mark("告诉导入的人怎么改；不含完整的号码"),
		Bases: []string{"P-03"}, Class: Internal, Storage: Plain, Keep: words.Mark("随导入记录，再次检查时更新"), Entered: fromItself, Rights: []string{"A-41"}},
	{Key: "export", Label: words.Mark("导出的名册，退回行的工作簿"), Purpose: words.Mark("写明用途后带走；含号码或住址的，本人看得到谁、何时、为什么"),
		Bases: []string{"P-01", "P-08", "P-09"}, Class: Sensitive, Storage: Outside, Keep: words.Mark("由带走的人负责"), Entered: words.Mark("导出的人"), Rights: []string{"A-44"}},
	{Key: "printed", Label: words.Mark("打印的花名册"), Purpose: words.Mark("开会签到、核对名册；没有号码、电话、住址，不另外留痕"),
		Bases: []string{"P-01", "P-03"}, Class: Internal, Storage: Outside, Keep: words.Mark("由带走的人负责"), Entered: words.Mark("打印的人"), Rights: []string{"A-21"}},
	{Key: "idempotency", Label: words.Mark("接口的重复请求"), Purpose: words.Mark("网络中断重发时不办两遍"),
		Bases: []string{"P-03"}, Class: Sensitive, Storage: SealedFile, Keep: words.Mark("一天"), Entered: fromItself},
	{Key: "carry", Label: words.Mark("登录过期时没交上的表单"), Purpose: words.Mark("重新登录后还给本人，不丢填过的字"),
		Bases: []string{"P-03"}, Class: Sensitive, Storage: Browser, Keep: words.Mark("一天；加密，只有本账号打得开"), Entered: fromItself, Own: true},
}

var backupItems = []Item{
	{Key: "data", Label: words.Mark("数据库的备份"), Purpose: words.Mark("机器坏了能恢复"),
		Bases: []string{"L-05"}, Class: Sensitive, Storage: Backup, Keep: words.Mark("默认 14 天、8 周、12 个月"), Entered: fromItself},
	{Key: "keys", Label: words.Mark("个人密钥的备份"), Purpose: words.Mark("恢复后加密的内容读得出；到期后已销毁的不可恢复"),
		Bases: []string{"L-05", "P-10"}, Class: Secret, Storage: Backup, Keep: words.Mark("默认 35 天"), Entered: fromItself},
	{Key: "migration", Label: words.Mark("升级前的副本"), Purpose: words.Mark("升级失败时退回"),
		Bases: []string{"L-05"}, Class: Sensitive, Storage: Images, Keep: words.Mark("由系统管理员手工删除"), Entered: fromItself},
}
