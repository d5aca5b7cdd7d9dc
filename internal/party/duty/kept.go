package duty

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// What is open in each branch is kept as spans in {owed}, so that those above need not read every fact. Whoever changes a
// fact marks its branch in {stale} in the same transaction; marks are worked off when somebody asks, and beside the
// service. A branch's own pages are computed from the facts and need neither.

// Touched marks branches inside the transaction that changes their facts.
func (s *Service) Touched(ctx context.Context, tx *store.Tx, rows *ledger.Rows) error {
	orgs := map[string]bool{}
	for id := range rows.Orgs {
		orgs[id] = true
	}
	for id := range rows.Members {
		var at string
		if _, err := tx.One(ctx, "SELECT org_id FROM {all_member} WHERE id = ?", []any{id}, &at); err != nil {
			return err
		}
		orgs[at] = at != ""
	}
	for id := range rows.Batches {
		orgs[batchMark+id] = true
	}
	var marks [][]any
	for id, yes := range orgs {
		if yes {
			marks = append(marks, []any{s.Ledger.IDs.New() + "~" + id})
		}
	}
	if len(marks) == 0 {
		return nil
	}
	return tx.InsertMany(ctx, "stale", []string{"id"}, marks)
}

// batchMark stands before the id of an import, whose rows are seen since its row changed.
const batchMark = "batch:"

const (
	marksAtOnce = 200 // marks that one transaction works off
	askedFor    = 400 // marks that a reader waits for
)

// Settle works off marks, at most so many of them; 0 is all. It gives how many there were.
func (s *Service) Settle(ctx context.Context, most int) (n int, err error) {
	defer fault.Wrap(&err, "duty: settle")
	for most == 0 || n < most {
		done := 0
		err := s.DB.Write(ctx, store.System("duties kept"), func(tx *store.Tx) error {
			done = 0
			if err := tx.Lock(ctx, "owed"); err != nil {
				return err
			}
			var err error
			done, err = s.settle(ctx, tx)
			return err
		})
		if n += done; err != nil || done < marksAtOnce {
			return n, err
		}
	}
	return n, nil
}

func (s *Service) settle(ctx context.Context, tx *store.Tx) (int, error) {
	var marks []string
	orgs := map[string]bool{}
	err := tx.Each(ctx, "SELECT id FROM {stale} ORDER BY id LIMIT ?", []any{marksAtOnce}, func(row store.Row) error {
		var id string
		err := row.Scan(&id)
		marks = append(marks, id)
		return err
	})
	if err != nil || len(marks) == 0 {
		return 0, err
	}
	for _, m := range marks {
		_, of, _ := strings.Cut(m, "~")
		if batch, is := strings.CutPrefix(of, batchMark); is {
			err = tx.Each(ctx, "SELECT DISTINCT org_id FROM {member} WHERE batch = ?", []any{batch}, func(row store.Row) error {
				var id string
				err := row.Scan(&id)
				orgs[id] = true
				return err
			})
		} else {
			orgs[of] = true
		}
		if err != nil {
			return 0, err
		}
	}
	for id := range orgs {
		o, err := org.ByID(ctx, tx, id)
		if fault.Of(err) == fault.NotFound {
			continue
		}
		if err == nil {
			err = s.keep(ctx, tx, o, nil)
		}
		if err != nil {
			return 0, err
		}
	}
	for _, m := range marks {
		if _, err := tx.Delete(ctx, "stale", store.ByID(m)); err != nil {
			return 0, err
		}
	}
	return len(marks), nil
}

var owedColumns = []string{"org_path", "duty", "from_on", "due_on", "gone_on", "earliest", "org_id", "n"}

// keep writes what is open in one branch.
func (s *Service) keep(ctx context.Context, tx *store.Tx, o org.Organisation, known map[string][]span) error {
	if _, err := tx.Delete(ctx, "owed", store.Key{store.Set("org_path", o.Path)}); err != nil || !o.Kind.IsBranch() || !o.Living() {
		return err
	}
	f, err := s.gather(ctx, tx, o, s.today(), true)
	if err != nil {
		return err
	}
	if err := s.structureOf(ctx, tx, o, &f); err != nil {
		return err
	}
	var rows [][]any
	for x, n := range s.spans(f, s.today(), known) {
		rows = append(rows, []any{o.Path, x.duty, x.from, x.due, x.gone, x.earliest, o.ID, n})
	}
	return tx.InsertMany(ctx, "owed", owedColumns, rows)
}

// structureOf reads posts and Party groups inside the transaction.
func (s *Service) structureOf(ctx context.Context, tx *store.Tx, o org.Organisation, f *branchFacts) error {
	posts, groups, err := structure(ctx, tx, o)
	f.branch = s.branchOf(o, posts, groups, 0, 0, s.today())
	return err
}

