package member

import (
	"context"
	"errors"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/headcount"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/vault"
)

// Rights decides whether an actor's role allows an act on an organisation's records. trust/access is the real one.
type Rights interface {
	May(ctx context.Context, actor ledger.Actor, action, orgPath string) error
	// Covers is May for certain fields: fault.Forbidden when the role's line does not reach one of them.
	Covers(ctx context.Context, actor ledger.Actor, action, orgPath string, fields ...roster.Column) error
}

// The acts on members, as the rights table and the ledger name them.
const (
	DoAdd     = "member.add"
	DoMend    = "member.mend"
	DoMove    = "member.move"
	DoEnd     = "member.end"
	DoRestore = "member.restore"
	DoReveal  = "member.reveal"
	DoExport  = "member.export"
)

// Service is what may be done with members.
type Service struct {
	DB     *store.DB
	Ledger *ledger.Ledger
	Vault  *vault.Vault
	Clock  civil.Clock
	Rules  *rulebook.Book
	Rights Rights
	Demo   bool // a demo: made-up ID numbers (prefix 66) are accepted
	looks  looks

	Along func(ctx context.Context, kept, other Member) (Going, error)   // makes the other's documents ready to go along with a union
	Apart func(ctx context.Context, tx *store.Tx, memberID string) error // refuses accounts of one member that must be two persons'

	Belongings []Belongings // rooms whose rows go over when two records are united, and back

	AskAfter  map[string]int // months until a kind of fact is asked again, a setting; what it leaves out is the rule's (K-11)
	LateAfter int            // days after which a dated fact is entered late and needs a reason, a setting; 0 is LateDays
	// OnePerson refuses an ID number that would show a member to be somebody who may not have two duties; the reader
	// sees everything. trust/access has the real one.
	OnePerson func(ctx context.Context, r store.Reader, member string, index []byte) error
}

// Basis is why something is done and what proves it; every act by hand needs the reason.
type Basis struct {
	On       civil.Date // the day it took effect
	Reason   string
	Document string // the decision or certificate, "" where none is needed
}

const (
	maxReason   = 500
	maxDocument = 200
)

func (s *Service) checkBasis(b Basis) error {
	switch {
	case strings.TrimSpace(b.Reason) == "":
		return fault.New(fault.Invalid, "请写明理由，日后查得到为什么这样做。").At("reason")
	case len([]rune(b.Reason)) > maxReason:
		return fault.New(fault.Invalid, "理由最多 %d 个字。", maxReason).At("reason")
	case len([]rune(b.Document)) > maxDocument:
		return fault.New(fault.Invalid, "文件名称最多 %d 个字。", maxDocument).At("document")
	case !b.On.IsZero() && b.On.After(civil.Today(s.Clock)):
		return fault.New(fault.Invalid, "日期不能晚于今天。").At("on")
	}
	return nil
}

// place is an organisation as this room needs it.
type place struct {
	ID, Path, Name, Kind string
	Abolished            bool
}

// holders are the kinds of organisations that have members (B-01, B-03, B-07: a temporary branch does not take the
// formal relation of its members, so it is not among them).
var holders = map[string]bool{"branch": true, "joint-branch": true}

func placeOf(ctx context.Context, r store.Reader, id string) (place, error) {
	var p place
	var abolished string
	found, err := r.One(ctx, "SELECT id, path, name, kind, abolished_on FROM {org} WHERE id = ?", []any{id}, &p.ID, &p.Path, &p.Name, &p.Kind, &abolished)
	if err == nil && !found {
		err = fault.Missing().At("organisation")
	}
	p.Abolished = abolished != ""
	return p, err
}

// settled reads the branch that takes a member inside the transaction: until its end the tree does not move.
func settled(ctx context.Context, tx *store.Tx, id string) (place, error) {
	if err := org.Still(ctx, tx); err != nil {
		return place{}, err
	}
	p, err := placeOf(ctx, tx, id)
	if err == nil {
		err = p.takes()
	}
	return p, err
}

