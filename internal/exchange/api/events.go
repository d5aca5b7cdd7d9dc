package api

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
)

// Event is an act in the ledger: who did what, when and why.
type Event struct {
	ID       string          `json:"id" doc:"Identifier; later ones are greater." example:"01KAS0000000000000000000GH"`
	At       time.Time       `json:"at" doc:"When."`
	Kind     string          `json:"kind" doc:"What, as room.verb." example:"member.mend"`
	Account  string          `json:"account" doc:"Identifier of the account; system for the program itself."`
	By       string          `json:"by" doc:"Name of who did it." example:"石小满"`
	Role     string          `json:"role" doc:"In which role." example:"party-worker"`
	Path     string          `json:"path" doc:"Path of the organisation it belongs to." example:"001.004.002."`
	Subject  string          `json:"subject" doc:"Sort of thing it is about." example:"member"`
	Of       string          `json:"subjectId" doc:"Identifier of the thing." example:"01KAS0000000000000000000AB"`
	Reason   string          `json:"reason" doc:"Why." example:"核对身份证原件"`
	Document string          `json:"document" doc:"What proves it." example:"身份证"`
	Request  string          `json:"request" doc:"Number of the request." example:"01KAS0000000000000000000ZZ"`
	Detail   json.RawMessage `json:"detail" doc:"Further facts of the act, an object; never personal data in plain."`
	Rows     int64           `json:"rows" doc:"How many rows it changed." example:"1"`
	Gone     bool            `json:"gone,omitempty" doc:"It was about somebody who has been destroyed since; what was said of her is left out." example:"false"`
	Changes  []RowChange     `json:"changes,omitempty" doc:"With a single event: the rows it changed, at most 200."`
}

// RowChange is one row's change.
type RowChange struct {
	Table   string   `json:"table" doc:"Sort of thing." example:"member"`
	ID      string   `json:"id" doc:"Identifier of the thing." example:"01KAS0000000000000000000AB"`
	Op      string   `json:"op" enum:"inserted,updated,deleted" doc:"What happened to it." example:"updated"`
	Gone    bool     `json:"gone,omitempty" doc:"The row went with somebody who was destroyed: no column is told." example:"false"`
	Columns []Column `json:"columns" nullable:"false" doc:"The columns that differ."`
}

// Column is a column's change; its values are there where the caller may see them.
type Column struct {
	Name   string  `json:"name" doc:"The stored column." example:"occupation"`
	Was    *string `json:"was,omitempty" doc:"Before; absent where it is not shown." example:"村民"`
	Became *string `json:"became,omitempty" doc:"After; absent where it is not shown." example:"村医"`
}

func encodeEvent(r ledger.Record) Event {
	return Event{ID: r.ID, At: r.Time(), Kind: r.Kind, Account: r.Account, By: r.Actor, Role: r.Role, Path: r.OrgPath, Subject: r.Subject, Of: r.SubjectID,
		Reason: r.Reason, Document: r.Source, Request: r.Request, Detail: r.Detail, Rows: r.Events, Gone: r.Gone}
}

// eventReader reads the acts in the caller's area. An auditor of the whole tree also reads those of the installation
// itself, which belong to no organisation.
func (c *call) eventReader() (store.Reader, error) {
	r, err := c.reader(access.List, access.Event)
	if err != nil || !c.person.May(access.See, access.Audit) {
		return r, err
	}
	for _, p := range r.Scope().Paths() {
		if strings.Count(p, ".") == 1 {
			return c.in.DB.As(store.System("audit")), nil
		}
	}
	return r, nil
}

type eventsAsked struct {
	Page
	Under   string    `query:"under" maxLength:"64" doc:"Identifier of an organisation: acts at it and below." example:"01KAS0000000000000000000CD"`
	Account string    `query:"account" maxLength:"64" doc:"Identifier of an account: what it did."`
	Subject string    `query:"subject" maxLength:"64" doc:"Identifier of a thing: what was done to it." example:"01KAS0000000000000000000AB"`
	Kind    string    `query:"kind" maxLength:"60" doc:"The kind, or its beginning." example:"member."`
	From    time.Time `query:"from" doc:"From this moment on." example:"2026-01-01T00:00:00+08:00"`
	To      time.Time `query:"to" doc:"Before this moment." example:"2026-02-01T00:00:00+08:00"`
}

