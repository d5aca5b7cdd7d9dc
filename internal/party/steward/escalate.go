package steward

import (
	"context"
	"time"

	"zhibu/internal/party/headcount"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// escalatedAtOnce bounds one round.
const escalatedAtOnce = 200

// Watch asks the next organisation above for what has waited too long, every so often until the context ends.
func (s *Service) Watch(ctx context.Context, every time.Duration, report func(error)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if _, err := s.EscalateDue(ctx); err != nil && ctx.Err() == nil {
			report(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// EscalateDue moves what is overdue to the next organisation above whose steward can answer, with a new limit, and says
// how many went. At the uppermost it stays, overdue.
func (s *Service) EscalateDue(ctx context.Context) (went int, err error) {
	for after := ""; ; {
		var due []Dispute
		query := "SELECT " + columns + " FROM {dispute} WHERE state = 'open' AND due_on < ? AND id > ? ORDER BY id LIMIT ?"
		err := s.db().As(store.System("escalate")).Each(ctx, query, []any{s.today().String(), after, escalatedAtOnce}, func(row store.Row) error {
			d, err := scan(row)
			due = append(due, d)
			return err
		})
		if err != nil || len(due) == 0 {
			return went, err
		}
		after = due[len(due)-1].ID
		for _, d := range due {
			up, err := s.escalate(ctx, d)
			if err != nil {
				return went, err
			}
			if up {
				went++
			}
		}
	}
}

func (s *Service) escalate(ctx context.Context, d Dispute) (up bool, err error) {
	act := d.act(DoEscalate, "超过答复期限，转由上一级答复", nil)
	err = s.ledger().Do(ctx, ledger.System("escalate"), act, func(tx *store.Tx) error {
		up = false
		d := d
		if err := s.settledPlace(ctx, tx, &d); err != nil {
			return err
		}
		var asked string
		if _, err := tx.One(ctx, "SELECT path FROM {org} WHERE id = ?", []any{d.Owner}, &asked); err != nil {
			return err
		}
		next, err := s.owner(ctx, tx, d, asked)
		if err != nil {
			return err
		}
		if next == "" {
			return ledger.ErrUnchanged
		}
		due := s.today().AddDays(s.Limit().Int("days"))
		n, err := tx.Update(ctx, "dispute", store.ByID(d.ID).And("version", d.Version).And("state", string(Open)), store.Set("owner_id", next), store.Set("due_on", due.String()),
			store.Set("escalated", d.Escalated+1), store.Set("version", d.Version+1))
		if err != nil {
			return err
		}
		if n == 0 {
			return ledger.ErrUnchanged // answered in the meantime
		}
		up = true
		var change headcount.Change
		change.Tally(d.OrgPath, headcount.Disputes, d.Due.String(), -1)
		change.Tally(d.OrgPath, headcount.Disputes, due.String(), 1)
		return change.Apply(ctx, tx)
	})
	return up, err
}
