package web

import (
	"zhibu/internal/civil"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/member"
	"zhibu/internal/party/roster"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// fact is a fact of a member's record as pages show and mend it.
type fact struct {
	key     string // in addresses and forms
	column  roster.Column
	label   view.Text
	class   access.Mask
	kind    string // how it is mended, one of view's Mend constants; "" it follows from others
	secret  bool   // shown by its tail; in full by a reveal only
	dated   bool   // changes in a life, so that the form asks since when
	strong  bool
	hint    view.Text
	options func() []view.Option
	value   func(m member.Member, t member.Tails, today civil.Date) view.Text // as a page shows it; zero: not known
	note    view.Text
}

// facts are in the order of the page; group says under which heading.
var facts = []struct {
	title view.Text
	note  view.Text
	list  []fact
}{
	{view.Say("基本情况"), view.Text{}, []fact{
		{key: "name", column: roster.Name, label: view.Say("姓名"), class: access.NameClass, kind: view.MendText, strong: true,
			hint:  view.Say("与身份证一致；少数民族姓名中的点写作“·”。"),
			value: func(m member.Member, _ member.Tails, _ civil.Date) view.Text { return view.Plain(m.Name) }},
		{key: "idno", column: roster.IDNumber, label: view.Say("公民身份号码"), class: access.IdentityClass, kind: view.MendNumber, secret: true,
			hint:  view.Say("18 位，重新填写全部号码。性别和出生日期随号码更正。"),
			value: func(_ member.Member, t member.Tails, _ civil.Date) view.Text { return tailText(t.IDNumber) }},
		{key: "sex", column: roster.Sex, label: view.Say("性别"), class: access.BasicClass, note: view.Say("由身份证号码得出"),
			value: func(m member.Member, _ member.Tails, _ civil.Date) view.Text { return sayOrNone(m.Sex.Name()) }},
		{key: "born", column: roster.Born, label: view.Say("出生年月"), class: access.BasicClass, note: view.Say("由身份证号码得出"), value: bornText},
		{key: "ethnic", column: roster.Ethnicity, label: view.Say("民族"), class: access.BasicClass, kind: view.MendChoice, options: ethnicities,
			value: func(m member.Member, _ member.Tails, _ civil.Date) view.Text {
				return sayOrNone(identity.Ethnicities.Name(m.Ethnicity))
			}},
		{key: "education", column: roster.Education, label: view.Say("学历"), class: access.BasicClass, kind: view.MendChoice, options: educations, dated: true,
			value: func(m member.Member, _ member.Tails, _ civil.Date) view.Text {
				return sayOrNone(identity.Educations.Name(m.Education))
			}},
		{key: "work", column: roster.Occupation, label: view.Say("工作岗位"), class: access.BasicClass, kind: view.MendText, dated: true,
			value: func(m member.Member, _ member.Tails, _ civil.Date) view.Text { return view.Plain(m.Occupation) }},
	}},
	{view.Say("党籍情况"), view.Text{}, []fact{
		{key: "category", column: roster.Category, label: view.Say("人员类别"), class: access.PartyClass, kind: view.MendChoice, options: categories,
			value: func(m member.Member, _ member.Tails, _ civil.Date) view.Text { return sayOrNone(m.Category.Name()) }},
		{key: "joined", column: roster.Joined, label: view.Say("加入党组织日期"), class: access.PartyClass, kind: view.MendDay,
			hint:  view.Say("支部大会通过接收为预备党员的那一天，见《入党志愿书》。"),
			value: func(m member.Member, _ member.Tails, _ civil.Date) view.Text { return dayText(m.Joined) }},
		{key: "confirmed", column: roster.Confirmed, label: view.Say("转为正式党员日期"), class: access.PartyClass, kind: view.MendDay,
			value: func(m member.Member, _ member.Tails, _ civil.Date) view.Text { return dayText(m.Confirmed) }},
		{key: "standing", label: view.Say("党龄"), class: access.PartyClass, note: view.Say("从转为正式党员之日算起"), value: standingText},
		{key: "registry", column: roster.Registry, label: view.Say("党籍状态"), class: access.PartyClass, kind: view.MendChoice, options: registries, dated: true,
			value: func(m member.Member, _ member.Tails, _ civil.Date) view.Text { return sayOrNone(m.Registry.Name()) }},
	}},
	{view.Say("联系方式"), view.Say("加密保存；查看完整内容须说明用途，并通知本人"), []fact{
		{key: "phone", column: roster.Mobile, label: view.Say("手机号码"), class: access.ContactClass, kind: view.MendNumber, secret: true, dated: true,
			hint:  view.Say("11 位，重新填写全部号码；不再使用的，请清空。"),
			value: func(_ member.Member, t member.Tails, _ civil.Date) view.Text { return tailText(t.Mobile) }},
		{key: "landline", column: roster.Phone, label: view.Say("固定电话"), class: access.ContactClass, kind: view.MendNumber, secret: true, dated: true,
			value: func(_ member.Member, t member.Tails, _ civil.Date) view.Text { return tailText(t.Phone) }},
		{key: "address", column: roster.Address, label: view.Say("家庭住址"), class: access.AddressClass, kind: view.MendText, secret: true, dated: true,
			value: func(m member.Member, _ member.Tails, _ civil.Date) view.Text { return known(m.HasAddress()) }},
	}},
	{view.Say("流动、失联与关怀"), view.Text{}, []fact{
		{key: "floating", column: roster.Floating, label: view.Say("是否为流动党员"), class: access.FlagClass, kind: view.MendYesNo, dated: true, value: floatingText},
		{key: "lost", column: roster.Lost, label: view.Say("是否为失联党员"), class: access.FlagClass, kind: view.MendYesNo, value: lostText},
		{key: "care", column: roster.Care, label: view.Say("是否需要关怀"), class: access.FlagClass, kind: view.MendYesNo, dated: true,
			hint:  view.Say("年老体弱、重病、残疾等；不强制参加组织生活，送学上门。"),
			value: func(m member.Member, _ member.Tails, _ civil.Date) view.Text { return answerText(m.Care) }},
	}},
	{view.Say("备注"), view.Text{}, []fact{
		{key: "notes", label: view.Say("花名册里的其他列"), class: access.NotesClass,
			value: func(m member.Member, _ member.Tails, _ civil.Date) view.Text { return known(m.HasNotes()) }},
	}},
}

// factOf finds a fact by its key.
func factOf(key string) (fact, bool) {
	for _, g := range facts {
		for _, f := range g.list {
			if f.key == key {
				return f, true
			}
		}
	}
	return fact{}, false
}

// revealed are the facts that a reveal shows in full.
func revealed() []fact {
	var out []fact
	for _, g := range facts {
		for _, f := range g.list {
			if f.secret {
				out = append(out, f)
			}
		}
	}
	return out
}

// keyOf is the key of a column, for the gaps of a record.
func keyOf(c roster.Column) (fact, bool) {
	for _, g := range facts {
		for _, f := range g.list {
			if f.column == c {
				return f, true
			}
		}
	}
	return fact{}, false
}

func sayOrNone(name string) view.Text {
	if name == "" {
		return view.Text{}
	}
	return view.Say(name)
}

func tailText(last4 string) view.Text {
	if last4 == "" {
		return view.Text{}
	}
	return view.Say("尾号 %s", last4)
}

func known(yes bool) view.Text {
	if !yes {
		return view.Text{}
	}
	return view.Say("已登记")
}

func answerText(yes bool) view.Text {
	if yes {
		return view.Say("是")
	}
	return view.Say("否")
}

func dayText(d civil.Date) view.Text {
	if d.IsZero() {
		return view.Text{}
	}
	return view.Say("%s", d)
}

func bornText(m member.Member, _ member.Tails, today civil.Date) view.Text {
	d, err := civil.Parse(m.Born + "-01")
	if err != nil {
		return view.Text{}
	}
	return view.Say("%d 年 %d 月，%d 岁", d.Year, int(d.Month), m.Age(today))
}

func standingText(m member.Member, _ member.Tails, today civil.Date) view.Text {
	if m.Confirmed.IsZero() {
		return view.Text{}
	}
	return view.Say("%d 年", m.StandingYears(today))
}

func floatingText(m member.Member, _ member.Tails, _ civil.Date) view.Text {
	if m.Floating && m.FloatingTo != "" {
		return view.Say("是，外出到%s", view.Plain(m.FloatingTo))
	}
	return answerText(m.Floating)
}

func lostText(m member.Member, _ member.Tails, _ civil.Date) view.Text {
	if m.Lost && !m.LostOn.IsZero() {
		return view.Say("是，%s起失去联系", m.LostOn)
	}
	return answerText(m.Lost)
}

// choices of the codes, by the names that the reader of typed facts knows.
func ethnicities() []view.Option { return listed(identity.Ethnicities) }
func educations() []view.Option  { return listed(identity.Educations) }

func listed(l *identity.List) []view.Option {
	out := []view.Option{{Value: "", Label: view.Say("没有填")}}
	for _, c := range l.Codes() {
		out = append(out, view.Option{Value: l.Name(c), Label: view.Say(l.Name(c))})
	}
	return out
}

func categories() []view.Option {
	var out []view.Option
	for _, c := range []identity.Category{identity.Full, identity.Probationary} {
		out = append(out, view.Option{Value: c.Name(), Label: view.Say(c.Name())})
	}
	return out
}

func registries() []view.Option {
	var out []view.Option
	for _, r := range []identity.Registry{identity.Normal, identity.Stopped} {
		out = append(out, view.Option{Value: r.Name(), Label: view.Say(r.Name())})
	}
	return out
}

// evidence are the materials that a fact is entered from; the record keeps the Chinese name.
var evidence = []view.Text{view.Say("《入党志愿书》"), view.Say("身份证、户口簿"), view.Say("本人书面说明"), view.Say("学历、学位证书"), view.Say("劳动合同或任职文件"),
	view.Say("党组织的决定或批复"), view.Say("党员档案"), view.Say("其他材料")}

func evidences() []view.Option {
	out := []view.Option{{Value: "", Label: view.Say("请选择")}}
	for _, t := range evidence {
		out = append(out, view.Option{Value: t.Key(), Label: t})
	}
	return out
}
