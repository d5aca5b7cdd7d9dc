package installation

import (
	"context"
	"encoding/json"
	"time"

	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// LastDrill is when a trial restore last succeeded, zero if none did.
func (in *Installation) LastDrill(ctx context.Context) (time.Time, error) {
	before := ""
	for range 100 { // as many failures in a row are as good as none
		acts, err := in.Ledger.Acts(ctx, in.DB.As(store.System("drill")), ledger.Query{Kind: KindDrill, Limit: 1, Before: before})
		if err != nil || len(acts) == 0 {
			return time.Time{}, err
		}
		var got struct{ Report struct{ OK bool } }
		if err := json.Unmarshal(acts[0].Detail, &got); err == nil && got.Report.OK {
			return acts[0].Time(), nil
		}
		before = acts[0].ID
	}
	return time.Time{}, nil
}

// DrillDue is how long a successful trial restore counts.
func (in *Installation) DrillDue() time.Duration { return days(in.Config.DrillDays, 35) }

// keepCopies is how long the copy before an upgrade is kept.
func (c Config) keepCopies() time.Duration { return days(c.KeepCopies, 14) }
