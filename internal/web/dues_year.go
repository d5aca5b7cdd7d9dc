package web

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/dues"
	"zhibu/internal/party/duesbook"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// showDuesYear is where an organisation stands with a year, with the forms to close it and to record what left.
func (s *Server) showDuesYear(v *visit) error {
	page, err := v.duesYearPage(v.form(nil), v.r.URL.Query())
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) duesYearPage(f view.Form, q url.Values) (templ.Component, error) {
	o, err := v.duesPlace(access.List, q.Get("org"))
	if err != nil {
		return nil, err
	}
	year, err := v.yearAsked(q.Get("year"))
	if err != nil {
		return nil, err
	}
	r, err := v.readerFor(access.List, access.Dues)
	if err != nil {
		return nil, err
	}
	a, err := v.in.Dues.Account(v.ctx(), r, o, year)
	if err != nil {
		return nil, err
	}
	y := strconv.Itoa(year)
	sheet := view.Sheet{Heading: view.Say("%d 年党费结账", year), Lead: view.Say("%s。下级先结，上级后结；程序只记账，不经手钱。", view.Plain(o.ShortName)), Print: true, Form: f, Style: duesStyle}
	state := view.Tag{Text: view.Say("还没有结账"), Kind: view.TagSoon}
	if a.Closed {
		state = view.Tag{Text: view.Say("已结账"), Kind: view.TagOK}
	}
	sheet.Tags = []view.Tag{state}
	sheet.Parts = append(sheet.Parts, v.accountPart(a))
	if len(a.Children) > 0 {
		sheet.Parts = append(sheet.Parts, childrenPart(a))
	}
	if len(a.Outlays) > 0 {
		sheet.Parts = append(sheet.Parts, outlaysPart(a))
	}
	if o.Living() && v.may(access.Add, access.Dues, o.Path, "") {
		sheet.Parts = append(sheet.Parts, v.closeParts(a)...)
	}
	return view.SheetPage(v.page(sheet.Heading, view.PathDues, append(v.orgCrumbs(o), view.Link{Text: view.Say("党费台账"), URL: view.PathDuesOf(view.PathDues, o.ID, y)})...), sheet), nil
}

func (v *visit) accountPart(a duesbook.Account) view.SheetPart {
	c := a.Closing
	part := view.SheetPart{ID: "account", Title: view.Say("这一年")}
	add := func(label, value view.Text) { part.Facts = append(part.Facts, view.Fact{Label: label, Value: value}) }
	if a.At.Kind.IsBranch() {
		add(view.Say("党员交来（元）"), view.Say("%s，收据 %d 张", c.Paid.String(), c.Receipts))
		add(view.Say("交党费的人"), view.Say("%d 人，其中逾期未交 %d 人", c.Members, c.Behind))
	} else {
		add(view.Say("下级上缴（元）"), yuan(c.Below))
	}
	share := view.Fact{Label: view.Say("留存比例"), Value: view.Say("还没有规定"), URL: view.PathDuesOf(view.PathDuesShare, a.At.ID, "")}
	if a.Closed {
		share.Value = view.Plain(c.Share.String())
	} else if a.Shared {
		share.Value = view.Say("%s，%s规定：%s", a.Share.Kept.String(), view.Plain(a.Share.OrgName), view.Plain(a.Share.Basis))
	}
	part.Facts = append(part.Facts, share)
	add(view.Say("留存（元）"), view.Say("%s × %s ＝ %s", c.Total().String(), c.Share.String(), c.Kept.String()))
	add(view.Say("应上缴（元）"), view.Say("%s − %s ＝ %s", c.Total().String(), c.Kept.String(), c.Passed.String()))
	add(view.Say("已上缴（元）"), yuan(a.Remitted))
	add(view.Say("已使用（元）"), yuan(a.Used))
	if rule, ok := v.in.Rules.On("F-15", civil.Of(a.Year, 12, 31)); ok {
		part.Facts = append(part.Facts, view.Fact{Label: view.Say("依据"), Value: view.Plain(rule.Citation().String()), URL: view.PathRule("F-15")})
	}
	if a.Closed {
		add(view.Say("谁结的账"), view.Say("%s，%s", view.Plain(c.Actor), words.Moment(c.At())))
		if c.Reason != "" {
			part.Facts = append(part.Facts, view.Fact{Label: view.Say("说明"), Value: view.Plain(c.Reason), Quoted: true})
		}
	}
	return part
}

