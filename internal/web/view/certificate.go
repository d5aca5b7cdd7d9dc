package view

// Certificate is what remains of a destroyed record: an official paper, without a name.
type Certificate struct {
	Number       string // of the procedure
	Organisation string // at whose office it was done
	Record       string // identifier of the record, which is that of its key
	Class, Basis Text
	Reason       string
	Document     string
	Proposed     Signed
	Approved     Signed
	Destroyed    Text // the day, in words
	Steps        []Fact
	Proof        []Fact // that it stands in the log
}

// Signed is who did a step, in which post, when.
type Signed struct {
	Who  string
	Post Text
	When string
}
