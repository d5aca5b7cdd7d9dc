package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zhibu/internal/installation"
	"zhibu/internal/store/storetest"
)

// named gives the check of a name; a report without it fails the test.
func named(t *testing.T, rep installation.Drilled, name string) installation.DrillCheck {
	t.Helper()
	for _, c := range rep.Checks {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no check %s in %+v", name, rep.Checks)
	return installation.DrillCheck{}
}

func place(t *testing.T) (dir, url string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "backup")
	return dir, "file://" + filepath.ToSlash(dir)
}

// packs are the files of a backup with its content, the largest first.
func packs(t *testing.T, dir, set string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, set, "packs", "*.age"))
	if err != nil || len(found) == 0 {
		t.Fatal(found, err)
	}
	size := func(path string) int64 {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	slices.SortFunc(found, func(a, b string) int { return int(size(b) - size(a)) })
	return found
}

// A drill beside the installation and one on a machine without it pass, leave nothing behind, and their report is
// verified with the public key alone; a report that somebody has improved is not.
func TestDrill(t *testing.T) {
	dir := city(t)
	kit := filepath.Join(dir, "recovery")
	_, to := place(t)
	zhibu("backup", "--dir", dir, "--to", to).ends(t, 0)
	zhibu("account", "recover", "--login", "auditor", "--reason", "x", "--dir", dir).ends(t, 0) // the chain has gone on since

	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	empty := t.TempDir()
	t.Chdir(empty)
	witness := filepath.Join(dir, "witness")
	for name, args := range map[string][]string{
		"beside":            {"--dir", dir},
		"elsewhere":         {},
		"elsewhere, with a": {"--witness", witness},
	} {
		t.Run(name, func(t *testing.T) {
			s := zhibu(append([]string{"drill", "--from", to, "--recovery", kit, "--json"}, args...)...).ends(t, 0)
			rep := facts[installation.Drilled](t, s)
			if !rep.OK || rep.Members == 0 || rep.Acts == 0 || rep.Signature == "" || rep.Failed() != nil {
				t.Errorf("%+v", rep)
			}
			for _, want := range strings.Fields("kit backup database keyfile checkpoint witness keys chain rows counts") {
				named(t, rep, want)
			}
			file, key := filepath.Join(t.TempDir(), "report.json"), filepath.Join(kit, "audit-public-key.txt")
			if err := os.WriteFile(file, []byte(s.out), 0o600); err != nil {
				t.Fatal(err)
			}
			zhibu("drill", "--verify", file, "--key", key).ends(t, 0, "签名有效")
			better := strings.Replace(s.out, `"members": `, `"members": 1`, 1)
			if err := os.WriteFile(file, []byte(better), 0o600); err != nil {
				t.Fatal(err)
			}
			zhibu("drill", "--verify", file, "--key", key).ends(t, 1, "签名与公钥不符")
			for _, left := range []string{temp, filepath.Join(dir, "tmp")} {
				found, _ := filepath.Glob(filepath.Join(left, "*drill*"))
				if len(found) > 0 {
					t.Errorf("left behind: %v", found)
				}
			}
			if made, _ := os.ReadDir(empty); len(made) > 0 {
				t.Errorf("made in the working directory: %v", made)
			}
		})
	}
	zhibu("audit", "verify", "--dir", dir).ends(t, 0, "核验通过")
	s := zhibu("drill", "--from", to, "--recovery", kit, "--dir", dir, "--lang", "en").ends(t, 0, "kit")
	if strings.ContainsFunc(s.out, func(r rune) bool { return r >= 0x4e00 && r < 0xa000 }) {
		t.Errorf("Chinese in the English report: %s", s.out)
	}
}

