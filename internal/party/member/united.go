package member

import (
	"context"
	"slices"

	"zhibu/internal/store"
)

// UnitedWith lists the records that were united with a record and still are, over any number of unions, without itself:
// what one of them took over stands in the other.
func (s *Service) UnitedWith(ctx context.Context, r store.Reader, id string) (others []string, err error) {
	group := []string{id}
	for i := 0; i < len(group); i++ {
		next, err := s.unitedOnce(ctx, r, group[i])
		if err != nil {
			return nil, err
		}
		for _, n := range next {
			if !slices.Contains(group, n) {
				group = append(group, n)
			}
		}
	}
	return group[1:], nil
}

// unitedOnce are the record that one went into, and those that went into it. A union that was taken back has a later
// event of the record that went.
func (s *Service) unitedOnce(ctx context.Context, r store.Reader, id string) (out []string, err error) {
	query := "SELECT e.member_id, e.became FROM {member_event} e WHERE e.kind = '" + string(United) + "' AND (e.member_id = ? OR e.became = ?)" +
		" AND NOT EXISTS (SELECT 1 FROM {member_event} l WHERE l.member_id = e.member_id AND l.kind = '" + string(Restored) + "' AND l.id > e.id) ORDER BY e.id"
	err = r.Each(ctx, query, []any{id, id}, func(row store.Row) error {
		var went, into string
		err := row.Scan(&went, &into)
		if went == id {
			went = into
		}
		out = append(out, went)
		return err
	})
	return out, err
}
