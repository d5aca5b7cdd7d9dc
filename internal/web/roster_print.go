package web

import (
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// rosterPrinted bounds a printed roster: more is printed branch by branch.
const rosterPrinted = 5000

// printRoster is the roster as an official document, of the list's filter or of those who were ticked. It holds what
// organisational work needs and the role may see; numbers, telephones and addresses are taken out by an export only,
// with a purpose.
func (s *Server) printRoster(v *visit) error {
	if !v.works(access.List, access.Member) { // somebody without a post has a record, and no roster
		return fault.New(fault.Forbidden, "您的角色不能做这件事。").By(access.RuleFor(access.List, access.Member).ID)
	}
	q := v.r.URL.Query()
	f, err := v.sift(q)
	if err != nil {
		return err
	}
	f.Only, f.Limit = q["id"], 200
	d := view.Roster{Title: view.Say("党员花名册"), On: v.today(), By: v.person.Name, Made: words.Moment(v.in.Clock.Now()),
		Back: withQuery(view.PathMembers, f.query), Filter: rosterFilter(f)}
	if d.Organisation = f.org.Name; d.Organisation == "" {
		o, err := org.ByPath(v.ctx(), v.reader(), v.person.Place())
		if err != nil {
			return err
		}
		d.Organisation = o.Name
	}
	for d.Total < rosterPrinted {
		page, err := v.in.Members.List(v.ctx(), f.reader, f.Filter)
		if err != nil {
			return err
		}
		if err := v.addToRoster(&d, page.Items); err != nil {
			return err
		}
		if f.After = page.Next; page.Next == "" {
			break
		}
	}
	if f.After != "" {
		d.Cut = view.Say("人数超过 %d，这里只有前面的。请按支部分别打印。", rosterPrinted)
	}
	return v.show(view.RosterPage(v.page(d.Title, view.PathMembers), d))
}

// rosterFilter says what a roster is confined to.
func rosterFilter(f sifted) view.Text {
	switch {
	case len(f.Only) > 0:
		return view.Say("只含勾选的人员")
	case f.Query != "":
		return view.Say("只含查到的人员")
	case f.Situation != member.OnRegister:
		return view.Say("只含：%s", situations[f.Situation])
	case f.Category != "":
		return view.Say("只含：%s", sayOrNone(f.Category.Name()))
	}
	return view.Text{}
}

// addToRoster adds members, in groups by branch as they come.
func (v *visit) addToRoster(d *view.Roster, items []member.Member) error {
	paths := make([]string, len(items))
	for i, m := range items {
		paths[i] = m.OrgPath
	}
	steps, err := org.Steps(v.ctx(), v.reader(), paths)
	if err != nil {
		return err
	}
	for _, m := range items {
		allowed, err := v.person.Allow(access.List, access.Member, m.OrgPath, m.ID)
		if err != nil {
			continue
		}
		branch := steps[m.OrgPath].Name
		if n := len(d.Groups); n == 0 || d.Groups[n-1].Branch != branch {
			d.Groups = append(d.Groups, view.RosterGroup{Branch: branch})
		}
		g := &d.Groups[len(d.Groups)-1]
		g.Rows = append(g.Rows, v.rosterRow(m, allowed.Mask))
		d.Total++
	}
	return nil
}

func (v *visit) rosterRow(m member.Member, mask access.Mask) view.RosterRow {
	var r view.RosterRow
	if mask.Has(access.NameClass) {
		r.Name = m.Name
	}
	if mask.Has(access.BasicClass) {
		r.Sex, r.Ethnic, r.Education = sayOrNone(m.Sex.Name()), sayOrNone(identity.Ethnicities.Name(m.Ethnicity)), sayOrNone(identity.Educations.Name(m.Education))
		r.Work = view.Plain(m.Occupation)
		r.Born, _ = civil.Parse(m.Born + "-01") // only the month is kept in plain, and only it is printed
	}
	if mask.Has(access.PartyClass) {
		r.Category, r.Joined, r.Confirmed = sayOrNone(m.Category.Name()), m.Joined, m.Confirmed
	}
	var marks []string
	for _, t := range memberTags(m, mask) {
		marks = append(marks, t.Text.In(v.ctx()))
	}
	r.Note = view.Plain(strings.Join(marks, v.t("、")))
	return r
}
