package archive

import (
	"context"
	"fmt"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
)

// Retention says which runs stay: all of the last two days, the newest of each of the last Days days, Weeks weeks and
// Months months that have one, and always the newest of all. Person keys stay for KeyDays at most, whatever the data's retention: so many
// days after a shredding no backup in the bucket can undo it, as long as backups go on being made.
type Retention struct {
	Days    int `json:"days"`
	Weeks   int `json:"weeks"`
	Months  int `json:"months"`
	KeyDays int `json:"key_days"`
}

// recent is how long every run stays, so that one made before an upgrade outlives those after it.
const recent = 48 * time.Hour

// DefaultRetention keeps two weeks of days, two months of weeks, a year of months, and keys for 35 days.
var DefaultRetention = Retention{Days: 14, Weeks: 8, Months: 12, KeyDays: 35}

// Until is the day on which the last run made on a day or before it ends at the latest.
func (k Retention) Until(day civil.Date) civil.Date {
	last := day.AddDays(max(k.Days, 7*(k.Weeks+1)))
	if month := day.AddMonths(k.Months + 1); k.Months > 0 && month.After(last) {
		last = month
	}
	return last
}

func (k Retention) check() error {
	if k.Days < 1 || k.Weeks < 0 || k.Months < 0 {
		return fault.New(fault.Invalid, "备份至少保留 1 天，周数和月数不能是负数。").At("days")
	}
	if limit := int(keysReuse/(24*time.Hour)) + 1; k.KeyDays < limit {
		return fault.New(fault.Invalid, "个人密钥的备份至少保留 %d 天。", limit).At("key_days")
	}
	return nil
}

// prune lets go what the retention does not hold. It needs no private key.
func (r *run) prune(ctx context.Context, keep Retention) error {
	for _, s := range []set{dataSet, keysSet} {
		h, err := readHolding(ctx, r.bucket, s)
		if err != nil {
			return err
		}
		if h.blind {
			return fault.New(fault.Unavailable, "备份位置 %s 里有备份缺少引用清单（%s 下的 .refs 文件），这次没有清理过期备份；新的备份已经完成。", r.bucket.name, s.runs())
		}
		gone := map[string]bool{}
		for _, old := range keep.gone(h.runs, s, r.time) {
			gone[old] = true
			if s == keysSet {
				r.report.Keys = append(r.report.Keys, old)
			} else {
				r.report.Pruned = append(r.report.Pruned, old)
			}
		}
		if err := h.drop(ctx, gone); err != nil {
			return err
		}
		if s == keysSet {
			r.report.Oldest = h.oldestPack()
		}
	}
	return nil
}

// gone gives the runs, oldest first, that the retention lets go.
func (k Retention) gone(runs []refs, s set, now time.Time) (out []string) {
	stay := map[string]bool{}
	if n := len(runs); n > 0 {
		stay[runs[n-1].Run] = true
	}
	k.keepNewestOf(stay, runs, k.Days, func(d civil.Date) string { return d.String() })
	k.keepNewestOf(stay, runs, k.Weeks, func(d civil.Date) string {
		y, w := d.In(civil.Beijing).ISOWeek()
		return fmt.Sprintf("%d-%d", y, w)
	})
	k.keepNewestOf(stay, runs, k.Months, civil.Date.MonthOf)
	for i, r := range runs {
		if r.Time.After(now.Add(-recent)) {
			continue
		}
		// A pack of keys is built upon for keysReuse after it was made, so its runs must go that much earlier.
		tooOld := s == keysSet && r.Time.Before(now.Add(keysReuse-time.Duration(k.KeyDays)*24*time.Hour))
		if i < len(runs)-1 && (tooOld || !stay[r.Run]) {
			out = append(out, r.Run)
		}
	}
	return out
}

// keepNewestOf keeps the newest run of each of the last n periods that have one.
func (Retention) keepNewestOf(stay map[string]bool, runs []refs, n int, period func(civil.Date) string) {
	last := ""
	for i := len(runs) - 1; i >= 0 && n > 0; i-- {
		p := period(civil.Today(civil.Fixed(runs[i].Time)))
		if p != last {
			stay[runs[i].Run] = true
			last = p
			n--
		}
	}
}

// oldestPack is when the oldest pack that is still needed was made.
func (h *holding) oldestPack() (oldest time.Time) {
	for _, r := range h.runs {
		for _, p := range r.Packs {
			if t := packTime(p.Name); oldest.IsZero() || t.Before(oldest) {
				oldest = t
			}
		}
	}
	return oldest
}

// Entry is a run in a bucket.
type Entry struct {
	Run    string    `json:"run"`
	Time   time.Time `json:"time"`
	Engine string    `json:"engine"`
	Size   int64     `json:"size"`
	Added  int64     `json:"added"`
	Keys   bool      `json:"keys"` // its person keys are still kept; restore takes the newest ones anyway
}

// List gives the complete runs of a bucket, newest first. It needs no key.
func List(ctx context.Context, from string) ([]Entry, error) {
	b, err := openBucket(ctx, from, false)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	keys, err := readHolding(ctx, b, keysSet)
	if err != nil {
		return nil, err
	}
	kept := map[string]int64{}
	added := map[string]int64{}
	for _, r := range keys.runs {
		kept[r.Run], added[r.Run] = r.Size, r.Added
	}
	data, err := readHolding(ctx, b, dataSet)
	if err != nil {
		return nil, err
	}
	out := make([]Entry, 0, len(data.runs))
	for i := len(data.runs) - 1; i >= 0; i-- {
		r := data.runs[i]
		_, ok := kept[r.Run]
		out = append(out, Entry{r.Run, r.Time, r.Engine, r.Size + kept[r.Run], r.Added + added[r.Run], ok})
	}
	return out, nil
}
