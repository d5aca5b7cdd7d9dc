package logbook

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/words"
)

// Entry is a fact as it was entered.
type Entry struct {
	ID, OrgID, OrgPath string
	Member, Applicant  string // whom it is about; neither of what concerns the branch
	Kind               timeline.Kind
	On                 civil.Date
	Fields             Fields
	Document, Reason   string
	Late               bool // entered long after
	Account, Actor     string
	Follows            string    // id of the entry that this one stands in place of
	Retired            time.Time // zero while it stands
	RetiredBy          string
	RetiredWhy         string
	Version            int64
}

// At is when it was entered.
func (e Entry) At() time.Time { return store.Made(e.ID) }

// Person is the id of whom the entry is about, "" for the branch.
func (e Entry) Person() string {
	if e.Member != "" {
		return e.Member
	}
	return e.Applicant
}

// Fields are what an entry says besides what happened, to whom and when. Each belongs to the kinds that Of names.
type Fields struct {
	Type      timeline.Meeting `json:"type,omitempty"`
	Days      string           `json:"days,omitempty"`  // a number with at most two decimals
	Hours     string           `json:"hours,omitempty"` // the same
	Months    int              `json:"months,omitempty"`
	TermYears int              `json:"term_years,omitempty"`
	Through   string           `json:"through,omitempty"` // the last month paid, 2006-01
	ValidDays *int             `json:"valid_days,omitempty"`
	Reason    string           `json:"reason,omitempty"` // of a refusal
	Admitted  civil.Date       `json:"admitted,omitzero"`
	Confirmed civil.Date       `json:"confirmed,omitzero"`
	Abroad    civil.Date       `json:"abroad,omitzero"` // since when
	Care      *bool            `json:"care,omitempty"`
	Payment   string           `json:"payment,omitempty"` // of dues: id of the receipt, whose room this entry belongs to
	Held      string           `json:"held,omitempty"`    // of a meeting: its id, whose room this entry belongs to
}

// own are the fields of each kind; most have none.
var own = map[timeline.Kind][]string{
	timeline.TrainingCompleted: {"days", "hours"}, timeline.AssemblyExtended: {"months"}, timeline.Member: {"admitted", "confirmed", "care", "abroad"},
	timeline.CommitteeElected: {"term_years"}, timeline.MeetingHeld: {"type"}, timeline.DuesPaid: {"through"}, timeline.Studied: {"hours"}, timeline.TaughtAtHome: {"hours"},
	timeline.TransferSent: {"valid_days"}, timeline.TransferRejected: {"reason"},
}

// FieldsOf names the fields that a kind has.
func FieldsOf(k timeline.Kind) []string { return slices.Clone(own[k]) }

// OfBranch tells whether a kind concerns the branch and not a person.
func OfBranch(k timeline.Kind) bool {
	return k == timeline.MeetingHeld || k == timeline.CommitteeElected
}

