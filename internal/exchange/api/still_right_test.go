package api_test

import (
	"testing"

	"zhibu/internal/store"
)

// aged lets nobody have checked a record for years.
func (h *house) aged(t *testing.T, id string) {
	t.Helper()
	err := h.in.DB.Operate(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Update(t.Context(), "due", store.ByID(id), store.Set("due_on", "2024-03-02"), store.Set("branch_on", "2024-03-02"), store.Set("known", `{"":"2022-03-02"}`))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// fieldsOf are the fields that an answer asks about.
func fieldsOf(a object) (out []string) {
	list, _ := a["facts"].([]any)
	for _, f := range list {
		one, _ := f.(map[string]any)
		field, _ := one["field"].(string)
		out = append(out, field)
	}
	return out
}

// TestStillRight: a branch is asked, confirms, and says what has changed; the member does the same of her own record.
func TestStillRight(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const who = "branch-secretary"
		branch := h.people[who].Grants[0].Org
		m := h.mark(t, branch).member // a change of the occupation waits already
		h.aged(t, m)
		asked := []string{}
		for _, item := range h.as(t, who, "GET", "/organisations/"+branch+"/still-right?limit=200", nil).want(t, 200).items() {
			if record, _ := item["member"].(map[string]any); record["id"] == m {
				asked = fieldsOf(item)
			}
		}
		at := "/members/" + m
		one := h.as(t, who, "GET", at+"/still-right", nil).want(t, 200)
		if len(asked) < 2 || len(fieldsOf(one)) != len(asked) {
			t.Fatalf("the branch is asked %v, of the record %v", asked, fieldsOf(one))
		}
		for _, f := range asked {
			if f == "occupation" {
				t.Error("what a change waits for is asked")
			}
		}
		left := fieldsOf(h.as(t, who, "POST", at+"/still-right", map[string]any{"facts": asked[:1]}).want(t, 200))
		if len(left) != len(asked)-1 || left[0] == asked[0] {
			t.Errorf("still asked: %v", left)
		}
		h.as(t, who, "POST", at+"/still-right", map[string]any{"facts": asked[:1]}).want(t, 200) // twice is once
		record := h.as(t, who, "GET", at, nil).want(t, 200)
		waits := h.as(t, who, "POST", at+"/changed", map[string]any{"version": record.number("version"), "mobile": "15400009876", "reason": "换了号码"}).want(t, 202)
		if waits.text("waits") == "" {
			t.Errorf("%v", waits)
		}
		for _, f := range fieldsOf(h.as(t, who, "GET", at+"/still-right", nil).want(t, 200)) {
			if f == "mobile" {
				t.Error("asked although a change waits")
			}
		}
		h.as(t, who, "POST", at+"/still-right", map[string]any{"facts": []string{"name"}}).refuses(t, 422, "facts")
		h.as(t, who, "POST", at+"/changed", map[string]any{"version": record.number("version"), "mobile": "12", "reason": "换了号码"}).refuses(t, 422, "mobile")

		own := h.people["member"].Member
		h.aged(t, own)
		mine := fieldsOf(h.as(t, "member", "GET", "/members/"+own+"/still-right", nil).want(t, 200))
		if len(mine) == 0 || len(mine) > h.in.Members.AskedAtOnce() {
			t.Fatalf("she is asked %v", mine)
		}
		h.as(t, "member", "POST", "/members/"+own+"/still-right", map[string]any{"facts": mine[:1]}).want(t, 200)
		record = h.as(t, "member", "GET", "/members/"+own, nil).want(t, 200)
		if got := h.as(t, "member", "POST", "/members/"+own+"/changed", map[string]any{"version": record.number("version"), "occupation": "退休教师", "reason": "退休"}).want(t, 202); got.text("waits") == "" {
			t.Errorf("%v", got)
		}
		if f := h.as(t, "member", "POST", "/members/"+own+"/still-right", map[string]any{"facts": []string{"care"}}).problem(t, 403); f.Rule != "H-02" {
			t.Errorf("her own care: %+v", f)
		}
	})
}
