package timeline

import (
	"cmp"
	"slices"

	"zhibu/internal/civil"
)

// Kind is what happened on a day.
type Kind string

// The steps of an admission (发展党员), in their order.
const (
	Applied               Kind = "applied"                 // 递交入党申请书
	Talked                Kind = "talked"                  // 派人谈话
	ActivistConfirmed     Kind = "activist_confirmed"      // 确定入党积极分子
	ActivistReviewed      Kind = "activist_reviewed"       // 考察
	CandidateDiscussed    Kind = "candidate_discussed"     // 讨论发展对象人选
	CandidateAgreed       Kind = "candidate_agreed"        // 上级党委同意（2014 年为备案）
	NoticePosted          Kind = "notice_posted"           // 公示
	NoticeClosed          Kind = "notice_closed"           // 公示期满
	IntroducersSet        Kind = "introducers_set"         // 确定入党介绍人
	PoliticalReviewPassed Kind = "political_review_passed" // 政治审查
	TrainingCompleted     Kind = "training_completed"      // 短期集中培训
	BranchExamined        Kind = "branch_examined"         // 支部委员会审查
	PrereviewPassed       Kind = "prereview_passed"        // 上级党委预审
	AssemblyAdmitted      Kind = "assembly_admitted"       // 支部大会通过接收
	ApproverTalked        Kind = "approver_talked"         // 审批前谈话
	CommitteeApproved     Kind = "committee_approved"      // 上级党委审批
	Filed                 Kind = "filed"                   // 备案
	Assigned              Kind = "assigned"                // 编入支部和小组
	Oath                  Kind = "oath"                    // 入党宣誓
	ConfirmationApplied   Kind = "confirmation_applied"    // 提出转正申请
	AssemblyConfirmed     Kind = "assembly_confirmed"      // 支部大会通过转正
	AssemblyExtended      Kind = "assembly_extended"       // 支部大会延长预备期
	AssemblyCancelled     Kind = "assembly_cancelled"      // 支部大会取消预备党员资格
	ConfirmationApproved  Kind = "confirmation_approved"   // 上级党委审批转正
)

// What else happens to people and branches.
const (
	Member            Kind = "member"             // on the list of the branch from the day on, with what is known
	DuesPaid          Kind = "dues_paid"          // 交纳党费
	Studied           Kind = "study"              // 集中学习
	Visited           Kind = "visited"            // 走访慰问
	TaughtAtHome      Kind = "taught_at_home"     // 送学上门
	TransferSent      Kind = "transfer_sent"      // 开出介绍信
	TransferReceived  Kind = "transfer_received"  // 接收
	TransferRejected  Kind = "transfer_rejected"  // 拒接
	FloatedOut        Kind = "floated_out"        // 流出
	Contacted         Kind = "contacted"          // 联系上
	Returned          Kind = "returned"           // 流出的人回来
	LostSince         Kind = "lost_since"         // 失去联系
	MembershipStopped Kind = "membership_stopped" // 停止党籍
	CommitteeElected  Kind = "committee_elected"  // 选举支部委员会
	MeetingHeld       Kind = "meeting_held"       // 召开会议
)

// steps are the steps of an admission in their order; the place is their rank.
var steps = []Kind{
	Applied, Talked, ActivistConfirmed, ActivistReviewed, CandidateDiscussed, CandidateAgreed, NoticePosted, NoticeClosed, IntroducersSet,
	PoliticalReviewPassed, TrainingCompleted, BranchExamined, PrereviewPassed, AssemblyAdmitted, ApproverTalked, CommitteeApproved, Filed, Assigned,
	Oath, ConfirmationApplied, AssemblyConfirmed, AssemblyExtended, AssemblyCancelled, ConfirmationApproved,
}

var others = []Kind{
	Member, FloatedOut, LostSince, Contacted, Returned, TransferSent, TransferReceived, TransferRejected, MembershipStopped, Studied, Visited,
	TaughtAtHome, DuesPaid, CommitteeElected, MeetingHeld,
}

