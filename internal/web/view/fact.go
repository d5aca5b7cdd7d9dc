package view

import "zhibu/internal/civil"

// FactHistory is the history of one fact of a record: what was true when, and what was entered when.
type FactHistory struct {
	Member  MemberRef
	Label   Text
	Now     Text
	Since   civil.Date // since when it is so, where that is known
	Spells  []FactSpell
	Entries []FactEntry
	Answers []Fact // who answers for it
	Dispute string // address of the form that doubts it, "" if the viewer may not
	Add     string // address of the form for an earlier value, "" if the viewer may not
}

// FactSpell is an earlier value with the days on which it was true.
type FactSpell struct {
	Value    Text
	From, To civil.Date
	By, On   string
	Because  Text
	Tags     []Tag
	URL      string // where it can be corrected
	Show     string // where it is shown in full, "" where it is or the viewer may not
}

// FactEntry is what the record said after an entry.
type FactEntry struct {
	Value    Text
	Act      Text
	By, When string
	Because  Text
	Show     string
}

// FactForm enters or corrects a dated fact. Fields: kind, from, to, text, by, detail, source, reason.
type FactForm struct {
	Form    Form
	Member  MemberRef
	Kinds   []Option // nil: the kind is settled
	Kind    Text
	Earlier bool     // an earlier value of a column: until is needed, no giver
	Options []Option // of a column with codes
	Sources []Option
	Proofs  []Option // documents of the file, where the viewer may see them
	Today   civil.Date
	ID      string // of the fact that is corrected; "": a new one
	Label   Text   // what the text is called
}
