package web

import (
	"context"
	"sync"
	"time"

	"zhibu/internal/installation"
	"zhibu/internal/store"
)

// places remembers the names of organisations that head pages, for a minute: every page names the one its visitor
// works for.
type places struct {
	in   *installation.Installation
	mu   sync.Mutex
	held map[string]placeName
}

type placeName struct {
	name string
	at   time.Time
}

const (
	placeAge   = time.Minute
	placesKept = 10000
)

func newPlaces(in *installation.Installation) *places {
	return &places{in: in, held: map[string]placeName{}}
}

// name is the short name of the organisation at a path; "" where there is none, and where the database cannot say.
func (p *places) name(ctx context.Context, path string) string {
	return p.get(ctx, path, "SELECT short_name FROM {org} WHERE path = ?", path)
}

// root is the short name of the highest organisation.
func (p *places) root(ctx context.Context) string {
	return p.get(ctx, "", "SELECT short_name FROM {org} WHERE parent_id = ?", "")
}

// coded is the short name of the organisation with a code.
func (p *places) coded(ctx context.Context, code string) string {
	return p.get(ctx, "code "+code, "SELECT short_name FROM {org} WHERE code = ?", code)
}

func (p *places) get(ctx context.Context, key, query, arg string) string {
	now := p.in.Clock.Now()
	p.mu.Lock()
	h, ok := p.held[key]
	p.mu.Unlock()
	if age := now.Sub(h.at); ok && age >= 0 && age < placeAge {
		return h.name
	}
	var name string
	if _, err := p.in.DB.As(store.System("name of a page's organisation")).One(ctx, query, []any{arg}, &name); err != nil {
		return h.name
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.held) >= placesKept {
		clear(p.held)
	}
	p.held[key] = placeName{name, now}
	return name
}
