package org

import (
	"bytes"
	"context"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Rename gives an organisation other names. The faults name the fields name and shortName and those of the Basis.
type Rename struct {
	ID        string
	Version   int64
	Name      string
	ShortName string // "" takes the name
	Basis
}

// Rename changes the names. The same names again change nothing.
func (s *Service) Rename(ctx context.Context, actor ledger.Actor, in Rename) (Organisation, error) {
	name, short, err := names(in.Name, in.ShortName)
	if err != nil {
		return Organisation{}, err
	}
	return s.change(ctx, actor, ActRename, target{in.ID, in.Version}, in.Basis, func(tx *store.Tx, o *Organisation) error {
		return s.rename(ctx, tx, o, name, short, in.Basis)
	})
}

func (s *Service) rename(ctx context.Context, tx *store.Tx, o *Organisation, name, short string, b Basis) error {
	if err := mayRename(ctx, tx, *o, name, short, b.On); err != nil {
		return err
	}
	was, became := o.Name, name
	if was == became {
		was, became = o.ShortName, short
	}
	formerly := o.ShortName
	if err := s.keepPast(ctx, tx, *o, pastName, b.On); err != nil {
		return err
	}
	o.Name, o.ShortName = name, short
	r := read(short)
	err := set(ctx, tx, o, store.Set("name", name), store.Set("short_name", short), store.Set("pinyin", r.Full), store.Set("initials", r.Initials))
	if err == nil {
		err = reword(ctx, tx, *o, formerly)
	}
	if err != nil {
		return err
	}
	return s.record(ctx, tx, *o, Renamed, b, was, became)
}

// mayRename gives ledger.ErrUnchanged for the same names.
func mayRename(ctx context.Context, r store.Reader, o Organisation, name, short string, on civil.Date) error {
	if err := living(o, "name"); err != nil {
		return err
	}
	if o.Name == name && o.ShortName == short {
		return ledger.ErrUnchanged
	}
	if err := notBefore(ctx, r, o, on, Renamed); err != nil {
		return err
	}
	var last civil.Date // a period that was entered late may reach further than the last act
	_, err := r.One(ctx, "SELECT coalesce(max(to_on), '') FROM {org_past} WHERE org_id = ? AND what = 'name'", []any{o.ID}, &last)
	if err == nil && on.Before(last) {
		err = fault.New(fault.Invalid, "上一次这样的变动在 %s，日期不能比它早。", last).At("day")
	}
	return err
}

// ChangeFacts changes what is known of an organisation. All facts are given as they are to be, except that an absent
// phone number leaves the one that is kept. The faults name the fields unit, unitKind, credit, contact and phone and
// those of the Basis.
type ChangeFacts struct {
	ID      string
	Version int64
	Facts
	NoPhone bool // forget the phone number
	Basis
}

// ChangeFacts changes the facts that differ. The same facts again change nothing.
func (s *Service) ChangeFacts(ctx context.Context, actor ledger.Actor, in ChangeFacts) (Organisation, error) {
	return s.change(ctx, actor, ActChange, target{in.ID, in.Version}, in.Basis, func(tx *store.Tx, o *Organisation) error {
		return s.changeFacts(ctx, tx, o, in.Facts, in.NoPhone, in.Basis)
	})
}

func (s *Service) changeFacts(ctx context.Context, tx *store.Tx, o *Organisation, to Facts, noPhone bool, b Basis) error {
	f, sealed, changed, err := s.mayChange(ctx, tx, *o, to, noPhone, b.On)
	if err != nil {
		return err
	}
	if err := s.keepPast(ctx, tx, *o, pastFacts, b.On); err != nil {
		return err
	}
	o.Unit, o.UnitKind, o.CreditCode, o.Contact, o.phone = f.unit, f.unitKind, f.credit, f.contact, sealed
	err = set(ctx, tx, o, store.Set("unit", o.Unit), store.Set("unit_kind", string(o.UnitKind)), store.Set("credit_code", o.CreditCode),
		store.Set("contact", o.Contact), store.Set("contact_phone", nullable(sealed)))
	if err != nil {
		return err
	}
	return s.record(ctx, tx, *o, Changed, b, "", strings.Join(changed, " "))
}

// mayChange asks whether the facts can be changed and gives them tidied, the number to keep as it is sealed and which of
// them differ; ledger.ErrUnchanged when none does.
func (s *Service) mayChange(ctx context.Context, r store.Reader, o Organisation, to Facts, noPhone bool, on civil.Date) (f facts, sealed []byte, changed []string, err error) {
	if f, err = checkFacts(to.Unit, to.UnitKind, to.CreditCode, to.Contact, to.Phone); err != nil {
		return f, nil, nil, err
	}
	if err = living(o, "unit"); err != nil {
		return f, nil, nil, err
	}
	if sealed, err = s.newPhone(ctx, o, f.phone, noPhone); err != nil {
		return f, nil, nil, err
	}
	if changed = difference(o, f, sealed); len(changed) == 0 {
		return f, nil, nil, ledger.ErrUnchanged
	}
	return f, sealed, changed, notBefore(ctx, r, o, on, Changed)
}

func difference(o Organisation, f facts, sealed []byte) (changed []string) {
	for _, d := range []struct {
		field   string
		differs bool
	}{
		{"unit", o.Unit != f.unit}, {"unitKind", o.UnitKind != f.unitKind}, {"credit", o.CreditCode != f.credit},
		{"contact", o.Contact != f.contact}, {"phone", !bytes.Equal(o.phone, sealed)},
	} {
		if d.differs {
			changed = append(changed, d.field)
		}
	}
	return changed
}

// newPhone gives the sealed number to keep; the one that is kept already stays as it is sealed.
func (s *Service) newPhone(ctx context.Context, o Organisation, number string, forget bool) ([]byte, error) {
	switch {
	case forget:
		return nil, nil
	case number == "":
		return o.phone, nil
	}
	if kept, err := s.Phone(ctx, o); err != nil || kept == number {
		return o.phone, err
	}
	holder, err := s.Vault.Person(ctx, o.ID)
	if err != nil {
		return nil, err
	}
	return holder.Seal(phoneColumn, o.ID, []byte(number)), nil
}
