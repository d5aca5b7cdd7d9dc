package review

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// OrgProposal is an act on an organisation that waits, or waited, for a second person. What it is to do is sealed with
// the key of the organisation that it is about.
type OrgProposal struct {
	ID        string
	Kind      string // one of org.Planned
	Org       string // what it is about; of an establishment the superior
	OrgPath   string
	Target    string // the new superior, the one that goes on, or the post that ends; "" for none
	Code      string // of what is to be set up
	Base      int64  // version of the organisation that the proposer saw
	Basis     org.Basis
	Owner     string    // organisation whose reviewers are asked
	Escalates time.Time // when the next organisation above is asked, zero: never
	State     State
	Account   string // who proposed
	Actor     string
	Person    string // the proposer's own member record, "" if none
	DeciderID string
	Decider   string
	Decided   time.Time
	Answer    string // why it was returned
	Version   int64

	content []byte
}

// Open tells whether somebody still has to do something.
func (p OrgProposal) Open() bool { return p.State == Waiting || p.State == Returned }

// Stood is how things stood when an act was proposed.
type Stood struct {
	Name      string `json:"name"`
	ShortName string `json:"short"`
	Parent    string `json:"parent,omitempty"` // short names
	Target    string `json:"target,omitempty"`
	Members   int    `json:"members,omitempty"`
	Below     int    `json:"below,omitempty"`
	Posts     int    `json:"posts,omitempty"`
	Unit      string `json:"unit,omitempty"`
	UnitKind  string `json:"unitKind,omitempty"`
	Credit    string `json:"credit,omitempty"`
	Contact   string `json:"contact,omitempty"`
	Phone     string `json:"phone,omitempty"`
}

// stood keeps of the facts of an organisation only those that an act changes.
func (s *Service) stood(ctx context.Context, kind string, o org.Outlook) (was Stood, err error) {
	was = Stood{Name: o.Of.Name, ShortName: o.Of.ShortName, Parent: o.Parent.ShortName, Target: o.Target.ShortName, Members: o.Members, Below: o.Below, Posts: o.Posts}
	if kind == org.ActChange {
		was.Unit, was.UnitKind, was.Credit, was.Contact = o.Of.Unit, string(o.Of.UnitKind), o.Of.CreditCode, o.Of.Contact
		was.Phone, err = s.Orgs.Phone(ctx, o.Of)
	}
	return was, err
}

// orgContent is what is sealed.
type orgContent struct {
	Plan org.Plan `json:"plan"`
	Was  Stood    `json:"was"`
}

const orgContentColumn = "org_proposal.content"

// OrgItem is an act on an organisation as a reviewer looks at it, worked out anew against the tree as it stands.
type OrgItem struct {
	ID       string
	Version  int64 // grows when the proposal or one of the organisations changes; deciding names the one that was shown
	Proposal OrgProposal
	Plan     org.Plan
	Was      Stood       // how things stood when it was proposed
	Is       Stood       // and as they stand
	Now      org.Outlook // what it comes to; of one that is settled, the names only
	Problem  *fault.Error
}

// Overtaken tells whether something of what the act is about has changed since it was proposed.
func (it *OrgItem) Overtaken() bool { return it.Proposal.Open() && it.Is != it.Was }

const orgColumns = "id, kind, org_id, org_path, target_id, code, content, base, reason, document, on_date, owner_id, escalates, state, account_id, actor, person, " +
	"decider_id, decider, decided, answer, version"

var orgStored = strings.Split(orgColumns, ", ")

func scanOrg(row store.Row) (p OrgProposal, err error) {
	var on civil.Date
	var escalates, decided int64
	err = row.Scan(&p.ID, &p.Kind, &p.Org, &p.OrgPath, &p.Target, &p.Code, &p.content, &p.Base, &p.Basis.Reason, &p.Basis.Document, &on, &p.Owner, &escalates,
		&p.State, &p.Account, &p.Actor, &p.Person, &p.DeciderID, &p.Decider, &decided, &p.Answer, &p.Version)
	p.Basis.On, p.Escalates, p.Decided = on, moment(escalates), moment(decided)
	return p, err
}

