package api

import (
	"encoding/base64"
	"strings"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/words"
)

// Account is somebody who may sign in.
type Account struct {
	ID           string     `json:"id" doc:"Identifier." example:"01KAS0000000000000000000GH"`
	Login        string     `json:"login" doc:"Name of the account." example:"liwenjing"`
	Name         string     `json:"name" doc:"Name of the holder." example:"李文静"`
	Organisation string     `json:"organisation" doc:"Identifier of the home organisation." example:"01KAS0000000000000000000CD"`
	Member       string     `json:"member,omitempty" doc:"Identifier of the holder's own record, where the caller may see it."`
	State        string     `json:"state" enum:"active,locked,disabled" doc:"How it stands." example:"active"`
	Ready        bool       `json:"ready" doc:"A password has been set." example:"true"`
	Last         *time.Time `json:"last,omitempty" doc:"When its holder signed in last; absent for never."`
	Roles        []Held     `json:"roles" nullable:"false" doc:"The roles in force today in the caller's area."`
}

// Grant is a role at an organisation: who gave it, on what basis, from when to when.
type Grant struct {
	ID string `json:"id" doc:"Identifier." example:"01KAS0000000000000000000JK"`
	Held
	Basis   string    `json:"basis,omitempty" doc:"The decision it rests on." example:"石桥镇党委〔2026〕12 号"`
	LentBy  string    `json:"lentBy,omitempty" doc:"Who has lent it for a time." example:"石小满"`
	GivenBy string    `json:"givenBy,omitempty" doc:"Who entered it." example:"安全管理员"`
	Given   time.Time `json:"given,omitzero" doc:"When."`
	InForce bool      `json:"inForce" doc:"It holds today." example:"true"`
}

func (c *call) held(g access.Grant) (Held, error) {
	o, err := org.ByID(c, c.in.DB.As(store.System("names of roles' places")), g.Org)
	return Held{string(g.Role), words.T(c, g.Role.Name()), g.Org, o.ShortName, g.From.String(), g.To.String()}, err
}

func (c *call) encodeAccount(e access.Entry) (Account, error) {
	out := Account{ID: e.ID, Login: e.Login, Name: e.Name, Organisation: e.Org, Member: e.Member, State: string(e.State), Ready: e.Ready, Roles: []Held{}}
	if !e.Last.IsZero() {
		out.Last = &e.Last
	}
	today := civil.Today(c.in.Clock)
	for _, g := range e.Grants {
		if !g.HoldsOn(today) {
			continue
		}
		h, err := c.held(g)
		if err != nil {
			return out, err
		}
		out.Roles = append(out.Roles, h)
	}
	return out, nil
}

type accountsAsked struct {
	Page
	Query string `query:"q" maxLength:"60" doc:"Beginning of a name or of a login." example:"李"`
	Role  string `query:"role" maxLength:"40" doc:"Only those that hold the role today." example:"branch-secretary"`
	State string `query:"state" enum:"active,locked,disabled" doc:"Only those that stand so." example:"active"`
	Under string `query:"under" maxLength:"64" doc:"Identifier of an organisation: only accounts at or below it." example:"01KAS0000000000000000000CD"`
}

func listAccounts(c *call, in *accountsAsked) (*listed[Account], error) {
	after, err := base64.RawURLEncoding.DecodeString(in.After)
	if err != nil || in.After != "" && !strings.Contains(string(after), " ") {
		return nil, badCursor()
	}
	f := access.Filter{Text: in.Query, Role: access.Role(in.Role), State: access.State(in.State), After: string(after), Limit: in.Limit}
	if in.Under != "" {
		o, _, err := c.organisation(in.Under)
		if err != nil {
			return nil, err
		}
		f.Path = o.Path
	}
	p, err := c.in.Access.Accounts(c, c.person, f)
	if err != nil {
		return nil, err
	}
	items := make([]Account, len(p.Items))
	for i, e := range p.Items {
		if items[i], err = c.encodeAccount(e); err != nil {
			return nil, err
		}
	}
	return page(c, items, base64.RawURLEncoding.EncodeToString([]byte(p.Next))), nil
}

type accountGiven struct{ Body Account }

func getAccount(c *call, in *ID) (*accountGiven, error) {
	e, err := c.in.Access.Account(c, c.person, in.ID)
	if err != nil {
		return nil, err
	}
	body, err := c.encodeAccount(e)
	return &accountGiven{body}, err
}

func listGrants(c *call, in *Parts) (*listed[Grant], error) {
	e, err := c.in.Access.Account(c, c.person, in.ID.ID)
	if err != nil {
		return nil, err
	}
	items := make([]Grant, len(e.Grants))
	for i, g := range e.Grants {
		if items[i], err = c.encodeGrant(g); err != nil {
			return nil, err
		}
	}
	return part(c, items, in.Page)
}

func (c *call) encodeGrant(g access.Grant) (Grant, error) {
	h, err := c.held(g)
	if err != nil {
		return Grant{}, err
	}
	o, err := c.in.Access.Origin(c, g.ID)
	return Grant{ID: g.ID, Held: h, Basis: g.Basis, LentBy: g.ForName, GivenBy: o.By, Given: o.At.Truncate(time.Second), InForce: g.HoldsOn(civil.Today(c.in.Clock))}, err
}

