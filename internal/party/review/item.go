package review

import (
	"context"
	"encoding/json"
	"slices"

	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/words"
)

// Item is one thing that waits, as a reviewer looks at it: a proposed change, or a record that nobody has reviewed.
type Item struct {
	ID       string
	Version  int64 // grows when the proposal or the record changes; deciding names the one that was shown
	Member   member.Member
	Proposal *Proposal                // nil for a record that nobody has reviewed
	Change   *member.Change           // against the record as it stands today; nil when nothing would change any more
	Was      map[roster.Column]string // what stood when it was proposed
	Problems []roster.Problem         // why it cannot be applied, and warnings
	Full     map[roster.Column]string // the whole record in plain, for Show of a record
	Beside   []Proposal               // others that wait about one of the same facts: one of them is approved
	Answer   string                   // why it was returned
	By       string                   // who returned it

	enteredBy   []string // accounts
	enteredLast string
	reads       []roster.Column
	whole       bool // two people have seen the whole record once it is approved
}

// becomes is how the record stands once the change is approved: two people have seen the change, not the rest of a
// record that nobody has reviewed yet.
func (it *Item) becomes() member.Review {
	if it.Member.Review == member.Reviewed || it.whole {
		return member.Reviewed
	}
	return it.Member.Review
}

// records are those that a decision changes.
func (it *Item) records() []string {
	out := []string{it.Member.ID}
	if it.Change != nil && it.Change.Other != nil {
		out = append(out, it.Change.Other.ID)
	}
	return out
}

// fields are the facts that a decision is about.
func (it *Item) fields() []roster.Column { return it.reads }

func (it *Item) reason() string {
	if it.Proposal != nil {
		return it.Proposal.Basis.Reason
	}
	return "审核新登记的档案"
}

func (it *Item) document() string {
	if it.Proposal != nil {
		return it.Proposal.Basis.Document
	}
	return ""
}

// confirmedBy tells whether an account is asked to confirm a reviewer's correction of what it had entered.
func (it *Item) confirmedBy(account string) bool {
	return it.Proposal != nil && it.Proposal.Confirmer != "" && it.Proposal.Confirmer == account
}

// inTime refuses a decision on what has been decided or has changed.
func (it *Item) inTime(version int64) error {
	switch {
	case it.Proposal != nil && it.Proposal.State != Waiting:
		return settled()
	case it.Proposal == nil && it.Member.Review != member.Pending:
		return settled()
	case it.Version != version:
		return stale()
	}
	return nil
}

// ready is inTime for an approval: what waits must still be possible.
func (it *Item) ready(version int64) error {
	if err := it.inTime(version); err != nil {
		return err
	}
	if roster.Rejected(it.Problems) {
		return fault.New(fault.Invalid, "这一条与档案现在的内容合不上，不能通过。请退回，写明原因。")
	}
	if it.Proposal != nil && it.Change == nil {
		return fault.New(fault.Conflict, "档案现在的内容已经是这样，不需要再改。请退回，提出的人可以撤回。")
	}
	return nil
}

// Item gives one thing that waits or waited, with old and new in plain. Who shows it masks what the reader's role does
// not see in full.
func (s *Service) Item(ctx context.Context, r store.Reader, actor ledger.Actor, id string) (*Item, error) {
	return s.item(ctx, r, actor, id)
}

// Show is Item for a reviewer who has to see sealed values in full: the look is recorded, and the member sees it, before
// anything is given.
func (s *Service) Show(ctx context.Context, actor ledger.Actor, id string) (*Item, error) {
	it, err := s.item(ctx, s.db().As(actor.Scope), actor, id)
	if err != nil {
		return nil, err
	}
	if sealed := it.Sealed(); len(sealed) > 0 {
		if _, err := s.Members.Reveal(ctx, actor, it.Member.ID, reviewing, sealed...); err != nil {
			return nil, err
		}
	}
	if it.Proposal == nil {
		it.Full, err = s.Members.Content(ctx, it.Member)
	}
	return it, err
}

// reviewing is the purpose that a look for a review is recorded with.
var reviewing = words.Mark("审核")

// Sealed are the fields of the item that are shown by their tails.
func (it *Item) Sealed() []roster.Column {
	var out []roster.Column
	for _, c := range it.reads {
		if c.Sensitive() {
			out = append(out, c)
		}
	}
	return out
}

func (s *Service) item(ctx context.Context, r store.Reader, actor ledger.Actor, id string) (*Item, error) {
	p, found, err := s.proposal(ctx, r, id)
	if err != nil {
		return nil, err
	}
	if !found {
		return s.record(ctx, r, id)
	}
	it := &Item{ID: id, Proposal: &p, enteredBy: []string{p.Account}, reads: shown(p.Fields), Answer: p.Answer, By: p.Decider}
	if it.Member, err = s.Members.ByID(ctx, r, p.Member); err != nil {
		return nil, err
	}
	it.Version = p.Version + it.Member.Version
	c, err := s.open(ctx, p)
	if err != nil {
		return nil, err
	}
	it.Was, it.whole = c.Was, c.Whole
	if !p.Open() {
		it.asProposed(c)
		return it, nil
	}
	if it.Beside, err = s.beside(ctx, r, p); err != nil {
		return nil, err
	}
	return it, s.check(ctx, actor, it, c)
}

