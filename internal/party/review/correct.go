package review

import (
	"context"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Correct changes what waits. Whoever entered it hands it in again, mended, after a return. A reviewer who corrects it
// becomes the one who entered it, and whoever had entered it confirms as second person, or another reviewer does.
// values are the fields that are to stand otherwise; the proposal's others stay as they are.
func (s *Service) Correct(ctx context.Context, actor ledger.Actor, id string, version int64, values map[roster.Column]string, b member.Basis) (out Outcome, problems []roster.Problem, err error) {
	defer fault.Wrap(&err, "review: correct")
	it, err := s.item(ctx, s.db().As(actor.Scope), actor, id)
	if err != nil {
		return out, nil, err
	}
	mine, err := s.mine(ctx, actor, it)
	if err == nil && !mine {
		err = s.looking(ctx, actor, it)
	}
	switch {
	case err != nil:
		return out, nil, err
	case it.Version != version:
		return out, nil, stale()
	case it.Proposal != nil && !it.Proposal.Open():
		return out, nil, settled()
	case it.Proposal != nil && it.Proposal.Kind != member.DoMend:
		return out, nil, fault.New(fault.Invalid, "这一类不能直接改，请退回，写明要改什么。")
	}
	if it.Proposal == nil && mine {
		return s.Mend(ctx, actor, it.Member.ID, it.Member.Version, values, b)
	}
	c, notes, problems, err := s.corrected(ctx, actor, it, values, b)
	if err != nil || c == nil {
		return out, problems, err
	}
	if len(c.Notes) == 0 {
		c.Notes = notes
	}
	if err := proven(c.Key(), b); err != nil {
		return out, problems, err
	}
	if it.Proposal == nil {
		out, err = s.correctRecord(ctx, actor, it, c)
		return out, problems, err
	}
	return Outcome{ID: id}, problems, s.rewrite(ctx, actor, it, c, mine)
}

// mine tells whether the actor has entered what waits, by whatever account.
func (s *Service) mine(ctx context.Context, actor ledger.Actor, it *Item) (bool, error) {
	for _, account := range it.enteredBy {
		same, err := s.samePerson(ctx, s.db().As(store.System("review")), actor.Account, account)
		if err != nil || same {
			return same, err
		}
	}
	return false, nil
}

// corrected is the change with the corrected values.
func (s *Service) corrected(ctx context.Context, actor ledger.Actor, it *Item, values map[roster.Column]string, b member.Basis) (*member.Change, []roster.NoteText, []roster.Problem, error) {
	all := map[roster.Column]string{}
	var notes []roster.NoteText
	if it.Proposal != nil {
		c, err := s.open(ctx, *it.Proposal)
		if err != nil {
			return nil, nil, nil, err
		}
		notes = c.Notes
		for k, v := range c.Values {
			all[k] = v
		}
	}
	for k, v := range values {
		all[k] = v
	}
	c, problems, err := s.Members.Mending(ctx, actor, it.Member, all, notes, b)
	if err == nil && c == nil && len(problems) == 0 {
		err = fault.New(fault.Invalid, "改过以后与档案现在的内容一样，没有要审核的了。请退回或撤回这一条。")
	}
	return c, notes, problems, err
}

// correctRecord files a reviewer's correction of a record that nobody has reviewed: approved by whoever entered the
// record last, it makes the record reviewed, since two people have seen the whole of it.
func (s *Service) correctRecord(ctx context.Context, actor ledger.Actor, it *Item, c *member.Change) (Outcome, error) {
	p, err := s.sealed(ctx, actor, c, true)
	if err != nil {
		return Outcome{}, err
	}
	p.Level, p.Confirmer = Superior, it.enteredLast
	act := ledger.Act{Kind: ActCorrect, Subject: "member", SubjectID: p.Member, OrgPath: p.OrgPath, Reason: p.Basis.Reason, Source: p.Basis.Document,
		Detail: map[string]any{"proposal": p.ID, "fields": c.Fields}}
	err = s.ledger().Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := s.holds(ctx, tx, it); err != nil {
			return err
		}
		if err := s.deciding(ctx, tx, actor, it, shown(c.Fields)...); err != nil {
			return err
		}
		p := p
		if err := s.give(ctx, tx.System("owner"), &p, ""); err != nil { // the branch that keeps the record
			return err
		}
		return tx.InsertMany(ctx, "proposal", stored, [][]any{p.row()})
	})
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{ID: p.ID}, nil
}

// rewrite puts a corrected change in place of the one that waits.
func (s *Service) rewrite(ctx context.Context, actor ledger.Actor, it *Item, c *member.Change, mine bool) error {
	was := *it.Proposal
	p, err := s.sealed(ctx, actor, c, it.whole)
	if err != nil {
		return err
	}
	key, err := s.Members.Vault.Person(ctx, p.Member)
	if err != nil {
		return err
	}
	inside := contentOf(c)
	inside.Whole = it.whole
	p.ID, p.Documents, p.Batch, p.Row, p.Version = was.ID, was.Documents, was.Batch, was.Row, was.Version+1
	p.content = key.Seal(contentColumn, p.ID, inside.encoded())
	p.Level, p.Owner, p.Escalates = was.Level, was.Owner, time.Time{}
	if !mine {
		p.Confirmer = was.Account
		if was.Confirmer == actor.Account { // the one who was asked corrects in turn: the other confirms
			p.Confirmer = was.Account
		}
	}
	act := ledger.Act{Kind: ActCorrect, Subject: "member", SubjectID: p.Member, OrgPath: p.OrgPath, Reason: p.Basis.Reason, Source: p.Basis.Document,
		Detail: map[string]any{"proposal": p.ID, "fields": c.Fields}}
	return s.ledger().Do(ctx, actor, act, func(tx *store.Tx) error {
		if !mine {
			if err := s.holds(ctx, tx, it); err != nil {
				return err
			}
			if err := s.deciding(ctx, tx, actor, it, shown(c.Fields)...); err != nil {
				return err
			}
		}
		p := p
		if mine {
			if !was.Own() {
				if err := s.entering(ctx, tx, actor, c); err != nil {
					return err
				}
			}
			if err := s.own(ctx, tx, &p, c); err != nil {
				return err
			}
		}
		values := make([]store.Value, 0, len(stored))
		for i, v := range p.row() {
			if stored[i] != "id" && stored[i] != "org_path" {
				values = append(values, store.Set(stored[i], v))
			}
		}
		n, err := tx.System("review").Update(ctx, "proposal", store.ByID(p.ID).And("version", was.Version), values...)
		if err == nil && n == 0 {
			err = stale()
		}
		return err
	})
}
