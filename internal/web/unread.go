package web

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"zhibu/internal/installation"
	"zhibu/internal/store"
)

// unread counts for a while how many reveals and exports of the own record a person has not seen yet. Until when the
// messages have been read stands in a cookie: a moment, nothing else.
type unread struct {
	in   *installation.Installation
	mu   sync.Mutex
	held map[string]unreadCount
}

type unreadCount struct {
	n     int
	since int64
	at    time.Time
}

const (
	seenCookie = "zhibu_seen"
	unreadAge  = 30 * time.Second
	unreadKept = 10000
)

func newUnread(in *installation.Installation) *unread {
	return &unread{in: in, held: map[string]unreadCount{}}
}

// unread is the number beside the bell.
func (v *visit) unread() int {
	if v.person == nil || v.person.Member == "" || v.steady {
		return 0
	}
	return v.s.unread.count(v.ctx(), v.person.Member, seenAt(v.r))
}

// seenAt is until when the messages have been read, in microseconds.
func seenAt(r *http.Request) int64 {
	c, err := r.Cookie(seenCookie)
	if err != nil {
		return 0
	}
	n, err := strconv.ParseInt(c.Value, 36, 64)
	if err != nil {
		return 0
	}
	return n
}

func (u *unread) count(ctx context.Context, member string, since int64) int {
	now := u.in.Clock.Now()
	u.mu.Lock()
	h, ok := u.held[member]
	u.mu.Unlock()
	if age := now.Sub(h.at); ok && h.since == since && age >= 0 && age < unreadAge {
		return h.n
	}
	var n int
	query := "SELECT count(*) FROM (SELECT 1 FROM {look} WHERE member_id = ? AND at > ? AND kind <> 'opened' UNION ALL" +
		" SELECT 1 FROM {dispute} WHERE member_id = ? AND state = 'settled' AND settled_at > ? LIMIT 99) c"
	if _, err := u.in.DB.As(store.System("messages to oneself")).One(ctx, query, []any{member, since, member, since}, &n); err != nil {
		return 0 // the number beside a bell is not worth an error page
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.held) >= unreadKept {
		clear(u.held)
	}
	u.held[member] = unreadCount{n, since, now}
	return n
}

// forget drops the count of one member, of whom something is new.
func (u *unread) forget(member string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.held, member)
}
