package web

import (
	"net/url"
	"slices"

	"zhibu/internal/party/org"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// findAccounts seals what was typed into the search of accounts, as members' names are.
const findAccounts = "search of accounts"

// accountFilter is a search of accounts read from an address.
func (v *visit) accountFilter(q url.Values) (f access.Filter, query string) {
	f = access.Filter{Role: access.Role(q.Get("role")), State: access.State(q.Get("state"))}
	keep := url.Values{}
	for _, name := range []string{"role", "state"} {
		if q.Get(name) != "" {
			keep.Set(name, q.Get(name))
		}
	}
	if plain, ok := v.s.sealer.open(findAccounts, v.person.Account, q.Get(findField)); ok {
		f.Text = string(plain)
		keep.Set(findField, q.Get(findField))
	}
	return f, keep.Encode()
}

func (s *Server) listAccounts(v *visit) error {
	q := v.r.URL.Query()
	f, query := v.accountFilter(q)
	f.After, f.Before = q.Get("after"), q.Get("before")
	d, err := v.accounts(f, query)
	if err != nil {
		return err
	}
	return v.show(view.AccountsPage(v.page(view.Say("账号\x04目录"), view.PathAccounts), d))
}

// searchAccounts takes the filter's form and goes on to an address in which nothing that was typed can be read.
func (s *Server) searchAccounts(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.person.Need(access.List, access.Account); err != nil {
		return err
	}
	q := url.Values{}
	if typed := []rune(said(values, "q")); len(typed) > 0 {
		q.Set(findField, v.s.sealer.seal(findAccounts, v.person.Account, []byte(string(typed[:min(len(typed), mostTyped)]))))
	}
	for _, name := range []string{"role", "state"} {
		if values.Get(name) != "" {
			q.Set(name, values.Get(name))
		}
	}
	return v.to(withQuery(view.PathAccounts, q.Encode()))
}

func (v *visit) accounts(f access.Filter, query string) (d view.Accounts, err error) {
	page, err := v.in.Access.Accounts(v.ctx(), v.person, f)
	if err != nil {
		return d, err
	}
	d.Filter = v.form(url.Values{"q": {f.Text}, "role": {string(f.Role)}, "state": {string(f.State)}})
	d.Form = v.form(url.Values{})
	d.Roles, d.States = append([]view.Option{{Label: view.Say("全部")}}, roleOptions(access.Roles())...), accountStateOptions()
	d.MayMake, d.MaySlip = v.works(access.Add, access.Account), v.works(access.IssueSlip, access.Account)
	d.MayCheck = v.works(access.Revoke, access.Granted)
	if d.Pager.Total, err = v.in.Access.CountAccounts(v.ctx(), v.person, f); err != nil {
		return d, err
	}
	names, err := v.grantedAt(page.Items)
	if err != nil {
		return d, err
	}
	today := v.today()
	for _, e := range page.Items {
		row := view.AccountRow{ID: e.ID, Account: e.Login, Name: e.Name, State: accountState(e), Last: words.Moment(e.Last)}
		for _, g := range e.Grants {
			if g.HoldsOn(today) {
				row.Posts = append(row.Posts, view.Post{Role: view.RoleName(string(g.Role)), Org: names[g.Org]})
			}
		}
		d.Rows = append(d.Rows, row)
	}
	d.Pager.Shown = len(d.Rows)
	if page.Prev != "" {
		d.Pager.Prev = withQuery(view.PathAccounts, plus(query, "before", page.Prev))
	}
	if page.Next != "" {
		d.Pager.Next = withQuery(view.PathAccounts, plus(query, "after", page.Next))
	}
	return d, nil
}

// grantedAt names the organisations of accounts' grants that lie in the visitor's area.
func (v *visit) grantedAt(list []access.Entry) (map[string]view.OrgRef, error) {
	var ids []string
	for _, e := range list {
		for _, g := range e.Grants {
			if !slices.Contains(ids, g.Org) {
				ids = append(ids, g.Org)
			}
		}
	}
	orgs, err := org.ByIDs(v.ctx(), v.reader(), ids)
	out := map[string]view.OrgRef{}
	for _, o := range orgs {
		out[o.ID] = v.orgRef(o)
	}
	return out, err
}

func roleOptions(roles []access.Role) []view.Option {
	var out []view.Option
	for _, r := range roles {
		out = append(out, view.Option{Value: string(r), Label: view.RoleName(string(r))})
	}
	return out
}

var accountStates = map[access.State]view.Tag{
	access.Active: {Text: view.Say("正常"), Kind: view.TagOK}, access.Locked: {Text: view.Say("已锁定"), Kind: view.TagLate},
	access.Disabled: {Text: view.Say("已停用"), Kind: view.TagLate},
}

func accountState(e access.Entry) view.Tag {
	if e.State == access.Active && !e.Ready {
		return view.Tag{Text: view.Say("还没设密码"), Kind: view.TagSoon}
	}
	return accountStates[e.State]
}

func accountStateOptions() []view.Option {
	out := []view.Option{{Label: view.Say("全部")}}
	for _, s := range []access.State{access.Active, access.Locked, access.Disabled} {
		out = append(out, view.Option{Value: string(s), Label: accountStates[s].Text})
	}
	return out
}
