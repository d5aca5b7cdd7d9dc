package duesbook

import (
	"context"
	"slices"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/dues"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// The columns of a sheet of payments. What is exported can be taken in again as it is.
const (
	colName = iota
	colThrough
	colSum
	colOn
	colReceipt
	colWay
	colProxy
	colAgreed
	colReference
	colDocument
	colReason
	columnCount
)

// columnWords are the headers that each column goes by; the first is the one that is written.
var columnWords = [columnCount][]string{{"姓名", "党员姓名", "交款人"}, {"交到哪个月", "交至月份", "月份"}, {"金额（元）", "金额", "交纳金额", "实交金额", "金额(元)"}, {"日期", "交纳日期", "收款日期"}, {"收据号", "收据编号", "票据号"},
	{"怎么交的", "交纳方式", "方式"}, {"代交人"}, {"支部同意"}, {"流水号", "交易流水号"}, {"材料"}, {"说明", "备注"}}

// mostRows bounds a sheet.
const mostRows = 2000

// Rows writes payments for a sheet, with the header.
func Rows(list []Payment) [][]string {
	head := make([]string, columnCount)
	for i, names := range columnWords {
		head[i] = names[0]
	}
	out := [][]string{head}
	for _, p := range list {
		agreed := ""
		if p.Agreed {
			agreed = "是"
		}
		out = append(out, []string{p.Name, monthText(p.Through), p.Sum.String(), p.On.String(), p.Receipt, p.Way.Name(), p.Proxy, agreed, p.Reference, p.Document, p.Reason})
	}
	return out
}

// SheetRow is a row of a sheet: what it would become, or what is wrong with it.
type SheetRow struct {
	Row     int // as Excel counts
	Name    string
	Paying  Paying
	Problem *fault.Error
}

// Sheet is a sheet that was checked.
type Sheet struct {
	Rows       []SheetRow
	Ready, Bad int
	Sum        dues.Fen // of what is ready
}

// header finds the row of headers among the first ones and where each column stands; -1 for none.
func header(rows [][]string, known [][]string, needed ...int) (at int, where []int, missing string) {
	for i := range rows[:min(len(rows), 10)] {
		where = make([]int, len(known))
		for c, names := range known {
			where[c] = slices.IndexFunc(rows[i], func(cell string) bool { return slices.Contains(names, strings.TrimSpace(cell)) })
		}
		missing = ""
		for _, c := range needed {
			if where[c] < 0 {
				missing = known[c][0]
			}
		}
		if missing == "" {
			return i, where, ""
		}
	}
	return -1, nil, missing
}

func cellAt(row []string, at int) string {
	if at < 0 || at >= len(row) {
		return ""
	}
	return strings.TrimSpace(row[at])
}

// CheckSheet says row by row what a sheet of payments would become. Nothing is written. Members are found by name; where
// two of the branch have it, the row is left to a person.
func (s *Service) CheckSheet(ctx context.Context, r store.Reader, o org.Organisation, rows [][]string) (out Sheet, err error) {
	defer fault.Wrap(&err, "dues: check a sheet")
	at, where, missing := header(rows, columnWords[:], colName, colSum, colOn)
	switch {
	case at < 0:
		return out, fault.New(fault.Invalid, "没有找到表头“%s”。请用导出的表格作样子，表头写在前几行。", missing).At("file").By("F-12")
	case len(rows)-at-1 > mostRows:
		return out, fault.New(fault.Invalid, "一次最多 %d 行，请分几次。", mostRows).At("file").By("F-12")
	}
	j, err := s.judging(ctx, r, o)
	if err != nil {
		return out, err
	}
	byName := map[string][]string{}
	for _, id := range j.of.order {
		byName[j.of.names[id]] = append(byName[j.of.names[id]], id)
	}
	for i, row := range rows[at+1:] {
		if strings.TrimSpace(strings.Join(row, "")) == "" {
			continue
		}
		x := SheetRow{Row: at + i + 2, Name: cellAt(row, where[colName])}
		x.Paying, x.Problem = readPaying(row, where)
		if ids := byName[x.Name]; x.Problem == nil && len(ids) == 1 {
			x.Paying.Member = ids[0]
		} else if x.Problem == nil {
			x.Problem = nobodyBy(x.Name, len(ids))
		}
		if x.Problem == nil {
			x.Problem = x.Paying.check(s.today(), s.late(x.Paying.On))
		}
		out.Rows = append(out.Rows, x)
	}
	if err := out.judge(ctx, j); err != nil {
		return out, err
	}
	if len(out.Rows) == 0 {
		return out, fault.New(fault.Invalid, "表头下面没有内容。").At("file").By("F-12")
	}
	return out, nil
}

// judge takes the rows by their months, so that it does not matter in which order a sheet has them.
func (out *Sheet) judge(ctx context.Context, j *judging) error {
	order := make([]int, len(out.Rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return civilOrder(out.Rows[a].Paying.Through, out.Rows[b].Paying.Through)
	})
	for _, i := range order {
		x := &out.Rows[i]
		if x.Problem == nil {
			if err := j.add(ctx, x.Paying); err != nil {
				if x.Problem = fault.As(err); x.Problem == nil {
					return err
				}
			}
		}
		if x.Problem != nil {
			out.Bad++
		} else {
			out.Ready, out.Sum = out.Ready+1, out.Sum+x.Paying.Sum
		}
	}
	return nil
}

func nobodyBy(name string, n int) *fault.Error {
	switch {
	case name == "":
		return fault.New(fault.Invalid, "没有填姓名。").At("member").By("F-12")
	case n == 0:
		return fault.New(fault.Invalid, "本支部没有叫%s的党员。", name).At("member").By("F-08")
	}
	return fault.New(fault.Invalid, "本支部有 %d 个%s，表格里分不清，请在“登记交纳”里登记。", n, name).At("member").By("F-12")
}

// readPaying reads the cells of a row.
func readPaying(row []string, where []int) (p Paying, f *fault.Error) {
	get := func(c int) string { return cellAt(row, where[c]) }
	p = Paying{Receipt: get(colReceipt), Proxy: get(colProxy), Reference: get(colReference), Document: get(colDocument), Reason: get(colReason), Agreed: slices.Contains([]string{"是", "同意", "1", "√"}, get(colAgreed))}
	sum, ok := dues.ParseFen(get(colSum))
	if !ok {
		return p, fault.New(fault.Invalid, "金额“%s”看不懂，写成 15.00，最多两位小数。", get(colSum)).At("sum").By("F-12")
	}
	p.Sum = sum
	if p.On, ok = readDay(get(colOn)); !ok {
		return p, fault.New(fault.Invalid, "日期“%s”看不懂，写成 2026-03-15。", get(colOn)).At("on").By("F-12")
	}
	if text := get(colThrough); text != "" {
		if p.Through, ok = readMonth(text); !ok {
			return p, fault.New(fault.Invalid, "月份“%s”看不懂，写成 2026-03。", text).At("through").By("F-12")
		}
	}
	if text := get(colWay); text != "" {
		i := slices.IndexFunc(Ways, func(w Way) bool { return w.Name() == text || string(w) == text })
		if i < 0 {
			return p, fault.New(fault.Invalid, "“%s”不是交纳的方式，写现金、转账或者网上交纳。", text).At("way").By("F-12")
		}
		p.Way = Ways[i]
	}
	return p, nil
}

// readDay reads a day in the forms that sheets and statements use, and never guesses which part is which.
func readDay(text string) (civil.Date, bool) {
	text, _, _ = strings.Cut(strings.TrimSpace(text), " ")
	text = strings.NewReplacer("年", "-", "月", "-", "日", "", "/", "-", ".", "-").Replace(text)
	if len(text) == 8 && !strings.Contains(text, "-") {
		text = text[:4] + "-" + text[4:6] + "-" + text[6:]
	}
	parts := strings.Split(text, "-")
	if len(parts) != 3 || len(parts[0]) != 4 {
		return civil.Date{}, false
	}
	for i := 1; i < 3; i++ {
		if len(parts[i]) == 1 {
			parts[i] = "0" + parts[i]
		}
	}
	d, err := civil.Parse(strings.Join(parts, "-"))
	return d, err == nil
}

func readMonth(text string) (civil.Date, bool) {
	d, ok := readDay(strings.TrimSuffix(strings.TrimSuffix(strings.TrimSpace(text), "份"), "月") + "-01")
	return d, ok
}

// TakeSheet records the rows of a sheet in which nothing is wrong, in one act.
func (s *Service) TakeSheet(ctx context.Context, actor ledger.Actor, orgID string, rows [][]string) (out []Payment, err error) {
	defer fault.Wrap(&err, "dues: take a sheet")
	o, err := s.branch(ctx, actor, DoPay, orgID)
	if err != nil {
		return nil, err
	}
	checked, err := s.CheckSheet(ctx, s.DB.As(actor.Scope), o, rows)
	if err != nil {
		return nil, err
	}
	var list []Paying
	for _, x := range checked.Rows {
		if x.Problem == nil {
			list = append(list, x.Paying)
		}
	}
	slices.SortStableFunc(list, func(a, b Paying) int { return civilOrder(a.Through, b.Through) })
	for len(list) > 0 {
		n := min(len(list), paidAtOnce)
		some, err := s.Pay(ctx, actor, orgID, list[:n])
		if err != nil {
			return out, err
		}
		out, list = append(out, some...), list[n:]
	}
	return out, nil
}
