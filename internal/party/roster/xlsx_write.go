package roster

import (
	"errors"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
)

// xlsxLines writes one or more sheets in a stream.
type xlsxLines struct {
	w      io.Writer
	file   *excelize.File
	stream *excelize.StreamWriter
	row    int

	head, text, date int // styles
}

func newXLSXFile(w io.Writer, tempDir string) (*xlsxLines, error) {
	l := &xlsxLines{w: w, file: excelize.NewFile(excelize.Options{TmpDir: tempDir})}
	iso := "yyyy-mm-dd"
	for _, s := range []struct {
		to    *int
		style *excelize.Style
	}{
		{&l.head, &excelize.Style{
			Font:      &excelize.Font{Bold: true},
			Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"F2E6E4"}},
			Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true},
		}},
		{&l.text, &excelize.Style{NumFmt: 49}}, // @: what is typed stays as typed
		{&l.date, &excelize.Style{CustomNumFmt: &iso}},
	} {
		id, err := l.file.NewStyle(s.style)
		if err != nil {
			return nil, errors.Join(err, l.file.Close())
		}
		*s.to = id
	}
	return l, nil
}

func newXLSXLines(w io.Writer, tempDir, sheet string, columns []Column) (*xlsxLines, error) {
	l, err := newXLSXFile(w, tempDir)
	if err != nil {
		return nil, err
	}
	widths := make([]float64, len(columns))
	for i, c := range columns {
		widths[i] = widthOf(c)
	}
	if err := l.sheet(sheet, widths); err != nil {
		return nil, errors.Join(err, l.discard())
	}
	return l, nil
}

// sheet begins a sheet; the one before it is finished.
func (l *xlsxLines) sheet(name string, widths []float64) error {
	if l.stream == nil {
		if err := l.file.SetSheetName("Sheet1", name); err != nil {
			return err
		}
	} else {
		if err := l.stream.Flush(); err != nil {
			return err
		}
		if _, err := l.file.NewSheet(name); err != nil {
			return err
		}
	}
	var err error
	if l.stream, err = l.file.NewStreamWriter(name); err != nil {
		return err
	}
	l.row = 0
	for i, width := range widths {
		if err := l.stream.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	return l.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

func (l *xlsxLines) line(values []any) error {
	if l.row++; l.row > excelize.TotalRows {
		return fault.New(fault.Invalid, "超过了 Excel 工作表的 %d 行。请导出为 CSV，或者缩小范围。", excelize.TotalRows).At("format")
	}
	cells := make([]any, len(values))
	for i, v := range values {
		switch v := v.(type) {
		case string:
			style := l.text
			if l.row == 1 {
				style = l.head
			}
			if v != "" {
				cells[i] = excelize.Cell{StyleID: style, Value: v}
			}
		case float64:
			cells[i] = excelize.Cell{StyleID: l.text, Value: v}
		case civil.Date:
			if serial, ok := dateSerial(v); ok {
				cells[i] = excelize.Cell{StyleID: l.date, Value: serial}
			} else if !v.IsZero() {
				cells[i] = excelize.Cell{StyleID: l.text, Value: v.String()}
			}
		}
	}
	cell, err := excelize.CoordinatesToCellName(1, l.row)
	if err != nil {
		return err
	}
	return l.stream.SetRow(cell, cells)
}

func (l *xlsxLines) close() error {
	err := l.stream.Flush()
	if err == nil {
		_, err = l.file.WriteTo(l.w)
	}
	return errors.Join(err, l.file.Close())
}

func (l *xlsxLines) discard() error { return l.file.Close() }

// widthOf is a comfortable column width, in characters.
func widthOf(c Column) float64 {
	switch c {
	case IDNumber, Organisation, Address, FloatingTo, Occupation, Note:
		return 24
	case Name, Sex, Ethnicity, Category, Registry:
		return 11
	}
	return 17
}

// sheetName makes of a text what Excel takes for the name of a sheet: at most 31 UTF-16 units, without : \ / ? * [ ]
// and not beginning or ending with an apostrophe.
func sheetName(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]`, r) || r < ' ' {
			return '_'
		}
		return r
	}, s)
	n := 0
	for i, r := range s {
		units := 1
		if r > 0xFFFF {
			units = 2
		}
		if n += units; n > 31 {
			s = s[:i]
			break
		}
	}
	if s = strings.Trim(s, "'"); s == "" {
		return "党员花名册"
	}
	return s
}
