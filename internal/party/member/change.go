package member

import (
	"context"
	"errors"
	"slices"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/headcount"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/vault"
)

// Change is a checked change to one record: what it was checked against, and what it makes of it. It is applied to
// exactly that version or not at all. Making one writes nothing; who may make or apply it is party/review's to say.
type Change struct {
	Kind   string // DoMend, DoMove, DoEnd, DoRestore; DoFact, DoFactMend, DoFactRetire; DoUnite, DoSeparate
	Member Member // the record it was checked against
	Basis  Basis
	Fields []roster.Column          // the facts that change, in the order of the roster
	Old    map[roster.Column]string // what stands, as somebody would type it
	New    map[roster.Column]string // what is to stand
	Notes  []roster.NoteText        // the remarks as they are to stand, where they change
	Ending EventKind                // how a membership ends
	To     string                   // organisation that takes a moved member; the other of two records
	ToPath string

	Fact      *Fact           // the dated fact that is to be entered; Fields has its kind, Old and New what it says
	Was       *Fact           // the one that it stands in place of, or that is taken back
	Entry     *NewFact        // the fact as it was typed
	Other     *Member         // the record that is united with this one, or made one of its own again
	FromOther []roster.Column // facts whose value is taken from the other record

	old, record roster.Record
	set         []store.Value
	united      []ledger.Change // of the act that is undone
	going       Going           // what goes along with a union
}

// keyFacts are those from which rights and terms run; each needs the document that proves it.
var keyFacts = []roster.Column{roster.IDNumber, roster.Joined, roster.Confirmed, roster.Organisation}

// KeyFact tells whether a fact is one of those that need a document: ID number, day of joining, day of confirmation,
// organisation.
func KeyFact(c roster.Column) bool { return slices.Contains(keyFacts, c) }

// Key tells whether the change touches a key fact.
func (c *Change) Key() bool { return slices.ContainsFunc(c.Fields, KeyFact) }

// Mending checks a correction of facts. Only fields that are in values change; an empty text clears the fact. A nil
// change without problems means that nothing would change.
func (s *Service) Mending(ctx context.Context, actor ledger.Actor, m Member, values map[roster.Column]string, notes []roster.NoteText, b Basis) (c *Change, problems []roster.Problem, err error) {
	defer fault.Wrap(&err, "member: mend")
	if err := s.checkBasis(b); err != nil {
		return nil, nil, err
	}
	person, err := s.Vault.Person(ctx, m.ID)
	if err != nil {
		return nil, nil, err
	}
	old, err := s.open(person, m)
	if err != nil {
		return nil, nil, err
	}
	typed := asTyped(old)
	for col, v := range values {
		typed[col] = v
	}
	rec, problems := roster.Typed(typed, s.rosterContext())
	if roster.Rejected(problems) {
		return nil, problems, nil
	}
	rec.OrganisationID, rec.Notes = old.OrganisationID, addNotes(old.Notes, notes)
	if rec.IDNumber != old.IDNumber {
		err := s.known(ctx, actor, rec.IDNumber, m.ID)
		if err == nil {
			err = s.onePerson(ctx, s.DB.As(store.System("one person")), m.ID, rec)
		}
		if err != nil {
			return nil, problems, err
		}
	}
	if c = s.changeTo(m, old, rec, person); c != nil {
		c.Basis = b
	}
	return c, problems, nil
}

// changeTo is the change that makes one record of another, nil where they are the same.
func (s *Service) changeTo(m Member, old, rec roster.Record, person *vault.Person) *Change {
	set := s.difference(m, old, rec, person)
	if len(set) == 0 {
		return nil
	}
	c := &Change{Kind: DoMend, Member: m, Old: map[roster.Column]string{}, New: map[roster.Column]string{}, old: old, record: rec, set: set}
	before, after := asTyped(old), asTyped(rec)
	for _, col := range roster.Columns {
		if before[col] != after[col] {
			c.Fields = append(c.Fields, col)
			c.Old[col], c.New[col] = before[col], after[col]
		}
	}
	if notesText(old.Notes) != notesText(rec.Notes) {
		c.Notes = rec.Notes
	}
	return c
}

// Moving checks that a member is put into another branch within the actor's scope (调整支部). To leave the scope is a
// transfer of the formal relation and another procedure.
func (s *Service) Moving(ctx context.Context, actor ledger.Actor, m Member, toOrg string, b Basis) (c *Change, err error) {
	defer fault.Wrap(&err, "member: move")
	to, err := placeOf(ctx, s.DB.As(actor.Scope), toOrg)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(s.checkBasis(b), to.takes()); err != nil {
		return nil, firstFault(err)
	}
	if m.State != Active {
		return nil, fault.New(fault.Invalid, "这名党员已不在册，不能调整支部。")
	}
	if to.ID == m.OrgID {
		return nil, fault.New(fault.Invalid, "已经在这个支部，请选另一个支部。").At("organisation")
	}
	return &Change{Kind: DoMove, Member: m, Basis: b, To: to.ID, ToPath: to.Path, Fields: []roster.Column{roster.Organisation},
		Old: map[roster.Column]string{roster.Organisation: m.OrgID}, New: map[roster.Column]string{roster.Organisation: to.ID}}, nil
}

