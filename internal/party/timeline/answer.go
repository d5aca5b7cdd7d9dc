package timeline

import (
	"slices"

	"zhibu/internal/civil"
	"zhibu/internal/party/rulebook"
)

// Name is the name of a duty.
type Name string

// The duties.
const (
	Talk                 Name = "admission.talk"
	ActivistReview       Name = "admission.activist_review"
	Candidate            Name = "admission.candidate"
	Notice               Name = "admission.notice"
	Training             Name = "admission.training"
	AdmissionAssembly    Name = "admission.assembly"
	Approval             Name = "admission.approval"
	OathDuty             Name = "admission.oath"
	Confirmation         Name = "admission.confirmation"
	ConfirmationApproval Name = "admission.confirmation_approval"
	LifeAssembly         Name = "life.assembly"
	LifeCommittee        Name = "life.committee"
	LifeGroup            Name = "life.group"
	LifeThemeDay         Name = "life.theme_day"
	LifeOrgLife          Name = "life.org_life_meeting"
	LifeAppraisal        Name = "life.appraisal"
	Reelect              Name = "election.reelect"
	Remind               Name = "election.remind"
	PayDues              Name = "dues.pay"
	StudyHours           Name = "study.hours"
	Receive              Name = "transfer.receive"
	Contact              Name = "floating.contact"
	Stop                 Name = "membership.stop"
	Remove               Name = "membership.remove"
)

// Names are all duties.
var Names = []Name{
	Talk, ActivistReview, Candidate, Notice, Training, AdmissionAssembly, Approval, OathDuty, Confirmation, ConfirmationApproval, LifeAssembly,
	LifeCommittee, LifeGroup, LifeThemeDay, LifeOrgLife, LifeAppraisal, Reelect, Remind, PayDues, StudyHours, Receive, Contact, Stop, Remove,
}

// State is how a duty stands on the day asked about.
type State string

// The states.
const (
	Upcoming State = "upcoming" // due on the day or later, or without a due date
	Overdue  State = "overdue"
	Done     State = "done"
	Blocked  State = "blocked" // may not be done yet, see Earliest
	Waived   State = "waived"
)

// States are all of them.
var States = []State{Upcoming, Overdue, Done, Blocked, Waived}

// Duty is something to be done.
type Duty struct {
	Name        Name
	Title       string // of a local duty, in the words of whoever added it
	Person      string // empty for a duty of the branch
	Due         civil.Date
	Earliest    civil.Date
	First, Last civil.Date // of its period, for a duty that comes again in each
	State       State
	Provisional bool // the calendar of a year is not published yet
	Rules       []rulebook.Citation
	Why         []rulebook.Reason
}

// Violation is a rule that a recorded event breaks. A duty that is merely overdue is none.
type Violation struct {
	Rule   rulebook.Citation
	Person string
	On     civil.Date
	Event  Kind
	Why    rulebook.Reason
}

// Status is what somebody is.
type Status string

// The statuses.
const (
	Applicant          Status = "applicant"
	Activist           Status = "activist"
	CandidateStatus    Status = "candidate"
	ProbationaryStatus Status = "probationary"
	FullStatus         Status = "full"
	StoppedStatus      Status = "stopped"
	LeftStatus         Status = "left"
)

// Statuses are all of them.
var Statuses = []Status{Applicant, Activist, CandidateStatus, ProbationaryStatus, FullStatus, StoppedStatus, LeftStatus}

// Answer is all that follows from facts on a day.
type Answer struct {
	Duties     []Duty
	Violations []Violation
	Status     map[string]Status // by person, who has one
	Standing   map[string]int    // whole years of Party standing, by person who is or was a full member or is on the way
}

// On answers for everybody and the branch. Facts after the day are not known on it.
func On(b *rulebook.Book, facts Facts, day civil.Date) Answer {
	a := Answer{Status: map[string]Status{}, Standing: map[string]int{}}
	byPerson := map[string][]Event{}
	var people []string
	var branch []Event
	for _, e := range facts.Events {
		if e.Kind == MeetingHeld || e.Kind == CommitteeElected {
			branch = append(branch, e)
			continue
		}
		if _, known := byPerson[e.Person]; !known {
			people = append(people, e.Person)
		}
		byPerson[e.Person] = append(byPerson[e.Person], e)
	}
	slices.Sort(people)
	for _, name := range people {
		one := Person(b, name, byPerson[name], day)
		a.Duties = append(a.Duties, one.Duties...)
		a.Violations = append(a.Violations, one.Violations...)
		if one.Status != "" {
			a.Status[name], a.Standing[name] = one.Status, one.Standing
		}
	}
	duties, violations := OfBranch(b, facts.Branch, branch, day)
	a.Duties, a.Violations = append(a.Duties, duties...), append(a.Violations, violations...)
	return a
}
