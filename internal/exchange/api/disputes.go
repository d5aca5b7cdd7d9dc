package api

import (
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/installation"
	"zhibu/internal/party/roster"
	"zhibu/internal/party/steward"
	"zhibu/internal/trust/access"
)

// Dispute is a fact of a record that somebody doubts.
type Dispute struct {
	ID        string     `json:"id" doc:"Identifier." example:"01KAS0000000000000000000AB"`
	Member    string     `json:"member,omitempty" doc:"Identifier of the member; absent where an organisation itself is doubted." example:"01KAS0000000000000000000AB"`
	Of        string     `json:"organisation,omitempty" doc:"Identifier of the organisation whose own data are doubted." example:"01KAS0000000000000000000CD"`
	Field     string     `json:"field" doc:"Field of the record; of a dated fact its kind; document; org." example:"education"`
	About     string     `json:"about,omitempty" doc:"Identifier of the dated fact or document that is doubted." example:"01KAS0000000000000000000GH"`
	Kind      string     `json:"kind" doc:"Kind of field; see the stewards of an organisation." example:"basic"`
	Origin    string     `json:"origin" enum:"member,branch,superior,import" doc:"Who doubts: the member, the branch, one above; or a sheet says otherwise than what was reviewed." example:"member"`
	By        string     `json:"by" doc:"Name of who raised it." example:"石小满"`
	Raised    time.Time  `json:"raised" doc:"When."`
	State     string     `json:"state" enum:"open,settled,withdrawn" doc:"等答复, 已答复, 已撤回." example:"open"`
	Owner     string     `json:"owner" doc:"Identifier of the organisation whose steward is asked." example:"01KAS0000000000000000000CD"`
	Due       string     `json:"due" format:"date" doc:"By when it is to be answered; then the next organisation above is asked." example:"2026-12-08"`
	Overdue   bool       `json:"overdue" doc:"The day is over." example:"false"`
	Escalated int64      `json:"escalated" doc:"How often it went up." example:"0"`
	Text      string     `json:"text,omitempty" doc:"What is doubted. Not in lists." example:"学历应为大专"`
	Outcome   string     `json:"outcome,omitempty" enum:"kept,changed" doc:"What became of the fact." example:"kept"`
	Cause     string     `json:"cause,omitempty" enum:"entry,review,source,import,program,none" doc:"Where it went wrong; counted per cause, never per person. Not in lists." example:"none"`
	Answer    string     `json:"answer,omitempty" doc:"How it was checked. Not in lists." example:"对照毕业证书，无误"`
	Review    string     `json:"review,omitempty" doc:"Identifier of the change that was proposed because of it." example:"01KAS0000000000000000000AB"`
	Settled   *time.Time `json:"settled,omitempty" doc:"When it was answered or withdrawn."`
	Version   int64      `json:"version" doc:"Grows with every change; an act names the version it saw. Also the ETag." example:"1"`
}

func (c *call) encodeDispute(d steward.Dispute, texts bool) Dispute {
	out := Dispute{ID: d.ID, Member: d.Member, Field: string(d.Field), About: d.About, Kind: string(d.Kind), Origin: string(d.Origin), By: d.Actor, Raised: d.At(), State: string(d.State), Owner: d.Owner,
		Due: d.Due.String(), Overdue: d.Overdue(civil.Today(c.in.Clock)), Escalated: d.Escalated, Outcome: string(d.Outcome), Review: d.Proposal, Version: d.Version}
	if !d.OfRecord() {
		out.Member, out.About, out.Of = "", "", d.About
	}
	if !d.SettledAt.IsZero() {
		out.Settled = &d.SettledAt
	}
	if texts {
		out.Text, out.Answer, out.Cause = d.Text, d.Answer, string(d.Cause)
	}
	return out
}

type disputesAsked struct {
	Under   string `query:"under" maxLength:"64" doc:"Identifier of an organisation: only at or below it." example:"01KAS0000000000000000000CD"`
	State   string `query:"state" enum:"open,settled,withdrawn" doc:"Absent: open ones." example:"open"`
	Overdue bool   `query:"overdue" doc:"Only those whose day is over." example:"false"`
	Member  string `query:"member" maxLength:"64" doc:"All of one record, whatever their state." example:"01KAS0000000000000000000AB"`
	Page
}

func listDisputes(c *call, in *disputesAsked) (*listed[Dispute], error) {
	r, err := c.reader(access.List, access.Dispute)
	if err != nil {
		return nil, err
	}
	if in.Member != "" {
		list, err := c.in.Stewards.Of(c, r, in.Member)
		if err != nil {
			return nil, err
		}
		return part(c, c.disputesSeen(list), in.Page)
	}
	f := steward.Filter{State: steward.State(in.State), Overdue: in.Overdue, After: in.After, Limit: in.Limit}
	if in.Under != "" {
		o, _, err := c.organisation(in.Under)
		if err != nil {
			return nil, err
		}
		f.Under = o.Path
	}
	list, next, err := c.in.Stewards.List(c, r, f)
	if err != nil {
		return nil, err
	}
	return page(c, c.disputesSeen(list), next), nil
}

// disputesSeen leaves out what is about fields that the caller's role does not see.
func (c *call) disputesSeen(list []steward.Dispute) []Dispute {
	items := []Dispute{}
	for _, d := range list {
		if c.seesDispute(d) {
			items = append(items, c.encodeDispute(d, false))
		}
	}
	return items
}

