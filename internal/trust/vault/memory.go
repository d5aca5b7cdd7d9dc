package vault

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"sync"
)

// MemoryKeys is a KeyStore for tests.
type MemoryKeys struct {
	mu   sync.Mutex
	keys map[string][]byte
	ring []byte
}

// NewMemoryKeys gives an empty store.
func NewMemoryKeys() *MemoryKeys { return &MemoryKeys{keys: map[string][]byte{}} }

// Get gives the wrapped keys that exist.
func (m *MemoryKeys) Get(_ context.Context, ids []string) (map[string][]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make(map[string][]byte, len(ids))
	for _, id := range ids {
		if k, ok := m.keys[id]; ok {
			out[id] = k
		}
	}
	return out, nil
}

// Put writes keys.
func (m *MemoryKeys) Put(_ context.Context, keys map[string][]byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.Copy(m.keys, keys)
	return nil
}

// Delete destroys keys.
func (m *MemoryKeys) Delete(_ context.Context, ids []string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range ids {
		delete(m.keys, id)
	}
	return nil
}

// Replace changes keys that still are what was read.
func (m *MemoryKeys) Replace(_ context.Context, ids []string, old, wrapped [][]byte) (n int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, id := range ids {
		if have, ok := m.keys[id]; ok && bytes.Equal(have, old[i]) {
			m.keys[id] = wrapped[i]
			n++
		}
	}
	return n, nil
}

// Page gives keys in the order of their holders.
func (m *MemoryKeys) Page(_ context.Context, after string, limit int) (ids []string, wrapped [][]byte, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(m.keys)) {
		if id > after && len(ids) < limit {
			ids, wrapped = append(ids, id), append(wrapped, m.keys[id])
		}
	}
	return ids, wrapped, nil
}

// Handover is what SetHandover has left.
func (m *MemoryKeys) Handover(context.Context) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.ring, nil
}

// SetHandover leaves it.
func (m *MemoryKeys) SetHandover(_ context.Context, sealed []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ring = sealed
	return nil
}
