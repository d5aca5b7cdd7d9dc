package rulebook

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"zhibu/internal/civil"
)

// Share is the part of a whole that a rule asks for: «more than half» and «at least half» are different rules, and the
// sign says which. In a file it is written > 1/2 or >= 4/5.
type Share struct {
	Num, Den int
	Over     bool // more than the fraction, not merely as much
}

// Met tells whether a part of the whole is enough. Nothing is enough of nothing.
func (s Share) Met(part, whole int) bool { return whole > 0 && part >= s.Least(whole) }

// Least is the smallest part that is enough.
func (s Share) Least(whole int) int {
	n := s.Num * whole
	if s.Over {
		return n/s.Den + 1
	}
	return (n + s.Den - 1) / s.Den
}

// Band is a step of a scale: up to a bound, which is part of it, a rate holds. The last band has no bound.
type Band struct {
	UpTo *big.Rat // nil for the last
	Rate *big.Rat
}

// parameterKinds says what a parameter is by the end of its name, so that a file cannot write a limit without its
// unit. Whatever ends otherwise is words.
var parameterKinds = []struct {
	end   string
	check func(text string) error
}{
	{"each_months", checked(partOfYear)}, {"_years", checked(whole)}, {"_months", checked(whole)}, {"_days", checked(whole)}, {"_hours", checked(whole)}, {"_count", checked(whole)},
	{"length", checked(whole)}, {"since", checked(civil.Parse)}, {"_share", checked(parseShare)}, {"_yuan", checked(decimal)},
	{"_bands", checked(parseBands)}, {"_switch", checked(parseSwitch)},
}

func checked[T any](parse func(string) (T, error)) func(string) error {
	return func(text string) error { _, err := parse(text); return err }
}

// checkParameter tells what is wrong with a parameter as written.
func checkParameter(name, text string) error {
	for _, k := range parameterKinds {
		if strings.HasSuffix(name, k.end) {
			return k.check(text)
		}
	}
	if text == "" {
		return errors.New("没有写")
	}
	return nil
}

func whole(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 1_000_000 {
		return 0, fmt.Errorf("%q 不是整数", text)
	}
	return n, nil
}

// partOfYear reads the months of a calendar period, so that periods begin with the year.
func partOfYear(text string) (int, error) {
	n, err := whole(text)
	if err == nil && (n == 0 || 12%n != 0) {
		err = fmt.Errorf("%q 个月不能等分一年，可以写 1、2、3、4、6、12", text)
	}
	return n, err
}

// decimal reads digits with at most one point; big.Rat alone would take fractions and exponents.
func decimal(text string) (*big.Rat, error) {
	r, ok := new(big.Rat), text != "" && len(text) <= 40 && strings.Trim(text, "0123456789.") == "" && strings.Trim(text, ".") == text
	if ok {
		_, ok = r.SetString(text)
	}
	if !ok {
		return nil, fmt.Errorf("%q 不是小数", text)
	}
	return r, nil
}

// Decimal reads an amount as people write it: digits with at most one point, no sign.
func Decimal(text string) (*big.Rat, error) { return decimal(text) }

func parseShare(text string) (Share, error) {
	sign, fraction, _ := strings.Cut(text, " ")
	num, den, _ := strings.Cut(fraction, "/")
	n, err1 := whole(num)
	d, err2 := whole(den)
	if err1 != nil || err2 != nil || d == 0 || n > d || sign != ">" && sign != ">=" {
		return Share{}, fmt.Errorf("%q 要写成 > 1/2 或者 >= 4/5", text)
	}
	return Share{n, d, sign == ">"}, nil
}

func parseBands(text string) ([]Band, error) {
	var bands []Band
	parts := strings.Fields(text)
	for i, p := range parts {
		bound, rate, _ := strings.Cut(p, ":")
		percent, err := decimal(strings.TrimSuffix(rate, "%"))
		if err != nil || !strings.HasSuffix(rate, "%") {
			return nil, fmt.Errorf("%q 要写成 3000:0.5%% 或者 *:2%%", p)
		}
		b := Band{Rate: percent.Quo(percent, big.NewRat(100, 1))}
		if last := i == len(parts)-1; last != (bound == "*") {
			return nil, fmt.Errorf("%q：最后一段写 *，别的不写", p)
		} else if !last {
			if b.UpTo, err = decimal(bound); err != nil {
				return nil, err
			}
			if i > 0 && b.UpTo.Cmp(bands[i-1].UpTo) <= 0 {
				return nil, fmt.Errorf("%q：界限要逐段升高", p)
			}
		}
		bands = append(bands, b)
	}
	if bands == nil {
		return nil, errors.New("没有分段")
	}
	return bands, nil
}

func parseSwitch(text string) (bool, error) {
	if text != "true" && text != "false" {
		return false, fmt.Errorf("%q 要写 true 或者 false", text)
	}
	return text == "true", nil
}
