package admission

import (
	"context"
	"fmt"
	"slices"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/ballot"
	"zhibu/internal/party/timeline"
	"zhibu/internal/party/vote"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/words"
)

// BallotSubject is the subject of the assembly's votes in the room of ballots.
const BallotSubject = "admission"

// Question is what the assembly votes on.
type Question string

// The questions.
const (
	Admit   Question = "admit"
	Confirm Question = "confirm"
	Extend  Question = "extend"
	Cancel  Question = "cancel"
)

var questions = map[Question]struct {
	title string
	step  string
	kind  timeline.Kind
	of    vote.Type
}{
	Admit:   {words.Mark("接收为预备党员"), "15", timeline.AssemblyAdmitted, vote.Admission},
	Confirm: {words.Mark("按期转为正式党员"), "23", timeline.AssemblyConfirmed, vote.Confirmation},
	Extend:  {words.Mark("延长预备期"), "23", timeline.AssemblyExtended, vote.Confirmation},
	Cancel:  {words.Mark("取消预备党员资格"), "23", timeline.AssemblyCancelled, vote.Confirmation},
}

// Title is the question in Chinese, a key of the catalogue.
func (q Question) Title() string { return questions[q].title }

// Questions are those that the assembly may be asked at a step.
func Questions(step string) []Question {
	if step == "15" {
		return []Question{Admit}
	}
	return []Question{Confirm, Extend, Cancel}
}

// NewVote is a vote that somebody has counted. The faults name question, on and months.
type NewVote struct {
	Person   string
	Question Question
	On       civil.Date
	Months   int // of an extension
}

// Vote opens the count of the assembly's vote on a case: two people enter it, and what it comes to is the step. It gives the
// id of the ballot.
func (s *Service) Vote(ctx context.Context, actor ledger.Actor, n NewVote) (id string, err error) {
	defer fault.Wrap(&err, "admission: vote")
	q, ok := questions[n.Question]
	if !ok {
		return "", fault.New(fault.Invalid, "请选择对什么表决。").At("question").By("D-39")
	}
	f, err := s.Find(ctx, s.DB.As(actor.Scope), n.Person)
	if err != nil {
		return "", err
	}
	if err := f.here(); err != nil {
		return "", err
	}
	if err := s.Rights.May(ctx, actor, DoVote, f.At.Path); err != nil {
		return "", err
	}
	p := f.progress(q.step)
	if err := s.inTurn(f, p, New{Step: q.step, On: n.On}, q.kind); err != nil {
		return "", err
	}
	if err := s.inTime(f, p, New{Step: q.step, On: n.On}, ""); err != nil {
		return "", err
	}
	if err := f.early(timeline.Event{On: n.On, Kind: q.kind, Person: f.Person.ID, Months: n.Months}); err != nil {
		return "", err
	}
	if err := s.months(n); err != nil {
		return "", err
	}
	voters, err := s.Voters(ctx, s.DB.As(actor.Scope), f)
	if err != nil {
		return "", err
	}
	if len(voters) == 0 {
		return "", fault.New(fault.Conflict, "名册上没有正式党员，不能表决。请先把名册审核完。").At("question").By("D-26")
	}
	if _, err := s.key(ctx, f.Person.ID); err != nil { // the count that becomes final needs one, inside its transaction
		return "", err
	}
	item := ballot.Item{ID: string(n.Question), Name: f.Person.Name, Member: f.member()}
	if n.Question == Extend {
		item.ID = fmt.Sprintf("%s-%d", Extend, n.Months)
	}
	open := ballot.New{Org: f.At, Subject: BallotSubject, SubjectID: f.Person.ID, Kind: q.of, Way: ballot.Paper, On: n.On, Title: q.title, Entitled: len(voters), Items: []ballot.Item{item}}
	act := ledger.Act{Kind: DoVote, Subject: "ballot", OrgPath: f.At.Path, Reason: q.title, Detail: map[string]any{"step": q.step}}
	_, err = s.Ledger.DoAct(ctx, actor, &act, func(tx *store.Tx) error {
		if err := s.unmoved(ctx, tx, f); err != nil {
			return err
		}
		if waits, err := openBallot(ctx, tx, f.Person.ID); err != nil || waits {
			if err == nil {
				err = fault.New(fault.Conflict, "上一次表决的票数还没有录完，请先录完或者作废。").At("question").By("K-24")
			}
			return err
		}
		id, err = s.Ballots.Open(ctx, tx, actor, open)
		act.SubjectID = id
		return err
	})
	return id, err
}

func (s *Service) months(n NewVote) error {
	if n.Question != Extend {
		return nil
	}
	rule := s.Rules.At("D-37", n.On)
	least, most := rule.Int("extension_min_months"), rule.Int("extension_max_months")
	if n.Months < least || n.Months > most {
		return fault.New(fault.Invalid, "延长预备期不少于 %d 个月，不超过 %d 个月。", least, most).At("months").By("D-37")
	}
	return nil
}

func openBallot(ctx context.Context, r store.Reader, person string) (bool, error) {
	list, err := ballot.Of(ctx, r, BallotSubject, person)
	return slices.ContainsFunc(list, func(b ballot.Ballot) bool { return b.State == ballot.Open }), err
}

// Voters are those who may vote in the assembly on a case: full members of the branch (D-42), and not the person.
func (s *Service) Voters(ctx context.Context, r store.Reader, f Found) ([]Named, error) {
	return s.FullMembers(ctx, r, f)
}

// Votes are the assembly's votes on a case in their order.
func Votes(ctx context.Context, r store.Reader, person string) ([]ballot.Ballot, error) {
	return ballot.Of(ctx, r, BallotSubject, person)
}

// Counted makes the step of a count that two people agree on: passed, or not passed, which stays with its arithmetic (D-44).
func (s *Service) Counted(ctx context.Context, tx *store.Tx, actor ledger.Actor, b ballot.Ballot, verdicts []vote.Verdict) error {
	name, months := b.Items[0].ID, 0
	if n, _ := fmt.Sscanf(name, string(Extend)+"-%d", &months); n == 1 {
		name = string(Extend)
	}
	q, v := questions[Question(name)], verdicts[0]
	f, err := s.Find(ctx, tx.System("the case of a vote"), b.SubjectID)
	if err != nil {
		return err
	}
	if err := f.here(); err != nil {
		return err
	}
	key, err := s.key(ctx, f.Person.ID)
	if err != nil {
		return err
	}
	r := Record{ID: s.Ledger.IDs.New(), OrgID: f.At.ID, OrgPath: f.At.Path, Person: f.Person.ID, Member: f.member(), Number: q.step, Kind: q.kind, On: b.On, Ballot: b.ID, State: NotPassed, Change: taken,
		Account: actor.Account, Actor: actor.Name, Content: Content{Values: map[string]string{}}}
	if months > 0 {
		r.Content.Values["months"] = fmt.Sprint(months)
	}
	for _, w := range v.Why {
		r.Content.Verdict = append(r.Content.Verdict, w.String())
	}
	if v.Valid && v.Passed {
		r.State = Standing
		if b.On.AddDays(s.lateAfter()).Before(s.today()) {
			r.Content.Reason = "支部大会的票数由两个人补录。"
		}
		if err := s.fact(ctx, tx, actor, f.At, &r); err != nil {
			return err
		}
	}
	values, err := r.values(key)
	if err != nil {
		return err
	}
	return tx.Insert(ctx, "step", values...)
}
