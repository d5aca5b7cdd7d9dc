package population

import (
	"strings"
	"unicode/utf8"
)

// han is the code of the Han in GB/T 3304; minorities are the others by their number in the census of 2020, in ten
// thousand (中国人口普查年鉴 2020, rounded).
const han = "01"

var minorities = []struct {
	code, name string
	people     float64
}{
	{"08", "壮", 1957}, {"05", "维吾尔", 1177}, {"03", "回", 1138}, {"06", "苗", 1107}, {"11", "满", 1042},
	{"07", "彝", 983}, {"15", "土家", 959}, {"04", "藏", 706}, {"02", "蒙古", 629}, {"09", "布依", 358},
	{"12", "侗", 350}, {"13", "瑶", 331}, {"14", "白", 209}, {"16", "哈尼", 173}, {"10", "朝鲜", 170},
	{"19", "黎", 160}, {"17", "哈萨克", 156}, {"18", "傣", 133}, {"26", "东乡", 77}, {"20", "傈僳", 76}, {"22", "畲", 75},
	{"37", "仡佬", 68}, {"24", "拉祜", 50}, {"25", "水", 50}, {"21", "佤", 43}, {"27", "纳西", 32}, {"33", "羌", 31},
	{"30", "土", 28}, {"32", "仫佬", 28}, {"29", "柯尔克孜", 20}, {"38", "锡伯", 19}, {"35", "撒拉", 17}, {"28", "景颇", 16},
	{"31", "达斡尔", 13}, {"34", "布朗", 13}, {"36", "毛南", 12}, {"41", "塔吉克", 5}, {"40", "普米", 4.5},
	{"39", "阿昌", 4.4}, {"42", "怒", 3.7}, {"45", "鄂温克", 3.5}, {"49", "京", 3.3}, {"56", "基诺", 2.6},
	{"47", "保安", 2.4}, {"46", "德昂", 2.2}, {"44", "俄罗斯", 1.6}, {"48", "裕固", 1.5}, {"43", "乌孜别克", 1.3},
	{"54", "门巴", 1.1}, {"52", "鄂伦春", .9}, {"51", "独龙", .7}, {"53", "赫哲", .5}, {"55", "珞巴", .4},
	{"23", "高山", .35}, {"50", "塔塔尔", .35},
}

var minorityShares = func() shares {
	weights := make([]float64, len(minorities))
	for i, m := range minorities {
		weights[i] = m.people
	}
	return newShares(weights)
}()

// surnames by share of the population in per cent, each of a row (after the household register's list of 2020); the
// last row is rare and is read differently as a surname.
var surnames = newWords([]row{
	{7.1, "王李"}, {6.7, "张"}, {5.3, "刘"}, {4.5, "陈"}, {3.1, "杨"}, {2.2, "黄赵"}, {2, "吴周"}, {1.5, "徐孙"},
	{1.3, "马朱胡"}, {1.1, "郭何林高罗"}, {.85, "郑梁谢宋唐许"}, {.65, "韩冯邓曹彭曾肖田董袁"},
	{.5, "潘于蒋蔡余杜叶程苏魏吕丁任沈"}, {.38, "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严"},
	{.2, "武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申耿关兰焦俞左柳甘祝包宁尚"},
	{.1, "符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官"},
	{.02, "区朴盖冼覃逄种繁黑祭隗那佴召晁员洗秘折乐|欧阳|上官|司马|诸葛|令狐|皇甫|尉迟|万俟|长孙|夏侯|澹台|宇文|鲜于|独孤|慕容|司徒|东方"},
})

// givens are the characters of given names by sex and decade of birth: first characters, second characters, and those
// that make a name alone, with the share of names of one character.
type givens struct {
	first, second, alone []string
	single               float64
}

