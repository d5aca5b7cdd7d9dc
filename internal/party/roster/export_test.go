package roster

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"zhibu/internal/civil"
	"zhibu/internal/party/identity"
)

// anyRecord draws records as Check makes them.
var anyRecord = rapid.Custom(func(t *rapid.T) Record {
	date := func(label string, from, to string) civil.Date {
		a, b := civil.MustParse(from), civil.MustParse(to)
		return a.AddDays(rapid.IntRange(0, a.DaysUntil(b)).Draw(t, label))
	}
	text := func(label string) string {
		s := rapid.OneOf(
			rapid.StringOfN(rapid.RuneFrom([]rune("和平路=+-@'\"<>&_x0041,;|·㛃䶮骉𬎆 1号")), 0, 20, -1),
			rapid.StringN(0, 20, -1),
			rapid.SampledFrom([]string{"=1+1", "'=1", "''", "@SUM(A1)", "-1", "+86", "＝1", "_x000D_", "\"a\",b", "a;b\tc", "#5 号"}),
		).Draw(t, label)
		s, _ = tidy(s)
		if s, _ = tidy(guard(s)); absent(s) || excelError(s) {
			return ""
		}
		return s
	}
	answer := func(label string) identity.Answer {
		return rapid.SampledFrom([]identity.Answer{"", identity.Yes, identity.No}).Draw(t, label)
	}
	born := date("born", "1930-01-01", "1990-12-31")
	id, _ := identity.ParseIDNumber(number66(rapid.IntRange(0, 999).Draw(t, "n"), strings.ReplaceAll(born.String(), "-", "")))
	name, _ := tidyName("王" + text("name"))
	r := Record{
		Name: name, IDNumber: id, Sex: id.Sex(), Born: born,
		Ethnicity:        rapid.SampledFrom(append(identity.Ethnicities.Codes(), "")).Draw(t, "ethnicity"),
		Education:        rapid.SampledFrom(append(identity.Educations.Codes(), "")).Draw(t, "education"),
		Category:         identity.Full,
		OrganisationText: "第一党支部", OrganisationID: "org-1",
		Joined: date("joined", "2009-01-01", "2020-01-01"), Confirmed: date("confirmed", "2021-01-01", "2026-01-01"),
		Occupation: text("occupation"), Mobile: fmt.Sprintf("154%08d", rapid.IntRange(0, 99_999_999).Draw(t, "mobile")),
		Phone:    rapid.SampledFrom([]string{"", "010-62345678", "(0571)8765432转801", "+86-10-62345678"}).Draw(t, "phone"),
		Address:  text("address"),
		Registry: rapid.SampledFrom([]identity.Registry{"", identity.Normal, identity.Stopped}).Draw(t, "registry"),
		Lost:     answer("lost"), Floating: answer("floating"), FloatingTo: text("to"), Care: answer("care"),
	}
	if r.Lost == identity.Yes {
		r.LostOn = date("lostOn", "1901-01-01", "2026-01-01")
	}
	for _, c := range Columns {
		r.Columns = r.Columns.With(c)
	}
	return r
})

