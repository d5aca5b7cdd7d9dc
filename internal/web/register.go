package web

import (
	"slices"
	"strings"

	"zhibu/internal/installation/register"
	"zhibu/internal/party/roster"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// showRegister is the register of fields: what each means, who enters and sees it, why, on what basis, for how long.
// It is made of the tables that the program works by.
func (s *Server) showRegister(v *visit) error {
	sheet := view.Sheet{Heading: view.Say("信息项目登记表"), Lead: view.Say("每一项的用途、依据、级别、期限、谁录入、谁看得到；由程序自己的表生成。"), Print: true, Form: v.form(nil)}
	for _, g := range register.Groups() {
		part := view.SheetPart{ID: g.Key, Title: view.Say(g.Title)}
		for _, i := range g.Items {
			part.Entries = append(part.Entries, view.SheetEntry{ID: i.Key, Title: view.Say(i.Label), Facts: []view.Fact{
				{Label: view.Say("用途"), Value: view.Say(i.Purpose)},
				{Label: view.Say("依据"), Value: basesOf(i)},
				{Label: view.Say("级别"), Value: view.Say("%s，%s", view.Say(i.Class.Name()), view.Say(i.Storage.Name()))},
				{Label: view.Say("怎样填"), Value: formatOf(i)},
				{Label: view.Say("谁录入，凭什么"), Value: view.Say(i.Entered)},
				{Label: view.Say("谁审核"), Value: reviewersOf(i)},
				{Label: view.Say("谁负责（支部，默认）"), Value: v.stewardsOf(i.Column)},
				{Label: view.Say("多久核实一次"), Value: v.askedAgain(i.Column)},
				{Label: view.Say("保存多久"), Value: view.Say(i.Keep)},
				{Label: view.Say("谁看得到"), Value: v.seersOf(i)},
			}})
		}
		sheet.Parts = append(sheet.Parts, part)
	}
	return v.show(view.SheetPage(v.page(sheet.Heading, "", view.Link{Text: view.Say("个人信息保护说明"), URL: view.PathPrivacy}), sheet))
}

// formatOf is how an item is written, with its code list; a list of two words says itself.
func formatOf(i register.Item) view.Text {
	switch codes := i.Codes(); len(codes) {
	case 0:
		return view.Say(i.Format())
	case 2:
		return view.Say("%s、%s", view.Say(codes[0]), view.Say(codes[1]))
	default:
		return view.Say("%s：%s", view.Say(i.Format()), view.Plain(strings.Join(codes, "、")))
	}
}

// askedAgain is how often a fact is asked again.
func (v *visit) askedAgain(c roster.Column) view.Text {
	if c == "" || c == roster.Note {
		return view.Say("不适用")
	}
	switch n, standard := v.in.Members.MonthsUntilAsked(c); {
	case n == 0:
	case n != standard:
		return view.Say("每 %d 个月（本单位的设定；程序原来是 %d 个月）", n, standard)
	default:
		return view.Say("每 %d 个月", n)
	}
	return view.Say("有变动时")
}

// reviewersOf are who reviews an entry of the record, from the line of the rights table.
func reviewersOf(i register.Item) view.Text {
	if i.Column == "" || i.Column == roster.Note {
		return view.Say("不适用")
	}
	return rolesText(func(r access.Role) bool {
		_, ok := access.RuleFor(access.Review, access.Member).Roles[r]
		return ok
	})
}

func rolesText(has func(access.Role) bool) (all view.Text) {
	for _, r := range access.Roles() {
		switch {
		case !has(r):
		case all.IsZero():
			all = view.Say(r.Name())
		default:
			all = view.Say("%s%s%s", all, view.Say("、"), view.Say(r.Name()))
		}
	}
	return all
}

// seersOf are who sees an item: oneself, then the roles of the rights table.
func (v *visit) seersOf(i register.Item) view.Text {
	roles := i.RolesOf()
	t := rolesText(func(r access.Role) bool {
		if i.Column != "" {
			s := register.SightOf(r, i.Column)
			return s.Shown || s.Reveal
		}
		return slices.Contains(roles, r)
	})
	own := i.Own || i.Column != ""
	switch {
	case own && t.IsZero():
		return view.Say("本人")
	case own:
		return view.Say("本人、%s", t)
	case t.IsZero():
		return view.Say("页面上没有人")
	}
	return t
}

// fieldOf is the entry of a column in the register, "" where it has none.
func fieldOf(c roster.Column) string {
	if i, ok := register.OfColumn(c); ok {
		return view.PathField(i.Key)
	}
	return ""
}
