package web

import (
	"maps"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/party/expression"
	"zhibu/internal/party/localrule"
	"zhibu/internal/party/org"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// showLocalRules is what was decided locally at an organisation and above it, and what waits below.
func (s *Server) showLocalRules(v *visit) error {
	page, err := v.localRulesPage(v.form(url.Values{}), v.r.URL.Query().Get("org"))
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) localRulesPage(f view.Form, id string) (templ.Component, error) {
	path, o := v.person.Place(), org.Organisation{}
	if r, err := v.readerFor(access.See, access.Org); err == nil {
		if id != "" {
			o, err = org.ByID(v.ctx(), r, id)
		} else {
			o, err = org.ByPath(v.ctx(), r, path)
		}
		if err != nil {
			return nil, err
		}
		path = o.Path
	} else if id != "" {
		return nil, fault.Missing()
	}
	list, err := v.in.Local.Here(v.ctx(), path)
	if err != nil {
		return nil, err
	}
	sheet := view.Sheet{Heading: view.Say("本地规定"), Lead: view.Say("党委、党总支可以为自己和全部下级规定得比法规更严，或者另加任务。一个人提出，另一个人确认以后才生效；只能更严，不能更宽。"), Print: true, Form: f}
	here := view.SheetPart{ID: "here", Title: view.Say("这里执行的"), Empty: view.Say("没有本地规定，全部按法规办。")}
	v.decisionRows(&here, list)
	sheet.Parts = append(sheet.Parts, here)
	if r, err := v.readerFor(access.List, access.LocalRule); err == nil && r.Scope().Holds(path) {
		below, err := v.in.Local.Below(v.ctx(), r, path, 100)
		if err != nil {
			return nil, err
		}
		all := view.SheetPart{ID: "below", Title: view.Say("本级和下级提出过的"), Empty: view.Say("还没有人提出过。")}
		v.decisionRows(&all, below)
		sheet.Parts = append(sheet.Parts, all)
	}
	if o.Living() && o.ID != "" && (o.Kind == org.Committee || o.Kind == org.GeneralBranch) && v.may(access.Propose, access.LocalRule, o.Path, "") {
		sheet.Parts = append(sheet.Parts, v.stricterPart(o), v.ownDutyPart(o), factsPart(expression.Branch, view.Say("对党支部的条件可以用的")), factsPart(expression.Member, view.Say("对党员的条件可以用的")))
	}
	return view.SheetPage(v.page(sheet.Heading, view.PathRules, view.Link{Text: view.Say("规定\x04目录"), URL: view.PathRules}), sheet), nil
}

func (v *visit) decisionRows(part *view.SheetPart, list []localrule.Decision) {
	part.Head = []view.Text{view.Say("规定什么"), view.Say("谁定的"), view.Say("依据"), view.Say("执行"), view.Say("情况")}
	for _, d := range list {
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: localText(d), URL: view.PathLocalRule(d.ID)}, view.Cell(view.Plain(d.OrgName)), view.Cell(view.Plain(d.Basis)),
			view.Cell(spanText(d.From.String(), d.To.String())), {Tag: localTag(d, v)}}})
	}
}

// ofDuty ends the names of the fields that the form of a duty has beside the other form of the page.
const ofDuty = "-duty"

// whenFields are what every decision has.
func whenFields(end string) []view.SheetField {
	return []view.SheetField{{Field: view.Field{Name: "from" + end, Label: view.Say("从哪一天起"), Type: "date"}}, {Field: view.Field{Name: "to" + end, Label: view.Say("到哪一天为止"), Type: "date", Optional: true}},
		{Field: view.Field{Name: "basis" + end, Label: view.Say("依据"), Hint: view.Say("哪个文件、哪次会议定的。"), Max: 200}}}
}

