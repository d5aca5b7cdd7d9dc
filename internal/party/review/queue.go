package review

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
)

// What sorts what waits.
type What string

// The sorts.
const (
	Everything What = ""
	Changes    What = "changes" // proposed changes to reviewed records
	Records    What = "records" // records that nobody has reviewed
)

// Filter says what of the queue is shown.
type Filter struct {
	Under   string    // organisation path; "" for the whole scope
	What    What      // both unless said
	State   State     // Waiting unless said; records know Waiting and Returned
	Kind    string    // of changes: member.DoMend …
	Owner   []string  // of changes: ids of the organisations that are asked, 16 at most
	First   []string  // ids of the organisations, 16 at most, that are asked for what comes first
	Account string    // of changes: who proposed
	Member  string    // of changes: about whom
	Batch   string    // id of an import
	Before  time.Time // entered before
	After   string    // Next of the page before
	Limit   int       // 1 to 200, 0 for 50
}

// Line is one line of the queue. The changes for which the First are asked come first, the oldest before; then the other
// changes, then records, those for which the First are asked before; each in the order of the tree, the oldest (changes) or by
// name (records) within a branch.
type Line struct {
	ID     string
	Kind   string // member.DoAdd for a record that nobody has reviewed
	Member string
	Name   string
	Org    string
	Path   string
	Fields []roster.Column // what changes
	Since  time.Time
	By     string // who proposed; "" for a record: its page tells
	State  State
	Owner  string // organisation whose reviewers are asked
	Batch  string
	Row    int
	Answer string // why it was returned, and by whom
	Judge  string

	cursor string // of a record in a later part of the queue
}

// Page is a part of the queue.
type Page struct {
	Lines []Line
	Next  string // to pass as After, "" on the last page
	more  bool
}

func (f Filter) limit() int {
	if f.Limit <= 0 || f.Limit > 200 {
		return 50
	}
	return f.Limit
}

// records tells whether records can be among what is asked for.
func (f Filter) records() bool {
	return f.What != Changes && f.Kind == "" && len(f.Owner) == 0 && f.Account == "" && f.Member == "" && (f.State == "" || f.State == Waiting || f.State == Returned)
}

// Queue gives a page of what waits under the reader's scope. A subtree outside of it is fault.NotFound.
func (s *Service) Queue(ctx context.Context, r store.Reader, f Filter) (page Page, err error) {
	if f.Under != "" {
		if r, err = r.Within(f.Under); err != nil {
			return page, err
		}
	}
	limit, foremost := f.limit(), 0
	if f.sorted() {
		if after, yes := strings.CutPrefix(f.After, firstMark); yes || f.After == "" {
			if page.Lines, err = s.first(ctx, r, f, after, limit+1); err != nil {
				return page, err
			}
			foremost, f.After = len(page.Lines), ""
		}
	}
	if len(page.Lines) <= limit {
		if err := s.rest(ctx, r, f, limit, &page); err != nil {
			return page, err
		}
	}
	if len(page.Lines) > limit {
		page.Lines, page.more = page.Lines[:limit], true
	}
	if page.more && len(page.Lines) > 0 {
		last := page.Lines[len(page.Lines)-1]
		if page.Next = last.ID; last.cursor != "" {
			page.Next = last.cursor
		}
		if len(page.Lines) <= foremost {
			page.Next = firstMark + page.Next
		}
	}
	if err := s.answers(ctx, page.Lines); err != nil {
		return page, err
	}
	return page, s.owners(ctx, page.Lines)
}

// firstMark tells a page that begins behind one of the first changes.
const firstMark = "first-"

// sorted tells whether some changes come before the others.
func (f Filter) sorted() bool {
	return len(f.First) > 0 && len(f.Owner) == 0 && f.What != Records && (f.State == "" || f.State == Waiting)
}

