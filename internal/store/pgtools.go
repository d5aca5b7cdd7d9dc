package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"zhibu/internal/fault"
)

// dump writes a schema by pg_dump: uncompressed, since backups compress chunks, and an unchanged row then is an
// unchanged piece of the dump.
func (d *DB) dump(ctx context.Context, dir, name, schema string) (string, error) {
	path := filepath.Join(dir, name)
	err := pgTool(ctx, d.write, d.config.URL, "pg_dump", "--format=custom", "--compress=0", "--no-owner", "--no-privileges",
		"--schema="+schema, "--file="+path)
	if err != nil {
		return "", err
	}
	return path, nil
}

func restorePostgres(ctx context.Context, c Config, data, keys string) error {
	db, err := sql.Open("pgx", c.URL)
	if err != nil {
		return err
	}
	defer db.Close()
	var schema string
	var tables int
	if err := db.QueryRowContext(ctx, "SELECT current_schema()").Scan(&schema); err != nil {
		return fault.New(fault.Unavailable, "连不上数据库，请检查数据库地址和口令。").Because(errors.New("ping failed"))
	}
	err = db.QueryRowContext(ctx, "SELECT count(*) FROM pg_tables WHERE schemaname = $1", schema).Scan(&tables)
	if err != nil {
		return explain(err)
	}
	if tables > 0 {
		return fault.New(fault.Conflict, "数据库里已有数据。恢复只写入空数据库，不覆盖任何数据。").At("database")
	}
	// Keys without data are what a restore that was broken off left behind.
	for _, text := range []string{"DROP SCHEMA IF EXISTS " + keysSchema + " CASCADE", "CREATE SCHEMA " + keysSchema} {
		if _, err := db.ExecContext(ctx, text); err != nil {
			return explain(err)
		}
	}
	for _, part := range []struct{ path, schema string }{{keys, keysSchema}, {data, schema}} {
		err := pgTool(ctx, db, c.URL, "pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges",
			"--schema="+part.schema, part.path)
		if err != nil {
			return err
		}
		if err := os.Remove(part.path); err != nil {
			return err
		}
	}
	return nil
}

// pgTool runs pg_dump or pg_restore of the server's version or the nearest newer one. The password goes by the
// environment: every user of the machine can read a command line.
func pgTool(ctx context.Context, db *sql.DB, address, tool string, args ...string) error {
	var text string
	if err := db.QueryRowContext(ctx, "SHOW server_version_num").Scan(&text); err != nil {
		return explain(err)
	}
	number, err := strconv.Atoi(text)
	if err != nil {
		return fmt.Errorf("store: server version %q", text)
	}
	path, err := findPgTool(ctx, tool, number/10000)
	if err != nil {
		return err
	}
	where, env, err := libpq(address)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, path, append([]string{"--dbname=" + where}, args...)...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		said := strings.TrimSpace(string(out))
		if strings.Contains(said, "No space left on device") {
			return fault.New(fault.Unavailable, "磁盘空间不足，%s 没有完成。", tool).Because(err)
		}
		first, _, _ := strings.Cut(said, "\n") // further lines may quote rows
		return fault.New(fault.Unavailable, "%s 没有完成：%s。", tool, first).Because(err)
	}
	return nil
}

var majorVersion = regexp.MustCompile(`\b(\d+)(?:\.\d+|beta|rc|devel)`)

// pgToolDirs are searched before PATH: Debian's wrapper in PATH picks a version by its own clusters.
var pgToolDirs = []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin", `C:\Program Files\PostgreSQL\*\bin`}

// findPgTool gives the tool of the version that is nearest to the server's and not older: an older one refuses.
func findPgTool(ctx context.Context, tool string, server int) (string, error) {
	var paths []string
	name := tool
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	for _, dir := range pgToolDirs {
		found, err := filepath.Glob(filepath.Join(dir, name))
		if err != nil {
			return "", err
		}
		paths = append(paths, found...)
	}
	if path, err := exec.LookPath(tool); err == nil {
		paths = append(paths, path)
	}
	best, bestVersion, newest := "", 0, 0
	for _, path := range paths {
		out, err := exec.CommandContext(ctx, path, "--version").Output()
		if err != nil {
			continue
		}
		m := majorVersion.FindSubmatch(out)
		if m == nil {
			continue
		}
		version, _ := strconv.Atoi(string(m[1]))
		newest = max(newest, version)
		if version >= server && (best == "" || version < bestVersion) {
			best, bestVersion = path, version
		}
	}
	if best != "" {
		return best, nil
	}
	if newest > 0 {
		return "", fault.New(fault.Unavailable,
			"数据库是 PostgreSQL %d，而这台机器上的 %s 最新只到 %d，不能用。请安装不低于 %d 的客户端：apt install postgresql-client-%d。", server, tool, newest, server, server)
	}
	return "", fault.New(fault.Unavailable,
		"找不到 %s，PostgreSQL 上的备份和恢复要用它。请安装：apt install postgresql-client-%d（其他系统装 PostgreSQL %d 的客户端工具），并使它在 PATH 里。", tool, server, server)
}

// libpqParameters are those of a URL that pg_dump knows too; the rest is pgx's own.
var libpqParameters = map[string]bool{"host": true, "hostaddr": true, "port": true, "user": true, "sslmode": true, "sslrootcert": true,
	"sslcert": true, "sslkey": true, "sslcrl": true, "connect_timeout": true, "application_name": true, "options": true,
	"target_session_attrs": true, "channel_binding": true, "gssencmode": true, "passfile": true}

// libpq splits an address into what may stand on a command line and the password for the environment.
func libpq(address string) (where string, env []string, err error) {
	config, err := pgconn.ParseConfig(address)
	if err != nil {
		return "", nil, fault.New(fault.Invalid, "数据库地址写得不对，应为 postgres://user:password@host/database。").At("database")
	}
	if config.Password != "" {
		env = append(env, "PGPASSWORD="+config.Password)
	}
	if schema := config.RuntimeParams["search_path"]; schema != "" {
		env = append(env, "PGOPTIONS=-c search_path="+strings.ReplaceAll(schema, " ", `\ `))
	}
	u, malformed := url.Parse(address) // the form host=… user=… is no URL, and none the worse for it
	if malformed != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		u = &url.URL{Scheme: "postgres", User: url.User(config.User), Path: "/" + config.Database,
			RawQuery: url.Values{"host": {config.Host}, "port": {strconv.Itoa(int(config.Port))}}.Encode()}
		return u.String(), env, nil
	}
	if u.User != nil {
		u.User = url.User(u.User.Username())
	}
	q := u.Query()
	for name := range q {
		if !libpqParameters[name] {
			q.Del(name)
		}
	}
	u.RawQuery = q.Encode()
	return u.String(), env, nil
}
