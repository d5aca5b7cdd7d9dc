package api

import (
	"context"

	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/review"
	"zhibu/internal/party/roster"
	"zhibu/internal/trust/access"
	"zhibu/internal/words"
)

type memberNew struct {
	Body struct {
		Organisation string `json:"organisation" maxLength:"64" doc:"Identifier of the branch that keeps the membership." example:"01KAS0000000000000000000CD"`
		MemberFacts
		Why
	}
}

func addMember(c *call, in *memberNew) (*memberGiven, error) {
	basis, err := memberBasis(in.Body.Why, "")
	if err != nil {
		return nil, err
	}
	if err := c.person.Need(access.Add, access.Member); err != nil {
		return nil, err
	}
	id, problems, err := c.in.Reviews.Add(c, c.actor(), in.Body.Organisation, in.Body.typed(), basis)
	if err != nil {
		return nil, err
	}
	if roster.Rejected(problems) {
		return nil, refused(c, problems)
	}
	m, mask, err := c.one(id)
	if err != nil {
		return nil, err
	}
	out, err := c.memberAnswer(201, m, mask, wrongs(c, problems))
	if err == nil {
		out.Location = Prefix + "/members/" + id
	}
	return out, err
}

// wrongs tells problems of a record by its fields, those that reject it first.
func wrongs(ctx context.Context, problems []roster.Problem) []Wrong {
	var out []Wrong
	for _, level := range []roster.Level{roster.Error, roster.Warning} {
		for _, p := range problems {
			if p.Level == level {
				out = append(out, Wrong{Field: columnTitled[p.Column], Rule: ruleOf(p), Message: sentence(ctx, p)})
			}
		}
	}
	return out
}

var columnTitled = func() map[string]string {
	out := map[string]string{}
	for _, c := range roster.Columns {
		out[c.Title()] = string(c)
	}
	return out
}()

func ruleOf(p roster.Problem) string {
	if p.Rule != "" {
		return p.Rule
	}
	return string(p.Code)
}

// sentence is a problem in the caller's language; one read back from an import has only its Chinese.
func sentence(ctx context.Context, p roster.Problem) string {
	if p.Text == "" {
		return words.T(ctx, p.Message)
	}
	return words.Error(ctx, fault.New(fault.Invalid, p.Text, p.Args...))
}

func refused(ctx context.Context, problems []roster.Problem) error {
	p := newProblem(ctx, 422, "")
	p.Errors = wrongs(ctx, problems)
	return p.summed(ctx)
}

type memberMended struct {
	ID
	Seen
	Body struct {
		Version int64 `json:"version,omitempty" minimum:"1" doc:"The version that the caller saw, unless If-Match says it." example:"3"`
		MemberFacts
		Why
	}
}

// may reads a record and decides whether the caller may do the action to it. This goes beyond what the room asks: it
// knows whose record it is, and that nobody moves, ends or restores the own one (H-02).
func (c *call) may(action access.Action, id string) error {
	m, _, err := c.one(id)
	if err != nil {
		return err
	}
	_, err = c.person.Allow(action, access.Member, m.OrgPath, m.ID)
	return err
}

func mendMember(c *call, in *memberMended) (*memberGiven, error) {
	return c.memberAct(access.Mend, in.ID.ID, in.Seen, in.Body.Version, in.Body.Why, "", func(version int64, b member.Basis) (review.Outcome, []roster.Problem, error) {
		return c.in.Reviews.Mend(c, c.actor(), in.ID.ID, version, in.Body.typed(), b)
	})
}

// memberAct runs an act on a record that the caller may do it to, and answers with what it has become.
func (c *call) memberAct(action access.Action, id string, s Seen, inBody int64, w Why, on string, fn func(version int64, b member.Basis) (review.Outcome, []roster.Problem, error)) (*memberGiven, error) {
	version, err := s.version(inBody)
	if err != nil {
		return nil, err
	}
	basis, err := memberBasis(w, on)
	if err != nil {
		return nil, err
	}
	if err := c.may(action, id); err != nil {
		return nil, err
	}
	out, problems, err := fn(version, basis)
	if err != nil {
		return nil, err
	}
	if roster.Rejected(problems) {
		return nil, refused(c, problems)
	}
	return c.changed(id, out, wrongs(c, problems))
}

// changed answers with a record as it stands after a write: changed (200), or as it was while the change waits for a
// second person (202).
func (c *call) changed(id string, out review.Outcome, warnings []Wrong) (*memberGiven, error) {
	m, mask, err := c.one(id)
	if err != nil {
		return nil, err
	}
	if out.ID == "" {
		return c.memberAnswer(200, m, mask, warnings)
	}
	given, err := c.memberAnswer(202, m, mask, warnings)
	if err == nil {
		given.Location, given.Body.Waits = Prefix+"/reviews/"+out.ID, out.ID
	}
	return given, err
}

type memberMoved struct {
	ID
	Seen
	Body struct {
		Version      int64  `json:"version,omitempty" minimum:"1" doc:"The version that the caller saw, unless If-Match says it." example:"3"`
		Organisation string `json:"organisation" maxLength:"64" doc:"Identifier of the branch to move to, within the caller's scope." example:"01KAS0000000000000000000CD"`
		On           string `json:"on,omitempty" format:"date" doc:"The day it takes effect; absent: today." example:"2026-01-15"`
		Why
	}
}

func moveMember(c *call, in *memberMoved) (*memberGiven, error) {
	return c.memberAct(access.Move, in.ID.ID, in.Seen, in.Body.Version, in.Body.Why, in.Body.On, func(version int64, b member.Basis) (review.Outcome, []roster.Problem, error) {
		out, err := c.in.Reviews.Move(c, c.actor(), in.ID.ID, version, in.Body.Organisation, b)
		return out, nil, err
	})
}

type memberEnded struct {
	ID
	Seen
	Body struct {
		Version int64  `json:"version,omitempty" minimum:"1" doc:"The version that the caller saw, unless If-Match says it." example:"3"`
		Kind    string `json:"kind" enum:"died,transferred,left,persuaded,removed,expelled,cancelled,entered_wrong" doc:"How: 去世, 组织关系转出, 退党, 劝退, 除名, 开除党籍, 取消预备党员资格, 误录." example:"died"`
		On      string `json:"on" format:"date" doc:"The day of the decision, or of the death." example:"2026-01-15"`
		Why
	}
}

func endMember(c *call, in *memberEnded) (*memberGiven, error) {
	return c.memberAct(access.End, in.ID.ID, in.Seen, in.Body.Version, in.Body.Why, in.Body.On, func(version int64, b member.Basis) (review.Outcome, []roster.Problem, error) {
		out, err := c.in.Reviews.End(c, c.actor(), in.ID.ID, version, member.EventKind(in.Body.Kind), b)
		return out, nil, err
	})
}

type memberRestored struct {
	ID
	Seen
	Body struct {
		Version int64  `json:"version,omitempty" minimum:"1" doc:"The version that the caller saw, unless If-Match says it." example:"4"`
		On      string `json:"on,omitempty" format:"date" doc:"The day it takes effect; absent: today." example:"2026-01-15"`
		Why
	}
}

func restoreMember(c *call, in *memberRestored) (*memberGiven, error) {
	return c.memberAct(access.Restore, in.ID.ID, in.Seen, in.Body.Version, in.Body.Why, in.Body.On, func(version int64, b member.Basis) (review.Outcome, []roster.Problem, error) {
		out, err := c.in.Reviews.Restore(c, c.actor(), in.ID.ID, version, b)
		return out, nil, err
	})
}
