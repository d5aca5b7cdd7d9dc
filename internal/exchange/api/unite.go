package api

import (
	"slices"

	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/roster"
	"zhibu/internal/trust/access"
)

type memberUnited struct {
	ID
	Seen
	Body struct {
		Version      int64    `json:"version,omitempty" minimum:"1" doc:"The version of the record that is kept, unless If-Match says it." example:"1"`
		Other        string   `json:"other" maxLength:"64" doc:"Identifier of the other record of the same person, within the caller's scope; it ends and stays readable." example:"01KAS0000000000000000000CD"`
		OtherVersion int64    `json:"otherVersion" minimum:"1" doc:"The version of the other record that the caller saw." example:"1"`
		FromOther    []string `json:"fromOther,omitempty" maxItems:"30" doc:"Fields whose value is taken from the other record. What is not taken is kept beside as a fact of the kind aside. and the field; what is empty here is always filled." example:"[\"mobile\"]"`
		On           string   `json:"on,omitempty" format:"date" doc:"The day it was found; absent: today." example:"2026-01-15"`
		Why
	}
}

func uniteMembers(c *call, in *memberUnited) (*memberGiven, error) {
	version, err := in.Seen.version(in.Body.Version)
	if err != nil {
		return nil, err
	}
	basis, err := memberBasis(in.Body.Why, in.Body.On)
	if err != nil {
		return nil, err
	}
	if err := c.mayMember(access.End, in.ID.ID); err != nil {
		return nil, err
	}
	u := member.Unite{Kept: in.ID.ID, Other: in.Body.Other, KeptVersion: version, OtherVersion: in.Body.OtherVersion, Basis: basis}
	for _, name := range in.Body.FromOther {
		if !slices.Contains(roster.Columns, roster.Column(name)) {
			return nil, fault.New(fault.Invalid, "没有这个字段。").At("fromOther").By("choice")
		}
		u.FromOther = append(u.FromOther, roster.Column(name))
	}
	out, err := c.in.Reviews.Unite(c, c.actor(), u)
	if err != nil {
		return nil, err
	}
	return c.changed(in.ID.ID, out, nil)
}

// mayMember decides whether the caller may do the action to a record.
func (c *call) mayMember(action access.Action, id string) error {
	m, _, err := c.one(id)
	if err == nil {
		_, err = c.person.Allow(action, access.Member, m.OrgPath, m.ID)
	}
	return err
}

type memberSeparated struct {
	ID
	Body struct {
		On string `json:"on,omitempty" format:"date" doc:"The day it was found; absent: today." example:"2026-01-15"`
		Why
	}
}

func separateMembers(c *call, in *memberSeparated) (*memberGiven, error) {
	basis, err := memberBasis(in.Body.Why, in.Body.On)
	if err != nil {
		return nil, err
	}
	if err := c.mayMember(access.Restore, in.ID.ID); err != nil {
		return nil, err
	}
	out, err := c.in.Reviews.Separate(c, c.actor(), in.ID.ID, basis)
	if err != nil {
		return nil, err
	}
	return c.changed(in.ID.ID, out, nil)
}
