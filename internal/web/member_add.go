package web

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// addFields says under which field of the form a fault of the rooms is shown.
var addFields = at{"name": "name", "idNumber": "idno", "organisation": "org", "org": "org", "category": "category", "joined": "joined",
	"confirmed": "confirmed", "ethnicity": "ethnic", "education": "education", "occupation": "work", "mobile": "phone", "document": "source",
	"source": "source", "reason": "reason"}

func (s *Server) askNewMember(v *visit) error {
	r, err := v.readerFor(access.Add, access.Member)
	if err != nil {
		return err
	}
	values := url.Values{"category": {identity.Probationary.Name()}}
	if id := v.r.URL.Query().Get("org"); id != "" {
		o, err := org.ByID(v.ctx(), r, id)
		if err != nil {
			return err
		}
		values.Set("org", id)
		values.Set("org-shown", asPicked(o))
	}
	if id := v.r.URL.Query().Get("applicant"); id != "" {
		if err := v.fromCase(id, values); err != nil {
			return err
		}
	}
	page, err := v.newMemberPage(view.MemberNew{Form: v.form(values)})
	if err != nil {
		return err
	}
	return v.show(page)
}

// fromCase fills in what the case of an applicant whom the assembly has admitted tells.
func (v *visit) fromCase(id string, values url.Values) error {
	r, err := v.readerFor(access.List, access.Logbook)
	if err != nil {
		return err
	}
	f, err := v.in.Admission.Find(v.ctx(), r, id)
	if err != nil {
		return err
	}
	values.Set("org", f.At.ID)
	values.Set("org-shown", asPicked(f.At))
	values.Set("name", f.Person.Name)
	view.SetDay(values, "joined", f.Steps[stepIndex(f, "15")].On())
	return nil
}

func (v *visit) newMemberPage(d view.MemberNew) (templ.Component, error) {
	r, err := v.readerFor(access.Add, access.Member)
	if err != nil {
		return nil, err
	}
	if d.Orgs, err = v.fewOrgs(r, view.Say("请选择"), memberKinds...); err != nil {
		return nil, err
	}
	if shown := d.Form.Values.Get("org-shown"); d.Orgs == nil && shown != "" {
		d.Form.Values.Set("org", shown)
	}
	if len(d.Orgs) == 2 && d.Form.Values.Get("org") == "" { // one branch: it is the one
		d.Form.Values.Set("org", d.Orgs[1].Value)
	}
	d.Categories, d.Ethnics, d.Educations, d.Sources = categories(), ethnicities(), educations(), evidences()
	return view.MemberNewPage(v.page(view.Say("登记党员"), view.PathMembers, view.Link{Text: view.Say("党员"), URL: view.PathMembers}), d), nil
}

// addMember registers one member. Somebody of the same name is shown first; sent once more it is done.
func (s *Server) addMember(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	r, err := v.readerFor(access.Add, access.Member)
	if err != nil {
		return err
	}
	d := view.MemberNew{}
	typed, err := typedFacts(values)
	var place org.Organisation
	if err == nil {
		place, d.OrgChoices, err = v.mustPick(r, values, "org", memberKinds...)
	}
	if err == nil && said(values, "source") == "" {
		err = fault.New(fault.Invalid, "请选择信息来自什么材料。").At("source")
	}
	if err == nil {
		if d.Same, err = v.namesakes(r, said(values, "name"), values); err != nil {
			return err
		}
		if len(d.Same) > 0 {
			f := v.form(values)
			f.Version = said(values, "name")
			d.Form = f
			return v.newMemberAgain(http.StatusConflict, d)
		}
	}
	var id string
	var found []roster.Problem
	if err == nil {
		b := member.Basis{Reason: said(values, "reason"), Document: said(values, "source")}
		id, found, err = v.in.Reviews.Add(v.ctx(), v.actor(), place.ID, typed, b)
	}
	switch {
	case err != nil && !wrong(err):
		return err
	case err != nil || roster.Rejected(found):
		d.Form = v.form(values)
		d.Form.Version = said(values, view.FieldVersion)
		d.Form.Problems = v.problems(onlyErrors(found), addFields)
		if err != nil {
			d.Form.Problems = append(d.Form.Problems, v.problem(err, addFields))
		}
		return v.newMemberAgain(statusOf(orInvalid(err)), d)
	}
	v.done(words.Mark("已经登记，等待审核。"))
	return v.to(view.PathMember(id))
}

func orInvalid(err error) error {
	if err == nil || fault.Of(err) == fault.NotFound {
		return fault.New(fault.Invalid, "填的内容有问题")
	}
	return err
}

func (v *visit) newMemberAgain(status int, d view.MemberNew) error {
	page, err := v.newMemberPage(d)
	if err != nil {
		return err
	}
	return v.answer(status, page)
}

func onlyErrors(list []roster.Problem) []roster.Problem {
	var out []roster.Problem
	for _, p := range list {
		if p.Level == roster.Error {
			out = append(out, p)
		}
	}
	return out
}

// typedFacts reads the facts of a form; dates come as three inputs.
func typedFacts(values url.Values) (map[roster.Column]string, error) {
	out := map[roster.Column]string{}
	for key, c := range map[string]roster.Column{"name": roster.Name, "idno": roster.IDNumber, "category": roster.Category, "ethnic": roster.Ethnicity,
		"education": roster.Education, "work": roster.Occupation, "phone": roster.Mobile} {
		out[c] = said(values, key)
	}
	for key, c := range map[string]roster.Column{"joined": roster.Joined, "confirmed": roster.Confirmed} {
		day, err := view.ReadDay(values, key)
		if err != nil {
			return nil, err
		}
		out[c] = day.String()
	}
	return out, nil
}

// namesakes are the members of the same name in scope, unless they have been shown already.
func (v *visit) namesakes(r store.Reader, name string, values url.Values) ([]view.MemberRef, error) {
	if name == "" || values.Get(view.FieldVersion) == name {
		return nil, nil
	}
	page, err := v.in.Members.List(v.ctx(), r, member.Filter{Query: name, Limit: 20, On: v.today()})
	if err != nil {
		return nil, err
	}
	var out []view.MemberRef
	for _, m := range page.Items {
		if m.Name != name {
			continue
		}
		steps, err := org.Steps(v.ctx(), v.reader(), []string{m.OrgPath})
		if err != nil {
			return nil, err
		}
		out = append(out, view.MemberRef{ID: m.ID, Name: m.Name, Branch: stepRef(steps[m.OrgPath])})
	}
	return out, nil
}
