package member

import (
	"context"
	"sync"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/party/notice"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// LookKind is how somebody looked at a record.
type LookKind string

// The kinds: a page was opened, sealed fields were shown, the record went into an exported file, a document was
// opened, the whole record was handed over.
const (
	Opened     LookKind = "opened"
	Revealed   LookKind = "revealed"
	Exported   LookKind = "exported"
	Read       LookKind = "document"
	HandedOver LookKind = "handover"
)

// Look is one look at a record, as its member sees it.
type Look struct {
	ID      string
	Actor   string
	Kind    LookKind
	Purpose string
	At      time.Time
}

// Reveal shows the asked sealed fields in plain, and no others. The look is committed before anything is returned,
// and the member sees it. Without a purpose nothing is shown; a member's look at her own record needs none.
func (s *Service) Reveal(ctx context.Context, actor ledger.Actor, id, purpose string, fields ...roster.Column) (rec roster.Record, err error) {
	defer fault.Wrap(&err, "member: reveal")
	m, err := s.ByID(ctx, s.DB.As(actor.Scope), id)
	if err != nil {
		return rec, err
	}
	own := actor.Member != "" && actor.Member == id
	if !own {
		if err := s.Rights.Covers(ctx, actor, DoReveal, m.OrgPath, fields...); err != nil {
			return rec, err
		}
		if purpose == "" {
			return rec, fault.New(fault.Invalid, "请说明用途。用途会留下记录，并通知本人。").At("purpose").By("P-02")
		}
		if err := s.Usable(ctx, s.DB.As(actor.Scope), actor, id); err != nil {
			return rec, err
		}
	}
	act := ledger.Act{Kind: DoReveal, Subject: "member", SubjectID: id, OrgPath: m.OrgPath, Reason: purpose, Detail: map[string]any{"fields": fields}}
	err = s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if own {
			return nil
		}
		return s.insertLook(ctx, tx, look{id, m.OrgPath, actor.Account, actor.Name, Revealed, purpose, s.Clock.Now()})
	})
	if err != nil {
		return rec, err
	}
	all, err := s.opened(ctx, m)
	if err != nil {
		return rec, err
	}
	return only(all, fields), nil
}

// only keeps the asked fields among those that are sealed.
func only(all roster.Record, fields []roster.Column) (rec roster.Record) {
	for _, f := range fields {
		switch f {
		case roster.IDNumber, roster.Born:
			rec.IDNumber, rec.Born = all.IDNumber, all.Born
		case roster.Mobile:
			rec.Mobile = all.Mobile
		case roster.Phone:
			rec.Phone = all.Phone
		case roster.Address:
			rec.Address = all.Address
		case roster.Note:
			rec.Notes = all.Notes
		}
	}
	return rec
}

type look struct {
	member, path, account, actor string
	kind                         LookKind
	purpose                      string
	at                           time.Time
}

// WriteLook writes a look in the transaction of the act that shows something: it is there before anything is given. A
// look at one's own record is none.
func (s *Service) WriteLook(ctx context.Context, tx *store.Tx, actor ledger.Actor, m Member, kind LookKind, purpose string) error {
	if actor.Member == m.ID {
		return nil
	}
	return s.insertLook(ctx, tx, look{m.ID, m.OrgPath, actor.Account, actor.Name, kind, purpose, s.Clock.Now()})
}

func (s *Service) insertLook(ctx context.Context, tx *store.Tx, l look) error {
	err := tx.Insert(ctx, "look", store.Set("id", s.Ledger.IDs.New()), store.Set("member_id", l.member), store.Set("org_path", l.path),
		store.Set("account_id", l.account), store.Set("actor", l.actor), store.Set("kind", string(l.kind)),
		store.Set("purpose", l.purpose), store.Set("at", l.at.UnixMicro()))
	if err != nil || l.kind == Opened {
		return err
	}
	return notice.Give(ctx, tx, s.Ledger, notice.Notice{To: l.member, Kind: notice.Kind("look." + string(l.kind)), About: l.purpose, Account: l.account, Actor: l.actor})
}

// looks are openings that wait to be written together.
type looks struct {
	mu      sync.Mutex
	waiting []look
	rung    chan struct{}
}

