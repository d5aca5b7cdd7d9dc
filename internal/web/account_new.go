package web

import (
	"net/url"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/party/logbook"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

var accountFields = at{"account": "account", "name": "name", "org": "org", "member": "member", "role": "role", "from": "day", "day": "day",
	"until": "until", "basis": "basis", "reason": "reason", "number": "number"}

func (s *Server) askNewAccount(v *visit) error {
	r, err := v.readerFor(access.Add, access.Account)
	if err != nil {
		return err
	}
	values := url.Values{"day": {v.today().String()}}
	if id := v.r.URL.Query().Get("applicant"); id != "" {
		if err := v.fillApplicant(values, id); err != nil {
			return err
		}
	}
	page, err := v.newAccountPage(r, v.form(values), nil)
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) newAccountPage(r store.Reader, f view.Form, choices []view.OrgRef) (templ.Component, error) {
	d := view.AccountNew{Form: f, OrgChoices: choices, Roles: roleOptions(v.person.Gives()), Members: v.works(access.See, access.Member)}
	if len(choices) == 0 {
		var err error
		if d.Orgs, err = v.fewOrgs(r, view.Say("请选择")); err != nil {
			return nil, err
		}
	}
	return view.AccountNewPage(v.page(view.Say("开一个账号"), view.PathAccounts, accountsCrumb), d), nil
}

var accountsCrumb = view.Link{Text: view.Say("账号\x04目录"), URL: view.PathAccounts}

// makeAccount makes one account; its holder sets a password after a slip.
func (s *Server) makeAccount(v *visit) error {
	r, err := v.readerFor(access.Add, access.Account)
	if err != nil {
		return err
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	home, choices, err := v.mustPick(r, values, "org")
	var id string
	n := access.NewAccount{Login: values.Get("account"), Name: values.Get("name"), Org: home.ID, Number: values.Get("number")}
	if err == nil {
		if n.Applicant = values.Get("applicant"); n.Applicant == "" { // the case leads here with it
			err = v.holderNamed(&n, home, said(values, "member"))
		}
	}
	if err == nil && said(values, "role") != "" {
		var g access.NewGrant
		if g, err = grantOf(values, home); err == nil {
			n.Grants = []access.NewGrant{g}
		}
	}
	if err == nil {
		id, err = v.in.Access.Create(v.ctx(), v.person, v.request, n)
	}
	if err == nil {
		v.done(words.Mark("账号已经开好。请打印登录条，当面交给本人。"))
		return v.to(view.PathAccountOf(id))
	}
	if !wrong(err) && fault.Of(err) != fault.Forbidden {
		return err
	}
	values.Del("number") // asked for again rather than written back
	f := v.form(values)
	f.Problems = []view.Problem{v.problem(err, accountFields)}
	page, perr := v.newAccountPage(r, f, choices)
	if perr != nil {
		return perr
	}
	return v.again(err, page)
}

// grantOf reads a role from a form.
func grantOf(values url.Values, o org.Organisation) (g access.NewGrant, err error) {
	g = access.NewGrant{Role: access.Role(said(values, "role")), Org: o.ID, Basis: said(values, "basis")}
	if g.From, err = view.ReadDay(values, "day"); err != nil {
		return g, err
	}
	if g.To, err = view.ReadDay(values, "until"); err != nil {
		return g, err
	}
	if g.Basis == "" {
		return g, fault.New(fault.Invalid, "请写明依据，例如任职文件或会议决定。").At("basis")
	}
	return g, nil
}

// fillApplicant puts in what is known of somebody on the way into the Party.
func (v *visit) fillApplicant(values url.Values, id string) error {
	r, err := v.readerFor(access.List, access.Logbook)
	if err != nil {
		return err
	}
	f, err := v.in.Admission.Find(v.ctx(), r, id)
	if err != nil {
		return err
	}
	values.Set("name", f.Person.Name)
	values.Set("applicant", id)
	values.Set("org", asPicked(f.At))
	values.Set("org-id", f.At.ID)
	return nil
}

// holderNamed finds the only member of a name in an organisation, for the holder of an account, and where there is none the only
// one of that name on the way into the Party.
func (v *visit) holderNamed(n *access.NewAccount, home org.Organisation, name string) error {
	if name == "" {
		return nil
	}
	r, err := v.readerFor(access.See, access.Member)
	if err != nil {
		return err
	}
	page, err := v.in.Members.List(v.ctx(), r, member.Filter{Under: home.Path, Query: name, Limit: 50, On: v.today()})
	if err != nil {
		return err
	}
	var ids []string
	for _, m := range page.Items {
		if m.Name == name {
			ids = append(ids, m.ID)
		}
	}
	if len(ids) == 1 {
		n.Member = ids[0]
		return nil
	}
	if len(ids) == 0 {
		if ids, err = v.applicantsNamed(home, name); err != nil {
			return err
		}
		if len(ids) == 1 {
			n.Applicant = ids[0]
			return nil
		}
	}
	if len(ids) == 0 {
		return fault.New(fault.Invalid, "这个党组织没有叫“%s”的党员或者入党申请人。", name).At("member")
	}
	return fault.New(fault.Invalid, "有几个人叫“%s”，请选到具体的党支部。", name).At("member")
}

// memberNamed is holderNamed where only a member will do.
func (v *visit) memberNamed(home org.Organisation, name string) (string, error) {
	var n access.NewAccount
	err := v.holderNamed(&n, home, name)
	if err == nil && name != "" && n.Member == "" {
		err = fault.New(fault.Invalid, "这个党组织没有叫“%s”的党员。", name).At("member")
	}
	return n.Member, err
}

func (v *visit) applicantsNamed(home org.Organisation, name string) (ids []string, err error) {
	r, err := v.readerFor(access.List, access.Logbook)
	if err != nil {
		return nil, err
	}
	people, err := logbook.Applicants(v.ctx(), r, home.Path)
	for _, a := range people {
		if a.Name == name {
			ids = append(ids, a.ID)
		}
	}
	return ids, err
}
