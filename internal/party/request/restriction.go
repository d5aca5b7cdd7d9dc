package request

import (
	"context"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Restriction is a record that is kept and not used.
type Restriction struct {
	Request     string // that asked for it
	Actor       string // who granted it
	From, Until civil.Date
}

// RestrictionOf is the restriction of a member's record on a day, or of one that is united with it; nil for none.
func (s *Service) RestrictionOf(ctx context.Context, r store.Reader, memberID string, on civil.Date) (*Restriction, error) {
	var x Restriction
	ids, err := member.Together(ctx, s.db().As(store.System("restriction")), memberID)
	if err != nil {
		return nil, err
	}
	query := "SELECT request_id, actor, from_on, until_on FROM {restriction} WHERE id IN (?" + strings.Repeat(", ?", len(ids)-1) + ") AND until_on >= ? ORDER BY until_on DESC LIMIT 1"
	found, err := r.One(ctx, query, append(ids, on.String()), &x.Request, &x.Actor, &x.From, &x.Until)
	if err != nil || !found {
		return nil, err
	}
	return &x, nil
}

func (x Restriction) insert(ctx context.Context, tx *store.Tx, memberID, orgPath string) error {
	return tx.Insert(ctx, "restriction", store.Set("id", memberID), store.Set("member_id", memberID), store.Set("org_path", orgPath), store.Set("request_id", x.Request),
		store.Set("actor", x.Actor), store.Set("from_on", x.From.String()), store.Set("until_on", x.Until.String()))
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
		all := tx.System("restriction")
		ids, err := member.Together(ctx, all, memberID)
		n := 0
		for _, id := range ids {
			if err == nil {
				var one int64
				one, err = all.Delete(ctx, "restriction", store.Key{store.Set("id", id)})
				n += int(one)
			}
		}
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
