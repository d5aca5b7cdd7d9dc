package roster

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"zhibu/internal/fault"
)

// workbook is an .xlsx file, read part by part. The library that writes our workbooks reads five times slower, does
// not tell numbers from texts while streaming, and unpacks big sheets in the clear; so reading is done here.
type workbook struct {
	parts    map[string]*zip.File // by lower-case name
	limit    int64                // bytes all parts may have unpacked
	sheets   []sheetPart
	date1904 bool
	formats  []cellFormat // by cell style
	strings  *sharedStrings
}

type sheetPart struct {
	name   string
	part   string
	hidden bool
}

// Limits that no honest roster meets.
const (
	maxParts        = 10_000
	maxRatio        = 250      // deflate reaches 1,032; a sheet of equal rows about 100
	ratioCountsFrom = 16 << 20 // below it a high ratio harms nobody
	maxCellBytes    = 32767 * 4
	maxRowBytes     = 1 << 20 // one long text may be named by many cells
	maxColumns      = 1024
	maxStrings      = 20_000_000
	maxStyles       = 1 << 16
)

func openWorkbook(src io.ReaderAt, size, limit int64, tempDir string) (*workbook, error) {
	z, err := zip.NewReader(src, size)
	if err != nil {
		return nil, damaged(err)
	}
	w := &workbook{parts: map[string]*zip.File{}, limit: limit, strings: &sharedStrings{dir: tempDir}}
	if err := w.weigh(z); err != nil {
		return nil, err
	}
	if err := w.recognise(); err != nil {
		return nil, err
	}
	for _, read := range []func() error{w.readSheets, w.readStyles, w.readStrings} {
		if err := read(); err != nil {
			return nil, errors.Join(partFault(err), w.strings.close())
		}
	}
	return w, nil
}

// weigh refuses archives that would unpack into more than they should, before anything is unpacked.
func (w *workbook) weigh(z *zip.Reader) error {
	if len(z.File) > maxParts {
		return tooBig(w.limit)
	}
	var total uint64
	for _, f := range z.File {
		total += f.UncompressedSize64
		if f.UncompressedSize64 > uint64(w.limit) || total > uint64(w.limit) {
			return tooBig(w.limit)
		}
		if f.UncompressedSize64 > ratioCountsFrom && f.UncompressedSize64/maxRatio > f.CompressedSize64 {
			return tooBig(w.limit)
		}
		name := strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(f.Name, "\\", "/"), "/"))
		if _, twice := w.parts[name]; twice {
			return damaged(fmt.Errorf("zip: %q stands twice", name))
		}
		w.parts[name] = f
	}
	return nil
}

// recognise tells a workbook from the other things that are zip archives.
func (w *workbook) recognise() error {
	switch {
	case w.parts["xl/workbook.xml"] != nil:
		return nil
	case w.parts["xl/workbook.bin"] != nil:
		return fault.New(fault.Invalid, "这是二进制格式的工作簿（.xlsb）。请用 Excel 或 WPS 打开，另存为“Excel 工作簿（*.xlsx）”后再导入。").At("file")
	case w.parts["content.xml"] != nil && w.parts["mimetype"] != nil:
		return fault.New(fault.Invalid, "这是 OpenDocument 表格（.ods）。请打开后另存为“Excel 工作簿（*.xlsx）”再导入。").At("file")
	}
	return fault.New(fault.Invalid, "这个文件不是 Excel 工作簿。请上传 .xlsx 或 .csv 格式的党员花名册。").At("file")
}

// open reads a part; what it really unpacks to is counted, whatever the archive declares.
func (w *workbook) open(part string) (io.ReadCloser, error) {
	f := w.parts[strings.ToLower(part)]
	if f == nil {
		return nil, fmt.Errorf("xlsx: part %q is missing", part)
	}
	if f.Flags&1 != 0 {
		return nil, fault.New(fault.Invalid, "压缩包有密码，无法读取。请去掉密码后再导入。").At("file")
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	counted := &countedReader{r: r, left: int64(f.UncompressedSize64)}
	return struct {
		io.Reader
		io.Closer
	}{transform.NewReader(counted, unicode.BOMOverride(transform.Nop)), r}, nil
}

type countedReader struct {
	r    io.Reader
	left int64
}

var errMoreThanDeclared = errors.New("zip: a part is longer than it declares")

func (c *countedReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return 0, errMoreThanDeclared
	}
	return n, err
}

