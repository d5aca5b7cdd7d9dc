package view

// Audit is the search in the log. GET actor, what, object, org, from, until (days), request; after and before page.
type Audit struct {
	Filter Form
	Whats  []Option
	Rows   []AuditRow
	Pager  Pager
	Clear  string
	Chain  ChainMark
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
	Witness    string // when the witness file last saw it
	KeyName    string
	Result     *ChainResult
	Restored   []Text // restores recorded in the chain
}

// ChainResult is what verifying found.
type ChainResult struct {
	When   string
	Took   string
	Good   bool
	Events int
	Rows   int // live rows compared with their last image
	Faults []ChainFault
}

// ChainFault is one thing that does not fit.
type ChainFault struct {
	Where Text
	What  Text
	Link  Link
}
