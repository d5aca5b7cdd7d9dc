package web

import (
	"maps"
	"slices"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/party/headcount"
	"zhibu/internal/party/localrule"
	"zhibu/internal/party/org"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// listRules is every rule, by regulation; q searches ids, titles, regulations and wordings.
func (s *Server) listRules(v *visit) error {
	book, err := v.in.Local.Book(v.ctx(), v.person.Place())
	if err != nil {
		return err
	}
	q := strings.TrimSpace(v.r.URL.Query().Get("q"))
	parts, found := []view.SheetPart{}, 0
	for _, id := range book.IDs() {
		versions := book.Versions(id)
		r := versions[len(versions)-1]
		if now, ok := book.On(id, v.today()); ok {
			r = now
		}
		if !matches(r, q) {
			continue
		}
		r = v.spoken(r)
		found++
		i := slices.IndexFunc(parts, func(p view.SheetPart) bool { return p.Title.Key() == "《"+r.Regulation+"》" })
		if i < 0 {
			i = len(parts)
			parts = append(parts, view.SheetPart{ID: "r-" + r.ID, Title: view.Plain("《" + r.Regulation + "》"),
				Head: []view.Text{view.Say("规则"), view.Say("条文"), view.Say("内容"), view.Say("执行"), view.Say("把握")}})
		}
		article := view.SheetCell{Text: view.Plain(r.Article)}
		if len(r.Local) > 0 {
			article.Tag = view.Tag{Text: view.Say("本地更严"), Kind: view.TagSoon}
		}
		parts[i].Rows = append(parts[i].Rows, view.SheetRow{ID: r.ID, Cells: []view.SheetCell{{Text: view.Plain(r.ID + " " + r.Title), URL: view.PathRule(r.ID)}, article,
			{Text: view.Plain(r.Wording), Quoted: v.chinese()}, view.Cell(spanText(r.From.String(), r.To.String())), {Tag: sureTag(r.Certainty)}}})
	}
	sheet := view.Sheet{Heading: view.Say("规定\x04目录"), Lead: view.Say("程序按这些规定算期限、查人数、提醒和拒绝，共 %d 条。内容是我们转写的，以正式文本为准。", found), Print: true, Form: v.form(nil),
		Search: &view.SheetSearch{Action: view.PathRules, Value: q, Label: view.Say("编号、名称或者内容")}, Parts: parts}
	if found == 0 {
		sheet.Notices = []view.Notice{{Kind: view.NoticeInfo, Text: view.Say("没有找到。请换一个词，例如“公示”或者 D-11。")}}
	}
	sheet.Notices = append(sheet.Notices, view.Notice{Kind: view.NoticeInfo, Text: view.Say("上级党组织可以规定得更严，不能更宽。"), Link: view.Link{Text: view.Say("看本地规定"), URL: view.PathLocalRules}})
	return v.show(view.SheetPage(v.page(sheet.Heading, view.PathRules), sheet))
}

func matches(r rulebook.Rule, q string) bool {
	return q == "" || strings.Contains(strings.ToLower(strings.Join([]string{r.ID, r.Title, r.Regulation, r.Article, r.Wording, r.TitleEn, r.WordingEn}, "\x00")), strings.ToLower(q))
}

// chinese tells whether the page is in Chinese, as the words of regulations are.
func (v *visit) chinese() bool { return words.Lang(v.ctx()) != words.English }

// spoken is a rule in the language of the page.
func (v *visit) spoken(r rulebook.Rule) rulebook.Rule {
	if v.chinese() {
		return r
	}
	return r.InEnglish()
}

// showRule is one rule: its versions side by side, what holds where the visitor is, and whom a change that comes affects.
func (s *Server) showRule(v *visit) error {
	id := v.r.PathValue("id")
	book, err := v.in.Local.Book(v.ctx(), v.person.Place())
	if err != nil {
		return err
	}
	versions := slices.Clone(book.Versions(id))
	if len(versions) == 0 {
		return fault.Missing()
	}
	for i := range versions {
		versions[i] = v.spoken(versions[i])
	}
	now, inForce := book.On(id, v.today())
	if !inForce {
		now = versions[len(versions)-1]
	}
	now = v.spoken(now)
	sheet := view.Sheet{Heading: view.Plain(now.ID + " " + now.Title), Lead: view.Plain(now.Cite()), Tags: []view.Tag{sureTag(now.Certainty)}, Print: true, Form: v.form(nil)}
	if !inForce {
		sheet.Notices = append(sheet.Notices, view.Notice{Kind: view.NoticeWarn, Text: view.Say("这条规定今天不在执行期内。")})
	}
	for _, r := range versions {
		if n, ok := unsure(r); ok {
			sheet.Notices = append(sheet.Notices, n)
		}
	}
	facts := []view.Fact{{Label: view.Say("内容"), Value: view.Plain(now.Wording), Quoted: v.chinese()}, {Label: view.Say("管谁"), Value: affectsText(now.Affects)}, {Label: view.Say("把握"), Value: sureText(now.Certainty)},
		{Label: view.Say("来源"), Value: view.Plain(now.Source), Quoted: true}}
	if now.Link != "" {
		facts = append(facts, view.Fact{Label: view.Say("原文"), Value: view.Plain(now.Link), URL: now.Link})
	}
	sheet.Parts = append(sheet.Parts, view.SheetPart{ID: "now", Title: view.Say("现在怎样规定"), Facts: facts}, v.versionsPart(versions))
	decisions, err := v.in.Local.Here(v.ctx(), v.person.Place())
	if err != nil {
		return err
	}
	decisions = slices.DeleteFunc(decisions, func(d localrule.Decision) bool { return d.Rule != id })
	sheet.Parts = append(sheet.Parts, v.localPart(now, decisions))
	coming, err := v.comingPart(versions, decisions)
	if err != nil {
		return err
	}
	sheet.Parts = append(sheet.Parts, coming)
	return v.show(view.SheetPage(v.page(sheet.Heading, view.PathRules, view.Link{Text: view.Say("规定\x04目录"), URL: view.PathRules}), sheet))
}

// versionsPart sets the versions side by side; what a version changed against the one before is marked.
func (v *visit) versionsPart(versions []rulebook.Rule) view.SheetPart {
	part := view.SheetPart{ID: "versions", Title: view.Say("各个版本"), Head: []view.Text{view.Say("项目")}}
	if len(versions) > 1 {
		part.Note = view.Say("办事那一天执行哪个版本，就按哪个版本；已经办过的步骤不重来。")
	}
	for _, r := range versions {
		part.Head = append(part.Head, view.Say("%s 版", r.Version))
	}
	row := func(name view.Text, marked bool, value func(rulebook.Rule) view.Text, key func(rulebook.Rule) string) {
		cells := []view.SheetCell{view.Cell(name)}
		for i, r := range versions {
			c := view.Cell(value(r))
			if marked && i > 0 && key(r) != key(versions[i-1]) {
				c.Tag = view.Tag{Text: view.Say("有变化"), Kind: view.TagSoon}
			}
			cells = append(cells, c)
		}
		part.Rows = append(part.Rows, view.SheetRow{Cells: cells})
	}
	plain := func(name view.Text, marked, quoted bool, get func(rulebook.Rule) string) {
		row(name, marked, func(r rulebook.Rule) view.Text { return view.Plain(get(r)) }, get)
		cells := part.Rows[len(part.Rows)-1].Cells
		for i := range cells[1:] {
			cells[i+1].Quoted = quoted
		}
	}
	plain(view.Say("法规"), true, true, func(r rulebook.Rule) string { return "《" + r.Regulation + "》" })
	plain(view.Say("条文"), true, true, func(r rulebook.Rule) string { return r.Article })
	row(view.Say("执行"), false, func(r rulebook.Rule) view.Text { return spanText(r.From.String(), r.To.String()) }, nil)
	keys := map[string]bool{}
	for _, r := range versions {
		for k := range r.Parameters() {
			keys[k] = true
		}
	}
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		if name, ok := parameterName(k); ok {
			row(name, true, func(r rulebook.Rule) view.Text { return settingText(k, r.Parameters()[k]) }, func(r rulebook.Rule) string { return r.Parameters()[k] })
		}
	}
	plain(view.Say("内容"), true, v.chinese(), func(r rulebook.Rule) string { return r.Wording })
	row(view.Say("把握"), true, func(r rulebook.Rule) view.Text { return sureText(r.Certainty) }, func(r rulebook.Rule) string { return string(r.Certainty) })
	plain(view.Say("来源"), false, true, func(r rulebook.Rule) string { return r.Source })
	return part
}

