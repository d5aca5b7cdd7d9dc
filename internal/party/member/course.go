package member

import (
	"context"
	"errors"
	"slices"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/headcount"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Move puts a member into another branch within the actor's scope (调整支部). To leave the scope is a transfer of the
// formal relation and another procedure.
func (s *Service) Move(ctx context.Context, actor ledger.Actor, id string, version int64, toOrg string, b Basis) (err error) {
	defer fault.Wrap(&err, "member: move")
	m, err := s.current(ctx, actor, DoMove, id, version, b)
	if err != nil {
		return err
	}
	to, err := placeOf(ctx, s.DB.As(actor.Scope), toOrg)
	if err != nil {
		return err
	}
	if err := errors.Join(s.Rights.May(ctx, actor, DoMove, to.Path), to.takes()); err != nil {
		return firstFault(err)
	}
	if m.State != Active {
		return fault.New(fault.Invalid, "这名党员已不在册，不能调整支部。")
	}
	if to.ID == m.OrgID {
		return fault.New(fault.Invalid, "已经在这个支部，请选另一个支部。").At("organisation")
	}
	act := ledger.Act{Kind: DoMove, Subject: "member", SubjectID: id, OrgPath: m.OrgPath, Reason: b.Reason, Source: b.Document}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		to, err := settled(ctx, tx, toOrg)
		if err != nil {
			return err
		}
		if err := s.step(ctx, tx, &m, MovedBranch, b, m.OrgID, to.ID, to.Path, store.Set("org_id", to.ID), store.Set("org_path", to.Path)); err != nil {
			return err
		}
		var change headcount.Change
		change.Add(m.OrgPath, m.cell(), -1)
		change.Add(to.Path, m.cell(), 1)
		return change.Apply(ctx, tx)
	})
}

// End takes a member off the register: death, leaving, removal, with the decision and its day. The record stays.
func (s *Service) End(ctx context.Context, actor ledger.Actor, id string, version int64, kind EventKind, b Basis) (err error) {
	defer fault.Wrap(&err, "member: end")
	if !slices.Contains(Ends, kind) {
		return fault.New(fault.Invalid, "请选择去世、转出、退党、除名等其中一种情形。").At("kind")
	}
	m, err := s.current(ctx, actor, DoEnd, id, version, b)
	if err != nil {
		return err
	}
	switch {
	case m.State != Active:
		return fault.New(fault.Invalid, "这名党员已经不在册。")
	case b.On.IsZero():
		return fault.New(fault.Invalid, "请填写日期：决定作出或者情形发生的那一天。").At("on")
	case b.On.Before(m.Joined):
		return fault.New(fault.Invalid, "日期不能早于入党日期 %s。", m.Joined).At("on")
	case b.Document == "" && kind != Died && kind != EnteredWrong:
		return fault.New(fault.Invalid, "请填写决定或者批复的名称和文号。").At("document")
	}
	act := ledger.Act{Kind: DoEnd, Subject: "member", SubjectID: id, OrgPath: m.OrgPath, Reason: b.Reason, Source: b.Document, Detail: map[string]any{"kind": kind}}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		err := s.step(ctx, tx, &m, kind, b, "", "", m.OrgPath, store.Set("state", string(Ended)), store.Set("ended_on", b.On.String()))
		if err != nil {
			return err
		}
		var change headcount.Change
		change.Add(m.OrgPath, m.cell(), -1)
		return change.Apply(ctx, tx)
	})
}

