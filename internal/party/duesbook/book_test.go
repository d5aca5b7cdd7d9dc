package duesbook_test

import (
	"context"
	"os"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/dues"
	"zhibu/internal/party/duesbook"
	"zhibu/internal/party/logbook"
	"zhibu/internal/party/org"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/ledger"
)

func TestMain(m *testing.M) { os.Exit(demotest.Main(m)) }

var ctx = context.Background()

// branch is a branch with who works there.
type branch struct {
	*demotest.City
	t                        testing.TB
	at                       org.Organisation
	secretary, other, worker ledger.Actor
	people                   []string
}

func open(t testing.TB, cfg store.Config) branch {
	t.Helper()
	c := demotest.Found(t, cfg, 300)
	p := c.Person("branch-secretary", 1)
	o, err := org.ByID(ctx, c.Everything(), p.Grants[0].Org)
	if err != nil {
		t.Fatal(err)
	}
	b := branch{City: c, t: t, at: o, secretary: p.Actor("test"), worker: c.Person("party-worker", 1).Actor("test"), other: c.Person("organisation-department", 1).Actor("test")}
	book, err := c.Dues.Year(ctx, c.Everything(), o, 2026)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range book.Lines {
		b.people = append(b.people, l.Member)
	}
	return b
}

func (b branch) year(y int) duesbook.Book {
	b.t.Helper()
	out, err := b.Dues.Year(ctx, b.Everything(), b.at, y)
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

func (b branch) line(id string, y int) duesbook.Line {
	b.t.Helper()
	for _, l := range b.year(y).Lines {
		if l.Member == id {
			return l
		}
	}
	b.t.Fatal("nobody")
	return duesbook.Line{}
}

// fix gives a base that a second person has confirmed.
func (b branch) fix(id string, c duesbook.Content, year int) {
	b.t.Helper()
	c.Evidence = "1 月工资条"
	ids, err := b.Dues.Propose(ctx, b.secretary, b.at.ID, []duesbook.New{{Member: id, Kind: duesbook.Base, Year: year, Content: c}})
	if err == nil {
		if err = b.Dues.Approve(ctx, b.worker, ids[0], 1); fault.Of(err) == fault.Forbidden { // her own
			err = b.Dues.Approve(ctx, b.other, ids[0], 1)
		}
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

func wants(t testing.TB, err error, kind fault.Kind, field, rule string) {
	t.Helper()
	f := fault.As(err)
	if err == nil || f == nil || fault.Of(err) != kind || f.Field != field || f.Rule != rule {
		t.Errorf("want %v at %q by %q, got %v (%+v)", kind, field, rule, err, f)
	}
}

// behind is a member who is on the list since last year and has paid until September.
func (b branch) behind() duesbook.Line {
	b.t.Helper()
	return b.since("2025-12-01", "2026-09")
}

// since puts the first member on the list and lets her have paid through a month.
func (b branch) since(listed, through string) duesbook.Line {
	b.t.Helper()
	for _, n := range []logbook.New{{Kind: timeline.Member, On: civil.MustParse(listed)}, {Kind: timeline.DuesPaid, On: civil.MustParse("2026-02-10"), Fields: logbook.Fields{Through: through}}} {
		n.Org, n.People, n.Reason = b.at.ID, b.people[:1], "集中补登"
		if _, err := b.Logbook.Add(ctx, b.secretary, n); err != nil {
			b.t.Fatal(err)
		}
	}
	return b.line(b.people[0], 2026)
}

// TestPaidAndTakenBack: a base is fixed by two, a payment settles months to the fen and the duty with them, and taking it
// back opens both again.
func TestPaidAndTakenBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		b := open(t, cfg)
		her := b.behind()
		b.fix(her.Member, duesbook.Content{Source: dues.Wage, Income: 8000_00}, 2026)
		before := b.line(her.Member, 2026)
		if before.LateMonths == 0 || before.Arrears != dues.Fen(before.LateMonths)*120_00 {
			t.Fatalf("%d months late, %s", before.LateMonths, before.Arrears)
		}
		through := civil.MustParse("2026-11-01")
		sum := before.Arrears + 120_00
		pay := duesbook.Paying{Member: her.Member, Through: through, On: demotest.On, Sum: sum - 1}
		_, err := b.Dues.Pay(ctx, b.secretary, b.at.ID, []duesbook.Paying{pay})
		wants(t, err, fault.Invalid, "sum", "F-06")
		pay.Sum = sum
		got, err := b.Dues.Pay(ctx, b.secretary, b.at.ID, []duesbook.Paying{pay})
		if err != nil {
			t.Fatal(err)
		}
		p := got[0]
		if p.Receipt != "2026-0001" || p.Owed != sum || p.Extra() != 0 || p.From.MonthOf() != "2026-10" {
			t.Errorf("%+v", p)
		}
		after := b.line(her.Member, 2026)
		if after.LateMonths != 0 || after.Arrears != 0 || after.Paid != sum || after.Cells[10].State != duesbook.Paid {
			t.Errorf("after: %+v", after)
		}
		if n := b.openDuties(her.Member); n != 0 {
			t.Errorf("%d duties are open", n)
		}
		wants(t, b.Logbook.Withdraw(ctx, b.secretary, p.Entry, 1, "记错了"), fault.Conflict, "", "F-12")
		_, err = b.Dues.Pay(ctx, b.secretary, b.at.ID, []duesbook.Paying{pay})
		wants(t, err, fault.Invalid, "through", "F-12")
		if err := b.Dues.Withdraw(ctx, b.secretary, p.ID, 1, "记错了人"); err != nil {
			t.Fatal(err)
		}
		again := b.line(her.Member, 2026)
		if again.LateMonths != before.LateMonths || again.Arrears != before.Arrears || again.Paid != 0 || b.openDuties(her.Member) == 0 {
			t.Errorf("taken back: %+v", again)
		}
		b.Sound()
	})
}

