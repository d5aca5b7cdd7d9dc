package reading

import (
	"strings"
	"testing"
)

func TestNamesAreReadAsTheirBearersReadThem(t *testing.T) {
	for _, c := range []struct{ name, full, initials string }{
		{"张三", "zhangsan", "zs"},
		{"单国强", "shanguoqiang", "sgq"},
		{"曾丽", "zengli", "zl"},
		{"解海龙", "xiehailong", "xhl"},
		{"仇和", "qiuhe", "qh"},
		{"区家麟", "oujialin", "ojl"},
		{"查良", "zhaliang", "zl"},
		{"朴正", "piaozheng", "pz"},
		{"盖文", "gewen", "gw"},
		{"任华", "renhua", "rh"},
		{"华罗", "hualuo", "hl"},
		{"乐嘉", "yuejia", "yj"},
		{"缪昌文", "miaochangwen", "mcw"},
		{"冼星", "xianxing", "xx"},
		{"洗明", "xianming", "xm"},
		{"翟秀兰", "zhaixiulan", "zxl"},
		{"覃勇", "qinyong", "qy"},
		{"逄锦", "pangjin", "pj"},
		{"种师道", "chongshidao", "csd"},
		{"繁星", "poxing", "px"},
		{"黑建国", "hejianguo", "hjg"},
		{"祭彤", "zhaitong", "zt"},
		{"隗成", "weicheng", "wc"},
		{"牟平", "muping", "mp"},
		{"那英", "naying", "ny"},
		{"佴梅", "naimei", "nm"},
		{"召强", "shaoqiang", "sq"},
		{"晁补", "chaobu", "cb"},
		{"员晓", "yunxiao", "yx"},
		{"秘丽", "bili", "bl"},
		{"折英", "sheying", "sy"},
		{"薄云", "boyun", "by"},
		{"阚立", "kanli", "kl"},
		{"卜凡", "bufan", "bf"},
		{"吕绿", "lvlv", "ll"},
		{"聂女", "nienv", "nn"},
		{"尉迟敬", "yuchijing", "ycj"},
		{"万俟雪", "moqixue", "mqx"},
		{"万俊", "wanjun", "wj"},
		{"尉健", "weijian", "wj"},
		{"长孙明", "zhangsunming", "zsm"},
		{"澹台月", "tantaiyue", "tty"},
		{"令狐冲", "linghuchong", "lhc"},
		{"欧阳小明", "ouyangxiaoming", "oyxm"},
		{"欧阳", "ouyang", "oy"},
		{"爱新觉罗文", "aixinjueluowen", "axjlw"},
		{"单于明", "shanyuming", "sym"}, // 单 + 于明, see the table
		// given names
		{"刘长河", "liuchanghe", "lch"},
		{"陈晟", "chensheng", "cs"},
		{"徐珩", "xuheng", "xh"},
		{"王乐", "wangle", "wl"},
		{"李单", "lidan", "ld"},
		{"郑劲松", "zhengjingsong", "zjs"},
		// rare characters, on and off the main block
		{"王㛃", "wangjie", "wj"},
		{"李䶮", "liyan", "ly"},
		{"李\uE863", "liyan", "ly"},
		{"马骉", "mabiao", "mb"},
		{"刘𬱖", "liudi", "ld"},
		{"赵䜣", "zhaoxin", "zx"},
		{"孙喆", "sunzhe", "sz"},
		{"张垚", "zhangyao", "zy"},
		{"王\uF929", "wanglang", "wl"}, // compatibility copy of 朗
		// minority names: the given name stands first, its first character is no surname
		{"阿依古丽·买买提", "ayigulimaimaiti", "ayglmmt"},
		{"解放·艾力", "jiefangaili", "jfal"},
		{"扎西卓玛", "zhaxizhuoma", "zxzm"},
		// Latin letters
		{"阿Q", "aq", "aq"},
		{"张Lily", "zhanglily", "zl"},
		{"John Smith", "johnsmith", "js"},
		{"Ａｎｎａ", "anna", "a"},
		{"José", "jose", "j"},
		{"", "", ""},
		{"123", "", ""},
		{"<b>王</b>", "bwangb", "bwb"},
	} {
		if got := Of(c.name); got.Full != c.full || got.Initials != c.initials {
			t.Errorf("%s: %s, %s; want %s, %s", c.name, got.Full, got.Initials, c.full, c.initials)
		}
	}
}

func TestEverySurnameHasItsReading(t *testing.T) {
	for r, syllable := range surnames {
		if got := Of(string(r) + "一").Full; got != syllable+"yi" {
			t.Errorf("%c is read %s, want %syi", r, got, syllable)
		}
	}
	for name, syllables := range compound {
		if n := len([]rune(name)); n != len(syllables) {
			t.Errorf("%s has %d characters and %d syllables", name, n, len(syllables))
		}
		if got, want := Of(name+"一").Full, strings.Join(syllables, "")+"yi"; got != want {
			t.Errorf("%s is read %s, want %s", name, got, want)
		}
		for _, syllable := range syllables {
			if !readings().whole[syllable] {
				t.Errorf("%s: %s is no syllable", name, syllable)
			}
		}
	}
}

// Whoever has a character without a reading in the name cannot be found by typing.
func TestEveryCharacterOfTheMainBlockHasAReading(t *testing.T) {
	const madeInJapan = "兙兡嗧桛烪瓧瓰瓱瓼甅" // units of weight and the like, never read in Chinese
	for r := rune(0x4E00); r <= 0x9FA5; r++ {
		s := readings().of(r)
		if strings.ContainsRune(madeInJapan, r) {
			continue
		}
		if s == "" || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") != "" {
			t.Errorf("%c has the reading %q", r, s)
		}
	}
}

