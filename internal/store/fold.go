package store

import "context"

// FoldCounts adds the head counts tagged with a batch to the untagged ones and removes them, for at most limit
// organisations, and says how many organisations that were. Inside the engine it costs a few microseconds a row;
// row by row through the program it would cost ten times as much.
func (t *Tx) FoldCounts(ctx context.Context, batch string, limit int) (int, error) {
	// Two that fold at once would each add what only one of them removes.
	if err := t.Lock(ctx, "fold"); err != nil {
		return 0, err
	}
	var paths []any
	err := t.Each(ctx, "SELECT DISTINCT org_path FROM {headcount} WHERE batch = ? ORDER BY org_path LIMIT ?", []any{batch, limit}, func(row Row) error {
		var p string
		err := row.Scan(&p)
		paths = append(paths, p)
		return err
	})
	if err != nil || len(paths) == 0 {
		return 0, err
	}
	place := t.db.dialect.place
	const same = "b.category = x.category AND b.sex = x.sex AND b.born = x.born AND b.batch = ''"
	for _, p := range paths {
		args := []any{batch, p}
		for _, text := range []string{
			"UPDATE t_headcount AS b SET n = b.n + x.n FROM t_headcount x WHERE x.batch = " + place(1) + " AND x.org_path = " + place(2) + " AND b.org_path = x.org_path AND " + same,
			"INSERT INTO t_headcount (org_path, category, sex, born, batch, n) SELECT x.org_path, x.category, x.sex, x.born, '', x.n FROM t_headcount x WHERE x.batch = " + place(1) +
				" AND x.org_path = " + place(2) + " AND NOT EXISTS (SELECT 1 FROM t_headcount b WHERE b.org_path = x.org_path AND " + same + ")",
			"DELETE FROM t_headcount WHERE batch = " + place(1) + " AND org_path = " + place(2),
		} {
			if _, err := t.exec(ctx, text, args); err != nil {
				return 0, err
			}
		}
	}
	return len(paths), nil
}
