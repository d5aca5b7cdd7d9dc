package duesbook

import (
	"context"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/dues"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/words"
)

// The columns of a statement of a bank or payment service, by the headers that these use.
const (
	stDay = iota
	stSum
	stPayer
	stNote
	stRef
	statementColumns
)

var statementWords = [statementColumns][]string{{"日期", "交易日期", "交易时间", "记账日期", "入账时间"}, {"金额", "收入金额", "贷方发生额", "交易金额", "收入", "金额（元）", "金额(元)", "实收金额"},
	{"对方户名", "付款人", "付款方", "户名", "姓名", "对方名称", "交款人"}, {"摘要", "附言", "备注", "用途", "说明"}, {"流水号", "交易流水号", "凭证号", "订单号", "交易单号", "商户单号"}}

// StatementLine is a line of a statement, and what it was found to be.
type StatementLine struct {
	Row               int
	On                civil.Date
	Sum               dues.Fen
	Payer, Note, Ref  string
	Problem           *fault.Error
	Already           bool     // a receipt bears this reference already
	Match             *Payment // a receipt that it proposes to be
	Propose           *Paying  // a payment that is not recorded yet
	Name              string   // of the member proposed
	Why               string   // by what it was found, a key of the catalogue
	ambiguousPayments int
}

// nearDays is how far the day on a receipt and on a statement may lie apart.
const nearDays = 3

// Reconcile holds a statement against the receipts of a branch: by reference, receipt number, sum, day and name. It
// proposes and decides nothing; a line that two receipts fit is left to a person.
func (s *Service) Reconcile(ctx context.Context, r store.Reader, o org.Organisation, rows [][]string) (out []StatementLine, err error) {
	defer fault.Wrap(&err, "dues: reconcile")
	at, where, missing := header(rows, statementWords[:], stDay, stSum)
	switch {
	case at < 0:
		return nil, fault.New(fault.Invalid, "没有找到表头“%s”。对账单要有日期和金额，表头写在前几行。", missing).At("file").By("F-12")
	case len(rows)-at-1 > mostRows:
		return nil, fault.New(fault.Invalid, "一次最多 %d 行，请分几次。", mostRows).At("file").By("F-12")
	}
	years := map[int]bool{}
	for i, row := range rows[at+1:] {
		if strings.TrimSpace(strings.Join(row, "")) == "" {
			continue
		}
		l := readLine(row, where, at+i+2)
		years[l.On.Year], years[l.On.AddDays(-nearDays).Year], years[l.On.AddDays(nearDays).Year] = true, true, true
		out = append(out, l)
	}
	var receipts []Payment
	for y := range years {
		if y < firstYear {
			continue
		}
		some, err := Payments(ctx, r, o.Path, y, false)
		if err != nil {
			return nil, err
		}
		receipts = append(receipts, some...)
	}
	match(out, receipts)
	return out, s.proposeUnrecorded(ctx, r, o, out)
}

func readLine(row []string, where []int, number int) StatementLine {
	get := func(c int) string { return cellAt(row, where[c]) }
	l := StatementLine{Row: number, Payer: get(stPayer), Note: get(stNote), Ref: get(stRef)}
	sum, okSum := dues.ParseFen(strings.TrimPrefix(get(stSum), "+"))
	on, okDay := readDay(get(stDay))
	l.Sum, l.On = sum, on
	switch {
	case !okDay:
		l.Problem = fault.New(fault.Invalid, "日期“%s”看不懂，写成 2026-03-15。", get(stDay)).At("on").By("F-12")
	case !okSum || sum == 0:
		l.Problem = fault.New(fault.Invalid, "金额“%s”不是收入，不用对。", get(stSum)).At("sum").By("F-12")
	case l.Ref == "":
		l.Ref = on.String() + "#" + sum.String() + "#" + l.Payer
	}
	if len([]rune(l.Ref)) > 80 {
		l.Ref = string([]rune(l.Ref)[:80])
	}
	return l
}

// match gives each line the one receipt that fits it best and each receipt at most one line.
func match(lines []StatementLine, receipts []Payment) {
	taken := map[string]bool{}
	for i := range lines {
		for _, p := range receipts {
			if lines[i].Problem == nil && p.Reference != "" && p.Reference == lines[i].Ref {
				lines[i].Already = true
				taken[p.ID] = true
			}
		}
	}
	for _, test := range []struct {
		why  string
		fits func(StatementLine, Payment) bool
	}{
		{words.Mark("收据号和金额相同"), func(l StatementLine, p Payment) bool { return l.Sum == p.Sum && strings.Contains(l.Note, p.Receipt) }},
		{words.Mark("日期、金额和姓名相同"), func(l StatementLine, p Payment) bool { return l.Sum == p.Sum && l.On == p.On && l.names(p) }},
		{words.Mark("金额和姓名相同，日期相近"), func(l StatementLine, p Payment) bool { return l.Sum == p.Sum && near(l.On, p.On) && l.names(p) }},
		{words.Mark("金额和姓名的末字相同，日期相近"), func(l StatementLine, p Payment) bool {
			return l.Sum == p.Sum && near(l.On, p.On) && tailFits(l.Payer, p.Name)
		}},
	} {
		for i := range lines {
			l := &lines[i]
			if l.Problem != nil || l.Already || l.Match != nil {
				continue
			}
			var fit []int
			for n, p := range receipts {
				if !taken[p.ID] && p.Reference == "" && test.fits(*l, p) {
					fit = append(fit, n)
				}
			}
			if len(fit) == 1 {
				p := receipts[fit[0]]
				l.Match, l.Why = &p, test.why
				taken[p.ID] = true
			}
			l.ambiguousPayments = max(l.ambiguousPayments, len(fit))
		}
	}
}

