package duesbook

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/dues"
	"zhibu/internal/party/logbook"
	"zhibu/internal/party/org"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// paidAtOnce is how many payments one form records.
const paidAtOnce = 500

func day(year int, m time.Month, d int) string { return civil.Of(year, m, d).String() }

// Pay records payments to a branch in one act, or none of them.
func (s *Service) Pay(ctx context.Context, actor ledger.Actor, orgID string, list []Paying) (out []Payment, err error) {
	defer fault.Wrap(&err, "dues: pay")
	o, err := s.branch(ctx, actor, DoPay, orgID)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 || len(list) > paidAtOnce {
		return nil, fault.New(fault.Invalid, "请至少选一个人，一次最多 %d 人。", paidAtOnce).At("member").By("F-12")
	}
	for i := range list {
		if f := list[i].check(s.today(), s.late(list[i].On)); f != nil {
			return nil, f
		}
	}
	act := &ledger.Act{Kind: DoPay, Subject: "payment", OrgPath: o.Path, Reason: "登记党费", Source: list[0].Document, Detail: map[string]any{"payments": len(list)}}
	_, err = s.Ledger.DoAct(ctx, actor, act, func(tx *store.Tx) error {
		if err := s.hold(ctx, tx, o); err != nil {
			return err
		}
		if out, err = s.judge(ctx, tx, o, list); err != nil {
			return err
		}
		return s.insert(ctx, tx, actor, act, o, out)
	})
	return out, err
}

// judge turns what was entered into payments; r is the transaction that will write them.
func (s *Service) judge(ctx context.Context, r store.Reader, o org.Organisation, list []Paying) (out []Payment, err error) {
	j, err := s.judging(ctx, r, o)
	if err != nil {
		return nil, err
	}
	for _, n := range list {
		if err := j.add(ctx, n); err != nil {
			return nil, err
		}
	}
	return j.out, nil
}

// judging takes payments one after the other: each goes on from where the one before ended.
type judging struct {
	s       *Service
	r       store.Reader
	o       org.Organisation
	of      owing
	numbers map[int]int
	out     []Payment
}

func (s *Service) judging(ctx context.Context, r store.Reader, o org.Organisation) (*judging, error) {
	of, err := s.openMonths(ctx, r, o)
	return &judging{s: s, r: r, o: o, of: of, numbers: map[int]int{}}, err
}

// add takes one payment, or says what is wrong with it and leaves everything as it was.
func (j *judging) add(ctx context.Context, n Paying) error {
	s := j.s
	if err := stillOpen(ctx, j.r, j.o.Path, n.On.Year); err != nil {
		return err
	}
	name, here := j.of.names[n.Member]
	if !here {
		return notHere()
	}
	if n.Receipt != "" {
		if err := s.number(ctx, j.r, j.o, &n, j.numbers, j.out); err != nil {
			return err
		}
	}
	limit := 0
	if rule, ok := s.Rules.On("F-12", n.On); ok {
		limit = rule.Int("arrears_months")
	}
	from, sum, f := n.covers(name, j.of.open[n.Member], limit, func(m civil.Date) (dues.Fen, bool) {
		due, known := owed(s.Rules, j.of.assessed[n.Member], m)
		return due.Min, known
	})
	if f != nil {
		return f
	}
	if n.Receipt == "" {
		if err := s.number(ctx, j.r, j.o, &n, j.numbers, j.out); err != nil {
			return err
		}
	}
	j.out = append(j.out, Payment{Org: j.o.ID, OrgPath: j.o.Path, Member: n.Member, Name: name, From: from, Through: n.Through, On: n.On, Sum: n.Sum, Owed: sum, Receipt: n.Receipt, Way: n.Way,
		Proxy: n.Proxy, Agreed: n.Agreed, Document: n.Document, Reason: n.Reason, Reference: n.Reference, Version: 1})
	if !n.Through.IsZero() {
		j.of.open[n.Member] = slices.DeleteFunc(slices.Clone(j.of.open[n.Member]), func(m civil.Date) bool { return !m.After(n.Through) })
	}
	return nil
}

