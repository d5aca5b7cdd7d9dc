package api

import (
	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/steward"
	"zhibu/internal/words"
)

// Answering is who answers for a kind of field.
type Answering struct {
	Kind     string   `json:"kind" doc:"Kind of field: identity 身份信息, basic 基本情况, standing 党籍情况, affiliation 所在党支部, contact 联系方式, mobility 流动失联关怀, life 经历, papers 档案材料, notes 备注, organisation 党组织资料." example:"basic"`
	Fields   []string `json:"fields" nullable:"false" doc:"Fields of the record that belong to it." example:"[\"education\"]"`
	Steward  Seat     `json:"steward" doc:"责任人: enters, checks, answers disputes."`
	Reviewer Seat     `json:"reviewer" doc:"审核人: another person than the steward."`
}

// Seat is a post that answers and who holds it.
type Seat struct {
	Post         string   `json:"post" doc:"Post that answers." example:"organisation-member"`
	Name         string   `json:"name" doc:"The post in the caller's language." example:"组织委员"`
	Organisation string   `json:"organisation" doc:"Identifier of the organisation whose post it is; one above, where nobody here holds it." example:"01KAS0000000000000000000CD"`
	At           string   `json:"at" doc:"Its short name." example:"石桥村党支部"`
	Holders      []string `json:"holders" nullable:"false" doc:"Who holds the post that day; empty: nobody, up to the root." example:"[\"李文静\"]"`
	Empty        []string `json:"empty" nullable:"false" doc:"Short names of the organisations below whose post is not held." example:"[]"`
	Decided      string   `json:"decided,omitempty" doc:"Identifier of the decision it follows from; absent for the default." example:"01KAS0000000000000000000EF"`
	Basis        string   `json:"basis" doc:"On what it rests." example:"《数字党建数据管理办法》"`
	Doubt        bool     `json:"doubt" doc:"A default that no regulation says: the organisation is to settle it." example:"true"`
}

type stewardsAsked struct {
	ID
	On string `query:"on" format:"date" doc:"Who answers on this day; absent: today." example:"2026-07-01"`
}

func seatOf(c *call, s steward.Seat) Seat {
	out := Seat{Post: s.Post, Name: words.T(c, steward.PostName(s.Post)), Organisation: s.At.ID, At: s.At.Name, Decided: s.Rule.ID, Basis: s.Rule.Basis, Doubt: s.Rule.Doubt, Holders: []string{}, Empty: []string{}}
	for _, h := range s.Holders {
		out.Holders = append(out.Holders, h.Name)
	}
	for _, e := range s.Empty {
		out.Empty = append(out.Empty, e.At.Name)
	}
	return out
}

func listStewards(c *call, in *stewardsAsked) (*listed[Answering], error) {
	o, _, err := c.organisation(in.ID.ID)
	if err != nil {
		return nil, err
	}
	on, err := day(in.On)
	if err != nil {
		return nil, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("on").By("format")
	}
	if on.IsZero() {
		on = civil.Today(c.in.Clock)
	}
	return c.stewards(o.Path, on)
}

func (c *call) stewards(path string, on civil.Date) (*listed[Answering], error) {
	house, err := c.in.Stewards.House(c, path, on)
	if err != nil {
		return nil, err
	}
	var items []Answering
	for _, a := range house.Answers(on) {
		items = append(items, Answering{string(a.Kind), namesOf(a.Kind.Columns()), seatOf(c, a.Steward), seatOf(c, a.Reviewer)})
	}
	return page(c, items, ""), nil
}

type stewardSet struct {
	ID
	Body struct {
		Kind     string `json:"kind" enum:"identity,basic,standing,affiliation,contact,mobility,life,papers,notes,organisation" doc:"Kind of field." example:"basic"`
		Level    string `json:"level" enum:"branch,general-branch,committee" doc:"For which organisations at and below this one." example:"branch"`
		Steward  string `json:"steward" maxLength:"40" doc:"Post that looks after it." example:"secretary"`
		Reviewer string `json:"reviewer" maxLength:"40" doc:"Post that reviews; another one." example:"reviewer"`
		From     string `json:"from" format:"date" doc:"First day; not before today." example:"2026-12-01"`
		To       string `json:"to,omitempty" format:"date" doc:"Last day." example:"2027-12-31"`
		Basis    string `json:"basis" maxLength:"200" doc:"The document or meeting that decided it." example:"石桥镇党委〔2026〕12 号"`
	}
}

// StewardDecision is what an organisation has decided.
type StewardDecision struct {
	ID string `json:"id" doc:"Identifier." example:"01KAS0000000000000000000EF"`
}

type stewardMade struct{ Body StewardDecision }

func setSteward(c *call, in *stewardSet) (*stewardMade, error) {
	o, _, err := c.organisation(in.ID.ID)
	if err != nil {
		return nil, err
	}
	b := in.Body
	d := steward.Decision{Org: o.ID, Kind: steward.Kind(b.Kind), Level: steward.Level(b.Level), Steward: b.Steward, Reviewer: b.Reviewer, Basis: b.Basis}
	if d.From, err = day(b.From); err != nil {
		return nil, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("from").By("format")
	}
	if d.To, err = day(b.To); err != nil {
		return nil, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("to").By("format")
	}
	id, err := c.in.Stewards.Set(c, c.actor(), d)
	if err != nil {
		return nil, err
	}
	return &stewardMade{StewardDecision{id}}, nil
}

type stewardEnded struct {
	ID
	Seen
	Body struct {
		Version int64  `json:"version,omitempty" minimum:"1" doc:"The version that the caller saw, unless If-Match says it." example:"1"`
		Last    string `json:"last" format:"date" doc:"The last day it holds." example:"2026-12-31"`
		Reason  string `json:"reason" maxLength:"200" doc:"Why." example:"换届"`
	}
}

func endSteward(c *call, in *stewardEnded) (*stewardMade, error) {
	version, err := in.version(in.Body.Version)
	if err != nil {
		return nil, err
	}
	last, err := day(in.Body.Last)
	if err != nil {
		return nil, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("last").By("format")
	}
	if err := c.in.Stewards.End(c, c.actor(), in.ID.ID, version, last, in.Body.Reason); err != nil {
		return nil, err
	}
	return &stewardMade{StewardDecision{in.ID.ID}}, nil
}
