package rotation

import (
	"context"
	"errors"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/vault"
)

// errTaken is a job that another process has taken over.
var errTaken = fault.New(fault.Conflict, "另一个进程正在更换密钥，本进程不重复做。")

// leaseLasts is how long a process that was killed keeps others away from the job.
const leaseLasts = 10 * time.Second

// worker is one process at the job.
type worker struct {
	*Service
	job    *Job
	owner  string
	report func(Job)
}

// Work does what there is to do of the job, until it waits for old keys to be let go or is at its end; nothing when
// there is no job. Conflict when another process is at it. report may be nil.
func (s *Service) Work(ctx context.Context, report func(Job)) (err error) {
	defer fault.Wrap(&err, "rotation")
	j, lease, err := s.read(ctx)
	if err != nil || j == nil || j.State == Done {
		return err
	}
	if now := time.Now(); lease > now.UnixMicro() && lease < now.Add(2*leaseLasts).UnixMicro() {
		return errTaken
	}
	if report == nil {
		report = func(Job) {}
	}
	w := &worker{Service: s, owner: s.Ledger.IDs.New(), report: report}
	if w.job, err = s.take(ctx, w.owner, lease); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.let(context.WithoutCancel(ctx))) }()
	return w.run(ctx)
}

// take takes the job from whoever held it last and reads it as that one left it.
func (s *Service) take(ctx context.Context, owner string, seen int64) (*Job, error) {
	err := s.DB.Operate(ctx, func(tx *store.Tx) error {
		n, err := tx.Update(ctx, "job", store.ByID(jobID).And("lease", seen), store.Set("detail", owner), store.Set("lease", time.Now().Add(leaseLasts).UnixMicro()))
		if err == nil && n == 0 {
			err = errTaken
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	j, _, err := s.read(ctx)
	return j, err
}

// let gives the job back.
func (w *worker) let(ctx context.Context) error {
	return w.DB.Operate(ctx, func(tx *store.Tx) error {
		_, err := tx.Update(ctx, "job", store.ByID(jobID).And("detail", w.owner), store.Set("lease", 0))
		return err
	})
}

func (w *worker) run(ctx context.Context) error {
	if !w.job.Started {
		if err := w.turnRing(ctx, w.job); err != nil {
			return err
		}
	}
	if w.job.State == Running {
		if err := w.turnAll(ctx); err != nil {
			return err
		}
	}
	for _, next := range []struct {
		at State
		do func(context.Context) error
	}{{Turned, w.retire}, {Retired, w.finish}} {
		rest := w.Settle
		if rest == 0 {
			rest = settle
		}
		if w.job.State != next.at || time.Since(w.job.Since) < rest {
			continue
		}
		if err := next.do(ctx); err != nil {
			return err
		}
	}
	return nil
}

// turnAll passes over everything until a pass has found nothing, for who still wrote with the old keys.
func (w *worker) turnAll(ctx context.Context) error {
	for w.job.State == Running {
		if err := w.pass(ctx, Turned); err != nil {
			return err
		}
	}
	return w.Ledger.Note(ctx, ledger.System("keys"), ledger.Act{Kind: ActTurned, Subject: "keys", SubjectID: jobID, Reason: "密钥已经换完", Detail: w.counts()})
}

func (w *worker) counts() map[string]any {
	j := w.job
	return map[string]any{"kind": j.Kind, "algorithm": j.Alg, "key": j.KEK, "keys": j.Keys, "rows": j.Rows, "values": j.Values, "stuck": j.Stuck}
}

// pass goes over all keys and, where values are sealed anew, over all rows. One that was broken off goes on where it
// stood. One that has found nothing brings the job to the next state.
func (w *worker) pass(ctx context.Context, next State) error {
	if w.job.Table == "" {
		if w.job.After == "" {
			w.job.Stuck = 0
		}
		if err := w.keys(ctx); err != nil {
			return err
		}
	}
	if w.job.Kind == Reseal {
		for _, f := range w.Fields {
			switch w.job.Table {
			case "":
				w.job.Table, w.job.After = f.Table, ""
			case f.Table:
			default:
				continue
			}
			if err := w.rows(ctx, f); err != nil {
				return err
			}
			w.job.Table = ""
		}
	}
	if w.job.Changed == 0 {
		w.job.State, w.job.Since = next, time.Now()
	}
	w.job.Table, w.job.After, w.job.Passed, w.job.Changed = "", "", 0, 0
	return w.save(ctx)
}

// save keeps how far the job is, with the lease.
func (w *worker) save(ctx context.Context) error {
	w.report(*w.job)
	return w.DB.Operate(ctx, func(tx *store.Tx) error {
		if err := w.write(ctx, tx, w.job, store.ByID(jobID).And("detail", w.owner)); err != nil {
			return err
		}
		_, err := tx.Update(ctx, "job", store.ByID(jobID), store.Set("lease", time.Now().Add(leaseLasts).UnixMicro()))
		return err
	})
}

// keys passes over the wrapped keys.
func (w *worker) keys(ctx context.Context) error {
	how := vault.Rewrap
	if w.job.Kind == Reseal {
		how = vault.Renew
	}
	for {
		page, err := w.Vault.KeyPage(ctx, w.job.After, w.atOnce())
		if err != nil || len(page) == 0 {
			return err
		}
		n, err := w.Vault.TurnOver(ctx, page, how)
		if err != nil {
			return err
		}
		w.job.Changed += int64(n)
		w.job.Keys += int64(n)
		w.job.Passed += int64(len(page))
		w.job.After = page[len(page)-1].Holder
		if err := w.save(ctx); err != nil {
			return err
		}
	}
}

// retire lets the old keys go, when a whole pass once more finds nothing under them.
func (w *worker) retire(ctx context.Context) error {
	since := w.job.Since
	if err := w.pass(ctx, Turned); err != nil {
		return err
	}
	if w.job.Since == since || w.job.Stuck > 0 { // somebody has still written with the old keys: they stay a while longer
		w.job.Since = time.Now()
		return w.save(ctx)
	}
	release, err := w.DB.LockBackup(ctx)
	if err != nil {
		return err
	}
	defer release()
	ring, err := w.Root.Open(ctx)
	if err != nil {
		return err
	}
	if len(ring.KEKs) > 1 || len(ring.Indexes) > 1 {
		ring.Retire()
		if err := w.Root.Save(ctx, ring); err != nil {
			return err
		}
	}
	if err := w.Vault.HandOver(ctx, ring); err != nil {
		return err
	}
	w.job.State, w.job.Since = Retired, time.Now()
	if err := w.save(ctx); err != nil {
		return err
	}
	return w.Ledger.Note(ctx, ledger.System("keys"), ledger.Act{Kind: ActRetire, Subject: "keys", SubjectID: jobID, Reason: "旧密钥已经撤下", Detail: w.counts()})
}

// finish takes the ring's handover away: everybody has followed.
func (w *worker) finish(ctx context.Context) error {
	if err := w.Vault.EndHandOver(ctx); err != nil {
		return err
	}
	w.job.State, w.job.Since = Done, time.Now()
	return w.save(ctx)
}
