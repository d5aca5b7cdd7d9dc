package access

import (
	"context"
	"slices"
	"strings"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
)

// Entry is an account in a list or on its page. Grants outside of the viewer's area are left out.
type Entry struct {
	ID      string
	Login   string
	Name    string
	Org     string // id of the home organisation
	OrgPath string
	OrgName string
	Member  string // id of the own member record; only where the viewer may see that record
	State   State
	Ready   bool // a password has been set
	Grants  []Grant
	Last    time.Time // last sign-in; zero for never
}

// Filter narrows the list of accounts.
type Filter struct {
	Text   string // beginning of a login or a name
	Role   Role   // in force today
	State  State
	Path   string // only below this organisation
	After  string // Next of the page before
	Before string // Prev of the page after
	Limit  int    // 1 to 200; 0 is 50
}

// Page is a page of accounts in the order of the tree and the login.
type Page struct {
	Items []Entry
	Next  string // for Filter.After; "" at the end
	Prev  string // for Filter.Before; "" at the beginning
}

// CountAccounts counts the accounts of a filter in the person's area.
func (d *Door) CountAccounts(ctx context.Context, p *Person, f Filter) (n int, err error) {
	r, err := d.listed(p, f)
	if err != nil {
		return 0, err
	}
	f.After, f.Before = "", ""
	where, args := f.where(civil.Today(d.clock))
	_, err = r.One(ctx, "SELECT count(*) FROM {account} a WHERE "+where, args, &n)
	return n, err
}

func (d *Door) listed(p *Person, f Filter) (store.Reader, error) {
	scope, err := p.Scope(List, Account)
	if err != nil {
		return nil, err
	}
	if r := d.db.As(scope); f.Path == "" {
		return r, nil
	}
	return d.db.As(scope).Within(f.Path)
}

// Accounts lists the accounts in the person's area.
func (d *Door) Accounts(ctx context.Context, p *Person, f Filter) (Page, error) {
	r, err := d.listed(p, f)
	if err != nil {
		return Page{}, err
	}
	if f.Limit <= 0 || f.Limit > 200 {
		f.Limit = 50
	}
	where, args := f.where(civil.Today(d.clock))
	order := "a.org_path, a.login"
	if f.Before != "" {
		order = "a.org_path DESC, a.login DESC"
	}
	query := "SELECT a.id, a.login, a.name, a.org_id, a.org_path, o.short_name, a.member_id, a.state, a.secret <> '' FROM {account} a JOIN {org} o ON o.id = a.org_id WHERE " +
		where + " ORDER BY " + order + " LIMIT ?"
	var page Page
	err = r.Each(ctx, query, append(args, f.Limit+1), func(row store.Row) error {
		e, err := scanEntry(row)
		page.Items = append(page.Items, e)
		return err
	})
	if err != nil {
		return Page{}, err
	}
	page.cut(f)
	scope, err := p.Scope(List, Account)
	if err != nil {
		return Page{}, err
	}
	for i := range page.Items {
		if err := d.complete(ctx, p, d.db.As(scope), &page.Items[i]); err != nil {
			return Page{}, err
		}
	}
	return page, nil
}

// cut takes the one account too many off and says where the pages beside begin.
func (p *Page) cut(f Filter) {
	more := len(p.Items) > f.Limit
	p.Items = p.Items[:min(len(p.Items), f.Limit)]
	if f.Before != "" {
		slices.Reverse(p.Items)
	}
	if len(p.Items) == 0 {
		return
	}
	place := func(e Entry) string { return e.OrgPath + " " + e.Login }
	if more || f.Before != "" {
		p.Next = place(p.Items[len(p.Items)-1])
	}
	if f.Before != "" && more || f.Before == "" && f.After != "" {
		p.Prev = place(p.Items[0])
	}
}

func (f Filter) where(today civil.Date) (string, []any) {
	and, args := []string{"1 = 1"}, []any{}
	if path, login, ok := strings.Cut(f.After, " "); ok {
		and = append(and, "a.org_path >= ? AND (a.org_path > ? OR a.login > ?)")
		args = append(args, path, path, login)
	}
	if path, login, ok := strings.Cut(f.Before, " "); ok {
		and = append(and, "a.org_path <= ? AND (a.org_path < ? OR a.login < ?)")
		args = append(args, path, path, login)
	}
	if text := foldLogin(f.Text); text != "" {
		name := strings.TrimSpace(f.Text)
		and = append(and, "(a.login >= ? AND a.login < ? OR a.name >= ? AND a.name < ?)")
		args = append(args, text, text+"\U0010FFFF", name, name+"\U0010FFFF")
	}
	if f.State != "" {
		and = append(and, "a.state = ?")
		args = append(args, string(f.State))
	}
	if f.Role != "" {
		and = append(and, "EXISTS (SELECT 1 FROM {grant} g WHERE g.account_id = a.id AND g.role = ? AND g.from_on <= ? AND (g.to_on = '' OR g.to_on >= ?))")
		args = append(args, string(f.Role), today, today)
	}
	return strings.Join(and, " AND "), args
}

