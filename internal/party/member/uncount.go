package member

import (
	"context"

	"zhibu/internal/party/headcount"
	"zhibu/internal/store"
)

// Uncount takes a member on the register out of the head counts, before the record is destroyed.
func (s *Service) Uncount(ctx context.Context, tx *store.Tx, id string) error {
	m, err := s.ByID(ctx, tx.System("destruction"), id)
	if err != nil || m.State != Active {
		return err
	}
	var change headcount.Change
	m.count(&change, m.OrgPath, -1)
	if err := tallyAgingOf(ctx, tx, &change, -1, []string{id}); err != nil {
		return err
	}
	return change.Apply(ctx, tx.System("destruction"))
}