// first reads the changes for which certain organisations are asked, the oldest first: one range of one index for each
// of them, however many others wait.
func (s *Service) first(ctx context.Context, r store.Reader, f Filter, after string, limit int) ([]Line, error) {
	cond, args := f.where()
	var out []Line
	for _, owner := range f.First {
		all := append(slices.Clone(args), owner, after, limit)
		query := "SELECT " + lineColumns + " FROM {proposal} p JOIN {member} m ON m.id = p.member_id WHERE " + strings.Join(cond, " AND ") +
			" AND p.owner_id = ? AND p.id > ? ORDER BY p.id LIMIT ?"
		err := r.Each(ctx, query, all, func(row store.Row) error {
			l, err := scanLine(row)
			out = append(out, l)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(out, func(a, b Line) int { return strings.Compare(a.ID, b.ID) })
	return out[:min(len(out), limit)], nil
}

// rest fills a page up with the other changes, then with records.
func (s *Service) rest(ctx context.Context, r store.Reader, f Filter, limit int, page *Page) error {
	cursor, among, err := s.cursor(ctx, r, f)
	if err != nil {
		return err
	}
	if among {
		list, err := s.walk(ctx, r, f, cursor, limit+1-len(page.Lines))
		if err != nil {
			return err
		}
		page.Lines = append(page.Lines, list...)
	}
	if len(page.Lines) > limit || !f.records() {
		return nil
	}
	after := ""
	if !among {
		after = f.After
	}
	return s.records(ctx, r, f, after, limit+1-len(page.Lines), page)
}

// answers says of returned records why; of changes the row says it.
func (s *Service) answers(ctx context.Context, lines []Line) error {
	for i, l := range lines {
		if l.Kind != member.DoAdd || l.State != Returned {
			continue
		}
		it := &Item{ID: l.ID}
		if err := s.entrants(ctx, it); err != nil {
			return err
		}
		lines[i].Answer, lines[i].Judge = it.Answer, it.By
	}
	return nil
}

// at is where a page of changes begins.
type at struct{ path, id string }

// cursor finds the change a page begins behind; among is false when it begins behind a record.
func (s *Service) cursor(ctx context.Context, r store.Reader, f Filter) (c at, among bool, err error) {
	if f.What == Records {
		return c, false, nil
	}
	if f.After == "" {
		return c, true, nil
	}
	found, err := r.One(ctx, "SELECT org_path, id FROM {proposal} WHERE id = ?", []any{f.After}, &c.path, &c.id)
	if err == nil && !found && f.What == Changes {
		err = fault.Missing()
	}
	return c, found, err
}

// where gives the conditions of a filter on changes.
func (f Filter) where() (cond []string, args []any) {
	add := func(text string, a ...any) { cond, args = append(cond, text), append(args, a...) }
	switch f.State {
	case Returned, Approved, Withdrawn:
		add("p.state = ?", string(f.State))
	default:
		add("p.state = 'pending'")
	}
	if f.Kind != "" {
		add("p.kind = ?", f.Kind)
	}
	if f.Account != "" {
		add("p.account_id = ?", f.Account)
	}
	if f.Member != "" {
		add("p.member_id = ?", f.Member)
	}
	if f.Batch != "" {
		add("p.batch = ?", f.Batch)
	}
	if !f.Before.IsZero() {
		add("p.id < ?", store.FirstAt(f.Before))
	}
	if len(f.Owner) > 0 {
		add("p.owner_id IN "+sixteen, filled(f.Owner)...)
	}
	return cond, args
}

// sixteen organisations are asked about in one form of a query, however many there are.
const (
	most    = 16
	sixteen = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)

func filled(ids []string) []any {
	out := make([]any, most)
	for i := range out {
		out[i] = ids[min(i, len(ids)-1)]
	}
	return out
}

const lineColumns = "p.id, p.kind, p.member_id, m.name, m.org_id, p.org_path, p.fields, p.actor, p.state, p.owner_id, p.batch, p.source_row, p.answer, p.decider"

// walk reads changes in queue order: the rest of the cursor's own branch, then the branches behind it, so that each
// step is one range of one index.
func (s *Service) walk(ctx context.Context, r store.Reader, f Filter, from at, limit int) ([]Line, error) {
	cond, args := f.where()
	if f.sorted() { // the others have come already
		cond, args = append(cond, "p.owner_id NOT IN "+sixteen), append(args, filled(f.First)...)
	}
	var out []Line
	collect := func(row store.Row) error {
		l, err := scanLine(row)
		out = append(out, l)
		return err
	}
	sel := "SELECT " + lineColumns + " FROM {proposal} p JOIN {member} m ON m.id = p.member_id WHERE "
	if from.id != "" {
		all := append(slices.Clone(args), from.path, from.id, limit)
		err := r.Each(ctx, sel+strings.Join(cond, " AND ")+" AND p.org_path = ? AND p.id > ? ORDER BY p.org_path, p.id LIMIT ?", all, collect)
		if err != nil || len(out) >= limit {
			return out, err
		}
		r = r.Under(r.Scope().From(from.path))
	}
	err := r.Each(ctx, sel+strings.Join(cond, " AND ")+" ORDER BY p.org_path, p.id LIMIT ?", append(slices.Clone(args), limit-len(out)), collect)
	return out, err
}

func scanLine(row store.Row) (l Line, err error) {
	var fields string
	err = row.Scan(&l.ID, &l.Kind, &l.Member, &l.Name, &l.Org, &l.Path, &fields, &l.By, &l.State, &l.Owner, &l.Batch, &l.Row, &l.Answer, &l.Judge)
	l.Fields, l.Since = columnsOf(fields), store.Made(l.ID)
	return l, err
}

func (f Filter) situation() member.Situation {
	if f.State == Returned {
		return member.IsReturned
	}
	return member.IsPending
}

func (f Filter) entered() string {
	if f.Before.IsZero() {
		return ""
	}
	return store.FirstAt(f.Before)
}

// owners says of records on a page who is asked: the nearest organisation above with a reviewer, and after each term
// of escalation the next one.
func (s *Service) owners(ctx context.Context, lines []Line) error {
	paths := map[string]bool{}
	for _, l := range lines {
		if l.Owner == "" {
			for _, p := range upwards(l.Path) {
				paths[p] = true
			}
		}
	}
	if len(paths) == 0 {
		return nil
	}
	holders, err := s.Rights.Holders(ctx, s.db().As(store.System("owner")), DoReview, slices.Sorted(maps.Keys(paths)))
	if err != nil {
		return err
	}
	now := s.Members.Clock.Now()
	for i, l := range lines {
		if l.Owner != "" {
			continue
		}
		terms := 0
		if s.Escalate > 0 {
			terms = int(now.Sub(l.Since) / s.Escalate)
		}
		lines[i].Owner = nearest(holders, l.Path, terms)
	}
	return nil
}

// nearest is the organisation of the first holder above a path, after so many terms the one above it, at most the
// uppermost.
func nearest(holders []Holder, path string, terms int) string {
	owner, last := "", ""
	for _, h := range holders { // the nearest first
		if !strings.HasPrefix(path, h.Path) || h.Path == last {
			continue
		}
		owner, last = h.Org, h.Path
		if terms--; terms < 0 {
			break
		}
	}
	return owner
}

// Counts are how many wait, up to a bound; More says that there are more than that.
type Counts struct {
	Changes, Records         int
	MoreChanges, MoreRecords bool
}

// countedUpTo bounds the counts.
const countedUpTo = 1000

// Count counts what a filter shows, up to a bound.
func (s *Service) Count(ctx context.Context, r store.Reader, f Filter) (n Counts, err error) {
	if f.Under != "" {
		if r, err = r.Within(f.Under); err != nil {
			return n, err
		}
	}
	if f.What != Records {
		cond, args := f.where()
		query := "SELECT count(*) FROM (SELECT 1 FROM {proposal} p WHERE " + strings.Join(cond, " AND ") + " LIMIT ?) c"
		if _, err = r.One(ctx, query, append(args, countedUpTo+1), &n.Changes); err != nil {
			return n, err
		}
		n.Changes, n.MoreChanges = min(n.Changes, countedUpTo), n.Changes > countedUpTo
	}
	if f.records() {
		n.Records, n.MoreRecords, err = s.Members.Count(ctx, r, member.Filter{Situation: f.situation(), Batch: f.Batch, Entered: f.entered()})
	}
	return n, err
}
