package review

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhibu/internal/party/member"
	"zhibu/internal/store"
)

// A leg is a part of the records that wait: a range of the tree, of which those entered in a time. The records for which
// the First are asked come first; each leg is one range of one index, as the whole queue is.
type leg struct {
	top         string // subtree, "" for the whole scope
	from, until string // bounds of paths within it
	since       string // identifiers from this one on
	entered     string // and before this one
}

// mostLegs bounds the ranges of a queue. Where more organisations below have reviewers of their own, records come in the
// order of the tree.
const mostLegs = 64

// legs are the parts of the records in the order in which they are shown: those for which the First are asked, by the same
// count that names an owner (nearest), then the others.
func (s *Service) legs(ctx context.Context, r store.Reader, f Filter) ([]leg, error) {
	scope := r.Scope()
	whole := []leg{{}}
	if _, self := scope.IsSelf(); len(f.First) == 0 || f.State == Returned || self || scope.IsSystem() {
		return whole, nil
	}
	all := s.db().As(store.System("owner"))
	tops, err := s.askedAt(ctx, all, f.First)
	if err != nil || len(tops) == 0 {
		return whole, err
	}
	var own, rest []leg
	var covered []string
	for _, top := range tops {
		for _, held := range scope.Paths() {
			at := held
			if strings.HasPrefix(top, held) {
				at = top
			} else if !strings.HasPrefix(held, top) {
				continue
			}
			if slices.ContainsFunc(covered, func(c string) bool { return strings.HasPrefix(at, c) }) {
				continue
			}
			covered = append(covered, at)
			mine, others, err := s.ownLegs(ctx, all, top, at, tops)
			if err != nil {
				return nil, err
			}
			own, rest = append(own, mine...), append(rest, others...)
		}
	}
	if len(own) == 0 || len(own)+len(rest) > mostLegs {
		return whole, nil
	}
	return slices.Concat(own, rest, beyond(scope.Paths(), covered)), nil
}

// askedAt are the paths of organisations that have a reviewer, the uppermost before.
func (s *Service) askedAt(ctx context.Context, all store.Reader, orgs []string) ([]string, error) {
	var paths []string
	err := all.Each(ctx, "SELECT path FROM {org} WHERE id IN "+sixteen, filled(orgs), func(row store.Row) error {
		var path string
		err := row.Scan(&path)
		paths = append(paths, path)
		return err
	})
	if err != nil || len(paths) == 0 {
		return nil, err
	}
	holders, err := s.Rights.Holders(ctx, all, DoReview, paths)
	var out []string
	for _, h := range holders {
		out = append(out, h.Path)
	}
	slices.Sort(out)
	return slices.Compact(out), err
}

// ownLegs divides the records at a path among its owners: those for which the organisation at top is asked, and others.
func (s *Service) ownLegs(ctx context.Context, all store.Reader, top, at string, tops []string) (own, rest []leg, err error) {
	above := upwards(top)
	higher, err := s.Rights.Holders(ctx, all, DoReview, above[:len(above)-1])
	if err != nil {
		return nil, nil, err
	}
	below, err := s.Rights.HoldersBelow(ctx, all, DoReview, top)
	if err != nil {
		return nil, nil, err
	}
	k := 0 // how many are asked before
	var lower []string
	for _, h := range below {
		switch {
		case slices.Contains(tops, h.Path) || slices.Contains(lower, h.Path):
		case strings.HasPrefix(at, h.Path):
			k++
		case strings.HasPrefix(h.Path, at):
			lower = append(lower, h.Path)
		}
	}
	slices.Sort(lower)
	if len(lower) > mostLegs {
		return nil, nil, nil
	}
	now := s.Members.Clock.Now()
	stretches(at, lower, k, func(l leg, k int) {
		if s.Escalate <= 0 {
			if k == 0 {
				own = append(own, l)
			} else {
				rest = append(rest, l)
			}
			return
		}
		mine, younger, older := l, l, l
		if k > 0 {
			mine.entered = store.FirstAt(now.Add(-time.Duration(k) * s.Escalate))
			younger.since = mine.entered
			rest = append(rest, younger)
		}
		if len(higher) > 0 { // after a term more those above are asked
			mine.since = store.FirstAt(now.Add(-time.Duration(k+1) * s.Escalate))
			older.entered = mine.since
			rest = append(rest, older)
		}
		own = append(own, mine)
	})
	return own, rest, nil
}

