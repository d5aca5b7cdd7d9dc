package roster

import (
	"bytes"
	"strconv"
)

// columnOf reads the letters of a reference: A → 0, AB → 27; -1 for none.
func columnOf(ref []byte) int {
	n := 0
	for _, c := range ref {
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		if c < 'A' || c > 'Z' || n > 1<<20 {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	return n - 1
}

// rowOf reads the digits of a reference: AB12 → 12; 0 for none.
func rowOf(ref []byte) int {
	i := bytes.IndexAny(ref, "0123456789")
	if i < 0 {
		return 0
	}
	n, err := strconv.Atoi(string(ref[i:]))
	if err != nil {
		return 0
	}
	return n
}

// letters is the name of a column: 0 → A, 26 → AA.
func letters(i int) string {
	var s string
	for i++; i > 0; i = (i - 1) / 26 {
		s = string(rune('A'+(i-1)%26)) + s
	}
	return s
}
