package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

// every walks the commands with their words.
func every(fn func(words []string, cmd *cobra.Command)) {
	var walk func(words []string, cmd *cobra.Command)
	walk = func(words []string, cmd *cobra.Command) {
		fn(words, cmd)
		for _, sub := range cmd.Commands() {
			if !sub.Hidden && sub.Name() != "help" && sub.Name() != "completion" {
				walk(append(slices.Clone(words), sub.Name()), sub)
			}
		}
	}
	walk(nil, (&console{out: io.Discard, errOut: io.Discard}).root())
}

// The sub-commands of the house are all there.
func TestSubCommands(t *testing.T) {
	var names []string
	every(func(words []string, _ *cobra.Command) {
		if len(words) == 1 {
			names = append(names, words[0])
		}
	})
	for _, want := range strings.Fields("demo serve init generate import export token account backup restore drill doctor casebook audit version") {
		if !slices.Contains(names, want) {
			t.Errorf("no command %s", want)
		}
	}
}

// Every command answers --help with an example of itself, says what each flag is for, and knows where its
// installation is.
func TestHelpOfEveryCommand(t *testing.T) {
	every(func(words []string, cmd *cobra.Command) {
		s := zhibu(append(slices.Clone(words), "--help")...).ends(t, 0, "Examples:", "--dir", "--database", strings.Join(append([]string{"zhibu"}, words...), " "))
		if s.err != "" {
			t.Errorf("%v writes help to standard error: %s", words, s.err)
		}
		if !strings.Contains(cmd.Example, "zhibu "+strings.Join(words, " ")) {
			t.Errorf("%v has no example of itself: %q", words, cmd.Example)
		}
		if !strings.Contains(cmd.Short, " / ") && !strings.Contains(cmd.Short, "/ ") {
			t.Errorf("%v is not said in both languages: %q", words, cmd.Short)
		}
		for _, line := range strings.Split(s.out, "\n") {
			if regexp.MustCompile(`^\s+--[a-z-]+( \w+)?$`).MatchString(line) {
				t.Errorf("%v: a flag says nothing: %q", words, line)
			}
		}
	})
}

// Wrong use ends with 2 and says what is wrong, before anything is opened or written.
func TestWrongUse(t *testing.T) {
	every(func(words []string, cmd *cobra.Command) {
		zhibu(append(slices.Clone(words), "--no-such-flag")...).ends(t, 2, "no-such-flag", "Usage:")
		if cmd.Runnable() && !strings.Contains(cmd.Use, " ") {
			zhibu(append(slices.Clone(words), "one-word-too-many")...).ends(t, 2, "one-word-too-many")
		}
	})
	dir := city(t)
	before := listing(t, dir)
	file := newcomers(t, "x", 1)
	for _, args := range [][]string{
		{"no-such-command"},
		{"import", "no-such-command"},
		{"import", "roster"},
		{"import", "roster", file},
		{"import", "roster", file, "--org", "no-such-code"},
		{"import", "roster", "no-such-file.xlsx", "--org", of(t, dir, "party-worker", 1).Organisation},
		{"import", "undo"},
		{"import", "undo", "no-such-batch", "--reason", "x"},
		{"export", "roster", "out.xlsx"},
		{"export", "roster", filepath.Join(dir, "out.xlsx"), "--org", "no-such-code", "--purpose", "x"},
		{"export", "roster", file, "--org", of(t, dir, "party-worker", 1).Organisation, "--purpose", "x"}, // it is there
		{"token"},
		{"token", "--account", "nobody"},
		{"token", "--account", "party-worker", "--expires", "soon"},
		{"account", "add", "--login", "x", "--name", "x", "--role", "king"},
		{"account", "recover"},
		{"account", "recover", "--login", "nobody", "--reason", "x"},
		{"backup"},
		{"backup", "--to", "no-such-scheme://x"},
		{"restore"},
		{"restore", "--from", "file:///none"},
		{"drill"},
		{"drill", "--from", "file:///none"},
		{"drill", "--from", "file:///none", "--recovery", "none"},
		{"drill", "--verify", "none.json"},
		{"audit", "verify", "--bundle", "none.json"},
		{"audit", "verify", "--bundle", "none.json", "--key", "none.txt"},
		{"audit", "verify", "--witness", "none"},
		{"audit", "bundle"},
		{"audit", "bundle", "--out", filepath.Join(dir, "x.json"), "--from", "yesterday"},
		{"init", "--name", "x"},
		{"generate", "--now", "2026-13-01"},
		{"generate", "--members", "many"},
		{"generate", "--seed", "-1"},
		{"demo", "--now", "today", "--dir", filepath.Join(dir, "new")},
		{"demo", "--listen", "0.0.0.0:1"},
		{"demo", "--listen", "nonsense"},
		{"serve", "--listen", "nonsense"},
		{"serve", "--listen", "0.0.0.0:1"},
		{"version", "--jsno"},
	} {
		if !slices.Contains(args, "--dir") {
			args = append(args, "--dir", dir)
		}
		if s := zhibu(args...); s.code != 2 || s.err == "" {
			t.Errorf("%v: exit code %d\nstdout: %s\nstderr: %s", args, s.code, s.out, s.err)
		} else if strings.Contains(s.err, "goroutine") || strings.HasPrefix(s.err, "zhibu: ") {
			t.Errorf("%v: no sentence: %s", args, s.err)
		}
	}
	if after := listing(t, dir); after != before {
		t.Errorf("wrong use left something behind:\n%s\nbefore:\n%s", after, before)
	}
}

