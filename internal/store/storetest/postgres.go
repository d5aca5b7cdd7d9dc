package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path"
	"testing"
)

// slots is how many tests on one server may have a database at the same time, over all processes.
const slots = 60

// Postgres gives the URL of an empty database on the test server, for this test alone. Databases are used again by
// later tests and later runs, emptied: to make one costs a server many times what emptying it costs. Who has one holds
// a lock on its number, which ends with the process.
func Postgres(t testing.TB) string {
	t.Helper()
	server := os.Getenv("ZHIBU_TEST_POSTGRES")
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { admin.Close() })
	ctx := context.Background()
	conn, err := admin.Conn(ctx) // its session has the lock
	if err != nil {
		t.Fatal(err)
	}
	name, err := take(ctx, conn)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	if err := empty(ctx, u.String()); err != nil {
		t.Fatal(err)
	}
	return u.String()
}

// take gives the first database that nobody has, making it where there is none.
func take(ctx context.Context, conn *sql.Conn) (string, error) {
	for slot := range slots {
		var got bool
		if err := conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock(hashtext('zhibu test'), $1)", slot).Scan(&got); err != nil {
			return "", err
		}
		if !got {
			continue
		}
		name := fmt.Sprintf("zhibu_test_%02d", slot)
		var there bool
		if err := conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", name).Scan(&there); err != nil {
			return "", err
		}
		if there {
			// What a killed child of an earlier test has left connected would keep its locks.
			_, err := conn.ExecContext(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
			return name, err
		}
		_, err := conn.ExecContext(ctx, "CREATE DATABASE "+name)
		return name, err
	}
	return "", fmt.Errorf("storetest: %d databases are in use", slots)
}

func empty(ctx context.Context, url string) error {
	db, err := sql.Open("pgx", url)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, text := range []string{"DROP SCHEMA IF EXISTS zhibu_keys CASCADE", "DROP SCHEMA IF EXISTS public CASCADE", "CREATE SCHEMA public"} {
		if _, err := db.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

// NewPostgres makes a database under a name of its own on the test server and gives its URL; whoever makes it drops it.
func NewPostgres(name string) (string, error) {
	u, err := url.Parse(os.Getenv("ZHIBU_TEST_POSTGRES"))
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), onServer("CREATE DATABASE " + name)
}

// CopyPostgres puts a copy of a database that nobody has open in the place of another.
func CopyPostgres(from, to string) error {
	return onServer("DROP DATABASE IF EXISTS "+named(to), "CREATE DATABASE "+named(to)+" TEMPLATE "+named(from))
}

// DropPostgres drops a database.
func DropPostgres(address string) error { return onServer("DROP DATABASE IF EXISTS " + named(address)) }

// named is the database of an address.
func named(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(err) // it came from here
	}
	return path.Base(u.Path)
}

func onServer(statements ...string) error {
	db, err := sql.Open("pgx", os.Getenv("ZHIBU_TEST_POSTGRES"))
	if err != nil {
		return err
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			return err
		}
	}
	return nil
}
