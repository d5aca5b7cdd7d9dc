package duesbook

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/dues"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/store"
	"zhibu/internal/words"
)

// Kind says what is assessed.
type Kind string

// The kinds.
const (
	Base   Kind = "base"   // 核定基数: income and its source, for a year
	Relief Kind = "relief" // 少交或者免交, F-06
)

var kindNames = map[Kind]string{Base: words.Mark("核定基数"), Relief: words.Mark("少交或者免交")}

// Name is the kind in Chinese, a key of the catalogue.
func (k Kind) Name() string { return kindNames[k] }

// State says how an assessment stands.
type State string

// The states.
const (
	Proposed  State = "proposed"
	Approved  State = "approved"
	Refused   State = "refused"
	Withdrawn State = "withdrawn"
	Ended     State = "ended" // it held, and was taken back
)

var stateNames = map[State]string{Proposed: words.Mark("等第二个人确认"), Approved: words.Mark("已确认"), Refused: words.Mark("不予确认"), Withdrawn: words.Mark("已撤回"), Ended: words.Mark("已作废")}

// Name is the state in Chinese, a key of the catalogue.
func (s State) Name() string { return stateNames[s] }

// SourceName is what somebody lives on in Chinese, a key of the catalogue.
func SourceName(s dues.Source) string { return sourceNames[s] }

var sourceNames = map[dues.Source]string{dues.Wage: words.Mark("工资"), dues.Pension: words.Mark("离退休费、养老金"), dues.Farmer: words.Mark("农民"), dues.Student: words.Mark("学生"),
	dues.Unemployed: words.Mark("下岗失业"), dues.Relief: words.Mark("抚恤救济、最低生活保障")}

// Content is what is sealed.
type Content struct {
	Source   dues.Source `json:"source,omitempty"`
	Income   dues.Fen    `json:"income,omitzero"`  // monthly, of wage and pension
	Chosen   dues.Fen    `json:"chosen,omitzero"`  // what a farmer pays, between the bounds of F-05
	Monthly  dues.Fen    `json:"monthly,omitzero"` // of a relief: what is paid instead, nothing for an exemption
	Applied  civil.Date  `json:"applied,omitzero"` // of a relief: the day of the member's application
	Studied  civil.Date  `json:"studied,omitzero"` // and of the branch's study
	Evidence string      `json:"evidence"`
	Reason   string      `json:"reason,omitempty"`
}

// Assessment is one decision about what a member pays.
type Assessment struct {
	ID, Org, OrgPath string
	Member           string
	Kind             Kind
	From, To         civil.Date // first days of the first and the last month
	Content
	State           State
	Account, Actor  string
	DeciderAccount  string
	Decider, Answer string
	Decided         time.Time
	Version         int64

	content []byte
}

// At is when it was proposed.
func (a Assessment) At() time.Time { return store.Made(a.ID) }

// Holds tells whether it decides about a month.
func (a Assessment) Holds(m civil.Date) bool {
	return a.State == Approved && !m.Before(a.From) && !m.After(a.To)
}

// New is what somebody proposes about one member. The faults name member, source, income, chosen, monthly, from, to,
// applied, studied, evidence and reason.
type New struct {
	Member   string
	Kind     Kind
	From, To civil.Date // any day of the month; a base leaves both to Year
	Year     int        // of a base
	Content
}

const (
	longest    = 200
	firstYear  = 2008
	mostIncome = dues.Fen(10_000_000_00)
)

// check says what is wrong with it, and fills in what follows.
func (n *New) check(book *rulebook.Book, today civil.Date) *fault.Error {
	n.Evidence, n.Reason = strings.TrimSpace(n.Evidence), strings.TrimSpace(n.Reason)
	for _, f := range []struct{ name, text string }{{"evidence", n.Evidence}, {"reason", n.Reason}} {
		if len([]rune(f.text)) > longest {
			return fault.New(fault.Invalid, "最多 %d 个字。", longest).At(f.name)
		}
	}
	if n.Evidence == "" {
		return fault.New(fault.Invalid, "请写明凭什么材料核定，例如工资条、养老金发放单、本人申请。").At("evidence").By("F-01")
	}
	switch n.Kind {
	case Base:
		return n.checkBase(book, today)
	case Relief:
		return n.checkRelief(today)
	}
	return fault.New(fault.Invalid, "请选择核定基数，或者少交、免交。").At("kind")
}

