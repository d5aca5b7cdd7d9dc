package duty

import (
	"context"

	"zhibu/internal/party/member"
	"zhibu/internal/store"
)

// Over takes what was waived or postponed of a record that goes into another to that one.
func (s *Service) Over(ctx context.Context, tx *store.Tx, u member.Union) error {
	_, err := tx.Update(ctx, "waiver", store.Key{store.Set("member_id", u.Other.ID)}, store.Set("member_id", u.Kept.ID), store.Set("org_path", u.Kept.OrgPath))
	return err
}

// Back gives it back when the records are made two again.
func (s *Service) Back(ctx context.Context, tx *store.Tx, u member.Union) error {
	for id := range u.Moved("waiver") {
		if _, err := tx.Update(ctx, "waiver", store.ByID(id).And("member_id", u.Kept.ID), store.Set("member_id", u.Other.ID), store.Set("org_path", u.Other.OrgPath)); err != nil {
			return err
		}
	}
	return nil
}
