package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
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
