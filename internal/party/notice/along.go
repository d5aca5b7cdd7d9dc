package notice

import (
	"context"
	"slices"
	"strings"

	"zhibu/internal/store"
)

// Somebody whose two records become one reads what she was told in one inbox. Notices are in no act, so each row keeps itself
// from whom it came, the last at the end: a record may have gone into one that went into a third.

// Over gives what was told to one person to another, and the channels that the other has said nothing of.
func (s *Service) Over(ctx context.Context, tx *store.Tx, from, to string) error {
	rows, err := came(ctx, tx, from)
	if err != nil {
		return err
	}
	for _, n := range rows {
		if _, err := tx.Update(ctx, "notice", store.ByID(n.id), store.Set("to_id", to), store.Set("was_to", strings.TrimSpace(n.wasTo+" "+from))); err != nil {
			return err
		}
	}
	return s.reachOver(ctx, tx, from, to)
}

// Back gives it back. made are the rows of channels that Over made.
func (s *Service) Back(ctx context.Context, tx *store.Tx, from, to string, made []string) error {
	rows, err := came(ctx, tx, from)
	if err != nil {
		return err
	}
	for _, n := range rows {
		before := strings.Fields(n.wasTo)
		if len(before) == 0 || before[len(before)-1] != to {
			continue
		}
		if _, err := tx.Update(ctx, "notice", store.ByID(n.id), store.Set("to_id", to), store.Set("was_to", strings.Join(before[:len(before)-1], " "))); err != nil {
			return err
		}
	}
	for _, id := range made { // what she has said since is hers wherever she reads it
		if _, err := tx.Delete(ctx, "reach", store.ByID(id).And("version", 1)); err != nil {
			return err
		}
	}
	return nil
}

type cameFrom struct{ id, wasTo string }

func came(ctx context.Context, tx *store.Tx, to string) (out []cameFrom, err error) {
	err = tx.Each(ctx, "SELECT id, was_to FROM {notice} WHERE to_id = ?", []any{to}, func(row store.Row) error {
		var n cameFrom
		err := row.Scan(&n.id, &n.wasTo)
		out = append(out, n)
		return err
	})
	return out, err
}

// reachOver copies the channels, the addresses sealed with the other key.
func (s *Service) reachOver(ctx context.Context, tx *store.Tx, from, to string) error {
	type row struct {
		channel string
		off     int64
		address []byte
	}
	read := func(of string) (out []row, err error) {
		err = tx.Each(ctx, "SELECT channel, off, address FROM {reach} WHERE to_id = ?", []any{of}, func(x store.Row) error {
			var r row
			err := x.Scan(&r.channel, &r.off, &r.address)
			r.address = slices.Clone(r.address)
			out = append(out, r)
			return err
		})
		return out, err
	}
	theirs, err := read(from)
	if err != nil || len(theirs) == 0 {
		return err
	}
	own, err := read(to)
	if err != nil {
		return err
	}
	for _, r := range theirs {
		if slices.ContainsFunc(own, func(o row) bool { return o.channel == r.channel }) {
			continue
		}
		var sealed []byte
		if len(r.address) > 0 {
			address, err := s.opened(ctx, from, r.channel, r.address)
			if err != nil {
				return err
			}
			key, err := s.Vault.Person(ctx, to)
			if err != nil {
				return err
			}
			sealed = key.Seal(addressSeal, reachID(to, r.channel), []byte(address))
		}
		err := tx.Insert(ctx, "reach", store.Set("id", reachID(to, r.channel)), store.Set("to_id", to), store.Set("channel", r.channel), store.Set("off", r.off), store.Set("address", sealed), store.Set("version", 1))
		if err != nil {
			return err
		}
	}
	return nil
}
