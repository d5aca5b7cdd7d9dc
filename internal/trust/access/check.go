package access

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Held is a grant with whose it is and where.
type Held struct {
	Grant
	Login, Name, OrgName string
}

// Quarter names the quarter of a day, such as 2026Q4, and gives its first day.
func Quarter(day civil.Date) (string, civil.Date) {
	n := (int(day.Month) - 1) / 3
	first := civil.MustParse(fmt.Sprintf("%04d-%02d-01", day.Year, 3*n+1))
	return fmt.Sprintf("%04dQ%d", day.Year, n+1), first
}

// unchecked is the condition of grants under the person that nobody has confirmed in the quarter. One that was given
// in the quarter was looked at when it was given; what a plain member has is only the own record.
func (d *Door) unchecked(p *Person) (where string, args []any) {
	today := civil.Today(d.clock)
	quarter, first := Quarter(today)
	var under []string
	for _, g := range p.Grants {
		if _, ok := lineFor(Revoke, Granted).covers(&g); !ok {
			continue
		}
		var roles []string
		args = append(args, g.Path, g.Path[:len(g.Path)-1]+"/")
		for _, r := range g.Role.fact().over {
			if r != PlainMember {
				roles, args = append(roles, "?"), append(args, string(r))
			}
		}
		under = append(under, "g.org_path >= ? AND g.org_path < ? AND g.role IN ("+strings.Join(roles, ", ")+")")
	}
	if len(under) == 0 {
		return "1 = 0", nil
	}
	where = "(" + strings.Join(under, " OR ") + `) AND g.account_id <> ? AND g.from_on < ? AND (g.to_on = '' OR g.to_on >= ?) AND a.state <> 'disabled'
		AND NOT EXISTS (SELECT 1 FROM {grant_check} c WHERE c.grant_id = g.id AND c.quarter = ?)`
	return where, append(args, p.Account, first, today, quarter)
}

// Unchecked lists the first grants under the person that nobody has confirmed in this quarter, in the order of the
// tree, and how many there are.
func (d *Door) Unchecked(ctx context.Context, p *Person, limit int) (list []Held, total int, err error) {
	if err := p.Need(Revoke, Granted); err != nil {
		return nil, 0, err
	}
	where, args := d.unchecked(p)
	from := grantTables + " JOIN {account} a ON a.id = g.account_id JOIN {org} o ON o.id = g.org_id WHERE " + where
	if _, err := d.own().One(ctx, "SELECT count(*) FROM "+from, args, &total); err != nil {
		return nil, 0, err
	}
	query := "SELECT " + grantColumns + ", a.login, a.name, o.short_name FROM " + from + " ORDER BY g.org_path, g.id LIMIT ?"
	err = d.own().Each(ctx, query, append(slices.Clone(args), limit), func(row store.Row) error {
		var h Held
		var err error
		h.Grant, err = scanGrant(row, &h.Login, &h.Name, &h.OrgName)
		list = append(list, h)
		return err
	})
	return list, total, err
}

// ChecksDue counts the grants under the person that wait for this quarter's look, and tells whether it is late.
func (d *Door) ChecksDue(ctx context.Context, p *Person) (n int, late bool, err error) {
	if !p.May(Revoke, Granted) {
		return 0, false, nil
	}
	policy, err := d.Policy(ctx)
	if err != nil {
		return 0, false, err
	}
	where, args := d.unchecked(p)
	_, err = d.own().One(ctx, "SELECT count(*) FROM {grant} g JOIN {account} a ON a.id = g.account_id WHERE "+where, args, &n)
	today := civil.Today(d.clock)
	_, first := Quarter(today)
	return n, n > 0 && today.After(first.AddDays(policy[CheckDays])), err
}

// Check confirms grants for this quarter, all of them or none: somebody looked and each is still right.
func (d *Door) Check(ctx context.Context, p *Person, request string, grants ...string) error {
	if len(grants) == 0 || len(grants) > 500 {
		return fault.New(fault.Invalid, "请勾选要确认的角色。").At("id")
	}
	today := civil.Today(d.clock)
	quarter, _ := Quarter(today)
	act := ledger.Act{Kind: "account.check", Subject: "grant", OrgPath: p.Place(), Detail: map[string]any{"grants": len(grants), "quarter": quarter}}
	_, err := d.ledger.DoAct(ctx, p.Actor(request), &act, func(tx *store.Tx) error {
		all, fresh := tx.System("check grants"), 0
		for _, id := range grants {
			found, err := lentGrants(ctx, all, "g.id = ?", id)
			if err != nil {
				return err
			}
			if len(found) == 0 || found[0].Account == p.Account || !found[0].To.IsZero() && today.After(found[0].To) {
				return fault.Missing()
			}
			g := found[0]
			if err := p.mayRevoke(g); err != nil {
				return err
			}
			var one int
			done, err := all.One(ctx, "SELECT 1 FROM {grant_check} WHERE grant_id = ? AND quarter = ?", []any{id, quarter}, &one)
			if err != nil {
				return err
			}
			if done {
				continue // somebody else was first
			}
			err = all.Insert(ctx, "grant_check", store.Set("id", d.ledger.IDs.New()), store.Set("grant_id", g.ID), store.Set("org_path", g.Path),
				store.Set("quarter", quarter), store.Set("account_id", p.Account), store.Set("actor", p.Name), store.Set("at", d.clock.Now().UnixMicro()))
			if err != nil {
				return err
			}
			fresh++
			if len(grants) == 1 {
				act.SubjectID, act.OrgPath = g.ID, g.Path
			}
		}
		if fresh == 0 {
			return ledger.ErrUnchanged
		}
		return nil
	})
	return err
}
