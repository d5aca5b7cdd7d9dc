package review_test

import (
	"testing"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/review"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/ledger"
)

// TestAnImportBesideAChangeThatWaits: the sheet's owner is told, the reviewer sees both, one of them is approved, and the
// other goes back with what was typed.
func TestAnImportBesideAChangeThatWaits(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, importer, reviewer := c.Actor("party-worker"), c.Actor("organisation-department"), c.Actor("reviewer")
		m := subject(t, c, 0)
		typed := propose(t, c, worker, m, facts{roster.Occupation: "村医", roster.Education: "大专"})
		elsewhere := propose(t, c, worker, m, facts{roster.Ethnicity: "回族"})
		change, problems, err := c.Members.Mending(ctx, importer, m, facts{roster.Occupation: "教师"}, nil, because)
		if err != nil || roster.Rejected(problems) {
			t.Fatal(problems, err)
		}
		list, waiting, beside, err := c.Reviews.Prepare(ctx, importer, "", []review.Entry{{Change: change, Row: 7}})
		if err != nil || waiting != 0 || len(list) != 1 || len(beside) != 1 || beside[0] != (review.Beside{At: 0, Field: roster.Occupation, By: worker.Name}) {
			t.Fatalf("%d waiting, %v %v", waiting, beside, err)
		}
		err = c.Ledger.Do(ctx, importer, ledger.Act{Kind: "import.changes"}, func(tx *store.Tx) error { return c.Reviews.File(ctx, tx, list) })
		if err != nil {
			t.Fatal(err)
		}
		sheet := list[0].ID
		for one, other := range map[string]string{typed: sheet, sheet: typed} {
			if it := item(t, c, reviewer, one); len(it.Beside) != 1 || it.Beside[0].ID != other {
				t.Errorf("beside %s: %v", one, it.Beside)
			}
		}
		before := item(t, c, reviewer, typed).Version
		if err := approve(t, c, reviewer, sheet); err != nil {
			t.Fatal(err)
		}
		if err := c.Reviews.Approve(ctx, reviewer, typed, before); fault.Of(err) != fault.Conflict {
			t.Errorf("both: %v", err)
		}
		back := item(t, c, worker, typed)
		if read(t, c, m.ID).Occupation != "教师" || back.Proposal.State != review.Returned || back.Answer == "" || back.Change.New[roster.Occupation] != "村医" {
			t.Errorf("%q, %s with %v", read(t, c, m.ID).Occupation, back.Proposal.State, back.Change.New)
		}
		if it := item(t, c, reviewer, elsewhere); it.Proposal.State != review.Waiting {
			t.Errorf("another fact's change is %s", it.Proposal.State)
		}
		c.Sound()
	})
}
