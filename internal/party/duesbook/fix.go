package duesbook

import (
	"context"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/duty"
	"zhibu/internal/party/org"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// assessedAtOnce is how many members one form proposes for.
const assessedAtOnce = 500

// Propose proposes bases or reductions for members of a branch. None holds until a second person has confirmed it.
func (s *Service) Propose(ctx context.Context, actor ledger.Actor, orgID string, list []New) (ids []string, err error) {
	defer fault.Wrap(&err, "dues: assess")
	o, err := s.branch(ctx, actor, DoAssess, orgID)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 || len(list) > assessedAtOnce {
		return nil, fault.New(fault.Invalid, "请至少填写一个人，一次最多 %d 人。", assessedAtOnce).At("member")
	}
	members := make([]string, len(list))
	for i := range list {
		if f := list[i].check(s.Rules, s.today()); f != nil {
			return nil, f
		}
		members[i] = list[i].Member
	}
	persons, err := s.Vault.Persons(ctx, members)
	if err != nil {
		return nil, err
	}
	act := &ledger.Act{Kind: DoAssess, Subject: "assessment", OrgPath: o.Path, Reason: list[0].Kind.Name(), Detail: map[string]any{"kind": list[0].Kind, "people": len(list)}}
	_, err = s.Ledger.DoAct(ctx, actor, act, func(tx *store.Tx) error {
		ids = nil
		if err := s.hold(ctx, tx, o); err != nil {
			return err
		}
		for _, n := range list {
			if err := s.mayPropose(ctx, tx, o, n); err != nil {
				return err
			}
			p := persons[n.Member]
			if p == nil {
				return notHere()
			}
			id := s.Ledger.IDs.New()
			ids = append(ids, id)
			set := store.Set
			if err := tx.Insert(ctx, "assessment", set("id", id), set("org_id", o.ID), set("org_path", o.Path), set("member_id", n.Member), set("kind", string(n.Kind)),
				set("from_month", n.From.MonthOf()), set("to_month", n.To.MonthOf()), set("content", p.Seal(contentSeal, id, n.Content.bytes())), set("state", string(Proposed)),
				set("account_id", actor.Account), set("actor", actor.Name), set("decider_id", ""), set("decider", ""), set("decided_at", 0), set("answer", ""), set("version", 1)); err != nil {
				return err
			}
		}
		if len(ids) == 1 {
			act.SubjectID = ids[0]
		}
		return nil
	})
	return ids, err
}

func notHere() *fault.Error {
	return fault.New(fault.Invalid, "选的人不在这个支部，请重新选择。").At("member").By("F-08")
}

// hold keeps the branch where it is and its book to one writer until the transaction ends.
func (s *Service) hold(ctx context.Context, tx *store.Tx, o org.Organisation) error {
	if err := org.Unmoved(ctx, tx, org.Place{ID: o.ID, Path: o.Path}); err != nil {
		return err
	}
	return tx.Lock(ctx, "dues "+o.ID)
}

// mayPropose looks at what stands already: one proposal at a time, and a base that was fixed for the year changes only
// with a reason (F-09).
func (s *Service) mayPropose(ctx context.Context, tx *store.Tx, o org.Organisation, n New) error {
	var name string
	found, err := tx.One(ctx, "SELECT name FROM {member} WHERE id = ? AND org_path = ? AND state = 'active'", []any{n.Member, o.Path}, &name)
	if err != nil {
		return err
	}
	if !found {
		return notHere()
	}
	var waiting, fixed int
	_, err = tx.One(ctx, "SELECT coalesce(sum(CASE WHEN state = 'proposed' THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN state = 'approved' THEN 1 ELSE 0 END), 0) FROM {assessment} WHERE member_id = ? AND kind = ? AND from_month <= ? AND to_month >= ?",
		[]any{n.Member, string(n.Kind), n.To.MonthOf(), n.From.MonthOf()}, &waiting, &fixed)
	switch {
	case err != nil:
		return err
	case waiting > 0:
		return fault.New(fault.Conflict, "%s的这件事已经提出，正在等第二个人确认；要改的先撤回。", name).At("member")
	case fixed > 0 && n.Kind == Base && n.Reason == "":
		return fault.New(fault.Invalid, "%s这一年的基数已经核定，年内一般不变动；核定有误的，请写明理由。", name).At("reason").By("F-09")
	case fixed > 0 && n.Kind == Relief:
		return fault.New(fault.Conflict, "%s在这些月份已经批准少交或者免交。", name).At("from").By("F-06")
	}
	return nil
}

// Approve makes what was proposed hold, as the second person; a reduction is approved from above (F-06).
func (s *Service) Approve(ctx context.Context, actor ledger.Actor, id string, version int64) (err error) {
	defer fault.Wrap(&err, "dues: confirm")
	a, err := s.waiting(ctx, actor, id, version)
	if err != nil {
		return err
	}
	return s.decide(ctx, actor, a, Approved, "", func(tx *store.Tx) error { return s.exempt(ctx, tx, actor, a) })
}

// Refuse ends a proposal with the reason.
func (s *Service) Refuse(ctx context.Context, actor ledger.Actor, id string, version int64, reason string) (err error) {
	defer fault.Wrap(&err, "dues: refuse")
	a, err := s.waiting(ctx, actor, id, version)
	if err == nil {
		err = said(reason)
	}
	if err != nil {
		return err
	}
	return s.decide(ctx, actor, a, Refused, strings.TrimSpace(reason), nil)
}

func said(reason string) error {
	switch n := len([]rune(strings.TrimSpace(reason))); {
	case n == 0:
		return fault.New(fault.Invalid, "请写明理由，日后查得到为什么这样做。").At("reason")
	case n > longest:
		return fault.New(fault.Invalid, "理由最多 %d 个字。", longest).At("reason")
	}
	return nil
}

func (s *Service) waiting(ctx context.Context, actor ledger.Actor, id string, version int64) (Assessment, error) {
	a, err := s.ByID(ctx, s.DB.As(actor.Scope), id)
	if err == nil && (a.State != Proposed || a.Version != version) {
		err = settled()
	}
	return a, err
}

func settled() *fault.Error {
	return fault.New(fault.Conflict, "这件事刚刚有人办过，请看现在的情况。")
}

// action is the right by which something is decided.
func (a Assessment) action() string {
	if a.Kind == Relief {
		return DoRelieve
	}
	return DoConfirm
}

// decide settles a proposal. Neither whoever proposed it nor the member herself decides.
func (s *Service) decide(ctx context.Context, actor ledger.Actor, a Assessment, to State, answer string, then func(*store.Tx) error) error {
	if err := s.Rights.May(ctx, actor, a.action(), a.OrgPath); err != nil {
		return err
	}
	reason := answer
	if reason == "" {
		reason = a.Kind.Name()
	}
	act := ledger.Act{Kind: a.action(), Subject: "assessment", SubjectID: a.ID, OrgPath: a.OrgPath, Reason: reason, Detail: map[string]any{"kind": a.Kind, "to": to}}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := org.Still(ctx, tx); err != nil {
			return err
		}
		if err := s.Rights.Inside(ctx, tx, actor, a.action(), a.OrgPath, a.Member); err != nil {
			return err
		}
		if err := s.second(ctx, tx, actor, a); err != nil {
			return err
		}
		if err := s.settle(ctx, tx, actor, a, to, answer); err != nil || then == nil {
			return err
		}
		return then(tx)
	})
}

