package archive

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"zhibu/internal/civil"
)

// nightly gives runs at two in the morning in Beijing, from a day on.
func nightly(from string, n int) (out []refs) {
	for i := range n {
		t := civil.MustParse(from).AddDays(i).In(civil.Beijing).Add(2 * time.Hour)
		out = append(out, refs{Run: t.Format(time.DateOnly), Time: t})
	}
	return out
}

func staying(k Retention, runs []refs, s set, now time.Time) (out []string) {
	gone := k.gone(runs, s, now)
	for _, r := range runs {
		if !slices.Contains(gone, r.Run) {
			out = append(out, r.Run)
		}
	}
	return out
}

func TestRetention(t *testing.T) {
	runs := nightly("2026-09-02", 70) // to 10 November, a Tuesday
	now := runs[len(runs)-1].Time
	evening := refs{Run: "2026-11-09 evening", Time: civil.MustParse("2026-11-09").In(civil.Beijing).Add(20 * time.Hour)}
	for name, c := range map[string]struct {
		keep Retention
		runs []refs
		set  set
		now  time.Time
		want []string
	}{
		"three days":                              {Retention{Days: 3, KeyDays: 35}, runs, dataSet, now, []string{"2026-11-08", "2026-11-09", "2026-11-10"}},
		"weeks end on Sundays":                    {Retention{Days: 1, Weeks: 4, KeyDays: 35}, runs, dataSet, now, []string{"2026-10-25", "2026-11-01", "2026-11-08", "2026-11-09", "2026-11-10"}},
		"months":                                  {Retention{Days: 1, Months: 12, KeyDays: 35}, runs, dataSet, now, []string{"2026-09-30", "2026-10-31", "2026-11-09", "2026-11-10"}},
		"keys go by their days, not by months":    {Retention{Days: 1, Months: 12, KeyDays: 35}, runs, keysSet, now, []string{"2026-10-31", "2026-11-09", "2026-11-10"}},
		"a machine long off loses nothing":        {Retention{Days: 2, KeyDays: 35}, runs, dataSet, now.AddDate(1, 0, 0), []string{"2026-11-09", "2026-11-10"}},
		"the newest keys stay whatever their age": {Retention{Days: 2, KeyDays: 35}, runs, keysSet, now.AddDate(1, 0, 0), []string{"2026-11-10"}},
		"every run of the last two days": {Retention{Days: 1, KeyDays: 35}, slices.Concat(runs[:69], []refs{evening}, runs[69:]), dataSet, now,
			[]string{"2026-11-09", "2026-11-09 evening", "2026-11-10"}},
		"one run": {DefaultRetention, runs[:1], dataSet, now, []string{"2026-09-02"}},
		"none":    {DefaultRetention, nil, dataSet, now, nil},
	} {
		if got := staying(c.keep, c.runs, c.set, c.now); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v stay, want %v", name, got, c.want)
		}
	}
}

func TestSchedule(t *testing.T) {
	at := func(s string) time.Time {
		t.Helper()
		v, err := time.ParseInLocation("2006-01-02 15:04", s, civil.Beijing)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	s := Schedule{To: "/backups", Hour: 2, Minute: 30, Keep: DefaultRetention}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	for name, c := range map[string]struct {
		now, success, failure string
		want                  bool
	}{
		"never made one":             {"2026-07-01 09:00", "", "", true},
		"before its time":            {"2026-07-02 02:29", "2026-07-01 02:30", "", false},
		"at its time":                {"2026-07-02 02:30", "2026-07-01 02:30", "", true},
		"made by hand in the day":    {"2026-07-01 23:00", "2026-07-01 15:00", "", false},
		"machine was off at night":   {"2026-07-02 08:00", "2026-07-01 02:31", "", true},
		"failed half an hour ago":    {"2026-07-02 03:00", "2026-07-01 02:30", "2026-07-02 02:30", false},
		"failed an hour ago":         {"2026-07-02 03:30", "2026-07-01 02:30", "2026-07-02 02:30", true},
		"done a minute after it ran": {"2026-07-02 02:32", "2026-07-02 02:31", "", false},
	} {
		var success, failure time.Time
		if c.success != "" {
			success = at(c.success)
		}
		if c.failure != "" {
			failure = at(c.failure)
		}
		if got := s.Due(at(c.now), success, failure); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if s.To = ""; s.Due(at("2026-07-01 09:00"), time.Time{}, time.Time{}) {
		t.Error("switched off, yet due")
	}
	for _, bad := range []Schedule{{Hour: 24, Keep: DefaultRetention}, {Minute: -1, Keep: DefaultRetention}, {}} {
		if bad.Check() == nil {
			t.Errorf("%+v passes", bad)
		}
	}
}

// What was due while the machine was off is made up for at once; what another copy has just made is not made again.
func TestWatch(t *testing.T) {
	now := civil.MustParse("2026-07-02").In(civil.Beijing).Add(8 * time.Hour)
	s := Schedule{To: "/backups", Hour: 2, Keep: DefaultRetention}
	for name, c := range map[string]struct {
		last time.Time
		want int
	}{
		"missed in the night":      {now.Add(-30 * time.Hour), 1},
		"never made":               {time.Time{}, 1},
		"made by another copy":     {now.Add(-5 * time.Hour), 0},
		"its record was not found": {now, 0},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		runs := 0
		Watch(ctx, func() Schedule { return s }, civil.Fixed(now), func(context.Context) (time.Time, error) {
			if name == "its record was not found" {
				cancel()
				return time.Time{}, errors.New("disk")
			}
			if c.want == 0 {
				cancel()
			}
			return c.last, nil
		}, func(context.Context) error { runs++; cancel(); return nil }, func(err error) { t.Errorf("%s: %v", name, err) })
		if runs != c.want {
			t.Errorf("%s: %d runs", name, runs)
		}
	}
}