func childrenPart(a duesbook.Account) view.SheetPart {
	part := view.SheetPart{ID: "children", Title: view.Say("下一级"), Note: view.Say("还有 %d 个没有结账。", len(a.Open)), Head: []view.Text{view.Say("党组织"), view.Say("结账"), view.Say("收到（元）"), view.Say("留存（元）"), view.Say("上缴（元）")}}
	for _, c := range a.Children {
		row := []view.SheetCell{{Text: view.Plain(c.ShortName), URL: view.PathDuesOf(view.PathDuesYear, c.ID, strconv.Itoa(a.Year))}, closedCell(c.Closing), {}, {}, {}}
		if x := c.Closing; x != nil {
			row[2], row[3], row[4] = view.Cell(yuan(x.Total())), view.Cell(yuan(x.Kept)), view.Cell(yuan(x.Passed))
		}
		part.Rows = append(part.Rows, view.SheetRow{Cells: row})
	}
	return part
}

func outlaysPart(a duesbook.Account) view.SheetPart {
	part := view.SheetPart{ID: "outlays", Title: view.Say("上缴和使用"), Head: []view.Text{view.Say("做什么"), view.Say("日期"), view.Say("金额（元）"), view.Say("凭据"), view.Say("登记人")}}
	for _, x := range a.Outlays {
		what := view.Say("上缴")
		if x.Kind == duesbook.Use {
			what = view.Say(x.Purpose)
		}
		part.Rows = append(part.Rows, view.SheetRow{ID: x.ID, Cells: []view.SheetCell{view.Cell(what), view.Cell(view.Plain(x.On.String())), view.Cell(yuan(x.Sum)), {Text: view.Plain(x.Document), Quoted: true}, view.Cell(view.Plain(x.Actor))}})
	}
	return part
}

