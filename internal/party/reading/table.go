package reading

import (
	"strings"
	"sync"

	"github.com/mozillazg/go-pinyin"
	"golang.org/x/text/unicode/norm"
)

// The blocks of Han characters that the dictionary covers: extension A with the main block, and everything on the
// supplementary plane. A flat table of both costs 200 KB and makes a look-up one index, without a map or a regexp.
const (
	lowFirst, lowLast   = 0x3400, 0x9FFF
	highFirst, highLast = 0x20000, 0x323AF
)

// table holds one reading a character; 0 is «no reading».
type table struct {
	syllables []string
	low       [lowLast - lowFirst + 1]uint16
	high      [highLast - highFirst + 1]uint16
	whole     map[string]bool // every syllable
	beginning map[string]bool // every beginning of a syllable
}

// readings is made on first use: a program that never reads a name does not pay for it.
var readings = sync.OnceValue(build)

func build() *table {
	t := &table{syllables: []string{""}, whole: map[string]bool{}, beginning: map[string]bool{}}
	known := map[string]uint16{}
	number := func(syllable string) uint16 {
		n, ok := known[syllable]
		if !ok {
			n = uint16(len(t.syllables))
			t.syllables = append(t.syllables, syllable)
			known[syllable] = n
			t.learn(syllable)
		}
		return n
	}
	spelled := map[string]string{} // toned spelling → plain; the dictionary has 1,300 of them for 41,000 characters
	for character, all := range pinyin.PinyinDict {
		first, _, _ := strings.Cut(all, ",")
		plain, ok := spelled[first]
		if !ok {
			plain = letters(first)
			spelled[first] = plain
		}
		t.set(rune(character), number(plain))
	}
	for character, syllable := range given {
		t.set(character, number(syllable))
	}
	for _, syllable := range surnames {
		t.learn(syllable)
	}
	return t
}

func (t *table) learn(syllable string) {
	if len(syllable) < 2 && !strings.Contains("aeo", syllable) {
		return // m and n are sounds of assent, not syllables anybody types for a name
	}
	t.whole[syllable] = true
	for i := 1; i <= len(syllable); i++ {
		t.beginning[syllable[:i]] = true
	}
}

func (t *table) set(character rune, syllable uint16) {
	switch {
	case character >= lowFirst && character <= lowLast:
		t.low[character-lowFirst] = syllable
	case character >= highFirst && character <= highLast:
		t.high[character-highFirst] = syllable
	}
}

func (t *table) of(character rune) string {
	switch {
	case character >= lowFirst && character <= lowLast:
		return t.syllables[t.low[character-lowFirst]]
	case character >= highFirst && character <= highLast:
		return t.syllables[t.high[character-highFirst]]
	}
	return ""
}

// letters takes the tones off a spelling and writes ü as v.
func letters(toned string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(toned)) {
		switch {
		case r >= 'a' && r <= 'z':
			b.WriteByte(byte(r))
		case r == '\u0308': // the two dots: what was u before is ü
			s := strings.TrimSuffix(b.String(), "u")
			b.Reset()
			b.WriteString(s + "v")
		}
	}
	return b.String()
}
