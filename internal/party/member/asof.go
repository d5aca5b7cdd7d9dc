package member

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/vault"

	"github.com/oklog/ulid/v2"
)

// Past is a record as it was on a day, as far as it was known at a time.
type Past struct {
	Member         // the values of that day, without the sealed ones; what was not known is empty
	Tails  Tails   // the ends of the numbers of that day
	Status Status  // what somebody was on the day, by the events known
	Events []Event // those that had happened by the day, newest first
	From   map[roster.Column]Origin
}

// Origin says since when a value was true and how the record came to know it.
type Origin struct {
	Source
	Since  civil.Date // zero: no earlier value is known, nor since when
	Before bool       // the value is one that was kept as an earlier one
	Late   bool
}

// AsOf shows a record that its caller has read under the actor's scope as it was on a day; knownAt narrows to what had
// been entered by then, the zero time is now. fault.NotFound at known_at when nobody had entered the record yet. The
// images of the ledger tell what was known, the dated facts and events what was true.
func (s *Service) AsOf(ctx context.Context, r store.Reader, m Member, on civil.Date, knownAt time.Time) (Past, error) {
	life, err := s.lifeOf(ctx, r, m, knownAt)
	if err != nil {
		return Past{}, err
	}
	return life.on(on), nil
}

// life is everything that is known of a record at a time.
type life struct {
	m       Member
	tails   Tails
	facts   []Fact // earlier values that stand
	rows    []Event
	sources map[roster.Column]Source
}

func (s *Service) lifeOf(ctx context.Context, r store.Reader, m Member, knownAt time.Time) (l life, err error) {
	changes, err := s.Ledger.Changes(ctx, "member", m.ID)
	if err != nil {
		return l, err
	}
	if !knownAt.IsZero() {
		if changes = until(changes, knownAt); len(changes) == 0 {
			return l, fault.New(fault.Invalid, "那时还没有登记这份信息。").At("known_at").By(datesRule)
		}
		if m, err = imaged(m, changes[len(changes)-1].Became); err != nil {
			return l, err
		}
	}
	l.m, l.sources = m, sourcesIn(changes, m)
	if l.tails, err = s.Tails(ctx, m); err != nil && !errors.Is(err, vault.ErrShredded) {
		return l, err
	}
	facts, err := s.factsWhere(ctx, r, m.ID, "member_id = ?", m.ID)
	if err != nil {
		return l, err
	}
	at := knownAt
	if at.IsZero() {
		at = forever
	}
	for _, f := range facts {
		if f.Kind.Column() != "" && f.Stands(at) {
			l.facts = append(l.facts, f)
		}
	}
	rows, err := s.eventRows(ctx, r, m.ID)
	for _, e := range rows {
		if !recorded(e.ID).After(at) {
			l.rows = append(l.rows, e)
		}
	}
	return l, err
}

// forever is later than every entry.
var forever = time.UnixMicro(1<<62 - 1)

// until keeps the changes that were entered by a time. The order of the ledger wins over its times: a change that follows
// another was not known before it, even when the clock had been set back.
func until(changes []ledger.Change, at time.Time) []ledger.Change {
	for i, c := range changes {
		if c.Record.Time().After(at) {
			return changes[:i]
		}
	}
	return changes
}

// recorded is when the row with an identifier was made.
func recorded(id string) time.Time {
	u, err := ulid.ParseStrict(id)
	if err != nil {
		return time.Time{}
	}
	return ulid.Time(u.Time())
}

// on is the record on a day.
func (l life) on(on civil.Date) Past {
	p := Past{Member: l.m, Tails: l.tails, From: map[roster.Column]Origin{}}
	for c, src := range l.sources {
		p.From[c] = Origin{Source: src}
	}
	for _, c := range Changing {
		p.turnBack(c, l.facts, on)
	}
	events := l.m.events(l.rows)
	p.Status = StatusOn(events, on)
	p.OrgID = branchOn(l.rows, l.m.OrgID, on)
	p.undo(on)
	for _, e := range events {
		if !e.On.After(on) {
			p.Events = append(p.Events, e)
		}
	}
	slices.SortStableFunc(p.Events, func(a, b Event) int {
		return cmp.Or(cmp.Compare(b.On.String(), a.On.String()), cmp.Compare(rankOf(b.Kind), rankOf(a.Kind)))
	})
	return p
}

// turnBack puts the value of a column that was true on the day in place of the present one.
func (p *Past) turnBack(c roster.Column, facts []Fact, on civil.Date) {
	var since civil.Date
	known := false
	for _, f := range facts {
		if f.Kind != Earlier(c) {
			continue
		}
		if f.True(on) {
			src := Source{Actor: f.Actor, At: f.Recorded, Kind: DoFact, Reason: f.Reason, Document: f.Document}
			p.From[c] = Origin{Source: src, Since: f.From, Before: true, Late: f.Late}
			p.put(c, f.Text)
			return
		}
		if known = true; f.To.After(since) {
			since = f.To
		}
	}
	o := p.From[c]
	if o.Since = since; known && on.Before(since) { // between two values that are known, or before the first
		o = Origin{}
		p.put(c, "")
	}
	p.From[c] = o
}

