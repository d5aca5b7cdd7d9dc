package api_test

import (
	"strings"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/access"
)

// TestAMeetingOverTheInterface: planned, answered, held, checked and confirmed by those who may; whoever is outside the branch is told
// that there is no such thing.
func TestAMeetingOverTheInterface(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		h := found(t, cfg)
		person := func(role string) *access.Person {
			p, err := h.in.Access.Named(t.Context(), role)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		branch, today := person("branch-secretary").Grants[0].Org, civil.Today(h.in.Clock).String()
		plan := map[string]any{"organisation": branch, "kind": "theme_day", "on": today, "starts": "15:00", "place": "", "topic": "冬季防火", "agenda": []string{"学习传达|王德明"},
			"chair": person("branch-secretary").Member, "recorder": person("branch-committee").Member}
		h.as(t, "branch-secretary", "POST", "/meetings", plan).want(t, 422)
		plan["place"] = "村部"
		h.as(t, "party-worker", "POST", "/meetings", plan).want(t, 403)
		got := h.as(t, "branch-secretary", "POST", "/meetings", plan).want(t, 201)
		path := "/meetings/" + got.text("id")
		h.as(t, "member", "GET", "/me"+path, nil).want(t, 200)
		h.as(t, "member", "POST", "/me"+path+"/answer", map[string]any{"answer": "leave"}).want(t, 422)
		if got := h.as(t, "member", "POST", "/me"+path+"/answer", map[string]any{"answer": "comes"}).want(t, 200); got["mine"].(map[string]any)["answer"] != "comes" {
			t.Errorf("%v", got)
		}
		if got := h.as(t, "member", "GET", "/me/meetings", nil).want(t, 200); len(got["items"].([]any)) != 1 {
			t.Errorf("%v", got)
		}
		for _, role := range []string{"member", "party-worker", "organisation-department", "auditor"} {
			if got := h.as(t, role, "GET", path, nil); got.status != 403 && got.status != 404 {
				t.Errorf("%s reads it: %d", role, got.status)
			}
		}
		one := h.as(t, "branch-secretary", "GET", path, nil).want(t, 200)
		var marks []map[string]any
		voters := 0
		for _, a := range one["roll"].([]any) {
			a := a.(map[string]any)
			marks = append(marks, map[string]any{"member": a["member"], "state": "present"})
			if a["vote"] == true {
				voters++
			}
		}
		h.as(t, "branch-secretary", "POST", path+"/attendance", map[string]any{"version": 1, "marks": marks[1:]}).want(t, 422)
		h.as(t, "branch-secretary", "POST", path+"/attendance", map[string]any{"version": 1, "marks": marks}).want(t, 200)
		h.as(t, "branch-secretary", "POST", path+"/attendance", map[string]any{"version": 1, "marks": marks}).want(t, 409)
		item := one["agenda"].([]any)[0].(map[string]any)["id"]
		h.as(t, "branch-committee", "POST", path+"/notes", map[string]any{"item": item, "version": 1, "notes": "传达了通知"}).want(t, 200)
		h.as(t, "branch-secretary", "POST", path+"/votes", map[string]any{"item": item, "way": "hands", "yes": voters + 1}).want(t, 422)
		h.as(t, "branch-secretary", "POST", path+"/votes", map[string]any{"item": item, "way": "hands", "yes": voters}).want(t, 200)
		h.as(t, "branch-secretary", "POST", path+"/resolutions", map[string]any{"text": "查线路", "owner": marks[0]["member"], "due": today, "known": "有记录"}).want(t, 200)
		h.as(t, "branch-secretary", "POST", path+"/check", map[string]any{"version": 2}).want(t, 403)
		h.as(t, "branch-committee", "POST", path+"/check", map[string]any{"version": 2}).want(t, 200)
		if got := h.as(t, "branch-secretary", "POST", path+"/confirm", map[string]any{"version": 3}).want(t, 200); got.text("state") != "confirmed" {
			t.Errorf("%v", got)
		}
		h.as(t, "branch-secretary", "POST", path+"/cancel", map[string]any{"version": 4, "reason": "试"}).want(t, 409)
		if got := h.as(t, "member", "GET", "/me"+path, nil).want(t, 200); len(got["resolutions"].([]any)) != 1 || !strings.Contains(got["agenda"].([]any)[0].(map[string]any)["notes"].(string), "传达") {
			t.Errorf("%v", got)
		}
		if got := h.as(t, "branch-committee", "GET", "/meetings?organisation="+branch, nil).want(t, 200); len(got["items"].([]any)) != 1 {
			t.Errorf("%v", got)
		}
	})
}
