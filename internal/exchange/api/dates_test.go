package api_test

import "testing"

// TestDaysOfAHistoryThatCannotBe: each is answered with the field and the rule, and nothing waits of it.
func TestDaysOfAHistoryThatCannotBe(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const who = "party-worker"
		id := h.mark(t, h.people["branch-secretary"].Grants[0].Org).member
		at := "/members/" + id
		fact := func(kind, from, to string) map[string]any {
			f := map[string]any{"kind": kind, "from": from, "text": "村会计", "reason": "整理旧档案"}
			if to != "" {
				f["to"] = to
			}
			return f
		}
		h.settled(t, at, h.as(t, who, "POST", at+"/facts", fact("was.occupation", "2010-01-01", "2015-01-01")).want(t, 202))
		refused := func(what string, a answer, status int, field string) {
			t.Helper()
			for _, e := range a.refuses(t, status, field).Errors {
				if e.Field == field && (e.Rule == "" || e.Message == "") {
					t.Errorf("%s: no rule or no sentence: %+v", what, e)
				}
			}
		}
		for what, x := range map[string]struct {
			body   map[string]any
			status int
			field  string
		}{
			"before birth":           {fact("job", "1900-01-01", ""), 422, "from"},
			"after today":            {fact("job", "2031-01-01", ""), 422, "from"},
			"the end first":          {fact("was.occupation", "2009-01-01", "2008-01-01"), 422, "to"},
			"overlapping":            {fact("was.occupation", "2014-06-01", "2016-01-01"), 409, "from"},
			"no such day":            {fact("job", "2021-02-30", ""), 422, "from"},
			"overlapping as a whole": {fact("was.occupation", "2009-01-01", "2016-01-01"), 409, "from"},
		} {
			refused(what, h.as(t, who, "POST", at+"/facts", x.body), x.status, x.field)
		}
		for query, field := range map[string]string{"as_of=2031-01-01": "as_of", "as_of=1900-01-01": "as_of", "as_of=2025-02-30": "as_of", "as_of=x": "as_of",
			"known_at=1999-01-01T00:00:00Z": "known_at", "known_at=x": "known_at"} {
			refused(query, h.as(t, who, "GET", at+"?"+query, nil), 422, field)
		}
		version := h.as(t, who, "GET", at, nil).want(t, 200).number("version")
		h.settled(t, at, h.as(t, who, "POST", at+"/end", map[string]any{"version": version, "kind": "died", "on": "2026-06-01", "reason": "病故", "document": "死亡证明"}).want(t, 202))
		refused("after death", h.as(t, who, "POST", at+"/facts", fact("job", "2026-07-01", "")), 422, "from")
		h.as(t, who, "POST", at+"/facts", fact("honour", "2026-07-01", "")).want(t, 202) // conferred after death
	})
}
