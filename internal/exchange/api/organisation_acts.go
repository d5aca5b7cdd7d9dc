package api

import (
	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/trust/access"
)

// named are the room's names of fields where the interface has others.
var named = map[string]string{"day": "on", "credit": "creditCode", "target": "organisation"}

// renamed gives a fault the interface's name of its field.
func renamed(err error) error {
	if f := fault.As(err); f != nil && named[f.Field] != "" {
		at := *f
		return at.At(named[f.Field])
	}
	return err
}

// OrgFacts are what is known of an organisation beside its name and place.
type OrgFacts struct {
	Unit       *string `json:"unit,omitempty" maxLength:"100" doc:"The unit (单位) it stands in." example:"石桥村"`
	UnitKind   *string `json:"unitKind,omitempty" maxLength:"40" doc:"Sort of unit: organ, village, community, school, college, hospital, institution, state-enterprise, private-enterprise, cooperative or social-organisation." example:"village"`
	CreditCode *string `json:"creditCode,omitempty" maxLength:"40" doc:"The unit's credit code, GB 32100." example:""`
	Contact    *string `json:"contact,omitempty" maxLength:"50" doc:"Whom to ask." example:"石小满"`
	Phone      *string `json:"phone,omitempty" maxLength:"40" doc:"Phone number of the contact; it is kept sealed. Empty: forget it." example:"0660-5551234"`
}

// over puts the facts that were sent over those that stand.
func (f OrgFacts) over(o org.Organisation) (facts org.Facts, noPhone bool) {
	facts = org.Facts{Unit: o.Unit, UnitKind: o.UnitKind, CreditCode: o.CreditCode, Contact: o.Contact}
	for _, v := range []struct {
		into *string
		from *string
	}{{&facts.Unit, f.Unit}, {&facts.CreditCode, f.CreditCode}, {&facts.Contact, f.Contact}, {&facts.Phone, f.Phone}} {
		if v.from != nil {
			*v.into = *v.from
		}
	}
	if f.UnitKind != nil {
		facts.UnitKind = org.UnitKind(*f.UnitKind)
	}
	return facts, f.Phone != nil && *f.Phone == ""
}

type organisationNew struct {
	Body struct {
		Parent    string `json:"parent" minLength:"1" maxLength:"64" doc:"Identifier of the superior." example:"01KAS0000000000000000000CD"`
		Code      string `json:"code" maxLength:"64" doc:"Code, unique in the installation." example:"066010010099"`
		Name      string `json:"name" maxLength:"200" doc:"Full name." example:"中国共产党清泽市大河县石桥镇新桥村支部委员会"`
		ShortName string `json:"shortName,omitempty" maxLength:"100" doc:"What it is called; absent: the full name." example:"新桥村党支部"`
		Kind      string `json:"kind" enum:"committee,general-branch,branch,joint-branch,temporary-branch,party-group" doc:"What it is." example:"branch"`
		On        string `json:"on,omitempty" format:"date" doc:"The day it was set up; absent: today." example:"2026-01-15"`
		OrgFacts
		Why
	}
}

func establishOrganisation(c *call, in *organisationNew) (*organisationGiven, error) {
	basis, err := c.orgBasis(in.Body.Why, in.Body.On)
	if err != nil {
		return nil, err
	}
	if _, err := c.mayOrg(access.Establish, in.Body.Parent); err != nil {
		if e := fault.As(err); e != nil && e.Kind == fault.NotFound {
			return nil, e.At("parent")
		}
		return nil, err
	}
	facts, _ := in.Body.over(org.Organisation{})
	return c.planned(0, org.Plan{Kind: org.ActEstablish, ID: in.Body.Parent, Code: in.Body.Code, Name: in.Body.Name, ShortName: in.Body.ShortName,
		Sort: org.Kind(in.Body.Kind), Facts: facts, Basis: basis})
}