func near(a, b civil.Date) bool {
	n := a.DaysUntil(b)
	return n <= nearDays && n >= -nearDays
}

func (l StatementLine) names(p Payment) bool {
	return l.Payer != "" && (l.Payer == p.Name || l.Payer == p.Proxy) || strings.Contains(l.Note, p.Name)
}

// tailFits reads a name that a bank has covered up, such as *伟 or 赵*伟.
func tailFits(covered, name string) bool {
	i := strings.LastIndex(covered, "*")
	if i < 0 || i == len(covered)-1 {
		return false
	}
	head := strings.TrimLeft(strings.Split(covered, "*")[0], "*")
	return strings.HasSuffix(name, covered[i+1:]) && strings.HasPrefix(name, head)
}

// proposeUnrecorded proposes payments for lines that no receipt fits, where the payer is one member of the branch and the
// sum is what she owes until some month.
func (s *Service) proposeUnrecorded(ctx context.Context, r store.Reader, o org.Organisation, lines []StatementLine) error {
	j, err := s.judging(ctx, r, o)
	if err != nil {
		return err
	}
	for i := range lines {
		l := &lines[i]
		if l.Problem != nil || l.Already || l.Match != nil || l.ambiguousPayments > 0 {
			continue
		}
		who := ""
		for _, id := range j.of.order {
			if name := j.of.names[id]; l.Payer == name || l.Payer == "" && strings.Contains(l.Note, name) {
				if who != "" {
					who = ""
					break
				}
				who = id
			}
		}
		if who == "" {
			continue
		}
		through := throughFor(s, j.of, who, l.Sum)
		if through.IsZero() {
			continue
		}
		p := Paying{Member: who, Through: through, On: l.On, Sum: l.Sum, Way: Transfer, Reference: l.Ref, Agreed: through.After(monthOf(l.On)), Document: "对账单"}
		if p.check(s.today(), false) == nil && j.add(ctx, p) == nil {
			l.Propose, l.Name, l.Why = &p, j.of.names[who], words.Mark("应交的金额和姓名相同，还没有登记")
		}
	}
	return nil
}

// throughFor is the month until which a member owes exactly a sum, zero if there is none.
func throughFor(s *Service, of owing, who string, sum dues.Fen) civil.Date {
	var total dues.Fen
	for _, m := range of.open[who] {
		due, known := owed(s.Rules, of.assessed[who], m)
		if total += due.Min; !known || total > sum {
			break
		}
		if total == sum {
			return m
		}
	}
	return civil.Date{}
}

// Confirm does what a person has ticked of a reconciliation: references go onto receipts, and payments that were not
// recorded are. Rows are those of the statement, which is read again.
func (s *Service) Confirm(ctx context.Context, actor ledger.Actor, orgID string, rows [][]string, ticked []int) (matched, recorded int, err error) {
	defer fault.Wrap(&err, "dues: confirm matches")
	o, err := s.branch(ctx, actor, DoPay, orgID)
	if err != nil {
		return 0, 0, err
	}
	lines, err := s.Reconcile(ctx, s.DB.As(actor.Scope), o, rows)
	if err != nil {
		return 0, 0, err
	}
	wanted := map[int]bool{}
	for _, n := range ticked {
		wanted[n] = true
	}
	var pay []Paying
	var found []StatementLine
	for _, l := range lines {
		switch {
		case !wanted[l.Row]:
		case l.Match != nil:
			found = append(found, l)
		case l.Propose != nil:
			p := *l.Propose
			if s.late(p.On) {
				p.Reason = "按对账单补登"
			}
			pay = append(pay, p)
		}
	}
	if len(found)+len(pay) == 0 {
		return 0, 0, fault.New(fault.Invalid, "请勾选要确认的。").At("row").By("F-12")
	}
	if len(found) > 0 {
		act := ledger.Act{Kind: DoPay, Subject: "payment", OrgPath: o.Path, Reason: "对账", Detail: map[string]any{"matched": len(found)}}
		err = s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
			if err := s.hold(ctx, tx, o); err != nil {
				return err
			}
			for _, l := range found {
				n, err := tx.Update(ctx, "payment", store.ByID(l.Match.ID).And("version", l.Match.Version).And("retired_at", 0).And("reference", ""), store.Set("reference", l.Ref), store.Set("version", l.Match.Version+1))
				if err == nil && n == 0 {
					err = settled()
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return 0, 0, err
		}
	}
	if len(pay) > 0 {
		if _, err := s.Pay(ctx, actor, orgID, pay); err != nil {
			return len(found), 0, err
		}
	}
	return len(found), len(pay), nil
}
