package localrule

import (
	"context"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Propose proposes a stricter parameter or a duty of one's own. It holds for nobody until a second person has confirmed it.
func (s *Service) Propose(ctx context.Context, actor ledger.Actor, d Decision) (id string, err error) {
	defer fault.Wrap(&err, "local: propose")
	o, err := org.ByID(ctx, s.DB.As(actor.Scope), d.Org)
	if err != nil {
		return "", err
	}
	if err := s.Rights.May(ctx, actor, DoPropose, o.Path); err != nil {
		return "", err
	}
	switch {
	case !o.Living():
		return "", fault.New(fault.Invalid, "这个党组织已经撤销。")
	case o.Kind != org.Committee && o.Kind != org.GeneralBranch:
		return "", fault.New(fault.Invalid, "由有下级的党组织规定：党委或者党总支。").At("org")
	}
	if err := d.check(s.today()); err != nil {
		return "", err
	}
	d.OrgPath = o.Path
	if err := s.holds(ctx, s.DB.As(store.System("local rules")), d); err != nil {
		return "", err
	}
	return s.insert(ctx, actor, d)
}

// holds looks at what is decided itself.
func (s *Service) holds(ctx context.Context, r store.Reader, d Decision) error {
	switch d.Kind {
	case Parameter:
		book, err := s.BookIn(ctx, r, d.OrgPath)
		if err != nil {
			return err
		}
		return d.checkParameter(book)
	case Duty:
		return d.checkDuty()
	}
	return fault.New(fault.Invalid, "请选择规定什么：更严的数，或者另加的任务。").At("kind")
}

// ProposeEnd proposes that a confirmed decision holds no longer than a day.
func (s *Service) ProposeEnd(ctx context.Context, actor ledger.Actor, about string, last civil.Date, basis string) (id string, err error) {
	defer fault.Wrap(&err, "local: end")
	of, err := s.ByID(ctx, s.DB.As(actor.Scope), "", about)
	if err != nil {
		return "", err
	}
	switch {
	case of.State != Approved || of.Kind == Ending || of.Over(s.today()):
		return "", fault.New(fault.Conflict, "这条规定没有在执行，不用结束。")
	case last.IsZero() || last.Before(s.today()):
		return "", fault.New(fault.Invalid, "请填写最后一天，不能早于今天。").At("to")
	case !of.To.IsZero() && !last.Before(of.To):
		return "", fault.New(fault.Invalid, "这条规定到 %s 已经结束。", of.To.String()).At("to")
	case strings.TrimSpace(basis) == "" || len([]rune(basis)) > longestBasis:
		return "", fault.New(fault.Invalid, "请写明依据：哪个文件、哪次会议定的。").At("basis")
	}
	return s.insert(ctx, actor, Decision{Org: of.Org, OrgPath: of.OrgPath, Kind: Ending, About: of.ID, Rule: of.Rule, Parameter: of.Parameter, Title: of.Title, From: s.today(), To: last, Basis: basis})
}

func (s *Service) insert(ctx context.Context, actor ledger.Actor, d Decision) (string, error) {
	if err := s.Rights.May(ctx, actor, DoPropose, d.OrgPath); err != nil {
		return "", err
	}
	d.ID = s.Ledger.IDs.New()
	d.ProposerAccount, d.Proposer, d.ProposerRole, d.Proposed = actor.Account, actor.Name, actor.Role, s.Clock.Now()
	act := &ledger.Act{Kind: DoPropose, Subject: "local_rule", SubjectID: d.ID, OrgPath: d.OrgPath, Reason: d.Basis, Source: d.Basis, Detail: map[string]any{"kind": d.Kind, "rule": d.Rule}}
	_, err := s.Ledger.DoAct(ctx, actor, act, func(tx *store.Tx) error {
		if err := org.Still(ctx, tx); err != nil {
			return err
		}
		now, err := org.ByID(ctx, tx, d.Org)
		if err != nil {
			return err
		}
		d.OrgPath, act.OrgPath = now.Path, now.Path
		if err := s.Rights.Inside(ctx, tx, actor, DoPropose, now.Path, ""); err != nil {
			return err
		}
		if err := tx.Lock(ctx, "local "+now.ID); err != nil {
			return err
		}
		var one int
		waits, err := tx.System("local rules").One(ctx, "SELECT 1 FROM {local_rule} WHERE org_id = ? AND kind = ? AND rule = ? AND parameter = ? AND title = ? AND about = ? AND state = 'proposed' LIMIT 1",
			[]any{now.ID, string(d.Kind), d.Rule, d.Parameter, strings.TrimSpace(d.Title), d.About}, &one)
		if err == nil && waits {
			err = fault.New(fault.Conflict, "同样的规定已经有人提出，正等第二个人确认。")
		}
		if err != nil {
			return err
		}
		return tx.Insert(ctx, "local_rule", d.values()...)
	})
	return d.ID, err
}

// Withdraw takes a proposal back; only who made it may.
func (s *Service) Withdraw(ctx context.Context, actor ledger.Actor, id string, version int64) (err error) {
	defer fault.Wrap(&err, "local: withdraw")
	d, err := s.waiting(ctx, actor, id, version)
	if err != nil {
		return err
	}
	if d.ProposerAccount != actor.Account {
		return fault.New(fault.Forbidden, "只有提出的人可以撤回。")
	}
	return s.settle(ctx, actor, d, DoWithdraw, Withdrawn, "", nil)
}

// Refuse refuses a proposal with a reason.
func (s *Service) Refuse(ctx context.Context, actor ledger.Actor, id string, version int64, reason string) (err error) {
	defer fault.Wrap(&err, "local: refuse")
	d, err := s.waiting(ctx, actor, id, version)
	if err != nil {
		return err
	}
	if strings.TrimSpace(reason) == "" || len([]rune(reason)) > longestWording {
		return fault.New(fault.Invalid, "请写明不确认的理由，最多 %d 个字。", longestWording).At("answer")
	}
	return s.settle(ctx, actor, d, DoDecide, Refused, strings.TrimSpace(reason), s.second)
}

// Approve confirms a proposal as the second person. It is held against the rules once more: what holds above may have become
// stricter since.
func (s *Service) Approve(ctx context.Context, actor ledger.Actor, id string, version int64) (err error) {
	defer fault.Wrap(&err, "local: approve")
	d, err := s.waiting(ctx, actor, id, version)
	if err != nil {
		return err
	}
	return s.settle(ctx, actor, d, DoDecide, Approved, "", func(ctx context.Context, tx *store.Tx, actor ledger.Actor, d Decision) error {
		if err := s.second(ctx, tx, actor, d); err != nil {
			return err
		}
		if d.Kind == Ending {
			if d.To.Before(s.today()) {
				return fault.New(fault.Conflict, "最后一天已经过了，请不予确认，让提出的人改日期重提。")
			}
			return s.end(ctx, tx, d)
		}
		if d.From.Before(s.today()) {
			return fault.New(fault.Conflict, "开始日期已经过了，规定不能管以前的事。请不予确认，让提出的人改日期重提。")
		}
		return s.holds(ctx, tx.System("local rules"), d)
	})
}

func (s *Service) end(ctx context.Context, tx *store.Tx, d Decision) error {
	list, err := s.decisions(ctx, tx.System("local rules"), "id = ? AND state = 'approved'", d.About)
	if err == nil && (len(list) == 0 || !list[0].To.IsZero() && !d.To.Before(list[0].To)) {
		err = fault.New(fault.Conflict, "这条规定已经结束。")
	}
	if err != nil {
		return err
	}
	_, err = tx.Update(ctx, "local_rule", store.ByID(d.About), store.Set("to_on", d.To.String()), store.Set("version", list[0].Version+1))
	return err
}

func (s *Service) waiting(ctx context.Context, actor ledger.Actor, id string, version int64) (Decision, error) {
	d, err := s.ByID(ctx, s.DB.As(actor.Scope), "", id)
	if err == nil && (d.State != Proposed || d.Version != version) {
		err = fault.New(fault.Conflict, "这件事刚刚有人办过，请看现在的情况。")
	}
	return d, err
}

// second refuses whoever proposed it, by any account.
func (s *Service) second(ctx context.Context, tx *store.Tx, actor ledger.Actor, d Decision) error {
	if err := s.Rights.Inside(ctx, tx, actor, DoDecide, d.OrgPath, ""); err != nil {
		return err
	}
	same, perhaps, err := s.Rights.Same(ctx, tx.System("local rules"), actor.Account, d.ProposerAccount)
	if err != nil {
		return err
	}
	if same || perhaps || actor.Account == d.ProposerAccount {
		return fault.New(fault.Forbidden, "提出的人不能自己确认，请由另一个人办理。").By("H-02")
	}
	return nil
}

// settle changes a proposal that still stands as it was seen. check runs inside, before anything is written.
func (s *Service) settle(ctx context.Context, actor ledger.Actor, d Decision, kind string, to State, answer string, check func(context.Context, *store.Tx, ledger.Actor, Decision) error) error {
	act := &ledger.Act{Kind: kind, Subject: "local_rule", SubjectID: d.ID, OrgPath: d.OrgPath, Reason: answer, Source: d.Basis, Detail: map[string]any{"to": to, "kind": d.Kind, "rule": d.Rule}}
	_, err := s.Ledger.DoAct(ctx, actor, act, func(tx *store.Tx) error {
		if err := org.Still(ctx, tx); err != nil {
			return err
		}
		if err := tx.Lock(ctx, "local "+d.Org); err != nil {
			return err
		}
		if check != nil {
			if err := check(ctx, tx, actor, d); err != nil {
				return err
			}
		}
		n, err := tx.Update(ctx, "local_rule", store.ByID(d.ID).And("version", d.Version).And("state", string(Proposed)), store.Set("state", string(to)), store.Set("answer", answer),
			store.Set("decider_account", actor.Account), store.Set("decider", actor.Name), store.Set("decider_role", actor.Role), store.Set("decided_at", s.Clock.Now().UnixMicro()), store.Set("version", d.Version+1))
		if err == nil && n == 0 {
			err = fault.New(fault.Conflict, "这件事刚刚有人办过，请看现在的情况。")
		}
		return err
	})
	return err
}
