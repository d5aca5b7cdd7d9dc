package roster

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"zhibu/internal/fault"
)

// textTable is a CSV file. Rows are counted as Excel counts them when it opens the file: an empty line is a row, a
// quoted cell with line ends inside is still one row.
type textTable struct {
	src       io.ReaderAt
	size      int64
	decode    func(io.Reader) io.Reader
	delimiter rune
	hint      bool // the first line is «sep=;», which Excel obeys and does not show
}

func openTable(src io.ReaderAt, size int64) (*textTable, error) {
	decode, err := encodingOf(src, size)
	if err != nil {
		return nil, err
	}
	t := &textTable{src: src, size: size, decode: decode, delimiter: ','}
	return t, t.findDelimiter()
}

// encodingOf looks at the whole file, because one character at its end decides between UTF-8 and GB18030.
func encodingOf(src io.ReaderAt, size int64) (func(io.Reader) io.Reader, error) {
	var mark [3]byte
	n, _ := src.ReadAt(mark[:], 0)
	switch head := string(mark[:n]); {
	case strings.HasPrefix(head, "\xff\xfe"), strings.HasPrefix(head, "\xfe\xff"):
		return decoder(unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder()), nil
	case strings.HasPrefix(head, "\xef\xbb\xbf"):
		if !all(io.NewSectionReader(src, 0, size), validUTF8) {
			return nil, unreadableText()
		}
		return decoder(unicode.UTF8BOM.NewDecoder()), nil
	}
	if all(io.NewSectionReader(src, 0, size), validUTF8) {
		return func(r io.Reader) io.Reader { return r }, nil
	}
	chinese := decoder(simplifiedchinese.GB18030.NewDecoder())
	if !all(chinese(io.NewSectionReader(src, 0, size)), func(b []byte) bool {
		return !strings.Contains(string(b), "\uFFFD")
	}) {
		return nil, unreadableText()
	}
	return chinese, nil
}

func decoder(t transform.Transformer) func(io.Reader) io.Reader {
	return func(r io.Reader) io.Reader {
		t.Reset()
		return transform.NewReader(r, t)
	}
}

func unreadableText() error {
	return fault.New(fault.Invalid, "无法识别文件的文字编码。请用 Excel 或 WPS 打开，另存为“Excel 工作簿（*.xlsx）”或“CSV UTF-8”后再导入。").At("file")
}

func validUTF8(b []byte) bool { return utf8.Valid(b) }

// all reads everything in pieces that do not cut a character and asks right of each.
func all(r io.Reader, right func([]byte) bool) bool {
	buf := make([]byte, 64<<10)
	kept := 0
	for {
		n, err := r.Read(buf[kept:])
		n += kept
		cut := n
		if err == nil {
			cut = wholeRunes(buf[:n])
		}
		if !right(buf[:cut]) {
			return false
		}
		kept = copy(buf, buf[cut:n])
		if err == io.EOF {
			return true
		}
		if err != nil {
			return false
		}
	}
}

// wholeRunes is the length without a character that is not complete yet.
func wholeRunes(b []byte) int {
	for back := 1; back <= utf8.UTFMax && back <= len(b); back++ {
		if c := b[len(b)-back]; utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-back:]) {
				return len(b) - back
			}
			break
		}
	}
	return len(b)
}

// findDelimiter takes the separator under which the first rows show most known headers, and if none does, the one
// that gives the most cells.
func (t *textTable) findDelimiter() error {
	best := -1
	for _, d := range []rune{',', ';', '\t'} {
		try := *t
		try.delimiter = d
		score := 0
		err := try.scan(context.Background(), func(number int, cells []Cell) error {
			if number > headerRows {
				return errEnough
			}
			known := 0
			for _, c := range cells {
				if match, _ := knownHeader(c.Text); match != "" {
					known++
				}
			}
			score = max(score, known*1000+len(cells))
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) && fault.As(err) == nil {
			return err
		}
		if score > best {
			best, t.delimiter, t.hint = score, d, try.hint
		}
	}
	return nil
}

// errEnough ends a scan early.
var errEnough = errors.New("enough rows")

// scan reads all rows; empty ones are counted and not handed over.
func (t *textTable) scan(ctx context.Context, row func(number int, cells []Cell) error) error {
	s := &textScan{r: bufio.NewReaderSize(t.decode(io.NewSectionReader(t.src, 0, t.size)), 64<<10), delimiter: t.delimiter}
	for number := 1; ; number++ {
		more, err := s.record()
		if err != nil {
			return err
		}
		if number == 1 && len(s.cells) > 0 && strings.HasPrefix(strings.ToLower(s.cells[0].Text), "sep=") {
			t.hint = true
			number = 0
			if d, _ := utf8.DecodeRuneInString(s.cells[0].Text[4:]); d != utf8.RuneError {
				s.delimiter = d
			}
			continue
		}
		if len(s.cells) > 0 {
			if err := row(number, s.cells); err != nil {
				return err
			}
		}
		if !more {
			return nil
		}
		if number%1024 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
}

// textScan splits a file into rows and cells (RFC 4180, and forgiving where people are: a quote inside a cell that
// did not open with one is a character).
type textScan struct {
	r         *bufio.Reader
	delimiter rune
	cells     []Cell
	cell      []byte
	size      int // bytes of the row so far, the open cell apart
}

// record reads a row; more is false after the last one.
func (s *textScan) record() (more bool, err error) {
	s.cells, s.cell, s.size = s.cells[:0], s.cell[:0], 0
	quoted, wasQuoted := false, false
	for {
		c, size, err := s.r.ReadRune()
		if err == io.EOF {
			s.finish()
			return false, nil
		}
		if err != nil {
			return false, err
		}
		switch {
		case quoted && c == '"':
			if next, _, err := s.r.ReadRune(); err == nil && next == '"' {
				s.cell = append(s.cell, '"')
				continue
			} else if err == nil {
				if err := s.r.UnreadRune(); err != nil {
					return false, err
				}
			}
			quoted = false
		case quoted:
			s.add(c, size)
		case c == '"' && len(s.cell) == 0 && !wasQuoted:
			quoted, wasQuoted = true, true
		case c == s.delimiter:
			s.endCell()
			wasQuoted = false
		case c == '\n':
			s.finish()
			return true, nil
		case c == '\r':
			if next, _, err := s.r.ReadRune(); err == nil && next != '\n' {
				if err := s.r.UnreadRune(); err != nil {
					return false, err
				}
			}
			s.finish()
			return true, nil
		default:
			s.add(c, size)
		}
		if len(s.cell) > maxCellBytes || s.size > maxRowBytes || len(s.cells) > maxColumns {
			return false, fault.New(fault.Invalid, "有一个单元格的内容过长，可能是少了一个引号（\"）。请检查 CSV 文件，或者另存为“Excel 工作簿（*.xlsx）”后再导入。").At("file")
		}
	}
}

func (s *textScan) add(c rune, size int) {
	if c == utf8.RuneError && size == 1 {
		return // not valid, and the encoding was checked before
	}
	s.cell = utf8.AppendRune(s.cell, c)
}

func (s *textScan) endCell() {
	c := Cell{}
	if len(s.cell) > 0 {
		c = Cell{string(s.cell), TextCell}
		s.size += len(s.cell)
	}
	s.cells = append(s.cells, c)
	s.cell = s.cell[:0]
}

// finish ends the row; cells that are empty to the right count for nothing.
func (s *textScan) finish() {
	s.endCell()
	for len(s.cells) > 0 && s.cells[len(s.cells)-1].Kind == Empty {
		s.cells = s.cells[:len(s.cells)-1]
	}
}
