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
		{"a long text named by many cells", rawSheet(t, `<row r="1">`+strings.Repeat(`<c t="s"><v>0</v></c>`, 100)+`</row>`,
			map[string]string{"xl/sharedStrings.xml": "<sst><si><t>" + strings.Repeat("王", 10_000) + "</t></si></sst>"}), Options{}, "过长"},
		{"a mapping to no column", right, Options{Mapping: map[string]Column{"姓名": "password"}}, "列"},
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

// One part named by many sheets would be read as many times.
func TestAPartIsOneSheet(t *testing.T) {
	file := rawSheet(t, rawHeader, map[string]string{
		"xl/workbook.xml": `<workbook xmlns:r="r"><sheets>` + strings.Repeat(`<sheet name="s" r:id="rId1" sheetId="1"/>`, 1000) + `</sheets></workbook>`,
	})
	if n := len(openBytes(t, file, "x.xlsx", Options{}).Sheets); n != 1 {
		t.Errorf("%d sheets", n)
	}
}
