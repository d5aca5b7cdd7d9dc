package store

import (
	"context"
	"strings"
)

// Keys keeps the wrapped person keys, apart from the data: an own file on SQLite, an own schema on PostgreSQL. A key
// is written before the row that needs it; a key without a row does no harm, a row without a key would be lost.
type Keys struct{ db *DB }

// Keys gives the key store.
func (d *DB) Keys() Keys { return Keys{d} }

func (k Keys) table() string {
	if k.db.dialect == postgres {
		return "zhibu_keys.t_person_key"
	}
	return "t_person_key"
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
