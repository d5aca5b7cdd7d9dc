package web

import (
	"net/url"
	"slices"

	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// printSlips makes one-time slips for the ticked accounts and shows them, once.
func (s *Server) printSlips(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.person.Need(access.IssueSlip, access.Account); err != nil {
		return err
	}
	err = v.slips(slices.Compact(values["id"]), view.PathAccounts)
	if err == nil || !wrong(err) && fault.Of(err) != fault.Forbidden {
		return err
	}
	d, derr := v.accounts(access.Filter{}, "")
	if derr != nil {
		return derr
	}
	d.Form.Values, d.Form.Problems = values, []view.Problem{v.problem(err, at{})}
	return v.again(err, view.AccountsPage(v.page(view.Say("账号\x04目录"), view.PathAccounts), d))
}

// printSlip makes one for the account of the address.
func (s *Server) printSlip(v *visit) error {
	id := v.r.PathValue("id")
	if _, err := v.in.Access.Account(v.ctx(), v.person, id); err != nil {
		return err
	}
	if _, err := v.posted(); err != nil {
		return err
	}
	return v.slips([]string{id}, view.PathAccountOf(id))
}

// slips makes slips and shows them: the database keeps no code, so this page is the only one.
func (v *visit) slips(ids []string, back string) error {
	var made []access.Slip
	for part := range slices.Chunk(ids, 500) {
		list, err := v.in.Access.IssueSlips(v.ctx(), v.person, v.request, part...)
		if err != nil {
			return err
		}
		made = append(made, list...)
	}
	if len(made) == 0 {
		return fault.New(fault.Invalid, "请勾选要打印登录条的人。")
	}
	var orgs []string
	for _, m := range made {
		orgs = append(orgs, m.Org)
	}
	list, err := org.ByIDs(v.ctx(), v.reader(), orgs)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, o := range list {
		names[o.ID] = o.ShortName
	}
	d := view.Slips{Made: words.Moment(v.in.Clock.Now()), By: v.person.Name, Back: back}
	for _, m := range made {
		d.Items = append(d.Items, view.Slip{Name: m.Name, Account: m.Login, Organisation: names[m.Org], Code: m.Code, Expires: words.Moment(m.Expires),
			URL: v.origin() + view.PathSlip + "#" + url.Values{"account": {m.Login}, "code": {m.Code}}.Encode()})
	}
	return v.show(view.SlipsPage(v.page(view.Say("登录条"), view.PathAccounts, accountsCrumb), d))
}

// origin is the address people type.
func (v *visit) origin() string {
	switch {
	case v.s.options.Origin != "":
		return v.s.options.Origin
	case v.s.options.Secure:
		return "https://" + v.r.Host
	}
	return "http://" + v.r.Host
}
