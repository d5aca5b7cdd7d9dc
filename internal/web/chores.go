package web

import (
	"context"
	"sync"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/web/view"
)

// chores are long pieces of work that somebody starts on a page and others may watch: of each kind one at a time. The
// page may be left and loaded again; what came of it is written down by the work itself. When the program stops they
// are broken off.
type chores struct {
	ctx  context.Context
	stop context.CancelFunc
	wg   sync.WaitGroup
	mu   sync.Mutex
	held map[string]chore
}

// chore is how far one is. Failed is why the last one stopped, nil while it runs and after it was done.
type chore struct {
	Running     bool
	Step        view.Text
	Done, Total int64
	Since       time.Time
	Failed      error
}

func newChores() *chores {
	c := &chores{held: map[string]chore{}}
	c.ctx, c.stop = context.WithCancel(context.Background())
	return c
}

// tell says how far a piece of work is; total 0 where that is not known.
type tell func(step view.Text, done, total int64)

// start begins a piece of work; Conflict while one of the kind is under way.
func (c *chores) start(kind string, now time.Time, step view.Text, work func(ctx context.Context, report tell) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held[kind].Running {
		return fault.New(fault.Conflict, "已经有人开始了，正在进行。")
	}
	c.held[kind] = chore{Running: true, Step: step, Since: now}
	c.wg.Add(1)
	go func() {
		defer c.wg.Done()
		err := work(c.ctx, func(step view.Text, done, total int64) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.held[kind] = chore{Running: true, Step: step, Done: done, Total: total, Since: now}
		})
		c.mu.Lock()
		defer c.mu.Unlock()
		c.held[kind] = chore{Since: now, Failed: err}
	}()
	return nil
}

// look is how the last one of a kind stands.
func (c *chores) look(kind string) chore {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.held[kind]
}

// Close breaks off what was started on pages and waits for it to end. Call it before the installation is closed.
func (s *Server) Close() {
	s.chores.stop()
	s.chores.wg.Wait()
}