// A damaged backup, one that lacks a part, a kit of another installation, a lost witness and a rewritten history each
// end with ok:false, the check by its name, exit code 1, and a signature that holds.
func TestDrillFindsWhatIsWrong(t *testing.T) {
	dir := city(t)
	kit := filepath.Join(dir, "recovery")
	change := func(t *testing.T, path string, fn func([]byte) []byte) {
		t.Helper()
		b, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(path, fn(b), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	flip := func(b []byte) []byte { b[len(b)*2/3] ^= 1; return b }
	cut := func(b []byte) []byte { return b[:len(b)/2] }
	for _, c := range []struct {
		name, check string
		harm        func(t *testing.T, backup string) (kit, witness string)
	}{
		{"a flipped bit", "backup", func(t *testing.T, backup string) (string, string) {
			change(t, packs(t, backup, "data")[0], flip)
			return kit, ""
		}},
		{"a cut pack of keys", "backup", func(t *testing.T, backup string) (string, string) {
			change(t, packs(t, backup, "keys")[0], cut)
			return kit, ""
		}},
		{"a lost pack", "backup", func(t *testing.T, backup string) (string, string) {
			if err := os.Remove(packs(t, backup, "data")[0]); err != nil {
				t.Fatal(err)
			}
			return kit, ""
		}},
		{"nothing there", "backup", func(t *testing.T, backup string) (string, string) {
			if err := os.RemoveAll(backup); err != nil {
				t.Fatal(err)
			}
			return kit, ""
		}},
		{"another installation's kit", "kit", func(t *testing.T, _ string) (string, string) {
			other := filepath.Join(t.TempDir(), "other")
			zhibu("generate", "--dir", other, "--members", "300", "--seed", "8", "--now", day).ends(t, 0)
			return filepath.Join(other, "recovery"), ""
		}},
		{"a mistyped kit", "kit", func(t *testing.T, _ string) (string, string) {
			mistyped := filepath.Join(t.TempDir(), "identity.txt")
			if err := os.WriteFile(mistyped, []byte("AGE-SECRET-KEY-PQ-1QQQQ"), 0o600); err != nil {
				t.Fatal(err)
			}
			return mistyped, ""
		}},
		{"a lost witness", "witness", func(t *testing.T, backup string) (string, string) {
			return kit, filepath.Join(backup, "none")
		}},
		{"a forged witness", "witness", func(t *testing.T, _ string) (string, string) {
			forged := filepath.Join(t.TempDir(), "witness")
			b, err := os.ReadFile(filepath.Join(dir, "witness"))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(forged, flip(b), 0o600); err != nil {
				t.Fatal(err)
			}
			return kit, forged
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			backup, to := place(t)
			zhibu("backup", "--dir", dir, "--to", to).ends(t, 0)
			kit, witness := c.harm(t, backup)
			s := zhibu("drill", "--dir", dir, "--from", to, "--recovery", kit, "--witness", witness, "--json").ends(t, 1)
			rep := facts[installation.Drilled](t, s)
			if failed := rep.Failed(); rep.OK || failed == nil || failed.Name != c.check || failed.Detail == "" {
				t.Errorf("want %s to fail: %+v", c.check, rep)
			}
			key, err := os.ReadFile(filepath.Join(dir, "recovery", "audit-public-key.txt"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := installation.VerifyDrill(strings.NewReader(s.out), strings.TrimSpace(string(key))); err != nil {
				t.Error(err)
			}
			var raw map[string]json.RawMessage
			if err := json.Unmarshal([]byte(s.out), &raw); err != nil || raw["checks"] == nil || raw["signature"] == nil {
				t.Errorf("%v: %s", err, s.out)
			}
		})
	}
}

// On PostgreSQL a drill works in a database of its own, which is gone afterwards, or in one that it was given.
func TestDrillOnPostgreSQL(t *testing.T) {
	if os.Getenv("ZHIBU_TEST_POSTGRES") == "" {
		t.Log("not run: ZHIBU_TEST_POSTGRES is not set")
		return
	}
	dir := filepath.Join(t.TempDir(), "pg")
	zhibu("generate", "--dir", dir, "--members", "300", "--seed", "3", "--now", day, "--database", storetest.Postgres(t)).ends(t, 0)
	_, to := place(t)
	kit := filepath.Join(dir, "recovery")
	zhibu("backup", "--dir", dir, "--to", to).ends(t, 0)
	for range 2 { // the second finds nothing of the first in its way
		rep := facts[installation.Drilled](t, zhibu("drill", "--dir", dir, "--from", to, "--recovery", kit, "--json").ends(t, 0))
		if !rep.OK || rep.Engine != "PostgreSQL" {
			t.Errorf("%+v", rep)
		}
	}
	scratch := storetest.Postgres(t)
	for range 2 {
		zhibu("drill", "--dir", dir, "--from", to, "--recovery", kit, "--scratch", scratch).ends(t, 0, "演练成功")
	}
	zhibu("audit", "verify", "--dir", dir).ends(t, 0, "核验通过")
}
