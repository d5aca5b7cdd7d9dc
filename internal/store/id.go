package store

import (
	"io"
	"sync"

	"github.com/oklog/ulid/v2"

	"zhibu/internal/civil"
)

// IDs makes identifiers: 26 letters and digits, sortable by time, unique across installations.
type IDs struct {
	mu      sync.Mutex
	clock   civil.Clock
	entropy *ulid.MonotonicEntropy
}

// NewIDs takes its randomness from r, which a reproducible demo seeds.
func NewIDs(clock civil.Clock, r io.Reader) *IDs {
	return &IDs{clock: clock, entropy: ulid.Monotonic(r, 0)}
}

// New gives the next identifier, larger than every one this source gave before.
func (i *IDs) New() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return ulid.MustNew(ulid.Timestamp(i.clock.Now()), i.entropy).String()
}
