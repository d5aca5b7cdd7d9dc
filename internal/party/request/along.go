package request

import (
	"context"

	"zhibu/internal/party/member"
	"zhibu/internal/store"
)

// What a member has asked for stays hers when two records of her become one: the requests go over, sealed anew, with their
// days; a restriction holds for both records wherever it stands (member.Together). Made two again, each is where it was.

// Over takes the requests of the record that ends to the one that is kept.
func (s *Service) Over(ctx context.Context, tx *store.Tx, u member.Union) error {
	return s.carry(ctx, tx, u, false, u.Kept, "member_id = ?", u.Other.ID)
}

// Back gives those that went over back, as they stand now, with a restriction that was granted on one of them.
func (s *Service) Back(ctx context.Context, tx *store.Tx, u member.Union) error {
	for id := range u.Moved("request") {
		if err := s.carry(ctx, tx, u, true, u.Other, "id = ? AND member_id = ?", id, u.Kept.ID); err != nil {
			return err
		}
		var x Restriction
		found, err := tx.One(ctx, "SELECT actor, from_on, until_on FROM {restriction} WHERE id = ? AND request_id = ?", []any{u.Kept.ID, id}, &x.Actor, &x.From, &x.Until)
		if err != nil || !found {
			if err != nil {
				return err
			}
			continue
		}
		for _, m := range []string{u.Kept.ID, u.Other.ID} {
			if _, err := tx.Delete(ctx, "restriction", store.ByID(m)); err != nil {
				return err
			}
		}
		x.Request = id
		if err := x.insert(ctx, tx, u.Other.ID, u.Other.OrgPath); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) carry(ctx context.Context, tx *store.Tx, u member.Union, back bool, to member.Member, where string, args ...any) error {
	var list []Request
	err := tx.Each(ctx, "SELECT "+columns+" FROM {request} WHERE "+where, args, func(row store.Row) error {
		q, err := scan(row)
		list = append(list, q)
		return err
	})
	if err != nil || len(list) == 0 {
		return err
	}
	reseal, err := s.Members.Reseal(ctx, u, back)
	if err != nil {
		return err
	}
	for _, q := range list {
		content, err := reseal(contentSeal, q.ID, q.content)
		if err != nil {
			return err
		}
		answer, err := reseal(answerSeal, q.ID, q.answer)
		if err != nil {
			return err
		}
		_, err = tx.Update(ctx, "request", store.ByID(q.ID), store.Set("member_id", to.ID), store.Set("org_path", to.OrgPath), store.Set("content", content),
			store.Set("answer", answer), store.Set("version", q.Version+1))
		if err != nil {
			return err
		}
	}
	return nil
}
