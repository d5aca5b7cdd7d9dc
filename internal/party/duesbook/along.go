package duesbook

import (
	"context"

	"zhibu/internal/party/member"
	"zhibu/internal/store"
)

// Dues that were paid were paid by the person: when two records of her become one, payments go over, and stay with the branch
// that received them. So do bases and reductions, sealed anew, but for those of months of which the kept record has its own:
// one of two decides, and that is not for the program to choose.

// Over takes them to the record that is kept.
func (s *Service) Over(ctx context.Context, tx *store.Tx, u member.Union) error {
	if _, err := tx.Update(ctx, "payment", store.Key{store.Set("member_id", u.Other.ID)}, store.Set("member_id", u.Kept.ID)); err != nil {
		return err
	}
	own, err := rowsOf(ctx, tx, "member_id = ? AND state IN ('proposed', 'approved')", u.Kept.ID)
	if err != nil {
		return err
	}
	hers, err := rowsOf(ctx, tx, "member_id = ? ORDER BY id", u.Other.ID)
	if err != nil {
		return err
	}
	var going []Assessment
	for _, a := range hers {
		if !a.beside(own) {
			going = append(going, a)
		}
	}
	return s.carry(ctx, tx, u, false, u.Kept, going)
}

// Back gives back what went over.
func (s *Service) Back(ctx context.Context, tx *store.Tx, u member.Union) error {
	for id := range u.Moved("payment") {
		if _, err := tx.Update(ctx, "payment", store.ByID(id).And("member_id", u.Kept.ID), store.Set("member_id", u.Other.ID)); err != nil {
			return err
		}
	}
	for id := range u.Moved("assessment") {
		list, err := rowsOf(ctx, tx, "id = ? AND member_id = ?", id, u.Kept.ID)
		if err == nil {
			err = s.carry(ctx, tx, u, true, u.Other, list)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// beside tells whether one of a list decides, or would, about a month of an assessment.
func (a Assessment) beside(list []Assessment) bool {
	if a.State != Proposed && a.State != Approved {
		return false
	}
	for _, b := range list {
		if b.Kind == a.Kind && !b.From.After(a.To) && !a.From.After(b.To) {
			return true
		}
	}
	return false
}

func rowsOf(ctx context.Context, tx *store.Tx, where string, args ...any) (out []Assessment, err error) {
	err = tx.Each(ctx, "SELECT "+assessmentColumns+" FROM {assessment} WHERE "+where, args, func(row store.Row) error {
		a, err := scanAssessment(row)
		out = append(out, a)
		return err
	})
	return out, err
}

func (s *Service) carry(ctx context.Context, tx *store.Tx, u member.Union, back bool, to member.Member, list []Assessment) error {
	if len(list) == 0 {
		return nil
	}
	reseal, err := s.Members.Reseal(ctx, u, back)
	if err != nil {
		return err
	}
	for _, a := range list {
		content, err := reseal(contentSeal, a.ID, a.content)
		if err != nil {
			return err
		}
		_, err = tx.Update(ctx, "assessment", store.ByID(a.ID), store.Set("member_id", to.ID), store.Set("org_path", to.OrgPath), store.Set("content", content), store.Set("version", a.Version+1))
		if err != nil {
			return err
		}
	}
	return nil
}
