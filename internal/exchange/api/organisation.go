package api

import (
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
)

// Organisation is a Party organisation.
type Organisation struct {
	ID          string   `json:"id" doc:"Identifier, stable and unique across installations." example:"01KAS0000000000000000000CD"`
	Code        string   `json:"code" doc:"Code, unique in the installation." example:"066010010001"`
	Name        string   `json:"name" doc:"Full name." example:"中国共产党清泽市大河县石桥镇石桥村支部委员会"`
	Kind        string   `json:"kind" enum:"committee,general-branch,branch,joint-branch,temporary-branch,party-group" doc:"党委, 党总支, 党支部, 联合党支部, 临时党支部 or 党小组." example:"branch"`
	Path        string   `json:"path" doc:"Where it stands: a superior's path is the beginning of its inferiors'. Changes when it moves." example:"001.004.002."`
	ShortName   string   `json:"shortName" doc:"What it is called." example:"石桥村党支部"`
	Parent      string   `json:"parent,omitempty" doc:"Identifier of the superior, where that lies in the caller's scope."`
	Unit        string   `json:"unit,omitempty" doc:"The unit (单位) it stands in." example:"石桥村"`
	UnitKind    string   `json:"unitKind,omitempty" doc:"Sort of unit." example:"village"`
	CreditCode  string   `json:"creditCode,omitempty" doc:"The unit's credit code, GB 32100." example:"54330100MB0000000X"`
	Contact     string   `json:"contact,omitempty" doc:"Whom to ask." example:"石小满"`
	PhoneKnown  bool     `json:"phoneKnown" doc:"Whether a phone number of the contact is on record." example:"true"`
	Established string   `json:"established,omitempty" format:"date" doc:"The day it was set up, where known." example:"1998-07-01"`
	Waits       string   `json:"waits,omitempty" doc:"After an act (202): identifier of the review that it waits in; nothing has changed until a second person approves." example:"01KAS0000000000000000000AB"`
	NameLate    bool     `json:"nameLate,omitempty" doc:"With as_of: the name of that day was entered after the fact." example:"false"`
	NameUnknown bool     `json:"nameUnknown,omitempty" doc:"With as_of: what it was called that day is not known; name is what it is called now." example:"false"`
	Successors  []string `json:"successors,omitempty" doc:"Identifiers of the organisations in scope that go on where it was merged or divided."`
	Abolished   string   `json:"abolished,omitempty" format:"date" doc:"The day it was abolished; absent while it lives." example:"2026-01-15"`
	AsOf        string   `json:"asOf,omitempty" format:"date" doc:"The day as of which name, superior, unit and contact are told." example:"2025-07-01"`
	State       string   `json:"state,omitempty" enum:"not_yet,there,gone" doc:"Only with as_of: whether it was there on that day." example:"there"`
	Version     int64    `json:"version" doc:"Grows with every change; a write names the version it saw. Also the ETag." example:"1"`
}

func encodeOrganisation(s store.Scope, o org.Organisation) Organisation {
	out := Organisation{ID: o.ID, Code: o.Code, Name: o.Name, Kind: string(o.Kind), Path: o.Path, ShortName: o.ShortName, Unit: o.Unit,
		UnitKind: string(o.UnitKind), CreditCode: o.CreditCode, Contact: o.Contact, PhoneKnown: o.HasPhone(),
		Established: o.Established.String(), Abolished: o.Abolished.String(), Version: o.Version}
	if o.ParentID != "" && s.Holds(above(o.Path)) {
		out.Parent = o.ParentID
	}
	return out
}

// above is the path of the superior.
func above(path string) string {
	return path[:strings.LastIndexByte(strings.TrimSuffix(path, "."), '.')+1]
}

type organisationsAsked struct {
	Page
	AsOf
	Under string `query:"under" maxLength:"64" doc:"Identifier of an organisation: itself and everything below it. Absent: the caller's whole scope." example:"01KAS0000000000000000000CD"`
	Query string `query:"q" maxLength:"64" doc:"Search: the beginning of a code, part of a name, pinyin or its initials. Gives the likeliest, at most limit, and no next." example:"shiqiao"`
	Kind  string `query:"kind" enum:"committee,general-branch,branch,joint-branch,temporary-branch,party-group" doc:"Only with q: this kind." example:"branch"`
}

