package review

import (
	"context"
	"slices"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/notice"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// using are the changes that do not go into a record whose use is restricted, unless its member has asked for them.
var using = []string{member.DoMend, member.DoFact, member.DoFactMend, member.DoFactRetire, member.DoUnite}

// Approve makes what waits a fact, as it was shown: version is the item's. What was waiting for several people is
// applied by the first and answered as settled to the others.
func (s *Service) Approve(ctx context.Context, actor ledger.Actor, id string, version int64) (err error) {
	defer fault.Wrap(&err, "review: approve")
	it, err := s.item(ctx, s.db().As(actor.Scope), actor, id)
	if err != nil {
		return err
	}
	if err := s.looking(ctx, actor, it); err != nil {
		return err
	}
	if err := it.ready(version); err != nil {
		return err
	}
	act := ledger.Act{Kind: ActApprove, Subject: "member", SubjectID: it.Member.ID, OrgPath: it.Member.OrgPath, Reason: it.reason(), Source: it.document(),
		Detail: map[string]any{"review": id, "fields": it.fields()}}
	if it.Proposal != nil {
		act.Detail["kind"] = it.Proposal.Kind
		if k := it.Proposal.Kind; k == member.DoUnite || k == member.DoSeparate { // by its own name: a separation looks for it
			act.Kind, act.Detail["other"] = k, it.Change.To
		}
		act.Detail["entered"] = it.Proposal.Actor
		act.Detail["account"] = it.Proposal.Account
	}
	if err := s.Members.Ready(ctx, it.Change); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			it.Change.Forget(context.WithoutCancel(ctx))
		}
	}()
	return s.ledger().Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := s.holds(ctx, tx, it); err != nil {
			return err
		}
		if err := s.deciding(ctx, tx, actor, it, it.fields()...); err != nil {
			return err
		}
		if p := it.Proposal; p != nil && slices.Contains(using, p.Kind) && !p.Own() {
			for _, id := range it.records() {
				if err := s.Members.Usable(ctx, tx, actor, id); err != nil {
					return err
				}
			}
		}
		if it.Proposal == nil {
			return s.Members.Judge(ctx, tx, it.Member, member.Reviewed)
		}
		if err := s.Members.Apply(ctx, tx, it.Proposal.by(), it.Change, it.becomes()); err != nil {
			return err
		}
		if err := s.overtake(ctx, tx, actor, *it.Proposal); err != nil {
			return err
		}
		return s.close(ctx, tx, actor, *it.Proposal, Approved, "")
	})
}

// overtake returns the other changes to the same facts to whoever proposed them: what was typed stays, and they look at what
// stands now before they hand it in again.
func (s *Service) overtake(ctx context.Context, tx *store.Tx, actor ledger.Actor, p Proposal) error {
	others, err := s.beside(ctx, tx.System("review"), p)
	for _, o := range others {
		if err != nil {
			break
		}
		err = s.close(ctx, tx, actor, o, Returned, "同一项的另一条更改已经通过，档案有了新的内容。请核对以后再交，或者撤回。")
	}
	return err
}

// Return gives what waits back to whoever entered it, with the reason.
func (s *Service) Return(ctx context.Context, actor ledger.Actor, id string, version int64, reason string) (err error) {
	defer fault.Wrap(&err, "review: return")
	it, err := s.item(ctx, s.db().As(actor.Scope), actor, id)
	if err != nil {
		return err
	}
	if err := s.looking(ctx, actor, it); err != nil {
		return err
	}
	if err := said(reason); err != nil {
		return err
	}
	if err := it.inTime(version); err != nil {
		return err
	}
	act := ledger.Act{Kind: ActReturn, Subject: "member", SubjectID: it.Member.ID, OrgPath: it.Member.OrgPath, Reason: reason, Detail: map[string]any{"review": id}}
	return s.ledger().Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := s.holds(ctx, tx, it); err != nil {
			return err
		}
		if err := s.deciding(ctx, tx, actor, it); err != nil {
			return err
		}
		if it.Proposal == nil {
			if err := s.tell(ctx, tx, actor, notice.Returned, id, member.DoAdd, it.enteredBy...); err != nil {
				return err
			}
			return s.Members.Judge(ctx, tx, it.Member, member.Returned)
		}
		return s.close(ctx, tx, actor, *it.Proposal, Returned, reason)
	})
}