// given names the fields that are not empty.
func (f Fields) given() (out []string) {
	for name, yes := range map[string]bool{"type": f.Type != "", "days": f.Days != "", "hours": f.Hours != "", "months": f.Months != 0, "term_years": f.TermYears != 0,
		"through": f.Through != "", "valid_days": f.ValidDays != nil, "reason": f.Reason != "", "admitted": !f.Admitted.IsZero(), "confirmed": !f.Confirmed.IsZero(),
		"abroad": !f.Abroad.IsZero(), "care": f.Care != nil} {
		if yes {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

func (f Fields) String() string {
	b, err := json.Marshal(f)
	if err != nil {
		panic(err) // texts, days and numbers always encode
	}
	return string(b)
}

// Event is the entry as the rules read it. person is how they are told who it is about.
func (e Entry) Event(person string) timeline.Event {
	f := e.Fields
	out := timeline.Event{On: e.On, Kind: e.Kind, Person: person, Months: f.Months, TermYears: f.TermYears, Meeting: f.Type, ValidDays: f.ValidDays, Reason: f.Reason,
		Admitted: f.Admitted, Confirmed: f.Confirmed, Abroad: f.Abroad, Care: f.Care != nil && *f.Care}
	out.Days, _ = timeline.ParseHundredths(f.Days)
	out.Hours, _ = timeline.ParseHundredths(f.Hours)
	if f.Through != "" {
		out.Through, _ = civil.Parse(f.Through + "-01")
	}
	return out
}

// Name is what happened in Chinese, a key of the catalogue.
func Name(k timeline.Kind) string { return names[k] }

var names = map[timeline.Kind]string{
	timeline.Applied: words.Mark("递交入党申请书"), timeline.Talked: words.Mark("派人谈话"), timeline.ActivistConfirmed: words.Mark("确定为入党积极分子"),
	timeline.ActivistReviewed: words.Mark("考察入党积极分子"), timeline.CandidateDiscussed: words.Mark("讨论发展对象人选"), timeline.CandidateAgreed: words.Mark("上级党委同意列为发展对象"),
	timeline.NoticePosted: words.Mark("开始公示"), timeline.NoticeClosed: words.Mark("公示期满"), timeline.IntroducersSet: words.Mark("确定入党介绍人"),
	timeline.PoliticalReviewPassed: words.Mark("政治审查合格"), timeline.TrainingCompleted: words.Mark("完成短期集中培训"), timeline.BranchExamined: words.Mark("支部委员会审查"),
	timeline.PrereviewPassed: words.Mark("上级党委预审合格"), timeline.AssemblyAdmitted: words.Mark("支部大会通过接收预备党员"), timeline.ApproverTalked: words.Mark("审批前谈话"),
	timeline.CommitteeApproved: words.Mark("上级党委审批接收"), timeline.Filed: words.Mark("报组织部门备案"), timeline.Assigned: words.Mark("编入支部和小组"), timeline.Oath: words.Mark("入党宣誓"),
	timeline.ConfirmationApplied: words.Mark("提出转正申请"), timeline.AssemblyConfirmed: words.Mark("支部大会通过转正"), timeline.AssemblyExtended: words.Mark("支部大会决定延长预备期"),
	timeline.AssemblyCancelled: words.Mark("支部大会取消预备党员资格"), timeline.ConfirmationApproved: words.Mark("上级党委审批转正"),
	timeline.Member: words.Mark("列入本支部名册"), timeline.DuesPaid: words.Mark("交纳党费"), timeline.Studied: words.Mark("集中学习"), timeline.TransferSent: words.Mark("开出组织关系介绍信"),
	timeline.TransferReceived: words.Mark("对方接收组织关系"), timeline.TransferRejected: words.Mark("对方不接收组织关系"), timeline.FloatedOut: words.Mark("流动外出"),
	timeline.Contacted: words.Mark("取得联系"), timeline.Returned: words.Mark("流动党员返回"),
	timeline.Visited: words.Mark("走访慰问"), timeline.TaughtAtHome: words.Mark("送学上门"), timeline.LostSince: words.Mark("失去联系"), timeline.MembershipStopped: words.Mark("停止党籍"),
	timeline.CommitteeElected: words.Mark("选举产生支部委员会"), timeline.MeetingHeld: words.Mark("召开会议"),
}

// MeetingName is a type of meeting in Chinese, a key of the catalogue.
func MeetingName(m timeline.Meeting) string { return meetings[m] }

var meetings = map[timeline.Meeting]string{
	timeline.Assembly: words.Mark("支部党员大会"), timeline.CommitteeMeet: words.Mark("支部委员会会议"), timeline.Group: words.Mark("党小组会"), timeline.ThemeDay: words.Mark("主题党日"),
	timeline.Lecture: words.Mark("党课"), timeline.OrgLife: words.Mark("组织生活会"), timeline.Appraisal: words.Mark("民主评议党员"),
}

const columns = "id, org_id, org_path, member_id, applicant_id, kind, on_date, detail, document, reason, late, account_id, actor, follows, retired_at, retired_by, retired_why, version"

var columnNames = strings.Split(columns, ", ")

func (e Entry) values() []any {
	var retired int64
	if !e.Retired.IsZero() {
		retired = e.Retired.UnixMicro()
	}
	late := 0
	if e.Late {
		late = 1
	}
	return []any{e.ID, e.OrgID, e.OrgPath, e.Member, e.Applicant, string(e.Kind), e.On.String(), e.Fields.String(), e.Document, e.Reason, late, e.Account, e.Actor, e.Follows,
		retired, e.RetiredBy, e.RetiredWhy, e.Version}
}

func scan(row store.Row) (e Entry, err error) {
	var detail string
	var late, retired int64
	err = row.Scan(&e.ID, &e.OrgID, &e.OrgPath, &e.Member, &e.Applicant, &e.Kind, &e.On, &detail, &e.Document, &e.Reason, &late, &e.Account, &e.Actor, &e.Follows,
		&retired, &e.RetiredBy, &e.RetiredWhy, &e.Version)
	e.Late = late != 0
	if retired != 0 {
		e.Retired = time.UnixMicro(retired)
	}
	if err == nil {
		err = json.Unmarshal([]byte(detail), &e.Fields)
	}
	return e, err
}
