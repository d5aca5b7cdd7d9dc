package admission

import (
	"context"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Move lets the case of an applicant go on in another branch (D-08): what was entered goes along with its days, so that the time
// of training counts on. The branch that takes her over asks for it, with the file it was handed; a member's case goes with
// her record.
func (s *Service) Move(ctx context.Context, actor ledger.Actor, applicant, to, document string) (err error) {
	defer fault.Wrap(&err, "admission: move")
	f, err := s.Find(ctx, s.DB.As(actor.Scope), applicant)
	if err != nil {
		return err
	}
	o, err := org.ByID(ctx, s.DB.As(actor.Scope), to)
	if err != nil {
		if fault.Of(err) == fault.NotFound {
			return fault.New(fault.Invalid, "请选择接续的党支部。").At("to").By("D-08")
		}
		return err
	}
	for _, path := range []string{f.At.Path, o.Path} {
		if err := s.Rights.May(ctx, actor, DoMove, path); err != nil {
			return err
		}
	}
	document = strings.TrimSpace(document)
	switch {
	case !f.Person.Applicant:
		return fault.New(fault.Invalid, "已经在名册上的，转接组织关系时案卷跟着走，不用另办。").At("to").By("D-08")
	case !o.Kind.IsBranch() || !o.Living() || o.ID == f.At.ID:
		return fault.New(fault.Invalid, "请选择另一个现有的党支部。").At("to").By("D-08")
	case document == "" || len([]rune(document)) > 200:
		return fault.New(fault.Invalid, "请写明移交了什么材料，最多 %d 个字。", 200).At("document").By("D-08")
	}
	if board, ok, err := s.BoardOf(ctx, s.DB.As(store.System("does a notice hang")), applicant); err != nil || ok && !board.Ended {
		if err == nil {
			err = fault.New(fault.Conflict, "正在公示，公示结束后再转。").At("to").By("D-11")
		}
		return err
	}
	act := ledger.Act{Kind: DoMove, Subject: "applicant", SubjectID: applicant, OrgPath: o.Path, Reason: "接续培养教育，时间连续计算", Source: document, Detail: map[string]any{"from": f.At.ID}}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := s.unmoved(ctx, tx, f); err != nil {
			return err
		}
		if err := org.Unmoved(ctx, tx, org.Place{ID: o.ID, Path: o.Path}); err != nil {
			return err
		}
		if waits, err := openBallot(ctx, tx, applicant); err != nil || waits {
			if err == nil {
				err = fault.New(fault.Conflict, "支部大会的票数还没有录完，录完再转。").At("to").By("K-24")
			}
			return err
		}
		place := []store.Value{store.Set("org_id", o.ID), store.Set("org_path", o.Path)}
		if _, err := tx.Update(ctx, "applicant", store.ByID(applicant), place...); err != nil {
			return err
		}
		all := tx.System("what goes along with a case")
		for table, whose := range map[string]string{"entry": "applicant_id", "waiver": "applicant_id", "step": "person_id", "board": "person_id"} {
			ids, err := idsOf(ctx, all, "SELECT id FROM {"+table+"} WHERE "+whose+" = ?", applicant)
			if err != nil {
				return err
			}
			for _, id := range ids {
				if _, err := tx.Update(ctx, table, store.ByID(id), place...); err != nil {
					return err
				}
			}
		}
		ballots, err := idsOf(ctx, all, "SELECT id FROM {ballot} WHERE subject = 'admission' AND subject_id = ?", applicant)
		for _, id := range ballots {
			if err == nil {
				_, err = tx.Update(ctx, "ballot", store.ByID(id), place...)
			}
		}
		return err
	})
}
