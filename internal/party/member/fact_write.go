package member

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// The acts on dated facts: entering one, putting another in the place of one that was wrong, taking one back.
const (
	DoFact       = "member.fact"
	DoFactMend   = "member.fact.mend"
	DoFactRetire = "member.fact.retire"
)

// NewFact is a dated fact as it is entered. The faults name the fields kind, from, to, text, by, detail, document,
// proofs and reason.
type NewFact struct {
	Kind     FactKind   `json:"kind"`
	From     civil.Date `json:"from"`
	To       civil.Date `json:"to"`
	Text     string     `json:"text,omitempty"` // of an earlier value as one types it: 大专
	By       string     `json:"by,omitempty"`
	Detail   string     `json:"detail,omitempty"`
	Document string     `json:"document,omitempty"`
	Proofs   []string   `json:"proofs,omitempty"` // ids of documents of the member's file that prove it
	Reason   string     `json:"reason,omitempty"` // needed when it is entered long after
	Entered  civil.Date `json:"entered"`          // the day it is entered, zero: today
	Again    string     `json:"-"`                // id of the returned proposal that this one stands for
}

const (
	maxFactText   = 100
	maxFactDetail = 500
)

// LateDays is when an entry counts as late where the installation's configuration (late_entry_days) does not say.
const LateDays = 90

// lateAfter is after how many days an entry counts as late and has to say why.
func (s *Service) lateAfter() int {
	if s.LateAfter <= 0 {
		return LateDays
	}
	return s.LateAfter
}

// Recording checks that a dated fact of a member is entered by hand.
func (s *Service) Recording(ctx context.Context, m Member, in NewFact) (c *Change, err error) {
	defer fault.Wrap(&err, "member: record a fact")
	f, err := s.draftFact(ctx, m, in, "")
	if err != nil {
		return nil, err
	}
	return factChange(DoFact, m, f, nil, &in), nil
}

// CorrectingFact checks that another is put in the place of a fact that was wrong. What was wrong stays readable as what
// was believed.
func (s *Service) CorrectingFact(ctx context.Context, m Member, id string, version int64, in NewFact) (c *Change, err error) {
	defer fault.Wrap(&err, "member: correct a fact")
	if strings.TrimSpace(in.Reason) == "" {
		return nil, fault.New(fault.Invalid, "请写明理由，日后查得到为什么这样做。").At("reason")
	}
	was, err := s.standing(ctx, s.DB.As(store.System("fact")), m.ID, id, version)
	if err != nil {
		return nil, err
	}
	if was.Kind != in.Kind {
		return nil, fault.New(fault.Invalid, "更正不能换类别，请作废后另外登记。").At("kind")
	}
	f, err := s.draftFact(ctx, m, in, id)
	if err != nil {
		return nil, err
	}
	return factChange(DoFactMend, m, f, &was, &in), nil
}

// RetiringFact checks that a fact is taken back that should not have been entered. It is not deleted.
func (s *Service) RetiringFact(ctx context.Context, m Member, id string, version int64, reason string) (c *Change, err error) {
	defer fault.Wrap(&err, "member: retire a fact")
	if err := s.checkBasis(Basis{Reason: reason}); err != nil {
		return nil, err
	}
	was, err := s.standing(ctx, s.DB.As(store.System("fact")), m.ID, id, version)
	if err != nil {
		return nil, err
	}
	return factChange(DoFactRetire, m, nil, &was, &NewFact{Kind: was.Kind, Reason: reason}), nil
}

// factChange is the change to a member's dated facts. What it says goes into Old and New as far as a page shows it.
func factChange(kind string, m Member, f, was *Fact, in *NewFact) *Change {
	field := roster.Column(in.Kind)
	c := &Change{Kind: kind, Member: m, Basis: Basis{Reason: in.Reason, Document: in.Document}, Fields: []roster.Column{field}, Fact: f, Was: was, Entry: in,
		Old: map[roster.Column]string{}, New: map[roster.Column]string{}}
	if was != nil {
		c.Old[field] = was.Told()
	}
	if f != nil {
		c.New[field] = f.Told()
	}
	return c
}

