package duesbook

import (
	"context"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/duty"
	"zhibu/internal/party/logbook"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/rotation"
	"zhibu/internal/trust/vault"
)

// The actions of this room, as the rights table and the ledger name them.
const (
	DoAssess   = "dues.assess"   // propose a base or a reduction
	DoConfirm  = "dues.confirm"  // confirm a base as the second person
	DoRelieve  = "dues.relieve"  // approve a reduction, from above
	DoPay      = "dues.pay"      // record payments
	DoWithdraw = "dues.withdraw" // take a payment back
	DoClose    = "dues.close"    // close a year
	DoReopen   = "dues.reopen"   // take that back
	DoSpend    = "dues.spend"    // record what was passed on or spent
	DoShare    = "dues.share"    // set what those below keep
)

// Rights decides who may do what, and who is who. trust/access is the real one.
type Rights interface {
	May(ctx context.Context, actor ledger.Actor, action, orgPath string) error
	Inside(ctx context.Context, tx *store.Tx, actor ledger.Actor, action, orgPath, memberID string, fields ...roster.Column) error
	Same(ctx context.Context, r store.Reader, a, b string) (same, perhaps bool, err error)
	IsMember(ctx context.Context, r store.Reader, account, memberID string) (same, perhaps bool, err error)
}

// Service is what may be asked and done here.
type Service struct {
	DB        *store.DB
	Ledger    *ledger.Ledger
	Vault     *vault.Vault
	Clock     civil.Clock
	Rules     *rulebook.Book
	Rights    Rights
	Members   *member.Service
	Logbook   *logbook.Service
	Duties    *duty.Service
	LateAfter int // days after which what is entered is late and says why; 0 is member.LateDays
}

// Sealed says where income and reasons lie under the members' keys.
var Sealed = rotation.Sealed{Table: "assessment", Holder: "member_id", Columns: []string{"content"}}

func (s *Service) today() civil.Date { return civil.Today(s.Clock) }

func (s *Service) late(on civil.Date) bool {
	after := s.LateAfter
	if after <= 0 {
		after = member.LateDays
	}
	return on.AddDays(after).Before(s.today())
}

// place reads an organisation in the actor's scope.
func (s *Service) place(ctx context.Context, actor ledger.Actor, id string) (org.Organisation, error) {
	o, err := org.ByID(ctx, s.DB.As(actor.Scope), id)
	if fault.Of(err) == fault.NotFound && err != nil {
		err = fault.Missing().At("organisation")
	}
	return o, err
}

// branch reads a living branch in the actor's scope, at which she may do the action.
func (s *Service) branch(ctx context.Context, actor ledger.Actor, action, id string) (org.Organisation, error) {
	o, err := s.place(ctx, actor, id)
	if err != nil {
		return o, err
	}
	if err := s.Rights.May(ctx, actor, action, o.Path); err != nil {
		return o, err
	}
	if !o.Kind.IsBranch() {
		return o, fault.New(fault.Invalid, "党费交到党支部。%s不是党支部，请选它下面的支部。", o.ShortName).At("organisation").By("F-08")
	}
	if !o.Living() {
		return o, fault.New(fault.Invalid, "这个党组织已经撤销。").At("organisation")
	}
	return o, nil
}

// monthOf is the first day of the month of a day.
func monthOf(d civil.Date) civil.Date { return civil.Of(d.Year, d.Month, 1) }

// Month reads a month written 2006-01.
func Month(text string) (civil.Date, bool) {
	d, err := civil.Parse(text + "-01")
	return d, err == nil
}

func month(text string) civil.Date {
	d, _ := Month(text)
	return d
}

// monthText is the month as it is stored, "" for none.
func monthText(d civil.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.MonthOf()
}

// lastDay is the last day of the month of a day.
func lastDay(d civil.Date) civil.Date { return monthOf(d).AddMonths(1).AddDays(-1) }

func months(from, through civil.Date) (out []civil.Date) {
	for m := monthOf(from); !m.After(through); m = m.AddMonths(1) {
		out = append(out, m)
	}
	return out
}
