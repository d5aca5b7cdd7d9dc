package reading

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// dot is the dot of minority names as GB 18030 input methods give it and the household register prints it.
const dot = '·'

// Tidy gives a name as it is to be kept and shown: no spaces in or beside Han, one space between Latin words, the dot
// of minority names always ·, full-width letters narrow, invisible and direction marks removed, second copies of a
// character (䶮 of the private area, compatibility ideographs) replaced by the character.
func Tidy(name string) string {
	if clean(name) {
		return name
	}
	var kept []rune
	space := false
	for _, r := range name {
		r = character(narrow(r))
		switch {
		case unicode.IsSpace(r):
			space = true
			continue
		case unicode.Is(unicode.Cf, r), unicode.IsControl(r), unicode.Is(unicode.Variation_Selector, r):
			continue // zero-width characters, direction marks, byte-order marks
		}
		if space && len(kept) > 0 && word(kept[len(kept)-1]) && word(r) {
			kept = append(kept, ' ')
		}
		space = false
		kept = append(kept, r)
	}
	for i := range kept {
		if between(kept, i) {
			kept[i] = dot
		}
	}
	return norm.NFC.String(string(kept))
}

// Normalise gives the form of a name in which two spellings of the same name are equal: Tidy in lower case.
func Normalise(name string) string { return strings.ToLower(Tidy(name)) }

// clean is the common case, a name of plain Han characters, for which there is nothing to do.
func clean(name string) bool {
	for _, r := range name {
		if !(r >= 0x4E00 && r <= lowLast || r >= highFirst && r <= highLast && character(r) == r) {
			return false
		}
	}
	return true
}

// between tells whether the rune at i is a dot of any kind that parts a minority name. A full stop counts only
// between Han characters, so that J. Smith keeps it.
func between(name []rune, i int) bool {
	switch name[i] {
	case dot, '•', '‧', '∙', '⋅', '・', '･', '●', '᛫', '⸱':
		return i > 0 && i < len(name)-1
	case '.', '。', '｡':
		return i > 0 && i < len(name)-1 && ideograph(name[i-1]) && ideograph(name[i+1])
	}
	return false
}

// narrow makes the full-width forms of ASCII narrow.
func narrow(r rune) rune {
	switch {
	case r >= '！' && r <= '～':
		return r - '！' + '!'
	case r == '　':
		return ' '
	}
	return r
}

func word(r rune) bool {
	return !ideograph(r) && (unicode.IsLetter(r) || r == '.' || r == '-' || r == '\'')
}

func canonical(r rune) []rune { return []rune(norm.NFC.String(string(r))) }