// book is a digest of what the kept rows were computed by: another rulebook, or another first day, computes them anew.
func (s *Service) book() string {
	h := sha256.New()
	h.Write([]byte("1 " + s.Since.String()))
	for _, id := range s.Rules.IDs() {
		for _, v := range s.Rules.Versions(id) {
			h.Write([]byte(id + v.Version + v.From.String() + v.To.String()))
			for _, k := range []string{"each_months", "term_years", "lost_months", "contact_months", "study_hours"} {
				if v.Has(k) {
					h.Write([]byte(k + v.Parameters()[k]))
				}
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// keptMark is the duty of the row that tells by which rules the others were computed.
const keptMark = "kept"

// rebuiltAtOnce is how many branches one transaction of Rebuild computes.
const rebuiltAtOnce = 250

// Kept tells whether everything has been computed by the rules in force.
func (s *Service) Kept(ctx context.Context, r store.Reader) (bool, error) {
	var one int
	return r.One(ctx, "SELECT 1 FROM {owed} WHERE org_path = '' AND duty = ? AND from_on = ?", []any{keptMark, s.book()}, &one)
}

// Rebuild computes what is open everywhere, unless it is kept already. It may be killed anywhere and run again.
func (s *Service) Rebuild(ctx context.Context) (branches int, err error) {
	defer fault.Wrap(&err, "duty: rebuild")
	all := store.System("duties kept")
	if kept, err := s.Kept(ctx, s.DB.As(all)); err != nil || kept {
		return 0, err
	}
	known, path := map[string][]span{}, ""
	for {
		var ids []string
		err := s.DB.As(all).Each(ctx, "SELECT id, path FROM {org} WHERE kind IN ('branch', 'joint-branch', 'temporary-branch') AND path > ? ORDER BY path LIMIT ?", []any{path, rebuiltAtOnce}, func(row store.Row) error {
			var id string
			err := row.Scan(&id, &path)
			ids = append(ids, id)
			return err
		})
		if err != nil {
			return branches, err
		}
		if len(ids) == 0 {
			break
		}
		err = s.DB.Write(ctx, all, func(tx *store.Tx) error {
			if err := tx.Lock(ctx, "owed"); err != nil {
				return err
			}
			list, err := org.ByIDs(ctx, tx, ids)
			if err != nil {
				return err
			}
			for _, o := range list {
				if err := s.keep(ctx, tx, o, known); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return branches, err
		}
		branches += len(ids)
	}
	return branches, s.DB.Write(ctx, all, func(tx *store.Tx) error {
		if _, err := tx.Delete(ctx, "owed", store.Key{store.Set("org_path", "")}); err != nil {
			return err
		}
		return tx.InsertMany(ctx, "owed", owedColumns, [][]any{{"", keptMark, s.book(), "", "", "", "", 0}})
	})
}

// Watch keeps everything computed until the context ends.
func (s *Service) Watch(ctx context.Context, every time.Duration, report func(error)) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		_, err := s.Rebuild(ctx)
		if err == nil {
			_, err = s.Settle(ctx, 0)
		}
		if err != nil && ctx.Err() == nil {
			report(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// Below is what is overdue at and below an organisation, by duty: in how many branches, and since when the oldest.
type Below struct {
	Duty     string
	Branches int
	Oldest   string
}

// Overdue counts what is overdue in the part of the tree that a reader sees, the oldest first. ok is false while nothing
// has been computed yet.
func (s *Service) Overdue(ctx context.Context, r store.Reader) (out []Below, ok bool, err error) {
	defer fault.Wrap(&err, "duty: overdue")
	if ok, err = s.Kept(ctx, s.DB.As(store.System("duties kept"))); err != nil || !ok {
		return nil, ok, err
	}
	if _, err := s.Settle(ctx, askedFor); err != nil {
		return nil, true, err
	}
	day := s.today().String()
	err = r.Each(ctx, "SELECT duty, count(DISTINCT org_path), min(due_on) FROM {owed} WHERE due_on < ? AND from_on <= ? AND gone_on > ? AND org_path <> '' GROUP BY duty ORDER BY 3, 1", []any{day, day, day}, func(row store.Row) error {
		var b Below
		err := row.Scan(&b.Duty, &b.Branches, &b.Oldest)
		out = append(out, b)
		return err
	})
	return out, true, err
}

// Late is a branch in which a duty is overdue.
type Late struct {
	OrgID, Path, Due string
	N                int64
}

// LateBranches lists the branches in which a duty is overdue, the oldest first, from a number on.
func (s *Service) LateBranches(ctx context.Context, r store.Reader, duty string, from, limit int) (out []Late, err error) {
	defer fault.Wrap(&err, "duty: late branches")
	day := s.today().String()
	query := "SELECT org_id, org_path, min(due_on), sum(n) FROM {owed} WHERE duty = ? AND due_on < ? AND from_on <= ? AND gone_on > ? GROUP BY org_id, org_path ORDER BY 3, 2 LIMIT " + strconv.Itoa(limit) + " OFFSET " + strconv.Itoa(from)
	err = r.Each(ctx, query, []any{duty, day, day, day}, func(row store.Row) error {
		var l Late
		err := row.Scan(&l.OrgID, &l.Path, &l.Due, &l.N)
		out = append(out, l)
		return err
	})
	return out, err
}
