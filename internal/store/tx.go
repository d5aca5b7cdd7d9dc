package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhibu/internal/fault"
)

// Value is one column of a row to write.
type Value struct {
	Column string
	Data   any
}

// Set names a column's new value.
func Set(column string, data any) Value { return Value{column, data} }

// Tx is an open write transaction. Rooms get it from the ledger; it reads and writes under the actor's scope.
type Tx struct {
	scoped
	operational bool // only operational tables may be written
}

// Write opens a transaction, runs fn and commits. Only the ledger calls it (it sets the audit context); a write to a
// fact without one is refused by the database. After a deadlock on PostgreSQL fn runs again, so it must not keep
// results of an earlier run.
func (d *DB) Write(ctx context.Context, s Scope, fn func(*Tx) error) error {
	return d.transaction(ctx, s, false, fn)
}

// Operate writes operational tables: sessions, locks, progress. They hold no facts and are not audited. fn may run
// again, as in Write.
func (d *DB) Operate(ctx context.Context, fn func(*Tx) error) error {
	return d.transaction(ctx, System("operate"), true, fn)
}

// triesAtMost bounds how often a transaction runs that collides each time.
const triesAtMost = 6

func (d *DB) transaction(ctx context.Context, s Scope, operational bool, fn func(*Tx) error) (err error) {
	for n := range triesAtMost {
		if err = d.try(ctx, s, operational, n > 0, fn); err == nil || !Retryable(err) {
			return err
		}
	}
	return err
}

func (d *DB) try(ctx context.Context, s Scope, operational, again bool, fn func(*Tx) error) error {
	raw, end, err := d.begin(ctx)
	if err != nil {
		return explain(err)
	}
	defer end()
	p := &prepared{db: d, tx: raw}
	tx := &Tx{scoped{d, raw, p, s}, operational}
	if again { // those that collided go one after the other, or they would collide with each other again
		if err := tx.Lock(ctx, "again"); err != nil {
			return err
		}
	}
	if err := fn(tx); err != nil {
		return explain(err)
	}
	if err := ctx.Err(); err != nil { // on SQLite nothing else looks
		return err
	}
	if err := raw.Commit(); err != nil {
		return explain(err)
	}
	end()
	p.keep(ctx)
	return nil
}

// askAgainEvery is how often a write asks for the lock that another process holds, and brief how long SQLite itself
// waits: left alone it asks ten times a second and misses the gaps between the transactions of an import.
const (
	askAgainEvery = 5 * time.Millisecond
	brief         = 10 * time.Millisecond
)

// begin opens a transaction for writing, waiting for another process's as long as the configuration's patience. end
// gives up what was not committed, and the connection.
func (d *DB) begin(ctx context.Context) (tx *sql.Tx, end func(), err error) {
	if d.dialect == postgres {
		tx, err := d.write.BeginTx(ctx, nil)
		return tx, func() { tx.Rollback() }, err
	}
	conn, err := d.write.Conn(ctx)
	if err != nil {
		return nil, nil, err
	}
	for start := time.Now(); ; {
		// Neither beginning nor committing waits for long: to watch over them would cost more than half of what they do.
		tx, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
		if err == nil {
			return tx, func() { tx.Rollback(); conn.Close() }, nil
		}
		if !locked(err) || time.Since(start) > d.config.Patience {
			conn.Close()
			return nil, nil, err
		}
		select {
		case <-ctx.Done():
			conn.Close()
			return nil, nil, ctx.Err()
		case <-time.After(askAgainEvery):
		}
	}
}

// With gives the same transaction under another scope.
func (t *Tx) With(s Scope) *Tx { return &Tx{scoped{t.db, t.tx, t.texts, s}, t.operational} }

// System gives the same transaction with everything in scope; why says for what.
func (t *Tx) System(why string) *Tx { return t.With(System(why)) }

func (t *Tx) allowed(name string) (table, error) {
	tb, ok := tables[name]
	if !ok {
		return tb, fmt.Errorf("store: unknown table %q", name)
	}
	if t.operational && tb.class != operational {
		return tb, fmt.Errorf("store: table %s holds facts: write it through the ledger", name)
	}
	return tb, nil
}

