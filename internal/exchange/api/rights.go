package api

import (
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/request"
	"zhibu/internal/trust/access"
)

// Asked is what a member asked about her own data.
type Asked struct {
	ID       string     `json:"id" doc:"Identifier." example:"01KAS0000000000000000000AB"`
	Member   string     `json:"member" doc:"Identifier of the member." example:"01KAS0000000000000000000AB"`
	Kind     string     `json:"kind" enum:"copy,explain,restrict" doc:"要一份副本, 要求说明, 要求限制使用." example:"explain"`
	State    string     `json:"state" enum:"open,answered,refused,withdrawn" doc:"等答复, 已同意, 未同意, 已撤回." example:"open"`
	Content  string     `json:"content,omitempty" doc:"What she wrote." example:"为什么要收集住址"`
	Asked    time.Time  `json:"asked" doc:"When."`
	Due      string     `json:"due" format:"date" doc:"The last day for an answer." example:"2026-12-23"`
	Overdue  bool       `json:"overdue" doc:"That day is over and there is no answer." example:"false"`
	Answer   string     `json:"answer,omitempty" doc:"What was answered." example:"用于走访慰问"`
	By       string     `json:"by,omitempty" doc:"Who answered." example:"石小满"`
	Answered *time.Time `json:"answered,omitempty" doc:"When it was answered."`
	Until    string     `json:"until,omitempty" format:"date" doc:"Of a restriction that was granted: its last day." example:"2027-03-01"`
	Version  int64      `json:"version" doc:"Grows with every change; a decision names the version it saw. Also the ETag." example:"1"`
}

func (c *call) encodeAsked(q request.Request) Asked {
	out := Asked{ID: q.ID, Member: q.Member, Kind: string(q.Kind), State: string(q.State), Content: q.Content, Asked: q.At, Due: q.Due.String(),
		Overdue: q.Overdue(civil.Today(c.in.Clock)), Answer: q.Answer, By: q.Actor, Until: q.Until.String(), Version: q.Version}
	if q.AnsweredAt.Unix() > 0 {
		out.Answered = &q.AnsweredAt
	}
	return out
}

type askedGiven struct {
	ETag string `header:"ETag" doc:"Version, for If-Match."`
	Body Asked
}

// own is the caller's own record.
func (c *call) own() (string, error) {
	if c.person.Member == "" {
		return "", fault.New(fault.Forbidden, "这个账号没有关联党员档案，没有可以请求的信息。").By("P-09")
	}
	return c.person.Member, nil
}

func (c *call) askedAnswer(id string) (*askedGiven, error) {
	q, err := c.in.Requests.ByID(c, c.in.DB.As(c.actor().Scope), id)
	if err != nil {
		return nil, err
	}
	return &askedGiven{etag(q.Version), c.encodeAsked(q)}, nil
}

func listOwnRequests(c *call, in *Page) (*listed[Asked], error) {
	me, err := c.own()
	if err != nil {
		return nil, err
	}
	list, err := c.in.Requests.Of(c, c.in.DB.As(c.actor().Scope), me)
	return c.askedPart(list, *in, err)
}

func (c *call) askedPart(list []request.Request, p Page, err error) (*listed[Asked], error) {
	if err != nil {
		return nil, err
	}
	items := make([]Asked, len(list))
	for i, q := range list {
		items[i] = c.encodeAsked(q)
	}
	return part(c, items, p)
}

type asking struct {
	Body struct {
		Kind    string `json:"kind" enum:"copy,explain,restrict" doc:"要一份副本, 要求说明, 要求限制使用." example:"explain"`
		Content string `json:"content,omitempty" maxLength:"500" doc:"What is to be explained, or why the use is to be restricted." example:"为什么要收集住址"`
	}
}

func askForRights(c *call, in *asking) (*askedGiven, error) {
	if _, err := c.own(); err != nil {
		return nil, err
	}
	id, err := c.in.Requests.Ask(c, c.actor(), request.Kind(in.Body.Kind), in.Body.Content)
	if err != nil {
		return nil, err
	}
	return c.askedAnswer(id)
}

