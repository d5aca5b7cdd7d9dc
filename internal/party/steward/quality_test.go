package steward_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhibu/internal/civil"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/party/headcount"
	"zhibu/internal/party/member"
	"zhibu/internal/party/roster"
	"zhibu/internal/party/steward"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/ledger"
)

// counted makes sure that what is kept is what the rows come to.
func counted(t interface{ Errorf(string, ...any) }, c *demotest.City) {
	var rows headcount.Change
	r := c.DB.As(store.System("test"))
	if err := member.TallyAll(ctx, r, &rows); err != nil {
		t.Errorf("%v", err)
	}
	if err := member.TallyAging(ctx, r, &rows, 1, "m.id <> ''"); err != nil {
		t.Errorf("%v", err)
	}
	if err := steward.TallyAll(ctx, r, &rows); err != nil {
		t.Errorf("%v", err)
	}
	err := headcount.RecountTallies(ctx, r, rows, func(where string, kept, n int64) { t.Errorf("%s: kept %d, counted %d", where, kept, n) })
	if err != nil {
		t.Errorf("%v", err)
	}
}

// TestKeptCountsAreTheRows: whatever is raised, answered, withdrawn, mended, moved and left to go up, in whatever order.
func TestKeptCountsAreTheRows(t *testing.T) {
	c := demotest.Found(t, store.Config{}, 300)
	worker, department := c.Actor("party-worker"), c.Actor("organisation-department")
	page, err := c.Members.List(ctx, c.Everything(), member.Filter{Under: c.Town().Path, Limit: 12, On: demotest.On})
	if err != nil {
		t.Fatal(err)
	}
	fields := []roster.Column{roster.Education, roster.Occupation, roster.Mobile, roster.Joined}
	branches := []string{c.Person("branch-secretary", 1).Grants[0].Org, c.Person("branch-secretary", 2).Grants[0].Org}
	approve := func(id string) {
		r := c.Actor("reviewer")
		if it, err := c.Reviews.Item(ctx, c.DB.As(r.Scope), r, id); err == nil {
			_ = c.Reviews.Approve(ctx, r, id, it.Version)
		}
	}
	done := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		m, err := c.Members.ByID(ctx, c.Everything(), rapid.SampledFrom(page.Items).Draw(rt, "member").ID)
		if err != nil {
			rt.Fatal(err)
		}
		open, _, err := c.Stewards.List(ctx, c.Everything(), steward.Filter{Limit: 200})
		if err != nil {
			rt.Fatal(err)
		}
		what := rapid.SampledFrom([]string{"raise", "raise", "settle", "withdraw", "mend", "move", "wait", "affirm", "end"}).Draw(rt, "act")
		var acted error
		switch {
		case what == "raise":
			_, acted = c.Stewards.Raise(ctx, department, m.ID, rapid.SampledFrom(fields).Draw(rt, "field"), "存疑")
		case what == "settle" && len(open) > 0:
			acted = c.Stewards.Settle(ctx, ledger.System("test"), open[0].ID, open[0].Version, steward.Settlement{Outcome: steward.Kept, Cause: rapid.SampledFrom(steward.Causes).Draw(rt, "cause"), Text: "核对过"})
		case what == "withdraw" && len(open) > 0:
			acted = c.Stewards.Withdraw(ctx, department, open[len(open)-1].ID, open[len(open)-1].Version)
		case what == "mend":
			text := rapid.SampledFrom([]string{"", "村医", "教师"}).Draw(rt, "text")
			out, _, err := c.Reviews.Mend(ctx, worker, m.ID, m.Version, map[roster.Column]string{roster.Occupation: text}, member.Basis{Reason: "核对"})
			if acted = err; err == nil && out.ID != "" {
				approve(out.ID)
			}
		case what == "move":
			out, err := c.Reviews.Move(ctx, worker, m.ID, m.Version, rapid.SampledFrom(branches).Draw(rt, "to"), member.Basis{On: demotest.On, Reason: "调整", Document: "石桥党发〔2026〕6 号"})
			if acted = err; err == nil && out.ID != "" {
				approve(out.ID)
			}
		case what == "affirm":
			facts, err := c.Members.AskMember(ctx, c.Everything(), m)
			if acted = err; err == nil && len(facts) > 0 {
				acted = c.Members.Affirm(ctx, worker, member.Saying{Member: m.ID, Fields: []roster.Column{facts[0].Column}})
			}
		case what == "end":
			out, err := c.Reviews.End(ctx, worker, m.ID, m.Version, member.Left, member.Basis{On: demotest.On, Reason: "登记错误", Document: "石桥党发〔2026〕6 号"})
			if acted = err; err == nil && out.ID != "" {
				approve(out.ID)
			}
		case what == "wait":
			c.Members.Clock = civil.StartingAt(c.Members.Clock.Now().AddDate(0, 0, rapid.SampledFrom([]int{6, 200}).Draw(rt, "days")))
			_, acted = c.Stewards.EscalateDue(ctx)
		}
		if acted == nil {
			done[what]++
		}
		counted(rt, c)
		old, err := c.Members.StaleBelow(ctx, c.Everything(), c.Town().Path, civil.Today(c.Members.Clock))
		q, qerr := c.Stewards.Quality(ctx, c.Everything(), c.Town().Path)
		var records int64
		for _, n := range old {
			records += n.Records
		}
		if err != nil || qerr != nil || q.Stale != records {
			rt.Errorf("%d records are to be asked again, kept %d: %v %v", records, q.Stale, err, qerr)
		}
	})
	for _, what := range []string{"raise", "settle", "mend"} {
		if done[what] == 0 {
			t.Errorf("no %s was done: %v", what, done)
		}
	}
}

