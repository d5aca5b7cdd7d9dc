package life

import (
	"context"
	"slices"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/rotation"
	"zhibu/internal/trust/vault"
)

// Standing is how a member stands to a meeting before anybody has come.
type Standing string

// The standings.
const (
	Asked Standing = "asked" // should attend
	Care  Standing = "care"  // old, frail, ill or disabled: not compulsory (M-08)
	Away  Standing = "away"  // floating
)

// Presence is whether somebody came.
type Presence string

// The presences.
const (
	Unsaid  Presence = ""
	Present Presence = "present" // 实到
	Excused Presence = "excused" // 请假
	Exempt  Presence = "exempt"  // 免到
	Absent  Presence = "absent"  // 缺席
)

// Presences are those that a secretary enters.
var Presences = []Presence{Present, Excused, Exempt, Absent}

// Answer is what a member answered to the invitation.
type Answer string

// The answers.
const (
	Unanswered Answer = ""
	Comes      Answer = "comes"
	Leave      Answer = "leave"
)

// Attendee is a member on the roll of a meeting.
type Attendee struct {
	ID, Member, Name string
	Vote             bool // a full member on the day
	Standing         Standing
	Answer           Answer
	State            Presence
	Why              string
	Version          int64

	sealed []byte
}

// Should tells whether she counts as one who should attend.
func (a Attendee) Should() bool { return a.Standing == Asked && a.State != Exempt }

// Tally counts a roll.
type Tally struct{ Should, Present, Excused, Exempt, Absent, Voters, VotersPresent int }

// Count counts a roll. Whoever is exempt and came counts as having come, and as one who should have.
func Count(roll []Attendee) (t Tally) {
	for _, a := range roll {
		if a.Should() || a.State == Present {
			t.Should++
		}
		switch a.State {
		case Present:
			t.Present++
		case Excused:
			t.Excused++
		case Exempt:
			t.Exempt++
		case Absent:
			t.Absent++
		}
		if a.Vote {
			t.Voters++
			if a.State == Present {
				t.VotersPresent++
			}
		}
	}
	return t
}

const whyColumn = "attendance.why"

// SealedReasons is where reasons for staying away lie under the members' keys.
var SealedReasons = rotation.Sealed{Table: "attendance", Holder: "member_id", Columns: []string{"why"}}

const attendeeColumns = "id, member_id, name, vote, standing, answer, state, why, version"

// stored are the rows of a meeting, with the reasons of those whose keys are there.
func (s *Service) stored(ctx context.Context, r store.Reader, where string, args ...any) (out []Attendee, err error) {
	var ids []string
	err = r.Each(ctx, "SELECT "+attendeeColumns+" FROM {attendance} WHERE "+where+" ORDER BY id", args, func(row store.Row) error {
		var a Attendee
		var vote int64
		err := row.Scan(&a.ID, &a.Member, &a.Name, &vote, &a.Standing, &a.Answer, &a.State, &a.sealed, &a.Version)
		a.Vote = vote != 0
		if len(a.sealed) > 0 {
			ids = append(ids, a.Member)
		}
		out = append(out, a)
		return err
	})
	if err != nil || len(ids) == 0 {
		return out, err
	}
	keys, err := s.Vault.Persons(ctx, ids)
	if err != nil {
		return nil, err
	}
	for i := range out {
		if key := keys[out[i].Member]; key != nil && len(out[i].sealed) > 0 {
			plain, err := key.Open(whyColumn, out[i].ID, out[i].sealed)
			if err != nil {
				return nil, err
			}
			out[i].Why = string(plain)
		}
	}
	return out, nil
}

// by seals the reason.
func (a Attendee) by(keys map[string]*vault.Person) any {
	if key := keys[a.Member]; key != nil && a.Why != "" {
		return key.Seal(whyColumn, a.ID, []byte(a.Why))
	}
	return nil
}

// people are who takes part in a kind of meeting on a day, by the register of that day: members of the branch, or those of them
// who are on its committee. Whose membership is stopped is not among them.
func (s *Service) people(ctx context.Context, r store.Reader, o org.Place, k Kind, on civil.Date) ([]Attendee, error) {
	list, _, err := s.Members.InPlacesOn(ctx, r, []member.Place{{ID: o.ID, Path: o.Path}}, on, "", 1)
	if err != nil {
		return nil, err
	}
	var posts []org.Post
	if k == Committee {
		if posts, err = org.Posts(ctx, r, o.ID, on); err != nil {
			return nil, err
		}
	}
	var out []Attendee
	for _, p := range list {
		if p.Gone || p.Status.Suspended || k == Committee && !slices.ContainsFunc(posts, func(x org.Post) bool { return x.Member == p.ID }) {
			continue
		}
		a := Attendee{Member: p.ID, Name: p.Name, Vote: p.Status.Standing == member.FullMember, Standing: Asked}
		switch {
		case p.Care:
			a.Standing = Care
		case p.Floating:
			a.Standing = Away
		}
		out = append(out, a)
	}
	return out, nil
}

// Roll is who should attend. Until attendance is entered it follows the register of the day; whoever left since the invitation is
// off it, whoever came is on it, and the vote is that of the day. What members answered stays.
func (s *Service) Roll(ctx context.Context, r store.Reader, m Meeting) ([]Attendee, error) {
	kept, err := s.stored(ctx, r, "meeting_id = ?", m.ID)
	if err != nil || m.State != Planned {
		return kept, err
	}
	now, err := s.people(ctx, r, org.Place{ID: m.Org, Path: m.OrgPath}, m.Kind, m.On)
	if err != nil {
		return nil, err
	}
	var out []Attendee
	for _, a := range now {
		i := slices.IndexFunc(kept, func(k Attendee) bool { return k.Member == a.Member })
		if i < 0 && m.Kind.Chosen() {
			continue
		}
		if i >= 0 {
			a.ID, a.Answer, a.Why, a.Version, a.sealed = kept[i].ID, kept[i].Answer, kept[i].Why, kept[i].Version, kept[i].sealed
		}
		out = append(out, a)
	}
	return out, nil
}

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
