package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib" // and driver pgx
	_ "modernc.org/sqlite"           // driver sqlite

	"zhibu/internal/fault"
)

// Config says where the rows are.
type Config struct {
	Dir string // directory of the SQLite files zhibu.db and keys.db
	URL string // postgres://… ; wins over the files
	// BeforeMigrate is called with the open, still old database before an existing schema is changed; an error
	// stops the start. A nil function migrates without a copy.
	BeforeMigrate func(ctx context.Context, db *DB, from int64) error
	Readers       int // read connections, 0 for a sensible number
}

// DB is an open database: one write connection on SQLite, a pool on PostgreSQL.
type DB struct {
	dialect dialect
	config  Config
	read    *sql.DB
	write   *sql.DB
	keys    *sql.DB
	expand  *expander
	mu      sync.RWMutex
	stmts   map[string]*sql.Stmt
	columns map[string][]column
}

// Row is one result row.
type Row interface{ Scan(dest ...any) error }

// Open opens the database, migrating it if it is older than the program.
func Open(ctx context.Context, c Config) (_ *DB, err error) {
	defer fault.Wrap(&err, "store: open")
	d := &DB{config: c, stmts: map[string]*sql.Stmt{}}
	if c.Readers == 0 {
		d.config.Readers = 4
	}
	if c.URL != "" {
		err = d.openPostgres(ctx)
	} else {
		err = d.openSQLite()
	}
	if err != nil {
		return nil, err
	}
	d.expand = &expander{dollar: d.dialect == postgres}
	if err = d.migrate(ctx); err == nil {
		err = d.readColumns(ctx)
	}
	if err == nil {
		err = d.installTriggers(ctx)
	}
	if err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

func (d *DB) openSQLite() (err error) {
	d.dialect = sqlite
	if err := os.MkdirAll(d.config.Dir, 0o700); err != nil {
		return err
	}
	for _, path := range []string{d.File(), d.KeysFile()} { // readable by the owner alone from the first byte on
		f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	if d.write, err = sqliteFile(d.File(), "-16000", false); err != nil {
		return err
	}
	d.write.SetMaxOpenConns(1)
	if d.read, err = sqliteFile(d.File(), "-8000", true); err != nil {
		return err
	}
	d.read.SetMaxOpenConns(d.config.Readers)
	d.read.SetMaxIdleConns(d.config.Readers)
	if d.keys, err = sqliteFile(d.KeysFile(), "-4000", false); err != nil {
		return err
	}
	d.keys.SetMaxOpenConns(1)
	return nil
}

// sqliteFile opens one file in WAL mode with synchronous=FULL: what is acknowledged survives a power cut.
func sqliteFile(path, cache string, readOnly bool) (*sql.DB, error) {
	q := "_pragma=busy_timeout(20000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size(" + cache +
		")&_pragma=temp_store(MEMORY)&_pragma=trusted_schema(0)"
	if readOnly {
		q += "&_pragma=query_only(1)"
	} else {
		q += "&_txlock=immediate"
	}
	uri := "file:" + strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(filepath.ToSlash(path)) + "?" + q
	return sql.Open("sqlite", uri)
}

func (d *DB) openPostgres(ctx context.Context) (err error) {
	d.dialect = postgres
	unreachable := fault.New(fault.Unavailable, "连不上数据库，请检查数据库地址和口令。").Because(errors.New("ping failed"))
	server, err := pgx.ParseConfig(d.config.URL)
	if err != nil {
		return unreachable
	}
	// A scope's ranges may hold one organisation or all of them. A plan made without knowing which, as PostgreSQL
	// makes from the sixth use of a statement, reads the whole tree for a page of it.
	server.RuntimeParams["plan_cache_mode"] = "force_custom_plan"
	d.write = stdlib.OpenDB(*server)
	d.write.SetMaxOpenConns(16)
	d.write.SetMaxIdleConns(8)
	d.read, d.keys = d.write, d.write
	if err := d.write.PingContext(ctx); err != nil {
		return unreachable
	}
	return nil
}

// File is the SQLite data file.
func (d *DB) File() string { return filepath.Join(d.config.Dir, "zhibu.db") }

// KeysFile is the SQLite file of wrapped person keys, apart from the data.
func (d *DB) KeysFile() string { return filepath.Join(d.config.Dir, "keys.db") }

// IsPostgres tells the engine.
func (d *DB) IsPostgres() bool { return d.dialect == postgres }

// Engine names the engine for people.
func (d *DB) Engine() string {
	if d.IsPostgres() {
		return "PostgreSQL"
	}
	return "SQLite"
}

// Close closes every connection.
func (d *DB) Close() error {
	var errs []error
	for _, s := range d.stmts {
		errs = append(errs, s.Close())
	}
	for _, c := range []*sql.DB{d.read, d.write, d.keys} {
		if c != nil {
			errs = append(errs, c.Close())
		}
	}
	return errors.Join(errs...)
}

// Reader reads rows under one scope. DB.As and Tx give one.
type Reader interface {
	// Each calls fn for every row; fn's error ends it and is returned. Within a transaction or a view fn must not
	// query again: PostgreSQL answers one query at a time on a connection.
	Each(ctx context.Context, query string, args []any, fn func(Row) error) error
	// One reads the first row into dest; false if there is none.
	One(ctx context.Context, query string, args []any, dest ...any) (bool, error)
	// Scope is the scope under which it reads.
	Scope() Scope
	// Within narrows to a subtree; a path outside is fault.NotFound.
	Within(path string) (Reader, error)
	// Under reads the same state under another scope.
	Under(s Scope) Reader
}

// As gives a reader of the last committed state under a scope.
func (d *DB) As(s Scope) Reader { return scoped{d, nil, s} }

type scoped struct {
	db    *DB
	tx    *sql.Tx
	scope Scope
}

func (r scoped) Scope() Scope { return r.scope }

func (r scoped) Under(s Scope) Reader { return scoped{r.db, r.tx, s} }

func (r scoped) Within(path string) (Reader, error) {
	s, err := r.scope.Within(path)
	if err != nil {
		return nil, err
	}
	return scoped{r.db, r.tx, s}, nil
}

func (r scoped) Each(ctx context.Context, query string, args []any, fn func(Row) error) error {
	text, all, err := r.db.expand.expand(r.scope, query, args)
	if err != nil {
		return err
	}
	rows, err := r.query(ctx, text, all)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (r scoped) One(ctx context.Context, query string, args []any, dest ...any) (found bool, err error) {
	err = r.Each(ctx, query, args, func(row Row) error {
		if found {
			return errEnough
		}
		found = true
		return row.Scan(dest...)
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return found, err
}

var errEnough = errors.New("enough")

func (r scoped) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	if r.tx != nil {
		return r.tx.QueryContext(ctx, text, args...)
	}
	st, err := r.db.prepared(ctx, text)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

// prepared keeps statements: a prepared read costs half of a plain one. The texts are the program's own, so their
// number is bounded; the bound below only guards against a query built without placeholders.
func (d *DB) prepared(ctx context.Context, text string) (*sql.Stmt, error) {
	d.mu.RLock()
	st := d.stmts[text]
	d.mu.RUnlock()
	if st != nil {
		return st, nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if st := d.stmts[text]; st != nil {
		return st, nil
	}
	if len(d.stmts) > 1000 {
		return nil, errors.New("store: too many different queries; use placeholders")
	}
	st, err := d.read.PrepareContext(ctx, text)
	if err == nil {
		d.stmts[text] = st
	}
	return st, err
}

// View runs fn with a reader whose queries all see the same state, for exports and reports.
func (d *DB) View(ctx context.Context, s Scope, fn func(Reader) error) error {
	opts := &sql.TxOptions{ReadOnly: true}
	if d.dialect == postgres {
		opts.Isolation = sql.LevelRepeatableRead
	} else {
		opts = nil // the read pool is query_only; SQLite gives a snapshot from the first read on
	}
	tx, err := d.read.BeginTx(ctx, opts)
	if err != nil {
		return fmt.Errorf("store: view: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	return fn(scoped{d, tx, s})
}
