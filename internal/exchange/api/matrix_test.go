package api_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
)

// try is one operation as the matrix asks it. thing is what {id} names: a member, an organisation, a batch, an event,
// a post, or "" where the operation names its place in the body. The bodies go as far as the decision and then break
// on a version nobody has or a field nobody accepts, so that the house stays as it is.
type try struct {
	method, path string
	thing        string
	action       access.Action
	resource     access.Resource
	body         func(h *house, m *mark) any
}

// mark is a place in the city with something of every sort.
type mark struct{ org, member, review, orgReview, dispute, batch, event, post, account, grant, branch, path, memberPath string }

func (m *mark) id(thing string) string {
	return map[string]string{"member": m.member, "review": m.review, "orgReview": m.orgReview, "dispute": m.dispute, "org": m.org, "batch": m.batch, "event": m.event, "post": m.post, "account": m.account, "grant": m.grant}[thing]
}

func fixed(body map[string]any) func(*house, *mark) any {
	return func(*house, *mark) any { return body }
}

var stale = map[string]any{"version": 999, "reason": "试"}

func with(more map[string]any) func(*house, *mark) any {
	b := map[string]any{}
	for k, v := range stale {
		b[k] = v
	}
	for k, v := range more {
		b[k] = v
	}
	return fixed(b)
}

