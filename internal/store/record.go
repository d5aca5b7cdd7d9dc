package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	sqlitedriver "modernc.org/sqlite"
)

// Image is the change of one row, as a trigger wrote it down. Its texts are lent: who keeps one clones it.
type Image struct {
	Seq    int64
	Table  string
	RowID  string
	Op     string // I inserted, U updated, D deleted
	Before string
	After  string
}

// Record runs fn under an act: every fact that fn writes leaves its image, and seen is shown the images in their order.
// Without it a fact cannot be written.
func (t *Tx) Record(ctx context.Context, act string, seen func(Image), fn func(*Tx) error) error {
	if t.db.dialect == postgres {
		return t.recordPostgres(ctx, act, seen, fn)
	}
	r := t.db.recorder
	if r.act != "" {
		return errors.New("store: an act within an act")
	}
	r.act, r.seen = act, seen
	defer func() { r.act, r.seen = "", nil }()
	if err := fn(t); err != nil {
		return err
	}
	// SQLite takes a failed statement back and would go on without it, PostgreSQL would not. Its images were shown.
	return t.texts.failed
}

func (t *Tx) recordPostgres(ctx context.Context, act string, seen func(Image), fn func(*Tx) error) error {
	all := t.System("images")
	var before int64
	if _, err := all.One(ctx, "SELECT coalesce(max(seq), 0) FROM {event}", nil, &before); err != nil {
		return err
	}
	if err := t.setAct(ctx, act); err != nil {
		return err
	}
	if err := fn(t); err != nil {
		return err
	}
	if err := t.setAct(ctx, ""); err != nil {
		return err
	}
	const query = "SELECT seq, tbl, row_id, op, coalesce(before, ''), coalesce(after, '') FROM {event} WHERE seq > ? AND act_id = ? ORDER BY seq"
	return all.Each(ctx, query, []any{before, act}, func(row Row) error {
		var i Image
		err := row.Scan(&i.Seq, &i.Table, &i.RowID, &i.Op, &i.Before, &i.After)
		if err == nil {
			seen(i)
		}
		return err
	})
}

func (t *Tx) setAct(ctx context.Context, act string) error {
	_, err := t.tx.ExecContext(ctx, "SELECT set_config('zhibu.act', $1, true)", act)
	return explain(err)
}

// The functions that SQLite's triggers call. Only a connection of the program has them: to any other program a write of
// a fact is a call of a function that does not exist.
const (
	actFunction  = "zhibu_act"  // the act under way, or an error
	seenFunction = "zhibu_seen" // is shown every image
)

// recorder is what the triggers of SQLite's one write connection ask for: the act under way and who is shown its images.
type recorder struct {
	act  string
	seen func(Image)
}

var errNoAct = errors.New("zhibu: write without an audit context")

// driver is SQLite's driver with the functions that answer for this recorder.
func (r *recorder) driver() (*sqlitedriver.Driver, error) {
	d := &sqlitedriver.Driver{}
	return d, errors.Join(
		d.RegisterFunction(actFunction, &sqlitedriver.FunctionImpl{NArgs: 0, Scalar: func(*sqlitedriver.FunctionContext, []driver.Value) (driver.Value, error) {
			if r.act == "" {
				return nil, errNoAct
			}
			return r.act, nil
		}}),
		d.RegisterFunction(seenFunction, &sqlitedriver.FunctionImpl{NArgs: 6, VolatileArgs: true, Scalar: func(_ *sqlitedriver.FunctionContext, args []driver.Value) (driver.Value, error) {
			if r.act == "" {
				return nil, errNoAct
			}
			i, err := imageOf(args)
			if err == nil {
				r.seen(i)
			}
			return nil, err
		}}))
}

func imageOf(args []driver.Value) (i Image, err error) {
	seq, ok := args[0].(int64)
	if !ok {
		return i, fmt.Errorf("zhibu: an image without a number")
	}
	i.Seq = seq
	for n, into := range []*string{&i.Table, &i.RowID, &i.Op, &i.Before, &i.After} {
		switch text := args[n+1].(type) {
		case string:
			*into = text
		case nil:
		default:
			return i, fmt.Errorf("zhibu: an image of %T", text)
		}
	}
	return i, nil
}

// connector opens connections of one file by one driver.
type connector struct {
	driver *sqlitedriver.Driver
	uri    string
}

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return c.driver.Open(c.uri)
}

func (c connector) Driver() driver.Driver { return c.driver }

// openWriter is the pool of the one connection that writes facts. Its schema is trusted, because SQLite lets triggers call
// functions of the program only then; what the triggers say is compared by audit verify.
func (d *DB) openWriter() (*sql.DB, error) {
	d.recorder = &recorder{}
	own, err := d.recorder.driver()
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector{own, d.sqliteURI(d.File(), "-16000", "&_txlock=immediate&_pragma=trusted_schema(1)")})
	db.SetMaxOpenConns(1)
	return db, nil
}
