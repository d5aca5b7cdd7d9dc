package localrule

import (
	"slices"
	"strings"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/expression"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/store"
)

// Kind says what is decided.
type Kind string

// The kinds.
const (
	Parameter Kind = "parameter" // a parameter of a rule, stricter
	Duty      Kind = "duty"      // a duty of one's own
	Ending    Kind = "end"       // that an approved one ends on To
)

// State says how far a decision is.
type State string

// The states.
const (
	Proposed  State = "proposed"
	Approved  State = "approved"
	Refused   State = "refused"
	Withdrawn State = "withdrawn"
)

// Decision is a row: what is decided, by whom it was proposed and who confirmed it.
type Decision struct {
	ID           string
	Org, OrgPath string
	OrgName      string
	Kind         Kind
	About        string // of an ending: what ends

	Rule, Parameter, Value string // of a parameter

	Title, Wording string // of a duty
	Of             expression.Subject
	Months         int // 1, 3, 6 or 12
	Within         int // due so many days after the period begins; 0: on its last day
	Applies, Done  string

	From, To civil.Date // To is zero while it holds
	Basis    string
	State    State

	ProposerAccount, Proposer, ProposerRole string
	DeciderAccount, Decider, DeciderRole    string
	Proposed, Decided                       time.Time
	Answer                                  string
	Version                                 int64
}

// InForce tells whether it holds on a day.
func (d Decision) InForce(on civil.Date) bool {
	return d.State == Approved && d.Kind != Ending && !on.Before(d.From) && (d.To.IsZero() || !on.After(d.To))
}

// Coming tells whether it was confirmed and takes effect after a day.
func (d Decision) Coming(on civil.Date) bool {
	return d.State == Approved && d.Kind != Ending && d.From.After(on)
}

// turned tells whether it has taken or lost effect after a day until another, or asks about what the days change.
func (d Decision) turned(before, day civil.Date) bool {
	return between(d.From, before, day) || !d.To.IsZero() && between(d.To.AddDays(1), before, day) || d.moves() && !d.From.After(day)
}

func between(x, before, day civil.Date) bool { return x.After(before) && !x.After(day) }

// passing are the facts of a condition that change as days pass, without anything being recorded.
var passing = []string{"period.", "standing_years", "dues.paid"}

// moves tells whether what a duty of one's own asks about changes as days pass.
func (d Decision) moves() bool {
	return d.Kind == Duty && slices.ContainsFunc(passing, func(name string) bool { return strings.Contains(d.Applies+" "+d.Done, name) })
}

// Over tells whether it has ended by a day.
func (d Decision) Over(on civil.Date) bool { return !d.To.IsZero() && d.To.Before(on) }

// Periods are the lengths of the calendar periods of a duty in months.
var Periods = []int{1, 3, 6, 12}

// The longest texts.
const (
	longestTitle   = 40
	longestWording = 300
	longestBasis   = 200
)

// check says what is wrong with what is the same for all decisions.
func (d Decision) check(today civil.Date) error {
	switch {
	case strings.TrimSpace(d.Basis) == "":
		return fault.New(fault.Invalid, "请写明依据：哪个文件、哪次会议定的。").At("basis")
	case len([]rune(d.Basis)) > longestBasis:
		return fault.New(fault.Invalid, "依据最多 %d 个字。", longestBasis).At("basis")
	case d.From.IsZero():
		return fault.New(fault.Invalid, "请填写从哪一天起。").At("from")
	case d.From.Before(today):
		return fault.New(fault.Invalid, "不能管以前的事：开始日期不能早于今天。").At("from")
	case !d.To.IsZero() && d.To.Before(d.From):
		return fault.New(fault.Invalid, "截止日期早于开始日期。").At("to")
	}
	return nil
}

// checkParameter holds the value against what would be in force without it on its first day.
func (d Decision) checkParameter(book *rulebook.Book) error {
	rule, ok := book.On(d.Rule, d.From)
	if !ok {
		return fault.New(fault.Invalid, "这条规定在 %s 没有执行，请核对规定和日期。", d.From.String()).At("parameter")
	}
	way, ok := rule.Direction(d.Parameter)
	if !ok {
		return fault.New(fault.Invalid, "%s的这个数全党一样，本地不能另定。", rule.Cite()).At("parameter").By(rule.ID)
	}
	if err := rule.Check(d.Parameter, d.Value); err != nil {
		return fault.New(fault.Invalid, "数值写得不对：%s", err.Error()).At("value").By(rule.ID)
	}
	if rule.Stricter(d.Parameter, d.Value) {
		return nil
	}
	now := rule.Parameters()[d.Parameter]
	switch way {
	case rulebook.Lower:
		return fault.New(fault.Invalid, "只能比现行的更严：现在是 %s，要填更小的数。依据%s。", now, rule.Cite()).At("value").By(rule.ID)
	case rulebook.Higher:
		return fault.New(fault.Invalid, "只能比现行的更严：现在是 %s，要填更大的数。依据%s。", now, rule.Cite()).At("value").By(rule.ID)
	}
	return fault.New(fault.Invalid, "只能比现行的更严：现在已经是 %s。依据%s。", now, rule.Cite()).At("value").By(rule.ID)
}

