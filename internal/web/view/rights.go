package view

// WhoSees tells who may see a record and why. For the member herself it names posts, not people.
type WhoSees struct {
	Name string
	Own  bool
	List []Reason
}

// Reason is one reason for which somebody may see something.
type Reason struct {
	Who     Text   // whose account, or the post
	URL     string // of the account, where the viewer may open it
	Role    Text
	Org     OrgRef
	Rule    string // line of the table
	Text    Text   // what the line allows
	Sees    []Text // classes of fields
	Period  Text   // from and until when
	Basis   string
	GivenBy string
	Given   string
	For     string // of whom it is lent
}

// Opens tells what an account sees and may do, grant by grant.
type Opens struct {
	ID, Name string
	Grants   []OpenedGrant
}

// OpenedGrant is one grant with the lines of the table that it opens.
type OpenedGrant struct {
	Reason Reason
	Lines  []OpenedLine
}

// OpenedLine is a line of the table.
type OpenedLine struct {
	Rule string
	Text Text
	Sees []Text
}

// Deputies is what the viewer lends to others and has from others. POST act=lend with grant, account, day, until,
// reason; act=end with lent.
type Deputies struct {
	Form  Form
	Own   []Option // grants that can be lent
	Lent  []Lent   // lent to others
	Given []Lent   // lent by others
}

// Lent is a lent grant.
type Lent struct {
	ID     string
	Who    string // the other side
	Role   Text
	Org    OrgRef
	Period Text
	Basis  string
}

// TokenNew issues an API token. Fields: label, day (last day), shown. Text is the token, shown once.
type TokenNew struct {
	Form   Form
	Second bool // a code is asked for, else the password
	Most   int  // days
	Token  string
	Until  string
}

// RoleCheck lists roles that wait for this quarter's look. POST id… confirms them.
type RoleCheck struct {
	Form    Form
	Quarter string
	Rows    []RoleCheckRow
	Total   int
	Late    bool
}

// RoleCheckRow is one role.
type RoleCheckRow struct {
	ID, Account, Name, Login string
	Role                     Text
	Org                      OrgRef
	Period                   Text
	Basis                    string
	For                      string
}

// Policy is the settings of passwords, locks and sessions. The fields are the settings' ids.
type Policy struct {
	Form  Form
	Knobs []Knob
	May   bool
}

// Knob is one setting.
type Knob struct {
	ID       string
	Label    Text
	Value    string
	Standard int
	Min, Max int
}
