package org

import (
	"context"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/words"
)

// earlierName enters late what an organisation was called from a day until another. Acts keep such periods by
// themselves; this is for what happened before, or was never entered. The period is marked as late, and of the days
// before it no name is known any more unless another period tells it.
func (s *Service) earlierName(ctx context.Context, tx *store.Tx, o *Organisation, name, short string, until civil.Date, b Basis) error {
	first, err := mayHaveBeenCalled(ctx, tx, *o, b.On, until)
	if err != nil {
		return err
	}
	if first != "" { // what was kept as «always, until then» begins where this one ends
		if _, err := tx.Update(ctx, "org_past", store.ByID(first), store.Set("from_on", until)); err != nil {
			return err
		}
	}
	value := text(called{Name: name, Short: short, Late: true})
	err = tx.InsertMany(ctx, "org_past", pastColumns, [][]any{{s.Ledger.IDs.New(), o.ID, o.Path, pastName, b.On, until, "", value}})
	if err != nil {
		return err
	}
	if err := set(ctx, tx, o); err != nil {
		return err
	}
	return s.record(ctx, tx, *o, NamedLate, b, name, until.String())
}

// mayHaveBeenCalled refuses a period in which another name is known. first is the period that has no beginning and
// would begin where this one ends, "" when none is concerned.
func mayHaveBeenCalled(ctx context.Context, r store.Reader, o Organisation, from, until civil.Date) (first string, err error) {
	if from.Before(o.Established) {
		return "", fault.New(fault.Invalid, "日期不能早于成立日期 %s。", o.Established).At("day")
	}
	if !from.Before(until) {
		return "", fault.New(fault.Invalid, "停用的日期要晚于开始用的日期。").At("until")
	}
	var last civil.Date
	if _, err := r.One(ctx, "SELECT coalesce(max(on_date), '') FROM {org_event} WHERE org_id = ? AND kind = 'renamed'", []any{o.ID}, &last); err != nil {
		return "", err
	}
	if !last.IsZero() && until.After(last) {
		return "", fault.New(fault.Invalid, "%s 更名以后叫什么已经有登记，停用的日期不能晚于这一天。", last).At("until")
	}
	err = r.Each(ctx, "SELECT id, from_on, to_on FROM {org_past} WHERE org_id = ? AND what = 'name' AND from_on < ? AND to_on > ?", []any{o.ID, until, from}, func(row store.Row) error {
		var id string
		var begins, ends civil.Date
		if err := row.Scan(&id, &begins, &ends); err != nil {
			return err
		}
		if begins.IsZero() && until.Before(ends) {
			first = id
			return nil
		}
		return fault.New(fault.Invalid, "到 %s 为止的名称已经有登记，与这一段重叠，请核对日期。", ends).At("until")
	})
	return first, err
}

// untilDay checks the day on which an earlier name ended.
func untilDay(until, today civil.Date) error {
	switch {
	case until.IsZero():
		return fault.New(fault.Invalid, "请填写%s。", words.Mark("停用的日期")).At("until")
	case !until.Valid():
		return fault.New(fault.Invalid, "没有这一天，请核对日期。").At("until")
	case until.After(today):
		return fault.New(fault.Invalid, "日期不能晚于今天。").At("until")
	}
	return nil
}