// stricterPart is the form for a stricter parameter.
func (v *visit) stricterPart(o org.Organisation) view.SheetPart {
	options := []view.Option{{Label: view.Say("请选择")}}
	for _, id := range v.in.Rules.IDs() {
		r, ok := v.in.Rules.On(id, v.today())
		if !ok {
			continue
		}
		for _, k := range r.Changeable() {
			name, _ := parameterName(k)
			options = append(options, view.Option{Value: id + "/" + k, Label: view.Say("%s %s：%s（现在 %s）", r.ID, view.Plain(v.spoken(r).Title), name, settingText(k, r.Parameters()[k]))})
		}
	}
	fields := append([]view.SheetField{{Kind: "choose", Field: view.Field{Name: "parameter", Label: view.Say("规定哪个数")}, Options: options},
		{Field: view.Field{Name: "value", Label: view.Say("改为"), Hint: view.Say("期限写整数，比例写 > 1/2 或者 >= 4/5，是否写 true 或者 false。"), Max: 40}}}, whenFields("")...)
	return view.SheetPart{ID: "stricter", Title: view.Say("规定得更严"), Note: view.Say("管本组织和全部下级。表决的多数、年龄、预备期、任期、党费的比例全党一样，这里没有。"),
		Forms: []view.SheetForm{{Action: view.PathLocalRules, Submit: view.Say("提出，等第二个人确认"), Main: true, Hidden: []view.Pair{{Name: "org", Value: o.ID}, {Name: "kind", Value: string(localrule.Parameter)}}, Fields: fields}}}
}

// ownDutyPart is the form for a duty of one's own.
func (v *visit) ownDutyPart(o org.Organisation) view.SheetPart {
	months := []view.Option{{Label: view.Say("请选择")}}
	for _, m := range localrule.Periods {
		months = append(months, view.Option{Value: strconv.Itoa(m), Label: periodName(m)})
	}
	fields := []view.SheetField{{Field: view.Field{Name: "title", Label: view.Say("任务名称"), Max: 40}}, {Kind: "area", Field: view.Field{Name: "wording", Label: view.Say("要求做什么"), Max: 300}},
		{Kind: "radios", Field: view.Field{Name: "of", Label: view.Say("谁来做")}, Options: []view.Option{{Value: string(expression.Branch), Label: view.Say("每个党支部")}, {Value: string(expression.Member), Label: view.Say("每名党员")}}},
		{Kind: "choose", Field: view.Field{Name: "months", Label: view.Say("多久一次")}, Options: months},
		{Field: view.Field{Name: "within", Label: view.Say("每期开始后几天内"), Hint: view.Say("到期末为止就不填。"), Optional: true, Max: 3}},
		{Field: view.Field{Name: "applies", Label: view.Say("对哪些适用（条件）"), Hint: view.Say("全部适用写 true；七名以上党员的支部写 branch.members >= 7。"), Max: 300}},
		{Field: view.Field{Name: "done", Label: view.Say("怎样算办好（条件）"), Hint: view.Say("例如每期上一次党课：meetings.lecture >= 1。条件里的词见下面的表。"), Max: 300}}}
	return view.SheetPart{ID: "duty", Title: view.Say("另加任务"), Note: view.Say("管本组织和全部下级。年老体弱、重病、残疾的党员不作硬性要求。不要设点赞、签到、时长一类的任务。"),
		Forms: []view.SheetForm{{Action: view.PathLocalRules, Submit: view.Say("提出，等第二个人确认"), Hidden: []view.Pair{{Name: "org", Value: o.ID}, {Name: "kind", Value: string(localrule.Duty)}}, Fields: append(fields, whenFields(ofDuty)...)}}}
}

// factsPart lists what a condition may ask.
func factsPart(of expression.Subject, title view.Text) view.SheetPart {
	part := view.SheetPart{ID: "facts-" + string(of), Title: title, Head: []view.Text{view.Say("写法"), view.Say("种类"), view.Say("意思")}}
	for _, f := range expression.Facts(of) {
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{view.Cell(view.Plain(f.Name)), view.Cell(view.Say(f.Kind)), view.Cell(view.Say(f.Says))}})
	}
	return part
}

var localFields = at{"org": "", "kind": "", "parameter": "parameter", "value": "value", "title": "title", "wording": "wording", "of": "of", "months": "months", "within": "within",
	"applies": "applies", "done": "done", "from": "from", "to": "to", "basis": "basis", "answer": "answer"}

// proposeLocalRule proposes a decision.
func (s *Server) proposeLocalRule(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.person.Need(access.Propose, access.LocalRule); err != nil {
		return err
	}
	d, err := localAsked(values)
	id := ""
	if err == nil {
		id, err = v.in.Local.Propose(v.ctx(), v.actor(), d)
	}
	if err != nil && wrong(err) {
		f := v.form(values)
		fields := localFields
		if d.Kind == localrule.Duty {
			fields = maps.Clone(localFields)
			for _, name := range []string{"from", "to", "basis"} {
				fields[name] = name + ofDuty
			}
		}
		f.Problems = []view.Problem{v.problem(err, fields)}
		page, perr := v.localRulesPage(f, values.Get("org"))
		if perr != nil {
			return perr
		}
		return v.again(err, page)
	}
	if err != nil {
		return err
	}
	v.done(words.Mark("已经提出，等第二个人确认。"))
	return v.to(view.PathLocalRule(id))
}

