package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"testing/fstest"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"

	"zhibu/internal/fault"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed keysmigrations/*.sql
var keysMigrations embed.FS

// OldestProgram is the oldest generation of the program that can work with the schema this program makes. A
// migration that an older program cannot live with raises it to its own number.
const OldestProgram = 1

// Generation is the newest schema this program knows: the number of its last migration.
func Generation() int64 {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil || len(files) == 0 {
		panic("store: no migrations embedded")
	}
	n, err := strconv.ParseInt(strings.SplitN(strings.TrimPrefix(files[len(files)-1], "migrations/"), "_", 2)[0], 10, 64)
	if err != nil {
		panic(err)
	}
	return n
}

// lockStart lets one process at a time look at the schema and change it.
func (d *DB) lockStart(ctx context.Context) (release func(), err error) {
	if d.dialect == postgres {
		const name = "zhibu.start"
		conn, err := d.write.Conn(ctx)
		if err != nil {
			return nil, explain(err)
		}
		if _, err = conn.ExecContext(ctx, "SELECT pg_advisory_lock(hashtext($1))", name); err != nil {
			conn.Close()
			return nil, starting(explain(err))
		}
		return func() { unlock(ctx, conn, name) }, nil
	}
	release, err = d.lockFile(ctx, "start.lock", d.config.Patience)
	return release, starting(err)
}

func starting(err error) error {
	var p *pgconn.PgError
	if fault.Of(err) == fault.Conflict || errors.As(err, &p) && p.Code == "55P03" {
		return fault.New(fault.Unavailable, "另一个进程正在升级数据库，请等它完成后再启动。").Because(err)
	}
	return err
}

func (d *DB) migrate(ctx context.Context) error {
	keysTable := "goose_db_version"
	if d.dialect == postgres {
		keysTable = keysSchema + ".goose_db_version"
		if _, err := d.write.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+keysSchema); err != nil {
			return explain(err)
		}
	}
	data, err := d.provider(d.write, migrations, "migrations", "goose_db_version")
	if err != nil {
		return err
	}
	keys, err := d.provider(d.keys, keysMigrations, "keysmigrations", keysTable)
	if err != nil {
		return err
	}
	version, err := data.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("store: schema version: %w", explain(err))
	}
	if err := d.checkGeneration(ctx, version, keys); err != nil || d.newer {
		return err
	}
	for _, p := range []*goose.Provider{keys, data} {
		if _, err := p.Up(ctx); err != nil {
			return fmt.Errorf("store: migrate: %w", explain(err))
		}
	}
	return d.recordGeneration(ctx)
}

// provider brings one set of tables up to date; lockStart keeps other processes away meanwhile.
func (d *DB) provider(db *sql.DB, from embed.FS, dir, versionTable string) (*goose.Provider, error) {
	files, err := d.localised(from, dir)
	if err != nil {
		return nil, err
	}
	kind := goose.DialectSQLite3
	if d.dialect == postgres {
		kind = goose.DialectPostgres
	}
	p, err := goose.NewProvider(kind, db, files, goose.WithTableName(versionTable))
	if err != nil {
		return nil, fmt.Errorf("store: migrations: %w", err)
	}
	return p, nil
}

// localised is the migration files in the engine's own words.
func (d *DB) localised(from embed.FS, dir string) (fs.FS, error) {
	out := fstest.MapFS{}
	entries, err := from.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		b, err := from.ReadFile(dir + "/" + e.Name())
		if err != nil {
			return nil, err
		}
		text := d.dialect.ddl(string(b))
		if dir == "keysmigrations" && d.dialect == postgres {
			text = strings.ReplaceAll(text, "TABLE t_", "TABLE "+keysSchema+".t_")
		}
		out[e.Name()] = &fstest.MapFile{Data: []byte(text), Mode: 0o444}
	}
	return out, nil
}

// checkGeneration refuses a database that a newer program has changed beyond this one, and asks for a copy before
// an older one is changed.
func (d *DB) checkGeneration(ctx context.Context, version int64, keys *goose.Provider) error {
	if version == 0 {
		return nil
	}
	oldest, err := d.oldestProgram(ctx)
	if err != nil {
		return err
	}
	own := Generation()
	if oldest > own {
		return fault.New(fault.Unavailable, "这个数据库由更新的程序建立（结构版本 %d），本程序只认识到 %d。请升级程序，或者用升级前的备份恢复。", version, own)
	}
	d.newer = version > own
	older, err := keys.HasPending(ctx)
	if err != nil {
		return fmt.Errorf("store: schema version: %w", explain(err))
	}
	if older = older || version < own; !older || d.newer || d.config.BeforeMigrate == nil {
		return nil
	}
	if err := d.config.BeforeMigrate(ctx, d, version); err != nil {
		return fmt.Errorf("store: copy before the migration: %w", err)
	}
	return nil
}

// oldestProgram is the oldest generation that can work with the database as it is, 0 if none is recorded.
func (d *DB) oldestProgram(ctx context.Context) (n int64, err error) {
	var text string
	err = d.write.QueryRowContext(ctx, "SELECT value FROM t_schema WHERE name = 'oldest_program'").Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, explain(err)
	}
	return strconv.ParseInt(text, 10, 64)
}

// recordGeneration writes the oldest program that can work with this schema, unless it stands there: a start that
// died between the migration and this line is made up for by the next.
func (d *DB) recordGeneration(ctx context.Context) error {
	have, err := d.oldestProgram(ctx)
	if err != nil || have == OldestProgram {
		return err
	}
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return explain(err)
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, "DELETE FROM t_schema WHERE name = 'oldest_program'"); err != nil {
		return explain(err)
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO t_schema (name, value) VALUES ('oldest_program', "+d.dialect.place(1)+")", strconv.Itoa(OldestProgram)); err != nil {
		return explain(err)
	}
	return explain(tx.Commit())
}
