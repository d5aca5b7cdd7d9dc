package duty

import (
	"context"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"zhibu/internal/fault"
	"zhibu/internal/party/localrule"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
)

// Kept tells whether everything has been computed by the rules in force.
func (s *Service) Kept(ctx context.Context, r store.Reader) (bool, error) {
	_, kept, err := s.keptOn(ctx, r)
	return kept, err
}

// rebuiltAtOnce is how many branches one transaction of Rebuild writes.
const rebuiltAtOnce = 250

// rebuilding is a walk through all branches that several take steps of.
type rebuilding struct {
	s     *Service
	rules localrule.Set

	mu       sync.Mutex
	path     string // of the last branch that somebody took
	branches int
}

// Rebuild computes what is open everywhere, unless it is kept already, on every core. Facts are read outside of the
// transaction that writes what they come to: who changes them meanwhile marks the branch. It may be killed anywhere and run
// again.
func (s *Service) Rebuild(ctx context.Context) (branches int, err error) {
	defer fault.Wrap(&err, "duty: rebuild")
	all := store.System("duties kept")
	if kept, err := s.Kept(ctx, s.DB.As(all)); err != nil || kept {
		return 0, err
	}
	day := s.today()
	before, _, err := s.waiting(ctx, s.DB.As(all))
	if err != nil {
		return 0, err
	}
	b := &rebuilding{s: s}
	if b.rules, err = s.Local.All(ctx); err != nil {
		return 0, err
	}
	work, within := errgroup.WithContext(ctx)
	for range runtime.GOMAXPROCS(0) {
		work.Go(func() error { return b.work(within, all) })
	}
	if err := work.Wait(); err != nil {
		return b.branches, err
	}
	return b.branches, s.DB.Write(ctx, all, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, "owed"); err != nil {
			return err
		}
		for mark := range before { // what was marked then is computed now
			if _, err := tx.Delete(ctx, "stale", store.ByID(mark)); err != nil {
				return err
			}
		}
		if err := recount(ctx, tx); err != nil {
			return err
		}
		return s.keptSince(ctx, tx, day)
	})
}

// work takes steps until there are none left.
func (b *rebuilding) work(ctx context.Context, all store.Scope) error {
	r, known := b.s.DB.As(all), map[string][]span{}
	for {
		list, err := b.next(ctx, r)
		if err != nil || len(list) == 0 {
			return err
		}
		open := make([]map[span]int64, len(list))
		for i, o := range list {
			if open[i], err = b.s.computed(ctx, r, o, b.rules, b.s.today(), known); err != nil {
				return err
			}
		}
		err = b.s.DB.Write(ctx, all, func(tx *store.Tx) error {
			if err := tx.Lock(ctx, "owed"); err != nil {
				return err
			}
			return b.keep(ctx, tx, list, open)
		})
		if err != nil {
			return err
		}
	}
}

// keep writes what was computed of branches that still stand where they stood; the others are marked.
func (b *rebuilding) keep(ctx context.Context, tx *store.Tx, list []org.Organisation, open []map[span]int64) error {
	ids := make([]string, len(list))
	for i, o := range list {
		ids[i] = o.ID
	}
	now, err := org.ByIDs(ctx, tx, ids)
	if err != nil {
		return err
	}
	at := map[string]string{}
	for _, o := range now {
		at[o.ID] = o.Path
	}
	above := tally{} // counted at the end
	for i, o := range list {
		if at[o.ID] != o.Path {
			continue
		}
		if err := b.s.keep(ctx, tx, o, open[i], above); err != nil {
			return err
		}
	}
	return nil
}

// next takes the next branches.
func (b *rebuilding) next(ctx context.Context, r store.Reader) ([]org.Organisation, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var ids []string
	err := r.Each(ctx, "SELECT id, path FROM {org} WHERE kind IN ('branch', 'joint-branch', 'temporary-branch') AND path > ? ORDER BY path LIMIT ?", []any{b.path, rebuiltAtOnce}, func(row store.Row) error {
		var id string
		err := row.Scan(&id, &b.path)
		ids = append(ids, id)
		return err
	})
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	b.branches += len(ids)
	return org.ByIDs(ctx, r, ids)
}
