package review

import (
	"context"
	"errors"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// inTime refuses a decision on what has been decided or has changed.
func (it *OrgItem) inTime(version int64) error {
	switch {
	case it.Proposal.State != Waiting:
		return settled()
	case it.Version != version:
		return stale()
	}
	return nil
}

// ApproveOrg does the act that waits, as it was shown: version is the item's. Every rule is asked again as the tree
// stands then; of several who approve at once the first does it, and the others are told that it is settled.
func (s *Service) ApproveOrg(ctx context.Context, actor ledger.Actor, id string, version int64) (made org.Organisation, err error) {
	defer fault.Wrap(&err, "review: approve an act on an organisation")
	it, err := s.OrgItem(ctx, actor, id)
	if err != nil {
		return made, err
	}
	if err := s.lookingOrg(ctx, actor, it); err != nil {
		return made, err
	}
	if err := it.inTime(version); err != nil {
		return made, err
	}
	if it.Problem != nil {
		return made, unfit(it.Problem)
	}
	ready, err := s.Orgs.Ready(ctx, it.Plan)
	if err != nil {
		return made, err
	}
	p := it.Proposal
	act := ledger.Act{Kind: p.Kind, Subject: "org", SubjectID: ready.Subject(), OrgPath: p.OrgPath, Reason: p.Basis.Reason, Source: p.Basis.Document,
		Detail: map[string]any{"review": id, "entered": p.Actor, "account": p.Account}}
	err = s.ledger().Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, store.TreeLock); err != nil {
			return err
		}
		if err := s.holdsOrg(ctx, tx, it); err != nil {
			return err
		}
		if err := s.decidingOrg(ctx, tx, actor, it); err != nil {
			return err
		}
		var err error
		if made, err = s.Orgs.Apply(ctx, tx, actor, ready); err != nil {
			if f := fault.As(err); f != nil && f.Kind != fault.Unavailable {
				return unfit(f)
			}
			if errors.Is(err, ledger.ErrUnchanged) {
				return stale()
			}
			return err
		}
		return s.closeOrg(ctx, tx, actor, p, Approved, "")
	})
	return made, err
}

// unfit is the answer where the tree has changed so that an act is no longer possible. What stands in its way for a while,
// as an import does, says so itself.
func unfit(f *fault.Error) error {
	if f.Kind == fault.Conflict {
		return f
	}
	return fault.New(fault.Conflict, "这一条与党组织现在的情况合不上，不能通过。请退回，写明原因。").By(f.Rule)
}

// ReturnOrg gives an act back to whoever proposed it, with the reason.
func (s *Service) ReturnOrg(ctx context.Context, actor ledger.Actor, id string, version int64, reason string) (err error) {
	defer fault.Wrap(&err, "review: return an act on an organisation")
	it, err := s.OrgItem(ctx, actor, id)
	if err != nil {
		return err
	}
	if err := s.lookingOrg(ctx, actor, it); err != nil {
		return err
	}
	if err := said(reason); err != nil {
		return err
	}
	if err := it.inTime(version); err != nil {
		return err
	}
	p := it.Proposal
	act := ledger.Act{Kind: ActReturn, Subject: "org", SubjectID: p.Org, OrgPath: p.OrgPath, Reason: reason, Detail: map[string]any{"review": id, "kind": p.Kind}}
	return s.ledger().Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := s.holdsOrg(ctx, tx, it); err != nil {
			return err
		}
		if err := s.decidingOrg(ctx, tx, actor, it); err != nil {
			return err
		}
		return s.closeOrg(ctx, tx, actor, p, Returned, reason)
	})
}

// WithdrawOrg takes an act back; only whoever proposed it may.
func (s *Service) WithdrawOrg(ctx context.Context, actor ledger.Actor, id string, version int64) (err error) {
	defer fault.Wrap(&err, "review: withdraw an act on an organisation")
	it, err := s.OrgItem(ctx, actor, id)
	if err != nil {
		return err
	}
	p := it.Proposal
	switch {
	case !p.Open():
		return settled()
	case it.Version != version:
		return stale()
	}
	act := ledger.Act{Kind: ActWithdraw, Subject: "org", SubjectID: p.Org, OrgPath: p.OrgPath, Reason: "提出人撤回", Detail: map[string]any{"review": id, "kind": p.Kind}}
	return s.ledger().Do(ctx, actor, act, func(tx *store.Tx) error {
		mine, err := s.samePerson(ctx, tx.System("review"), actor.Account, p.Account)
		if err != nil {
			return err
		}
		if !mine {
			return fault.New(fault.Forbidden, "只有提出的人可以撤回。").By("H-09")
		}
		return s.closeOrg(ctx, tx, actor, p, Withdrawn, p.Answer)
	})
}