// beside are the other corrections of a record that wait about one of the same facts. People are refused a second one; an
// import files it, since it may be right.
func (s *Service) beside(ctx context.Context, r store.Reader, p Proposal) ([]Proposal, error) {
	if p.Kind != member.DoMend {
		return nil, nil
	}
	open, err := s.About(ctx, r, p.Member)
	return slices.DeleteFunc(open, func(o Proposal) bool {
		return o.ID == p.ID || o.Kind != p.Kind || o.State != Waiting || !overlap(shown(o.Fields), shown(p.Fields))
	}), err
}

// shown are the fields whose class decides who may review: remarks are no facts.
func shown(fields []roster.Column) []roster.Column {
	return slices.DeleteFunc(slices.Clone(fields), func(c roster.Column) bool { return c == roster.Note })
}

// proposal reads one proposal under a scope.
func (s *Service) proposal(ctx context.Context, r store.Reader, id string) (p Proposal, found bool, err error) {
	err = r.Each(ctx, "SELECT "+columns+" FROM {proposal} WHERE id = ?", []any{id}, func(row store.Row) (err error) {
		found = true
		p, err = scan(row)
		return err
	})
	return p, found, err
}

// open reads the sealed content of a proposal.
func (s *Service) open(ctx context.Context, p Proposal) (c content, err error) {
	key, err := s.Members.Vault.Person(ctx, p.Member)
	if err != nil {
		return c, err
	}
	plain, err := key.Open(contentColumn, p.ID, p.content)
	if err != nil {
		return c, err
	}
	return decoded(plain)
}

func decoded(plain []byte) (c content, err error) {
	err = json.Unmarshal(plain, &c)
	return c, err
}

// check works a proposal out anew against the record as it stands.
func (s *Service) check(ctx context.Context, actor ledger.Actor, it *Item, c content) (err error) {
	p := it.Proposal
	whole := actor
	whole.Scope = store.System("review") // the place is checked by its own right when it is decided
	switch p.Kind {
	case member.DoMend:
		it.Change, it.Problems, err = s.Members.Mending(ctx, actor, it.Member, c.Values, c.Notes, p.Basis)
	case member.DoMove:
		it.Change, err = s.Members.Moving(ctx, whole, it.Member, c.To, p.Basis)
	case member.DoEnd:
		it.Change, err = s.Members.Leaving(it.Member, c.Ending, p.Basis)
	case member.DoRestore:
		it.Change, err = s.Members.Restoring(ctx, whole, it.Member, p.Basis)
	case member.DoFact, member.DoFactMend, member.DoFactRetire:
		it.Change, err = s.fact(ctx, it.Member, p, c)
	case member.DoUnite:
		it.Change, err = s.Members.Uniting(ctx, s.db().As(whole.Scope), member.Unite{Kept: p.Member, Other: c.To, FromOther: c.From, Basis: p.Basis})
	case member.DoSeparate:
		it.Change, err = s.Members.Separating(ctx, s.db().As(whole.Scope), c.To, p.Basis)
	}
	if f := fault.As(err); f != nil && (f.Kind == fault.Invalid || f.Kind == fault.Conflict) {
		it.Problems = append(it.Problems, roster.Problem{Level: roster.Error, Message: f.Error(), Text: f.Text, Args: f.Args, Rule: f.Rule})
		return nil
	}
	return err
}

// record is the item of a record that nobody has reviewed.
func (s *Service) record(ctx context.Context, r store.Reader, id string) (*Item, error) {
	m, err := s.Members.ByID(ctx, r, id)
	if err != nil {
		return nil, err
	}
	if m.Review == member.Reviewed {
		return nil, fault.Missing()
	}
	it := &Item{ID: id, Version: m.Version, Member: m, reads: roster.Columns}
	return it, s.entrants(ctx, it)
}

// Can says what an actor may do with an item, for buttons: deciding checks it again when it is done.
type Can struct{ Decide, Correct, Withdraw bool }

// Can tells what the actor may do with an item now; why is the reason for not deciding it.
func (s *Service) Can(ctx context.Context, actor ledger.Actor, it *Item) (can Can, why error) {
	mine, err := s.mine(ctx, actor, it)
	if err != nil {
		return can, err
	}
	if p := it.Proposal; p != nil {
		can.Withdraw = mine && p.Open()
	}
	if why = it.inTime(it.Version); why == nil {
		why = s.looking(ctx, actor, it)
	}
	can.Decide = why == nil
	if p := it.Proposal; p != nil { // whoever entered it mends it and hands it in again
		can.Correct = p.Kind == member.DoMend && p.Open() && (can.Decide || mine)
	} else {
		can.Correct = can.Decide && it.Member.State == member.Active
	}
	return can, why
}

// looking is deciding by what stands now, outside of a transaction that writes.
func (s *Service) looking(ctx context.Context, actor ledger.Actor, it *Item) error {
	if err := s.apart(ctx, s.db().As(store.System("review")), actor, it); err != nil {
		return err
	}
	may := func(action string) error {
		return s.Rights.Covers(ctx, actor, action, it.Member.OrgPath, it.fields()...)
	}
	if it.confirmedBy(actor.Account) {
		return may(member.DoMend)
	}
	if it.Proposal != nil && it.Proposal.Level == Branch && may(DoConfirm) == nil {
		return nil
	}
	return may(DoReview)
}
