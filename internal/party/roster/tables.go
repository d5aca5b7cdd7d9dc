package roster

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"slices"

	"zhibu/internal/fault"
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

// refuseOther knows what else people upload, and says how to make a roster of it.
func refuseOther(src io.ReaderAt, size int64, head []byte) error {
	trimmed := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n"))
	switch {
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		if contains(io.NewSectionReader(src, 0, size), utf16le("EncryptedPackage")) {
			return fault.New(fault.Invalid, "这个文件有打开密码。请用 Excel 或 WPS 打开，去掉密码，另存为“Excel 工作簿（*.xlsx）”后再导入。").At("file")
		}
		return fault.New(fault.Invalid, "这是旧格式的 Excel 文件（.xls）。请用 Excel 或 WPS 打开，选择“文件—另存为”，保存类型选“Excel 工作簿（*.xlsx）”，再导入新文件。").At("file")
	case bytes.HasPrefix(trimmed, []byte("<!doctype html")), bytes.HasPrefix(trimmed, []byte("<html")),
		bytes.HasPrefix(trimmed, []byte("<table")), bytes.HasPrefix(trimmed, []byte("<?xml")):
		return fault.New(fault.Invalid, "这个文件是网页或 XML，只是用了表格的扩展名。请用 Excel 或 WPS 打开，另存为“Excel 工作簿（*.xlsx）”后再导入。").At("file")
	case bytes.HasPrefix(head, []byte("%PDF-")), bytes.HasPrefix(head, []byte("Rar!")), bytes.HasPrefix(head, []byte("7z\xbc\xaf")),
		bytes.IndexByte(head, 0) >= 0 && !bytes.HasPrefix(head, []byte("\xff\xfe")) && !bytes.HasPrefix(head, []byte("\xfe\xff")):
		return fault.New(fault.Invalid, "这个文件不是表格。请上传 .xlsx 或 .csv 格式的党员花名册。").At("file")
	}
	return nil
}

func utf16le(s string) []byte {
	b := make([]byte, 0, 2*len(s))
	for i := range len(s) {
		b = append(b, s[i], 0)
	}
	return b
}

// contains searches a stream.
func contains(r io.Reader, what []byte) bool {
	x := &xmlReader{r: r, buf: make([]byte, 64<<10)}
	return x.skipThrough(string(what)) == nil
}
