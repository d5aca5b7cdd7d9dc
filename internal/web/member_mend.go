package web

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/member"
	"zhibu/internal/party/review"
	"zhibu/internal/party/roster"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// mending is a fact of a record that the visitor may mend.
func (v *visit) mending() (dossier, fact, error) {
	d, err := v.actOn(access.Mend)
	if err != nil {
		return d, fact{}, err
	}
	f, ok := factOf(v.r.PathValue("fact"))
	if !ok || f.kind == "" || !d.mask.Has(f.class) || d.m.State != member.Active {
		return d, f, fault.Missing()
	}
	return d, f, nil
}

func (s *Server) askMend(v *visit) error {
	d, f, err := v.mending()
	if err != nil {
		return err
	}
	page, err := v.mendPage(d, f, v.versioned(standing(d.m, f), d.m.Version))
	if err != nil {
		return err
	}
	return v.show(page)
}

// standing is what the form begins with: what stands, but for what is shown by its tail only.
func standing(m member.Member, f fact) url.Values {
	values := url.Values{}
	switch f.column {
	case roster.Joined:
		view.SetDay(values, "value", m.Joined)
	case roster.Confirmed:
		view.SetDay(values, "value", m.Confirmed)
	case roster.Name:
		values.Set("value", m.Name)
	case roster.Occupation:
		values.Set("value", m.Occupation)
	case roster.Ethnicity:
		values.Set("value", identity.Ethnicities.Name(m.Ethnicity))
	case roster.Education:
		values.Set("value", identity.Educations.Name(m.Education))
	case roster.Category:
		values.Set("value", m.Category.Name())
	case roster.Registry:
		values.Set("value", m.Registry.Name())
	case roster.Floating:
		values.Set("value", yesNo(m.Floating))
		values.Set("extra", m.FloatingTo)
	case roster.Lost:
		values.Set("value", yesNo(m.Lost))
		view.SetDay(values, "extra", m.LostOn)
	case roster.Care:
		values.Set("value", yesNo(m.Care))
	}
	return values
}

func (v *visit) mendPage(d dossier, f fact, form view.Form) (templ.Component, error) {
	out, err := v.mendForm(d, f, form)
	if err != nil {
		return nil, err
	}
	return view.MendPage(v.page(view.Say("更正：%s", f.label), view.PathMembers, memberCrumbs(d.m)...), out), nil
}

// mendForm is the control of a fact, with what stands now.
func (v *visit) mendForm(d dossier, f fact, form view.Form) (out view.MendForm, err error) {
	ref, err := v.ref(d)
	if err != nil {
		return out, err
	}
	tails, err := v.in.Members.Tails(v.ctx(), d.m)
	if err != nil {
		return out, err
	}
	out = view.MendForm{Form: form, Member: ref, Key: f.key, Label: f.label, Hint: f.hint, Now: f.value(d.m, tails, v.today()), Kind: f.kind,
		Sources: evidences(), Dated: f.dated}
	if f.options != nil {
		out.Options = f.options()
	}
	switch f.column {
	case roster.Floating:
		out.Extra = &view.Field{Name: "extra", Label: view.Say("外出流向"), Hint: view.Say("例如：某省某市。"), Optional: true, Max: 100}
	case roster.Lost:
		out.Extra, out.ExtraDay = &view.Field{Name: "extra", Label: view.Say("失去联系日期"), Optional: true}, true
	}
	return out, nil
}

