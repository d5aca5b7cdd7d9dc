package roster

import (
	"strings"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/party/identity"
)

// Every rule of domain/roster.md, each in a workbook of its own.
func TestRows(t *testing.T) {
	for _, c := range []struct {
		name string
		set  map[Column]any
		want string
	}{
		{"all right", nil, ""},
		{"no name", map[Column]any{Name: ""}, "姓名:error:required"},
		{"no number", map[Column]any{IDNumber: nil}, "公民身份号码:error:required"},
		{"no category", map[Column]any{Category: nil}, "人员类别:error:required"},
		{"no branch", map[Column]any{Organisation: nil}, "所在党支部:error:required"},
		{"no admission", map[Column]any{Joined: nil}, "加入党组织日期:error:required"},
		{"no dates", map[Column]any{Joined: nil, Confirmed: nil}, "加入党组织日期:error:required 转为正式党员日期:warning:confirmed_missing"},
		{"wrong check", map[Column]any{IDNumber: "110105194912310021"}, "公民身份号码:error:checksum"},
		{"lower-case x", map[Column]any{IDNumber: "11010519491231002x"}, ""},
		{"full-width number", map[Column]any{IDNumber: "１１０１０５１９４９１２３１００２Ｘ"}, ""},
		{"15 digits", map[Column]any{IDNumber: "110105491231002"}, "公民身份号码:error:format"},
		{"15 digits as number", map[Column]any{IDNumber: 110105491231002}, "公民身份号码:error:format"},
		{"letter", map[Column]any{IDNumber: "11010519491231002Y"}, "公民身份号码:error:format"},
		{"scientific text", map[Column]any{IDNumber: "4.40524E+17"}, "公民身份号码:error:scientific_notation"},
		{"number of 18 digits", map[Column]any{IDNumber: 440524188001010000}, "公民身份号码:error:scientific_notation"},
		{"number of 18 digits shown whole", map[Column]any{IDNumber: styled(440524188001010000, "0")}, "公民身份号码:error:scientific_notation"},
		{"number of 18 digits as float", map[Column]any{IDNumber: 4.4052418800101e17}, "公民身份号码:error:scientific_notation"},
		{"number of 16 digits", map[Column]any{IDNumber: 1101051949123100}, "公民身份号码:error:scientific_notation"},
		{"no such birthday", map[Column]any{IDNumber: number66(1, "19990230")}, "公民身份号码:error:birth_date"},
		{"sex agrees", map[Column]any{Sex: "男"}, ""},
		{"sex differs", map[Column]any{Sex: "女"}, "性别:error:sex_mismatch"},
		{"sex unknown", map[Column]any{Sex: "甲"}, "性别:error:unknown_code"},
		{"birthday agrees", map[Column]any{Born: "1980.1.1"}, ""},
		{"birthday differs", map[Column]any{Born: "1980-01-02"}, "出生日期:error:born_mismatch"},
		{"birth month differs", map[Column]any{Born: "1980.02"}, "出生日期:warning:date_incomplete 出生日期:error:born_mismatch"},
		{"ethnicity unknown", map[Column]any{Ethnicity: "汗族"}, "民族:error:unknown_code"},
		{"education unknown", map[Column]any{Education: "家里蹲"}, "学历:error:unknown_code"},
		{"category unknown", map[Column]any{Category: "群众"}, "人员类别:error:unknown_code"},
		{"branch unknown", map[Column]any{Organisation: "第九党支部"}, "所在党支部:error:unknown_organisation"},
		{"two-digit year", map[Column]any{Joined: "02.7.1"}, "加入党组织日期:error:date_format"},
		{"no such day", map[Column]any{Joined: "2002-02-30"}, "加入党组织日期:error:date_format"},
		{"month only", map[Column]any{Joined: "2002.7"}, "加入党组织日期:warning:date_incomplete"},
		{"month only in Chinese", map[Column]any{Joined: "2002年7月"}, "加入党组织日期:warning:date_incomplete"},
		{"month typed as a number", map[Column]any{Joined: 2002.7}, "加入党组织日期:warning:date_incomplete"},
		{"month that Excel made a first", map[Column]any{Joined: styled(37438, `yyyy"年"m"月"`)}, "加入党组织日期:warning:date_incomplete"},
		{"tomorrow", map[Column]any{Joined: "2026-11-24", Category: "预备", Confirmed: nil}, "加入党组织日期:error:future_date"},
		{"confirmed tomorrow", map[Column]any{Confirmed: "2026-11-24"}, "转为正式党员日期:error:future_date"},
		{"under 18", map[Column]any{Joined: "1997-12-31", Confirmed: "1999-01-01"}, "加入党组织日期:error:under_18_at_admission"},
		{"18 today", map[Column]any{Joined: "1998-01-01", Confirmed: "1999-01-01"}, ""},
		{"under 18 before 1982", map[Column]any{IDNumber: number66(1, "19320501"), Joined: "1948-05-01", Confirmed: "1949-05-01"}, "加入党组织日期:warning:under_18_at_admission"},
		{"confirmed a day early", map[Column]any{Confirmed: "2003-06-30"}, "转为正式党员日期:error:confirmed_before_one_year"},
		{"confirmed early before the 12th Congress", map[Column]any{IDNumber: number66(1, "19500101"), Joined: "1982-09-05", Confirmed: "1982-09-05"}, "转为正式党员日期:warning:confirmed_before_one_year"},
		{"confirmed early on its day", map[Column]any{IDNumber: number66(1, "19500101"), Joined: "1982-09-06", Confirmed: "1983-09-05"}, "转为正式党员日期:error:confirmed_before_one_year"},
		{"confirmed first", map[Column]any{Confirmed: "2002-06-30"}, "转为正式党员日期:error:confirmed_before_admitted"},
		{"confirmation missing", map[Column]any{Confirmed: nil}, "转为正式党员日期:error:confirmed_missing"},
		{"confirmation missing before 1982", map[Column]any{IDNumber: number66(1, "19500101"), Joined: "1970-01-01", Confirmed: nil}, "转为正式党员日期:warning:confirmed_missing"},
		{"probationary", map[Column]any{Category: "预备", Joined: "2026-07-01", Confirmed: nil}, ""},
		{"probationary and confirmed", map[Column]any{Category: "预备党员"}, "转为正式党员日期:error:format"},
		{"phone short", map[Column]any{Mobile: "1540000000"}, "手机号码:error:phone_format"},
		{"phone not from 1", map[Column]any{Mobile: "25400000001"}, "手机号码:error:phone_format"},
		{"phone lost to scientific notation", map[Column]any{Mobile: "1.54E+10"}, "手机号码:error:phone_format"},
		{"registry unknown", map[Column]any{Registry: "挂起"}, "党籍状态:error:unknown_code"},
		{"lost and when", map[Column]any{Lost: "是", LostOn: "2024-01-01"}, ""},
		{"lost date without yes", map[Column]any{Lost: "否", LostOn: "2024-01-01"}, "失去联系日期:warning:lost_date_without_flag"},
		{"lost date without column", map[Column]any{LostOn: "2024-01-01"}, "失去联系日期:warning:lost_date_without_flag"},
		{"lost tomorrow", map[Column]any{Lost: "是", LostOn: "2026-11-24"}, "失去联系日期:error:future_date"},
		{"answer unknown", map[Column]any{Floating: "也许"}, "是否为流动党员:error:unknown_code"},
		{"name turned round", map[Column]any{Name: "王\u202E小二"}, "姓名:error:format"},
		{"address turned round", map[Column]any{Address: "\u2067和平路"}, "家庭住址:error:format"},
		{"name too long", map[Column]any{Name: strings.Repeat("王", 61)}, "姓名:error:format"},
		{"name in a private character", map[Column]any{Name: "王\uE000"}, "姓名:warning:format"},
		{"formula error as text", map[Column]any{Name: "#REF!"}, "姓名:error:format"},
		{"several faults", map[Column]any{Name: nil, Mobile: "1", Ethnicity: "x族"}, "姓名:error:required 民族:error:unknown_code 手机号码:error:phone_format"},
	} {
		row := person(1)
		for column, v := range c.set {
			with(row, column, v)
		}
		got := readAll(t, openBytes(t, xlsx(t, row), "x.xlsx", Options{}), demo())
		if len(got) != 1 {
			t.Errorf("%s: %d rows", c.name, len(got))
			continue
		}
		if s := said(got[0].problems); s != c.want {
			t.Errorf("%s: got %q, want %q", c.name, s, c.want)
		}
		for _, p := range got[0].problems {
			if p.Row != 2 || p.Sheet != "花名册" || !strings.HasSuffix(p.Message, "。") || strings.Contains(p.Message, "%!") {
				t.Errorf("%s: %+v", c.name, p)
			}
		}
	}
}