// matrix lists every operation that has a place in the tree.
var matrix = []try{
	{"GET", "/organisations/{id}", "org", access.See, access.Org, nil},
	{"GET", "/organisations/{id}/history", "org", access.See, access.Org, nil},
	{"GET", "/organisations/{id}/posts", "org", access.See, access.Org, nil},
	{"GET", "/organisations/{id}/headcount", "org", access.List, access.Member, nil},
	{"POST", "/organisations", "", access.Establish, access.Org, func(_ *house, m *mark) any {
		return map[string]any{"parent": m.org, "code": "", "name": "试", "kind": "branch", "reason": "试"}
	}},
	{"PATCH", "/organisations/{id}", "org", access.Mend, access.Org, with(map[string]any{"unit": "试"})},
	{"POST", "/organisations/{id}/rename", "org", access.Rename, access.Org, with(map[string]any{"name": "试"})},
	{"POST", "/organisations/{id}/move", "org", access.Move, access.Org, with(map[string]any{"organisation": "nobody"})},
	{"POST", "/organisations/{id}/abolish", "org", access.Abolish, access.Org, with(nil)},
	{"POST", "/organisations/{id}/merge", "org", access.Abolish, access.Org, with(map[string]any{"organisation": "nobody"})},
	{"POST", "/organisations/{id}/split", "org", access.Establish, access.Org, with(map[string]any{"code": "066990", "name": "试", "members": []string{"nobody"}})},
	{"POST", "/organisations/{id}/reopen", "org", access.Abolish, access.Org, with(nil)},
	{"POST", "/organisations/{id}/name", "org", access.Rename, access.Org, with(map[string]any{"name": "试", "from": "2001-01-01", "until": "2002-01-01"})},
	{"GET", "/organisation-reviews/{id}", "orgReview", access.List, access.OrgChange, nil},
	{"POST", "/organisation-reviews/{id}/approve", "orgReview", access.Review, access.OrgChange, with(nil)},
	{"POST", "/organisation-reviews/{id}/return", "orgReview", access.Review, access.OrgChange, with(nil)},
	{"POST", "/organisations/{id}/posts", "org", access.Post, access.Org, fixed(map[string]any{"title": "emperor", "holder": "试", "reason": "试"})},
	{"GET", "/organisations/{id}/quality", "org", access.See, access.Quality, nil},
	{"GET", "/organisations/{id}/still-right", "org", access.Affirm, access.Member, nil},
	{"GET", "/organisations/{id}/stewards", "org", access.See, access.Org, nil},
	{"POST", "/organisations/{id}/stewards", "org", access.Mend, access.Steward, fixed(map[string]any{"kind": "basic", "level": "branch", "steward": "emperor", "reviewer": "reviewer", "from": "2030-01-01", "basis": "试"})},
	{"GET", "/organisations/{id}/local-rules", "org", access.See, access.Org, nil},
	{"POST", "/organisations/{id}/local-rules", "org", access.Propose, access.LocalRule, fixed(map[string]any{"kind": "parameter", "rule": "D-99", "parameter": "days", "value": "1", "from": "2030-01-01", "basis": "试"})},
	{"GET", "/organisations/{id}/standing", "org", access.List, access.Logbook, nil},
	{"GET", "/organisations/{id}/applicants", "org", access.List, access.Logbook, nil},
	{"POST", "/organisations/{id}/applicants", "org", access.Add, access.Logbook, fixed(map[string]any{"name": " "})},
	{"GET", "/organisations/{id}/dues", "org", access.List, access.Dues, nil},
	{"POST", "/organisations/{id}/payments", "org", access.Add, access.Dues, fixed(map[string]any{"payments": []any{}})},
	{"GET", "/organisations/{id}/assessments", "org", access.List, access.Dues, nil},
	{"POST", "/organisations/{id}/assessments", "org", access.Add, access.Dues, fixed(map[string]any{"items": []any{}})},
	{"GET", "/organisations/{id}/dues-year", "org", access.List, access.Dues, nil},
	{"POST", "/organisations/{id}/dues-year/close", "org", access.Add, access.Dues, fixed(map[string]any{"year": 2100})},
	{"POST", "/organisations/{id}/dues-year/reopen", "org", access.Add, access.Dues, fixed(map[string]any{"year": 2026, "version": 999, "reason": "试"})},
	{"POST", "/organisations/{id}/dues-outlays", "org", access.Add, access.Dues, fixed(map[string]any{"kind": "use", "year": 2026, "on": "2026-11-20", "sum": "0", "document": "试"})},
	{"GET", "/organisations/{id}/dues-shares", "org", access.List, access.Dues, nil},
	{"POST", "/organisations/{id}/dues-shares", "org", access.Decide, access.Dues, fixed(map[string]any{"kind": "branch", "from": 2000, "kept": 1, "basis": "试"})},
	{"GET", "/members/{id}/dues", "member", access.List, access.Dues, nil},
	{"POST", "/entries", "", access.Add, access.Logbook, func(_ *house, m *mark) any {
		return map[string]any{"organisation": m.org, "kind": "study", "on": "2026-11-20"}
	}},
	{"GET", "/organisations/{id}/admissions", "org", access.List, access.Logbook, nil},
	{"GET", "/organisations/{id}/admission-plan", "org", access.List, access.Logbook, nil},
	{"GET", "/organisations/{id}/helps", "org", access.List, access.Logbook, nil},
	{"POST", "/organisations/{id}/helps", "org", access.Help, access.Duty, fixed(map[string]any{"duty": "nap", "offer": "visit", "on": "2026-11-30"})},
	{"POST", "/waivers", "", access.Waive, access.Duty, func(_ *house, m *mark) any {
		return map[string]any{"organisation": m.org, "duty": "life.assembly", "due": "2001-03-31", "reason": "试"}
	}},
	{"POST", "/posts/{id}/end", "post", access.Post, access.Org, with(nil)},

	{"GET", "/members/{id}", "member", access.See, access.Member, nil},
	{"GET", "/members/{id}/sources", "member", access.See, access.Member, nil},
	{"GET", "/members/{id}/history", "member", access.See, access.Member, nil},
	{"POST", "/members/{id}/unite", "member", access.End, access.Member, with(map[string]any{"other": "nobody", "otherVersion": 1, "document": "试"})},
	{"POST", "/members/{id}/separate", "member", access.Restore, access.Member, fixed(map[string]any{"reason": "试"})},
	{"GET", "/members/{id}/facts", "member", access.See, access.Member, nil},
	{"POST", "/members/{id}/facts", "member", access.Mend, access.Member, fixed(map[string]any{"kind": "honour", "from": "1900-01-01", "text": "试"})},
	{"POST", "/members/{id}/retire-fact", "member", access.Mend, access.Member, with(map[string]any{"fact": "nobody"})},
	{"GET", "/members/{id}/still-right", "member", access.Affirm, access.Member, nil},
	{"POST", "/members/{id}/still-right", "member", access.Affirm, access.Member, fixed(map[string]any{"facts": []string{"emperor"}})},
	{"POST", "/members/{id}/changed", "member", access.Mend, access.Member, with(map[string]any{"occupation": "试"})},
	{"GET", "/members/{id}/looks", "member", access.List, access.Look, nil},
	{"POST", "/members", "", access.Add, access.Member, func(_ *house, m *mark) any {
		return map[string]any{"organisation": m.org, "name": "试", "reason": "试"}
	}},
	{"PATCH", "/members/{id}", "member", access.Mend, access.Member, with(map[string]any{"occupation": "试"})},
	{"POST", "/members/{id}/move", "member", access.Move, access.Member, with(map[string]any{"organisation": "nobody"})},
	{"POST", "/members/{id}/end", "member", access.End, access.Member, with(map[string]any{"kind": "died", "on": "2026-01-01"})},
	{"POST", "/members/{id}/restore", "member", access.Restore, access.Member, with(nil)},
	{"POST", "/members/{id}/reveal", "member", access.Reveal, access.Member, fixed(map[string]any{"purpose": "verify-identity", "fields": []string{"mobile"}})},

	{"GET", "/reviews/{id}", "review", access.See, access.Member, nil},
	{"POST", "/reviews/{id}/approve", "review", access.Review, access.Member, fixed(map[string]any{"version": 999})},
	{"POST", "/reviews/{id}/return", "review", access.Review, access.Member, with(nil)},
	{"POST", "/reviews/{id}/correct", "review", access.Review, access.Member, with(map[string]any{"occupation": "试"})},
	{"POST", "/members/{id}/disputes", "member", access.Add, access.Dispute, fixed(map[string]any{"field": "emperor", "text": "试"})},
	{"POST", "/organisations/{id}/disputes", "org", access.Add, access.Dispute, fixed(map[string]any{"text": " "})},
	{"GET", "/disputes/{id}", "dispute", access.List, access.Dispute, nil},
	{"GET", "/members/{id}/documents", "member", access.See, access.Document, nil},
	{"POST", "/members/{id}/documents", "member", access.Add, access.Document, func(*house, *mark) any { return raw{"image/png", []byte("no picture")} }},
	{"GET", "/members/{id}/documents/removed", "member", access.Remove, access.Document, nil},
	{"POST", "/members/{id}/handover", "member", access.Run, access.Document, fixed(map[string]any{"purpose": "emperor", "recipient": "试"})},

	{"POST", "/members/{id}/destroy", "member", access.Propose, access.Destruction, fixed(map[string]any{"class": "mistaken", "reason": "试"})},
	{"POST", "/members/{id}/lift-restriction", "member", access.Answer, access.Request, fixed(map[string]any{"reason": "试"})},

	{"GET", "/imports/{id}", "batch", access.List, access.Import, nil},
	{"GET", "/imports/{id}/problems", "batch", access.List, access.Import, nil},
	{"GET", "/imports/{id}/rejected-rows", "batch", access.Run, access.Import, nil},
	{"POST", "/imports/{id}/confirm", "batch", access.Run, access.Import, nil},
	{"POST", "/imports/{id}/discard", "batch", access.Run, access.Import, nil},
	{"POST", "/imports/{id}/undo", "batch", access.Undo, access.Import, fixed(map[string]any{"reason": "试"})},
	{"POST", "/imports", "", access.Run, access.Import, func(_ *house, m *mark) any { return raw{"text/csv", []byte("何,为\n1,2\n")} }},
	{"POST", "/exports", "", access.Run, access.Export, func(_ *house, m *mark) any {
		return map[string]any{"under": m.org, "purpose": "statistics", "format": "csv", "columns": []string{"name"}}
	}},
	{"GET", "/members/{id}/access", "member", access.List, access.Look, nil},
	{"GET", "/accounts/{id}", "account", access.See, access.Account, nil},
	{"GET", "/accounts/{id}/grants", "account", access.See, access.Account, nil},
	{"POST", "/accounts/{id}/grants", "account", access.Add, access.Granted, func(_ *house, m *mark) any {
		return map[string]any{"role": "emperor", "organisation": m.branch, "basis": "试"}
	}},
	{"POST", "/accounts/{id}/grants/{grant}/end", "account", access.Revoke, access.Granted, fixed(map[string]any{"reason": "试"})},
	{"GET", "/events/{id}", "event", access.List, access.Event, nil},
}

