package view

// Audit is the search in the log. GET actor, what, object, org, from, until (days), request; after and before page.
type Audit struct {
	Filter Form
	Whats  []Option
	Rows   []AuditRow
	Pager  Pager
	Clear  string
	Chain  *ChainMark // for whoever may read the whole log; nil: what was done in the viewer's area
}

// AuditRow is an event in the list.
type AuditRow struct {
	ID, When string
	Seq      int
	Actor    string
	Post     Text
	What     Text
	Object   Text
	Reason   string
	Kind     string // TagInfo for reads, "" for writes, TagSoon for refusals
}

// ChainMark is the state of the chain in a line.
type ChainMark struct {
	Size    int
	Checked string // when it was last verified, "" never
	Good    bool
}

// AuditEvent is one event with what it changed.
type AuditEvent struct {
	Row     AuditRow
	Facts   []Fact
	Changes []Change
	Cut     Text // why not all changes stand there, zero: they do
	Prev    string
	Next    string
	Object  Link
}

// Change is a field before and after; sensitive values are masked in both.
type Change struct {
	Table         string
	Field         Text
	Before, After string
	Masked        bool
}

// Chain is the state of the chain and the result of verifying. POST verifies.
type Chain struct {
	Form       Form
	Size       int
	Root       string // hash of the root
	Checkpoint string // when the last checkpoint was signed
	Witness    Text   // when the witness file last saw it, and how far
	KeyName    string
	Result     *ChainResult
	Restored   []Text // restores recorded in the chain
	Running    *ImportProgress
	Stopped    Text // why verifying broke off
	MayVerify  bool
	MayTake    bool // the proof of a period, to be verified off line. POST to PathBundle with from, until
}

// ChainResult is what verifying found.
type ChainResult struct {
	When   string
	Took   string
	Good   bool
	Acts   int
	Events int // changes recorded in them
	Faults []ChainFault
	More   int // faults that are not listed
}

// ChainFault is one thing that does not fit.
type ChainFault struct {
	Where Text
	What  Text
	Link  Link
}

// eventLead says where in the chain an event stands; one that is not chained yet has only its time.
func eventLead(r AuditRow) Text {
	if r.Seq == 0 {
		return Say("%s，还没有编入日志链。", r.When)
	}
	return Say("日志第 %d 条，%s。", r.Seq, r.When)
}
