package member

import (
	"context"
	"slices"
	"strings"

	"zhibu/internal/party/headcount"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
)

// count enters a member on the register, n times, at a path: among the heads, and among the records that lack something.
func (m Member) count(change *headcount.Change, path string, n int64) {
	change.Add(path, m.cell(), n)
	m.Missing.tally(change, path, n)
}

func (m Missing) tally(change *headcount.Change, path string, n int64) {
	for _, c := range m.Columns() {
		change.Tally(path, headcount.Missing+string(c), "", n)
	}
}

// Required are the facts of a complete record that may be missing.
func Required() (out []string) {
	for _, c := range complete {
		out = append(out, string(c))
	}
	return out
}

// TallyAll counts from the records what their writers keep: to prove the kept tallies, and to make them.
func TallyAll(ctx context.Context, r store.Reader, change *headcount.Change) error {
	return r.Each(ctx, "SELECT org_path, missing, count(*) FROM {member} WHERE state = 'active' AND missing <> 0 GROUP BY 1, 2", nil, func(row store.Row) error {
		return TallyMissing(row, change, 1)
	})
}

// TallyAging counts the records that are to be asked again, by the first day on which they are: those of a condition on
// {member} m, times over.
func TallyAging(ctx context.Context, r store.Reader, change *headcount.Change, times int64, where string, args ...any) error {
	query := "SELECT m.org_path, d.due_on, count(*) FROM {due} d JOIN {member} m ON m.id = d.id WHERE d.due_on < '" + never.String() +
		"' AND m.state = 'active' AND m.review = 'reviewed' AND " + where + " GROUP BY 1, 2"
	return r.Each(ctx, query, args, func(row store.Row) error {
		var path, day string
		var n int64
		err := row.Scan(&path, &day, &n)
		change.Tally(path, headcount.Aging, day, times*n)
		return err
	})
}

// agingAtOnce bounds how many records one question about them names.
const agingAtOnce = 50

func tallyAgingOf(ctx context.Context, tx *store.Tx, change *headcount.Change, times int64, ids []string) error {
	for part := range slices.Chunk(ids, agingAtOnce) {
		args := make([]any, agingAtOnce)
		if len(part) == 1 {
			args = args[:1]
		}
		for i := range args {
			args[i] = part[min(i, len(part)-1)]
		}
		err := TallyAging(ctx, tx.System("since when facts are known"), change, times, "m.id IN (?"+strings.Repeat(", ?", len(args)-1)+")", args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// keepAging carries what is counted of records that are to be asked again over an act that may change their day, their branch,
// their place on the register or whether anybody has reviewed them.
func keepAging(ctx context.Context, tx *store.Tx, act func() error, ids ...string) error {
	if err := org.Still(ctx, tx); err != nil { // the counts follow the paths
		return err
	}
	var change headcount.Change
	if err := tallyAgingOf(ctx, tx, &change, -1, ids); err != nil {
		return err
	}
	if err := act(); err != nil {
		return err
	}
	if err := tallyAgingOf(ctx, tx, &change, 1, ids); err != nil {
		return err
	}
	return change.Apply(ctx, tx)
}

// TallyMissing counts a row of path, missing facts and number.
func TallyMissing(row store.Row, change *headcount.Change, times int64) error {
	var path string
	var missing Missing
	var n int64
	err := row.Scan(&path, &missing, &n)
	missing.tally(change, path, times*n)
	return err
}

// moveDisputes carries what is counted of a member's open disputes from where they stood to another branch.
func moveDisputes(ctx context.Context, tx *store.Tx, id, path string) error {
	var change headcount.Change
	all := tx.System("headcount")
	err := all.Each(ctx, "SELECT org_path, due_on FROM {dispute} WHERE member_id = ? AND state = 'open'", []any{id}, func(row store.Row) error {
		var was, due string
		err := row.Scan(&was, &due)
		change.Tally(was, headcount.Disputes, due, -1)
		change.Tally(path, headcount.Disputes, due, 1)
		return err
	})
	if err != nil {
		return err
	}
	return change.Apply(ctx, tx)
}
