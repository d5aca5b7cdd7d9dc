package population

import "zhibu/internal/civil"

// position gives a post at work that fits the occupation, the unit and the age: lists run from junior to senior.
func position(m *Member, on civil.Date, p profile, draw *random) string {
	list := positions[m.Occupation]
	if own, ok := professions[p]; ok && m.Occupation == Professional {
		list = own
	}
	if m.Occupation == Manager && (p == inVillage || p == inCommunity) {
		list = []string{"物业项目经理", "合作社负责人", "村办企业负责人"}
	}
	if m.Occupation == Official && p != inOffice {
		list = []string{"驻点干部", "挂职干部"}
	}
	const young, junior = 30, 3
	if m.Born.YearsUntil(on) < young {
		list = list[:min(junior, len(list))]
	}
	return list[draw.below(len(list))]
}

var positions = map[Occupation][]string{
	Worker:       {"操作工", "维修工", "驾驶员", "电工", "质检员", "保管员", "焊工", "装卸工"},
	Farmer:       {"种植", "养殖", "种粮大户", "果农", "菜农", "护林员", "水产养殖", "农机手"},
	Professional: {"技术员", "统计员", "会计", "工程师", "农艺师", "经济师"},
	Manager:      {"人事主管", "财务主管", "项目负责人", "部门经理", "车间主任", "办公室主任", "副经理", "经理"},
	Official:     {"科员", "一级科员", "二级科员", "四级主任科员", "股长", "办公室主任", "副科长", "三级主任科员"},
	Student:      {"学生"},
	Other:        {"个体经营", "自由职业", "灵活就业", "快递员", "网约车驾驶员", "家政服务", "待业"},
	Retired:      {"退休"},
}

var professions = map[profile][]string{
	inSchool:      {"语文教师", "数学教师", "英语教师", "实验员", "班主任", "教研组长"},
	inCollege:     {"辅导员", "讲师", "副教授"},
	inHospital:    {"护士", "医师", "检验师", "药师", "主治医师", "护士长"},
	inInstitution: {"技术员", "会计", "助理馆员", "工程师", "农艺师", "高级农艺师"},
	inOffice:      {"工程师", "会计", "信息技术员"},
}
