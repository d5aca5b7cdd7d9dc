package view

import "zhibu/internal/civil"

// MemberList is the list with its filter. The filter goes by GET: q, org (a Picker's text or, with Orgs, an id),
// category, state, and saved for a saved filter; paging by after and before.
type MemberList struct {
	Lead       Text
	Filter     Form     // values of the filter
	Orgs       []Option // branches to choose from, when few; otherwise a picker is shown
	OrgChoices []OrgRef // when the typed organisation was not unique
	Categories []Option
	States     []Option
	Saved      []Chip
	Rows       []MemberRow
	Pager      Pager
	More       bool            // there are more than Pager.Total: a filtered list is counted up to a bound
	Sorts      map[string]Sort // by column: name, joined
	Clear      string          // address without any filter, "" if none is set
	Query      string          // the filter as a query, for the batch form and the exports; no personal data beyond what was typed
	MayAdd     bool
	MayExport  bool
	MayImport  bool
	AsOf       LookBack
	Notice     Text // why something is left out, e.g. an ended record
}

// Chip is a saved filter.
type Chip struct {
	Label Text
	URL   string
	On    bool
	N     int // how many, -1 not counted
}

// Sort is a sortable column: where its link leads and how it stands.
type Sort struct {
	URL string
	Dir string // ascending, descending or none
}

// MemberRow is a row of the list.
type MemberRow struct {
	ID, Name string
	Sex      Text
	Age      int // 0 unknown
	Branch   OrgRef
	Category Text
	Joined   civil.Date
	Complete int // percent
	Tags     []Tag
}

// ExportForm asks for what the list is exported. Fields: purpose, purpose-text, column (many), and the filter's
// hidden fields.
type ExportForm struct {
	Form     Form
	Count    int
	More     bool     // there are more than Count
	Columns  []Option // only those the viewer may see
	Purposes []Option
	Formats  []Option
	Hidden   []Pair // the filter and the ids
}

// Roster is the printed roster: an official document.
type Roster struct {
	Organisation string
	Title        Text // 党员花名册
	On           civil.Date
	Groups       []RosterGroup
	Total        int
	Made         string // when and by whom, for the foot
	By           string
	Number       string // number of the export in the audit log, "" if not recorded
	Filter       Text   // what it is confined to, zero: all
	Cut          Text   // why not everybody stands on it, zero: everybody does
	Back         string
}

// RosterGroup is a branch in the roster.
type RosterGroup struct {
	Branch string
	Rows   []RosterRow
}

// RosterRow is a line of the roster. No contacts, no full ID number.
type RosterRow struct {
	Name                             string
	Sex, Ethnic, Education, Category Text
	Born                             civil.Date // printed to the month
	Joined, Confirmed                civil.Date
	Work                             Text
	Note                             Text
}
