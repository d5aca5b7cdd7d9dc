package review

import (
	"encoding/json"
	"strings"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/party/member"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// State is how a proposal stands.
type State string

// The states.
const (
	Waiting   State = "pending"
	Returned  State = "returned" // back with whoever proposed it
	Approved  State = "approved"
	Withdrawn State = "withdrawn"
)

// Level says who may decide.
type Level string

// The levels.
const (
	Branch   Level = "branch"   // the branch's own second person or whoever is above
	Superior Level = "superior" // a reviewer of an organisation above
)

// Proposal is a change to a reviewed record that waits, or waited, for a second person.
type Proposal struct {
	ID        string
	Kind      string // member.DoMend, DoMove, DoEnd, DoRestore, DoFact, DoFactMend, DoFactRetire, DoUnite, DoSeparate
	Member    string
	OrgPath   string
	Fields    []roster.Column // the facts that change; what they are to be is sealed
	Basis     member.Basis
	Documents []string // ids of documents that prove it (party/document)
	Owner     string   // organisation whose reviewers are asked
	Level     Level
	Escalates time.Time // when the next organisation above is asked, zero: never
	State     State
	Account   string // who proposed
	Actor     string
	Person    string // the proposer's own member record, "" if none
	Confirmer string // account that confirms a reviewer's correction, "" when there is none
	DeciderID string
	Decider   string
	Decided   time.Time
	Answer    string // why it was returned
	Batch     string
	Row       int // of the imported sheet
	Version   int64

	content []byte
}

// Own tells whether the member herself asks for the change.
func (p Proposal) Own() bool { return p.Person == p.Member }

// by is who entered it, for the facts that follow from it.
func (p Proposal) by() ledger.Actor { return ledger.Actor{Account: p.Account, Name: p.Actor} }

// Open tells whether somebody still has to do something.
func (p Proposal) Open() bool { return p.State == Waiting || p.State == Returned }

// content is what a proposal is to change, sealed with the member's key.
type content struct {
	Values map[roster.Column]string `json:"values,omitempty"`
	Was    map[roster.Column]string `json:"was,omitempty"` // what stood when it was proposed
	New    map[roster.Column]string `json:"new,omitempty"` // of anything but a correction: what is told of what is to stand
	Notes  []roster.NoteText        `json:"notes,omitempty"`
	Ending member.EventKind         `json:"ending,omitempty"`
	To     string                   `json:"to,omitempty"`
	Fact   *member.NewFact          `json:"fact,omitempty"`          // a dated fact as it was typed; of one that is taken back its kind and why
	About  string                   `json:"about,omitempty"`         // id of the fact that is corrected or taken back
	AtWas  int64                    `json:"about_version,omitempty"` // and its version
	From   []roster.Column          `json:"from_other,omitempty"`    // facts that are taken from the other record
	Whole  bool                     `json:"whole,omitempty"`         // a reviewer's correction of a record: approved, the whole record is
}

const contentColumn = "proposal.content"

func contentOf(c *member.Change) content {
	out := content{Was: c.Old, Notes: c.Notes, Ending: c.Ending, To: c.To}
	if c.Kind == member.DoMend {
		out.Values = c.New
	} else {
		out.New = c.New
	}
	out.Fact, out.From = c.Entry, c.FromOther
	if c.Was != nil {
		out.About, out.AtWas = c.Was.ID, c.Was.Version
	}
	return out
}

func (c content) encoded() []byte {
	b, err := json.Marshal(c)
	if err != nil {
		panic(err) // strings always encode
	}
	return b
}

const columns = "id, kind, member_id, org_path, fields, content, reason, document, documents, on_date, owner_id, level, escalates, state, account_id, actor, person, " +
	"confirmer, decider_id, decider, decided, answer, batch, source_row, version"

func scan(row store.Row) (p Proposal, err error) {
	var fields, documents string
	var on civil.Date
	var escalates, decided int64
	err = row.Scan(&p.ID, &p.Kind, &p.Member, &p.OrgPath, &fields, &p.content, &p.Basis.Reason, &p.Basis.Document, &documents, &on, &p.Owner, &p.Level,
		&escalates, &p.State, &p.Account, &p.Actor, &p.Person, &p.Confirmer, &p.DeciderID, &p.Decider, &decided, &p.Answer, &p.Batch, &p.Row, &p.Version)
	p.Basis.On, p.Escalates, p.Decided = on, moment(escalates), moment(decided)
	p.Fields = columnsOf(fields)
	if err == nil && documents != "" {
		err = json.Unmarshal([]byte(documents), &p.Documents)
	}
	return p, err
}

func moment(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros)
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// row gives the stored columns of a proposal, in the order of columns.
func (p Proposal) row() []any {
	documents := ""
	if len(p.Documents) > 0 {
		b, err := json.Marshal(p.Documents)
		if err != nil {
			panic(err)
		}
		documents = string(b)
	}
	fields := make([]string, len(p.Fields))
	for i, f := range p.Fields {
		fields[i] = string(f)
	}
	return []any{p.ID, p.Kind, p.Member, p.OrgPath, strings.Join(fields, ","), p.content, p.Basis.Reason, p.Basis.Document, documents, p.Basis.On.String(), p.Owner,
		string(p.Level), micros(p.Escalates), string(p.State), p.Account, p.Actor, p.Person, p.Confirmer, p.DeciderID, p.Decider, micros(p.Decided),
		p.Answer, p.Batch, p.Row, p.Version}
}

// stored are the columns of row.
var stored = strings.Split(columns, ", ")

// columnsOf reads a list of fields as it is kept.
func columnsOf(text string) []roster.Column {
	var out []roster.Column
	for f := range strings.SplitSeq(text, ",") {
		if f != "" {
			out = append(out, roster.Column(f))
		}
	}
	return out
}
