package main

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the bare driver
)

// The page caches of the program's connections.
const (
	writeCache = "-16000"
	readCache  = "-8000"
)

// bareFile opens a database with the settings that the program uses and nothing else of it.
func bareFile(path, cache string, connections int) (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(20000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size("+cache+
		")&_pragma=temp_store(MEMORY)&_txlock=immediate")
	if err == nil {
		db.SetMaxOpenConns(connections)
		db.SetMaxIdleConns(connections)
	}
	return db, err
}

// writer inserts rows by prepared statements of many rows each, the fastest way the driver has.
type writer struct {
	db    *sql.DB
	texts map[string]*sql.Stmt
}

func newWriter(path string) (*writer, error) {
	db, err := bareFile(path, writeCache, 1)
	if err != nil {
		return nil, err
	}
	w := &writer{db, map[string]*sql.Stmt{}}
	return w, w.dropTriggers()
}

// dropTriggers leaves tables and indexes: the images come as rows.
func (w *writer) dropTriggers() error {
	names, err := texts(w.db, "SELECT name FROM sqlite_master WHERE type = 'trigger'")
	for _, name := range names {
		if err == nil {
			_, err = w.db.Exec("DROP TRIGGER " + name)
		}
	}
	return err
}

func texts(db *sql.DB, query string, args ...any) ([]string, error) {
	rows, err := db.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// close empties the log into the file, as the program does when it ends.
func (w *writer) close() error {
	for _, st := range w.texts {
		st.Close()
	}
	return w.db.Close()
}

// rowsOf are rows of one table as read, all columns.
type rowsOf struct {
	table string
	cols  []string
	rows  [][]any
}

func read(ctx context.Context, db *sql.DB, table, query string, args ...any) (rowsOf, error) {
	out := rowsOf{table: table}
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return out, fmt.Errorf("%s: %w", query, err)
	}
	defer rows.Close()
	if out.cols, err = rows.Columns(); err != nil {
		return out, err
	}
	for rows.Next() {
		values := make([]any, len(out.cols))
		into := make([]any, len(out.cols))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return out, err
		}
		out.rows = append(out.rows, values)
	}
	return out, rows.Err()
}

const paramsAtOnce = 2000

// insert writes rows inside a transaction.
func (w *writer) insert(tx *sql.Tx, r rowsOf) error {
	for rows := r.rows; len(rows) > 0; {
		n := min(max(1, paramsAtOnce/len(r.cols)), len(rows))
		one := "(" + strings.TrimSuffix(strings.Repeat("?,", len(r.cols)), ",") + ")"
		text := "INSERT INTO " + r.table + " (" + strings.Join(r.cols, ",") + ") VALUES " + strings.TrimSuffix(strings.Repeat(one+",", n), ",")
		if w.texts[text] == nil {
			st, err := tx.Prepare(text)
			if err != nil {
				return err
			}
			w.texts[text] = st
		}
		args := make([]any, 0, n*len(r.cols))
		for _, row := range rows[:n] {
			args = append(args, row...)
		}
		if _, err := tx.Stmt(w.texts[text]).Exec(args...); err != nil {
			return fmt.Errorf("%s: %w", r.table, err)
		}
		rows = rows[n:]
	}
	return nil
}

