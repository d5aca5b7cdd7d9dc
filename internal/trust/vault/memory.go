package vault

import (
	"context"
	"maps"
	"sync"
)

// MemoryKeys is a KeyStore for tests.
type MemoryKeys struct {
	mu   sync.Mutex
	keys map[string][]byte
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
