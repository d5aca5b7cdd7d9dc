package admission

import (
	"context"
	"slices"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/ballot"
	"zhibu/internal/party/duty"
	"zhibu/internal/party/logbook"
	"zhibu/internal/party/member"
	"zhibu/internal/party/notice"
	"zhibu/internal/party/org"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/vault"
)

// The acts of this room, as the rights table and the ledger name them.
const (
	DoStep   = "admission.step"   // a step of the branch
	DoDecide = "admission.decide" // a step of the committee above
	DoVote   = "admission.vote"   // have the assembly's vote counted
	DoObject = "admission.object" // an objection from outside
	DoJoin   = "admission.join"   // the case goes on with the record of a member
	DoMove   = "admission.move"   // the case goes on in another branch
	DoPlan   = "admission.plan"   // figures of a year
)

// RuleCase is the program's own rule of who may take which step when.
const RuleCase = "K-27"

// Rights decides who may do what, and who is who. trust/access is the real one.
type Rights interface {
	May(ctx context.Context, actor ledger.Actor, action, orgPath string) error
	Same(ctx context.Context, r store.Reader, a, b string) (same, perhaps bool, err error)
	IsMember(ctx context.Context, r store.Reader, account, memberID string) (same, perhaps bool, err error)
	// Joined gives the account of an applicant to the record the case goes on with; done is called once that holds.
	Joined(ctx context.Context, tx *store.Tx, applicant, memberID string) (done func(), err error)
}

// Service is what may be done on cases.
type Service struct {
	DB        *store.DB
	Ledger    *ledger.Ledger
	Vault     *vault.Vault
	Clock     civil.Clock
	Rights    Rights
	Duties    *duty.Service
	Log       *logbook.Service
	Ballots   *ballot.Service
	Members   *member.Service
	Rules     *rulebook.Book
	LateAfter int // days after which a step waits for a second person; 0 is member.LateDays
}

func (s *Service) today() civil.Date { return civil.Today(s.Clock) }

func (s *Service) lateAfter() int {
	if s.LateAfter <= 0 {
		return member.LateDays
	}
	return s.LateAfter
}

// New is a step that somebody takes. The faults name step, on, the fields, document and reason.
type New struct {
	Person, Step     string
	Close            bool // of the public notice: it has hung long enough
	On               civil.Date
	Values           map[string]string
	People           map[string][]string
	Document, Reason string
}

// Take takes a step. One that comes long after its day waits for a second person; waiting tells so.
func (s *Service) Take(ctx context.Context, actor ledger.Actor, n New) (waiting bool, err error) {
	defer fault.Wrap(&err, "admission: take")
	step, ok := Numbered(n.Step)
	if !ok {
		return false, fault.Missing().At("step")
	}
	f, err := s.Find(ctx, s.DB.As(actor.Scope), n.Person)
	if err != nil {
		return false, err
	}
	if err := s.acts(ctx, actor, f, step); err != nil {
		return false, err
	}
	p := f.progress(step.Number)
	kind := step.kindOf(n.Close)
	if err := s.inTurn(f, p, n, kind); err != nil {
		return false, err
	}
	r, err := s.written(ctx, actor, f, step, n)
	if err != nil {
		return false, err
	}
	r.Kind, r.Change = kind, taken
	if err := s.inTime(f, p, n, kind); err != nil {
		return false, err
	}
	if n.late(s.today(), s.lateAfter()) || p.State == Missing {
		if r.State = Waiting; r.Content.Reason == "" {
			return false, fault.New(fault.Invalid, "这一步是补登记，请写明为什么现在才登记；由另一个人核对以后才算数。").At("reason").By(RuleCase)
		}
	}
	return r.State == Waiting, s.enter(ctx, actor, f, r)
}

func (n New) late(today civil.Date, after int) bool { return n.On.AddDays(after).Before(today) }

// kindOf is what the log book records of a step; "" for one of which the rules read nothing.
func (s Step) kindOf(closing bool) timeline.Kind {
	switch {
	case len(s.Kinds) == 0:
		return ""
	case len(s.Also) > 0 && !closing && s.Also[0] == timeline.NoticePosted:
		return s.Also[0]
	}
	return s.Kinds[0]
}

// written reads what was written down with a step.
func (s *Service) written(ctx context.Context, actor ledger.Actor, f Found, step Step, n New) (r Record, err error) {
	r = Record{OrgID: f.At.ID, OrgPath: f.At.Path, Person: f.Person.ID, Member: f.member(), Number: step.Number, On: n.On, State: Standing,
		Content: Content{Values: map[string]string{}, People: map[string][]Named{}, Document: strings.TrimSpace(n.Document), Reason: strings.TrimSpace(n.Reason)}}
	needs, all := step.asked(n.Close)
	for _, name := range all {
		field := FieldOf(name)
		if field.Kind == Members {
			if r.Content.People[name], err = s.members(ctx, actor, f, field, n.People[name]); err != nil {
				return r, err
			}
			continue
		}
		text := strings.TrimSpace(n.Values[name])
		if err := field.check(text, slices.Contains(needs, name)); err != nil {
			return r, err
		}
		if text != "" {
			r.Content.Values[name] = text
		}
	}
	switch {
	case len([]rune(r.Content.Document)) > 2*longestLine:
		return r, fault.New(fault.Invalid, "材料最多 %d 个字。", 2*longestLine).At("document")
	case len([]rune(r.Content.Reason)) > 500:
		return r, fault.New(fault.Invalid, "理由最多 %d 个字。", 500).At("reason")
	}
	if step.Number == "1" {
		err = s.ofAge(n.On, r.Content.Values["born"])
	}
	return r, err
}