func (p place) takes() error {
	switch {
	case p.Abolished:
		return fault.New(fault.Invalid, "这个组织已经撤销，不能再编入党员。").At("organisation")
	case !holders[p.Kind]:
		return fault.New(fault.Invalid, "党员要编入党支部。%s不是党支部，请选它下面的支部。", p.Name).At("organisation").By("M-13")
	}
	return nil
}

// cell is what a member counts as: nobody who has not been reviewed counts as a member of a category.
func (m Member) cell() headcount.Cell {
	return headcount.Cell{Category: counted(m.Category, m.Review), Sex: string(m.Sex), Born: m.Born}
}

func cellOf(r roster.Record, review Review) headcount.Cell {
	return headcount.Cell{Category: counted(r.Category, review), Sex: string(r.Sex), Born: r.Born.MonthOf()}
}

func counted(c identity.Category, review Review) string {
	if review != Reviewed {
		return headcount.Pending
	}
	return string(c)
}

// Addition is a checked new record; nobody but its room has seen it yet.
type Addition struct {
	OrgPath string // where the branch stood when it was checked
	orgID   string
	basis   Basis
	record  roster.Record
}

// Adding checks one member entered by hand. values are the fields as typed, by roster.Column; organisation is the
// branch's id. Problems come back with the field they belong to; a known ID number is fault.Conflict that says no
// more than the actor may know. Whether the actor may enter members there is the caller's to ask.
func (s *Service) Adding(ctx context.Context, actor ledger.Actor, orgID string, values map[roster.Column]string, b Basis) (a *Addition, problems []roster.Problem, err error) {
	defer fault.Wrap(&err, "member: add")
	at, err := placeOf(ctx, s.DB.As(actor.Scope), orgID)
	if err != nil {
		return nil, nil, err
	}
	if err := errors.Join(s.checkBasis(b), at.takes()); err != nil {
		return nil, nil, firstFault(err)
	}
	rec, problems := roster.Typed(values, s.rosterContext())
	if roster.Rejected(problems) {
		return nil, problems, nil
	}
	if err := s.known(ctx, actor, rec.IDNumber, ""); err != nil {
		return nil, problems, err
	}
	return &Addition{at.Path, orgID, b, rec}, problems, nil
}

// NewKey makes the identifier and the key of a member who is about to be added: before the row, for a key without a
// row does no harm.
func (s *Service) NewKey(ctx context.Context) (id string, key *vault.Person, err error) {
	id = s.Ledger.IDs.New()
	keys, err := s.Vault.Create(ctx, []string{id})
	if err != nil {
		return "", nil, err
	}
	return id, keys[0], nil
}

// ApplyNew writes a checked new record inside an act. It waits for review.
func (s *Service) ApplyNew(ctx context.Context, tx *store.Tx, a *Addition, id string, key *vault.Person) error {
	at, err := settled(ctx, tx, a.orgID)
	if err != nil {
		return err
	}
	if err := tx.Insert(ctx, "member", columnValues(stored, s.row(id, at.ID, at.Path, a.record, key, Pending, "", 0))...); err != nil {
		return s.nowKnown(err)
	}
	aging, _ := s.agingOn(today(s))
	if err := tx.System("since when facts are known").Insert(ctx, "due", columnValues(dueColumns, aging.begun(id, at.Path, a.record, today(s)))...); err != nil {
		return err
	}
	var change headcount.Change
	change.Add(at.Path, cellOf(a.record, Pending), 1)
	missingOf(a.record).tally(&change, at.Path, 1)
	return change.Apply(ctx, tx)
}

// firstFault takes the first fault for people out of joined errors.
func firstFault(err error) error {
	if f := fault.As(err); f != nil {
		return f
	}
	return err
}

func (s *Service) rosterContext() roster.Context {
	return roster.Context{Today: civil.Today(s.Clock), Rules: s.Rules, Demo: s.Demo}
}

