package web

import (
	"net/url"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// showPasskeys is the page on which somebody registers and removes the own passkeys. It is open to somebody whose duties
// ask for a second factor that is not there yet: a passkey is one.
func (s *Server) showPasskeys(v *visit) error {
	if to, ok := v.beforeFactor(); ok {
		return to()
	}
	page, err := v.passkeysPage(v.form(url.Values{}))
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) passkeysPage(f view.Form) (templ.Component, error) {
	list, err := v.ownPasskeys()
	if err != nil {
		return nil, err
	}
	crumbs := []view.Link{}
	if v.person.Ready() {
		crumbs = append(crumbs, accountCrumb)
	}
	d := view.Passkeys{Form: f, Key: v.passkeyAsk(view.PathPasskeysAsk), List: list}
	return view.PasskeysPage(v.page(view.Say("通行密钥"), "", crumbs...), d), nil
}

func (v *visit) ownPasskeys() ([]view.Passkey, error) {
	list, err := v.in.Access.Passkeys(v.ctx(), v.person.Account)
	out := make([]view.Passkey, len(list))
	for i, k := range list {
		out[i] = view.Passkey{ID: k.ID, Name: k.Name, Made: words.Moment(k.Made), Doubtful: k.Doubtful}
		if !k.Used.IsZero() {
			out[i].Used = words.Moment(k.Used)
		}
	}
	return out, err
}

func (s *Server) askNewPasskey(v *visit) error {
	if to, ok := v.beforeFactor(); ok {
		return to()
	}
	return v.question(s.passkeys.AskRegister(v.ctx(), v.person, v.asked(false)))
}

// changePasskeys registers a passkey or removes one.
func (s *Server) changePasskeys(v *visit) error {
	if to, ok := v.beforeFactor(); ok {
		return to()
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	done, fields := "", at{"name": "name", "password": "password"}
	switch values.Get("act") {
	case "add":
		done = words.Mark("通行密钥已经登记，下次可以用它登录。")
		err = s.passkeys.Register(v.ctx(), v.person, v.from(), v.asked(false), values.Get("password"), values.Get("name"), values.Get("answer"))
	case "remove":
		done, fields = words.Mark("通行密钥已经删除，不能再用它登录。"), at{"passkey": "passkey", "password": "password-remove"}
		if values.Get("passkey") == "" {
			err = fault.New(fault.Invalid, "请选择要删除的通行密钥。").At("passkey")
			break
		}
		err = v.in.Access.RemovePasskey(v.ctx(), v.person, v.from(), values.Get("password-remove"), values.Get("passkey"))
	default:
		err = fault.Missing()
	}
	if err == nil {
		v.done(done)
		if !v.person.Ready() { // it was what was missing
			return v.to(view.PathWorkbench)
		}
		return v.to(view.PathPasskeys)
	}
	if !wrong(err) {
		return err
	}
	f := v.form(url.Values{"name": values["name"]})
	f.Problems = []view.Problem{v.problem(err, fields)}
	page, perr := v.passkeysPage(f)
	if perr != nil {
		return perr
	}
	return v.again(err, page)
}