// listing is the names in a directory that do not come and go with every opening.
func listing(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), "-wal") && !strings.HasSuffix(e.Name(), "-shm") && !strings.HasSuffix(e.Name(), ".lock") {
			names = append(names, e.Name())
		}
	}
	return strings.Join(names, "\n")
}

// A directory without an installation is no wrong use: it says how to begin.
func TestNoInstallation(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "nothing")
	for _, args := range [][]string{{"serve"}, {"audit", "verify"}, {"account", "list"}, {"token", "--account", "x"}, {"backup", "--to", "file:///x"}} {
		zhibu(append(args, "--dir", dir)...).ends(t, 1, "zhibu init", dir)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the directory was made")
	}
	zhibu("version", "--dir", dir).ends(t, 0)
}

// In English everything but the names in the data is English.
func TestCommandsInEnglish(t *testing.T) {
	dir := city(t)
	han := regexp.MustCompile(`\p{Han}`)
	one := of(t, dir, "branch-secretary", 1).Organisation
	for _, args := range [][]string{{"audit", "verify"}, {"import", "roster", newcomers(t, one, 3), "--org", one}, {"generate", "--members", "60", "--now", day, "--dir", filepath.Join(dir, "english")}, {"backup", "--to", "file://" + filepath.ToSlash(t.TempDir())}, {"serve", "--listen", "nonsense"}, {"account", "recover", "--login", "nobody", "--reason", "x"},
		{"audit", "verify", "--dir", filepath.Join(dir, "nothing")}} {
		if !slices.Contains(args, "--dir") {
			args = append(args, "--dir", dir)
		}
		s := zhibu(append(args, "--lang", "en")...)
		said := strings.ReplaceAll(s.out+s.err, "转为正式党员日期 [", "[") // a column is called what the sheet calls it
		if han.MatchString(said) {
			t.Errorf("%v: %s%s", args, s.out, s.err)
		}
	}
}

// What demo writes for its users: one account for each role and two secretaries of different branches of one town.
func TestDemoAccounts(t *testing.T) {
	dir := city(t)
	b, err := os.ReadFile(filepath.Join(dir, "demo-accounts.json"))
	if err != nil {
		t.Fatal(err)
	}
	var list []map[string]string
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	var roles []string
	logins := map[string]bool{}
	for _, a := range list {
		roles = append(roles, a["role"])
		logins[a["account"]] = true
		for _, key := range []string{"role", "account", "password", "name", "organisation"} {
			if a[key] == "" {
				t.Errorf("%s is missing in %v", key, a)
			}
		}
		wide := !slices.Contains([]string{"member", "branch-secretary", "branch-committee"}, a["role"])
		if wide != (len(a["totp"]) == 32) || len(a["password"]) < 12 {
			t.Errorf("%v", a)
		}
	}
	slices.Sort(roles)
	want := "auditor branch-committee branch-secretary branch-secretary committee-secretary member organisation-department party-worker reviewer security-admin system-admin"
	if strings.Join(roles, " ") != want || len(logins) != 11 {
		t.Errorf("roles %v, %d different accounts", roles, len(logins))
	}
	info, err := os.Stat(filepath.Join(template, "demo-accounts.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the passwords can be read by others: %v, %v", info.Mode(), err)
	}
	orgs := organisations(t, dir)
	one, two := of(t, dir, "branch-secretary", 1).Organisation, of(t, dir, "branch-secretary", 2).Organisation
	town := of(t, dir, "party-worker", 1).Organisation
	if one == two || orgs[one].parent != orgs[town].id || orgs[two].parent != orgs[town].id {
		t.Errorf("secretaries of %s and %s below %s", one, two, town)
	}
	for _, branch := range []string{one, two} {
		if orgs[branch].members < 3 {
			t.Errorf("branch %s has %d members", branch, orgs[branch].members)
		}
	}
}

