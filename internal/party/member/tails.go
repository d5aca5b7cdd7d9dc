package member

import "context"

// Tails are the last four characters of the numbers that a record keeps sealed, "" where there is none: what a page
// shows of them to whoever may see that they are known.
type Tails struct{ IDNumber, Mobile, Phone string }

// Tails opens the numbers and keeps their ends. A record whose key has been destroyed has none.
func (s *Service) Tails(ctx context.Context, m Member) (Tails, error) {
	r, err := s.opened(ctx, m)
	if err != nil {
		return Tails{}, err
	}
	return Tails{last4(string(r.IDNumber)), last4(r.Mobile), last4(r.Phone)}, nil
}

// TailsOf is Tails of many, in their order, by one read of the keys.
func (s *Service) TailsOf(ctx context.Context, members []Member) ([]Tails, error) {
	ids := make([]string, len(members))
	for i, m := range members {
		ids[i] = m.ID
	}
	persons, err := s.Vault.Persons(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Tails, len(members))
	for i, m := range members {
		p := persons[m.ID]
		if p == nil {
			continue
		}
		r, err := s.open(p, m)
		if err != nil {
			return nil, err
		}
		out[i] = Tails{last4(string(r.IDNumber)), last4(r.Mobile), last4(r.Phone)}
	}
	return out, nil
}
