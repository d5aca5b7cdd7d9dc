package member

import (
	"context"
	"slices"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Follow moves members with their organisation: into the branch that takes it up, or into the one that is set up out of
// it. Each gets a dated event, so that the record of any day before tells the branch of that day. An import that is still
// running would be left behind and is waited for.
func (s *Service) Follow(ctx context.Context, tx *store.Tx, from, to org.Organisation, only []string, b org.Basis) (int, error) {
	if !holders[string(to.Kind)] {
		return 0, fault.New(fault.Invalid, "党员要编入党支部。%s不是党支部，请选它下面的支部。", to.ShortName).At("target").By("M-13")
	}
	var all, seen int64
	every := tx.System("member: follow their branch")
	for into, query := range map[*int64]string{&all: "SELECT count(*) FROM {all_member} WHERE org_path = ? AND state = 'active'", &seen: "SELECT count(*) FROM {member} WHERE org_path = ? AND state = 'active'"} {
		if _, err := every.One(ctx, query, []any{from.Path}, into); err != nil {
			return 0, err
		}
	}
	if all != seen {
		return 0, fault.New(fault.Invalid, "正在往这里导入花名册，请等导入完成。").At("members")
	}
	var list []Member
	err := tx.Each(ctx, "SELECT "+columns+" FROM {member} WHERE org_id = ? AND state = 'active' ORDER BY id", []any{from.ID}, func(row store.Row) error {
		m, err := scan(row)
		if only == nil || slices.Contains(only, m.ID) {
			list = append(list, m)
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	if only != nil && len(list) != len(only) {
		return 0, fault.New(fault.Invalid, "有的党员已经不在这个支部，请重新选择。").At("members")
	}
	for _, m := range list {
		basis := Basis{On: latest(b.On, m.Joined), Reason: b.Reason, Document: b.Document}
		if err := s.Apply(ctx, tx, ledger.Actor{}, &Change{Kind: DoMove, Member: m, Basis: basis, To: to.ID, ToPath: to.Path}, m.Review); err != nil {
			return 0, err
		}
	}
	return len(list), nil
}

// latest is the later of two days: nobody was moved before joining.
func latest(a, b civil.Date) civil.Date {
	if b.After(a) {
		return b
	}
	return a
}
