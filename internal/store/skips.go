package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
)

// agreeOnSkips joins the columns that this program leaves out of images with those that a newer one has written down:
// a column that was added to a table of facts is left out of its images, and a program that does not know of it would
// find every row changed. What is left out once stays so.
func (d *DB) agreeOnSkips(ctx context.Context) error {
	d.skips = map[string][]string{}
	var text string
	err := d.write.QueryRowContext(ctx, "SELECT value FROM t_schema WHERE name = 'skips'").Scan(&text)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return explain(err)
	}
	written := map[string][]string{}
	if text != "" {
		if err := json.Unmarshal([]byte(text), &written); err != nil {
			return err
		}
	}
	for name, t := range tables {
		all := append(strings.Fields(t.skip), written[name]...)
		slices.Sort(all)
		if all = slices.Compact(all); len(all) > 0 {
			d.skips[name] = all
		}
	}
	if d.newer || maps.EqualFunc(written, d.skips, slices.Equal) {
		return nil
	}
	b, err := json.Marshal(d.skips)
	if err != nil {
		return err
	}
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return explain(err)
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, "DELETE FROM t_schema WHERE name = 'skips'"); err != nil {
		return explain(err)
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO t_schema (name, value) VALUES ('skips', "+d.dialect.place(1)+")", string(b)); err != nil {
		return explain(err)
	}
	return explain(tx.Commit())
}

// Fits tells whether this program can still work with the database: a newer one may have changed it meanwhile.
func (d *DB) Fits(ctx context.Context) (bool, error) {
	oldest, err := d.oldestProgram(ctx)
	return oldest <= Generation(), err
}
