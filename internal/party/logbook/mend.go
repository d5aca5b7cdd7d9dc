package logbook

import (
	"context"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// standing reads an entry that an actor may mend.
func (s *Service) standing(ctx context.Context, actor ledger.Actor, action, id string) (Entry, error) {
	e, err := ByID(ctx, s.DB.As(actor.Scope), id)
	if err != nil {
		return e, err
	}
	if err := s.Rights.May(ctx, actor, action, e.OrgPath); err != nil {
		return e, err
	}
	if !e.Retired.IsZero() {
		return e, fault.New(fault.Conflict, "这一条已经更正或者撤回，请看现在的内容再办。")
	}
	if e.Fields.Payment != "" {
		return e, fault.New(fault.Conflict, "这一条是党费收据记下的。收据错了，请在党费台账上撤回收据，再重新登记。").By("F-12")
	}
	if e.Fields.Held != "" {
		return e, fault.New(fault.Conflict, "这一条是会议记录确认以后记下的。记录错了，请在会议的页面上补充更正。").By("K-33")
	}
	return e, nil
}

// Correct puts another entry about the same people in the place of one that was wrong. The old one stays in the history.
// People of n are not read.
func (s *Service) Correct(ctx context.Context, actor ledger.Actor, id string, version int64, n New) (string, error) {
	old, err := s.standing(ctx, actor, DoMend, id)
	if err != nil {
		return "", wrapped(err, "logbook: correct")
	}
	today := civil.Today(s.Clock)
	n.Org, n.Kind, n.People = old.OrgID, old.Kind, nil
	if p := old.Person(); p != "" {
		n.People = []string{p}
	}
	if strings.TrimSpace(n.Reason) == "" {
		return "", fault.New(fault.Invalid, "请写明理由，日后查得到为什么这样做。").At("reason")
	}
	if err := n.check(today, s.lateAfter()); err != nil {
		return "", err
	}
	e := old
	e.ID, e.On, e.Fields, e.Document, e.Reason = s.Ledger.IDs.New(), n.On, n.Fields, strings.TrimSpace(n.Document), strings.TrimSpace(n.Reason)
	e.Late, e.Account, e.Actor, e.Follows, e.Version = n.late(today, s.lateAfter()), actor.Account, actor.Name, old.ID, 1
	act := ledger.Act{Kind: DoMend, Subject: "entry", SubjectID: e.ID, OrgPath: old.OrgPath, Reason: e.Reason, Source: e.Document, Detail: map[string]any{"kind": string(e.Kind), "instead_of": old.ID}}
	err = s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := s.retire(ctx, tx, actor, old, version, "更正："+e.Reason); err != nil {
			return err
		}
		return tx.InsertMany(ctx, "entry", columnNames, [][]any{e.values()})
	})
	return e.ID, wrapped(err, "logbook: correct")
}

func wrapped(err error, what string) error {
	fault.Wrap(&err, what)
	return err
}

// Withdraw takes an entry back that should not have been made. It stays in the history with the reason.
func (s *Service) Withdraw(ctx context.Context, actor ledger.Actor, id string, version int64, reason string) error {
	old, err := s.standing(ctx, actor, DoWithdraw, id)
	if err != nil {
		return wrapped(err, "logbook: withdraw")
	}
	reason = strings.TrimSpace(reason)
	switch {
	case reason == "":
		return fault.New(fault.Invalid, "请写明理由，日后查得到为什么这样做。").At("reason")
	case len([]rune(reason)) > longestWhy:
		return fault.New(fault.Invalid, "理由最多 %d 个字。", longestWhy).At("reason")
	}
	act := ledger.Act{Kind: DoWithdraw, Subject: "entry", SubjectID: id, OrgPath: old.OrgPath, Reason: reason, Detail: map[string]any{"kind": string(old.Kind)}}
	return wrapped(s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error { return s.retire(ctx, tx, actor, old, version, reason) }), "logbook: withdraw")
}

// retire ends an entry in the version that the actor saw.
func (s *Service) retire(ctx context.Context, tx *store.Tx, actor ledger.Actor, old Entry, version int64, why string) error {
	if err := org.Still(ctx, tx); err != nil {
		return err
	}
	n, err := tx.Update(ctx, "entry", store.ByID(old.ID).And("version", version).And("retired_at", 0), store.Set("retired_at", s.Clock.Now().UnixMicro()), store.Set("retired_by", actor.Name),
		store.Set("retired_why", why), store.Set("version", version+1))
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "别人刚刚改过这一条，请看现在的内容再办。")
	}
	return err
}

// TakeBack takes an entry back inside the transaction of the room that made it by Enter.
func (s *Service) TakeBack(ctx context.Context, tx *store.Tx, actor ledger.Actor, id, why string) error {
	_, err := tx.Update(ctx, "entry", store.ByID(id).And("retired_at", 0), store.Set("retired_at", s.Clock.Now().UnixMicro()), store.Set("retired_by", actor.Name),
		store.Set("retired_why", why), store.Set("version", 2))
	return err
}
