package access

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Session is one sign-in that still holds.
type Session struct {
	ID     string
	Device string
	Since  time.Time
	Last   time.Time // to the minute
}

// Values kept in a session, all of them text.
const (
	keyAccount = "account"
	keySince   = "since" // seconds since 1970: the absolute limit counts from here
	keyDevice  = "device"
	keyFirst   = "first"
	keySecond  = "second"
)

// touchEvery is how much an idle deadline may move before it is written: a page view seldom writes.
const touchEvery = 60 * time.Second

// lapsedKept is how long a session that ran out can still tell whose it was, so that what was being typed is given
// back to nobody else.
const lapsedKept = 24 * time.Hour

// heldSession is a session row in memory. expires moves with every request; written is what the table has.
type heldSession struct {
	account string
	data    []byte
	since   time.Time
	expires time.Time
	written time.Time
	read    time.Time
}

// sessionCache holds session rows for a few seconds, so that the end of a session by another process bites then; one
// ended in this process is gone at once. The door keeps no more of them than fit in some megabytes.
type sessionCache struct {
	mu    sync.Mutex
	held  map[string]heldSession
	begun map[string]bool // begun in this process and not written yet
}

const sessionsKept = 20000

func (c *sessionCache) get(id string) (heldSession, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h, ok := c.held[id]
	return h, ok
}

func (c *sessionCache) put(id string, h heldSession) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held == nil || len(c.held) >= sessionsKept {
		c.held = map[string]heldSession{}
	}
	c.held[id] = h
}

func (c *sessionCache) drop(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.held, id)
}

func (c *sessionCache) dropAccount(account string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, h := range c.held {
		if h.account == account {
			delete(c.held, id)
		}
	}
}

// begin announces a new session. Only an announced one may be added to the table: a request that was under way when
// its session was ended must not bring it back.
func (c *sessionCache) begin(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.begun == nil || len(c.begun) >= sessionsKept {
		c.begun = map[string]bool{}
	}
	c.begun[id] = true
}

func (c *sessionCache) takeBegun(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	ok := c.begun[id]
	delete(c.begun, id)
	return ok
}

func decodeValues(data []byte) (map[string]string, error) {
	out := map[string]string{}
	if err := json.Unmarshal(data, &out); err != nil {
		return nil, fmt.Errorf("access: session data: %w", err)
	}
	return out, nil
}

func since(values map[string]string) time.Time {
	n, _ := strconv.ParseInt(values[keySince], 10, 64)
	return time.Unix(n, 0)
}

// readSession reads a row; found is false for none.
func (d *Door) readSession(ctx context.Context, id string) (h heldSession, found bool, err error) {
	var expires int64
	found, err = d.own().One(ctx, "SELECT account_id, data, expires FROM {session} WHERE id = ?", []any{id}, &h.account, &h.data, &expires)
	if err != nil || !found {
		return h, false, err
	}
	values, err := decodeValues(h.data)
	h.since, h.expires = since(values), time.Unix(expires, 0)
	h.written = h.expires
	return h, err == nil, err
}

// session gives a live session's data and moves its idle deadline.
func (d *Door) session(ctx context.Context, id string) (data []byte, found bool, err error) {
	policy, err := d.Policy(ctx)
	if err != nil {
		return nil, false, err
	}
	now := d.clock.Now()
	h, ok := d.held.get(id)
	if age := now.Sub(h.read); !ok || age < 0 || age >= personAge {
		fresh, found, err := d.readSession(ctx, id)
		if err != nil || !found {
			d.held.drop(id)
			return nil, false, err
		}
		if ok && h.expires.After(fresh.expires) {
			fresh.expires = h.expires // requests of the last minute that were not written
		}
		h, h.read = fresh, now
	}
	limit := h.since.Add(policy.hours(SessionHours))
	if !now.Before(h.expires) || !now.Before(limit) || setBack(h, now, policy) {
		d.held.drop(id)
		return nil, false, nil
	}
	if quiet(ctx) {
		d.held.put(id, h)
		return h.data, true, nil
	}
	h.expires = earlier(now.Add(policy.minutes(IdleMinutes)), limit)
	if h.expires.Sub(h.written) >= touchEvery {
		if err := d.touchSession(ctx, id, h.expires); err != nil {
			return nil, false, err
		}
		h.written = h.expires
	}
	d.held.put(id, h)
	return h.data, true, nil
}

// steps is how far a clock may be put right under sessions and locks without a consequence.
const steps = 5 * time.Minute

