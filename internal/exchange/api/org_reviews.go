package api

import (
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/party/review"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/words"
)

// OrgReview is an act on an organisation that waits, or waited, for a second person.
type OrgReview struct {
	ID           string    `json:"id" doc:"Identifier of what waits." example:"01KAS0000000000000000000AB"`
	Kind         string    `json:"kind" enum:"org.establish,org.rename,org.name,org.move,org.merge,org.split,org.abolish,org.reopen,org.change,org.post.add,org.post.end" doc:"The act; org.name enters an earlier name late." example:"org.merge"`
	Organisation string    `json:"organisation" doc:"Identifier of the organisation; of an establishment the superior." example:"01KAS0000000000000000000CD"`
	Target       string    `json:"target,omitempty" doc:"The new superior, the one that goes on, or the post that ends." example:"01KAS0000000000000000000EF"`
	Code         string    `json:"code,omitempty" doc:"Code of what is to be set up." example:"066010010099"`
	Name         string    `json:"name,omitempty" doc:"Full name that is to be, or was." example:"中国共产党清泽市大河县石桥镇新桥村支部委员会"`
	ShortName    string    `json:"shortName,omitempty" doc:"Short name that is to be, or was." example:"新桥村党支部"`
	Until        string    `json:"until,omitempty" format:"date" doc:"The day on which an earlier name ended." example:"2011-03-01"`
	Members      []string  `json:"members,omitempty" doc:"Identifiers of the members who go with a part."`
	Children     []string  `json:"children,omitempty" doc:"Identifiers of the inferiors that go with a part."`
	Title        string    `json:"title,omitempty" doc:"The post that begins or ends." example:"secretary"`
	Holder       string    `json:"holder,omitempty" doc:"Who is to hold it, or leaves it." example:"石小满"`
	Facts        *OrgFacts `json:"facts,omitempty" doc:"Unit and contact as they are to be; an absent phone number stays."`
	On           string    `json:"on" format:"date" doc:"From when it is to hold." example:"2026-01-15"`
	Reason       string    `json:"reason" doc:"Why." example:"合村并组"`
	Document     string    `json:"document" doc:"The decision that it rests on." example:"石桥镇党委〔2026〕12 号"`
	State        string    `json:"state" enum:"pending,returned,approved,withdrawn" doc:"待审核, 退回, 已通过, 已撤回." example:"pending"`
	By           string    `json:"by" doc:"Who proposed it." example:"李文静"`
	Since        time.Time `json:"since" doc:"When it was proposed."`
	Owner        string    `json:"owner" doc:"Identifier of the organisation whose reviewers are asked." example:"01KAS0000000000000000000CD"`
	Answer       string    `json:"answer,omitempty" doc:"Why it was returned." example:"请附党委会决定"`
	Decider      string    `json:"decider,omitempty" doc:"Who decided or returned it." example:"周审核"`
	Along        OrgAlong  `json:"along" doc:"Who and what goes along, or stands there."`
	Overtaken    bool      `json:"overtaken,omitempty" doc:"The organisations have changed since it was proposed." example:"false"`
	Problem      string    `json:"problem,omitempty" doc:"Why it cannot be done as the tree stands." example:""`
	May          []string  `json:"may" nullable:"false" doc:"What the caller may do with it: decide, correct, withdraw." example:"[\"decide\"]"`
	Version      int64     `json:"version" doc:"Grows when the review or one of the organisations changes; a decision names the version it saw. Also the ETag." example:"4"`
}

// OrgAlong counts who and what goes along with an act on an organisation.
type OrgAlong struct {
	Members int `json:"members" doc:"Members at and below it." example:"23"`
	Below   int `json:"below" doc:"Living inferiors, all levels." example:"0"`
	Posts   int `json:"posts" doc:"Posts that are held there." example:"3"`
}

type orgReviewsAsked struct {
	State        string `query:"state" enum:"pending,returned,approved,withdrawn" doc:"Absent: what waits." example:"returned"`
	Organisation string `query:"organisation" maxLength:"64" doc:"Only acts about this organisation, or with it as target." example:"01KAS0000000000000000000CD"`
	Owner        string `query:"owner" maxLength:"64" doc:"Only acts for which this organisation is asked." example:"01KAS0000000000000000000CD"`
	Mine         bool   `query:"mine" doc:"Only acts that the caller has proposed." example:"false"`
	Page
}

