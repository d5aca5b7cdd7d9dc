package web

import (
	"cmp"
	"net/http"
	"strings"

	"zhibu/internal/party/duty"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// childrenShown bounds a level of the tree.
const childrenShown = 100

// showTree is the tree from where the visitor's work begins, its first level open; or what a search has found.
func (s *Server) showTree(v *visit) error {
	r, err := v.readerFor(access.List, access.Org)
	if err != nil {
		return err
	}
	d := view.OrgTree{Query: said(v.r.URL.Query(), "q"), Today: v.today(), AsOf: view.LookBack{Path: view.PathOrganisations, Today: v.today()}}
	if d.AsOf.Day, err = v.asOf(); err != nil {
		return err
	}
	if !d.AsOf.Day.IsZero() && d.Query == "" {
		if d.Nodes, err = v.treeAsOf(r, d.AsOf.Day); err != nil {
			return err
		}
		return v.show(view.OrgTreePage(v.page(view.Say("党组织"), view.PathOrganisations), d))
	}
	report, err := v.structure(r)
	if err != nil {
		return err
	}
	for _, k := range org.Kinds {
		if n := report[k]; n > 0 {
			d.Kinds = append(d.Kinds, view.Bar{Label: view.Say(k.Name()), N: n})
			d.Total += n
		}
	}
	if d.Query != "" {
		d.Found, err = v.findOrgs(r, d.Query)
	} else {
		d.Nodes, err = v.treeFrom(r)
	}
	if err != nil {
		return err
	}
	return v.show(view.OrgTreePage(v.page(view.Say("党组织"), view.PathOrganisations), d))
}

func (v *visit) findOrgs(r store.Reader, typed string) ([]view.OrgFound, error) {
	found, _, err := org.Find(v.ctx(), r, org.Search{Text: typed, Abolished: true, Limit: 50})
	if err != nil {
		return nil, err
	}
	paths := make([]string, len(found))
	for i, o := range found {
		paths[i] = o.Path
	}
	steps, err := org.Steps(v.ctx(), r, paths)
	if err != nil {
		return nil, err
	}
	var out []view.OrgFound
	for _, o := range found {
		out = append(out, view.OrgFound{Org: v.orgRef(o), Kind: view.Say(o.Kind.Name()), Where: org.Where(steps, o.Path), Ended: o.Abolished})
	}
	return out, nil
}

// tops are the organisations at which the scope begins.
func (v *visit) tops(r store.Reader) ([]org.Organisation, error) {
	paths := r.Scope().Paths()
	if v.person.MemberPath != "" && !r.Scope().Holds(v.person.MemberPath) {
		paths = append(paths, v.person.MemberPath)
	}
	var out []org.Organisation
	for _, p := range paths {
		o, err := org.ByPath(v.ctx(), r, p)
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

func (v *visit) treeFrom(r store.Reader) ([]view.OrgNode, error) {
	tops, err := v.tops(r)
	if err != nil {
		return nil, err
	}
	var out []view.OrgNode
	for _, o := range tops {
		below, more, err := v.level(r, o)
		if err != nil {
			return nil, err
		}
		n, err := org.CountChildren(v.ctx(), r, o.ID)
		if err != nil {
			return nil, err
		}
		heads, err := duty.Heads(v.ctx(), r, []string{o.Path})
		if err != nil {
			return nil, err
		}
		node := v.node(o, n, heads)
		node.Open, node.Children, node.More = true, below, more
		out = append(out, node)
	}
	return out, nil
}

// level lists the organisations directly below one; more is the address of all when there are many.
func (v *visit) level(r store.Reader, of org.Organisation) (nodes []view.OrgNode, more string, err error) {
	list, next, err := org.Children(v.ctx(), r, of.ID, "", childrenShown)
	if err != nil {
		return nil, "", err
	}
	if next != "" {
		more = view.PathOrgAct(of.ID, "children")
	}
	nodes, err = v.nodes(r, list)
	return nodes, more, err
}

func (v *visit) nodes(r store.Reader, list []org.Child) ([]view.OrgNode, error) {
	paths := make([]string, len(list))
	for i, c := range list {
		paths[i] = c.Path
	}
	heads, err := duty.Heads(v.ctx(), r, paths)
	if err != nil {
		return nil, err
	}
	var out []view.OrgNode
	for _, c := range list {
		out = append(out, v.node(c.Organisation, c.Below, heads))
	}
	return out, nil
}

func (v *visit) node(o org.Organisation, below int, heads map[string]duty.Head) view.OrgNode {
	h := heads[o.Path]
	return view.OrgNode{Org: v.orgRef(o), Kind: view.Say(o.Kind.Name()), Members: int(h.Full + h.Probationary), Below: below}
}

// showChildren is a level of the tree: the fragment for a node that is opened, a page of its own without a script.
func (s *Server) showChildren(v *visit) error {
	r, o, err := v.orgOf(access.List)
	if err != nil {
		return err
	}
	day, err := v.asOf()
	if err != nil {
		return err
	}
	var nodes []view.OrgNode
	if day.IsZero() {
		nodes, err = v.wholeLevel(r, o)
	} else {
		nodes, err = v.wholeLevelAsOf(r, o, day)
	}
	if err != nil {
		return err
	}
	if v.scripted() {
		return v.answer(http.StatusOK, view.OrgNodes(nodes))
	}
	title := view.Say("%s的下级", view.Plain(o.ShortName))
	return v.show(view.OrgChildrenPage(v.page(title, view.PathOrganisations, v.orgCrumbs(o)...), v.orgRef(o), nodes))
}

// wholeLevel lists all organisations directly below one, up to a bound.
func (v *visit) wholeLevel(r store.Reader, o org.Organisation) ([]view.OrgNode, error) {
	var all []org.Child
	for after := ""; ; {
		list, next, err := org.Children(v.ctx(), r, o.ID, after, org.MaxLimit)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
		if after = next; after == "" || len(all) >= 10*org.MaxLimit {
			break
		}
	}
	return v.nodes(r, all)
}

// findForPicker lists what a picker offers for what is being typed: the fragment for a field that searches, a list on
// a page without a script.
func (s *Server) findForPicker(v *visit) error {
	r, err := v.readerFor(access.List, access.Org)
	if err != nil {
		return err
	}
	q := v.r.URL.Query()
	typed := said(q, cmp.Or(q.Get("field"), "q"))
	if code, rest, both := strings.Cut(typed, " "); both {
		typed = cmp.Or(rest, code) // what was offered and chosen
	}
	found, _, err := org.Find(v.ctx(), r, org.Search{Text: typed, Limit: 12})
	if err != nil {
		return err
	}
	if v.scripted() {
		return v.answer(http.StatusOK, view.Options(view.OrgOptions{Items: v.orgRefs(found)}))
	}
	return v.to(withQuery(view.PathOrganisations, plus("", "q", typed)))
}
