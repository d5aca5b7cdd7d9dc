package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"net/url"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"zhibu/internal/fault"
)

// scratchPrefix begins the names of databases that are made to try a restore and removed at once.
const scratchPrefix = "zhibu_drill_"

// scratchName is one name for each database, so that the next trial removes what a killed one has left.
func scratchName(database string) string {
	sum := sha256.Sum256([]byte(database))
	return scratchPrefix + hex.EncodeToString(sum[:6])
}

// Scratch makes an empty database on the server of another one and gives its address and what removes it again. The
// role has to be allowed to make databases, else fault.Unavailable says what to do; fault.Conflict while another
// trial is going on.
func Scratch(ctx context.Context, address string) (scratch string, drop func() error, err error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return "", nil, fault.New(fault.Invalid, "数据库地址写得不对，应为 postgres://user:password@host/database。").At("database")
	}
	server, err := sql.Open("pgx", address)
	if err != nil {
		return "", nil, err
	}
	conn, err := server.Conn(ctx) // its session holds the lock while the trial lasts
	if err != nil {
		server.Close()
		return "", nil, explain(err)
	}
	end := func() error { return errors.Join(conn.Close(), server.Close()) }
	name := scratchName(config.Database)
	var got bool
	var schema string
	err = conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock(hashtext($1)), current_schema()", name).Scan(&got, &schema)
	if err == nil && !got {
		err = fault.New(fault.Conflict, "另一次恢复演练正在进行，请等它结束后再试。")
	}
	if err == nil {
		_, err = conn.ExecContext(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
	}
	if err == nil {
		_, err = conn.ExecContext(ctx, "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'UTF8'")
	}
	if err != nil {
		return "", nil, errors.Join(noScratch(err), end())
	}
	drop = func() error {
		_, err := conn.ExecContext(context.WithoutCancel(ctx), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
		return errors.Join(explain(err), end())
	}
	scratch = elsewhere(address, name)
	if err := ownSchema(ctx, scratch, schema); err != nil {
		return "", nil, errors.Join(err, drop())
	}
	return scratch, drop, nil
}

func noScratch(err error) error {
	var p *pgconn.PgError
	if errors.As(err, &p) && p.Code == "42501" {
		return fault.New(fault.Unavailable, "数据库角色不能建临时数据库，演练不了。请让数据库管理员执行 ALTER ROLE … CREATEDB，或者另建一个空库，用 zhibu drill --scratch 给出它的地址。").Because(err)
	}
	return explain(err)
}

// ownSchema makes the schema of the data where it is not the usual one.
func ownSchema(ctx context.Context, address, schema string) error {
	db, err := sql.Open("pgx", address)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+pgx.Identifier{schema}.Sanitize())
	return explain(err)
}

// elsewhere is the address of another database on the same server.
func elsewhere(address, name string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return address + " dbname=" + name
	}
	u.Path = "/" + name
	q := u.Query()
	q.Del("dbname")
	u.RawQuery = q.Encode()
	return u.String()
}

// EmptyDatabase gives a database that a trial was given back as empty as it was: everything in it came from the trial,
// since Restore takes only an empty one.
func EmptyDatabase(ctx context.Context, address string) error {
	db, err := sql.Open("pgx", address)
	if err != nil {
		return err
	}
	defer db.Close()
	var schema string
	if err := db.QueryRowContext(ctx, "SELECT current_schema()").Scan(&schema); err != nil {
		return explain(err)
	}
	name := pgx.Identifier{schema}.Sanitize()
	for _, text := range []string{"DROP SCHEMA IF EXISTS " + keysSchema + " CASCADE", "DROP SCHEMA " + name + " CASCADE", "CREATE SCHEMA " + name} {
		if _, err := db.ExecContext(ctx, text); err != nil {
			return explain(err)
		}
	}
	return nil
}

// IsEmptyDatabase tells whether nothing of this program lies in a PostgreSQL database.
func IsEmptyDatabase(ctx context.Context, address string) (bool, error) {
	db, err := sql.Open("pgx", address)
	if err != nil {
		return false, err
	}
	defer db.Close()
	var n int
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() OR schemaname = $1", keysSchema).Scan(&n); err != nil {
		return false, fault.New(fault.Unavailable, "连不上数据库，请检查数据库地址和口令。").Because(errors.New("ping failed"))
	}
	return n == 0, nil
}
