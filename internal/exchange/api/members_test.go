package api_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"zhibu/internal/store"
)

// TestMembersAreListedToTheEnd: in pages of any size everybody is there once, in the same order.
func TestMembersAreListedToTheEnd(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var everybody []string
		for _, limit := range []int{200, 7} {
			var ids []string
			seen := map[string]bool{}
			for _, m := range h.all(t, "organisation-department", "/members", limit) {
				if seen[m.text("id")] {
					t.Fatalf("%s twice", m.text("id"))
				}
				seen[m.text("id")] = true
				ids = append(ids, m.text("id"))
			}
			if len(ids) != 300 {
				t.Fatalf("%d members by %d", len(ids), limit)
			}
			if everybody != nil && !slices.Equal(everybody, ids) {
				t.Error("another order with another limit")
			}
			everybody = ids
		}
		orgs := h.all(t, "organisation-department", "/organisations", 7)
		var n int
		if _, err := h.in.DB.As(store.System("test")).One(t.Context(), "SELECT count(*) FROM {org}", nil, &n); err != nil || n != len(orgs) {
			t.Errorf("%d organisations listed, %d there", len(orgs), n)
		}
		sum := 0
		for _, o := range orgs {
			if o.text("parent") == "" {
				sum = h.as(t, "organisation-department", "GET", "/organisations/"+o.text("id")+"/headcount", nil).want(t, 200).number("total")
			}
		}
		if sum != 300 {
			t.Errorf("head count of the root: %d", sum)
		}
	})
}

// TestListsNarrow: a filter gives those of the whole list for whom it is true.
func TestListsNarrow(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const who = "organisation-department"
		all := h.all(t, who, "/members", 200)
		count := func(is func(object) bool) (n int) {
			for _, m := range all {
				if is(m) {
					n++
				}
			}
			return n
		}
		branch := h.people["branch-secretary"].Grants[0].Org
		first := all[0]
		for query, is := range map[string]func(object) bool{
			"category=probationary":                    func(m object) bool { return m.text("category") == "probationary" },
			"situation=floating":                       func(m object) bool { return m["floating"] == true },
			"situation=lost":                           func(m object) bool { return m["lost"] == true },
			"situation=missing":                        func(m object) bool { return len(m["missing"].([]any)) > 0 },
			"situation=ended":                          func(m object) bool { return m.text("state") == "ended" },
			"under=" + branch:                          func(m object) bool { return m.text("organisation") == branch },
			"q=" + url.QueryEscape(first.text("name")): func(m object) bool { return strings.HasPrefix(m.text("name"), first.text("name")) },
		} {
			got := h.all(t, who, "/members?"+query, 3)
			if len(got) != count(is) {
				t.Errorf("%s: %d, want %d", query, len(got), count(is))
			}
			for _, m := range got {
				if !is(m) {
					t.Errorf("%s gave %v", query, m)
				}
			}
		}
		if tail := first.text("idNumberTail"); len(h.all(t, who, "/members?q="+tail, 50)) == 0 {
			t.Errorf("nobody by the last four %s", tail)
		}
	})
}

