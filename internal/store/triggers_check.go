package store

import (
	"context"
	"database/sql"
	"regexp"
	"slices"
	"strings"
)

var triggerName = regexp.MustCompile(`^CREATE TRIGGER (\w+) `)

type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// ownTriggers are the statements that drop the triggers the database has now.
func (d *DB) ownTriggers(ctx context.Context, q querier) ([]string, error) {
	query := "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND (name LIKE 'audit%' OR name LIKE 'keep%')"
	if d.dialect == postgres {
		query = "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal AND n.nspname = current_schema() AND (t.tgname LIKE 'audit%' OR t.tgname LIKE 'keep%')"
	}
	var out []string
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name, on string
		if err := rows.Scan(&name, &on); err != nil {
			return nil, err
		}
		drop := "DROP TRIGGER " + name
		if d.dialect == postgres {
			drop += " ON " + on
		}
		out = append(out, drop)
	}
	return out, rows.Err()
}

// MissingTriggers names the audit triggers that should be in the database and are not, or are switched off or, on
// SQLite, read otherwise than the program made them.
func (d *DB) MissingTriggers(ctx context.Context) ([]string, error) {
	query := "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
	if d.dialect == postgres {
		query = "SELECT t.tgname, '' FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND t.tgenabled IN ('O', 'A')"
	}
	have := map[string]string{}
	rows, err := d.read.QueryContext(ctx, query)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			return nil, err
		}
		have[name] = text
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	now := &DB{dialect: d.dialect, write: d.read, newer: true} // columns as they stand: a newer program may have added some since the start
	if err := now.agreeOnSkips(ctx); err != nil {
		return nil, err
	}
	if err := now.readColumns(ctx); err != nil {
		return nil, err
	}
	var missing []string
	for _, want := range now.triggerText() {
		m := triggerName.FindStringSubmatch(want)
		if m == nil {
			continue
		}
		if text, ok := have[m[1]]; !ok || d.dialect == sqlite && strings.TrimSpace(text) != want {
			missing = append(missing, m[1])
		}
	}
	slices.Sort(missing)
	return missing, nil
}