// mend changes one fact. Nothing else is asked and nothing else changes.
func (s *Server) mend(v *visit) error {
	d, f, err := v.mending()
	if err != nil {
		return err
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	changes, basis, err := mended(f, values)
	var found []roster.Problem
	var out review.Outcome
	if err == nil {
		out, found, err = v.in.Reviews.Mend(v.ctx(), v.actor(), d.m.ID, versionOf(values), changes, basis)
	}
	if err == nil && !roster.Rejected(found) {
		v.entered(out, words.Mark("已经更正，旧的内容留在记录里。"))
		return v.to(view.PathMember(d.m.ID))
	}
	if err != nil && !wrong(err) {
		return err
	}
	return v.mendAgain(d, f, values, found, err, mendFields(f))
}

// mendFields says under which field of the form a fault about a fact is shown.
func mendFields(f fact) at {
	fields := at{string(f.column): "value", "value": "value", "extra": "extra", "since": "since", "on": "since", "document": "source", "source": "source", "reason": "reason"}
	switch f.column {
	case roster.Floating:
		fields[string(roster.FloatingTo)] = "extra"
	case roster.Lost:
		fields[string(roster.LostOn)] = "extra"
	}
	return fields
}

// entered says what became of an entry.
func (v *visit) entered(out review.Outcome, acted string) {
	if out.ID != "" {
		acted = words.Mark("已经提交，等另一个人审核。通过以前，档案里还是原来的内容。")
	}
	v.done(acted)
}

// mendAgain shows the form once more; after somebody else's change with what stands now and what was typed.
func (v *visit) mendAgain(d dossier, f fact, values url.Values, found []roster.Problem, err error, fields at) error {
	fresh, rerr := v.dossier(d.m.ID)
	if rerr != nil {
		return rerr
	}
	form := v.versioned(values, fresh.m.Version)
	status := http.StatusUnprocessableEntity
	switch {
	case err != nil && fault.Of(err) == fault.Conflict && fault.As(err).Field == "":
		status = http.StatusConflict
		if form.Changed, rerr = v.changedBy(fresh.m); rerr != nil {
			return rerr
		}
	case err != nil:
		form.Problems = []view.Problem{v.problem(err, fields)}
		status = statusOf(orInvalid(err))
		form.Version = values.Get(view.FieldVersion)
	default:
		form.Problems = v.problems(onlyErrors(found), fields)
		form.Version = values.Get(view.FieldVersion)
	}
	page, rerr := v.mendPage(fresh, f, form)
	if rerr != nil {
		return rerr
	}
	return v.answer(status, page)
}

// changedBy says who changed a record last.
func (v *visit) changedBy(m member.Member) (view.Text, error) {
	sources, err := v.in.Members.Sources(v.ctx(), m)
	if err != nil {
		return view.Text{}, err
	}
	var last member.Source
	for _, s := range sources {
		if s.At.After(last.At) {
			last = s
		}
	}
	if last.At.IsZero() {
		return view.Say("请看现在的内容。"), nil
	}
	return view.Say("%s在 %s 改过，现在的内容见“现在是”一栏。", view.Plain(last.Actor), words.Moment(last.At)), nil
}

// mended reads the changed facts as the roster's reader knows them.
func mended(f fact, values url.Values) (map[roster.Column]string, member.Basis, error) {
	out := map[roster.Column]string{}
	value := said(values, "value")
	switch f.kind {
	case view.MendDay:
		day, err := view.ReadDay(values, "value")
		if err != nil {
			return nil, member.Basis{}, err
		}
		value = day.String()
	case view.MendYesNo:
		if value != "yes" && value != "no" {
			return nil, member.Basis{}, fault.New(fault.Invalid, "请选择是或否。").At("value")
		}
		value = identity.Answer(value).Name()
		if err := extra(f, values, value == identity.Yes.Name(), out); err != nil {
			return nil, member.Basis{}, err
		}
	}
	out[f.column] = value
	since, err := view.ReadDay(values, "since")
	if err != nil {
		return nil, member.Basis{}, err
	}
	if said(values, "source") == "" {
		return nil, member.Basis{}, fault.New(fault.Invalid, "请选择依据什么材料。").At("source")
	}
	return out, member.Basis{On: since, Reason: said(values, "reason"), Document: said(values, "source")}, nil
}

// extra reads what belongs to a yes; a no clears it.
func extra(f fact, values url.Values, yes bool, out map[roster.Column]string) error {
	switch f.column {
	case roster.Floating:
		out[roster.FloatingTo] = ""
		if yes {
			out[roster.FloatingTo] = said(values, "extra")
		}
	case roster.Lost:
		out[roster.LostOn] = ""
		if yes {
			day, err := view.ReadDay(values, "extra")
			if err != nil {
				return err
			}
			out[roster.LostOn] = day.String()
		}
	}
	return nil
}