// closeParts are the forms of a year.
func (v *visit) closeParts(a duesbook.Account) (out []view.SheetPart) {
	hidden := func(act string) []view.Pair {
		return []view.Pair{{Name: "org", Value: a.At.ID}, {Name: "year", Value: strconv.Itoa(a.Year)}, {Name: "act", Value: act}}
	}
	if !a.Closed {
		out = append(out, view.SheetPart{ID: "close", Title: view.Say("结账"), Note: view.Say("结账以后，这一年收到的党费不能再登记或者撤回。"), Forms: []view.SheetForm{{Action: view.PathDuesYear, Submit: view.Say("结账"), Main: true, Hidden: hidden("close"),
			Fields: []view.SheetField{{Field: view.Field{Name: "reason", Label: view.Say("说明"), Hint: view.Say("还有人逾期未交的，写明情况。"), Optional: true, Max: 200}}}}}})
	} else {
		out = append(out, view.SheetPart{ID: "reopen", Title: view.Say("重开"), Note: view.Say("上级已经结账的，先请上级重开。"), Forms: []view.SheetForm{{Action: view.PathDuesYear, Submit: view.Say("重开"), Hidden: append(hidden("reopen"), view.Pair{Name: "seen", Value: strconv.FormatInt(a.Closing.Version, 10)}),
			Fields: []view.SheetField{{Field: view.Field{Name: "why", Label: view.Say("理由"), Max: 200}}}}}})
	}
	kinds := []view.Option{{Value: string(duesbook.Remit), Label: view.Say("上缴")}, {Value: string(duesbook.Use), Label: view.Say("使用")}}
	purposes := []view.Option{{Value: "", Label: view.Say("上缴的不选")}}
	for i, p := range duesbook.Purposes {
		purposes = append(purposes, view.Option{Value: strconv.Itoa(i), Label: view.Say(p)})
	}
	spend := view.SheetPart{ID: "spend", Title: view.Say("登记上缴和使用"), Note: view.Say("结账以后登记上缴；使用随时登记。"), Forms: []view.SheetForm{{Action: view.PathDuesYear, Submit: view.Say("登记"), Hidden: hidden("spend"),
		Fields: []view.SheetField{{Kind: "choose", Field: view.Field{Name: "kind", Label: view.Say("上缴还是使用")}, Options: kinds}, {Kind: "choose", Field: view.Field{Name: "purpose", Label: view.Say("用途"), Optional: true}, Options: purposes},
			{Field: view.Field{Name: "on", Label: view.Say("哪一天"), Type: "date", Today: v.today()}}, {Field: view.Field{Name: "sum", Label: view.Say("金额（元）"), Mode: "decimal", Short: true}},
			{Field: view.Field{Name: "document", Label: view.Say("凭据"), Hint: view.Say("上缴回执、发票、会议决定。"), Max: 200}}}}}}
	out = append(out, spend)
	if len(a.Outlays) > 0 {
		choices := []view.Option{}
		for _, x := range slices.Backward(a.Outlays) {
			choices = append(choices, view.Option{Value: x.ID + "~" + strconv.FormatInt(x.Version, 10), Label: view.Say("%s，%s 元，%s", x.On.String(), x.Sum.String(), view.Plain(x.Document))})
		}
		out = append(out, view.SheetPart{ID: "back", Title: view.Say("撤回登记错的上缴和使用"), Forms: []view.SheetForm{{Action: view.PathDuesYear, Submit: view.Say("撤回"), Hidden: hidden("back"),
			Fields: []view.SheetField{{Kind: "choose", Field: view.Field{Name: "id", Label: view.Say("哪一笔")}, Options: choices}, {Field: view.Field{Name: "back", Label: view.Say("理由"), Max: 200}}}}}})
	}
	return out
}

// actDuesYear closes or reopens a year, or records what left.
func (s *Server) actDuesYear(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.person.Need(access.Add, access.Dues); err != nil {
		return err
	}
	fields := at{"reason": "reason", "kind": "kind", "on": "on", "sum": "sum", "purpose": "purpose", "document": "document"}
	orgID := values.Get("org")
	year, err := v.yearAsked(values.Get("year"))
	if err == nil {
		switch values.Get("act") {
		case "close":
			_, err = v.in.Dues.Close(v.ctx(), v.actor(), orgID, year, said(values, "reason"))
		case "reopen":
			fields = at{"reason": "why"}
			seen, _ := strconv.ParseInt(values.Get("seen"), 10, 64) // what is no number is no version, and is answered as an old one
			err = v.in.Dues.Reopen(v.ctx(), v.actor(), orgID, year, seen, said(values, "why"))
		case "back":
			fields = at{"reason": "back"}
			id, seen := cutVersion(values.Get("id"))
			err = v.in.Dues.TakeBack(v.ctx(), v.actor(), id, seen, said(values, "back"))
		default:
			err = v.spend(values, year)
		}
	}
	if err != nil && wrong(err) {
		f := v.form(values)
		f.Problems = []view.Problem{v.problem(err, fields)}
		page, perr := v.duesYearPage(f, values)
		if perr != nil {
			return perr
		}
		return v.again(err, page)
	}
	if err != nil {
		return err
	}
	v.done("已经记下。")
	return v.to(view.PathDuesOf(view.PathDuesYear, orgID, values.Get("year")))
}

