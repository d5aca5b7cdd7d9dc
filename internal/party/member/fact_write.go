package member

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// DoFact is entering, correcting and retiring a dated fact.
const DoFact = "member.fact"

// NewFact is a dated fact as it is entered. The faults name the fields kind, from, to, text, by, detail, document and
// reason.
type NewFact struct {
	Kind     FactKind
	From, To civil.Date
	Text     string // of an earlier value as one types it: 大专
	By       string
	Detail   string
	Document string
	Reason   string // needed when it is entered long after
}

const (
	maxFactText   = 100
	maxFactDetail = 500
)

// lateAfter is after how many days an entry counts as late and has to say why.
func (s *Service) lateAfter() int {
	if s.LateAfter <= 0 {
		return 90
	}
	return s.LateAfter
}

// AddFact enters a dated fact of a member by hand.
func (s *Service) AddFact(ctx context.Context, actor ledger.Actor, member string, in NewFact) (id string, err error) {
	defer fault.Wrap(&err, "member: add a fact")
	m, f, err := s.draftFact(ctx, actor, member, in)
	if err != nil {
		return "", err
	}
	act := ledger.Act{Kind: DoFact, Subject: "member", SubjectID: m.ID, OrgPath: m.OrgPath, Reason: in.Reason, Source: in.Document, Detail: map[string]any{"kind": in.Kind}}
	err = s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error { return s.insertFact(ctx, tx, &m, f) })
	return f.ID, err
}

// CorrectFact puts another in the place of a fact that was wrong. What was wrong stays readable as what was believed.
func (s *Service) CorrectFact(ctx context.Context, actor ledger.Actor, member, id string, version int64, in NewFact) (_ string, err error) {
	defer fault.Wrap(&err, "member: correct a fact")
	if strings.TrimSpace(in.Reason) == "" {
		return "", fault.New(fault.Invalid, "请写明理由，日后查得到为什么这样做。").At("reason")
	}
	m, f, err := s.draftFact(ctx, actor, member, in)
	if err != nil {
		return "", err
	}
	f.Follows = id
	act := ledger.Act{Kind: DoFact, Subject: "member", SubjectID: m.ID, OrgPath: m.OrgPath, Reason: in.Reason, Source: in.Document, Detail: map[string]any{"kind": in.Kind, "corrects": id}}
	err = s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		was, err := s.retire(ctx, tx, actor, m.ID, id, version, in.Reason)
		if err == nil && was.Kind != in.Kind {
			err = fault.New(fault.Invalid, "更正不能换类别，请作废后另外登记。").At("kind")
		}
		if err != nil {
			return err
		}
		return s.insertFact(ctx, tx, &m, f)
	})
	return f.ID, err
}

// RetireFact takes a fact back that should not have been entered. It is not deleted.
func (s *Service) RetireFact(ctx context.Context, actor ledger.Actor, member, id string, version int64, reason string) (err error) {
	defer fault.Wrap(&err, "member: retire a fact")
	m, err := s.factOn(ctx, actor, member)
	if err == nil {
		err = s.checkBasis(Basis{Reason: reason})
	}
	if err != nil {
		return err
	}
	act := ledger.Act{Kind: DoFact, Subject: "member", SubjectID: m.ID, OrgPath: m.OrgPath, Reason: reason, Detail: map[string]any{"retires": id}}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		_, err := s.retire(ctx, tx, actor, m.ID, id, version, reason)
		return err
	})
}

// factOn reads the member about whom a fact is written, and asks whether the actor may.
func (s *Service) factOn(ctx context.Context, actor ledger.Actor, member string) (Member, error) {
	m, err := s.ByID(ctx, s.DB.As(actor.Scope), member)
	if err != nil {
		return m, err
	}
	if actor.Member == member {
		return m, fault.New(fault.Forbidden, "不能给自己登记，请由支部其他同志办理。").By("H-02")
	}
	return m, s.Rights.May(ctx, actor, DoFact, m.OrgPath)
}