// localPart is what organisations above have decided stricter, and what may be decided at all.
func (v *visit) localPart(now rulebook.Rule, decisions []localrule.Decision) view.SheetPart {
	part := view.SheetPart{ID: "local", Title: view.Say("本地规定"), Head: []view.Text{view.Say("规定什么"), view.Say("谁定的"), view.Say("依据"), view.Say("执行"), view.Say("情况")}, Empty: view.Say("您这里没有比法规更严的规定。")}
	if len(now.Changeable()) == 0 {
		part.Note = view.Say("这一条全党一样，各级都不能另定。")
	} else {
		var names []view.Text
		for _, k := range now.Changeable() {
			name, _ := parameterName(k)
			names = append(names, name)
		}
		part.Note = view.Say("党委和党总支可以为自己和下级规定得更严：%s。", enumerated(names))
	}
	for _, d := range decisions {
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: localText(d), URL: view.PathLocalRule(d.ID)}, view.Cell(view.Plain(d.OrgName)), view.Cell(view.Plain(d.Basis)),
			view.Cell(spanText(d.From.String(), d.To.String())), {Tag: localTag(d, v)}}})
	}
	return part
}

// comingPart is whom a change affects before it takes effect: versions that are not in force yet, and local decisions that
// wait or have their first day ahead.
func (v *visit) comingPart(versions []rulebook.Rule, decisions []localrule.Decision) (view.SheetPart, error) {
	part := view.SheetPart{ID: "coming", Title: view.Say("将要变化的，影响谁"), Head: []view.Text{view.Say("变化"), view.Say("从哪天起"), view.Say("影响谁"), view.Say("您的范围里有")}, Empty: view.Say("没有将要生效的变化。")}
	add := func(what view.Text, from, affects, under string) error {
		cell, err := v.affected(affects, under)
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{view.Cell(what), view.Cell(view.Plain(from)), view.Cell(affectsText(affects)), cell}})
		return err
	}
	for _, r := range versions {
		if r.From.After(v.today()) {
			if err := add(view.Say("%s 版开始执行", r.Version), r.From.String(), r.Affects, ""); err != nil {
				return part, err
			}
		}
	}
	for _, d := range decisions {
		if d.Coming(v.today()) || d.State == localrule.Proposed {
			if err := add(localText(d), d.From.String(), versions[len(versions)-1].Affects, d.OrgPath); err != nil {
				return part, err
			}
		}
	}
	return part, nil
}

