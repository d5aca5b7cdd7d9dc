package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"zhibu/internal/fault"
)

// tool lays a program that tells a version into a directory.
func tool(t *testing.T, dir, version string) string {
	t.Helper()
	path := filepath.Join(dir, "pg_dump")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, fmt.Appendf(nil, "#!/bin/sh\necho 'pg_dump (PostgreSQL) %s (Debian %[1]s-1)'\n", version), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPgToolNotOlderThanTheServer(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Log("the stand-ins are shell scripts")
		return
	}
	root := t.TempDir()
	was := pgToolDirs
	pgToolDirs = []string{filepath.Join(root, "lib", "*", "bin")}
	t.Cleanup(func() { pgToolDirs = was })
	t.Setenv("PATH", filepath.Join(root, "path"))

	_, err := findPgTool(context.Background(), "pg_dump", 15)
	if fault.Of(err) != fault.Unavailable || !strings.Contains(err.Error(), "apt install postgresql-client-15") {
		t.Errorf("none installed: %v", err)
	}
	old := tool(t, filepath.Join(root, "lib", "13", "bin"), "13.22")
	_, err = findPgTool(context.Background(), "pg_dump", 15)
	if fault.Of(err) != fault.Unavailable || !strings.Contains(err.Error(), "最新只到 13") {
		t.Errorf("only an older one: %v", err)
	}
	newer := tool(t, filepath.Join(root, "lib", "17", "bin"), "17.6")
	beta := tool(t, filepath.Join(root, "path"), "19beta1")
	same := tool(t, filepath.Join(root, "lib", "15", "bin"), "15.14")
	for server, want := range map[int]string{13: old, 14: same, 15: same, 16: newer, 17: newer, 18: beta, 19: beta} {
		if got, err := findPgTool(context.Background(), "pg_dump", server); err != nil || got != want {
			t.Errorf("server %d: %s, %v", server, got, err)
		}
	}
}

// Every user of a machine can read a command line, so the password is not on it.
func TestPasswordIsNotOnTheCommandLine(t *testing.T) {
	for address, want := range map[string]string{
		"postgres://zhibu:s%40cret@db:5433/party?sslmode=disable&pool_max_conns=4":        "postgres://zhibu@db:5433/party?sslmode=disable",
		"postgres://zhibu:s%40cret@db/party?search_path=one&default_query_exec_mode=exec": "postgres://zhibu@db/party",
		"host=db port=5433 user=zhibu password=s@cret dbname=party sslmode=disable":       "postgres://zhibu@/party?host=db&port=5433",
		"postgres:///party?host=db&user=zhibu&password=s%40cret":                          "postgres:///party?host=db&user=zhibu",
	} {
		got, env, err := libpq(address)
		if err != nil || got != want || !slices.Contains(env, "PGPASSWORD=s@cret") {
			t.Errorf("%s\n%v, %v", got, env, err)
		}
		if strings.Contains(address, "search_path") && !slices.Contains(env, "PGOPTIONS=-c search_path=one") {
			t.Errorf("search path lost: %v", env)
		}
	}
	if _, _, err := libpq("postgres://zhibu:s@cret:x@:::/"); fault.Of(err) != fault.Invalid || strings.Contains(err.Error(), "cret") {
		t.Errorf("%v", err)
	}
}