// asked names what is written down: with a notice that comes down its result.
func (s Step) asked(closing bool) (needs, all []string) {
	if closing {
		return []string{"result"}, []string{"result"}
	}
	return s.Needs, s.Fields()
}

// ofAge is D-01.
func (s *Service) ofAge(on civil.Date, born string) error {
	day, err := civil.Parse(born)
	if err != nil {
		return fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("born").By("D-01")
	}
	years := s.Rules.At("D-01", on).Int("min_age_years")
	if day.AddYears(years).After(on) {
		return fault.New(fault.Invalid, "申请入党要年满 %d 岁；%s 出生，%s 满。", years, day.String(), day.AddYears(years).String()).At("born").By("D-01")
	}
	return nil
}

// enter writes a checked step.
func (s *Service) enter(ctx context.Context, actor ledger.Actor, f Found, r Record) error {
	key, err := s.key(ctx, r.Person)
	if err != nil {
		return err
	}
	r.ID, r.Account, r.Actor = s.Ledger.IDs.New(), actor.Account, actor.Name
	do := DoStep
	if step, _ := Numbered(r.Number); step.Above() {
		do = DoDecide
	}
	act := ledger.Act{Kind: do, Subject: "step", SubjectID: r.ID, OrgPath: r.OrgPath, Reason: reasonOr(r.Content.Reason, "办理发展党员"), Source: r.Content.Document,
		Detail: map[string]any{"step": r.Number, "change": r.Change, "state": string(r.State)}}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := s.unmoved(ctx, tx, f); err != nil {
			return err
		}
		if r.State == Standing {
			if err := s.fact(ctx, tx, actor, f.At, &r); err != nil {
				return err
			}
		}
		values, err := r.values(key)
		if err != nil {
			return err
		}
		if err := tx.Insert(ctx, "step", values...); err != nil {
			return err
		}
		return s.follows(ctx, tx, actor, f, r)
	})
}

// unmoved holds a case as it was read: nobody has taken a step in between, and the branch stands where it stood.
func (s *Service) unmoved(ctx context.Context, tx *store.Tx, f Found) error {
	if err := org.Unmoved(ctx, tx, org.Place{ID: f.At.ID, Path: f.At.Path}); err != nil {
		return err
	}
	if err := tx.Lock(ctx, "admission "+f.Person.ID); err != nil {
		return err
	}
	now, err := mark(ctx, tx.System("is the case as it was read"), f.Person.ID)
	if err == nil && now != f.mark {
		err = fault.New(fault.Conflict, "别人刚刚在这个案卷上办了一步，请看现在的情况再办。").By(RuleCase)
	}
	return err
}

// fact enters what the rules read of a step into the log book.
func (s *Service) fact(ctx context.Context, tx *store.Tx, actor ledger.Actor, at org.Organisation, r *Record) (err error) {
	if r.Kind == "" {
		return nil
	}
	n := logbook.New{Org: at.ID, People: []string{r.Person}, Kind: r.Kind, On: r.On, Document: r.Content.Document, Reason: reasonOr(r.Content.Reason, "")}
	n.Fields.Days, n.Fields.Hours = r.Content.Values["days"], r.Content.Values["hours"]
	if r.Kind == timeline.AssemblyExtended {
		n.Fields.Months = atoi(r.Content.Values["months"])
	}
	r.Entry, err = s.Log.Enter(ctx, tx, actor, at, n)
	return err
}

// follows is what a step that stands brings with it: a notice goes up or comes down, a confirmed member is a full one, and
// whoever has to act next is told.
func (s *Service) follows(ctx context.Context, tx *store.Tx, actor ledger.Actor, f Found, r Record) error {
	if r.State != Standing {
		return nil
	}
	switch r.Kind {
	case timeline.NoticePosted:
		if err := s.hang(ctx, tx, f, r); err != nil {
			return err
		}
	case timeline.NoticeClosed:
		if err := s.takeDown(ctx, tx, f); err != nil {
			return err
		}
	case timeline.ConfirmationApproved:
		if err := s.becomeFull(ctx, tx, actor, f); err != nil {
			return err
		}
	}
	to := f.member()
	if to == "" {
		var err error
		if to, err = notice.Applicant(ctx, tx.System("whom a step is told"), f.Person.ID); err != nil || to == "" {
			return err
		}
	}
	return notice.Give(ctx, tx, s.Ledger, notice.Notice{To: to, Kind: notice.StepTaken, Subject: r.Number, About: f.Person.ID, Push: true}.By(actor))
}

func reasonOr(reason, otherwise string) string {
	if reason == "" {
		return otherwise
	}
	return reason
}

func atoi(text string) (n int) {
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// mark tells whether anything was entered about somebody since.
func mark(ctx context.Context, r store.Reader, person string) (string, error) {
	var steps, entries string
	_, err := r.One(ctx, "SELECT coalesce(max(id), '') FROM {step} WHERE person_id = ?", []any{person}, &steps)
	if err == nil {
		_, err = r.One(ctx, "SELECT coalesce(max(id), '') FROM {entry} WHERE member_id = ? OR applicant_id = ?", []any{person, person}, &entries)
	}
	return steps + " " + entries, err
}
