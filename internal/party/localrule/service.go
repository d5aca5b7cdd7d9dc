package localrule

import (
	"context"
	"slices"
	"strings"
	"sync"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/expression"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// The actions of this room, as the rights table and the ledger name them.
const (
	DoPropose  = "local.propose"
	DoWithdraw = "local.withdraw"
	DoDecide   = "local.decide"
)

// Rights decides who may do what, and who is who. trust/access is the real one.
type Rights interface {
	May(ctx context.Context, actor ledger.Actor, action, orgPath string) error
	Inside(ctx context.Context, tx *store.Tx, actor ledger.Actor, action, orgPath, memberID string, fields ...roster.Column) error
	Same(ctx context.Context, r store.Reader, a, b string) (same, perhaps bool, err error)
}

// Service is what may be asked and done here.
type Service struct {
	DB     *store.DB
	Ledger *ledger.Ledger
	Clock  civil.Clock
	Rules  *rulebook.Book
	Rights Rights

	read sync.Map // conditions that were compiled, by subject and text
}

func (s *Service) today() civil.Date { return civil.Today(s.Clock) }

// Set is everything that was confirmed in an installation; Book narrows the rules to a place without asking the database again.
type Set struct {
	rules      *rulebook.Book
	parameters []rulebook.Local
	duties     []rulebook.LocalDuty
}

// Book is the rulebook as it holds at a path.
func (s Set) Book(path string) *rulebook.Book { return s.rules.For(path, s.parameters, s.duties) }

// Empty tells whether nothing was decided locally.
func (s Set) Empty() bool { return len(s.parameters) == 0 && len(s.duties) == 0 }

// Book is the rulebook narrowed to a path, in one query. What an organisation has decided is no secret to those who have to
// keep it, so it is read past the scope.
func (s *Service) Book(ctx context.Context, path string) (*rulebook.Book, error) {
	return s.BookIn(ctx, s.DB.As(store.System("local rules")), path)
}

// BookIn is Book as an open transaction sees it; r reads as the system.
func (s *Service) BookIn(ctx context.Context, r store.Reader, path string) (*rulebook.Book, error) {
	marks, args := wayUp(path)
	set, err := s.set(ctx, r, "state = 'approved' AND org_path IN ("+marks+")", args...)
	return set.Book(path), err
}

// All reads what was confirmed anywhere: for whoever asks for many places at once.
func (s *Service) All(ctx context.Context) (Set, error) {
	return s.AllIn(ctx, s.DB.As(store.System("local rules")))
}

// AllIn is All as an open transaction sees it; r reads as the system.
func (s *Service) AllIn(ctx context.Context, r store.Reader) (Set, error) {
	return s.set(ctx, r, "state = 'approved'")
}

// TitleOf is what a duty of one's own is called; ok is false when nobody has decided such a one.
func (s *Service) TitleOf(ctx context.Context, id string) (title string, ok bool, err error) {
	ok, err = s.DB.As(store.System("local rules")).One(ctx, "SELECT title FROM {local_rule} WHERE id = ? AND kind = 'duty' AND state = 'approved'", []any{id}, &title)
	return title, ok, err
}

// Turned are the organisations below which something else is asked on a day than on an earlier one, because of the days alone.
func (s *Service) Turned(ctx context.Context, r store.Reader, before, day civil.Date) (orgs []string, err error) {
	list, err := s.decisions(ctx, r, "state = 'approved' AND kind <> 'end'")
	for _, d := range list {
		if d.turned(before, day) && !slices.Contains(orgs, d.Org) {
			orgs = append(orgs, d.Org)
		}
	}
	return orgs, err
}

func (s *Service) set(ctx context.Context, r store.Reader, where string, args ...any) (set Set, err error) {
	defer fault.Wrap(&err, "local: read")
	set.rules = s.Rules
	list, err := s.decisions(ctx, r, where, args...)
	if err != nil {
		return set, err
	}
	for _, d := range list {
		switch d.Kind {
		case Parameter:
			set.parameters = append(set.parameters, rulebook.Local{ID: d.ID, Path: d.OrgPath, Org: d.OrgName, Rule: d.Rule, Parameter: d.Parameter, Value: d.Value, Basis: d.Basis, From: d.From, To: d.To})
		case Duty:
			applies, err := s.condition(d.Of, d.Applies)
			if err != nil {
				return set, err
			}
			done, err := s.condition(d.Of, d.Done)
			if err != nil {
				return set, err
			}
			set.duties = append(set.duties, rulebook.LocalDuty{ID: d.ID, Path: d.OrgPath, Org: d.OrgName, Title: d.Title, Wording: d.Wording, Basis: d.Basis, OfMembers: d.Of == expression.Member,
				Months: d.Months, Within: d.Within, Applies: applies, Done: done, From: d.From, To: d.To, AppliesTo: d.Applies, Until: d.Done})
		}
	}
	return set, nil
}

// condition compiles each text once.
func (s *Service) condition(of expression.Subject, text string) (*expression.Condition, error) {
	key := string(of) + "\x00" + text
	if c, ok := s.read.Load(key); ok {
		return c.(*expression.Condition), nil
	}
	c, err := expression.Read(of, text)
	if err == nil {
		s.read.Store(key, c)
	}
	return c, err
}

// wayUp gives placeholders and arguments for a path and those above it, filled up so that there are few different queries.
func wayUp(path string) (string, []any) {
	var args []any
	for _, p := range append(org.Above(path), path) {
		args = append(args, p)
	}
	for len(args)%org.MaxDepth != 0 {
		args = append(args, path)
	}
	return strings.TrimSuffix(strings.Repeat("?, ", len(args)), ", "), args
}

func (s *Service) decisions(ctx context.Context, r store.Reader, where string, args ...any) (out []Decision, err error) {
	if err = r.Each(ctx, "SELECT "+columns+" FROM {local_rule} WHERE "+where+" ORDER BY org_path, id", args, func(row store.Row) error {
		d, err := scan(row)
		out = append(out, d)
		return err
	}); err != nil || len(out) == 0 {
		return out, err
	}
	var paths []string
	for _, d := range out {
		if !slices.Contains(paths, d.OrgPath) {
			paths = append(paths, d.OrgPath)
		}
	}
	steps, err := org.Steps(ctx, r, paths)
	for i := range out {
		out[i].OrgName = steps[out[i].OrgPath].Name
	}
	return out, err
}

// Here lists what was decided at a place and above it, and what waits at the place itself; what was refused or taken back is left out.
func (s *Service) Here(ctx context.Context, path string) ([]Decision, error) {
	marks, args := wayUp(path)
	return s.decisions(ctx, s.DB.As(store.System("local rules")), "(state = 'approved' AND org_path IN ("+marks+") OR state = 'proposed' AND org_path = ?)", append(args, path)...)
}

// Below lists what was proposed and decided at and below a place of the reader's scope, the newest first.
func (s *Service) Below(ctx context.Context, r store.Reader, path string, limit int) ([]Decision, error) {
	r, err := r.Within(path)
	if err != nil {
		return nil, err
	}
	list, err := s.decisions(ctx, r, "1 = 1")
	slices.SortFunc(list, func(a, b Decision) int { return strings.Compare(b.ID, a.ID) })
	return list[:min(limit, len(list))], err
}

// ByID reads one. Whoever belongs below an organisation may read what it has confirmed; what waits, those in whose scope it is.
func (s *Service) ByID(ctx context.Context, r store.Reader, place, id string) (d Decision, err error) {
	list, err := s.decisions(ctx, s.DB.As(store.System("local rules")), "id = ?", id)
	switch {
	case err != nil:
		return d, err
	case len(list) == 1 && (r.Scope().Holds(list[0].OrgPath) || list[0].State == Approved && org.Covers(list[0].OrgPath, place)):
		return list[0], nil
	}
	return d, fault.Missing()
}

// Waiting counts what waits for somebody else than an account.
func (s *Service) Waiting(ctx context.Context, r store.Reader, except string) (n int, err error) {
	_, err = r.One(ctx, "SELECT count(*) FROM {local_rule} WHERE state = 'proposed' AND proposer_account <> ?", []any{except}, &n)
	return n, err
}

// Proposed lists what waits for a second person in the reader's scope, the oldest first.
func (s *Service) Proposed(ctx context.Context, r store.Reader, limit int) ([]Decision, error) {
	list, err := s.decisions(ctx, r, "state = 'proposed'")
	slices.SortFunc(list, func(a, b Decision) int { return strings.Compare(a.ID, b.ID) })
	return list[:min(limit, len(list))], err
}
