package identity

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// compact gives the characters of a number or code as the standards write them: half-width, upper case, without
// spaces, invisible marks and the apostrophe of Excel.
func compact(s string) string {
	if plainCode(s) {
		return s
	}
	s = width.Fold.String(s)
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.Is(unicode.Cf, r):
			return -1
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return r
	}, s)
	return strings.TrimLeft(s, "'‘’")
}

// plainCode tells whether there is nothing to fold; most cells are so.
func plainCode(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}