func TestValues(t *testing.T) {
	for _, c := range []struct {
		name   string
		column Column
		in     any
		want   string
		of     func(Record) string
	}{
		{"Han name with spaces", Name, " 王　小 二 ", "王小二", recordName},
		{"dot of a minority name", Name, "阿不都•买买提", "阿不都·买买提", recordName},
		{"Japanese dot", Name, "阿不都・买买提", "阿不都·买买提", recordName},
		{"full stop as dot", Name, "阿不都.买买提", "阿不都·买买提", recordName},
		{"dot with spaces", Name, "阿不都 · 买买提", "阿不都·买买提", recordName},
		{"foreign name keeps its space", Name, "Ivan  Petrov", "Ivan Petrov", recordName},
		{"rare characters", Name, "㛃䶮骉", "㛃䶮骉", recordName},
		{"䶮 in its old place", Name, "王\uE863", "王䶮", recordName},
		{"beyond the first plane", Name, "王𬎆", "王𬎆", recordName},
		{"script", Name, "<script>alert(1)</script>", "<script>alert(1)</script>", recordName},
		{"formula", Name, "=HYPERLINK(\"http://x\")", "=HYPERLINK(\"http://x\")", recordName},
		{"guarded formula", Name, "'=1+1", "=1+1", recordName},
		{"zero width", Name, "王\u200b小二\ufeff", "王小二", recordName},
		{"line end in a name", Name, "王\n小二", "王小二", recordName},
		{"number from a phone book", IDNumber, "\u202d11010519491231002X\u202c", "11010519491231002X", func(r Record) string { return string(r.IDNumber) }},
		{"ethnicity by name", Ethnicity, "汉", "01", func(r Record) string { return r.Ethnicity }},
		{"ethnicity by number", Ethnicity, 1, "01", func(r Record) string { return r.Ethnicity }},
		{"ethnicity by letters", Ethnicity, "HA", "01", func(r Record) string { return r.Ethnicity }},
		{"education", Education, "大专", "30", func(r Record) string { return r.Education }},
		{"probationary", Category, "预备", "probationary", func(r Record) string { return string(r.Category) }},
		{"stopped", Registry, "停止党籍", "stopped", func(r Record) string { return string(r.Registry) }},
		{"phone as number", Mobile, 15400000001, "15400000001", recordMobile},
		{"phone as float", Mobile, 1.5400000001e10, "15400000001", recordMobile},
		{"phone of the country", Mobile, "+86 154-0000-0001", "15400000001", recordMobile},
		{"phone without plus", Mobile, "8615400000001", "15400000001", recordMobile},
		{"full-width phone", Mobile, "１５４００００ ０００１", "15400000001", recordMobile},
		{"several phones", Mobile, "15400000001/15400000002、15400000003", "15400000001 + 15400000002、15400000003", recordMobile},
		{"two phones and a space", Mobile, "15400000001 15400000002", "15400000001 + 15400000002", recordMobile},
		{"landline", Phone, "０１０-６２３４５６７８", "010-62345678", func(r Record) string { return r.Phone }},
		{"no landline", Phone, "无", "", func(r Record) string { return r.Phone }},
		{"address with line end", Address, "和平路\r\n1 号", "和平路 1 号", func(r Record) string { return r.Address }},
		{"tick", Floating, "√", "yes", func(r Record) string { return string(r.Floating) }},
		{"serial", Joined, styled(37438, "14"), "2002-07-01", recordJoined},
		{"serial without format", Joined, 37438, "2002-07-01", recordJoined},
		{"serial with hour", Joined, styled(37438.75, "yyyy/m/d h:mm"), "2002-07-01", recordJoined},
		{"serial in Chinese format", Joined, styled(37438, `[$-804]yyyy"年"m"月"d"日";@`), "2002-07-01", recordJoined},
		{"month format with a day", Joined, styled(37439, `yyyy"年"m"月"`), "2002-07-02", recordJoined},
		{"ISO", Joined, "2002-07-01", "2002-07-01", recordJoined},
		{"slashes", Joined, "2002/7/1", "2002-07-01", recordJoined},
		{"points", Joined, "2002.7.1", "2002-07-01", recordJoined},
		{"Chinese", Joined, "2002年7月1日", "2002-07-01", recordJoined},
		{"digits", Joined, "20020701", "2002-07-01", recordJoined},
		{"digits as number", Joined, 20020701, "2002-07-01", recordJoined},
		{"full-width", Joined, "２００２．７．１", "2002-07-01", recordJoined},
		{"of a database", Joined, "2002-07-01 00:00:00", "2002-07-01", recordJoined},
		{"with spaces", Joined, " 2002 年 7 月 1 日 ", "2002-07-01", recordJoined},
	} {
		got := readAll(t, openBytes(t, xlsx(t, with(person(1), c.column, c.in)), "x.xlsx", Options{}), demo())
		if s := c.of(got[0].Record); s != c.want {
			t.Errorf("%s: got %q, want %q (%s)", c.name, s, c.want, said(got[0].problems))
		}
	}
}

