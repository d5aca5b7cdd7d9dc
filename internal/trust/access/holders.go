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
	rule := RuleFor(action, resource)
	if rule == nil || len(paths) == 0 {
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
	today := civil.Today(d.clock)
	var out []Holder
	query := "SELECT g.role, g.org_id, g.org_path, a.id, a.member_id, g.from_on, g.to_on FROM {grant} g JOIN {account} a ON a.id = g.account_id" +
		" WHERE g.org_path IN (" + marks + ") AND a.state = 'active' ORDER BY g.org_path DESC, a.id"
	err := r.Each(ctx, query, args, func(row store.Row) error {
		var h Holder
		var g Grant
		if err := row.Scan(&g.Role, &h.Org, &h.Path, &h.Account, &h.Member, &g.From, &g.To); err != nil {
			return err
		}
		mask, ok := covers(g, rule)
		if h.Mask = mask; ok && g.HoldsOn(today) {
			out = append(out, h)
		}
		return nil
	})
	return out, err
}
