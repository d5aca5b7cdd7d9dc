package member

import (
	"context"
	"maps"
	"slices"
	"strings"

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
	ids, err := Together(ctx, all, id)
	if err != nil {
		return err
	}
	args := append(ids, civil.Today(s.Clock).String())
	found, err := all.One(ctx, "SELECT actor, until_on FROM {restriction} WHERE id IN (?"+strings.Repeat(", ?", len(ids)-1)+") AND until_on >= ? ORDER BY until_on DESC LIMIT 1", args, &by, &until)
	if err != nil || !found {
		return err
	}
	return fault.New(fault.Conflict, "这份档案限制使用，到 %s为止（%s定的）：只保存，不看完整内容，不更改，不带出。确实要用，请先由答复请求的人在“党员对自己信息的请求”里解除限制；本人要更正，可以自己申请。", until, by).By("P-09")
}

// The conditions on an event e that its record went into another one and is still part of it: after a separation it is not.
const stillUnited = "e.kind = 'united' AND NOT EXISTS (SELECT 1 FROM {member_event} b WHERE b.member_id = e.member_id AND b.kind = 'restored' AND b.id > e.id)"

// Together are a record, the one that it was united into and those that were united into it, as one person's: what holds
// for one of them holds for all. The reader sees everything; the first is the record itself.
func Together(ctx context.Context, r store.Reader, id string) ([]any, error) {
	out := []any{id}
	for i := 0; i < len(out); i++ {
		query := "SELECT e.became FROM {member_event} e WHERE e.member_id = ? AND " + stillUnited +
			" UNION ALL SELECT e.member_id FROM {member_event} e WHERE e.became = ? AND " + stillUnited
		err := r.Each(ctx, query, []any{out[i], out[i]}, func(row store.Row) error {
			var other string
			err := row.Scan(&other)
			if !slices.Contains(out, any(other)) {
				out = append(out, other)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
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
	if err != nil {
		return nil, err
	}
	for _, id := range slices.Collect(maps.Keys(out)) {
		all, err := Together(ctx, s.DB.As(store.System("restriction")), id)
		if err != nil {
			return nil, err
		}
		for _, other := range all {
			out[other.(string)] = true //nolint:forcetypeassert // ids are texts
		}
	}
	return out, nil
}