// row gives the stored columns in the order of orgColumns.
func (p OrgProposal) row() []any {
	return []any{p.ID, p.Kind, p.Org, p.OrgPath, p.Target, p.Code, p.content, p.Base, p.Basis.Reason, p.Basis.Document, p.Basis.On.String(), p.Owner, micros(p.Escalates),
		string(p.State), p.Account, p.Actor, p.Person, p.DeciderID, p.Decider, micros(p.Decided), p.Answer, p.Version}
}

// seal puts a plan under the organisation's key.
func (s *Service) sealOrg(ctx context.Context, p *OrgProposal, c orgContent) error {
	key, err := s.Orgs.Vault.Person(ctx, p.Org)
	if err != nil {
		return err
	}
	plain, err := json.Marshal(c)
	if err != nil {
		return err
	}
	p.content = key.Seal(orgContentColumn, p.ID, plain)
	return nil
}

// orgProposals reads acts by a condition, the oldest first.
func orgProposals(ctx context.Context, r store.Reader, where string, args ...any) (out []OrgProposal, err error) {
	err = r.Each(ctx, "SELECT "+orgColumns+" FROM {org_proposal} WHERE "+where+" ORDER BY id", args, func(row store.Row) error {
		p, err := scanOrg(row)
		out = append(out, p)
		return err
	})
	return out, err
}

// OrgItem gives one act that waits or waited, to whoever may see what waits there or has proposed it.
func (s *Service) OrgItem(ctx context.Context, actor ledger.Actor, id string) (*OrgItem, error) {
	list, err := orgProposals(ctx, s.db().As(actor.Scope), "id = ?", id)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fault.Missing()
	}
	if err := s.Rights.May(ctx, actor, DoSeeOrg, list[0].OrgPath); err != nil {
		return nil, err
	}
	return s.orgItem(ctx, list[0])
}

// OrgItems are OrgItem for a page of the queue.
func (s *Service) OrgItems(ctx context.Context, list []OrgProposal) ([]*OrgItem, error) {
	out := make([]*OrgItem, len(list))
	for i, p := range list {
		it, err := s.orgItem(ctx, p)
		if err != nil {
			return nil, err
		}
		out[i] = it
	}
	return out, nil
}

// openOrg opens what is sealed of an act.
func (s *Service) openOrg(ctx context.Context, p OrgProposal) (c orgContent, err error) {
	key, err := s.Orgs.Vault.Person(ctx, p.Org)
	if err != nil {
		return c, err
	}
	plain, err := key.Open(orgContentColumn, p.ID, p.content)
	if err == nil {
		err = json.Unmarshal(plain, &c)
	}
	return c, err
}

func (s *Service) orgItem(ctx context.Context, p OrgProposal) (*OrgItem, error) {
	c, err := s.openOrg(ctx, p)
	if err != nil {
		return nil, err
	}
	it := &OrgItem{ID: p.ID, Proposal: p, Plan: c.Plan, Was: c.Was}
	it.Plan.Basis = p.Basis
	plan := it.Plan // the check tidies its own copy
	it.Now, err = s.Orgs.Outlook(ctx, s.db().As(store.System("review")), &plan)
	it.Version = p.Version + it.Now.Of.Version + it.Now.Target.Version + it.Now.Post.Version
	if f := fault.As(err); f != nil && (f.Kind == fault.Invalid || f.Kind == fault.Conflict || f.Kind == fault.NotFound) {
		it.Problem, err = f, nil
	}
	if !p.Open() {
		it.Problem = nil
	}
	if err == nil {
		it.Is, err = s.stood(ctx, p.Kind, it.Now)
	}
	return it, err
}
