package roster

import (
	"math"
	"strconv"
	"strings"
	"time"

	"zhibu/internal/civil"
)

// Kind is what a cell holds. A number and a text that looks like one are different things: a number has lost every
// digit after the fifteenth, whatever it shows.
type Kind uint8

// The kinds.
const (
	Empty       Kind = iota
	TextCell         // text as typed
	NumberCell       // a number, Text is as stored: 43647, 1.10105194912310E+17
	DateCell         // a number formatted as a day
	MonthCell        // a number formatted as a month: who typed 2019年7月 got the first of July from Excel
	BoolCell         // TRUE or FALSE
	ErrorCell        // #REF! and its kin
	UnknownCell      // a formula saved without its value
)

// Cell is a cell as it stands in the file.
type Cell struct {
	Text string
	Kind Kind
}

// maxSerial is 31 December 9999, the last day of Excel.
const maxSerial = 2958465

// shown is the cell as text for a column that holds text: whole numbers without exponent, days in ISO form.
func (c Cell) shown(date1904 bool) string {
	switch c.Kind {
	case NumberCell:
		return plainNumber(c.Text)
	case DateCell, MonthCell:
		if f, err := strconv.ParseFloat(c.Text, 64); err == nil {
			if d, ok := serialDate(f, date1904); ok {
				return d.String()
			}
		}
		return plainNumber(c.Text)
	}
	return c.Text
}

// plainNumber writes 1.38E10 as 13800000000 and leaves fractions as stored.
func plainNumber(s string) string {
	if onlyDigits(s) {
		return s
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) >= 1e18 {
		return s
	}
	return strconv.FormatFloat(f, 'f', 0, 64)
}

// integerDigits counts the digits before the point of a stored number; 0 for what is none.
func integerDigits(s string) int {
	plain := plainNumber(s)
	if strings.ContainsAny(plain, "eE") {
		return math.MaxInt // beyond 18 digits
	}
	whole, _, _ := strings.Cut(strings.TrimPrefix(plain, "-"), ".")
	if !onlyDigits(whole) {
		return 0
	}
	return len(whole)
}

// serialDate turns an Excel serial into a day. In the 1900 system 60 is the 29 February 1900 that never was, and
// everything before it counts from one day later; the 1904 system counts from 1 January 1904 as day 0.
func serialDate(serial float64, date1904 bool) (civil.Date, bool) {
	if math.IsNaN(serial) {
		return civil.Date{}, false
	}
	n := int(math.Floor(serial))
	if date1904 {
		if serial < 0 || serial > maxSerial-1462 {
			return civil.Date{}, false
		}
		return civil.Of(1904, 1, 1).AddDays(n), true
	}
	switch {
	case serial < 1 || serial >= maxSerial+1 || n == 60:
		return civil.Date{}, false
	case n < 60:
		return civil.Of(1899, 12, 31).AddDays(n), true
	}
	return civil.Of(1899, 12, 30).AddDays(n), true
}

// dateSerial is the 1900 serial by which a day can be written as a number; ok is false before 1 March 1900, and for
// the few days of 1905 whose serial reads as a year (see readDate).
func dateSerial(d civil.Date) (serial int, ok bool) {
	const day = 24 * 60 * 60
	serial = int((d.In(time.UTC).Unix() - civil.Of(1899, 12, 30).In(time.UTC).Unix()) / day)
	return serial, serial > 60 && !isYear(float64(serial))
}

// isYear tells a serial that is more likely a year, or year and month, typed into a cell formatted as a day: Excel
// then shows a day of 1905, before there was a Party.
func isYear(serial float64) bool { return serial >= 1900 && serial < 2101 }

func onlyDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
