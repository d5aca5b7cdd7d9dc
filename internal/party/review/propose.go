package review

import (
	"context"
	"slices"

	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Add enters a member by hand. The record is on the list at once and waits for review. values are the fields as
// typed; every new record has key facts, so it names the document they were taken from.
func (s *Service) Add(ctx context.Context, actor ledger.Actor, orgID string, values map[roster.Column]string, b member.Basis) (id string, problems []roster.Problem, err error) {
	defer fault.Wrap(&err, "review: add")
	a, problems, err := s.Members.Adding(ctx, actor, orgID, values, b)
	if err != nil || a == nil {
		return "", problems, err
	}
	if err := s.Rights.May(ctx, actor, member.DoAdd, a.OrgPath); err != nil {
		return "", nil, err
	}
	if err := proven(true, b); err != nil {
		return "", problems, err
	}
	id, key, err := s.Members.NewKey(ctx)
	if err != nil {
		return "", nil, err
	}
	act := ledger.Act{Kind: member.DoAdd, Subject: "member", SubjectID: id, OrgPath: a.OrgPath, Reason: b.Reason, Source: b.Document}
	err = s.ledger().Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := s.Rights.Inside(ctx, tx, actor, member.DoAdd, a.OrgPath, ""); err != nil {
			return err
		}
		return s.Members.ApplyNew(ctx, tx, a, id, key)
	})
	if err != nil {
		return "", problems, err
	}
	return id, problems, nil
}

// proven asks for the document that a key fact needs.
func proven(key bool, b member.Basis) error {
	if key && b.Document == "" {
		return fault.New(fault.Invalid, "身份证号码、入党日期、转正日期、所在支部要有材料证明，请写明材料名称。").At("document")
	}
	return nil
}

// Mend corrects facts. version is the one the actor saw. Only fields that are in values change; an empty text clears
// the fact. What the actor has entered and nobody has reviewed yet changes at once; everything else waits.
func (s *Service) Mend(ctx context.Context, actor ledger.Actor, id string, version int64, values map[roster.Column]string, b member.Basis) (out Outcome, problems []roster.Problem, err error) {
	defer fault.Wrap(&err, "review: mend")
	m, err := s.subject(ctx, actor, member.DoMend, id, version)
	if err != nil {
		return out, nil, err
	}
	c, problems, err := s.Members.Mending(ctx, actor, m, values, nil, b)
	if err != nil || c == nil {
		return out, problems, err
	}
	out, err = s.propose(ctx, actor, c, nil)
	return out, problems, err
}

// Move puts a member into another branch within the actor's scope (调整支部).
func (s *Service) Move(ctx context.Context, actor ledger.Actor, id string, version int64, toOrg string, b member.Basis) (out Outcome, err error) {
	defer fault.Wrap(&err, "review: move")
	m, err := s.subject(ctx, actor, member.DoMove, id, version)
	if err != nil {
		return out, err
	}
	c, err := s.Members.Moving(ctx, actor, m, toOrg, b)
	if err == nil {
		err = s.Rights.May(ctx, actor, member.DoMove, c.ToPath)
	}
	if err != nil {
		return out, err
	}
	return s.propose(ctx, actor, c, nil)
}

// End takes a member off the register: death, leaving, removal, with the decision and its day.
func (s *Service) End(ctx context.Context, actor ledger.Actor, id string, version int64, kind member.EventKind, b member.Basis) (out Outcome, err error) {
	defer fault.Wrap(&err, "review: end")
	m, err := s.subject(ctx, actor, member.DoEnd, id, version)
	if err != nil {
		return out, err
	}
	c, err := s.Members.Leaving(m, kind, b)
	if err != nil {
		return out, err
	}
	return s.propose(ctx, actor, c, nil)
}

// Restore puts somebody who was taken off the register back.
func (s *Service) Restore(ctx context.Context, actor ledger.Actor, id string, version int64, b member.Basis) (out Outcome, err error) {
	defer fault.Wrap(&err, "review: restore")
	m, err := s.subject(ctx, actor, member.DoRestore, id, version)
	if err != nil {
		return out, err
	}
	c, err := s.Members.Restoring(ctx, actor, m, b)
	if err != nil {
		return out, err
	}
	return s.propose(ctx, actor, c, nil)
}