// What goes out comes back the same, in both formats, so that importing an export changes nobody.
func TestExportComesBackTheSame(t *testing.T) {
	dir := t.TempDir()
	for _, format := range []string{FormatXLSX, FormatCSV} {
		rapid.Check(t, func(rt *rapid.T) {
			records := rapid.SliceOfNDistinct(anyRecord, 1, 20, func(r Record) identity.IDNumber { return r.IDNumber }).Draw(rt, "records")
			var b bytes.Buffer
			e, err := NewExport(&b, format, Columns, ExportOptions{TempDir: dir})
			must(t, err)
			for _, r := range records {
				must(t, e.Add(r))
			}
			must(t, e.Close())
			book, err := Open(bytes.NewReader(b.Bytes()), int64(b.Len()), "x."+format, Options{TempDir: dir})
			must(t, err)
			defer book.Close()
			i := 0
			for row, err := range book.Rows(context.Background()) {
				must(t, err)
				got, problems := Check(row, demo())
				if Rejected(problems) {
					rt.Fatalf("%s: %+v", format, problems)
				}
				if fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", records[i]) {
					rt.Fatalf("%s: went out\n%#v\ncame back\n%#v", format, records[i], got)
				}
				i++
			}
			if i != len(records) {
				rt.Fatalf("%d rows of %d", i, len(records))
			}
		})
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestExportedCellsAreTextAndNoFormulas(t *testing.T) {
	var b bytes.Buffer
	e, err := NewExport(&b, FormatXLSX, []Column{Name, IDNumber, Mobile, Joined}, ExportOptions{Sheet: "一/支部*", TempDir: t.TempDir()})
	must(t, err)
	must(t, e.Add(Record{Name: "=cmd|' /C calc'!A0", IDNumber: "11010519491231002X", Mobile: "15400000001", Joined: civil.MustParse("2002-07-01")}))
	must(t, e.Close())
	f, err := excelize.OpenReader(&b)
	must(t, err)
	defer f.Close()
	sheet := f.GetSheetName(0)
	if sheet != "一_支部_" {
		t.Errorf("sheet %q", sheet)
	}
	for cell, want := range map[string]string{"A2": "'=cmd|' /C calc'!A0", "B2": "11010519491231002X", "C2": "15400000001", "D2": "2002-07-01"} {
		if got, err := f.GetCellValue(sheet, cell); err != nil || got != want {
			t.Errorf("%s shows %q, want %q (%v)", cell, got, want, err)
		}
		kind, err := f.GetCellType(sheet, cell)
		must(t, err)
		if text := kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString; text != (cell != "D2") {
			t.Errorf("%s has type %v", cell, kind)
		}
		if formula, err := f.GetCellFormula(sheet, cell); err != nil || formula != "" {
			t.Errorf("%s holds a formula %q", cell, formula)
		}
	}
}

func TestExportHoldsOnlyItsColumns(t *testing.T) {
	var b bytes.Buffer
	e, err := NewExport(&b, FormatCSV, []Column{Name, Category}, ExportOptions{})
	must(t, err)
	must(t, e.Add(Record{Name: "王小二", IDNumber: "11010519491231002X", Mobile: "15400000001", Category: identity.Full}))
	must(t, e.Close())
	if b.String() != "\ufeff姓名,人员类别\r\n王小二,正式党员\r\n" {
		t.Errorf("%q", b.String())
	}
	for _, columns := range [][]Column{nil, {Note}, {"password"}} {
		if _, err := NewExport(&b, FormatCSV, columns, ExportOptions{}); err == nil {
			t.Errorf("%v can be exported", columns)
		}
	}
	if _, err := NewExport(&b, "pdf", []Column{Name}, ExportOptions{}); err == nil {
		t.Error("pdf is no format")
	}
}

// The error workbook says the same of every row when it is read again, and nothing once it is mended.
func TestRejectsCanBeUploadedAgain(t *testing.T) {
	rows := [][]any{
		{"街道花名册"},
		{"支部", "姓名", "身份证号", "类别", "入党时间", "转正时间", "手机", "特长"},
		{"第一党支部", "=1+1", 440524188001010000, "正式", styled(37438, "14"), 37803, 1.54e10, "书法"},
		{nil, "李四", number66(2, "19800101"), "群众", styled(37438, `yyyy"年"m"月"`), "03.7.1", "1", nil},
	}
	file := sheets(t, sheetOf{"第一党支部", rows}, sheetOf{"第二党支部", [][]any{
		{"姓名", "身份证号", "类别", "入党时间"}, {"张三", number66(3, "19800101")[:17] + "!", "预备", "2026.7"},
	}})
	f, err := excelize.OpenReader(bytes.NewReader(file))
	must(t, err)
	must(t, f.MergeCell("第一党支部", "A3", "A4"))
	first := readAll(t, openBytes(t, save(t, f), "x.xlsx", Options{}), demo())

	var b bytes.Buffer
	x, err := NewRejects(&b, ExportOptions{TempDir: t.TempDir()}, nil)
	must(t, err)
	for _, o := range first {
		if !Rejected(o.problems) {
			t.Errorf("row %d is all right", o.Number)
		}
		must(t, x.Add(o.Row, o.problems))
	}
	must(t, x.Close())
	again := readAll(t, openBytes(t, b.Bytes(), "x.xlsx", Options{}), demo())
	if len(again) != len(first) {
		t.Fatalf("%d rows of %d", len(again), len(first))
	}
	for i := range first {
		first[i].Columns, again[i].Columns = 0, 0
		if said(first[i].problems) != said(again[i].problems) || fmt.Sprint(first[i].Record) != fmt.Sprint(again[i].Record) || first[i].Row.Sheet != again[i].Row.Sheet {
			t.Errorf("row %d\nfirst %s %+v\nagain %s %+v", i, said(first[i].problems), first[i].Record, said(again[i].problems), again[i].Record)
		}
	}
	wb, err := excelize.OpenReader(&b)
	must(t, err)
	lines, err := wb.GetRows("第一党支部")
	must(t, err)
	if last := lines[1]; !strings.Contains(last[8], "公民身份号码") || last[10] != "3" || lines[0][8] != reasonsTitle {
		t.Errorf("reasons: %q", lines)
	}
}

func TestRejectsOfACSV(t *testing.T) {
	var b bytes.Buffer
	x, err := NewRejects(&b, ExportOptions{TempDir: t.TempDir()}, func(p Problem) string { return "because " + string(p.Code) })
	must(t, err)
	for _, o := range readAll(t, openBytes(t, []byte(csvOf(with(person(1), Name, nil))), "第一党支部.csv", Options{}), demo()) {
		must(t, x.Add(o.Row, o.problems))
	}
	must(t, x.Close())
	wb, err := excelize.OpenReader(&b)
	must(t, err)
	lines, err := wb.GetRows("第一党支部")
	must(t, err)
	if !strings.Contains(fmt.Sprint(lines), "because required") {
		t.Errorf("%q", lines)
	}
}

func TestRejectsOfNothing(t *testing.T) {
	var b bytes.Buffer
	x, err := NewRejects(&b, ExportOptions{TempDir: t.TempDir()}, nil)
	must(t, err)
	must(t, x.Close())
	must(t, x.Discard())
	if _, err := excelize.OpenReader(&b); err != nil {
		t.Error(err)
	}
}

func TestTemplate(t *testing.T) {
	var b bytes.Buffer
	must(t, WriteTemplate(&b, TemplateOptions{Branches: []string{"第一党支部", "第二党支部"}, TempDir: t.TempDir()}))
	book := openBytes(t, b.Bytes(), "x.xlsx", Options{})
	must(t, book.Ready())
	for _, s := range book.Sheets {
		if (s.HeaderRow > 0) != (s.Name == "党员花名册") {
			t.Errorf("sheet %s: header in row %d", s.Name, s.HeaderRow)
		}
	}
	for i, h := range book.Sheets[0].Headers {
		if h.Column != Columns[i] {
			t.Errorf("%s is taken for %s", h.Text, h.Column)
		}
	}
	if rows := readAll(t, book, demo()); len(rows) != 0 {
		t.Errorf("a blank template has %d rows", len(rows))
	}
	for _, c := range Columns {
		if guide[c].text == "" || guide[c].example == "" {
			t.Errorf("%s is not explained", c)
		}
	}

	// fill it in as a person would, and read it
	f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	must(t, err)
	for i, c := range Columns {
		if v, ok := person(1)[c]; ok {
			must(t, f.SetCellStr("党员花名册", fmt.Sprintf("%s2", letters(i)), v.(string)))
		}
	}
	lists, err := f.GetDataValidations("党员花名册")
	must(t, err)
	if len(lists) != 9 {
		t.Errorf("%d lists to choose from", len(lists))
	}
	style, err := f.GetCellStyle("党员花名册", "B2")
	must(t, err)
	if s, err := f.GetStyle(style); err != nil || s.NumFmt != 49 {
		t.Errorf("the ID number is not a text: %+v %v", s, err)
	}
	got := readAll(t, openBytes(t, save(t, f), "x.xlsx", Options{}), demo())
	if len(got) != 1 || len(got[0].problems) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestSheetNames(t *testing.T) {
	for in, want := range map[string]string{
		"第一党支部": "第一党支部", "a:b\\c/d?e*f[g]": "a_b_c_d_e_f_g_", "": "党员花名册", "''": "党员花名册",
		strings.Repeat("支", 40): strings.Repeat("支", 31), strings.Repeat("𬎆", 20): strings.Repeat("𬎆", 15),
	} {
		if got := sheetName(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
