package api

import (
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/installation/register"
	"zhibu/internal/party/retention"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/words"
)

// Kept is a line of the retention schedule.
type Kept struct {
	Class    string `json:"class" doc:"Class of records." example:"ended"`
	Title    string `json:"title" doc:"What it is called, in the language of Accept-Language." example:"终止后的党员信息"`
	From     string `json:"from" doc:"From which event the term runs." example:"去世、出党、除名等登记之日"`
	Years    int    `json:"years,omitempty" doc:"For how many years, where a rule has it as a number." example:"30"`
	Term     string `json:"term,omitempty" doc:"For how long, otherwise." example:"在册期间"`
	Action   string `json:"action" doc:"What is done then." example:"提出销毁，经批准后销毁"`
	Approver string `json:"approver" doc:"Who approves." example:"党委书记或组织部门，不能是提出的人"`
	Basis    string `json:"basis" doc:"What it rests on." example:"《机关文件材料归档范围和文书档案保管期限规定》第七条"`
	Known    string `json:"known" enum:"V,P,M" doc:"How sure the wording is: V seen, P in paraphrase, M from memory." example:"M"`
	Persons  bool   `json:"persons" doc:"Whether a person's record is destroyed under it." example:"true"`
}

func getSchedule(c *call, in *Page) (*listed[Kept], error) {
	if err := c.person.Need(access.List, access.Destruction); err != nil {
		return nil, err
	}
	var items []Kept
	for _, k := range retention.Schedule {
		one := Kept{Class: k.Key, Title: words.T(c, k.Title), From: words.T(c, k.From), Action: words.T(c, k.Action), Approver: words.T(c, k.Approver), Persons: k.Persons}
		if k.Term != "" {
			one.Term = words.T(c, k.Term)
		} else if rule, ok := k.Rule(c.in.Rules, civil.Today(c.in.Clock)); ok {
			one.Years = rule.Int("keep_years")
		}
		if b, ok := register.BasisOf(k.Basis); ok {
			one.Basis, one.Known = words.T(c, b.Cite), string(b.Known)
		}
		items = append(items, one)
	}
	return part(c, items, *in)
}

// Destruction is a procedure, and at its end the certificate.
type Destruction struct {
	ID         string     `json:"id" doc:"Identifier." example:"01KAS0000000000000000000AB"`
	Member     string     `json:"member" doc:"Identifier of the record; after the destruction nothing else is known of it." example:"01KAS0000000000000000000AB"`
	Others     []string   `json:"others" nullable:"false" doc:"Identifiers of further records of the same person, united with it: they go with it."`
	Class      string     `json:"class" enum:"ended,mistaken,asked" doc:"Class of the retention schedule." example:"mistaken"`
	Reason     string     `json:"reason" doc:"Why." example:"同名误登"`
	Document   string     `json:"document,omitempty" doc:"The decision." example:"石桥党发〔2026〕7 号"`
	State      string     `json:"state" enum:"proposed,withdrawn,refused,approved,cleared,destroyed" doc:"等批准, 已撤回, 没有批准, 正在销毁, 名单还没有存到备份处, 已销毁." example:"proposed"`
	ProposedBy string     `json:"proposedBy" doc:"Who proposed it." example:"石小满"`
	Proposed   time.Time  `json:"proposed" doc:"When."`
	DecidedBy  string     `json:"decidedBy,omitempty" doc:"Who approved or refused." example:"周正"`
	Decided    *time.Time `json:"decided,omitempty" doc:"When."`
	Answer     string     `json:"answer,omitempty" doc:"Why it was refused." example:"还要核实"`
	Destroyed  *time.Time `json:"destroyed,omitempty" doc:"When the key was destroyed and the rows were cleared."`
	Final      string     `json:"final,omitempty" format:"date" doc:"The day on which the last backup that holds the key ends; absent where none does." example:"2026-12-28"`
	Rows       int64      `json:"rows,omitempty" doc:"How many rows it covered." example:"12"`
	Digest     string     `json:"digest,omitempty" doc:"SHA-256 over their identifiers."`
	Version    int64      `json:"version" doc:"Grows with every change; a decision names the version it saw. Also the ETag." example:"1"`
}

func encodeDestruction(d retention.Destruction) Destruction {
	out := Destruction{ID: d.ID, Member: d.Member, Others: append([]string{}, d.Others...), Class: d.Class, Reason: d.Reason, Document: d.Document, State: string(d.State), ProposedBy: d.Proposer,
		Proposed: d.Proposed, DecidedBy: d.Decider, Answer: d.Answer, Final: d.Final.String(), Rows: d.Rows, Digest: d.Digest, Version: d.Version}
	for _, t := range []struct {
		at   time.Time
		into **time.Time
	}{{d.Decided, &out.Decided}, {d.Done, &out.Destroyed}} {
		if t.at.Unix() > 0 {
			*t.into = &t.at
		}
	}
	return out
}

type destructionGiven struct {
	ETag string `header:"ETag" doc:"Version, for If-Match."`
	Body Destruction
}

func listDestructions(c *call, in *Page) (*listed[Destruction], error) {
	r, err := c.reader(access.List, access.Destruction)
	if err != nil {
		return nil, err
	}
	list, err := c.in.Shredding.List(c, r, in.After, in.Limit+1)
	if err != nil {
		return nil, err
	}
	list, more := cut(list, in.Limit)
	items, next := make([]Destruction, len(list)), ""
	for i, d := range list {
		items[i] = encodeDestruction(d)
	}
	if more {
		next = list[len(list)-1].ID
	}
	return page(c, items, next), nil
}

