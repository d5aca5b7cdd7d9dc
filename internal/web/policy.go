package web

import (
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// showPolicy shows the settings of passwords, locks and sessions.
func (s *Server) showPolicy(v *visit) error {
	values := url.Values{}
	policy, err := v.in.Access.Policy(v.ctx())
	if err != nil {
		return err
	}
	for id, n := range policy {
		values.Set(id, strconv.Itoa(n))
	}
	page, err := v.policyPage(v.form(values))
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) policyPage(f view.Form) (templ.Component, error) {
	may := v.person.May(access.Mend, access.Security)
	if !may {
		if err := v.person.Need(access.See, access.Setting); err != nil {
			return nil, err
		}
	}
	d := view.Policy{Form: f, May: may}
	for _, k := range access.Knobs() {
		d.Knobs = append(d.Knobs, view.Knob{ID: k.ID, Label: view.Say(k.Text), Value: f.Value(k.ID), Standard: k.Standard, Min: k.Min, Max: k.Max})
	}
	return view.PolicyPage(v.page(view.Say("安全设置"), view.PathPolicy), d), nil
}

// changePolicy changes the settings that differ; when one of them is out of bounds, none.
func (s *Server) changePolicy(v *visit) error {
	if err := v.person.Need(access.Mend, access.Security); err != nil {
		return err
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	next := map[string]int{}
	f := v.form(values)
	for _, k := range access.Knobs() {
		n, err := strconv.Atoi(said(values, k.ID))
		if err != nil || n < k.Min || n > k.Max {
			f.Problems = append(f.Problems, v.problem(fault.New(fault.Invalid, "请填 %d 到 %d 之间的数。", k.Min, k.Max).At(k.ID), at{k.ID: k.ID}))
		}
		next[k.ID] = n
	}
	if len(f.Problems) > 0 {
		page, err := v.policyPage(f)
		if err != nil {
			return err
		}
		return v.again(fault.New(fault.Invalid, "设置没有改。"), page)
	}
	if err := v.in.Access.SetPolicies(v.ctx(), v.person, v.request, next); err != nil {
		return err
	}
	v.done(words.Mark("安全设置已经改好，马上起作用。"))
	return v.to(view.PathPolicy)
}
