package member

import (
	"context"
	"slices"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/reading"
	"zhibu/internal/store"
)

// Situation narrows a list to members in a certain situation; these are the saved filters of the list page.
type Situation string

// The situations.
const (
	OnRegister   Situation = ""          // 在册
	IsFloating   Situation = "floating"  // 流动
	IsLost       Situation = "lost"      // 失联
	IsPending    Situation = "pending"   // 待审核
	IsReturned   Situation = "returned"  // 审核退回
	Incomplete   Situation = "missing"   // 档案不完整
	ProbationEnd Situation = "probation" // 预备期快满: joined eleven months ago or earlier
	Over70       Situation = "over70"    // 70 岁以上
	NeedsCare    Situation = "care"      // 需要关怀
	HasEnded     Situation = "ended"     // 已出党或去世
)

// Situations are all, in the order of the page.
var Situations = []Situation{OnRegister, ProbationEnd, Incomplete, Over70, IsFloating, IsLost, NeedsCare, IsPending, IsReturned, HasEnded}

// Filter says which members a list shows.
type Filter struct {
	Under     string            // organisation path; the list holds it and everything below
	Query     string            // name, pinyin, initials, last four of ID number or mobile
	Category  identity.Category // "" for both
	Situation Situation
	Only      []string // ids: only these of them, 200 at most; nil narrows nothing
	After     string   // id of the last member of the page before
	Before    string   // id of the first member of the page after
	Batch     string   // only rows of this import
	Entered   string   // only identifiers given before this one (store.FirstAt)
	Since     string   // only identifiers given from this one on
	Limit     int      // 1 to 200, 0 for 50
	On        civil.Date
}

// Page is a part of a list, ordered by branch, then by the name's pinyin.
type Page struct {
	Items []Member
	Next  string // id to pass as After; "" on the last page
	Prev  string // id to pass as Before; "" on the first page
}

// where gives the conditions of a filter beyond the subtree.
func (s *Service) where(f Filter) (cond []string, args []any, ok bool) {
	add := func(text string, a ...any) { cond, args = append(cond, text), append(args, a...) }
	state := "state = 'active'"
	switch f.Situation {
	case HasEnded:
		state = "state = 'ended'"
	case IsFloating:
		add("floating = 1")
	case IsLost:
		add("lost = 1")
	case IsPending:
		add("review = 'pending'")
	case IsReturned:
		add("review = 'returned'")
	case Incomplete:
		add("missing <> 0")
	case NeedsCare:
		add("care = 1")
	case ProbationEnd:
		add("category = 'probationary' AND joined_on <= ?", f.On.AddMonths(-11).String())
	case Over70:
		add("born <= ?", f.On.AddYears(-70).MonthOf())
	default:
		if bit := f.Situation.lacks(); bit != 0 {
			add("missing <> 0 AND (missing & ?) <> 0", bit)
		}
	}
	cond = append([]string{state}, cond...)
	if f.Category != "" {
		if f.Category != identity.Full && f.Category != identity.Probationary {
			return nil, nil, false
		}
		add("category = '" + string(f.Category) + "'")
	}
	if f.Batch != "" {
		add("batch = ?", f.Batch)
	}
	if f.Entered != "" {
		add("id < ?", f.Entered)
	}
	if f.Since != "" {
		add("id >= ?", f.Since)
	}
	if len(f.Only) > 0 {
		marks, ids := chosen(f.Only)
		add("id IN ("+marks+")", ids...)
	}
	return s.search(f, cond, args)
}

// mostChosen bounds how many members are picked one by one.
const mostChosen = 200

// chosen gives placeholders for picked ids. They come in steps, so that there are few different queries.
func chosen(only []string) (marks string, ids []any) {
	const step = 25
	only = only[:min(len(only), mostChosen)]
	for _, id := range only {
		ids = append(ids, id)
	}
	for len(ids)%step != 0 {
		ids = append(ids, only[0])
	}
	return strings.TrimSuffix(strings.Repeat("?, ", len(ids)), ", "), ids
}

// search adds the conditions of the typed text.
func (s *Service) search(f Filter, cond []string, args []any) ([]string, []any, bool) {
	if strings.TrimSpace(f.Query) == "" {
		return cond, args, true
	}
	add := func(text string, a ...any) { cond, args = append(cond, text), append(args, a...) }
	kind, text := reading.Query(f.Query)
	switch kind {
	case reading.Name:
		add("name >= ? AND name < ?", text, text+"\U0010ffff")
	case reading.Pinyin:
		add("pinyin >= ? AND pinyin < ?", text, text+"{")
	case reading.Initials:
		add("initials >= ? AND initials < ?", text, text+"{")
	case reading.PinyinOrInitials:
		add("(pinyin >= ? AND pinyin < ? OR initials >= ? AND initials < ?)", text, text+"{", text, text+"{")
	case reading.Tail:
		id, mobile := tails(s.Vault, indexIDTail, text), tails(s.Vault, indexMobileTail, text)
		add("(id_tail IN (?, ?) OR mobile_tail IN (?, ?))", id[0], id[1], mobile[0], mobile[1])
	case reading.Phone:
		mobile := tails(s.Vault, indexMobileTail, last4(text))
		add("mobile_tail IN (?, ?)", mobile[:]...)
	case reading.Identity:
		number := indexes(s.Vault, text)
		add("id_index IN (?, ?)", number[:]...)
	default:
		return nil, nil, false
	}
	return cond, args, true
}

