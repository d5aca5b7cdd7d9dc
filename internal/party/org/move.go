package org

import (
	"context"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Move puts an organisation with everything below it under another superior. The faults name the field target and
// those of the Basis.
type Move struct {
	ID      string
	Version int64
	To      string // id of the new superior
	Basis
}

// Move changes the place of the whole subtree in one transaction; members, posts, accounts and counts go with it.
func (s *Service) Move(ctx context.Context, actor ledger.Actor, in Move) (Organisation, error) {
	return s.change(ctx, actor, ActMove, target{in.ID, in.Version}, in.Basis, func(tx *store.Tx, o *Organisation) error {
		return s.move(ctx, tx, actor, o, in.To, in.Basis)
	})
}

func (s *Service) move(ctx context.Context, tx *store.Tx, actor ledger.Actor, o *Organisation, target string, b Basis) error {
	to, err := s.writable(ctx, tx, actor, ActMove, target, "target")
	if err != nil {
		return err
	}
	if err := mayMove(ctx, tx, *o, to, b.On); err != nil {
		return err
	}
	// The former superior may lie outside of the mover's scope; its name stays in the history all the same.
	from, err := ByID(ctx, tx.System("org: name of the former superior"), o.ParentID)
	if err != nil {
		return err
	}
	return s.place(ctx, tx, o, &to, from.ShortName, b)
}

func mayMove(ctx context.Context, r store.Reader, o, to Organisation, on civil.Date) error {
	if err := mayStandThere(o, to); err != nil {
		return err
	}
	if err := notBefore(ctx, r, o, on, Moved, Reopened); err != nil {
		return err
	}
	if on.Before(to.Established) {
		return fault.New(fault.Invalid, "那时“%s”还没有成立（%s 成立）。", to.ShortName, to.Established).At("day")
	}
	return nil
}

func mayStandThere(o, to Organisation) error {
	switch {
	case o.ParentID == "":
		return fault.New(fault.Invalid, "最上级党组织不能移动。").At("target")
	case to.ID == o.ID:
		return fault.New(fault.Invalid, "不能移到自己下面。").At("target")
	case Covers(o.Path, to.Path):
		return fault.New(fault.Invalid, "“%s”是它的下级，不能移到那里。", to.ShortName).At("target")
	case to.ID == o.ParentID:
		return fault.New(fault.Invalid, "它现在就在“%s”下面。", to.ShortName).At("target")
	}
	if err := living(o, "target"); err != nil {
		return err
	}
	if err := living(to, "target"); err != nil {
		return err
	}
	return mayStand(o.Kind, to, "target")
}

// deepest refuses a move that would make the tree too deep.
func deepest(ctx context.Context, r store.Reader, o, to Organisation) error {
	var longest int
	_, err := r.One(ctx, "SELECT max(length(path)) FROM {org} WHERE path >= ? AND path < ?", []any{o.Path, behind(o.Path)}, &longest)
	if err != nil {
		return err
	}
	levels := longest/(segmentWidth+1) - Depth(o.Path) + 1
	return checkDepth(to.Path, levels, "target")
}
