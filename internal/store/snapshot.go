package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	sqlitedriver "modernc.org/sqlite"

	"zhibu/internal/fault"
)

// SQLite and PostgreSQL are the names that Engine gives.
const (
	SQLite     = "SQLite"
	PostgreSQL = "PostgreSQL"
)

func running() error {
	return fault.New(fault.Conflict, "另一个备份正在进行，请等它结束后再试。")
}

// LockBackup holds off other backups of the same database, in this and in other processes, until release is called
// or the process dies. It does not wait: fault.Conflict when another one runs.
func (d *DB) LockBackup(ctx context.Context) (release func(), err error) {
	if d.dialect == postgres {
		return d.lockPostgres(ctx)
	}
	release, err = d.lockFile(ctx, "backup.lock", 0)
	if fault.Of(err) == fault.Conflict {
		err = running()
	}
	return release, err
}

// lockFile takes a lock beside the database that other processes see and that ends with this one: SQLite's own file
// locks work on every system. fault.Conflict when another holds it for longer than wait.
func (d *DB) lockFile(ctx context.Context, name string, wait time.Duration) (release func(), err error) {
	lock, err := sql.Open("sqlite", sqliteURI(filepath.Join(d.config.Dir, name), "_pragma=busy_timeout("+strconv.FormatInt(wait.Milliseconds(), 10)+")"))
	if err != nil {
		return nil, err
	}
	conn, err := lock.Conn(ctx)
	if err == nil {
		_, err = conn.ExecContext(ctx, "BEGIN EXCLUSIVE")
	}
	if err != nil {
		lock.Close()
		var s *sqlitedriver.Error
		if errors.As(err, &s) && s.Code()&0xff == sqliteBusy {
			return nil, fault.New(fault.Conflict, "另一个进程占着 %s。", name).Because(err)
		}
		return nil, explain(err)
	}
	return func() { conn.Close(); lock.Close() }, nil
}

func (d *DB) lockPostgres(ctx context.Context) (func(), error) {
	conn, err := d.write.Conn(ctx)
	if err != nil {
		return nil, explain(err)
	}
	const name = "zhibu.backup"
	var got bool
	if err := conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock(hashtext($1))", name).Scan(&got); err != nil || !got {
		conn.Close()
		if err == nil {
			err = running()
		}
		return nil, explain(err)
	}
	return func() { unlock(ctx, conn, name) }, nil
}

// unlock ends an advisory lock and gives its connection back.
func unlock(ctx context.Context, conn *sql.Conn, name string) {
	if _, err := conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock(hashtext($1))", name); err != nil {
		conn.Raw(func(any) error { return sql.ErrConnDone }) //nolint:errcheck // a broken connection must not go back to the pool
	}
	conn.Close()
}

// SnapshotData writes a consistent copy of the data into dir while others read and write, and gives its path: on
// SQLite page by page, so that what has not changed keeps its place and the next backup finds it again; on PostgreSQL
// a dump by pg_dump.
func (d *DB) SnapshotData(ctx context.Context, dir string) (string, error) {
	if d.dialect == postgres {
		var schema string
		if err := d.read.QueryRowContext(ctx, "SELECT current_schema()").Scan(&schema); err != nil {
			return "", explain(err)
		}
		return d.dump(ctx, dir, "data.dump", schema)
	}
	path := filepath.Join(dir, dataFile)
	conn, done, err := aside(ctx, d.File())
	if err != nil {
		return "", explain(err)
	}
	defer done()
	err = conn.Raw(func(c any) error {
		b, err := c.(interface {
			NewBackup(string) (*sqlitedriver.Backup, error)
		}).NewBackup(sqliteURI(path, ""))
		if err != nil {
			return err
		}
		// One step reads one state of the database and never starts over, however much is written meanwhile.
		_, err = b.Step(-1)
		return errors.Join(err, b.Finish())
	})
	if err != nil {
		return "", fmt.Errorf("store: copy the data: %w", explain(err))
	}
	return path, nil
}

// SnapshotKeys does the same with the wrapped person keys. The copy is made anew from the rows, so that nothing of a
// deleted key lingers in it.
func (d *DB) SnapshotKeys(ctx context.Context, dir string) (string, error) {
	if d.dialect == postgres {
		return d.dump(ctx, dir, "keys.dump", keysSchema)
	}
	path := filepath.Join(dir, keysFile)
	conn, done, err := aside(ctx, d.KeysFile())
	if err != nil {
		return "", explain(err)
	}
	defer done()
	if _, err := conn.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return "", fmt.Errorf("store: copy the keys: %w", explain(err))
	}
	return path, nil
}

// aside opens a connection beside the pools, so that nobody waits for it.
func aside(ctx context.Context, path string) (*sql.Conn, func(), error) {
	db, err := sql.Open("sqlite", sqliteURI(path, "_pragma=busy_timeout(20000)"))
	if err != nil {
		return nil, nil, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		db.Close()
		return nil, nil, err
	}
	return conn, func() { conn.Close(); db.Close() }, nil
}

// sqliteURI is a file's address for the driver with parameters.
func sqliteURI(path, parameters string) string {
	return "file:" + strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(filepath.ToSlash(path)) + "?" + parameters
}

const (
	dataFile   = "zhibu.db"
	keysFile   = "keys.db"
	keysSchema = "zhibu_keys"
)

// Restore puts copies that the Snapshot functions made in the place of a configuration: as checked files in its
// directory, or into its PostgreSQL database, which must not hold this program's tables yet.
func Restore(ctx context.Context, c Config, data, keys string) error {
	if c.URL != "" {
		return restorePostgres(ctx, c, data, keys)
	}
	for name, path := range map[string]string{dataFile: data, keysFile: keys} {
		if err := checkSQLite(ctx, path); err != nil {
			return err
		}
		to := filepath.Join(c.Dir, name)
		if to == path {
			continue
		}
		if _, err := os.Stat(to); !errors.Is(err, fs.ErrNotExist) {
			return fault.New(fault.Conflict, "%s 已经存在，恢复不覆盖任何数据。", to)
		}
		if err := os.Rename(path, to); err != nil {
			return fmt.Errorf("store: restore: %w", err)
		}
	}
	return nil
}

// checkSQLite reads a whole file and every index in it.
func checkSQLite(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", sqliteURI(path, "mode=ro&immutable=1"))
	if err != nil {
		return err
	}
	defer db.Close()
	var verdict string
	err = db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict)
	if err == nil && verdict == "ok" {
		return nil
	}
	if err == nil {
		err = errors.New(verdict)
	}
	return fault.New(fault.Unavailable, "数据库文件 %s 没有通过完整性检查。请换用另一次备份。", filepath.Base(path)).Because(err)
}
