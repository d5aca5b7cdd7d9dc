package review

import (
	"context"
	"time"

	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// escalatedAtOnce bounds one round.
const escalatedAtOnce = 200

// Watch asks the next organisation above for what has waited too long, every few minutes until the context ends.
func (s *Service) Watch(ctx context.Context, every time.Duration, report func(error)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		for {
			n, err := s.EscalateDue(ctx)
			if err != nil && ctx.Err() == nil {
				report(err)
			}
			if err != nil || n < escalatedAtOnce {
				break
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// EscalateDue moves what is due to the next organisation above that has a reviewer, and says how many were looked at.
// At the uppermost it stays. Running it twice does no harm.
func (s *Service) EscalateDue(ctx context.Context) (int, error) {
	var due []Proposal
	query := "SELECT " + columns + " FROM {proposal} WHERE state = 'pending' AND escalates > 0 AND escalates <= ? ORDER BY escalates LIMIT ?"
	err := s.db().As(store.System("escalate")).Each(ctx, query, []any{s.Members.Clock.Now().UnixMicro(), escalatedAtOnce}, func(row store.Row) error {
		p, err := scan(row)
		due = append(due, p)
		return err
	})
	for _, p := range due {
		if err != nil {
			break
		}
		err = s.escalate(ctx, p)
	}
	if err != nil {
		return len(due), err
	}
	n, err := s.escalateOrgs(ctx)
	return len(due) + n, err
}

func (s *Service) escalate(ctx context.Context, p Proposal) error {
	act := ledger.Act{Kind: ActEscalate, Subject: "member", SubjectID: p.Member, OrgPath: p.OrgPath, Reason: "超过审核期限，转由上一级审核", Detail: map[string]any{"review": p.ID}}
	return s.ledger().Do(ctx, ledger.System("escalate"), act, func(tx *store.Tx) error {
		p := p
		var owner string
		if _, err := tx.One(ctx, "SELECT path FROM {org} WHERE id = ?", []any{p.Owner}, &owner); err != nil {
			return err
		}
		if _, err := tx.One(ctx, "SELECT org_path FROM {proposal} WHERE id = ?", []any{p.ID}, &p.OrgPath); err != nil {
			return err
		}
		next, err := s.above(ctx, tx, &p, p.OrgPath, owner)
		if err != nil {
			return err
		}
		p.Escalates = time.Time{}
		if next != "" {
			p.Owner, p.Level = next, Superior
			p.Escalates = s.Members.Clock.Now().Add(s.Escalate)
		}
		n, err := tx.Update(ctx, "proposal", store.ByID(p.ID).And("version", p.Version).And("state", string(Waiting)), store.Set("owner_id", p.Owner),
			store.Set("level", string(p.Level)), store.Set("escalates", micros(p.Escalates)))
		if err == nil && n == 0 {
			return ledger.ErrUnchanged // decided in the meantime
		}
		return err
	})
}

// About lists the proposals about a member that somebody still has to decide or mend, the oldest first.
func (s *Service) About(ctx context.Context, r store.Reader, id string) ([]Proposal, error) {
	var out []Proposal
	query := "SELECT " + columns + " FROM {proposal} WHERE member_id = ? AND state IN ('pending', 'returned') ORDER BY id"
	err := r.Each(ctx, query, []any{id}, func(row store.Row) error {
		p, err := scan(row)
		out = append(out, p)
		return err
	})
	return out, err
}

// ReturnedTo counts what a reviewer has given back to an account, up to a bound.
func (s *Service) ReturnedTo(ctx context.Context, r store.Reader, account string) (int, error) {
	n, err := s.Count(ctx, r, Filter{What: Changes, State: Returned, Account: account})
	return n.Changes, err
}
