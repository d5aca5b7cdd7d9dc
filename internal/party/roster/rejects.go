package roster

import (
	"errors"
	"io"
	"strconv"
	"strings"
)

// Rejects writes the error workbook: the rejected rows as they were given, each with its reasons, in sheets named as
// before. Mended there, the file is uploaded again; the columns of reasons are not read.
type Rejects struct {
	lines  *xlsxLines
	sheet  *Sheet
	say    func(Problem) string
	closed bool
}

// The columns behind those of the sheet; headers.go knows them as Ignored.
const (
	reasonsTitle  = "拒绝原因"
	warningsTitle = "提示"
	rowTitle      = "原文件行号"
)

// NewRejects begins an error workbook. say gives a problem's sentence in the reader's language; nil is Chinese.
func NewRejects(w io.Writer, o ExportOptions, say func(Problem) string) (*Rejects, error) {
	if say == nil {
		say = func(p Problem) string { return p.Message }
	}
	lines, err := newXLSXFile(w, o.TempDir)
	if err != nil {
		return nil, err
	}
	return &Rejects{lines: lines, say: say}, nil
}

// Add writes a rejected row. Rows of one sheet come one after the other, as Rows gives them.
func (x *Rejects) Add(r *Row, problems []Problem) error {
	if x.sheet != r.sheet {
		x.sheet = r.sheet
		if err := x.begin(); err != nil {
			return err
		}
	}
	values := make([]any, 0, len(r.sheet.Headers)+3)
	for _, h := range r.sheet.Headers {
		values = append(values, r.asGiven(h))
	}
	return x.lines.line(append(values, x.reasons(problems, Error), x.reasons(problems, Warning), strconv.Itoa(r.Number)))
}

func (x *Rejects) begin() error {
	var header []any
	var widths []float64
	for _, h := range x.sheet.Headers {
		header = append(header, h.Text)
		widths = append(widths, widthOf(h.Column))
	}
	if err := x.lines.sheet(sheetName(x.sheet.Name), append(widths, 60, 30, 12)); err != nil {
		return err
	}
	return x.lines.line(append(header, reasonsTitle, warningsTitle, rowTitle))
}

func (x *Rejects) reasons(problems []Problem, level Level) string {
	var s []string
	for _, p := range problems {
		if p.Level == level {
			s = append(s, x.say(p))
		}
	}
	return guard(strings.Join(s, "\n"))
}

// Close finishes the file. A workbook without any row says so in its only sheet.
func (x *Rejects) Close() error {
	if x.closed {
		return nil
	}
	x.closed = true
	if x.sheet == nil {
		err := x.lines.sheet("没有被拒绝的行", nil)
		if err == nil {
			err = x.lines.line([]any{"没有被拒绝的行"})
		}
		if err != nil {
			return errors.Join(err, x.lines.discard())
		}
	}
	return x.lines.close()
}

// Discard gives up a file that is not finished and removes what lies in TempDir.
func (x *Rejects) Discard() error {
	if x.closed {
		return nil
	}
	x.closed = true
	return x.lines.discard()
}

// asGiven is a cell that reads again as it read before: a number that lost its digits stays a number, a day becomes
// its ISO form, a month stays a month.
func (r *Row) asGiven(h Header) any {
	if h.Column == Organisation && r.branch != "" {
		return guard(r.branch)
	}
	if h.Index >= len(r.Cells) {
		return ""
	}
	cell, date1904 := r.Cells[h.Index], r.sheet.book.src.is1904()
	switch cell.Kind {
	case TextCell:
		return guard(unguard(cell.Text))
	case NumberCell, DateCell, MonthCell:
		if integerDigits(cell.Text) > 15 {
			if f, err := strconv.ParseFloat(cell.Text, 64); err == nil {
				return f
			}
		}
		if isDate(h.Column) || cell.Kind != NumberCell {
			switch d, reading := readDate(cell, date1904); {
			case reading == wholeDate:
				return d.String()
			case reading == partOfDate && d.Month != 0:
				return strconv.Itoa(d.Year) + "年" + strconv.Itoa(int(d.Month)) + "月"
			case reading == partOfDate:
				return strconv.Itoa(d.Year) + "年"
			}
		}
	}
	return guard(cell.shown(date1904))
}

func isDate(c Column) bool { return c == Born || c == Joined || c == Confirmed || c == LostOn }