// stretches cuts a subtree at those below it that have reviewers of their own, k deep.
func stretches(top string, lower []string, k int, emit func(l leg, k int)) {
	from := ""
	for i := 0; i < len(lower); {
		j := i + 1
		for j < len(lower) && strings.HasPrefix(lower[j], lower[i]) {
			j++
		}
		emit(leg{top: top, from: from, until: lower[i]}, k)
		stretches(lower[i], lower[i+1:j], k+1, emit)
		from = past(lower[i])
		i = j
	}
	emit(leg{top: top, from: from}, k)
}

// beyond are the parts of a scope outside of some subtrees; none where they are all of it.
func beyond(scope, subtrees []string) (out []leg) {
	if !slices.ContainsFunc(scope, func(p string) bool { return !slices.Contains(subtrees, p) }) {
		return nil
	}
	slices.Sort(subtrees)
	from := ""
	for _, p := range subtrees {
		out = append(out, leg{from: from, until: p})
		from = past(p)
	}
	return append(out, leg{from: from})
}

// past is the first path behind a subtree: '/' follows '.'.
func past(path string) string { return path[:len(path)-1] + "/" }

// under reads a leg.
func (l leg) under(r store.Reader) (store.Reader, error) {
	scope := r.Scope()
	if l.top != "" {
		var err error
		if scope, err = scope.Within(l.top); err != nil {
			return nil, err
		}
	}
	if l.from != "" {
		scope = scope.From(l.from)
	}
	if l.until != "" {
		scope = scope.Until(l.until)
	}
	return r.Under(scope), nil
}

// records adds records that nobody has reviewed, from a cursor of one of them on.
func (s *Service) records(ctx context.Context, r store.Reader, f Filter, after string, limit int, into *Page) error {
	legs, err := s.legs(ctx, r, f)
	if err != nil {
		return err
	}
	first, after := begins(after)
	for i := first; i < len(legs) && limit > 0 && !into.more; i++ {
		part, err := legs[i].under(r)
		if err != nil {
			return err
		}
		ask := member.Filter{Situation: f.situation(), Batch: f.Batch, Entered: earlier(f.entered(), legs[i].entered), Since: legs[i].since, After: after, Limit: min(limit, 200)}
		list, err := s.Members.List(ctx, part, ask)
		if err != nil {
			return err
		}
		after, limit, into.more = "", limit-len(list.Items), list.Next != ""
		for _, m := range list.Items {
			into.Lines = append(into.Lines, f.line(m, i))
		}
	}
	return nil
}

// earlier is the smaller of two bounds, of which "" is none.
func earlier(a, b string) string {
	if a == "" || b != "" && b < a {
		return b
	}
	return a
}

func (f Filter) line(m member.Member, leg int) Line {
	l := Line{ID: m.ID, Kind: member.DoAdd, Member: m.ID, Name: m.Name, Org: m.OrgID, Path: m.OrgPath, Since: store.Made(m.ID), State: Waiting, Batch: m.Batch, Row: m.SourceRow}
	if f.State == Returned {
		l.State = Returned
	}
	if leg > 0 {
		l.cursor = fmt.Sprintf("part%d-%s", leg, m.ID)
	}
	return l
}

// begins reads the cursor of a record: its leg and its id.
func begins(after string) (leg int, id string) {
	text, id, cut := strings.Cut(strings.TrimPrefix(after, "part"), "-")
	if n, err := strconv.Atoi(text); cut && err == nil && n > 0 && n < 4*mostLegs {
		return n, id
	}
	return 0, after
}
