package member

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/reading"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
)

// Place is a branch whose members of a day are asked for: its id, and the path on which it stands today.
type Place struct{ ID, Path string }

// ThenMember is a member of a branch as of a day: name, category and state as they were then.
type ThenMember struct {
	Member
	Status Status
	In     string // the branch of that day
	Gone   bool   // off the register today
}

// InPlacesOn lists who was a member of branches on a day, in the order of the branches, then by name: those who are there
// still and were by then, and those who have been moved since. Who stands outside of the reader's scope today is not told,
// not even by number: what may be known of a person is decided by where the person is now, as everywhere. A record that
// nobody has reviewed, and one that should never have been, is none. A page holds whole branches and ends with the one that
// fills limit; next, the id of the last branch, is the after of the following page, "" at the end.
func (s *Service) InPlacesOn(ctx context.Context, r store.Reader, places []Place, on civil.Date, after string, limit int) (out []ThenMember, next string, err error) {
	if after != "" {
		i := slices.IndexFunc(places, func(p Place) bool { return p.ID == after })
		if i < 0 {
			return nil, "", fault.Missing()
		}
		places = places[i+1:]
	}
	for i, p := range places {
		list, err := s.inPlaceOn(ctx, r, p, on)
		if err != nil {
			return nil, "", err
		}
		if out = append(out, list...); len(out) >= limit && i < len(places)-1 {
			return out, p.ID, nil
		}
	}
	return out, "", nil
}

// movedSince is the condition on m that she has been moved to another branch after a day.
const movedSince = "EXISTS (SELECT 1 FROM {member_event} e WHERE e.member_id = m.id AND e.kind = 'moved' AND e.on_date > ?)"

func (s *Service) inPlaceOn(ctx context.Context, r store.Reader, p Place, on civil.Date) ([]ThenMember, error) {
	var found []Member
	collect := func(row store.Row) error {
		m, err := scan(row)
		found = append(found, m)
		return err
	}
	for _, state := range []string{"active", "ended"} { // an index each
		query := "SELECT " + columns + " FROM {member} m WHERE m.org_path = ? AND m.state = '" + state + "' AND m.joined_on <= ? AND NOT " + movedSince
		if err := r.Each(ctx, query, []any{p.Path, on, on}, collect); err != nil {
			return nil, err
		}
	}
	// The first move after the day says where somebody was.
	query := "SELECT " + prefixed("m.") + " FROM {member_event} f JOIN {member} m ON m.id = f.member_id WHERE f.kind = 'moved' AND f.was = ? AND f.on_date > ? AND m.joined_on <= ?" +
		" AND NOT EXISTS (SELECT 1 FROM {member_event} e WHERE e.member_id = f.member_id AND e.kind = 'moved' AND e.on_date > ? AND (e.on_date, e.id) < (f.on_date, f.id))"
	if err := r.Each(ctx, query, []any{p.ID, on, on, on}, collect); err != nil {
		return nil, err
	}
	return s.thenOf(ctx, r, found, p.ID, on)
}

// thenOf keeps those who were members on the day, as they were.
func (s *Service) thenOf(ctx context.Context, r store.Reader, found []Member, branch string, on civil.Date) ([]ThenMember, error) {
	ids := make([]string, len(found))
	for i, m := range found {
		ids[i] = m.ID
	}
	events, err := eventsOf(ctx, r, ids)
	if err != nil {
		return nil, err
	}
	names, err := s.namesOn(ctx, r, ids, on)
	if err != nil {
		return nil, err
	}
	var out []ThenMember
	for _, m := range found {
		all := m.events(events[m.ID])
		st := StatusOn(all, on)
		wrong := slices.ContainsFunc(all, func(e Event) bool { return e.Kind == EnteredWrong }) && m.State == Ended
		if st.Standing != Probationary && st.Standing != FullMember || wrong || m.Review != Reviewed {
			continue
		}
		p := Past{Member: m, Status: st}
		p.undo(on)
		if n, ok := names[m.ID]; ok {
			p.Name = n
		}
		out = append(out, ThenMember{p.Member, st, branch, m.State == Ended})
	}
	slices.SortStableFunc(out, func(a, b ThenMember) int {
		return cmp.Or(cmp.Compare(reading.Of(a.Name).Full, reading.Of(b.Name).Full), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// eventsOf reads the dated events of several records.
func eventsOf(ctx context.Context, r store.Reader, ids []string) (map[string][]Event, error) {
	out := map[string][]Event{}
	err := byIDs(ids, func(marks string, args []any) error {
		return r.Each(ctx, "SELECT member_id, id, kind, on_date, was, became FROM {member_event} WHERE member_id IN ("+marks+") ORDER BY on_date, id", args, func(row store.Row) error {
			var id string
			var e Event
			err := row.Scan(&id, &e.ID, &e.Kind, &e.On, &e.Was, &e.Became)
			out[id] = append(out[id], e)
			return err
		})
	})
	return out, err
}

// namesOn are the names of the day, of those who had another.
func (s *Service) namesOn(ctx context.Context, r store.Reader, ids []string, on civil.Date) (map[string]string, error) {
	out := map[string]string{}
	var renamed []string
	err := byIDs(ids, func(marks string, args []any) error {
		query := "SELECT DISTINCT member_id FROM {fact} WHERE kind = ? AND retired = 0 AND to_on > ? AND member_id IN (" + marks + ")"
		return r.Each(ctx, query, append([]any{string(Earlier(roster.Name)), on}, args...), func(row store.Row) error {
			var id string
			err := row.Scan(&id)
			renamed = append(renamed, id)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	for _, id := range renamed {
		facts, err := s.factsWhere(ctx, r, id, "member_id = ? AND kind = ? AND retired = 0", id, string(Earlier(roster.Name)))
		if err != nil {
			return nil, err
		}
		for _, f := range facts {
			if f.True(on) {
				out[id] = f.Text
			}
		}
	}
	return out, nil
}

// byIDs asks for records some at a time; their number is filled up, so that few different queries are prepared.
func byIDs(ids []string, ask func(marks string, args []any) error) error {
	const atOnce = 100
	for rest := ids; len(rest) > 0; {
		part := rest[:min(len(rest), atOnce)]
		rest = rest[len(part):]
		args := make([]any, atOnce)
		for i := range args {
			args[i] = part[min(i, len(part)-1)]
		}
		if err := ask(strings.TrimSuffix(strings.Repeat("?, ", atOnce), ", "), args); err != nil {
			return err
		}
	}
	return nil
}