// TestNeighbourSeesNothing: the secretary of another branch finds nothing of a branch by any list, search, count,
// export, import or event.
func TestNeighbourSeesNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const mine, other = "branch-secretary", "branch-secretary-2"
		branch := h.people[mine].Grants[0].Org
		own := h.all(t, mine, "/members", 50)
		if len(own) < 3 {
			t.Fatal("a small branch")
		}
		theirs := map[string]bool{}
		for _, m := range h.all(t, other, "/members", 50) {
			theirs[m.text("id")] = true
		}
		for _, m := range own {
			if theirs[m.text("id")] {
				t.Fatalf("both see %s", m.text("id"))
			}
			for _, q := range []string{m.text("name"), m.text("idNumberTail")} {
				for _, found := range h.all(t, other, "/members?q="+url.QueryEscape(q), 50) {
					if found.text("id") == m.text("id") {
						t.Errorf("found by %s", q)
					}
				}
			}
		}
		for _, o := range h.all(t, other, "/organisations", 50) {
			if o.text("id") == branch {
				t.Error("the branch is listed")
			}
		}
		var code string
		if _, err := h.in.DB.As(store.System("test")).One(t.Context(), "SELECT code FROM {org} WHERE id = ?", []any{branch}, &code); err != nil {
			t.Fatal(err)
		}
		const nobody = "01M00000000000000000000000"
		same := func(name string, a, b answer) {
			t.Helper()
			if a.status != b.status || string(a.body) != string(b.body) {
				t.Errorf("%s: %d %s against %d %s", name, a.status, a.body, b.status, b.body)
			}
		}
		ask := func(method, path string, body func(id string) any) (real, none answer) {
			return h.as(t, other, method, strings.ReplaceAll(path, "{}", branch), body(branch)), h.as(t, other, method, strings.ReplaceAll(path, "{}", nobody), body(nobody))
		}
		empty := func(string) any { return nil }
		for _, path := range []string{"/members?under={}", "/organisations?under={}", "/events?under={}", "/organisations?q={}"} {
			a, b := ask("GET", path, empty)
			same(path, a, b)
		}
		a, b := ask("POST", "/exports", func(id string) any { return map[string]any{"under": id, "purpose": "statistics"} })
		same("export", a, b)
		good := sheet(row(1, code))
		same("import by code", h.as(t, other, "POST", "/imports?org="+code, good), h.as(t, other, "POST", "/imports?org=0000000000", good))
		a, b = ask("POST", "/imports?org={}", func(string) any { return good })
		same("import by id", a, b)
		for _, e := range h.all(t, other, "/events", 200) {
			if strings.HasPrefix(e.text("path"), h.people[mine].Grants[0].Path) {
				t.Errorf("an act of the branch: %v", e)
			}
		}
		mover := own[0]
		same("cursor", h.as(t, other, "GET", "/members?after="+mover.text("id"), nil), h.as(t, other, "GET", "/members?after="+nobody, nil))
		h.as(t, other, "GET", "/members?after="+mover.text("id"), nil).refuses(t, 422, "after")
	})
}

// TestAdministratorsSeeNoMember: who runs, grants and checks the program sees no record.
func TestAdministratorsSeeNoMember(t *testing.T) {
	h := found(t, storeSQLite())
	m := h.all(t, "party-worker", "/members", 200)[0].text("id")
	for _, who := range []string{"system-admin", "security-admin", "auditor"} {
		if p := h.as(t, who, "GET", "/members", nil).problem(t, 403); p.Rule != "A-21" {
			t.Errorf("%s: %+v", who, p)
		}
		h.as(t, who, "GET", "/members/"+m, nil).problem(t, 403)
		if len(h.all(t, who, "/organisations", 200)) == 0 {
			t.Errorf("%s sees no organisation", who)
		}
	}
	for _, e := range h.all(t, "auditor", "/events?kind=member.", 50) {
		for _, c := range h.as(t, "auditor", "GET", "/events/"+e.text("id"), nil).want(t, 200)["changes"].([]any) {
			c := object(c.(map[string]any))
			for _, col := range c["columns"].([]any) {
				if col := object(col.(map[string]any)); c.text("table") == "member" && (col["was"] != nil || col["became"] != nil) {
					t.Fatalf("the auditor sees %v", col)
				}
			}
		}
	}
}

// TestPlainMemberSeesOneself: the own record with everything, and nobody else.
func TestPlainMemberSeesOneself(t *testing.T) {
	h := found(t, storeSQLite())
	own := h.people["member"].Member
	list := h.all(t, "member", "/members", 50)
	if len(list) != 1 || list[0].text("id") != own {
		t.Fatal(list)
	}
	h.as(t, "member", "GET", "/members/"+own, nil).want(t, 200)
	r := h.as(t, "member", "POST", "/members/"+own+"/reveal", map[string]any{"fields": []string{"idNumber", "born"}}).want(t, 200)
	if len(r.text("idNumber")) != 18 || len(r.text("born")) != 10 {
		t.Error(r)
	}
	h.flush(t)
	if looks := h.all(t, "member", "/members/"+own+"/looks", 50); len(looks) != 0 {
		t.Error("one's own looks are listed", looks)
	}
}

