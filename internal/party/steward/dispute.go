package steward

import (
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/store"
	"zhibu/internal/trust/rotation"
	"zhibu/internal/words"
)

// State says how a dispute stands.
type State string

// The states.
const (
	Open      State = "open"
	Settled   State = "settled"
	Withdrawn State = "withdrawn"
)

var stateNames = map[State]string{Open: words.Mark("等答复"), Settled: words.Mark("已答复"), Withdrawn: words.Mark("已撤回")}

// Name is the state in Chinese, a key of the catalogue.
func (s State) Name() string { return stateNames[s] }

// Origin says who doubted: the member, the branch that keeps the record, or an organisation above.
type Origin string

// The origins.
const (
	ByMember   Origin = "member"
	ByBranch   Origin = "branch"
	BySuperior Origin = "superior"
	ByImport   Origin = "import" // a sheet says otherwise
)

var originNames = map[Origin]string{ByMember: words.Mark("本人提出"), ByBranch: words.Mark("支部提出"), BySuperior: words.Mark("上级提出"), ByImport: words.Mark("导入时发现不一致")}

// Name is the origin in Chinese, a key of the catalogue.
func (o Origin) Name() string { return originNames[o] }

// Outcome says what became of the fact.
type Outcome string

// The outcomes.
const (
	Kept    Outcome = "kept"
	Changed Outcome = "changed"
)

var outcomeNames = map[Outcome]string{Kept: words.Mark("核对无误，不改"), Changed: words.Mark("确实有误，已经提出更正")}

// Outcomes are both, in the order of the form.
var Outcomes = []Outcome{Kept, Changed}

// Name is the outcome in Chinese, a key of the catalogue.
func (o Outcome) Name() string { return outcomeNames[o] }

// Cause is where a wrong fact came from. It is counted per cause, organisation and month. That somebody in particular
// made a mistake is no figure of this program.
type Cause string

// The causes. NoFault goes with a fact that was right.
const (
	Entry   Cause = "entry"
	Review  Cause = "review"
	Source  Cause = "source"
	Import  Cause = "import"
	Program Cause = "program"
	NoFault Cause = "none"
)

var causeNames = map[Cause]string{Entry: words.Mark("录入环节"), Review: words.Mark("审核环节"), Source: words.Mark("原始材料有误或者过时"), Import: words.Mark("导入环节"),
	Program: words.Mark("程序的问题"), NoFault: words.Mark("没有错")}

// Causes are all, in the order of the form.
var Causes = []Cause{Entry, Review, Source, Import, Program, NoFault}

// Name is the cause in Chinese, a key of the catalogue.
func (c Cause) Name() string { return causeNames[c] }

// Dispute is a fact that somebody doubts, of a record or of an organisation itself. Member is the record, under whose key
// the texts are sealed; a dispute about an organisation has a key of its own, under its own id, which then stands here.
type Dispute struct {
	ID, Member, OrgPath string
	Subject             // what is doubted
	Kind                Kind
	Origin              Origin
	Owner               string // id of the organisation whose steward is asked
	State               State
	Outcome             Outcome
	Proposal            string // id of the change that was proposed because of it
	Text                string // what is doubted
	Answer              string
	Cause               Cause
	Account, Actor      string // who raised it
	Person              string // member id of who raised it
	Due                 civil.Date
	Escalated           int64 // how often it went up
	SettledAt           time.Time
	Decider             string
	Version             int64

	content, answer []byte
}

// At is when it was raised.
func (d Dispute) At() time.Time { return store.Made(d.ID) }

// Overdue tells whether it should have been answered.
func (d Dispute) Overdue(on civil.Date) bool { return d.State == Open && on.After(d.Due) }

// SealedDisputes is where the texts of disputes lie under the members' keys.
var SealedDisputes = rotation.Sealed{Table: "dispute", Holder: "member_id", Columns: []string{"content", "answer"}}

const (
	contentSeal = "dispute.content"
	answerSeal  = "dispute.answer"
	longest     = 500
)

// replied is a sealed answer: the cause lies in it, so that nothing can be counted by who entered a fact.
type replied struct {
	Text  string `json:"text"`
	Cause Cause  `json:"cause"`
}

const columns = "id, member_id, org_path, field, kind, origin, owner_id, state, outcome, proposal_id, content, answer, account_id, actor, person, due_on, escalated, settled_at, decider, version"

func scan(row store.Row) (d Dispute, err error) {
	var settled int64
	var subject string
	err = row.Scan(&d.ID, &d.Member, &d.OrgPath, &subject, &d.Kind, &d.Origin, &d.Owner, &d.State, &d.Outcome, &d.Proposal, &d.content, &d.answer, &d.Account, &d.Actor, &d.Person,
		&d.Due, &d.Escalated, &settled, &d.Decider, &d.Version)
	d.Subject = subjectOf(subject)
	if settled > 0 {
		d.SettledAt = time.UnixMicro(settled)
	}
	return d, err
}