// applyFact writes a checked change to the dated facts inside an act.
func (s *Service) applyFact(ctx context.Context, tx *store.Tx, entered ledger.Actor, c *Change) error {
	if c.Was != nil {
		if err := s.retire(ctx, tx, entered, c.Member.ID, c.Was.ID, c.Was.Version, c.Basis.Reason); err != nil {
			return err
		}
	}
	if c.Fact == nil {
		return nil
	}
	m, f := c.Member, *c.Fact
	f.Account, f.Actor = entered.Account, entered.Name
	return s.insertFact(ctx, tx, &m, f)
}

// draftFact checks what is entered and gives the fact that is to be written, in place of another if one is named.
func (s *Service) draftFact(ctx context.Context, m Member, in NewFact, follows string) (*Fact, error) {
	if !in.Kind.Valid() {
		return nil, fault.New(fault.Invalid, "请从列表中选择类别。").At("kind")
	}
	rec, err := s.opened(ctx, m)
	if err != nil {
		return nil, err
	}
	f := Fact{ID: s.Ledger.IDs.New(), Member: m.ID, Follows: follows, Kind: in.Kind, From: in.From, To: in.To, Text: strings.TrimSpace(in.Text), By: strings.TrimSpace(in.By),
		Detail: strings.TrimSpace(in.Detail), Document: strings.TrimSpace(in.Document), Reason: strings.TrimSpace(in.Reason), Version: 1}
	if f.Proofs, err = s.proofs(ctx, m.ID, in.Proofs); err != nil {
		return nil, err
	}
	died, err := s.diedOn(ctx, m)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(s.checkSpell(f, rec.Born, died), f.checkTexts()); err != nil {
		return nil, firstFault(err)
	}
	if f.Late = s.isLate(f, in.Entered); f.Late && f.Reason == "" {
		return nil, fault.New(fault.Invalid, "这件事已经过去 %d 天以上。请写明为什么现在才登记。", s.lateAfter()).At("reason")
	}
	if c := in.Kind.Column(); c != "" {
		if f.Text, err = s.storedText(rec, c, f.Text); err != nil {
			return nil, err
		}
	}
	all, err := s.factsWhere(ctx, s.DB.As(store.System("fact")), m.ID, "member_id = ?", m.ID)
	if err == nil {
		err = clash(all, f, follows)
	}
	return &f, err
}

// datesRule says which days of a history cannot be.
const datesRule = "K-12"

// diedOn is the day on which a member died, zero for whoever is not known to have.
func (s *Service) diedOn(ctx context.Context, m Member) (on civil.Date, err error) {
	if m.State != Ended {
		return on, nil
	}
	query := "SELECT on_date FROM {member_event} WHERE member_id = ? AND kind = ? ORDER BY id DESC LIMIT 1"
	_, err = s.DB.As(store.System("fact")).One(ctx, query, []any{m.ID, string(Died)}, &on)
	return on, err
}

// checkSpell checks the days of a fact: real, not before birth, not after death but for an honour, not in the future, in order.
func (s *Service) checkSpell(f Fact, born, died civil.Date) error {
	if e := fault.As(s.checkDays(f, born, died)); e != nil {
		return e.By(datesRule)
	}
	return nil
}

func (s *Service) checkDays(f Fact, born, died civil.Date) error {
	today := civil.Today(s.Clock)
	was := f.Kind.Column() != ""
	switch {
	case f.From.IsZero() && !was:
		return fault.New(fault.Invalid, "请填写日期。").At("from")
	case f.To.IsZero() && was:
		return fault.New(fault.Invalid, "请填写到哪一天为止。现在的情况请用“更正”。").At("to")
	case !f.From.IsZero() && !f.From.Valid():
		return fault.New(fault.Invalid, "没有这一天，请核对日期。").At("from")
	case !f.To.IsZero() && !f.To.Valid():
		return fault.New(fault.Invalid, "没有这一天，请核对日期。").At("to")
	case f.From.After(today):
		return fault.New(fault.Invalid, "日期不能晚于今天。").At("from")
	case f.To.After(today):
		return fault.New(fault.Invalid, "日期不能晚于今天。").At("to")
	case !f.From.IsZero() && f.From.Before(born):
		return fault.New(fault.Invalid, "日期不能早于出生日期。").At("from")
	case !died.IsZero() && f.Kind != Honour && f.From.After(died):
		return fault.New(fault.Invalid, "日期不能晚于去世日期 %s。", died).At("from")
	case !died.IsZero() && f.To.After(died.AddDays(1)):
		return fault.New(fault.Invalid, "日期不能晚于去世日期 %s。", died).At("to")
	case !f.To.IsZero() && (f.To.Before(born) || !f.From.Before(f.To)):
		return fault.New(fault.Invalid, "结束日期要晚于开始日期。").At("to")
	}
	return nil
}

