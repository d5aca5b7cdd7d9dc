package roster

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// tidy gives a text as it is kept: ends trimmed, every kind of space and line end one space, marks that nobody sees
// removed. forbidden is the first character that must not be in a text: control characters and marks that turn the
// direction of writing, by which one name can be made to look like another; 0 if there is none.
func tidy(s string) (text string, forbidden rune) {
	s = unguard(s)
	if ordinary(s) {
		return s, 0
	}
	var b strings.Builder
	space := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case invisible(r):
			continue
		case r == utf8.RuneError, unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r):
			if forbidden == 0 {
				forbidden = r
			}
			continue
		case r == '\uE863': // where GBK systems kept 䶮 before it had a place of its own
			r = '䶮'
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String(), forbidden
}

// ordinary tells whether a text has nothing to tidy; most have not.
func ordinary(s string) bool {
	for i, r := range s {
		if r >= 0x4E00 && r <= 0x9FFF || r > ' ' && r < 0x7F {
			continue
		}
		if r == ' ' && i > 0 && i < len(s)-1 && s[i-1] != ' ' {
			continue
		}
		return false
	}
	return true
}

// invisible are marks without width that come along with copied text and turn nothing.
func invisible(r rune) bool {
	switch r {
	case '\u00AD', '\u200B', '\u200C', '\u200D', '\u200E', '\u2060', '\uFEFF':
		return true
	}
	return false
}

// tidyName is tidy for a name: no spaces inside a Han name, one kind of dot in the names of minorities.
func tidyName(s string) (name string, forbidden rune) {
	name, forbidden = tidy(s)
	if onlyHan(name) {
		return name, forbidden
	}
	runes := []rune(name)
	for i, r := range runes {
		switch r {
		case '•', '・', '‧', '˙', '∙', '⋅', '･', '‥', '●':
			runes[i] = '·'
		case '.', '．':
			if i > 0 && i < len(runes)-1 && han(runes[i-1]) && han(runes[i+1]) {
				runes[i] = '·'
			}
		}
	}
	name = string(runes)
	if !strings.ContainsFunc(name, func(r rune) bool { return !han(r) && r != '·' && r != ' ' }) {
		name = strings.ReplaceAll(name, " ", "")
	}
	return name, forbidden
}

func onlyHan(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !han(r) })
}

// han includes the private places that old systems used for rare characters of names.
func han(r rune) bool {
	return r >= 0x4E00 && r <= 0x9FFF || unicode.Is(unicode.Han, r) || private(r)
}

func private(r rune) bool { return unicode.Is(unicode.Co, r) }

// absent are the ways of writing nothing into a cell.
func absent(s string) bool {
	switch strings.ToLower(s) {
	case "", "-", "--", "—", "——", "/", "\\", "无", "暂无", "没有", "不详", "未知", "n/a", "null", "none", "nan", "未转正":
		return true
	}
	return false
}

// quoted is a cell as a message may repeat it: short, and without a number that could be somebody's.
func quoted(s string) string {
	text, _ := tidy(s)
	text = mask(text, Note)
	if r := []rune(text); len(r) > 20 {
		text = string(r[:20]) + "…"
	}
	return text
}

func codePoint(r rune) string { return fmt.Sprintf("U+%04X", r) }

// phones splits a cell into numbers and normalises each: half-width, without spaces, dashes, brackets and the
// country code.
func phones(s string) []string {
	s = width.Fold.String(s)
	var numbers []string
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("/、,;；，|\\\n", r) }) {
		n := strings.Map(func(r rune) rune {
			if blank(r) || strings.ContainsRune("-—–()'", r) {
				return -1
			}
			return r
		}, part)
		n = withoutCountry(n)
		switch {
		case n == "":
		case len(n) == 22 && mobile(n[:11]) && mobile(n[11:]): // two numbers with a space between
			numbers = append(numbers, n[:11], n[11:])
		default:
			numbers = append(numbers, n)
		}
	}
	return numbers
}

func withoutCountry(n string) string {
	for _, prefix := range []string{"+86", "0086", "86"} {
		if rest, ok := strings.CutPrefix(n, prefix); ok && len(rest) == 11 {
			return rest
		}
	}
	return n
}

func mobile(n string) bool { return len(n) == 11 && n[0] == '1' && onlyDigits(n) }

// A cell that begins like a formula is written with an apostrophe before it, and so is one that begins with an
// apostrophe; reading takes one away again, so that what goes out comes back the same.
func guard(s string) string {
	if s != "" && (startsFormula(s) || s[0] == '\'') {
		return "'" + s
	}
	return s
}

func unguard(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && (startsFormula(rest) || strings.HasPrefix(rest, "'")) {
		return rest
	}
	return s
}

// startsFormula knows what Excel and its kin take for the beginning of a formula, in full width too.
func startsFormula(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return s != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", r)
}
