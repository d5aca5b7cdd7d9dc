package review

import (
	"context"
	"encoding/json"
	"slices"

	"zhibu/internal/party/member"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Direct tells whether the actor may change a record at once, because nobody has reviewed it yet and it is hers to mend:
// she entered it, by whatever account, or she may mend for the same organisation as somebody who did, which her deputy
// and the colleague at the same desk do. It waits for the reviewer either way. Whoever else may mend proposes a change,
// so that what was entered is not altered unseen between entry and review. What the operator brought in at the machine's
// console is nobody's desk: whoever may mend there mends it.
func (s *Service) Direct(ctx context.Context, actor ledger.Actor, m member.Member) (bool, error) {
	if m.Review == member.Reviewed {
		return false, nil
	}
	if actor.Scope.IsSystem() {
		return true, nil
	}
	it := &Item{ID: m.ID, Member: m}
	if err := s.entrants(ctx, it); err != nil {
		return false, err
	}
	if mine, err := s.mine(ctx, actor, it); err != nil || mine {
		return mine, err
	}
	for _, account := range it.enteredBy {
		var one int
		somebody, err := s.db().As(store.System("review")).One(ctx, "SELECT 1 FROM {account} WHERE id = ?", []any{account}, &one)
		if err != nil {
			return false, err
		}
		if somebody {
			return s.colleague(ctx, actor.Account, it.enteredBy, m.OrgPath)
		}
	}
	return true, nil
}

// colleague tells whether an account may mend a branch's records for the same organisation as one of others.
func (s *Service) colleague(ctx context.Context, account string, others []string, path string) (bool, error) {
	held, err := s.Rights.Holders(ctx, s.db().As(store.System("review")), member.DoMend, upwards(path))
	if err != nil {
		return false, err
	}
	at := map[string]bool{}
	for _, h := range held {
		if h.Account == account {
			at[h.Org] = true
		}
	}
	return slices.ContainsFunc(held, func(h Holder) bool { return at[h.Org] && slices.Contains(others, h.Account) }), nil
}

// entrants reads from the ledger who entered a record that nobody has reviewed, and why it was returned. A change that
// somebody proposed and another approved was entered by whoever proposed it.
func (s *Service) entrants(ctx context.Context, it *Item) error {
	changes, err := s.ledger().Changes(ctx, "member", it.ID)
	if err != nil {
		return err
	}
	for _, c := range changes {
		account := c.Record.Account
		var detail struct {
			Account string `json:"account"`
		}
		if json.Unmarshal(c.Record.Detail, &detail) == nil && detail.Account != "" {
			account = detail.Account
		}
		if c.Record.Kind == ActReturn {
			it.Answer, it.By = c.Record.Reason, c.Record.Actor
			continue
		}
		it.enteredBy, it.enteredLast = append(it.enteredBy, account), account
	}
	slices.Sort(it.enteredBy)
	it.enteredBy = slices.Compact(it.enteredBy)
	return nil
}
