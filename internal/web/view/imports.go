package view

// Batches lists the imports of the viewer's scope.
type Batches struct {
	Items   []Batch
	Pager   Pager
	MayMake bool
}

// Batch is one import.
type Batch struct {
	ID, File, By, When string
	Org                OrgRef
	State              Tag
	Counts             ImportCounts
	Next               Link // the step it waits for, or its result
}

// ImportCounts are the counts of an import, as domain/roster defines them.
type ImportCounts struct {
	Rows, New, Changed, Unchanged, Rejected, Warnings int

	Disputed int // facts that stay as they are in a life and that were reviewed otherwise
}

// ImportUpload is step 1. Multipart fields: file, org (Picker or id).
type ImportUpload struct {
	Form       Form
	Orgs       []Option
	OrgChoices []OrgRef
	LimitMB    int
}

// ImportColumns is step 2: which column of the sheet is which. Fields: use-SHEET (yes), map-SHEET-COLUMN with a field
// key or "" to keep as note, SHEET and COLUMN being numbers from 0.
type ImportColumns struct {
	Form       Form
	ID, File   string
	Sheets     []ImportSheet
	Fields     []Option // the roster's columns; required ones carry a hint
	Remembered bool     // taken from the last import of the organisation
}

// ImportSheet is a sheet of the workbook.
type ImportSheet struct {
	Index     int
	Name      string
	HeaderRow int    // as Excel counts, 0 where no header was found: the sheet is left out
	Branch    string // the branch it belongs to without the column, "" if none
	Use       bool
	Columns   []ImportColumn
	Missing   []Text // required columns that are not mapped
}

// ImportColumn is a column of a sheet.
type ImportColumn struct {
	Index   int
	Letter  string // A, B, …
	Header  string
	Samples []string // two or three values, sensitive ones masked
	Field   string   // key of the roster's column, "" kept as a note
	Guessed bool     // recognised by its header
}

// ImportPreview is step 3: what would happen, with every problem at its cell. GET code, level and sheet filter;
// after and before page. POST to run imports, POST to discard throws it away.
type ImportPreview struct {
	Form     Form
	ID, File string
	Org      OrgRef
	Counts   ImportCounts
	Codes    []ProblemCount
	Filter   Text // what the list is confined to, zero: all
	All      string
	Rows     []ProblemRow
	Pager    Pager
	Notes    []Text // extra columns kept, sheets skipped
}

// ProblemCount is how often a problem occurs; it filters the list.
type ProblemCount struct {
	Code  string
	Label Text
	N     int
	Error bool // rejects the row; otherwise a warning
	URL   string
	On    bool
}

// ProblemRow is a row of the sheet with its problems.
type ProblemRow struct {
	Sheet    string
	Row      int // as Excel shows it
	Name     string
	Rejected bool
	Cells    []ProblemCell
}

// ProblemCell is a problem at its cell.
type ProblemCell struct {
	Cell   string // D7, "" if the column is missing
	Column string // header as in the roster
	Value  string // what stands there, sensitive ones masked
	Error  bool
	Text   string // what is wrong, in the language of the page
	How    Text   // how to mend it; for unknown_organisation the nearest names
	Link   Link
}

// ImportProgress is step 4. The page reloads itself (Page.Refresh), with htmx it polls its own part.
type ImportProgress struct {
	ID, File    string
	Step        Text
	Done, Total int
	Since       string
	Checking    bool // nothing is being written yet
}

// ImportResult is step 5. POST to undo takes the batch back.
type ImportResult struct {
	Form     Form
	ID, File string
	Org      OrgRef
	By, When string
	Counts   ImportCounts
	Codes    []ProblemCount
	Errors   string // address of the error workbook, "" when nothing was rejected
	Members  string // address of the list confined to this batch
	MayUndo  bool
	WhyNot   Text   // why it cannot be undone
	Undone   string // when it was taken back, "" if it stands
	Failed   Text   // why it stopped; nothing of it went in
	Review   ImportReview
}

// ImportReview is how what the import brought stands with its reviewers.
type ImportReview struct {
	Any                         bool
	Waiting, Returned, Approved int
	WaitingURL, ReturnedURL     string
	Rows                        []ReturnedRow // the first of what was returned
}

// ReturnedRow is one row that a reviewer has given back: why, and where it is mended.
type ReturnedRow struct {
	Name   string
	Title  Text
	Answer Text // the row, who returned it, why
	URL    string
	Do     Text
}
