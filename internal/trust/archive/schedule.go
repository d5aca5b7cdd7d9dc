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

// Watch makes a run whenever one is due by the schedule as it stands, until the context ends; it looks every minute. last reads the time of the
// last success, asked again before each run, since another copy of the program may have made it. report hears of
// failures.
func Watch(ctx context.Context, schedule func() Schedule, clock civil.Clock, last func(context.Context) (time.Time, error), run func(context.Context) error, report func(error)) {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	var success, failure time.Time
	for {
		if schedule().Due(clock.Now(), success, failure) {
			var err error
			if success, err = last(ctx); err == nil && schedule().Due(clock.Now(), success, failure) {
				failure = time.Time{}
				err = run(ctx)
			}
			if ctx.Err() != nil {
				return
			}
			if err != nil {
				failure = clock.Now()
				report(err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