// Request is a member's own request for a correction of her record: any field, from the phone. Her branch confirms it;
// what she typed is what is confirmed.
func (s *Service) Request(ctx context.Context, actor ledger.Actor, version int64, values map[roster.Column]string, b member.Basis, documents []string) (out Outcome, problems []roster.Problem, err error) {
	defer fault.Wrap(&err, "review: request")
	c, problems, err := s.requested(ctx, actor, version, values, b)
	if err != nil || c == nil {
		return out, problems, err
	}
	out, err = s.file(ctx, actor, c, documents)
	return out, problems, err
}

// subject reads the record of an entry and checks right and version.
func (s *Service) subject(ctx context.Context, actor ledger.Actor, action, id string, version int64) (member.Member, error) {
	m, err := s.Members.ByID(ctx, s.db().As(actor.Scope), id)
	if err != nil {
		return m, err
	}
	if actor.Member == id && action != member.DoMend { // nobody moves, ends or restores the own record
		return m, fault.New(fault.Forbidden, "不能对自己的信息做这件事，请由上级党组织办理。").By("H-02")
	}
	if err := s.Rights.May(ctx, actor, action, m.OrgPath); err != nil {
		return m, err
	}
	if m.Version != version {
		return m, member.Stale()
	}
	if action == member.DoMend {
		err = s.Members.Usable(ctx, s.db().As(actor.Scope), actor, id)
	}
	return m, err
}

// propose lets a change act at once for whoever entered a record that nobody has reviewed yet, and files it otherwise.
func (s *Service) propose(ctx context.Context, actor ledger.Actor, c *member.Change, documents []string) (Outcome, error) {
	direct, err := s.Direct(ctx, actor, c.Member)
	if err != nil {
		return Outcome{}, err
	}
	if !direct {
		return s.file(ctx, actor, c, documents)
	}
	m := c.Member
	act := ledger.Act{Kind: c.Kind, Subject: "member", SubjectID: m.ID, OrgPath: m.OrgPath, Reason: c.Basis.Reason, Source: c.Basis.Document}
	if c.Ending != "" {
		act.Detail = map[string]any{"kind": c.Ending}
	}
	out := Outcome{Acted: true}
	if c.Entry != nil {
		act.Detail = map[string]any{"kind": c.Entry.Kind}
	}
	if c.Fact != nil {
		out.Fact = c.Fact.ID
	}
	err = s.ledger().Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := s.entering(ctx, tx, actor, c); err != nil {
			return err
		}
		return s.Members.Apply(ctx, tx, actor, c, member.Pending)
	})
	if err != nil {
		return Outcome{}, err
	}
	return out, nil
}

// entering decides in the transaction whether the actor may still enter the change.
func (s *Service) entering(ctx context.Context, tx *store.Tx, actor ledger.Actor, c *member.Change) error {
	if err := s.Rights.Inside(ctx, tx, actor, c.Kind, c.Member.OrgPath, c.Member.ID); err != nil || c.ToPath == "" {
		return err
	}
	return s.Rights.Inside(ctx, tx, actor, c.Kind, c.ToPath, "")
}

// file keeps a change to a reviewed record until a second person has looked.
func (s *Service) file(ctx context.Context, actor ledger.Actor, c *member.Change, documents []string) (Outcome, error) {
	if err := proven(c.Key(), c.Basis); err != nil && len(documents) == 0 {
		return Outcome{}, err
	}
	p, err := s.sealed(ctx, actor, c, false)
	if err != nil {
		return Outcome{}, err
	}
	p.Documents = documents
	own := actor.Member == c.Member.ID && c.Kind == member.DoMend
	act := ledger.Act{Kind: ActPropose, Subject: "member", SubjectID: p.Member, OrgPath: p.OrgPath, Reason: p.Basis.Reason, Source: p.Basis.Document,
		Detail: map[string]any{"proposal": p.ID, "kind": c.Kind, "fields": c.Fields}}
	err = s.ledger().Do(ctx, actor, act, func(tx *store.Tx) error {
		if !own {
			if err := s.entering(ctx, tx, actor, c); err != nil {
				return err
			}
		}
		p := p // the function may run again
		// Two who propose at the same instant do not see each other's rows: the one waits for the other.
		if err := tx.Lock(ctx, "review."+p.Member); err != nil {
			return err
		}
		if err := s.alone(ctx, tx, p); err != nil {
			return err
		}
		if err := s.instead(ctx, tx, p, c); err != nil {
			return err
		}
		if err := s.own(ctx, tx, &p, c); err != nil {
			return err
		}
		all := tx.System("proposal") // a member's own scope holds her record, not her branch's rows
		return all.InsertMany(ctx, "proposal", stored, [][]any{p.row()})
	})
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{ID: p.ID}, nil
}

