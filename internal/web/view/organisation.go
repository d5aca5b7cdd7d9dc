package view

import "zhibu/internal/civil"

// OrgTree is the page of the organisation tree. Nodes hold the first levels; deeper ones come by link.
type OrgTree struct {
	Query string     // GET q
	Found []OrgFound // result of a search, when Query is set
	Nodes []OrgNode  // the tree from the viewer's organisation down
	Kinds []Bar      // how many of each kind
	Total int
	Today civil.Date
	AsOf  LookBack
}

// OrgNode is a node of the tree.
type OrgNode struct {
	Org      OrgRef
	Kind     Text
	Note     Text      // of a day: what is to be known of the name
	Members  int       // in the whole subtree; -1: not shown
	Below    int       // organisations directly below
	Open     bool      // children shown
	Children []OrgNode // those loaded; when Below > 0 and none are, a link loads them
	More     string    // address of further children, "" if all are here
}

// OrgFound is a search result.
type OrgFound struct {
	Org   OrgRef
	Kind  Text
	Where string // names of those above, joined by ›
	Ended civil.Date
}

// OrgPage is the page of one organisation.
type OrgPage struct {
	Log      bool // the viewer may see the log book and what is due
	Org      OrgRef
	Kind     Text
	Tags     []Tag
	Lead     Text
	Facts    []Fact
	Posts    []PostHolder // present and past
	Children []OrgChild
	ChildAll int // how many there are; ChildURL lists them when not all are shown
	ChildURL string
	Heads    Heads
	Acts     []Act
	May      OrgRights
	Members  string // address of the member list of this organisation
	AsOf     LookBack
	Kin      []Link // where it went on, where it came from
	State    Text   // as of a day: that it was not there
}

// OrgRights says which acts the viewer may do here.
type OrgRights struct{ Establish, Rename, Move, Abolish, Posts, Facts, Reopen, Merge, Split, Name, Dispute bool }

// PostHolder is a post and who holds it.
type PostHolder struct {
	ID          string // id of the post, for ending it
	Title       Text
	Name        string
	MemberID    string // "" if not a member here or not to be opened
	From, Until civil.Date
	MayEnd      bool
}

// OrgChild is a row of the organisations below.
type OrgChild struct {
	Org                          OrgRef
	Kind                         Text
	Members, Probationary, Below int
	Complete                     int // -1: not computed for a whole subtree
}

// Heads are the head counts of a subtree.
type Heads struct {
	Total      int
	ByCategory []Bar // full, probationary
	BySex      []Bar
	ByAge      []Bar // age bands
	Computed   Text
	Hidden     bool // the viewer's role sees no members: no counts are shown
}

// Act is a dated act of an organisation's history.
type Act struct {
	Day      civil.Date // when it holds from
	Title    Text
	Detail   Text
	By       string
	Recorded string // when it was entered
}

// OrgOptions is the fragment that a picker loads: names to choose from.
type OrgOptions struct{ Items []OrgRef }

// EstablishForm makes an organisation below another. Fields: name, short, code, kind, credit, phone, day, reason.
type EstablishForm struct {
	Form   Form
	Parent OrgRef
	Kinds  []Option
}

// RenameForm renames. Fields: name, short, day, reason.
type RenameForm struct {
	Form Form
	Org  OrgRef
}

// OrgMoveForm puts an organisation under another. Fields: target (Picker), day, reason.
type OrgMoveForm struct {
	Form    Form
	Org     OrgRef
	Parent  OrgRef
	Members int
	Below   int
	Choices []OrgRef // what the typed target may mean, when not unique
}

// AbolishForm ends an organisation. Fields: day, reason, decision.
type AbolishForm struct {
	Form    Form
	Org     OrgRef
	Members int // must be 0 before it may be done; otherwise the page says where to move them
	Below   int
}

// PostForm adds a holder of a post. Fields: title, member (Options or typed name), day, reason.
type PostForm struct {
	Form    Form
	Org     OrgRef
	Titles  []Option
	Members []Option // those who may be chosen, when few; otherwise the field is typed
}

// PostEndForm ends a post. Fields: day, reason.
type PostEndForm struct {
	Form Form
	Org  OrgRef
	Post PostHolder
}
