// Package lease says which process holds a piece of work. A holder renews its lease in the job table every second, and
// another process may take over what was killed when the lease has lapsed. Whoever takes over writes a new owner into
// the job, and every transaction of the work makes sure in itself that its owner is still the one: a process that was
// only stopped for a while finds the work taken and writes nothing more.
package lease

import (
	"context"
	"errors"
	"sync"
	"time"

	"zhibu/internal/store"
)

// Lasts is how long a lease outlives its holder.
const (
	Lasts   = 6 * time.Second
	renewed = time.Second
)

// Lapsed is the condition on the lease j.lease of a job, with its arguments. A lease far ahead was made before the
// clock was set back. The lease counts by the machine's own clock, whatever day a demo stands on.
const Lapsed = "(j.lease < ? OR j.lease > ?)"

// LapsedArgs are the arguments of Lapsed, now.
func LapsedArgs() []any {
	now := time.Now()
	return []any{now.UnixMicro(), now.Add(2 * Lasts).UnixMicro()}
}

// HasLapsed tells whether a lease is over.
func HasLapsed(lease int64) bool {
	args := LapsedArgs()
	return lease < args[0].(int64) || lease > args[1].(int64)
}

// Until is the end of a lease that is written now.
func Until() int64 { return time.Now().Add(Lasts).UnixMicro() }

// Room is whose work is held.
type Room struct {
	DB    *store.DB
	Kind  string        // of its jobs, also the name of its locks
	NewID func() string // of owners
	Taken error         // what a holder is told whose work another process has taken over
}

func (r Room) lock(job string) string { return r.Kind + "." + job }

// Begin writes a job with a lease and its owner, in the transaction that gives it its work.
func (r Room) Begin(ctx context.Context, tx *store.Tx, job, owner string) error {
	return tx.Insert(ctx, "job", store.Set("id", job), store.Set("kind", r.Kind), store.Set("state", "running"), store.Set("due", 0),
		store.Set("lease", Until()), store.Set("detail", owner), store.Set("progress", 0), store.Set("result", ""))
}

// TakeOver takes work from the owner that was seen, who may have ended or be this very process; Taken when another was
// quicker.
func (r Room) TakeOver(ctx context.Context, job, owner string) (*Lease, error) {
	next := r.NewID()
	err := r.DB.Operate(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, r.lock(job)); err != nil {
			return err
		}
		n, err := tx.Update(ctx, "job", store.ByID(job).And("detail", owner), store.Set("detail", next), store.Set("lease", Until()))
		if err == nil && n == 0 {
			err = r.Taken
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return r.KeepUp(job, next), nil
}

// Lease is work held by this process.
type Lease struct {
	Job, Owner string

	room Room
	end  context.CancelFunc
	done chan struct{}

	mu   sync.Mutex
	err  error
	last time.Time
}

// KeepUp renews a lease that has just been written, until Stop.
func (r Room) KeepUp(job, owner string) *Lease {
	ctx, end := context.WithCancel(context.Background())
	l := &Lease{Owner: owner, room: r, Job: job, end: end, done: make(chan struct{}), last: time.Now()}
	go l.run(ctx)
	return l
}

func (l *Lease) run(ctx context.Context) {
	defer close(l.done)
	tick := time.NewTicker(renewed)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			err := l.renew(ctx)
			l.mu.Lock()
			if err == nil {
				l.last = time.Now()
			}
			l.err = err
			l.mu.Unlock()
		}
	}
}

func (l *Lease) renew(ctx context.Context) error {
	return l.room.DB.Operate(ctx, func(tx *store.Tx) error {
		n, err := tx.Update(ctx, "job", store.ByID(l.Job).And("detail", l.Owner), store.Set("lease", Until()))
		if err == nil && n == 0 {
			err = l.room.Taken
		}
		return err
	})
}

// Alive tells early that the lease is lost; Holds decides.
func (l *Lease) Alive() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if errors.Is(l.err, l.room.Taken) || time.Since(l.last) > Lasts {
		return l.room.Taken
	}
	return nil
}

// Holds makes sure, in a transaction that writes what the work is about, that nobody has taken it over; who wants to
// waits until the transaction has ended.
func (l *Lease) Holds(ctx context.Context, tx *store.Tx) error {
	if err := tx.LockShared(ctx, l.room.lock(l.Job)); err != nil {
		return err
	}
	var one int
	found, err := tx.System(l.room.Kind).One(ctx, "SELECT 1 FROM {job} WHERE id = ? AND detail = ?", []any{l.Job, l.Owner}, &one)
	if err == nil && !found {
		err = l.room.Taken
	}
	return err
}

// Stop ends the renewing.
func (l *Lease) Stop() {
	if l != nil {
		l.end()
		<-l.done
	}
}

// Bell wakes who works.
type Bell struct {
	once sync.Once
	c    chan struct{}
}

// Rung is given a value when the bell has been rung.
func (b *Bell) Rung() chan struct{} {
	b.once.Do(func() { b.c = make(chan struct{}, 1) })
	return b.c
}

// Ring wakes one who waits, or the next who will.
func (b *Bell) Ring() {
	select {
	case b.Rung() <- struct{}{}:
	default: // it has been rung
	}
}

// Alone waits, in a transaction, until no other writes for a piece of work.
func (r Room) Alone(ctx context.Context, tx *store.Tx, job string) error {
	return tx.Lock(ctx, r.lock(job))
}