// localAsked reads the form.
func localAsked(values url.Values) (d localrule.Decision, err error) {
	end := ""
	if values.Get("kind") == string(localrule.Duty) {
		end = ofDuty
	}
	d = localrule.Decision{Org: values.Get("org"), Kind: localrule.Kind(values.Get("kind")), Basis: said(values, "basis"+end), Value: said(values, "value"), Title: said(values, "title"), Wording: said(values, "wording"),
		Of: expression.Subject(values.Get("of")), Applies: said(values, "applies"), Done: said(values, "done")}
	if chosen := values.Get("parameter"); d.Kind == localrule.Parameter {
		if chosen == "" {
			return d, fault.New(fault.Invalid, "请选择规定哪个数。").At("parameter")
		}
		d.Rule, d.Parameter, _ = strings.Cut(chosen, "/")
	}
	d.Months, _ = strconv.Atoi(values.Get("months"))
	if text := said(values, "within"); text != "" {
		if d.Within, err = strconv.Atoi(text); err != nil || d.Within == 0 {
			return d, fault.New(fault.Invalid, "期限请写整数；到期末为止就不填。").At("within")
		}
	}
	if d.From, err = dayTyped(values, "from"+end); err != nil {
		return d, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("from")
	}
	if d.To, err = dayTyped(values, "to"+end); err != nil {
		return d, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("to")
	}
	return d, nil
}

// showLocalRule is one decision.
func (s *Server) showLocalRule(v *visit) error { return v.localRulePage(v.form(nil), nil) }

