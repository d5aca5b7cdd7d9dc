package api_test

import (
	"testing"

	"zhibu/internal/party/member"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// TestRightsOverOnesData: asked by the member, answered by another; a restriction that is granted keeps the record from
// use, and is lifted; who is out of the area learns nothing.
func TestRightsOverOnesData(t *testing.T) {
	h := found(t, storeSQLite())
	her := h.people["member"].Member
	h.as(t, "system-admin", "POST", "/me/requests", map[string]any{"kind": "copy"}).problem(t, 403)
	h.as(t, "member", "POST", "/me/requests", map[string]any{"kind": "painting"}).refuses(t, 422, "kind")
	h.as(t, "member", "POST", "/me/requests", map[string]any{"kind": "restrict"}).refuses(t, 422, "content")
	asked := h.as(t, "member", "POST", "/me/requests", map[string]any{"kind": "restrict", "content": "登记有争议"}).want(t, 201)
	id := asked.text("id")
	if asked.text("state") != "open" || asked.text("due") == "" || asked.text("content") != "登记有争议" {
		t.Errorf("%v", asked)
	}
	h.as(t, "member", "POST", "/me/requests", map[string]any{"kind": "restrict", "content": "再来"}).problem(t, 409)
	for who, status := range map[string]int{"branch-secretary-2": 404, "auditor": 403, "system-admin": 403, "member": 403} {
		h.as(t, who, "GET", "/requests/"+id, nil).problem(t, status)
	}
	at := "/requests/" + id + "/answer"
	h.as(t, "branch-secretary", "POST", at, map[string]any{"version": 1, "grant": true, "until": "2027-01-01"}).problem(t, 403)
	h.as(t, "party-worker", "POST", at, map[string]any{"grant": true, "until": "2027-01-01"}).refuses(t, 422, "version")
	h.as(t, "party-worker", "POST", at, map[string]any{"version": 1, "grant": true}).refuses(t, 422, "until")
	h.as(t, "party-worker", "POST", at, map[string]any{"version": 1, "grant": false}).refuses(t, 422, "answer")
	answered := h.as(t, "party-worker", "POST", at, map[string]any{"version": 1, "grant": true, "until": "2027-01-01"}).want(t, 200)
	if answered.text("state") != "answered" || answered.text("until") != "2027-01-01" || answered.text("by") == "" {
		t.Errorf("%v", answered)
	}
	h.as(t, "party-worker", "POST", at, map[string]any{"version": 1, "grant": true, "until": "2027-01-01"}).problem(t, 409)
	look := map[string]any{"purpose": "verify-identity", "fields": []string{"mobile"}}
	h.as(t, "party-worker", "POST", "/members/"+her+"/reveal", look).problem(t, 409)
	h.as(t, "party-worker", "POST", "/members/"+her+"/lift-restriction", map[string]any{}).refuses(t, 422, "reason")
	h.as(t, "party-worker", "POST", "/members/"+her+"/lift-restriction", map[string]any{"reason": "已经核实"}).want(t, 204)
	h.as(t, "party-worker", "POST", "/members/"+her+"/reveal", look).want(t, 200)
	again := h.as(t, "member", "POST", "/me/requests", map[string]any{"kind": "copy"}).want(t, 201)
	h.as(t, "member", "POST", "/me/requests/"+again.text("id")+"/withdraw", map[string]any{"version": 1}).want(t, 200)
	if mine := h.as(t, "member", "GET", "/me/requests", nil).want(t, 200); len(mine["items"].([]any)) != 2 {
		t.Errorf("%v", mine)
	}
	for state, n := range map[string]int{"open": 0, "settled": 2} {
		if list := h.as(t, "party-worker", "GET", "/requests?state="+state, nil).want(t, 200); len(list["items"].([]any)) != n {
			t.Errorf("%s: %v", state, list)
		}
	}
}

// TestDestruction: proposed by one, approved by another; afterwards the record is not there, in the events neither.
func TestDestruction(t *testing.T) {
	h := found(t, storeSQLite())
	m := h.mark(t, h.people["branch-secretary"].Grants[0].Org)
	one, err := h.in.Members.ByID(t.Context(), h.in.DB.As(store.System("test")), m.member)
	if err != nil {
		t.Fatal(err)
	}
	at := "/members/" + m.member + "/destroy"
	why := map[string]any{"class": "mistaken", "reason": "误登"}
	h.as(t, "party-worker", "POST", at, why).problem(t, 422)
	out, err := h.in.Reviews.End(t.Context(), ledger.System("test"), m.member, one.Version, member.Left, member.Basis{On: today, Reason: "误登", Document: "文"})
	if err == nil && !out.Acted {
		it, ierr := h.in.Reviews.Item(t.Context(), h.in.DB.As(store.System("test")), ledger.System("test"), out.ID)
		if ierr != nil {
			t.Fatal(ierr)
		}
		err = h.in.Reviews.Approve(t.Context(), h.people["reviewer"].Actor("test"), out.ID, it.Version)
	}
	if err != nil {
		t.Fatal(err)
	}
	h.as(t, "branch-secretary", "POST", at, why).problem(t, 403)
	d := h.as(t, "party-worker", "POST", at, why).want(t, 201)
	to := "/destructions/" + d.text("id")
	h.as(t, "party-worker", "POST", to+"/approve", map[string]any{"version": 1}).problem(t, 403)
	h.as(t, "branch-secretary-2", "GET", to, nil).problem(t, 404)
	h.as(t, "auditor", "GET", to, nil).problem(t, 403)
	h.as(t, "organisation-department", "POST", to+"/refuse", map[string]any{"version": 1}).refuses(t, 422, "answer")
	h.as(t, "organisation-department", "POST", to+"/approve", map[string]any{"version": 7}).problem(t, 409)
	done := h.as(t, "organisation-department", "POST", to+"/approve", map[string]any{"version": 1}).want(t, 200)
	if done.text("state") != "destroyed" || done.text("digest") == "" || done.number("rows") < 2 {
		t.Errorf("%v", done)
	}
	h.as(t, "party-worker", "GET", "/members/"+m.member, nil).problem(t, 404)
	events := h.as(t, "organisation-department", "GET", "/events?subject="+m.member, nil).want(t, 200)["items"].([]any)
	for _, e := range events {
		if e := object(e.(map[string]any)); e["gone"] != true || e.text("reason") != "" {
			t.Errorf("an event still says why: %v", e)
		}
	}
	if len(events) < 3 {
		t.Errorf("only %d events", len(events))
	}
	h.as(t, "party-worker", "POST", to+"/withdraw", map[string]any{"version": 1}).problem(t, 409)
	if list := h.as(t, "party-worker", "GET", "/destructions", nil).want(t, 200); len(list["items"].([]any)) != 1 {
		t.Errorf("%v", list)
	}
	if schedule := h.as(t, "party-worker", "GET", "/retention/schedule", nil).want(t, 200); len(schedule["items"].([]any)) < 5 {
		t.Errorf("%v", schedule)
	}
	h.as(t, "member", "GET", "/retention/schedule", nil).problem(t, 403)
	items := h.as(t, "member", "GET", "/register?limit=200", nil).want(t, 200)["items"].([]any)
	if len(items) < 40 {
		t.Errorf("%d items of the register", len(items))
	}
}

// TestOwnCopy: a member takes everything kept about herself, in full; an account without a record has nothing to take.
func TestOwnCopy(t *testing.T) {
	h := found(t, storeSQLite())
	copied := h.as(t, "member", "GET", "/me/copy", nil).want(t, 200)
	whole := false
	fields, _ := copied["fields"].([]any)
	for _, f := range fields {
		one, _ := f.(map[string]any)
		number, _ := one["value"].(string)
		whole = whole || one["field"] == "idNumber" && len(number) == 18
	}
	if copied.text("id") != h.people["member"].Member || !whole {
		t.Errorf("%v", copied)
	}
	h.as(t, "system-admin", "GET", "/me/copy", nil).problem(t, 403)
}
