package civil

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Date is a day in the proleptic Gregorian calendar. The zero value means «unknown».
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// Of makes a date without checking it; use Valid or Parse for what people typed.
func Of(year int, month time.Month, day int) Date { return Date{year, month, day} }

// Parse reads the ISO form 2006-01-02 and nothing else; the roster reader knows the other spellings.
func Parse(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("civil: %q is not a date of the form 2006-01-02", s)
	}
	return Date{t.Year(), t.Month(), t.Day()}, nil
}

// MustParse is Parse for constants in tests and tables.
func MustParse(s string) Date {
	d, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

// IsZero tells whether the date is unknown.
func (d Date) IsZero() bool { return d == Date{} }

// Valid tells whether such a day exists.
func (d Date) Valid() bool {
	t := d.In(time.UTC)
	return d.Year >= 1 && t.Year() == d.Year && t.Month() == d.Month && t.Day() == d.Day
}

// String gives the ISO form, or "" for an unknown date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// In is midnight of the day in a zone.
func (d Date) In(loc *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
}

// Before tells whether d is an earlier day than o.
func (d Date) Before(o Date) bool { return d.number() < o.number() }

// After tells whether d is a later day than o.
func (d Date) After(o Date) bool { return d.number() > o.number() }

func (d Date) number() int { return d.Year*10000 + int(d.Month)*100 + d.Day }

// AddDays moves by days.
func (d Date) AddDays(n int) Date {
	t := d.In(time.UTC).AddDate(0, 0, n)
	return Date{t.Year(), t.Month(), t.Day()}
}

// AddMonths moves by months to the same day, or to that month's last day if it has no such day.
func (d Date) AddMonths(n int) Date {
	m := d.Year*12 + int(d.Month) - 1 + n
	y, mo := m/12, time.Month(m%12+1)
	last := time.Date(y, mo+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return Date{y, mo, min(d.Day, last)}
}

// AddYears moves by years with the month-end rule (29 February + 1 year = 28 February).
func (d Date) AddYears(n int) Date { return d.AddMonths(12 * n) }

// DaysUntil counts the days from d to o; negative when o is earlier.
func (d Date) DaysUntil(o Date) int {
	return int(o.In(time.UTC).Sub(d.In(time.UTC)).Hours() / 24)
}

// YearsUntil counts whole years from d to o, as ages and Party standing are counted.
func (d Date) YearsUntil(o Date) int {
	n := o.Year - d.Year
	if d.AddYears(n).After(o) {
		n--
	}
	return n
}

// MonthOf is the month of the day as 2006-01.
func (d Date) MonthOf() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d", d.Year, d.Month)
}

// MarshalText gives the ISO form.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the ISO form; the empty text is the unknown date.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	p, err := Parse(string(b))
	if err == nil {
		*d = p
	}
	return err
}

// Value stores the ISO form; an unknown date is the empty text, so that ranges need no NULL.
func (d Date) Value() (driver.Value, error) { return d.String(), nil }

// Scan reads what Value stored.
func (d *Date) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*d = Date{}
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	case time.Time:
		*d = Date{v.Year(), v.Month(), v.Day()}
		return nil
	}
	return fmt.Errorf("civil: cannot read a date from %T", v)
}
