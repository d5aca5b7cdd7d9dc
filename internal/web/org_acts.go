package web

import (
	"fmt"
	"net/url"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// Dated acts of an organisation. Each has a form (GET) and its sending (POST).

var orgFields = at{"parent": "name", "code": "code", "name": "name", "shortName": "short", "kind": "kind", "unit": "unit", "unitKind": "unit-kind",
	"credit": "credit", "contact": "contact", "phone": "phone", "day": "day", "reason": "reason", "document": "decision", "decision": "decision",
	"target": "target", "until": "until", "members": "members", "children": "children", "title": "title", "member": "member", "holder": "member"}

// orgAct is one of them: its right, its form and what sending it proposes, which waits for a second person. ask gives what
// the form begins with.
type orgAct struct {
	action access.Action
	kind   string
	ask    func(v *visit, o org.Organisation) (url.Values, error)
	page   func(v *visit, o org.Organisation, f view.Form, choices []view.OrgRef) (templ.Component, error)
	plan   func(v *visit, o org.Organisation, values url.Values) (p org.Plan, choices []view.OrgRef, err error)
	post   bool // it is about a post of the organisation that the address names
}

// form serves the form of an act.
func (a orgAct) form(v *visit) error {
	_, o, err := v.orgOf(a.action)
	if err != nil {
		return err
	}
	values, err := v.typedPlan(a.kind, o)
	if err != nil {
		return err
	}
	if a.ask != nil && len(values) == 0 {
		if values, err = a.ask(v, o); err != nil {
			return err
		}
	}
	if values.Get("day") == "" && a.kind != org.ActName {
		values.Set("day", v.today().String())
	}
	version, err := a.version(v, o)
	if err != nil {
		return err
	}
	page, err := a.page(v, o, v.versioned(values, version), nil)
	if err != nil {
		return err
	}
	return v.show(page)
}

// version is the one that the form carries: of the post that it is about, or of the organisation.
func (a orgAct) version(v *visit, o org.Organisation) (int64, error) {
	if !a.post {
		return o.Version, nil
	}
	p, err := v.postOf(o)
	return p.Version, err
}

// send files the act, or shows the form once more with what was typed and, after somebody else's change, the new
// version.
func (a orgAct) send(v *visit) error {
	_, o, err := v.orgOf(a.action)
	if err != nil {
		return err
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	to, choices, err := a.act(v, o, values)
	if err == nil {
		return v.to(to)
	}
	if !wrong(err) {
		return err
	}
	_, fresh, rerr := v.orgOf(a.action)
	if rerr != nil {
		return rerr
	}
	version, rerr := a.version(v, fresh)
	if rerr != nil {
		return rerr
	}
	f := v.versioned(values, version)
	if e := fault.As(err); e.Kind == fault.Conflict && e.Field == "version" {
		f.Changed = view.Plain(words.Error(v.ctx(), err))
	} else {
		f.Version = values.Get(view.FieldVersion)
		f.Problems = []view.Problem{v.problem(err, orgFields)}
	}
	page, rerr := a.page(v, fresh, f, choices)
	if rerr != nil {
		return rerr
	}
	return v.again(err, page)
}

// act files it and says where to go on.
func (a orgAct) act(v *visit, o org.Organisation, values url.Values) (to string, choices []view.OrgRef, err error) {
	b, err := orgBasis(values)
	if err != nil {
		return "", nil, err
	}
	var p org.Plan
	if a.plan != nil {
		if p, choices, err = a.plan(v, o, values); err != nil {
			return "", choices, err
		}
	}
	p.Kind, p.ID, p.Basis = a.kind, o.ID, b
	out, err := v.in.Reviews.ProposeOrg(v.ctx(), v.actor(), p, versionOf(values), values.Get(view.FieldMended))
	if err != nil {
		return "", nil, err
	}
	v.done(words.Mark("已经提交，等上级的审核人审核。通过以前，党组织还是原来的样子。"))
	return view.PathOrgReview(out.ID), nil, nil
}

// reshaped forgets what was kept of the tree.
func (s *Server) reshaped() {
	s.structures.drop()
	s.kinds.drop()
}

// orgBasis is basis for an act on an organisation.
func orgBasis(values url.Values) (org.Basis, error) {
	b, err := basis(values)
	return org.Basis(b), err
}

var establish = orgAct{
	action: access.Establish,
	kind:   org.ActEstablish,
	page: func(v *visit, o org.Organisation, f view.Form, _ []view.OrgRef) (templ.Component, error) {
		out := view.EstablishForm{Form: f, Parent: v.orgRef(o)}
		for _, k := range o.Kind.Below() {
			out.Kinds = append(out.Kinds, view.Option{Value: string(k), Label: view.Say(k.Name())})
		}
		return view.EstablishPage(v.page(view.Say("设立党组织"), view.PathOrganisations, v.orgCrumbs(o)...), out), nil
	},
	plan: func(v *visit, o org.Organisation, values url.Values) (p org.Plan, _ []view.OrgRef, err error) {
		p = org.Plan{Code: said(values, "code"), Name: values.Get("name"), ShortName: values.Get("short"), Sort: org.Kind(values.Get("kind")),
			Facts: org.Facts{CreditCode: said(values, "credit"), Phone: said(values, "phone")}}
		if p.Code == "" {
			p.Code, err = v.nextCode(o)
		}
		return p, nil, err
	},
}

// nextCode continues the codes below an organisation.
func (v *visit) nextCode(o org.Organisation) (string, error) {
	n, err := org.CountChildren(v.ctx(), v.reader(), o.ID)
	if err != nil {
		return "", err
	}
	for i := n + 1; i < n+1000; i++ {
		code := fmt.Sprintf("%s%03d", o.Code, i)
		_, err := org.ByCode(v.ctx(), v.in.DB.As(store.System("is a code free")), code)
		if fault.Of(err) != fault.NotFound {
			if err != nil {
				return "", err
			}
			continue
		}
		if waits, err := v.in.Reviews.OrgCodeWaits(v.ctx(), code); err != nil || !waits {
			return code, err
		}
	}
	return "", fault.New(fault.Invalid, "请填写党组织编码。").At("code")
}

var rename = orgAct{
	action: access.Rename,
	kind:   org.ActRename,
	ask: func(_ *visit, o org.Organisation) (url.Values, error) {
		values := url.Values{"name": {o.Name}}
		if o.ShortName != o.Name {
			values.Set("short", o.ShortName)
		}
		return values, nil
	},
	page: func(v *visit, o org.Organisation, f view.Form, _ []view.OrgRef) (templ.Component, error) {
		return view.RenamePage(v.page(view.Say("更名"), view.PathOrganisations, v.orgCrumbs(o)...), view.RenameForm{Form: f, Org: v.orgRef(o)}), nil
	},
	plan: func(_ *visit, _ org.Organisation, values url.Values) (org.Plan, []view.OrgRef, error) {
		return org.Plan{Name: values.Get("name"), ShortName: values.Get("short")}, nil, nil
	},
}

// earlierName enters late what an organisation was called before.
var earlierName = orgAct{
	action: access.Rename,
	kind:   org.ActName,
	page: func(v *visit, o org.Organisation, f view.Form, _ []view.OrgRef) (templ.Component, error) {
		return view.OrgNamePage(v.page(view.Say("补记以前的名称"), view.PathOrganisations, v.orgCrumbs(o)...), view.RenameForm{Form: f, Org: v.orgRef(o)}), nil
	},
	plan: func(_ *visit, _ org.Organisation, values url.Values) (p org.Plan, _ []view.OrgRef, err error) {
		p = org.Plan{Name: values.Get("name"), ShortName: values.Get("short")}
		p.Until, err = view.ReadDay(values, "until")
		return p, nil, err
	},
}

var changeFacts = orgAct{
	action: access.Mend,
	kind:   org.ActChange,
	ask: func(_ *visit, o org.Organisation) (url.Values, error) {
		return url.Values{"unit": {o.Unit}, "unit-kind": {string(o.UnitKind)}, "credit": {o.CreditCode}, "contact": {o.Contact}}, nil
	},
	page: func(v *visit, o org.Organisation, f view.Form, _ []view.OrgRef) (templ.Component, error) {
		out := view.FactsForm{Form: f, Org: v.orgRef(o), HasPhone: o.HasPhone(), Kinds: []view.Option{{Label: view.Say("没有填")}}}
		for _, k := range org.UnitKinds {
			out.Kinds = append(out.Kinds, view.Option{Value: k.ID, Label: view.Say(k.Name)})
		}
		return view.OrgFactsPage(v.page(view.Say("更正单位和联系方式"), view.PathOrganisations, v.orgCrumbs(o)...), out), nil
	},
	plan: func(_ *visit, _ org.Organisation, values url.Values) (org.Plan, []view.OrgRef, error) {
		facts := org.Facts{Unit: values.Get("unit"), UnitKind: org.UnitKind(values.Get("unit-kind")), CreditCode: said(values, "credit"),
			Contact: values.Get("contact"), Phone: said(values, "phone")}
		return org.Plan{Facts: facts, NoPhone: values.Get("no-phone") == "yes"}, nil, nil
	},
}

var moveOrg = orgAct{
	action: access.Move,
	kind:   org.ActMove,
	page: func(v *visit, o org.Organisation, f view.Form, choices []view.OrgRef) (templ.Component, error) {
		out := view.OrgMoveForm{Form: f, Org: v.orgRef(o), Choices: choices}
		lineage, err := org.Lineage(v.ctx(), v.reader(), o.Path)
		if err != nil {
			return nil, err
		}
		if n := len(lineage); n > 1 {
			out.Parent = stepRef(lineage[n-2])
		}
		if out.Members, out.Below, err = v.weight(o); err != nil {
			return nil, err
		}
		return view.OrgMovePage(v.page(view.Say("调整隶属"), view.PathOrganisations, v.orgCrumbs(o)...), out), nil
	},
	plan: toTarget(access.Move),
}

// toTarget plans an act that names another organisation, where the visitor may do the same.
func toTarget(action access.Action) func(v *visit, o org.Organisation, values url.Values) (org.Plan, []view.OrgRef, error) {
	return func(v *visit, _ org.Organisation, values url.Values) (p org.Plan, choices []view.OrgRef, err error) {
		r, err := v.readerFor(action, access.Org)
		if err != nil {
			return p, nil, err
		}
		to, choices, err := v.mustPick(r, values, "target", org.Committee, org.GeneralBranch, org.Branch, org.JointBranch)
		p.Target = to.ID
		return p, choices, err
	}
}

// weight counts who and what goes with an organisation.
func (v *visit) weight(o org.Organisation) (members, below int, err error) {
	heads, err := v.headsOf(o)
	if err != nil {
		return 0, 0, err
	}
	below, err = org.CountChildren(v.ctx(), v.reader(), o.ID)
	return heads, below, err
}

var abolish = orgAct{
	action: access.Abolish,
	kind:   org.ActAbolish,
	page: func(v *visit, o org.Organisation, f view.Form, _ []view.OrgRef) (templ.Component, error) {
		members, below, err := v.weight(o)
		if err != nil {
			return nil, err
		}
		out := view.AbolishForm{Form: f, Org: v.orgRef(o), Members: members, Below: below}
		return view.AbolishPage(v.page(view.Say("撤销"), view.PathOrganisations, v.orgCrumbs(o)...), out), nil
	},
}

var reopen = orgAct{
	action: access.Abolish,
	kind:   org.ActReopen,
	page: func(v *visit, o org.Organisation, f view.Form, _ []view.OrgRef) (templ.Component, error) {
		out := view.ReopenForm{Form: f, Org: v.orgRef(o), Act: view.Act{Day: o.Abolished}}
		return view.ReopenPage(v.page(view.Say("恢复"), view.PathOrganisations, v.orgCrumbs(o)...), out), nil
	},
}

// mostHolders is how many members a list to choose the holder of a post from may have.
const mostHolders = 60

var addPost = orgAct{
	action: access.Post,
	kind:   org.ActAddPost,
	page: func(v *visit, o org.Organisation, f view.Form, _ []view.OrgRef) (templ.Component, error) {
		out := view.PostForm{Form: f, Org: v.orgRef(o), Titles: []view.Option{{Label: view.Say("请选择")}}}
		for _, t := range org.TitlesFor(o.Kind) {
			out.Titles = append(out.Titles, view.Option{Value: t.ID, Label: view.Say(t.Name)})
		}
		list, err := v.in.Members.List(v.ctx(), v.reader(), member.Filter{Under: o.Path, On: v.today(), Limit: mostHolders})
		if err != nil {
			return nil, err
		}
		if list.Next == "" && len(list.Items) > 0 {
			out.Members = append(out.Members, view.Option{Label: view.Say("请选择")})
			for _, m := range list.Items {
				out.Members = append(out.Members, view.Option{Value: m.ID, Label: view.Plain(m.Name)})
			}
		}
		return view.PostPage(v.page(view.Say("登记任职"), view.PathOrganisations, v.orgCrumbs(o)...), out), nil
	},
	plan: func(v *visit, o org.Organisation, values url.Values) (org.Plan, []view.OrgRef, error) {
		id, err := v.holderOf(o, said(values, "member"))
		return org.Plan{Title: values.Get("title"), Member: id}, nil, err
	},
}

// holderOf finds whom a form means: the id of a list, or a name below the organisation that only one member bears.
func (v *visit) holderOf(o org.Organisation, typed string) (string, error) {
	if typed == "" {
		return "", fault.New(fault.Invalid, "请选择或者填写任职的人。").At("member")
	}
	if m, err := v.in.Members.ByID(v.ctx(), v.reader(), typed); fault.Of(err) != fault.NotFound {
		return m.ID, err
	}
	list, err := v.in.Members.List(v.ctx(), v.reader(), member.Filter{Under: o.Path, Query: typed, On: v.today(), Limit: 20})
	if err != nil {
		return "", err
	}
	var same []string
	for _, m := range list.Items {
		if m.Name == typed {
			same = append(same, m.ID)
		}
	}
	switch len(same) {
	case 0:
		return "", fault.New(fault.Invalid, "本级和下级党组织里没有叫这个名字的党员，请核对姓名。").At("member")
	case 1:
		return same[0], nil
	}
	return "", fault.New(fault.Invalid, "有 %d 名党员同名，请到其所在支部登记任职。", len(same)).At("member")
}

// endPost takes somebody out of a post.
var endPost = orgAct{
	action: access.Post,
	kind:   org.ActEndPost,
	post:   true,
	page: func(v *visit, o org.Organisation, f view.Form, _ []view.OrgRef) (templ.Component, error) {
		p, err := v.postOf(o)
		if err != nil {
			return nil, err
		}
		return view.PostEndPage(v.page(view.Say("登记离任"), view.PathOrganisations, v.orgCrumbs(o)...), view.PostEndForm{Form: f, Org: v.orgRef(o), Post: v.holder(p)}), nil
	},
	plan: func(v *visit, o org.Organisation, _ url.Values) (org.Plan, []view.OrgRef, error) {
		p, err := v.postOf(o)
		return org.Plan{Post: p.ID}, nil, err
	},
}

// postOf reads the post of the address, one of an organisation that the visitor may change the posts of.
func (v *visit) postOf(o org.Organisation) (org.Post, error) {
	r, err := v.readerFor(access.Post, access.Org)
	if err != nil {
		return org.Post{}, err
	}
	p, err := org.PostByID(v.ctx(), r, v.r.PathValue("post"))
	if err == nil && p.Organisation != o.ID {
		err = fault.Missing()
	}
	return p, err
}
