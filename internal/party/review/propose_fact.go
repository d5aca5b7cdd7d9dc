package review

import (
	"context"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// AddFact enters a dated fact. It waits for a second person, unless the actor has entered the record itself and nobody
// has reviewed that yet.
func (s *Service) AddFact(ctx context.Context, actor ledger.Actor, id string, in member.NewFact) (out Outcome, err error) {
	defer fault.Wrap(&err, "review: add a fact")
	m, err := s.living(ctx, actor, id)
	if err != nil {
		return out, err
	}
	c, err := s.Members.Recording(ctx, m, in)
	if err != nil {
		return out, err
	}
	return s.propose(ctx, actor, c, c.Fact.Proofs)
}

// CorrectFact puts another in the place of a dated fact that was wrong; version is the fact's that the actor saw.
func (s *Service) CorrectFact(ctx context.Context, actor ledger.Actor, id, about string, version int64, in member.NewFact) (out Outcome, err error) {
	defer fault.Wrap(&err, "review: correct a fact")
	m, err := s.living(ctx, actor, id)
	if err != nil {
		return out, err
	}
	c, err := s.Members.CorrectingFact(ctx, m, about, version, in)
	if err != nil {
		return out, err
	}
	return s.propose(ctx, actor, c, c.Fact.Proofs)
}

// RetireFact takes a dated fact back that should not have been entered.
func (s *Service) RetireFact(ctx context.Context, actor ledger.Actor, id, about string, version int64, reason string) (out Outcome, err error) {
	defer fault.Wrap(&err, "review: retire a fact")
	m, err := s.living(ctx, actor, id)
	if err != nil {
		return out, err
	}
	c, err := s.Members.RetiringFact(ctx, m, about, version, reason)
	if err != nil {
		return out, err
	}
	return s.propose(ctx, actor, c, nil)
}

// living reads the member about whom a fact is entered. Nobody enters facts of the own record.
func (s *Service) living(ctx context.Context, actor ledger.Actor, id string) (member.Member, error) {
	m, err := s.Members.ByID(ctx, s.db().As(actor.Scope), id)
	if err != nil {
		return m, err
	}
	if actor.Member == id {
		return m, fault.New(fault.Forbidden, "不能给自己登记，请由支部其他同志办理。").By("H-02")
	}
	if err := s.Rights.May(ctx, actor, member.DoFact, m.OrgPath); err != nil {
		return m, err
	}
	return m, s.Members.Usable(ctx, s.db().As(actor.Scope), actor, id)
}

// fact works a proposed change to the dated facts out anew.
func (s *Service) fact(ctx context.Context, m member.Member, p *Proposal, c content) (*member.Change, error) {
	if c.Fact == nil {
		return nil, fault.Missing()
	}
	in := *c.Fact
	in.Entered = civil.Today(civil.Fixed(store.Made(p.ID)))
	switch p.Kind {
	case member.DoFactMend:
		return s.Members.CorrectingFact(ctx, m, c.About, c.AtWas, in)
	case member.DoFactRetire:
		return s.Members.RetiringFact(ctx, m, c.About, c.AtWas, in.Reason)
	}
	return s.Members.Recording(ctx, m, in)
}
