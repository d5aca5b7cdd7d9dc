package register

import (
	"zhibu/internal/party/rulebook"
	"zhibu/internal/words"
)

// bases are the rules that stand in no shelf of the rulebook yet.
var bases = []Basis{
	{"P-01", words.Mark("《个人信息保护法》第十三、三十三至三十七条"), words.Mark("处理个人信息要有依据：本人同意，或者履行法定职责等所必需。党组织依党内法规管理党员属于哪一种，法律没有写明，所以逐项写明用途。"), rulebook.Verified},
	{"P-02", words.Mark("《个人信息保护法》第十七条"), words.Mark("处理以前用清楚易懂的话告知：谁处理，为什么，怎样处理，哪些信息，保存多久，怎样行使权利。"), rulebook.Verified},
	{"P-03", words.Mark("《个人信息保护法》第十九条"), words.Mark("保存期限为实现目的所必要的最短时间。"), rulebook.Verified},
	{"P-08", words.Mark("《个人信息保护法》第二十八至三十条"), words.Mark("敏感个人信息要有特定目的和充分必要性，并采取严格保护措施。"), rulebook.Verified},
	{"P-09", words.Mark("《个人信息保护法》第四十四至五十条"), words.Mark("本人有权知情、查阅、复制、更正、要求说明。"), rulebook.Verified},
	{"P-10", words.Mark("《个人信息保护法》第四十七条"), words.Mark("目的已实现的应当删除；法律、法规要求保存的，停止除存储和保护之外的处理。"), rulebook.Verified},
	{"P-12", words.Mark("《个人信息保护法》第五十七条"), words.Mark("发生泄露时立即补救，通知主管部门和本人。"), rulebook.Verified},
	{"P-15", words.Mark("《网络安全法》第二十三条"), words.Mark("网络日志留存不少于六个月。"), rulebook.Verified},
	{"S-05", words.Mark("党内统计年报"), words.Mark("按学历、民族、年龄、性别、职业等统计党员。"), rulebook.Paraphrase},
	{"S-06", words.Mark("全国党员信息采集的项目"), words.Mark("姓名、号码、性别、民族、出生、学历、人员类别、入党和转正日期、支部、岗位、电话、住址、党籍、失联、流动。"), rulebook.Paraphrase},
	{"D-39", words.Mark("《中国共产党发展党员工作细则》第三十二、三十三条"), words.Mark("预备党员按期转正，党龄从转正之日算起。"), rulebook.Verified},
	{"M-08", words.Mark("《中国共产党党员教育管理工作条例》第二十三条"), words.Mark("年老体弱、重病、残疾的党员不强制参加活动，走访慰问，送学上门。"), rulebook.Verified},
	{"M-09", words.Mark("《中国共产党党员教育管理工作条例》第二十四条"), words.Mark("党籍从支部大会通过接收之日起；失联、停止党籍、恢复按程序办。"), rulebook.Verified},
	{"M-13", words.Mark("《中国共产党党员教育管理工作条例》第二十五条"), words.Mark("每个党员编入一个支部；组织关系随工作、居住变动转接。"), rulebook.Verified},
	{"M-14", words.Mark("《中国共产党党员教育管理工作条例》第二十六条"), words.Mark("建立和保管党员档案，有条件的用电子档案。"), rulebook.Verified},
	{"M-19", words.Mark("《中国共产党党员教育管理工作条例》第三十六、三十七条"), words.Mark("用信息化手段管理党员信息，做好党员队伍情况分析。"), rulebook.Verified},
	{"T-10", words.Mark("《关于进一步加强和改进流动党员管理工作的意见》"), words.Mark("外出六个月以上、没有转组织关系的，登记为流动党员。"), rulebook.Paraphrase},
	{"T-13", words.Mark("《中国共产党党员教育管理工作条例》第三十二、三十三条"), words.Mark("党组织与流动党员保持经常联系。"), rulebook.Verified},
	{"F-01", words.Mark("《关于中国共产党党费收缴、使用和管理的规定》第一条"), words.Mark("按相对固定的经常性税后收入核定基数，按比例交纳。"), rulebook.Verified},
	{"F-06", words.Mark("《关于中国共产党党费收缴、使用和管理的规定》第七条"), words.Mark("确有困难的，本人申请、支部研究、上级批准，可以少交或者免交。"), rulebook.Verified},
	{"F-09", words.Mark("《关于进一步规范党费工作的通知》一（一）"), words.Mark("年初核定基数，年内一般不变动。"), rulebook.Verified},
	{"F-12", words.Mark("《关于中国共产党党费收缴、使用和管理的规定》第十二条"), words.Mark("按月主动交纳；经同意可以按季交或者委托他人代交。"), rulebook.Verified},
	{"F-16", words.Mark("党费收缴、使用情况每年公布"), words.Mark("支部每年公布一次党费收缴和使用情况。"), rulebook.Paraphrase},
	{"L-01", words.Mark("GB/T 22239—2019 8.1.4.1"), words.Mark("身份唯一，密码复杂，失败处理，超时退出，两种鉴别。"), rulebook.Verified},
	{"L-02", words.Mark("GB/T 22239—2019 8.1.4.2"), words.Mark("最小权限，管理员三者分设。"), rulebook.Verified},
	{"L-03", words.Mark("GB/T 22239—2019 8.1.4.3"), words.Mark("审计到每个用户，审计记录受保护。"), rulebook.Verified},
	{"L-05", words.Mark("GB/T 22239—2019 8.1.4.9"), words.Mark("重要数据有备份，能恢复。"), rulebook.Verified},
}