var men = [...]givens{
	{chars("国德文玉明永长福金树广世志荣兴学绍庆成有"), chars("山林海生祥贵财福堂才荣清和义田喜发顺成龙"), chars("贵祥福义成"), .12},       // to 1949
	{chars("建国志文振永玉明德卫长家光新兴学福天宝正"), chars("军国华民平生林明强义祥荣成海才清发忠良贵"), chars("平军明强忠"), .12},       // 1950s
	{chars("建国志卫永红文晓海立新学光玉德宏长家春正"), chars("军平民华明强东国生伟林斌忠良清平荣利峰辉"), chars("军平勇强斌辉"), .2},       // 1960s
	{chars("建志海永国文晓春立俊学宏卫光新玉少向明长"), chars("伟军勇强辉斌峰林涛波东华平明海龙兵刚清荣"), chars("伟勇军强辉斌峰涛波刚"), .3},   // 1970s
	{chars("志海建文晓俊永国宏少小明振学云兴世家成江"), chars("鹏飞伟超磊涛杰龙辉亮峰斌波强军华东平阳旭"), chars("伟磊鹏超涛杰勇亮龙飞强"), .38}, // 1980s
	{chars("志浩俊文嘉子宇明天海家晓世泽振鸿鹏凯锦立"), chars("杰豪鹏宇轩航博伟凯然龙辉阳飞超峰林涛瑞霖"), chars("浩鹏杰超宇帅凯鑫磊旭翔"), .32}, // 1990s
	{chars("子浩宇俊嘉梓泽天一博奕皓铭思明家景承煜瑞"), chars("轩豪宇涵然杰航睿辰阳霖毅晨恒远哲熙晟琦帆"), chars("浩宇杰轩睿晨"), .12},      // 2000s
}

var women = [...]givens{
	{chars("秀玉桂淑凤素兰月金翠春惠美菊银腊冬水香莲"), chars("英兰珍芳莲花梅香琴云凤珠娥霞芝清荣华秀美"), chars("英兰珍芳"), .08},
	{chars("秀玉桂淑凤素建春丽惠美月爱金亚菊红国雪文"), chars("英兰珍芳华琴云霞萍荣梅香莲凤玲娥清敏珠平"), chars("英芳萍敏"), .1},
	{chars("秀丽淑玉建晓红海春惠美爱亚小金雪桂凤月文"), chars("英芳华琴霞萍梅红玲敏兰珍燕丽云荣娟娥香莉"), chars("芳敏萍丽红霞"), .18},
	{chars("丽晓海红春艳秀玉雪小亚淑惠文美冬爱翠云燕"), chars("娟霞红梅玲燕芳敏华英丽萍琴艳娜平莉静萍蓉"), chars("丽艳敏静霞娟红梅芳燕"), .32},
	{chars("丽晓雪海婷小文亚佳春艳玉莉美秋慧燕红明冰"), chars("娟娜婷静燕丹洁莉倩颖玲芳敏霞萍梅丽琴华蓉"), chars("静婷丽娜敏丹倩洁艳莉"), .36},
	{chars("雅梦思佳雨晓诗欣雪文嘉慧玉婉子丽明怡静云"), chars("婷琪怡洁雯慧颖琳萱瑶玲娜娟静敏蓉倩莹妮茹"), chars("婷静雪悦颖倩蕾瑶"), .26},
	{chars("梓雨欣诗思佳子一可语若雅心依书嘉梦静芷语"), chars("涵萱怡琪彤悦妍瑶桐晴欣宁雯萌菲琳茜玥妤妍"), chars("悦琪瑶妍彤"), .1},
}

// rare are the characters that machines stumble over.
var rare = chars("㛃䶮骉垚喆堃犇淼翀赟昇珺玥彧旻晟烨祎䜣𬱖𬀩")

// Minority names that are not of Han form. Names with a dot are the given name and the father's.
var (
	turkicMen    = []string{"买买提", "艾力", "阿力木", "吐尔逊", "库尔班", "阿不都拉", "玉素甫", "伊力亚斯", "木拉提", "热合曼", "艾尼瓦尔", "依明"}
	turkicWomen  = []string{"阿依古丽", "古丽娜尔", "热依汗", "帕提古丽", "阿依夏木", "迪丽努尔", "再努尔", "米娜瓦尔", "阿孜古丽", "热孜万"}
	kazakhMen    = []string{"叶尔兰", "巴合提", "努尔兰", "赛力克", "别尔克", "木合塔尔", "哈那提", "加那尔"}
	kazakhWomen  = []string{"阿依努尔", "古丽江", "阿依登", "沙吾列", "加依娜", "玛依拉"}
	tibetanFirst = []string{"扎西", "次仁", "旦增", "洛桑", "尼玛", "达娃", "格桑", "白玛", "德吉", "贡布", "索朗", "益西"}
	tibetanMen   = []string{"多吉", "平措", "顿珠", "次旦", "旺堆", "罗布", "晋美"}
	tibetanWomen = []string{"卓玛", "央金", "拉姆", "曲珍", "卓嘎", "措姆", "旺姆"}
	mongolMen    = []string{"巴特尔", "额尔敦", "布和", "那顺", "朝鲁", "苏和", "哈斯", "孟和", "阿古拉", "巴图"}
	mongolWomen  = []string{"乌云其木格", "其其格", "萨仁", "娜仁", "苏日娜", "斯琴", "高娃", "托娅", "琪琪格", "塔娜"}
)

