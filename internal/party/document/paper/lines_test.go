package paper

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// TestLines: whatever the text, no sign is lost or doubled, and no line is too long or begins with closing punctuation
// that fits behind its word.
func TestLines(t *testing.T) {
	measure := func(s string) float64 { return float64(utf8.RuneCountInString(s)) }
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("中国共产党，。》ab1 2-\n")), 0, 80, -1).Draw(t, "text")
		width := rapid.IntRange(3, 20).Draw(t, "width")
		got := lines(text, float64(width), measure)
		bare := func(s string) string { return strings.NewReplacer(" ", "", "\n", "").Replace(s) }
		if bare(strings.Join(got, "")) != bare(text) {
			t.Fatalf("%q became %q", text, got)
		}
		for _, l := range got {
			if utf8.RuneCountInString(l) > width {
				t.Fatalf("%q is longer than %d", l, width)
			}
		}
	})
	got := lines("接收为预备党员，2003-06-28。", 8, measure)
	if strings.Join(got, "|") != "接收为预备党员，|2003-06-|28。" && strings.Join(got, "|") != "接收为预备党员，|2003-06-28。" {
		t.Errorf("%q", got)
	}
}