// flush waits until openings are written.
func (h *house) flush(t *testing.T) {
	t.Helper()
	if err := h.in.Members.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestMasks: of the same record each role sees the classes of its mask, and nobody the whole ID number.
func TestMasks(t *testing.T) {
	h := found(t, storeSQLite())
	m := h.mark(t, h.people["branch-secretary"].Grants[0].Org).member
	sees := func(who string) object { return h.as(t, who, "GET", "/members/"+m, nil).want(t, 200) }
	full := sees("party-worker")
	if len(full.text("idNumberTail")) != 4 || !strings.HasPrefix(full.text("mobile"), "****") || full["addressKnown"] == nil || len(full.text("born")) != 7 {
		t.Error(full)
	}
	committee := sees("branch-committee")
	for _, hidden := range []string{"idNumberTail", "addressKnown"} {
		if committee[hidden] != nil {
			t.Errorf("a member of the branch committee sees %s", hidden)
		}
	}
	if committee.text("mobile") == "" || slices.Contains(committee["visible"].([]any), any("identity")) {
		t.Error(committee)
	}
	if p := h.as(t, "branch-committee", "POST", "/members/"+m+"/reveal", map[string]any{"purpose": "contact", "fields": []string{"idNumber"}}).problem(t, 403); p.Rule != "A-23" {
		t.Errorf("%+v", p)
	}
	if got := h.as(t, "branch-committee", "POST", "/members/"+m+"/reveal", map[string]any{"purpose": "contact", "fields": []string{"mobile"}}).want(t, 200); !strings.HasSuffix(got.text("mobile"), full.text("mobile")[4:]) || got["idNumber"] != nil {
		t.Error(got)
	}
	var number string
	for _, path := range []string{"/members?limit=200", "/members/" + m, "/members/" + m + "/sources", "/events?limit=200"} {
		if number == "" {
			number = h.as(t, "party-worker", "POST", "/members/"+m+"/reveal", map[string]any{"purpose": "verify-identity", "fields": []string{"idNumber"}}).want(t, 200).text("idNumber")
		}
		if body := h.as(t, "party-worker", "GET", path, nil).body; strings.Contains(string(body), number) {
			t.Errorf("%s holds the whole number", path)
		}
	}
	if strings.Contains(h.log.String(), number) || strings.Contains(h.log.String(), full.text("name")) {
		t.Error("the log holds personal data")
	}
}

// TestLooksAreSeen: openings, reveals and exports stand in the list of looks, a list does not; a reveal without a
// purpose shows nothing.
func TestLooksAreSeen(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		m := h.mark(t, h.people["branch-secretary"].Grants[0].Org)
		reveal := func(body map[string]any) answer {
			return h.as(t, "party-worker", "POST", "/members/"+m.member+"/reveal", body)
		}
		reveal(map[string]any{"fields": []string{"idNumber"}}).refuses(t, 422, "purpose")
		reveal(map[string]any{"fields": []string{"idNumber"}, "purpose": "curiosity"}).refuses(t, 422, "purpose")
		reveal(map[string]any{"fields": []string{"idNumber"}, "purpose": "other"}).refuses(t, 422, "note")
		reveal(map[string]any{"fields": []string{"name"}, "purpose": "contact"}).problem(t, 422)
		h.all(t, "party-worker", "/members", 50)
		h.flush(t)
		if looks := h.all(t, "party-worker", "/members/"+m.member+"/looks", 50); len(looks) != 0 {
			t.Fatal(looks)
		}
		reveal(map[string]any{"fields": []string{"idNumber"}, "purpose": "other", "note": "换发党员证"}).want(t, 200)
		h.as(t, "reviewer", "GET", "/members/"+m.member, nil).want(t, 200)
		if got := h.as(t, "party-worker", "POST", "/exports", map[string]any{"under": m.org, "purpose": "statistics", "format": "csv"}); got.status != 200 {
			t.Fatal(got)
		}
		h.flush(t)
		kinds := map[string]int{}
		for _, l := range h.all(t, "party-worker", "/members/"+m.member+"/looks", 1) {
			kinds[l.text("kind")]++
			if l.text("kind") == "revealed" && !strings.Contains(l.text("purpose"), "换发党员证") {
				t.Error(l)
			}
		}
		if kinds["revealed"] != 1 || kinds["opened"] != 1 || kinds["exported"] != 1 {
			t.Error(kinds)
		}
		acts := h.all(t, "party-worker", "/events?kind=member.reveal", 50)
		if len(acts) != 1 || acts[0].text("subjectId") != m.member {
			t.Error(acts)
		}
	})
}

