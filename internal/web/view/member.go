package view

import "zhibu/internal/civil"

// MemberPage is one member's record. The same struct makes «my record» with Own set.
type MemberPage struct {
	ID, Name string
	Category Text
	Branch   OrgRef
	Tags     []Tag
	Lead     Text
	Facts    []FactGroup
	Complete Completeness
	Timeline []Event
	Looks    []Look
	LooksURL string         // all of them, "" if these are all
	Material *DocumentsCard // nil for who may not see documents
	Revealed []Revealed     // full values shown on this page after a reveal
	May      MemberRights
	Own      bool
	Way      string  // the way into the Party step by step, of whoever is on it
	Duties   []Todo  // what the member has to do, on the own record
	Ended    *Ending // set when the record has ended
	AsOf     LookBack
	Asked    Asked     // facts of the own record that are to be asked again
	NewFact  string    // address of the form for a dated fact, "" if the viewer may not
	Pending  *Pending  // set while nobody has reviewed the record
	Limited  *Limited  // set while the record is kept and not used
	Waiting  []Waiting // changes that are about no single fact: to another branch, off the register
}

// Limited is a restriction of use: until when, by whom, and where it can be lifted.
type Limited struct {
	Until civil.Date
	By    string
	URL   string // the request that asked for it, where the viewer may see it
}

// MemberRights says which acts the viewer may do with the record.
type MemberRights struct {
	Mend, Move, End, Restore, Reveal, Print bool
	Destroy, Unite, Separate                bool
	Log                                     bool // what the book says of her, and what is due
}

// FactGroup is a heading with its facts.
type FactGroup struct {
	Title Text
	Note  Text
	Facts []Fact
}

// Fact is one fact with where it comes from.
type Fact struct {
	Key      string // names the fact in addresses and forms: name, idno, born, joined, confirmed, …
	Label    Text
	Value    Text // as it may be shown: masked where the role may not see more; zero: not known
	Strong   bool
	Quoted   bool // words of a regulation or of a person: Chinese whatever the language of the page, and marked so
	Tags     []Tag
	Source   Text   // from what document or act
	By       string // who entered it
	On       string // when, a day
	Secret   bool   // shown in part only; a link leads to the reveal form
	MayMend  bool
	MendURL  string    // the form that mends it, "" for PathMend
	Waiting  []Waiting // what is proposed to be otherwise
	Note     Text      // how a computed value is computed
	URL      string    // the value links there
	Proof    string    // address of the document that proves it
	History  string    // address of this fact's history
	Register string    // address of the entry in the register of fields, "" none
}

// Waiting is a change that waits for a second person, in a line: who asked for it when, what it is to be, with what
// proof, and who answers.
type Waiting struct {
	State Tag
	Text  Text
	URL   string // where it is decided, or its stand is shown
	Do    Text   // label of that link
}

// Completeness says how much of the record is known and what is missing.
type Completeness struct {
	Percent, Have, Of int
	Missing           []Missing
}

// Missing is a gap in the record.
type Missing struct {
	Label Text
	How   Text // who can fill it and from what
	URL   string
}

// Event is a dated event of the record. Kind is major (red), done, now or wait.
type Event struct {
	Day      civil.Date
	Title    Text
	Detail   Text
	Kind     string
	By       string
	Recorded string
	URL      string // where it can be corrected, "" if the viewer may not
	Dispute  string // where it can be doubted
	Tags     []Tag
	Proofs   []Link // documents that prove it
}

// Look is an opening, a reveal or an export of the record by somebody.
type Look struct {
	When, Who string
	What      Text
	Purpose   string
}

// Looks is the page with all who looked at a record.
type Looks struct {
	ID, Name string
	Own      bool
	Items    []Look
	Pager    Pager
}

// Pending marks a record that nobody has reviewed, or that was returned.
type Pending struct {
	Text     Text // where the record comes from
	Answer   Text // why it was returned, and by whom
	Todo     Text // what is to be done now
	URL      string
	Do       Text
	BatchURL string // the import it came with, "" for none or for who may not see it
}

// Ending tells how a record ended.
type Ending struct {
	Kind     Text
	Day      civil.Date
	Decision string
	By       string
}

// Revealed is a full value shown once.
type Revealed struct {
	Label Text
	Value string
}

// MemberRef heads the forms about a member.
type MemberRef struct {
	ID, Name string
	Category Text
	Branch   OrgRef
}

// MemberNew is the form that adds a member. Fields: name, idno, category, org (Picker or id), joined, confirmed,
// ethnic, education, work, phone, source, reason.
type MemberNew struct {
	Form       Form
	Orgs       []Option
	OrgChoices []OrgRef
	Categories []Option
	Ethnics    []Option
	Educations []Option
	Sources    []Option
	Same       []MemberRef // persons with the same name and birthday month in scope, to be looked at first
}

// RevealForm asks the purpose before a full value is shown. Fields: what (many), purpose, purpose-text.
type RevealForm struct {
	Form     Form
	Member   MemberRef
	What     []Option
	Purposes []Option
}

// RevealResult shows the full values once.
type RevealResult struct {
	Member  MemberRef
	Values  []Revealed
	Purpose string
	Event   string // number of the event in the audit log
}

// The ways a fact is typed.
const (
	MendText   = "text"
	MendDay    = "day"
	MendChoice = "choice"
	MendYesNo  = "yesno"
	MendNumber = "number" // digits, a secret value typed anew
)

// MendForm mends one fact. Fields: value (a date by its three inputs), and for MendYesNo also day or text in extra;
// source, reason, since.
type MendForm struct {
	Form     Form
	Member   MemberRef
	Key      string
	Label    Text
	Hint     Text
	Now      Text // what stands now, as the viewer may see it
	Kind     string
	Options  []Option
	Extra    *Field // a second input that belongs to a yes: where to, since when
	ExtraDay bool   // Extra is a date
	Sources  []Option
	Dated    bool // ask from when it is true (since)
}

// MemberMove moves a member to another branch in one's scope. Fields: target, day, reason.
type MemberMove struct {
	Form    Form
	Member  MemberRef
	Orgs    []Option
	Choices []OrgRef
}

// MemberEnd ends a record. Fields: kind, day, decision, reason.
type MemberEnd struct {
	Form   Form
	Member MemberRef
	Kinds  []Option
}

// MemberRestore takes an ended record back. Fields: day, decision, reason.
type MemberRestore struct {
	Form   Form
	Member MemberRef
	Ended  Ending
}