// placeless are the operations without a place; other tests look at them.
var placeless = []string{"GET /documents/{id}", "POST /documents/{id}/open", "GET /documents/{id}/pages/{page}", "POST /documents/{id}/remove", "POST /documents/{id}/back", "GET /uploads/{id}", "POST /uploads/{id}/retry", "DELETE /uploads/{id}", "GET /me/copy", "GET /me", "GET /me/looks", "GET /accounts", "GET /me/tokens", "DELETE /me/tokens/{id}", "GET /purposes", "GET /organisations", "GET /members", "GET /imports", "GET /events",
	"GET /me/requests", "POST /me/requests", "POST /me/requests/{id}/withdraw", "GET /requests", "GET /requests/{id}", "POST /requests/{id}/answer",
	"GET /retention/schedule", "GET /destructions", "GET /destructions/{id}", "POST /destructions/{id}/approve", "POST /destructions/{id}/refuse", "POST /destructions/{id}/withdraw", "GET /register",
	"GET /rules", "GET /rules/{id}", "POST /local-rules/{id}/approve", "POST /local-rules/{id}/refuse", "POST /local-rules/{id}/withdraw", "POST /local-rules/{id}/end",
	"GET /entries", "GET /entries/{id}", "POST /entries/{id}/correct", "POST /entries/{id}/withdraw", "GET /duties", "GET /admissions/{id}", "POST /admissions/{id}/steps", "POST /admissions/{id}/votes", "GET /admissions/{id}/records", "GET /admissions/{id}/objections", "POST /admissions/{id}/move", "POST /admissions/{id}/join",
	"POST /admission-records/{id}/decide", "POST /admission-records/{id}/correct", "POST /admission-records/{id}/withdraw", "POST /objections/{id}/answer", "POST /organisations/{id}/admission-plan", "POST /waivers/{id}/withdraw", "GET /payments/{id}", "POST /payments/{id}/withdraw", "GET /assessments/{id}", "POST /assessments/{id}/approve", "POST /assessments/{id}/refuse", "POST /assessments/{id}/revoke",
	"GET /meetings", "POST /meetings", "GET /meetings/{id}", "POST /meetings/{id}/cancel", "POST /meetings/{id}/attendance", "POST /meetings/{id}/notes", "POST /meetings/{id}/votes", "POST /meetings/{id}/resolutions", "POST /meetings/{id}/check", "POST /meetings/{id}/confirm",
	"GET /me/meetings", "GET /me/meetings/{id}", "POST /me/meetings/{id}/answer",
	"GET /votes/{id}", "POST /votes/{id}/count", "POST /votes/{id}/void",
	"GET /inbox", "POST /inbox/{id}/read", "POST /inbox/read", "GET /inbox/channels", "PATCH /inbox/channels/{id}", "GET /helps/{id}", "POST /helps/{id}/close",
	"GET /reviews", "GET /organisation-reviews", "POST /organisation-reviews/{id}/withdraw", "POST /stewards/{id}/end", "GET /disputes", "POST /disputes/{id}/settle", "POST /disputes/{id}/withdraw", "POST /reviews/{id}/withdraw", "POST /members/{id}/corrections", "POST /imports/{id}/approve-clean", "GET /imports/{id}/approve-clean"}

