package admission

import (
	"context"
	"slices"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// members reads whom a step names: full members of the branch, as many as the rule says.
func (s *Service) members(ctx context.Context, actor ledger.Actor, f Found, field Field, ids []string) ([]Named, error) {
	rule := f.book.At(field.Rule, s.today())
	least, most := "trainers_min_count", "trainers_max_count"
	if rule.Has("introducers_count") {
		least, most = "introducers_count", "introducers_count"
	}
	return s.chosen(ctx, actor, f, field, ids, rule.Int(least), rule.Int(most))
}

func (s *Service) chosen(ctx context.Context, actor ledger.Actor, f Found, field Field, ids []string, least, most int) (out []Named, err error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	if len(ids) < least || len(ids) > most {
		if least == most {
			return nil, fault.New(fault.Invalid, "“%s”要选 %d 名正式党员，现在选了 %d 名。", field.Title, least, len(ids)).At(field.Name).By(field.Rule)
		}
		return nil, fault.New(fault.Invalid, "“%s”要选 %d 至 %d 名正式党员，现在选了 %d 名。", field.Title, least, most, len(ids)).At(field.Name).By(field.Rule)
	}
	can, err := s.FullMembers(ctx, s.DB.As(actor.Scope), f)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		i := slices.IndexFunc(can, func(n Named) bool { return n.ID == id })
		if i < 0 {
			return nil, fault.New(fault.Invalid, "“%s”要从本支部的正式党员里选，不能选本人、预备党员和已经离开的人。", field.Title).At(field.Name).By(field.Rule)
		}
		out = append(out, can[i])
	}
	return out, nil
}

// FullMembers are the full members of the branch of a case whom the register knows, without the person herself.
func (s *Service) FullMembers(ctx context.Context, r store.Reader, f Found) (out []Named, err error) {
	err = r.Each(ctx, "SELECT id, name FROM {member} WHERE org_path = ? AND state = 'active' AND category = 'full' AND review = 'reviewed' AND registry <> 'stopped' AND id <> ? ORDER BY pinyin, id",
		[]any{f.At.Path, f.Person.ID}, func(row store.Row) error {
			var n Named
			err := row.Scan(&n.ID, &n.Name)
			out = append(out, n)
			return err
		})
	return out, err
}

// Record gives one that was entered, to whoever sees the branch.
func (s *Service) Record(ctx context.Context, r store.Reader, id string) (Record, error) {
	list, err := s.records(ctx, r, "id = ?", id)
	if err == nil && len(list) == 0 {
		err = fault.Missing()
	}
	if err != nil {
		return Record{}, err
	}
	return list[0], nil
}

// Decide is the second person's answer to a late step, a correction or a withdrawal: it becomes a fact, or goes back with the
// reason.
func (s *Service) Decide(ctx context.Context, actor ledger.Actor, id string, version int64, agree bool, answer string) (err error) {
	defer fault.Wrap(&err, "admission: decide")
	r, f, err := s.waiting(ctx, actor, id, version)
	if err != nil {
		return err
	}
	if err := s.another(ctx, actor, r); err != nil {
		return err
	}
	answer = strings.TrimSpace(answer)
	if !agree && answer == "" {
		return fault.New(fault.Invalid, "请写明为什么退回，登记的人看得到。").At("answer").By(RuleCase)
	}
	key, err := s.key(ctx, r.Person)
	if err != nil {
		return err
	}
	act := ledger.Act{Kind: DoStep + ".decide", Subject: "step", SubjectID: r.ID, OrgPath: r.OrgPath, Reason: reasonOr(answer, r.Content.Reason), Detail: map[string]any{"step": r.Number, "agreed": agree, "change": r.Change}}
	entrant := ledger.Actor{Account: r.Account, Name: r.Actor, Scope: actor.Scope}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := s.unmoved(ctx, tx, f); err != nil {
			return err
		}
		r.State, r.Content.Answer = Returned, answer
		if agree {
			if err := s.stands(ctx, tx, actor, entrant, f, &r); err != nil {
				return err
			}
		}
		sealed, err := r.sealedBy(key)
		if err != nil {
			return err
		}
		n, err := tx.Update(ctx, "step", store.ByID(r.ID).And("version", version).And("state", string(Waiting)), store.Set("state", string(r.State)), store.Set("entry_id", r.Entry), store.Set("content", sealed),
			store.Set("decider_id", actor.Account), store.Set("decider", actor.Name), store.Set("decided_at", s.Clock.Now().UnixMicro()), store.Set("version", version+1))
		if err == nil && n == 0 {
			err = stale()
		}
		if err != nil || !agree {
			return err
		}
		return s.follows(ctx, tx, actor, f, r)
	})
}

// stands makes a fact of what waited.
func (s *Service) stands(ctx context.Context, tx *store.Tx, actor, entrant ledger.Actor, f Found, r *Record) error {
	if r.Follows != "" {
		old, err := s.records(ctx, tx, "id = ?", r.Follows)
		if err != nil {
			return err
		}
		if len(old) == 0 || old[0].State != Standing {
			return stale()
		}
		if _, err := tx.Update(ctx, "step", store.ByID(old[0].ID).And("version", old[0].Version), store.Set("state", string(Retired)), store.Set("version", old[0].Version+1)); err != nil {
			return err
		}
		if old[0].Entry != "" {
			if err := s.Log.TakeBack(ctx, tx, actor, old[0].Entry, r.Content.Reason); err != nil {
				return err
			}
		}
	}
	if r.State = Standing; r.TakesBack() {
		r.State = Retired
		return nil
	}
	return s.fact(ctx, tx, entrant, f.At, r)
}

