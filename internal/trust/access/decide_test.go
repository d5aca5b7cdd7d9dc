package access_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The matrix shows a reviewer what every role may do: at its own place, above, beside and elsewhere. A change of
// rights is a change of the golden file.
func TestMatrix(t *testing.T) {
	var b strings.Builder
	b.WriteString("role | rule resource action | own parent sibling other\n")
	for _, role := range access.Roles() {
		p := holder(role)
		for _, r := range access.Rules() {
			var cells []string
			for _, at := range placesOf(role) {
				member := ""
				if r.Resource == access.Member || r.Resource == access.Look {
					member = "somebody"
				}
				cells = append(cells, cell(p.Allow(r.Action, r.Resource, at, member)))
			}
			fmt.Fprintf(&b, "%s | %s %s %s | %s\n", role, r.ID, r.Resource, r.Action, strings.Join(cells, "; "))
		}
		for _, a := range []access.Action{access.See, access.Reveal, access.Mend, access.Move, access.End, access.Restore, access.Review} {
			own := holder(role)
			own.Member, own.MemberPath = "me", "0001.0001.0001."
			fmt.Fprintf(&b, "%s | own record member %s | %s\n", role, a, cell(own.Allow(a, access.Member, own.MemberPath, "me")))
		}
	}
	golden(t, "testdata/matrix.txt", b.String())
}

// holder holds one role: branch roles at a branch, committee roles at a town, administrators at a town too.
func holder(role access.Role) *access.Person {
	return &access.Person{Account: "a", State: access.Active, Grants: []access.Grant{{ID: "g", Role: role, Path: placesOf(role)[0], From: civil.MustParse("2026-01-01")}}}
}

func placesOf(role access.Role) []string {
	if role.Fits("branch") && !role.Fits("committee") {
		return []string{"0001.0001.0001.", "0001.0001.", "0001.0001.0002.", "0001.0002.0001."}
	}
	return []string{"0001.0001.", "0001.", "0001.0002.", "0002."}
}

func cell(d access.Decision, err error) string {
	switch f := fault.As(err); {
	case err == nil:
		return strings.TrimSpace("yes " + d.Mask.String())
	case f != nil && f.Kind == fault.Forbidden:
		return "no " + f.Rule
	case f != nil && f.Kind == fault.NotFound:
		return "-"
	}
	return "ERROR " + err.Error()
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	a, b := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for i := 0; i < len(a) || i < len(b); i++ {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			t.Fatalf("%s line %d differs; if the change is meant, run with -update:\nwant %q\ngot  %q", file, i+1, at(a, i), at(b, i))
		}
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(end)"
}

func TestAdministratorsSeeNoMember(t *testing.T) {
	for _, role := range []access.Role{access.SystemAdmin, access.SecurityAdmin, access.Auditor} {
		p := holder(role)
		for _, r := range access.Rules() {
			d, err := p.Allow(r.Action, r.Resource, "0001.0001.", "somebody")
			if about := slices.Contains([]access.Resource{access.Member, access.Look, access.Import, access.Export}, r.Resource); about && err == nil {
				t.Errorf("%s may %s %s", role, r.Action, r.Resource)
			}
			if d.Mask != access.NoClass {
				t.Errorf("%s gets %s by %s", role, d.Mask, r.ID)
			}
		}
	}
}

// No power is in two of the three hands that could use it against the third.
func TestThreePowersAreApart(t *testing.T) {
	may := func(role access.Role, a access.Action, r access.Resource) bool { return holder(role).May(a, r) }
	for _, c := range []struct {
		role     access.Role
		action   access.Action
		resource access.Resource
		want     bool
	}{
		{access.SystemAdmin, access.Run, access.Backup, true},
		{access.SystemAdmin, access.Add, access.Granted, false},
		{access.SystemAdmin, access.IssueSlip, access.Account, false},
		{access.SystemAdmin, access.Unlock, access.Account, false},
		{access.SystemAdmin, access.See, access.Audit, false},
		{access.SecurityAdmin, access.Add, access.Granted, true},
		{access.SecurityAdmin, access.Add, access.Account, false},
		{access.SecurityAdmin, access.See, access.Audit, false},
		{access.SecurityAdmin, access.Run, access.Backup, false},
		{access.Auditor, access.Verify, access.Audit, true},
		{access.Auditor, access.Lock, access.Account, false},
		{access.Auditor, access.Add, access.Granted, false},
		{access.Auditor, access.Mend, access.Setting, false},
	} {
		if got := may(c.role, c.action, c.resource); got != c.want {
			t.Errorf("%s %s %s: %v", c.role, c.action, c.resource, got)
		}
	}
}

func TestMaskIsTheUnionOfTheGrantsThatHoldTheRecord(t *testing.T) {
	p := &access.Person{Grants: []access.Grant{
		{ID: "1", Role: access.BranchCommittee, Path: "0001.0001.0001."},
		{ID: "2", Role: access.CommitteeSecretary, Path: "0001.0002."},
	}}
	if got, want := p.Mask("0001.0001.0001.", "x"), access.WorkMask|access.ContactClass; got != want {
		t.Errorf("in the branch: %s, want %s", got, want)
	}
	if got := p.Mask("0001.0002.0007.", "x"); !got.Has(access.IdentityClass) || got.Has(access.NotesClass) {
		t.Errorf("in the town: %s", got)
	}
	if got := p.Mask("0001.0003.", "x"); got != access.NoClass {
		t.Errorf("elsewhere: %s", got)
	}
}

