package election

import (
	"context"

	"zhibu/internal/party/member"
	"zhibu/internal/store"
)

// Over takes what was asked about the record that ends to the one that is kept when two are united, under its key.
func (s *Service) Over(ctx context.Context, tx *store.Tx, u member.Union) error {
	return s.follow(ctx, tx, "member_id = ?", u.Other.ID, u.Other, u.Kept)
}

// Back gives what went over back.
func (s *Service) Back(ctx context.Context, tx *store.Tx, u member.Union) error {
	for id := range u.Moved("left_out") {
		if err := s.follow(ctx, tx, "id = ?", id, u.Kept, u.Other); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) follow(ctx context.Context, tx *store.Tx, where, arg string, from, to member.Member) error {
	list, err := leftOuts(ctx, tx, where, arg)
	if err != nil || len(list) == 0 {
		return err
	}
	old, err := s.Vault.Person(ctx, from.ID)
	if err != nil {
		return err
	}
	key, err := s.Vault.Person(ctx, to.ID)
	if err != nil {
		return err
	}
	for _, l := range list {
		there, err := leftOuts(ctx, tx, "election_id = ? AND member_id = ?", l.Election, to.ID)
		if err != nil {
			return err
		}
		if len(there) > 0 { // both were asked for: the one that is kept says it
			continue
		}
		if err := l.open(old); err != nil {
			return err
		}
		if _, err := tx.Update(ctx, "left_out", store.ByID(l.ID), store.Set("member_id", to.ID), store.Set("name", to.Name), store.Set("content", key.Seal(reasonColumn, l.ID, []byte(text(l.Reason))))); err != nil {
			return err
		}
	}
	return nil
}
