package member

import (
	"context"
	"strings"
)

// Shown is as much of the sealed fields as may stand in a list or on a page without a reveal; what of it a role sees
// is decided by its mask.
type Shown struct {
	IDTail string // last four characters of the ID number
	Mobile string // 154****5678, "" if none is known
	Phone  string // ****5678, "" if none is known
}

// Shown opens the tails of members' sealed fields, in the order of the members, by one read of the keys. A member
// whose key has been destroyed has none.
func (s *Service) Shown(ctx context.Context, members ...Member) ([]Shown, error) {
	ids := make([]string, len(members))
	for i, m := range members {
		ids[i] = m.ID
	}
	persons, err := s.Vault.Persons(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Shown, len(members))
	for i, m := range members {
		p := persons[m.ID]
		if p == nil {
			continue
		}
		rec, err := s.open(p, m)
		if err != nil {
			return nil, err
		}
		out[i] = Shown{IDTail: last4(string(rec.IDNumber)), Mobile: masked(rec.Mobile, 3), Phone: masked(rec.Phone, 0)}
	}
	return out, nil
}

// masked keeps the first and the last four characters of a number.
func masked(number string, first int) string {
	if len(number) < first+4 {
		return strings.Repeat("*", len(number))
	}
	return number[:first] + "****" + last4(number)
}
