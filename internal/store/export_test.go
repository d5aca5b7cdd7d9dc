package store

import (
	"context"
	"database/sql"
)

// Pools are the connection pools, for tests of how they are set up.
func (d *DB) Pools() map[string]*sql.DB {
	return map[string]*sql.DB{"read": d.read, "write": d.write, "keys": d.keys}
}

// OpenOld makes a database as a program of an earlier generation left it, and gives a raw handle of it.
func OpenOld(ctx context.Context, c Config, generation int64) (*sql.DB, error) {
	d := &DB{config: c, stmts: map[string]*sql.Stmt{}}
	err := d.openSQLite()
	if c.URL != "" {
		err = d.openPostgres(ctx)
	}
	if err != nil {
		return nil, err
	}
	data, err := d.provider(d.write, migrations, "migrations", "goose_db_version")
	if err == nil {
		_, err = data.UpTo(ctx, generation)
	}
	if err != nil {
		return nil, err
	}
	if _, err := d.write.ExecContext(ctx, "INSERT INTO t_schema (name, value) VALUES ('oldest_program', '1')"); err != nil {
		return nil, err
	}
	d.read.Close()
	d.keys.Close()
	return d.write, nil
}