// planned files an act on an organisation, which waits for a second person, and answers with the organisation as it is.
func (c *call) planned(version int64, p org.Plan) (*organisationGiven, error) {
	out, err := c.in.Reviews.ProposeOrg(c, c.actor(), p, version, "")
	if err != nil {
		return nil, renamed(err)
	}
	given, err := c.orgAnswer(202, p.ID)
	if err == nil {
		given.Location, given.Body.Waits = Prefix+"/organisation-reviews/"+out.ID, out.ID
	}
	return given, err
}

type organisationChanged struct {
	ID
	Seen
	Body struct {
		Version int64  `json:"version,omitempty" minimum:"1" doc:"The version that the caller saw, unless If-Match says it." example:"1"`
		On      string `json:"on,omitempty" format:"date" doc:"From when it holds; absent: today." example:"2026-01-15"`
		OrgFacts
		Why
	}
}

func changeOrganisation(c *call, in *organisationChanged) (*organisationGiven, error) {
	o, version, basis, err := c.orgTold(access.Mend, in.ID.ID, in.Seen, in.Body.Version, in.Body.Why, in.Body.On)
	if err != nil {
		return nil, err
	}
	facts, noPhone := in.Body.over(o)
	return c.planned(version, org.Plan{Kind: org.ActChange, ID: o.ID, Facts: facts, NoPhone: noPhone, Basis: basis})
}

// orgTold reads what every act on an organisation is told, and the organisation that the caller may do it to.
func (c *call) orgTold(action access.Action, id string, s Seen, inBody int64, w Why, on string) (o org.Organisation, version int64, b org.Basis, err error) {
	if version, err = s.version(inBody); err != nil {
		return o, 0, b, err
	}
	if b, err = c.orgBasis(w, on); err != nil {
		return o, 0, b, err
	}
	o, err = c.mayOrg(action, id)
	return o, version, b, err
}

// orgAct files an act on an organisation that the caller may do it to.
func (c *call) orgAct(action access.Action, id string, s Seen, inBody int64, w Why, on string, p org.Plan) (*organisationGiven, error) {
	o, version, basis, err := c.orgTold(action, id, s, inBody, w, on)
	if err != nil {
		return nil, err
	}
	p.ID, p.Basis = o.ID, basis
	return c.planned(version, p)
}

type organisationRenamed struct {
	ID
	Seen
	Body struct {
		Version   int64  `json:"version,omitempty" minimum:"1" doc:"The version that the caller saw, unless If-Match says it." example:"1"`
		Name      string `json:"name" maxLength:"200" doc:"Full name." example:"中国共产党清泽市大河县石桥镇新桥村支部委员会"`
		ShortName string `json:"shortName,omitempty" maxLength:"100" doc:"What it is called; absent: the full name." example:"新桥村党支部"`
		On        string `json:"on,omitempty" format:"date" doc:"From when it holds; absent: today." example:"2026-01-15"`
		Why
	}
}

func renameOrganisation(c *call, in *organisationRenamed) (*organisationGiven, error) {
	return c.orgAct(access.Rename, in.ID.ID, in.Seen, in.Body.Version, in.Body.Why, in.Body.On, org.Plan{Kind: org.ActRename, Name: in.Body.Name, ShortName: in.Body.ShortName})
}

type organisationMoved struct {
	ID
	Seen
	Body struct {
		Version      int64  `json:"version,omitempty" minimum:"1" doc:"The version that the caller saw, unless If-Match says it." example:"1"`
		Organisation string `json:"organisation" maxLength:"64" doc:"Identifier of the new superior, within the caller's scope." example:"01KAS0000000000000000000CD"`
		On           string `json:"on,omitempty" format:"date" doc:"From when it holds; absent: today." example:"2026-01-15"`
		Why
	}
}

func moveOrganisation(c *call, in *organisationMoved) (*organisationGiven, error) {
	return c.orgAct(access.Move, in.ID.ID, in.Seen, in.Body.Version, in.Body.Why, in.Body.On, org.Plan{Kind: org.ActMove, Target: in.Body.Organisation})
}

