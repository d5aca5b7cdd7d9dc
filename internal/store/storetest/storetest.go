// Package storetest opens throw-away databases, so that one suite runs on SQLite and on PostgreSQL. PostgreSQL is
// reached by ZHIBU_TEST_POSTGRES, the URL of a server where databases may be created; make test starts one.
package storetest

import (
	"context"
	"os"
	"testing"

	"zhibu/internal/store"
)

// Each runs the test on a fresh SQLite database and, where a server is given, on a fresh PostgreSQL database.
func Each(t *testing.T, run func(t *testing.T, c store.Config)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) { run(t, store.Config{Dir: t.TempDir()}) })
	if os.Getenv("ZHIBU_TEST_POSTGRES") != "" {
		t.Run("PostgreSQL", func(t *testing.T) { run(t, store.Config{Dir: t.TempDir(), URL: Postgres(t)}) })
	} else {
		t.Log("PostgreSQL not run: ZHIBU_TEST_POSTGRES is not set")
	}
}

// Open opens a database of the configuration and closes it at the end of the test.
func Open(t testing.TB, c store.Config) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
