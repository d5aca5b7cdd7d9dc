package paper

import "strings"

// noStart are signs that begin no line.
const noStart = "，。、；：！？）》”’」』】"

// lines breaks a text where it fills the width: between any two signs of Chinese, but within a word or number only
// where it is longer than a line, and never before closing punctuation. No sign is lost.
func lines(text string, width float64, measure func(string) float64) []string {
	var out []string
	for _, paragraph := range strings.Split(text, "\n") {
		line := ""
		for _, piece := range pieces(paragraph, width, measure) {
			if line != "" && measure(line+piece) > width {
				out = append(out, line)
				line = strings.TrimLeft(piece, " ")
				continue
			}
			line += piece
		}
		out = append(out, line)
	}
	return out
}

// pieces are what a line takes whole: a word or number with the punctuation behind it, or one sign.
func pieces(text string, width float64, measure func(string) float64) []string {
	var out []string
	word := false
	for _, r := range text {
		plain := r > ' ' && r < 0x2e80 && r != '·'
		last := len(out) - 1
		closes := strings.ContainsRune(noStart, r)
		if last >= 0 && (plain && word || closes) && measure(out[last]+string(r)) <= width {
			out[last] += string(r)
		} else {
			out = append(out, string(r))
		}
		word = plain
	}
	return out
}
