package web

import (
	"net/url"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

var lendFields = at{"grant": "grant", "account": "account", "day": "day", "until": "until", "reason": "reason", "org": "grant", "role": "grant"}

// showDeputies is what one lends to others and has from others.
func (s *Server) showDeputies(v *visit) error {
	page, err := v.deputiesPage(v.form(url.Values{"day": {v.today().String()}}))
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) deputiesPage(f view.Form) (templ.Component, error) {
	d := view.Deputies{Form: f}
	for _, g := range v.person.Grants {
		ref, err := v.orgNamedByID(g.Org)
		if err != nil {
			return nil, err
		}
		switch {
		case g.For != "":
			d.Given = append(d.Given, view.Lent{ID: g.ID, Who: g.ForName, Role: view.RoleName(string(g.Role)), Org: ref, Period: period(g), Basis: g.Basis})
		case g.Role != access.PlainMember:
			d.Own = append(d.Own, view.Option{Value: g.ID, Label: view.Say("%s，%s", view.RoleName(string(g.Role)), view.Plain(ref.Name))})
		}
	}
	if len(d.Own) == 1 && f.Value("grant") == "" {
		f.Values.Set("grant", d.Own[0].Value)
	}
	lent, err := v.in.Access.LentBy(v.ctx(), v.person)
	if err != nil {
		return nil, err
	}
	for _, l := range lent {
		ref, err := v.orgNamedByID(l.Org)
		if err != nil {
			return nil, err
		}
		d.Lent = append(d.Lent, view.Lent{ID: l.ID, Who: l.Name, Role: view.RoleName(string(l.Role)), Org: ref, Period: period(l.Grant), Basis: l.Basis})
	}
	return view.DeputiesPage(v.page(view.Say("委托代理"), "", view.Link{Text: view.Say("我的账号"), URL: view.PathAccount}), d), nil
}

// changeDeputies lends a duty or ends a lending.
func (s *Server) changeDeputies(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	done := ""
	switch values.Get("act") {
	case "lend":
		done, err = words.Mark("委托好了，从开始那天起作用。"), v.lend(values)
	case "end":
		done, err = words.Mark("委托已经结束。"), v.in.Access.EndLending(v.ctx(), v.person, v.request, values.Get("lent"))
	default:
		err = fault.Missing()
	}
	if err == nil {
		v.done(done)
		return v.to(view.PathDeputies)
	}
	f := fault.As(err)
	if !wrong(err) && (f == nil || f.Rule != access.RuleLend && f.Rule != access.RuleSeparate) {
		return err
	}
	again := v.form(values)
	again.Problems = []view.Problem{v.problem(err, lendFields)}
	page, perr := v.deputiesPage(again)
	if perr != nil {
		return perr
	}
	return v.again(err, page)
}

func (v *visit) lend(values url.Values) (err error) {
	l := access.Lending{Grant: values.Get("grant"), To: said(values, "account"), Reason: said(values, "reason")}
	if l.From, err = view.ReadDay(values, "day"); err != nil {
		return err
	}
	if l.Until, err = view.ReadDay(values, "until"); err != nil {
		return err
	}
	if l.Grant == "" {
		return fault.New(fault.Invalid, "请选择要委托的职责。").At("grant")
	}
	_, err = v.in.Access.Lend(v.ctx(), v.person, v.request, l)
	return err
}
