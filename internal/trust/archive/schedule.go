package archive

import (
	"context"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
)

// Schedule is when backups are made by themselves: every day at a time of day in Beijing.
type Schedule struct {
	To     string    `json:"to"` // "" switches it off
	Hour   int       `json:"hour"`
	Minute int       `json:"minute"`
	Keep   Retention `json:"keep"`
}

// retryAfter is how long a failed run rests.
const retryAfter = time.Hour

// Check refuses what is no time of day or no retention.
func (s Schedule) Check() error {
	if s.Hour < 0 || s.Hour > 23 || s.Minute < 0 || s.Minute > 59 {
		return fault.New(fault.Invalid, "备份时间须在 00:00 到 23:59 之间。").At("hour")
	}
	return s.Keep.check()
}

// Next is the first time of the schedule after a moment.
func (s Schedule) Next(after time.Time) time.Time {
	day := civil.Today(civil.Fixed(after))
	for {
		next := day.In(civil.Beijing).Add(time.Duration(s.Hour)*time.Hour + time.Duration(s.Minute)*time.Minute)
		if next.After(after) {
			return next
		}
		day = day.AddDays(1)
	}
}

// Due tells whether a run should start now: the time of the schedule has come since the last success (zero if there
// was none), also when the machine was off at that time, and the last failure is an hour past.
func (s Schedule) Due(now, lastSuccess, lastFailure time.Time) bool {
	if s.To == "" || !lastFailure.IsZero() && now.Before(lastFailure.Add(retryAfter)) {
		return false
	}
	return lastSuccess.IsZero() || !now.Before(s.Next(lastSuccess))
}

// Watch looks every minute whether a run is due and makes it, until the context ends. read gives the schedule and the
// time of the last success, so that a changed setting counts at once; done hears of every run.
func (a *Archive) Watch(ctx context.Context, read func(ctx context.Context) (Schedule, time.Time, error), done func(Schedule, Report, error)) {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	var failed time.Time
	for {
		s, last, err := read(ctx)
		now := a.Clock.Now()
		if err == nil && s.Due(now, last, failed) {
			var report Report
			report, err = a.Backup(ctx, s.To, s.Keep, nil)
			failed = time.Time{}
			if err != nil {
				failed = now
			}
			if ctx.Err() == nil {
				done(s, report, err)
			}
		} else if err != nil && ctx.Err() == nil {
			done(s, Report{}, err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
