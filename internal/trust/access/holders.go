package access

import (
	"context"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/store"
)

// Holder is somebody who may do something at an organisation.
type Holder struct {
	Account string
	Member  string // id of the own member record, "" if none
	Org     string // id of the organisation at which the role is held
	Path    string
	Mask    Mask // the fields that the role reaches by this line
}

// Holders lists who may do the action by a role held at one of the organisations, today and with an open account: to
// find who can be asked, never to let somebody do it.
func (d *Door) Holders(ctx context.Context, r store.Reader, action Action, resource Resource, paths []string) ([]Holder, error) {
	l := lineFor(action, resource)
	if l == nil || len(paths) == 0 {
		return nil, nil
	}
	const step = 8 // depth of a tree, filled up: few different queries
	args := make([]any, 0, len(paths)+step)
	for _, p := range paths {
		args = append(args, p)
	}
	for len(args)%step != 0 {
		args = append(args, paths[0])
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(args)), ", ")
	return l.holders(ctx, r, civil.Today(d.clock), "g.org_path IN ("+marks+") AND a.state = 'active' ORDER BY g.org_path DESC, a.id", args)
}

// HoldersBelow lists who may do the action by a role at an organisation strictly below a path, in the order of the tree.
func (d *Door) HoldersBelow(ctx context.Context, r store.Reader, action Action, resource Resource, path string) ([]Holder, error) {
	l := lineFor(action, resource)
	if l == nil || path == "" {
		return nil, nil
	}
	where, args := "g.org_path > ? AND g.org_path < ?", []any{path, path[:len(path)-1] + "/"}
	var roles []string
	for _, role := range Roles() {
		if _, may := l.covers(&Grant{Role: role}); may {
			roles, args = append(roles, "?"), append(args, string(role))
		}
	}
	if len(roles) == 0 {
		return nil, nil
	}
	return l.holders(ctx, r, civil.Today(d.clock), where+" AND g.role IN ("+strings.Join(roles, ", ")+") AND a.state = 'active' ORDER BY g.org_path, a.id", args)
}

// holders reads grants in force that the line covers.
func (l *line) holders(ctx context.Context, r store.Reader, today civil.Date, where string, args []any) ([]Holder, error) {
	var out []Holder
	query := "SELECT g.role, g.org_id, g.org_path, a.id, a.member_id, g.from_on, g.to_on FROM {grant} g JOIN {account} a ON a.id = g.account_id WHERE " + where
	err := r.Each(ctx, query, args, func(row store.Row) error {
		var h Holder
		var g Grant
		if err := row.Scan(&g.Role, &h.Org, &h.Path, &h.Account, &h.Member, &g.From, &g.To); err != nil {
			return err
		}
		mask, ok := l.covers(&g)
		if h.Mask = mask; ok && g.HoldsOn(today) {
			out = append(out, h)
		}
		return nil
	})
	return out, err
}

// InRole is a role that somebody holds at an organisation: for pages that say who answers for something.
type InRole struct {
	Role                       Role
	Org, Account, Member, Name string
	From, To                   civil.Date // To is the last day; zero: until it is taken back
	Open                       bool       // the account is open
}

// InRoles lists the roles held at the organisations of the paths, past and coming ones too, but for plain members'.
func (d *Door) InRoles(ctx context.Context, r store.Reader, paths []string) (out []InRole, err error) {
	marks, args := pathList(paths)
	query := "SELECT g.role, g.org_id, a.id, a.member_id, a.name, g.from_on, g.to_on, a.state FROM {grant} g JOIN {account} a ON a.id = g.account_id" +
		" WHERE g.org_path IN (" + marks + ") AND g.role <> ? ORDER BY g.org_path DESC, a.id"
	err = r.Each(ctx, query, append(args, string(PlainMember)), func(row store.Row) error {
		var h InRole
		var state State
		err := row.Scan(&h.Role, &h.Org, &h.Account, &h.Member, &h.Name, &h.From, &h.To, &state)
		h.Open = state == Active
		out = append(out, h)
		return err
	})
	return out, err
}

// AccountsOf finds the open accounts of members: who of those that hold a post can do something here.
func (d *Door) AccountsOf(ctx context.Context, r store.Reader, members []string) (map[string]string, error) {
	marks, args := pathList(members)
	out := map[string]string{}
	err := r.Each(ctx, "SELECT member_id, id FROM {account} WHERE member_id IN ("+marks+") AND state = 'active' ORDER BY id", args, func(row store.Row) error {
		var member, id string
		err := row.Scan(&member, &id)
		if _, ok := out[member]; !ok && member != "" {
			out[member] = id
		}
		return err
	})
	return out, err
}

// pathList gives placeholders and arguments, filled up so that there are few different queries.
func pathList(list []string) (string, []any) {
	const step = 8
	args := make([]any, 0, len(list)+step)
	for _, x := range list {
		args = append(args, x)
	}
	for len(args) == 0 || len(args)%step != 0 {
		last := any("")
		if len(list) > 0 {
			last = list[0]
		}
		args = append(args, last)
	}
	return strings.TrimSuffix(strings.Repeat("?, ", len(args)), ", "), args
}
