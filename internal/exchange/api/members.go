package api

import (
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/installation"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/trust/access"
)

// Narrowed says which members.
type Narrowed struct {
	Under     string `query:"under" maxLength:"64" doc:"Identifier of an organisation: its members and those of everything below it. Absent: the caller's whole scope." example:"01KAS0000000000000000000CD"`
	Query     string `query:"q" maxLength:"64" doc:"Name, pinyin or its initials, or the last four of the ID number or mobile." example:"zhangsan"`
	Category  string `query:"category" enum:"full,probationary" doc:"人员类别." example:"full"`
	Situation string `query:"situation" enum:"floating,lost,pending,returned,missing,probation,over70,care,ended" doc:"A saved filter: floating 流动, lost 失联, pending 待审核, returned 审核退回, missing 信息不完整, probation 预备期快满, over70, care 需要关怀, ended 已不在册. Absent: everybody on the register." example:"floating"`
}

type membersAsked struct {
	Page
	Narrowed
	AsOf string `query:"as_of" format:"date" doc:"Who was a member at or below under on this day, which has to be given then; nothing else narrows. Branch by branch: a page ends with the branch that fills it. Only records that are in the caller's scope today." example:"2025-07-01"`
}

// narrow finds the subtree of a filter. One that is out of scope answers as one that does not exist.
func (c *call) narrow(n Narrowed, action access.Action, resource access.Resource) (member.Filter, error) {
	f := member.Filter{Query: n.Query, Category: identity.Category(n.Category), Situation: member.Situation(n.Situation), On: civil.Today(c.in.Clock)}
	if n.Under == "" {
		return f, nil
	}
	r, err := c.reader(action, resource)
	if err != nil {
		return f, err
	}
	o, err := org.ByID(c, r, n.Under)
	if err == nil && !r.Scope().Holds(o.Path) {
		err = fault.Missing()
	}
	if e := fault.As(err); e != nil {
		return f, e.At("under")
	}
	f.Under = o.Path
	return f, err
}

func listMembers(c *call, in *membersAsked) (*listed[Member], error) {
	r, err := c.reader(access.List, access.Member)
	if err != nil {
		return nil, err
	}
	if in.AsOf != "" {
		return c.membersThen(r, in)
	}
	f, err := c.narrow(in.Narrowed, access.List, access.Member)
	if err != nil {
		return nil, err
	}
	f.Limit, f.After = in.Limit, in.After
	p, err := c.in.Members.List(c, r, f)
	if fault.Of(err) == fault.NotFound && in.After != "" {
		return nil, badCursor()
	}
	if err != nil {
		return nil, err
	}
	tails, err := c.in.Members.TailsOf(c, p.Items)
	if err != nil {
		return nil, err
	}
	items := make([]Member, len(p.Items))
	for i, m := range p.Items {
		d, err := c.person.Allow(access.List, access.Member, m.OrgPath, m.ID)
		if err != nil {
			return nil, err
		}
		items[i] = encodeMember(m, tails[i], d.Mask)
	}
	return page(c, items, p.Next), nil
}

func badCursor() error {
	return fault.New(fault.Invalid, "after 不是上一页给出的 next，或者那一条已经不在这里。请从第一页开始。").At("after").By("format")
}

// one reads a record that the caller may see, and says which classes of it. What is out of scope is missing.
func (c *call) one(id string) (member.Member, access.Mask, error) {
	r, err := c.reader(access.See, access.Member)
	if err != nil {
		return member.Member{}, 0, err
	}
	m, err := c.in.Members.ByID(c, r, id)
	if err != nil {
		return m, 0, err
	}
	d, err := c.person.Allow(access.See, access.Member, m.OrgPath, m.ID)
	return m, d.Mask, err
}

// open is one for somebody who looks at the record: the look is noted, and its member sees it.
func (c *call) open(id string) (member.Member, access.Mask, error) {
	m, mask, err := c.one(id)
	if err != nil {
		return m, mask, err
	}
	return m, mask, c.in.Members.Opened(c.actor(), m)
}

type memberGiven struct {
	Status   int
	Location string `header:"Location" doc:"Address of the record."`
	ETag     string `header:"ETag" doc:"Version of the record, for If-Match."`
	Body     Member
}

func (c *call) memberAnswer(status int, m member.Member, mask access.Mask, warnings []Wrong) (*memberGiven, error) {
	tails, err := c.in.Members.TailsOf(c, []member.Member{m})
	if err != nil {
		return nil, err
	}
	out := &memberGiven{Status: status, ETag: etag(m.Version), Body: encodeMember(m, tails[0], mask)}
	out.Body.Warnings = warnings
	return out, nil
}

