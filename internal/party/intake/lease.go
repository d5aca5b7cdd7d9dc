package intake

import (
	"context"
	"errors"
	"sync"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/store"
)

// A running import, withdrawal or undoing holds its batch by a lease in the job table: it renews it every second, and
// another process may take over what was killed when the lease has lapsed. Whoever takes over writes a new owner into
// the job, and every transaction of the batch makes sure in itself that its owner is still the one: a process that
// was only stopped for a while finds the batch taken and writes nothing more.
const (
	leaseRenewed = time.Second
	leaseLasts   = 6 * time.Second
)

// errTaken is a batch that another process has meanwhile taken over.
var errTaken = fault.New(fault.Unavailable, "导入中断过久，已经停止，没有写入任何内容。请重新导入。")

// lapsed is the condition on the lease j.lease of a job, with its arguments. A lease far ahead was made before the
// clock was set back. The lease counts by the machine's own clock, whatever day a demo stands on.
const lapsed = "(j.lease < ? OR j.lease > ?)"

func lapsedArgs() []any {
	now := time.Now()
	return []any{now.UnixMicro(), now.Add(2 * leaseLasts).UnixMicro()}
}

func hasLapsed(lease int64) bool {
	args := lapsedArgs()
	return lease < args[0].(int64) || lease > args[1].(int64)
}

func leaseUntil() int64 { return time.Now().Add(leaseLasts).UnixMicro() }

// lease is a batch held by this process.
type lease struct {
	s     *Service
	batch string
	owner string
	end   context.CancelFunc
	done  chan struct{}

	mu   sync.Mutex
	err  error
	last time.Time
}

// keepUp renews a lease that has just been written, until stop.
func (s *Service) keepUp(batch, owner string) *lease {
	ctx, end := context.WithCancel(context.Background())
	l := &lease{s: s, batch: batch, owner: owner, end: end, done: make(chan struct{}), last: time.Now()}
	go l.run(ctx)
	return l
}

func (l *lease) run(ctx context.Context) {
	defer close(l.done)
	tick := time.NewTicker(leaseRenewed)
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

func (l *lease) renew(ctx context.Context) error {
	return l.s.db().Operate(ctx, func(tx *store.Tx) error {
		n, err := tx.Update(ctx, "job", store.ByID(l.batch).And("detail", l.owner), store.Set("lease", leaseUntil()))
		if err == nil && n == 0 {
			err = errTaken
		}
		return err
	})
}

// alive tells early that the lease is lost; holds decides.
func (l *lease) alive() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if errors.Is(l.err, errTaken) || time.Since(l.last) > leaseLasts {
		return errTaken
	}
	return nil
}

// holds makes sure, in a transaction that writes rows of the batch, that nobody has taken it over; who wants to waits
// until the transaction has ended.
func (l *lease) holds(ctx context.Context, tx *store.Tx) error {
	if err := tx.LockShared(ctx, lockOf(l.batch)); err != nil {
		return err
	}
	var one int
	found, err := tx.System("import").One(ctx, "SELECT 1 FROM {job} WHERE id = ? AND detail = ?", []any{l.batch, l.owner}, &one)
	if err == nil && !found {
		err = errTaken
	}
	return err
}

func lockOf(batch string) string { return "import." + batch }

func (l *lease) stop() {
	if l != nil {
		l.end()
		<-l.done
	}
}

// takeOver takes a batch from the owner that was seen, who may have ended or be this very process; errTaken when
// another was quicker.
func (s *Service) takeOver(ctx context.Context, batch, owner string) (*lease, error) {
	next := s.ledger().IDs.New()
	err := s.db().Operate(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, lockOf(batch)); err != nil {
			return err
		}
		n, err := tx.Update(ctx, "job", store.ByID(batch).And("detail", owner), store.Set("detail", next), store.Set("lease", leaseUntil()))
		if err == nil && n == 0 {
			err = errTaken
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.keepUp(batch, next), nil
}

// ownerOf is who holds a batch, "" when nobody has begun with it.
func (s *Service) ownerOf(ctx context.Context, batch string) (owner string, err error) {
	_, err = s.everything().One(ctx, "SELECT detail FROM {job} WHERE id = ?", []any{batch}, &owner)
	return owner, err
}

// abandoned lists the batches in a state whose lease has lapsed, with who had them.
func (s *Service) abandoned(ctx context.Context, state State, and string) (owners map[string]string, err error) {
	owners = map[string]string{}
	query := "SELECT b.id, j.detail FROM {batch} b JOIN {job} j ON j.id = b.id WHERE b.state = ?" + and + " AND " + lapsed
	err = s.everything().Each(ctx, query, append([]any{string(state)}, lapsedArgs()...), func(row store.Row) error {
		var id, owner string
		err := row.Scan(&id, &owner)
		owners[id] = owner
		return err
	})
	return owners, err
}

// cover makes a batch's rows invisible and gives the job a lease and an owner.
func cover(ctx context.Context, tx *store.Tx, batch, owner string) error {
	if err := uncover(ctx, tx, batch); err != nil { // what a killed check has left
		return err
	}
	if err := tx.Insert(ctx, "hidden", store.Set("id", batch)); err != nil {
		return err
	}
	return tx.Insert(ctx, "job", store.Set("id", batch), store.Set("kind", "import"), store.Set("state", "running"), store.Set("due", 0),
		store.Set("lease", leaseUntil()), store.Set("detail", owner), store.Set("progress", 0), store.Set("result", ""))
}

func uncover(ctx context.Context, tx *store.Tx, batch string) error {
	if _, err := tx.Delete(ctx, "job", store.ByID(batch)); err != nil {
		return err
	}
	_, err := tx.Delete(ctx, "hidden", store.ByID(batch))
	return err
}
