package installation_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/installation"
	"zhibu/internal/party/member"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

// TestOldProgramBesideANewSchema: a newer program has added a table, a column with values and the triggers that go with
// them. This one, running since before or started now, reads, writes and verifies as ever; it migrates and copies
// nothing. When the newer one has gone further than this one can follow, it says so and is not started.
func TestOldProgramBesideANewSchema(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		newer(t, c, cfg)
		c.Config.Database = cfg.URL

		write := func(in *installation.Installation, occupation string) {
			t.Helper()
			m := someone(c)
			m, err := in.Members.ByID(ctx, in.DB.As(store.System("test")), m.ID)
			if err != nil {
				t.Fatal(err)
			}
			out, problems, err := in.Reviews.Mend(ctx, c.Actor("party-worker"), m.ID, m.Version, map[roster.Column]string{roster.Occupation: occupation}, member.Basis{Reason: "试"})
			if err != nil || roster.Rejected(problems) {
				t.Fatal(problems, err)
			}
			reviewer := c.Actor("organisation-department")
			it, err := in.Reviews.Item(ctx, in.DB.As(store.System("test")), reviewer, out.ID)
			if err == nil {
				err = in.Reviews.Approve(ctx, reviewer, out.ID, it.Version)
			}
			if err != nil {
				t.Fatal(err)
			}
			if m, err = in.Members.ByID(ctx, in.DB.As(store.System("test")), m.ID); err != nil || m.Occupation != occupation {
				t.Errorf("%q, %v", m.Occupation, err)
			}
		}
		write(c.Installation, "工人")
		c.Sound()

		started, err := installation.Open(ctx, installation.Options{Dir: c.Dir})
		if err != nil {
			t.Fatal(err)
		}
		defer started.Close()
		write(started, "农民")
		if rep, err := started.Verify(ctx); err != nil || !rep.OK {
			t.Errorf("%+v %v", rep.Findings, err)
		}
		for _, in := range []*installation.Installation{c.Installation, started} {
			if err := in.Ready(ctx); err != nil {
				t.Errorf("not ready: %v", err)
			}
		}
		c.Sound()
		if copies, _ := filepath.Glob(filepath.Join(string(c.Dir), "before-migration-*")); len(copies) > 0 {
			t.Errorf("copied as if it had migrated: %v", copies)
		}
		for _, s := range installation.Doctor(ctx, installation.Options{Dir: c.Dir}).Checks {
			if (s.Name == "database" || s.Name == "chain") && !s.OK {
				t.Errorf("%+v", s)
			}
		}

		raw(t, c, cfg, fmt.Sprintf("UPDATE t_schema SET value = '%d' WHERE name = 'oldest_program'", store.Generation()+1))
		time.Sleep(3100 * time.Millisecond) // an answer is kept for three seconds
		if err := started.Ready(ctx); fault.Of(err) != fault.Unavailable {
			t.Errorf("ready beside a schema that it does not fit: %v", err)
		}
		if in, err := installation.Open(ctx, installation.Options{Dir: c.Dir}); fault.Of(err) != fault.Unavailable {
			if err == nil {
				in.Close()
			}
			t.Errorf("started: %v", err)
		}
	})
}

// newer is what the next program does when it starts: a table, a column of members that is left out of the images, and
// a generation that this one does not know.
func newer(t *testing.T, c *demotest.City, cfg store.Config) {
	t.Helper()
	var text string
	if _, err := c.Everything().One(ctx, "SELECT value FROM {schema} WHERE name = 'skips'", nil, &text); err != nil {
		t.Fatal(err)
	}
	skips := map[string][]string{}
	if err := json.Unmarshal([]byte(text), &skips); err != nil {
		t.Fatal(err)
	}
	skips["member"] = append(skips["member"], "zz_later_on")
	b, err := json.Marshal(skips)
	if err != nil {
		t.Fatal(err)
	}
	raw(t, c, cfg, "CREATE TABLE t_later (id TEXT PRIMARY KEY, org_path TEXT NOT NULL)",
		"ALTER TABLE t_member ADD COLUMN zz_later_on TEXT NOT NULL DEFAULT '2027-01-01'",
		"UPDATE t_schema SET value = '"+string(b)+"' WHERE name = 'skips'")
	next, err := installation.Open(ctx, installation.Options{Dir: c.Dir}) // puts the triggers in place anew
	if err != nil {
		t.Fatal(err)
	}
	next.Close()
	yes := "1"
	if cfg.URL != "" {
		yes = "true"
	}
	raw(t, c, cfg, fmt.Sprintf("INSERT INTO goose_db_version (version_id, is_applied) VALUES (%d, %s)", store.Generation()+1, yes))
}

func raw(t *testing.T, c *demotest.City, cfg store.Config, statements ...string) {
	t.Helper()
	driver, dsn := "sqlite", "file:"+filepath.Join(string(c.Dir), "zhibu.db")
	if cfg.URL != "" {
		driver, dsn = "pgx", cfg.URL
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.ExecContext(ctx, s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}