// commit is one transaction of the given rows.
func (w *writer) commit(parts ...rowsOf) error {
	tx, err := w.db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, p := range parts {
		if err := w.insert(tx, p); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// replay inserts into a copy of the city everything that stands in the city after an import and did not before, and
// says what the inserting cost; looking it up does not count.
func replay(ctx context.Context, after, before string) (took spent, err error) {
	src, err := bareFile(filepath.Join(after, "zhibu.db"), readCache, 1)
	if err != nil {
		return took, err
	}
	defer src.Close()
	w, err := newWriter(filepath.Join(before, "zhibu.db"))
	if err != nil {
		return took, err
	}
	keys, err := newWriter(filepath.Join(before, "keys.db"))
	if err != nil {
		return took, err
	}
	from, err := bareFile(filepath.Join(after, "keys.db"), readCache, 1)
	if err != nil {
		return took, err
	}
	defer from.Close()
	r := &replayed{src: src, keySrc: from, to: w, keys: keys}
	if err := r.all(ctx); err != nil {
		return took, err
	}
	last, err := cost(func() error {
		if err := keys.close(); err != nil {
			return err
		}
		return w.close()
	})
	return r.took.add(last), err
}

type replayed struct {
	src, keySrc *sql.DB
	to, keys    *writer
	took        spent
}

// acts are those in the chain and those that wait for it.
const acts = "(SELECT * FROM t_chained UNION ALL SELECT * FROM t_waiting)"

func (r *replayed) all(ctx context.Context) error {
	var last string
	if err := r.to.db.QueryRow("SELECT coalesce(max(id), '') FROM " + acts).Scan(&last); err != nil {
		return err
	}
	made, err := texts(r.src, "SELECT id FROM "+acts+" WHERE id > ? ORDER BY id", last)
	if err != nil {
		return err
	}
	for _, act := range made {
		if err := r.act(ctx, act); err != nil {
			return err
		}
	}
	return r.counts(ctx)
}

// act inserts what one act wrote: first the keys of its members, then members, images, and the act.
func (r *replayed) act(ctx context.Context, id string) error {
	const made = " WHERE id IN (SELECT row_id FROM t_event WHERE act_id = ?1 AND tbl = '%s' AND op = 'I' AND seq BETWEEN (SELECT first_seq FROM " + acts + " WHERE id = ?1) AND (SELECT last_seq FROM " + acts + " WHERE id = ?1)) ORDER BY rowid"
	var parts []rowsOf
	for _, name := range []string{"member", "batch"} {
		p, err := read(ctx, r.src, "t_"+name, "SELECT * FROM t_"+name+fmt.Sprintf(made, name), id)
		if err != nil {
			return err
		}
		parts = append(parts, p)
	}
	events, err := read(ctx, r.src, "t_event", "SELECT act_id, tbl, row_id, op, before, after FROM t_event WHERE act_id = ?1 AND seq BETWEEN (SELECT first_seq FROM "+acts+" WHERE id = ?1) AND (SELECT last_seq FROM "+acts+" WHERE id = ?1) ORDER BY seq", id)
	if err != nil {
		return err
	}
	act, err := read(ctx, r.src, "t_waiting", "SELECT * FROM "+acts+" WHERE id = ?", id)
	if err != nil {
		return err
	}
	keys := rowsOf{table: "t_person_key", cols: []string{"id", "wrapped"}}
	for _, m := range parts[0].rows {
		k, err := read(ctx, r.keySrc, "t_person_key", "SELECT id, wrapped FROM t_person_key WHERE id = ?", m[0])
		if err != nil {
			return err
		}
		keys.rows = append(keys.rows, k.rows...)
	}
	took, err := cost(func() error {
		if len(keys.rows) > 0 {
			if err := r.keys.commit(keys); err != nil {
				return err
			}
		}
		return r.to.commit(append(parts, events, act)...)
	})
	r.took = r.took.add(took)
	return err
}

// counts writes the head counts that changed.
func (r *replayed) counts(ctx context.Context) error {
	const cols = "org_path, category, sex, born, batch, n"
	now, err := read(ctx, r.src, "t_headcount", "SELECT "+cols+" FROM t_headcount")
	if err != nil {
		return err
	}
	was, err := read(ctx, r.to.db, "t_headcount", "SELECT "+cols+" FROM t_headcount")
	if err != nil {
		return err
	}
	key := func(row []any) string { return fmt.Sprint(row[:5]...) }
	known := map[string]any{}
	for _, row := range was.rows {
		known[key(row)] = row[5]
	}
	fresh := rowsOf{table: "t_headcount", cols: now.cols}
	var changed [][]any
	for _, row := range now.rows {
		if n, there := known[key(row)]; !there {
			fresh.rows = append(fresh.rows, row)
		} else if n != row[5] {
			changed = append(changed, row)
		}
	}
	took, err := cost(func() error {
		tx, err := r.to.db.Begin()
		if err != nil {
			return err
		}
		defer tx.Rollback()
		if err := r.to.insert(tx, fresh); err != nil {
			return err
		}
		st, err := tx.Prepare("UPDATE t_headcount SET n = ? WHERE org_path = ? AND category = ? AND sex = ? AND born = ? AND batch = ?")
		if err != nil {
			return err
		}
		for _, row := range changed {
			if _, err := st.Exec(row[5], row[0], row[1], row[2], row[3], row[4]); err != nil {
				return err
			}
		}
		return tx.Commit()
	})
	r.took = r.took.add(took)
	say("   bare: head counts %d new, %d changed: %s", len(fresh.rows), len(changed), took)
	return err
}
