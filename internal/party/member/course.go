package member

import (
	"context"
	"slices"

	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
)

// stay reads again where a member's branch stands and keeps it there until the transaction ends: the tree may have
// moved since the record was read, and the counts follow the path.
func (s *Service) stay(ctx context.Context, tx *store.Tx, m *Member) error {
	if err := org.Still(ctx, tx); err != nil {
		return err
	}
	found, err := tx.One(ctx, "SELECT org_path FROM {member} WHERE id = ?", []any{m.ID}, &m.OrgPath)
	if err == nil && !found {
		err = fault.Missing()
	}
	return err
}

// carry lets what belongs to a member follow the member to another branch.
func (s *Service) carry(ctx context.Context, tx *store.Tx, id, path string) error {
	if err := moveDisputes(ctx, tx, id, path); err != nil {
		return err
	}
	for _, t := range []string{"member_event", "fact", "look", "proposal", "document", "document_fact", "dispute", "affirmed", "request", "restriction", "destruction", "entry", "waiver", "assessment", "step", "board"} {
		if _, err := tx.Update(ctx, t, store.Key{store.Set("member_id", id)}, store.Set("org_path", path)); err != nil {
			return err
		}
	}
	_, err := tx.Update(ctx, "due", store.ByID(id), store.Set("org_path", path))
	return err
}

// Events are a member's dated events, newest first, with those that stand in the record.
func (s *Service) Events(ctx context.Context, r store.Reader, m Member) ([]Event, error) {
	rows, err := s.eventRows(ctx, r, m.ID)
	all := m.events(rows)
	slices.SortStableFunc(all, func(a, b Event) int {
		switch {
		case a.On.After(b.On):
			return -1
		case a.On.Before(b.On):
			return 1
		}
		return rankOf(b.Kind) - rankOf(a.Kind)
	})
	return all, err
}