// known refuses column names that the table does not have, spelt as it has them: a path in other letters would not be
// checked against the scope.
func (t *Tx) known(name string, cols ...string) error {
	for _, c := range cols {
		if !slices.ContainsFunc(t.db.columns[name], func(have column) bool { return have.name == c }) {
			return fmt.Errorf("store: table %s has no column %q", name, c)
		}
	}
	return nil
}

// keyed checks what a change of rows names. Without a key it would be every row of the scope.
func (t *Tx) keyed(name string, key Key, values ...Value) (table, error) {
	tb, err := t.allowed(name)
	if err != nil {
		return tb, err
	}
	if len(key) == 0 {
		return tb, fmt.Errorf("store: a change of table %s without a key", name)
	}
	for _, v := range append(slices.Clone(values), key...) {
		if err := t.known(name, v.Column); err != nil {
			return tb, err
		}
	}
	return tb, nil
}

// Insert adds a row. A row whose path lies outside of the scope is refused as missing; a second one with the same
// key is fault.Conflict.
func (t *Tx) Insert(ctx context.Context, name string, values ...Value) error {
	cols := make([]string, len(values))
	row := make([]any, len(values))
	for i, v := range values {
		cols[i], row[i] = v.Column, v.Data
	}
	return t.InsertMany(ctx, name, cols, [][]any{row})
}

// maxParams bounds the placeholders of one statement, far below both engines' limits.
const maxParams = 2000