// draftFact checks what is entered and gives the fact that is to be written.
func (s *Service) draftFact(ctx context.Context, actor ledger.Actor, member string, in NewFact) (m Member, f Fact, err error) {
	if m, err = s.factOn(ctx, actor, member); err != nil {
		return m, f, err
	}
	if !in.Kind.Valid() {
		return m, f, fault.New(fault.Invalid, "请从列表中选择类别。").At("kind")
	}
	rec, err := s.opened(ctx, m)
	if err != nil {
		return m, f, err
	}
	f = Fact{ID: s.Ledger.IDs.New(), Member: m.ID, Kind: in.Kind, From: in.From, To: in.To, Text: strings.TrimSpace(in.Text), By: strings.TrimSpace(in.By),
		Detail: strings.TrimSpace(in.Detail), Document: strings.TrimSpace(in.Document), Reason: strings.TrimSpace(in.Reason),
		Account: actor.Account, Actor: actor.Name, Version: 1}
	if err := errors.Join(s.checkSpell(f, rec.Born), f.checkTexts()); err != nil {
		return m, f, firstFault(err)
	}
	if f.Late = s.isLate(f); f.Late && f.Reason == "" {
		return m, f, fault.New(fault.Invalid, "这件事已经过去 %d 天以上。请写明为什么现在才登记。", s.lateAfter()).At("reason")
	}
	if c := in.Kind.Column(); c != "" {
		f.Text, err = s.storedText(rec, c, f.Text)
	}
	return m, f, err
}

// checkSpell checks the days of a fact: real, not before birth, not in the future, in order.
func (s *Service) checkSpell(f Fact, born civil.Date) error {
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

// isLate tells whether a fact is entered long after it happened, or was over.
func (s *Service) isLate(f Fact) bool {
	last := f.From
	if f.To.After(last) {
		last = f.To
	}
	return last.DaysUntil(civil.Today(s.Clock)) > s.lateAfter()
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

// insertFact writes a fact. Two earlier values of one column cannot both have been true on a day.
func (s *Service) insertFact(ctx context.Context, tx *store.Tx, m *Member, f Fact) error {
	if err := s.stay(ctx, tx, m); err != nil {
		return err
	}
	all, err := s.factsWhere(ctx, tx, m.ID, "member_id = ?", m.ID)
	if err != nil {
		return err
	}
	if c := f.Kind.Column(); c != "" && f.Kind == Earlier(c) {
		for _, o := range all {
			if o.Kind == f.Kind && o.Retired.IsZero() && o.From.Before(f.To) && (f.From.Before(o.To) || f.From.IsZero() && !o.To.IsZero()) {
				return fault.New(fault.Conflict, "%s 到 %s 已经有登记，请先更正或者作废那一条。", dayOr(o.From), o.To).At("from")
			}
		}
	}
	p, err := s.Vault.Person(ctx, m.ID)
	if err != nil {
		return err
	}
	f.Recorded = s.notEarlier(all)
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

// retire takes a fact back.
func (s *Service) retire(ctx context.Context, tx *store.Tx, actor ledger.Actor, member, id string, version int64, reason string) (Fact, error) {
	all, err := s.factsWhere(ctx, tx, member, "member_id = ?", member)
	if err != nil {
		return Fact{}, err
	}
	i := slices.IndexFunc(all, func(f Fact) bool { return f.ID == id })
	if i < 0 {
		return Fact{}, fault.Missing()
	}
	f := all[i]
	if !f.Retired.IsZero() || f.Version != version {
		return f, Stale()
	}
	n, err := tx.Update(ctx, "fact", store.ByID(id).And("version", version), store.Set("retired", s.notEarlier(all).UnixMicro()), store.Set("retired_by", actor.Name),
		store.Set("retired_reason", reason), store.Set("version", version+1))
	if err == nil && n == 0 {
		err = Stale()
	}
	return f, err
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