func listEvents(c *call, in *eventsAsked) (*listed[Event], error) {
	r, err := c.eventReader()
	if err != nil {
		return nil, err
	}
	q := ledger.Query{Account: in.Account, Subject: in.Subject, Kind: in.Kind, Before: in.After, Limit: in.Limit + 1}
	if in.Under != "" {
		o, err := org.ByID(c, r, in.Under)
		if e := fault.As(err); e != nil {
			return nil, e.At("under")
		}
		if err != nil {
			return nil, err
		}
		q.Under = o.Path
	}
	if !in.From.IsZero() {
		q.From = in.From.UnixMicro()
	}
	if !in.To.IsZero() {
		q.To = in.To.UnixMicro()
	}
	acts, err := c.in.Ledger.Acts(c, r, q)
	if err != nil {
		return nil, err
	}
	acts, more := cut(acts, in.Limit)
	items := make([]Event, len(acts))
	for i, a := range acts {
		items[i] = encodeEvent(a)
	}
	next := ""
	if more {
		next = acts[len(acts)-1].ID
	}
	return page(c, items, next), nil
}

type eventGiven struct{ Body Event }

// changesShown bounds the rows of one act that are given.
const changesShown = 200

func getEvent(c *call, in *ID) (*eventGiven, error) {
	r, err := c.eventReader()
	if err != nil {
		return nil, err
	}
	act, found, err := c.in.Ledger.Act(c, r, in.ID)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fault.Missing()
	}
	out := &eventGiven{encodeEvent(act)}
	changes, err := c.in.Ledger.ChangesOf(c, act, changesShown)
	if err != nil {
		return nil, err
	}
	for _, ch := range changes {
		row, err := c.rowChange(ch)
		if err != nil {
			return nil, err
		}
		out.Body.Changes = append(out.Body.Changes, row)
	}
	return out, nil
}

var ops = map[string]string{"I": "inserted", "U": "updated", "D": "deleted"}

func (c *call) rowChange(ch ledger.Change) (RowChange, error) {
	out := RowChange{Table: ch.Table, ID: ch.RowID, Op: ops[ch.Op], Gone: ch.Gone, Columns: []Column{}}
	shown, err := c.shown(ch)
	if err != nil {
		return out, err
	}
	names := ch.Columns()
	slices.Sort(names)
	for _, name := range names {
		col := Column{Name: name}
		if shown(name) {
			was, became := ch.Was(name), ch.Became(name)
			if ch.Op != "I" {
				col.Was = &was
			}
			if ch.Op != "D" {
				col.Became = &became
			}
		}
		out.Columns = append(out.Columns, col)
	}
	return out, nil
}

// plainColumns are the columns of tables without personal data whose values may be shown to whoever may read the act.
var plainColumns = map[string][]string{
	"org":       {"code", "name", "short_name", "kind", "unit", "unit_kind", "credit_code", "parent_id", "established_on", "abolished_on", "version"},
	"org_event": {"org_id", "kind", "on_date", "reason", "document", "was", "became"},
	"post":      {"org_id", "title", "from_on", "to_on", "version"},
	"grant":     {"account_id", "role", "org_id", "from_on", "to_on", "basis"},
	"batch":     {"org_id", "file_name", "sheet", "state", "version"},
	"setting":   {"value"},
}

// memberColumns are the classes of a member's columns that are kept in plain; sealed ones are never shown here.
var memberColumns = map[string]access.Mask{
	"name": access.NameClass, "org_id": access.NameClass, "sex": access.BasicClass, "born": access.BasicClass, "ethnicity": access.BasicClass,
	"education": access.BasicClass, "occupation": access.BasicClass, "category": access.PartyClass, "joined_on": access.PartyClass,
	"confirmed_on": access.PartyClass, "registry": access.PartyClass, "review": access.PartyClass, "state": access.PartyClass,
	"ended_on": access.PartyClass, "version": access.PartyClass, "lost": access.FlagClass, "lost_on": access.FlagClass,
	"floating": access.FlagClass, "floating_to": access.FlagClass, "care": access.FlagClass,
}

// shown says which of a row's columns the caller may see the values of. Of members it is what the mask of the record
// covers today; of a record that is out of scope, or gone, nothing.
func (c *call) shown(ch ledger.Change) (func(string) bool, error) {
	if ch.Table != "member" {
		plain := plainColumns[ch.Table]
		return func(name string) bool { return slices.Contains(plain, name) }, nil
	}
	nothing := func(string) bool { return false }
	if !c.person.May(access.See, access.Member) {
		return nothing, nil
	}
	_, mask, err := c.one(ch.RowID)
	if k := fault.Of(err); k == fault.NotFound || k == fault.Forbidden {
		return nothing, nil
	}
	if err != nil {
		return nil, err
	}
	return func(name string) bool {
		class, known := memberColumns[name]
		return known && mask.Has(class)
	}, nil
}