// Leaving checks that a member is taken off the register: death, leaving, removal, with the decision and its day. The
// record stays.
func (s *Service) Leaving(m Member, kind EventKind, b Basis) (*Change, error) {
	if err := s.checkBasis(b); err != nil {
		return nil, err
	}
	switch {
	case !slices.Contains(Ends, kind):
		return nil, fault.New(fault.Invalid, "请选择去世、转出、退党、除名等其中一种情形。").At("kind")
	case m.State != Active:
		return nil, fault.New(fault.Invalid, "这名党员已经不在册。")
	case b.On.IsZero():
		return nil, fault.New(fault.Invalid, "请填写日期：决定作出或者情形发生的那一天。").At("on")
	case b.On.Before(m.Joined):
		return nil, fault.New(fault.Invalid, "日期不能早于入党日期 %s。", m.Joined).At("on")
	case b.Document == "" && kind != Died && kind != EnteredWrong:
		return nil, fault.New(fault.Invalid, "请填写决定或者批复的名称和文号。").At("document")
	}
	return &Change{Kind: DoEnd, Member: m, Basis: b, Ending: kind}, nil
}

// Restoring checks that somebody who was taken off the register is put back, by decision or because the end was
// entered wrongly.
func (s *Service) Restoring(ctx context.Context, actor ledger.Actor, m Member, b Basis) (*Change, error) {
	if err := s.checkBasis(b); err != nil {
		return nil, err
	}
	at, err := placeOf(ctx, s.DB.As(actor.Scope), m.OrgID)
	if err == nil {
		err = at.takes()
	}
	switch {
	case err != nil:
		return nil, err
	case m.State != Ended:
		return nil, fault.New(fault.Invalid, "这名党员在册，不需要恢复。")
	case !b.On.IsZero() && b.On.Before(m.EndedOn):
		return nil, fault.New(fault.Invalid, "恢复日期不能早于 %s。", m.EndedOn).At("on")
	}
	if b.On.IsZero() {
		b.On = civil.Today(s.Clock)
	}
	return &Change{Kind: DoRestore, Member: m, Basis: b}, nil
}

// Apply writes a checked change inside an act; entered is who entered it, then is what the record is reviewed as
// afterwards. A change that says since when it has been so keeps what was true until then. A record that is no longer
// the one that was checked is fault.Conflict.
func (s *Service) Apply(ctx context.Context, tx *store.Tx, entered ledger.Actor, c *Change, then Review) error {
	switch c.Kind {
	case DoFact, DoFactMend, DoFactRetire:
		return s.applyFact(ctx, tx, entered, c)
	case DoUnite:
		return s.unite(ctx, tx, entered, c, then)
	case DoSeparate:
		return s.separate(ctx, tx, entered, c)
	}
	return keepAging(ctx, tx, func() error { return s.apply(ctx, tx, entered, c, then) }, c.Member.ID)
}

func (s *Service) apply(ctx context.Context, tx *store.Tx, entered ledger.Actor, c *Change, then Review) error {
	m := c.Member
	if err := s.stay(ctx, tx, &m); err != nil {
		return err
	}
	now := m
	now.Review = then
	path := m.OrgPath
	set := []store.Value{store.Set("review", string(then)), store.Set("version", m.Version+1)}
	switch c.Kind {
	case DoMend:
		set = append(set, c.set...)
		if c.record.IDNumber != c.old.IDNumber { // roles may have been given since it was checked
			if err := s.onePerson(ctx, tx.System("one person"), m.ID, c.record); err != nil {
				return err
			}
		}
		now.Category, now.Sex, now.Born, now.Missing = c.record.Category, c.record.Sex, c.record.Born.MonthOf(), missingOf(c.record)
	case DoMove:
		to, err := settled(ctx, tx, c.To)
		if err != nil {
			return err
		}
		path, now.OrgID = to.Path, to.ID
		set = append(set, store.Set("org_id", to.ID), store.Set("org_path", to.Path))
	case DoEnd:
		now.State = Ended
		set = append(set, store.Set("state", string(Ended)), store.Set("ended_on", c.Basis.On.String()))
	case DoRestore:
		now.State = Active
		set = append(set, store.Set("state", string(Active)), store.Set("ended_on", ""))
	}
	n, err := tx.Update(ctx, "member", store.ByID(m.ID).And("version", m.Version), set...)
	if err != nil {
		return s.nowKnown(err)
	}
	if n == 0 {
		return Stale()
	}
	if c.Kind == DoMend && !c.Basis.On.IsZero() {
		if err := s.keepEarlier(ctx, tx, entered, m, c.old, c.record, c.Basis); err != nil {
			return err
		}
	}
	if c.Kind == DoMend {
		if err := s.refresh(ctx, tx, m.ID, c.Fields...); err != nil {
			return err
		}
	} else {
		if err := s.step(ctx, tx, c, now.OrgID, path); err != nil {
			return err
		}
	}
	return recount(ctx, tx, m, now, path)
}