// List gives a page of members under the reader's scope. A subtree outside of it is fault.NotFound; a text nobody can
// be found by gives an empty page.
func (s *Service) List(ctx context.Context, r store.Reader, f Filter) (Page, error) {
	if f.Under != "" {
		var err error
		if r, err = r.Within(f.Under); err != nil {
			return Page{}, err
		}
	}
	if f.Limit <= 0 || f.Limit > 200 {
		f.Limit = 50
	}
	cond, args, ok := s.where(f)
	if !ok {
		return Page{}, nil
	}
	cursor, back := f.After, false
	if f.Before != "" {
		cursor, back = f.Before, true
	}
	items, err := s.walk(ctx, r, cond, args, cursor, back, f.Limit+1)
	if err != nil {
		return Page{}, err
	}
	more := len(items) > f.Limit
	items = items[:min(len(items), f.Limit)]
	if back {
		slices.Reverse(items)
	}
	return page(items, more, back, cursor), nil
}

func page(items []Member, more, back bool, cursor string) Page {
	p := Page{Items: items}
	if len(items) == 0 {
		return p
	}
	if more || back {
		p.Next = items[len(items)-1].ID
	}
	if back && more || !back && cursor != "" {
		p.Prev = items[0].ID
	}
	return p
}

// walk reads members in list order from a cursor on, in two steps where there is one: the rest of the cursor's own
// branch, then the branches behind it; each step is one range of one index.
func (s *Service) walk(ctx context.Context, r store.Reader, cond []string, args []any, cursor string, back bool, limit int) ([]Member, error) {
	order, beyond := " ORDER BY org_path, pinyin, id", " > "
	if back {
		order, beyond = " ORDER BY org_path DESC, pinyin DESC, id DESC", " < "
	}
	var items []Member
	collect := func(row store.Row) error {
		m, err := scan(row)
		items = append(items, m)
		return err
	}
	sel := "SELECT " + columns + " FROM {member} WHERE "
	if cursor != "" {
		var path, pinyin string
		found, err := r.One(ctx, "SELECT org_path, pinyin FROM {member} WHERE id = ?", []any{cursor}, &path, &pinyin)
		if err != nil {
			return nil, err
		}
		if !found {
			return nil, fault.Missing()
		}
		all := append(slices.Clone(args), path, pinyin, cursor, limit)
		err = r.Each(ctx, sel+strings.Join(cond, " AND ")+" AND org_path = ? AND (pinyin, id)"+beyond+"(?, ?)"+order+" LIMIT ?", all, collect)
		if err != nil || len(items) >= limit {
			return items, err
		}
		scope := r.Scope().From(path)
		if back {
			scope = r.Scope().Until(path)
		}
		// The program's own scope has no range to narrow, and one's own record is held wherever it stands.
		if self, _ := scope.IsSelf(); scope.IsSystem() || self != "" {
			cond, args = append(slices.Clone(cond), "org_path"+beyond+"?"), append(slices.Clone(args), path)
		}
		r = r.Under(scope)
	}
	err := r.Each(ctx, sel+strings.Join(cond, " AND ")+order+" LIMIT ?", append(slices.Clone(args), limit-len(items)), collect)
	return items, err
}

// countedUpTo bounds the count of a filtered list; the plain list's count comes from the head counts.
const countedUpTo = 1000

// Count counts the members of a filter, up to a bound; more says that there are more than that.
func (s *Service) Count(ctx context.Context, r store.Reader, f Filter) (n int, more bool, err error) {
	if f.Under != "" {
		if r, err = r.Within(f.Under); err != nil {
			return 0, false, err
		}
	}
	cond, args, ok := s.where(f)
	if !ok {
		return 0, false, nil
	}
	_, err = r.One(ctx, "SELECT count(*) FROM (SELECT 1 FROM {member} WHERE "+strings.Join(cond, " AND ")+" LIMIT ?) c", append(args, countedUpTo+1), &n)
	if n > countedUpTo {
		return countedUpTo, true, err
	}
	return n, false, err
}

// ByID reads one record; out of scope it is fault.NotFound, and so is, for everybody but the program itself, what is left
// of one that was destroyed.
func (s *Service) ByID(ctx context.Context, r store.Reader, id string) (Member, error) {
	var m Member
	var found bool
	err := r.Each(ctx, "SELECT "+columns+" FROM {member} WHERE id = ?", []any{id}, func(row store.Row) (err error) {
		found = true
		m, err = scan(row)
		return err
	})
	if err == nil && (!found || m.State == Destroyed && !r.Scope().IsSystem()) {
		return Member{}, fault.Missing()
	}
	return m, err
}