// known refuses an ID number that another record has, without telling where unless the actor may see it.
func (s *Service) known(ctx context.Context, actor ledger.Actor, n identity.IDNumber, except string) error {
	var id, name string
	ix := indexes(s.Vault, string(n))
	args := []any{ix[0], ix[1], except}
	query := "SELECT m.id, o.name FROM {member} m JOIN {org} o ON o.id = m.org_id WHERE m.id_index IN (?, ?) AND m.id <> ?"
	found, err := s.DB.As(actor.Scope).One(ctx, query, args, &id, &name)
	if err != nil {
		return err
	}
	if found {
		return fault.New(fault.Conflict, "这个身份证号码的党员已经在%s，请用“调整支部”，不要重复登记。", name).At(string(roster.IDNumber))
	}
	found, err = s.DB.As(store.System("duplicate")).One(ctx, "SELECT id FROM {all_member} WHERE id_index IN (?, ?) AND id <> ?", args, &id)
	if err == nil && found {
		err = elsewhere()
	}
	return err
}

func elsewhere() *fault.Error {
	return fault.New(fault.Conflict, "这个身份证号码的党员已在其他党组织登记，请办理组织关系转接，不要重复登记。").At(string(roster.IDNumber)).By("T-02")
}

// nowKnown explains a second record with one ID number that arrived in the meantime.
func (s *Service) nowKnown(err error) error {
	if err == nil {
		return nil
	}
	if fault.Of(err) == fault.Conflict {
		return elsewhere().Because(err)
	}
	return err
}

// Stale is the answer to somebody who saw an older version.
func Stale() *fault.Error {
	return fault.New(fault.Conflict, "别人刚刚改过这份记录。您填的内容还在，请对照新内容后再提交。")
}

// difference gives the stored columns in which a record differs; sealed values are sealed anew only when they change.
func (s *Service) difference(m Member, old, rec roster.Record, person *vault.Person) []store.Value {
	before := s.row(m.ID, m.OrgID, m.OrgPath, old, person, m.Review, m.Batch, m.SourceRow)
	after := s.row(m.ID, m.OrgID, m.OrgPath, rec, person, m.Review, m.Batch, m.SourceRow)
	plain := map[string][2]string{
		"id_number": {string(old.IDNumber), string(rec.IDNumber)}, "mobile": {old.Mobile, rec.Mobile}, "phone": {old.Phone, rec.Phone},
		"address": {old.Address, rec.Address}, "notes": {notesText(old.Notes), notesText(rec.Notes)},
	}
	var set []store.Value
	for i, c := range stored {
		if p, sealed := plain[c]; sealed {
			if p[0] != p[1] {
				set = append(set, store.Set(c, after[i]))
			}
			continue
		}
		if !same(before[i], after[i]) {
			set = append(set, store.Set(c, after[i]))
		}
	}
	return set
}

func same(a, b any) bool {
	x, isBytes := a.([]byte)
	y, _ := b.([]byte)
	if isBytes {
		return string(x) == string(y)
	}
	return a == b
}

// asTyped gives a record as somebody would type it.
func asTyped(r roster.Record) map[roster.Column]string {
	return map[roster.Column]string{
		roster.Name: r.Name, roster.IDNumber: string(r.IDNumber), roster.Ethnicity: r.Ethnicity, roster.Education: r.Education,
		roster.Category: r.Category.Name(), roster.Joined: r.Joined.String(), roster.Confirmed: r.Confirmed.String(),
		roster.Occupation: r.Occupation, roster.Mobile: r.Mobile, roster.Phone: r.Phone, roster.Address: r.Address,
		roster.Registry: r.Registry.Name(), roster.Lost: r.Lost.Name(), roster.LostOn: r.LostOn.String(),
		roster.Floating: r.Floating.Name(), roster.FloatingTo: r.FloatingTo, roster.Care: r.Care.Name(),
	}
}
