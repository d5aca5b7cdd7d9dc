package duty

import (
	"context"
	"strconv"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
)

// branchesAtOnce bounds how many branches one page of a list looks at.
const branchesAtOnce = 400

// List gives duties in the order of the tree and the cursor to go on after. Where what is kept tells which branches have any,
// no other is looked at; else it looks at so many at a time, and may answer with fewer items than asked for, or none, and a
// cursor.
func (s *Service) List(ctx context.Context, r store.Reader, day civil.Date, f Filter) (items []Item, next string, err error) {
	defer fault.Wrap(&err, "duty: list")
	if f.Limit <= 0 || f.Limit > 200 {
		f.Limit = 50
	}
	path, skip, ok := cursor(f.After)
	if !ok {
		return nil, "", unreadable()
	}
	end, err := s.walk(ctx, r, day, f, path, func(o org.Organisation, found []Item) bool {
		for n, it := range found {
			if o.Path == path && n < skip {
				continue
			}
			if len(items) == f.Limit {
				next = o.Path + "~" + strconv.Itoa(n)
				return false
			}
			items = append(items, it)
		}
		return true
	})
	if next == "" && end != "" {
		next = end + "~" + allOfIt
	}
	return items, next, err
}

// Whole gives the duties of so many branches that have any, whole branches in the order of the tree, and the cursor to go on
// after. It goes on like List.
func (s *Service) Whole(ctx context.Context, r store.Reader, day civil.Date, f Filter, branches int) (items []Item, next string, err error) {
	defer fault.Wrap(&err, "duty: whole branches")
	path, _, ok := cursor(f.After)
	if !ok {
		return nil, "", unreadable()
	}
	last := ""
	end, err := s.walk(ctx, r, day, f, path, func(o org.Organisation, found []Item) bool {
		if o.Path == path || len(found) == 0 {
			return true
		}
		if branches == 0 {
			next = last + "~" + allOfIt
			return false
		}
		branches--
		last, items = o.Path, append(items, found...)
		return true
	})
	if next == "" && end != "" {
		next = end + "~" + allOfIt
	}
	return items, next, err
}

// allOfIt stands in a cursor for all duties of its branch.
const allOfIt = "1073741824"

func unreadable() error {
	return fault.New(fault.Invalid, "翻页的位置看不懂，请从第一页开始。").At("after").By("format")
}

// walk shows what a filter holds of each branch from a path on, in the order of the tree, until fn has enough. It ends early
// after having computed many branches, and tells the path of the last one; "" means that there are none left.
func (s *Service) walk(ctx context.Context, r store.Reader, day civil.Date, f Filter, from string, fn func(org.Organisation, []Item) bool) (end string, err error) {
	if f.Under != "" {
		if r, err = r.Within(f.Under); err != nil {
			return "", err
		}
	}
	_, alone := r.Scope().IsSelf()
	rules, err := s.Local.All(ctx)
	if err != nil {
		return "", err
	}
	where, args, err := s.narrowed(ctx, r, day, f)
	if err != nil {
		return "", err
	}
	ids, last, err := branches(ctx, r, from, f.Person, where, args)
	if err != nil {
		return "", err
	}
	list, err := org.ByIDs(ctx, r, ids)
	if err != nil {
		return "", err
	}
	for _, o := range list {
		a, err := s.of(ctx, r, o, rules.Book(o.Path), day, alone)
		if err != nil {
			return "", err
		}
		var found []Item
		for _, it := range a.Items {
			if f.holds(it) {
				found = append(found, it)
			}
		}
		if !fn(o, found) {
			return "", nil
		}
	}
	if len(ids) == branchesAtOnce {
		return last, nil
	}
	return "", nil
}

// narrowed is the condition by which what is kept tells the branches with something to show: of what is open today, once all
// that waits is worked off. It is empty where every branch has to be looked at: what is done is not kept, nor what is not asked
// of whoever needs care.
func (s *Service) narrowed(ctx context.Context, r store.Reader, day civil.Date, f Filter) (where string, args []any, err error) {
	open := f.State == timeline.Overdue || f.State == timeline.Upcoming || f.State == timeline.Blocked
	_, local := timeline.IsLocal(f.Duty)
	decided := f.Open && f.Duty != "" && f.Duty != timeline.StudyHours && !local
	if _, self := r.Scope().IsSelf(); self || !open && !decided || f.Person != "" || day != s.today() {
		return "", nil, nil
	}
	all := s.DB.As(store.System("duties kept"))
	if kept, err := s.Kept(ctx, all); err != nil || !kept {
		return "", nil, err
	}
	if _, err := s.Settle(ctx, askedFor); err != nil {
		return "", nil, err
	}
	if settled, err := s.settled(ctx, all); err != nil || !settled {
		return "", nil, err
	}
	where, args = "EXISTS (SELECT 1 FROM {owed} w WHERE w.org_path = o.path AND w.from_on <= ? AND w.gone_on > ?", []any{day.String(), day.String()}
	switch f.State {
	case timeline.Overdue:
		where, args = where+" AND w.due_on < ?", append(args, day.String())
	case timeline.Blocked:
		where, args = where+" AND w.earliest > ?", append(args, day.String())
	}
	if f.Duty != "" {
		where, args = where+" AND w.duty = ?", append(args, string(f.Duty))
	}
	where += ")"
	if decided {
		where, args = where+" OR EXISTS (SELECT 1 FROM {waiver} v WHERE v.org_path = o.path AND v.retired_at = 0 AND v.duty = ?)", append(args, string(f.Duty))
	}
	return " AND (" + where + ")", args, nil
}

func cursor(after string) (path string, skip int, ok bool) {
	if after == "" {
		return "", 0, true
	}
	path, n, _ := strings.Cut(after, "~")
	skip, err := strconv.Atoi(n)
	return path, skip, err == nil && strings.HasSuffix(path, ".")
}

// branches lists those from a path on that a condition holds of, or that of one person.
func branches(ctx context.Context, r store.Reader, from, person, where string, args []any) (ids []string, last string, err error) {
	where, args = "o.kind IN ('branch', 'joint-branch', 'temporary-branch') AND o.abolished_on = '' AND o.path >= ?"+where, append([]any{from}, args...)
	if person != "" {
		var at string
		found, err := r.One(ctx, "SELECT org_path FROM {member} WHERE id = ? UNION ALL SELECT org_path FROM {applicant} WHERE id = ?", []any{person, person}, &at)
		if err != nil || !found {
			return nil, "", err
		}
		where, args = "o.path = ?", []any{at}
	}
	err = r.Each(ctx, "SELECT o.id, o.path FROM {org} o WHERE "+where+" ORDER BY o.path LIMIT ?", append(args, branchesAtOnce), func(row store.Row) error {
		var id string
		err := row.Scan(&id, &last)
		ids = append(ids, id)
		return err
	})
	return ids, last, err
}

// ByName tells whether a duty may exist: one of the regulations, or one that an organisation has decided.
func ByName(n string) bool {
	_, local := timeline.IsLocal(timeline.Name(n))
	return local || titles[timeline.Name(n)] != ""
}

// Called is what a duty is called: a key of the catalogue, or in the words of the organisation that has decided it. Nobody has
// decided what is called nothing.
func (s *Service) Called(ctx context.Context, n timeline.Name) (title string, local bool, err error) {
	id, local := timeline.IsLocal(n)
	if !local {
		return titles[n], false, nil
	}
	title, _, err = s.Local.TitleOf(ctx, id)
	return title, true, err
}