// TestEveryRouteIsInTheMatrix: whoever adds an operation says who may do it.
func TestEveryRouteIsInTheMatrix(t *testing.T) {
	h := found(t, storeSQLite())
	known := map[string]bool{}
	for _, p := range placeless {
		known[p] = true
	}
	for _, m := range matrix {
		known[m.method+" "+m.path] = true
	}
	for _, op := range operations(t, h.spec(t)) {
		if !known[op.method+" "+op.path] {
			t.Errorf("%s %s is in no test of rights", op.method, op.path)
		}
		delete(known, op.method+" "+op.path)
	}
	for left := range known {
		t.Errorf("%s is no operation", left)
	}
}

var update = flag.Bool("update", false, "write the golden files anew")

// matrixRoles are the columns of the file; a role's own place is where its first demo account holds it.
var matrixRoles = []string{"member", "branch-secretary", "branch-committee", "party-worker", "committee-secretary", "organisation-department", "reviewer", "system-admin", "security-admin", "auditor"}

// TestMatrix asks every operation as every role about the own place, the one above, one beside and one in another
// region. Each answer is held against the one table of rights: what is missing there answers as what does not exist, by
// status and body. And all of them against the file: o answered, x refused for what was sent, f the role may not, - not
// there. An operation that is added shows in it; a change of rights is a change of it.
func TestMatrix(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		nowhere := &mark{org: "01M00000000000000000000000", member: "01M00000000000000000000000", review: "01M00000000000000000000000", orgReview: "01M00000000000000000000000", dispute: "01M00000000000000000000000", batch: "01M00000000000000000000000",
			event: "01M00000000000000000000000", post: "01M00000000000000000000000", account: "01M00000000000000000000000", grant: "01M00000000000000000000000"}
		seen, at := map[int]int{}, map[string]*mark{}
		lines := map[string]string{}
		for _, role := range matrixRoles {
			person := h.people[role]
			marks := h.marks(t, person, at)
			for _, try := range matrix {
				missing, cell := h.try(t, role, try, nowhere), ""
				for i, m := range marks {
					if m == nil || try.thing != "" && m.id(try.thing) == "" {
						cell += "."
						continue
					}
					got := h.try(t, role, try, m)
					seen[got.status]++
					h.judge(t, fmt.Sprintf("%s %s %s at the place %d", role, try.method, try.path, i), try, m, person, got, missing)
					cell += letter(got.status)
				}
				lines[try.method+" "+try.path] += " " + cell
			}
			for _, op := range placeless {
				method, path, _ := strings.Cut(op, " ")
				lines[op] += " " + letter(h.as(t, role, method, strings.NewReplacer("{id}", nowhere.member, "{page}", "1").Replace(path), nil).status)
			}
		}
		for _, status := range []int{200, 403, 404, 409, 422} {
			if seen[status] < 20 {
				t.Errorf("%d answers of %d only: the matrix looks at too little: %v", seen[status], status, seen)
			}
		}
		golden(t, lines)
	})
}