// affected counts whom a rule concerns below a path, as far as the visitor may count them, with the list where she may open it.
func (v *visit) affected(word, under string) (view.SheetCell, error) {
	r, err := v.readerFor(access.List, access.Org)
	if err != nil {
		return view.Cell(view.Say("只有负责的人看得到人数")), nil
	}
	place := v.person.Place()
	if under != "" && org.Covers(place, under) {
		place = under
	}
	at, err := org.ByPath(v.ctx(), r, place)
	if err != nil {
		return view.Cell(view.Say("只有负责的人看得到人数")), nil
	}
	switch word {
	case "applicants":
		return view.Cell(view.Say("按在办的发展党员手续计")), nil
	case "branches", "committees", "organisations":
		return v.affectedOrgs(word, at)
	}
	people, err := v.readerFor(access.List, access.Member)
	if err != nil {
		return view.Cell(view.Say("只有负责的人看得到人数")), nil
	}
	counts, err := headcount.At(v.ctx(), people, at.Path, v.today())
	if err != nil {
		return view.SheetCell{}, err
	}
	category, n := "", counts.Total
	if word == "probationary" {
		category, n = "probationary", counts.Category["probationary"]
	}
	state := ""
	if word == "floating" {
		return view.SheetCell{Text: view.Say("流动党员名单"), URL: v.seek("", at, "", "floating")}, nil
	}
	return view.SheetCell{Text: view.Say("%d 名", n), URL: v.seek("", at, category, state)}, nil
}

func (v *visit) affectedOrgs(word string, at org.Organisation) (view.SheetCell, error) {
	r, err := v.readerFor(access.List, access.Org)
	if err != nil {
		return view.SheetCell{}, err
	}
	if r, err = r.Within(at.Path); err != nil {
		return view.SheetCell{}, err
	}
	kinds, err := org.CountByKind(v.ctx(), r)
	n := 0
	for k, count := range kinds {
		if word == "organisations" || word == "branches" && k.IsBranch() || word == "committees" && k == org.Committee {
			n += count
		}
	}
	return view.SheetCell{Text: view.Say("%d 个", n), URL: view.PathOrg(at.ID)}, err
}
