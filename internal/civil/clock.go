package civil

import (
	"time"
	_ "time/tzdata" // Windows and small images have no zone files
)

// Beijing is the zone in which every business date is meant.
var Beijing = func() *time.Location {
	loc, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		panic(err)
	}
	return loc
}()

// Clock tells the time. Everything that needs the time gets one.
type Clock interface{ Now() time.Time }

// Today is the day in Beijing.
func Today(c Clock) Date {
	t := c.Now().In(Beijing)
	return Date{t.Year(), t.Month(), t.Day()}
}

// System is the machine's clock.
type System struct{}

// Now is the machine's time.
func (System) Now() time.Time { return time.Now() }

// Shifted runs at the machine's pace from another starting moment: a demo made for a date lives on that date.
type Shifted struct{ offset time.Duration }

// StartingAt gives a clock that shows t now and runs on.
func StartingAt(t time.Time) Shifted { return Shifted{time.Until(t)} }

// Now is the shifted time.
func (s Shifted) Now() time.Time { return time.Now().Add(s.offset) }

// Fixed always shows the same moment; for tests and for making a reproducible population.
type Fixed time.Time

// Now is the fixed moment.
func (f Fixed) Now() time.Time { return time.Time(f) }

// FixedOn is noon of the day in Beijing.
func FixedOn(d Date) Fixed { return Fixed(d.In(Beijing).Add(12 * time.Hour)) }