func listOrganisations(c *call, in *organisationsAsked) (*listed[Organisation], error) {
	r, err := c.reader(access.List, access.Org)
	if err != nil {
		return nil, err
	}
	scope := r.Scope()
	if in.Under != "" {
		o, err := org.ByID(c, r, in.Under)
		if err == nil {
			r, err = r.Within(o.Path)
		}
		if e := fault.As(err); e != nil {
			return nil, e.At("under")
		}
		if err != nil {
			return nil, err
		}
	}
	on, err := in.AsOf.day(c)
	if err != nil {
		return nil, err
	}
	if !on.IsZero() && in.Query == "" && in.Kind == "" {
		return c.organisationsAsOf(r, scope, on, in.Page)
	}
	var found []org.Organisation
	next := ""
	switch {
	case !on.IsZero():
		return nil, fault.New(fault.Invalid, "as_of 不能和 q 一起用。").At("as_of").By("choice")
	case in.Query != "":
		search := org.Search{Text: in.Query, Abolished: true, Limit: in.Limit}
		if in.Kind != "" {
			search.Kinds = []org.Kind{org.Kind(in.Kind)}
		}
		found, _, err = org.Find(c, r, search)
	case in.Kind != "":
		return nil, fault.New(fault.Invalid, "kind 只能和 q 一起用。").At("kind").By("choice")
	default:
		found, next, err = org.List(c, r, in.After, in.Limit)
	}
	if err != nil {
		return nil, err
	}
	items := make([]Organisation, len(found))
	for i, o := range found {
		items[i] = encodeOrganisation(scope, o)
	}
	return page(c, items, next), nil
}

// organisation reads an organisation that the caller may see.
func (c *call) organisation(id string) (org.Organisation, store.Scope, error) {
	r, err := c.reader(access.See, access.Org)
	if err != nil {
		return org.Organisation{}, store.Scope{}, err
	}
	o, err := org.ByID(c, r, id)
	return o, r.Scope(), err
}

// mayOrg reads an organisation and decides whether the caller may do the action to it.
func (c *call) mayOrg(action access.Action, id string) (org.Organisation, error) {
	o, _, err := c.organisation(id)
	if err != nil {
		return o, err
	}
	_, err = c.person.Allow(action, access.Org, o.Path, "")
	return o, err
}

type organisationGiven struct {
	Status   int
	Location string `header:"Location" doc:"Address of the organisation."`
	ETag     string `header:"ETag" doc:"Version of the organisation, for If-Match."`
	Body     Organisation
}

func (c *call) orgAnswer(status int, id string) (*organisationGiven, error) {
	o, scope, err := c.organisation(id)
	if err != nil {
		return nil, err
	}
	out := &organisationGiven{Status: status, ETag: etag(o.Version), Body: encodeOrganisation(scope, o)}
	if out.Body.Successors, err = c.successors(id); err != nil {
		return nil, err
	}
	if status == 201 {
		out.Location = Prefix + "/organisations/" + o.ID
	}
	return out, nil
}

// successors are the organisations that go on where one was merged or divided, as far as the caller may see them.
func (c *call) successors(id string) ([]string, error) {
	r, err := c.reader(access.See, access.Org)
	if err != nil {
		return nil, err
	}
	list, err := org.Successions(c, r, id)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, s := range list {
		if !s.From {
			ids = append(ids, s.Organisation)
		}
	}
	seen, err := org.ByIDs(c, r, ids)
	ids = nil
	for _, o := range seen {
		ids = append(ids, o.ID)
	}
	return ids, err
}

type organisationAsked struct {
	ID
	AsOf
}

func getOrganisation(c *call, in *organisationAsked) (*organisationGiven, error) {
	on, err := in.AsOf.day(c)
	if err != nil {
		return nil, err
	}
	if on.IsZero() {
		return c.orgAnswer(200, in.ID.ID)
	}
	o, scope, err := c.organisation(in.ID.ID)
	if err != nil {
		return nil, err
	}
	r, err := c.reader(access.See, access.Org)
	if err != nil {
		return nil, err
	}
	t, err := org.AsOfOne(c, r, on, o)
	if err != nil {
		return nil, err
	}
	body, err := c.encodeThen(scope, t, on)
	return &organisationGiven{Status: 200, ETag: etag(o.Version), Body: body}, err
}

// OrgEvent is a dated act in an organisation's history.
type OrgEvent struct {
	Kind     string `json:"kind" enum:"established,renamed,changed,moved,abolished,reopened,merged,absorbed,divided,named" doc:"What happened." example:"renamed"`
	On       string `json:"on,omitempty" format:"date" doc:"From when it holds." example:"2026-01-15"`
	Reason   string `json:"reason" doc:"Why." example:"合村并组"`
	Document string `json:"document" doc:"The decision." example:"石桥镇党委〔2026〕12 号"`
	Was      string `json:"was" doc:"Before: the name, or the superior's."`
	Became   string `json:"became" doc:"After: the name, the superior's, or which facts changed."`
}

func listOrgHistory(c *call, in *Parts) (*listed[OrgEvent], error) {
	o, _, err := c.organisation(in.ID.ID)
	if err != nil {
		return nil, err
	}
	r, err := c.reader(access.See, access.Org)
	if err != nil {
		return nil, err
	}
	events, err := org.Events(c, r, o.ID)
	if err != nil {
		return nil, err
	}
	items := make([]OrgEvent, len(events))
	for i, e := range events {
		items[i] = OrgEvent{e.Kind, e.On.String(), e.Reason, e.Document, e.Was, e.Became}
	}
	return part(c, items, in.Page)
}
