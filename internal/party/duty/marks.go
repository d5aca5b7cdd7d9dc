package duty

import (
	"context"
	"maps"
	"slices"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/localrule"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Whoever changes a fact marks its branch in {stale} in the same transaction; marks are worked off when somebody asks, and
// beside the service. What holds for a whole tree is one mark, which becomes those of its branches when it is worked off.

// Touched marks branches inside the transaction that changes their facts, or what is asked of them.
func (s *Service) Touched(ctx context.Context, tx *store.Tx, rows *ledger.Rows) error {
	of := map[string]bool{}
	for id := range rows.Orgs {
		of[id] = true
	}
	for id := range rows.Members {
		var at string
		if _, err := tx.One(ctx, "SELECT org_id FROM {all_member} WHERE id = ?", []any{id}, &at); err != nil {
			return err
		}
		of[at] = at != ""
	}
	for id := range rows.Batches {
		of[batchMark+id] = true
	}
	for id := range rows.Trees {
		of[treeMark+id] = true
	}
	if rows.Moved {
		of[lateMark] = true
	}
	var list []string
	for id, yes := range of {
		if yes {
			list = append(list, id)
		}
	}
	return s.mark(ctx, tx, list)
}

// What stands before an id that is none of a branch.
const (
	batchMark = "batch:" // of an import, whose rows are seen since its row changed
	treeMark  = "tree:"  // of an organisation, for all branches at and below it
	lateMark  = "late:"  // what is counted above the branches
)

func (s *Service) mark(ctx context.Context, tx *store.Tx, of []string) error {
	if len(of) == 0 {
		return nil
	}
	rows := make([][]any, len(of))
	for i, id := range of {
		rows[i] = []any{s.Ledger.IDs.New() + "~" + id}
	}
	return tx.InsertMany(ctx, "stale", []string{"id"}, rows)
}

const (
	marksAtOnce = 200 // marks that one transaction works off
	askedFor    = 400 // marks that a reader waits for
)

// Settle works off marks, at most so many of them; 0 is all. It gives how many there were.
func (s *Service) Settle(ctx context.Context, most int) (n int, err error) {
	defer fault.Wrap(&err, "duty: settle")
	if settled, err := s.settled(ctx, s.DB.As(store.System("duties kept"))); err != nil || settled {
		return 0, err
	}
	for more := true; more && (most == 0 || n < most); {
		done := 0
		err := s.DB.Write(ctx, store.System("duties kept"), func(tx *store.Tx) (err error) {
			if err := tx.Lock(ctx, "owed"); err != nil {
				return err
			}
			turned, err := s.turn(ctx, tx)
			if err == nil {
				done, more, err = s.settle(ctx, tx)
			}
			more = more || turned
			return err
		})
		if n += done; err != nil {
			return n, err
		}
	}
	return n, nil
}

// settled tells whether there is nothing to work off, without waiting for whoever writes. Marks from before anything was
// computed are left to Rebuild.
func (s *Service) settled(ctx context.Context, r store.Reader) (bool, error) {
	day, kept, err := s.keptOn(ctx, r)
	if err != nil || !kept {
		return true, err
	}
	var one int
	waits, err := r.One(ctx, "SELECT 1 FROM {stale} LIMIT 1", nil, &one)
	return !waits && day >= s.today().String(), err
}

// keptOn is the day of which everything kept is true; kept is false before anything was computed by the rules in force.
func (s *Service) keptOn(ctx context.Context, r store.Reader) (day string, kept bool, err error) {
	kept, err = r.One(ctx, "SELECT due_on FROM {owed} WHERE org_path = '' AND duty = ? AND from_on = ?", []any{keptMark, s.book()}, &day)
	return day, kept, err
}

// turn lets a new day begin: where a decision takes or loses effect by date alone, nobody has marked anything. It tells
// whether it has marked something.
func (s *Service) turn(ctx context.Context, tx *store.Tx) (bool, error) {
	last, kept, err := s.keptOn(ctx, tx)
	today := s.today()
	if err != nil || !kept || last >= today.String() {
		return false, err
	}
	before, err := civil.Parse(last)
	if err != nil {
		return false, err
	}
	trees, err := s.Local.Turned(ctx, tx.System("local rules"), before, today)
	if err == nil && s.rulesTurned(before, today) {
		trees = nil
		err = tx.Each(ctx, "SELECT id FROM {org} WHERE parent_id = ''", nil, func(row store.Row) error {
			var id string
			err := row.Scan(&id)
			trees = append(trees, id)
			return err
		})
	}
	if err != nil {
		return false, err
	}
	for i, id := range trees {
		trees[i] = treeMark + id
	}
	if err := s.mark(ctx, tx, trees); err != nil {
		return false, err
	}
	return len(trees) > 0, s.keptSince(ctx, tx, today)
}

// rulesTurned tells whether a version of a regulation has begun or ended after a day until another.
func (s *Service) rulesTurned(before, day civil.Date) bool {
	passed := func(x civil.Date) bool { return x.After(before) && !x.After(day) }
	for _, id := range s.Local.Rules.IDs() {
		for _, v := range s.Local.Rules.Versions(id) {
			if passed(v.From) || !v.To.IsZero() && passed(v.To.AddDays(1)) {
				return true
			}
		}
	}
	return false
}

// settle works off the oldest marks; more tells that others are left, or were made.
func (s *Service) settle(ctx context.Context, tx *store.Tx) (n int, more bool, err error) {
	var marks []string
	err = tx.Each(ctx, "SELECT id FROM {stale} ORDER BY id LIMIT ?", []any{marksAtOnce}, func(row store.Row) error {
		var id string
		err := row.Scan(&id)
		marks = append(marks, id)
		return err
	})
	if err != nil || len(marks) == 0 {
		return 0, false, err
	}
	more = len(marks) == marksAtOnce
	branches, wider, moved := map[string]bool{}, map[string]bool{}, false
	for _, m := range marks {
		_, of, _ := strings.Cut(m, "~")
		switch {
		case of == lateMark:
			moved = true
		case strings.Contains(of, ":"):
			wider[of] = true
		default:
			branches[of] = true
		}
	}
	if len(wider) > 0 {
		more = true
		if err := s.spread(ctx, tx, wider); err != nil {
			return 0, false, err
		}
	}
	if len(branches) > 0 {
		if err := s.keepAll(ctx, tx, branches); err != nil {
			return 0, false, err
		}
	}
	if moved {
		if err := recount(ctx, tx); err != nil {
			return 0, false, err
		}
	}
	for _, m := range marks {
		if _, err := tx.Delete(ctx, "stale", store.ByID(m)); err != nil {
			return 0, false, err
		}
	}
	return len(marks), more, nil
}

// spread makes marks of imports and of trees those of their branches.
func (s *Service) spread(ctx context.Context, tx *store.Tx, wider map[string]bool) error {
	ids := map[string]bool{}
	add := func(row store.Row) error {
		var id string
		err := row.Scan(&id)
		ids[id] = true
		return err
	}
	for of := range wider {
		if batch, is := strings.CutPrefix(of, batchMark); is {
			if err := tx.Each(ctx, "SELECT DISTINCT org_id FROM {member} WHERE batch = ?", []any{batch}, add); err != nil {
				return err
			}
			continue
		}
		top, err := org.ByID(ctx, tx, strings.TrimPrefix(of, treeMark))
		if fault.Of(err) == fault.NotFound {
			continue
		}
		if err == nil {
			err = tx.With(store.Subtree(top.Path)).Each(ctx, "SELECT id FROM {org} WHERE kind IN ('branch', 'joint-branch', 'temporary-branch')", nil, add)
		}
		if err != nil {
			return err
		}
	}
	return s.mark(ctx, tx, slices.Sorted(maps.Keys(ids)))
}

// keepAll writes what is open in some organisations.
func (s *Service) keepAll(ctx context.Context, tx *store.Tx, ids map[string]bool) error {
	rules, err := s.Local.AllIn(ctx, tx.System("local rules"))
	if err != nil {
		return err
	}
	list, err := org.ByIDs(ctx, tx, slices.Sorted(maps.Keys(ids)))
	if err != nil {
		return err
	}
	known, changed := map[string][]span{}, tally{}
	for _, o := range list {
		open, err := s.computed(ctx, tx, o, rules, s.today(), known)
		if err == nil {
			err = s.keep(ctx, tx, o, open, changed)
		}
		if err != nil {
			return err
		}
	}
	return changed.change(ctx, tx)
}

// computed is what is open in one branch on a day, out of its facts.
func (s *Service) computed(ctx context.Context, r store.Reader, o org.Organisation, rules localrule.Set, day civil.Date, known map[string][]span) (map[span]int64, error) {
	if !o.Kind.IsBranch() || !o.Living() {
		return nil, nil
	}
	f, err := s.gather(ctx, r, r, o, rules.Book(o.Path), day)
	if err != nil {
		return nil, err
	}
	return spans(f, day, known), nil
}
