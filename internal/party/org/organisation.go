package org

import (
	"zhibu/internal/civil"
	"zhibu/internal/store"
)

// Organisation is a Party organisation as it stands now.
type Organisation struct {
	ID          string
	Path        string
	ParentID    string // "" for the root
	Code        string // unique in the installation
	Name        string // 中国共产党清泽市大河县石桥镇石桥村支部委员会
	ShortName   string // 石桥村党支部; never empty
	Kind        Kind
	Unit        string // the unit it stands in
	UnitKind    UnitKind
	CreditCode  string     // of the unit, GB 32100
	Contact     string     // whom to ask
	Established civil.Date // zero: not known
	Abolished   civil.Date // zero: it lives
	Version     int64      // grows with every change; an act names the version its actor saw

	phone     []byte // sealed; Service.Phone opens it
	nextChild int64
}

// Living tells whether the organisation has not been abolished.
func (o Organisation) Living() bool { return o.Abolished.IsZero() }

// HasPhone tells whether a phone number of the contact is kept.
func (o Organisation) HasPhone() bool { return len(o.phone) > 0 }

// phoneColumn is where the contact's phone number is sealed.
const phoneColumn = "org.contact_phone"

const orgColumns = "o.id, o.path, o.parent_id, o.code, o.name, o.short_name, o.kind, o.unit, o.unit_kind, o.credit_code, o.contact, " +
	"o.contact_phone, o.established_on, o.abolished_on, o.next_child, o.version"

func (o *Organisation) fields() []any {
	return []any{&o.ID, &o.Path, &o.ParentID, &o.Code, &o.Name, &o.ShortName, &o.Kind, &o.Unit, &o.UnitKind, &o.CreditCode, &o.Contact,
		&o.phone, &o.Established, &o.Abolished, &o.nextChild, &o.Version}
}

func scanOrganisation(row store.Row, more ...any) (o Organisation, err error) {
	err = row.Scan(append(o.fields(), more...)...)
	return o, err
}

// What an event says of an organisation.
const (
	Established = "established"
	Renamed     = "renamed"   // Was and Became: the full names
	Changed     = "changed"   // Became: which facts, of unit, unitKind, credit, contact and phone, parted by spaces
	Moved       = "moved"     // Was and Became: the short names of the superiors
	Abolished   = "abolished" //
	Reopened    = "reopened"  //
	Merged      = "merged"    // Became: the short name of the one that goes on
	Absorbed    = "absorbed"  // Was: the short name of the one that was taken up
	Divided     = "divided"   // Became: the short name of the one that was set up out of it
	NamedLate   = "named"     // an earlier name was entered late; Was: the name, Became: the day on which it ended
)

// Event is a dated act in an organisation's history. Who entered it and when stands in the ledger.
type Event struct {
	ID           string
	Organisation string
	Kind         string
	On           civil.Date // from when it holds
	Reason       string
	Document     string
	Was, Became  string
}

// EventName is what an event is called in Chinese, a key of the catalogue.
func EventName(kind string) string { return eventNames[kind] }

// Post is a post and who holds it.
type Post struct {
	ID           string
	Organisation string
	Title        string // id of one of Titles
	Member       string // id of the holder's member record, "" if the holder has none here
	Holder       string // name
	From         civil.Date
	To           civil.Date // the day it ended, no longer in the post; zero while it lasts
	Version      int64
}

// Held tells whether the post is held on a day.
func (p Post) Held(on civil.Date) bool {
	return !p.From.After(on) && (p.To.IsZero() || p.To.After(on))
}