// Withdraw takes a proposal back; only whoever made it may.
func (s *Service) Withdraw(ctx context.Context, actor ledger.Actor, id string, version int64) (err error) {
	defer fault.Wrap(&err, "review: withdraw")
	it, err := s.item(ctx, s.db().As(actor.Scope), actor, id)
	if err != nil {
		return err
	}
	p := it.Proposal
	switch {
	case p == nil:
		return fault.New(fault.Invalid, "新登记的档案不能撤回。录错了，请用“终结档案”的“误录”。")
	case !p.Open():
		return settled()
	case it.Version != version:
		return stale()
	}
	act := ledger.Act{Kind: ActWithdraw, Subject: "member", SubjectID: p.Member, OrgPath: p.OrgPath, Reason: "提出人撤回", Detail: map[string]any{"review": id}}
	return s.ledger().Do(ctx, actor, act, func(tx *store.Tx) error {
		mine, err := s.samePerson(ctx, tx.System("review"), actor.Account, p.Account)
		if err != nil {
			return err
		}
		if !mine {
			return fault.New(fault.Forbidden, "只有提出的人可以撤回。").By("H-09")
		}
		return s.close(ctx, tx, actor, *p, Withdrawn, "")
	})
}

// Refuse returns a change that waits, inside of another act that has answered it: whoever is responsible for the fact has
// checked it and it stays as it is. A change that was approved meanwhile is a conflict; one that has ended is left alone.
func (s *Service) Refuse(ctx context.Context, tx *store.Tx, actor ledger.Actor, id, answer string) error {
	var p Proposal
	found := false
	err := tx.System("review").Each(ctx, "SELECT "+columns+" FROM {proposal} WHERE id = ?", []any{id}, func(row store.Row) (err error) {
		p, err = scan(row)
		found = true
		return err
	})
	switch {
	case err != nil || !found:
		return err
	case p.State == Approved:
		return fault.New(fault.Conflict, "导入提出的更正已经审核通过，档案里已经是更正后的内容，不能再答复不改。仍然不对的，请先在档案里另外提出更正，再答复确实有误。").At("outcome").By("K-21")
	case !p.Open():
		return nil
	}
	return s.close(ctx, tx, actor, p, Returned, answer)
}

func said(reason string) error {
	switch {
	case strings.TrimSpace(reason) == "":
		return fault.New(fault.Invalid, "请写明退回的理由，让录入的人知道改什么。").At("reason")
	case len([]rune(reason)) > 500:
		return fault.New(fault.Invalid, "理由最多 %d 个字。", 500).At("reason")
	}
	return nil
}

// close writes how a proposal ended, if nobody was quicker.
func (s *Service) close(ctx context.Context, tx *store.Tx, actor ledger.Actor, p Proposal, state State, answer string) error {
	n, err := tx.System("review").Update(ctx, "proposal", store.ByID(p.ID).And("version", p.Version), store.Set("state", string(state)),
		store.Set("decider_id", actor.Account), store.Set("decider", actor.Name), store.Set("decided", s.Members.Clock.Now().UnixMicro()),
		store.Set("answer", answer), store.Set("version", p.Version+1))
	switch {
	case err == nil && n == 0:
		err = settled()
	case err == nil && state == Returned:
		err = s.tell(ctx, tx, actor, notice.Returned, p.ID, p.Kind, p.Account)
	case err == nil && state == Approved && p.Own():
		err = s.tell(ctx, tx, actor, notice.Approved, p.ID, p.Kind, p.Account)
	}
	return err
}

