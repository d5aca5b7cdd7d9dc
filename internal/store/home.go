package store

import (
	"context"
	"database/sql"
)

// Home is the directory that the installation of a PostgreSQL database was founded in, "" when it does not say. With
// the address of the database alone a command on the same machine finds key file and spool by it.
func Home(ctx context.Context, url string) string {
	db, err := sql.Open("pgx", url)
	if err != nil {
		return ""
	}
	defer db.Close()
	var dir string
	if err := db.QueryRowContext(ctx, "SELECT value FROM t_schema WHERE name = 'home'").Scan(&dir); err != nil {
		return "" // an empty database, or one that cannot be reached: opening it says so
	}
	return dir
}

// SetHome records the directory.
func (d *DB) SetHome(ctx context.Context, dir string) error {
	return d.Write(ctx, System("home"), func(tx *Tx) error {
		if _, err := tx.Delete(ctx, "schema", Key{Set("name", "home")}); err != nil {
			return err
		}
		return tx.Insert(ctx, "schema", Set("name", "home"), Set("value", dir))
	})
}