func (f Fact) checkTexts() error {
	for _, t := range []struct {
		text, field string
		longest     int
	}{{f.Text, "text", maxFactText}, {f.By, "by", maxFactText}, {f.Detail, "detail", maxFactDetail}, {f.Document, "document", maxDocument}, {f.Reason, "reason", maxReason}} {
		if utf8.RuneCountInString(t.text) > t.longest || !utf8.ValidString(t.text) {
			return fault.New(fault.Invalid, "这一项最多 %d 个字。", t.longest).At(t.field)
		}
	}
	if f.Text == "" && f.Kind.Column() == "" {
		return fault.New(fault.Invalid, "请写明是什么事。").At("text")
	}
	return nil
}

// isLate tells whether a fact is entered long after it happened, or was over; on the day it is entered, however long it
// then waits for its reviewer.
func (s *Service) isLate(f Fact, entered civil.Date) bool {
	last := f.From
	if f.To.After(last) {
		last = f.To
	}
	if entered.IsZero() {
		entered = civil.Today(s.Clock)
	}
	return last.DaysUntil(entered) > s.lateAfter()
}

// storedText reads an earlier value as the roster would, beside the rest of the record, and gives what a row stores.
func (s *Service) storedText(now roster.Record, c roster.Column, typed string) (string, error) {
	values := asTyped(now)
	values[c] = typed
	rec, problems := roster.Typed(values, s.rosterContext())
	for _, p := range problems {
		if p.Column == c.Title() && p.Level == roster.Error {
			return "", fault.New(fault.Invalid, p.Text, p.Args...).At("text").By(p.Rule)
		}
	}
	return plainOf(rec, c), nil
}

// plainOf is a column's value as a row stores it, sealed ones in plain.
func plainOf(r roster.Record, c roster.Column) string {
	switch c {
	case roster.Name:
		return r.Name
	case roster.Ethnicity:
		return r.Ethnicity
	case roster.Education:
		return r.Education
	case roster.Occupation:
		return r.Occupation
	case roster.Mobile:
		return r.Mobile
	case roster.Phone:
		return r.Phone
	case roster.Address:
		return r.Address
	case roster.Registry:
		return string(registryOf(r))
	case roster.Floating:
		return string(r.Floating)
	case roster.FloatingTo:
		return r.FloatingTo
	case roster.Care:
		return string(r.Care)
	}
	return ""
}

// clash refuses an earlier value of a column that cannot have been true beside another one, but for the one that it
// stands in place of.
func clash(all []Fact, f Fact, except string) error {
	if c := f.Kind.Column(); c == "" || f.Kind != Earlier(c) {
		return nil
	}
	for _, o := range all {
		if o.ID != except && o.Kind == f.Kind && o.Retired.IsZero() && o.From.Before(f.To) && (f.From.Before(o.To) || f.From.IsZero() && !o.To.IsZero()) {
			return fault.New(fault.Conflict, "%s 到 %s 已经有登记，请先更正或者作废那一条。", dayOr(o.From), o.To).At("from").By(datesRule)
		}
	}
	return nil
}

