package org

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/store"
)

// What of an organisation has been otherwise. Each has its own row of periods, so that acts of different sorts may be
// entered in any order.
const (
	pastName      = "name"
	pastParent    = "parent"
	pastFacts     = "facts"
	pastAbolished = "abolished" // it was abolished for a time and came back
)

// called and known are what a period keeps of a name and of the facts.
type called struct {
	Name  string `json:"name"`
	Short string `json:"short"`
	Late  bool   `json:"late,omitempty"` // entered after the fact
}

type known struct {
	Unit     string   `json:"unit"`
	UnitKind UnitKind `json:"unitKind"`
	Credit   string   `json:"credit"`
	Contact  string   `json:"contact"`
}

var pastColumns = strings.Fields("id org_id org_path what from_on to_on parent_id value")

// keepPast keeps how an organisation was until a day. It has been so since the last change of the same sort.
// A state that did not outlast the day on which it began was never seen by anybody on any day.
func (s *Service) keepPast(ctx context.Context, tx *store.Tx, was Organisation, what string, until civil.Date) error {
	var from civil.Date
	if _, err := tx.One(ctx, "SELECT coalesce(max(to_on), '') FROM {org_past} WHERE org_id = ? AND what = ?", []any{was.ID, what}, &from); err != nil {
		return err
	}
	parent, value := "", ""
	switch what {
	case pastName:
		value = text(called{Name: was.Name, Short: was.ShortName})
	case pastParent:
		parent = was.ParentID
	case pastFacts:
		value = text(known{was.Unit, was.UnitKind, was.CreditCode, was.Contact})
	case pastAbolished:
		from = was.Abolished
	}
	if !from.Before(until) {
		return nil
	}
	return tx.InsertMany(ctx, "org_past", pastColumns, [][]any{{s.Ledger.IDs.New(), was.ID, was.Path, what, from, until, parent, value}})
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts always encode
	}
	return string(b)
}

// Then is an organisation as it was on a day.
type Then struct {
	Organisation       // Name, ShortName, ParentID, Unit, UnitKind, CreditCode and Contact as they were; the rest as it is
	State        State // whether it was there
	NameLate     bool  // the name of that day was entered after the fact
	NameUnknown  bool  // what it was called that day is not known; Name is what it is called now
}

// State says whether an organisation was there on a day.
type State string

// The states.
const (
	NotYet State = "not_yet"
	There  State = "there"
	Gone   State = "gone"
)

// stateOn is the state without the times it was abolished and came back.
func (o Organisation) stateOn(on civil.Date) State {
	switch {
	case o.Established.After(on):
		return NotYet
	case !o.Abolished.IsZero() && !o.Abolished.After(on):
		return Gone
	}
	return There
}

// put puts a period's value in place of what is now.
func (t *Then) put(what, parent, value string) (err error) {
	switch what {
	case pastName:
		var c called
		err = json.Unmarshal([]byte(value), &c)
		t.Name, t.ShortName, t.NameLate = c.Name, c.Short, c.Late
	case pastParent:
		t.ParentID = parent
	case pastFacts:
		var k known
		err = json.Unmarshal([]byte(value), &k)
		t.Unit, t.UnitKind, t.CreditCode, t.Contact = k.Unit, k.UnitKind, k.Credit, k.Contact
	case pastAbolished:
		t.State = Gone
	}
	if err != nil {
		return fmt.Errorf("org: a past of %s: %w", t.ID, err)
	}
	return nil
}