func (b branch) openDuties(member string) (n int) {
	b.t.Helper()
	a, err := b.Duties.Of(ctx, b.Everything(), b.at, demotest.On, true)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, it := range a.Items {
		if it.Duty.Name == timeline.PayDues && it.Person == member && it.Open() {
			n++
		}
	}
	return n
}

// TestExempt: a reduction waits for those above; an exemption bears on the duty of each month until it is taken back.
func TestExempt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		b := open(t, cfg)
		her := b.behind()
		n := duesbook.New{Member: her.Member, Kind: duesbook.Relief, From: civil.MustParse("2026-09-01"), To: civil.MustParse("2026-12-01"),
			Content: duesbook.Content{Applied: civil.MustParse("2026-11-01"), Studied: civil.MustParse("2026-10-01"), Evidence: "本人申请", Reason: "患病"}}
		_, err := b.Dues.Propose(ctx, b.secretary, b.at.ID, []duesbook.New{n})
		wants(t, err, fault.Invalid, "studied", "F-06")
		n.Studied = civil.MustParse("2026-11-10")
		ids, err := b.Dues.Propose(ctx, b.secretary, b.at.ID, []duesbook.New{n})
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Dues.Approve(ctx, b.secretary, ids[0], 1); fault.Of(err) != fault.Forbidden {
			t.Errorf("the branch approves it itself: %v", err)
		}
		open := b.openDuties(her.Member)
		if err := b.Dues.Approve(ctx, b.worker, ids[0], 1); err != nil {
			t.Fatal(err)
		}
		l := b.line(her.Member, 2026)
		for i, c := range l.Cells {
			if (i >= 8) != (c.State == duesbook.Exempt) && c.State != duesbook.Paid {
				t.Errorf("month %d is %s", i+1, c.State)
			}
		}
		if now := b.openDuties(her.Member); now >= open || now != 0 {
			t.Errorf("%d duties were open, %d are", open, now)
		}
		if err := b.Dues.Revoke(ctx, b.worker, ids[0], 2, "情况变了"); err != nil {
			t.Fatal(err)
		}
		if now := b.openDuties(her.Member); now != open {
			t.Errorf("%d duties were open, after it was taken back %d", open, now)
		}
		b.Sound()
	})
}

