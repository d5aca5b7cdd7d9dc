package duty

import (
	"context"
	"slices"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/localrule"
	"zhibu/internal/party/org"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/party/steward"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/words"
)

// Rights decides whether an actor may do something at an organisation. trust/access is the real one.
type Rights interface {
	May(ctx context.Context, actor ledger.Actor, action, orgPath string) error
	InRoles(ctx context.Context, reader store.Reader, paths []string) ([]steward.InRole, error)
}

// Service answers what is due, and keeps what is open in each branch.
type Service struct {
	DB     *store.DB
	Ledger *ledger.Ledger
	Clock  civil.Clock
	Local  *localrule.Service // narrows the rules to each place
	Rights Rights
	Since  civil.Date // the day from which facts are entered at all; zero: always
}

func (s *Service) today() civil.Date { return civil.Today(s.Clock) }

// Item is a duty of somebody or of a branch.
type Item struct {
	timeline.Duty
	At        org.Step
	Name      string // of the person
	Applicant bool   // the person is on no register yet
	Waiver    *Waiver
}

// Violation is a rule that a recorded fact breaks.
type Violation struct {
	timeline.Violation
	Name string
}

// Standing is what somebody is on a day.
type Standing struct {
	Person, Name string
	Status       timeline.Status
	Years        int // whole years of Party standing
}

// Answer is all that follows for one branch on a day.
type Answer struct {
	Items      []Item
	Violations []Violation
	People     []Standing
}

// Of answers for one branch. alone leaves the branch's own duties out, for a member who reads only herself.
func (s *Service) Of(ctx context.Context, r store.Reader, o org.Organisation, day civil.Date, alone bool) (a Answer, err error) {
	defer fault.Wrap(&err, "duty: of a branch")
	book, err := s.Local.Book(ctx, o.Path)
	if err != nil {
		return a, err
	}
	return s.of(ctx, r, o, book, day, alone)
}

func (s *Service) of(ctx context.Context, r store.Reader, o org.Organisation, book *rulebook.Book, day civil.Date, alone bool) (a Answer, err error) {
	var all store.Reader
	if !alone {
		all = s.DB.As(store.System("duties of a branch"))
	}
	f, err := s.gather(ctx, r, all, o, book, day)
	if err != nil {
		return a, err
	}
	return answer(f, day), nil
}

func answer(f branchFacts, day civil.Date) (a Answer) {
	add := func(d timeline.Duty, p somebody) {
		it := Item{Duty: d, At: f.at, Name: p.name, Applicant: p.applicant}
		it.grant(f.grants, day)
		a.Items = append(a.Items, it)
	}
	if f.branch != nil {
		duties, violations := timeline.OfBranch(f.book, f.branch, f.own, day)
		for _, d := range duties {
			add(d, somebody{})
		}
		for _, v := range violations {
			a.Violations = append(a.Violations, Violation{v, ""})
		}
	}
	for _, p := range f.people {
		one := timeline.Person(f.book, p.id, p.events, day)
		for _, d := range one.Duties {
			add(d, p)
		}
		for _, v := range one.Violations {
			a.Violations = append(a.Violations, Violation{v, p.name})
		}
		if one.Status != "" {
			a.People = append(a.People, Standing{p.id, p.name, one.Status, one.Standing})
		}
	}
	return a
}

// Open tells whether something is left to do.
func (i Item) Open() bool { return i.State != timeline.Done && i.State != timeline.Waived }

// Sort puts what is due first before what is due later, and what has no day last.
func Sort(items []Item) {
	slices.SortStableFunc(items, func(a, b Item) int {
		return strings.Compare(dueOf(a.Duty), dueOf(b.Duty))
	})
}

func dueOf(d timeline.Duty) string {
	switch {
	case !d.Due.IsZero():
		return d.Due.String()
	case !d.Earliest.IsZero():
		return never + d.Earliest.String()
	}
	return never
}

// never is a day that does not come.
const never = "9999-12-31"

// Filter says which duties a list shows.
type Filter struct {
	Duty   timeline.Name
	State  timeline.State
	Open   bool // what is left to do, and what was decided or is not asked of somebody
	Person string
	Under  string // organisation path
	After  string // where the page before ended: path and number
	Limit  int
}

func (f Filter) holds(i Item) bool {
	return (f.Duty == "" || f.Duty == i.Duty.Name) && (!f.Open || i.Open() || i.State == timeline.Waived) && (f.State == "" || f.State == i.State) && (f.Person == "" || f.Person == i.Person)
}

// Title is a duty in Chinese, a key of the catalogue.
func Title(n timeline.Name) string { return titles[n] }

var titles = map[timeline.Name]string{
	timeline.Talk: words.Mark("派人和入党申请人谈话"), timeline.ActivistReview: words.Mark("考察入党积极分子"), timeline.Candidate: words.Mark("讨论列为发展对象"), timeline.Notice: words.Mark("公示发展对象"),
	timeline.Training: words.Mark("发展对象短期集中培训"), timeline.AdmissionAssembly: words.Mark("召开支部大会讨论接收"), timeline.Approval: words.Mark("审批接收预备党员"), timeline.OathDuty: words.Mark("入党宣誓"),
	timeline.Confirmation: words.Mark("讨论预备党员转正"), timeline.ConfirmationApproval: words.Mark("审批预备党员转正"), timeline.LifeAssembly: words.Mark("召开支部党员大会"),
	timeline.LifeCommittee: words.Mark("召开支部委员会会议"), timeline.LifeGroup: words.Mark("召开党小组会"), timeline.LifeThemeDay: words.Mark("开展主题党日"), timeline.LifeOrgLife: words.Mark("召开组织生活会"),
	timeline.LifeAppraisal: words.Mark("开展民主评议党员"), timeline.Reelect: words.Mark("支部换届"), timeline.Remind: words.Mark("提醒支部换届"), timeline.PayDues: words.Mark("交纳党费"), timeline.StudyHours: words.Mark("集中学习培训"),
	timeline.Receive: words.Mark("确认组织关系接收"), timeline.Contact: words.Mark("联系流动党员"), timeline.Stop: words.Mark("按程序停止党籍"), timeline.Remove: words.Mark("按程序除名"),
}

// RuleOf is the rule that a duty of the regulations follows from first, where nothing is known of whose it is; "" for a local one.
func RuleOf(n timeline.Name) string { return follows[n] }

var follows = map[timeline.Name]string{
	timeline.Talk: "D-03", timeline.ActivistReview: "D-07", timeline.Candidate: "D-09", timeline.Notice: "D-11", timeline.Training: "D-15", timeline.AdmissionAssembly: "D-19", timeline.Approval: "D-31",
	timeline.OathDuty: "D-35", timeline.Confirmation: "D-36", timeline.ConfirmationApproval: "D-40", timeline.LifeAssembly: "B-08", timeline.LifeCommittee: "B-10", timeline.LifeGroup: "B-11",
	timeline.LifeThemeDay: "B-16", timeline.LifeOrgLife: "B-18", timeline.LifeAppraisal: "B-19", timeline.Reelect: "B-24", timeline.Remind: "E-05", timeline.PayDues: "F-12", timeline.StudyHours: "M-04",
	timeline.Receive: "T-05", timeline.Contact: "T-13", timeline.Stop: "M-11", timeline.Remove: "M-11",
}