// put sets a column to a value as rows store it, sealed ones in plain, of which only the end is kept.
func (p *Past) put(c roster.Column, text string) {
	switch c {
	case roster.Name:
		p.Name = text
	case roster.Ethnicity:
		p.Ethnicity = text
	case roster.Education:
		p.Education = text
	case roster.Occupation:
		p.Occupation = text
	case roster.Mobile:
		p.Tails.Mobile = last4(text)
	case roster.Phone:
		p.Tails.Phone = last4(text)
	case roster.Address:
		p.address = nil
		if text != "" {
			p.address = []byte{1} // that it was known; what it was is shown by a reveal of the fact
		}
	case roster.Registry:
		p.Registry = identity.Registry(text)
	case roster.Floating:
		p.Floating = identity.Answer(text) == identity.Yes
	case roster.FloatingTo:
		p.FloatingTo = text
	case roster.Care:
		p.Care = identity.Answer(text) == identity.Yes
	}
}

// undo takes away what happened after the day.
func (p *Past) undo(on civil.Date) {
	switch p.Status.Standing {
	case Probationary:
		p.Category = identity.Probationary
	case FullMember:
		p.Category = identity.Full
	case NotYet:
		p.Category = ""
	}
	p.State = Active
	if p.Status.Standing == Gone || p.Status.Standing == NotYet {
		p.State = Ended
	}
	if p.EndedOn.After(on) {
		p.EndedOn = civil.Date{}
	}
	if p.Joined.After(on) {
		p.Joined = civil.Date{}
	}
	if p.Confirmed.After(on) {
		p.Confirmed = civil.Date{}
	}
	if p.LostOn.After(on) {
		p.Lost, p.LostOn = false, civil.Date{}
	}
}

// branchOn is the branch of a day: where the first move after it came from, else where the record stands.
func branchOn(rows []Event, now string, on civil.Date) string {
	branch, first := now, civil.Date{}
	for _, e := range rows {
		if e.Kind == MovedBranch && e.On.After(on) && (first.IsZero() || e.On.Before(first)) {
			branch, first = e.Was, e.On
		}
	}
	return branch
}

// imaged is a record as an image of its row has it.
func imaged(now Member, text func(column string) string) (m Member, err error) {
	number := func(column string) int64 {
		n, nerr := strconv.ParseInt(text(column), 10, 64)
		err = errors.Join(err, nerr)
		return n
	}
	sealed := func(column string) []byte {
		digits := text(column)
		if digits == "" || digits == "null" {
			return nil
		}
		b, herr := hex.DecodeString(digits)
		err = errors.Join(err, herr)
		return b
	}
	date := func(column string) (d civil.Date) {
		err = errors.Join(err, d.UnmarshalText([]byte(text(column))))
		return d
	}
	m = now
	m.OrgID, m.Name, m.Sex, m.Born = text("org_id"), text("name"), identity.Sex(text("sex")), text("born")
	m.Ethnicity, m.Education, m.Category, m.Occupation = text("ethnicity"), text("education"), identity.Category(text("category")), text("occupation")
	m.Joined, m.Confirmed, m.LostOn, m.EndedOn = date("joined_on"), date("confirmed_on"), date("lost_on"), date("ended_on")
	m.Registry, m.FloatingTo, m.Review, m.State = identity.Registry(text("registry")), text("floating_to"), Review(text("review")), State(text("state"))
	m.Lost, m.Floating, m.Care = number("lost") != 0, number("floating") != 0, number("care") != 0
	m.Missing, m.Version = Missing(number("missing")), number("version")
	m.idNumber, m.mobile, m.phone, m.address, m.notes = sealed("id_number"), sealed("mobile"), sealed("phone"), sealed("address"), sealed("notes")
	return m, err
}

// eventRows are a member's dated events that are rows of their own, oldest first.
func (s *Service) eventRows(ctx context.Context, r store.Reader, id string) (rows []Event, err error) {
	query := "SELECT id, kind, on_date, reason, document, was, became FROM {member_event} WHERE member_id = ? ORDER BY on_date, id"
	err = r.Each(ctx, query, []any{id}, func(row store.Row) error {
		var e Event
		err := row.Scan(&e.ID, &e.Kind, &e.On, &e.Reason, &e.Document, &e.Was, &e.Became)
		rows = append(rows, e)
		return err
	})
	return rows, err
}
