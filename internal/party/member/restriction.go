package member

import (
	"context"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Usable refuses the use of a record that is kept and not used (限制使用): full values are not shown, nothing is changed,
// nothing taken out. The member herself may do all of it with her own.
func (s *Service) Usable(ctx context.Context, r store.Reader, actor ledger.Actor, id string) error {
	if actor.Member != "" && actor.Member == id {
		return nil
	}
	var by string
	var until civil.Date
	all := r.Under(store.System("restriction"))
	found, err := all.One(ctx, "SELECT actor, until_on FROM {restriction} WHERE id = ? AND until_on >= ?", []any{id, civil.Today(s.Clock).String()}, &by, &until)
	if err != nil || !found {
		return err
	}
	return fault.New(fault.Conflict, "这份档案限制使用，到 %s为止（%s定的）：只保存，不看完整内容，不更改，不带出。确实要用，请先由答复请求的人在“党员对自己信息的请求”里解除限制；本人要更正，可以自己申请。", until, by).By("P-09")
}

// restricted are the members whose records are kept and not used: no export has them.
func (s *Service) restricted(ctx context.Context, on civil.Date) (map[string]bool, error) {
	if on.IsZero() {
		on = civil.Today(s.Clock)
	}
	out := map[string]bool{}
	err := s.DB.As(store.System("restriction")).Each(ctx, "SELECT id FROM {restriction} WHERE until_on >= ?", []any{on.String()}, func(row store.Row) error {
		var id string
		err := row.Scan(&id)
		out[id] = true
		return err
	})
	return out, err
}
