package intake

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/lease"
	"zhibu/internal/trust/ledger"
)

func decode(text string, into any) error { return json.Unmarshal([]byte(text), into) }

// Rests of Work: how often it looks for what another process has sent or left, and for what a killed one has left half
// way. What this process sends is heard at once.
const (
	lookEvery   = 2 * time.Second
	resumeEvery = 5 * time.Second
)

// Work takes up batches of pages one after the other until the context ends: checks, imports, and what a restart
// interrupted. One process of an installation does this.
func (s *Service) Work(ctx context.Context, report func(error)) {
	var resumed time.Time
	for {
		if time.Since(resumed).Abs() > resumeEvery { // a command may die beside this process at any time
			if err := errors.Join(s.Resume(ctx), s.expire(ctx)); err != nil && ctx.Err() == nil {
				report(err)
			}
			resumed = time.Now()
		}
		worked, err := s.next(ctx)
		if !worked && err == nil {
			worked, err = s.approveNext(ctx)
		}
		if err != nil && ctx.Err() == nil {
			report(err)
		}
		if worked && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-s.bell.Rung():
		case <-time.After(lookEvery):
		}
	}
}

// next works one batch; false when none waits.
func (s *Service) next(ctx context.Context) (bool, error) {
	var id string
	query := "SELECT b.id FROM {batch} b LEFT JOIN {job} j ON j.id = b.id WHERE b.sealed <> '' AND b.state IN ('checking', 'queued', 'running') AND (j.id IS NULL AND b.state <> 'running' OR " + lease.Lapsed + ") ORDER BY b.id LIMIT 1"
	found, err := s.everything().One(ctx, query, lease.LapsedArgs(), &id)
	if err != nil || !found {
		return false, err
	}
	b, err := s.Batch(ctx, s.everything(), id)
	if err != nil {
		return false, err
	}
	return true, s.work(ctx, b)
}

func (s *Service) work(ctx context.Context, b Batch) error {
	var owner string
	actor, err := s.Actor(ctx, b.Account)
	if err == nil {
		owner, err = s.attempt(ctx, actor, b)
	}
	if err != nil && ctx.Err() == nil && !errors.Is(err, errTaken) {
		// The batch must not be tried again and again: it ends with a sentence.
		message := "导入没有完成，没有写入任何内容。请重试；仍不行，请联系系统管理员。"
		if f := fault.As(err); f != nil {
			message = f.Error()
		}
		return errors.Join(err, s.end(ctx, b.ID, owner, message))
	}
	return err
}

// end closes a batch that failed and removes its rows. Without an owner it failed before it was taken up, and may be
// that of a killed process.
func (s *Service) end(ctx context.Context, id, owner, message string) (err error) {
	if owner == "" {
		if owner, err = s.ownerOf(ctx, id); err != nil {
			return err
		}
	}
	if owner == "" { // no row was written
		return s.close(ctx, ledger.System("import"), id, Failed, func(b *Batch) { b.Result.Message = message })
	}
	return s.clear(ctx, id, owner, Failed, message)
}

// attempt takes a batch up and works it; it gives the owner it had it under.
func (s *Service) attempt(ctx context.Context, actor ledger.Actor, b Batch) (owner string, err error) {
	if b.State == Running {
		if b, err = s.requeue(ctx, b); err != nil {
			return "", err
		}
	}
	book, err := s.Book(b)
	if err != nil {
		return "", err
	}
	defer book.Close()
	r, err := s.prepare(ctx, actor, b.OrgID)
	if err != nil {
		return "", err
	}
	r.source = b.FileName
	survey, err := book.Survey(ctx, &r.context)
	if err != nil {
		return "", err
	}
	dry := b.State == Checking
	if err := r.takeUp(ctx, b, dry); err != nil {
		return "", err
	}
	defer r.lease.Stop()
	req := Request{Book: book, Progress: s.progress(b.ID)}
	if dry {
		return r.lease.Owner, r.check(ctx, req, survey, b)
	}
	if err := r.rows(ctx, req, survey); err != nil {
		return r.lease.Owner, err
	}
	r.result.Unknown = book.Unknown()
	return r.lease.Owner, r.show(ctx)
}

// requeue removes what a killed process has written of a batch, which then waits for its turn again.
func (s *Service) requeue(ctx context.Context, b Batch) (Batch, error) {
	owner, err := s.ownerOf(ctx, b.ID)
	if err == nil {
		err = s.clear(ctx, b.ID, owner, Queued, "")
	}
	if err != nil {
		return b, err
	}
	return s.Batch(ctx, s.everything(), b.ID)
}

// progress writes how far a batch is, a few times a second at most.
func (s *Service) progress(id string) func(done, total int) {
	var last atomic.Int64
	return func(done, total int) {
		now := time.Now().UnixMilli()
		if now-last.Load() < 300 && done < total {
			return
		}
		last.Store(now)
		// Progress is only shown; a failure to write it does not matter.
		_ = s.db().Operate(context.Background(), func(tx *store.Tx) error {
			_, err := tx.Update(context.Background(), "job", store.ByID(id), store.Set("progress", done), store.Set("due", total))
			return err
		})
	}
}

// Progress tells how many rows of how many are done.
func (s *Service) Progress(ctx context.Context, id string) (done, total int, err error) {
	_, err = s.everything().One(ctx, "SELECT progress, due FROM {job} WHERE id = ?", []any{id}, &done, &total)
	return done, total, err
}

// expire destroys uploads that have been kept long enough, and files that no batch knows.
func (s *Service) expire(ctx context.Context) error {
	entries, err := os.ReadDir(s.Spool)
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || e.IsDir() || time.Since(info.ModTime()) < s.Keep {
			continue
		}
		if err := s.destroy(ctx, e.Name()); err != nil {
			return err
		}
	}
	return nil
}

// Forget destroys the uploaded sheets of batches before their time, because somebody who is in them was destroyed. One
// that is being worked on goes when its time is over.
func (s *Service) Forget(ctx context.Context, batches []string) (err error) {
	defer fault.Wrap(&err, "intake: forget uploads")
	for _, id := range batches {
		b, err := s.Batch(ctx, s.everything(), id)
		if fault.Of(err) == fault.NotFound || err == nil && b.Sealed == "" {
			continue
		}
		if err == nil {
			err = s.destroy(ctx, filepath.Base(b.Sealed))
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (s *Service) destroy(ctx context.Context, name string) error {
	id := strings.TrimSuffix(name, filepath.Ext(name))
	b, err := s.Batch(ctx, s.everything(), id)
	if err == nil && slices.Contains([]State{Checking, Queued, Running}, b.State) {
		return nil
	}
	if err := os.Remove(filepath.Join(s.Spool, filepath.Base(name))); err != nil {
		return err
	}
	if fault.Of(err) == fault.NotFound {
		return nil
	}
	b.Sealed = ""
	if b.State == Uploaded || b.State == Checked {
		b.State, b.Result.Message = Failed, "上传的文件已经到期销毁，请重新上传。"
	}
	act := ledger.Act{Kind: "import.expire", Subject: "batch", SubjectID: id, OrgPath: b.OrgPath, Reason: "上传的文件到期销毁"}
	return s.ledger().Do(ctx, ledger.System("import"), act, func(tx *store.Tx) error {
		return errors.Join(s.putBatch(ctx, tx, b), forgetCells(ctx, tx, id))
	})
}