func listOrgReviews(c *call, in *orgReviewsAsked) (*listed[OrgReview], error) {
	r, err := c.reader(access.List, access.OrgChange)
	if err != nil {
		return nil, err
	}
	f := review.OrgFilter{State: review.State(in.State), Org: in.Organisation, After: in.After, Limit: in.Limit}
	if in.Owner != "" {
		f.Owner = []string{in.Owner}
	}
	if in.Mine {
		f.Account = c.person.Account
	}
	list, next, err := c.in.Reviews.OrgQueue(c, r, f)
	if err != nil {
		return nil, err
	}
	found, err := c.in.Reviews.OrgItems(c, list)
	if err != nil {
		return nil, err
	}
	items := make([]OrgReview, len(found))
	for i, it := range found {
		if items[i], err = c.encodeOrgReview(it); err != nil {
			return nil, err
		}
	}
	return page(c, items, next), nil
}

func (c *call) encodeOrgReview(it *review.OrgItem) (OrgReview, error) {
	p, plan := it.Proposal, it.Plan
	out := OrgReview{ID: p.ID, Kind: p.Kind, Organisation: p.Org, Target: p.Target, Code: p.Code, Name: plan.Name, ShortName: plan.ShortName, Until: plan.Until.String(),
		Members: plan.Members, Children: plan.Children, On: p.Basis.On.String(), Reason: p.Basis.Reason, Document: p.Basis.Document, State: string(p.State), By: p.Actor,
		Since: store.Made(p.ID), Owner: p.Owner, Answer: p.Answer, Decider: p.Decider, Overtaken: it.Overtaken(), May: []string{}, Version: it.Version,
		Along: OrgAlong{it.Was.Members, it.Was.Below, it.Was.Posts}}
	out.Title, out.Holder = it.Now.Post.Title, it.Now.Post.Holder
	if p.Kind == org.ActChange {
		out.Facts = encodeFacts(plan)
	}
	if p.Open() {
		out.Along = OrgAlong{it.Now.Members, it.Now.Below, it.Now.Posts}
	}
	if it.Problem != nil {
		out.Problem = words.Error(c, it.Problem)
	}
	can, why := c.in.Reviews.CanOrg(c, c.actor(), it)
	if why != nil && fault.As(why) == nil {
		return out, why
	}
	for _, m := range []struct {
		name string
		yes  bool
	}{{"decide", can.Decide}, {"correct", can.Correct}, {"withdraw", can.Withdraw}} {
		if m.yes {
			out.May = append(out.May, m.name)
		}
	}
	return out, nil
}

// encodeFacts gives the facts that a plan is to leave, the phone number only where it changes.
func encodeFacts(p org.Plan) *OrgFacts {
	kind := string(p.Facts.UnitKind)
	f := &OrgFacts{Unit: &p.Facts.Unit, UnitKind: &kind, CreditCode: &p.Facts.CreditCode, Contact: &p.Facts.Contact}
	if p.NoPhone || p.Facts.Phone != "" {
		f.Phone = &p.Facts.Phone
	}
	return f
}

type orgReviewGiven struct {
	ETag string `header:"ETag" doc:"Version, for If-Match."`
	Body OrgReview
}

func getOrgReview(c *call, in *ID) (*orgReviewGiven, error) {
	it, err := c.in.Reviews.OrgItem(c, c.actor(), in.ID)
	if err != nil {
		return nil, err
	}
	body, err := c.encodeOrgReview(it)
	return &orgReviewGiven{etag(it.Version), body}, err
}

// decidedOrg does one thing with an act that waits and answers with how it stands.
func decidedOrg(do decision) func(*call, *reviewDecided) (*orgReviewGiven, error) {
	return func(c *call, in *reviewDecided) (*orgReviewGiven, error) {
		version, err := in.version(in.Body.Version)
		if err != nil {
			return nil, err
		}
		if err := do(c, in.ID.ID, version, in.Body.Reason); err != nil {
			return nil, err
		}
		return getOrgReview(c, &in.ID)
	}
}

func approveOrgReview(c *call, id string, version int64, _ string) error {
	_, err := c.in.Reviews.ApproveOrg(c, c.actor(), id, version)
	return err
}

func returnOrgReview(c *call, id string, version int64, reason string) error {
	return c.in.Reviews.ReturnOrg(c, c.actor(), id, version, reason)
}

func withdrawOrgReview(c *call, id string, version int64, _ string) error {
	return c.in.Reviews.WithdrawOrg(c, c.actor(), id, version)
}
