package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

// TestMain is also the child processes of the tests below: each opens the database that its parent names.
func TestMain(m *testing.M) {
	if os.Getenv("ZHIBU_TEST_OPEN") != "" {
		openAsChild()
	}
	os.Exit(m.Run())
}

func openAsChild() {
	c := store.Config{Dir: os.Getenv("ZHIBU_TEST_DIR"), URL: os.Getenv("ZHIBU_TEST_URL")}
	if os.Getenv("ZHIBU_TEST_OPEN") == "hang" { // a copy that takes for ever
		c.BeforeMigrate = func(context.Context, *store.DB, int64) error {
			fmt.Println("copying")
			select {}
		}
	}
	fmt.Println("ready")
	bufio.NewReader(os.Stdin).ReadByte()
	db, err := store.Open(context.Background(), c)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	db.Close()
	fmt.Println("open")
	os.Exit(0)
}

// child is a process that opens a database.
type child struct {
	t    *testing.T
	cmd  *exec.Cmd
	goOn io.WriteCloser
	out  *bufio.Reader
}

func start(t *testing.T, c store.Config, how string) *child {
	t.Helper()
	p := &child{t: t, cmd: exec.Command(os.Args[0])}
	p.cmd.Env = append(os.Environ(), "ZHIBU_TEST_OPEN="+how, "ZHIBU_TEST_DIR="+c.Dir, "ZHIBU_TEST_URL="+c.URL)
	p.cmd.Stderr = os.Stderr
	var err error
	if p.goOn, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.cmd.Process.Kill(); p.cmd.Wait() })
	p.out = bufio.NewReader(out)
	p.says("ready")
	return p
}

func (p *child) says(want string) {
	p.t.Helper()
	line, err := p.out.ReadString('\n')
	if strings.TrimSpace(line) != want {
		p.t.Fatalf("the child says %q, want %q (%v)", line, want, err)
	}
}

func (p *child) begin() { p.goOn.Write([]byte("\n")) }

func (p *child) kill() {
	p.cmd.Process.Kill()
	p.cmd.Wait()
}

// complete checks that a database has everything: the newest schema, every trigger, and takes an act.
func complete(t *testing.T, c store.Config) {
	t.Helper()
	h := &house{t, storetest.Open(t, c), c}
	defer h.db.Close()
	missing, err := h.db.MissingTriggers(ctx)
	h.must(err)
	if len(missing) > 0 {
		t.Errorf("triggers are missing: %v", missing)
	}
	h.reads(h.whole(), []string{"1"}, "SELECT value FROM {schema} WHERE name = 'oldest_program'")
	h.must(h.act(store.System("test"), func(tx *store.Tx) error {
		return tx.Insert(ctx, "factor", store.Set("id", "f"), store.Set("account_id", "a"), store.Set("salt", ""), store.Set("made", 0), store.Set("confirmed", 0))
	}))
	h.reads(h.whole(), []string{"f"}, "SELECT row_id FROM {event} WHERE tbl = 'factor'")
	h.must(h.db.Keys().Put(ctx, map[string][]byte{"p": []byte("w")}))
	h.must(h.act(store.System("test"), func(tx *store.Tx) error { _, err := tx.Delete(ctx, "factor", store.ByID("f")); return err }))
}

// Processes that start at the same moment on an empty database all come up, with one whole schema.
func TestProcessesThatStartTogether(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		var all []*child
		for range 4 {
			all = append(all, start(t, c, "open"))
		}
		for _, p := range all {
			p.begin()
		}
		for _, p := range all {
			p.says("open")
		}
		complete(t, c)
	})
}