// second refuses whoever proposed it and the member herself, by any account.
func (s *Service) second(ctx context.Context, tx *store.Tx, actor ledger.Actor, a Assessment) error {
	r := tx.System("dues")
	same, perhaps, err := s.Rights.Same(ctx, r, actor.Account, a.Account)
	if err != nil {
		return err
	}
	if same || perhaps || actor.Account == a.Account {
		return fault.New(fault.Forbidden, "提出的人不能自己确认，请由另一个人办理。").By("H-09")
	}
	own, perhaps, err := s.Rights.IsMember(ctx, r, actor.Account, a.Member)
	if err != nil {
		return err
	}
	if own || perhaps {
		return fault.New(fault.Forbidden, "不能确认自己的党费，请由另一个人办理。").By("H-02")
	}
	return nil
}

func (s *Service) settle(ctx context.Context, tx *store.Tx, actor ledger.Actor, a Assessment, to State, answer string) error {
	n, err := tx.Update(ctx, "assessment", store.ByID(a.ID).And("version", a.Version).And("state", string(a.State)), store.Set("state", string(to)), store.Set("answer", answer),
		store.Set("decider_id", actor.Account), store.Set("decider", actor.Name), store.Set("decided_at", s.Clock.Now().UnixMicro()), store.Set("version", a.Version+1))
	if err == nil && n == 0 {
		err = settled()
	}
	return err
}

