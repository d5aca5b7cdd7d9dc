package review

import (
	"context"

	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/trust/ledger"
)

// Unite proposes that one record is made of two of one person. It always waits for a reviewer above both, since it ends a
// record, whoever has entered them.
func (s *Service) Unite(ctx context.Context, actor ledger.Actor, in member.Unite) (out Outcome, err error) {
	defer fault.Wrap(&err, "review: unite")
	c, err := s.Members.Uniting(ctx, s.db().As(actor.Scope), in)
	if err != nil {
		return out, err
	}
	return s.fileBoth(ctx, actor, c)
}

// Separate proposes that two records of one are made two again; other is the one that was ended.
func (s *Service) Separate(ctx context.Context, actor ledger.Actor, other string, b member.Basis) (out Outcome, err error) {
	defer fault.Wrap(&err, "review: separate")
	c, err := s.Members.Separating(ctx, s.db().As(actor.Scope), other, b)
	if err != nil {
		return out, err
	}
	return s.fileBoth(ctx, actor, c)
}

// fileBoth files a change to two records. Nobody does this to the own one.
func (s *Service) fileBoth(ctx context.Context, actor ledger.Actor, c *member.Change) (Outcome, error) {
	if actor.Member != "" && (actor.Member == c.Member.ID || actor.Member == c.Other.ID) {
		return Outcome{}, fault.New(fault.Forbidden, "不能对自己的信息做这件事，请由上级党组织办理。").By("H-02")
	}
	for _, m := range []member.Member{c.Member, *c.Other} {
		if err := s.Rights.May(ctx, actor, c.Kind, m.OrgPath); err != nil {
			return Outcome{}, err
		}
		if err := s.Members.Usable(ctx, s.db().As(actor.Scope), actor, m.ID); err != nil {
			return Outcome{}, err
		}
	}
	return s.file(ctx, actor, c, nil)
}