// A process killed anywhere while it makes the schema leaves what the next start finishes.
func TestKilledWhileMigrating(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		random := rand.New(rand.NewPCG(1, 7))
		for range 8 {
			if c.URL == "" {
				c.Dir = t.TempDir()
			}
			p := start(t, c, "open")
			p.begin()
			time.Sleep(time.Duration(random.IntN(40)) * time.Millisecond)
			p.kill()
		}
		complete(t, c)
	})
	t.Run("SQLite, each place", func(t *testing.T) {
		random := rand.New(rand.NewPCG(2, 7))
		for range 10 {
			c := store.Config{Dir: t.TempDir()}
			p := start(t, c, "open")
			p.begin()
			time.Sleep(time.Duration(random.IntN(60)) * time.Millisecond)
			p.kill()
			complete(t, c)
		}
	})
}

// old makes a database of the first generation with one fact in it.
func old(t *testing.T, c store.Config) {
	t.Helper()
	raw, err := store.OpenOld(ctx, c, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	if _, err := raw.Exec("INSERT INTO t_setting (id, value) VALUES ('kept', 'yes')"); err != nil {
		t.Fatal(err)
	}
}

// An older database is copied, then migrated; without the copy it stays as it was.
func TestOlderDatabase(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		old(t, c)
		full := errors.New("no room for the copy")
		c.BeforeMigrate = func(context.Context, *store.DB, int64) error { return full }
		if _, err := store.Open(ctx, c); !errors.Is(err, full) {
			t.Fatalf("opened without a copy: %v", err)
		}

		hang := start(t, c, "hang")
		hang.begin()
		hang.says("copying")
		hang.kill()

		var calls []int64
		copied := ""
		c.BeforeMigrate = func(ctx context.Context, db *store.DB, from int64) error {
			calls = append(calls, from)
			var err error
			copied, err = db.SnapshotData(ctx, t.TempDir())
			return err
		}
		h := &house{t, storetest.Open(t, c), c}
		if !slices.Equal(calls, []int64{1}) || copied == "" {
			t.Fatalf("copied %v to %q", calls, copied)
		}
		h.reads(h.whole(), []string{"yes"}, "SELECT value FROM {setting} WHERE id = 'kept'")
		h.db.Close()
		complete(t, c)
		if len(calls) != 1 {
			t.Errorf("copied again by a later start: %v", calls)
		}
	})
}

// A database that a newer program has changed beyond this one is refused, with what to do, and left alone.
func TestNewerDatabaseIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		storetest.Open(t, c).Close()
		raw := behind(t, c)
		next := store.Generation() + 1
		raw(fmt.Sprintf("UPDATE t_schema SET value = '%d' WHERE name = 'oldest_program'", next),
			fmt.Sprintf("INSERT INTO goose_db_version (version_id, is_applied) VALUES (%d, %s)", next, yes(c)),
			"DELETE FROM t_schema WHERE name = 'triggers'")
		called := false
		c.BeforeMigrate = func(context.Context, *store.DB, int64) error { called = true; return nil }
		_, err := store.Open(ctx, c)
		f := fault.As(err)
		if f == nil || f.Kind != fault.Unavailable || !strings.Contains(f.Error(), fmt.Sprintf("结构版本 %d", next)) || !strings.Contains(f.Error(), "升级程序") || called {
			t.Errorf("got %v, copied: %v", err, called)
		}
	})
}

// A database that a newer program has changed, in a way this one can live with, is used as it is: its triggers stay.
func TestNewerDatabaseThatFits(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		storetest.Open(t, c).Close()
		raw := behind(t, c)
		trigger := "CREATE TRIGGER audit_future_d AFTER DELETE ON t_attempt BEGIN INSERT INTO t_hidden VALUES ('fired'); END"
		if c.URL != "" {
			raw("CREATE FUNCTION zhibu_audit_future() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO t_hidden VALUES ('fired'); RETURN NULL; END $$")
			trigger = "CREATE TRIGGER audit_future AFTER DELETE ON t_attempt FOR EACH ROW EXECUTE FUNCTION zhibu_audit_future()"
		}
		raw(trigger, "ALTER TABLE t_attempt ADD COLUMN later TEXT", "UPDATE t_schema SET value = 'of the newer program' WHERE name = 'triggers'",
			fmt.Sprintf("INSERT INTO goose_db_version (version_id, is_applied) VALUES (%d, %s)", store.Generation()+1, yes(c)),
			"INSERT INTO t_attempt (id, failures, locked_until, last_at) VALUES ('a', 0, 0, 0)")
		c.BeforeMigrate = func(context.Context, *store.DB, int64) error { return errors.New("nothing is to be migrated") }
		h := &house{t, storetest.Open(t, c), c}
		h.must(h.db.Operate(ctx, func(tx *store.Tx) error { _, err := tx.Delete(ctx, "attempt", store.ByID("a")); return err }))
		h.reads(h.whole(), []string{"fired"}, "SELECT id FROM {hidden}")
		h.reads(h.whole(), []string{"of the newer program"}, "SELECT value FROM {schema} WHERE name = 'triggers'")
	})
}

