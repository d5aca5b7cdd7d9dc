package member

import (
	"context"
	"errors"

	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// What belongs to a person goes along when two records are united: accounts and posts by their rows, documents by the room
// that keeps them, which stands above this one.

// Going is what goes along with one union, made ready before the transaction: files are written before their rows.
type Going interface {
	Enter(ctx context.Context, tx *store.Tx, by ledger.Actor, kept Member) error
	Forget(ctx context.Context) // the union was not entered
}

// Ready makes ready what goes along with a change; only a union has something. Call Forget of the change when it is not
// applied after all.
func (s *Service) Ready(ctx context.Context, c *Change) (err error) {
	if c == nil || c.Kind != DoUnite || s.Along == nil {
		return nil
	}
	c.going, err = s.Along(ctx, c.Member, *c.Other)
	return err
}

// Forget removes what was made ready for a change that was not applied.
func (c *Change) Forget(ctx context.Context) {
	if c != nil && c.going != nil {
		c.going.Forget(ctx)
	}
}

// bound are the tables whose rows name whose they are and go over as they stand.
var bound = []string{"account", "post"}

// goAlong lets accounts, posts and documents of the other record go over to the one that is kept.
func (s *Service) goAlong(ctx context.Context, tx *store.Tx, by ledger.Actor, c *Change, kept Member) error {
	all := tx.System("records united")
	for _, table := range bound {
		if _, err := all.Update(ctx, table, store.Key{store.Set("member_id", c.Other.ID)}, store.Set("member_id", kept.ID)); err != nil {
			return err
		}
	}
	if s.Apart != nil {
		if err := s.Apart(ctx, all, kept.ID); err != nil {
			return err
		}
	}
	if s.Along != nil && c.going == nil {
		return errors.New("member: a union whose documents were not made ready")
	}
	if c.going != nil {
		return c.going.Enter(ctx, all, by, kept)
	}
	return nil
}

// goBack gives accounts and posts back, and takes the copies of documents out of the file.
func (s *Service) goBack(ctx context.Context, tx *store.Tx, kept Member, united []ledger.Change) error {
	all := tx.System("records separated")
	for _, u := range united {
		var err error
		switch {
		case (u.Table == "account" || u.Table == "post") && u.Op == "U":
			_, err = all.Update(ctx, u.Table, store.ByID(u.RowID).And("member_id", kept.ID), store.Set("member_id", u.Was("member_id")))
		case u.Table == "document" && u.Op == "I":
			_, err = all.Update(ctx, "document", store.ByID(u.RowID).And("state", "kept"), store.Set("state", "removed"), store.Set("removed_at", s.Clock.Now().UnixMicro()))
		}
		if err != nil {
			return err
		}
	}
	return nil
}
