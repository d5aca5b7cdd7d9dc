package access

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/words"
)

// Knob is one setting of passwords, locks and sessions; docs/configuration.md is made from the list.
type Knob struct {
	ID       string
	Text     string // Chinese with its unit, a key of the catalogue
	Standard int
	Min, Max int
}

// The settings.
const (
	PasswordLength  = "access.password-length"
	PasswordClasses = "access.password-classes"
	FailuresAllowed = "access.failures"
	LockMinutes     = "access.lock-minutes"
	IdleMinutes     = "access.idle-minutes"
	SessionHours    = "access.session-hours"
	SlipHours       = "access.slip-hours"
	TokenDays       = "access.token-days"
	LendDays        = "access.lend-days"
	CheckDays       = "access.check-days"
)

// Knobs lists the settings with what they are without anybody's doing. The figures follow GB/T 22239-2019, 8.1.4.1.
func Knobs() []Knob {
	return []Knob{
		{PasswordLength, words.Mark("密码最少位数"), 10, 8, 64},
		{PasswordClasses, words.Mark("密码至少含几类字符（大写、小写、数字、其他）"), 3, 1, 4},
		{FailuresAllowed, words.Mark("连续输错几次后锁定"), 5, 3, 20},
		{LockMinutes, words.Mark("锁定多少分钟"), 10, 1, 1440},
		{IdleMinutes, words.Mark("多少分钟不操作自动退出"), 15, 2, 480},
		{SessionHours, words.Mark("一次登录最长多少小时"), 8, 1, 24},
		{SlipHours, words.Mark("一次性登录条多少小时内有效"), 72, 1, 720},
		{TokenDays, words.Mark("接口令牌最长多少天"), 366, 1, 1100},
		{LendDays, words.Mark("一次最多委托代理多少天"), 92, 1, 366},
		{CheckDays, words.Mark("每季度开始后多少天之内复核角色"), 30, 5, 80},
	}
}

// Policy is the settings as they stand.
type Policy map[string]int

func (p Policy) minutes(id string) time.Duration { return time.Duration(p[id]) * time.Minute }
func (p Policy) hours(id string) time.Duration   { return time.Duration(p[id]) * time.Hour }

type policyCache struct {
	mu     sync.Mutex
	policy Policy
	at     time.Time
}

// Policy gives the settings, at most five seconds old.
func (d *Door) Policy(ctx context.Context) (Policy, error) {
	now := d.clock.Now()
	d.policy.mu.Lock()
	defer d.policy.mu.Unlock()
	if age := now.Sub(d.policy.at); d.policy.policy != nil && age >= 0 && age < personAge {
		return d.policy.policy, nil
	}
	out := Policy{}
	for _, k := range Knobs() {
		out[k.ID] = k.Standard
	}
	err := d.own().Each(ctx, "SELECT id, value FROM {setting} WHERE id >= ? AND id < ?", []any{"access.", "access/"}, func(row store.Row) error {
		var id, value string
		if err := row.Scan(&id, &value); err != nil {
			return err
		}
		if n, err := strconv.Atoi(value); err == nil && out[id] != 0 {
			out[id] = n
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("access: settings: %w", err)
	}
	d.policy.policy, d.policy.at = out, now
	return out, nil
}

// SetPolicy changes one setting.
func (d *Door) SetPolicy(ctx context.Context, p *Person, request, id string, value int) error {
	if _, err := p.Allow(Mend, Security, "", ""); err != nil {
		return err
	}
	for _, k := range Knobs() {
		if k.ID == id {
			if value < k.Min || value > k.Max {
				return fault.New(fault.Invalid, "请填 %d 到 %d 之间的数。", k.Min, k.Max).At(id)
			}
			return d.setPolicy(ctx, p.Actor(request), id, value)
		}
	}
	return fault.Missing()
}

// SetPolicies changes several settings as one act; those that stay are left alone. All must be within their bounds.
func (d *Door) SetPolicies(ctx context.Context, p *Person, request string, next map[string]int) error {
	if _, err := p.Allow(Mend, Security, "", ""); err != nil {
		return err
	}
	now, err := d.Policy(ctx)
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
	act := ledger.Act{Kind: "policy.mend", Subject: "setting", Detail: changed}
	err = d.ledger.Do(ctx, p.Actor(request), act, func(tx *store.Tx) error {
		for id, n := range changed {
			if err := writeSetting(ctx, tx.System("access policy"), id, strconv.Itoa(n.(int))); err != nil {
				return err
			}
		}
		return nil
	})
	d.dropPolicy()
	return err
}

func writeSetting(ctx context.Context, tx *store.Tx, id, text string) error {
	n, err := tx.Update(ctx, "setting", store.ByID(id), store.Set("value", text))
	if err == nil && n == 0 {
		err = tx.Insert(ctx, "setting", store.Set("id", id), store.Set("value", text))
	}
	return err
}

func (d *Door) dropPolicy() {
	d.policy.mu.Lock()
	defer d.policy.mu.Unlock()
	d.policy.policy = nil
}

func (d *Door) setPolicy(ctx context.Context, actor ledger.Actor, id string, value int) error {
	act := ledger.Act{Kind: "policy.mend", Subject: "setting", SubjectID: id, Detail: map[string]any{"value": value}}
	err := d.ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		return writeSetting(ctx, tx.System("access policy"), id, strconv.Itoa(value))
	})
	d.dropPolicy()
	return err
}
