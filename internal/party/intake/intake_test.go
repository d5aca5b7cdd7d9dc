package intake_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/intake"
	"zhibu/internal/party/roster"
	"zhibu/internal/population"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

var ctx = context.Background()

// newcomers makes rows of people who are not in the city, all for one branch.
func newcomers(c *demotest.City, branch string, n int) [][]string {
	other, err := population.Build(population.Plan{Members: max(n, 10), Seed: 99, On: demotest.On})
	if err != nil {
		c.T.Fatal(err)
	}
	rows := [][]string{{"姓名", "公民身份号码", "人员类别", "所在党支部", "加入党组织日期", "转为正式党员日期", "手机号码"}}
	for m := range other.Members() {
		category := "正式党员"
		if m.Category == population.Probationary {
			category = "预备党员"
		}
		rows = append(rows, []string{m.Name, m.Identity, category, branch, m.Joined.String(), m.Confirmed.String(), m.Mobile})
		if len(rows) == n+1 {
			break
		}
	}
	return rows
}

func total(c *demotest.City) (n int) {
	if _, err := c.Everything().One(ctx, "SELECT count(*) FROM {member}", nil, &n); err != nil {
		c.T.Fatal(err)
	}
	return n
}

func TestImportAgainChangesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, town := c.Actor("party-worker"), c.Town()
		branch := c.Accounts[0].Organisation
		rows := newcomers(c, branch, 40)
		before := total(c)

		dry, err := c.Import(worker, town.ID, rows, true)
		if err != nil || dry.New != 40 || total(c) != before {
			t.Fatalf("dry run: %+v, %v, %d members", dry, err, total(c))
		}
		res, err := c.Import(worker, town.ID, rows, false)
		if err != nil || res.New != 40 || total(c) != before+40 {
			t.Fatalf("import: %+v, %v, %d members", res, err, total(c))
		}
		again, err := c.Import(worker, town.ID, rows, false)
		if err != nil || again.Unchanged != 40 || again.New+again.Changed+again.Rejected != 0 {
			t.Fatalf("again: %+v, %v", again, err)
		}
		var pending int
		if _, err := c.Everything().One(ctx, "SELECT count(*) FROM {member} WHERE batch = ? AND review = 'pending'", []any{res.Batch}, &pending); err != nil || pending != 40 {
			t.Errorf("%d pending, %v", pending, err)
		}
		c.Sound()
	})
}

func TestImportChangesKnownMembersAndUndoes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, town := c.Actor("party-worker"), c.Town()
		branch := c.Accounts[0].Organisation
		rows := newcomers(c, branch, 20)
		first, err := c.Import(worker, town.ID, rows, false)
		if err != nil {
			t.Fatal(err)
		}
		changed := [][]string{rows[0]}
		for i, r := range rows[1:11] {
			r = append([]string(nil), r...)
			if i < 3 {
				r[6] = "15400000" + strings.Repeat("1", 3)
			}
			changed = append(changed, r)
		}
		more := newcomers(c, branch, 25)[21:]
		second, err := c.Import(worker, town.ID, append(changed, more...), false)
		if err != nil || second.Changed != 3 || second.Unchanged != 7 || second.New != 5 {
			t.Fatalf("second: %+v, %v", second, err)
		}
		if err := c.Intake.Undo(ctx, worker, first.Batch, "导错了"); fault.Of(err) != fault.Conflict {
			t.Fatalf("a batch whose rows were changed since was undone: %v", err)
		}
		n := total(c)
		if err := c.Intake.Undo(ctx, worker, second.Batch, "导错了"); err != nil {
			t.Fatal(err)
		}
		if total(c) != n-5 {
			t.Errorf("%d members, want %d", total(c), n-5)
		}
		again, err := c.Import(worker, town.ID, rows, true)
		if err != nil || again.Unchanged != 20 {
			t.Errorf("after undoing: %+v, %v", again, err)
		}
		if err := c.Intake.Undo(ctx, worker, second.Batch, "再来"); fault.Of(err) != fault.Invalid {
			t.Errorf("undone twice: %v", err)
		}
		c.Sound()
	})
}

