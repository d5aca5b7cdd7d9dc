package org

import (
	"context"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/reading"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/vault"
)

// Establish sets up an organisation. The faults name the fields parent, code, name, shortName, kind, unit, unitKind,
// credit, contact and phone, and those of the Basis, whose day is the day it was set up.
type Establish struct {
	Parent    string // id of the superior; "" begins the tree
	Code      string
	Name      string
	ShortName string // "" takes the name
	Kind      Kind
	Facts
	Basis
}

// Facts are what is known of an organisation beside its name and place; all of them may be empty.
type Facts struct {
	Unit       string
	UnitKind   UnitKind
	CreditCode string
	Contact    string
	Phone      string
}

// Establish adds an organisation below its superior and gives it. Not idempotent; a second one with the same code is
// fault.Conflict at code.
func (s *Service) Establish(ctx context.Context, actor ledger.Actor, in Establish) (Organisation, error) {
	if err := s.check(&in.Basis); err != nil {
		return Organisation{}, err
	}
	d, err := s.draft(in.Code, in.Name, in.ShortName, in.Kind, in.Facts)
	if err != nil {
		return Organisation{}, err
	}
	d.o.Established = in.On
	// The key lies apart from the data and is written first; one whose organisation is then refused does no harm.
	holders, err := s.Vault.Create(ctx, []string{d.o.ID})
	if err != nil {
		return Organisation{}, err
	}
	d.seal(holders[0])
	act := &ledger.Act{Kind: ActEstablish, Subject: "org", SubjectID: d.o.ID, Reason: in.Reason, Source: in.Document}
	_, err = s.Ledger.DoAct(ctx, actor, act, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, treeLock); err != nil {
			return err
		}
		err := s.establish(ctx, tx, actor, d, in)
		act.OrgPath = d.o.Path
		return err
	})
	if err != nil {
		return Organisation{}, err
	}
	return d.o, nil
}

// establish adds what was drafted. The caller holds the tree lock.
func (s *Service) establish(ctx context.Context, tx *store.Tx, actor ledger.Actor, d *draft, in Establish) (err error) {
	o := &d.o
	o.Path, o.ParentID = rootPath, in.Parent
	if in.Parent == "" {
		err = s.checkRoot(ctx, tx, actor, o.Kind)
	} else {
		o.Path, err = s.placeBelow(ctx, tx, actor, in.Parent, o.Kind)
	}
	if err != nil {
		return err
	}
	if err := freeCode(ctx, tx.System("org: is the code free"), o.Code); err != nil {
		return err
	}
	if err := tx.InsertMany(ctx, "org", insertColumns, [][]any{d.row()}); err != nil {
		return err
	}
	if err := tx.InsertMany(ctx, "org_word", wordColumns, wordRows(nil, *o)); err != nil {
		return err
	}
	return s.record(ctx, tx, *o, Established, in.Basis, "", o.Name)
}

func (s *Service) checkRoot(ctx context.Context, tx *store.Tx, actor ledger.Actor, k Kind) error {
	if !tx.Scope().Holds(rootPath) {
		return fault.Missing().At("parent")
	}
	if err := s.may(ctx, actor, ActEstablish, rootPath); err != nil {
		return err
	}
	var id string
	found, err := tx.System("org: is there a root").One(ctx, "SELECT id FROM {org} WHERE parent_id = ''", nil, &id)
	if err != nil {
		return err
	}
	if found {
		return fault.New(fault.Conflict, "最上级党组织已经有了，请选择上级党组织。").At("parent")
	}
	if !k.mayStandAlone() {
		return fault.New(fault.Invalid, "%s不能作为最上级党组织。", k.Name()).At("kind")
	}
	return nil
}

// placeBelow takes a place below a superior that may have an inferior of the kind.
func (s *Service) placeBelow(ctx context.Context, tx *store.Tx, actor ledger.Actor, id string, k Kind) (string, error) {
	parent, err := s.writable(ctx, tx, actor, ActEstablish, id, "parent")
	if err != nil {
		return "", err
	}
	if err := mayHave(parent, k); err != nil {
		return "", err
	}
	return nextPath(ctx, tx, parent)
}

// mayHave refuses another inferior of a kind below a superior.
func mayHave(parent Organisation, k Kind) error {
	if err := living(parent, "parent"); err != nil {
		return err
	}
	if err := mayStand(k, parent, "kind"); err != nil {
		return err
	}
	return checkDepth(parent.Path, 1, "parent")
}

// mayStand refuses a kind below a superior that may not hold it.
func mayStand(k Kind, parent Organisation, field string) error {
	if parent.Kind.MayHold(k) {
		return nil
	}
	if k == PartyGroup {
		return fault.New(fault.Invalid, "党小组只能设在党支部下面，“%s”是%s。", parent.ShortName, parent.Kind.Name()).At(field)
	}
	return fault.New(fault.Invalid, "%s下面不能设%s。", parent.Kind.Name(), k.Name()).At(field)
}

// freeCode looks in the whole tree, which the reader must hold: a code is unique in the installation, wherever its owner stands.
func freeCode(ctx context.Context, all store.Reader, code string) error {
	var id string
	taken, err := all.One(ctx, "SELECT id FROM {org} WHERE code = ?", []any{code}, &id)
	if err == nil && taken {
		err = codeTaken()
	}
	return err
}

func codeTaken() error {
	return fault.New(fault.Conflict, "这个编码已经有党组织在用，请换一个。").At("code")
}

// draft is an organisation whose texts have been checked and which has no place yet.
type draft struct {
	o     Organisation
	phone string
	place int64 // number below its superior, where a list has both
}

func (s *Service) draft(codeText, full, short string, k Kind, f Facts) (d *draft, err error) {
	d = &draft{o: Organisation{Kind: k, Version: 1, nextChild: 1}}
	if d.o.Code, err = code(codeText); err != nil {
		return nil, err
	}
	if d.o.Name, d.o.ShortName, err = names(full, short); err != nil {
		return nil, err
	}
	if err = validKind(k); err != nil {
		return nil, err
	}
	checked, err := checkFacts(f.Unit, f.UnitKind, f.CreditCode, f.Contact, f.Phone)
	if err != nil {
		return nil, err
	}
	d.o.Unit, d.o.UnitKind, d.o.CreditCode, d.o.Contact, d.phone = checked.unit, checked.unitKind, checked.credit, checked.contact, checked.phone
	d.o.ID = s.Ledger.IDs.New()
	return d, nil
}

func (d *draft) seal(holder *vault.Person) {
	if d.phone != "" {
		d.o.phone = holder.Seal(phoneColumn, d.o.ID, []byte(d.phone))
	}
}

var insertColumns = strings.Fields("id path parent_id code name short_name pinyin initials kind unit unit_kind credit_code contact contact_phone established_on abolished_on next_child version")

func (d *draft) row() []any {
	o, read := &d.o, read(d.o.ShortName)
	return []any{o.ID, o.Path, o.ParentID, o.Code, o.Name, o.ShortName, read.Full, read.Initials, string(o.Kind), o.Unit, string(o.UnitKind),
		o.CreditCode, o.Contact, nullable(o.phone), o.Established, civil.Date{}, o.nextChild, o.Version}
}

// nullable keeps an absent sealed value NULL.
func nullable(sealed []byte) any {
	if sealed == nil {
		return nil
	}
	return sealed
}

// read gives the pinyin of an organisation's short name. The dot in front keeps its first character from being read as
// a surname: 解放 is jie fang.
func read(name string) reading.Reading { return reading.Of("·" + name) }
