package admission

import (
	"context"

	"zhibu/internal/party/member"
	"zhibu/internal/store"
)

// What was written down on the case of a record goes with it when the record is united with another, under the key of the one
// that is kept; made two again, each has what was written down of it.

// Over takes the case of the record that ends to the one that is kept.
func (s *Service) Over(ctx context.Context, tx *store.Tx, u member.Union) error {
	return s.follow(ctx, tx, "person_id = ?", u.Other.ID, u.Kept)
}

// Back gives what went over back.
func (s *Service) Back(ctx context.Context, tx *store.Tx, u member.Union) error {
	for id := range u.Moved("step") {
		if err := s.follow(ctx, tx, "id = ?", id, u.Other); err != nil {
			return err
		}
	}
	for id := range u.Moved("board") {
		if _, err := tx.Update(ctx, "board", store.ByID(id), store.Set("person_id", u.Other.ID), store.Set("member_id", u.Other.ID), store.Set("org_path", u.Other.OrgPath)); err != nil {
			return err
		}
	}
	return nil
}

// follow gives what was written down to a record, under its key; that of its notices goes over as a whole.
func (s *Service) follow(ctx context.Context, tx *store.Tx, where, arg string, to member.Member) error {
	records, err := s.records(ctx, tx, where, arg)
	if err != nil {
		return err
	}
	key, err := s.Vault.Person(ctx, to.ID)
	if err != nil {
		return err
	}
	for _, r := range records {
		sealed, err := r.sealedBy(key)
		if err != nil {
			return err
		}
		if _, err := tx.Update(ctx, "step", store.ByID(r.ID), store.Set("person_id", to.ID), store.Set("member_id", to.ID), store.Set("org_path", to.OrgPath), store.Set("content", sealed)); err != nil {
			return err
		}
	}
	if where == "person_id = ?" {
		_, err = tx.Update(ctx, "board", store.Key{store.Set("person_id", arg)}, store.Set("person_id", to.ID), store.Set("member_id", to.ID), store.Set("org_path", to.OrgPath))
	}
	return err
}
