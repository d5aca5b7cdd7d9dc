package access

import (
	"context"
	"slices"
	"strings"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/store"
)

// Origin is who gave a grant, and when.
type Origin struct {
	By string
	At time.Time
}

// Seer is an account that may see a member's record, with every reason.
type Seer struct {
	Account, Login, Name string
	Reasons              []Reason
	Origins              map[string]Origin // by grant
}

// WhoSees lists the accounts that may see a member's record and why, the nearest first. It is asked of the same
// decision as every page: each account is loaded and decides about the record itself. The person must be allowed to
// know who looks at it, or be the member.
func (d *Door) WhoSees(ctx context.Context, p *Person, orgPath, memberID string) ([]Seer, error) {
	if _, err := p.Allow(List, Look, orgPath, memberID); err != nil {
		return nil, err
	}
	accounts, err := d.above(ctx, orgPath, memberID)
	if err != nil {
		return nil, err
	}
	var out []Seer
	for _, id := range accounts {
		other, err := d.load(ctx, d.own(), id)
		if err != nil {
			return nil, err
		}
		if other.State != Active {
			continue
		}
		s := Seer{Account: id, Login: other.Login, Name: other.Name, Reasons: other.Why(orgPath, memberID), Origins: map[string]Origin{}}
		if len(s.Reasons) == 0 {
			continue
		}
		for _, r := range s.Reasons {
			if r.Grant == nil {
				continue
			}
			if s.Origins[r.Grant.ID], err = d.Origin(ctx, r.Grant.ID); err != nil {
				return nil, err
			}
		}
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(a, b Seer) int { return b.nearest() - a.nearest() })
	return out, nil
}

// nearest is how deep in the tree the nearest reason stands; the own record is nearest of all.
func (s Seer) nearest() int {
	deep := 0
	for _, r := range s.Reasons {
		if r.Grant == nil {
			return 1 << 20
		}
		deep = max(deep, len(r.Grant.Path))
	}
	return deep
}

// above are the accounts with a grant at the organisation or one above it, and the member's own.
func (d *Door) above(ctx context.Context, orgPath, memberID string) ([]string, error) {
	var marks []string
	var args []any
	for i, c := range orgPath {
		if c == '.' {
			marks, args = append(marks, "?"), append(args, orgPath[:i+1])
		}
	}
	if len(marks) == 0 {
		return nil, fault.Missing()
	}
	var out []string
	query := "SELECT account_id FROM {grant} WHERE org_path IN (" + strings.Join(marks, ", ") + ") UNION SELECT id FROM {account} WHERE member_id = ? ORDER BY 1"
	err := d.own().Each(ctx, query, append(args, memberID), func(row store.Row) error {
		var id string
		err := row.Scan(&id)
		out = append(out, id)
		return err
	})
	return out, err
}

// Origin tells from the ledger who gave a grant.
func (d *Door) Origin(ctx context.Context, grant string) (o Origin, err error) {
	var at int64
	query := "SELECT a.actor, a.at FROM {event} e JOIN {act} a ON a.id = e.act_id WHERE e.row_id = ? AND e.tbl = 'grant' AND e.op = 'I' ORDER BY e.seq LIMIT 1"
	found, err := d.own().One(ctx, query, []any{grant}, &o.By, &at)
	if found {
		o.At = time.UnixMicro(at)
	}
	return o, err
}

// Opened is what one grant opens: the lines of the table with the classes of fields.
type Opened struct {
	Grant  Grant
	Origin Origin
	Lines  []Line
}

// Line is a line of the table with what it covers for a role.
type Line struct {
	Rule string
	Text string
	Mask Mask
}

// Opens tells what an account sees and may do, grant by grant: every line of the table that its role stands in. The
// person must be allowed to open the account, or own it.
func (d *Door) Opens(ctx context.Context, p *Person, account string) ([]Opened, error) {
	if account != p.Account {
		if _, err := d.Account(ctx, p, account); err != nil {
			return nil, err
		}
	}
	other, err := d.load(ctx, d.own(), account)
	if err != nil {
		return nil, err
	}
	var out []Opened
	for _, g := range other.Grants {
		o := Opened{Grant: g}
		if o.Origin, err = d.Origin(ctx, g.ID); err != nil {
			return nil, err
		}
		for i := range table {
			if m, ok := lineFor(table[i].Action, table[i].Resource).covers(&g); ok {
				o.Lines = append(o.Lines, Line{table[i].ID, table[i].Text, m})
			}
		}
		out = append(out, o)
	}
	return out, nil
}