func recordName(r Record) string   { return r.Name }
func recordJoined(r Record) string { return r.Joined.String() }
func recordMobile(r Record) string {
	if len(r.Notes) > 0 {
		return r.Mobile + " + " + r.Notes[0].Text
	}
	return r.Mobile
}

// What the number states is kept, whether or not the sheet repeats it.
func TestSexAndBirthdayComeFromTheNumber(t *testing.T) {
	got := readAll(t, openBytes(t, xlsx(t, with(person(1), IDNumber, "11010519491231002X")), "x.xlsx", Options{}), demo())[0]
	if got.Sex != identity.Female || got.Born != civil.MustParse("1949-12-31") {
		t.Errorf("%v %v", got.Sex, got.Born)
	}
}

func TestSyntheticNumbersOnlyInADemo(t *testing.T) {
	book := openBytes(t, xlsx(t, person(1)), "x.xlsx", Options{})
	if s := said(readAll(t, book, &Context{Today: today, Organisations: known})[0].problems); s != "公民身份号码:error:format" {
		t.Errorf("outside a demo: %q", s)
	}
}

// No message repeats a whole number, whatever stands in whatever column.
func TestMessagesHoldNoNumbers(t *testing.T) {
	secret := number66(7, "19800101")
	for _, c := range Columns {
		for _, in := range []any{secret, secret[:17], "154" + secret[:8], "ABC" + secret, "154-" + secret[:4] + "-" + secret[4:8]} {
			row := with(person(1), c, in)
			for _, o := range readAll(t, openBytes(t, xlsx(t, row), "x.xlsx", Options{}), demo()) {
				for _, p := range o.problems {
					if strings.Contains(p.Message, in.(string)[:11]) || strings.Contains(p.Message, secret[:17]) {
						t.Errorf("%s: %s", c, p.Message)
					}
				}
			}
		}
	}
}

// A form and a sheet say the same of the same values.
func TestTypedIntoAForm(t *testing.T) {
	values := map[Column]string{
		Name: " 王 小二", IDNumber: "11010519491231002x", Category: "正式", Joined: "1970.1.1", Confirmed: "1971年1月1日", Mobile: "15400000001",
	}
	r, problems := Typed(values, *demo())
	if len(problems) > 0 || r.Name != "王小二" || r.IDNumber != "11010519491231002X" || r.Confirmed != civil.MustParse("1971-01-01") || len(r.Notes) > 0 {
		t.Errorf("%+v %v", r, problems)
	}
	values[IDNumber], values[Joined] = "110105194912310021", ""
	if _, problems = Typed(values, *demo()); said(problems) != "公民身份号码:error:checksum 加入党组织日期:error:required" {
		t.Errorf("%s", said(problems))
	}
}
