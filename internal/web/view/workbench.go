package view

import "zhibu/internal/civil"

// Workbench is the first page after signing in: what needs attention and what waits, computed from records.
type Workbench struct {
	Today     civil.Date
	Stats     []Stat // up to four head counts
	Reviews   []QuickReview
	More      bool        // more than these wait for the viewer
	Groups    []TodoGroup // what waits for the viewer, by urgency
	Branches  []BranchRow // branches that need attention come first
	AllURL    string      // the list of all branches
	BranchAll int         // how many branches there are
	Soon      []Soon      // dates that come
	Computed  Text        // when and from what the figures were computed
}

// Stat is a head count.
type Stat struct {
	Label Text
	N     int
	Unit  Text
	Note  Text
	URL   string
	Hot   bool
}

// QuickReview is a change that waits for the viewer; POST approve with back=workbench confirms one where Confirm says so.
type QuickReview struct {
	ReviewLine
	Form    Form
	Confirm bool
}

// TodoGroup is a heading with its items.
type TodoGroup struct {
	Title Text
	Items []Todo
}

// Todo is one thing that waits: what, why, on what basis, and the way to do it.
type Todo struct {
	Title  Text
	URL    string
	Tag    Tag
	Detail Text
	Basis  Text   // article or rule; regulations stay Chinese
	Rule   string // its id, "" where the basis stands in no rulebook
	Action Text   // label of the button
	Late   bool
	Do     string // where the button leads, "" the same place
}

// BranchRow is a branch on the workbench.
type BranchRow struct {
	Org       OrgRef
	Members   int
	Complete  int    // average completeness of the records, percent
	Pending   int    // records waiting for review
	Attention []Text // what needs attention, "" list: nothing
	Basis     Text
}

// Soon is a dated matter.
type Soon struct {
	Day    civil.Date
	Title  Text
	Detail Text
	URL    string
}