type branch struct {
	id, parent, kind string
	members          int
}

func organisations(t *testing.T, dir string) map[string]branch {
	t.Helper()
	out := map[string]branch{}
	read(t, dir, "SELECT o.code, o.id, o.parent_id, o.kind, (SELECT count(*) FROM t_member m WHERE m.org_id = o.id) FROM t_org o", func(rows *sql.Rows) error {
		var code string
		var b branch
		err := rows.Scan(&code, &b.id, &b.parent, &b.kind, &b.members)
		out[code] = b
		return err
	})
	return out
}

// read asks the database of a directory past the program.
func read(t *testing.T, dir, query string, fn func(*sql.Rows) error) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "zhibu.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows); err != nil {
			t.Fatal(err)
		}
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
}

// The same seed and day give the same city, to the identifiers; another seed gives another.
func TestSameSeedSameCity(t *testing.T) {
	fingerprint := func(dir string) (ids, facts string) {
		var b strings.Builder
		for _, query := range []string{
			"SELECT id, path || ' ' || code || ' ' || name || ' ' || kind || ' ' || established_on FROM t_org ORDER BY id",
			"SELECT id, org_path || ' ' || name || ' ' || sex || ' ' || born || ' ' || category || ' ' || joined_on || ' ' || education || ' ' || occupation FROM t_member ORDER BY id",
			"SELECT id, org_path || ' ' || title || ' ' || member_id || ' ' || holder || ' ' || from_on FROM t_post ORDER BY id",
			"SELECT id, login || ' ' || name || ' ' || org_path || ' ' || member_id FROM t_account ORDER BY id",
			"SELECT id, account_id || ' ' || role || ' ' || org_path FROM t_grant ORDER BY id",
		} {
			read(t, dir, query, func(rows *sql.Rows) error {
				var id, fact string
				err := rows.Scan(&id, &fact)
				b.WriteString(id + " " + fact + "\n")
				facts += fact + "\n"
				return err
			})
		}
		return b.String(), facts
	}
	first, _ := fingerprint(city(t))
	again := filepath.Join(t.TempDir(), "again")
	s := zhibu("generate", "--dir", again, "--members", "400", "--seed", "7", "--now", day, "--json").ends(t, 0)
	if got := keysOf(t, s); got != "accounts dir members now seconds seed" {
		t.Errorf("generate --json: %s", got)
	}
	if second, _ := fingerprint(again); second != first {
		t.Error("the same seed and day gave another city")
	}
	other := filepath.Join(t.TempDir(), "other")
	zhibu("generate", "--dir", other, "--members", "400", "--seed", "8", "--now", day).ends(t, 0)
	if third, _ := fingerprint(other); third == first {
		t.Error("another seed gave the same city")
	}
	zhibu("generate", "--dir", again, "--members", "400", "--seed", "9", "--now", day).ends(t, 1, "没有改动") // it is there already
	if second, _ := fingerprint(again); second != first {
		t.Error("a second generate changed the city")
	}
}

