package installation

import (
	"context"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/party/notice"
)

// Remind tells people once a day what they have to do, and hands what they are to be told outside to the channels, until the
// context ends.
func (in *Installation) Remind(ctx context.Context, report func(error)) {
	var done civil.Date
	for {
		if err := in.RemindOnce(ctx, &done); err != nil && ctx.Err() == nil {
			report(err)
		}
		if !sleep(ctx, time.Minute) {
			return
		}
	}
}

// RemindOnce does what is to be done now. done is the last day that was gone through whole; a process that was killed in the
// middle goes through the day again, which tells nobody twice.
func (in *Installation) RemindOnce(ctx context.Context, done *civil.Date) error {
	policy, err := in.Notices.Policy(ctx)
	if err != nil {
		return err
	}
	today := civil.Today(in.Clock)
	if *done != today && in.Clock.Now().In(civil.Beijing).Hour() >= policy[notice.DigestHour] {
		err := in.Duties.Remind(ctx, today, policy[notice.AheadDays], func(org string, parts map[string]notice.Digest) error {
			_, err := in.Notices.Remind(ctx, today, policy[notice.AgainDays], org, parts)
			return err
		})
		if err != nil {
			return err
		}
		*done = today
	}
	return in.Notices.Sweep(ctx)
}