// TestKnownElsewhere: a person of another branch is refused, and only who may see that branch learns which.
func TestKnownElsewhere(t *testing.T) {
	c := demotest.Found(t, store.Config{}, 300)
	one, two := c.Org(c.Accounts[0].Organisation), c.Org(c.Accounts[1].Organisation)
	rows := newcomers(c, one.Code, 1)
	if _, err := c.Import(c.Actor("party-worker"), c.Town().ID, rows, false); err != nil {
		t.Fatal(err)
	}
	rows[1][3] = two.Code
	for _, who := range []struct {
		person int
		role   string
		org    string
		named  bool
	}{{1, "party-worker", c.Town().ID, true}, {2, "branch-secretary", two.ID, false}} {
		res, err := c.Import(c.Person(who.role, who.person).Actor("test"), who.org, rows, false)
		at := slices.IndexFunc(res.Problems, func(p roster.Problem) bool { return p.Code == roster.DuplicatePerson })
		if err != nil || res.Rejected != 1 || at < 0 {
			t.Fatalf("%s: %+v, %v", who.role, res, err)
		}
		if strings.Contains(res.Problems[at].Message, one.ShortName) != who.named {
			t.Errorf("%s reads %q", who.role, res.Problems[at].Message)
		}
	}
}

// TestForeignTargetIsMissing: another branch as the target is as if it did not exist.
func TestForeignTargetIsMissing(t *testing.T) {
	c := demotest.Found(t, store.Config{}, 300)
	two := c.Org(c.Accounts[1].Organisation)
	secretary := c.Person("branch-secretary", 1).Actor("test")
	_, foreign := c.Import(secretary, two.ID, newcomers(c, two.Code, 1), false)
	_, none := c.Import(secretary, "01NONE", newcomers(c, two.Code, 1), false)
	if fault.Of(foreign) != fault.NotFound || foreign.Error() != none.Error() {
		t.Errorf("foreign %v, none %v", foreign, none)
	}
}

// TestInterruptedImport: rows of an import that never ended are invisible, and the same import run again finishes.
func TestInterruptedImport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, town := c.Actor("party-worker"), c.Town()
		rows := newcomers(c, c.Accounts[0].Organisation, 1500)
		before := total(c)
		stop, cancel := context.WithCancel(ctx)
		path := c.CSV(rows)
		book, err := roster.OpenFile(path, roster.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer book.Close()
		_, err = c.Intake.Run(stop, worker, intake.Request{Book: book, Org: town.ID, FileName: "roster.csv", FileHash: "h", Progress: func(done, _ int) {
			if done >= 1000 {
				cancel() // as a killed process: nothing is cleared away
			}
		}})
		if err == nil {
			t.Fatal("not interrupted")
		}
		var written int
		if _, err := c.Everything().One(ctx, "SELECT count(*) FROM {all_member}", nil, &written); err != nil || written <= before {
			t.Fatalf("%d rows, %v", written, err)
		}
		if total(c) != before {
			t.Errorf("%d members are visible, want %d", total(c), before)
		}
		expire(c)
		book2, err := roster.OpenFile(path, roster.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer book2.Close()
		res, err := c.Intake.Run(ctx, worker, intake.Request{Book: book2, Org: town.ID, FileName: "roster.csv", FileHash: "h"})
		if err != nil || res.New != 1500 || total(c) != before+1500 {
			t.Errorf("again: new %d, %v, %d members", res.New, err, total(c))
		}
		c.Sound()
	})
}

// expire ends every lease, as time would.
func expire(c *demotest.City) {
	err := c.DB.Operate(ctx, func(tx *store.Tx) error {
		_, err := tx.Update(ctx, "job", store.Key{store.Set("kind", "import")}, store.Set("lease", 0))
		return err
	})
	if err != nil {
		c.T.Fatal(err)
	}
}

// TestPageImport walks an upload through the page's steps, with a restart in the middle.
func TestPageImport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, town := c.Actor("party-worker"), c.Town()
		rows, faults := population.FaultySheet(c.Plan, c.Plan.FirstTown)
		var text strings.Builder
		for _, r := range rows {
			text.WriteString(strings.Join(r, ",") + "\n")
		}
		b, book, err := c.Intake.Upload(ctx, worker, town.ID, "花名册.csv", strings.NewReader(text.String()))
		if err != nil {
			t.Fatal(err)
		}
		book.Close()
		if err := c.Intake.Choose(ctx, worker, b.ID, "", nil); err != nil {
			t.Fatal(err)
		}
		work(c, b.ID, intake.Checked)
		checked := batch(c, b.ID)
		if checked.Result.Rejected == 0 || checked.Result.New == 0 {
			t.Fatalf("checked: %+v", checked.Result)
		}
		listed, err := c.Intake.Problems(ctx, b.ID, "", "", 0, 500)
		if err != nil || len(listed) < len(faults) {
			t.Errorf("%d problems listed, %d faults in the sheet, %v", len(listed), len(faults), err)
		}
		var mended strings.Builder
		if err := c.Intake.Mend(ctx, worker, b.ID, &mended); err != nil || mended.Len() == 0 {
			t.Errorf("error workbook: %d bytes, %v", mended.Len(), err)
		}
		if err := c.Intake.Confirm(ctx, worker, b.ID); err != nil {
			t.Fatal(err)
		}
		work(c, b.ID, intake.Done)
		if done := batch(c, b.ID); done.Result.New != checked.Result.New {
			t.Errorf("done: %+v", done.Result)
		}
		c.Sound()
	})
}

