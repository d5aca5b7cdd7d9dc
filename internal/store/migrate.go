package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"testing/fstest"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

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

func (d *DB) migrate(ctx context.Context) error {
	keysSchema, keysTable := "", "goose_db_version"
	if d.dialect == postgres {
		keysSchema, keysTable = "zhibu_keys", "zhibu_keys.goose_db_version"
		if _, err := d.write.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+keysSchema); err != nil && !strings.Contains(err.Error(), "23505") {
			return explain(err)
		}
	}
	if err := d.migrateSet(ctx, d.keys, keysMigrations, "keysmigrations", keysTable, nil); err != nil {
		return err
	}
	return d.migrateSet(ctx, d.write, migrations, "migrations", "goose_db_version", d.checkGeneration)
}

// migrateSet brings one set of tables up to date. check sees the version found before anything is changed.
func (d *DB) migrateSet(ctx context.Context, db *sql.DB, from embed.FS, dir, versionTable string, check func(context.Context, int64) (bool, error)) error {
	files, err := d.localised(from, dir)
	if err != nil {
		return err
	}
	kind, opts := goose.DialectSQLite3, []goose.ProviderOption{goose.WithTableName(versionTable)}
	if d.dialect == postgres {
		kind = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return err
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(kind, db, files, opts...)
	if err != nil {
		return fmt.Errorf("store: migrations: %w", err)
	}
	version, err := provider.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("store: schema version: %w", explain(err))
	}
	if check != nil {
		if more, err := check(ctx, version); err != nil || !more {
			return err
		}
	}
	if pending, err := provider.HasPending(ctx); err != nil || !pending {
		return explain(err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("store: migrate: %w", explain(err))
	}
	if check == nil {
		return nil
	}
	return d.recordGeneration(ctx)
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
			text = strings.ReplaceAll(text, "t_person_key", "zhibu_keys.t_person_key")
		}
		out[e.Name()] = &fstest.MapFile{Data: []byte(text), Mode: 0o444}
	}
	return out, nil
}

// checkGeneration refuses a database that a newer program has changed beyond this one, and asks for a copy before
// an older one is changed.
func (d *DB) checkGeneration(ctx context.Context, version int64) (bool, error) {
	if version == 0 {
		return true, nil
	}
	var oldest int64
	row := d.write.QueryRowContext(ctx, "SELECT value FROM t_schema WHERE name = 'oldest_program'")
	var text string
	if err := row.Scan(&text); err == nil {
		oldest, _ = strconv.ParseInt(text, 10, 64)
	}
	own := Generation()
	if oldest > own {
		return false, fault.New(fault.Unavailable, "这个数据库由更新的程序建立（结构版本 %d），本程序只认识到 %d。请升级程序，或者用升级前的备份恢复。", version, own)
	}
	if version < own && d.config.BeforeMigrate != nil {
		if err := d.config.BeforeMigrate(ctx, d, version); err != nil {
			return false, fmt.Errorf("store: copy before the migration: %w", err)
		}
	}
	return version < own, nil
}

func (d *DB) recordGeneration(ctx context.Context) error {
	if _, err := d.write.ExecContext(ctx, "DELETE FROM t_schema WHERE name = 'oldest_program'"); err != nil {
		return explain(err)
	}
	_, err := d.write.ExecContext(ctx, "INSERT INTO t_schema (name, value) VALUES ('oldest_program', "+d.dialect.place(1)+")", strconv.Itoa(OldestProgram))
	return explain(err)
}
