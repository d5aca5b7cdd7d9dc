package vote

import (
	"zhibu/internal/civil"
	"zhibu/internal/party/rulebook"
)

// Type is what is voted on.
type Type string

// The types.
const (
	Admission    Type = "admission"    // 接收预备党员
	Confirmation Type = "confirmation" // 预备党员转正
	Resolution   Type = "resolution"   // 支部党员大会的其他决议
	Committee    Type = "committee"    // 支部委员会会议
	Election     Type = "election"     // 选举支部委员会
)

// Types are all of them.
var Types = []Type{Admission, Confirmation, Resolution, Committee, Election}

// Ballot is what was counted. Counts that nobody gave are 0.
type Ballot struct {
	Type                  Type
	On                    civil.Date
	ShouldAttend, Present int
	Yes, No, Abstain      int
	WrittenYes            int // agreement of absent voters, in writing and before the meeting
	Seats                 int
	Issued, Collected     int
	Candidates            []Candidate
}

// Candidate is somebody to be elected.
type Candidate struct {
	Name string
	Yes  int
}

// Verdict is the judgement with everything it rests on.
type Verdict struct {
	Valid   bool
	Passed  bool     // never for an election
	Elected []string // most votes first
	Runoff  []string // tied for the remaining seats
	Rules   []rulebook.Citation
	Why     []rulebook.Reason
}

// cite notes rules that decided, met or broken.
func (v *Verdict) cite(rules ...rulebook.Rule) {
	for _, r := range rules {
		v.Rules = append(v.Rules, r.Citation())
	}
}

func (v *Verdict) because(r rulebook.Reason) { v.Why = append(v.Why, r) }

// Judge applies the versions in force on the day of the vote.
func Judge(b *rulebook.Book, ballot Ballot) Verdict {
	rule := func(id string) rulebook.Rule { return b.At(id, ballot.On) }
	switch ballot.Type {
	case Admission:
		return assembly(ballot, rule("D-26"), rule("D-27"), rule("D-28"))
	case Confirmation: // the same quorum and majority (D-39)
		return assembly(ballot, rule("D-26"), rule("D-27"), rule("D-28"), rule("D-39"))
	case Committee:
		return simple(ballot, rule("B-10"))
	case Election:
		return election(ballot, rule("E-06"), rule("E-08"), rule("E-09"), rule("E-10"), rule("E-11"))
	}
	return simple(ballot, rule("B-12"))
}

// assembly judges admission and confirmation: quorum, majority and the written agreement of absent voters.
func assembly(b Ballot, quorum, majority, written rulebook.Rule, others ...rulebook.Rule) Verdict {
	var v Verdict
	v.cite(quorum, majority)
	v.cite(others...)
	yes := b.Yes
	if b.WrittenYes > 0 && written.Switch("written_switch") {
		v.cite(written)
		v.because(rulebook.Because("未到会的书面赞成 %d，计入票数，不计入到会", b.WrittenYes))
		yes += b.WrittenYes
	}
	if v.Valid = v.possible(b) && v.writtenPossible(b, yes-b.Yes); !v.Valid {
		return v
	}
	v.Valid = v.attended(quorum.Share("present_share"), b)
	v.Passed = v.agreed(majority.Share("yes_share"), yes, b.ShouldAttend) && v.Valid
	return v
}

// simple judges what one rule decides: resolutions of the assembly and of the committee.
func simple(b Ballot, rule rulebook.Rule) Verdict {
	var v Verdict
	v.cite(rule)
	if v.Valid = v.possible(b); !v.Valid {
		return v
	}
	v.Valid = v.attended(rule.Share("present_share"), b)
	v.Passed = v.agreed(rule.Share("yes_share"), b.Yes, b.ShouldAttend) && v.Valid
	return v
}

func (v *Verdict) attended(s rulebook.Share, b Ballot) bool {
	need := s.Least(b.ShouldAttend)
	if s.Met(b.Present, b.ShouldAttend) {
		v.because(rulebook.Because("应到 %d，实到 %d，需 %d，符合到会人数", b.ShouldAttend, b.Present, need))
		return true
	}
	v.because(rulebook.Because("应到 %d，实到 %d，需 %d，到会人数不够", b.ShouldAttend, b.Present, need))
	return false
}

func (v *Verdict) agreed(s rulebook.Share, yes, of int) bool {
	need := s.Least(of)
	if s.Met(yes, of) {
		v.because(rulebook.Because("赞成 %d，需 %d，达到", yes, need))
		return true
	}
	v.because(rulebook.Because("赞成 %d，需 %d，没有达到", yes, need))
	return false
}

// possible tells whether the counts can be true at all. A verdict on impossible counts would be one on a typing error.
func (v *Verdict) possible(b Ballot) bool {
	switch {
	case b.ShouldAttend == 0:
		v.because(rulebook.Because("应到人数没有填"))
	case b.Present > b.ShouldAttend:
		v.because(rulebook.Because("实到 %d 多于应到 %d，请核对人数", b.Present, b.ShouldAttend))
	case b.Yes+b.No+b.Abstain > b.Present:
		v.because(rulebook.Because("赞成、反对、弃权共 %d 票，多于实到 %d，请核对票数", b.Yes+b.No+b.Abstain, b.Present))
	default:
		return true
	}
	return false
}

func (v *Verdict) writtenPossible(b Ballot, written int) bool {
	if absent := b.ShouldAttend - b.Present; written > absent {
		v.because(rulebook.Because("书面赞成 %d 多于未到会的 %d 人，请核对", written, absent))
		return false
	}
	return true
}
