package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
)

// Keys keeps the wrapped person keys, apart from the data: an own file on SQLite, an own schema on PostgreSQL. A key
// is written before the row that needs it; a key without a row does no harm, a row without a key would be lost.
type Keys struct{ db *DB }

// Keys gives the key store.
func (d *DB) Keys() Keys { return Keys{d} }

func (k Keys) table() string { return k.named("t_person_key") }

func (k Keys) named(table string) string {
	if k.db.dialect == postgres {
		return keysSchema + "." + table
	}
	return table
}

const keysAtOnce = 500

// Get reads wrapped keys; a holder without one is not in the answer.
func (k Keys) Get(ctx context.Context, ids []string) (map[string][]byte, error) {
	out := make(map[string][]byte, len(ids))
	for len(ids) > 0 {
		n := min(keysAtOnce, len(ids))
		args, in := k.list(ids[:n])
		rows, err := k.db.keys.QueryContext(ctx, "SELECT id, wrapped FROM "+k.table()+" WHERE id IN ("+in+")", args...)
		if err != nil {
			return nil, explain(err)
		}
		for rows.Next() {
			var id string
			var w []byte
			if err := rows.Scan(&id, &w); err != nil {
				rows.Close()
				return nil, err
			}
			out[id] = w
		}
		// A reading that broke off is no answer: a key left out means a key destroyed.
		if err := rows.Err(); err != nil {
			return nil, explain(err)
		}
		ids = ids[n:]
	}
	return out, nil
}

func (k Keys) list(ids []string) ([]any, string) {
	args := make([]any, len(ids))
	marks := make([]string, len(ids))
	for i, id := range ids {
		args[i], marks[i] = id, k.db.dialect.place(i+1)
	}
	return args, strings.Join(marks, ",")
}

// Put writes wrapped keys, replacing earlier ones of the same holders, in one transaction.
func (k Keys) Put(ctx context.Context, wrapped map[string][]byte) error {
	tx, err := k.db.keys.BeginTx(ctx, nil)
	if err != nil {
		return explain(err)
	}
	defer tx.Rollback()
	ids := make([]string, 0, len(wrapped))
	for id := range wrapped {
		ids = append(ids, id)
	}
	for len(ids) > 0 {
		n := min(keysAtOnce, len(ids))
		args, in := k.list(ids[:n])
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+k.table()+" WHERE id IN ("+in+")", args...); err != nil {
			return explain(err)
		}
		values := make([]string, n)
		both := make([]any, 0, 2*n)
		for i, id := range ids[:n] {
			both = append(both, id, wrapped[id])
			values[i] = "(" + k.db.dialect.place(2*i+1) + "," + k.db.dialect.place(2*i+2) + ")"
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO "+k.table()+" (id, wrapped) VALUES "+strings.Join(values, ","), both...); err != nil {
			return explain(err)
		}
		ids = ids[n:]
	}
	return explain(tx.Commit())
}

// Delete removes wrapped keys for good: on SQLite their bytes are overwritten in the file and gone from its log when
// it returns.
func (k Keys) Delete(ctx context.Context, ids []string) error {
	conn, err := k.db.keys.Conn(ctx)
	if err != nil {
		return explain(err)
	}
	defer conn.Close()
	if k.db.dialect == sqlite {
		if _, err := conn.ExecContext(ctx, "PRAGMA secure_delete = ON"); err != nil {
			return explain(err)
		}
	}
	for len(ids) > 0 {
		n := min(keysAtOnce, len(ids))
		args, in := k.list(ids[:n])
		if _, err := conn.ExecContext(ctx, "DELETE FROM "+k.table()+" WHERE id IN ("+in+")", args...); err != nil {
			return explain(err)
		}
		ids = ids[n:]
	}
	if k.db.dialect == sqlite {
		_, err = conn.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	}
	return explain(err)
}

// Replace changes those keys that still are what was read, in one transaction, and counts them: one that was
// destroyed meanwhile does not come back.
func (k Keys) Replace(ctx context.Context, ids []string, old, wrapped [][]byte) (n int, err error) {
	tx, err := k.db.keys.BeginTx(ctx, nil)
	if err != nil {
		return 0, explain(err)
	}
	defer tx.Rollback()
	p := k.db.dialect.place
	st, err := tx.PrepareContext(ctx, "UPDATE "+k.table()+" SET wrapped = "+p(1)+" WHERE id = "+p(2)+" AND wrapped = "+p(3))
	if err != nil {
		return 0, explain(err)
	}
	defer st.Close()
	for i, id := range ids {
		res, err := st.ExecContext(ctx, wrapped[i], id, old[i])
		if err != nil {
			return 0, explain(err)
		}
		one, err := res.RowsAffected()
		if err != nil {
			return 0, err
		}
		n += int(one)
	}
	return n, explain(tx.Commit())
}

