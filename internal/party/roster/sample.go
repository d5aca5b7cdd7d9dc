package roster

import (
	"strings"
	"unicode"
)

// sample shows what stands under each header.
func (s *Sheet) sample(rows [][]Cell) {
	for _, cells := range rows[:min(len(rows), sampleRows)] {
		for i := range s.Headers {
			h := &s.Headers[i]
			if i >= len(cells) || cells[i].Kind == Empty {
				continue
			}
			h.Samples = append(h.Samples, mask(cells[i].shown(s.book.src.is1904()), h.Column))
		}
	}
}

// mask leaves of a number that could be somebody's (eleven digits and more, dashes and spaces in between or not; in
// the column of ID numbers any) the last four characters, and of an address the beginning.
func mask(text string, c Column) string {
	runes := []rune(strings.TrimFunc(text, blank))
	if c == Address && len(runes) > 6 {
		return string(runes[:6]) + "…"
	}
	for from := 0; from < len(runes); {
		to, digits := from, 0
		for to < len(runes) && (digit(runes[to]) || digits > 0 && (runes[to] == '-' || runes[to] == ' ')) {
			if digit(runes[to]) {
				digits++
			}
			to++
		}
		if digits > 10 || c == IDNumber {
			hide(runes[from:to], digits-4)
		}
		from = to + 1
	}
	if len(runes) > 40 {
		runes = append(runes[:40], '…')
	}
	return string(runes)
}

// hide puts stars for the first n digits.
func hide(runes []rune, n int) {
	for i := 0; i < len(runes) && n > 0; i++ {
		if digit(runes[i]) {
			runes[i] = '*'
			n--
		}
	}
}

func digit(r rune) bool { return unicode.IsDigit(r) || r == 'X' || r == 'x' }
