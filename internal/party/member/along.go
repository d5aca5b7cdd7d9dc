package member

import (
	"context"
	"errors"

	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/vault"
)

// What belongs to a person goes along when two records are united: accounts and posts by their rows, documents, what waits
// and what was asked for by the rooms that keep them, which stand above this one.

// Going is what goes along with one union, made ready before the transaction: files are written before their rows.
type Going interface {
	Enter(ctx context.Context, tx *store.Tx, by ledger.Actor, kept Member) error
	Forget(ctx context.Context) // the union was not entered
	Copies() map[string]string  // id of a document of the record that ends → id of its copy
}

// Belongings is a room with rows about members that somebody has still to do something about. They go over in the act of a
// union and come back in that of a separation; nothing of them is lost.
type Belongings interface {
	Over(ctx context.Context, tx *store.Tx, u Union) error
	Back(ctx context.Context, tx *store.Tx, u Union) error
}

// Union is two records that become one, or are made two again, as they stand inside the act.
type Union struct {
	Kept, Other Member
	Copies      map[string]string // of a union: documents of the other → their copies at the kept one
	Changes     []ledger.Change   // of a separation: what the union had changed
}

// Keys are those of both persons.
func (s *Service) unionKeys(ctx context.Context, u Union) (kept, other *vault.Person, err error) {
	keys, err := s.Vault.Persons(ctx, []string{u.Kept.ID, u.Other.ID})
	return keys[u.Kept.ID], keys[u.Other.ID], err
}

// Reseal gives what seals a value of a row anew for the other person: from the record that ends to the one that is kept, or
// back.
func (s *Service) Reseal(ctx context.Context, u Union, back bool) (func(column, row string, sealed []byte) ([]byte, error), error) {
	to, from, err := s.unionKeys(ctx, u)
	if back {
		to, from = from, to
	}
	return func(column, row string, sealed []byte) ([]byte, error) {
		if len(sealed) == 0 {
			return nil, nil
		}
		plain, err := from.Open(column, row, sealed)
		if err != nil {
			return nil, err
		}
		return to.Seal(column, row, plain), nil
	}, err
}

// Moved are the rows of a table that a union let go over, by their ids.
func (u Union) Moved(table string) map[string]ledger.Change {
	out := map[string]ledger.Change{}
	for _, c := range u.Changes {
		if c.Table == table && c.Op == "U" && c.Was("member_id") == u.Other.ID && c.Became("member_id") == u.Kept.ID {
			out[c.RowID] = c
		}
	}
	return out
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
	u := Union{Kept: kept, Other: *c.Other}
	if c.going != nil {
		if err := c.going.Enter(ctx, all, by, kept); err != nil {
			return err
		}
		u.Copies = c.going.Copies()
	}
	for _, room := range s.Belongings {
		if err := room.Over(ctx, all, u); err != nil {
			return err
		}
	}
	return nil
}

// goBack gives accounts and posts back, and what waits, and takes the copies of documents out of the file.
func (s *Service) goBack(ctx context.Context, tx *store.Tx, kept, other Member, united []ledger.Change) error {
	all := tx.System("records separated")
	for _, room := range s.Belongings {
		if err := room.Back(ctx, all, Union{Kept: kept, Other: other, Changes: united}); err != nil {
			return err
		}
	}
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
