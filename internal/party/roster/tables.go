package roster

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"slices"
)

// span is a run of rows covered by one merged cell.
type span struct{ first, last int }

type workbookTables struct{ w *workbook }

func (t *workbookTables) scanSheet(ctx context.Context, i int, row func(int, []Cell) error) error {
	return t.w.scan(ctx, t.w.sheets[i], row)
}

func (t *workbookTables) is1904() bool { return t.w.date1904 }
func (t *workbookTables) close() error { return t.w.close() }

// mergedBranches finds the merged cells that begin in a column. They stand behind the rows, so the whole sheet runs
// by once; that also proves that it is all there and no larger than it says.
func (t *workbookTables) mergedBranches(i, column int) ([]span, error) {
	r, err := t.w.open(t.w.sheets[i].part)
	if err != nil {
		return nil, partFault(err)
	}
	defer r.Close()
	x := newXMLReader(r)
	if err := x.skipThrough("sheetData>"); err != nil {
		return nil, partFault(ignoreEOF(err))
	}
	var spans []span
	for {
		token, err := x.next()
		if err == io.EOF {
			slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.first, b.first) })
			return spans, nil
		}
		if err != nil {
			return nil, partFault(err)
		}
		if token != startToken || string(x.name) != "mergeCell" {
			continue
		}
		from, to, _ := bytes.Cut(x.attr("ref"), []byte(":"))
		if first, last := rowOf(from), rowOf(to); columnOf(from) == column && last > first && len(spans) < 1<<20 {
			spans = append(spans, span{first, last})
		}
	}
}

type csvTables struct{ t *textTable }

func (t csvTables) scanSheet(ctx context.Context, _ int, row func(int, []Cell) error) error {
	return t.t.scan(ctx, row)
}

func (t csvTables) is1904() bool                            { return false }
func (t csvTables) close() error                            { return nil }
func (t csvTables) mergedBranches(_, _ int) ([]span, error) { return nil, nil }