func (v *visit) spend(values url.Values, year int) error {
	x := duesbook.Outlay{Org: values.Get("org"), Kind: duesbook.OutlayKind(values.Get("kind")), Year: year, Document: said(values, "document")}
	var err error
	if x.On, err = dayTyped(values, "on"); err != nil {
		return fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("on")
	}
	sum, ok := dues.ParseFen(values.Get("sum"))
	if !ok {
		return fault.New(fault.Invalid, "请填写金额，写成 15.00，最多两位小数。").At("sum").By("F-15")
	}
	x.Sum = sum
	if n, err := strconv.Atoi(values.Get("purpose")); err == nil && n >= 0 && n < len(duesbook.Purposes) {
		x.Purpose = duesbook.Purposes[n]
	}
	_, err = v.in.Dues.Spend(v.ctx(), v.actor(), x)
	return err
}

// showShares is what organisations of each kind keep, as it was set at a place and above it.
func (s *Server) showShares(v *visit) error {
	page, err := v.sharesPage(v.form(nil), v.r.URL.Query().Get("org"))
	if err != nil {
		return err
	}
	return v.show(page)
}

var sharedKindNames = map[org.Kind]view.Text{org.Branch: view.Say("党支部"), org.GeneralBranch: view.Say("党总支"), org.Committee: view.Say("党委")}

func (v *visit) sharesPage(f view.Form, id string) (templ.Component, error) {
	o, err := v.duesPlace(access.List, id)
	if err != nil {
		return nil, err
	}
	list, err := v.in.Dues.Shares(v.ctx(), o.Path)
	if err != nil {
		return nil, err
	}
	sheet := view.Sheet{Heading: view.Say("党费留存比例"), Lead: view.Say("%s。每一级留下多少、其余上缴，由上级党委规定；离得最近的规定算数。", view.Plain(o.ShortName)), Form: f}
	part := view.SheetPart{ID: "shares", Title: view.Say("现有的规定"), Empty: view.Say("还没有规定。"), Head: []view.Text{view.Say("哪一级"), view.Say("从哪一年起"), view.Say("留存"), view.Say("谁规定的"), view.Say("依据")}}
	for _, x := range list {
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{view.Cell(sharedKindNames[x.Kind]), view.Cell(view.Plain(strconv.Itoa(x.From))), view.Cell(view.Plain(x.Kept.String())), view.Cell(view.Plain(x.OrgName)), {Text: view.Plain(x.Basis), Quoted: true}}})
	}
	sheet.Parts = []view.SheetPart{part}
	if o.Kind == org.Committee && o.Living() && v.may(access.Decide, access.Dues, o.Path, "") {
		kinds := []view.Option{}
		for _, k := range duesbook.SharedKinds {
			kinds = append(kinds, view.Option{Value: string(k), Label: sharedKindNames[k]})
		}
		sheet.Parts = append(sheet.Parts, view.SheetPart{ID: "set", Title: view.Say("规定留存比例"), Note: view.Say("管下面各级；只有最上面的党委规定自己的。"), Forms: []view.SheetForm{{Action: view.PathDuesShare, Submit: view.Say("规定"), Main: true, Hidden: []view.Pair{{Name: "org", Value: o.ID}},
			Fields: []view.SheetField{{Kind: "choose", Field: view.Field{Name: "kind", Label: view.Say("哪一级")}, Options: kinds}, {Field: view.Field{Name: "from", Label: view.Say("从哪一年起"), Mode: "numeric", Max: 4, Short: true}},
				{Field: view.Field{Name: "kept", Label: view.Say("留存百分之几"), Hint: view.Say("例如 20；全部上缴的写 0。"), Mode: "decimal", Max: 6, Short: true}}, {Field: view.Field{Name: "basis", Label: view.Say("依据"), Max: 200}}}}}})
	}
	return view.SheetPage(v.page(sheet.Heading, view.PathDues, append(v.orgCrumbs(o), view.Link{Text: view.Say("党费台账"), URL: view.PathDuesOf(view.PathDues, o.ID, "")})...), sheet), nil
}

