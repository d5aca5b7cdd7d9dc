package web

import (
	"net/url"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// few is how many organisations a list to choose from may have; with more a field searches.
const few = 30

// pick resolves what a picker sent: a chosen id, an id of a list, a code with or without a name, a name. What is out
// of the reader's scope is not found, in the same words as what does not exist. When a text means several, they come
// back to choose from together with an Invalid at the field. An empty field gives the zero organisation.
func (v *visit) pick(r store.Reader, values url.Values, field string, kinds ...org.Kind) (o org.Organisation, choices []view.OrgRef, err error) {
	typed := said(values, field)
	for _, id := range []string{values.Get(field + "-id"), typed} {
		if id == "" || strings.ContainsRune(id, ' ') {
			continue
		}
		if o, err = org.ByID(v.ctx(), r, id); fault.Of(err) != fault.NotFound {
			return o, nil, err
		}
	}
	if typed == "" {
		return org.Organisation{}, nil, nil
	}
	if code, _, _ := strings.Cut(typed, " "); code != "" {
		if o, err = org.ByCode(v.ctx(), r, code); fault.Of(err) != fault.NotFound {
			return o, nil, err
		}
	}
	found, _, err := org.Find(v.ctx(), r, org.Search{Text: typed, Kinds: kinds, Limit: 8})
	if err != nil {
		return org.Organisation{}, nil, err
	}
	var same []org.Organisation
	for _, f := range found {
		if f.ShortName == typed || f.Name == typed {
			same = append(same, f)
		}
	}
	switch {
	case len(found) == 0:
		return org.Organisation{}, nil, fault.New(fault.Invalid, "没有找到这个党组织。可以写名称的一部分，或者写编号；在您工作范围以外的选不到。").At(field)
	case len(found) == 1:
		return found[0], nil, nil
	case len(same) == 1:
		return same[0], nil, nil
	}
	return org.Organisation{}, v.orgRefs(found), fault.New(fault.Invalid, "有几个党组织都符合，请从下面选一个。").At(field)
}

// mustPick is pick for a field that has to be filled.
func (v *visit) mustPick(r store.Reader, values url.Values, field string, kinds ...org.Kind) (org.Organisation, []view.OrgRef, error) {
	o, choices, err := v.pick(r, values, field, kinds...)
	if err == nil && o.ID == "" {
		err = fault.New(fault.Invalid, "请选择党组织。").At(field)
	}
	return o, choices, err
}

// asPicked is an organisation as a picker's field shows it.
func asPicked(o org.Organisation) string {
	if o.ID == "" {
		return ""
	}
	return o.Code + " " + o.ShortName
}

func (v *visit) orgRefs(list []org.Organisation) []view.OrgRef {
	var out []view.OrgRef
	for _, o := range list {
		out = append(out, v.orgRef(o))
	}
	return out
}

// orgRef names an organisation, with a link where the visitor may open it.
func (v *visit) orgRef(o org.Organisation) view.OrgRef {
	return view.OrgRef{ID: o.ID, Name: o.ShortName, Code: o.Code, Open: v.may(access.See, access.Org, o.Path, "")}
}

// fewOrgs lists the living organisations of some kinds to choose from, when the reader holds few; nil when there are
// many and a field has to search.
func (v *visit) fewOrgs(r store.Reader, blank view.Text, kinds ...org.Kind) ([]view.Option, error) {
	list, err := org.Few(v.ctx(), r, few, kinds...)
	if err != nil || list == nil {
		return nil, err
	}
	var out []view.Option
	if !blank.IsZero() {
		out = append(out, view.Option{Label: blank})
	}
	for _, o := range list {
		out = append(out, view.Option{Value: o.ID, Label: view.Plain(o.ShortName)})
	}
	return out, nil
}

func contains(kinds []org.Kind, k org.Kind) bool {
	for _, x := range kinds {
		if x == k {
			return true
		}
	}
	return false
}

// memberKinds are the kinds of organisations in which memberships are kept.
var memberKinds = []org.Kind{org.Branch, org.JointBranch}