// TestLifeOfARecord: add, mend, move, end and restore by the interface, each with its version, source and event.
func TestLifeOfARecord(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		branch, sibling := h.people["branch-secretary"].Grants[0].Org, h.people["branch-secretary-2"].Grants[0].Org
		facts := map[string]any{"organisation": branch, "reason": "补录", "document": "入党志愿书", "name": "石试", "idNumber": idNumber(5), "category": "full",
			"joined": "2015-06-28", "confirmed": "2016-06-28", "education": "大学本科", "floating": true, "floatingTo": "浙江省杭州市"}
		a := h.as(t, "party-worker", "POST", "/members", facts)
		m := a.want(t, 201)
		at := "/members/" + m.text("id")
		if a.header.Get("Location") != "/api/v1"+at || a.header.Get("ETag") != `"1"` || m.text("review") != "pending" || m["floating"] != true {
			t.Error(a.header, m)
		}
		h.as(t, "party-worker", "POST", "/members", facts).refuses(t, 409, "idNumber")
		bad := map[string]any{"organisation": branch, "reason": "补录", "name": "石试", "idNumber": "660101198501011234", "category": "full", "joined": "2015-06-28"}
		if p := h.as(t, "party-worker", "POST", "/members", bad).refuses(t, 422, "idNumber"); p.Errors[0].Rule == "" || strings.Contains(p.Detail, "660101198501011234") {
			t.Errorf("%+v", p)
		}

		h.as(t, "party-worker", "PATCH", at, map[string]any{"occupation": "村医", "reason": "核对"}).refuses(t, 422, "version")
		h.as(t, "party-worker", "PATCH", at, map[string]any{"occupation": "村医", "version": 1}).refuses(t, 422, "reason")
		if got := h.as(t, "party-worker", "PATCH", at, map[string]any{"occupation": "村医", "reason": "核对", "floating": false, "floatingTo": ""}, "If-Match", `"1"`).want(t, 200); got.text("occupation") != "村医" || got.number("version") != 2 || got["floating"] != false || got.text("floatingTo") != "" {
			t.Error(got)
		}
		h.as(t, "party-worker", "PATCH", at, map[string]any{"occupation": "教师", "version": 1, "reason": "核对"}).problem(t, 409)
		sources := map[string]object{}
		for _, s := range h.all(t, "party-worker", at+"/sources", 50) {
			sources[s.text("field")] = s
		}
		if sources["occupation"].text("reason") != "核对" || sources["name"].text("document") != "入党志愿书" {
			t.Error(sources)
		}

		h.as(t, "party-worker", "POST", at+"/move", map[string]any{"version": 2, "organisation": branch, "reason": "调整"}).refuses(t, 422, "organisation")
		if got := h.as(t, "party-worker", "POST", at+"/move", map[string]any{"version": 2, "organisation": sibling, "reason": "调整", "on": "2026-11-01"}).want(t, 200); got.text("organisation") != sibling {
			t.Error(got)
		}
		h.as(t, "branch-secretary", "GET", at, nil).problem(t, 404)
		h.as(t, "branch-secretary-2", "GET", at, nil).want(t, 200)

		end := map[string]any{"version": 3, "kind": "removed", "on": "2026-11-20", "reason": "决定"}
		h.as(t, "party-worker", "POST", at+"/end", end).refuses(t, 422, "document")
		end["document"] = "石桥镇党委〔2026〕12 号"
		if got := h.as(t, "party-worker", "POST", at+"/end", end).want(t, 200); got.text("state") != "ended" || got.text("endedOn") != "2026-11-20" {
			t.Error(got)
		}
		if got := h.as(t, "party-worker", "POST", at+"/restore", map[string]any{"version": 4, "reason": "复议"}).want(t, 200); got.text("state") != "active" {
			t.Error(got)
		}
		var kinds []string
		for _, e := range h.all(t, "party-worker", at+"/history", 50) {
			kinds = append(kinds, e.text("kind"))
		}
		if !slices.Equal(kinds, []string{"restored", "removed", "moved", "confirmed", "admitted"}) {
			t.Error(kinds)
		}
		acts := h.all(t, "party-worker", "/events?subject="+m.text("id"), 2)
		if len(acts) != 5 || acts[4].text("kind") != "member.add" || acts[0].text("by") == "" || acts[0].text("request") == "" {
			t.Error(acts)
		}
		changes := h.as(t, "party-worker", "GET", "/events/"+acts[3].text("id"), nil).want(t, 200)["changes"].([]any)
		if text := fmt.Sprint(changes); !strings.Contains(text, "村医") || strings.Contains(text, idNumber(5)) {
			t.Error(text)
		}
	})
}

