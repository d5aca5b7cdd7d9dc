package roster

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"zhibu/internal/civil"
)

func TestHeaders(t *testing.T) {
	for _, c := range []struct {
		name   string
		header []any
		want   map[Column]string // column → letter
	}{
		{"the template's", []any{"姓名*", "公民身份号码*", "性别"}, map[Column]string{Name: "A", IDNumber: "B", Sex: "C"}},
		{"decorated", []any{"姓 名", "身份证号码\n（18位）", "（*）入党时间", "转正时间(年月日)", "党员类别 *"},
			map[Column]string{Name: "A", IDNumber: "B", Joined: "C", Confirmed: "D", Category: "E"}},
		{"full-width brackets around", []any{"【姓名】", "身份证", "民　族：", "文化程度"}, map[Column]string{Name: "A", IDNumber: "B", Ethnicity: "C", Education: "D"}},
		{"only 联系电话", []any{"姓名", "身份证号", "联系电话"}, map[Column]string{Name: "A", IDNumber: "B", Mobile: "C"}},
		{"手机 and 联系电话", []any{"姓名", "联系电话", "手机"}, map[Column]string{Name: "A", Mobile: "C"}},
		{"手机 and 电话", []any{"姓名", "电话", "手机号"}, map[Column]string{Name: "A", Mobile: "C", Phone: "B"}},
		{"手机, 电话 and 座机", []any{"姓名", "电话", "手机号", "座机"}, map[Column]string{Name: "A", Mobile: "C", Phone: "D"}},
		{"political status", []any{"姓名", "身份证号", "政治面貌"}, map[Column]string{Name: "A", IDNumber: "B", Category: "C"}},
		{"number and remark", []any{"序号", "姓名", "身份证号", "备注", "特长"}, map[Column]string{Name: "B", IDNumber: "C"}},
	} {
		book := openBytes(t, sheets(t, sheetOf{"s", [][]any{c.header}}), "x.xlsx", Options{})
		must(t, book.Ready())
		got := map[Column]string{}
		for _, h := range book.Sheets[0].Headers {
			if _, known := columnIndex[h.Column]; known {
				got[h.Column] = h.Letter
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestEveryTitleIsKnown(t *testing.T) {
	for _, c := range Columns {
		if got, _ := knownHeader(c.Title()); got != c {
			t.Errorf("%s is taken for %q", c.Title(), got)
		}
	}
	for _, title := range []string{reasonsTitle, warningsTitle, rowTitle} {
		if got, _ := knownHeader(title); got != Ignored {
			t.Errorf("%s is taken for %q", title, got)
		}
	}
}

func TestTwoColumnsOfOneKindAreRefused(t *testing.T) {
	file := sheets(t, sheetOf{"s", [][]any{{"姓名", "身份证号", "公民身份号码"}, {"王小二", number66(1, "19800101"), ""}}})
	book := openBytes(t, file, "x.xlsx", Options{})
	if err := book.Ready(); err == nil || !strings.Contains(err.Error(), "B 列") || !strings.Contains(err.Error(), "C 列") {
		t.Errorf("got %v", err)
	}
	if _, err := book.Survey(context.Background(), demo()); err == nil {
		t.Error("it is read all the same")
	}
	book = openBytes(t, file, "x.xlsx", Options{Mapping: map[string]Column{"公民身份号码": Ignored}})
	must(t, book.Ready())
	if got := readAll(t, book, demo()); got[0].Record.IDNumber == "" {
		t.Error("the column that was chosen is not read")
	}
}

func TestMappingAndSamples(t *testing.T) {
	file := sheets(t, sheetOf{"s", [][]any{
		{"谁", "号", "哪年入的"}, {"王小二", number66(1, "19800101"), "2002-07-01"}, {"李四", number66(2, "19800101"), "2002-07-01"},
	}})
	book := openBytes(t, file, "x.xlsx", Options{})
	if err := book.Ready(); err == nil || !strings.Contains(err.Error(), "表头") {
		t.Errorf("nothing is known, and yet: %v", err)
	}
	h := book.Sheets[0].Headers
	if len(h) != 3 || h[1].Text != "号" || h[1].Column != Note || h[1].Samples[0] != "**************"+number66(1, "19800101")[14:] {
		t.Errorf("headers for the mapping page: %+v", h)
	}
	book = openBytes(t, file, "x.xlsx", Options{Mapping: map[string]Column{"谁": Name, "号": IDNumber, "哪年入的": Joined}})
	must(t, book.Ready())
	got := readAll(t, book, demo())
	if len(got) != 2 || got[0].Record.Name != "王小二" || got[0].Joined != civil.MustParse("2002-07-01") || !book.Sheets[0].Headers[0].Mapped {
		t.Errorf("%+v", got)
	}
}

func TestHeaderBelowATitle(t *testing.T) {
	file := sheets(t, sheetOf{"s", [][]any{
		{"和平街道党员花名册"}, {}, {"填报单位：", "和平街道党工委"}, {"序号", "姓名", "身份证号", "特长", ""},
		{1, "王小二", number66(1, "19800101"), "书法", "无名的一格"},
		{},
		{2, "李四", number66(2, "19800101"), nil},
		{"序号", "姓名", "身份证号", "特长"},
		{3, "张三", number66(3, "19800101")},
		{"小 计", "", "", "3"}, {"合计：3人"}, {"填表人：王五", "", "审核人：赵六"},
	}})
	book := openBytes(t, file, "x.xlsx", Options{})
	got := readAll(t, book, demo())
	if book.Sheets[0].HeaderRow != 4 || len(got) != 3 {
		t.Fatalf("header in row %d, %d rows", book.Sheets[0].HeaderRow, len(got))
	}
	if got[0].Number != 5 || got[1].Number != 7 || got[2].Number != 9 {
		t.Errorf("rows %d %d %d", got[0].Number, got[1].Number, got[2].Number)
	}
	if notes := fmt.Sprint(got[0].Notes); notes != "[{特长 书法} {E 无名的一格}]" {
		t.Errorf("notes %s", notes)
	}
	if u := fmt.Sprint(book.Unknown()); u != "[特长]" {
		t.Errorf("reported %s", u)
	}
}

func TestMergedBranchCoversItsRows(t *testing.T) {
	f := excelize.NewFile()
	for i, row := range [][]any{
		{"支部", "姓名"}, {"第一党支部", "甲"}, {nil, "乙"}, {nil, "丙"}, {"第二党支部", "丁"}, {nil, "戊"}, {nil, nil}, {nil, "己"},
	} {
		must(t, f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row))
	}
	must(t, f.MergeCell("Sheet1", "A5", "A7"))
	must(t, f.MergeCell("Sheet1", "A2", "A4"))
	var branches []string
	for _, o := range readAll(t, openBytes(t, save(t, f), "x.xlsx", Options{}), demo()) {
		branches = append(branches, o.Record.Name+o.OrganisationID)
	}
	if s := strings.Join(branches, " "); s != "甲org-1 乙org-1 丙org-1 丁org-2 戊org-2 己" {
		t.Errorf("got %s", s)
	}
}

func TestSheetsAndTheirNames(t *testing.T) {
	without := func(n int) [][]any { return table([]map[Column]any{with(person(n), Organisation, nil)}) }
	file := sheets(t, sheetOf{"说明", [][]any{{"请如实填写"}}}, sheetOf{"第一党支部", without(1)}, sheetOf{"Sheet3", without(2)})
	got := readAll(t, openBytes(t, file, "x.xlsx", Options{}), demo())
	if len(got) != 2 || got[0].OrganisationID != "org-1" || got[0].OrganisationText != "第一党支部" {
		t.Fatalf("%+v", got)
	}
	if s := said(got[1].problems); s != "所在党支部:error:required" || got[1].problems[0].Sheet != "Sheet3" {
		t.Errorf("%s %+v", s, got[1].problems)
	}
	c := demo()
	c.TargetBranch = "org-2"
	if got := readAll(t, openBytes(t, file, "x.xlsx", Options{}), c); got[1].OrganisationID != "org-2" || got[0].OrganisationID != "org-1" {
		t.Error("the target takes what no sheet name claims")
	}
	book := openBytes(t, file, "x.xlsx", Options{Sheet: "Sheet3"})
	if got := readAll(t, book, demo()); len(got) != 1 || got[0].problems[0].Sheet != "" {
		t.Error("one sheet was asked for")
	}
}

func TestDuplicates(t *testing.T) {
	a, b := person(1), person(1)
	b[Name] = " 王 小" + string(rune('一'+1)) // the same, as understood
	other := with(person(2), Occupation, "教师")
	file := sheets(t,
		sheetOf{"甲", table([]map[Column]any{a, b, person(2), person(3)})},
		sheetOf{"乙", table([]map[Column]any{other})},
	)
	var got []string
	for _, o := range readAll(t, openBytes(t, file, "x.xlsx", Options{}), demo()) {
		got = append(got, fmt.Sprintf("%s%d:%d %s", o.Row.Sheet, o.Number, o.standing, said(o.problems)))
	}
	want := []string{"甲2:1 ", "甲3:2 公民身份号码:warning:duplicate_in_file", "甲4:3 公民身份号码:error:duplicate_in_file", "甲5:0 ", "乙2:3 公民身份号码:error:duplicate_in_file"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestTwoBranchesOfOnePersonConflict(t *testing.T) {
	rows := table([]map[Column]any{with(person(1), Organisation, nil)})
	file := sheets(t, sheetOf{"第一党支部", rows}, sheetOf{"第二党支部", rows})
	for _, o := range readAll(t, openBytes(t, file, "x.xlsx", Options{}), demo()) {
		if o.standing != Conflict {
			t.Errorf("%s: standing %d", o.Row.Sheet, o.standing)
		}
	}
}
