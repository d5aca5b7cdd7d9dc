package web

import (
	"net/url"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// listMembersThen is the list of an organisation's members as of a day: that of the address, else where the visitor works.
func (v *visit) listMembersThen(day civil.Date) error {
	r, err := v.readerFor(access.List, access.Member)
	if err != nil {
		return err
	}
	top, err := v.placeOf(access.List, v.r.URL.Query().Get("org"))
	if err != nil {
		return err
	}
	d := view.MembersThen{Org: v.orgRef(top), AsOf: view.LookBack{Path: view.PathMembers, Day: day, Today: v.today(), Keep: []view.Pair{{Name: "org", Value: top.ID}}}}
	branches, err := org.BranchesAsOf(v.ctx(), r, day, top)
	if err != nil {
		return err
	}
	list, next, err := v.in.Members.InPlacesOn(v.ctx(), r, placesOf(branches), day, v.r.URL.Query().Get("after"), rowsThenOnPage)
	if err != nil {
		return err
	}
	for _, b := range branches {
		var here []member.ThenMember
		for _, m := range list {
			if m.In == b.ID {
				here = append(here, m)
			}
		}
		g := view.ThenGroup{Branch: v.refAsOf(b, day)}
		if g.Rows, err = v.rowsThen(here, day); err != nil {
			return err
		}
		if len(g.Rows) > 0 {
			d.Groups = append(d.Groups, g)
			d.Pager.Shown += len(g.Rows)
		}
	}
	if next != "" {
		d.Pager.Next = withQuery(view.PathMembers, url.Values{view.FieldAsOf: {day.String()}, "org": {top.ID}, "after": {next}}.Encode())
	}
	return v.show(view.MembersThenPage(v.page(view.Say("党员"), view.PathMembers), d))
}

// rowsThenOnPage is after how many rows a page ends with the branch.
const rowsThenOnPage = 100

func placesOf(list []org.Then) []member.Place {
	out := make([]member.Place, len(list))
	for i, t := range list {
		out[i] = member.Place{ID: t.ID, Path: t.Path}
	}
	return out
}

// rowsThen shows of each member what the visitor's role may see, and where she is today if that is elsewhere.
func (v *visit) rowsThen(list []member.ThenMember, day civil.Date) ([]view.MemberRow, error) {
	paths := make([]string, len(list))
	for i, m := range list {
		paths[i] = m.OrgPath
	}
	steps, err := org.Steps(v.ctx(), v.reader(), paths)
	if err != nil {
		return nil, err
	}
	var rows []view.MemberRow
	for _, m := range list {
		d, err := v.person.Allow(access.List, access.Member, m.OrgPath, m.ID)
		if err != nil {
			if fault.Of(err) != 0 {
				continue
			}
			return nil, err
		}
		row := view.MemberRow{ID: m.ID}
		if d.Mask.Has(access.NameClass) {
			row.Name = m.Name
		}
		if d.Mask.Has(access.BasicClass) {
			row.Sex, row.Age = sayOrNone(m.Sex.Name()), m.Age(day)
		}
		if d.Mask.Has(access.PartyClass) {
			row.Category, row.Joined = sayOrNone(m.Category.Name()), m.Joined
		}
		if m.OrgID != m.In {
			row.Branch = stepRef(steps[m.OrgPath])
		}
		if m.Gone {
			row.Tags = append(row.Tags, view.Tag{Text: view.Say("已不在册")})
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// placeOf is an organisation by its id, or where the visitor's work of this sort begins; missing where that is not the
// visitor's.
func (v *visit) placeOf(action access.Action, id string) (org.Organisation, error) {
	r, err := v.readerFor(action, access.Member)
	if err != nil {
		return org.Organisation{}, err
	}
	if id == "" {
		for _, g := range v.person.Grants {
			if _, err := v.person.Allow(action, access.Member, g.Path, ""); err == nil && g.Role != access.PlainMember {
				id = g.Org
				break
			}
		}
	}
	o, err := org.ByID(v.ctx(), v.in.DB.As(r.Scope()), id)
	if err == nil {
		_, err = v.person.Allow(action, access.Member, o.Path, "")
	}
	return o, err
}
