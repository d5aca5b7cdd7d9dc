package life

import (
	"context"
	"slices"

	"zhibu/internal/civil"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
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