type organisationClosed struct {
	ID
	Seen
	Body struct {
		Version int64  `json:"version,omitempty" minimum:"1" doc:"The version that the caller saw, unless If-Match says it." example:"1"`
		On      string `json:"on,omitempty" format:"date" doc:"From when it holds; absent: today." example:"2026-01-15"`
		Why
	}
}

func abolishOrganisation(c *call, in *organisationClosed) (*organisationGiven, error) {
	return c.orgAct(access.Abolish, in.ID.ID, in.Seen, in.Body.Version, in.Body.Why, in.Body.On, org.Plan{Kind: org.ActAbolish})
}

func reopenOrganisation(c *call, in *organisationClosed) (*organisationGiven, error) {
	return c.orgAct(access.Abolish, in.ID.ID, in.Seen, in.Body.Version, in.Body.Why, in.Body.On, org.Plan{Kind: org.ActReopen})
}

func mergeOrganisation(c *call, in *organisationMoved) (*organisationGiven, error) {
	return c.orgAct(access.Abolish, in.ID.ID, in.Seen, in.Body.Version, in.Body.Why, in.Body.On, org.Plan{Kind: org.ActMerge, Target: in.Body.Organisation})
}

type organisationSplit struct {
	ID
	Seen
	Body struct {
		Version   int64    `json:"version,omitempty" minimum:"1" doc:"The version that the caller saw, unless If-Match says it." example:"1"`
		Code      string   `json:"code" maxLength:"40" doc:"Code of the new organisation." example:"066010010002"`
		Name      string   `json:"name" maxLength:"200" doc:"Its full name." example:"中国共产党清泽市大河县石桥镇石桥村第二支部委员会"`
		ShortName string   `json:"shortName,omitempty" maxLength:"100" doc:"What it is called; absent: the full name." example:"石桥村第二党支部"`
		Members   []string `json:"members,omitempty" maxItems:"500" doc:"Identifiers of the members who go with it."`
		Children  []string `json:"children,omitempty" maxItems:"500" doc:"Identifiers of the inferiors that go with it."`
		On        string   `json:"on,omitempty" format:"date" doc:"From when it holds; absent: today." example:"2026-01-15"`
		Why
	}
}

func splitOrganisation(c *call, in *organisationSplit) (*organisationGiven, error) {
	return c.orgAct(access.Establish, in.ID.ID, in.Seen, in.Body.Version, in.Body.Why, in.Body.On, org.Plan{Kind: org.ActSplit, Code: in.Body.Code, Name: in.Body.Name,
		ShortName: in.Body.ShortName, Members: in.Body.Members, Children: in.Body.Children})
}

type organisationNamed struct {
	ID
	Seen
	Body struct {
		Version   int64  `json:"version,omitempty" minimum:"1" doc:"The version that the caller saw, unless If-Match says it." example:"1"`
		Name      string `json:"name" maxLength:"200" doc:"Its full name then." example:"中国共产党清泽市大河县石桥乡石桥村支部委员会"`
		ShortName string `json:"shortName,omitempty" maxLength:"100" doc:"What it was called; absent: the full name." example:"石桥村党支部"`
		From      string `json:"from" format:"date" doc:"The day from which it was called so." example:"1998-05-01"`
		Until     string `json:"until" format:"date" doc:"The day on which that ended: from then it had another name." example:"2011-03-01"`
		Why
	}
}

// nameOrganisation enters late what an organisation was called before.
func nameOrganisation(c *call, in *organisationNamed) (*organisationGiven, error) {
	until, err := civil.Parse(in.Body.Until)
	if err != nil {
		return nil, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("until").By("format")
	}
	return c.orgAct(access.Rename, in.ID.ID, in.Seen, in.Body.Version, in.Body.Why, in.Body.From, org.Plan{Kind: org.ActName, Name: in.Body.Name, ShortName: in.Body.ShortName, Until: until})
}
