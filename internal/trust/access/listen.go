package access

import (
	"context"
	"net/http"

	"zhibu/internal/fault"
)

type quietKey struct{}

// Quietly marks what a page does by itself: it does not count as its reader's doing, so the time after which somebody
// who does nothing is signed out goes on.
func Quietly(ctx context.Context) context.Context { return context.WithValue(ctx, quietKey{}, true) }

func quiet(ctx context.Context) bool { return ctx.Value(quietKey{}) != nil }

// Peek gives who is signed in by a request's cookie, as of now and without a sign of life; nil for nobody, and for
// somebody who has yet to set a password or to pass the second factor.
func (s *Sessions) Peek(r *http.Request) (*Person, error) {
	ctx := r.Context()
	for _, c := range r.CookiesNamed(s.scs.Cookie.Name) {
		id := hashedToken(c.Value)
		h, found, err := s.door.peek(ctx, id)
		if err != nil {
			return nil, err
		}
		if !found {
			continue
		}
		values, err := decodeValues(h.data)
		if err != nil || values[keyFirst] != "" || values[keySecond] != "" {
			return nil, err
		}
		p, err := s.door.Person(ctx, h.account)
		if k := fault.Of(err); k == fault.Forbidden || k == fault.NotFound {
			return nil, nil //nolint:nilerr // a closed account is nobody
		}
		if err != nil || !p.Ready() {
			return nil, err
		}
		return p, nil
	}
	return nil, nil
}

// peek reads a live session past the memory, but for requests of the last minute, which only the memory knows.
func (d *Door) peek(ctx context.Context, id string) (h heldSession, found bool, err error) {
	policy, err := d.Policy(ctx)
	if err != nil {
		return h, false, err
	}
	if h, found, err = d.readSession(ctx, id); err != nil || !found {
		return h, false, err
	}
	if held, ok := d.held.get(id); ok && held.expires.After(h.expires) {
		h.expires = held.expires
	}
	now := d.clock.Now()
	return h, now.Before(h.expires) && now.Before(h.since.Add(policy.hours(SessionHours))), nil
}
