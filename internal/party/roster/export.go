package roster

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"slices"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/identity"
)

// ExportOptions say how an export is written.
type ExportOptions struct {
	Sheet   string // name of the sheet; "" is 党员花名册
	TempDir string // private directory: what an .xlsx of many rows needs lies here in the clear until Close
}

// Export writes records as a roster that Open reads back with the same values. Cells that begin like a formula are
// guarded, numbers of people are text.
type Export struct {
	columns []Column
	lines   lines
}

// lines is what both formats can do; the values are string or civil.Date.
type lines interface {
	line(values []any) error
	close() error
	discard() error
}

// NewExport begins an export of the columns, in their order, as FormatXLSX or FormatCSV (UTF-8 with BOM, which Excel
// needs). The caller chooses columns by the rights of the actor and names the branch in OrganisationText.
func NewExport(w io.Writer, format string, columns []Column, o ExportOptions) (*Export, error) {
	if len(columns) == 0 || slices.ContainsFunc(columns, func(c Column) bool { _, known := columnIndex[c]; return !known }) {
		return nil, fault.New(fault.Invalid, "请选择要导出的列。").At("columns")
	}
	e := &Export{columns: columns}
	header := make([]any, len(columns))
	for i, c := range columns {
		header[i] = c.Title()
	}
	switch format {
	case FormatCSV:
		e.lines = newCSVLines(w)
	case FormatXLSX:
		if o.Sheet == "" {
			o.Sheet = "党员花名册"
		}
		x, err := newXLSXLines(w, o.TempDir, sheetName(o.Sheet), columns)
		if err != nil {
			return nil, err
		}
		e.lines = x
	default:
		return nil, fault.New(fault.Invalid, "只能导出为 xlsx 或 csv。").At("format")
	}
	if err := e.lines.line(header); err != nil {
		return nil, errors.Join(err, e.lines.discard())
	}
	return e, nil
}

// Add writes a record.
func (e *Export) Add(r Record) error {
	values := make([]any, len(e.columns))
	for i, c := range e.columns {
		values[i] = valueOf(&r, c)
	}
	return e.lines.line(values)
}

// Close finishes the file.
func (e *Export) Close() error { return e.lines.close() }

// Discard gives up a file that is not finished and removes what lies in TempDir.
func (e *Export) Discard() error { return e.lines.discard() }

// valueOf is a field as people read it: names instead of codes.
func valueOf(r *Record, c Column) any {
	switch c {
	case Name:
		return guard(r.Name)
	case IDNumber:
		return string(r.IDNumber)
	case Sex:
		return r.Sex.Name()
	case Born:
		return r.Born
	case Ethnicity:
		return identity.Ethnicities.Name(r.Ethnicity)
	case Education:
		return identity.Educations.Name(r.Education)
	case Category:
		return r.Category.Name()
	case Organisation:
		return guard(r.OrganisationText)
	case Joined:
		return r.Joined
	case Confirmed:
		return r.Confirmed
	case Occupation:
		return guard(r.Occupation)
	case Mobile:
		return guard(r.Mobile)
	case Phone:
		return guard(r.Phone)
	case Address:
		return guard(r.Address)
	case Registry:
		return r.Registry.Name()
	case Lost:
		return r.Lost.Name()
	case LostOn:
		return r.LostOn
	case Floating:
		return r.Floating.Name()
	case FloatingTo:
		return guard(r.FloatingTo)
	case Care:
		return r.Care.Name()
	}
	return ""
}

// csvLines writes CSV as Excel reads it.
type csvLines struct {
	b    *bufio.Writer
	w    *csv.Writer
	text []string
}

func newCSVLines(w io.Writer) *csvLines {
	b := bufio.NewWriterSize(w, 64<<10)
	b.WriteString("\ufeff") //nolint:errcheck // a bufio.Writer keeps its error for Flush
	l := &csvLines{b: b, w: csv.NewWriter(b)}
	l.w.UseCRLF = true
	return l
}

func (l *csvLines) line(values []any) error {
	l.text = l.text[:0]
	for _, v := range values {
		switch v := v.(type) {
		case string:
			l.text = append(l.text, v)
		case civil.Date:
			l.text = append(l.text, v.String())
		}
	}
	return l.w.Write(l.text)
}

func (l *csvLines) close() error {
	l.w.Flush()
	if err := l.w.Error(); err != nil {
		return err
	}
	return l.b.Flush()
}

func (l *csvLines) discard() error { return nil }