func letter(status int) string {
	switch {
	case status < 300:
		return "o"
	case status == 403:
		return "f"
	case status == 404:
		return "-"
	}
	return "x"
}

// golden compares the matrix with the file.
func golden(t *testing.T, lines map[string]string) {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "operation | %s\nwith a place: own parent sibling other, . where there is none\n", strings.Join(matrixRoles, " "))
	for _, op := range slices.Sorted(maps.Keys(lines)) {
		fmt.Fprintf(&b, "%s |%s\n", op, lines[op])
	}
	const file = "testdata/matrix.txt"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
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
			t.Errorf("not in %s; if it is meant, go test ./internal/exchange/api -run Matrix -update:\n%s", file, line)
		}
		delete(known, line)
	}
	for line := range known {
		t.Errorf("only in %s: %s", file, line)
	}
}

func (h *house) try(t *testing.T, account string, x try, m *mark) answer {
	t.Helper()
	var body any
	if x.body != nil {
		body = x.body(h, m)
	}
	path := strings.NewReplacer("{id}", m.id(x.thing), "{grant}", m.grant).Replace(x.path)
	if path == "/imports" {
		path += "?org=" + m.org
	}
	return h.as(t, account, x.method, path, body)
}

// judge compares an answer with what the table of rights says of the place.
func (h *house) judge(t *testing.T, name string, x try, m *mark, p *access.Person, got, missing answer) {
	t.Helper()
	path, memberID := m.path, ""
	switch x.thing {
	case "member", "review", "dispute":
		path, memberID = m.memberPath, m.member
	case "account":
		path = m.memberPath
	}
	_, err := p.Allow(x.action, x.resource, path, memberID)
	need := p.Need(x.action, x.resource)
	switch {
	case fault.Of(err) == fault.NotFound, need != nil && got.status == missing.status:
		if got.status != missing.status || string(got.body) != string(missing.body) {
			t.Errorf("%s tells more than that it is missing: %d %s; missing: %d %s", name, got.status, got.body, missing.status, missing.body)
		}
	case err != nil:
		if got.status != 403 {
			t.Errorf("%s: %d, want 403: %s", name, got.status, got.body)
		} else if p := got.problem(t, 403); p.Rule == "" {
			t.Errorf("%s names no rule: %s", name, got.body)
		}
	case got.status == 401 || got.status == 403 || got.status == 404 || got.status >= 500:
		t.Errorf("%s: %d, may: %s", name, got.status, got.body)
	}
}

