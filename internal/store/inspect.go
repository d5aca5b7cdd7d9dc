package store

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"time"

	"zhibu/internal/fault"
)

// State is what can be told of a database without opening it for work: nothing in it is changed, not even an older
// schema.
type State struct {
	Engine   string    // with its version
	Version  int64     // of the schema
	Oldest   int64     // generation of the program that can still work with it
	Size     int64     // bytes, data and keys
	Damage   string    // what the quick check found, "" nothing
	Newest   time.Time // of the last act, zero for none
	Encoding string    // of a PostgreSQL database
	Tool     error     // why pg_dump cannot be used for it
	Leftover bool      // the database of a drill that was killed
}

// Inspect looks at a database. Errors are those of reaching it.
func Inspect(ctx context.Context, c Config) (s State, err error) {
	defer fault.Wrap(&err, "store: inspect")
	if c.URL != "" {
		return inspectPostgres(ctx, c)
	}
	d := &DB{config: c}
	for _, path := range []string{d.File(), d.KeysFile()} {
		info, err := os.Stat(path)
		if err != nil {
			return s, err
		}
		s.Size += info.Size()
		if err := s.inspectSQLite(ctx, path, path == d.File()); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (s *State) inspectSQLite(ctx context.Context, path string, data bool) error {
	db, err := sql.Open("sqlite", sqliteURI(path, "mode=ro&_pragma=busy_timeout(20000)&_pragma=query_only(1)"))
	if err != nil {
		return err
	}
	defer db.Close()
	var verdict, version string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		verdict = err.Error()
	}
	if verdict != "ok" {
		s.Damage = verdict
		return nil
	}
	if !data {
		return nil
	}
	if err := db.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return explain(err)
	}
	s.Engine = SQLite + " " + version
	return s.read(ctx, db)
}

func inspectPostgres(ctx context.Context, c Config) (s State, err error) {
	db, err := sql.Open("pgx", c.URL)
	if err != nil {
		return s, err
	}
	defer db.Close()
	var version, name string
	var number int
	err = db.QueryRowContext(ctx, "SELECT current_setting('server_version'), current_setting('server_version_num')::int, current_database(), current_setting('server_encoding'), pg_database_size(current_database())").
		Scan(&version, &number, &name, &s.Encoding, &s.Size)
	if err != nil {
		return s, fault.New(fault.Unavailable, "连不上数据库，请检查数据库地址和口令。").Because(errors.New("ping failed"))
	}
	s.Engine = PostgreSQL + " " + version
	_, s.Tool = findPgTool(ctx, "pg_dump", number/10000)
	if err := db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", scratchName(name)).Scan(&s.Leftover); err != nil {
		return s, explain(err)
	}
	return s, s.read(ctx, db)
}

// read reads what both engines have in the same tables.
func (s *State) read(ctx context.Context, db *sql.DB) error {
	var newest sql.NullInt64
	for _, q := range []struct {
		text string
		into any
	}{
		{"SELECT coalesce(max(version_id), 0) FROM goose_db_version", &s.Version},
		{"SELECT coalesce(max(CAST(value AS BIGINT)), 0) FROM t_schema WHERE name = 'oldest_program'", &s.Oldest},
		{"SELECT max(at) FROM (SELECT max(at) AS at FROM t_waiting UNION ALL SELECT at FROM t_chained WHERE id = (SELECT max(id) FROM t_chained)) a", &newest},
	} {
		if err := db.QueryRowContext(ctx, q.text).Scan(q.into); err != nil {
			return explain(err)
		}
	}
	if newest.Valid {
		s.Newest = time.UnixMicro(newest.Int64)
	}
	return nil
}

// Analyze gives PostgreSQL's planner figures of what has just been written in bulk, which its own daemon would count
// some minutes later; SQLite's plans here need none.
func (d *DB) Analyze(ctx context.Context) error {
	if d.dialect != postgres {
		return nil
	}
	_, err := d.write.ExecContext(ctx, "ANALYZE")
	return explain(err)
}
