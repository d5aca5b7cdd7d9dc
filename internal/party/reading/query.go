package reading

import (
	"strings"
	"unicode"
)

// Kind is what a person typed into the search box.
type Kind int

// The kinds of search.
const (
	Nothing          Kind = iota // empty, or nothing that could be found
	Name                         // part of a name as written
	Pinyin                       // beginning of Reading.Full
	Initials                     // beginning of Reading.Initials
	PinyinOrInitials             // both are possible: he is 何 and 胡恩
	Tail                         // last four characters of an identity number (the last may be X) or a phone
	Phone                        // a whole mobile number, 11 digits
	Identity                     // a whole identity number, 18 characters
)

// The longest text that can still be the initials of a Han name, and that anybody searches for.
const (
	hanInitials = 4
	longest     = 64
)

// Query tells what was typed and gives it in the form in which it is to be compared: names as by Normalise, pinyin in
// lower case without spaces, tones and apostrophes, numbers in ASCII with a capital X.
func Query(text string) (Kind, string) {
	name := Normalise(text)
	if name == "" || len(name) > longest*4 {
		return Nothing, ""
	}
	if digit(name[0]) {
		return number(name)
	}
	typed, ok := typedLetters(name)
	if !ok {
		return Name, name
	}
	t := readings()
	spelled, initials := t.spells(typed), initialsOnly(typed)
	switch {
	case len(typed) == 1 && initials:
		return Initials, typed // the same people, by the shorter index
	case spelled && initials && len(typed) <= hanInitials:
		return PinyinOrInitials, typed
	case spelled:
		return Pinyin, typed
	case initials:
		return Initials, typed
	}
	return Name, name
}

func digit(b byte) bool { return b >= '0' && b <= '9' }

// number knows the end of a number, a mobile number and an identity number; digits of other lengths find nobody.
func number(text string) (Kind, string) {
	var b strings.Builder
	for _, r := range text {
		if r != '-' && !unicode.IsSpace(r) {
			b.WriteRune(unicode.ToUpper(r))
		}
	}
	s := b.String()
	for i := range len(s) {
		if !digit(s[i]) && !(s[i] == 'X' && i == len(s)-1 && (len(s) == 4 || len(s) == 18)) {
			return Nothing, ""
		}
	}
	switch {
	case len(s) == 4:
		return Tail, s
	case len(s) == 11 && s[0] == '1':
		return Phone, s
	case len(s) == 18:
		return Identity, s
	}
	return Nothing, ""
}

// typedLetters gives the plain letters of a text that is nothing but pinyin could be: letters, tones, spaces,
// apostrophes and hyphens.
func typedLetters(text string) (string, bool) {
	for _, r := range text {
		if latin(r) == 0 && r != ' ' && r != '\'' && r != '’' && r != '-' {
			return "", false
		}
	}
	s := letters(text)
	return s, s != "" && len(s) <= longest
}

// initialsOnly tells whether every letter can begin a syllable: none begins with i, u or v.
func initialsOnly(s string) bool { return !strings.ContainsAny(s, "iuv") }

// spells tells whether s is a row of syllables, the last perhaps unfinished: zhangs is the beginning of 张三.
func (t *table) spells(s string) bool {
	const longestSyllable = 6
	reached := make([]bool, len(s)+1)
	reached[0] = true
	for i := range len(s) {
		if !reached[i] {
			continue
		}
		if t.beginning[s[i:]] {
			return true
		}
		for j := i + 1; j <= min(i+longestSyllable, len(s)); j++ {
			if t.whole[s[i:j]] {
				reached[j] = true
			}
		}
	}
	return reached[len(s)]
}
