package dues

import (
	"math/big"
	"strconv"
	"strings"
)

// Most is the largest amount that the program takes: a hundred million yuan.
const Most Fen = 100_000_000_00

// ParseFen reads an amount in yuan with at most two decimals: 15, 15.5, 1,234.50. It does not round and knows no minus.
func ParseFen(text string) (Fen, bool) {
	text = strings.TrimSpace(text)
	text = strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(text, "¥"), "￥"), "元")
	whole, part, _ := strings.Cut(strings.TrimSpace(text), ".")
	if strings.Contains(whole, ",") {
		groups := strings.Split(whole, ",")
		for i, g := range groups {
			if i > 0 && len(g) != 3 || i == 0 && (g == "" || len(g) > 3) {
				return 0, false
			}
		}
		whole = strings.Join(groups, "")
	}
	if whole == "" || len(part) > 2 || len(whole) > 9 || strings.HasSuffix(text, ".") || strings.Trim(whole+part, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+(part + "00")[:2], 10, 64)
	return Fen(n), err == nil && Fen(n) <= Most
}

// Yuan is the amount as the rates take it.
func (f Fen) Yuan() *big.Rat { return big.NewRat(int64(f), 100) }

// UnmarshalText reads what MarshalText wrote.
func (f *Fen) UnmarshalText(b []byte) error {
	n, ok := ParseFen(string(b))
	if !ok {
		return strconv.ErrSyntax
	}
	*f = n
	return nil
}

var (
	capitals = [...]string{"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"}
	places   = [...]string{"", "拾", "佰", "仟"}
)

// Capital is the amount in the characters of receipts: 贰佰元零贰分, 壹拾伍元整.
func (f Fen) Capital() string {
	if f <= 0 {
		return "零元整"
	}
	yuan, jiao, fen := int64(f)/100, int64(f)/10%10, int64(f)%10
	var b strings.Builder
	if yuan > 0 {
		b.WriteString(capitalWhole(yuan) + "元")
	}
	switch {
	case jiao == 0 && fen == 0:
		b.WriteString("整")
		return b.String()
	case jiao > 0:
		b.WriteString(capitals[jiao] + "角")
	case yuan > 0:
		b.WriteString("零")
	}
	if fen > 0 {
		b.WriteString(capitals[fen] + "分")
	} else {
		b.WriteString("整")
	}
	return b.String()
}

// capitalWhole writes whole yuan, four digits at a time.
func capitalWhole(n int64) string {
	var b strings.Builder
	skipped := false
	for group := 2; group >= 0; group-- {
		unit := [...]string{"", "万", "亿"}[group]
		four := n / [...]int64{1, 10_000, 100_000_000}[group] % 10_000
		for place := 3; place >= 0; place-- {
			digit := four / [...]int64{1, 10, 100, 1000}[place] % 10
			if digit == 0 {
				skipped = true
				continue
			}
			if skipped && b.Len() > 0 {
				b.WriteString("零")
			}
			skipped = false
			b.WriteString(capitals[digit] + places[place])
		}
		if four > 0 {
			b.WriteString(unit)
		}
	}
	return b.String()
}

// Share is a part of a whole in ten-thousandths: 3000 are thirty percent.
type Share int

// Whole is everything.
const Whole Share = 10_000

// ParseShare reads a percentage with at most two decimals.
func ParseShare(text string) (Share, bool) {
	n, ok := ParseFen(strings.TrimSuffix(strings.TrimSpace(text), "%"))
	return Share(n), ok && n <= Fen(Whole)
}

// String is the share as a percentage: 30%, 2.5%.
func (s Share) String() string {
	return strings.TrimSuffix(strings.TrimRight(Fen(s).String(), "0"), ".") + "%"
}

// Split parts a sum into what is kept, rounded half up to the fen, and what is passed on. Both together are the sum.
func (f Fen) Split(kept Share) (keep, pass Fen) {
	keep = Fen((int64(f)*int64(kept) + int64(Whole)/2) / int64(Whole))
	return keep, f - keep
}
