package web

import (
	"sync"
	"time"
)

// memo keeps what was costly to compute for a short while, by who it was computed for. What is quick to compute is
// computed each time, so that a small organisation always sees its newest state.
type memo[T any] struct {
	mu   sync.Mutex
	held map[string]kept[T]
}

type kept[T any] struct {
	value T
	at    time.Time
}

const (
	memoAge   = 30 * time.Second
	memoWorth = 10 * time.Millisecond
	memoKept  = 2000
)

func (m *memo[T]) get(key string, compute func() (T, error)) (T, error) {
	m.mu.Lock()
	k, ok := m.held[key]
	m.mu.Unlock()
	if ok && time.Since(k.at) < memoAge {
		return k.value, nil
	}
	start := time.Now()
	value, err := compute()
	if err != nil || time.Since(start) < memoWorth {
		return value, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.held == nil || len(m.held) >= memoKept {
		m.held = map[string]kept[T]{}
	}
	m.held[key] = kept[T]{value, time.Now()}
	return value, nil
}

// drop forgets what was computed: after an act its actor sees what it has done.
func (m *memo[T]) drop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.held)
}