func (s *Service) waiting(ctx context.Context, actor ledger.Actor, id string, version int64) (r Record, f Found, err error) {
	if r, err = s.Record(ctx, s.DB.As(actor.Scope), id); err != nil {
		return r, f, err
	}
	if f, err = s.Find(ctx, s.DB.As(actor.Scope), r.Person); err != nil {
		return r, f, err
	}
	if !r.Waits() || r.Version != version {
		return r, f, stale()
	}
	step, _ := Numbered(r.Number)
	return r, f, s.mayAgain(ctx, actor, f, step)
}

// another refuses the person who entered it, by whatever account.
func (s *Service) another(ctx context.Context, actor ledger.Actor, r Record) error {
	reader := s.DB.As(store.System("are they two"))
	same, perhaps, err := s.Rights.Same(ctx, reader, actor.Account, r.Account)
	if err == nil && !same && !perhaps && r.Member != "" {
		same, perhaps, err = s.Rights.IsMember(ctx, reader, actor.Account, r.Member)
	}
	if err == nil && (same || perhaps) {
		err = fault.New(fault.Forbidden, "登记的人和本人不能自己核对，请由另一个人办理。").At("answer").By("H-02")
	}
	return err
}

// Correct proposes what is to stand in the place of a step that was entered wrong; TakeBack that it was not taken. Both wait
// for a second person and say why.
func (s *Service) Correct(ctx context.Context, actor ledger.Actor, id string, version int64, n New) error {
	return s.change(ctx, actor, id, version, n, corrected)
}

// TakeBack proposes that a step was not taken.
func (s *Service) TakeBack(ctx context.Context, actor ledger.Actor, id string, version int64, reason string) error {
	return s.change(ctx, actor, id, version, New{Reason: reason}, takenBack)
}

func (s *Service) change(ctx context.Context, actor ledger.Actor, id string, version int64, n New, change string) (err error) {
	defer fault.Wrap(&err, "admission: change")
	old, err := s.Record(ctx, s.DB.As(actor.Scope), id)
	if err != nil {
		return err
	}
	f, err := s.Find(ctx, s.DB.As(actor.Scope), old.Person)
	if err != nil {
		return err
	}
	step, _ := Numbered(old.Number)
	switch {
	case old.State != Standing || old.Version != version:
		return stale()
	case old.Ballot != "":
		return fault.New(fault.Conflict, "支部大会的票数由两个人录入后已经生效，不能改；有疑问的，请按规定重新表决。").At("step").By("K-24")
	case strings.TrimSpace(n.Reason) == "":
		return fault.New(fault.Invalid, "请写明理由，日后查得到为什么这样做。").At("reason").By(RuleCase)
	case change == takenBack && f.laterThan(old):
		return fault.New(fault.Conflict, "后面的步骤已经办了，不能撤回这一步；记错了的，请更正。").At("step").By(RuleCase)
	case slices.ContainsFunc(f.Records, func(r Record) bool { return r.Waits() && r.Follows == old.ID }):
		return fault.New(fault.Conflict, "这一条已经提出更正，正在等另一个人核对。").At("step").By(RuleCase)
	}
	if err := s.mayAgain(ctx, actor, f, step); err != nil {
		return err
	}
	r := old
	if change == corrected {
		n.Person, n.Step = old.Person, old.Number
		n.Close = len(step.Also) > 0 && old.Kind == step.Kinds[0]
		if r, err = s.written(ctx, actor, f, step, n); err != nil {
			return err
		}
		if err := s.inPlace(f, old, n); err != nil {
			return err
		}
		r.Kind = old.Kind
	}
	r.Content.Reason, r.State, r.Change, r.Follows, r.Entry = strings.TrimSpace(n.Reason), Waiting, change, old.ID, ""
	return s.enter(ctx, actor, f, r)
}

// mayAgain refuses to correct a step or to confirm it to whoever may not take it.
func (s *Service) mayAgain(ctx context.Context, actor ledger.Actor, f Found, step Step) error {
	if !step.Above() {
		return s.Rights.May(ctx, actor, DoStep, f.At.Path)
	}
	above, err := s.above(ctx, f.At.Path, step.Who == "department")
	if err != nil {
		return err
	}
	return s.Rights.May(ctx, actor, DoDecide, above.Path)
}

// inPlace holds a corrected day between the steps before and after.
func (s *Service) inPlace(f Found, old Record, n New) error {
	step, _ := Numbered(old.Number)
	switch number, before := f.previous(old.Number); {
	case n.On.IsZero() || n.On.After(s.today()):
		return fault.New(fault.Invalid, "请填写哪一天办的，不能晚于今天。").At("on").By(step.Rules[0])
	case n.On.Before(before):
		return fault.New(fault.Invalid, "日期不能早于第 %s 步的 %s。", number, before.String()).At("on").By(step.Rules[0])
	}
	if number, after := f.following(old.Number); !after.IsZero() && n.On.After(after) {
		return fault.New(fault.Invalid, "日期不能晚于第 %s 步的 %s。", number, after.String()).At("on").By(step.Rules[0])
	}
	return nil
}

// laterThan tells whether a step after that of a record stands.
func (f Found) laterThan(r Record) bool {
	i := f.index(r.Number)
	return slices.ContainsFunc(f.Steps[i+1:], func(p Progress) bool { return len(p.Events) > 0 })
}

func stale() error {
	return fault.New(fault.Conflict, "别人刚刚改过这一条，请看现在的内容再办。").By(RuleCase)
}
