package roster

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"zhibu/internal/fault"
)

// Options say how a file is read. The zero value is right for a first look.
type Options struct {
	Sheet           string            // read this sheet only; "" reads every sheet with a header row
	MaxBytes        int64             // largest file; 0 means DefaultMaxBytes
	MaxUncompressed int64             // largest unpacked workbook; 0 means 20 × MaxBytes
	TempDir         string            // private directory for what does not fit in memory (sealed); "" is the system's
	Mapping         map[string]Column // header as it stands in the file → column, over what the names suggest
}

// DefaultMaxBytes is 100 MB.
const DefaultMaxBytes = 100 << 20

// Format of a file, by its content.
const (
	FormatXLSX = "xlsx"
	FormatCSV  = "csv"
)

// Book is an opened roster. Close it; read it in one pass at a time.
type Book struct {
	Format string // FormatXLSX or FormatCSV
	Sheets []*Sheet

	src      tables
	labelled bool // problems carry their sheet
	closers  []io.Closer
}

// tables is what both kinds of file can do.
type tables interface {
	scanSheet(ctx context.Context, i int, row func(number int, cells []Cell) error) error
	mergedBranches(i, column int) ([]span, error)
	is1904() bool
	close() error
}

// Open reads the shape of a roster: kind of file, sheets, header rows, columns. What is not a readable table is an
// Invalid fault with a sentence that says what to do. A book without a usable header opens too, so that a page can
// show what is there; Ready tells, and Rows and Survey refuse it.
func Open(src io.ReaderAt, size int64, filename string, o Options) (*Book, error) {
	if o.MaxBytes <= 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	if o.MaxUncompressed <= 0 {
		o.MaxUncompressed = 20 * o.MaxBytes
	}
	if size > o.MaxBytes {
		return nil, fault.New(fault.Invalid, "文件有 %d MB，超过了 %d MB 的上限。请分成几个文件导入，或者请系统管理员调整上限。", (size+1<<20-1)>>20, o.MaxBytes>>20).At("file")
	}
	b, err := openTables(src, size, filename, o)
	if err != nil {
		return nil, err
	}
	if err := b.look(o); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// OpenFile opens a file of the machine.
func OpenFile(path string, o Options) (*Book, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fault.New(fault.Invalid, "没有找到文件 %s。请检查文件名。", filepath.Base(path)).At("file").Because(err)
	}
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if info.IsDir() {
		return nil, errors.Join(fault.New(fault.Invalid, "%s 是文件夹，不是文件。", filepath.Base(path)).At("file"), f.Close())
	}
	b, err := Open(f, info.Size(), filepath.Base(path), o)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	b.closers = append(b.closers, f)
	return b, nil
}

// Close gives back the file and removes what was spilled.
func (b *Book) Close() error {
	err := b.src.close()
	for _, c := range b.closers {
		err = errors.Join(err, c.Close())
	}
	return err
}

func openTables(src io.ReaderAt, size int64, filename string, o Options) (*Book, error) {
	head := make([]byte, min(size, 4096))
	if n, err := src.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, err
	} else if head = head[:n]; n == 0 {
		return nil, fault.New(fault.Invalid, "文件是空的。").At("file")
	}
	name := strings.TrimSuffix(filepath.Base(filename), filepath.Ext(filename))
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")) {
		w, err := openWorkbook(src, size, o.MaxUncompressed, o.TempDir)
		if err != nil {
			return nil, err
		}
		b := &Book{Format: FormatXLSX, src: &workbookTables{w}, labelled: o.Sheet == ""}
		for _, s := range w.sheets {
			b.Sheets = append(b.Sheets, &Sheet{Name: s.name, Hidden: s.hidden, index: len(b.Sheets), book: b})
		}
		return b, nil
	}
	if err := refuseOther(src, size, head); err != nil {
		return nil, err
	}
	t, err := openTable(src, size)
	if err != nil {
		return nil, err
	}
	b := &Book{Format: FormatCSV, src: csvTables{t}}
	b.Sheets = []*Sheet{{Name: name, book: b}}
	return b, nil
}

// Row is a row with something in it, below the header.
type Row struct {
	Sheet  string
	Number int // as Excel shows it
	Cells  []Cell

	sheet  *Sheet
	branch string // from a merged cell above
}

// Cell gives the cell of a column; an empty one where the sheet has none.
func (r *Row) Cell(c Column) Cell {
	if i, ok := columnIndex[c]; ok {
		if at := r.sheet.at[i]; at >= 0 && at < len(r.Cells) {
			return r.Cells[at]
		}
	}
	return Cell{}
}

// Rows reads all rows of all readable sheets in their order: without empty rows, header rows repeated further down,
// and rows of totals or signatures. A row may be kept. An error ends the sequence.
func (b *Book) Rows(ctx context.Context) iter.Seq2[*Row, error] {
	return func(yield func(*Row, error) bool) {
		if err := b.Ready(); err != nil {
			yield(nil, err)
			return
		}
		for _, s := range b.Sheets {
			if s.HeaderRow == 0 {
				continue
			}
			err := s.rows(ctx, func(r *Row) bool { return yield(r, nil) })
			if errors.Is(err, errEnough) {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

func (s *Sheet) rows(ctx context.Context, yield func(*Row) bool) error {
	spans := s.spans
	branchAt := s.at[columnIndex[Organisation]]
	var current span
	var branch string
	return s.scan(ctx, func(number int, cells []Cell) error {
		if number <= s.HeaderRow {
			return nil
		}
		for len(spans) > 0 && number >= spans[0].first {
			current, spans, branch = spans[0], spans[1:], ""
		}
		inSpan := number >= current.first && number <= current.last
		if inSpan && number == current.first && branchAt < len(cells) {
			branch = cells[branchAt].shown(s.book.src.is1904())
		}
		if s.skipped(cells) {
			return nil
		}
		r := &Row{Sheet: s.Name, Number: number, Cells: append([]Cell(nil), cells...), sheet: s}
		if inSpan && number > current.first {
			r.branch = branch
		}
		if !yield(r) {
			return errEnough
		}
		return nil
	})
}

func (s *Sheet) scan(ctx context.Context, row func(int, []Cell) error) error {
	err := s.book.src.scanSheet(ctx, s.index, row)
	var stop stopError
	if errors.As(err, &stop) {
		return stop.error
	}
	return err
}

// Owns gives the book something more to close.
func (b *Book) Owns(c io.Closer) { b.closers = append(b.closers, c) }