// Restore puts somebody who was taken off the register back, by decision or because the end was entered wrongly.
func (s *Service) Restore(ctx context.Context, actor ledger.Actor, id string, version int64, b Basis) (err error) {
	defer fault.Wrap(&err, "member: restore")
	m, err := s.current(ctx, actor, DoRestore, id, version, b)
	if err != nil {
		return err
	}
	at, err := placeOf(ctx, s.DB.As(actor.Scope), m.OrgID)
	if err == nil {
		err = at.takes()
	}
	switch {
	case err != nil:
		return err
	case m.State != Ended:
		return fault.New(fault.Invalid, "这名党员在册，不需要恢复。")
	case !b.On.IsZero() && b.On.Before(m.EndedOn):
		return fault.New(fault.Invalid, "恢复日期不能早于 %s。", m.EndedOn).At("on")
	}
	if b.On.IsZero() {
		b.On = civil.Today(s.Clock)
	}
	act := ledger.Act{Kind: DoRestore, Subject: "member", SubjectID: id, OrgPath: m.OrgPath, Reason: b.Reason, Source: b.Document}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		err := s.step(ctx, tx, &m, Restored, b, "", "", m.OrgPath, store.Set("state", string(Active)), store.Set("ended_on", ""))
		if err != nil {
			return err
		}
		var change headcount.Change
		change.Add(m.OrgPath, m.cell(), 1)
		return change.Apply(ctx, tx)
	})
}

// current reads a member for a dated act and checks right, basis and version.
func (s *Service) current(ctx context.Context, actor ledger.Actor, action, id string, version int64, b Basis) (Member, error) {
	m, err := s.ByID(ctx, s.DB.As(actor.Scope), id)
	if err != nil {
		return m, err
	}
	if actor.Member == id { // nobody moves, ends or restores the own record (access, H-02)
		return m, fault.New(fault.Forbidden, "不能对自己的信息做这件事，请由上级党组织办理。").By("H-02")
	}
	if err := errors.Join(s.Rights.May(ctx, actor, action, m.OrgPath), s.checkBasis(b)); err != nil {
		return m, firstFault(err)
	}
	if m.Version != version {
		return m, stale()
	}
	return m, nil
}

// step writes a dated event and the columns that follow from it.
func (s *Service) step(ctx context.Context, tx *store.Tx, m *Member, kind EventKind, b Basis, was, became, path string, set ...store.Value) error {
	if err := s.stay(ctx, tx, m); err != nil {
		return err
	}
	if became == "" {
		path = m.OrgPath
	}
	on := b.On
	if on.IsZero() {
		on = civil.Today(s.Clock)
	}
	n, err := tx.Update(ctx, "member", store.ByID(m.ID).And("version", m.Version), append(set, store.Set("version", m.Version+1))...)
	if err != nil {
		return err
	}
	if n == 0 {
		return stale()
	}
	org := m.OrgID
	if became != "" {
		org = became
		if err := s.carry(ctx, tx, m.ID, path); err != nil {
			return err
		}
	}
	return tx.Insert(ctx, "member_event", store.Set("id", s.Ledger.IDs.New()), store.Set("member_id", m.ID), store.Set("org_id", org),
		store.Set("org_path", path), store.Set("kind", string(kind)), store.Set("on_date", on.String()), store.Set("reason", b.Reason),
		store.Set("document", b.Document), store.Set("was", was), store.Set("became", became))
}

// stay reads again where a member's branch stands and keeps it there until the transaction ends: the tree may have
// moved since the record was read, and the counts follow the path.
func (s *Service) stay(ctx context.Context, tx *store.Tx, m *Member) error {
	if err := org.Still(ctx, tx); err != nil {
		return err
	}
	found, err := tx.One(ctx, "SELECT org_path FROM {member} WHERE id = ?", []any{m.ID}, &m.OrgPath)
	if err == nil && !found {
		err = fault.Missing()
	}
	return err
}

// carry lets a member's events, looks and documents follow the member to another branch.
func (s *Service) carry(ctx context.Context, tx *store.Tx, id, path string) error {
	for _, t := range []string{"member_event", "fact", "look", "document", "document_fact"} {
		if _, err := tx.Update(ctx, t, store.Key{store.Set("member_id", id)}, store.Set("org_path", path)); err != nil {
			return err
		}
	}
	return nil
}

// Events are a member's dated events, newest first, with those that stand in the record.
func (s *Service) Events(ctx context.Context, r store.Reader, m Member) ([]Event, error) {
	rows, err := s.eventRows(ctx, r, m.ID)
	all := m.events(rows)
	slices.SortStableFunc(all, func(a, b Event) int {
		switch {
		case a.On.After(b.On):
			return -1
		case a.On.Before(b.On):
			return 1
		}
		return rankOf(b.Kind) - rankOf(a.Kind)
	})
	return all, err
}