func batch(c *demotest.City, id string) intake.Batch {
	b, err := c.Intake.Batch(ctx, c.Everything(), id)
	if err != nil {
		c.T.Fatal(err)
	}
	return b
}

// work lets the worker run until the batch is in a state.
func work(c *demotest.City, id string, want intake.State) {
	c.T.Helper()
	stop, cancel := context.WithCancel(ctx)
	defer cancel()
	reached := make(chan struct{})
	go func() {
		defer close(reached)
		c.Intake.Work(stop, func(err error) { c.T.Error(err) })
	}()
	for batch(c, id).State != want {
		select {
		case <-reached:
			c.T.Fatalf("the worker ended, the batch is %s", batch(c, id).State)
		default:
		}
		if s := batch(c, id).State; s == intake.Failed && want != intake.Failed {
			c.T.Fatalf("failed: %s", batch(c, id).Result.Message)
		}
	}
	cancel()
	<-reached
}

// TestAnImportIsReviewed: clean rows are approved together by another person, each warning is left to be looked at;
// changes to reviewed members wait as proposals, and the same sheet again proposes nothing twice.
func TestAnImportIsReviewed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, reviewer, town := c.Actor("party-worker"), c.Actor("reviewer"), c.Town()
		rows := newcomers(c, c.Accounts[0].Organisation, 30)
		res, err := c.Import(worker, town.ID, rows, false)
		if err != nil || res.New != 30 {
			t.Fatalf("%+v, %v", res, err)
		}
		warned := map[int]bool{}
		for _, p := range res.Problems {
			warned[p.Row] = true
		}
		if err := c.Intake.ApproveClean(ctx, worker, res.Batch); fault.Of(err) != fault.Forbidden {
			t.Errorf("approved by whoever imported it: %v", err)
		}
		if err := c.Intake.ApproveClean(ctx, reviewer, res.Batch); err != nil {
			t.Fatal(err)
		}
		work, stop := context.WithCancel(ctx)
		done := make(chan struct{})
		go func() { defer close(done); c.Intake.Work(work, func(err error) { t.Error(err) }) }()
		for {
			a, found, err := c.Intake.Approval(ctx, res.Batch)
			if err != nil || !found {
				t.Fatal(found, err)
			}
			if !a.Running {
				if a.Done != 30-len(warned) || a.Message != "" {
					t.Errorf("%+v, %d warned", a, len(warned))
				}
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		stop()
		<-done
		count := func(query string) (n int) {
			if _, err := c.Everything().One(ctx, query, []any{res.Batch}, &n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := count("SELECT count(*) FROM {member} WHERE batch = ? AND review = 'reviewed'"); n != 30-len(warned) {
			t.Errorf("%d reviewed", n)
		}
		if err := c.Intake.Undo(ctx, worker, res.Batch, "导错了"); fault.Of(err) != fault.Conflict {
			t.Errorf("a reviewed import was taken back: %v", err)
		}
		for i := range rows[1:] {
			rows[i+1][6] = "15400000" + "222"
		}
		for range 2 {
			if res, err = c.Import(worker, town.ID, rows, false); err != nil {
				t.Fatal(err)
			}
		}
		if res.Changed != 0 || res.Unchanged != 30 {
			t.Errorf("the same again: %+v", res)
		}
		if _, err := c.Everything().One(ctx, "SELECT count(*) FROM {proposal} WHERE state = 'pending'", nil, &res.Changed); err != nil || res.Changed != 30-len(warned) {
			t.Errorf("%d changes wait, %v", res.Changed, err)
		}
		c.Sound()
	})
}
