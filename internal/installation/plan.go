package installation

import (
	"context"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/archive"
	"zhibu/internal/trust/ledger"
)

// KindPlan is the act of changing where and when backups are made and how long they are kept.
const KindPlan = "archive.plan"

// BackupPlan is where and when backups are made by themselves and how long they are kept: the configuration's, as it
// was read or last changed by this process.
func (in *Installation) BackupPlan() archive.Schedule {
	if p := in.plan.Load(); p != nil {
		return *p
	}
	return planOf(in.Config)
}

func planOf(c Config) archive.Schedule {
	s := archive.Schedule{To: c.BackupTo, Hour: c.BackupHour, Keep: c.Retention}
	if s.Keep == (archive.Retention{}) {
		s.Keep = archive.DefaultRetention
	}
	if s.Keep.KeyDays == 0 {
		s.Keep.KeyDays = archive.DefaultRetention.KeyDays
	}
	return s
}

// SetBackupPlan writes another plan into the configuration, where it holds at once and after a restart. The place is
// tried first. The act and the file go together: where one of them fails, neither stands.
func (in *Installation) SetBackupPlan(ctx context.Context, actor ledger.Actor, next archive.Schedule, reason string) error {
	in.planning.Lock()
	defer in.planning.Unlock()
	next.To = strings.TrimSpace(next.To)
	now := in.BackupPlan()
	if strings.TrimSpace(reason) == "" || len([]rune(reason)) > 200 {
		return fault.New(fault.Invalid, "请写明原因，最多 200 个字。").At("reason")
	}
	if err := next.Check(); err != nil {
		return err
	}
	if next == now {
		return nil
	}
	if err := in.keepsPromise(ctx, now, next); err != nil {
		return err
	}
	if next.To != "" && next.To != now.To {
		if err := archive.Reach(ctx, next.To); err != nil {
			return err
		}
	}
	old, err := in.Dir.ReadConfig() // as it stands: somebody may have edited it since the start
	if err != nil {
		return err
	}
	c := old
	c.BackupTo, c.BackupHour, c.Retention = next.To, next.Hour, next.Keep
	written := false
	act := ledger.Act{Kind: KindPlan, Subject: "setting", SubjectID: "backup", Reason: reason, Detail: map[string]any{"was": now, "became": next}}
	err = in.Ledger.Do(ctx, actor, act, func(*store.Tx) error {
		if err := in.Dir.WriteConfig(c); err != nil {
			return fault.New(fault.Unavailable, "配置文件 %s 写不进去，没有改。请检查它的属主和磁盘。", in.Dir.config()).Because(err)
		}
		written = true
		return nil
	})
	if err != nil {
		if written {
			_ = in.Dir.WriteConfig(old) // what is not in the log does not hold
		}
		return err
	}
	in.plan.Store(&next)
	return nil
}

// keepsPromise refuses to keep persons' keys longer while a certificate says that a destroyed one is gone from all
// backups by an earlier day.
func (in *Installation) keepsPromise(ctx context.Context, now, next archive.Schedule) error {
	if next.Keep.KeyDays <= now.Keep.KeyDays {
		return nil
	}
	var last string
	_, err := in.DB.As(store.System("backup plan")).One(ctx, "SELECT coalesce(max(final_on), '') FROM {destruction} WHERE final_on >= ?", []any{civil.Today(in.Clock)}, &last)
	if err == nil && last != "" {
		err = fault.New(fault.Conflict, "有销毁证书写明，%s 起备份里不再有已销毁的人的密钥，所以在那以前不能延长。", last).At("key_days")
	}
	return err
}
