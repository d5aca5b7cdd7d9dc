package intake

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/party/headcount"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/lease"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/words"
)

// begin opens a batch, hidden, after removing what an interrupted import of the same file has left.
func (r *run) begin(ctx context.Context, req Request) error {
	if err := r.sweepSame(ctx, req); err != nil {
		return err
	}
	b := Batch{ID: r.ledger().IDs.New(), OrgID: r.target.id, OrgPath: r.target.path, Account: r.actor.Account, Actor: r.actor.Name,
		FileName: req.FileName, FileHash: req.FileHash, Sheet: req.Sheet, State: Running, At: r.clock().Now(), Version: 1}
	r.batch, r.result.Batch = &b, b.ID
	owner := r.ledger().IDs.New()
	act := ledger.Act{Kind: "import.begin", Subject: "batch", SubjectID: b.ID, OrgPath: b.OrgPath, Reason: "导入花名册", Source: b.FileName}
	err := r.ledger().Do(ctx, r.actor, act, func(tx *store.Tx) error {
		if err := org.Still(ctx, tx); err != nil {
			return err
		}
		if err := insertBatch(ctx, tx, b); err != nil {
			return err
		}
		return r.cover(ctx, tx, b.ID, owner)
	})
	if err != nil {
		return err
	}
	r.lease = r.held().KeepUp(b.ID, owner)
	return r.learn(ctx)
}

// learn reads the branches again: from now on, while the batch is hidden, the tree does not move.
func (r *run) learn(ctx context.Context) (err error) {
	r.branches, err = org.NewDirectory(ctx, r.db().As(r.actor.Scope), r.target.path)
	r.context.Organisations = r.branches
	return err
}

func insertBatch(ctx context.Context, tx *store.Tx, b Batch) error {
	return tx.Insert(ctx, "batch", store.Set("id", b.ID), store.Set("org_id", b.OrgID), store.Set("org_path", b.OrgPath),
		store.Set("account_id", b.Account), store.Set("actor", b.Actor), store.Set("file_name", b.FileName), store.Set("file_hash", b.FileHash),
		store.Set("sealed", b.Sealed), store.Set("sheet", b.Sheet), store.Set("mapping", encoded(b.Mapping)), store.Set("state", string(b.State)),
		store.Set("result", encoded(b.Result)), store.Set("at", b.At.UnixMicro()), store.Set("version", b.Version))
}

// sweepSame waits for, and then removes, an interrupted import of the same file into the same organisation. One that
// is really running is refused.
func (r *run) sweepSame(ctx context.Context, req Request) error {
	for waited := time.Duration(0); ; waited += 200 * time.Millisecond {
		left, owner, until, err := r.left(ctx, req.FileHash)
		if err != nil || left == "" {
			return err
		}
		if lease.HasLapsed(until) {
			if err := r.clear(ctx, left, owner, Failed, interrupted); err == nil || !errors.Is(err, errTaken) {
				return err
			}
		}
		if waited > lease.Lasts+2*time.Second {
			return fault.New(fault.Conflict, "同一个文件正在导入，请等它结束。")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

var interrupted = words.Mark("导入中断，已经全部撤回。")

func (r *run) left(ctx context.Context, hash string) (id, owner string, until int64, err error) {
	_, err = r.everything().One(ctx, "SELECT b.id, j.detail, j.lease FROM {batch} b JOIN {job} j ON j.id = b.id WHERE b.state = 'running' AND b.file_hash = ? AND b.org_id = ?", []any{hash, r.target.id}, &id, &owner, &until)
	return id, owner, until, err
}

// Sweep removes what interrupted commands have left hidden. Batches of pages are taken up again by Work instead.
func (s *Service) Sweep(ctx context.Context) error {
	left, err := s.abandoned(ctx, Running, " AND b.sealed = ''")
	for id, owner := range left {
		if err == nil {
			err = unlessTaken(s.clear(ctx, id, owner, Failed, interrupted))
		}
	}
	return err
}

// unlessTaken passes over what another process has taken up first.
func unlessTaken(err error) error {
	if errors.Is(err, errTaken) {
		return nil
	}
	return err
}

// withdrawAtOnce is how many rows one transaction of a withdrawal removes.
const withdrawAtOnce = 1000

// clear takes a hidden batch over from its owner, removes its rows and counts, piece by piece, and closes it.
func (s *Service) clear(ctx context.Context, id, owner string, state State, message string) error {
	l, err := s.held().TakeOver(ctx, id, owner)
	if err != nil {
		return err
	}
	defer l.Stop()
	if err := s.withdraw(ctx, l); err != nil {
		return err
	}
	if err := s.dropCounts(ctx, id); err != nil {
		return err
	}
	l.Stop()
	return s.close(ctx, ledger.System("import"), id, state, func(b *Batch) { b.Result.Message = message })
}

// withdraw removes a covered batch's rows.
func (s *Service) withdraw(ctx context.Context, l *lease.Lease) error {
	var err error
	for more := true; more && err == nil; {
		if err = l.Alive(); err != nil {
			return err
		}
		if more, err = s.Reviews.Drop(ctx, ledger.System("import"), l.Job, withdrawAtOnce); err != nil || more {
			continue
		}
		if more, err = s.Members.Withdraw(ctx, ledger.System("import"), l.Job, withdrawAtOnce); err != nil {
			return err
		}
	}
	return nil
}

// dropCounts removes the hidden counts of a batch that never was shown.
func (s *Service) dropCounts(ctx context.Context, id string) error {
	return s.db().Write(ctx, store.System("import"), func(tx *store.Tx) error {
		_, err := tx.Delete(ctx, "headcount", store.Key{store.Set("batch", id)})
		return err
	})
}

// close writes a batch's last state and removes its lease and its cover.
func (s *Service) close(ctx context.Context, actor ledger.Actor, id string, state State, change func(*Batch)) error {
	b, err := s.Batch(ctx, s.everything(), id)
	if err != nil {
		return err
	}
	change(&b)
	b.State = state
	act := ledger.Act{Kind: "import." + string(state), Subject: "batch", SubjectID: id, OrgPath: b.OrgPath, Reason: "导入花名册", Source: b.FileName}
	return s.ledger().Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := s.putBatch(ctx, tx.System("import"), b); err != nil {
			return err
		}
		return uncover(ctx, tx, id)
	})
}

// putBatch writes what changes in a batch's life. Problems lie in their own table.
func (s *Service) putBatch(ctx context.Context, tx *store.Tx, b Batch) error {
	problems := b.Result.Problems
	b.Result.Problems = nil
	n, err := tx.Update(ctx, "batch", store.ByID(b.ID).And("version", b.Version), store.Set("state", string(b.State)), store.Set("result", encoded(b.Result)),
		store.Set("sealed", b.Sealed), store.Set("sheet", b.Sheet), store.Set("mapping", encoded(b.Mapping)), store.Set("version", b.Version+1))
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "这次导入的状态刚刚变了，请刷新页面。")
	}
	if problems == nil {
		return nil
	}
	return replaceProblems(ctx, tx, b.ID, problems)
}