// InsertMany adds rows of the same columns, many to a statement.
func (t *Tx) InsertMany(ctx context.Context, name string, cols []string, rows [][]any) error {
	tb, err := t.allowed(name)
	if err != nil {
		return err
	}
	if err := t.known(name, cols...); err != nil {
		return err
	}
	if err := t.checkPaths(tb, cols, rows); err != nil {
		return err
	}
	per := max(1, maxParams/len(cols))
	for len(rows) > 0 {
		n := min(per, len(rows))
		args := make([]any, 0, n*len(cols))
		for _, r := range rows[:n] {
			args = append(args, r...)
		}
		if _, err := t.exec(ctx, insertText(t.db.dialect, name, cols, n), args); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

func (t *Tx) checkPaths(tb table, cols []string, rows [][]any) error {
	if tb.path == "" || t.scope.IsSystem() {
		return nil
	}
	for i, c := range cols {
		if c != tb.path {
			continue
		}
		for _, r := range rows {
			if p, _ := r[i].(string); !t.scope.Holds(p) || len(t.scope.held(tb)) == 0 {
				return fault.Missing()
			}
		}
		return nil
	}
	return fmt.Errorf("store: insert without its path column: %w", ErrScope)
}

func insertText(d dialect, name string, cols []string, n int) string {
	var b strings.Builder
	b.WriteString("INSERT INTO t_" + name + " (" + strings.Join(cols, ",") + ") VALUES ")
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for j := range cols {
			if j > 0 {
				b.WriteByte(',')
			}
			b.WriteString(d.place(i*len(cols) + j + 1))
		}
		b.WriteByte(')')
	}
	return b.String()
}

// Key picks the rows that Update and Delete touch: every given column must equal its value.
type Key []Value

// ByID is the key of one row.
func ByID(id string) Key { return Key{{"id", id}} }

// And adds a condition, for instance the version that the actor saw.
func (k Key) And(column string, data any) Key { return append(k, Value{column, data}) }

// Update changes the rows of a key that lie in the scope and says how many there were. A change of the path column
// must stay in the scope.
func (t *Tx) Update(ctx context.Context, name string, key Key, values ...Value) (int64, error) {
	tb, err := t.keyed(name, key, values...)
	if err != nil {
		return 0, err
	}
	var args []any
	var set []string
	for _, v := range values {
		if v.Column == tb.path && !t.scope.IsSystem() {
			if p, _ := v.Data.(string); !t.scope.Holds(p) || len(t.scope.held(tb)) == 0 {
				return 0, fault.Missing()
			}
		}
		args = append(args, v.Data)
		set = append(set, v.Column+" = "+t.db.dialect.place(len(args)))
	}
	where, args := t.where(tb, key, args)
	return t.exec(ctx, "UPDATE t_"+name+" SET "+strings.Join(set, ", ")+where, args)
}

// Add changes a counter by a number.
func (t *Tx) Add(ctx context.Context, name string, key Key, column string, by int64) (int64, error) {
	tb, err := t.keyed(name, key, Set(column, by))
	if err != nil {
		return 0, err
	}
	where, args := t.where(tb, key, nil)
	return t.exec(ctx, "UPDATE t_"+name+" SET "+column+" = "+column+" + "+strconv.FormatInt(by, 10)+where, args)
}

// Delete removes the rows of a key that lie in the scope and says how many there were.
func (t *Tx) Delete(ctx context.Context, name string, key Key) (int64, error) {
	tb, err := t.keyed(name, key)
	if err != nil {
		return 0, err
	}
	where, args := t.where(tb, key, nil)
	return t.exec(ctx, "DELETE FROM t_"+name+where, args)
}

func (t *Tx) where(tb table, key Key, args []any) (string, []any) {
	var and []string
	for _, v := range key {
		args = append(args, v.Data)
		and = append(and, v.Column+" = "+t.db.dialect.place(len(args)))
	}
	if tb.mine != "" && !t.scope.IsSystem() {
		or := []string{"1 = 0"}
		for _, id := range t.scope.mine {
			args = append(args, id)
			or = append(or, tb.mine+" = "+t.db.dialect.place(len(args)))
		}
		and = append(and, "("+strings.Join(or, " OR ")+")")
	}
	if tb.path != "" && !t.scope.IsSystem() {
		var or []string
		for _, p := range t.scope.held(tb) {
			args = append(args, p, after(p))
			or = append(or, "("+tb.path+" >= "+t.db.dialect.place(len(args)-1)+" AND "+tb.path+" < "+t.db.dialect.place(len(args))+")")
		}
		if t.scope.self != "" && tb.self != "" {
			args = append(args, t.scope.self)
			or = append(or, tb.self+" = "+t.db.dialect.place(len(args)))
		}
		if len(or) == 0 {
			or = []string{"1 = 0"}
		}
		and = append(and, "("+strings.Join(or, " OR ")+")")
		if tb.hide {
			and = append(and, hidden)
		}
	}
	return " WHERE " + strings.Join(and, " AND "), args
}

func (t *Tx) exec(ctx context.Context, text string, args []any) (int64, error) {
	res, err := t.texts.exec(ctx, text, args)
	if err != nil {
		return 0, explain(err)
	}
	return res.RowsAffected()
}

// Reparent moves every row below one path to below another, as the move of an organisation does. The organisation's
// own row is among them. No image is made: paths follow from the tree, whose change is audited.
func (t *Tx) Reparent(ctx context.Context, from, to string) error {
	if !t.scope.Holds(from) || !t.scope.Holds(to) {
		return fault.Missing()
	}
	for _, name := range reparented { // an act stays where it happened
		p := tables[name].path
		text := "UPDATE t_" + name + " SET " + p + " = " + t.db.dialect.place(1) + " || substr(" + p + ", " + strconv.Itoa(len(from)+1) + ") WHERE " +
			p + " >= " + t.db.dialect.place(2) + " AND " + p + " < " + t.db.dialect.place(3)
		if _, err := t.tx.ExecContext(ctx, text, to, from, after(from)); err != nil {
			return explain(err)
		}
	}
	return nil
}

// Lock waits until no other transaction holds the same named lock; on SQLite every write transaction is alone.
func (t *Tx) Lock(ctx context.Context, name string) error {
	if t.db.dialect != postgres {
		return nil
	}
	_, err := t.tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtext($1))", "zhibu."+name)
	return explain(err)
}

// LockShared waits for a holder of the same named lock and keeps it away until the transaction ends, but not others
// who hold it shared.
func (t *Tx) LockShared(ctx context.Context, name string) error {
	if t.db.dialect != postgres {
		return nil
	}
	_, err := t.tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock_shared(hashtext($1))", "zhibu."+name)
	return explain(err)
}

// TreeLock is held alone by whoever changes the shape of the organisation tree, and shared by whoever writes a row
// that copies an organisation's path.
const TreeLock = "org.tree"
