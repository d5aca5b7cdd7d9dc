package logbook

import (
	"context"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// loadedAtOnce is how many entries one transaction of Load takes in.
const loadedAtOnce = 4000

// Load enters many facts of whole branches, each held to the checks of one that is entered by hand; reason is that of the
// acts. The people of each branch are read once.
func (s *Service) Load(ctx context.Context, actor ledger.Actor, list []New, reason string, progress func(done int)) (err error) {
	defer fault.Wrap(&err, "logbook: load")
	l := loading{s: s, actor: actor, reason: reason}
	for i, n := range list {
		if err := l.add(ctx, n); err != nil {
			return err
		}
		if len(l.rows) >= loadedAtOnce || i == len(list)-1 {
			if err := l.flush(ctx); err != nil {
				return err
			}
			progress(i + 1)
		}
	}
	return nil
}

// loading is a branch at a time.
type loading struct {
	s      *Service
	actor  ledger.Actor
	reason string

	at     org.Organisation
	people map[string]bool
	rows   [][]any
	places map[string]org.Place
}

func (l *loading) add(ctx context.Context, n New) (err error) {
	if n.Org != l.at.ID {
		if l.at, err = l.s.place(ctx, l.actor, DoAdd, n.Org); err == nil {
			l.people, err = idsOf(ctx, l.s.DB.As(l.actor.Scope), l.at.Path)
		}
		if err != nil {
			return err
		}
	}
	today := civil.Today(l.s.Clock)
	if err := n.check(today, l.s.lateAfter()); err != nil {
		return err
	}
	if l.places == nil {
		l.places = map[string]org.Place{}
	}
	l.places[l.at.ID] = org.Place{ID: l.at.ID, Path: l.at.Path}
	e := Entry{OrgID: l.at.ID, OrgPath: l.at.Path, Kind: n.Kind, On: n.On, Fields: n.Fields, Document: strings.TrimSpace(n.Document), Reason: strings.TrimSpace(n.Reason),
		Late: n.late(today, l.s.lateAfter()), Account: l.actor.Account, Actor: l.actor.Name, Version: 1}
	if OfBranch(n.Kind) {
		e.ID = l.s.Ledger.IDs.New()
		l.rows = append(l.rows, e.values())
		return nil
	}
	for _, id := range n.People {
		if !l.people[id] {
			return fault.New(fault.Invalid, "选的人不在这个支部，请重新选择。").At("people")
		}
		e.ID, e.Member = l.s.Ledger.IDs.New(), id
		l.rows = append(l.rows, e.values())
	}
	return nil
}

func (l *loading) flush(ctx context.Context) error {
	places := make([]org.Place, 0, len(l.places))
	top := l.at.Path
	for _, p := range l.places {
		places = append(places, p)
		top = p.Path[:common(top, p.Path)]
	}
	act := ledger.Act{Kind: DoAdd, Subject: "entry", OrgPath: top, Reason: l.reason, Detail: map[string]any{"entries": len(l.rows), "branches": len(places)}}
	err := l.s.Ledger.Do(ctx, l.actor, act, func(tx *store.Tx) error {
		if err := org.Unmoved(ctx, tx, places...); err != nil {
			return err
		}
		return tx.InsertMany(ctx, "entry", columnNames, l.rows)
	})
	l.rows, l.places = l.rows[:0], nil
	return err
}

// common is the length of the path that two paths share, whole numbers only.
func common(a, b string) int {
	at := 0
	for i := 0; i < len(a) && i < len(b) && a[i] == b[i]; i++ {
		if a[i] == '.' {
			at = i + 1
		}
	}
	return at
}

// idsOf are the members of a branch.
func idsOf(ctx context.Context, r store.Reader, path string) (map[string]bool, error) {
	out := map[string]bool{}
	err := r.Each(ctx, "SELECT id FROM {member} WHERE org_path = ? AND state <> 'destroyed'", []any{path}, func(row store.Row) error {
		var id string
		err := row.Scan(&id)
		out[id] = true
		return err
	})
	return out, err
}
