package roster

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"zhibu/internal/civil"
	"zhibu/internal/party/identity"
)

var today = civil.MustParse("2026-11-23")

// branches answers like the organisation room would: by code, full name, unique short name.
type branches map[string]string

func (b branches) Find(text string) (string, []string) {
	if id, ok := b[text]; ok {
		return id, nil
	}
	var nearest []string
	for name := range b {
		if strings.Contains(name, strings.TrimSuffix(text, "支部")) {
			nearest = append(nearest, name)
		}
	}
	return "", nearest
}

var known = branches{"第一党支部": "org-1", "第二党支部": "org-2"}

func demo() *Context { return &Context{Today: today, Demo: true, Organisations: known} }

// person is a row that is right; set changes a cell of it.
func person(n int) map[Column]any {
	return map[Column]any{
		Name: "王小" + string(rune('一'+n)), IDNumber: number66(n, "19800101"), Category: "正式党员",
		Organisation: "第一党支部", Joined: "2002-07-01", Confirmed: "2003-07-01",
	}
}

func with(row map[Column]any, c Column, v any) map[Column]any {
	if v == nil {
		delete(row, c)
	} else {
		row[c] = v
	}
	return row
}

// number66 is a made-up ID number: prefix 66, born on a day, with a right check character.
func number66(n int, born string) string {
	digits := fmt.Sprintf("660101%s%03d", born, n%1000)
	return digits + string(identity.CheckCharacter(digits))
}

// xlsx builds a workbook with one sheet: a header row with the titles of the columns used, then the rows.
func xlsx(t testing.TB, rows ...map[Column]any) []byte {
	t.Helper()
	return sheets(t, sheetOf{"花名册", table(rows)})
}

type sheetOf struct {
	name string
	rows [][]any
}

func table(rows []map[Column]any) [][]any {
	var used []Column
	for _, c := range Columns {
		for _, row := range rows {
			if _, ok := row[c]; ok {
				used = append(used, c)
				break
			}
		}
	}
	header := []any{}
	for _, c := range used {
		header = append(header, c.Title())
	}
	lines := [][]any{header}
	for _, row := range rows {
		line := []any{}
		for _, c := range used {
			line = append(line, row[c])
		}
		lines = append(lines, line)
	}
	return lines
}

// sheets builds a workbook; a value that is a func(f, sheet, cell) writes its cell itself.
func sheets(t testing.TB, all ...sheetOf) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, s := range all {
		if i == 0 {
			must(t, f.SetSheetName("Sheet1", s.name))
		} else if _, err := f.NewSheet(s.name); err != nil {
			t.Fatal(err)
		}
		for y, row := range s.rows {
			for x, v := range row {
				cell, err := excelize.CoordinatesToCellName(x+1, y+1)
				must(t, err)
				if write, ok := v.(func(*excelize.File, string, string)); ok {
					write(f, s.name, cell)
				} else if v != nil {
					must(t, f.SetCellValue(s.name, cell, v))
				}
			}
		}
	}
	return save(t, f)
}

func save(t testing.TB, f *excelize.File) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, f.Write(&b))
	return b.Bytes()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// styled writes a number with a number format.
func styled(v any, format string) func(*excelize.File, string, string) {
	return func(f *excelize.File, sheet, cell string) {
		style := &excelize.Style{CustomNumFmt: &format}
		if id, err := strconv.Atoi(format); err == nil {
			style = &excelize.Style{NumFmt: id}
		}
		id, err := f.NewStyle(style)
		if err == nil {
			err = f.SetCellStyle(sheet, cell, cell, id)
		}
		if err == nil {
			err = f.SetCellValue(sheet, cell, v)
		}
		if err != nil {
			panic(err)
		}
	}
}

func openBytes(t testing.TB, b []byte, name string, o Options) *Book {
	t.Helper()
	if o.TempDir == "" {
		o.TempDir = t.TempDir()
	}
	book, err := Open(bytes.NewReader(b), int64(len(b)), name, o)
	if err != nil {
		t.Fatalf("open %s: %v", name, err)
	}
	t.Cleanup(func() { must(t, book.Close()) })
	return book
}

// outcome is a row with what Check and the survey say of it.
type outcome struct {
	*Row
	Record
	problems []Problem
	standing Standing
}

func readAll(t testing.TB, book *Book, c *Context) []outcome {
	t.Helper()
	survey, err := book.Survey(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	var all []outcome
	for row, err := range book.Rows(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		record, problems := Check(row, c)
		standing, p := survey.Stand(row)
		if standing == Repeat || standing == Conflict {
			problems = append(problems, p)
		}
		all = append(all, outcome{row, record, problems, standing})
	}
	if survey.Rows != len(all) {
		t.Errorf("the survey counted %d rows, reading gave %d", survey.Rows, len(all))
	}
	return all
}

// said is the problems of a row as column:level:code, in the order found.
func said(problems []Problem) string {
	var s []string
	for _, p := range problems {
		s = append(s, p.Column+":"+string(p.Level)+":"+string(p.Code))
	}
	return strings.Join(s, " ")
}

// rawSheet packs a workbook from XML written by hand, for what the library cannot write.
func rawSheet(t testing.TB, sheetData string, more map[string]string) []byte {
	t.Helper()
	parts := map[string]string{
		"xl/workbook.xml":            `<?xml version="1.0"?><workbook xmlns="m" xmlns:r="r"><sheets><sheet name="第一党支部" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   `<worksheet><sheetData>` + sheetData + `</sheetData></worksheet>`,
	}
	for name, text := range more {
		parts[name] = text
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		w, err := z.Create(name)
		must(t, err)
		_, err = w.Write([]byte(parts[name]))
		must(t, err)
	}
	must(t, z.Close())
	return b.Bytes()
}