// number refuses a receipt number that is taken, and gives the next where none was typed: the year and a running number.
func (s *Service) number(ctx context.Context, r store.Reader, o org.Organisation, n *Paying, next map[int]int, before []Payment) error {
	if n.Receipt == "" {
		year := n.On.Year
		prefix := strconv.Itoa(year) + "-"
		if next[year] == 0 {
			err := r.Each(ctx, "SELECT receipt FROM {payment} WHERE org_id = ? AND receipt >= ? AND receipt < ?", []any{o.ID, prefix, prefix + "~"}, func(row store.Row) error {
				var text string
				err := row.Scan(&text)
				if k, bad := strconv.Atoi(strings.TrimPrefix(text, prefix)); bad == nil {
					next[year] = max(next[year], k)
				}
				return err
			})
			if err != nil {
				return err
			}
		}
		next[year]++
		n.Receipt = fmt.Sprintf("%s%04d", prefix, next[year])
		return nil
	}
	var one int
	taken, err := r.One(ctx, "SELECT 1 FROM {payment} WHERE org_id = ? AND receipt = ? AND retired_at = 0", []any{o.ID, n.Receipt}, &one)
	if err == nil && (taken || slices.ContainsFunc(before, func(p Payment) bool { return p.Receipt == n.Receipt })) {
		err = fault.New(fault.Invalid, "收据号 %s 已经用过，请核对是不是同一笔。", n.Receipt).At("receipt").By("F-12")
	}
	return err
}

// insert writes payments, each with its fact in the log book.
func (s *Service) insert(ctx context.Context, tx *store.Tx, actor ledger.Actor, act *ledger.Act, o org.Organisation, list []Payment) error {
	rows := make([][]any, len(list))
	for i := range list {
		p := &list[i]
		p.ID, p.Account, p.Actor = s.Ledger.IDs.New(), actor.Account, actor.Name
		if !p.Through.IsZero() {
			e := logbook.New{Org: o.ID, Kind: timeline.DuesPaid, On: p.On, People: []string{p.Member}, Fields: logbook.Fields{Through: p.Through.MonthOf(), Payment: p.ID}, Document: p.Document, Reason: p.Reason}
			var err error
			if p.Entry, err = s.Logbook.Enter(ctx, tx, actor, o, e); err != nil {
				return err
			}
		}
		rows[i] = p.values()
	}
	if len(list) == 1 {
		act.SubjectID = list[0].ID
	}
	return tx.InsertMany(ctx, "payment", paymentNames, rows)
}

// Withdraw takes a payment back that was recorded wrongly. The months are open again; the receipt stays, crossed out.
func (s *Service) Withdraw(ctx context.Context, actor ledger.Actor, id string, version int64, reason string) (err error) {
	defer fault.Wrap(&err, "dues: withdraw")
	p, err := PaymentByID(ctx, s.DB.As(actor.Scope), id)
	if err == nil {
		err = s.Rights.May(ctx, actor, DoWithdraw, p.OrgPath)
	}
	if err == nil {
		err = said(reason)
	}
	switch {
	case err != nil:
		return err
	case !p.Retired.IsZero() || p.Version != version:
		return settled()
	}
	reason = strings.TrimSpace(reason)
	act := ledger.Act{Kind: DoWithdraw, Subject: "payment", SubjectID: p.ID, OrgPath: p.OrgPath, Reason: reason, Detail: map[string]any{"receipt": p.Receipt, "fen": int64(p.Sum)}}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := org.Still(ctx, tx); err != nil {
			return err
		}
		if err := tx.Lock(ctx, "dues "+p.Org); err != nil {
			return err
		}
		if err := stillOpen(ctx, tx, p.OrgPath, p.On.Year); err != nil {
			return err
		}
		if err := s.lastOf(ctx, tx, p); err != nil {
			return err
		}
		n, err := tx.Update(ctx, "payment", store.ByID(p.ID).And("version", version).And("retired_at", 0), store.Set("retired_at", s.Clock.Now().UnixMicro()), store.Set("retired_by", actor.Name),
			store.Set("retired_why", reason), store.Set("version", version+1))
		if err == nil && n == 0 {
			err = settled()
		}
		if err != nil || p.Entry == "" {
			return err
		}
		return s.Logbook.TakeBack(ctx, tx, actor, p.Entry, "撤回收据 "+p.Receipt+"："+reason)
	})
}

// lastOf refuses to take back what later payments go on from: the latest goes first.
func (s *Service) lastOf(ctx context.Context, tx *store.Tx, p Payment) error {
	if p.Through.IsZero() {
		return nil
	}
	var receipt string
	later, err := tx.System("dues").One(ctx, "SELECT receipt FROM {payment} WHERE member_id = ? AND retired_at = 0 AND through_month > ? ORDER BY through_month DESC LIMIT 1", []any{p.Member, p.Through.MonthOf()}, &receipt)
	if err == nil && later {
		err = fault.New(fault.Conflict, "%s后来还交过党费（收据 %s）。请从最后一张收据开始撤回。", p.Name, receipt).By("F-12")
	}
	return err
}
