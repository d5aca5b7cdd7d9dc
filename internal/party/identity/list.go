package identity

import (
	"embed"
	"strconv"
	"strings"
)

//go:embed codes/*.txt
var shipped embed.FS

// List is a code list of a standard: codes, their names, and the other names people use for them.
type List struct {
	Standard string
	codes    []string
	names    map[string]string // code → name
	byText   map[string]string // folded name, short name, letters, number → code
	width    int               // digits of a code; a shorter number is padded (Excel drops the zero of 01)
}

// The lists of people. Names are those of the standards.
var (
	Ethnicities = load("GB/T 3304-1991", "codes/ethnicity.txt")
	Educations  = load("GB/T 4658-2006", "codes/education.txt")
)

// Parse finds the code for a name, short name, letter code or number; ok is false when nobody can know what was meant.
func (l *List) Parse(text string) (code string, ok bool) {
	key := compact(text)
	if code, ok = l.byText[key]; ok {
		return code, true
	}
	if n, err := strconv.Atoi(key); err == nil && n >= 0 && len(key) < l.width {
		key = strings.Repeat("0", l.width-len(key)) + key
		code, ok = l.byText[key]
	}
	return code, ok
}

// Name is the name of a code, "" for a code that is not in the list.
func (l *List) Name(code string) string { return l.names[code] }

// Codes are the codes in the order of the standard.
func (l *List) Codes() []string { return append([]string(nil), l.codes...) }

// Names are the names in the order of the standard.
func (l *List) Names() []string {
	out := make([]string, len(l.codes))
	for i, c := range l.codes {
		out[i] = l.names[c]
	}
	return out
}

// load reads lines of the form «code name other-name …»; a broken file is a defect and stops the program.
func load(standard, file string) *List {
	b, err := shipped.ReadFile(file)
	if err != nil {
		panic(err)
	}
	l := &List{Standard: standard, names: map[string]string{}, byText: map[string]string{}}
	for line := range strings.Lines(string(b)) {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		code := words[0]
		if len(words) < 2 || l.names[code] != "" {
			panic("identity: " + file + ": bad line for " + code)
		}
		l.codes = append(l.codes, code)
		l.names[code] = words[1]
		l.width = max(l.width, len(code))
		for _, w := range words {
			if other, taken := l.byText[compact(w)]; taken && other != code {
				panic("identity: " + file + ": " + w + " names two codes")
			}
			l.byText[compact(w)] = code
		}
	}
	return l
}
