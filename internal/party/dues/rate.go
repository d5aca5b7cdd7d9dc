package dues

import (
	"fmt"
	"math/big"

	"zhibu/internal/civil"
	"zhibu/internal/party/rulebook"
)

// Source is what somebody lives on; it decides the rate.
type Source string

// The sources of 中组发〔2008〕3号.
const (
	Wage       Source = "wage"       // 工资，第二条
	Pension    Source = "pension"    // 离退休费、养老金，第五条
	Farmer     Source = "farmer"     // 农民，第六条
	Student    Source = "student"    // 学生，第六条
	Unemployed Source = "unemployed" // 下岗失业，第六条
	Relief     Source = "relief"     // 抚恤、救济，第六条
)

// Sources are all of them.
var Sources = []Source{Wage, Pension, Farmer, Student, Unemployed, Relief}

// OverCap flags an amount above what is normal in a month (F-10). The amount itself is not cut: more may be given freely.
const OverCap = "over_cap"

// Fen is an amount of money.
type Fen int64

// String is the amount in yuan: 200.02.
func (f Fen) String() string { return fmt.Sprintf("%d.%02d", f/100, f%100) }

// MarshalText writes the amount in yuan.
func (f Fen) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// Due is what is to be paid in a month: between Min and Max, which are one amount for everybody but farmers.
type Due struct {
	Min, Max Fen
	Flags    []string
	Rules    []rulebook.Citation
	Why      []rulebook.Reason
}

// Fixed tells whether the rule leaves no choice.
func (d Due) Fixed() bool { return d.Min == d.Max }

// Monthly computes the dues of a month by the version in force on the day; ok is false for a day before the first rule,
// for a source that no rule names, and where the base is missing or less than nothing.
func Monthly(b *rulebook.Book, source Source, base *big.Rat, on civil.Date) (due Due, ok bool) {
	id, bands := "F-05", ""
	switch source {
	case Wage:
		id, bands = "F-02", "wage_bands"
	case Pension:
		id, bands = "F-04", "pension_bands"
	case Farmer, Student, Unemployed, Relief:
	default:
		return Due{}, false
	}
	rule, inForce := b.On(id, on)
	if !inForce || bands != "" && (base == nil || base.Sign() < 0) {
		return Due{}, false
	}
	due.Rules = []rulebook.Citation{rule.Citation()}
	switch {
	case bands != "":
		rate := rateOf(rule.Bands(bands), base)
		due.Min = round(new(big.Rat).Mul(base, rate))
		percent := new(big.Rat).Mul(rate, big.NewRat(100, 1)).FloatString(1)
		due.Why = append(due.Why, rulebook.Because("基数 %s 元 × %s%% ＝ %s 元", base.FloatString(2), percent, due.Min.String()))
	case source == Farmer:
		due.Min, due.Max = round(rule.Yuan("farmer_min_yuan")), round(rule.Yuan("farmer_max_yuan"))
		due.Why = append(due.Why, rulebook.Because("农民党员每月 %s 至 %s 元", due.Min.String(), due.Max.String()))
	default:
		due.Min = round(rule.Yuan("flat_yuan"))
		due.Why = append(due.Why, rulebook.Because("每月 %s 元", due.Min.String()))
	}
	due.Max = max(due.Min, due.Max)
	if limit, inForce := b.On("F-10", on); inForce && due.Max > round(limit.Yuan("limit_yuan")) {
		due.Flags = append(due.Flags, OverCap)
		due.Rules = append(due.Rules, limit.Citation())
		due.Why = append(due.Why, rulebook.Because("超过每月 %s 元的一般上限，多交自愿", round(limit.Yuan("limit_yuan")).String()))
	}
	return due, true
}

// rateOf finds the band; its rate holds for the whole base, not only for what lies above the band before.
func rateOf(bands []rulebook.Band, base *big.Rat) *big.Rat {
	for _, b := range bands {
		if b.UpTo == nil || base.Cmp(b.UpTo) <= 0 {
			return b.Rate
		}
	}
	return new(big.Rat)
}

// round gives fen, half up.
func round(yuan *big.Rat) Fen {
	n := new(big.Rat).Mul(yuan, big.NewRat(200, 1)) // half fen
	n.Add(n, big.NewRat(1, 1))
	q := new(big.Int).Quo(n.Num(), n.Denom())
	return Fen(q.Rsh(q, 1).Int64())
}
