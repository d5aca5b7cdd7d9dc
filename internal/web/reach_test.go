package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"zhibu/internal/web/view"
)

var (
	regexpNext   = regexp.MustCompile(`href="([^"]*)" rel="next"`)
	regexpPrev   = regexp.MustCompile(`href="([^"]*)" rel="prev"`)
	regexpMember = regexp.MustCompile(`/members/[0-9A-Z]{26}`)
	regexpFact   = regexp.MustCompile(`/members/[0-9A-Z]{26}/facts/[0-9A-Z]{26}`)
	regexpID     = regexp.MustCompile(`\b66\d{15}[\dX]\b`)
)

// rows are the records that a list links to, in order.
func rows(page string) string { return strings.Join(regexpMember.FindAllString(page, -1), " ") }

// TestWhoMayOpenWhat walks every page as every role: 2 it opens, 3 it leads elsewhere, 403 the role may not, 404 it is
// not there for this person.
func TestWhoMayOpenWhat(t *testing.T) {
	c := house(t)
	m := c.memberOf(t, 1, 2)
	branch := c.orgNamed(t, c.account("branch-secretary", 1).Organisation)
	post := c.postOf(t, branch)
	roles := []string{"member", "branch-secretary", "branch-committee", "party-worker", "committee-secretary", "organisation-department", "reviewer", "system-admin", "security-admin", "auditor"}
	one, org := view.PathMember(m.ID), view.PathOrg(branch.ID)
	for _, row := range []struct {
		path string
		want string // one letter a role, in the order above: o opens, > leads elsewhere, f forbidden, - not there
	}{
		{"/", ">ooooooooo"},
		{"/members", ">ooooo" + "offf"},
		{"/members/new", "fofo" + "fo" + "ffff"},
		{one, "-oooooofff"[:7] + "fff"},
		{one + "/looks", "-ofo" + "oo" + "ffff"},
		{one + "/reveal", "-oooooofff"[:7] + "fff"},
		{one + "/mend/work", "-ofo" + "fo" + "ffff"},
		{one + "/mend/nothing", "--f-" + "f-" + "ffff"},
		{one + "?as_of=2025-07-01", "-oooooofff"[:7] + "fff"},
		{one + "?known_at=2026-11-22", "-" + "uuuuuu" + "fff"},
		{one + "/history/work", "-oooooofff"[:7] + "fff"},
		{one + "/history/landline", "-oooooofff"[:7] + "fff"},
		{one + "/history/notes", "----------"[:7] + "fff"},
		{one + "/facts", "-ofo" + "fo" + "ffff"},
		{one + "/facts/" + nobody, "--f-" + "f-" + "ffff"},
		{one + "/move", "-ffo" + "fo" + "ffff"},
		{one + "/end", "-ffo" + "fo" + "ffff"},
		{one + "/restore", "-ffo" + "fo" + "ffff"},
		{"/organisations", "oooooooooo"},
		{org, "oooooooooo"},
		{org + "?as_of=2025-07-01", "oooooooooo"},
		{org + "/children?as_of=2025-07-01", "oooooooooo"},
		{"/organisations?as_of=2025-07-01", "oooooooooo"},
		{org + "/children", "oooooooooo"},
		{org + "/establish", "fffo" + "fo" + "ffff"},
		{org + "/rename", "fffo" + "fo" + "ffff"},
		{org + "/facts", "fofo" + "fo" + "ffff"},
		{org + "/move", "fffo" + "fo" + "ffff"},
		{org + "/abolish", "fffo" + "fo" + "ffff"},
		{org + "/merge", "fffo" + "fo" + "ffff"},
		{org + "/split", "fffo" + "fo" + "ffff"},
		{org + "/name", "fffo" + "fo" + "ffff"},
		{org + "/post", "fofo" + "fo" + "ffff"},
		{org + "/post/" + post + "/end", "fofo" + "fo" + "ffff"},
		{"/organisations/find?q=x", ">>>>>>>>>>"},
		{"/me/account", "oooooooooo"},
		{"/inbox", "oooooooooo"},
		{"/display", "oooooooooo"},
		{"/password", "oooooooooo"},
		{"/no-such-page", "----------"},
	} {
		for i, role := range roles {
			b := c.signedIn(t, role)
			got := b.get(row.path)
			letter := map[int]string{200: "o", 303: ">", 403: "f", 404: "-", 422: "u"}[got.status]
			if want := row.want[i : i+1]; letter != want {
				t.Errorf("%s opens %s: %d (%s), want %s", role, row.path, got.status, letter, want)
			}
			if strings.Count(got.body, "<h1") != 1 && got.status != http.StatusSeeOther {
				t.Errorf("%s %s: no heading", role, row.path)
			}
		}
	}
}

// nobody is well-formed and nobody's.
const nobody = "01JAAAAAAAAAAAAAAAAAAAAAAA"

