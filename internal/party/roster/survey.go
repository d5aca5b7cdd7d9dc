package roster

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"zhibu/internal/party/identity"
)

// Survey is what a first pass over a book found: how many rows there are, and which ID numbers stand more than once.
// It needs 16 bytes a row while it runs, and afterwards only what the doubles need.
type Survey struct {
	Rows    int // rows that Rows will give
	doubles map[uint64]*double
	labels  []string // sheet names, for messages
}

type double struct {
	places []place // in reading order
	same   bool    // all rows say the same
	digest [sha256.Size]byte
}

type place struct {
	row   uint32
	sheet uint16
}

// Standing says how a row stands among those with the same ID number in the file.
type Standing int

// The standings.
const (
	Single    Standing = iota // the only row with this number
	FirstSame                 // others say exactly the same; this one goes in
	Repeat                    // says exactly what an earlier row said; not to be entered again
	Conflict                  // others say something else; all of them are rejected
)

// Survey reads the book once, and once more if an ID number stands twice: then only rows that agree in every fact
// count as the same.
func (b *Book) Survey(ctx context.Context, c *Context) (*Survey, error) {
	type entry struct {
		key uint64
		at  place
	}
	s := &Survey{doubles: map[uint64]*double{}}
	for _, sheet := range b.Sheets {
		s.labels = append(s.labels, sheet.Name)
	}
	var seen []entry
	for r, err := range b.Rows(ctx) {
		if err != nil {
			return nil, err
		}
		s.Rows++
		if key, ok := r.key(); ok {
			seen = append(seen, entry{key, r.place()})
		}
	}
	slices.SortStableFunc(seen, func(a, b entry) int { return cmp.Compare(a.key, b.key) })
	for i, e := range seen {
		if i > 0 && seen[i-1].key == e.key || i+1 < len(seen) && seen[i+1].key == e.key {
			d := s.doubles[e.key]
			if d == nil {
				d = &double{same: true}
				s.doubles[e.key] = d
			}
			d.places = append(d.places, e.at)
		}
	}
	if len(s.doubles) == 0 {
		return s, nil
	}
	return s, s.compare(ctx, b, c)
}

// compare decides of every double whether its rows agree. They are compared as understood, so that a full-width
// digit or a space makes no difference; which columns their sheets have does not matter.
func (s *Survey) compare(ctx context.Context, b *Book, c *Context) error {
	for r, err := range b.Rows(ctx) {
		if err != nil {
			return err
		}
		key, ok := r.key()
		d := s.doubles[key]
		if !ok || d == nil || !d.same {
			continue
		}
		record, _ := Check(r, c)
		record.Columns = 0
		text, err := json.Marshal(record)
		if err != nil {
			return err
		}
		digest := sha256.Sum256(text)
		if d.places[0] == r.place() {
			d.digest = digest
		} else if d.digest != digest {
			d.same = false
		}
	}
	return nil
}

// Stand tells how a row stands; the problem is to be reported for Repeat (a warning) and Conflict (an error).
func (s *Survey) Stand(r *Row) (Standing, Problem) {
	if len(s.doubles) == 0 {
		return Single, Problem{}
	}
	key, ok := r.key()
	d := s.doubles[key]
	switch {
	case !ok || d == nil:
		return Single, Problem{}
	case d.same && d.places[0] == r.place():
		return FirstSame, Problem{}
	}
	if d.same && r.sheet.order == int(d.places[0].sheet) {
		return Repeat, r.Say(IDNumber, Warning, DuplicateInFile, "与第 %s 行完全相同，只录入一次。", strconv.Itoa(int(d.places[0].row)))
	}
	if rows := d.rows(r); !d.same && rows != "" {
		return Conflict, r.Say(IDNumber, Error, DuplicateInFile, "与第 %s 行的公民身份号码相同，而其他内容不同。请核对后只保留正确的一行。", rows)
	}
	other := d.elsewhere(r)
	sheet, row := s.labels[other.sheet], strconv.Itoa(int(other.row))
	if d.same {
		return Repeat, r.Say(IDNumber, Warning, DuplicateInFile, "与工作表“%s”第 %s 行完全相同，只录入一次。", sheet, row)
	}
	return Conflict, r.Say(IDNumber, Error, DuplicateInFile, "与工作表“%s”第 %s 行的公民身份号码相同，而其他内容不同。请核对后只保留正确的一行。", sheet, row)
}

// rows names the other rows of the same sheet, five at most.
func (d *double) rows(r *Row) string {
	var rows []string
	for _, p := range d.places {
		if len(rows) == 5 {
			break
		}
		if p != r.place() && int(p.sheet) == r.sheet.order {
			rows = append(rows, strconv.Itoa(int(p.row)))
		}
	}
	return strings.Join(rows, "、")
}

// elsewhere is the first row in another sheet.
func (d *double) elsewhere(r *Row) place {
	for _, p := range d.places {
		if int(p.sheet) != r.sheet.order {
			return p
		}
	}
	return d.places[0]
}

func (r *Row) place() place { return place{uint32(r.Number), uint16(r.sheet.order)} }

// key is the number without its check character, which follows from the rest: exact, in eight bytes.
func (r *Row) key() (uint64, bool) {
	cell := r.Cell(IDNumber)
	if cell.Kind != TextCell {
		return 0, false // a number cell cannot hold eighteen digits
	}
	id, _ := identity.ParseIDNumber(cell.Text)
	if id == "" {
		return 0, false
	}
	var key uint64
	for i := range 17 {
		key = key*10 + uint64(id[i]-'0')
	}
	return key, true
}
