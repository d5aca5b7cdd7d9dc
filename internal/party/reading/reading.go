package reading

import (
	"unicode"
	"unicode/utf8"
)

// Reading is a name in Latin letters, lower case, without tones, spaces or dots.
type Reading struct {
	Full     string // zhangsan
	Initials string // zs
}

// Of reads a name. Of a run of Latin letters the first is its initial; what has no reading (digits, signs) is left
// out. One allocation a name.
func Of(name string) Reading {
	var fullBuffer [96]byte
	var initialBuffer [32]byte
	full, initials := fullBuffer[:0], initialBuffer[:0]
	say := func(syllable string) {
		if syllable != "" {
			full = append(full, syllable...)
			initials = append(initials, syllable[0])
		}
	}

	t := readings()
	name, surname := family(name)
	for _, syllable := range surname {
		say(syllable)
	}
	inWord := false
	for i, r := range name {
		r = character(r)
		letter := latin(r)
		switch {
		case letter != 0 && inWord:
			full = append(full, letter)
		case letter != 0:
			full = append(full, letter)
			initials = append(initials, letter)
		case i == 0 && len(surname) == 0 && han(name):
			say(surnameReading(t, r))
		default:
			say(t.of(r))
		}
		inWord = letter != 0
	}

	n := len(full)
	both := string(append(full, initials...))
	return Reading{Full: both[:n], Initials: both[n:]}
}

// family takes a compound surname off the beginning of a name and gives the rest and how the surname is read.
func family(name string) (string, []string) {
	end, count := 0, 0
	for i, r := range name {
		if count == 2 {
			end = i
			break
		}
		if r < lowFirst || r == utf8.RuneError {
			return name, nil
		}
		count++
		end = i + utf8.RuneLen(r)
	}
	if syllables, ok := compound[name[:end]]; ok {
		return name[end:], syllables
	}
	const longest = len("爱新觉罗")
	if len(name) >= longest {
		if syllables, ok := compound[name[:longest]]; ok {
			return name[longest:], syllables
		}
	}
	return name, nil
}

func surnameReading(t *table, r rune) string {
	if syllable, ok := surnames[r]; ok {
		return syllable
	}
	return t.of(r)
}

// han tells whether a name has the form of a Han name: two to four Han characters. The given name of 阿依古丽·买买提
// stands first, so its first character is not read as a surname.
func han(name string) bool {
	n := 0
	for _, r := range name {
		if !ideograph(r) {
			return false
		}
		n++
	}
	return n >= 1 && n <= 4
}

func ideograph(r rune) bool { return r >= lowFirst && unicode.Is(unicode.Han, r) }

// latin gives the lower-case letter a to z of r, full-width letters and letters with marks included, 0 for others.
func latin(r rune) byte {
	switch {
	case r >= 'a' && r <= 'z':
		return byte(r)
	case r >= 'A' && r <= 'Z':
		return byte(r - 'A' + 'a')
	case r >= 'Ａ' && r <= 'Ｚ':
		return byte(r - 'Ａ' + 'a')
	case r >= 'ａ' && r <= 'ｚ':
		return byte(r - 'ａ' + 'a')
	case r >= 'À' && r <= 'ɏ':
		if s := letters(string(r)); len(s) == 1 {
			return s[0]
		}
	}
	return 0
}

// character mends code points that stand for a name's character without being it: 䶮 was put in the private area by
// GBK fonts and is still typed so, and the compatibility ideographs are second copies.
func character(r rune) rune {
	switch {
	case r == 0xE863:
		return '䶮'
	case r >= 0xF900 && r <= 0xFAFF, r >= 0x2F800 && r <= 0x2FA1F:
		for _, one := range canonical(r) {
			return one
		}
	}
	return r
}