func TestQueryKnowsWhatWasTyped(t *testing.T) {
	for _, c := range []struct {
		typed string
		kind  Kind
		text  string
	}{
		{"", Nothing, ""},
		{"  ", Nothing, ""},
		{"张三", Name, "张三"},
		{"张 三", Name, "张三"},
		{"张", Name, "张"},
		{"买买提", Name, "买买提"},
		{"阿依古丽•买买提", Name, "阿依古丽·买买提"},
		{"张s", Name, "张s"},
		{"zhangsan", Pinyin, "zhangsan"},
		{"ZhangSan", Pinyin, "zhangsan"},
		{"zhang san", Pinyin, "zhangsan"},
		{"zhāng sān", Pinyin, "zhangsan"},
		{"zhangs", Pinyin, "zhangs"},
		{"xi'an", Pinyin, "xian"},
		{"lǚ bu", Pinyin, "lvbu"},
		{"lü", Pinyin, "lv"},
		{"lv", Pinyin, "lv"},
		{"li", Pinyin, "li"},
		{"zs", Initials, "zs"},
		{"ZS", Initials, "zs"},
		{"ｚｓ", Initials, "zs"},
		{"z", Initials, "z"},
		{"zh", PinyinOrInitials, "zh"},
		{"he", PinyinOrInitials, "he"},
		{"ayglmmt", Initials, "ayglmmt"},
		{"zxzm", Initials, "zxzm"},
		{"vi", Name, "vi"},
		{"1234", Tail, "1234"},
		{"１２３４", Tail, "1234"},
		{"123x", Tail, "123X"},
		{"123Ｘ", Tail, "123X"},
		{"12x4", Nothing, ""},
		{"123", Nothing, ""},
		{"12345", Nothing, ""},
		{"15400000000", Phone, "15400000000"},
		{"154 0000 0000", Phone, "15400000000"},
		{"66010119900101123x", Identity, "66010119900101123X"},
		{"<script>", Name, "<script>"},
		{strings.Repeat("张", 300), Nothing, ""},
	} {
		kind, text := Query(c.typed)
		if kind != c.kind || text != c.text {
			t.Errorf("%q: kind %d %q, want %d %q", c.typed, kind, text, c.kind, c.text)
		}
	}
}

// What a person types letter by letter must find the name at every letter, in full and by initials.
func TestEveryBeginningOfAReadingIsAQuery(t *testing.T) {
	for _, name := range []string{"张三", "单国强", "欧阳小明", "吕绿", "阿依古丽·买买提", "万俟雪", "李䶮", "翁恩"} {
		r := Of(name)
		for i := 1; i <= len(r.Full); i++ {
			if kind, text := Query(r.Full[:i]); (kind != Pinyin && kind != PinyinOrInitials && i > 1) || text != r.Full[:i] {
				t.Errorf("%s: %q is taken for kind %d %q", name, r.Full[:i], kind, text)
			}
		}
		for i := 1; i <= len(r.Initials); i++ {
			if kind, _ := Query(r.Initials[:i]); kind != Initials && kind != PinyinOrInitials {
				t.Errorf("%s: initials %q are taken for kind %d", name, r.Initials[:i], kind)
			}
		}
	}
}

func TestNormaliseMakesSpellingsOfOneNameEqual(t *testing.T) {
	for _, c := range []struct{ typed, tidy string }{
		{"张 三", "张三"},
		{"　张　三 ", "张三"},
		{"张\u200b三\ufeff", "张三"},
		{"\u202e张三", "张三"},
		{"买买提•艾力", "买买提·艾力"},
		{"买买提.艾力", "买买提·艾力"},
		{"买买提。艾力", "买买提·艾力"},
		{"买买提． 艾力", "买买提·艾力"},
		{"买买提‧艾力", "买买提·艾力"},
		{"买买提・艾力", "买买提·艾力"},
		{"买买提 · 艾力", "买买提·艾力"},
		{"李\uE863", "李䶮"},
		{"马骉", "马骉"},
		{"王㛃", "王㛃"},
		{"John  Smith", "John Smith"},
		{"J. Smith", "J. Smith"},
		{"张Lily", "张Lily"},
		{"Ｌｉ", "Li"},
		{"·张三", "·张三"},
		{"", ""},
	} {
		if got := Tidy(c.typed); got != c.tidy {
			t.Errorf("%q: %q, want %q", c.typed, got, c.tidy)
		}
		if Normalise(c.typed) != strings.ToLower(c.tidy) {
			t.Errorf("%q: Normalise differs from Tidy by more than case", c.typed)
		}
	}
}

func FuzzNamesAndQueries(f *testing.F) {
	f.Add("张三")
	f.Add("\xff\uE863·a")
	f.Fuzz(func(t *testing.T, s string) {
		once := Normalise(s)
		if again := Normalise(once); again != once {
			t.Errorf("%q becomes %q, and that %q", s, once, again)
		}
		if r := Of(s); strings.Trim(r.Full+r.Initials, "abcdefghijklmnopqrstuvwxyz") != "" {
			t.Errorf("%q is read %q %q", s, r.Full, r.Initials)
		}
		Query(s)
	})
}

func TestReadingANameAllocatesOnce(t *testing.T) {
	Of("张三")
	if n := testing.AllocsPerRun(100, func() { Of("欧阳小明") }); n > 1 {
		t.Errorf("%.0f allocations", n)
	}
}

func BenchmarkOf(b *testing.B) {
	Of("张三")
	b.ReportAllocs()
	for b.Loop() {
		Of("单国强")
	}
}

func BenchmarkQuery(b *testing.B) {
	Of("张三")
	b.ReportAllocs()
	for b.Loop() {
		Query("zhangsan")
	}
}

func BenchmarkFirstUse(b *testing.B) {
	for b.Loop() {
		build()
	}
}
