package life

import (
	"context"

	"zhibu/internal/party/member"
	"zhibu/internal/store"
)

// Over takes what somebody stood on the roll of, and what she was to do, to the record that is kept. A meeting on whose roll both
// records stand keeps both rows: it is confirmed as it was.
func (s *Service) Over(ctx context.Context, tx *store.Tx, u member.Union) error {
	rows, err := s.stored(ctx, tx, "member_id = ?", u.Other.ID)
	if err != nil {
		return err
	}
	if err := s.carry(ctx, tx, u, false, rows, u.Kept.ID); err != nil {
		return err
	}
	_, err = tx.Update(ctx, "resolution", store.Key{store.Set("owner_id", u.Other.ID)}, store.Set("owner_id", u.Kept.ID))
	return err
}

// Back gives it back when the records are made two again.
func (s *Service) Back(ctx context.Context, tx *store.Tx, u member.Union) error {
	for id := range u.Moved("attendance") {
		rows, err := s.stored(ctx, tx, "id = ? AND member_id = ?", id, u.Kept.ID)
		if err == nil {
			err = s.carry(ctx, tx, u, true, rows, u.Other.ID)
		}
		if err != nil {
			return err
		}
	}
	for id := range u.Moved("resolution") {
		if _, err := tx.Update(ctx, "resolution", store.ByID(id).And("owner_id", u.Kept.ID), store.Set("owner_id", u.Other.ID)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) carry(ctx context.Context, tx *store.Tx, u member.Union, back bool, rows []Attendee, to string) error {
	if len(rows) == 0 {
		return nil
	}
	reseal, err := s.Members.Reseal(ctx, u, back)
	if err != nil {
		return err
	}
	for _, a := range rows {
		why, err := reseal(whyColumn, a.ID, a.sealed)
		if err != nil {
			return err
		}
		if _, err := tx.Update(ctx, "attendance", store.ByID(a.ID), store.Set("member_id", to), store.Set("why", why), store.Set("version", a.Version+1)); err != nil {
			return err
		}
	}
	return nil
}