type memberAsked struct {
	ID
	AsOf
	KnownAt time.Time `query:"known_at" doc:"Only what had been entered by this time; absent: now. Without as_of it tells what was believed of today." example:"2025-07-01T00:00:00+08:00"`
}

func getMember(c *call, in *memberAsked) (*memberGiven, error) {
	m, mask, err := c.open(in.ID.ID)
	if err != nil {
		return nil, err
	}
	if in.AsOf.AsOf != "" || !in.KnownAt.IsZero() {
		return c.memberThen(in, m, mask)
	}
	return c.memberAnswer(200, m, mask, nil)
}

// Source says where a fact comes from.
type Source struct {
	Field    string    `json:"field" doc:"Field of the record." example:"joined"`
	By       string    `json:"by" doc:"Who entered it." example:"石小满"`
	Reviewer string    `json:"reviewer,omitempty" doc:"Who approved it." example:"周审核"`
	At       time.Time `json:"at" doc:"When it became a fact."`
	Kind     string    `json:"kind" doc:"The act: member.add, member.mend, import.rows and the like." example:"member.mend"`
	Reason   string    `json:"reason" doc:"Why." example:"核对身份证原件"`
	Document string    `json:"document" doc:"What proves it, or the imported file." example:"花名册.xlsx"`
	Row      int       `json:"row,omitempty" doc:"Row of the imported sheet." example:"7"`
}

func listSources(c *call, in *Parts) (*listed[Source], error) {
	m, mask, err := c.open(in.ID.ID)
	if err != nil {
		return nil, err
	}
	sources, err := c.in.Members.Sources(c, m)
	if err != nil {
		return nil, err
	}
	var items []Source
	for _, col := range roster.Columns {
		if src, ok := sources[col]; ok && mask.Has(installation.ClassOf(col)) {
			items = append(items, Source{string(col), src.Actor, src.Reviewer, src.At, src.Kind, src.Reason, src.Document, src.Row})
		}
	}
	return part(c, items, in.Page)
}

// MemberEvent is a dated event of a membership.
type MemberEvent struct {
	Kind     string `json:"kind" doc:"admitted, confirmed, moved, died, transferred, left, persuaded, removed, expelled, cancelled, entered_wrong, restored, suspended or resumed." example:"confirmed"`
	On       string `json:"on" format:"date" doc:"The day it took effect." example:"2013-06-28"`
	Reason   string `json:"reason" doc:"Why." example:"调整支部设置"`
	Document string `json:"document" doc:"The decision." example:"石桥镇党委〔2026〕12 号"`
	From     string `json:"from,omitempty" doc:"Of a move: the branch before."`
	To       string `json:"to,omitempty" doc:"Of a move: the branch after."`
}

func listMemberHistory(c *call, in *Parts) (*listed[MemberEvent], error) {
	m, mask, err := c.open(in.ID.ID)
	if err != nil {
		return nil, err
	}
	if !mask.Has(access.PartyClass) {
		return page[MemberEvent](c, nil, ""), nil
	}
	r, err := c.reader(access.See, access.Member)
	if err != nil {
		return nil, err
	}
	events, err := c.in.Members.Events(c, r, m)
	if err != nil {
		return nil, err
	}
	items := make([]MemberEvent, len(events))
	for i, e := range events {
		items[i] = MemberEvent{string(e.Kind), e.On.String(), e.Reason, e.Document, e.Was, e.Became}
	}
	return part(c, items, in.Page)
}

// Look is one look at a record.
type Look struct {
	ID      string    `json:"id" doc:"Identifier."`
	By      string    `json:"by" doc:"Who looked." example:"石小满"`
	Kind    string    `json:"kind" enum:"opened,revealed,exported,document,handover" doc:"Opened the record, had sealed fields shown, took the record out in a file, opened a document of it, or took a copy of all of it." example:"revealed"`
	Purpose string    `json:"purpose" doc:"For what, as stated." example:"核对身份、更正信息"`
	At      time.Time `json:"at" doc:"When."`
}

func listLooks(c *call, in *Parts) (*listed[Look], error) {
	m, _, err := c.one(in.ID.ID)
	if err != nil {
		return nil, err
	}
	if _, err := c.person.Allow(access.List, access.Look, m.OrgPath, m.ID); err != nil {
		return nil, err
	}
	r, err := c.reader(access.List, access.Look)
	if err != nil {
		return nil, err
	}
	looks, err := c.in.Members.LooksBefore(c, r, m.ID, in.After, in.Limit+1)
	if err != nil {
		return nil, err
	}
	looks, more := cut(looks, in.Limit)
	items := make([]Look, len(looks))
	for i, l := range looks {
		items[i] = Look{l.ID, l.Actor, string(l.Kind), l.Purpose, l.At}
	}
	next := ""
	if more {
		next = looks[len(looks)-1].ID
	}
	return page(c, items, next), nil
}
