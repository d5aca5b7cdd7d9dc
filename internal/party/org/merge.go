package org

import (
	"context"
	"slices"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/headcount"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Acts on more than one organisation at once.
const (
	ActMerge = "org.merge" // asked for the organisation that ends and for the one that goes on
	ActSplit = "org.split"
)

// Members moves memberships with their organisations. The member room is the real one.
type Members interface {
	// Follow moves active members of one branch to another inside a transaction, each with a dated event: those named, or
	// all of them with nil. It gives how many went.
	Follow(ctx context.Context, tx *store.Tx, from, to Organisation, only []string, b Basis) (int, error)
}

// Merge lets an organisation be taken up by another (并入). The faults name the field target and those of the Basis.
type Merge struct {
	ID      string
	Version int64
	Into    string // id of the organisation that goes on
	Basis
}

// Merge moves members and inferiors into the other organisation, ends the posts and then the organisation itself, in one
// transaction. Everybody's history stays; the page of the ended one names its successor.
func (s *Service) Merge(ctx context.Context, actor ledger.Actor, in Merge) (Organisation, error) {
	return s.change(ctx, actor, ActMerge, target{in.ID, in.Version}, in.Basis, func(tx *store.Tx, o *Organisation) error {
		return s.merge(ctx, tx, actor, o, in.Into, in.Basis)
	})
}

func (s *Service) merge(ctx context.Context, tx *store.Tx, actor ledger.Actor, o *Organisation, into string, b Basis) error {
	to, err := s.writable(ctx, tx, actor, ActMerge, into, "target")
	if err != nil {
		return err
	}
	if err := mayMerge(ctx, tx, *o, to, b.On); err != nil {
		return err
	}
	below, err := inferiors(ctx, tx, *o, nil)
	if err != nil {
		return err
	}
	for i := range below {
		if err := mayStand(below[i].Kind, to, "target"); err != nil {
			return err
		}
		if err := s.place(ctx, tx, &below[i], &to, o.ShortName, b); err != nil {
			return err
		}
	}
	if err := empty(ctx, tx.System("org: is anybody left"), *o); err != nil && !o.Kind.HoldsMembers() {
		return err
	}
	n, err := s.follow(ctx, tx, *o, to, nil, b)
	if err != nil {
		return err
	}
	if err := s.endPosts(ctx, tx, *o, b.On); err != nil {
		return err
	}
	o.Abolished = b.On
	if err := set(ctx, tx, o, store.Set("abolished_on", b.On)); err != nil {
		return err
	}
	if err := s.record(ctx, tx, *o, Merged, b, "", to.ShortName); err != nil {
		return err
	}
	if err := s.record(ctx, tx, to, Absorbed, b, o.ShortName, ""); err != nil {
		return err
	}
	return s.succeed(ctx, tx, *o, to, Merged, b.On, n)
}

func mayMerge(ctx context.Context, r store.Reader, o, to Organisation, on civil.Date) error {
	if err := living(o, "day"); err != nil {
		return err
	}
	if err := living(to, "target"); err != nil {
		return err
	}
	switch {
	case o.ParentID == "":
		return fault.New(fault.Invalid, "最上级党组织不能并入别处。").At("target")
	case to.ID == o.ID:
		return fault.New(fault.Invalid, "不能并入自己。").At("target")
	case Covers(o.Path, to.Path):
		return fault.New(fault.Invalid, "“%s”是它的下级，不能并到那里。", to.ShortName).At("target")
	case o.Kind.HoldsMembers() && !to.Kind.HoldsMembers():
		return fault.New(fault.Invalid, "党员要编入党支部，请选一个党支部。").At("target").By("M-13")
	case on.Before(to.Established):
		return fault.New(fault.Invalid, "那时“%s”还没有成立（%s 成立）。", to.ShortName, to.Established).At("day")
	}
	return notBefore(ctx, r, o, on, Established, Moved, Reopened)
}

// Split sets up an organisation out of a part of another (分设), beside it under the same superior. The faults name those of
// Establish, members and children.
type Split struct {
	ID        string
	Version   int64
	Code      string
	Name      string
	ShortName string
	Members   []string // ids of those who go with it
	Children  []string // ids of inferiors that go with it
	Basis
}

// Split gives the new organisation. The other one stays with the rest.
func (s *Service) Split(ctx context.Context, actor ledger.Actor, in Split) (Organisation, error) {
	origin, err := ByID(ctx, s.DB.As(actor.Scope), in.ID)
	if err != nil {
		return Organisation{}, err
	}
	d, err := s.part(origin.Kind, Plan{Code: in.Code, Name: in.Name, ShortName: in.ShortName, Members: in.Members, Children: in.Children})
	if err != nil {
		return Organisation{}, err
	}
	if _, err := s.Vault.Create(ctx, []string{d.o.ID}); err != nil {
		return Organisation{}, err
	}
	_, err = s.change(ctx, actor, ActSplit, target{in.ID, in.Version}, in.Basis, func(tx *store.Tx, o *Organisation) error {
		return s.divide(ctx, tx, actor, o, d, in)
	})
	if err != nil {
		return Organisation{}, err
	}
	return d.o, nil
}

func (s *Service) divide(ctx context.Context, tx *store.Tx, actor ledger.Actor, o *Organisation, d *draft, in Split) error {
	if err := mayDivide(ctx, tx, *o, in.On); err != nil {
		return err
	}
	parent, err := s.writable(ctx, tx, actor, ActSplit, o.ParentID, "parent")
	if err != nil {
		return err
	}
	if err := freeCode(ctx, tx.System("org: is the code free"), d.o.Code); err != nil {
		return err
	}
	if d.o.Path, err = nextPath(ctx, tx, parent); err != nil {
		return err
	}
	d.o.ParentID, d.o.Established = parent.ID, in.On
	if err := tx.InsertMany(ctx, "org", insertColumns, [][]any{d.row()}); err != nil {
		return err
	}
	if err := tx.InsertMany(ctx, "org_word", wordColumns, wordRows(nil, d.o)); err != nil {
		return err
	}
	if err := s.record(ctx, tx, d.o, Established, in.Basis, o.ShortName, d.o.Name); err != nil {
		return err
	}
	below, err := inferiors(ctx, tx, *o, in.Children)
	if err != nil {
		return err
	}
	if len(below) != len(in.Children) {
		return fault.New(fault.Invalid, "有的下级党组织已经不在这里，请重新选择。").At("children")
	}
	for i := range below {
		if err := s.place(ctx, tx, &below[i], &d.o, o.ShortName, in.Basis); err != nil {
			return err
		}
	}
	n := 0
	if len(in.Members) > 0 {
		if n, err = s.follow(ctx, tx, *o, d.o, in.Members, in.Basis); err != nil {
			return err
		}
	}
	if err := set(ctx, tx, o); err != nil {
		return err
	}
	if err := s.record(ctx, tx, *o, Divided, in.Basis, "", d.o.ShortName); err != nil {
		return err
	}
	return s.succeed(ctx, tx, *o, d.o, Divided, in.On, n)
}

func mayDivide(ctx context.Context, r store.Reader, o Organisation, on civil.Date) error {
	if err := living(o, "day"); err != nil {
		return err
	}
	if err := notBefore(ctx, r, o, on, Established, Moved, Reopened); err != nil {
		return err
	}
	if o.ParentID == "" {
		return fault.New(fault.Invalid, "最上级党组织不能分设。").At("day")
	}
	return nil
}

// follow moves members, where the organisation keeps any.
func (s *Service) follow(ctx context.Context, tx *store.Tx, from, to Organisation, only []string, b Basis) (int, error) {
	if !from.Kind.HoldsMembers() {
		if len(only) > 0 {
			return 0, fault.New(fault.Invalid, "党员编在党支部里，请选择下级党组织。").At("members")
		}
		return 0, nil
	}
	if s.Members == nil {
		return 0, errNoRights
	}
	return s.Members.Follow(ctx, tx, from, to, only, b)
}

// inferiors are the living organisations directly below one; only those named, nil for all.
func inferiors(ctx context.Context, r store.Reader, o Organisation, only []string) ([]Organisation, error) {
	var out []Organisation
	err := r.Each(ctx, "SELECT "+orgColumns+" FROM {org} o WHERE o.parent_id = ? AND o.abolished_on = '' ORDER BY o.path", []any{o.ID}, func(row store.Row) error {
		c, err := scanOrganisation(row)
		if only == nil || slices.Contains(only, c.ID) {
			out = append(out, c)
		}
		return err
	})
	return out, err
}

// place puts a subtree under another superior, with its past and its event. The rules have been asked.
func (s *Service) place(ctx context.Context, tx *store.Tx, o, to *Organisation, formerly string, b Basis) error {
	if err := deepest(ctx, tx, *o, *to); err != nil {
		return err
	}
	path, err := nextPath(ctx, tx, *to)
	if err != nil {
		return err
	}
	to.nextChild++
	if err := s.keepPast(ctx, tx, *o, pastParent, b.On); err != nil {
		return err
	}
	if err := headcount.Move(ctx, tx, o.Path, path); err != nil {
		return err
	}
	if err := tx.Reparent(ctx, o.Path, path); err != nil {
		return err
	}
	o.Path, o.ParentID = path, to.ID
	if err := set(ctx, tx, o, store.Set("parent_id", to.ID)); err != nil {
		return err
	}
	return s.record(ctx, tx, *o, Moved, b, formerly, to.ShortName)
}

// succeed writes down who goes on.
func (s *Service) succeed(ctx context.Context, tx *store.Tx, o, to Organisation, kind string, on civil.Date, members int) error {
	return tx.Insert(ctx, "org_successor", store.Set("id", s.Ledger.IDs.New()), store.Set("org_id", o.ID), store.Set("org_path", o.Path), store.Set("successor_id", to.ID),
		store.Set("kind", kind), store.Set("on_date", on), store.Set("members", int64(members)))
}

// Succession is where an organisation went on, or came from.
type Succession struct {
	Organisation string // the other one
	Kind         string // Merged or Divided
	On           civil.Date
	Members      int
	From         bool // the other one is where it came from
}

// Successions tells into which organisations one was merged or divided, and out of which it came, the latest first.
func Successions(ctx context.Context, r store.Reader, id string) ([]Succession, error) {
	var out []Succession
	query := "SELECT successor_id, kind, on_date, members, 0 FROM {org_successor} WHERE org_id = ? UNION ALL " +
		"SELECT org_id, kind, on_date, members, 1 FROM {org_successor} WHERE successor_id = ? ORDER BY 3 DESC, 1"
	err := r.Each(ctx, query, []any{id, id}, func(row store.Row) error {
		var s Succession
		var from int
		err := row.Scan(&s.Organisation, &s.Kind, &s.On, &s.Members, &from)
		s.From = from == 1
		out = append(out, s)
		return err
	})
	return out, err
}
