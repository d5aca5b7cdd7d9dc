package api_test

import (
	"context"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/party/ballot"
	"zhibu/internal/party/org"
	"zhibu/internal/party/vote"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// TestCountingAVote: two callers enter the same record, neither is told of the other's numbers; a slip is refused at its
// field with the rule; the verdict names rules and arithmetic.
func TestCountingAVote(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.people["branch-secretary"]
		ctx, id := context.Background(), ""
		o, err := org.ByID(ctx, h.in.DB.As(store.System("test")), by.Grants[0].Org)
		if err != nil {
			t.Fatal(err)
		}
		err = h.in.Ledger.Do(ctx, by.Actor("test"), ledger.Act{Kind: "test.open", OrgPath: o.Path, Reason: "test"}, func(tx *store.Tx) (err error) {
			id, err = h.in.Ballots.Open(ctx, tx, by.Actor("test"), ballot.New{Org: o, Subject: "test", SubjectID: "1", Kind: vote.Election, Way: ballot.Paper, On: civil.Today(h.in.Clock), Title: "支部委员会委员", Seats: 1, Entitled: 40,
				Items: []ballot.Item{{ID: "a", Name: "甲"}, {ID: "b", Name: "乙"}}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		count := func(a int) map[string]any {
			return map[string]any{"should": 40, "present": 36, "issued": 36, "collected": 36, "counts": []map[string]any{{"id": "a", "yes": a, "no": 36 - a}, {"id": "b", "yes": 10, "no": 26}}}
		}
		path := "/votes/" + id
		h.as(t, "branch-secretary", "GET", path, nil).want(t, 200)
		bad := count(20)
		bad["present"] = 41
		h.as(t, "branch-secretary", "POST", path+"/count", bad).want(t, 422)
		h.as(t, "branch-secretary", "POST", path+"/count", count(20)).want(t, 200)
		if got := h.as(t, "party-worker", "GET", path, nil).want(t, 200); got["mine"] != nil || got["counted"] != nil || got["entered"] != 1.0 {
			t.Errorf("%v", got)
		}
		got := h.as(t, "party-worker", "POST", path+"/count", count(20)).want(t, 200)
		verdict := object(got["verdicts"].([]any)[0].(map[string]any))
		if got.text("state") != "final" || len(verdict["elected"].([]any)) != 1 || verdict.text("why") == "" {
			t.Errorf("%v", got)
		}
		h.as(t, "branch-secretary", "POST", path+"/void", map[string]any{"version": 2, "reason": "试"}).want(t, 409)
		if got := h.as(t, "member", "GET", path, nil); got.status != 403 && got.status != 404 {
			t.Errorf("%d", got.status)
		}
	})
}
