package view

import "zhibu/internal/civil"

// Asked are facts of the own record that are to be asked again: a handful, each answered by one tap.
type Asked struct {
	Form  Form
	Facts []AskedFact
}

// AskedFact is one of them.
type AskedFact struct {
	ID    string // what the tap sends
	Label Text
	Value Text // as the viewer may see it
	Since civil.Date
	Wrong string // address where it is put right, "" if the viewer may not
}

// ToCheck is the list of what the branch is asked again.
type ToCheck struct {
	Form  Form
	Lead  Text
	Items []CheckItem
	Pager Pager
}

// CheckItem is one member with the facts to be asked. Fields: fact, many of AskedFact.ID; one, a single one.
type CheckItem struct {
	Member MemberRef
	Why    Text // why the branch is asked and not the member
	Facts  []AskedFact
}