func TestOutOfScopeAnswersAsIfItDidNotExist(t *testing.T) {
	c := house(t)
	theirs := c.memberOf(t, 1, 2)
	branch := c.orgNamed(t, c.account("branch-secretary", 1).Organisation)
	post := c.postOf(t, branch)
	for _, role := range []string{"branch-secretary", "branch-committee", "member", "auditor"} {
		n := 1
		if role == "branch-secretary" {
			n = 2
		}
		if role == "branch-committee" || role == "member" {
			continue // they are of the same branch as the record; the other branch's secretary stands for all
		}
		b := c.as(t, role, n)
		same := func(kind string, seen, unseen answer, ids ...string) {
			t.Helper()
			a, z := blank(seen, ids[0]), blank(unseen, ids[1])
			if a != z {
				t.Errorf("%s: %s tells the two apart:\n%s\n%s", role, kind, a, z)
			}
			if role == "branch-secretary" && seen.status != http.StatusNotFound {
				t.Errorf("%s: %s answers %d", role, kind, seen.status)
			}
		}
		for _, rest := range []string{"", "/reveal", "/reveal?what=idno", "/looks", "/move", "/end", "/restore", "?as_of=2025-07-01", "/history/work", "/facts", "/facts/" + nobody, "/mend/name", "/mend/phone", "/mend/nothing"} {
			same("GET /members/…"+rest, b.get("/members/"+theirs.ID+rest), b.get("/members/"+nobody+rest), theirs.ID, nobody)
		}
		for _, rest := range []string{"/reveal", "/move", "/end", "/restore", "/facts", "/facts/" + nobody, "/mend/name"} {
			f := url.Values{"value": {"x"}, "what": {"idno"}, "purpose": {"contact"}, "reason": {"x"}, "source": {"党员档案"}, "kind": {"died"}, view.FieldVersion: {"1"}}
			same("POST /members/…"+rest, b.post("/members/"+theirs.ID+rest, f), b.post("/members/"+nobody+rest, f), theirs.ID, nobody)
		}
		if role == "auditor" {
			continue // organisations are within an auditor's reach
		}
		for _, rest := range []string{"", "/children", "/establish", "/rename", "/facts", "/move", "/abolish", "/reopen", "/merge", "/split", "/name", "/post", "/post/" + post + "/end"} {
			same("GET /organisations/…"+rest, b.get("/organisations/"+branch.ID+rest), b.get("/organisations/"+nobody+rest), branch.ID, nobody)
		}
		for _, rest := range []string{"/establish", "/rename", "/facts", "/move", "/abolish", "/reopen", "/merge", "/split", "/name", "/post", "/post/" + post + "/end"} {
			f := url.Values{"name": {"x"}, "day": {"2026-11-01"}, "reason": {"x"}, "target": {nobody}, view.FieldVersion: {"1"}}
			same("POST /organisations/…"+rest, b.post("/organisations/"+branch.ID+rest, f), b.post("/organisations/"+nobody+rest, f), branch.ID, nobody)
		}
		same("the list of", b.get("/members?org="+branch.ID), b.get("/members?org="+nobody), branch.ID, nobody)
		same("page behind", b.get("/members?after="+theirs.ID), b.get("/members?after="+nobody), theirs.ID, nobody)
		same("new member in", b.get("/members/new?org="+branch.ID), b.get("/members/new?org="+nobody), branch.ID, nobody)
	}
}

func TestPickersFindNothingOutOfScope(t *testing.T) {
	c := house(t)
	branch := c.orgNamed(t, c.account("branch-secretary", 1).Organisation)
	other := c.as(t, "branch-secretary", 2)
	find := func(b *browser, typed string) answer {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.url+"/organisations/find?field=org&org="+url.QueryEscape(typed), nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("HX-Request", "true")
		return b.do(r)
	}
	for _, typed := range []string{branch.Code, branch.ShortName, branch.Name} {
		if got := find(other, typed); got.status != http.StatusOK || strings.Contains(got.body, "<option") {
			t.Errorf("%q offers %q", typed, got.body)
		}
		if got := find(c.as(t, "party-worker", 1), typed); !strings.Contains(got.body, branch.Code) {
			t.Errorf("the town's worker is offered %q", got.body)
		}
	}
	f := form(t, other.see("/members"), "/members")
	var answers []string
	for _, typed := range []string{branch.Code, "999999999999"} {
		f.Set("org", typed)
		got := other.post("/members", f)
		got.body = strings.ReplaceAll(got.body, typed, "TYPED")
		answers = append(answers, blank(got, typed))
	}
	if answers[0] != answers[1] {
		t.Error("a code out of scope is answered otherwise than one that does not exist")
	}
}

var randomToken = regexp.MustCompile(`name="form-token" value="[^"]*"`)

// blank takes out of an answer what names the request, and the address that was asked for.
func blank(a answer, id string) string {
	body := strings.ReplaceAll(a.body, id, "ID")
	if a.status != http.StatusNotFound { // the page of what is missing has to be the same even in its token
		body = randomToken.ReplaceAllString(body, "")
	}
	return http.StatusText(a.status) + " " + a.to + " " + a.head.Get("Cache-Control") + a.head.Get("Content-Type") + number.ReplaceAllString(body, "NUMBER")
}

var (
	regexpPostEnd  = regexp.MustCompile(`/organisations/[0-9A-Z]{26}/post/[0-9A-Z]{26}/end`)
	regexpChildren = regexp.MustCompile(`/organisations/[0-9A-Z]{26}/children`)
)
