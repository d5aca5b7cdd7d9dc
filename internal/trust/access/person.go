package access

import (
	"slices"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// State is how an account stands.
type State string

// The states of an account.
const (
	Active   State = "active"
	Locked   State = "locked"   // by somebody, until somebody unlocks it
	Disabled State = "disabled" // for good: the person has left the work
)

// Grant is a role at an organisation, from a day to a day, on some basis.
type Grant struct {
	ID      string
	Account string
	Role    Role
	Org     string // id
	Path    string
	Post    string // id of the post it follows from, "" if none
	From    civil.Date
	To      civil.Date // the last day it holds; zero: until it is taken back
	Basis   string     // the document or decision
	Of      string     // id of the grant it was lent from, "" for one of the account's own
	For     string     // id of the account that lends it
	ForName string     // of the lender
}

// HoldsOn tells whether the grant is in force on a day.
func (g Grant) HoldsOn(day civil.Date) bool {
	return !day.Before(g.From) && (g.To.IsZero() || !day.After(g.To))
}

// Person is somebody signed in, as of the day: an account with the grants that are in force. Do not change it.
type Person struct {
	Account    string // id
	Login      string
	Name       string
	Org        string // id of the home organisation
	OrgPath    string
	Member     string // id of the own member record, "" if none
	MemberOrg  string // id of the branch of the own record
	MemberPath string
	Applicant  string // id among those on the way into the Party, "" for whoever is not or has a record
	State      State
	Language   string
	TextSize   string
	Contrast   string
	Version    int64
	Grants     []Grant // in force today, the most telling first
	First      bool    // came by a one-time slip and has to set a password before anything else
	Second     bool    // has yet to pass the second factor before anything else
	Wide       bool    // must have a second factor: administers, or reaches more than one branch
	Bare       bool    // has yet to set that second factor up before anything else
	Session    string  // id of the session or token used, "" if none
}

// sortGrants puts the role an account is called by first, the wider of two equal ones before the narrower.
func sortGrants(g []Grant) {
	slices.SortStableFunc(g, func(a, b Grant) int {
		if r := a.Role.rank() - b.Role.rank(); r != 0 {
			return r
		}
		if r := len(a.Path) - len(b.Path); r != 0 {
			return r
		}
		return strings.Compare(a.Path+a.ID, b.Path+b.ID)
	})
}

// Role is what the person is called by: the first of the roles in force, a plain member without any.
func (p *Person) Role() Role {
	if len(p.Grants) == 0 {
		return PlainMember
	}
	return p.Grants[0].Role
}

// Roles are the different roles in force.
func (p *Person) Roles() []Role {
	var out []Role
	for _, g := range p.Grants {
		if !slices.Contains(out, g.Role) {
			out = append(out, g.Role)
		}
	}
	return out
}

// Place is the organisation path where the person's work begins: the page to open first.
func (p *Person) Place() string {
	for _, g := range p.Grants {
		if g.Role != PlainMember {
			return g.Path
		}
	}
	if p.MemberPath != "" {
		return p.MemberPath
	}
	return p.OrgPath
}

// Actor is the person as the ledger and the rooms know one: who, in which role, with the scope of the record work. An
// administrator's scope holds organisations and accounts but no member.
func (p *Person) Actor(request string) ledger.Actor {
	return ledger.Actor{Account: p.Account, Name: p.Name, Role: string(p.Role()), Member: p.Member, Request: request, Scope: p.scope(), For: p.onBehalf}
}

// ActorFor is Actor with exactly the scope in which the person may do the action, and Forbidden if that is nowhere.
func (p *Person) ActorFor(action Action, resource Resource, request string) (ledger.Actor, error) {
	a := p.Actor(request)
	s, err := p.Scope(action, resource)
	a.Scope = s
	return a, err
}

// scope is what the person's records work covers.
func (p *Person) scope() store.Scope {
	if !p.Ready() {
		return store.Scope{}
	}
	var records, rest []string
	for _, g := range p.Grants {
		if g.Role == PlainMember {
			continue
		}
		if _, ok := seeMember.covers(&g); ok {
			records = append(records, g.Path)
		} else {
			rest = append(rest, g.Path)
		}
	}
	s := store.Subtree(records...)
	if len(records) == 0 {
		s = store.Subtree(rest...).WithoutMembers()
	}
	return p.withSelf(s)
}

// Mine is what the person alone may read, by her record and by this account.
func (p *Person) Mine() store.Scope {
	if !p.Ready() {
		return store.Scope{}
	}
	return store.Mine(p.Member, p.Account)
}

// withSelf adds the own record. One that lies in the scope anyway is not added: two conditions cost an index.
func (p *Person) withSelf(s store.Scope) store.Scope {
	if p.Member == "" || p.MemberPath == "" || s.HoldsRecord(p.Member, p.MemberPath) {
		return s
	}
	return s.AndSelf(p.Member, p.MemberPath)
}
