package web

import (
	"net/url"

	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// accountAct is something done to the account of the address. It gives the sentence for the next page.
type accountAct func(v *visit, id string, values url.Values) (done string, choices []view.OrgRef, err error)

// actOnAccount does it, or shows the account once more with what was wrong.
func actOnAccount(act accountAct) handler {
	return func(v *visit) error {
		id := v.r.PathValue("id")
		if _, err := v.in.Access.Account(v.ctx(), v.person, id); err != nil {
			return err
		}
		values, err := v.posted()
		if err != nil {
			return err
		}
		done, choices, err := act(v, id, values)
		if err == nil {
			v.done(done)
			return v.to(view.PathAccountOf(id))
		}
		if !wrong(err) {
			return err
		}
		f := v.form(values)
		fields := at{"reason": "reason", "service": "service", "subject": "subject", "link-why": "link-why", "unlink-why": "unlink-why"}
		for from, to := range accountFields {
			fields[from] = to
		}
		for _, name := range []string{"why", "lost"} {
			if values.Has(name) {
				fields["reason"] = name
			}
		}
		f.Problems = []view.Problem{v.problem(err, fields)}
		page, perr := v.accountPage(f, choices)
		if perr != nil {
			return perr
		}
		return v.again(err, page)
	}
}

func lockAccount(v *visit, id string, values url.Values) (string, []view.OrgRef, error) {
	reason := said(values, "reason")
	switch values.Get("how") {
	case "sessions":
		return words.Mark("这个账号已经从所有设备退出。"), nil, v.in.Access.EndSessions(v.ctx(), v.person, v.request, id, reason)
	case "disable":
		return words.Mark("账号已经停用，所有设备都已退出。"), nil, v.in.Access.Disable(v.ctx(), v.person, v.request, id, reason)
	case "lock":
		return words.Mark("账号已经锁定，所有设备都已退出。"), nil, v.in.Access.Lock(v.ctx(), v.person, v.request, id, reason)
	}
	return "", nil, fault.Missing()
}

func unlockAccount(v *visit, id string, values url.Values) (string, []view.OrgRef, error) {
	return words.Mark("账号已经恢复使用。"), nil, v.in.Access.Unlock(v.ctx(), v.person, v.request, id, said(values, "why"))
}

func dropFactor(v *visit, id string, values url.Values) (string, []view.OrgRef, error) {
	return words.Mark("动态验证码已经停用，所有设备都已退出；需要它的人下次登录时重新绑定。"), nil, v.in.Access.DropFactor(v.ctx(), v.person, v.request, id, said(values, "lost"))
}

// proveHolder puts down who the holder is: the own record or an ID number.
func proveHolder(v *visit, id string, values url.Values) (string, []view.OrgRef, error) {
	e, err := v.in.Access.Account(v.ctx(), v.person, id)
	if err != nil {
		return "", nil, err
	}
	proof := access.Proof{Number: values.Get("number")}
	values.Del("number")
	if name := said(values, "member"); name != "" {
		home, err := org.ByID(v.ctx(), v.reader(), e.Org)
		if err != nil {
			return "", nil, err
		}
		if proof.Member, err = v.memberNamed(home, name); err != nil {
			return "", nil, err
		}
	}
	return words.Mark("本人是谁已经记下。"), nil, v.in.Access.Prove(v.ctx(), v.person, v.request, id, proof)
}

func grantRole(v *visit, id string, values url.Values) (string, []view.OrgRef, error) {
	r, err := v.readerFor(access.Add, access.Granted)
	if err != nil {
		return "", nil, err
	}
	o, choices, err := v.mustPick(r, values, "org")
	if err != nil {
		return "", choices, err
	}
	if said(values, "role") == "" {
		return "", nil, fault.New(fault.Invalid, "请选择角色。").At("role")
	}
	g, err := grantOf(values, o)
	if err == nil {
		_, err = v.in.Access.Grant(v.ctx(), v.person, v.request, id, g)
	}
	return words.Mark("角色已经授予，马上起作用。"), nil, err
}

func revokeRole(v *visit, id string, values url.Values) (string, []view.OrgRef, error) {
	return words.Mark("角色已经收回，马上起作用；历史还在。"), nil, v.in.Access.Revoke(v.ctx(), v.person, v.request, id, values.Get("post"), "收回角色")
}