// setBack tells whether the clock was set back under a session, which would otherwise stay open, idle and beyond its hours,
// for as long as the clock went back.
func setBack(h heldSession, now time.Time, policy Policy) bool {
	return h.since.Sub(now) > steps || h.expires.Sub(now) > policy.minutes(IdleMinutes)+steps
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func (d *Door) touchSession(ctx context.Context, id string, expires time.Time) error {
	return d.db.Operate(ctx, func(tx *store.Tx) error {
		_, err := tx.Update(ctx, "session", store.ByID(id), store.Set("expires", expires.Unix()))
		return err
	})
}

// keepSession writes a new or changed session. One that belongs to nobody is not kept.
func (d *Door) keepSession(ctx context.Context, id string, data []byte) error {
	values, err := decodeValues(data)
	if err != nil || values[keyAccount] == "" {
		return err
	}
	policy, err := d.Policy(ctx)
	if err != nil {
		return err
	}
	now := d.clock.Now()
	h := heldSession{account: values[keyAccount], data: data, since: since(values), read: now}
	h.expires = earlier(now.Add(policy.minutes(IdleMinutes)), h.since.Add(policy.hours(SessionHours)))
	h.written = h.expires
	fresh, ended := d.held.takeBegun(id), false
	err = d.db.Operate(ctx, func(tx *store.Tx) error {
		n, err := tx.Update(ctx, "session", store.ByID(id), store.Set("data", data), store.Set("expires", h.expires.Unix()))
		if ended = n == 0 && !fresh; err != nil || n > 0 || ended {
			return err
		}
		return tx.Insert(ctx, "session", store.Set("id", id), store.Set("account_id", h.account), store.Set("data", data), store.Set("expires", h.expires.Unix()))
	})
	if err == nil && !ended {
		d.held.put(id, h)
	}
	return err
}

func (d *Door) dropSession(ctx context.Context, id string) error {
	d.held.drop(id)
	return d.db.Operate(ctx, func(tx *store.Tx) error {
		_, err := tx.Delete(ctx, "session", store.ByID(id))
		return err
	})
}

// endAll ends every session of an account inside a transaction; the caller drops them from memory afterwards.
func (d *Door) endAll(ctx context.Context, tx *store.Tx, account string) error {
	_, err := tx.Delete(ctx, "session", store.Key{store.Set("account_id", account)})
	return err
}

// Sessions lists the person's own sessions, the newest first.
func (d *Door) Sessions(ctx context.Context, p *Person) ([]Session, error) {
	policy, err := d.Policy(ctx)
	if err != nil {
		return nil, err
	}
	var out []Session
	query := "SELECT id, data, expires FROM {session} WHERE account_id = ? AND expires > ? ORDER BY expires DESC, id"
	err = d.own().Each(ctx, query, []any{p.Account, d.clock.Now().Unix()}, func(row store.Row) error {
		var s Session
		var data []byte
		var expires int64
		if err := row.Scan(&s.ID, &data, &expires); err != nil {
			return err
		}
		values, err := decodeValues(data)
		s.Device, s.Since = values[keyDevice], since(values)
		s.Last = time.Unix(expires, 0).Add(-policy.minutes(IdleMinutes))
		if s.Last.Before(s.Since) {
			s.Last = s.Since
		}
		out = append(out, s)
		return err
	})
	return out, err
}

// EndSession ends one of the person's own sessions.
func (d *Door) EndSession(ctx context.Context, p *Person, request, id string) error {
	defer d.held.drop(id)
	act := ledger.Act{Kind: "account.end_session", Subject: "account", SubjectID: p.Account, OrgPath: p.OrgPath}
	return d.ledger.Do(ctx, p.Actor(request), act, func(tx *store.Tx) error {
		n, err := tx.System("own session").Delete(ctx, "session", store.ByID(id).And("account_id", p.Account))
		if err == nil && n == 0 {
			err = fault.Missing()
		}
		return err
	})
}

// EndOthers ends all of the person's own sessions but this one.
func (d *Door) EndOthers(ctx context.Context, p *Person, request string) error {
	sessions, err := d.Sessions(ctx, p)
	if err != nil {
		return err
	}
	act := ledger.Act{Kind: "account.end_others", Subject: "account", SubjectID: p.Account, OrgPath: p.OrgPath}
	err = d.ledger.Do(ctx, p.Actor(request), act, func(tx *store.Tx) error {
		ended := int64(0)
		for _, s := range sessions {
			if s.ID == p.Session {
				continue
			}
			n, err := tx.System("own session").Delete(ctx, "session", store.ByID(s.ID).And("account_id", p.Account))
			if err != nil {
				return err
			}
			ended += n
		}
		if ended == 0 {
			return ledger.ErrUnchanged
		}
		return nil
	})
	for _, s := range sessions {
		if s.ID != p.Session {
			d.held.drop(s.ID)
		}
	}
	return err
}

// Sweep removes sessions that ran out a day ago, counts of failures that no longer matter and challenges that nobody
// answered. Call it every hour.
func (d *Door) Sweep(ctx context.Context) error {
	now := d.clock.Now()
	old := now.Add(-lapsedKept).Unix()
	for _, q := range []struct {
		table, where string
		before       int64
	}{{"session", "expires < ?", old}, {"attempt", "last_at < ? AND failures >= 0", old}, {"challenge", "expires < ?", now.Unix()}} {
		var ids []string
		err := d.own().Each(ctx, "SELECT id FROM {"+q.table+"} WHERE "+q.where+" LIMIT 5000", []any{q.before}, func(row store.Row) error {
			var id string
			err := row.Scan(&id)
			ids = append(ids, id)
			return err
		})
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			continue
		}
		err = d.db.Operate(ctx, func(tx *store.Tx) error {
			for _, id := range ids {
				if _, err := tx.Delete(ctx, q.table, store.ByID(id)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
