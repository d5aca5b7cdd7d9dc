package api

import (
	"time"

	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/words"
)

// Me is whom the token speaks for.
type Me struct {
	Account      string   `json:"account" doc:"Identifier of the account."`
	Login        string   `json:"login" doc:"Name of the account." example:"party-worker"`
	Name         string   `json:"name" doc:"Name of the holder." example:"石小满"`
	Member       string   `json:"member,omitempty" doc:"Identifier of the holder's own record."`
	Organisation string   `json:"organisation" doc:"Identifier of the home organisation." example:"01KAS0000000000000000000CD"`
	Language     string   `json:"language,omitempty" doc:"Language of the holder's pages: zh or en." example:"zh"`
	Token        string   `json:"token" doc:"Identifier of the token in use."`
	Roles        []Held   `json:"roles" nullable:"false" doc:"The roles in force today."`
	May          []string `json:"may" nullable:"false" doc:"What the roles allow somewhere, as resource.action." example:"[\"member.list\",\"member.see\"]"`
}

// Held is a role at an organisation.
type Held struct {
	Role         string `json:"role" doc:"The role." example:"party-worker"`
	Name         string `json:"name" doc:"The role in the language of Accept-Language." example:"党务工作者"`
	Organisation string `json:"organisation" doc:"Identifier of the organisation where it holds." example:"01KAS0000000000000000000CD"`
	Called       string `json:"organisationName" doc:"What the organisation is called." example:"石桥镇党委"`
	From         string `json:"from" format:"date" doc:"First day." example:"2026-01-01"`
	To           string `json:"to,omitempty" format:"date" doc:"Last day; absent: until it is taken back." example:"2026-12-31"`
}

type meGiven struct{ Body Me }

func getMe(c *call, _ *struct{}) (*meGiven, error) {
	p := c.person
	out := &meGiven{Me{Account: p.Account, Login: p.Login, Name: p.Name, Member: p.Member, Organisation: p.Org, Language: p.Language, Token: p.Session,
		Roles: []Held{}, May: []string{}}}
	for _, g := range p.Grants {
		o, err := org.ByID(c, c.in.DB.As(store.System("own roles")), g.Org)
		if err != nil {
			return nil, err
		}
		out.Body.Roles = append(out.Body.Roles, Held{string(g.Role), words.T(c, g.Role.Name()), g.Org, o.ShortName, g.From.String(), g.To.String()})
	}
	for _, r := range access.Rules() {
		if p.May(r.Action, r.Resource) {
			out.Body.May = append(out.Body.May, string(r.Resource)+"."+string(r.Action))
		}
	}
	return out, nil
}

// Token is a bearer token, without its text.
type Token struct {
	ID      string     `json:"id" doc:"Identifier."`
	Label   string     `json:"label" doc:"What its holder called it." example:"报表程序"`
	Made    time.Time  `json:"made" doc:"When it was issued."`
	Expires time.Time  `json:"expires" doc:"When it stops opening."`
	Revoked *time.Time `json:"revoked,omitempty" doc:"When it was taken back; absent while it opens."`
}

func listTokens(c *call, in *Page) (*listed[Token], error) {
	tokens, err := c.in.Access.Tokens(c, c.person)
	if err != nil {
		return nil, err
	}
	items := make([]Token, len(tokens))
	for i, t := range tokens {
		items[i] = Token{ID: t.ID, Label: t.Label, Made: t.Made, Expires: t.Expires}
		if !t.Revoked.IsZero() {
			at := t.Revoked
			items[i].Revoked = &at
		}
	}
	return part(c, items, *in)
}

type nothing struct{}

func revokeToken(c *call, in *ID) (*nothing, error) {
	return &nothing{}, c.in.Access.RevokeToken(c, c.person, c.request, in.ID)
}
