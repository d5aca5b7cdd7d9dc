package steward

import (
	"context"

	"zhibu/internal/party/headcount"
	"zhibu/internal/party/member"
	"zhibu/internal/store"
)

// Facts in dispute are the person's: when two records become one, what is still open goes over to the steward of the record
// that is kept, with its day; made two again it goes back as it stands.

// Over takes the open disputes of the record that ends to the one that is kept.
func (s *Service) Over(ctx context.Context, tx *store.Tx, u member.Union) error {
	return s.carry(ctx, tx, u, false, u.Kept, "member_id = ? AND state = 'open'", u.Other.ID)
}

// Back gives those that went over back, answered ones too.
func (s *Service) Back(ctx context.Context, tx *store.Tx, u member.Union) error {
	for id := range u.Moved("dispute") {
		if err := s.carry(ctx, tx, u, true, u.Other, "id = ? AND member_id = ?", id, u.Kept.ID); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) carry(ctx context.Context, tx *store.Tx, u member.Union, back bool, to member.Member, where string, args ...any) error {
	var list []Dispute
	err := tx.Each(ctx, "SELECT "+columns+" FROM {dispute} WHERE "+where, args, func(row store.Row) error {
		d, err := scan(row)
		list = append(list, d)
		return err
	})
	if err != nil || len(list) == 0 {
		return err
	}
	reseal, err := s.Members.Reseal(ctx, u, back)
	if err != nil {
		return err
	}
	from := u.Other.ID
	if back {
		from = u.Kept.ID
	}
	var change headcount.Change
	for _, d := range list {
		was := d.OrgPath
		if d.content, err = reseal(contentSeal, d.ID, d.content); err != nil {
			return err
		}
		if d.answer, err = reseal(answerSeal, d.ID, d.answer); err != nil {
			return err
		}
		if d.Person == from {
			d.Person = to.ID
		}
		d.Member, d.OrgPath = to.ID, to.OrgPath
		if d.State == Open {
			change.Tally(was, headcount.Disputes, d.Due.String(), -1)
			change.Tally(d.OrgPath, headcount.Disputes, d.Due.String(), 1)
			if d.Owner, err = s.owner(ctx, tx, d, ""); err != nil {
				return err
			}
		}
		_, err = tx.Update(ctx, "dispute", store.ByID(d.ID), store.Set("member_id", d.Member), store.Set("org_path", d.OrgPath), store.Set("person", d.Person),
			store.Set("content", d.content), store.Set("answer", d.answer), store.Set("owner_id", d.Owner), store.Set("version", d.Version+1))
		if err != nil {
			return err
		}
	}
	return change.Apply(ctx, tx)
}
