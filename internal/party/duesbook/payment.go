package duesbook

import (
	"strings"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/dues"
	"zhibu/internal/store"
	"zhibu/internal/words"
)

// Way is how somebody paid.
type Way string

// The ways.
const (
	Cash     Way = "cash"
	Transfer Way = "transfer" // to the Party's account, with a reference on its statement
	Online   Way = "online"   // by the payment service of a bank or of the Party organisation
)

// Ways are all, in the order of the form.
var Ways = []Way{Cash, Transfer, Online}

var wayNames = map[Way]string{Cash: words.Mark("现金"), Transfer: words.Mark("转账"), Online: words.Mark("网上交纳")}

// Name is the way in Chinese, a key of the catalogue.
func (w Way) Name() string { return wayNames[w] }

// Payment is a receipt: what a branch received from a member on a day, for which months.
type Payment struct {
	ID, Org, OrgPath string
	Member, Name     string
	From, Through    civil.Date // first days of the months, zero of what was given freely
	On               civil.Date
	Sum              dues.Fen
	Owed             dues.Fen // for these months by what was fixed then; -1 where nothing was
	Receipt          string
	Way              Way
	Proxy            string // who brought it, "" the member herself
	Agreed           bool   // the branch has agreed that another brings it, or that months are paid ahead
	Document, Reason string
	Reference        string // on the statement of the bank or payment service, once matched
	Entry            string // id of the fact in the log book
	Account, Actor   string
	Retired          time.Time
	RetiredBy        string
	RetiredWhy       string
	Version          int64
}

// At is when it was recorded.
func (p Payment) At() time.Time { return store.Made(p.ID) }

// Extra is what was given beyond what was owed.
func (p Payment) Extra() dues.Fen {
	if p.Owed < 0 {
		return 0
	}
	return p.Sum - p.Owed
}

// Paying is a payment as it is entered. From which month on it counts follows from what is open. The faults name
// member, through, on, sum, receipt, way, proxy, agreed, document and reason.
type Paying struct {
	Member    string
	Through   civil.Date // any day of the last month; zero: given freely
	On        civil.Date
	Sum       dues.Fen
	Receipt   string // "" gives the next number
	Way       Way
	Proxy     string
	Agreed    bool
	Document  string
	Reason    string
	Reference string
}

var firstDay = civil.Of(firstYear, 4, 1)

func (n *Paying) check(today civil.Date, late bool) *fault.Error {
	for _, f := range []struct {
		name string
		text *string
		most int
	}{{"receipt", &n.Receipt, 40}, {"proxy", &n.Proxy, 50}, {"document", &n.Document, longest}, {"reason", &n.Reason, longest}, {"reference", &n.Reference, 80}} {
		*f.text = strings.TrimSpace(*f.text)
		if len([]rune(*f.text)) > f.most {
			return fault.New(fault.Invalid, "最多 %d 个字。", f.most).At(f.name)
		}
	}
	if n.Way == "" {
		n.Way = Cash
	}
	switch {
	case n.Way.Name() == "":
		return fault.New(fault.Invalid, "请选择怎么交的。").At("way").By("F-12")
	case n.On.IsZero():
		return fault.New(fault.Invalid, "请填写哪一天收到的。").At("on").By("F-12")
	case n.On.After(today):
		return fault.New(fault.Invalid, "收到的日期不能晚于今天。").At("on").By("F-12")
	case n.On.Before(firstDay):
		return fault.New(fault.Invalid, "现行的党费规定从 2008 年 4 月 1 日起执行，请核对日期。").At("on").By("F-12")
	case n.Sum <= 0:
		return fault.New(fault.Invalid, "请填写金额，写成 15.00，要大于 0。").At("sum").By("F-12")
	case n.Sum > dues.Most:
		return fault.New(fault.Invalid, "金额太大，请核对。").At("sum").By("F-10")
	case late && n.Reason == "":
		return fault.New(fault.Invalid, "这笔党费过了很久才登记，请写明为什么补登。").At("reason").By("F-12")
	}
	if !n.Through.IsZero() {
		n.Through = monthOf(n.Through)
	}
	return nil
}

