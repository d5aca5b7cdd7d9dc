package duesbook_test

import (
	"testing"

	"pgregory.net/rapid"

	"zhibu/internal/civil"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/dues"
	"zhibu/internal/party/duesbook"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/ledger"
)

// newYear moves the rooms that record dues into January.
func newYear(c *demotest.City, day string) {
	clock := civil.Fixed(civil.MustParse(day).In(civil.Beijing))
	c.Dues.Clock, c.Logbook.Clock, c.Duties.Clock = clock, clock, clock
}

// committee finds one with at least so many branches directly below, and them.
func committee(t testing.TB, c *demotest.City, branches int) (top org.Organisation, below []org.Organisation) {
	t.Helper()
	var id string
	if _, err := c.Everything().One(ctx, "SELECT p.id FROM {org} p JOIN {org} o ON o.parent_id = p.id WHERE p.kind = 'committee' AND o.kind IN ('branch', 'joint-branch', 'temporary-branch') GROUP BY p.id HAVING count(*) >= ? ORDER BY count(*) DESC LIMIT 1", []any{branches}, &id); err != nil {
		t.Fatal(err)
	}
	top, err := org.ByID(ctx, c.Everything(), id)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	err = c.Everything().Each(ctx, "SELECT id FROM {org} WHERE parent_id = ? ORDER BY path", []any{id}, func(row store.Row) error {
		var one string
		err := row.Scan(&one)
		ids = append(ids, one)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if below, err = org.ByIDs(ctx, c.Everything(), ids); err != nil {
		t.Fatal(err)
	}
	return top, below
}

// TestACommitteeClosesItsYear: twelve branches and more take dues, close one after the other, and the committee after them;
// every fen that came in is kept somewhere or passed on.
func TestACommitteeClosesItsYear(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 1500)
		newYear(c, "2027-01-05")
		top, below := committee(t, c, 12)
		if len(below) < 12 {
			t.Fatalf("%s has %d branches", top.Name, len(below))
		}
		actor := ledger.Actor{Account: c.Person("organisation-department", 1).Account, Name: "办公室", Scope: store.System("test")}
		root, err := org.ByPath(ctx, c.Everything(), org.Above(top.Path)[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Dues.Close(ctx, actor, below[0].ID, 2026, "逾期的已经提醒"); fault.Of(err) != fault.Conflict || fault.As(err).Rule != "F-15" {
			t.Errorf("closed without a share: %v", err)
		}
		for kind, kept := range map[org.Kind]dues.Share{org.Branch: 1234, org.Committee: 3333} {
			if _, err := c.Dues.SetShare(ctx, actor, duesbook.Share{Org: root.ID, Kind: kind, From: 2026, Kept: kept, Basis: "市委组织部文件"}); err != nil {
				t.Fatal(err)
			}
		}
		var paid, kept, passed dues.Fen
		for n, b := range below {
			sum := payDecember(t, c, actor, b, dues.Fen(n)*37+1503)
			paid += sum
			got, err := c.Dues.Close(ctx, actor, b.ID, 2026, "逾期的已经提醒")
			if err != nil {
				t.Fatal(err)
			}
			if got.Paid != sum || got.Kept+got.Passed != sum || got.Share != 1234 {
				t.Errorf("%s: %+v", b.Name, got)
			}
			kept, passed = kept+got.Kept, passed+got.Passed
			if n == 0 {
				if _, err := c.Dues.Close(ctx, actor, top.ID, 2026, ""); fault.Of(err) != fault.Conflict {
					t.Errorf("the committee closes before its branches: %v", err)
				}
			}
		}
		got, err := c.Dues.Close(ctx, actor, top.ID, 2026, "")
		if err != nil {
			t.Fatal(err)
		}
		if got.Below != passed || kept+got.Kept+got.Passed != paid {
			t.Errorf("%s came in, %s is kept below, %s here, %s passed on", paid, kept, got.Kept, got.Passed)
		}
		closedStaysClosed(t, c, actor, top, below[0], got)
		c.Sound()
	})
}

// payDecember has everybody of a branch pay for December, and gives what came in.
func payDecember(t testing.TB, c *demotest.City, actor ledger.Actor, b org.Organisation, each dues.Fen) (sum dues.Fen) {
	t.Helper()
	payers, err := c.Dues.Payers(ctx, c.Everything(), b, civil.MustParse("2026-12-01"))
	if err != nil {
		t.Fatal(err)
	}
	var list []duesbook.Paying
	for i, p := range payers {
		if i == 0 {
			continue // somebody is behind
		}
		list = append(list, duesbook.Paying{Member: p.Member, Through: civil.MustParse("2026-12-01"), On: civil.MustParse("2026-12-20"), Sum: each})
		sum += each
	}
	if len(list) == 0 {
		return 0
	}
	if _, err := c.Dues.Pay(ctx, actor, b.ID, list); err != nil {
		t.Fatal(err)
	}
	return sum
}

func closedStaysClosed(t testing.TB, c *demotest.City, actor ledger.Actor, top, branch org.Organisation, closed duesbook.Closing) {
	t.Helper()
	list, err := duesbook.Payments(ctx, c.Everything(), branch.Path, 2026, false)
	if err != nil || len(list) == 0 {
		t.Fatal(len(list), err)
	}
	wants(t, c.Dues.Withdraw(ctx, actor, list[0].ID, 1, "记错了"), fault.Conflict, "on", "F-16")
	_, err = c.Dues.Pay(ctx, actor, branch.ID, []duesbook.Paying{{Member: list[0].Member, On: civil.MustParse("2026-12-30"), Sum: 100}})
	wants(t, err, fault.Conflict, "on", "F-16")
	wants(t, c.Dues.Reopen(ctx, actor, branch.ID, 2026, 1, "记错了"), fault.Conflict, "", "F-15")
	spend := duesbook.Outlay{Org: top.ID, Kind: duesbook.Remit, Year: 2026, On: civil.MustParse("2027-01-05"), Sum: closed.Passed + 1, Document: "回执"}
	_, err = c.Dues.Spend(ctx, actor, spend)
	wants(t, err, fault.Invalid, "sum", "F-15")
	spend.Sum = closed.Passed
	if _, err := c.Dues.Spend(ctx, actor, spend); err != nil {
		t.Fatal(err)
	}
	_, err = c.Dues.Spend(ctx, actor, duesbook.Outlay{Org: top.ID, Kind: duesbook.Use, Year: 2026, On: civil.MustParse("2027-01-05"), Sum: 1, Purpose: "聚餐", Document: "发票"})
	wants(t, err, fault.Invalid, "purpose", "F-17")
	if err := c.Dues.Reopen(ctx, actor, top.ID, 2026, 1, "下级要更正"); err != nil {
		t.Fatal(err)
	}
	if err := c.Dues.Reopen(ctx, actor, branch.ID, 2026, 1, "更正一张收据"); err != nil {
		t.Fatal(err)
	}
	if err := c.Dues.Withdraw(ctx, actor, list[0].ID, 1, "记错了"); err != nil {
		t.Fatal(err)
	}
}

// TestTheBookAddsUp: whatever is paid and taken back, the book's total is the sum of the receipts that stand, each line's
// the sum of its own, and taking a payment back restores what was before.
func TestTheBookAddsUp(t *testing.T) {
	b := open(t, store.Config{})
	rapid.Check(t, func(t *rapid.T) {
		before := b.year(2026)
		who := rapid.SampledFrom(b.people).Draw(t, "who")
		p := duesbook.Paying{Member: who, On: demotest.On.AddDays(-rapid.IntRange(0, 20).Draw(t, "days ago")), Sum: dues.Fen(rapid.Int64Range(1, 500_000).Draw(t, "fen"))}
		if months := rapid.IntRange(0, 4).Draw(t, "months"); months > 0 {
			p.Through, p.Agreed = civil.MustParse("2026-11-01").AddMonths(months), true
		}
		got, err := b.Dues.Pay(ctx, b.secretary, b.at.ID, []duesbook.Paying{p})
		if err != nil {
			if f := fault.As(err); f == nil || f.Field != "through" {
				t.Fatal(err)
			}
			return // paid until later already
		}
		after := b.year(2026)
		if after.Paid != before.Paid+p.Sum {
			t.Fatalf("%s and %s are %s", before.Paid, p.Sum, after.Paid)
		}
		adds(t, b, after)
		if !rapid.Bool().Draw(t, "take back") {
			return
		}
		if err := b.Dues.Withdraw(ctx, b.secretary, got[0].ID, 1, "记错了"); err != nil {
			t.Fatal(err)
		}
		again := b.year(2026)
		if again.Paid != before.Paid || again.Owed != before.Owed || again.Arrears != before.Arrears {
			t.Fatalf("%s, %s, %s before; %s, %s, %s after", before.Paid, before.Owed, before.Arrears, again.Paid, again.Owed, again.Arrears)
		}
		for i, l := range again.Lines {
			for m, x := range l.Cells {
				if x.State != before.Lines[i].Cells[m].State {
					t.Fatalf("%s, month %d: %s, was %s", l.Name, m+1, x.State, before.Lines[i].Cells[m].State)
				}
			}
		}
	})
}

func adds(t *rapid.T, b branch, y duesbook.Book) {
	list, err := duesbook.Payments(ctx, b.Everything(), b.at.Path, 2026, false)
	if err != nil {
		t.Fatal(err)
	}
	var receipts, lines dues.Fen
	numbers := map[string]bool{}
	for _, p := range list {
		receipts += p.Sum
		if numbers[p.Receipt] {
			t.Fatalf("two receipts %s", p.Receipt)
		}
		numbers[p.Receipt] = true
	}
	for _, l := range y.Lines {
		lines += l.Paid
	}
	if receipts != y.Paid || lines != y.Paid {
		t.Fatalf("book %s, receipts %s, lines %s", y.Paid, receipts, lines)
	}
}
