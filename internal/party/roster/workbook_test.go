package roster

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
)

const rawHeader = `<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c><c r="B1" t="inlineStr"><is><t>身份证号</t></is></c><c r="C1" t="inlineStr"><is><t>人员类别</t></is></c><c r="D1" t="inlineStr"><is><t>入党时间</t></is></c></row>`

// What other programs write, and Excel reads without complaint.
func TestWorkbookDialects(t *testing.T) {
	for _, c := range []struct {
		name, rows string
		more       map[string]string
		want       string // name|number|joined of the first row
	}{
		{"formula with text result",
			`<row r="2"><c r="A2" t="str"><f>"王"&amp;"小二"</f><v>王小二</v></c></row>`, nil, "王小二||"},
		{"formula with number result", `<row r="2"><c r="A2" t="inlineStr"><is><t>王</t></is></c><c r="D2"><f>A1+1</f><v>37438</v></c></row>`, nil, "王||2002-07-01"},
		{"rich text without phonetic guide",
			`<row r="2"><c r="A2" t="inlineStr"><is><r><t>王</t></r><r><rPr><b/></rPr><t xml:space="preserve">小二</t></r><rPh sb="0" eb="1"><t>wang</t></rPh></is></c></row>`, nil, "王小二||"},
		{"prefixes", `<x:row r="2"><x:c r="A2" t="inlineStr"><x:is><x:t>王小二</x:t></x:is></x:c></x:row>`, nil, "王小二||"},
		{"no references", `<row><c t="inlineStr"><is><t>王小二</t></is></c><c/><c/><c><v>37438</v></c></row>`, nil, "王小二||2002-07-01"},
		{"gaps", `<row r="2" spans="1:4"><c r="D2"><v>37438</v></c></row>`, nil, "||2002-07-01"},
		{"apostrophes, CDATA and entities",
			`<!-- x --><row r='2'><c r='A2' t='inlineStr'><is><t><![CDATA[<b>]]>&lt;&#x738B;&#29579;&amp;amp;</t></is></c></row>`, nil, "<b><王王&amp;||"},
		{"a > in an attribute", `<row r="2" x:note="a>b"><c r="A2" s="0" t="inlineStr"><is><t>王</t></is></c></row>`, nil, "王||"},
		{"escaped control character", `<row r="2"><c r="A2" t="inlineStr"><is><t>王_x000D_小_x5C0F__x0_二</t></is></c></row>`, nil, "王 小小_x0_二||"},
		{"ISO date cell", `<row r="2"><c r="D2" t="d"><v>2002-07-01T00:00:00</v></c></row>`, nil, "||2002-07-01"},
		{"the 1904 calendar", `<row r="2"><c r="D2"><v>35976</v></c></row>`, map[string]string{
			"xl/workbook.xml": `<workbook xmlns:r="r"><workbookPr date1904="1"/><sheets><sheet name="s" r:id="rId1" sheetId="1"/></sheets></workbook>`,
		}, "||2002-07-01"},
		{"shared strings in a byte-order mark", `<row r="2"><c r="A2" t="s"><v>1</v></c></row>`, map[string]string{
			"xl/sharedStrings.xml": "\ufeff<sst><si><t>x</t></si><si><t>王小二</t></si><si/></sst>",
		}, "王小二||"},
		{"an absolute target", `<row r="2"><c r="A2" t="inlineStr"><is><t>王</t></is></c></row>`, map[string]string{
			"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Target="/xl/worksheets/sheet1.xml" Type="http://x/worksheet" Id="rId1"/></Relationships>`,
		}, "王||"},
	} {
		book := openBytes(t, rawSheet(t, rawHeader+c.rows, c.more), "x.xlsx", Options{})
		got := readAll(t, book, demo())
		if len(got) != 1 {
			t.Errorf("%s: %d rows", c.name, len(got))
			continue
		}
		if s := fmt.Sprintf("%s|%s|%s", got[0].Record.Name, got[0].Record.IDNumber, got[0].Joined); s != c.want {
			t.Errorf("%s: got %q, want %q", c.name, s, c.want)
		}
	}
}