func (n *New) checkBase(book *rulebook.Book, today civil.Date) *fault.Error {
	if n.Year < firstYear || n.Year > today.Year+1 {
		return fault.New(fault.Invalid, "年份要在 %d 到 %d 之间。", firstYear, today.Year+1).At("year").By("F-09")
	}
	from := civil.Of(n.Year, 1, 1)
	if !n.From.IsZero() {
		if n.From.Year != n.Year {
			return fault.New(fault.Invalid, "起算的月份要在这一年里。").At("from").By("F-09")
		}
		from = monthOf(n.From)
	}
	n.From, n.To = from, civil.Of(n.Year, 12, 1)
	n.Monthly, n.Applied, n.Studied = 0, civil.Date{}, civil.Date{}
	if !slices.Contains(dues.Sources, n.Source) {
		return fault.New(fault.Invalid, "请选择收入来源。").At("source").By("F-02")
	}
	earns := n.Source == dues.Wage || n.Source == dues.Pension
	rule := map[dues.Source]string{dues.Wage: "F-02", dues.Pension: "F-04"}[n.Source]
	switch {
	case earns && (n.Income <= 0 || n.Income > mostIncome):
		return fault.New(fault.Invalid, "请填写每月的计算基数，写成 5200.00，要大于 0。").At("income").By(rule)
	case !earns && n.Income != 0:
		return fault.New(fault.Invalid, "农民、学生、下岗失业和领取抚恤救济的党员按定额交，不填基数。").At("income").By("F-05")
	case n.Source != dues.Farmer && n.Chosen != 0:
		return fault.New(fault.Invalid, "只有农民党员在幅度内定数。").At("chosen").By("F-05")
	}
	due, ok := dues.Monthly(book, n.Source, n.Income.Yuan(), n.From)
	if !ok {
		return fault.New(fault.Invalid, "这个月份没有可以依据的规定。").At("from").By("F-02")
	}
	if n.Source == dues.Farmer && (n.Chosen < due.Min || n.Chosen > due.Max) {
		return fault.New(fault.Invalid, "农民党员每月在 %s 元到 %s 元之间定一个数。", due.Min.String(), due.Max.String()).At("chosen").By("F-05")
	}
	return nil
}

func (n *New) checkRelief(today civil.Date) *fault.Error {
	n.Source, n.Income, n.Chosen = "", 0, 0
	switch {
	case n.From.IsZero() || n.To.IsZero():
		return fault.New(fault.Invalid, "请写明从哪个月到哪个月，写成 2026-03。").At("from").By("F-06")
	case n.To.Before(n.From):
		return fault.New(fault.Invalid, "结束的月份早于开始的月份，请核对。").At("to").By("F-06")
	case n.To.After(monthOf(n.From).AddMonths(11)):
		return fault.New(fault.Invalid, "一次最多批 12 个月，到期仍有困难的再办。").At("to").By("F-06")
	case n.From.Year < firstYear || n.From.After(today.AddYears(1)):
		return fault.New(fault.Invalid, "请核对开始的月份。").At("from").By("F-06")
	case n.Monthly < 0:
		return fault.New(fault.Invalid, "请填写每月交多少；免交的写 0。").At("monthly").By("F-06")
	case n.Applied.IsZero() || n.Applied.After(today):
		return fault.New(fault.Invalid, "请填写本人申请的日期，不能晚于今天。").At("applied").By("F-06")
	case n.Studied.IsZero() || n.Studied.After(today):
		return fault.New(fault.Invalid, "请填写支部研究的日期，不能晚于今天。").At("studied").By("F-06")
	case n.Studied.Before(n.Applied):
		return fault.New(fault.Invalid, "先由本人申请，再由支部研究：研究的日期早于申请的日期，请核对。").At("studied").By("F-06")
	case n.Reason == "":
		return fault.New(fault.Invalid, "请写明有什么困难。").At("reason").By("F-06")
	}
	n.From, n.To = monthOf(n.From), monthOf(n.To)
	return nil
}

// owed is what a member pays in a month by her assessments, with the arithmetic; known is false where no base was fixed.
func owed(book *rulebook.Book, list []Assessment, m civil.Date) (due dues.Due, known bool) {
	base, relief := latest(list, Base, m), latest(list, Relief, m)
	if base != nil {
		due, known = dues.Monthly(book, base.Source, base.Income.Yuan(), m)
		if base.Source == dues.Farmer {
			due.Min, due.Max = base.Chosen, base.Chosen
		}
	}
	if relief == nil || known && due.Min <= relief.Monthly {
		return due, known
	}
	if rule, ok := book.On("F-06", m); ok {
		due.Rules = append(due.Rules, rule.Citation())
	}
	due.Min, due.Max, due.Flags = relief.Monthly, relief.Monthly, nil
	due.Why = append(due.Why, rulebook.Because("已批准每月交 %s 元", relief.Monthly.String()))
	return due, true
}

// latest is the assessment of a kind that decides about a month: of several the one proposed last.
func latest(list []Assessment, k Kind, m civil.Date) (out *Assessment) {
	for i, a := range list {
		if a.Kind == k && a.Holds(m) && (out == nil || a.ID > out.ID) {
			out = &list[i]
		}
	}
	return out
}

const assessmentColumns = "id, org_id, org_path, member_id, kind, from_month, to_month, content, state, account_id, actor, decider_id, decider, decided_at, answer, version"

func scanAssessment(row store.Row) (a Assessment, err error) {
	var from, to string
	var decided int64
	err = row.Scan(&a.ID, &a.Org, &a.OrgPath, &a.Member, &a.Kind, &from, &to, &a.content, &a.State, &a.Account, &a.Actor, &a.DeciderAccount, &a.Decider, &decided, &a.Answer, &a.Version)
	a.From, a.To = month(from), month(to)
	if decided > 0 {
		a.Decided = time.UnixMicro(decided)
	}
	return a, err
}

const contentSeal = "assessment.content"

func (c Content) bytes() []byte {
	b, err := json.Marshal(c)
	if err != nil {
		panic(err) // texts, days and amounts always encode
	}
	return b
}
