package view

import "zhibu/internal/civil"

// Accounts is the list. GET q, role, state; batch POST to PathSlips with id.
type Accounts struct {
	Filter   Form
	Roles    []Option
	States   []Option
	Rows     []AccountRow
	Pager    Pager
	MayMake  bool
	MaySlip  bool
	MayCheck bool
	Form     Form // token for the batch form
}

// AccountRow is an account in the list.
type AccountRow struct {
	ID, Account, Name string
	Posts             []Post
	State             Tag
	Last              string // last sign-in
}

// Post is a role in an organisation.
type Post struct {
	ID          string
	Role        Text
	Org         OrgRef
	From, Until civil.Date
	Basis       string
	For         string // of whom it is lent
	Held        bool   // in force or to come, and the viewer may take it back
}

// AccountNew is the form for one account. Fields: account, name, org (Picker or id), member, and where the viewer may
// grant one: role, day, until, basis.
type AccountNew struct {
	Form       Form
	Roles      []Option // those the viewer may grant; none: the account begins without one
	Members    bool     // the viewer may tie the account to a member's record
	Orgs       []Option
	OrgChoices []OrgRef
}

// AccountsList is the form for accounts from an Excel list. Multipart field: file. After a check Rows tell what would
// be made; Ready offers to make them (POST act=make with batch).
type AccountsList struct {
	Form  Form
	Batch string
	Rows  []AccountListRow
	Ready int
	Bad   int
	Roles []Option
}

// AccountListRow is a row of the uploaded list.
type AccountListRow struct {
	Row                               int
	Name, Account, Role, Organisation string
	Problem                           string // "" good
}

// AccountPage is one account. Acts are POSTs: lock (reason, how: lock, disable or sessions), unlock (reason), slip, post
// (role, org, day, until, basis), post-end (post).
type AccountPage struct {
	ID, Account, Name string
	State             Tag
	Facts             []Fact
	Posts             []Post
	Form              Form
	Roles             []Option
	Orgs              []Option
	OrgChoices        []OrgRef
	May               AccountRights
	LockedWhy         Text
	Links             LinkList
}

// AccountRights says what the viewer may do with the account.
type AccountRights struct{ Lock, Unlock, Slip, Grant, Revoke, DropFactor, Prove bool }

// Slips is the printed page of one-time slips, to be cut apart.
type Slips struct {
	Items []Slip
	Made  string
	By    string
	Back  string
}

// Slip is one slip.
type Slip struct {
	Name, Account, Organisation string
	Code                        string // as it is typed, in groups
	URL                         string // what the QR holds: the sign-in page, account and code behind the #, which no server sees
	Expires                     string
}
