package org

import (
	"context"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Abolish ends an organisation. The faults name the fields of the Basis, and members or children where those are in
// the way.
type Abolish struct {
	ID      string
	Version int64
	Basis
}

// Abolish ends an organisation that has no active members and no living inferiors; its posts end with it. Its record
// and its history stay.
func (s *Service) Abolish(ctx context.Context, actor ledger.Actor, in Abolish) (Organisation, error) {
	return s.change(ctx, actor, ActAbolish, target{in.ID, in.Version}, in.Basis, func(tx *store.Tx, o *Organisation) error {
		return s.abolish(ctx, tx, o, in.Basis)
	})
}

func (s *Service) abolish(ctx context.Context, tx *store.Tx, o *Organisation, b Basis) error {
	if err := mayAbolish(ctx, tx.System("org: is anybody left"), *o, b.On); err != nil {
		return err
	}
	if err := s.endPosts(ctx, tx, *o, b.On); err != nil {
		return err
	}
	o.Abolished = b.On
	if err := set(ctx, tx, o, store.Set("abolished_on", b.On)); err != nil {
		return err
	}
	return s.record(ctx, tx, *o, Abolished, b, "", "")
}

func mayAbolish(ctx context.Context, all store.Reader, o Organisation, on civil.Date) error {
	if err := living(o, "day"); err != nil {
		return err
	}
	if o.ParentID == "" {
		return fault.New(fault.Invalid, "最上级党组织不能撤销。")
	}
	if err := notBefore(ctx, all, o, on, Established, Moved, Reopened); err != nil {
		return err
	}
	return empty(ctx, all, o)
}

// empty refuses an organisation in which somebody would be left behind. Members of an import that is still running
// count too, though nobody sees them yet. The reader holds the whole tree.
func empty(ctx context.Context, all store.Reader, o Organisation) error {
	var inferiors int64
	if _, err := all.One(ctx, "SELECT count(*) FROM {org} WHERE parent_id = ? AND abolished_on = ''", []any{o.ID}, &inferiors); err != nil {
		return err
	}
	if inferiors > 0 {
		return fault.New(fault.Invalid, "它还有 %d 个下级党组织，请先撤销或者移走。", inferiors).At("children")
	}
	var members, seen int64
	if _, err := all.One(ctx, "SELECT count(*) FROM {all_member} WHERE org_path = ? AND state = 'active'", []any{o.Path}, &members); err != nil {
		return err
	}
	if members == 0 {
		return nil
	}
	if _, err := all.One(ctx, "SELECT count(*) FROM {member} WHERE org_path = ? AND state = 'active'", []any{o.Path}, &seen); err != nil {
		return err
	}
	if seen == 0 {
		return fault.New(fault.Invalid, "正在往这里导入花名册，请等导入完成。").At("members")
	}
	return fault.New(fault.Invalid, "这里还有 %d 名党员，请先转走。", seen).At("members")
}

// endPosts ends the posts that are still held. One that began later than the last day ends on the day it began.
func (s *Service) endPosts(ctx context.Context, tx *store.Tx, o Organisation, on civil.Date) error {
	var held []Post
	err := tx.Each(ctx, "SELECT "+postColumns+" FROM {post} p WHERE org_id = ? AND to_on = ''", []any{o.ID}, func(row store.Row) error {
		p, err := scanPost(row)
		held = append(held, p)
		return err
	})
	if err != nil {
		return err
	}
	for _, p := range held {
		end := on
		if end.Before(p.From) {
			end = p.From
		}
		if _, err := tx.Update(ctx, "post", store.ByID(p.ID), store.Set("to_on", end), store.Set("version", p.Version+1)); err != nil {
			return err
		}
	}
	return nil
}

// Reopen takes an abolition back, as a new dated act. The faults name the fields of the Basis, and parent where the
// superior is in the way.
type Reopen struct {
	ID      string
	Version int64
	Basis
}

// Reopen restores an abolished organisation where it was; its posts do not come back.
func (s *Service) Reopen(ctx context.Context, actor ledger.Actor, in Reopen) (Organisation, error) {
	return s.change(ctx, actor, ActReopen, target{in.ID, in.Version}, in.Basis, func(tx *store.Tx, o *Organisation) error {
		return s.reopen(ctx, tx, o, in.Basis)
	})
}

func (s *Service) reopen(ctx context.Context, tx *store.Tx, o *Organisation, b Basis) error {
	if err := mayReopen(ctx, tx.System("org: does the superior live"), *o, b.On); err != nil {
		return err
	}
	if err := s.keepPast(ctx, tx, *o, pastAbolished, b.On); err != nil {
		return err
	}
	o.Abolished = civil.Date{}
	if err := set(ctx, tx, o, store.Set("abolished_on", o.Abolished)); err != nil {
		return err
	}
	return s.record(ctx, tx, *o, Reopened, b, "", "")
}

func mayReopen(ctx context.Context, all store.Reader, o Organisation, on civil.Date) error {
	if o.Living() {
		return fault.New(fault.Invalid, "它没有撤销，不用恢复。").At("day")
	}
	if err := notBefore(ctx, all, o, on, Abolished); err != nil {
		return err
	}
	parent, err := ByID(ctx, all, o.ParentID)
	if err != nil {
		return err
	}
	return living(parent, "parent")
}
