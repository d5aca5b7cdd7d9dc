package store

import (
	"io"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"zhibu/internal/civil"
)

// IDs makes identifiers: 26 letters and digits, sortable by time, unique across installations.
type IDs struct {
	mu      sync.Mutex
	clock   civil.Clock
	entropy *ulid.MonotonicEntropy
	last    uint64 // milliseconds
}

// NewIDs takes its randomness from r, which a reproducible demo seeds.
func NewIDs(clock civil.Clock, r io.Reader) *IDs {
	return &IDs{clock: clock, entropy: ulid.Monotonic(r, 0)}
}

// New gives the next identifier, larger than every one this source gave before, even when the clock was set back.
func (i *IDs) New() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.last = max(i.last, ulid.Timestamp(i.clock.Now()))
	return ulid.MustNew(i.last, i.entropy).String()
}

// Made is when an identifier was given, to the millisecond; zero for a text that is none.
func Made(id string) time.Time {
	u, err := ulid.ParseStrict(id)
	if err != nil {
		return time.Time{}
	}
	return ulid.Time(u.Time())
}

// FirstAt sorts before every identifier that was given at a time or later, and behind all earlier ones.
func FirstAt(at time.Time) string {
	var u ulid.ULID
	if err := u.SetTime(ulid.Timestamp(at)); err != nil {
		return "" // before 1970: nothing is earlier
	}
	return u.String()
}
