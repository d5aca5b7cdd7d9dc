package dues

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"zhibu/internal/civil"
	"zhibu/internal/party/rulebook"
)

// More pay never means less dues, and dues are a whole number of fen between the lowest and the highest rate.
func TestDuesRiseWithTheBase(t *testing.T) {
	on := civil.MustParse("2026-01-05")
	rapid.Check(t, func(t *rapid.T) {
		source := rapid.SampledFrom([]Source{Wage, Pension}).Draw(t, "source")
		a := rapid.Int64Range(0, 20_000_000).Draw(t, "base in fen")
		b := a + rapid.Int64Range(0, 100_000).Draw(t, "more")
		low, _ := Monthly(rulebook.Default(), source, big.NewRat(a, 100), on)
		high, ok := Monthly(rulebook.Default(), source, big.NewRat(b, 100), on)
		if !ok || low.Min > high.Min || !low.Fixed() || int64(high.Min)*50 > b+25 || int64(high.Min)*200 < b-100 {
			t.Fatalf("%d fen: %s, %d fen: %s", a, low.Min, b, high.Min)
		}
		if over := len(high.Flags) > 0; over != (high.Min > 100_000) {
			t.Fatalf("%s flagged %v", high.Min, high.Flags)
		}
	})
}

// What no rule names has no answer.
func TestNoAnswerWithoutARule(t *testing.T) {
	on := civil.MustParse("2026-01-05")
	for name, ask := range map[string]func() (Due, bool){
		"before the rules":  func() (Due, bool) { return Monthly(rulebook.Default(), Student, nil, civil.MustParse("2008-03-31")) },
		"no base":           func() (Due, bool) { return Monthly(rulebook.Default(), Wage, nil, on) },
		"less than nothing": func() (Due, bool) { return Monthly(rulebook.Default(), Wage, big.NewRat(-1, 1), on) },
		"another source":    func() (Due, bool) { return Monthly(rulebook.Default(), "rent", big.NewRat(1, 1), on) },
	} {
		if due, ok := ask(); ok {
			t.Errorf("%s: %v", name, due)
		}
	}
}