// Kinds are all events.
var Kinds = slices.Concat(steps, others)

var rank = func() map[Kind]int {
	m := map[Kind]int{}
	for i, k := range Kinds {
		m[k] = i
	}
	return m
}()

// Meeting is a type of meeting.
type Meeting string

// The meetings of 支部条例.
const (
	Assembly      Meeting = "assembly"  // 支部党员大会
	CommitteeMeet Meeting = "committee" // 支部委员会会议
	Group         Meeting = "group"     // 党小组会
	ThemeDay      Meeting = "theme_day" // 主题党日
	Lecture       Meeting = "lecture"   // 党课
	OrgLife       Meeting = "org_life"  // 组织生活会
	Appraisal     Meeting = "appraisal" // 民主评议党员
)

// Meetings are all types.
var Meetings = []Meeting{Assembly, CommitteeMeet, Group, ThemeDay, Lecture, OrgLife, Appraisal}

// Hundredths is a number of days or hours with two decimals: one and a half hours are 150.
type Hundredths int

// Event is a dated fact. Person is empty for what concerns the branch. The other fields belong to the kinds named.
type Event struct {
	On     civil.Date
	Kind   Kind
	Person string

	Days, Hours Hundredths // TrainingCompleted; Hours of Studied and TaughtAtHome
	Months      int        // AssemblyExtended
	Admitted    civil.Date // Member
	Confirmed   civil.Date // Member
	Abroad      civil.Date // Member: since when
	Care        bool       // Member: 年老体弱
	TermYears   int        // CommitteeElected, 0 for what the rules say
	Meeting     Meeting    // MeetingHeld
	Through     civil.Date // DuesPaid: any day of the last month paid
	ValidDays   *int       // TransferSent, nil for the usual
	Reason      string     // TransferRejected
}

// sorted gives the events up to a day as they must have happened, whatever the order of recording.
func sorted(events []Event, until civil.Date) []Event {
	var out []Event
	for _, e := range events {
		if !e.On.After(until) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b Event) int {
		return cmp.Or(compareDays(a.On, b.On), cmp.Compare(rank[a.Kind], rank[b.Kind]), cmp.Compare(a.Person, b.Person),
			cmp.Compare(a.Months, b.Months), cmp.Compare(a.Days, b.Days), cmp.Compare(a.Hours, b.Hours), cmp.Compare(a.TermYears, b.TermYears),
			compareDays(a.Through, b.Through), compareDays(a.Confirmed, b.Confirmed), compareDays(a.Admitted, b.Admitted),
			compareDays(a.Abroad, b.Abroad), compareFlags(a.Care, b.Care), cmp.Compare(a.Reason, b.Reason), cmp.Compare(days(a), days(b)))
	})
	return out
}

func days(e Event) int {
	if e.ValidDays == nil {
		return -1
	}
	return *e.ValidDays
}

func compareDays(a, b civil.Date) int {
	switch {
	case a.Before(b):
		return -1
	case a.After(b):
		return 1
	}
	return 0
}

func compareFlags(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// Unit is what kind of place a branch belongs to; it decides the term.
type Unit string

// The units.
const (
	Village    Unit = "village"
	Community  Unit = "community"
	Enterprise Unit = "enterprise"
	Government Unit = "government"
	School     Unit = "school"
	OtherUnit  Unit = "other"
)

// Units are all of them.
var Units = []Unit{Village, Community, Enterprise, Government, School, OtherUnit}

// Branch is what the rules ask of a branch (党支部).
type Branch struct {
	Kind                              string // as the tree has it: branch, joint-branch, temporary-branch; only local duties ask
	Unit                              Unit
	Founded                           civil.Date // zero: all along
	FullMembers, Probationary, Groups int
	HasCommittee                      bool
}

// Facts are what is known. Without a branch nothing is asked of one.
type Facts struct {
	Branch *Branch
	Events []Event
}
