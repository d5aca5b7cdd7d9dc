package web

import (
	"net/url"

	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

const checkedAtOnce = 50

// showRoleCheck lists the roles under the visitor that nobody has looked at in this quarter.
func (s *Server) showRoleCheck(v *visit) error {
	list, total, err := v.in.Access.Unchecked(v.ctx(), v.person, checkedAtOnce)
	if err != nil {
		return err
	}
	quarter, _ := access.Quarter(v.today())
	d := view.RoleCheck{Form: v.form(url.Values{}), Quarter: quarter, Total: total}
	if _, d.Late, err = v.in.Access.ChecksDue(v.ctx(), v.person); err != nil {
		return err
	}
	for _, h := range list {
		ref, err := v.orgNamedByID(h.Org)
		if err != nil {
			return err
		}
		d.Rows = append(d.Rows, view.RoleCheckRow{ID: h.ID, Account: h.Account, Name: h.Name, Login: h.Login, Role: view.RoleName(string(h.Role)), Org: ref,
			Period: period(h.Grant), Basis: h.Basis, For: h.ForName})
	}
	return v.show(view.RoleCheckPage(v.page(view.Say("复核角色"), view.PathAccounts, accountsCrumb), d))
}

// checkRoles confirms what was ticked, or all that the page showed.
func (s *Server) checkRoles(v *visit) error {
	if err := v.person.Need(access.Revoke, access.Granted); err != nil {
		return err
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	ids := values["id"]
	if values.Get("all") != "" {
		ids = values["page"]
	}
	if len(ids) == 0 {
		v.done(words.Mark("没有勾选，什么也没有改。"))
		return v.to(view.PathRoleCheck)
	}
	if err := v.in.Access.Check(v.ctx(), v.person, v.request, ids...); err != nil {
		return err
	}
	v.done(words.Mark("已经确认，记入日志。"))
	return v.to(view.PathRoleCheck)
}

// roleCheckTodo is the line on the workbench of whoever answers for roles.
func (v *visit) roleCheckTodo() (items []view.Todo, err error) {
	n, late, err := v.in.Access.ChecksDue(v.ctx(), v.person)
	if err != nil || n == 0 {
		return nil, err
	}
	t := view.Todo{Title: view.Say("复核角色"), URL: view.PathRoleCheck, Detail: view.Say("本季度还有 %d 项角色没有复核。", n), Late: late,
		Basis: view.Plain("GB/T 22239-2019 8.1.4.2"), Action: view.Say("去复核")}
	if late {
		t.Tag = view.Tag{Text: view.Say("已经晚了"), Kind: view.TagLate}
	}
	return []view.Todo{t}, nil
}