// tell lets whoever entered something hear how it ended, unless she has done that herself.
func (s *Service) tell(ctx context.Context, tx *store.Tx, actor ledger.Actor, kind notice.Kind, id, what string, accounts ...string) error {
	told := map[string]bool{"": true, actor.Account: true, actor.Member: true}
	for _, account := range accounts {
		to, err := notice.PersonOf(ctx, tx.System("notice"), account)
		if err != nil {
			return err
		}
		if told[to] {
			continue
		}
		told[to] = true
		if err := notice.Give(ctx, tx, s.ledger(), notice.Notice{To: to, Kind: kind, Subject: id, About: what, Push: true}.By(actor)); err != nil {
			return err
		}
	}
	return nil
}

// holds makes sure in the transaction that what was read before it still stands: the proposal and the record. The
// update of the proposal's own version makes the one of two who decide at once wait for the other.
func (s *Service) holds(ctx context.Context, tx *store.Tx, it *Item) error {
	all := tx.System("review")
	var version int64
	var path string
	found, err := all.One(ctx, "SELECT version, org_path FROM {member} WHERE id = ?", []any{it.Member.ID}, &version, &path)
	switch {
	case err != nil:
		return err
	case !found:
		return fault.Missing()
	case version != it.Member.Version:
		return stale()
	}
	it.Member.OrgPath = path
	if it.Proposal == nil {
		return nil
	}
	var state State
	found, err = all.One(ctx, "SELECT version, state FROM {proposal} WHERE id = ?", []any{it.Proposal.ID}, &version, &state)
	switch {
	case err != nil:
		return err
	case !found:
		return fault.Missing()
	case state != Waiting:
		return settled()
	case version != it.Proposal.Version:
		return stale()
	}
	return nil
}

// deciding checks in the transaction that the actor may decide this item: a role that is in force now and reaches the
// fields, not the member, and not whoever entered it, by any account.
func (s *Service) deciding(ctx context.Context, tx *store.Tx, actor ledger.Actor, it *Item, fields ...roster.Column) error {
	if err := s.apart(ctx, tx.System("review"), actor, it); err != nil {
		return err
	}
	if it.confirmedBy(actor.Account) { // the one who entered what a reviewer has corrected
		return s.Rights.Inside(ctx, tx, actor, member.DoMend, it.Member.OrgPath, it.Member.ID, fields...)
	}
	if it.Proposal != nil && it.Proposal.Level == Branch {
		if err := s.Rights.Inside(ctx, tx, actor, DoConfirm, it.Member.OrgPath, it.Member.ID, fields...); err == nil {
			return nil
		}
	}
	if err := s.Rights.Inside(ctx, tx, actor, DoReview, it.Member.OrgPath, it.Member.ID, fields...); err != nil {
		return err
	}
	if it.Change != nil && it.Change.ToPath != "" {
		return s.Rights.Inside(ctx, tx, actor, DoReview, it.Change.ToPath, "")
	}
	return nil
}

// apart refuses whoever entered what waits, and the member herself, by whatever account.
func (s *Service) apart(ctx context.Context, r store.Reader, actor ledger.Actor, it *Item) error {
	refuse := func(same, perhaps bool, err error) error {
		switch {
		case err != nil:
			return err
		case same:
			return second()
		case perhaps:
			return namesake()
		}
		return nil
	}
	for _, account := range it.enteredBy {
		if err := refuse(s.Rights.Same(ctx, r, actor.Account, account)); err != nil {
			return err
		}
	}
	if p := it.Proposal; p != nil && p.Person != "" && p.Person == actor.Member {
		return second()
	}
	if c := it.Change; c != nil && c.Other != nil {
		if err := refuse(s.Rights.IsMember(ctx, r, actor.Account, c.Other.ID)); err != nil {
			return err
		}
	}
	return refuse(s.Rights.IsMember(ctx, r, actor.Account, it.Member.ID))
}

// samePerson tells whether two accounts are one person's, beyond doubt.
func (s *Service) samePerson(ctx context.Context, r store.Reader, a, b string) (bool, error) {
	same, _, err := s.Rights.Same(ctx, r, a, b)
	return same, err
}
