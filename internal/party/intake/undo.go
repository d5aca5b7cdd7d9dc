package intake

import (
	"context"

	"zhibu/internal/fault"
	"zhibu/internal/party/headcount"
	"zhibu/internal/party/member"
	"zhibu/internal/store"
	"zhibu/internal/trust/lease"
	"zhibu/internal/trust/ledger"
)

// Undo takes a whole batch back: its new members go, changed ones become what they were. It is refused when one of
// its rows has been changed since, naming how many.
func (s *Service) Undo(ctx context.Context, actor ledger.Actor, id, reason string) (err error) {
	defer fault.Wrap(&err, "intake: undo")
	b, err := s.Batch(ctx, s.db().As(actor.Scope), id)
	if err != nil {
		return err
	}
	if err := s.Members.Rights.May(ctx, actor, DoUndo, b.OrgPath); err != nil {
		return err
	}
	switch {
	case b.State != Done:
		return fault.New(fault.Invalid, "只有已经完成的导入可以撤销。")
	case reason == "":
		return fault.New(fault.Invalid, "请写明撤销的理由。").At("reason")
	}
	changes, err := s.changesOf(ctx, b)
	if err != nil {
		return err
	}
	act := ledger.Act{Kind: "import.undo", Subject: "batch", SubjectID: id, OrgPath: b.OrgPath, Reason: reason, Source: b.FileName}
	owner := s.ledger().IDs.New()
	err = s.ledger().Do(ctx, actor, act, func(tx *store.Tx) error { return s.undo(ctx, tx, actor, b, changes, owner) })
	if err != nil {
		return err
	}
	return s.finishUndo(ctx, s.held().KeepUp(id, owner))
}

// changesOf are the rows of known members that the batch changed.
func (s *Service) changesOf(ctx context.Context, b Batch) ([]ledger.Change, error) {
	acts, err := s.ledger().Acts(ctx, s.everything(), ledger.Query{Subject: b.ID, Kind: "import.done", Limit: 1})
	if err != nil || len(acts) == 0 {
		return nil, err
	}
	all, err := s.ledger().ChangesOf(ctx, acts[0], int(acts[0].LastSeq-acts[0].FirstSeq)+1)
	var out []ledger.Change
	for _, c := range all {
		if c.Table == "member" {
			out = append(out, c)
		}
	}
	return out, err
}

func (s *Service) undo(ctx context.Context, tx *store.Tx, actor ledger.Actor, b Batch, changes []ledger.Change, owner string) error {
	all := tx.System("import")
	var touched int
	if _, err := all.One(ctx, "SELECT count(*) FROM {member} m WHERE batch = ? AND (version <> 1 OR EXISTS (SELECT 1 FROM {fact} f WHERE f.member_id = m.id))", []any{b.ID}, &touched); err != nil {
		return err
	}
	if touched == 0 {
		if _, err := all.One(ctx, "SELECT count(*) FROM {proposal} WHERE batch = ? AND state = 'approved'", []any{b.ID}, &touched); err != nil {
			return err
		}
	}
	if touched > 0 {
		return changedSince(touched)
	}
	if err := s.Stewards.TakeBack(ctx, tx, actor, b.ID); err != nil {
		return err
	}
	if err := s.uncount(ctx, all, b.ID); err != nil {
		return err
	}
	for _, c := range changes {
		if err := s.Members.Revert(ctx, tx, c); err != nil {
			return err
		}
	}
	b.State = Undoing
	if err := s.putBatch(ctx, all, b); err != nil {
		return err
	}
	return s.cover(ctx, tx, b.ID, owner)
}

func changedSince(n int) *fault.Error {
	return fault.New(fault.Conflict, "这次导入的内容里有 %d 人后来改过或者已经审核，不能整批撤销。请逐个办理。", n)
}

// uncount writes the batch's members as negative counts under a tag that stays visible while the rows themselves are
// hidden and removed.
func (s *Service) uncount(ctx context.Context, all *store.Tx, id string) error {
	var change headcount.Change
	err := all.Each(ctx, "SELECT org_path, "+headcount.CategoryOf+", sex, born, count(*) FROM {member} WHERE batch = ? AND state = 'active' GROUP BY 1, 2, 3, 4", []any{id}, func(row store.Row) error {
		var path string
		var cell headcount.Cell
		var n int64
		if err := row.Scan(&path, &cell.Category, &cell.Sex, &cell.Born, &n); err != nil {
			return err
		}
		change.Add(path, cell, -n)
		return nil
	})
	if err != nil {
		return err
	}
	err = all.Each(ctx, "SELECT org_path, missing, count(*) FROM {member} WHERE batch = ? AND state = 'active' AND missing <> 0 GROUP BY 1, 2", []any{id}, func(row store.Row) error {
		return member.TallyMissing(row, &change, -1)
	})
	if err != nil {
		return err
	}
	if err := member.TallyAging(ctx, all, &change, -1, "m.batch = ?", id); err != nil {
		return err
	}
	return change.Tag(ctx, undoTag(id), countsAtOnce, func(fn func(*store.Tx) error) error { return fn(all) })
}

func undoTag(id string) string { return "undo-" + id }

// finishUndo removes the hidden rows and merges the counts; after a crash another process takes it over.
func (s *Service) finishUndo(ctx context.Context, l *lease.Lease) error {
	defer l.Stop()
	if err := s.withdraw(ctx, l); err != nil {
		return err
	}
	l.Stop()
	if err := s.close(ctx, ledger.System("import"), l.Job, Undone, func(*Batch) {}); err != nil {
		return err
	}
	return s.fold(ctx, undoTag(l.Job))
}

// Resume finishes what a crash has left half way: undoings, and counts of shown batches that were not yet merged.
func (s *Service) Resume(ctx context.Context) error {
	if err := s.Sweep(ctx); err != nil {
		return err
	}
	undoing, err := s.abandoned(ctx, Undoing, "")
	if err != nil {
		return err
	}
	for id, owner := range undoing {
		l, err := s.held().TakeOver(ctx, id, owner)
		if err == nil {
			err = s.finishUndo(ctx, l)
		}
		if err := unlessTaken(err); err != nil {
			return err
		}
	}
	var unfolded []string
	err = s.everything().Each(ctx, "SELECT DISTINCT batch FROM {headcount} WHERE batch <> ''", nil, func(row store.Row) error {
		var id string
		err := row.Scan(&id)
		unfolded = append(unfolded, id)
		return err
	})
	if err != nil {
		return err
	}
	for _, id := range unfolded {
		if err := s.fold(ctx, id); err != nil {
			return err
		}
	}
	return nil
}
