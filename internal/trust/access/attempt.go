package access

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"zhibu/internal/fault"
	"zhibu/internal/store"
)

// The rules by which signing in is refused.
const (
	RuleWrong   = "sign-in" // login or password, without saying which
	RuleLocked  = "locked"  // too many failures in a row; opens by itself
	RuleCrowded = "crowded" // too many failures from one machine
)

// attemptID stands for a login name without naming it; unknown names have one too, so that counting and locking tell
// nobody which names exist.
func (d *Door) attemptID(login string) string { return d.keyed("attempt", login) }

// reserve counts a try before it is made, so that many at once cannot pass the limit; a good one is forgiven. When
// the last allowed try is taken the lock is set at once.
func (d *Door) reserve(ctx context.Context, id string, policy Policy) (last bool, err error) {
	now := d.clock.Now()
	lock := policy.minutes(LockMinutes)
	var until time.Time
	err = d.db.Operate(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, "attempt."+id); err != nil {
			return err
		}
		var failures, locked, at int64
		found, err := tx.One(ctx, "SELECT failures, locked_until, last_at FROM {attempt} WHERE id = ?", []any{id}, &failures, &locked, &at)
		if err != nil {
			return err
		}
		if locked > now.Unix() {
			if until = time.Unix(locked, 0); until.Sub(now) <= lock+steps {
				return nil
			}
			until = now.Add(lock) // the clock was set back: nobody is shut out for as long as that
			_, err := tx.Update(ctx, "attempt", store.ByID(id), store.Set("locked_until", until.Unix()))
			return err
		}
		if locked != 0 || now.Sub(time.Unix(at, 0)) > lock {
			failures = 0 // the lock has run out, or the last failure is long ago
		}
		failures, locked, last = failures+1, 0, false
		if failures >= int64(policy[FailuresAllowed]) {
			locked, last = now.Add(lock).Unix(), true
		}
		set := []store.Value{store.Set("failures", failures), store.Set("locked_until", locked), store.Set("last_at", now.Unix())}
		if found {
			_, err = tx.Update(ctx, "attempt", store.ByID(id), set...)
			return err
		}
		return tx.Insert(ctx, "attempt", append(set, store.Set("id", id))...)
	})
	if err == nil && !until.IsZero() {
		err = lockedFor(until.Sub(now))
	}
	return last, err
}

func lockedFor(left time.Duration) error {
	minutes := int((left + time.Minute - 1) / time.Minute)
	return fault.New(fault.Unavailable, "连续输错次数过多，请 %d 分钟后再试，或请管理员解锁。", minutes).By(RuleLocked)
}

// forgive forgets the failures of a login name.
func (d *Door) forgive(ctx context.Context, id string) error {
	return d.db.Operate(ctx, func(tx *store.Tx) error {
		_, err := tx.Delete(ctx, "attempt", store.ByID(id))
		return err
	})
}

// remotes is a light brake on one machine's failures, in this process only. Many people share one address behind a
// router, so it is wide, and a good sign-in costs nothing: the lock of the account is what protects.
type remotes struct {
	mu   sync.Mutex
	held map[string]*rate.Limiter
}

const (
	remoteBurst = 60
	remoteEvery = 2 * time.Second
	remotesKept = 10000
)

// take takes a try from an address; back gives it back after a good one.
func (r *remotes) take(address string, now time.Time) (back func(), err error) {
	if address == "" {
		return func() {}, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	key := network(address)
	l := r.held[key]
	if l == nil {
		if r.held == nil || len(r.held) >= remotesKept {
			r.held = map[string]*rate.Limiter{}
		}
		l = rate.NewLimiter(rate.Every(remoteEvery), remoteBurst)
		r.held[key] = l
	}
	res := l.ReserveN(now, 1)
	if res.DelayFrom(now) > 0 {
		res.CancelAt(now)
		return nil, fault.New(fault.Unavailable, "从这台机器或这个网络登录失败的次数太多，请稍后再试。").By(RuleCrowded)
	}
	return func() { res.CancelAt(now) }, nil
}

// network is the address by which failures are counted: with IPv6 one machine has a whole /64.
func network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		if ap, err := netip.ParseAddrPort(address); err == nil {
			a = ap.Addr()
		} else {
			return address
		}
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	p, err := a.Prefix(64)
	if err != nil {
		return a.String()
	}
	return p.String()
}
