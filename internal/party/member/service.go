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

// The actions of this room, as the rights table names them.
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

	LateAfter int // days after which a dated fact is entered late and needs a reason; 0 is 90
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
		return fault.New(fault.Invalid, "党员要编入党支部。%s不是党支部，请选它下面的支部。", p.Name).At("organisation").By("B-01")
	}
	return nil
}

func (m Member) cell() headcount.Cell {
	return headcount.Cell{Category: string(m.Category), Sex: string(m.Sex), Born: m.Born}
}

func cellOf(r roster.Record) headcount.Cell {
	return headcount.Cell{Category: string(r.Category), Sex: string(r.Sex), Born: r.Born.MonthOf()}
}

// Add enters one member by hand. values are the fields as typed, by roster.Column; organisation is the branch's id.
// Problems come back with the field they belong to; a known ID number is fault.Conflict that says no more than the
// actor may know.
func (s *Service) Add(ctx context.Context, actor ledger.Actor, orgID string, values map[roster.Column]string, b Basis) (id string, problems []roster.Problem, err error) {
	defer fault.Wrap(&err, "member: add")
	at, err := placeOf(ctx, s.DB.As(actor.Scope), orgID)
	if err != nil {
		return "", nil, err
	}
	if err := errors.Join(s.Rights.May(ctx, actor, DoAdd, at.Path), s.checkBasis(b), at.takes()); err != nil {
		return "", nil, firstFault(err)
	}
	rec, problems := roster.Typed(values, s.rosterContext())
	if roster.Rejected(problems) {
		return "", problems, nil
	}
	if err := s.known(ctx, actor, rec.IDNumber, ""); err != nil {
		return "", problems, err
	}
	id = s.Ledger.IDs.New()
	person, err := s.Vault.Create(ctx, []string{id}) // before the row: a key without a row does no harm
	if err != nil {
		return "", nil, err
	}
	act := ledger.Act{Kind: DoAdd, Subject: "member", SubjectID: id, OrgPath: at.Path, Reason: b.Reason, Source: b.Document}
	err = s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		at, err := settled(ctx, tx, orgID)
		if err != nil {
			return err
		}
		if err := tx.Insert(ctx, "member", columnValues(stored, s.row(id, at.ID, at.Path, rec, person[0], Pending, "", 0))...); err != nil {
			return s.nowKnown(err)
		}
		var change headcount.Change
		change.Add(at.Path, cellOf(rec), 1)
		return change.Apply(ctx, tx)
	})
	return id, problems, err
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

// stale is the answer to somebody who saw an older version.
func stale() *fault.Error {
	return fault.New(fault.Conflict, "别人刚刚改过这份记录。您填的内容还在，请对照新内容后再提交。")
}

// Mend changes facts. version is the one the actor saw. Only fields that are in values change; an empty text clears
// the fact. Nothing changed is no error and leaves no trace.
func (s *Service) Mend(ctx context.Context, actor ledger.Actor, id string, version int64, changes map[roster.Column]string, b Basis) (problems []roster.Problem, err error) {
	defer fault.Wrap(&err, "member: mend")
	m, err := s.ByID(ctx, s.DB.As(actor.Scope), id)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(s.Rights.May(ctx, actor, DoMend, m.OrgPath), s.checkBasis(b)); err != nil {
		return nil, firstFault(err)
	}
	if m.Version != version {
		return nil, stale()
	}
	old, err := s.opened(ctx, m)
	if err != nil {
		return nil, err
	}
	typed := asTyped(old)
	for c, v := range changes {
		typed[c] = v
	}
	rec, problems := roster.Typed(typed, s.rosterContext())
	if roster.Rejected(problems) {
		return problems, nil
	}
	rec.Notes = old.Notes
	if rec.IDNumber != old.IDNumber {
		if err := s.known(ctx, actor, rec.IDNumber, id); err != nil {
			return problems, err
		}
	}
	return problems, s.write(ctx, actor, m, old, rec, ledger.Act{Kind: DoMend, Subject: "member", SubjectID: id, OrgPath: m.OrgPath, Reason: b.Reason, Source: b.Document})
}

// write stores a changed record of a member.
func (s *Service) write(ctx context.Context, actor ledger.Actor, m Member, old, rec roster.Record, act ledger.Act) error {
	person, err := s.Vault.Person(ctx, m.ID)
	if err != nil {
		return err
	}
	set := s.difference(m, old, rec, person)
	if len(set) == 0 {
		return nil
	}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error { return s.put(ctx, tx, m, rec, set) })
}

// put applies changed columns to a member's row in a transaction.
func (s *Service) put(ctx context.Context, tx *store.Tx, m Member, rec roster.Record, set []store.Value) error {
	if err := s.stay(ctx, tx, &m); err != nil {
		return err
	}
	set = append(set, store.Set("review", string(Pending)), store.Set("version", m.Version+1))
	n, err := tx.Update(ctx, "member", store.ByID(m.ID).And("version", m.Version), set...)
	if err != nil {
		return s.nowKnown(err)
	}
	if n == 0 {
		return stale()
	}
	var change headcount.Change
	if m.State == Active && m.cell() != cellOf(rec) {
		change.Add(m.OrgPath, m.cell(), -1)
		change.Add(m.OrgPath, cellOf(rec), 1)
	}
	return change.Apply(ctx, tx)
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