// marks are the four places as a role sees them, each with something of every sort; nil where there is none.
func (h *house) marks(t *testing.T, p *access.Person, at map[string]*mark) []*mark {
	t.Helper()
	own := p.Place()
	cut := func(path string) string {
		if i := strings.LastIndexByte(strings.TrimSuffix(path, "."), '.'); i >= 0 {
			return path[:i+1]
		}
		return ""
	}
	first := func(where string, args ...any) string {
		var path string
		query := "SELECT coalesce(min(path), '') FROM {org} o WHERE abolished_on = '' AND length(path) = ? AND EXISTS (SELECT 1 FROM {member} m WHERE m.org_path >= o.path AND m.org_path < substr(o.path, 1, length(o.path) - 1) || '/') AND " + where
		if _, err := h.in.DB.As(store.System("test")).One(t.Context(), query, append([]any{len(own)}, args...), &path); err != nil {
			t.Fatal(err)
		}
		return path
	}
	parent, region := cut(own), own
	for strings.Count(region, ".") > 2 {
		region = cut(region)
	}
	places := []string{own, parent, "", ""}
	if parent != "" {
		places[2] = first("path > ? AND path < ? AND path <> ?", parent, parent[:len(parent)-1]+"/", own)
		places[3] = first("NOT (path >= ? AND path < ?)", region, region[:len(region)-1]+"/")
	}
	out := make([]*mark, len(places))
	for i, path := range places {
		if path == "" {
			continue
		}
		except := "none"
		if path != own && strings.HasPrefix(own, path) { // what is above counts without what is one's own
			except = own
		}
		if at[path+except] == nil {
			at[path+except] = h.markAt(t, path, except)
		}
		out[i] = at[path+except]
	}
	return out
}

// mark is a place by its organisation.
func (h *house) mark(t *testing.T, org string) *mark {
	t.Helper()
	var path string
	if found, err := h.in.DB.As(store.System("test")).One(t.Context(), "SELECT path FROM {org} WHERE id = ?", []any{org}, &path); err != nil || !found {
		t.Fatal("no organisation", err)
	}
	return h.markAt(t, path, "none")
}

