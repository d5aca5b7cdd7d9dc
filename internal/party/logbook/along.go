package logbook

import (
	"context"

	"zhibu/internal/party/member"
	"zhibu/internal/store"
)

// What happened to a person stays hers when two records of her become one: the entries go over, withdrawn ones too, and whoever
// was on the way before the record is followed by the one that is kept. Made two again, each has what was entered of it, with
// what was corrected meanwhile.

// Over takes the entries of the record that ends to the one that is kept.
func (s *Service) Over(ctx context.Context, tx *store.Tx, u member.Union) error {
	of := store.Key{store.Set("member_id", u.Other.ID)}
	if _, err := tx.Update(ctx, "entry", of, store.Set("member_id", u.Kept.ID), store.Set("org_path", u.Kept.OrgPath)); err != nil {
		return err
	}
	_, err := tx.Update(ctx, "applicant", of, store.Set("member_id", u.Kept.ID))
	return err
}

// Back gives those that went over back, and what was entered in their place since.
func (s *Service) Back(ctx context.Context, tx *store.Tx, u member.Union) error {
	of := store.Set("member_id", u.Kept.ID)
	var ids []string
	for id := range u.Moved("entry") {
		ids = append(ids, id)
	}
	for len(ids) > 0 {
		var later []string
		for _, id := range ids {
			if _, err := tx.Update(ctx, "entry", store.ByID(id).And("member_id", u.Kept.ID), store.Set("member_id", u.Other.ID), store.Set("org_path", u.Other.OrgPath)); err != nil {
				return err
			}
			err := tx.Each(ctx, "SELECT id FROM {entry} WHERE member_id = ? AND follows = ?", []any{u.Kept.ID, id}, func(row store.Row) error {
				var next string
				err := row.Scan(&next)
				later = append(later, next)
				return err
			})
			if err != nil {
				return err
			}
		}
		ids = later
	}
	for id := range u.Moved("applicant") {
		if _, err := tx.Update(ctx, "applicant", store.Key{store.Set("id", id), of}, store.Set("member_id", u.Other.ID)); err != nil {
			return err
		}
	}
	return nil
}