func (c *call) destruction(id string, action access.Action) (*destructionGiven, store.Reader, error) {
	r, err := c.reader(action, access.Destruction)
	if err != nil {
		return nil, nil, err
	}
	d, err := c.in.Shredding.ByID(c, r, id)
	return &destructionGiven{etag(d.Version), encodeDestruction(d)}, r, err
}

func getDestruction(c *call, in *ID) (*destructionGiven, error) {
	out, _, err := c.destruction(in.ID, access.List)
	return out, err
}

type destroying struct {
	ID
	Body struct {
		Class    string `json:"class" enum:"ended,mistaken,asked" doc:"Class of the retention schedule." example:"mistaken"`
		Reason   string `json:"reason" maxLength:"500" doc:"Why, without a name or number: it stays on the certificate." example:"同名误登"`
		Document string `json:"document,omitempty" maxLength:"200" doc:"The decision." example:"石桥党发〔2026〕7 号"`
	}
}

func proposeDestruction(c *call, in *destroying) (*destructionGiven, error) {
	m, _, err := c.one(in.ID.ID)
	if err == nil {
		_, err = c.person.Allow(access.Propose, access.Destruction, m.OrgPath, "")
	}
	if err != nil {
		return nil, err
	}
	id, err := c.in.Shredding.Propose(c, c.actor(), m.ID, in.Body.Class, in.Body.Reason, in.Body.Document)
	if err != nil {
		return nil, err
	}
	out, _, err := c.destruction(id, access.List)
	return out, err
}

type destructionDecided struct {
	ID
	Seen
	Body struct {
		Version int64  `json:"version,omitempty" minimum:"1" doc:"The version that the caller saw, or If-Match." example:"1"`
		Reason  string `json:"reason,omitempty" maxLength:"500" doc:"Of a refusal: why." example:"还要核实"`
	}
}

// settleDestruction answers a decision with what it came to.
func (c *call) settleDestruction(in *destructionDecided, action access.Action, settle func(version int64) error) (*destructionGiven, error) {
	if _, _, err := c.destruction(in.ID.ID, action); err != nil {
		return nil, err
	}
	version, err := in.version(in.Body.Version)
	if err == nil {
		err = settle(version)
	}
	if err != nil {
		return nil, err
	}
	out, _, err := c.destruction(in.ID.ID, access.List)
	return out, err
}

func approveDestruction(c *call, in *destructionDecided) (*destructionGiven, error) {
	return c.settleDestruction(in, access.Decide, func(v int64) error { return c.in.Shredding.Approve(c, c.actor(), in.ID.ID, v) })
}

func refuseDestruction(c *call, in *destructionDecided) (*destructionGiven, error) {
	return c.settleDestruction(in, access.Decide, func(v int64) error { return c.in.Shredding.Refuse(c, c.actor(), in.ID.ID, v, in.Body.Reason) })
}

func withdrawDestruction(c *call, in *destructionDecided) (*destructionGiven, error) {
	return c.settleDestruction(in, access.Propose, func(v int64) error { return c.in.Shredding.Withdraw(c, c.actor(), in.ID.ID, v) })
}

// RegisterItem is a kind of personal data that the installation keeps.
type RegisterItem struct {
	Key     string   `json:"key" doc:"Name of the item." example:"mobile"`
	Group   string   `json:"group" enum:"record,course,account,log,file,backup" doc:"Part of the register." example:"record"`
	Label   string   `json:"label" doc:"What it is called, in the language of Accept-Language." example:"手机号码"`
	Purpose string   `json:"purpose" doc:"What for." example:"通知组织生活"`
	Bases   []string `json:"bases" nullable:"false" doc:"What it rests on." example:"[\"《个人信息保护法》第二十八至三十条\"]"`
	Class   string   `json:"class" enum:"sensitive,guarded,internal,secret" doc:"How careful everybody has to be." example:"sensitive"`
	Storage string   `json:"storage" enum:"sealed,sealed-file,digest,plain,images,computed,memory,browser,backup,outside" doc:"In what form it is kept." example:"sealed"`
	Format  string   `json:"format" doc:"How it is written." example:"11 位号码"`
	Codes   []string `json:"codes,omitempty" doc:"The words that it may hold; absent where it is free." example:"[\"正式党员\",\"预备党员\"]"`
	Months  int      `json:"months,omitempty" doc:"After how many months it is asked again; absent: when it changes." example:"12"`
	Entered string   `json:"entered" doc:"By whom, from what." example:"支部书记或党务工作者登记"`
	Keep    string   `json:"keep" doc:"For how long." example:"在册期间"`
	Seen    []string `json:"seen" nullable:"false" doc:"Roles that see it, besides the person herself." example:"[\"branch-secretary\"]"`
	Own     bool     `json:"own" doc:"Whether the person concerned sees it." example:"true"`
}

func getRegister(c *call, in *Page) (*listed[RegisterItem], error) {
	var items []RegisterItem
	for _, g := range register.Groups() {
		for _, i := range g.Items {
			one := RegisterItem{Key: i.Key, Group: g.Key, Label: words.T(c, i.Label), Purpose: words.T(c, i.Purpose), Bases: []string{}, Class: string(i.Class),
				Storage: string(i.Storage), Format: words.T(c, i.Format()), Codes: i.Codes(), Entered: words.T(c, i.Entered), Keep: words.T(c, i.Keep), Seen: []string{}, Own: i.Own || i.Column != ""}
			if i.Column != "" {
				one.Months, _ = c.in.Members.MonthsUntilAsked(i.Column)
			}
			for _, id := range i.Bases {
				if b, ok := register.BasisOf(id); ok {
					one.Bases = append(one.Bases, words.T(c, b.Cite))
				}
			}
			for _, r := range i.Seers() {
				one.Seen = append(one.Seen, string(r))
			}
			items = append(items, one)
		}
	}
	return part(c, items, *in)
}