// demo makes its city once, tells its steps, and beside the running server every command works on the same data.
func TestBesideARunningServer(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	url, out := serving(t, "demo", "--dir", dir, "--members", "300", "--seed", "3", "--now", day)
	for _, w := range []string{"党员 10", "虚构", of(t, dir, "auditor", 1).Password, "demo-accounts.json"} {
		if !strings.Contains(out.String(), w) {
			t.Errorf("demo does not say %q: %s", w, out)
		}
	}
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/api/v1/openapi.json": 200, "/api/v1/members": 401} {
		if got := status(t, url+path, ""); got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
	worker := of(t, dir, "party-worker", 1)
	s := zhibu("token", "--dir", dir, "--account", worker.Account, "--expires", "1h").ends(t, 0)
	lines := strings.Split(strings.TrimRight(s.out, "\n"), "\n")
	token := lines[len(lines)-1]
	if !regexp.MustCompile(`^[\w.~+/=-]{20,}$`).MatchString(token) {
		t.Fatalf("the last line is %q", token)
	}
	if got := status(t, url+"/api/v1/members?limit=1", token); got != 200 {
		t.Errorf("the token is answered with %d", got)
	}
	type outcome struct {
		New, Changed, Unchanged, Rejected int
		Batch                             string
	}
	file := newcomers(t, of(t, dir, "branch-secretary", 1).Organisation, 12)
	s = zhibu("import", "roster", file, "--dir", dir, "--org", worker.Organisation, "--account", worker.Account, "--json").ends(t, 0)
	res := facts[outcome](t, s)
	if res.New != 12 || res.Batch == "" {
		t.Errorf("import: %s", s.out)
	}
	zhibu("import", "roster", file, "--dir", dir, "--org", worker.Organisation).ends(t, 0, "不变 12")
	zhibu("account", "list", "--dir", dir).ends(t, 0, worker.Account)
	zhibu("account", "recover", "--dir", dir, "--login", worker.Account, "--reason", "试").ends(t, 0, worker.Account)
	zhibu("export", "roster", filepath.Join(t.TempDir(), "out.xlsx"), "--dir", dir, "--org", worker.Organisation, "--purpose", "核对").ends(t, 0)
	zhibu("backup", "--dir", dir, "--to", "file://"+filepath.ToSlash(filepath.Join(t.TempDir(), "backup"))).ends(t, 0)
	zhibu("import", "undo", res.Batch, "--dir", dir, "--reason", "试").ends(t, 0)
	zhibu("import", "undo", res.Batch, "--dir", dir, "--reason", "再试").ends(t, 2)
	zhibu("audit", "verify", "--dir", dir).ends(t, 0, "核验通过")
	if got := status(t, url+"/readyz", ""); got != 200 {
		t.Errorf("/readyz afterwards: %d", got)
	}
}

