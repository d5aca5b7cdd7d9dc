package member

import (
	"context"

	"zhibu/internal/party/headcount"
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