// each calls do for every start token of a part.
func (w *workbook) each(part string, do func(x *xmlReader) error) error {
	r, err := w.open(part)
	if err != nil {
		return err
	}
	defer r.Close()
	x := newXMLReader(r)
	for {
		t, err := x.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if t == startToken {
			if err := do(x); err != nil {
				return err
			}
		}
	}
}

// readSheets finds the sheets in the order of their tabs, and which calendar the workbook counts by.
func (w *workbook) readSheets() error {
	targets, taken := map[string]string{}, map[string]bool{}
	err := w.each("xl/_rels/workbook.xml.rels", func(x *xmlReader) error {
		if string(x.name) == "Relationship" && strings.HasSuffix(string(x.attr("Type")), "/worksheet") {
			target := strings.ReplaceAll(attrText(x.attr("Target")), "\\", "/")
			if strings.HasPrefix(target, "/") {
				target = target[1:]
			} else {
				target = path.Join("xl", target)
			}
			targets[string(x.attr("Id"))] = target
		}
		return nil
	})
	if err != nil {
		return err
	}
	return w.each("xl/workbook.xml", func(x *xmlReader) error {
		switch string(x.name) {
		case "workbookPr":
			w.date1904 = truth(x.attr("date1904"))
		case "sheet":
			// a chart or dialogue sheet has no cells and no target here; no part is read as two sheets
			if target := targets[relationID(x)]; target != "" && !taken[target] {
				taken[target] = true
				state := string(x.attr("state"))
				w.sheets = append(w.sheets, sheetPart{attrText(x.attr("name")), target, state != "" && state != "visible"})
			}
		}
		return nil
	})
}

// relationID is r:id, whatever the prefix; sheetId has no prefix.
func relationID(x *xmlReader) string {
	if i := bytes.Index(x.attrs, []byte(":id")); i >= 0 {
		sub := &xmlReader{attrs: x.attrs[i+1:]}
		return string(sub.attr("id"))
	}
	return ""
}

func attrText(raw []byte) string { return string(appendUnescaped(nil, raw)) }

func truth(v []byte) bool { return string(v) == "1" || string(v) == "true" }

func (w *workbook) readStrings() error {
	if w.parts["xl/sharedstrings.xml"] == nil {
		return nil // every text is inline
	}
	r, err := w.open("xl/sharedStrings.xml")
	if err != nil {
		return err
	}
	defer r.Close()
	x := newXMLReader(r)
	var text []byte
	for {
		t, err := x.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if t != startToken || string(x.name) != "si" {
			continue
		}
		if text, err = richText(x, text[:0]); err != nil {
			return err
		}
		if err := w.strings.add(text); err != nil {
			return err
		}
	}
}

// richText reads the text of an <si> or <is>: all its runs, without the phonetic guides Excel keeps beside them.
func richText(x *xmlReader, to []byte) ([]byte, error) {
	if x.selfClose {
		return to, nil
	}
	outer := string(x.name)
	inText, phonetic := false, 0
	for {
		t, err := x.next()
		if err != nil {
			return nil, unexpected(err)
		}
		switch t {
		case startToken:
			if x.selfClose {
				continue
			}
			inText = string(x.name) == "t"
			if string(x.name) == "rPh" {
				phonetic++
			}
		case endToken:
			switch string(x.name) {
			case outer:
				return to, nil
			case "rPh":
				phonetic--
			}
			inText = false
		case textToken:
			if inText && phonetic == 0 {
				if to = x.appendText(to); len(to) > maxCellBytes {
					return nil, errLongToken
				}
			}
		}
	}
}

func (w *workbook) close() error { return w.strings.close() }

// scan reads a sheet's rows. The cells handed over are good until the next row.
func (w *workbook) scan(ctx context.Context, s sheetPart, row func(number int, cells []Cell) error) error {
	r, err := w.open(s.part)
	if err != nil {
		return partFault(err)
	}
	defer r.Close()
	return partFault((&sheetScan{w: w, x: newXMLReader(r)}).rows(ctx, row))
}
