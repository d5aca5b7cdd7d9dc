package roster

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

func csvOf(rows ...map[Column]any) string {
	var b strings.Builder
	for _, line := range table(rows) {
		for i, v := range line {
			if i > 0 {
				b.WriteByte(',')
			}
			if v != nil {
				fmt.Fprint(&b, v)
			}
		}
		b.WriteString("\r\n")
	}
	return b.String()
}

func TestCSVInEveryEncoding(t *testing.T) {
	text := csvOf(with(person(1), Name, "㛃䶮骉"), person(2))
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	must(t, err)
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(strings.ReplaceAll(text, ",", "\t"))
	must(t, err)
	for name, file := range map[string]string{
		"UTF-8": text, "UTF-8 with BOM": "\ufeff" + text, "GB18030": gb, "UTF-16 of Excel": utf16,
		"semicolons": strings.ReplaceAll(text, ",", ";"), "tabs": strings.ReplaceAll(text, ",", "\t"),
		"sep": "sep=;\r\n" + strings.ReplaceAll(text, ",", ";"), "bare line feeds": strings.ReplaceAll(text, "\r\n", "\n"),
		"bare carriage returns": strings.ReplaceAll(text, "\r\n", "\r"),
	} {
		got := readAll(t, openBytes(t, []byte(file), "第一党支部.csv", Options{}), demo())
		if len(got) != 2 || got[0].Record.Name != "㛃䶮骉" || got[0].Number != 2 || len(got[0].problems)+len(got[1].problems) > 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// GBK systems wrote 䶮 as FE 9F, which is not its code in Unicode everywhere.
func TestGBKRareCharacter(t *testing.T) {
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(csvOf(with(person(1), Name, "王龙")))
	must(t, err)
	long, err := simplifiedchinese.GB18030.NewEncoder().String("龙")
	must(t, err)
	got := readAll(t, openBytes(t, []byte(strings.Replace(gb, long, "\xfe\x9f", 1)), "x.csv", Options{}), demo())
	if got[0].Record.Name != "王䶮" {
		t.Errorf("got %q", got[0].Record.Name)
	}
}

func TestCSVRowsAreCountedAsExcelCounts(t *testing.T) {
	id := func(n int) string { return number66(n, "19800101") }
	text := "和平街道党员花名册\n\n姓名,身份证号,家庭住址\n甲," + id(1) + ",\"和平路\n1 号\"\n\n,,\n乙," + id(2) + ",\"他说\"\"好\"\"，住在\"这里\n丙," + id(3)
	got := readAll(t, openBytes(t, []byte(text), "x.csv", Options{}), demo())
	var s []string
	for _, o := range got {
		s = append(s, fmt.Sprintf("%d%s%s", o.Number, o.Record.Name, o.Address))
	}
	if want := `[4甲和平路 1 号 7乙他说"好"，住在这里 8丙]`; fmt.Sprint(s) != want {
		t.Errorf("got %v, want %v", s, want)
	}
	if got[0].problems[0].Sheet != "" {
		t.Error("a CSV file has no sheets")
	}
}

func TestCSVBelongsToTheBranchItIsNamedAfter(t *testing.T) {
	got := readAll(t, openBytes(t, []byte(csvOf(with(person(1), Organisation, nil))), "第二党支部.csv", Options{}), demo())
	if got[0].OrganisationID != "org-2" {
		t.Errorf("%q %s", got[0].OrganisationID, said(got[0].problems))
	}
}

func TestCSVNumbersThatExcelSpoiled(t *testing.T) {
	for in, want := range map[string]string{
		"4.40524E+17": "scientific_notation", "440524188001010000": "checksum", "=\"11010519491231002X\"": "format",
		"\t11010519491231002X": "", "'11010519491231002X": "",
	} {
		row := with(person(1), IDNumber, strings.ReplaceAll(in, `"`, `""`))
		if strings.Contains(in, `"`) {
			row[IDNumber] = `"` + row[IDNumber].(string) + `"`
		}
		got := readAll(t, openBytes(t, []byte(csvOf(row)), "x.csv", Options{}), demo())[0]
		code := ""
		if len(got.problems) > 0 {
			code = string(got.problems[0].Code)
		}
		if code != want {
			t.Errorf("%s: got %q, want %q", in, code, want)
		}
	}
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte(csvOf(person(1), person(2))))
	f.Add([]byte("姓名;身份证号\n\"a\"\"b\";1\r\rx"))
	f.Add([]byte("\xff\xfe\x00\xd8"))
	f.Fuzz(func(t *testing.T, b []byte) { openAndRead(t, b, "x.csv") })
}

func FuzzWorkbook(f *testing.F) {
	f.Add(rawHeader + `<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2"><v>4.4e17</v></c></row>`)
	f.Add(`<row><c t="inlineStr"><is><t>姓名</t></is></c><c t="e"><v>#REF!</v></c></row></sheetData><mergeCells><mergeCell ref="A1:A3"/></mergeCells>`)
	f.Add(`<row r="9999999"><c r="ZZZZ1"><v>1</v></c></row><!-- <row> `)
	f.Fuzz(func(t *testing.T, data string) {
		openAndRead(t, rawSheet(t, data, map[string]string{"xl/sharedStrings.xml": `<sst><si><t>王</t></si></sst>`}), "x.xlsx")
	})
}

// openAndRead must end in rows or in a fault, never in a panic.
func openAndRead(t *testing.T, b []byte, name string) {
	book, err := Open(bytes.NewReader(b), int64(len(b)), name, Options{})
	if err != nil {
		return
	}
	defer book.Close()
	survey, err := book.Survey(context.Background(), demo())
	if err != nil {
		return
	}
	for row, err := range book.Rows(context.Background()) {
		if err != nil {
			t.Fatalf("a second reading fails: %v", err)
		}
		_, problems := Check(row, demo())
		for _, p := range problems {
			if p.Row < 1 || p.Message == "" || strings.Contains(p.Message, "%!") {
				t.Fatalf("%+v", p)
			}
		}
		survey.Stand(row)
	}
}