// TestBadInput: each is one sentence with the rule that asks for it, and nothing is written.
func TestBadInput(t *testing.T) {
	b := open(t, store.Config{})
	her := b.behind().Member
	for name, c := range map[string]struct {
		n           duesbook.New
		field, rule string
	}{
		"no source":             {duesbook.New{Kind: duesbook.Base, Year: 2026}, "source", "F-02"},
		"a wage without base":   {duesbook.New{Kind: duesbook.Base, Year: 2026, Content: duesbook.Content{Source: dues.Wage}}, "income", "F-02"},
		"a student with a base": {duesbook.New{Kind: duesbook.Base, Year: 2026, Content: duesbook.Content{Source: dues.Student, Income: 1}}, "income", "F-05"},
		"a farmer beyond":       {duesbook.New{Kind: duesbook.Base, Year: 2026, Content: duesbook.Content{Source: dues.Farmer, Chosen: 101}}, "chosen", "F-05"},
		"another year":          {duesbook.New{Kind: duesbook.Base, Year: 2030, Content: duesbook.Content{Source: dues.Student}}, "year", "F-09"},
		"backwards":             {duesbook.New{Kind: duesbook.Relief, From: civil.MustParse("2026-05-01"), To: civil.MustParse("2026-03-01")}, "to", "F-06"},
		"too long":              {duesbook.New{Kind: duesbook.Relief, From: civil.MustParse("2026-01-01"), To: civil.MustParse("2027-01-01")}, "to", "F-06"},
	} {
		t.Run(name, func(t *testing.T) {
			c.n.Member, c.n.Evidence = her, "材料"
			_, err := b.Dues.Propose(ctx, b.secretary, b.at.ID, []duesbook.New{c.n})
			wants(t, err, fault.Invalid, c.field, c.rule)
		})
	}
	on, month := demotest.On, civil.MustParse("2026-11-01")
	for name, c := range map[string]struct {
		p           duesbook.Paying
		field, rule string
	}{
		"nothing":             {duesbook.Paying{Through: month, On: on}, "sum", "F-12"},
		"tomorrow":            {duesbook.Paying{Through: month, On: on.AddDays(1), Sum: 100}, "on", "F-12"},
		"no day":              {duesbook.Paying{Through: month, Sum: 100}, "on", "F-12"},
		"a month long paid":   {duesbook.Paying{Through: civil.MustParse("2026-01-01"), On: on, Sum: 100}, "through", "F-12"},
		"ahead without leave": {duesbook.Paying{Through: month.AddMonths(1), On: on, Sum: 100}, "agreed", "F-12"},
		"by another":          {duesbook.Paying{Through: month, On: on, Sum: 100, Proxy: "某某"}, "agreed", "F-12"},
		"long ago":            {duesbook.Paying{Through: month, On: civil.MustParse("2026-01-05"), Sum: 100}, "reason", "F-12"},
	} {
		t.Run(name, func(t *testing.T) {
			c.p.Member = her
			_, err := b.Dues.Pay(ctx, b.secretary, b.at.ID, []duesbook.Paying{c.p})
			wants(t, err, fault.Invalid, c.field, c.rule)
		})
	}
	_, err := b.Dues.Pay(ctx, b.secretary, b.at.ID, []duesbook.Paying{{Member: "nobody", Through: month, On: on, Sum: 100}})
	wants(t, err, fault.Invalid, "member", "F-08")
	if y := b.year(2026); y.Paid != 0 || y.Waiting != 0 {
		t.Errorf("something was written: %s, %d", y.Paid, y.Waiting)
	}
}

// TestSecondPerson: neither who proposed nor the member herself confirms, and a base changes within its year only with a
// reason.
func TestSecondPerson(t *testing.T) {
	b := open(t, store.Config{})
	her := b.behind().Member
	n := duesbook.New{Member: her, Kind: duesbook.Base, Year: 2026, Content: duesbook.Content{Source: dues.Pension, Income: 5001_00, Evidence: "发放单"}}
	ids, err := b.Dues.Propose(ctx, b.worker, b.at.ID, []duesbook.New{n})
	if err != nil {
		t.Fatal(err)
	}
	wants(t, b.Dues.Approve(ctx, b.worker, ids[0], 1), fault.Forbidden, "", "H-09")
	_, err = b.Dues.Propose(ctx, b.secretary, b.at.ID, []duesbook.New{n})
	wants(t, err, fault.Conflict, "member", "")
	if err := b.Dues.Approve(ctx, b.secretary, ids[0], 1); err != nil {
		t.Fatal(err)
	}
	if c := b.line(her, 2026).Cells[10]; !c.Known || c.Due.Min != 50_01 {
		t.Errorf("%+v", c)
	}
	_, err = b.Dues.Propose(ctx, b.secretary, b.at.ID, []duesbook.New{n})
	wants(t, err, fault.Invalid, "reason", "F-09")
}
