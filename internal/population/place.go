package population

import "strconv"

// The names of the city. Districts are those of the reference screens; towns, villages and units are put together from
// common characters. A name may well exist somewhere: the district, the town and the numbers around it do not.
const cityName = "清泽市"

// districts begins with the one that has the first town. The bool says: urban, mostly streets.
var districts = []struct {
	name  string
	urban bool
}{
	{"大河县", false}, {"临河区", true}, {"南屏区", true}, {"高新区", true}, {"北岭区", true},
	{"望川区", true}, {"青溪县", false}, {"白石县", false}, {"云岭县", false},
}

const firstTown = "石桥"

var (
	placeHeads = []rune("柳河青白松竹梅桃杏枫槐杨桂兰莲沙溪泉潭龙凤鹤雁金银玉南北东西上下石云清长双三")
	placeTails = []rune("湾桥岭坪塘沟坝滩坡冲洲岗峪渡集庄店铺屯垭台湖林泉")
	villages   = []rune("张李王刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈")
	firmHeads  = []rune("禾丰瑞恒泰宏盛鑫嘉永安润达华康源祥和顺")
)

var (
	firmTails   = []string{"食品", "建材", "物流", "纺织", "农机", "电子", "包装", "机械", "家具", "商贸", "环保", "制衣"}
	cityOffices = []string{"市委组织部", "市委办公室", "市政府办公室", "市教育局", "市财政局", "市民政局", "市农业农村局", "市水利局",
		"市交通运输局", "市卫生健康委员会", "市应急管理局", "市审计局", "市统计局", "市司法局", "市档案馆", "市信访局"}
	cityColleges     = []string{"清泽学院文学院", "清泽学院数学学院", "清泽学院农学院", "清泽学院工学院", "清泽职业技术学院", "清泽卫生学校", "清泽学院经济学院", "清泽学院外国语学院"}
	citySchools      = []string{"市第一中学", "市第二中学", "市实验小学", "市第三中学", "市特殊教育学校"}
	cityHospitals    = []string{"市第一人民医院", "市中医医院", "市妇幼保健院", "市第二人民医院"}
	cityInstitutions = []string{"市图书馆", "市博物馆", "市疾病预防控制中心", "市农业科学研究所", "市融媒体中心", "市公路事业发展中心"}
	cityEnterprises  = []string{"清泽水务集团", "清泽公共交通集团", "清泽城市建设集团", "清泽粮食储备公司", "清泽机械厂", "清泽热力公司", "清泽矿业公司"}
	countyOffices    = []string{"委组织部", "委办公室", "政府办公室", "教育局", "农业农村局", "财政局", "民政局", "人力资源和社会保障局", "自然资源局",
		"交通运输局", "水务局", "文化和旅游局", "卫生健康局", "应急管理局", "审计局", "市场监督管理局", "统计局", "医疗保障局", "司法局", "信访局", "档案馆"}
	countySchools      = []string{"第一中学", "实验小学", "第二中学", "职业教育中心", "第一幼儿园", "第三中学"}
	countyHospitals    = []string{"人民医院", "中医医院", "妇幼保健院", "疾病预防控制中心"}
	countyInstitutions = []string{"农业技术推广站", "图书馆", "文化馆", "公路养护中心", "国有林场", "水库管理处", "就业服务中心", "融媒体中心", "不动产登记中心"}
	countyEnterprises  = []string{"城市建设投资公司", "供水公司", "公共交通公司", "粮食收储公司", "供热公司", "文化旅游公司"}
	townSchools        = []string{"中学", "中心小学", "中心幼儿园", "第二小学"}
	socials            = []string{"养老服务中心", "商会", "社会工作服务中心", "志愿服务协会", "老年学校"}
	projects           = []string{"防汛抗旱工作队", "乡村道路改造项目", "重点水利工程", "抢险救灾突击队", "引水工程项目", "人口普查工作队"}
	streetNames        = []string{"望江路", "文昌街", "学府路", "解放街", "和平路", "滨河路", "建设街", "新华巷", "银杏路", "育才路"}
	destinations       = []string{"省外，东江市", "省外，南浦工业园", "省内，云州市", "省外，北原市", "省内，临泽市", "省外，海湾新区", "省外，西山市"}
)

// numeral writes 1 to 99 in Chinese.
func numeral(n int) string {
	const ones = "〇一二三四五六七八九"
	one := func(d int) string { return string([]rune(ones)[d]) }
	switch {
	case n < 10:
		return one(n)
	case n < 20:
		return "十" + trimZero(one(n%10))
	case n < 100:
		return one(n/10) + "十" + trimZero(one(n%10))
	}
	return strconv.Itoa(n)
}

func trimZero(s string) string {
	if s == "〇" {
		return ""
	}
	return s
}
