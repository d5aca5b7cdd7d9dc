package view

// Reviews is the queue of what waits for a second person. GET what (changes, records), state (pending, returned), after.
// POST batch approves the clean rows of an import together.
type Reviews struct {
	Form    Form
	Batches []ReviewBatch
	Items   []ReviewLine
	Tabs    []ReviewTab
	Batch   Link // the import that the list is confined to, zero: none
	Pager   Pager
}

// ReviewBatch is an import of which rows wait.
type ReviewBatch struct {
	ID, File, By, When string
	Clean              int    // rows without a warning, unchanged since
	URL                string // its rows in the queue
	Does               Text   // how far an approval is, zero when none is under way
	May                bool   // the viewer may approve the clean rows together
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
	URL   string // where it is decided, "" for PathReview
	Title Text   // 更正学历
	Name  string
	Org   OrgRef
	By    string
	Since string
	Age   Tag
	Owner string // organisation that is asked
	Brief []Text // old and new in a line each, where the viewer's role sees them
	Mine  bool   // the viewer's own organisation is asked
}

// ReviewItem is one thing that waits, old and new side by side. POST approve; return with reason; withdraw; show;
// open with document shows a document's pages on the page. GET correct/FACT is the form that corrects one fact.
type ReviewItem struct {
	Form     Form
	ID       string
	Title    Text
	Member   MemberRef
	Own      bool // the viewer's own record
	State    Tag
	Rows     []ReviewRow
	Record   bool // a record that nobody has reviewed: there is no old side
	Sealed   bool // values are shown by their tails; POST show gives them in full
	By, When string
	Asked    Text   // who answers, zero when it is decided
	Settled  Text   // who decided it and when
	Since    string // the day from which it is to be true, "" for always
	Reason   string
	Evidence string
	Unproven bool          // a key fact for which no document is named
	Papers   []ReviewPaper // documents that came with it, or prove what it is about
	Unseen   int           // documents that the viewer's role does not open
	Answer   Text          // why it was returned, and by whom
	Beside   []Link        // other changes to the same facts that wait
	Warnings []Text        // what the check of the import, or of today, says
	Why      Text          // why the viewer cannot decide it
	Decide   bool
	Withdraw bool
	MendURL  string // where the returned is mended, "" if not by the viewer
	Next     string // what waits next, to go on to
}

// ReviewPaper is a document beside what it proves.
type ReviewPaper struct {
	DocumentRef
	Opened bool // its pages are shown, since the viewer has said for what
}

// ReviewRow is one fact, before and after.
type ReviewRow struct {
	Label    Text
	Old, New Text
	From     Fact   // where the old value comes from
	Key      bool   // a key fact, which needs its document
	Changed  bool   // the record has changed since it was proposed
	Correct  string // the form that corrects it, "" where the viewer cannot
}

// ReviewCorrect corrects one fact of what waits. Fields as of MendForm.
type ReviewCorrect struct {
	ID   string
	Mine bool // whoever entered it mends it; otherwise the correction goes back to her to be confirmed
	Mend MendForm
}
