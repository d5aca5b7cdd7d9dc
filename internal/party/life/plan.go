package life

import (
	"cmp"
	"context"
	"slices"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/notice"
	"zhibu/internal/party/org"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/words"
)

// New is a meeting that somebody plans, or one that was held and is entered after. The faults name organisation, kind, also, on,
// starts, ends, place, topic, partners, hours, chair, recorder, agenda and people.
type New struct {
	Org             string
	Kind            Kind
	Also            []Kind
	On              civil.Date
	Starts, Ends    string
	Place, Topic    string
	Partners, Hours string
	Chair, Recorder string   // members; "" for what the posts propose
	People          []string // members, where those who take part are chosen
	Agenda          []Item
}

const (
	longPlace  = 60
	longTopic  = 120
	planAhead  = 1 // years
	enterAfter = 1 // years
)

func (n *New) check(today civil.Date) *fault.Error {
	if n.Kind.Name() == "" {
		return fault.New(fault.Invalid, "请选择是什么会。").At("kind").By("B-08")
	}
	for _, k := range n.Also {
		if k == n.Kind || !k.Together() || !n.Kind.Together() || !k.fact() {
			return fault.New(fault.Invalid, "只有全体党员参加的几种会可以合并召开，请重新选。").At("also").By("B-19")
		}
	}
	slices.Sort(n.Also)
	n.Also = slices.Compact(n.Also)
	switch {
	case n.On.IsZero():
		return fault.New(fault.Invalid, "请填写哪一天开。").At("on").By(RuleRoll)
	case n.On.After(today.AddYears(planAhead)) || n.On.Before(today.AddYears(-enterAfter)):
		return fault.New(fault.Invalid, "日期在前后一年以内；更早开的会请在台账登记。").At("on").By(RuleRoll)
	}
	var ok bool
	if n.Starts, ok = clock(n.Starts); !ok || n.Starts == "" {
		return fault.New(fault.Invalid, "请填写几点开始，写成 19:00。").At("starts").By(RuleOne)
	}
	if n.Ends, ok = clock(n.Ends); !ok || n.Ends == n.Starts {
		return fault.New(fault.Invalid, "结束的时间写成 21:00；不知道的可以不填。").At("ends").By(RuleOne)
	}
	if f := cmp.Or(tidy(&n.Place, true, longPlace, "place", RuleLeave, words.Mark("请填写在哪里开。")), tidy(&n.Topic, true, longTopic, "topic", RuleLeave, words.Mark("请填写主题。")),
		tidy(&n.Partners, n.Kind == Joint, longTopic, "partners", RuleLeave, words.Mark("请填写和哪些单位一起。"))); f != nil {
		return f
	}
	if hours, fine := timeline.ParseHundredths(n.Hours); n.Hours != "" && (!fine || hours == 0 || hours > 2400 || !n.Kind.Hours()) {
		return fault.New(fault.Invalid, "集中学习、党课、主题党日可以记学时，填数字，大于 0，最多 24，小数最多两位。").At("hours").By("M-04")
	}
	if n.Kind == Training && n.Hours == "" {
		return fault.New(fault.Invalid, "请填写集中学习多少学时。").At("hours").By("M-04")
	}
	return checkAgenda(n.Agenda)
}

// meeting is what was asked for as a meeting; one that ends no later than it begins goes on past midnight.
func (n New) meeting(o org.Organisation) Meeting {
	m := Meeting{Org: o.ID, OrgPath: o.Path, Kind: n.Kind, Also: n.Also, Title: n.Kind.title(n.On), On: n.On, Starts: n.Starts, EndsOn: n.On, Ends: n.Ends, Place: n.Place, Topic: n.Topic, Partners: n.Partners,
		Hours: n.Hours, State: Planned, Version: 1}
	if n.Ends != "" && n.Ends < n.Starts {
		m.EndsOn = n.On.AddDays(1)
	}
	return m
}

