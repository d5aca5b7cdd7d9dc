package civil

import (
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed calendar/*.txt
var calendars embed.FS

// Calendar knows which days are worked. The State Council publishes it for one year at a time, each November for the next;
// a year is a file calendar/YEAR.txt with lines «off FROM TO» and «work DAY» for what differs from Monday to Friday.
type Calendar struct {
	years  map[int]bool
	differ map[Date]bool // worked or not, where it differs
}

// Working is the calendar the program ships. A broken one is a defect and stops the program at its first use.
var Working = sync.OnceValue(func() *Calendar {
	c, err := ReadCalendar(calendars)
	if err != nil {
		panic(err)
	}
	return c
})

// ReadCalendar reads every calendar/YEAR.txt; errors name file and line.
func ReadCalendar(files fs.FS) (*Calendar, error) {
	names, err := fs.Glob(files, "calendar/*.txt")
	if err != nil {
		return nil, err
	}
	c := &Calendar{years: map[int]bool{}, differ: map[Date]bool{}}
	for _, name := range names {
		year, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(name, "calendar/"), ".txt"))
		if err != nil {
			return nil, fmt.Errorf("civil: %s is not named after a year", name)
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		c.years[year] = true
		number := 0
		for line := range strings.Lines(string(text)) {
			number++
			if err := c.add(year, strings.Fields(line)); err != nil {
				return nil, fmt.Errorf("civil: %s:%d: %w", name, number, err)
			}
		}
	}
	return c, nil
}

func (c *Calendar) add(year int, words []string) error {
	if len(words) == 0 || strings.HasPrefix(words[0], "#") {
		return nil
	}
	if words[0] == "work" && len(words) == 2 {
		words = append(words, words[1])
	}
	if len(words) != 3 || words[0] != "off" && words[0] != "work" {
		return fmt.Errorf("%q is neither «off FROM TO» nor «work DAY»", strings.Join(words, " "))
	}
	from, err := Parse(words[1])
	if err != nil {
		return err
	}
	to, err := Parse(words[2])
	if err != nil {
		return err
	}
	if from.Year != year || to.Year != year || to.Before(from) {
		return fmt.Errorf("%s to %s is no time of %d", from, to, year)
	}
	for d := from; !d.After(to); d = d.AddDays(1) {
		if _, twice := c.differ[d]; twice {
			return fmt.Errorf("%s stands twice", d)
		}
		c.differ[d] = words[0] == "work"
	}
	return nil
}

// IsWorked tells whether a day is worked; known is false in a year without a calendar, where Monday to Friday count.
func (c *Calendar) IsWorked(d Date) (worked, known bool) {
	if w, differs := c.differ[d]; differs {
		return w, true
	}
	day := d.In(time.UTC).Weekday()
	return day != time.Saturday && day != time.Sunday, c.years[d.Year]
}

// AddWorkingDays gives the n-th working day after a day, which does not itself count. provisional tells that a day on the
// way lies in a year without a calendar, so that the answer may change when it is published.
func (c *Calendar) AddWorkingDays(d Date, n int) (day Date, provisional bool) {
	for n > 0 {
		d = d.AddDays(1)
		worked, known := c.IsWorked(d)
		if worked {
			n--
		}
		provisional = provisional || !known
	}
	return d, provisional
}