// TestQualityOfALevel: its figures are those of its rows, and nobody reads those of another place.
func TestQualityOfALevel(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		counted(t, c)
		her := c.Actor("member")
		raise(t, c, her, her.Member, roster.Education)
		worker := c.Actor("party-worker")
		q, err := c.Stewards.Quality(ctx, c.DB.As(worker.Scope), c.Town().Path)
		if err != nil || q.Open != 1 || q.Overdue != 0 || q.Members == 0 {
			t.Fatalf("%+v %v", q, err)
		}
		for _, l := range q.Lacks {
			n, _, err := c.Members.Count(ctx, c.DB.As(worker.Scope), member.Filter{Under: c.Town().Path, Situation: member.Lacks(l.Field), On: demotest.On})
			if err != nil || int64(n) != l.N {
				t.Errorf("%s: kept %d, listed %d, %v", l.Field, l.N, n, err)
			}
		}
		c.Members.Clock = civil.StartingAt(c.Members.Clock.Now().Add(16 * 24 * time.Hour))
		if q, err = c.Stewards.Quality(ctx, c.DB.As(worker.Scope), c.Town().Path); err != nil || q.Overdue != 1 {
			t.Errorf("overdue %+v %v", q, err)
		}
		other := c.Person("branch-secretary", 2).Actor("test")
		if _, err := c.Stewards.Quality(ctx, c.DB.As(other.Scope), c.Town().Path); err == nil {
			t.Error("a branch reads the town's figures")
		}
		lines, err := c.Stewards.Lines(ctx, c.DB.As(worker.Scope), []string{branchOf(t, c).Path})
		if err != nil || lines[branchOf(t, c).Path].Open != 1 {
			t.Errorf("%+v %v", lines, err)
		}
	})
}

// TestAnOlderInstallationIsCountedOnce: one whose program kept nothing has its counts when it is opened.
func TestAnOlderInstallationIsCountedOnce(t *testing.T) {
	c := demotest.Found(t, store.Config{}, 300)
	kept, err := headcount.Kept(ctx, c.Everything(), headcount.KeptFirst)
	if err != nil || !kept {
		t.Fatal(kept, err)
	}
	var rows headcount.Change
	if err := member.TallyAll(ctx, c.Everything(), &rows); err != nil {
		t.Fatal(err)
	}
	if err := c.DB.Write(ctx, store.System("test"), func(tx *store.Tx) error { return headcount.Keep(ctx, tx, headcount.KeptFirst, rows) }); err == nil {
		t.Error("counted twice")
	}
}

// TestWhatGrowsOldIsKept: the page's figure of a town is the recount of its rows on every day, also where nobody has counted
// it before this program; and it is no bounded one.
func TestWhatGrowsOldIsKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker := c.Actor("party-worker")
		town := c.DB.As(worker.Scope)
		seen := map[int64]bool{}
		for _, months := range []int{0, 11, 12, 24, 36, 60} {
			on := demotest.On.AddMonths(months)
			c.Members.Clock = civil.FixedOn(on)
			old, err := c.Members.StaleBelow(ctx, town, c.Town().Path, on)
			if err != nil {
				t.Fatal(err)
			}
			var records int64
			for _, n := range old {
				records += n.Records
			}
			q, err := c.Stewards.Quality(ctx, town, c.Town().Path)
			if err != nil || q.Stale != records {
				t.Errorf("after %d months: kept %d, counted %d, %v", months, q.Stale, records, err)
			}
			seen[records] = true
		}
		if len(seen) < 3 {
			t.Errorf("the days tell nothing apart: %v", seen)
		}
		// One whose program kept nothing of it: its rows go, and the next opening counts them once.
		var kept int64
		all := store.System("test")
		if _, err := c.Everything().One(ctx, "SELECT coalesce(sum(n), 0) FROM {tally} WHERE kind = 'aging'", nil, &kept); err != nil || kept == 0 {
			t.Fatal(kept, err)
		}
		err := c.DB.Write(ctx, all, func(tx *store.Tx) error {
			var list [][2]string
			err := tx.Each(ctx, "SELECT org_path, day FROM {tally} WHERE kind = 'aging'", nil, func(row store.Row) error {
				var x [2]string
				err := row.Scan(&x[0], &x[1])
				list = append(list, x)
				return err
			})
			for _, x := range list {
				if _, err := tx.Delete(ctx, "tally", store.Key{store.Set("org_path", x[0]), store.Set("kind", "aging"), store.Set("day", x[1]), store.Set("batch", "")}); err != nil {
					return err
				}
			}
			_, derr := tx.Delete(ctx, "tally", store.Key{store.Set("org_path", ""), store.Set("kind", headcount.KeptAging)})
			return errors.Join(err, derr)
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			c.OpenBeside()
		}
		counted(t, c)
	})
}
