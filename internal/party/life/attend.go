package life

import (
	"context"
	"slices"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/vault"
)

// Mark is what the secretary enters of one member. The faults name state.ID and why.ID.
type Mark struct {
	Member string
	State  Presence
	Why    string
}

// Attend enters who came, of everybody on the roll at once. Before the day there is nothing to enter; until the minutes are
// checked it can be mended.
func (s *Service) Attend(ctx context.Context, actor ledger.Actor, id string, version int64, marks []Mark) (err error) {
	defer fault.Wrap(&err, "life: attendance")
	m, err := s.mine(ctx, actor, DoRecord, id)
	if err != nil {
		return err
	}
	if err := s.recordable(m); err != nil {
		return err
	}
	reader := s.DB.As(store.System("the roll of a meeting"))
	roll, err := s.Roll(ctx, reader, m)
	if err != nil {
		return err
	}
	ids := make([]string, len(roll))
	for i := range roll {
		ids[i] = roll[i].Member
		if err := roll[i].mark(marks); err != nil {
			return err
		}
	}
	if present := Count(roll).Present; present == 0 {
		return fault.New(fault.Invalid, "没有一个人到会，不成会议；没有开成的，请写明理由取消。").By(RuleRoll)
	}
	keys, err := s.Vault.Persons(ctx, ids)
	if err != nil {
		return err
	}
	return s.do(ctx, actor, DoRecord, "登记到会情况", m, func(tx *store.Tx) error {
		if err := change(ctx, tx, m, version, store.Set("state", string(Held))); err != nil {
			return err
		}
		return s.writeRoll(ctx, tx, m, roll, keys)
	})
}

// recordable refuses before the day, and once the minutes are checked.
func (s *Service) recordable(m Meeting) error {
	switch {
	case !m.open():
		return fault.New(fault.Conflict, "会议记录已经核对或者取消，不能再改；要改的，请主持人退回，或者在记录后面补充更正。").By(RuleMinutes)
	case m.On.After(s.today()):
		return fault.New(fault.Conflict, "会议定在 %s，到那天才能登记。", m.On).By(RuleRoll)
	}
	return nil
}

func (a *Attendee) mark(marks []Mark) error {
	i := slices.IndexFunc(marks, func(x Mark) bool { return x.Member == a.Member })
	if i < 0 {
		return fault.New(fault.Invalid, "请登记%s到会没有。", a.Name).At("state." + a.Member).By(RuleRoll)
	}
	a.State, a.Why = marks[i].State, strings.TrimSpace(marks[i].Why)
	switch {
	case !slices.Contains(Presences, a.State):
		return fault.New(fault.Invalid, "请登记%s到会没有。", a.Name).At("state." + a.Member).By(RuleRoll)
	case a.State == Exempt && a.Standing == Asked:
		return fault.New(fault.Invalid, "%s不是年老体弱、重病、残疾或者外出流动的党员，不能免到；不能来的登记请假或者缺席。", a.Name).At("state." + a.Member).By("M-08")
	case (a.State == Excused || a.State == Absent) && a.Why == "":
		return fault.New(fault.Invalid, "请写明%s没有到会的原因。", a.Name).At("why." + a.Member).By(RuleLeave)
	case len([]rune(a.Why)) > longWhy:
		return fault.New(fault.Invalid, "原因最多 %d 个字。", longWhy).At("why." + a.Member).By(RuleLeave)
	}
	return nil
}

const longWhy = 200

// writeRoll makes the rows of a meeting what the roll says.
func (s *Service) writeRoll(ctx context.Context, tx *store.Tx, m Meeting, roll []Attendee, keys map[string]*vault.Person) error {
	kept, err := s.stored(ctx, tx, "meeting_id = ?", m.ID)
	if err != nil {
		return err
	}
	for _, k := range kept {
		if !slices.ContainsFunc(roll, func(a Attendee) bool { return a.Member == k.Member }) {
			if _, err := tx.Delete(ctx, "attendance", store.ByID(k.ID)); err != nil {
				return err
			}
		}
	}
	var rows [][]any
	for _, a := range roll {
		vote := 0
		if a.Vote {
			vote = 1
		}
		i := slices.IndexFunc(kept, func(k Attendee) bool { return k.Member == a.Member })
		if i < 0 {
			a.ID = s.Ledger.IDs.New()
			rows = append(rows, []any{a.ID, m.Org, m.OrgPath, m.ID, a.Member, a.Name, vote, string(a.Standing), string(a.Answer), string(a.State), a.by(keys), 1})
			continue
		}
		k := kept[i]
		if k.Vote == a.Vote && k.Standing == a.Standing && k.State == a.State && k.Why == a.Why && k.Answer == a.Answer && k.Name == a.Name {
			continue
		}
		a.ID = k.ID
		if _, err := tx.Update(ctx, "attendance", store.ByID(k.ID), store.Set("name", a.Name), store.Set("vote", vote), store.Set("standing", string(a.Standing)), store.Set("answer", string(a.Answer)),
			store.Set("state", string(a.State)), store.Set("why", a.by(keys)), store.Set("version", k.Version+1)); err != nil {
			return err
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return tx.InsertMany(ctx, "attendance", names("id, org_id, org_path, meeting_id, member_id, name, vote, standing, answer, state, why, version"), rows)
}