func TestCellsThatHoldNoValue(t *testing.T) {
	rows := `<row r="2"><c r="A2"><f>B1</f></c><c r="B2" t="e"><v>#REF!</v></c><c r="C2" t="b"><v>1</v></c><c r="D2"><f>TODAY()</f></c></row>`
	got := readAll(t, openBytes(t, rawSheet(t, rawHeader+rows, nil), "x.xlsx", Options{}), demo())[0]
	want := "姓名:error:format 公民身份号码:error:format 人员类别:error:unknown_code 加入党组织日期:error:date_format"
	if s := said(got.problems); s != want {
		t.Errorf("got %q, want %q", s, want)
	}
}

// The serials around the day that never was, in both calendars.
func TestSerials(t *testing.T) {
	for _, c := range []struct {
		serial float64
		is1904 bool
		want   string
	}{
		{1, false, "1900-01-01"}, {59, false, "1900-02-28"}, {60, false, ""}, {60.5, false, ""}, {61, false, "1900-03-01"},
		{43647, false, "2019-07-01"}, {43647.999, false, "2019-07-01"}, {0, false, ""}, {-1, false, ""},
		{2958465, false, "9999-12-31"}, {2958466, false, ""},
		{0, true, "1904-01-01"}, {42185, true, "2019-07-01"}, {-1, true, ""}, {60, true, "1904-03-01"},
	} {
		d, ok := serialDate(c.serial, c.is1904)
		if d.String() != c.want || ok != (c.want != "") {
			t.Errorf("%v 1904=%v: got %v, want %s", c.serial, c.is1904, d, c.want)
		}
		if ok && !c.is1904 && c.serial > 60 && c.serial == float64(int(c.serial)) {
			if back, ok := dateSerial(d); !ok || back != int(c.serial) {
				t.Errorf("%v goes back to %d", d, back)
			}
		}
	}
}

func TestFormatsThatShowDays(t *testing.T) {
	for code, want := range map[string]cellFormat{
		"General": plainFormat, "0": plainFormat, "0.00E+00": plainFormat, "@": plainFormat, "#,##0;[Red]-#,##0": plainFormat,
		"yyyy-mm-dd": dayFormat, "yyyy/m/d h:mm": dayFormat, `yyyy"年"m"月"d"日"`: dayFormat, `[$-804]yyyy"年"m"月"d"日";@`: dayFormat,
		"m/d/yy": dayFormat, "yyyy-mm-dd hh:mm:ss.000": dayFormat, `yyyy\.mm`: monthFormat, `yyyy"年"m"月"`: monthFormat, "mmm-yy": monthFormat,
		"h:mm": plainFormat, "[h]:mm:ss": plainFormat, `0"d"`: plainFormat, "": plainFormat,
	} {
		if got := formatOf(code); got != want {
			t.Errorf("%s: got %d, want %d", code, got, want)
		}
	}
}

// What is no roster is refused in a sentence that says what to do.
func TestRefusals(t *testing.T) {
	zipOf := func(names ...string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, n := range names {
			w, err := z.Create(n)
			must(t, err)
			fmt.Fprint(w, "x")
		}
		must(t, z.Close())
		return b.Bytes()
	}
	right := xlsx(t, person(1))
	for _, c := range []struct {
		name string
		file []byte
		o    Options
		want string
	}{
		{"empty", nil, Options{}, "空"},
		{"old Excel", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600)), Options{}, "另存为"},
		{"encrypted", append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), utf16le(strings.Repeat(" ", 200_000)+"EncryptedPackage")...), Options{}, "密码"},
		{"web page named xls", []byte("<html><table><tr><td>姓名</td></tr></table>"), Options{}, "网页"},
		{"XML spreadsheet", []byte(`<?xml version="1.0"?><Workbook/>`), Options{}, "XML"},
		{"PDF", []byte("%PDF-1.7"), Options{}, "不是表格"},
		{"picture", []byte("\x89PNG\r\n\x1a\n\x00\x00"), Options{}, "不是表格"},
		{"Word", zipOf("word/document.xml"), Options{}, "不是 Excel"},
		{"binary workbook", zipOf("xl/workbook.bin"), Options{}, "xlsb"},
		{"OpenDocument", zipOf("mimetype", "content.xml"), Options{}, "ods"},
		{"cut off", right[:len(right)/2], Options{}, "损坏"},
		{"over the limit", right, Options{MaxBytes: 100}, "上限"},
		{"unpacks over the limit", right, Options{MaxUncompressed: 1000}, "解压"},
		{"no such sheet", right, Options{Sheet: "Sheet9"}, "花名册"},
		{"broken XML", rawSheet(t, `<row r="1"><c r="A1"`, nil), Options{}, "损坏"},
		{"document type", rawSheet(t, "", map[string]string{"xl/worksheets/sheet1.xml": `<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>`}), Options{}, "损坏"},
		{"a cell without end", rawSheet(t, `<row r="1"><c r="A1" t="inlineStr"><is><t>`+strings.Repeat("王", 100_000)+`</t></is></c></row>`, nil), Options{}, "过长"},
		{"shared string that is not there", rawSheet(t, `<row r="1"><c r="A1" t="s"><v>7</v></c></row>`, nil), Options{}, "损坏"},
		{"neither UTF-8 nor GB18030", []byte("姓名,\xff\xff\xff\xff\n"), Options{}, "编码"},
		{"a quote that never closes", []byte("姓名,身份证号\n\"" + strings.Repeat("王小二,1\n", 30_000)), Options{}, "引号"},
	} {
		book, err := Open(bytes.NewReader(c.file), int64(len(c.file)), "x.xlsx", c.o)
		if err == nil {
			_, err = book.Survey(context.Background(), demo())
			must(t, book.Close())
		}
		if f := fault.As(err); f == nil || f.Kind != fault.Invalid || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want a sentence with %q", c.name, err, c.want)
		}
	}
}

