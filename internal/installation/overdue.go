package installation

import (
	"context"
	"encoding/json"
	"time"

	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Cares gives the newest acts of a kind about backups, at most so many.
func (in *Installation) Cares(ctx context.Context, kind string, atMost int) ([]ledger.Record, error) {
	var ids []string
	r := in.DB.As(store.System("backups"))
	err := r.Each(ctx, "SELECT id FROM {act} WHERE subject = 'backup' AND kind = ? ORDER BY id DESC LIMIT ?", []any{kind, atMost}, func(row store.Row) error {
		var id string
		err := row.Scan(&id)
		ids = append(ids, id)
		return err
	})
	out := make([]ledger.Record, len(ids))
	for i, id := range ids {
		if err == nil {
			out[i], _, err = in.Ledger.Act(ctx, r, id)
		}
	}
	return out, err
}

// lastBackup is when the last backup was recorded, zero if there was none.
func (in *Installation) lastBackup(ctx context.Context) (time.Time, error) {
	acts, err := in.Cares(ctx, KindBackup, 1)
	if err != nil || len(acts) == 0 {
		return time.Time{}, err
	}
	return acts[0].Time(), nil
}

// LastDrill is when a trial restore last succeeded, zero if none did: many failures in a row are as good as none.
func (in *Installation) LastDrill(ctx context.Context) (time.Time, error) {
	acts, err := in.Cares(ctx, KindDrill, 50)
	for _, a := range acts {
		var got struct{ Report struct{ OK bool } }
		if json.Unmarshal(a.Detail, &got) == nil && got.Report.OK {
			return a.Time(), nil
		}
	}
	return time.Time{}, err
}

// DrillDue is how long a successful trial restore counts.
func (in *Installation) DrillDue() time.Duration { return days(in.Config.DrillDays, 35) }

// keepCopies is how long the copy before an upgrade is kept.
func (c Config) keepCopies() time.Duration { return days(c.KeepCopies, 14) }
