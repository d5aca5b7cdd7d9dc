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

// List gives duties in the order of the tree and the cursor to go on after. It looks at so many branches at a time and
// may answer with fewer items than asked for, or none, and a cursor.
func (s *Service) List(ctx context.Context, r store.Reader, day civil.Date, f Filter) (items []Item, next string, err error) {
	defer fault.Wrap(&err, "duty: list")
	if f.Under != "" {
		if r, err = r.Within(f.Under); err != nil {
			return nil, "", err
		}
	}
	if f.Limit <= 0 || f.Limit > 200 {
		f.Limit = 50
	}
	path, skip, ok := cursor(f.After)
	if !ok {
		return nil, "", fault.New(fault.Invalid, "翻页的位置看不懂，请从第一页开始。").At("after").By("format")
	}
	_, alone := r.Scope().IsSelf()
	rules, err := s.Local.All(ctx)
	if err != nil {
		return nil, "", err
	}
	list, err := branches(ctx, r, path, f.Person)
	if err != nil {
		return nil, "", err
	}
	for _, o := range list {
		a, err := s.of(ctx, r, o, rules.Book(o.Path), day, alone)
		if err != nil {
			return nil, "", err
		}
		n := 0
		for _, it := range a.Items {
			if !f.holds(it) {
				continue
			}
			if n++; o.Path == path && n <= skip {
				continue
			}
			if len(items) == f.Limit {
				return items, o.Path + "~" + strconv.Itoa(n-1), nil
			}
			items = append(items, it)
		}
	}
	if len(list) == branchesAtOnce {
		next = list[len(list)-1].Path + "~" + strconv.Itoa(1<<30)
	}
	return items, next, nil
}

func cursor(after string) (path string, skip int, ok bool) {
	if after == "" {
		return "", 0, true
	}
	path, n, _ := strings.Cut(after, "~")
	skip, err := strconv.Atoi(n)
	return path, skip, err == nil && strings.HasSuffix(path, ".")
}

// branches lists those from a path on, or that of one person.
func branches(ctx context.Context, r store.Reader, from, person string) ([]org.Organisation, error) {
	where, args := "kind IN ('branch', 'joint-branch', 'temporary-branch') AND abolished_on = '' AND path >= ?", []any{from}
	if person != "" {
		var at string
		found, err := r.One(ctx, "SELECT org_path FROM {member} WHERE id = ? UNION ALL SELECT org_path FROM {applicant} WHERE id = ?", []any{person, person}, &at)
		if err != nil || !found {
			return nil, err
		}
		where, args = "path = ?", []any{at}
	}
	var ids []string
	err := r.Each(ctx, "SELECT id FROM {org} WHERE "+where+" ORDER BY path LIMIT ?", append(args, branchesAtOnce), func(row store.Row) error {
		var id string
		err := row.Scan(&id)
		ids = append(ids, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return org.ByIDs(ctx, r, ids)
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