// onePerson asks whether a member may have the ID number of a record, for the roles that her accounts hold.
func (s *Service) onePerson(ctx context.Context, r store.Reader, id string, rec roster.Record) error {
	if s.OnePerson == nil {
		return nil
	}
	err := s.OnePerson(ctx, r, id, Index(s.Vault, rec.IDNumber))
	if f := fault.As(err); f != nil {
		return f.At(string(roster.IDNumber))
	}
	return err
}

// recount takes a member out of the counts as she was and puts her in as she is.
func recount(ctx context.Context, tx *store.Tx, was, now Member, path string) error {
	if was.OrgPath == path && was.State == now.State && was.cell() == now.cell() && was.Missing == now.Missing {
		return nil
	}
	var change headcount.Change
	if was.State == Active {
		was.count(&change, was.OrgPath, -1)
	}
	if now.State == Active {
		now.count(&change, path, 1)
	}
	return change.Apply(ctx, tx)
}

// step writes the dated event of a move, an end or a restoration.
func (s *Service) step(ctx context.Context, tx *store.Tx, c *Change, org, path string) error {
	on := c.Basis.On
	if on.IsZero() {
		on = civil.Today(s.Clock)
	}
	kind, was, became := Restored, "", ""
	switch c.Kind {
	case DoMove:
		kind, was, became = MovedBranch, c.Member.OrgID, org
		if err := s.carry(ctx, tx, c.Member.ID, path); err != nil {
			return err
		}
	case DoEnd:
		kind = c.Ending
	}
	return tx.Insert(ctx, "member_event", store.Set("id", s.Ledger.IDs.New()), store.Set("member_id", c.Member.ID), store.Set("org_id", org),
		store.Set("org_path", path), store.Set("kind", string(kind)), store.Set("on_date", on.String()), store.Set("reason", c.Basis.Reason),
		store.Set("document", c.Basis.Document), store.Set("was", was), store.Set("became", became))
}

// Judge writes what a review of a whole record came to, inside an act. Somebody else's change in between is
// fault.Conflict.
func (s *Service) Judge(ctx context.Context, tx *store.Tx, m Member, verdict Review) error {
	return keepAging(ctx, tx, func() error { return s.judge(ctx, tx, m, verdict) }, m.ID)
}

func (s *Service) judge(ctx context.Context, tx *store.Tx, m Member, verdict Review) error {
	if err := s.stay(ctx, tx, &m); err != nil {
		return err
	}
	n, err := tx.Update(ctx, "member", store.ByID(m.ID).And("version", m.Version), store.Set("review", string(verdict)), store.Set("version", m.Version+1))
	if err != nil {
		return err
	}
	if n == 0 {
		return Stale()
	}
	now := m
	now.Review = verdict
	return recount(ctx, tx, m, now, m.OrgPath)
}

// JudgeMany approves many records at once, inside an act: all of them as they were read, or none.
func (s *Service) JudgeMany(ctx context.Context, tx *store.Tx, list []Member) error {
	if err := org.Still(ctx, tx); err != nil {
		return err
	}
	ids := make([]string, len(list))
	for i, m := range list {
		ids[i] = m.ID
	}
	return keepAging(ctx, tx, func() error { return judgeMany(ctx, tx, list) }, ids...)
}

func judgeMany(ctx context.Context, tx *store.Tx, list []Member) error {
	var change headcount.Change
	for _, m := range list {
		n, err := tx.Update(ctx, "member", store.ByID(m.ID).And("version", m.Version), store.Set("review", string(Reviewed)), store.Set("version", m.Version+1))
		if err != nil {
			return err
		}
		if n == 0 {
			return Stale()
		}
		now := m
		now.Review = Reviewed
		m.count(&change, m.OrgPath, -1)
		now.count(&change, m.OrgPath, 1)
	}
	return change.Apply(ctx, tx)
}

// Each reads records by a condition on {member} m, in the order of their ids.
func (s *Service) Each(ctx context.Context, r store.Reader, where string, args []any, fn func(Member) error) error {
	return r.Each(ctx, "SELECT "+columns+" FROM {member} m WHERE "+where, args, func(row store.Row) error {
		m, err := scan(row)
		if err != nil {
			return err
		}
		return fn(m)
	})
}

// Content opens the facts of a record as somebody would type them, for whoever reviews the whole of it. The caller has
// recorded the look.
func (s *Service) Content(ctx context.Context, m Member) (map[roster.Column]string, error) {
	rec, err := s.opened(ctx, m)
	if err != nil {
		return nil, err
	}
	return asTyped(rec), nil
}