// A start that died between the migration and its last line is made up for.
func TestUnrecordedGeneration(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		storetest.Open(t, c).Close()
		behind(t, c)("DELETE FROM t_schema")
		complete(t, c)
	})
}

// What is acknowledged is on the disk: WAL with synchronous=FULL in force on every connection of every pool, and
// readers that cannot write.
func TestEveryConnectionIsDurable(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		c.Readers = 7
		db := storetest.Open(t, c)
		for name, pool := range db.Pools() {
			size := pool.Stats().MaxOpenConnections
			want := map[string]int{"read": 7, "write": 1, "keys": 1}[name]
			if db.IsPostgres() {
				want = map[string]int{"read": 16, "write": 16, "keys": 4}[name]
			}
			if size != want {
				t.Errorf("%s: %d connections, want %d", name, size, want)
			}
			settings := map[string]string{"journal_mode": "wal", "synchronous": "2", "busy_timeout": "20000", "trusted_schema": "0", "temp_store": "2", "query_only": "0"}
			ask := "PRAGMA "
			if name == "read" {
				settings["query_only"] = "1"
			}
			if name == "write" { // where the triggers call functions of the program
				settings["trusted_schema"] = "1"
				settings["busy_timeout"] = "10" // store.DB waits itself, asking more often
			}
			if db.IsPostgres() {
				ask, settings = "SHOW ", map[string]string{"default_transaction_read_only": "off", "lock_timeout": "20s", "plan_cache_mode": "force_custom_plan"}
				if name == "read" {
					settings["default_transaction_read_only"] = "on"
				}
			}
			for range size { // all at once, so that each is another connection
				conn, err := pool.Conn(ctx)
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				for setting, want := range settings {
					var got string
					if err := conn.QueryRowContext(ctx, ask+setting).Scan(&got); err != nil || got != want {
						t.Errorf("%s: %s is %q, want %q (%v)", name, setting, got, want, err)
					}
				}
			}
		}
	})
}

// A file that is no database, or one whose pages are gone, is refused with what to do.
func TestDamagedFile(t *testing.T) {
	for name, harm := range map[string]func(path string) error{
		"not a database": func(path string) error {
			return os.WriteFile(path, []byte(strings.Repeat("not a database ", 500)), 0o600)
		},
		"torn": func(path string) error {
			f, err := os.OpenFile(path, os.O_RDWR, 0)
			if err != nil {
				return err
			}
			_, err = f.WriteAt([]byte(strings.Repeat("\xff", 300000)), 4096)
			return errors.Join(err, f.Close())
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := store.Config{Dir: t.TempDir()}
			db := storetest.Open(t, c)
			path := db.File()
			db.Close()
			if err := harm(path); err != nil {
				t.Fatal(err)
			}
			db, err := store.Open(ctx, c)
			if err == nil {
				_, err = texts(db.As(store.System("test")), "SELECT id FROM {member} ORDER BY name")
				db.Close()
			}
			if f := fault.As(err); f == nil || f.Kind != fault.Unavailable || !strings.Contains(f.Error(), "备份") {
				t.Errorf("got %v", err)
			}
		})
	}
}