func scanEntry(row store.Row) (e Entry, err error) {
	err = row.Scan(&e.ID, &e.Login, &e.Name, &e.Org, &e.OrgPath, &e.OrgName, &e.Member, &e.State, &e.Ready)
	return e, err
}

// complete adds an account's grants and last sign-in, and hides the member where the viewer may not see the record.
func (d *Door) complete(ctx context.Context, p *Person, r store.Reader, e *Entry) (err error) {
	if e.Grants, err = grantsOf(ctx, r, e.ID); err != nil {
		return err
	}
	var act string
	var at int64
	query := "SELECT id, at FROM {act} WHERE account_id = ? AND kind IN ('account.sign_in', 'account.sign_in_slip') ORDER BY id DESC LIMIT 1"
	found, err := d.own().One(ctx, query, []any{e.ID}, &act, &at)
	if err != nil {
		return err
	}
	if found {
		e.Last = time.UnixMicro(at)
	}
	if e.Member == "" {
		return nil
	}
	var path string
	if found, err = d.own().One(ctx, "SELECT org_path FROM {member} WHERE id = ?", []any{e.Member}, &path); err != nil {
		return err
	}
	if !found || p.Mask(path, e.Member) == NoClass {
		e.Member = ""
	}
	return nil
}

// Account gives one account; one outside of the person's area is missing.
func (d *Door) Account(ctx context.Context, p *Person, id string) (Entry, error) {
	scope, err := p.Scope(See, Account)
	if err != nil {
		return Entry{}, err
	}
	var e Entry
	found := false
	r := d.db.As(scope)
	query := "SELECT a.id, a.login, a.name, a.org_id, a.org_path, o.short_name, a.member_id, a.state, a.secret <> '' FROM {account} a JOIN {org} o ON o.id = a.org_id WHERE a.id = ?"
	err = r.Each(ctx, query, []any{id}, func(row store.Row) error {
		found = true
		e, err = scanEntry(row)
		return err
	})
	if err != nil {
		return Entry{}, err
	}
	if !found {
		return Entry{}, fault.Missing()
	}
	return e, d.complete(ctx, p, r, &e)
}

// Rights says what a person may do to an account, for the buttons of its page.
type Rights struct{ Lock, Unlock, Slip, Grant, Revoke, DropFactor, Prove bool }

// RightsOver tells which acts on an account would not be refused.
func (d *Door) RightsOver(ctx context.Context, p *Person, id string) (Rights, error) {
	t, err := d.target(ctx, d.own(), id)
	if err != nil {
		return Rights{}, err
	}
	can := func(a Action) bool { return p.handle(a, t) == nil }
	_, add := p.Allow(Add, Granted, t.path, "")
	_, revoke := p.Allow(Revoke, Granted, t.path, "")
	other := id != p.Account
	drop := can(Unlock) && !slices.ContainsFunc(t.grants, func(g Grant) bool { return g.Role.Administers() })
	return Rights{DropFactor: drop, Prove: can(Mend), Lock: can(Lock), Unlock: can(Unlock), Slip: can(IssueSlip), Grant: add == nil && other, Revoke: revoke == nil && other}, nil
}

// Gives lists the roles that the person may grant, in the order of Roles.
func (p *Person) Gives() []Role {
	var out []Role
	for _, r := range Roles() {
		for _, g := range p.Grants {
			if _, ok := lineFor(Add, Granted).covers(&g); ok && contains(g.Role.fact().over, r) {
				out = append(out, r)
				break
			}
		}
	}
	return out
}

// Why answers «why can this account see this member»: every grant and rule, none if it cannot. Whoever asks must be
// allowed to see the account; a member that does not exist answers as one that nobody can see.
func (d *Door) Why(ctx context.Context, p *Person, account, member string) ([]Reason, error) {
	if account != p.Account {
		if _, err := d.Account(ctx, p, account); err != nil {
			return nil, err
		}
	}
	other, err := d.load(ctx, d.own(), account)
	if err != nil {
		return nil, err
	}
	var path string
	if _, err := d.own().One(ctx, "SELECT org_path FROM {member} WHERE id = ?", []any{member}, &path); err != nil {
		return nil, err
	}
	if path == "" || other.State != Active {
		return nil, nil
	}
	return other.Why(path, member), nil
}
