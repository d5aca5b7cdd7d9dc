package typeface

import (
	"bytes"
	_ "embed"
	"io"
	"strings"
	"sync"
	"unicode"

	"github.com/andybalholm/brotli"
	"golang.org/x/image/font/sfnt"
)

// WenQuanYi Micro Hei, its first face cut out of the collection: writers of PDF take single TrueType faces only.
//
//go:embed wqy-microhei.ttf.br
var packed []byte

// Han is the typeface as a TrueType file. A broken one is a defect and stops the program at its first use.
var Han = sync.OnceValue(func() []byte {
	b, err := io.ReadAll(brotli.NewReader(bytes.NewReader(packed)))
	if err != nil {
		panic(err)
	}
	return b
})

var han = sync.OnceValue(func() *sfnt.Font {
	f, err := sfnt.Parse(Han())
	if err != nil {
		panic(err)
	}
	return f
})

// Lacking gives the signs of texts that a typeface cannot write, each once: a box in somebody's name is worse than no
// paper. No file means the one that is shipped.
func Lacking(file []byte, texts ...string) (string, error) {
	f := han()
	if file != nil {
		var err error
		if f, err = sfnt.Parse(file); err != nil {
			return "", err
		}
	}
	var missing strings.Builder
	var room sfnt.Buffer
	seen := map[rune]bool{}
	for _, text := range texts {
		for _, r := range text {
			if seen[r] || unicode.IsSpace(r) {
				continue
			}
			seen[r] = true
			i, err := f.GlyphIndex(&room, r)
			if err != nil {
				return "", err
			}
			if i == 0 {
				missing.WriteRune(r)
			}
		}
	}
	return missing.String(), nil
}
