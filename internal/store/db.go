package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

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
	Readers       int           // read connections, 0 for a sensible number
	Patience      time.Duration // how long a write waits for another one's lock; 0 is 20 seconds
	// Trace is told every query that reads outside of a write, as it goes to the engine; nil in service.
	Trace func(text string, args []any)
}

// DB is an open database. Reads, writes and person keys have a pool each, so that who writes never waits for a
// connection that waits for a writer; on SQLite the pools of writes and of keys are one connection each.
type DB struct {
	dialect  dialect
	config   Config
	read     *sql.DB
	write    *sql.DB
	keys     *sql.DB
	expand   *expander
	mu       sync.RWMutex
	stmts    map[string]*sql.Stmt
	writing  kept      // statements of SQLite's one write connection
	recorder *recorder // of SQLite's one write connection
	columns  map[string][]column
	skips    map[string][]string // columns that are left out of a table's images
	newer    bool                // a newer program has changed the schema, in a way this one can live with
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
	if c.Patience == 0 {
		d.config.Patience = 20 * time.Second
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
	if err = d.makeReady(ctx); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

// makeReady brings tables and triggers up to date, one process at a time.
func (d *DB) makeReady(ctx context.Context) error {
	release, err := d.lockStart(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := d.migrate(ctx); err != nil {
		return err
	}
	if err := d.agreeOnSkips(ctx); err != nil {
		return err
	}
	if err := d.readColumns(ctx); err != nil {
		return err
	}
	if err := d.installTriggers(ctx); err != nil || d.dialect == postgres {
		return err
	}
	_, err = d.write.ExecContext(ctx, "PRAGMA busy_timeout = "+strconv.FormatInt(brief.Milliseconds(), 10)) // from here on begin waits
	return err
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
	if d.write, err = d.openWriter(); err != nil {
		return err
	}
	if d.read, err = sql.Open("sqlite", d.sqliteURI(d.File(), "-8000", "&_pragma=trusted_schema(0)&_pragma=query_only(1)")); err != nil {
		return err
	}
	d.read.SetMaxOpenConns(d.config.Readers)
	d.read.SetMaxIdleConns(d.config.Readers)
	if d.keys, err = sql.Open("sqlite", d.sqliteURI(d.KeysFile(), "-4000", "&_pragma=trusted_schema(0)&_txlock=immediate")); err != nil {
		return err
	}
	d.keys.SetMaxOpenConns(1)
	return nil
}

// sqliteURI names one file in WAL mode with synchronous=FULL: what is acknowledged survives a power cut. A file that is
// gone is not begun anew by the next connection.
func (d *DB) sqliteURI(path, cache, more string) string {
	return sqliteURI(path, "mode=rw&_pragma=busy_timeout("+strconv.FormatInt(d.config.Patience.Milliseconds(), 10)+")&_pragma=journal_mode(WAL)"+
		"&_pragma=synchronous(FULL)&_pragma=cache_size("+cache+")&_pragma=temp_store(MEMORY)"+more)
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
	server.RuntimeParams["jit"] = "off" // to compile a query for a table without statistics takes longer than to run it
	server.RuntimeParams["lock_timeout"] = strconv.FormatInt(d.config.Patience.Milliseconds(), 10)
	d.write, d.keys = pool(*server, 16), pool(*server, 4)
	server.RuntimeParams = maps.Clone(server.RuntimeParams)
	server.RuntimeParams["default_transaction_read_only"] = "on"
	d.read = pool(*server, 16)
	if err := d.write.PingContext(ctx); err != nil {
		return unreachable
	}
	return nil
}

func pool(server pgx.ConnConfig, connections int) *sql.DB {
	db := stdlib.OpenDB(server)
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections / 2)
	return db
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
	errs := []error{d.writing.close()}
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
func (d *DB) As(s Scope) Reader { return scoped{db: d, scope: s} }

type scoped struct {
	db    *DB
	tx    *sql.Tx
	texts *prepared // of a write transaction
	scope Scope
}

func (r scoped) Scope() Scope { return r.scope }

func (r scoped) Under(s Scope) Reader { r.scope = s; return r }

func (r scoped) Within(path string) (Reader, error) {
	s, err := r.scope.Within(path)
	if err != nil {
		return nil, err
	}
	r.scope = s
	return r, nil
}

func (r scoped) Each(ctx context.Context, query string, args []any, fn func(Row) error) error {
	text, all, err := r.db.expand.expand(r.scope, query, args)
	if err != nil {
		return err
	}
	rows, err := r.query(ctx, text, all)
	if err != nil {
		return fmt.Errorf("store: %w", explain(err))
	}
	defer rows.Close()
	for rows.Next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := fn(rows); err != nil {
			return err
		}
	}
	return explain(rows.Err())
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
	if r.texts != nil {
		return r.texts.query(ctx, text, args)
	}
	if trace := r.db.config.Trace; trace != nil {
		trace(text, args)
	}
	// What a person reads is a page of something. To watch over each such query, so that it can be broken off between
	// two rows, would cost as much as half of it; Each looks after every row. The program's own long work is watched.
	if r.db.dialect == sqlite && !r.scope.IsSystem() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		ctx = context.WithoutCancel(ctx)
	}
	if r.tx != nil {
		return r.tx.QueryContext(ctx, text, args...)
	}
	st, err := r.db.prepared(ctx, text)
	if err != nil {
		return nil, err
	}
	if st == nil {
		return r.db.read.QueryContext(ctx, text, args...)
	}
	return st.QueryContext(ctx, args...)
}

// preparedAtMost bounds the statements kept; each costs memory on every connection.
const preparedAtMost = 1000

// prepared keeps statements: a prepared read costs half of a plain one. Beyond the bound it gives none and the query
// runs plain.
func (d *DB) prepared(ctx context.Context, text string) (*sql.Stmt, error) {
	d.mu.RLock()
	st := d.stmts[text]
	full := len(d.stmts) >= preparedAtMost
	d.mu.RUnlock()
	if st != nil || full {
		return st, nil
	}
	// Not under the lock: with every connection in use preparing waits, and nobody else may wait for that.
	st, err := d.read.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if first := d.stmts[text]; first != nil {
		return first, st.Close()
	}
	d.stmts[text] = st
	return st, nil
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
		return fmt.Errorf("store: view: %w", explain(err))
	}
	defer tx.Rollback()
	return fn(scoped{db: d, tx: tx, scope: s})
}
