package duesbook

import (
	"context"
	"encoding/json"

	"zhibu/internal/fault"
	"zhibu/internal/store"
)

// ByID reads an assessment; out of scope it is missing.
func (s *Service) ByID(ctx context.Context, r store.Reader, id string) (Assessment, error) {
	list, err := s.assessments(ctx, r, "id = ?", id)
	if err == nil && len(list) == 0 {
		return Assessment{}, fault.Missing()
	}
	if err != nil {
		return Assessment{}, err
	}
	return list[0], nil
}

// Proposals are those of a branch that wait for a second person, the oldest first.
func (s *Service) Proposals(ctx context.Context, r store.Reader, path string) ([]Assessment, error) {
	return s.assessments(ctx, r, "org_path = ? AND state = 'proposed' ORDER BY id", path)
}

// Of are a member's assessments, the newest first.
func (s *Service) Of(ctx context.Context, r store.Reader, memberID string) ([]Assessment, error) {
	return s.assessments(ctx, r, "member_id = ? ORDER BY id DESC", memberID)
}

// assessments reads rows and opens what is sealed in them. Of somebody whose key was destroyed nothing is left.
func (s *Service) assessments(ctx context.Context, r store.Reader, where string, args ...any) (out []Assessment, err error) {
	err = r.Each(ctx, "SELECT "+assessmentColumns+" FROM {assessment} WHERE "+where, args, func(row store.Row) error {
		a, err := scanAssessment(row)
		out = append(out, a)
		return err
	})
	if err != nil || len(out) == 0 {
		return out, err
	}
	holders := make([]string, len(out))
	for i, a := range out {
		holders[i] = a.Member
	}
	persons, err := s.Vault.Persons(ctx, holders)
	if err != nil {
		return nil, err
	}
	for i := range out {
		a := &out[i]
		p := persons[a.Member]
		if p == nil {
			continue
		}
		plain, err := p.Open(contentSeal, a.ID, a.content)
		if err == nil {
			err = json.Unmarshal(plain, &a.Content)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Payments are those of a branch and a year by the day they were received, in that order.
func Payments(ctx context.Context, r store.Reader, path string, year int, retired bool) ([]Payment, error) {
	where := "org_path = ? AND on_date >= ? AND on_date <= ?"
	if !retired {
		where += " AND retired_at = 0"
	}
	return payments(ctx, r, where+" ORDER BY on_date, id", path, day(year, 1, 1), day(year, 12, 31))
}

// PaidBy are the payments of a member that stand, the newest first.
func PaidBy(ctx context.Context, r store.Reader, memberID string) ([]Payment, error) {
	return payments(ctx, r, "member_id = ? AND retired_at = 0 ORDER BY on_date DESC, id DESC", memberID)
}

// PaymentByID reads a payment; out of scope it is missing.
func PaymentByID(ctx context.Context, r store.Reader, id string) (Payment, error) {
	list, err := payments(ctx, r, "id = ?", id)
	if err == nil && len(list) == 0 {
		return Payment{}, fault.Missing()
	}
	if err != nil {
		return Payment{}, err
	}
	return list[0], nil
}

func payments(ctx context.Context, r store.Reader, where string, args ...any) (out []Payment, err error) {
	err = r.Each(ctx, "SELECT "+paymentColumns+" FROM {payment} WHERE "+where, args, func(row store.Row) error {
		p, err := scanPayment(row)
		out = append(out, p)
		return err
	})
	return out, err
}