// Plan plans a meeting and invites those who take part.
func (s *Service) Plan(ctx context.Context, actor ledger.Actor, n New) (id string, err error) {
	defer fault.Wrap(&err, "life: plan")
	o, err := s.branch(ctx, actor, DoPlan, n.Org)
	if err != nil {
		return "", err
	}
	if f := n.check(s.today()); f != nil {
		return "", f
	}
	m, roll, err := s.drawUp(ctx, o, n)
	if err != nil {
		return "", err
	}
	m.ID, m.Account, m.Actor = s.Ledger.IDs.New(), actor.Account, actor.Name
	err = s.do(ctx, actor, DoPlan, "安排会议", m, func(tx *store.Tx) error {
		if err := s.free(ctx, tx, m, roll); err != nil {
			return err
		}
		if err := tx.InsertMany(ctx, "meeting", columnNames, [][]any{m.values()}); err != nil {
			return err
		}
		if err := s.writeRoll(ctx, tx, m, roll, nil); err != nil {
			return err
		}
		if err := s.addItems(ctx, tx, m, 0, n.Agenda); err != nil {
			return err
		}
		if m.On.Before(s.today()) {
			return nil // nobody is invited to what is over
		}
		return s.told(ctx, tx, actor, notice.MeetingCalled, m, members(roll)...)
	})
	return m.ID, err
}

func members(roll []Attendee) (ids []string) {
	for _, a := range roll {
		ids = append(ids, a.Member)
	}
	return ids
}

// drawUp finds who takes part, chairs and records.
func (s *Service) drawUp(ctx context.Context, o org.Organisation, n New) (Meeting, []Attendee, error) {
	m, r := n.meeting(o), s.DB.As(store.System("the roll of a meeting"))
	all, err := s.people(ctx, r, org.Place{ID: o.ID, Path: o.Path}, n.Kind, n.On)
	if err != nil {
		return m, nil, err
	}
	roll := all
	if n.Kind.Chosen() {
		roll = slices.DeleteFunc(slices.Clone(all), func(a Attendee) bool { return !slices.Contains(n.People, a.Member) })
		if len(roll) < 2 {
			return m, nil, fault.New(fault.Invalid, "请选择谁参加，至少两个人。").At("people").By("B-22")
		}
	}
	if len(roll) == 0 {
		return m, nil, fault.New(fault.Invalid, "名册上没有能参加的党员；支委会请先登记支部委员的职务。").At("kind").By(RuleRoll)
	}
	if n.Chair == "" && n.Recorder == "" {
		n.Chair, n.Recorder, err = s.officers(ctx, r, o, n.On, roll)
		if err != nil {
			return m, nil, err
		}
	}
	if m.ChairID, m.Chair, err = seat(roll, n.Chair, "chair"); err != nil {
		return m, nil, err
	}
	if m.RecorderID, m.Recorder, err = seat(roll, n.Recorder, "recorder"); err != nil {
		return m, nil, err
	}
	if m.ChairID != "" && m.ChairID == m.RecorderID {
		return m, nil, fault.New(fault.Invalid, "主持人和记录人要是两个人，请换一个。").At("recorder").By(RuleOne)
	}
	return m, roll, nil
}

// seat finds who chairs or records; the chair is a full member.
func seat(roll []Attendee, id, field string) (string, string, error) {
	if id == "" {
		return "", "", nil
	}
	i := slices.IndexFunc(roll, func(a Attendee) bool { return a.Member == id })
	switch {
	case i < 0:
		return "", "", fault.New(fault.Invalid, "选的人不参加这次会议，请重新选择。").At(field).By(RuleOne)
	case field == "chair" && !roll[i].Vote:
		return "", "", fault.New(fault.Invalid, "%s还不是正式党员，不能主持，请换一个人。", roll[i].Name).At(field).By(RuleOne)
	}
	return id, roll[i].Name, nil
}

// officers propose the chair and the recorder out of the posts of the branch, the secretary first.
func (s *Service) officers(ctx context.Context, r store.Reader, o org.Organisation, on civil.Date, roll []Attendee) (chair, recorder string, err error) {
	posts, err := org.Posts(ctx, r, o.ID, on)
	for _, p := range posts { // by rank
		i := slices.IndexFunc(roll, func(a Attendee) bool { return a.Member == p.Member })
		switch {
		case i < 0 || p.Member == chair:
		case chair == "" && roll[i].Vote:
			chair = p.Member
		case recorder == "":
			recorder = p.Member
		}
	}
	return chair, recorder, err
}