// exempt lets an approved exemption bear on the duty of each month, so that nobody is asked for what need not be paid.
func (s *Service) exempt(ctx context.Context, tx *store.Tx, actor ledger.Actor, a Assessment) error {
	if a.Kind != Relief || a.Monthly != 0 {
		return nil
	}
	var due []civil.Date
	for _, m := range months(a.From, a.To) {
		due = append(due, lastDay(m))
	}
	return s.Duties.Grant(ctx, tx, actor, duty.Waiver{OrgID: a.Org, OrgPath: a.OrgPath, Member: a.Member, Duty: timeline.PayDues, Reason: "批准免交党费", Document: reliefDocument(a)}, due)
}

// Revoke takes back what was proposed, by whoever proposed it, or what holds, by whoever may decide it.
func (s *Service) Revoke(ctx context.Context, actor ledger.Actor, id string, version int64, reason string) (err error) {
	defer fault.Wrap(&err, "dues: revoke")
	a, err := s.ByID(ctx, s.DB.As(actor.Scope), id)
	switch {
	case err != nil:
		return err
	case a.Version != version || a.State != Proposed && a.State != Approved:
		return settled()
	}
	if a.State == Approved {
		if err := said(reason); err != nil {
			return err
		}
		return s.decideEnd(ctx, actor, a, strings.TrimSpace(reason))
	}
	if err := s.Rights.May(ctx, actor, DoAssess, a.OrgPath); err != nil {
		return err
	}
	act := ledger.Act{Kind: DoAssess, Subject: "assessment", SubjectID: a.ID, OrgPath: a.OrgPath, Reason: "提出的人撤回", Detail: map[string]any{"kind": a.Kind, "to": Withdrawn}}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		mine, perhaps, err := s.Rights.Same(ctx, tx.System("dues"), actor.Account, a.Account)
		if err != nil {
			return err
		}
		if !mine && !perhaps && actor.Account != a.Account {
			return fault.New(fault.Forbidden, "只有提出的人可以撤回；别人可以不予确认。")
		}
		return s.settle(ctx, tx, actor, a, Withdrawn, "")
	})
}

// decideEnd ends what holds. Months that were paid stay paid.
func (s *Service) decideEnd(ctx context.Context, actor ledger.Actor, a Assessment, reason string) error {
	if err := s.Rights.May(ctx, actor, a.action(), a.OrgPath); err != nil {
		return err
	}
	act := ledger.Act{Kind: a.action(), Subject: "assessment", SubjectID: a.ID, OrgPath: a.OrgPath, Reason: reason, Detail: map[string]any{"kind": a.Kind, "to": Ended}}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := org.Still(ctx, tx); err != nil {
			return err
		}
		if err := s.Rights.Inside(ctx, tx, actor, a.action(), a.OrgPath, a.Member); err != nil {
			return err
		}
		if err := s.settle(ctx, tx, actor, a, Ended, reason); err != nil {
			return err
		}
		return s.Duties.Ungrant(ctx, tx, actor, a.Member, timeline.PayDues, reliefDocument(a), reason)
	})
}

// reliefDocument names the decision in the waivers that follow from it.
func reliefDocument(a Assessment) string { return "党费减免决定 " + a.ID }
