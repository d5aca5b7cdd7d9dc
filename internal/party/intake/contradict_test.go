package intake_test

import (
	"slices"
	"strings"
	"testing"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/review"
	"zhibu/internal/party/roster"
	"zhibu/internal/party/steward"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

// TestASheetAgainstWhatWasReviewed: of a fact that stays as it is in a life, a sheet that says otherwise than a reviewed
// record is neither dropped nor written over it. The change waits, and the fact's steward is asked with both values; news
// of a telephone number only waits. The same sheet again asks nobody twice, and an undone import asks nobody.
func TestASheetAgainstWhatWasReviewed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, reviewer, town := c.Actor("party-worker"), c.Actor("reviewer"), c.Town()
		rows := newcomers(c, c.Accounts[0].Organisation, 3)
		first, err := c.Import(worker, town.ID, rows, false)
		if err != nil || first.New != 3 || first.Disputed != 0 {
			t.Fatalf("%+v, %v", first, err)
		}
		var known []string
		err = c.Everything().Each(ctx, "SELECT id FROM {member} WHERE batch = ? ORDER BY source_row", []any{first.Batch}, func(row store.Row) error {
			var id string
			err := row.Scan(&id)
			known = append(known, id)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range known[:2] { // the third is not reviewed: the worker may still mend it
			it, err := c.Reviews.Item(ctx, c.DB.As(reviewer.Scope), reviewer, id)
			if err == nil {
				err = c.Reviews.Approve(ctx, reviewer, id, it.Version)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		was, err := c.Members.ByID(ctx, c.Everything(), known[0])
		if err != nil {
			t.Fatal(err)
		}
		sheet := [][]string{rows[0], slices.Clone(rows[1]), slices.Clone(rows[2]), slices.Clone(rows[3])}
		joined := was.Joined.AddDays(-31)
		sheet[1][4] = joined.String()              // reviewed, and it stays in a life
		sheet[2][6] = "15400000" + "333"           // reviewed, and it changes
		sheet[3][0] = "单" + sheet[3][0][len("单"):] // not reviewed
		dry, err := c.Import(worker, town.ID, sheet, true)
		if err != nil || dry.Disputed != 1 || dry.Changed != 3 {
			t.Fatalf("the check: %+v, %v", dry, err)
		}
		open := func() []steward.Dispute {
			t.Helper()
			list, _, err := c.Stewards.List(ctx, c.Everything(), steward.Filter{Under: town.Path, Limit: 50})
			if err != nil {
				t.Fatal(err)
			}
			return slices.DeleteFunc(list, func(d steward.Dispute) bool { return d.Origin != steward.ByImport })
		}
		if n := len(open()); n != 0 {
			t.Fatalf("a check raised %d disputes", n)
		}
		second, err := c.Import(worker, town.ID, sheet, false)
		if err != nil || second.Disputed != 1 || second.Changed != 3 {
			t.Fatalf("%+v, %v", second, err)
		}
		now, err := c.Members.ByID(ctx, c.Everything(), known[0])
		if err != nil || now.Version != was.Version || now.Joined != was.Joined {
			t.Errorf("written over what was reviewed: %+v, %v", now, err)
		}
		list := open()
		if len(list) != 1 {
			t.Fatalf("%d disputes", len(list))
		}
		d := list[0]
		if d.Member != known[0] || d.Field != roster.Joined || d.Owner == "" || !strings.Contains(d.Text, was.Joined.String()) || !strings.Contains(d.Text, joined.String()) || !strings.Contains(d.Text, "roster.csv") {
			t.Errorf("the steward is told %+v", d)
		}
		waits, err := c.Reviews.Since(ctx, c.Everything(), known[0], roster.Joined, "")
		if err != nil || waits == "" || d.Proposal != waits {
			t.Errorf("the change that waits: %q, of the dispute: %q, %v", waits, d.Proposal, err)
		}
		again, err := c.Import(worker, town.ID, append([][]string{sheet[0]}, sheet[1:3]...), false)
		if err != nil || again.Disputed != 0 || len(open()) != 1 {
			t.Errorf("the same again: %+v, %d open, %v", again, len(open()), err)
		}
		c.Sound()

		if err := c.Intake.Undo(ctx, worker, second.Batch, "导错了"); err != nil {
			t.Fatal(err)
		}
		if n := len(open()); n != 0 {
			t.Errorf("%d disputes of an import that was undone", n)
		}
		c.Sound()
		who := c.Actor("organisation-department")
		kept := steward.Settlement{Outcome: steward.Kept, Cause: steward.NoFault, Text: "对照入党志愿书，档案写的对"}
		if second, err = c.Import(worker, town.ID, sheet[:2], false); err != nil || second.Disputed != 1 {
			t.Fatalf("once more: %+v, %v", second, err)
		}
		d = open()[0]
		if err := c.Stewards.Settle(ctx, who, d.ID, d.Version, kept); err != nil {
			t.Fatal(err)
		}
		it, err := c.Reviews.Item(ctx, c.DB.As(reviewer.Scope), reviewer, d.Proposal)
		if err != nil || it.Proposal.State != review.Returned || it.Answer == "" {
			t.Errorf("the steward has kept the fact, and the change that says otherwise: %+v, %v", it, err)
		}
		if err := c.Reviews.Approve(ctx, reviewer, d.Proposal, it.Version); err == nil {
			t.Error("approved against the steward's answer")
		}
		c.Sound()
		if err := c.Intake.Undo(ctx, worker, second.Batch, "核对过，花名册写错了"); err != nil {
			t.Fatal(err)
		}
		if second, err = c.Import(worker, town.ID, sheet[:2], false); err != nil || second.Disputed != 1 {
			t.Fatalf("and once more: %+v, %v", second, err)
		}
		d = open()[0]
		it, err = c.Reviews.Item(ctx, c.DB.As(reviewer.Scope), reviewer, d.Proposal)
		if err == nil {
			err = c.Reviews.Approve(ctx, reviewer, d.Proposal, it.Version)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Stewards.Settle(ctx, who, d.ID, d.Version, kept); fault.Of(err) != fault.Conflict || fault.As(err).Field != "outcome" {
			t.Errorf("kept, after the change was approved: %v", err)
		}
		settle := steward.Settlement{Outcome: steward.Changed, Cause: steward.Entry, Text: "对照入党志愿书，花名册写的对"}
		if err := c.Stewards.Settle(ctx, who, d.ID, d.Version, settle); err != nil {
			t.Fatal(err)
		}
		if now, err = c.Members.ByID(ctx, c.Everything(), known[0]); err != nil || now.Joined != joined || now.Review != member.Reviewed {
			t.Errorf("after both have looked: %+v, %v", now, err)
		}
		c.Sound()
	})
}
