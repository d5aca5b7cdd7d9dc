package web

import (
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// Two records of one person are made one: found, compared side by side, chosen, proposed. Another person approves it.

// askUnite looks for the other record, or compares the two of the address.
func (s *Server) askUnite(v *visit) error {
	d, err := v.actOn(access.End)
	if err != nil {
		return err
	}
	if other := v.r.URL.Query().Get("other"); other != "" {
		o, err := v.otherOf(other)
		if err != nil {
			return err
		}
		page, err := v.unitePage(d, o, v.versioned(url.Values{"day": {v.today().String()}}, d.m.Version))
		if err != nil {
			return err
		}
		return v.show(page)
	}
	page, err := v.uniteFindPage(d, v.form(nil), "")
	if err != nil {
		return err
	}
	return v.show(page)
}

// otherOf is the other record: it ends, so the visitor has to be allowed that.
func (v *visit) otherOf(id string) (dossier, error) {
	d, err := v.dossier(id)
	if err == nil {
		_, err = v.person.Allow(access.End, access.Member, d.m.OrgPath, d.m.ID)
	}
	return d, err
}

func (v *visit) uniteFindPage(d dossier, form view.Form, typed string) (templ.Component, error) {
	r, err := v.readerFor(access.End, access.Member)
	if err != nil {
		return nil, err
	}
	out := view.UniteFind{Form: form, Asked: typed != ""}
	if out.Member, err = v.ref(d); err != nil {
		return nil, err
	}
	alike, err := v.in.Members.Alike(v.ctx(), r, d.m)
	if err != nil {
		return nil, err
	}
	if out.Alike, err = v.alikeRows(d, alike); err != nil {
		return nil, err
	}
	if typed != "" {
		const mostFound = 20
		page, err := v.in.Members.List(v.ctx(), r, member.Filter{Query: typed, Limit: mostFound, On: v.today()})
		if err != nil {
			return nil, err
		}
		var found []member.Likeness
		for _, m := range page.Items {
			if m.ID != d.m.ID {
				found = append(found, member.Likeness{Member: m})
			}
		}
		if out.Found, err = v.alikeRows(d, found); err != nil {
			return nil, err
		}
	}
	return view.UniteFindPage(v.page(view.Say("合并同一个人的两份档案"), view.PathMembers, memberCrumbs(d.m)...), out), nil
}

// alikeRows names the records, with what the visitor's role sees of what they have in common.
func (v *visit) alikeRows(d dossier, list []member.Likeness) ([]view.AlikeRow, error) {
	paths := make([]string, len(list))
	for i, l := range list {
		paths[i] = l.Member.OrgPath
	}
	steps, err := org.Steps(v.ctx(), v.reader(), paths)
	if err != nil {
		return nil, err
	}
	var rows []view.AlikeRow
	for _, l := range list {
		row := view.AlikeRow{Member: view.MemberRef{ID: l.Member.ID, Name: l.Member.Name, Branch: stepRef(steps[l.Member.OrgPath])}, URL: pathUnite(d.m.ID, l.Member.ID)}
		for _, c := range l.Same {
			if f, ok := keyOf(c); ok && d.mask.Has(f.class) {
				label := f.label
				if f.secret {
					label = view.Say("%s后四位", f.label)
				}
				row.Same = append(row.Same, label)
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func pathUnite(kept, other string) string {
	return withQuery(view.PathMemberAct(kept, "unite"), url.Values{"other": {other}}.Encode())
}

// unitePage compares two records. Both are looked at, and their members see it.
func (v *visit) unitePage(d, o dossier, form view.Form) (templ.Component, error) {
	for _, m := range []member.Member{d.m, o.m} {
		if err := v.in.Members.Opened(v.actor(), m); err != nil {
			return nil, err
		}
	}
	out := view.UniteForm{Form: form, OtherVersion: strconv.FormatInt(o.m.Version, 10), Swap: pathUnite(o.m.ID, d.m.ID)}
	var err error
	if out.Member, err = v.ref(d); err != nil {
		return nil, err
	}
	if out.Other, err = v.ref(o); err != nil {
		return nil, err
	}
	differ, err := v.in.Members.Differing(v.ctx(), d.m, o.m)
	if err != nil {
		return nil, err
	}
	tails, err := v.in.Members.TailsOf(v.ctx(), []member.Member{d.m, o.m})
	if err != nil {
		return nil, err
	}
	for _, g := range facts {
		for _, f := range g.list {
			if f.column == "" || !d.mask.Has(f.class) || !o.mask.Has(f.class) {
				continue
			}
			line := view.UniteLine{Key: f.key, Label: f.label, Kept: f.value(d.m, tails[0], v.today()), Other: f.value(o.m, tails[1], v.today())}
			for _, c := range differ {
				line.Pick = line.Pick || c == f.column || alsoPicked[f.column] == c
			}
			out.Lines = append(out.Lines, line)
		}
	}
	if out.Along, err = v.goesAlong(o); err != nil {
		return nil, err
	}
	return view.UnitePage(v.page(view.Say("合并同一个人的两份档案"), view.PathMembers, memberCrumbs(d.m)...), out), nil
}

// alsoPicked are columns that are chosen with another one.
var alsoPicked = map[roster.Column]roster.Column{roster.Floating: roster.FloatingTo, roster.Lost: roster.LostOn}

// goesAlong counts what goes along.
func (v *visit) goesAlong(o dossier) (out []view.Text, err error) {
	facts, err := v.in.Members.Facts(v.ctx(), v.reader(), o.m.ID)
	if err != nil {
		return nil, err
	}
	papers, err := v.in.Documents.Of(v.ctx(), v.reader(), o.m.ID)
	if err != nil {
		return nil, err
	}
	standing := 0
	for _, f := range facts {
		if f.Retired.IsZero() {
			standing++
		}
	}
	if standing > 0 {
		out = append(out, view.Say("经历和以前的情况 %d 条", standing))
	}
	if len(papers) > 0 {
		out = append(out, view.Say("档案材料 %d 份", len(papers)))
	}
	return append(out, view.Say("账号和任职：右边这份的，都归到左边。")), nil
}

var uniteFields = at{"other": "decision", "document": "decision", "reason": "reason", "on": "day", "day": "day"}

func (s *Server) unite(v *visit) error {
	d, err := v.actOn(access.End)
	if err != nil {
		return err
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	if v.r.URL.Query().Get("other") == "" {
		typed := said(values, "find")
		page, err := v.uniteFindPage(d, v.form(values), typed)
		if err != nil {
			return err
		}
		return v.show(page)
	}
	o, err := v.otherOf(v.r.URL.Query().Get("other"))
	if err != nil {
		return err
	}
	seen, _ := strconv.ParseInt(values.Get("other-version"), 10, 64)
	in := member.Unite{Kept: d.m.ID, Other: o.m.ID, KeptVersion: versionOf(values), OtherVersion: max(seen, 1), FromOther: pickedFrom(values)}
	if in.Basis, err = basis(values); err == nil {
		out, uerr := v.in.Reviews.Unite(v.ctx(), v.actor(), in)
		if err = uerr; err == nil {
			v.entered(out, words.Mark("已经合并。"))
			return v.to(view.PathMember(d.m.ID))
		}
	}
	return v.uniteAgain(d, o, values, err)
}

// pickedFrom are the columns whose value is taken from the other record.
func pickedFrom(values url.Values) (out []roster.Column) {
	for _, g := range facts {
		for _, f := range g.list {
			if f.column != "" && values.Get("pick-"+f.key) == "other" {
				out = append(out, f.column)
				if c := alsoPicked[f.column]; c != "" {
					out = append(out, c)
				}
			}
		}
	}
	return out
}

func (v *visit) uniteAgain(d, o dossier, values url.Values, err error) error {
	if !wrong(err) {
		return err
	}
	fresh, rerr := v.dossier(d.m.ID)
	if rerr != nil {
		return rerr
	}
	form := v.versioned(values, fresh.m.Version)
	if fault.Of(err) == fault.Conflict && fault.As(err).Field == "" {
		if form.Changed, rerr = v.changedBy(fresh.m); rerr != nil {
			return rerr
		}
	} else {
		form.Problems = []view.Problem{v.problem(err, uniteFields)}
	}
	page, rerr := v.unitePage(fresh, o, form)
	if rerr != nil {
		return rerr
	}
	return v.again(err, page)
}

func (s *Server) askSeparate(v *visit) error {
	d, err := v.actOn(access.Restore)
	if err != nil {
		return err
	}
	page, err := v.separatePage(d, v.versioned(url.Values{"day": {v.today().String()}}, d.m.Version))
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) separatePage(d dossier, form view.Form) (templ.Component, error) {
	ref, err := v.ref(d)
	if err != nil {
		return nil, err
	}
	return view.SeparatePage(v.page(view.Say("分开合并的档案"), view.PathMembers, memberCrumbs(d.m)...), view.SeparateForm{Form: form, Member: ref}), nil
}

func (s *Server) separate(v *visit) error {
	d, err := v.actOn(access.Restore)
	if err != nil {
		return err
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	b, err := basis(values)
	if err == nil {
		out, serr := v.in.Reviews.Separate(v.ctx(), v.actor(), d.m.ID, b)
		if err = serr; err == nil {
			v.entered(out, words.Mark("已经分开。"))
			return v.to(view.PathMember(d.m.ID))
		}
	}
	return v.course(d, values, err, v.separatePage)
}
