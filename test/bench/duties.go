package main

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/installation"
	"zhibu/internal/party/duty"
	"zhibu/internal/party/logbook"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/web/view"
)

// What keeping duties may cost: from scratch so long for a million members, after one event, on a workbench, and on a page of the list.
const (
	dutiesFromScratch = 60 * time.Second
	dutiesAfterEvent  = 50 * time.Millisecond
	dutiesWorkbench   = 20 * time.Millisecond
	dutiesPage        = 200 * time.Millisecond // ten branches, each computed from its facts
)

// duties measures what is kept of open duties in a copy of the big city, with log books where there are any:
// computed from scratch, after one entry each in
// branches all over, and read on the workbenches of a branch and of those above.
func (b *bench) duties(ctx context.Context) error {
	from, err := b.livedCity(ctx)
	if err != nil {
		return err
	}
	dir := b.work("duties")
	if err := copyFiles(from, dir); err != nil {
		return err
	}
	if err := b.keepDuties(ctx, dir); err != nil {
		return err
	}
	for _, role := range []string{"branch-secretary", "party-worker", pageRole} {
		if err := b.dutyBench(ctx, dir, role); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) keepDuties(ctx context.Context, dir string) error {
	in, err := open(ctx, dir)
	if err != nil {
		return err
	}
	defer in.Close()
	all := in.DB.As(store.System("bench"))
	branches := 0
	took, err := cost(func() error {
		branches, err = in.Duties.Rebuild(ctx)
		return err
	})
	if err != nil {
		return err
	}
	if branches == 0 {
		return fmt.Errorf("the duties of this city are kept already")
	}
	reach := max(time.Second, dutiesFromScratch*time.Duration(b.members)/1_000_000)
	b.table.add(measure{Name: fmt.Sprintf("open duties from scratch, %d members in %d branches", b.members, branches), Ours: took.String(), Reach: "≤ " + ms(reach)}, took.wall <= reach)
	var rows, entries int64
	for query, into := range map[string]*int64{"SELECT count(*) FROM {owed}": &rows, "SELECT count(*) FROM {entry}": &entries} {
		if _, err := all.One(ctx, query, nil, into); err != nil {
			return err
		}
	}
	b.table.tell(measure{Name: "  out of so many entries of log books, so many rows are kept", Ours: fmt.Sprintf("%d, %d", entries, rows)})
	if err := b.afterEvent(ctx, in); err != nil {
		return err
	}
	wrong := 0
	var compared ledger.Compared
	took, err = cost(func() (err error) {
		compared, err = in.Duties.Compare(ctx, all, 500, func(string, string, duty.Mark, duty.Mark) { wrong++ })
		return err
	})
	if err != nil {
		return err
	}
	b.table.add(measure{Name: fmt.Sprintf("  kept duties that differ from the facts, in %d branches", compared.Looked), Ours: fmt.Sprintf("%d (%s)", wrong, ms(took.wall)), Reach: "0"}, wrong == 0 && compared.Kept)
	return nil
}

// afterEvent enters a meeting in branches all over, and waits each time until what is kept follows.
func (b *bench) afterEvent(ctx context.Context, in *installation.Installation) error {
	a, err := account(string(in.Dir), pageRole)
	if err != nil {
		return err
	}
	p, err := in.Access.Named(ctx, a.Account)
	if err != nil {
		return err
	}
	actor := p.Actor("bench")
	actor.Scope = store.System("bench")
	s := &site{in: in}
	branches, err := s.someBranches(ctx, pagesApart)
	if err != nil {
		return err
	}
	var entered, kept []time.Duration
	for i, id := range branches {
		on := civil.Today(in.Clock).AddDays(-i % 28)
		start := time.Now()
		if _, err := in.Logbook.Add(ctx, actor, logbook.New{Org: id, Kind: timeline.MeetingHeld, On: on, Fields: logbook.Fields{Type: timeline.Assembly}}); err != nil {
			return err
		}
		then := time.Now()
		if n, err := in.Duties.Settle(ctx, 0); err != nil || n == 0 {
			return fmt.Errorf("nothing was marked: %w", err)
		}
		entered, kept = append(entered, then.Sub(start)), append(kept, time.Since(then))
	}
	m := median(kept)
	b.table.add(measure{Name: fmt.Sprintf("kept duties after one event, in %d branches", len(kept)), Ours: ms(m), Reach: "≤ " + ms(dutiesAfterEvent)}, m <= dutiesAfterEvent)
	b.table.tell(measure{Name: "  the slowest; entering it, before", Ours: ms(quantile(kept, 1)) + ", " + ms(median(entered))})
	return nil
}

// dutyBench measures what a workbench reads of duties, and the page.
func (b *bench) dutyBench(ctx context.Context, dir, role string) error {
	s, err := openSite(ctx, dir, role)
	if err != nil {
		return err
	}
	defer s.stop()
	page, err := s.median(func() error { _, err := s.get(view.PathWorkbench); return err })
	if err != nil {
		return err
	}
	b.table.add(measure{Name: "workbench of " + role, Ours: ms(page), Reach: "≤ " + ms(dutiesWorkbench)}, page <= dutiesWorkbench)
	if role != pageRole {
		return nil
	}
	kinds := 0
	below, err := s.median(func() error {
		list, _, err := s.in.Duties.Overdue(ctx, s.in.DB.As(store.System("bench")))
		kinds = len(list)
		return err
	})
	if err != nil {
		return err
	}
	b.table.add(measure{Name: fmt.Sprintf("  of it: what is overdue in the whole city, %d kinds of duties", kinds), Ours: ms(below), Reach: "≤ " + ms(dutiesWorkbench)}, below <= dutiesWorkbench)
	for _, state := range []timeline.State{"", timeline.Overdue, timeline.Blocked} {
		page, err := s.median(func() error { _, err := s.get(view.PathDuties + "?state=" + string(state)); return err })
		if err != nil {
			return err
		}
		b.table.add(measure{Name: "  list of duties of the whole city, state " + cmp.Or(string(state), "open"), Ours: ms(page), Reach: "≤ " + ms(dutiesPage)}, page <= dutiesPage)
	}
	return nil
}

// median times something after it has run once.
func (s *site) median(fn func() error) (time.Duration, error) {
	if err := fn(); err != nil {
		return 0, err
	}
	var list []time.Duration
	for range rounds {
		start := time.Now()
		if err := fn(); err != nil {
			return 0, err
		}
		list = append(list, time.Since(start))
	}
	return median(list), nil
}