type grantNew struct {
	ID
	Body struct {
		Role         string `json:"role" maxLength:"40" doc:"The role." example:"branch-secretary"`
		Organisation string `json:"organisation" maxLength:"64" doc:"Identifier of the organisation where it is to hold." example:"01KAS0000000000000000000CD"`
		From         string `json:"from,omitempty" format:"date" doc:"First day; absent: today." example:"2026-01-15"`
		To           string `json:"to,omitempty" format:"date" doc:"Last day; absent: until it is taken back." example:"2026-12-31"`
		Basis        string `json:"basis" minLength:"1" maxLength:"200" doc:"The decision it rests on." example:"石桥镇党委〔2026〕12 号"`
	}
}

type grantGiven struct {
	Status int
	Body   Grant
}

// grantFields are the interface's names of what the door calls otherwise.
var grantFields = map[string]string{"org": "organisation", "until": "to", "day": "from"}

func giveGrant(c *call, in *grantNew) (*grantGiven, error) {
	b := in.Body
	n := access.NewGrant{Role: access.Role(b.Role), Org: b.Organisation, Basis: b.Basis}
	var err error
	for _, d := range []struct {
		into        *civil.Date
		text, field string
	}{{&n.From, b.From, "from"}, {&n.To, b.To, "to"}} {
		if *d.into, err = day(d.text); err != nil {
			return nil, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At(d.field).By("format")
		}
	}
	if _, err := c.in.Access.Account(c, c.person, in.ID.ID); err != nil {
		return nil, err
	}
	id, err := c.in.Access.Grant(c, c.person, c.request, in.ID.ID, n)
	if f := fault.As(err); f != nil && grantFields[f.Field] != "" {
		at := *f
		return nil, at.At(grantFields[f.Field])
	}
	if err != nil {
		return nil, err
	}
	return c.grantAnswer(201, in.ID.ID, id)
}

// grantAnswer is a grant as it stands now.
func (c *call) grantAnswer(status int, account, id string) (*grantGiven, error) {
	e, err := c.in.Access.Account(c, c.person, account)
	if err != nil {
		return nil, err
	}
	for _, g := range e.Grants {
		if g.ID == id {
			body, err := c.encodeGrant(g)
			return &grantGiven{status, body}, err
		}
	}
	return nil, fault.Missing()
}

type grantEnded struct {
	ID
	Grant string `path:"grant" maxLength:"64" doc:"Identifier of the grant." example:"01KAS0000000000000000000JK"`
	Body  struct {
		Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"Why, for the record." example:"换届"`
	}
}

func endGrant(c *call, in *grantEnded) (*grantGiven, error) {
	if _, err := c.grantAnswer(200, in.ID.ID, in.Grant); err != nil {
		return nil, err
	}
	if err := c.in.Access.Revoke(c, c.person, c.request, in.ID.ID, in.Grant, in.Body.Reason); err != nil {
		return nil, err
	}
	return c.grantAnswer(200, in.ID.ID, in.Grant)
}

// Seer is an account that may see a record, and why.
type Seer struct {
	Account string   `json:"account" doc:"Identifier of the account." example:"01KAS0000000000000000000GH"`
	Login   string   `json:"login" doc:"Name of the account." example:"liwenjing"`
	Name    string   `json:"name" doc:"Name of the holder." example:"李文静"`
	Reasons []Reason `json:"reasons" nullable:"false" doc:"Every grant and rule by which it sees the record."`
}

// Reason is one grant with one line of the table of rights, or the own record.
type Reason struct {
	Rule    string   `json:"rule" doc:"Line of the table of rights, or a hard rule." example:"A-22"`
	Text    string   `json:"text" doc:"What it says." example:"打开职责范围内的党员信息"`
	Grant   *Held    `json:"grant,omitempty" doc:"The role it rests on; absent for the own record."`
	Visible []string `json:"visible" nullable:"false" doc:"Classes of fields." example:"[\"name\",\"basic\"]"`
}

func listSeers(c *call, in *Parts) (*listed[Seer], error) {
	m, _, err := c.one(in.ID.ID)
	if err != nil {
		return nil, err
	}
	seers, err := c.in.Access.WhoSees(c, c.person, m.OrgPath, m.ID)
	if err != nil {
		return nil, err
	}
	items := make([]Seer, len(seers))
	for i, s := range seers {
		items[i] = Seer{s.Account, s.Login, s.Name, []Reason{}}
		for _, r := range s.Reasons {
			why := Reason{Rule: r.Rule, Text: words.T(c, r.Text), Visible: r.Mask.Codes()}
			if r.Grant != nil {
				h, err := c.held(*r.Grant)
				if err != nil {
					return nil, err
				}
				why.Grant = &h
			}
			items[i].Reasons = append(items[i].Reasons, why)
		}
	}
	return part(c, items, in.Page)
}

// listOwnLooks answers who looked at the caller's own record.
func listOwnLooks(c *call, in *Page) (*listed[Look], error) {
	if c.person.Member == "" {
		return page[Look](c, nil, ""), nil
	}
	return listLooks(c, &Parts{ID{c.person.Member}, *in})
}
