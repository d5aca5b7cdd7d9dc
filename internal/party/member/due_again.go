package member

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"zhibu/internal/party/roster"
	"zhibu/internal/store"
)

// monthsJob is the row of {job} that says by which months the days of {due} have been worked out: detail names them,
// result is the last record that was gone through, state is running until all were.
const monthsJob = "member.due"

// String names the months, in one order.
func (a aging) String() string {
	var out []string
	for _, c := range roster.Columns {
		if n := a.months[c]; n != 0 {
			out = append(out, fmt.Sprintf("%s %d", c, n))
		}
	}
	return strings.Join(out, ", ")
}

// standard tells whether the months are those of the rule.
func (a aging) standard() bool {
	return !slices.ContainsFunc(roster.Columns, func(c roster.Column) bool { return a.months[c] != 0 && a.months[c] != a.rule.Int(string(c)+"_months") })
}

// followMonths works the days of {due} out again where they were worked out by other months, piece by piece.
func (s *Service) followMonths(ctx context.Context, a aging) error {
	for ctx.Err() == nil {
		done := false
		err := s.DB.Write(ctx, store.System("since when facts are known"), func(tx *store.Tx) (err error) {
			done, err = s.followPiece(ctx, tx, a)
			return err
		})
		if err != nil || done {
			return err
		}
	}
	return nil
}

func (s *Service) followPiece(ctx context.Context, tx *store.Tx, a aging) (done bool, err error) {
	var by, state, after string
	found, err := tx.One(ctx, "SELECT detail, state, result FROM {job} WHERE id = ?", []any{monthsJob}, &by, &state, &after)
	switch {
	case err != nil:
		return false, err
	case found && by == a.String() && state == "done":
		return true, nil
	case found && by != a.String():
		after = "" // begun by others: from the beginning
	case !found && a.standard(): // rows were never made by any others
		return true, tx.Insert(ctx, "job", s.monthsDone(a, "done", "")...)
	}
	last, n, err := s.again(ctx, tx, a, after)
	if err != nil {
		return false, err
	}
	state = "running"
	if n < filledAtOnce {
		state, done = "done", true
	}
	if !found {
		return done, tx.Insert(ctx, "job", s.monthsDone(a, state, last)...)
	}
	_, err = tx.Update(ctx, "job", store.ByID(monthsJob), store.Set("detail", a.String()), store.Set("state", state), store.Set("result", last))
	return done, err
}

func (s *Service) monthsDone(a aging, state, last string) []store.Value {
	return []store.Value{store.Set("id", monthsJob), store.Set("kind", monthsJob), store.Set("state", state), store.Set("due", 0), store.Set("lease", 0),
		store.Set("detail", a.String()), store.Set("progress", 0), store.Set("result", last)}
}

// again works out the days of the records behind one, and writes those that have changed. A row that an act has changed
// meanwhile was worked out by that act.
func (s *Service) again(ctx context.Context, tx *store.Tx, a aging, after string) (last string, n int, err error) {
	type changed struct{ was, is []any }
	var rows []changed
	last = after
	query := "SELECT d.due_on, d.branch_on, d.known, " + prefixed("m.") + " FROM {due} d JOIN {all_member} m ON m.id = d.id WHERE d.id > ? ORDER BY d.id LIMIT ?"
	err = tx.Each(ctx, query, []any{after, filledAtOnce}, func(row store.Row) error {
		var dueOn, branchOn, text string
		m, err := scan(leading{row, []any{&dueOn, &branchOn, &text}})
		if err != nil {
			return err
		}
		k, err := readKnown(text)
		is := a.dueRow(m, k)
		if is[2] != dueOn || is[3] != branchOn {
			rows = append(rows, changed{[]any{m.ID, dueOn, branchOn, text}, is})
		}
		last, n = m.ID, n+1
		return err
	})
	if err != nil || len(rows) == 0 {
		return last, n, err
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.was[0].(string) //nolint:forcetypeassert // an id is a text
	}
	return last, n, keepAging(ctx, tx, func() error {
		for _, r := range rows {
			key := store.ByID(r.was[0].(string)).And("due_on", r.was[1]).And("branch_on", r.was[2]).And("known", r.was[3]) //nolint:forcetypeassert // as above
			if _, err := tx.Update(ctx, "due", key, store.Set("due_on", r.is[2]), store.Set("branch_on", r.is[3])); err != nil {
				return err
			}
		}
		return nil
	}, ids...)
}
