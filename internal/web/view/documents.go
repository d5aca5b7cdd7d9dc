package view

// Documents is what a member's file holds in pictures: the archive list with what is missing, and every document.
type Documents struct {
	Form      Form          // of the documents that can be taken back
	Removed   []DocumentRef // for who may take them back
	Member    MemberRef
	Own       bool
	Materials []Material
	Missing   int
	Rule      string // the article that says what belongs in a file
	RuleID    string
	Loose     bool // admitted before that article: what was not made then is not missing
	Items     []DocumentRef
	Arriving  []Arrival // the viewer's uploads to this file that are no documents yet
	MayAdd    bool
}

// Arrival is an upload that is taken apart page by page; one that is a document has Done.
type Arrival struct {
	ID     string
	Kind   Text
	Pages  int
	Of     int  // 0 while it waits for its turn
	Failed Text // why, zero while it goes on
	Again  bool // it may be tried once more
	Done   bool
	Files  string // address of the member's documents
	Since  string
}

// ArrivalShown is its page.
type ArrivalShown struct {
	Form    Form
	Member  MemberRef
	Arrival Arrival
}

// Material is one that the file is to hold.
type Material struct {
	Kind Text
	Have int
	From Text   // who supplies it
	Add  string // address of the form that adds it, "" where the viewer may not
}

// DocumentRef is a document in a list, with a small picture on which nothing can be read.
type DocumentRef struct {
	ID    string
	Kind  Text
	Title string
	Pages int
	By    string
	On    string // a day
	Facts []Text // that it proves
}

// DocumentsCard sums a file up on the record.
type DocumentsCard struct {
	URL           string
	Have, Missing int
	Arriving      []Arrival // the viewer's uploads that are no documents yet
	Copy          string    // address of the form that makes a copy of the record, "" where the viewer may not
}

// DocumentNew is the form that adds a document. Fields: kind, title, facts (many), file (many).
type DocumentNew struct {
	Form    Form
	Member  MemberRef
	Own     bool
	Kinds   []Option
	Facts   []Option
	LimitMB int
}

// DocumentAsk asks the purpose before a document is opened. Fields: purpose, purpose-text.
type DocumentAsk struct {
	Form     Form
	Member   MemberRef
	Document DocumentRef
	Purposes []Option
}

// DocumentShown is one page of an opened document.
type DocumentShown struct {
	Member   MemberRef
	Document DocumentRef
	Page     int
	Mark     Text // who looks, when and for what
	Own      bool
	Remove   string // address of the form that removes it, "" where the viewer may not
	Dispute  string // address of the form that doubts it
}

// HandoverForm asks what for and to whom a copy of the record is made. Fields: purpose, purpose-text, recipient, images.
type HandoverForm struct {
	Form     Form
	Member   MemberRef
	Own      bool
	Purposes []Option
}

// DocumentRemove asks why a document is removed. Field: reason.
type DocumentRemove struct {
	Form     Form
	Member   MemberRef
	Document DocumentRef
	Days     int // for which it can be taken back
}
