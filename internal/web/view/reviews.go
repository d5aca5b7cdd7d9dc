package view

// Reviews is the queue of what waits for a second person. GET what (changes, records), state (pending, returned), after.
type Reviews struct {
	Items []ReviewLine
	Tabs  []ReviewTab
	Pager Pager
}

// ReviewTab is one sort of what waits, with how many there are.
type ReviewTab struct {
	Text Text
	URL  string
	Here bool
}

// ReviewLine is one thing that waits.
type ReviewLine struct {
	ID    string
	Title Text // 更正学历
	Name  string
	Org   OrgRef
	By    string
	Since string
	Age   Tag
	Owner string // organisation that is asked
}

// ReviewItem is one thing that waits, old and new side by side. POST approve; return with reason; withdraw; show.
type ReviewItem struct {
	Form     Form
	ID       string
	Title    Text
	Member   MemberRef
	State    Tag
	Rows     []ReviewRow
	Record   bool // a record that nobody has reviewed: there is no old side
	Sealed   bool // values are shown by their tails; POST show gives them in full
	By, When string
	Owner    string
	Reason   string
	Evidence string
	Answer   Text   // why it was returned, and by whom
	Warnings []Text // what the check of the import, or of today, says
	Why      Text   // why the viewer cannot decide it
	Decide   bool
	Withdraw bool
	MendURL  string // where the returned is mended, "" if not by the viewer
}

// ReviewRow is one fact, before and after.
type ReviewRow struct {
	Label    Text
	Old, New Text
	Key      bool // a key fact, which needs its document
	Changed  bool // the record has changed since it was proposed
}