// checkDuty compiles the conditions and looks at the rest.
func (d Decision) checkDuty() error {
	good := false
	for _, m := range Periods {
		good = good || m == d.Months
	}
	title := strings.TrimSpace(d.Title)
	switch {
	case title == "":
		return fault.New(fault.Invalid, "请写任务名称。").At("title")
	case len([]rune(title)) > longestTitle:
		return fault.New(fault.Invalid, "任务名称最多 %d 个字。", longestTitle).At("title")
	case strings.TrimSpace(d.Wording) == "":
		return fault.New(fault.Invalid, "请写明要求做什么。").At("wording")
	case len([]rune(d.Wording)) > longestWording:
		return fault.New(fault.Invalid, "要求最多 %d 个字。", longestWording).At("wording")
	case !good:
		return fault.New(fault.Invalid, "请选择每月、每季度、每半年或者每年。").At("months")
	case d.Within < 0 || d.Within > 31*d.Months:
		return fault.New(fault.Invalid, "期限写 1 到 %d 天；到期末为止就不填。", 31*d.Months).At("within")
	}
	if _, err := expression.Read(d.Of, d.Applies); err != nil {
		return at(err, "applies")
	}
	if _, err := expression.Read(d.Of, d.Done); err != nil {
		return at(err, "done")
	}
	return nil
}

func at(err error, field string) error {
	if e := fault.As(err); e != nil && e.Field == "" {
		return e.At(field)
	}
	return err
}

const columns = "id, org_id, org_path, kind, about, rule, parameter, setting, title, wording, subject, months, due_within, applies, fulfilled, from_on, to_on, basis, state, " +
	"proposer_account, proposer, proposer_role, proposed_at, decider_account, decider, decider_role, decided_at, answer, version"

func scan(row store.Row) (d Decision, err error) {
	var proposed, decided int64
	err = row.Scan(&d.ID, &d.Org, &d.OrgPath, &d.Kind, &d.About, &d.Rule, &d.Parameter, &d.Value, &d.Title, &d.Wording, &d.Of, &d.Months, &d.Within, &d.Applies, &d.Done,
		&d.From, &d.To, &d.Basis, &d.State, &d.ProposerAccount, &d.Proposer, &d.ProposerRole, &proposed, &d.DeciderAccount, &d.Decider, &d.DeciderRole, &decided, &d.Answer, &d.Version)
	d.Proposed, d.Decided = time.UnixMicro(proposed), time.UnixMicro(decided)
	return d, err
}

func (d Decision) values() []store.Value {
	return []store.Value{store.Set("id", d.ID), store.Set("org_id", d.Org), store.Set("org_path", d.OrgPath), store.Set("kind", string(d.Kind)), store.Set("about", d.About),
		store.Set("rule", d.Rule), store.Set("parameter", d.Parameter), store.Set("setting", d.Value), store.Set("title", strings.TrimSpace(d.Title)), store.Set("wording", strings.TrimSpace(d.Wording)),
		store.Set("subject", string(d.Of)), store.Set("months", d.Months), store.Set("due_within", d.Within), store.Set("applies", strings.TrimSpace(d.Applies)), store.Set("fulfilled", strings.TrimSpace(d.Done)),
		store.Set("from_on", d.From.String()), store.Set("to_on", d.To.String()), store.Set("basis", strings.TrimSpace(d.Basis)), store.Set("state", string(Proposed)),
		store.Set("proposer_account", d.ProposerAccount), store.Set("proposer", d.Proposer), store.Set("proposer_role", d.ProposerRole), store.Set("proposed_at", d.Proposed.UnixMicro()),
		store.Set("decider_account", ""), store.Set("decider", ""), store.Set("decider_role", ""), store.Set("decided_at", 0), store.Set("answer", ""), store.Set("version", 1)}
}
