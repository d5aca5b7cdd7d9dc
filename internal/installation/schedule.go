package installation

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"zhibu/internal/trust/archive"
	"zhibu/internal/trust/ledger"
)

// Keep makes the scheduled backup once a day, at the hour of the plan, until the context ends. One that was
// missed while the machine was off is made up for at the start; one that failed is tried again an hour later.
func (in *Installation) Keep(ctx context.Context, report func(error)) {
	run := func(ctx context.Context) error {
		_, err := in.Backup(ctx, ledger.System("schedule"), in.BackupPlan().To, nil)
		return err
	}
	archive.Watch(ctx, in.BackupPlan, in.Clock, in.lastBackup, run, report)
}

// Sweep removes what has expired, every few minutes: sessions, locks and tokens, and the copies that were made before
// an upgrade, which no retention of backups reaches. A certificate of the local authority is renewed in time.
func (in *Installation) Sweep(ctx context.Context, report func(error)) {
	for {
		for _, err := range []error{in.Access.Sweep(ctx), in.expireCopies(time.Now()), in.fillDue(ctx), in.renewInTime(ctx, time.Now())} {
			if err != nil && ctx.Err() == nil {
				report(err)
			}
		}
		if !sleep(ctx, 5*time.Minute) {
			return
		}
	}
}

// fillDue makes what is kept of records that were entered before it was: who is to be asked again when.
func (in *Installation) fillDue(ctx context.Context) error {
	_, err := in.Members.Fill(ctx)
	return err
}

// expireCopies removes the copies of upgrades that have been kept long enough.
func (in *Installation) expireCopies(now time.Time) error {
	found, err := filepath.Glob(in.Dir.join("before-migration-*"))
	if err != nil {
		return err
	}
	for _, path := range found {
		info, err := os.Stat(path)
		if err != nil || now.Sub(info.ModTime()) < in.Config.keepCopies() {
			continue
		}
		if err := os.RemoveAll(path); err != nil {
			return err
		}
	}
	return nil
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