func TestWhyNamesGrantAndRule(t *testing.T) {
	p := &access.Person{Member: "me", MemberPath: "0001.0001.0001.", Grants: []access.Grant{{ID: "g7", Role: access.BranchSecretary, Path: "0001.0001.0001."}}}
	why := p.Why("0001.0001.0001.", "me")
	if len(why) != 2 || why[0].Rule != access.RuleOwn || why[1].Rule != "A-22" || why[1].Grant.ID != "g7" || why[1].Mask != access.EveryMask {
		t.Fatalf("%+v", why)
	}
	if why := p.Why("0001.0001.0002.", "x"); why != nil {
		t.Fatalf("of a record out of scope: %+v", why)
	}
}

func TestWithoutAPasswordNothingElse(t *testing.T) {
	p := holder(access.BranchSecretary)
	p.First = true
	_, err := p.Allow(access.See, access.Member, "0001.0001.0001.", "x")
	if f := fault.As(err); f == nil || f.Rule != access.RuleFirst || p.May(access.See, access.Member) {
		t.Fatalf("%v", err)
	}
	if _, err := p.Scope(access.See, access.Member); fault.Of(err) != fault.Forbidden {
		t.Fatalf("scope: %v", err)
	}
}

// The decision about one row and the filter of a query say the same of every row, whatever grants somebody holds:
// rows are taken from the database through the scope and compared with Allow asked row by row.
func TestScopeAndDecisionAgree(t *testing.T) {
	h := sqlite(t)
	type row struct{ id, path string }
	all := map[access.Resource][]row{}
	h.ok(h.ledger.Do(h.ctx, ledger.System("test"), ledger.Act{Kind: "test.grow"}, func(tx *store.Tx) error {
		for i := range 3 {
			for j := range 3 {
				town := fmt.Sprintf("0007.%04d.", i)
				branch := fmt.Sprintf("%s%04d.", town, j)
				id := fmt.Sprintf("b%d%d", i, j)
				if err := h.org(tx, id, branch, "branch", "支部"+id); err != nil {
					return err
				}
				if err := h.member(tx, "m"+id, id, branch, "党员"); err != nil {
					return err
				}
			}
		}
		return nil
	}))
	paths := []string{"0007.", "0001."}
	for resource, query := range map[access.Resource]string{access.Org: "SELECT id, path FROM {org}", access.Member: "SELECT id, org_path FROM {member}"} {
		h.ok(h.db.As(store.System("test")).Each(h.ctx, query, nil, func(r store.Row) error {
			var x row
			err := r.Scan(&x.id, &x.path)
			all[resource] = append(all[resource], x)
			paths = append(paths, x.path)
			return err
		}))
	}
	decisions := 0
	check := func(t *rapid.T) {
		p := &access.Person{Account: "a", State: access.Active}
		if own := rapid.IntRange(-1, len(all[access.Member])-1).Draw(t, "own"); own >= 0 {
			p.Member, p.MemberPath = all[access.Member][own].id, all[access.Member][own].path
		}
		for i := range rapid.IntRange(0, 4).Draw(t, "grants") {
			p.Grants = append(p.Grants, access.Grant{ID: fmt.Sprint(i), Role: rapid.SampledFrom(access.Roles()).Draw(t, "role"), Path: rapid.SampledFrom(paths).Draw(t, "path")})
		}
		for _, c := range []struct {
			resource access.Resource
			query    string
		}{{access.Org, "SELECT id FROM {org}"}, {access.Member, "SELECT id FROM {member}"}} {
			for _, rule := range access.Rules() {
				if rule.Resource != c.resource {
					continue
				}
				seen := map[string]bool{}
				scope, err := p.Scope(rule.Action, rule.Resource)
				if err == nil && !scope.Empty() {
					if err := h.db.As(scope).Each(h.ctx, c.query, nil, func(r store.Row) error {
						var id string
						err := r.Scan(&id)
						seen[id] = true
						return err
					}); err != nil {
						t.Fatal(err)
					}
				}
				for _, x := range all[c.resource] {
					member := ""
					if c.resource == access.Member {
						member = x.id
					}
					decisions++
					_, err := p.Allow(rule.Action, rule.Resource, x.path, member)
					if f := fault.As(err); f != nil && f.Rule == access.RuleNotOwn {
						continue // who may change others may not change himself: the one row a filter does not know of
					}
					if seen[x.id] != (err == nil) {
						t.Fatalf("%s %s %s at %s: the scope says %v, the decision %v; grants %+v, own %q", rule.ID, rule.Resource, rule.Action, x.path, seen[x.id], err, p.Grants, p.Member)
					}
				}
			}
		}
		seen := map[string]bool{}
		if scope := p.Actor("r").Scope; !scope.Empty() {
			if err := h.db.As(scope).Each(h.ctx, "SELECT id FROM {member}", nil, func(r store.Row) error {
				var id string
				err := r.Scan(&id)
				seen[id] = true
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		for _, x := range all[access.Member] {
			if may := p.Mask(x.path, x.id) != access.NoClass; may != seen[x.id] {
				t.Fatalf("the actor reads %s: %v, may see it: %v; grants %+v, own %q", x.path, seen[x.id], may, p.Grants, p.Member)
			}
		}
	}
	for decisions < 30000 && !t.Failed() {
		rapid.Check(t, check)
	}
}