// local are surnames that many of a minority bear.
var local = map[string][]string{
	"03": chars("马马马丁沙白哈米金杨"), "06": chars("龙吴石杨麻田"), "07": chars("沙吉罗李普阿"), "08": chars("韦覃黄莫蓝陆农梁"),
	"09": chars("韦罗陆王岑"), "10": chars("金朴李崔郑姜"), "11": chars("关佟那赵富金"), "12": chars("杨吴石陆龙"), "13": chars("盘赵李邓黄"),
	"14": chars("杨李赵段尹"), "15": chars("田向彭覃冉"), "18": chars("刀召岩"), "19": chars("符王黎韦"), "22": chars("蓝雷钟盘"),
}

// name draws a name that fits sex, year of birth and people, from a stream of its own.
func (c *City) name(m *Member) {
	draw := c.random(streamNames, m.Number)
	m.Name = nameFor(m.Sex, m.Born.Year, m.Ethnicity, draw)
}

func nameFor(sex Sex, year int, ethnicity string, draw *random) string {
	if name := ownForm(sex, ethnicity, draw); name != "" {
		return name
	}
	surname := surnames.pick(draw)
	if list := local[ethnicity]; list != nil && draw.chance(.6) {
		surname = list[draw.below(len(list))]
	}
	table := &men
	if sex == Female {
		table = &women
	}
	g := &table[min(max((year-1940)/10, 0), len(table)-1)]
	if draw.chance(.003) && year >= 1960 {
		return surname + rare[draw.below(len(rare))]
	}
	if draw.chance(g.single) && utf8.RuneCountInString(surname) == 1 {
		return surname + g.alone[draw.below(len(g.alone))]
	}
	one, two := draw.below(len(g.first)), draw.below(len(g.second))
	if g.first[one] == g.second[two] {
		two = (two + 1) % len(g.second)
	}
	return surname + g.first[one] + g.second[two]
}

// ownForm gives a name in the form of a people that does not use Han names, or uses both; "" for a Han name.
func ownForm(sex Sex, ethnicity string, draw *random) string {
	one := func(men, women []string) string {
		if sex == Female {
			men = women
		}
		return men[draw.below(len(men))]
	}
	switch ethnicity {
	case "05", "43", "50":
		return one(turkicMen, turkicWomen) + "·" + turkicMen[draw.below(len(turkicMen))]
	case "17", "29", "41":
		return one(kazakhMen, kazakhWomen) + "·" + kazakhMen[draw.below(len(kazakhMen))]
	case "04", "54", "55":
		return tibetanFirst[draw.below(len(tibetanFirst))] + one(tibetanMen, tibetanWomen)
	case "02":
		if draw.chance(.5) {
			return one(mongolMen, mongolWomen)
		}
	}
	return ""
}

// row is a weight and the words that have it each: characters, or whole words between bars.
type row struct {
	weight float64
	words  string
}

type words struct {
	list   []string
	shares shares
}

func newWords(rows []row) words {
	var w words
	var weights []float64
	for _, r := range rows {
		for _, one := range split(r.words) {
			w.list = append(w.list, one)
			weights = append(weights, r.weight)
		}
	}
	w.shares = newShares(weights)
	return w
}

func (w *words) pick(draw *random) string { return w.list[w.shares.at(draw.float())] }

// split parts the characters before the first bar, and the words between bars after it.
func split(s string) []string {
	single, rest, _ := strings.Cut(s, "|")
	list := strings.Split(single, "")
	if rest != "" {
		list = append(list, strings.Split(rest, "|")...)
	}
	return list
}

func chars(s string) []string { return strings.Split(s, "") }
