package roster

import (
	"math"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/width"

	"zhibu/internal/civil"
)

// reading is what came of a cell that should hold a day.
type reading uint8

const (
	noDate     reading = iota // nothing is written
	wholeDate                 // a day of the calendar
	partOfDate                // a year, or a year and a month; Month is 0 where it is not certain
	shortYear                 // a year of two digits
	notADate                  // anything else, and days that never were
)

// readDate understands every spelling of domain/roster.md. It never adds a day that nobody wrote.
func readDate(c Cell, date1904 bool) (civil.Date, reading) {
	switch c.Kind {
	case Empty:
		return civil.Date{}, noDate
	case DateCell, MonthCell:
		f, err := strconv.ParseFloat(c.Text, 64)
		if err != nil {
			return civil.Date{}, notADate
		}
		d, ok := serialDate(f, date1904)
		switch {
		case isYear(f):
			return readNumberDate(c.Text, date1904)
		case !ok:
			return civil.Date{}, notADate
		case c.Kind == MonthCell && d.Day == 1: // Excel put the first where somebody typed a month
			return civil.Date{Year: d.Year, Month: d.Month}, partOfDate
		}
		return d, wholeDate
	case NumberCell:
		return readNumberDate(c.Text, date1904)
	}
	return readTextDate(c.Text)
}

// readNumberDate reads a number that is not formatted as a day: 20190701, 201907, 2019, 2019.7 (which people type as
// year and month), else a serial.
func readNumberDate(text string, date1904 bool) (civil.Date, reading) {
	plain := plainNumber(text)
	if onlyDigits(plain) && len(plain) != 5 {
		if d, r := readDigits(plain); r != notADate {
			return d, r
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return civil.Date{}, notADate
	}
	if whole, fraction, point := strings.Cut(plain, "."); point && len(fraction) <= 2 && isYear(f) {
		year, err := strconv.Atoi(whole)
		if err != nil {
			return civil.Date{}, notADate
		}
		month, err := strconv.Atoi(fraction)
		if err != nil || month == 1 && len(fraction) == 1 || month > 12 { // 2019.10 is stored as 2019.1
			month = 0
		}
		return civil.Date{Year: year, Month: time.Month(month)}, partOfDate
	}
	if f > 0 && f < 100 && f != math.Trunc(f) { // 19.7
		return civil.Date{}, shortYear
	}
	if d, ok := serialDate(f, date1904); ok {
		return d, wholeDate
	}
	return civil.Date{}, notADate
}

// readTextDate reads what was typed as text.
func readTextDate(text string) (civil.Date, reading) {
	s := strings.TrimLeft(strings.TrimFunc(width.Fold.String(text), blank), "'‘’")
	if s == "" || absent(s) {
		return civil.Date{}, noDate
	}
	s, ok := withoutTime(s)
	if !ok {
		return civil.Date{}, notADate
	}
	s = strings.Map(func(r rune) rune {
		if blank(r) {
			return -1
		}
		return r
	}, s)
	if onlyDigits(s) {
		if len(s) == 5 { // a serial that lost its format on the way through CSV
			if n, err := strconv.Atoi(s); err == nil {
				if d, ok := serialDate(float64(n), false); ok {
					return d, wholeDate
				}
			}
			return civil.Date{}, notADate
		}
		return readDigits(s)
	}
	return readParts(s)
}

// withoutTime cuts 00:00:00 from a day with an hour, as databases print it.
func withoutTime(s string) (string, bool) {
	colon := strings.IndexByte(s, ':')
	if colon < 0 {
		return s, true
	}
	cut := strings.LastIndexAny(s[:colon], " T")
	if cut <= 0 {
		return "", false
	}
	return strings.TrimRight(strings.TrimSuffix(strings.TrimSuffix(strings.TrimRight(s[:cut], " "), "上午"), "下午"), " "), true
}

// readDigits reads 20190701, 201907, 2019 and the short 190701.
func readDigits(s string) (civil.Date, reading) {
	year := number(s[:min(4, len(s))])
	switch len(s) {
	case 8:
		return checkedDate(year, number(s[4:6]), number(s[6:]))
	case 6:
		// 199907 is a month; 190701 is a day with a short year: the Party began in 1921
		if month := number(s[4:]); year >= 1921 && year <= 2100 && month >= 1 && month <= 12 {
			return civil.Date{Year: year, Month: time.Month(month)}, partOfDate
		}
		return civil.Date{}, shortYear
	case 4:
		if year >= 1900 && year <= 2100 {
			return civil.Date{Year: year}, partOfDate
		}
	}
	return civil.Date{}, notADate
}

// readParts reads a day with separators.
func readParts(s string) (civil.Date, reading) {
	s = strings.TrimSuffix(s, "份")
	var parts []string
	for s != "" {
		n := 0
		for n < len(s) && s[n] >= '0' && s[n] <= '9' {
			n++
		}
		if n == 0 || n > 4 || len(parts) == 3 {
			return civil.Date{}, notADate
		}
		parts, s = append(parts, s[:n]), s[n:]
		for _, separator := range separators {
			if rest, ok := strings.CutPrefix(s, separator); ok {
				s = rest
				break
			}
		}
	}
	switch {
	case len(parts) == 0:
		return civil.Date{}, notADate
	case len(parts[0]) <= 2:
		if len(parts) > 1 && len(parts[len(parts)-1]) <= 2 {
			return civil.Date{}, shortYear
		}
		return civil.Date{}, notADate // 7/1/2019: nobody knows which is the month
	case len(parts[0]) != 4:
		return civil.Date{}, notADate
	}
	year, month, day := number(parts[0]), 0, 0
	if len(parts) > 1 {
		month = number(parts[1])
	}
	if len(parts) > 2 {
		day = number(parts[2])
	}
	return checkedDate(year, month, day)
}

var separators = []string{"-", "/", ".", "年", "月", "日", "号", "—", "–", "－", "\\", "、", ","}

// checkedDate says what year, month and day make; 0 stands for what was not written (also 2019-07-00).
func checkedDate(year, month, day int) (civil.Date, reading) {
	d := civil.Date{Year: year, Month: time.Month(month), Day: day}
	switch {
	case year < 1850 || year > 9999 || month > 12 || day > 31:
		return civil.Date{}, notADate
	case month == 0 || day == 0:
		d.Day = 0
		return d, partOfDate
	case !d.Valid():
		return civil.Date{}, notADate
	}
	return d, wholeDate
}

func number(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