// TestNobodyEndsHimself: H-02 holds though the role allows the act.
func TestNobodyEndsHimself(t *testing.T) {
	h := found(t, storeSQLite())
	own := h.people["party-worker"].Member
	if own == "" {
		t.Fatal("the Party worker has no record of his own")
	}
	v := h.as(t, "party-worker", "GET", "/members/"+own, nil).want(t, 200).number("version")
	for act, body := range map[string]map[string]any{
		"end":     {"version": v, "kind": "died", "on": "2026-11-01", "reason": "试"},
		"move":    {"version": v, "organisation": h.people["branch-secretary"].Grants[0].Org, "reason": "试"},
		"restore": {"version": v, "reason": "试"},
	} {
		if p := h.as(t, "party-worker", "POST", "/members/"+own+"/"+act, body).problem(t, 403); p.Rule != "H-02" {
			t.Errorf("%s: %+v", act, p)
		}
	}
}

// TestTokens: a token that was taken back or has run out opens nothing, and a cookie never does.
func TestTokens(t *testing.T) {
	h := found(t, storeSQLite())
	if got := h.as(t, "", "GET", "/members", nil, "Cookie", "zhibu_session="+h.tokens["party-worker"]); got.status != 401 || !strings.HasPrefix(got.header.Get("WWW-Authenticate"), "Bearer") {
		t.Error(got.status, got.header)
	}
	for _, bad := range []string{"Bearer zhibu_nonsense", "Bearer ", "Basic eDp5", h.tokens["party-worker"]} {
		h.as(t, "", "GET", "/me", nil, "Authorization", bad).problem(t, 401)
	}
	me := h.as(t, "reviewer", "GET", "/me", nil).want(t, 200)
	if me.text("login") != "reviewer" || len(me["roles"].([]any)) == 0 {
		t.Error(me)
	}
	h.as(t, "party-worker", "DELETE", "/me/tokens/"+me.text("token"), nil).problem(t, 404)
	h.as(t, "reviewer", "DELETE", "/me/tokens/"+me.text("token"), nil).want(t, 204)
	h.as(t, "reviewer", "GET", "/me", nil).problem(t, 401)
	h.clock.add(32 * 24 * time.Hour)
	h.as(t, "party-worker", "GET", "/me", nil).problem(t, 401)
}