type askedDecided struct {
	ID
	Seen
	Body struct {
		Version int64 `json:"version,omitempty" minimum:"1" doc:"The version that the caller saw, or If-Match." example:"1"`
	}
}

func withdrawRequest(c *call, in *askedDecided) (*askedGiven, error) {
	version, err := in.version(in.Body.Version)
	if err == nil {
		err = c.in.Requests.Withdraw(c, c.actor(), in.ID.ID, version)
	}
	if err != nil {
		return nil, err
	}
	return c.askedAnswer(in.ID.ID)
}

type requestsAsked struct {
	State string `query:"state" enum:"open,settled" default:"open" doc:"Those that wait for an answer, the first due first, or those that were answered, refused or withdrawn." example:"open"`
	Page
}

func listRequests(c *call, in *requestsAsked) (*listed[Asked], error) {
	r, err := c.reader(access.List, access.Request)
	if err != nil {
		return nil, err
	}
	const most = 1000
	list := c.in.Requests.Waiting
	if in.State == "settled" {
		list = c.in.Requests.Settled
	}
	found, err := list(c, r, most)
	return c.askedPart(found, in.Page, err)
}

// asked reads a request where the caller may do the action.
func (c *call) asked(id string, action access.Action) (request.Request, error) {
	r, err := c.reader(action, access.Request)
	if err != nil {
		return request.Request{}, err
	}
	q, err := c.in.Requests.ByID(c, r, id)
	if err == nil {
		_, err = c.person.Allow(action, access.Request, q.OrgPath, "")
	}
	return q, err
}

func getRequest(c *call, in *ID) (*askedGiven, error) {
	q, err := c.asked(in.ID, access.List)
	if err != nil {
		return nil, err
	}
	return &askedGiven{etag(q.Version), c.encodeAsked(q)}, nil
}

type requestAnswered struct {
	ID
	Seen
	Body struct {
		Version int64  `json:"version,omitempty" minimum:"1" doc:"The version that the caller saw, or If-Match." example:"1"`
		Grant   bool   `json:"grant" doc:"Whether it is granted." example:"true"`
		Answer  string `json:"answer,omitempty" maxLength:"500" doc:"What is said; needed of a refusal and of an explanation." example:"用于走访慰问"`
		Until   string `json:"until,omitempty" format:"date" doc:"Of a restriction that is granted: its last day." example:"2027-03-01"`
	}
}

func answerRequest(c *call, in *requestAnswered) (*askedGiven, error) {
	if _, err := c.asked(in.ID.ID, access.Answer); err != nil {
		return nil, err
	}
	version, err := in.version(in.Body.Version)
	if err != nil {
		return nil, err
	}
	until, err := day(in.Body.Until)
	if err != nil {
		return nil, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("until").By("format")
	}
	if err := c.in.Requests.Reply(c, c.actor(), in.ID.ID, version, request.Reply{Grant: in.Body.Grant, Text: in.Body.Answer, Until: until}); err != nil {
		return nil, err
	}
	q, err := c.asked(in.ID.ID, access.Answer)
	return &askedGiven{etag(q.Version), c.encodeAsked(q)}, err
}

type lifting struct {
	ID
	Body struct {
		Reason string `json:"reason,omitempty" maxLength:"500" doc:"Why; needed of anybody but the member herself, who reads it." example:"争议已经核实"`
	}
}

// liftRestriction ends a restriction before its day.
func liftRestriction(c *call, in *lifting) (*nothing, error) {
	m, _, err := c.one(in.ID.ID)
	if err == nil && m.ID != c.person.Member {
		_, err = c.person.Allow(access.Answer, access.Request, m.OrgPath, "")
	}
	if err != nil {
		return nil, err
	}
	return &nothing{}, c.in.Requests.Lift(c, c.actor(), m.ID, in.Body.Reason)
}
