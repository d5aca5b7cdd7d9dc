package installation

import (
	"context"
	"time"

	"zhibu/internal/store"
	"zhibu/internal/trust/archive"
	"zhibu/internal/trust/ledger"
)

// Keep makes the scheduled backup once a day, at the hour of the configuration, until the context ends. One that was
// missed while the machine was off is made up for at the start; one that failed is tried again an hour later.
func (in *Installation) Keep(ctx context.Context, report func(error)) {
	s := archive.Schedule{To: in.Config.BackupTo, Hour: in.Config.BackupHour, Keep: in.Retention()}
	run := func(ctx context.Context) error {
		_, err := in.Backup(ctx, ledger.System("schedule"), s.To, nil)
		return err
	}
	s.Watch(ctx, in.Clock, in.lastBackup, run, report)
}

// lastBackup is when the last backup was recorded, zero if there was none.
func (in *Installation) lastBackup(ctx context.Context) (time.Time, error) {
	var at int64
	_, err := in.DB.As(store.System("schedule")).One(ctx, "SELECT coalesce(max(at), 0) FROM {act} WHERE kind = ?", []any{KindBackup}, &at)
	if err != nil || at == 0 {
		return time.Time{}, err
	}
	return time.UnixMicro(at), nil
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