func status(t *testing.T, url, token string) int {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

// The facts that commands print with --json have the documented names, and standard output holds nothing else.
func TestJSONShapes(t *testing.T) {
	dir := city(t)
	worker, one := of(t, dir, "party-worker", 1), of(t, dir, "branch-secretary", 1).Organisation
	rows := [][]string{
		{"姓名", "公民身份号码", "人员类别", "所在党支部", "加入党组织日期", "转为正式党员日期", "特长"},
		{"王小明", "66010119800101001", "正式党员", one, "2001-07-01", "2002-07-01", "书法"},
		{"", "", "", "", "", "", ""},
		{"合计", "1", "", "", "", "", ""},
	}
	faulty := sheet(t, rows)
	s := zhibu("import", "roster", faulty, "--dir", dir, "--org", worker.Organisation, "--json", "--dry-run").ends(t, 1)
	type problem map[string]any
	dry := facts[map[string]any](t, s)
	for _, key := range []string{"rows", "new", "changed", "unchanged", "rejected", "warnings", "batch", "problems"} {
		if _, ok := dry[key]; !ok {
			t.Errorf("import --json has no %s: %s", key, s.out)
		}
	}
	if dry["batch"] != "" || dry["rows"] != 1.0 || dry["rejected"] != 1.0 {
		t.Errorf("dry run: %s", s.out)
	}
	for _, p := range facts[struct{ Problems []problem }](t, s).Problems {
		if p["row"] != 2.0 || p["column"] != "公民身份号码" || p["level"] != "error" || p["code"] != "format" || p["message"] == "" {
			t.Errorf("problem %v", p)
		}
		if strings.Contains(fmt.Sprint(p["message"]), "66010119800101001") {
			t.Errorf("a problem repeats the number: %v", p)
		}
	}
	mend := filepath.Join(t.TempDir(), "待改正.xlsx")
	zhibu("import", "roster", faulty, "--dir", dir, "--org", worker.Organisation, "--errors", mend).ends(t, 1, "拒绝 1")
	if info, err := os.Stat(mend); err != nil || info.Size() == 0 || info.Mode().Perm() != 0o600 {
		t.Errorf("the rejected rows: %v, %v", info, err)
	}
	to := "file://" + filepath.ToSlash(filepath.Join(t.TempDir(), "backup"))
	restored, bundle := filepath.Join(t.TempDir(), "restored"), filepath.Join(t.TempDir(), "bundle.json")
	for _, c := range []struct {
		args string
		keys string // that must be there
	}{
		{"audit verify", "ok acts events tree_size root witness_size findings restores compared"},
		{"audit bundle --out " + bundle, "acts file"},
		{"audit verify --bundle " + bundle + " --key " + filepath.Join(dir, "recovery", "audit-public-key.txt"), "ok acts events findings"},
		{"backup --to " + to, "run"},
		{"restore --from " + to + " --recovery " + filepath.Join(dir, "recovery") + " --dir " + restored, "run"},
		{"drill --from " + to + " --recovery " + filepath.Join(dir, "recovery"), "ok checks signature run made at members acts"},
		{"account recover --login auditor --reason x", "account name code expires"},
		{"export roster " + filepath.Join(t.TempDir(), "out.csv") + " --purpose x --org " + worker.Organisation, "rows file"},
		{"version", "version schema go platform"},
	} {
		args := append(strings.Fields(c.args), "--json")
		if !slices.Contains(args, "--dir") {
			args = append(args, "--dir", dir)
		}
		s := zhibu(args...).ends(t, 0)
		have := strings.Fields(keysOf(t, s))
		for _, key := range strings.Fields(c.keys) {
			if !slices.Contains(have, key) {
				t.Errorf("%s --json has %v, %s is missing", c.args, have, key)
			}
		}
	}
	for _, a := range facts[[]map[string]any](t, zhibu("account", "list", "--json", "--dir", dir).ends(t, 0)) {
		if a["account"] == "" || a["name"] == "" || a["state"] == "" || a["roles"] == nil {
			t.Errorf("account list --json: %v", a)
		}
	}
	rep := facts[struct {
		OK       bool
		Restores []map[string]any
	}](t, zhibu("audit", "verify", "--json", "--dir", restored).ends(t, 0))
	if !rep.OK || len(rep.Restores) != 1 {
		t.Errorf("a proper restore: %+v", rep)
	}
}

// A row changed behind the program's back is a problem found: exit 1, and the report says where.
func TestVerifyFindsAChangedRow(t *testing.T) {
	dir := city(t)
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "zhibu.db"))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"DROP TRIGGER audit_member_u", "UPDATE t_member SET joined_on = '1990-01-01' WHERE id = (SELECT min(id) FROM t_member)"} {
		if _, err := db.Exec(text); err != nil {
			t.Fatal(err)
		}
	}
	var id string
	if err := db.QueryRow("SELECT min(id) FROM t_member").Scan(&id); err != nil {
		t.Fatal(err)
	}
	db.Close()
	zhibu("audit", "verify", "--dir", dir).ends(t, 1, "row_changed", id, "trigger", "audit_member_u")
	rep := facts[struct {
		OK       bool
		Findings []struct{ Code, Row string }
	}](t, zhibu("audit", "verify", "--json", "--dir", dir).ends(t, 1))
	if rep.OK || len(rep.Findings) != 2 {
		t.Errorf("%+v", rep)
	}
}

