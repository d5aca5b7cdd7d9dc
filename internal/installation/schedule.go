package installation

import (
	"context"
	"errors"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/trust/ledger"
)

// Keep makes the scheduled backup once a day, at the hour of the configuration, until the context ends. A backup that
// failed is tried again an hour later.
func (in *Installation) Keep(ctx context.Context, report func(error)) {
	if in.Config.BackupTo == "" {
		return
	}
	for {
		now := time.Now().In(civil.Beijing)
		next := time.Date(now.Year(), now.Month(), now.Day(), in.Config.BackupHour, 0, 0, 0, civil.Beijing)
		if !next.After(now) {
			next = next.AddDate(0, 0, 1)
		}
		if !sleep(ctx, time.Until(next)) {
			return
		}
		for {
			_, err := in.Backup(ctx, ledger.System("schedule"), in.Config.BackupTo, nil)
			if err == nil || errors.Is(err, context.Canceled) {
				break
			}
			report(err)
			if !sleep(ctx, time.Hour) {
				return
			}
		}
	}
}

// SweepSessions removes what has expired among sessions, locks and tokens, every few minutes.
func (in *Installation) SweepSessions(ctx context.Context, report func(error)) {
	for {
		if err := in.Access.Sweep(ctx); err != nil && ctx.Err() == nil {
			report(err)
		}
		if !sleep(ctx, 5*time.Minute) {
			return
		}
	}
}

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
