package ledger

import (
	"context"
	"sync"
	"time"

	"zhibu/internal/store"
)

// Chained is what the chain tells whoever follows it: that something was done, and where. The chain is the outbox: an
// act is written in the transaction of what it is about, and its place in the chain, given once it is committed, has
// neither gaps nor two orders, whichever process wrote it.
type Chained struct {
	Index     int64
	Kind      string
	OrgPath   string
	Subject   string
	SubjectID string
}

// Since gives the acts of the chain from a place on, in their order.
func (l *Ledger) Since(ctx context.Context, from int64, limit int) ([]Chained, error) {
	var out []Chained
	query := "SELECT l.idx, a.kind, a.org_path, a.subject, a.subject_id FROM {leaf} l JOIN {chained} a ON a.id = l.act_id WHERE l.idx >= ? ORDER BY l.idx LIMIT ?"
	err := l.DB.As(store.System("stream")).Each(ctx, query, []any{from, limit}, func(row store.Row) error {
		var c Chained
		err := row.Scan(&c.Index, &c.Kind, &c.OrgPath, &c.Subject, &c.SubjectID)
		out = append(out, c)
		return err
	})
	return out, err
}

// Size is how many acts are in the chain.
func (l *Ledger) Size(ctx context.Context) (n int64, err error) {
	_, err = l.DB.As(store.System("stream")).One(ctx, "SELECT coalesce(max(idx) + 1, 0) FROM {leaf}", nil, &n)
	return n, err
}

// signal wakes who waits for something: everybody that asked before it was given.
type signal struct {
	mu sync.Mutex
	c  chan struct{}
}

func (s *signal) wait() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.c == nil {
		s.c = make(chan struct{})
	}
	return s.c
}

func (s *signal) give() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.c != nil {
		close(s.c)
		s.c = nil
	}
}

// Grown ends when this process has put acts into the chain next. What another process has put there it does not tell.
func (l *Ledger) Grown() <-chan struct{} { return l.grown.wait() }

// atRest is how many rounds Run leaves out while this process writes nothing. Then it looks after what another one has
// written and died over.
const atRest = 10

// Run sequences new acts soon after they were written, many at once, until the context ends. Errors go to report; the
// next round tries again.
func (l *Ledger) Run(ctx context.Context, every time.Duration, report func(error)) {
	rest := time.NewTicker(atRest * every)
	defer rest.Stop()
	for {
		written := l.written.wait()
		if _, err := l.Sequence(ctx); err != nil && ctx.Err() == nil {
			report(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-written:
			if !pause(ctx, every) { // what comes meanwhile goes along
				return
			}
		case <-rest.C:
		}
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