// setShare sets what those below keep.
func (s *Server) setShare(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.person.Need(access.Decide, access.Dues); err != nil {
		return err
	}
	n := duesbook.Share{Org: values.Get("org"), Kind: org.Kind(values.Get("kind")), Basis: said(values, "basis")}
	n.From, _ = strconv.Atoi(said(values, "from")) // what is no number is no year, and is answered so
	kept, ok := dues.ParseShare(values.Get("kept"))
	if !ok {
		kept = -1
	}
	n.Kept = kept
	if _, err = v.in.Dues.SetShare(v.ctx(), v.actor(), n); err != nil {
		if !wrong(err) {
			return err
		}
		f := v.form(values)
		f.Problems = []view.Problem{v.problem(err, at{"kind": "kind", "from": "from", "kept": "kept", "basis": "basis"})}
		page, perr := v.sharesPage(f, values.Get("org"))
		if perr != nil {
			return perr
		}
		return v.again(err, page)
	}
	v.done("已经记下。")
	return v.to(view.PathDuesOf(view.PathDuesShare, values.Get("org"), ""))
}

// showPublication is the yearly publication. Once the year is closed everybody who belongs to the organisation reads it.
func (s *Server) showPublication(v *visit) error {
	o, err := v.placeAsked(v.r.URL.Query().Get("org"))
	if err != nil {
		return err
	}
	year, err := v.yearAsked(v.r.URL.Query().Get("year"))
	if err != nil {
		return err
	}
	r := v.in.DB.As(store.System("publication of dues"))
	a, err := v.in.Dues.Account(v.ctx(), r, o, year)
	if err != nil {
		return err
	}
	if !v.may(access.List, access.Dues, o.Path, "") {
		mine, err := v.in.Dues.Belongs(v.ctx(), v.person.Member, o.Path)
		if err != nil {
			return err
		}
		if !mine || !a.Closed {
			return fault.Missing()
		}
	}
	c := a.Closing
	out := view.Publication{Organisation: o.Name, Year: year, Draft: !a.Closed, Head: []view.Text{view.Say("姓名"), view.Say("本年交纳（元）")}, Day: view.Plain(words.Date(v.ctx(), v.today()))}
	add := func(label view.Text, f dues.Fen) {
		out.Facts = append(out.Facts, view.Fact{Label: label, Value: view.Say("%s 元", f.String())})
	}
	add(view.Say("收到党费"), c.Total())
	add(view.Say("留存"), c.Kept)
	add(view.Say("应上缴"), c.Passed)
	add(view.Say("已上缴"), a.Remitted)
	add(view.Say("使用"), a.Used)
	if o.Kind.IsBranch() {
		lines, err := v.in.Dues.Published(v.ctx(), r, o.Path, year)
		if err != nil {
			return err
		}
		for _, l := range lines {
			out.Lines = append(out.Lines, view.PublishedLine{Name: view.Plain(l.Name), Sum: l.Sum.String()})
		}
	} else {
		out.Head = []view.Text{view.Say("党组织"), view.Say("上缴（元）")}
		for _, child := range a.Children {
			if child.Closing != nil {
				out.Lines = append(out.Lines, view.PublishedLine{Name: view.Plain(child.ShortName), Sum: child.Closing.Passed.String()})
			}
		}
	}
	uses := map[string]dues.Fen{}
	for _, x := range a.Outlays {
		if x.Kind == duesbook.Use {
			uses[x.Purpose] += x.Sum
		}
	}
	for _, p := range duesbook.Purposes {
		if uses[p] > 0 {
			out.Uses = append(out.Uses, view.PublishedLine{Name: view.Say(p), Sum: uses[p].String()})
		}
	}
	return v.show(view.PublicationPage(v.page(view.Say("党费年度公示"), view.PathDues, v.orgCrumbs(o)...), out))
}
