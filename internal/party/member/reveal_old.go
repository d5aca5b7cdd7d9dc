package member

import (
	"context"
	"slices"

	"zhibu/internal/fault"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Old names a sealed value that a record has no more: one that is kept as a dated fact, or what the record said after an
// act.
type Old struct {
	Column roster.Column
	Fact   string // id of the dated fact
	Act    string // id of the act that left the value in the record
}

// RevealOld shows sealed values that a record has no more, in the order in which they are asked: like Reveal, with the same
// right, a purpose, and the look committed before anything is given. One that is not the record's is fault.NotFound.
func (s *Service) RevealOld(ctx context.Context, actor ledger.Actor, id, purpose string, asked ...Old) (values []string, err error) {
	defer fault.Wrap(&err, "member: reveal an earlier value")
	m, err := s.ByID(ctx, s.DB.As(actor.Scope), id)
	if err != nil {
		return nil, err
	}
	var fields []roster.Column
	var from []string
	for _, o := range asked {
		if !o.Column.Sensitive() {
			return nil, fault.New(fault.Invalid, "请勾选要看什么。").At("what")
		}
		fields, from = append(fields, o.Column), append(from, o.Fact+o.Act)
	}
	own := actor.Member != "" && actor.Member == id
	if !own {
		if err := s.Rights.Covers(ctx, actor, DoReveal, m.OrgPath, fields...); err != nil {
			return nil, err
		}
		if purpose == "" {
			return nil, fault.New(fault.Invalid, "请说明用途。用途会留下记录，并通知本人。").At("purpose").By("P-02")
		}
	}
	if err := s.oldExist(ctx, m, asked); err != nil {
		return nil, err
	}
	act := ledger.Act{Kind: DoReveal, Subject: "member", SubjectID: id, OrgPath: m.OrgPath, Reason: purpose, Detail: map[string]any{"fields": fields, "earlier": from}}
	err = s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if own {
			return nil
		}
		return s.insertLook(ctx, tx, look{id, m.OrgPath, actor.Account, actor.Name, Revealed, purpose, s.Clock.Now()})
	})
	if err != nil {
		return nil, err
	}
	for _, o := range asked {
		value, err := s.oldValue(ctx, m, o)
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, nil
}

// oldExist finds out, before a look is written, whether every value is the record's.
func (s *Service) oldExist(ctx context.Context, m Member, asked []Old) error {
	for _, o := range asked {
		if _, err := s.oldValue(ctx, m, o); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) oldValue(ctx context.Context, m Member, o Old) (string, error) {
	if o.Fact != "" {
		facts, err := s.factsWhere(ctx, s.DB.As(store.System("an earlier value")), m.ID, "member_id = ? AND id = ?", m.ID, o.Fact)
		if err == nil && (len(facts) != 1 || facts[0].Kind.Column() != o.Column) {
			err = fault.Missing()
		}
		if err != nil {
			return "", err
		}
		return facts[0].Text, nil
	}
	changes, err := s.Ledger.Changes(ctx, "member", m.ID)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(changes, func(c ledger.Change) bool { return c.Record.ID == o.Act })
	if i < 0 {
		return "", fault.Missing()
	}
	then, err := imaged(m, changes[i].Became)
	if err != nil {
		return "", err
	}
	rec, err := s.opened(ctx, then)
	if err != nil {
		return "", err
	}
	return valueOf(rec, o.Column), nil
}