func (v *visit) localRulePage(f view.Form, because error) error {
	scope, err := v.person.Scope(access.List, access.LocalRule)
	if err != nil {
		if scope, err = v.person.Scope(access.See, access.Member); err != nil { // whoever has to keep it may read it
			return err
		}
	}
	d, err := v.in.Local.ByID(v.ctx(), v.in.DB.As(scope), v.person.Place(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	if f.Values == nil {
		f = v.versioned(url.Values{}, d.Version)
	}
	sheet := view.Sheet{Heading: view.Say("本地规定"), Lead: localText(d), Tags: []view.Tag{localTag(d, v)}, Print: true, Form: f}
	part := view.SheetPart{ID: "decision", Title: view.Say("规定的内容"), Facts: v.decisionFacts(d)}
	part.Forms = v.decisionForms(d)
	sheet.Parts = append(sheet.Parts, part)
	if d.Kind != localrule.Ending && (d.State == localrule.Proposed || d.Coming(v.today())) {
		reach, err := v.reachPart(d)
		if err != nil {
			return err
		}
		sheet.Parts = append(sheet.Parts, reach)
	}
	page := view.SheetPage(v.page(sheet.Heading, view.PathRules, view.Link{Text: view.Say("规定\x04目录"), URL: view.PathRules}, view.Link{Text: view.Say("本地规定"), URL: view.PathLocalRules}), sheet)
	if because != nil {
		return v.again(because, page)
	}
	return v.show(page)
}

func (v *visit) decisionFacts(d localrule.Decision) []view.Fact {
	facts := []view.Fact{{Label: view.Say("谁定的"), Value: view.Say("%s，管它和全部下级", view.Plain(d.OrgName))}, {Label: view.Say("依据"), Value: view.Plain(d.Basis)}, {Label: view.Say("执行"), Value: spanText(d.From.String(), d.To.String())}}
	if d.Rule != "" {
		if r, ok := v.in.Rules.On(d.Rule, d.From); ok {
			facts = append(facts, view.Fact{Label: view.Say("法规"), Value: view.Plain(r.ID + " " + r.Cite()), URL: view.PathRule(r.ID)},
				view.Fact{Label: view.Say("法规的数"), Value: settingText(d.Parameter, r.Parameters()[d.Parameter])})
		}
		if d.Kind == localrule.Parameter {
			facts = append(facts, view.Fact{Label: view.Say("改为"), Value: settingText(d.Parameter, d.Value)})
		}
	}
	if d.Kind == localrule.Duty {
		facts = append(facts, view.Fact{Label: view.Say("要求做什么"), Value: view.Plain(d.Wording)}, view.Fact{Label: view.Say("多久一次"), Value: periodName(d.Months)},
			view.Fact{Label: view.Say("对哪些适用（条件）"), Value: view.Plain(d.Applies)}, view.Fact{Label: view.Say("怎样算办好（条件）"), Value: view.Plain(d.Done)})
		if d.Within > 0 {
			facts = append(facts, view.Fact{Label: view.Say("期限"), Value: view.Say("每期开始后 %d 天内", d.Within)})
		}
	}
	facts = append(facts, view.Fact{Label: view.Say("提出"), Value: view.Say("%s，%s，%s", view.Plain(d.Proposer), view.RoleName(d.ProposerRole), words.Moment(d.Proposed))})
	if d.Decider != "" {
		facts = append(facts, view.Fact{Label: view.Say("确认或答复"), Value: view.Say("%s，%s，%s", view.Plain(d.Decider), view.RoleName(d.DeciderRole), words.Moment(d.Decided))})
	}
	if d.Answer != "" {
		facts = append(facts, view.Fact{Label: view.Say("没有确认的理由"), Value: view.Plain(d.Answer)})
	}
	return facts
}

// reachPart is whom it will concern, before it takes effect.
func (v *visit) reachPart(d localrule.Decision) (view.SheetPart, error) {
	word := "branches"
	switch {
	case d.Rule != "":
		r, _ := v.in.Rules.First(d.Rule)
		word = r.Affects
	case d.Of == expression.Member:
		word = "members"
	}
	cell, err := v.affected(word, d.OrgPath)
	return view.SheetPart{ID: "coming", Title: view.Say("生效以后影响谁"), Head: []view.Text{view.Say("影响谁"), view.Say("您的范围里有")}, Rows: []view.SheetRow{{Cells: []view.SheetCell{view.Cell(affectsText(word)), cell}}}}, err
}

func (v *visit) decisionForms(d localrule.Decision) (out []view.SheetForm) {
	to := view.PathLocalRule(d.ID)
	act := func(name string) []view.Pair { return []view.Pair{{Name: "act", Value: name}} }
	switch {
	case d.State == localrule.Proposed && d.ProposerAccount == v.person.Account:
		out = append(out, view.SheetForm{Action: to, Submit: view.Say("撤回"), Hidden: act("withdraw")})
	case d.State == localrule.Proposed && v.may(access.Decide, access.LocalRule, d.OrgPath, ""):
		out = append(out, view.SheetForm{Action: to, Submit: view.Say("确认，按期生效"), Main: true, Hidden: act("approve")},
			view.SheetForm{Action: to, Submit: view.Say("不确认"), Hidden: act("refuse"), Fields: []view.SheetField{{Kind: "area", Field: view.Field{Name: "answer", Label: view.Say("不确认的理由"), Max: 300}}}})
	case d.State == localrule.Approved && d.Kind != localrule.Ending && !d.Over(v.today()) && v.may(access.Propose, access.LocalRule, d.OrgPath, ""):
		out = append(out, view.SheetForm{Action: to, Submit: view.Say("提出结束，等第二个人确认"), Hidden: act("end"), Fields: []view.SheetField{
			{Field: view.Field{Name: "to", Label: view.Say("最后一天"), Type: "date"}}, {Field: view.Field{Name: "basis", Label: view.Say("依据"), Hint: view.Say("哪个文件、哪次会议定的。"), Max: 200}}}})
	}
	return out
}

// decideLocalRule confirms, refuses, takes back or proposes to end.
func (s *Server) decideLocalRule(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	id, version := v.r.PathValue("id"), versionOf(values)
	done, next := words.Mark("已经记下。"), id
	switch values.Get("act") {
	case "approve":
		err = v.in.Local.Approve(v.ctx(), v.actor(), id, version)
	case "refuse":
		err = v.in.Local.Refuse(v.ctx(), v.actor(), id, version, said(values, "answer"))
	case "withdraw":
		err = v.in.Local.Withdraw(v.ctx(), v.actor(), id, version)
	case "end":
		last, derr := dayTyped(values, "to")
		if err = derr; err == nil {
			next, err = v.in.Local.ProposeEnd(v.ctx(), v.actor(), id, last, said(values, "basis"))
		}
		done = words.Mark("已经提出，等第二个人确认。")
	default:
		return fault.Missing()
	}
	if err != nil && wrong(err) {
		f := v.form(values)
		f.Version = values.Get(view.FieldVersion)
		f.Problems = []view.Problem{v.problem(err, localFields)}
		return v.localRulePage(f, err)
	}
	if err != nil {
		return err
	}
	v.done(done)
	return v.to(view.PathLocalRule(next))
}
