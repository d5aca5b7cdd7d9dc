package notice

import (
	"context"
	"strconv"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/words"
)

// ActPolicy is the act by which settings are changed.
const ActPolicy = "notice.policy"

// Knob is one setting of notices.
type Knob struct {
	ID       string
	Text     string // Chinese with its unit, a key of the catalogue
	Standard int
	Min, Max int
}

// The settings. None of them stands in a regulation.
const (
	QuietFrom  = "notice.quiet-from"
	QuietUntil = "notice.quiet-until"
	DailyCap   = "notice.daily-cap"
	DigestHour = "notice.digest-hour"
	AheadDays  = "notice.ahead-days"
	AgainDays  = "notice.again-days"
)

// Knobs lists the settings with what they are without anybody's doing.
func Knobs() []Knob {
	return []Knob{
		{QuietFrom, words.Mark("夜里从几点起不往系统外发通知"), 21, 0, 23},
		{QuietUntil, words.Mark("早上几点起可以发"), 8, 0, 23},
		{DailyCap, words.Mark("一个人一天最多发几次"), 2, 1, 3},
		{DigestHour, words.Mark("每天几点提醒该办的事"), 8, 0, 23},
		{AheadDays, words.Mark("到期前几天提醒"), 7, 1, 60},
		{AgainDays, words.Mark("没有新的事，隔几天再提醒一次"), 7, 1, 60},
	}
}

// Policy is the settings as they stand.
type Policy map[string]int

// Quiet tells whether nothing goes out at a moment. From and until the same hour means never.
func (p Policy) Quiet(at time.Time) bool {
	from, until, hour := p[QuietFrom], p[QuietUntil], at.In(civil.Beijing).Hour()
	if from <= until {
		return from <= hour && hour < until
	}
	return hour >= from || hour < until
}

// Policy reads the settings.
func (s *Service) Policy(ctx context.Context) (Policy, error) {
	out := Policy{}
	for _, k := range Knobs() {
		out[k.ID] = k.Standard
	}
	err := s.DB.As(store.System("settings of notices")).Each(ctx, "SELECT id, value FROM {setting} WHERE id >= ? AND id < ?", []any{"notice.", "notice/"}, func(row store.Row) error {
		var id, value string
		if err := row.Scan(&id, &value); err != nil {
			return err
		}
		if n, err := strconv.Atoi(value); err == nil {
			if _, known := out[id]; known {
				out[id] = n
			}
		}
		return nil
	})
	return out, err
}

// SetPolicy changes the settings that differ, as one act; out of bounds, none. Whoever calls it has asked for the right.
func (s *Service) SetPolicy(ctx context.Context, actor ledger.Actor, next Policy) (err error) {
	defer fault.Wrap(&err, "notice: settings")
	now, err := s.Policy(ctx)
	if err != nil {
		return err
	}
	changed := map[string]any{}
	for _, k := range Knobs() {
		n, given := next[k.ID]
		if given && (n < k.Min || n > k.Max) {
			return fault.New(fault.Invalid, "请填 %d 到 %d 之间的数。", k.Min, k.Max).At(k.ID)
		}
		if given && n != now[k.ID] {
			changed[k.ID] = n
		}
	}
	if len(changed) == 0 {
		return nil
	}
	act := ledger.Act{Kind: ActPolicy, Subject: "setting", Detail: changed}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		all := tx.System("settings of notices")
		for id, n := range changed {
			text := strconv.Itoa(n.(int))
			found, err := all.Update(ctx, "setting", store.ByID(id), store.Set("value", text))
			if err == nil && found == 0 {
				err = all.Insert(ctx, "setting", store.Set("id", id), store.Set("value", text))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}