// covers checks a payment against the months that are open, the oldest first, and what is owed for them. name is for the
// sentences.
func (n Paying) covers(name string, open []civil.Date, limit int, owed func(civil.Date) (dues.Fen, bool)) (from civil.Date, sum dues.Fen, _ *fault.Error) {
	if n.Through.IsZero() {
		return civil.Date{}, 0, nil
	}
	known := true
	var first civil.Date
	var count int
	for _, m := range open {
		if m.After(n.Through) {
			break
		}
		if first.IsZero() {
			first = m
		}
		count++
		fen, ok := owed(m)
		known = known && ok
		sum += fen
	}
	switch {
	case first.IsZero() && len(open) == 0:
		return from, 0, fault.New(fault.Invalid, "%s到这个月没有要交的党费：已经交过、免交，或者还不用交。自愿多交的，月份留空。", name).At("through").By("F-12")
	case first.IsZero():
		return from, 0, fault.New(fault.Invalid, "%s要交的第一个月是 %s，请核对“交到哪个月”。自愿多交的，月份留空。", name, open[0].MonthOf()).At("through").By("F-12")
	case n.On.After(lastDay(first).AddMonths(limit)) && n.Reason == "":
		return from, 0, fault.New(fault.Invalid, "%s补交的 %s 已经超过 %d 个月，请写明为什么现在才交。", name, first.MonthOf(), limit).At("reason").By("F-12")
	case (n.Proxy != "" || n.Through.After(monthOf(n.On))) && !n.Agreed:
		return from, 0, fault.New(fault.Invalid, "%s的党费由别人代交或者提前交以后的月份，要经支部同意；同意了请勾选。", name).At("agreed").By("F-12")
	case known && n.Sum < sum:
		return from, 0, fault.New(fault.Invalid, "%s从 %s 到 %s 共 %d 个月，应交 %s 元，填的是 %s 元，少 %s 元。确有困难的，先办少交或者免交。", name, first.MonthOf(), n.Through.MonthOf(), count, sum.String(), n.Sum.String(), (sum - n.Sum).String()).At("sum").By("F-06")
	case !known:
		sum = -1
	}
	return first, sum, nil
}

const paymentColumns = "id, org_id, org_path, member_id, name, from_month, through_month, on_date, sum_fen, owed_fen, receipt, way, proxy, agreed, document, reason, reference, entry_id, account_id, actor, retired_at, retired_by, retired_why, version"

var paymentNames = strings.Split(paymentColumns, ", ")

func (p Payment) values() []any {
	agreed := 0
	if p.Agreed {
		agreed = 1
	}
	return []any{p.ID, p.Org, p.OrgPath, p.Member, p.Name, monthText(p.From), monthText(p.Through), p.On.String(), int64(p.Sum), int64(p.Owed), p.Receipt, string(p.Way), p.Proxy, agreed,
		p.Document, p.Reason, p.Reference, p.Entry, p.Account, p.Actor, 0, "", "", p.Version}
}

func scanPayment(row store.Row) (p Payment, err error) {
	var from, through string
	var sum, owed, agreed, retired int64
	err = row.Scan(&p.ID, &p.Org, &p.OrgPath, &p.Member, &p.Name, &from, &through, &p.On, &sum, &owed, &p.Receipt, &p.Way, &p.Proxy, &agreed, &p.Document, &p.Reason, &p.Reference,
		&p.Entry, &p.Account, &p.Actor, &retired, &p.RetiredBy, &p.RetiredWhy, &p.Version)
	p.From, p.Through, p.Sum, p.Owed, p.Agreed = month(from), month(through), dues.Fen(sum), dues.Fen(owed), agreed != 0
	if retired != 0 {
		p.Retired = time.UnixMicro(retired)
	}
	return p, err
}
