package web

import (
	"context"
	"strings"
	"sync"
	"time"
)

// memo keeps what was costly to compute, by what it was computed for. What is quick to compute is computed each time,
// so that a small organisation always sees its newest state. Something older than fresh is still given while it is
// computed anew behind the scenes; older than stale it is not.
type memo[T any] struct {
	fresh, stale time.Duration
	mu           sync.Mutex
	held         map[string]kept[T]
	busy         map[string]bool
}

type kept[T any] struct {
	value T
	at    time.Time
}

const (
	memoWorth = 10 * time.Millisecond
	memoKept  = 2000
)

func (m *memo[T]) get(ctx context.Context, key string, compute func(context.Context) (T, error)) (T, error) {
	m.mu.Lock()
	k, ok := m.held[key]
	age := time.Since(k.at)
	renew := ok && age >= m.fresh && age < m.stale && !m.busy[key]
	if renew {
		if m.busy == nil {
			m.busy = map[string]bool{}
		}
		m.busy[key] = true
	}
	m.mu.Unlock()
	switch {
	case renew:
		go m.renew(context.WithoutCancel(ctx), key, compute)
		return k.value, nil
	case ok && age < max(m.fresh, m.stale):
		return k.value, nil
	}
	return m.compute(ctx, key, compute)
}

// renew computes once more; what fails is asked for again by the next visitor.
func (m *memo[T]) renew(ctx context.Context, key string, compute func(context.Context) (T, error)) {
	defer func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.busy, key)
	}()
	ctx, cancel := context.WithTimeout(ctx, readLimit)
	defer cancel()
	_, _ = m.compute(ctx, key, compute)
}

func (m *memo[T]) compute(ctx context.Context, key string, compute func(context.Context) (T, error)) (T, error) {
	start := time.Now()
	value, err := compute(ctx)
	if err != nil {
		return value, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if time.Since(start) < memoWorth {
		delete(m.held, key)
		return value, nil
	}
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

// forget drops what was computed for a place at or above one where something has happened. Keys begin with the place.
func (m *memo[T]) forget(path string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key := range m.held {
		if top, _, _ := strings.Cut(key, " "); strings.HasPrefix(path, top) {
			delete(m.held, key)
		}
	}
}