// The same commands on PostgreSQL, named by its address; a demo on an address that holds another is refused.
func TestOnPostgreSQL(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		if c.URL == "" {
			return // the other tests are on SQLite
		}
		dir := filepath.Join(t.TempDir(), "city")
		zhibu("generate", "--dir", dir, "--members", "200", "--seed", "7", "--now", day, "--database", c.URL).ends(t, 0)
		if _, err := os.Stat(filepath.Join(dir, "zhibu.db")); err == nil {
			t.Error("a SQLite file was made")
		}
		url, _ := serving(t, "serve", "--dir", dir)
		worker := of(t, dir, "party-worker", 1)
		file := newcomers(t, of(t, dir, "branch-secretary", 1).Organisation, 5)
		zhibu("import", "roster", file, "--dir", dir, "--org", worker.Organisation).ends(t, 0, "新增 5")
		token := strings.TrimSpace(zhibu("token", "--database", c.URL, "--dir", dir, "--account", worker.Account).ends(t, 0).out)
		if got := status(t, url+"/api/v1/members?limit=1", token); got != 200 {
			t.Errorf("the token is answered with %d", got)
		}
		zhibu("audit", "verify", "--database", c.URL, "--dir", dir).ends(t, 0, "核验通过")
		zhibu("generate", "--dir", filepath.Join(t.TempDir(), "second"), "--members", "200", "--database", c.URL).ends(t, 1, "没有改动")
		s := zhibu("audit", "verify", "--dir", dir, "--database", "postgres://someone:a-secret@127.0.0.1:1/none?sslmode=disable&connect_timeout=2").ends(t, 1, "连不上数据库")
		if strings.Contains(s.err, "a-secret") || strings.Contains(s.err, "someone") {
			t.Errorf("the address is told: %s", s.err)
		}
	})
}

// Fewer members mean fewer branches, and the secretaries' branches are never empty.
func TestSmallDemo(t *testing.T) {
	for _, n := range []string{"1", "25"} {
		dir := filepath.Join(t.TempDir(), "small")
		s := zhibu("generate", "--dir", dir, "--members", n, "--now", day)
		if s.code == 2 && n == "1" { // too few to be a city is a wrong use that says how many it takes
			s.ends(t, 2)
			continue
		}
		s.ends(t, 0)
		orgs := organisations(t, dir)
		for i := 1; i <= 2; i++ {
			if b := orgs[of(t, dir, "branch-secretary", i).Organisation]; b.members == 0 {
				t.Errorf("with %s members the branch of secretary %d is empty", n, i)
			}
		}
	}
	zhibu("generate", "--dir", filepath.Join(t.TempDir(), "none"), "--members", "0").ends(t, 2)
	zhibu("generate", "--dir", filepath.Join(t.TempDir(), "none"), "--members", "-5").ends(t, 2)
}

// The key file's passphrase: a wrong one is refused with a sentence, a lost file says how to bring it back, and the
// recovery kit does.
func TestKeyFileAndPassphrase(t *testing.T) {
	dir := city(t)
	wrong := filepath.Join(t.TempDir(), "passphrase")
	if err := os.WriteFile(wrong, []byte("not the one\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	zhibu("audit", "verify", "--dir", dir, "--passphrase-file", wrong).ends(t, 1, "口令不对")
	zhibu("audit", "verify", "--dir", dir, "--passphrase-file", filepath.Join(dir, "none")).ends(t, 1, "none")
	key := filepath.Join(dir, "keyfile.age")
	kept, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"serve"}, {"audit", "verify"}} {
		zhibu(append(args, "--dir", dir)...).ends(t, 1, "密钥文件", "恢复包", key)
	}
	if err := os.WriteFile(key, kept[:len(kept)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	zhibu("audit", "verify", "--dir", dir).ends(t, 1, "损坏", "恢复包")
	fromKit, err := os.ReadFile(filepath.Join(dir, "recovery", "keyfile.age"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(key, fromKit, 0o600); err != nil {
		t.Fatal(err)
	}
	zhibu("audit", "verify", "--dir", dir).ends(t, 0)
}

// Lost data is not answered with an empty installation.
func TestLostData(t *testing.T) {
	for _, name := range []string{"zhibu.db", "keys.db"} {
		dir := city(t)
		if err := os.Rename(filepath.Join(dir, name), filepath.Join(dir, "aside")); err != nil {
			t.Fatal(err)
		}
		zhibu("serve", "--dir", dir).ends(t, 1, name, "zhibu restore")
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			t.Errorf("%s was made anew", name)
		}
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil { // an empty file is as bad
			t.Fatal(err)
		}
		if name == "zhibu.db" {
			zhibu("serve", "--dir", dir).ends(t, 1, "空的")
		}
	}
}
