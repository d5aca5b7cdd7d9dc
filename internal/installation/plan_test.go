package installation_test

import (
	"os"
	"path/filepath"
	"testing"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/installation"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/archive"
	"zhibu/internal/trust/ledger"
)

// TestBackupPlan: what is changed holds at once and after a restart, stands in the log, and is checked as the
// configuration is; keys are not kept longer than a certificate of destruction has promised.
func TestBackupPlan(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		admin := c.Actor("system-admin")
		plan := archive.Schedule{To: "file://" + filepath.Join(t.TempDir(), "backups"), Hour: 3, Keep: archive.Retention{Days: 7, Weeks: 4, Months: 6, KeyDays: 20}}
		set := func(change func(*archive.Schedule), reason string) error {
			next := plan
			change(&next)
			return c.SetBackupPlan(ctx, admin, next, reason)
		}
		for field, change := range map[string]func(*archive.Schedule){
			"hour": func(s *archive.Schedule) { s.Hour = 24 }, "days": func(s *archive.Schedule) { s.Keep.Days = 0 }, "key_days": func(s *archive.Schedule) { s.Keep.KeyDays = 7 },
			"to": func(s *archive.Schedule) { s.To = "file:///proc/none" },
		} {
			if err := set(change, "试"); fault.As(err) == nil || fault.As(err).Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		if err := set(func(*archive.Schedule) {}, " "); fault.As(err) == nil || fault.As(err).Field != "reason" {
			t.Errorf("without a reason: %v", err)
		}
		if got := c.BackupPlan(); got.To != "" || got.Keep != archive.DefaultRetention {
			t.Errorf("something was changed: %+v", got)
		}
		if err := set(func(*archive.Schedule) {}, "换了备份服务器"); err != nil {
			t.Fatal(err)
		}
		if c.BackupPlan() != plan || c.Retention() != plan.Keep {
			t.Errorf("%+v", c.BackupPlan())
		}
		again, err := installation.Open(ctx, installation.Options{Dir: c.Dir})
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		if again.BackupPlan() != plan || !again.Config.Demo {
			t.Errorf("after a restart: %+v", again.BackupPlan())
		}
		acts, err := c.Ledger.Acts(ctx, c.Everything(), ledger.Query{Kind: installation.KindPlan, Limit: 5})
		if err != nil || len(acts) != 1 || acts[0].Reason != "换了备份服务器" {
			t.Fatalf("%d acts, %v", len(acts), err)
		}
		err = c.Ledger.Do(ctx, ledger.System("test"), ledger.Act{Kind: "test"}, func(tx *store.Tx) error {
			v := store.Set
			return tx.Insert(ctx, "destruction", v("id", "d1"), v("member_id", "m"), v("org_path", "0001."), v("class", "x"), v("reason", ""), v("document", ""), v("state", "done"),
				v("proposer_account", ""), v("proposer_member", ""), v("proposer", ""), v("proposer_post", ""), v("proposed_at", 0), v("decider_account", ""), v("decider", ""),
				v("decider_post", ""), v("decided_at", 0), v("answer", ""), v("done_at", 0), v("final_on", demotest.On.AddDays(20)), v("rows", 0), v("digest", ""), v("version", 1))
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := set(func(s *archive.Schedule) { s.Keep.KeyDays = 60 }, "多留"); fault.Of(err) != fault.Conflict || fault.As(err).Field != "key_days" {
			t.Errorf("a promise is broken: %v", err)
		}
		if err := set(func(s *archive.Schedule) { s.Keep.KeyDays = 10 }, "少留"); err != nil {
			t.Errorf("shorter: %v", err)
		}
		// A configuration that cannot be written: neither the file nor the log changes.
		file := filepath.Join(string(c.Dir), "zhibu.json.new")
		if err := os.Mkdir(file, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := set(func(s *archive.Schedule) { s.Hour, s.Keep.KeyDays = 5, 10 }, "试"); fault.Of(err) != fault.Unavailable || c.BackupPlan().Hour != 3 {
			t.Errorf("%v, at %d", err, c.BackupPlan().Hour)
		}
		if acts, err := c.Ledger.Acts(ctx, c.Everything(), ledger.Query{Kind: installation.KindPlan, Limit: 5}); err != nil || len(acts) != 2 {
			t.Errorf("%d acts, %v", len(acts), err)
		}
	})
}
