package vault

import "strings"

// NormaliseIDNumber gives the one spelling of a citizen ID number under which it is indexed and sealed: half-width,
// without spaces and hyphens, with a capital X. It does not check the number.
func NormaliseIDNumber(s string) string {
	return strings.ToUpper(strings.Map(plainDigit, s))
}

// NormalisePhone gives the one spelling of a phone number: half-width digits without separators and without +86.
// It does not check the number.
func NormalisePhone(s string) string {
	s = strings.Map(func(r rune) rune {
		switch r = plainDigit(r); r {
		case '(', ')', '.':
			return -1
		}
		return r
	}, s)
	for _, prefix := range []string{"+86", "0086"} {
		if rest, ok := strings.CutPrefix(s, prefix); ok {
			return rest
		}
	}
	if len(s) == 13 && strings.HasPrefix(s, "861") {
		return s[2:]
	}
	return s
}

// plainDigit folds full-width forms to ASCII and drops spaces, hyphens and invisible marks.
func plainDigit(r rune) rune {
	if r >= '\uFF01' && r <= '\uFF5E' {
		r -= 0xFEE0
	}
	switch {
	case r == ' ', r == '\t', r == '\r', r == '\n', r == '\u00A0', r == '\u3000', r == '\uFEFF',
		r >= '\u2000' && r <= '\u200F', r >= '\u202A' && r <= '\u202F', r >= '\u2060' && r <= '\u2069':
		return -1
	case r == '-', r >= '\u2010' && r <= '\u2015', r == '\u2212':
		return -1
	}
	return r
}