// insertFact writes a fact. Two earlier values of one column cannot both have been true on a day.
func (s *Service) insertFact(ctx context.Context, tx *store.Tx, m *Member, f Fact) error {
	if err := s.stay(ctx, tx, m); err != nil {
		return err
	}
	all, err := s.factsWhere(ctx, tx, m.ID, "member_id = ?", m.ID)
	if err != nil {
		return err
	}
	if err := clash(all, f, ""); err != nil {
		return err
	}
	p, err := s.Vault.Person(ctx, m.ID)
	if err != nil {
		return err
	}
	f.Recorded = s.notEarlier(all)
	if err := s.linkProofs(ctx, tx, m, f); err != nil {
		return err
	}
	return tx.Insert(ctx, "fact", store.Set("id", f.ID), store.Set("member_id", m.ID), store.Set("org_path", m.OrgPath), store.Set("kind", string(f.Kind)),
		store.Set("from_on", f.From), store.Set("to_on", f.To), store.Set("value", sealFact(p, f)), store.Set("document", f.Document), store.Set("reason", f.Reason),
		store.Set("late", bit(f.Late)), store.Set("follows", f.Follows), store.Set("recorded", f.Recorded.UnixMicro()), store.Set("account_id", f.Account),
		store.Set("actor", f.Actor), store.Set("retired", int64(0)), store.Set("retired_by", ""), store.Set("retired_reason", ""), store.Set("version", f.Version))
}

func dayOr(d civil.Date) string {
	if d.IsZero() {
		return "…"
	}
	return d.String()
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// notEarlier is now, or the time of the last entry of the same record when the clock has been set back: what was entered
// later is never known earlier.
func (s *Service) notEarlier(facts []Fact) time.Time {
	at := s.Clock.Now()
	for _, f := range facts {
		for _, t := range []time.Time{f.Recorded, f.Retired} {
			if t.After(at) {
				at = t
			}
		}
	}
	return at
}

// standing reads a fact that is to be corrected or taken back, at the version that was seen.
func (s *Service) standing(ctx context.Context, r store.Reader, member, id string, version int64) (Fact, error) {
	all, err := s.factsWhere(ctx, r, member, "member_id = ? AND id = ?", member, id)
	if err != nil {
		return Fact{}, err
	}
	switch {
	case len(all) == 0:
		return Fact{}, fault.Missing()
	case !all[0].Retired.IsZero() || all[0].Version != version:
		return all[0], fault.New(fault.Conflict, "这一条刚刚有人更正或者作废了，请刷新后再看。")
	}
	return all[0], nil
}

// retire takes a fact back.
func (s *Service) retire(ctx context.Context, tx *store.Tx, actor ledger.Actor, member, id string, version int64, reason string) error {
	if _, err := s.standing(ctx, tx, member, id, version); err != nil {
		return err
	}
	all, err := s.factsWhere(ctx, tx, member, "member_id = ?", member)
	if err != nil {
		return err
	}
	n, err := tx.Update(ctx, "fact", store.ByID(id).And("version", version), store.Set("retired", s.notEarlier(all).UnixMicro()), store.Set("retired_by", actor.Name),
		store.Set("retired_reason", reason), store.Set("version", version+1))
	if err == nil && n == 0 {
		err = Stale()
	}
	return err
}

// keepEarlier keeps the values that a record had until a day, for the columns that a change of that day gave new ones
// ("情况变了，从…起"). Each has been true since the last change of its column. A column that does not change in a life, and a
// value that nobody had known, leave nothing.
func (s *Service) keepEarlier(ctx context.Context, tx *store.Tx, actor ledger.Actor, m Member, old, now roster.Record, b Basis) error {
	if b.On.Before(old.Born) {
		return fault.New(fault.Invalid, "日期不能早于出生日期。").At("on")
	}
	all, err := s.factsWhere(ctx, tx, m.ID, "member_id = ?", m.ID)
	if err != nil {
		return err
	}
	for _, c := range Changing {
		was := plainOf(old, c)
		if was == plainOf(now, c) || was == "" {
			continue
		}
		f := Fact{ID: s.Ledger.IDs.New(), Member: m.ID, Kind: Earlier(c), To: b.On, Text: was, Document: b.Document, Reason: b.Reason,
			Account: actor.Account, Actor: actor.Name, Version: 1}
		for _, o := range all {
			if o.Kind == f.Kind && o.Retired.IsZero() && o.To.After(f.From) {
				f.From = o.To
			}
		}
		if !f.From.Before(f.To) {
			return fault.New(fault.Invalid, "这一项上一次变动在 %s，日期要比它晚。", f.From).At("on")
		}
		if err := s.insertFact(ctx, tx, &m, f); err != nil {
			return err
		}
	}
	return nil
}
