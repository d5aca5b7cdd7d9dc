package web

import (
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
)

var update = flag.Bool("update", false, "write the golden files anew")

// mark is a place of the tree with something of every sort that an address can name.
type mark struct{ org, path, member, memberPath, account, act, post, orgReview string }

// matrixRoles are all roles; a role's own place is where its first demo account holds it.
var matrixRoles = []string{"member", "branch-secretary", "branch-committee", "party-worker", "committee-secretary", "organisation-department", "reviewer", "system-admin", "security-admin", "auditor"}

var matrixPlaces = []string{"own", "parent", "sibling", "other"}

// leavesOut are the routes that end the session they are asked with.
var leavesOut = []string{"POST /sign-out"}

// TestMatrixOfRoutes asks every registered route as every role about the own place, the one above, one beside and one
// in another region, forms included, and compares with the file: o answered, > led on, x refused for what was sent,
// f the role may not, - not there. A route that is added shows in the file; a change of rights is a change of it.
// Whatever the table of rights calls missing is never answered otherwise, whatever the file says.
func TestMatrixOfRoutes(t *testing.T) {
	c := house(t)
	var b strings.Builder
	fmt.Fprintf(&b, "route | %s\n", strings.Join(matrixRoles, " "))
	fmt.Fprintf(&b, "with a place in the address: %s, . where the role has no such place\n", strings.Join(matrixPlaces, " "))
	marks := map[string][]*mark{}
	for _, role := range matrixRoles {
		marks[role] = c.marksOf(t, role)
	}
	patterns := slices.Clone(c.server.patterns)
	slices.Sort(patterns)
	for _, pattern := range patterns {
		method, path, found := strings.Cut(pattern, " ")
		if !found || slices.Contains(leavesOut, pattern) {
			continue
		}
		var cells []string
		for _, role := range matrixRoles {
			who := c.signedIn(t, role)
			if !strings.Contains(path, "{") || strings.HasPrefix(path, "/help/") {
				cells = append(cells, c.letter(t, who, method, path, nil))
				continue
			}
			cell := ""
			for i, m := range marks[role] {
				if m == nil {
					cell += "."
					continue
				}
				letter := c.letter(t, who, method, filled(path, m), m)
				c.judge(t, fmt.Sprintf("%s as %s at the %s place", pattern, role, matrixPlaces[i]), role, path, m, letter)
				cell += letter
			}
			cells = append(cells, cell)
		}
		fmt.Fprintf(&b, "%s | %s\n", pattern, strings.Join(cells, " "))
	}
	const file = "testdata/matrix.txt"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, line := range strings.Split(string(want), "\n") {
		known[line] = true
	}
	for _, line := range strings.Split(b.String(), "\n") {
		if !known[line] {
			t.Errorf("not in %s; if it is meant, go test ./internal/web -run MatrixOfRoutes -update:\n%s", file, line)
		}
		delete(known, line)
	}
	for line := range known {
		t.Errorf("only in %s: %s", file, line)
	}
}

// filled puts a place's things into an address.
func filled(path string, m *mark) string {
	id := nobody
	switch {
	case strings.HasPrefix(path, "/members/"), strings.HasPrefix(path, "/admissions/"):
		id = m.member
	case strings.HasPrefix(path, "/organisations/"):
		id = m.org
	case strings.HasPrefix(path, "/accounts/"):
		id = m.account
	case strings.HasPrefix(path, "/audit/"):
		id = m.act
	case strings.HasPrefix(path, "/org-reviews/"):
		id = m.orgReview
	}
	path = strings.NewReplacer("{id}", id, "{fact}", "work", "{post}", m.post, "{$}", "").Replace(path)
	for strings.Contains(path, "{") { // a part that is no place of the tree
		from, to := strings.IndexByte(path, '{'), strings.IndexByte(path, '}')
		path = path[:from] + nobody + path[to+1:]
	}
	return path
}