func (c *call) seesDispute(d steward.Dispute) bool {
	see, err := c.person.Allow(access.List, access.Dispute, d.OrgPath, d.Member)
	return err == nil && see.Mask.Has(installation.ClassOf(d.Field))
}

type disputeGiven struct {
	ETag string `header:"ETag" doc:"Version, for If-Match."`
	Body Dispute
}

// dispute reads one that the caller may see.
func (c *call) dispute(id string) (steward.Dispute, error) {
	r, err := c.reader(access.List, access.Dispute)
	if err != nil {
		return steward.Dispute{}, err
	}
	d, err := c.in.Stewards.ByID(c, r, id)
	if err == nil && !c.seesDispute(d) {
		err = fault.Missing()
	}
	return d, err
}

func (c *call) disputeAnswer(id string) (*disputeGiven, error) {
	d, err := c.dispute(id)
	if err != nil {
		return nil, err
	}
	return &disputeGiven{etag(d.Version), c.encodeDispute(d, true)}, nil
}

func getDispute(c *call, in *ID) (*disputeGiven, error) {
	d, err := c.dispute(in.ID)
	if err != nil {
		return nil, err
	}
	if d.OfRecord() {
		if _, _, err := c.open(d.Member); err != nil {
			return nil, err
		}
	}
	return c.disputeAnswer(in.ID)
}

type disputeRaised struct {
	ID
	Body struct {
		Field string `json:"field" maxLength:"40" doc:"Field of the record; of a dated fact its kind, of a document: document." example:"education"`
		About string `json:"about,omitempty" maxLength:"64" doc:"Identifier of the dated fact or document that is doubted." example:"01KAS0000000000000000000GH"`
		Text  string `json:"text" maxLength:"500" doc:"What is wrong, what it should be, how one knows. Sealed with the member's key." example:"学历应为大专，见毕业证书"`
	}
}

func raiseDispute(c *call, in *disputeRaised) (*disputeGiven, error) {
	m, _, err := c.one(in.ID.ID)
	if err != nil {
		return nil, err
	}
	if _, err := c.person.Allow(access.Add, access.Dispute, m.OrgPath, m.ID); err != nil {
		return nil, err
	}
	id, err := c.in.Stewards.RaiseAbout(c, c.actor(), m.ID, steward.Subject{Field: roster.Column(in.Body.Field), About: in.Body.About}, in.Body.Text)
	if err != nil {
		return nil, err
	}
	return c.disputeAnswer(id)
}

type orgDisputeRaised struct {
	ID
	Body struct {
		Text string `json:"text" maxLength:"500" doc:"What is wrong with its name, superior, unit, contact or posts, what it should be, how one knows. Sealed." example:"联系人已经换人，见支部会议记录"`
	}
}

func raiseOrgDispute(c *call, in *orgDisputeRaised) (*disputeGiven, error) {
	o, _, err := c.organisation(in.ID.ID)
	if err != nil {
		return nil, err
	}
	if _, err := c.person.Allow(access.Add, access.Dispute, o.Path, ""); err != nil {
		return nil, err
	}
	id, err := c.in.Stewards.RaiseOrganisation(c, c.actor(), o.ID, in.Body.Text)
	if err != nil {
		return nil, err
	}
	return c.disputeAnswer(id)
}

type disputeSettled struct {
	ID
	Seen
	Body struct {
		Version int64  `json:"version,omitempty" minimum:"1" doc:"The version that the caller saw, unless If-Match says it." example:"1"`
		Outcome string `json:"outcome" enum:"kept,changed" doc:"changed needs a change of the field that was proposed since." example:"kept"`
		Cause   string `json:"cause" enum:"entry,review,source,import,program,none" doc:"Where it went wrong; none goes with kept." example:"none"`
		Answer  string `json:"answer" maxLength:"500" doc:"How it was checked; the member sees it." example:"对照毕业证书，无误"`
	}
}

func settleDispute(c *call, in *disputeSettled) (*disputeGiven, error) {
	if _, err := c.dispute(in.ID.ID); err != nil {
		return nil, err
	}
	version, err := in.version(in.Body.Version)
	if err != nil {
		return nil, err
	}
	b := in.Body
	if err := c.in.Stewards.Settle(c, c.actor(), in.ID.ID, version, steward.Settlement{Outcome: steward.Outcome(b.Outcome), Cause: steward.Cause(b.Cause), Text: b.Answer}); err != nil {
		return nil, err
	}
	return c.disputeAnswer(in.ID.ID)
}

type disputeWithdrawn struct {
	ID
	Seen
	Body struct {
		Version int64 `json:"version,omitempty" minimum:"1" doc:"The version that the caller saw, unless If-Match says it." example:"1"`
	}
}

func withdrawDispute(c *call, in *disputeWithdrawn) (*disputeGiven, error) {
	if _, err := c.dispute(in.ID.ID); err != nil {
		return nil, err
	}
	version, err := in.version(in.Body.Version)
	if err != nil {
		return nil, err
	}
	if err := c.in.Stewards.Withdraw(c, c.actor(), in.ID.ID, version); err != nil {
		return nil, err
	}
	return c.disputeAnswer(in.ID.ID)
}
