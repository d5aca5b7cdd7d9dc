package duesbook_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"zhibu/internal/civil"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/dues"
	"zhibu/internal/party/duesbook"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

// TestSheetIsLossless: what is exported and taken in again after everything was taken back is the same, row by row.
func TestSheetIsLossless(t *testing.T) {
	b := open(t, store.Config{})
	export := func(t interface{ Fatal(...any) }) ([]duesbook.Payment, [][]string) {
		list, err := duesbook.Payments(ctx, b.Everything(), b.at.Path, 2026, false)
		if err != nil {
			t.Fatal(err)
		}
		return list, duesbook.Rows(list)
	}
	clear := func(t interface{ Fatal(...any) }) {
		list, _ := export(t)
		slices.SortStableFunc(list, func(a, b duesbook.Payment) int { return strings.Compare(b.Through.String(), a.Through.String()) })
		for _, p := range list {
			if err := b.Dues.Withdraw(ctx, b.secretary, p.ID, 1, "重来"); err != nil {
				t.Fatal(err)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		for range rapid.IntRange(1, 6).Draw(t, "payments") {
			p := duesbook.Paying{Member: rapid.SampledFrom(b.people).Draw(t, "who"), On: demotest.On.AddDays(-rapid.IntRange(0, 20).Draw(t, "days ago")), Sum: dues.Fen(rapid.Int64Range(1, 200_000_00).Draw(t, "fen")), Agreed: true,
				Way: rapid.SampledFrom(duesbook.Ways).Draw(t, "way"), Proxy: rapid.SampledFrom([]string{"", "张三"}).Draw(t, "proxy"), Document: rapid.StringMatching(`[a-z=,"]{0,8}`).Draw(t, "document")}
			if n := rapid.IntRange(0, 3).Draw(t, "months"); n > 0 {
				p.Through = civil.MustParse("2026-11-01").AddMonths(n)
			}
			if _, err := b.Dues.Pay(ctx, b.secretary, b.at.ID, []duesbook.Paying{p}); err != nil && fault.Of(err) != fault.Invalid {
				t.Fatal(err)
			}
		}
		_, before := export(t)
		clear(t)
		got, err := b.Dues.TakeSheet(ctx, b.secretary, b.at.ID, before)
		if err != nil && len(before) > 1 {
			t.Fatal(err)
		}
		_, after := export(t)
		if len(got) != len(before)-1 || !same(before, after) {
			t.Fatalf("exported %v, after taking it in %v", before, after)
		}
		clear(t)
	})
}

// same compares rows without their order within a day.
func same(a, b [][]string) bool {
	key := func(rows [][]string) (out []string) {
		for _, r := range rows {
			out = append(out, strings.Join(r, "\x00"))
		}
		slices.Sort(out)
		return out
	}
	return slices.Equal(key(a), key(b))
}

// TestSheetSaysWhatIsWrong row by row; the other rows are recorded.
func TestSheetSaysWhatIsWrong(t *testing.T) {
	b := open(t, store.Config{})
	name := b.line(b.people[0], 2026).Name
	rows := [][]string{{"党费登记表"}, {"姓名", "金额", "日期", "交到哪个月", "收据号"}, {name, "15.00", "2026-11-20", "", "1"}, {name, "十五", "2026-11-20", "", ""}, {name, "15", "11-20-26", "", ""},
		{"查无此人", "15", "2026-11-20", "", ""}, {}, {name, "15", "2026/11/2", "2026年13月", ""}, {name, "15", "20261120", "", "1"}, {name, "15.555", "2026-11-20", "", ""}}
	got, err := b.Dues.CheckSheet(ctx, b.Everything(), b.at, rows)
	if err != nil {
		t.Fatal(err)
	}
	want := map[int]string{3: "", 4: "sum", 5: "on", 6: "member", 8: "through", 9: "receipt", 10: "sum"}
	for _, x := range got.Rows {
		field := ""
		if x.Problem != nil {
			field = x.Problem.Field
			if x.Problem.Rule == "" {
				t.Errorf("row %d names no rule: %v", x.Row, x.Problem)
			}
		}
		if field != want[x.Row] {
			t.Errorf("row %d: %q, want %q (%v)", x.Row, field, want[x.Row], x.Problem)
		}
	}
	if got.Ready != 1 || got.Bad != 6 || got.Sum != 1500 {
		t.Errorf("%d ready, %d bad, %s", got.Ready, got.Bad, got.Sum)
	}
	_, err = b.Dues.CheckSheet(ctx, b.Everything(), b.at, [][]string{{"何", "为"}})
	wants(t, err, fault.Invalid, "file", "F-12")
	if done, err := b.Dues.TakeSheet(ctx, b.secretary, b.at.ID, rows); err != nil || len(done) != 1 {
		t.Errorf("%d recorded, %v", len(done), err)
	}
}

// TestStatement: lines find their receipts by number, day, name and the end of a covered name, and what was not recorded
// is proposed; nothing happens before a person has ticked it.
func TestStatement(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		b := open(t, cfg)
		on := demotest.On
		var names []string
		for i, id := range b.people[:5] {
			names = append(names, b.line(id, 2026).Name)
			b.fix(id, duesbook.Content{Source: dues.Wage, Income: dues.Fen(3000_00 + i*1000_00)}, 2026)
		}
		pay := func(i int, sum dues.Fen) duesbook.Payment {
			t.Helper()
			got, err := b.Dues.Pay(ctx, b.secretary, b.at.ID, []duesbook.Paying{{Member: b.people[i], On: on, Sum: sum, Way: duesbook.Transfer}})
			if err != nil {
				t.Fatal(err)
			}
			return got[0]
		}
		byNumber, byName, byTail := pay(0, 11_11), pay(1, 22_22), pay(2, 33_33)
		tail := []rune(names[2])
		december := b.line(b.people[3], 2026).Cells[11].Due.Min
		rows := [][]string{{"交易日期", "收入金额", "对方户名", "摘要", "流水号"},
			{on.String(), "11.11", "", "党费 收据" + byNumber.Receipt, "A1"}, {on.AddDays(1).String(), "22.22", names[1], "", "A2"}, {on.String() + " 10:00:00", "33.33", "*" + string(tail[len(tail)-1:]), "", "A3"},
			{on.String(), december.String(), names[3], "", "A4"}, {on.String(), "99.99", "别人", "", "A5"}, {on.String(), "-5.00", "手续费", "", "A6"}}
		lines, err := b.Dues.Reconcile(ctx, b.Everything(), b.at, rows)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []duesbook.Payment{byNumber, byName, byTail} {
			if m := lines[i].Match; m == nil || m.ID != want.ID {
				t.Errorf("line %d: %+v", lines[i].Row, lines[i])
			}
		}
		if p := lines[3].Propose; p == nil || p.Member != b.people[3] || p.Through.MonthOf() != "2026-12" {
			t.Errorf("not proposed: %+v", lines[3])
		}
		if lines[4].Match != nil || lines[4].Propose != nil || lines[5].Problem == nil {
			t.Errorf("%+v, %+v", lines[4], lines[5])
		}
		if b.line(b.people[3], 2026).Paid != 0 {
			t.Error("something happened before anybody ticked it")
		}
		_, _, err = b.Dues.Confirm(ctx, b.secretary, b.at.ID, rows, nil)
		wants(t, err, fault.Invalid, "row", "F-12")
		matched, recorded, err := b.Dues.Confirm(ctx, b.secretary, b.at.ID, rows, []int{2, 3, 4, 5, 6})
		if err != nil || matched != 3 || recorded != 1 {
			t.Fatal(matched, recorded, err)
		}
		again, err := b.Dues.Reconcile(ctx, b.Everything(), b.at, rows)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 4 {
			if !again[i].Already {
				t.Errorf("line %d is not settled: %+v", again[i].Row, again[i])
			}
		}
		if b.line(b.people[3], 2026).Paid != december {
			t.Error("what was proposed is not recorded")
		}
		b.Sound()
	})
}