// letter asks and says in one sign what came back. A form names the place's things, so that what an address hides a
// field does not open, and breaks on a version nobody has.
func (c *city) letter(t *testing.T, who *browser, method, path string, m *mark) string {
	t.Helper()
	path = strings.ReplaceAll(path, "{$}", "")
	path = strings.ReplaceAll(path, "{topic}", "import")
	var body url.Values
	if method == http.MethodPost {
		body = url.Values{"form-version": {"999"}}
		if m != nil {
			body.Set("org-id", m.org)
			body.Set("target-id", m.org)
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), method, c.url+path, strings.NewReader(body.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", c.url)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	res, err := who.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close() // of a stream only the head
	switch s := res.StatusCode; {
	case s >= 500 && s != http.StatusServiceUnavailable:
		t.Errorf("%s %s: %d", method, path, s)
		return "!"
	case s >= 200 && s < 300:
		return "o"
	case s == http.StatusSeeOther:
		return ">"
	case s == http.StatusForbidden:
		return "f"
	case s == http.StatusNotFound:
		return "-"
	}
	return "x"
}

// judge holds an answer against the table of rights.
func (c *city) judge(t *testing.T, what, role, path string, m *mark, letter string) {
	t.Helper()
	p, err := c.in.Access.Named(t.Context(), c.account(role, 1).Account)
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case strings.HasPrefix(path, "/members/{id}"):
		_, err = p.Allow(access.See, access.Member, m.memberPath, m.member)
	case strings.HasPrefix(path, "/organisations/{id}"):
		_, err = p.Allow(access.See, access.Org, m.path, "")
	case strings.HasPrefix(path, "/accounts/{id}"):
		_, err = p.Allow(access.See, access.Account, m.path, "")
	default:
		return
	}
	if fault.Of(err) == fault.NotFound && letter != "-" && letter != "f" {
		t.Errorf("%s: %s, and the table says it is not there", what, letter)
	}
}

// marksOf are the four places as a role sees them; nil where there is none.
func (c *city) marksOf(t *testing.T, role string) []*mark {
	t.Helper()
	p, err := c.in.Access.Named(t.Context(), c.account(role, 1).Account)
	if err != nil {
		t.Fatal(err)
	}
	own := p.Place()
	cut := func(path string) string {
		if i := strings.LastIndexByte(strings.TrimSuffix(path, "."), '.'); i >= 0 {
			return path[:i+1]
		}
		return ""
	}
	parent, region := cut(own), own
	for strings.Count(region, ".") > 2 {
		region = cut(region)
	}
	first := func(where string, args ...any) string {
		var path string
		if _, err := c.in.DB.As(store.System("test")).One(t.Context(), "SELECT coalesce(min(path), '') FROM {org} WHERE abolished_on = '' AND "+where, args, &path); err != nil {
			t.Fatal(err)
		}
		return path
	}
	places := []string{own, parent, "", ""}
	if parent != "" {
		places[2] = first("path > ? AND path < ? AND length(path) = ? AND path <> ?", parent, parent[:len(parent)-1]+"/", len(own), own)
		places[3] = first("length(path) = ? AND NOT (path >= ? AND path < ?)", len(own), region, region[:len(region)-1]+"/")
	}
	out := make([]*mark, len(places))
	for i, path := range places {
		if path != "" {
			out[i] = c.markAt(t, path)
		}
	}
	return out
}

func (c *city) markAt(t *testing.T, path string) *mark {
	t.Helper()
	m := &mark{path: path, member: nobody, memberPath: path, account: nobody, act: nobody, post: nobody}
	read := c.in.DB.As(store.System("test"))
	end := path[:len(path)-1] + "/"
	for _, q := range []struct {
		query string
		args  []any
		into  []any
	}{
		{"SELECT id FROM {org} WHERE path = ?", []any{path}, []any{&m.org}},
		{"SELECT id, org_path FROM {member} WHERE org_path >= ? AND org_path < ? AND state = 'active' AND id NOT IN (SELECT member_id FROM {account}) ORDER BY org_path, id LIMIT 1", []any{path, end}, []any{&m.member, &m.memberPath}},
		{"SELECT id FROM {act} WHERE org_path = ? ORDER BY id LIMIT 1", []any{path}, []any{&m.act}},
		{"SELECT id FROM {post} WHERE org_path = ? AND to_on = '' ORDER BY id LIMIT 1", []any{path}, []any{&m.post}},
	} {
		if _, err := read.One(t.Context(), q.query, q.args, q.into...); err != nil {
			t.Fatal(err)
		}
	}
	m.account = c.closedAccount(t, path, m.org)
	m.orgReview = c.planAt(t, m.org)
	return m
}

// planAt is an act on an organisation that waits, proposed by nobody who is in the matrix.
func (c *city) planAt(t *testing.T, id string) string {
	t.Helper()
	all := c.in.DB.As(store.System("test"))
	waiting, err := c.in.Reviews.OrgsAbout(t.Context(), all, id)
	if err != nil {
		t.Fatal(err)
	}
	if len(waiting) > 0 {
		return waiting[0].ID
	}
	o, err := org.ByID(t.Context(), all, id)
	if err != nil {
		t.Fatal(err)
	}
	plan := org.Plan{Kind: org.ActEstablish, ID: id, Code: "M" + o.Code, Name: "试", Sort: org.PartyGroup, Basis: org.Basis{On: civil.Today(c.in.Clock), Reason: "试", Document: "试"}}
	if below := o.Kind.Below(); len(below) > 0 {
		plan.Sort = below[0]
	}
	out, err := c.in.Reviews.ProposeOrg(t.Context(), ledger.System("test"), plan, o.Version, "")
	if err != nil {
		t.Fatal(err)
	}
	return out.ID
}

// closedAccount is an account at a place that nobody works with.
func (c *city) closedAccount(t *testing.T, path, org string) string {
	t.Helper()
	login := "matrix" + strings.ReplaceAll(strings.TrimSuffix(path, "."), ".", "-")
	if p, err := c.in.Access.Named(t.Context(), login); err == nil {
		return p.Account
	}
	ids, err := c.in.Access.Install(t.Context(), ledger.System("test"), []access.Installed{{NewAccount: access.NewAccount{Login: login, Name: "无角色" + login, Org: org}}})
	if err != nil {
		t.Fatal(err)
	}
	return ids[0]
}
