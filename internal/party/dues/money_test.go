package dues

import (
	"testing"

	"pgregory.net/rapid"
)

// What is kept and what is passed on are the sum, to the fen, at every level of a chain.
func TestSharesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sum := Fen(rapid.Int64Range(0, int64(Most)).Draw(t, "fen"))
		rest, kept := sum, Fen(0)
		for range rapid.IntRange(1, 6).Draw(t, "levels") {
			keep, pass := rest.Split(Share(rapid.IntRange(0, int(Whole)).Draw(t, "share")))
			if keep < 0 || pass < 0 {
				t.Fatalf("%s keeps %s, passes %s", rest, keep, pass)
			}
			kept, rest = kept+keep, pass
		}
		if kept+rest != sum {
			t.Fatalf("%s + %s is not %s", kept, rest, sum)
		}
	})
}

// What is written is read again.
func TestMoneyIsReadAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := Fen(rapid.Int64Range(0, int64(Most)).Draw(t, "fen"))
		if got, ok := ParseFen(f.String()); !ok || got != f {
			t.Fatalf("%s was read as %s", f, got)
		}
		s := Share(rapid.IntRange(0, int(Whole)).Draw(t, "share"))
		if got, ok := ParseShare(s.String()); !ok || got != s {
			t.Fatalf("%s was read as %s", s, got)
		}
	})
	for text, want := range map[string]Fen{"15": 1500, "15.5": 1550, "1,234.50": 123450, "￥0.20": 20, "12元": 1200, " 3.00 ": 300} {
		if got, ok := ParseFen(text); !ok || got != want {
			t.Errorf("%q is %s, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "-1", "1.005", "1.", "一", "1,23.00", ",123", "1e3", "12345678901", "0x10"} {
		if got, ok := ParseFen(text); ok {
			t.Errorf("%q was taken for %s", text, got)
		}
	}
}

func TestCapitals(t *testing.T) {
	for f, want := range map[Fen]string{0: "零元整", 20: "贰角整", 5: "伍分", 1500: "壹拾伍元整", 20002: "贰佰元零贰分", 101_00: "壹佰零壹元整", 10050_30: "壹万零伍拾元叁角整",
		100_000_00: "壹拾万元整", 100_005_00: "壹拾万零伍元整", 1234_56: "壹仟贰佰叁拾肆元伍角陆分", 100_000_000_00: "壹亿元整", 1_0000_0500_00: "壹亿零伍佰元整"} {
		if got := f.Capital(); got != want {
			t.Errorf("%s is %s, not %s", f, got, want)
		}
	}
}

func FuzzParseFen(f *testing.F) {
	f.Add("1,234.50")
	f.Fuzz(func(t *testing.T, text string) {
		if n, ok := ParseFen(text); ok && (n < 0 || n > Most) {
			t.Fatalf("%q gives %d", text, n)
		}
	})
}