// facts are the kinds of changes to the dated facts.
var facts = map[string]bool{member.DoFact: true, member.DoFactMend: true, member.DoFactRetire: true}

// alone refuses a second proposal about what somebody's waits for already, so that neither overwrites the other, and
// takes back what had been returned to the same proposer: the new one stands for it.
func (s *Service) alone(ctx context.Context, tx *store.Tx, p Proposal) error {
	open, err := s.About(ctx, tx.System("review"), p.Member)
	if err != nil {
		return err
	}
	about := map[string]string{} // the dated facts that proposals are about
	for _, q := range append(open, p) {
		if facts[q.Kind] {
			c, err := s.open(ctx, q)
			if err != nil {
				return err
			}
			about[q.ID] = c.About
		}
	}
	for _, o := range open {
		switch {
		case o.Kind != p.Kind && !(facts[o.Kind] && facts[p.Kind]) || !together(o, p, about):
		case o.State == Waiting:
			return fault.New(fault.Conflict, "%s已经提出更改，正在等审核。请先看那一条，审核以后再改。", o.Actor).At("value")
		case o.Account == p.Account:
			if err := s.close(ctx, tx, ledger.Actor{Account: p.Account, Name: p.Actor}, o, Withdrawn, o.Answer); err != nil {
				return err
			}
		}
	}
	return nil
}

// instead takes back the returned proposal that a dated fact, mended, is handed in for again.
func (s *Service) instead(ctx context.Context, tx *store.Tx, p Proposal, c *member.Change) error {
	if c.Entry == nil || c.Entry.Again == "" {
		return nil
	}
	was, found, err := s.proposal(ctx, tx.System("review"), c.Entry.Again)
	if err != nil || !found || was.State != Returned || was.Account != p.Account || was.Member != p.Member || was.Kind != p.Kind {
		return err
	}
	return s.close(ctx, tx, ledger.Actor{Account: p.Account, Name: p.Actor}, was, Withdrawn, was.Answer)
}

// together tells whether two proposals of a sort are about the same.
func together(o, p Proposal, about map[string]string) bool {
	switch {
	case p.Kind == member.DoMend:
		return overlap(o.Fields, p.Fields)
	case facts[p.Kind]:
		return about[p.ID] != "" && about[p.ID] == about[o.ID]
	}
	return true
}

func overlap(a, b []roster.Column) bool {
	return slices.ContainsFunc(a, func(c roster.Column) bool { return slices.Contains(b, c) })
}

// sealed is the proposal of a change, its content sealed with the member's key; whole says that the record is reviewed
// with it.
func (s *Service) sealed(ctx context.Context, actor ledger.Actor, c *member.Change, whole bool) (Proposal, error) {
	key, err := s.Members.Vault.Person(ctx, c.Member.ID)
	if err != nil {
		return Proposal{}, err
	}
	p := Proposal{ID: s.ledger().IDs.New(), Kind: c.Kind, Member: c.Member.ID, OrgPath: c.Member.OrgPath, Fields: c.Fields, Basis: c.Basis, State: Waiting,
		Account: actor.Account, Actor: actor.Name, Person: actor.Member, Version: 1}
	inside := contentOf(c)
	inside.Whole = whole
	p.content = key.Seal(contentColumn, p.ID, inside.encoded())
	return p, nil
}