// A bomb is refused by what it declares; one that lies about its size by what it really gives.
func TestZipBombs(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"xl/workbook.xml", "xl/worksheets/sheet1.xml"} {
		w, err := z.Create(name)
		must(t, err)
		zeros := make([]byte, 1<<20)
		for range 32 {
			_, err := w.Write(zeros)
			must(t, err)
		}
	}
	must(t, z.Close())
	if _, err := Open(bytes.NewReader(b.Bytes()), int64(b.Len()), "x.xlsx", Options{}); fault.As(err) == nil || !strings.Contains(err.Error(), "压缩比") {
		t.Errorf("a bomb: %v", err)
	}
	lying := rawSheet(t, rawHeader, nil)
	i := bytes.LastIndex(lying, []byte("xl/worksheets/sheet1.xml")) // in the directory
	lying[i-22]--                                                   // lowest byte of the unpacked size, 24 bytes into the entry's 46
	if _, err := Open(bytes.NewReader(lying), int64(len(lying)), "x.xlsx", Options{}); fault.As(err) == nil {
		t.Errorf("a part longer than declared: %v", err)
	}
}

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

// Texts beyond what may lie in memory are sealed on disk, come back right, and leave nothing behind.
func TestManyTexts(t *testing.T) {
	dir := t.TempDir()
	s := &sharedStrings{dir: dir}
	text := func(i int) string { return fmt.Sprintf("王小二%d号", i) + strings.Repeat("述", i%97) }
	const n = 700_000
	for i := range n {
		must(t, s.add([]byte(text(i))))
	}
	files, err := os.ReadDir(dir)
	must(t, err)
	if len(files) != 1 || s.blocks == 0 {
		t.Fatalf("%d files, %d blocks: the texts were to be spilled", len(files), s.blocks)
	}
	spilled, err := os.ReadFile(dir + "/" + files[0].Name())
	must(t, err)
	if bytes.Contains(spilled, []byte("王小二")) {
		t.Error("the file can be read")
	}
	for i := 0; i < n; i += 101 {
		if got, ok, err := s.get(i); err != nil || !ok || got != text(i) {
			t.Fatalf("text %d: %q %v %v", i, got, ok, err)
		}
	}
	for _, i := range []int{-1, n} {
		if _, ok, _ := s.get(i); ok {
			t.Errorf("text %d exists", i)
		}
	}
	must(t, s.close())
	if files, err = os.ReadDir(dir); err != nil || len(files) != 0 {
		t.Errorf("left behind: %v %v", files, err)
	}
}

func TestReadingStopsWhenAsked(t *testing.T) {
	var rows []map[Column]any
	for i := range 3000 {
		rows = append(rows, person(i%900))
	}
	book := openBytes(t, xlsx(t, rows...), "x.xlsx", Options{})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := book.Survey(ctx, demo()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	n := 0
	for range book.Rows(context.Background()) {
		if n++; n == 5 {
			break
		}
	}
	if n != 5 {
		t.Errorf("%d rows after leaving at the fifth", n)
	}
}
