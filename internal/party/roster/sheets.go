package roster

import (
	"context"
	"errors"
	"slices"
	"strings"

	"zhibu/internal/fault"
)

// Sheet is what was found of a sheet.
type Sheet struct {
	Name      string
	Hidden    bool
	HeaderRow int      // as Excel shows it; 0 if no header row was found in the first ten rows
	Headers   []Header // of the header row, or of the first row with cells where none was found

	index int // in the file
	order int // in Book.Sheets
	book  *Book
	at    [maxKnown]int // place of each column, -1 where there is none
	has   ColumnSet
	spans []span // merged branch cells
	fault *fault.Error
}

// Header is a cell of the header row with what it is taken for: the line of the column mapping page.
type Header struct {
	Index   int    // from 0
	Letter  string // A, B … as Excel shows it
	Text    string
	Column  Column   // Note for what is kept as notes, Ignored for what is not read
	Mapped  bool     // by Options.Mapping, not by its name
	Samples []string // up to three values from below, masked where they could identify somebody
}

const (
	headerRows = 10
	sampleRows = 3
	maxKnown   = 32
)

// look finds header rows and columns.
func (b *Book) look(o Options) error {
	if o.Sheet != "" {
		i := slices.IndexFunc(b.Sheets, func(s *Sheet) bool { return s.Name == o.Sheet })
		if i < 0 {
			return fault.New(fault.Invalid, "工作簿里没有名为“%s”的工作表。现有：%s。", o.Sheet, b.names()).At("sheet")
		}
		b.Sheets = b.Sheets[i : i+1]
	}
	mapping := map[string]Column{}
	for header, column := range o.Mapping {
		if _, known := columnIndex[column]; !known && column != Note && column != Ignored {
			return fault.New(fault.Invalid, "没有“%s”这样的列。", string(column)).At("mapping")
		}
		mapping[strings.TrimSpace(header)] = column
	}
	for i, s := range b.Sheets {
		s.order = i
		if err := s.look(mapping); err != nil {
			return err
		}
	}
	return nil
}

func (b *Book) names() string {
	var names []string
	for _, s := range b.Sheets {
		names = append(names, s.Name)
	}
	return strings.Join(names, "、")
}

// Ready tells why nothing can be read: no sheet has a header row, or two columns claim to be the same.
func (b *Book) Ready() error {
	found := false
	for _, s := range b.Sheets {
		if s.fault != nil {
			return s.fault
		}
		found = found || s.HeaderRow > 0
	}
	if !found {
		return fault.New(fault.Invalid, "在前 %d 行里没有找到表头。表头要有“姓名”“公民身份号码”等列名；列名不同时，请指定各列的含义。", headerRows).At("file")
	}
	return nil
}

// Unknown lists the headers that are kept as notes, for the report.
func (b *Book) Unknown() []string {
	var names []string
	for _, s := range b.Sheets {
		for _, h := range s.Headers {
			if s.HeaderRow > 0 && h.Column == Note && h.Text != "" && !slices.Contains(names, h.Text) {
				names = append(names, h.Text)
			}
		}
	}
	return names
}

func (s *Sheet) look(mapping map[string]Column) error {
	for i := range s.at {
		s.at[i] = -1
	}
	var top [][]Cell
	var numbers []int
	header := -1
	err := s.scan(context.Background(), func(number int, cells []Cell) error {
		if number > headerRows && header < 0 {
			if header = headerOf(top, mapping); header < 0 {
				return errEnough
			}
		}
		if header >= 0 && len(top) > header+sampleRows {
			return errEnough
		}
		top = append(top, slices.Clone(cells))
		numbers = append(numbers, number)
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	if header < 0 {
		header = headerOf(top, mapping)
	}
	if len(top) == 0 {
		return nil
	}
	at := max(header, 0)
	s.describe(top[at], mapping)
	s.sample(top[at+1:])
	if header < 0 {
		return nil
	}
	s.HeaderRow = numbers[header]
	branch := s.at[columnIndex[Organisation]]
	if branch < 0 {
		return nil
	}
	s.spans, err = s.book.src.mergedBranches(s.index, branch)
	return err
}

// headerOf is the row with most known headers; a header row knows at least two columns, name or ID number among them.
func headerOf(rows [][]Cell, mapping map[string]Column) int {
	best, at := 1, -1
	for i, cells := range rows {
		seen := map[Column]bool{}
		for _, c := range cells {
			if column, _, _ := columnFor(c.Text, mapping); column != Note && column != Ignored && c.Kind == TextCell {
				seen[column] = true
			}
		}
		if len(seen) > best && (seen[Name] || seen[IDNumber]) {
			best, at = len(seen), i
		}
	}
	return at
}

// columnFor is what a header is taken for; what nobody knows is a note.
func columnFor(header string, mapping map[string]Column) (c Column, weak, mapped bool) {
	if c, ok := mapping[strings.TrimSpace(header)]; ok {
		return c, false, true
	}
	if c, weak := knownHeader(header); c != "" {
		return c, weak, false
	}
	return Note, false, false
}

// describe fills Headers. A weak name gives way to a strong one; two of the same strength are a fault, because
// nobody can know which of the two holds.
func (s *Sheet) describe(cells []Cell, mapping map[string]Column) {
	strong := map[Column]bool{}
	weak := make([]bool, len(cells))
	for i, cell := range cells {
		column, isWeak, mapped := columnFor(cell.Text, mapping)
		weak[i] = isWeak
		strong[column] = strong[column] || !isWeak
		s.Headers = append(s.Headers, Header{
			Index: i, Letter: letters(i), Text: strings.Join(strings.Fields(cell.Text), " "), Column: column, Mapped: mapped,
		})
	}
	for i := range s.Headers {
		h := &s.Headers[i]
		if weak[i] && strong[h.Column] {
			if h.Column == Mobile && plainTelephone(h.Text) && !strong[Phone] {
				h.Column, strong[Phone] = Phone, true
			} else {
				h.Column = Note
			}
		}
		n, known := columnIndex[h.Column]
		if !known {
			continue
		}
		if other := s.at[n]; other >= 0 {
			if s.fault == nil {
				s.fault = fault.New(fault.Invalid, "工作表“%s”的 %s 列“%s”和 %s 列“%s”都是“%s”。请删去或改名其中一列，或者指定各列的含义。",
					s.Name, s.Headers[other].Letter, s.Headers[other].Text, h.Letter, h.Text, h.Column.Title()).At("file")
			}
			continue
		}
		s.at[n] = i
		s.has = s.has.With(h.Column)
	}
}

// plainTelephone: 电话 beside 手机号码 is a telephone at home or work.
func plainTelephone(header string) bool {
	key := headerKey(header)
	return key == "电话" || key == "电话号码"
}