// Page gives wrapped keys in the order of their ids, behind one.
func (k Keys) Page(ctx context.Context, after string, limit int) (ids []string, wrapped [][]byte, err error) {
	p := k.db.dialect.place
	rows, err := k.db.keys.QueryContext(ctx, "SELECT id, wrapped FROM "+k.table()+" WHERE id > "+p(1)+" ORDER BY id LIMIT "+p(2), after, limit)
	if err != nil {
		return nil, nil, explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var w []byte
		if err := rows.Scan(&id, &w); err != nil {
			return nil, nil, err
		}
		ids, wrapped = append(ids, id), append(wrapped, w)
	}
	return ids, wrapped, explain(rows.Err())
}

// Count is how many keys there are.
func (k Keys) Count(ctx context.Context) (n int64, err error) {
	err = k.db.keys.QueryRowContext(ctx, "SELECT count(*) FROM "+k.table()).Scan(&n)
	return n, explain(err)
}

// Handover is what SetHandover has left, nil for nothing.
func (k Keys) Handover(ctx context.Context) ([]byte, error) {
	var sealed []byte
	err := k.db.keys.QueryRowContext(ctx, "SELECT sealed FROM "+k.named("t_ring")+" WHERE id = 'handover'").Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return sealed, explain(err)
}

// SetHandover leaves a sealed text beside the keys for the other processes; nil takes it away, overwritten.
func (k Keys) SetHandover(ctx context.Context, sealed []byte) error {
	conn, err := k.db.keys.Conn(ctx)
	if err != nil {
		return explain(err)
	}
	defer conn.Close()
	if k.db.dialect == sqlite {
		if _, err := conn.ExecContext(ctx, "PRAGMA secure_delete = ON"); err != nil {
			return explain(err)
		}
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return explain(err)
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, "DELETE FROM "+k.named("t_ring")+" WHERE id = 'handover'"); err != nil {
		return explain(err)
	}
	if sealed != nil {
		if _, err := tx.ExecContext(ctx, "INSERT INTO "+k.named("t_ring")+" (id, sealed) VALUES ('handover', "+k.db.dialect.place(1)+")", sealed); err != nil {
			return explain(err)
		}
	}
	if err := tx.Commit(); err != nil {
		return explain(err)
	}
	if k.db.dialect == sqlite {
		_, err = conn.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	}
	return explain(err)
}

// Shredded is a holder whose key was destroyed by procedure. The list lies with the keys and not with the data, so
// that every restore finds it beside the keys it has to go without.
type Shredded struct {
	ID          string `json:"id"`          // the holder
	At          int64  `json:"at"`          // microseconds since 1970, UTC
	Certificate string `json:"certificate"` // of the destruction
}

// Shreds lists them in the order of their destruction.
func (k Keys) Shreds(ctx context.Context) ([]Shredded, error) {
	rows, err := k.db.keys.QueryContext(ctx, "SELECT id, at, certificate FROM "+k.named("t_shredded")+" ORDER BY at, id")
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var out []Shredded
	for rows.Next() {
		var s Shredded
		if err := rows.Scan(&s.ID, &s.At, &s.Certificate); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, explain(rows.Err())
}

// AnyShredded tells whether anybody was destroyed.
func (k Keys) AnyShredded(ctx context.Context) (bool, error) {
	var n int
	err := k.db.keys.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM "+k.named("t_shredded")+" LIMIT 1) s").Scan(&n)
	return n > 0, explain(err)
}

// NoteShreds enters holders into the list; one that stands there stays as it is.
func (k Keys) NoteShreds(ctx context.Context, list []Shredded) error {
	tx, err := k.db.keys.BeginTx(ctx, nil)
	if err != nil {
		return explain(err)
	}
	defer tx.Rollback()
	p := k.db.dialect.place
	for _, s := range list {
		_, err := tx.ExecContext(ctx, "INSERT INTO "+k.named("t_shredded")+" (id, at, certificate) SELECT "+p(1)+", "+p(2)+", "+p(3)+
			" WHERE NOT EXISTS (SELECT 1 FROM "+k.named("t_shredded")+" WHERE id = "+p(4)+")", s.ID, s.At, s.Certificate, s.ID)
		if err != nil {
			return explain(err)
		}
	}
	return explain(tx.Commit())
}