// CanOrg tells what the actor may do with an act now; why is the reason for not deciding it.
func (s *Service) CanOrg(ctx context.Context, actor ledger.Actor, it *OrgItem) (can Can, why error) {
	mine, err := s.samePerson(ctx, s.db().As(store.System("review")), actor.Account, it.Proposal.Account)
	if err != nil {
		return can, err
	}
	can.Withdraw = mine && it.Proposal.Open()
	can.Correct = mine && it.Proposal.State == Returned
	if why = it.inTime(it.Version); why == nil {
		why = s.lookingOrg(ctx, actor, it)
	}
	can.Decide = why == nil
	return can, why
}

// lookingOrg is decidingOrg by what stands now, outside of a transaction that writes.
func (s *Service) lookingOrg(ctx context.Context, actor ledger.Actor, it *OrgItem) error {
	if err := s.apartOrg(ctx, s.db().As(store.System("review")), actor, it); err != nil {
		return err
	}
	return s.Rights.May(ctx, actor, DoReviewOrg, it.Now.Top)
}

// decidingOrg checks in the transaction that the actor may decide: a role that is in force now above everything that
// changes, and not whoever proposed it, by any account.
func (s *Service) decidingOrg(ctx context.Context, tx *store.Tx, actor ledger.Actor, it *OrgItem) error {
	if err := s.apartOrg(ctx, tx.System("review"), actor, it); err != nil {
		return err
	}
	return s.Rights.Inside(ctx, tx, actor, DoReviewOrg, it.Now.Top, "")
}

func (s *Service) apartOrg(ctx context.Context, r store.Reader, actor ledger.Actor, it *OrgItem) error {
	same, perhaps, err := s.Rights.Same(ctx, r, actor.Account, it.Proposal.Account)
	switch {
	case err != nil:
		return err
	case same || it.Proposal.Person != "" && it.Proposal.Person == actor.Member:
		return second()
	case perhaps:
		return namesake()
	}
	return nil
}

// holdsOrg makes sure in the transaction that what was read before it still stands: the proposal, and version and place
// of the organisations.
func (s *Service) holdsOrg(ctx context.Context, tx *store.Tx, it *OrgItem) error {
	all := tx.System("review")
	list, err := orgProposals(ctx, all, "id = ?", it.ID)
	switch {
	case err != nil:
		return err
	case len(list) == 0:
		return fault.Missing()
	case list[0].State != Waiting:
		return settled()
	case list[0].Version != it.Proposal.Version:
		return stale()
	}
	for _, seen := range []org.Organisation{it.Now.Of, it.Now.Target} {
		if seen.ID == "" {
			continue
		}
		now, err := org.ByID(ctx, all, seen.ID)
		if err != nil {
			return err
		}
		if now.Version != seen.Version || now.Path != seen.Path {
			return stale()
		}
	}
	return nil
}

// closeOrg writes how a proposal ended, if nobody was quicker.
func (s *Service) closeOrg(ctx context.Context, tx *store.Tx, actor ledger.Actor, p OrgProposal, state State, answer string) error {
	n, err := tx.System("review").Update(ctx, "org_proposal", store.ByID(p.ID).And("version", p.Version), store.Set("state", string(state)),
		store.Set("decider_id", actor.Account), store.Set("decider", actor.Name), store.Set("decided", s.Members.Clock.Now().UnixMicro()),
		store.Set("answer", answer), store.Set("version", p.Version+1))
	if err == nil && n == 0 {
		err = settled()
	}
	return err
}

// escalateOrgs asks the next organisation above for the acts that have waited too long, and says how many were looked at.
func (s *Service) escalateOrgs(ctx context.Context) (int, error) {
	due, err := orgProposals(ctx, s.db().As(store.System("escalate")), "state = 'pending' AND escalates > 0 AND escalates <= ?", s.Members.Clock.Now().UnixMicro())
	for _, p := range due {
		if err != nil {
			break
		}
		err = s.escalateOrg(ctx, p)
	}
	return len(due), err
}

func (s *Service) escalateOrg(ctx context.Context, p OrgProposal) error {
	it, err := s.orgItem(ctx, p)
	if err != nil {
		return err
	}
	act := ledger.Act{Kind: ActEscalate, Subject: "org", SubjectID: p.Org, OrgPath: p.OrgPath, Reason: "超过审核期限，转由上一级审核", Detail: map[string]any{"review": p.ID}}
	return s.ledger().Do(ctx, ledger.System("escalate"), act, func(tx *store.Tx) error {
		p := p
		var owner string
		if _, err := tx.One(ctx, "SELECT path FROM {org} WHERE id = ?", []any{p.Owner}, &owner); err != nil {
			return err
		}
		p.Escalates = time.Time{}
		if err := s.giveOrg(ctx, tx, &p, it.Now.Top, owner); err != nil {
			return err
		}
		n, err := tx.Update(ctx, "org_proposal", store.ByID(p.ID).And("version", p.Version).And("state", string(Waiting)), store.Set("owner_id", p.Owner),
			store.Set("escalates", micros(p.Escalates)))
		if err == nil && n == 0 {
			return ledger.ErrUnchanged // decided in the meantime
		}
		return err
	})
}