// free refuses when somebody of the roll is at another meeting at that time.
func (s *Service) free(ctx context.Context, tx *store.Tx, m Meeting, roll []Attendee) error {
	near, err := meetings(ctx, tx, "org_path = ? AND on_date >= ? AND on_date <= ? AND id <> ?", m.OrgPath, m.On.AddDays(-1).String(), m.EndsOn.String(), m.ID)
	if err != nil {
		return err
	}
	from, to := m.span()
	for _, other := range near {
		begin, end := other.span()
		if !other.stands() || end <= from || to <= begin {
			continue
		}
		there, err := s.stored(ctx, tx, "meeting_id = ?", other.ID)
		if err != nil {
			return err
		}
		for _, a := range roll {
			if slices.ContainsFunc(there, func(x Attendee) bool { return x.Member == a.Member }) {
				return fault.New(fault.Invalid, "%s那时在“%s”（%s），一个人不能同时参加两次会议；合在一起开的，请在那次会议里一并安排。", a.Name, other.Title, other.When()).At("starts").By(RuleOne)
			}
		}
	}
	return nil
}

// Change plans a meeting anew that has not been held: the day, place, topic, who chairs and records. Kind and agenda stay.
func (s *Service) Change(ctx context.Context, actor ledger.Actor, id string, version int64, n New) (err error) {
	defer fault.Wrap(&err, "life: change")
	old, err := s.mine(ctx, actor, DoPlan, id)
	if err != nil {
		return err
	}
	o, err := s.branch(ctx, actor, DoPlan, old.Org)
	if err != nil {
		return err
	}
	n.Org, n.Kind, n.Also, n.Agenda = old.Org, old.Kind, old.Also, nil
	if old.State != Planned {
		return fault.New(fault.Conflict, "会议已经开过或者取消，时间地点不能再改。").By(RuleMinutes)
	}
	if f := n.check(s.today()); f != nil {
		return f
	}
	roll, err := s.Roll(ctx, s.DB.As(store.System("the roll of a meeting")), old)
	if err != nil {
		return err
	}
	if n.Kind.Chosen() {
		n.People = members(roll)
	}
	m, _, err := s.drawUp(ctx, o, n)
	if err != nil {
		return err
	}
	m.ID = old.ID
	moved := m.When() != old.When() || m.Place != old.Place
	return s.do(ctx, actor, DoPlan, "改动会议安排", old, func(tx *store.Tx) error {
		if err := s.free(ctx, tx, m, roll); err != nil {
			return err
		}
		set := store.Set
		err := change(ctx, tx, old, version, set("title", m.Title), set("on_date", m.On.String()), set("starts", m.Starts), set("ends_on", m.EndsOn.String()), set("ends", m.Ends), set("place", m.Place), set("topic", m.Topic),
			set("partners", m.Partners), set("hours", m.Hours), set("chair_id", m.ChairID), set("chair", m.Chair), set("recorder_id", m.RecorderID), set("recorder", m.Recorder))
		if err != nil || !moved {
			return err
		}
		return s.told(ctx, tx, actor, notice.MeetingMoved, m, members(roll)...)
	})
}

// Cancel says that a meeting does not take place. It stays, with the reason.
func (s *Service) Cancel(ctx context.Context, actor ledger.Actor, id string, version int64, reason string) (err error) {
	defer fault.Wrap(&err, "life: cancel")
	m, err := s.mine(ctx, actor, DoPlan, id)
	if err != nil {
		return err
	}
	if f := tidy(&reason, true, longTopic, "reason", RuleLeave, words.Mark("请写明为什么不开了，大家会看到。")); f != nil {
		return f
	}
	if m.State != Planned {
		return fault.New(fault.Conflict, "会议已经开过或者取消。").By(RuleMinutes)
	}
	return s.do(ctx, actor, DoPlan, "取消会议", m, func(tx *store.Tx) error {
		roll, err := s.stored(ctx, tx, "meeting_id = ?", id)
		if err != nil {
			return err
		}
		if err := change(ctx, tx, m, version, store.Set("state", string(Cancelled)), store.Set("reason", reason)); err != nil {
			return err
		}
		return s.told(ctx, tx, actor, notice.MeetingCancelled, m, members(roll)...)
	})
}
