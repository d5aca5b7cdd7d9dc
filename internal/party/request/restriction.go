package request

import (
	"context"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Restriction is a record that is kept and not used.
type Restriction struct {
	Request     string // that asked for it
	Actor       string // who granted it
	From, Until civil.Date
}

// RestrictionOf is the restriction of a member's record on a day, nil for none.
func (s *Service) RestrictionOf(ctx context.Context, r store.Reader, memberID string, on civil.Date) (*Restriction, error) {
	var x Restriction
	found, err := r.One(ctx, "SELECT request_id, actor, from_on, until_on FROM {restriction} WHERE id = ? AND until_on >= ?", []any{memberID, on.String()},
		&x.Request, &x.Actor, &x.From, &x.Until)
	if err != nil || !found {
		return nil, err
	}
	return &x, nil
}

// Lift ends a restriction before its day: by whoever may answer requests, with the reason, or by the member herself, for
// whose sake it was.
func (s *Service) Lift(ctx context.Context, actor ledger.Actor, memberID, reason string) (err error) {
	defer fault.Wrap(&err, "request: lift a restriction")
	m, err := s.Members.ByID(ctx, s.db().As(actor.Scope), memberID)
	if err != nil {
		return err
	}
	own := actor.Member != "" && actor.Member == memberID
	if !own {
		if err := s.Members.Rights.May(ctx, actor, DoAnswer, m.OrgPath); err != nil {
			return err
		}
		if strings.TrimSpace(reason) == "" || len([]rune(reason)) > longest {
			return fault.New(fault.Invalid, "请写明为什么解除限制，最多 %d 个字；本人看得到。", longest).At("reason").By("P-09")
		}
	}
	act := ledger.Act{Kind: DoLift, Subject: "member", SubjectID: m.ID, OrgPath: m.OrgPath, Reason: reason}
	return s.Members.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		n, err := tx.System("restriction").Delete(ctx, "restriction", store.ByID(memberID))
		if err == nil && n == 0 {
			err = fault.New(fault.Conflict, "这份档案没有限制使用，或者刚刚解除。")
		}
		return err
	})
}

// Tally is how many requests wait for an answer, and how many of them should have had it.
type Tally struct{ Open, Overdue int }

// Tally counts the open requests of a reader's scope on a day.
func (s *Service) Tally(ctx context.Context, r store.Reader, on civil.Date) (t Tally, err error) {
	_, err = r.One(ctx, "SELECT count(*), coalesce(sum(CASE WHEN due_on < ? THEN 1 ELSE 0 END), 0) FROM {request} WHERE state = 'open'", []any{on.String()}, &t.Open, &t.Overdue)
	return t, err
}
