package civil

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestWorkingDays(t *testing.T) {
	for _, c := range []struct {
		name, from  string
		n           int
		to          string
		provisional bool
	}{
		{"a plain week", "2026-08-03", 5, "2026-08-10", false},
		{"over National Day, a Saturday worked", "2026-09-29", 5, "2026-10-12", false},
		{"a Sunday worked", "2026-09-15", 5, "2026-09-21", false},
		{"posted on a holiday", "2026-05-01", 1, "2026-05-06", false},
		{"to the last day of the calendar", "2026-12-24", 5, "2026-12-31", false},
		{"into a year without one", "2026-12-29", 5, "2027-01-05", true},
		{"no days", "2027-03-01", 0, "2027-03-01", false},
	} {
		got, provisional := Working().AddWorkingDays(MustParse(c.from), c.n)
		if got.String() != c.to || provisional != c.provisional {
			t.Errorf("%s: %s %v, want %s %v", c.name, got, provisional, c.to, c.provisional)
		}
	}
}

func TestBrokenCalendarsAreRefused(t *testing.T) {
	for _, text := range []string{"rest 2026-01-01", "off 2026-01-01", "off 2026-01-03 2026-01-01", "work 2027-01-01", "work 2026-02-30",
		"work 2026-01-04\nwork 2026-01-04"} {
		_, err := ReadCalendar(fstest.MapFS{"calendar/2026.txt": {Data: []byte("# a notice\n" + text)}})
		if err == nil || !strings.Contains(err.Error(), "calendar/2026.txt:") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