// show makes the whole batch visible, with the changes to known members, in one transaction.
func (r *run) show(ctx context.Context) error {
	err := r.change.Tag(ctx, r.batch.ID, countsAtOnce, func(fn func(*store.Tx) error) error {
		return r.db().Write(ctx, store.System("import"), func(tx *store.Tx) error {
			if err := r.lease.Holds(ctx, tx); err != nil {
				return err
			}
			return fn(tx)
		})
	})
	if err != nil {
		return err
	}
	r.lease.Stop()
	b := *r.batch
	b.State, b.Result = Done, r.result
	act := ledger.Act{Kind: "import.done", Subject: "batch", SubjectID: b.ID, OrgPath: b.OrgPath, Reason: "导入花名册", Source: b.FileName,
		Detail: map[string]any{"rows": r.result.Rows, "new": r.result.New, "changed": r.result.Changed, "rejected": r.result.Rejected}}
	err = r.ledger().Do(ctx, r.actor, act, func(tx *store.Tx) error {
		if err := r.lease.Holds(ctx, tx); err != nil {
			return err
		}
		for _, u := range r.updates {
			if err := r.Members.Apply(ctx, tx, r.actor, u, member.Pending); err != nil {
				return err
			}
		}
		if err := r.Stewards.File(ctx, tx, r.disputed); err != nil {
			return err
		}
		if err := r.putBatch(ctx, tx.System("import"), b); err != nil {
			return err
		}
		if err := keepWarned(ctx, tx, b.ID, r.warned); err != nil {
			return err
		}
		return uncover(ctx, tx, b.ID)
	})
	if err != nil {
		return err
	}
	if err := r.fold(ctx, b.ID); err != nil || r.result.New < manyRows {
		return err
	}
	return r.db().Analyze(ctx)
}

// manyRows is an import after which a database plans otherwise.
const manyRows = 5000

// countsAtOnce and foldAtOnce keep the transactions of the head counts short: rows, and organisations.
const (
	countsAtOnce = 20000
	foldAtOnce   = 40
)

// fold merges the batch's counts into the common ones; until it is done, and if it is interrupted, sums are the same.
func (s *Service) fold(ctx context.Context, id string) error {
	for more := true; more; {
		err := s.db().Write(ctx, store.System("import"), func(tx *store.Tx) (err error) {
			more, err = headcount.Fold(ctx, tx, id, foldAtOnce)
			return err
		})
		if err != nil {
			return fmt.Errorf("intake: fold: %w", err)
		}
	}
	return nil
}

// giveUp removes what a failed import has written.
func (r *run) giveUp(ctx context.Context, cause error) error {
	message := "导入没有完成，已经全部撤回。"
	if f := fault.As(cause); f != nil {
		message = f.Error()
	}
	return r.clear(ctx, r.batch.ID, r.lease.Owner, Failed, message)
}

// takeUp gives a page's batch to this run: a lease, and hidden unless it is only to be checked.
func (r *run) takeUp(ctx context.Context, b Batch, dry bool) error {
	state := Running
	if dry {
		state = Checking
	}
	next := b
	next.State = state
	owner := r.ledger().IDs.New()
	act := ledger.Act{Kind: "import.begin", Subject: "batch", SubjectID: b.ID, OrgPath: b.OrgPath, Reason: "导入花名册", Source: b.FileName}
	err := r.ledger().Do(ctx, r.actor, act, func(tx *store.Tx) error {
		if err := org.Still(ctx, tx); err != nil {
			return err
		}
		if err := r.putBatch(ctx, tx, next); fault.Of(err) == fault.Conflict {
			return errTaken // by another process that works batches
		} else if err != nil {
			return err
		}
		return r.cover(ctx, tx, b.ID, owner)
	})
	if err != nil {
		return err
	}
	next.Version++
	r.result.Batch = b.ID
	if !dry {
		r.batch = &next
	}
	r.lease = r.held().KeepUp(b.ID, owner)
	return r.learn(ctx)
}

// check runs over a page's batch without writing members and keeps what was found for the preview.
func (r *run) check(ctx context.Context, req Request, survey *roster.Survey, b Batch) error {
	if err := r.rows(ctx, req, survey); err != nil {
		return err
	}
	r.lease.Stop()
	r.result.Unknown = req.Book.Unknown()
	return r.close(ctx, r.actor, b.ID, Checked, func(b *Batch) { b.Result = r.result })
}
