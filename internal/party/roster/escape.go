package roster

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// appendText adds the text of the current token with its entities resolved.
func (x *xmlReader) appendText(to []byte) []byte {
	if x.cdata || bytes.IndexByte(x.text, '&') < 0 {
		return append(to, x.text...)
	}
	return appendUnescaped(to, x.text)
}

func appendUnescaped(to, raw []byte) []byte {
	for {
		amp := bytes.IndexByte(raw, '&')
		if amp < 0 {
			return append(to, raw...)
		}
		to = append(to, raw[:amp]...)
		raw = raw[amp:]
		semi := bytes.IndexByte(raw[:min(len(raw), 12)], ';')
		if semi < 0 {
			return append(to, raw...)
		}
		if r, ok := entity(string(raw[1:semi])); ok {
			to = utf8.AppendRune(to, r)
		} else {
			to = append(to, raw[:semi+1]...)
		}
		raw = raw[semi+1:]
	}
}

func entity(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if number, ok := strings.CutPrefix(name, "#"); ok {
		base := 10
		if hex, ok := strings.CutPrefix(number, "x"); ok {
			number, base = hex, 16
		}
		n, err := strconv.ParseUint(number, base, 32)
		return rune(n), err == nil && n <= utf8.MaxRune
	}
	return 0, false
}

// decodeEscapes resolves the _xHHHH_ by which Excel writes characters that XML cannot hold.
func decodeEscapes(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for {
		i := strings.Index(s, "_x")
		if i < 0 || len(s) < i+7 {
			b.WriteString(s)
			return b.String()
		}
		n, err := strconv.ParseUint(s[i+2:i+6], 16, 16)
		if err != nil || s[i+6] != '_' {
			b.WriteString(s[:i+2])
			s = s[i+2:]
			continue
		}
		b.WriteString(s[:i])
		b.WriteRune(rune(n))
		s = s[i+7:]
	}
}
