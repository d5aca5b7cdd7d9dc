package view

import "github.com/a-h/templ"

// Sheet is a page of facts, tables and short forms, for procedures that need no design of their own: retention,
// requests, keys, the register of fields.
type Sheet struct {
	Heading, Lead Text
	Tags          []Tag
	Print         bool
	Download      Link   // a file of the same, "" none
	Style         string // the page's own style sheet, "" none
	Notices       []Notice
	Form          Form // token, version and what was typed, of all forms of the page
	Search        *SheetSearch
	Tabs          []ReviewTab // views of the same list
	Running       *ImportProgress
	Parts         []SheetPart
	Pager         *Pager
}

// SheetSearch is a line to search the page by.
type SheetSearch struct {
	Action, Value string
	Label         Text
	Keep          []Pair
}

// SheetPart is one card.
type SheetPart struct {
	ID    string
	Title Text
	Note  Text
	Facts []Fact
	Head  []Text
	Rows  []SheetRow
	Empty Text // instead of the table
	// Entries are things with more to say of each than fits the columns of a table.
	Entries []SheetEntry
	Forms   []SheetForm
}

// SheetEntry is one thing and what there is to say of it, label and text.
type SheetEntry struct {
	ID    string
	Title Text
	Facts []Fact
}

// SheetRow is a line of a table; the first cell names it.
type SheetRow struct {
	ID    string
	Cells []SheetCell
}

// SheetCell is text, as a link where URL is given; Sub stands below it, smaller.
type SheetCell struct {
	Text Text
	Sub  Text
	URL  string
	Tag  Tag
	Also Link // another way, below
	Line bool // stays in one line where there is room

	Marks []SheetMark // small marks in a row instead of the text: the months of a year
	Input *SheetInput // a field of the form around the table

	Quoted bool // words of a regulation: Chinese whatever the language of the page, and marked so for whoever reads aloud
}

// Cell is a cell of plain text of the catalogue.
func Cell(t Text) SheetCell { return SheetCell{Text: t} }

// SheetForm is a form with one button.
type SheetForm struct {
	Action string
	Submit Text
	Main   bool // the way on, not the way out
	Hidden []Pair
	Fields []SheetField
	File   Text // a file to send along, by the name "file"; zero none
	// A table whose cells may be fields stands before the others.
	Head []Text
	Rows []SheetRow
}

// SheetMark is one of several small marks; State says in words what Kind shows.
type SheetMark struct {
	Text  string
	Kind  string // paid, late, due, free; "" nothing to say
	State Text
}

// SheetInput is a field in a table: a line, a box to tick ("box") or a list ("choose"). Row and head name it for the eye,
// Label for whoever reads aloud.
type SheetInput struct {
	Name, Value, Kind, Mode string
	Label                   Text
	Options                 []Option
	Ticked                  bool
}

// sheetValue is what was typed, else what stands.
func sheetValue(f Form, d SheetInput) string {
	if typed, ok := f.Values[d.Name]; ok && len(typed) > 0 {
		return typed[0]
	}
	return d.Value
}

// sheetMore marks a field of a table that is wrong: the summary leads to it, and what is wrong stands above it.
func sheetMore(f Form, d SheetInput) templ.Attributes {
	if f.problem(d.Name) == nil {
		return nil
	}
	return templ.Attributes{"id": "f-" + d.Name, "aria-invalid": "true", "aria-describedby": "e-" + d.Name}
}

// sheetTicked tells whether a box is ticked: as it was sent, else as it stands.
func sheetTicked(f Form, d SheetInput) bool {
	if f.Values.Has("sent") {
		return f.Has(d.Name, d.Value)
	}
	return d.Ticked
}

// SheetField is a field of a form: a line, several lines ("area"), a list ("choose"), open choices ("radios")
// or boxes to tick several ("boxes").
type SheetField struct {
	Field
	Kind    string
	Options []Option
}