// markAt is a place by its path, leaving out what is below another.
func (h *house) markAt(t *testing.T, path, except string) *mark {
	t.Helper()
	ctx, read := t.Context(), h.in.DB.As(store.System("test"))
	m := &mark{path: path}
	if _, err := read.One(ctx, "SELECT id FROM {org} WHERE path = ?", []any{path}, &m.org); err != nil {
		t.Fatal(err)
	}
	// A member of whom no account of the demo is the own record.
	if _, err := read.One(ctx, "SELECT id, org_id, org_path FROM {member} WHERE org_path >= ? AND org_path < ? AND org_path NOT LIKE ? AND id NOT IN (SELECT member_id FROM {account}) ORDER BY org_path, id LIMIT 1",
		[]any{m.path, m.path[:len(m.path)-1] + "/", except + "%"}, &m.member, &m.branch, &m.memberPath); err != nil || m.member == "" {
		t.Fatal("no member at "+path, err)
	}
	m.account, m.grant = h.closedAccount(t, m.branch, m.memberPath)
	var version int64
	if _, err := read.One(ctx, "SELECT version FROM {member} WHERE id = ?", []any{m.member}, &version); err != nil {
		t.Fatal(err)
	}
	// A change that waits, proposed by nobody who is in the matrix.
	waiting, err := h.in.Reviews.About(ctx, read, m.member)
	if err == nil && len(waiting) == 0 {
		if _, _, err = h.in.Reviews.Mend(ctx, ledger.System("test"), m.member, version, map[roster.Column]string{roster.Occupation: "试"}, member.Basis{Reason: "试"}); err == nil {
			waiting, err = h.in.Reviews.About(ctx, read, m.member)
		}
	}
	if err != nil || len(waiting) == 0 {
		t.Fatal(err)
	}
	m.review = waiting[0].ID
	m.orgReview = h.planAt(t, m.org)
	doubts, err := h.in.Stewards.Of(ctx, read, m.member)
	if err != nil {
		t.Fatal(err)
	}
	if len(doubts) > 0 {
		m.dispute = doubts[0].ID
	} else if m.dispute, err = h.in.Stewards.Raise(ctx, ledger.System("test"), m.member, roster.Occupation, "试"); err != nil {
		t.Fatal(err)
	}
	if _, err := read.One(ctx, "SELECT id FROM {post} WHERE org_id = ? ORDER BY id LIMIT 1", []any{m.org}, &m.post); err != nil {
		t.Fatal(err)
	}
	// A checked batch, given by somebody who may import everywhere.
	o := h.as(t, "organisation-department", "POST", "/imports?dry_run=true&org="+m.org, h.roster(t, m.org, 1)).want(t, 201)
	m.batch = o.text("id")
	if _, err := read.One(ctx, "SELECT id FROM {act} WHERE org_path = ? ORDER BY id DESC LIMIT 1", []any{m.path}, &m.event); err != nil {
		t.Fatal(err)
	}
	return m
}

// planAt is an act on an organisation that waits, proposed by nobody who is in the matrix.
func (h *house) planAt(t *testing.T, id string) string {
	t.Helper()
	o, err := org.ByID(t.Context(), h.in.DB.As(store.System("test")), id)
	if err != nil {
		t.Fatal(err)
	}
	plan := org.Plan{Kind: org.ActEstablish, ID: id, Code: "M" + o.Code, Name: "试", Sort: org.PartyGroup, Basis: org.Basis{On: civil.Today(h.in.Clock), Reason: "试", Document: "试"}}
	if below := o.Kind.Below(); len(below) > 0 {
		plan.Sort = below[0]
	}
	waiting, err := h.in.Reviews.OrgsAbout(t.Context(), h.in.DB.As(store.System("test")), id)
	if err != nil {
		t.Fatal(err)
	}
	if len(waiting) > 0 {
		return waiting[0].ID
	}
	out, err := h.in.Reviews.ProposeOrg(t.Context(), ledger.System("test"), plan, o.Version, "")
	if err != nil {
		t.Fatal(err)
	}
	return out.ID
}

// closedAccount is an account in a branch that nobody works with, with a role that has been taken back.
func (h *house) closedAccount(t *testing.T, branch, path string) (account, grant string) {
	t.Helper()
	login := "matrix" + strings.ReplaceAll(strings.TrimSuffix(path, "."), ".", "-")
	p, err := h.in.Access.Named(t.Context(), login)
	if err != nil {
		n := access.NewAccount{Login: login, Name: "无角色" + login, Org: branch, Grants: []access.NewGrant{{Role: access.BranchCommittee, Org: branch, Basis: "试"}}}
		if _, err := h.in.Access.Install(t.Context(), ledger.System("test"), []access.Installed{{NewAccount: n}}); err != nil {
			t.Fatal(err)
		}
		if p, err = h.in.Access.Named(t.Context(), login); err != nil {
			t.Fatal(err)
		}
		if err := h.in.Access.Revoke(t.Context(), h.people["organisation-department"], "test", p.Account, p.Grants[0].ID, "试"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.in.DB.As(store.System("test")).One(t.Context(), "SELECT id FROM {grant} WHERE account_id = ?", []any{p.Account}, &grant); err != nil {
		t.Fatal(err)
	}
	return p.Account, grant
}
