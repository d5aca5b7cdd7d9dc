package admission

import (
	"context"
	"slices"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// acts tells whether an actor may take a step on a case: the branch its own, the committee above what it decides.
func (s *Service) acts(ctx context.Context, actor ledger.Actor, f Found, step Step) error {
	if !f.At.Living() {
		return fault.New(fault.Conflict, "%s已经撤销，请先把人转到现在的党支部。", f.At.ShortName).At("step").By("D-08")
	}
	if err := f.here(); err != nil {
		return err
	}
	if !step.Above() {
		if err := s.Rights.May(ctx, actor, DoStep, f.At.Path); err != nil {
			return refusedBy(err, step)
		}
		if step.ByBallot() {
			return fault.New(fault.Invalid, "这一步由支部党员大会无记名投票，由两个人各录一遍票数，结果自动记为这一步。").At("step").By("D-27")
		}
		return nil
	}
	above, err := s.above(ctx, f.At.Path, step.Who == "department")
	if err != nil {
		return err
	}
	if err := s.Rights.May(ctx, actor, DoDecide, above.Path); err != nil {
		if fault.Of(err) != fault.Forbidden && fault.Of(err) != fault.NotFound {
			return err
		}
		return fault.New(fault.Forbidden, "第 %s 步“%s”由%s办理，党支部和党总支不能代替。", step.Number, step.Title, above.Name).At("step").By(wrongActor(step))
	}
	return s.apart(ctx, actor, f)
}

// wrongActor is the rule that says who takes a step.
func wrongActor(step Step) string {
	if step.Number == "17" || step.Number == "24" {
		return "D-32"
	}
	return step.Rules[0]
}

func refusedBy(err error, step Step) error {
	if f := fault.As(err); f != nil && fault.Of(err) == fault.Forbidden {
		return fault.New(fault.Forbidden, "第 %s 步“%s”由党支部办理，您的角色不能代替。", step.Number, step.Title).At("step").By(step.Rules[0])
	}
	return err
}

// above is the committee that decides on admissions of a branch: the nearest committee above it, never a general branch
// (D-32). of gives the one above that, to whose organisation department it is reported; where there is none, the same.
func (s *Service) above(ctx context.Context, path string, of bool) (org.Step, error) {
	steps, err := org.Lineage(ctx, s.DB.As(store.System("who decides above")), path)
	if err != nil {
		return org.Step{}, err
	}
	var committees []org.Step
	for _, st := range slices.Backward(steps) {
		if st.Kind == org.Committee {
			committees = append(committees, st)
		}
	}
	switch {
	case len(committees) == 0:
		return org.Step{}, fault.New(fault.Conflict, "上面没有党委，不能办理。请先在组织树上登记隶属的党委。").At("step").By("D-32")
	case of && len(committees) > 1:
		return committees[1], nil
	}
	return committees[0], nil
}

// apart refuses a decision by whoever took the branch's steps, and by the person herself.
func (s *Service) apart(ctx context.Context, actor ledger.Actor, f Found) error {
	r := s.DB.As(store.System("are they two"))
	one := func(same, perhaps bool, err error) error {
		if err == nil && (same || perhaps) {
			err = fault.New(fault.Forbidden, "党支部的步骤和上级的步骤不能由同一个人办理，请由上级的另一个人办理。").At("step").By(RuleCase)
		}
		return err
	}
	if f.member() != "" {
		if err := one(s.Rights.IsMember(ctx, r, actor.Account, f.member())); err != nil {
			return err
		}
	}
	for _, rec := range f.Records {
		if step, _ := Numbered(rec.Number); step.Above() || rec.State != Standing {
			continue
		}
		if err := one(s.Rights.Same(ctx, r, actor.Account, rec.Account)); err != nil {
			return err
		}
	}
	return nil
}

// here refuses a case whose person is no longer with the branch.
func (f Found) here() error {
	if f.gone != "" {
		return fault.New(fault.Conflict, "名册上这个人已经%s，不能再办下一步；办过的步骤都留着。", f.gone).At("step").By(RuleCase)
	}
	return nil
}

// inTurn refuses a step out of its order. What was left out may be entered late.
func (s *Service) inTurn(f Found, p Progress, n New, kind timeline.Kind) error {
	if slices.ContainsFunc(f.Records, func(r Record) bool { return r.Waits() && r.Number == p.Number }) {
		return fault.New(fault.Conflict, "这一步已经登记，正在等另一个人核对。").At("step").By(RuleCase)
	}
	if f.Case.Ended == Cancelled && p.Number != "1" {
		return fault.New(fault.Conflict, "预备党员资格已经取消；以后再申请，从递交入党申请书重新开始。").At("step").By("D-38")
	}
	posted := slices.ContainsFunc(p.Events, func(e timeline.Event) bool { return e.Kind == timeline.NoticePosted })
	switch {
	case p.Number == "8a" && n.Close && !posted:
		return fault.New(fault.Conflict, "还没有开始公示。").At("step").By("D-11")
	case p.Number == "8a" && !n.Close && posted && p.State == Next:
		return fault.New(fault.Conflict, "公示已经开始，期满后登记结果。").At("step").By("D-11")
	case p.PartOf != "" && len(p.Own) > 0, p.PartOf == "" && p.State == Done:
		return fault.New(fault.Conflict, "这一步已经办了。记错了的，请更正那一条。").At("step").By(p.Step.Rules[0])
	case p.PartOf != "":
		if of := f.progress(p.PartOf); of.On().IsZero() && f.index(p.PartOf) < f.index(p.Number) {
			return s.first(f, of)
		}
		return nil
	case p.State == Ahead:
		next, _ := f.Next()
		return s.first(f, next)
	}
	return nil
}

// first says which step has to come before.
func (s *Service) first(_ Found, p Progress) error {
	return fault.New(fault.Conflict, "要先办第 %s 步“%s”。", p.Number, p.Title).At("step").By(p.Step.Rules[0])
}

// inTime refuses a day that cannot be: ahead, before the step before, or before the rules allow it. Late is not refused: what
// came late is entered as it was, and the case says so.
func (s *Service) inTime(f Found, p Progress, n New, kind timeline.Kind) error {
	today := s.today()
	rule := p.Step.Rules[0]
	switch {
	case n.On.IsZero():
		return fault.New(fault.Invalid, "请填写哪一天办的。").At("on").By(rule)
	case n.On.After(today):
		return fault.New(fault.Invalid, "日期不能晚于今天。").At("on").By(rule)
	}
	if number, before := f.previous(p.Number); n.On.Before(before) {
		return fault.New(fault.Invalid, "日期不能早于第 %s 步的 %s。", number, before.String()).At("on").By(rule)
	}
	if number, after := f.following(p.Number); p.State == Missing && !after.IsZero() && n.On.After(after) {
		return fault.New(fault.Invalid, "日期不能晚于第 %s 步的 %s。", number, after.String()).At("on").By(rule)
	}
	if kind == "" {
		return nil
	}
	event := timeline.Event{On: n.On, Kind: kind, Person: f.Person.ID, Days: f.hundredths(n.Values["days"]), Hours: f.hundredths(n.Values["hours"])}
	return f.early(event)
}

// early asks the rules whether a step may be taken on its day: what they would find broken and is not a matter of being late
// is refused.
func (f Found) early(e timeline.Event) error {
	now := timeline.Person(f.book, "", append(slices.Clone(f.Person.Events), e), e.On)
	was := timeline.Person(f.book, "", f.Person.Events, e.On)
	for _, v := range now.Violations {
		if v.Event != e.Kind || v.On != e.On || isLate(v.Why) || slices.ContainsFunc(was.Violations, func(o timeline.Violation) bool { return o.Rule == v.Rule && o.Event == v.Event && o.On == v.On }) {
			continue
		}
		return fault.New(fault.Invalid, "%s。依据：%s", v.Why.String(), v.Rule.String()).At("on").By(v.Rule.Rule)
	}
	return nil
}

// isLate tells the violation of being late, which a step does not cease to be by being refused.
func isLate(why rulebook.Reason) bool { return why.Text == timeline.LateReason }

// previous is the last step before one with the day on which it was taken.
func (f Found) previous(number string) (string, civil.Date) {
	for i := f.index(number) - 1; i >= 0; i-- {
		if p := f.Steps[i]; !p.Repeats || number != p.Number {
			if on := p.On(); !on.IsZero() {
				return p.Number, on
			}
		}
	}
	return "", civil.Date{}
}

func (f Found) following(number string) (string, civil.Date) {
	for i := f.index(number) + 1; i < len(f.Steps); i++ {
		if len(f.Steps[i].Events) > 0 {
			return f.Steps[i].Number, f.Steps[i].Events[0].On
		}
	}
	return "", civil.Date{}
}

func (f Found) index(number string) int {
	return slices.IndexFunc(f.Steps, func(p Progress) bool { return p.Number == number })
}

func (f Found) progress(number string) Progress { return f.Steps[f.index(number)] }

func (f Found) hundredths(text string) timeline.Hundredths {
	h, _ := timeline.ParseHundredths(text)
	return h
}