// bell wakes Run; the caller holds mu.
func (l *looks) bell() chan struct{} {
	if l.rung == nil {
		l.rung = make(chan struct{}, 1)
	}
	return l.rung
}

// maxWaiting bounds what a stopped database can pile up; the next opening is then refused.
const maxWaiting = 10000

// Opened notes that somebody opened another person's record. It is written with others within a second (Run).
func (s *Service) Opened(actor ledger.Actor, m Member) error {
	if actor.Member == m.ID {
		return nil
	}
	s.looks.mu.Lock()
	defer s.looks.mu.Unlock()
	if len(s.looks.waiting) >= maxWaiting {
		return fault.New(fault.Unavailable, "查看记录暂时写不进去，请稍后再看。")
	}
	s.looks.waiting = append(s.looks.waiting, look{m.ID, m.OrgPath, actor.Account, actor.Name, Opened, "", s.Clock.Now()})
	select {
	case s.looks.bell() <- struct{}{}:
	default: // it has been rung
	}
	return nil
}

// Flush writes the waiting openings as one act.
func (s *Service) Flush(ctx context.Context) error {
	s.looks.mu.Lock()
	batch := s.looks.waiting
	s.looks.waiting = nil
	s.looks.mu.Unlock()
	if len(batch) == 0 {
		return nil
	}
	err := s.Ledger.Do(ctx, ledger.System("look"), ledger.Act{Kind: "member.opened", Subject: "look", Reason: "打开党员信息", Detail: map[string]any{"looks": len(batch)}}, func(tx *store.Tx) error {
		for _, l := range batch {
			if err := s.insertLook(ctx, tx, l); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.looks.mu.Lock()
		s.looks.waiting = append(batch, s.looks.waiting...)
		s.looks.mu.Unlock()
	}
	return err
}

// Run flushes openings half a second after the first one until the context ends, and once more then.
func (s *Service) Run(ctx context.Context, report func(error)) {
	s.looks.mu.Lock()
	bell := s.looks.bell()
	s.looks.mu.Unlock()
	for {
		select {
		case <-ctx.Done():
		case <-bell:
			select {
			case <-ctx.Done():
			case <-time.After(500 * time.Millisecond): // what comes meanwhile goes along
			}
		}
		err := s.Flush(context.WithoutCancel(ctx))
		if err != nil {
			report(err)
		}
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			s.ringAgain(bell)
		}
	}
}

// ringAgain tries once more what could not be written.
func (s *Service) ringAgain(bell chan struct{}) {
	select {
	case bell <- struct{}{}:
	default:
	}
}

// Looks lists who looked at a record, newest first.
func (s *Service) Looks(ctx context.Context, r store.Reader, id string, limit int) ([]Look, error) {
	return s.LooksBefore(ctx, r, id, "", limit)
}

// LooksBefore is Looks from behind a look on, for the next page; "" begins.
func (s *Service) LooksBefore(ctx context.Context, r store.Reader, id, before string, limit int) ([]Look, error) {
	if before == "" {
		before = "~"
	}
	var out []Look
	query := "SELECT id, actor, kind, purpose, at FROM {look} WHERE member_id = ? AND id < ? ORDER BY id DESC LIMIT ?"
	err := r.Each(ctx, query, []any{id, before, limit}, func(row store.Row) error {
		var l Look
		var at int64
		err := row.Scan(&l.ID, &l.Actor, &l.Kind, &l.Purpose, &at)
		l.At = time.UnixMicro(at)
		out = append(out, l)
		return err
	})
	return out, err
}

// MobileOf is the mobile number of a record for the program's own use, which shows it to nobody: to tell the member herself
// that something waits. None of a record that is closed, that is gone, or whose use is restricted.
func (s *Service) MobileOf(ctx context.Context, id string) (number string, err error) {
	defer fault.Wrap(&err, "member: mobile")
	r := s.DB.As(store.System("message to oneself"))
	m, err := s.ByID(ctx, r, id)
	if fault.Of(err) == fault.NotFound || err == nil && m.State != Active {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if err := s.Usable(ctx, r, ledger.System("message"), id); err != nil {
		if fault.Of(err) == fault.Conflict {
			err = nil
		}
		return "", err
	}
	all, err := s.opened(ctx, m)
	return all.Mobile, err
}
