package web

import (
	"net/url"

	"github.com/a-h/templ"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/dues"
	"zhibu/internal/party/duesbook"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// askCollect is the form of the day on which a branch takes dues: everybody with what is open, the sums worked out.
func (s *Server) askCollect(v *visit) error {
	page, err := v.collectPage(v.form(nil), v.r.URL.Query())
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) collectPage(f view.Form, q url.Values) (templ.Component, error) {
	o, err := v.duesPlace(access.Add, q.Get("org"))
	if err != nil {
		return nil, err
	}
	r, err := v.readerFor(access.List, access.Dues)
	if err != nil {
		return nil, err
	}
	through := civil.Of(v.today().Year, v.today().Month, 1)
	if m, ok := duesbook.Month(q.Get("through")); ok {
		through = m
	}
	payers, err := v.in.Dues.Payers(v.ctx(), r, o, through)
	if err != nil {
		return nil, err
	}
	sheet := view.Sheet{Heading: view.Say("登记交纳党费"), Lead: view.Say("%s。勾选交了的人；金额按核定的基数算到所选的月份，可以改多，不能改少。", view.Plain(o.ShortName)), Form: f, Style: duesStyle}
	months := view.SheetPart{ID: "through", Title: view.Say("算到哪个月"), Note: view.Say("现在算到 %s。", through.MonthOf())}
	quarter := civil.Of(v.today().Year, (v.today().Month-1)/3*3+3, 1)
	for _, c := range []struct {
		label view.Text
		m     civil.Date
	}{{view.Say("到这个月"), civil.Of(v.today().Year, v.today().Month, 1)}, {view.Say("到这个季度末（经支部同意可以按季交）"), quarter}, {view.Say("到年底"), civil.Of(v.today().Year, 12, 1)}} {
		u := url.Values{"org": {o.ID}, "through": {c.m.MonthOf()}}
		months.Facts = append(months.Facts, view.Fact{Label: c.label, Value: view.Plain(c.m.MonthOf()), URL: withQuery(view.PathDuesCollect, u.Encode())})
	}
	form := view.SheetForm{Action: view.PathDuesCollect, Submit: view.Say("登记，出收据"), Main: true, Hidden: []view.Pair{{Name: "org", Value: o.ID}, {Name: "sent", Value: "1"}},
		Head: []view.Text{view.Say("姓名"), view.Say("交了"), view.Say("欠的月份"), view.Say("金额（元）"), view.Say("收据号（不填自动编）")}}
	chosen := url.Values{"pay": q["people"]}
	for _, p := range payers {
		sum := ""
		state := view.SheetCell{Text: view.Say("从 %s 起 %d 个月", p.First.MonthOf(), p.Months)}
		if p.Known {
			sum = p.Sum.String()
		} else {
			state.Sub = view.Say("基数未核定，金额照实填")
		}
		form.Rows = append(form.Rows, view.SheetRow{ID: p.Member, Cells: []view.SheetCell{view.Cell(view.Plain(p.Name)),
			{Input: &view.SheetInput{Name: "pay", Value: p.Member, Kind: "box", Label: view.Say("%s交了", view.Plain(p.Name)), Ticked: f.Has("pay", p.Member) || slicesHas(chosen["pay"], p.Member)}}, state,
			{Input: &view.SheetInput{Name: "sum-" + p.Member, Value: sum, Mode: "decimal", Label: view.Say("%s的金额", view.Plain(p.Name))}},
			{Input: &view.SheetInput{Name: "receipt-" + p.Member, Label: view.Say("%s的收据号", view.Plain(p.Name))}}}})
	}
	if sheet.Form.Values == nil {
		sheet.Form.Values = url.Values{"through": {through.MonthOf()}, "on": {v.today().String()}}
	}
	form.Fields = v.payFields()
	part := view.SheetPart{ID: "collect", Title: view.Say("谁交了"), Forms: []view.SheetForm{form}}
	if len(payers) == 0 {
		part.Note, part.Forms = view.Say("到所选的月份都已经交了，或者免交。"), nil
	}
	sheet.Parts = []view.SheetPart{months, part}
	return view.SheetPage(v.page(sheet.Heading, view.PathDues, append(v.orgCrumbs(o), view.Link{Text: view.Say("党费台账"), URL: view.PathDuesOf(view.PathDues, o.ID, "")})...), sheet), nil
}

func slicesHas(list []string, one string) bool {
	for _, x := range list {
		if x == one {
			return true
		}
	}
	return false
}

// payFields are what all payments of a form share.
func (v *visit) payFields() []view.SheetField {
	ways := []view.Option{}
	for _, w := range duesbook.Ways {
		ways = append(ways, view.Option{Value: string(w), Label: view.Say(w.Name())})
	}
	return []view.SheetField{
		{Field: view.Field{Name: "through", Label: view.Say("交到哪个月"), Hint: view.Say("写成 2026-11；一次交几个月的，写最后一个月；自愿多交的不填。"), Optional: true, Max: 7, Short: true}},
		{Field: view.Field{Name: "on", Label: view.Say("哪一天收到的"), Type: "date", Today: v.today()}},
		{Kind: "choose", Field: view.Field{Name: "way", Label: view.Say("怎么交的")}, Options: ways},
		{Field: view.Field{Name: "proxy", Label: view.Say("代交人"), Hint: view.Say("亲属或者别的党员代交的，写姓名。"), Optional: true, Max: 50}},
		{Kind: "boxes", Field: view.Field{Name: "agreed", Label: view.Say("支部同意")}, Options: []view.Option{{Value: "1", Label: view.Say("支部同意代交，或者提前交以后的月份")}}},
		{Field: view.Field{Name: "document", Label: view.Say("凭什么材料"), Optional: true, Max: 200}},
		{Field: view.Field{Name: "reason", Label: view.Say("说明"), Hint: view.Say("补交很久以前的、过了很久才登记的，写明为什么。"), Optional: true, Max: 200}}}
}

// payAt says under which field a fault of a payment is shown.
var payAt = at{"through": "through", "on": "on", "way": "way", "proxy": "proxy", "agreed": "agreed", "document": "document", "reason": "reason"}

// collectTyped reads the form: a payment for everybody who is ticked.
func (v *visit) collectTyped(values url.Values) (list []duesbook.Paying, err error) {
	common := duesbook.Paying{Way: duesbook.Way(values.Get("way")), Proxy: said(values, "proxy"), Agreed: values.Get("agreed") != "", Document: said(values, "document"), Reason: said(values, "reason")}
	if common.On, err = dayTyped(values, "on"); err != nil {
		return nil, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("on")
	}
	if text := said(values, "through"); text != "" {
		m, ok := duesbook.Month(text)
		if !ok {
			return nil, fault.New(fault.Invalid, "请填写交到哪个月，写成 2026-03。").At("through").By("F-12")
		}
		common.Through = m
	}
	for _, id := range values["pay"] {
		one := common
		one.Member, one.Receipt = id, said(values, "receipt-"+id)
		sum, ok := dues.ParseFen(values.Get("sum-" + id))
		if !ok {
			return nil, fault.New(fault.Invalid, "请填写金额，写成 15.00，最多两位小数。").At("sum").By("F-12")
		}
		one.Sum = sum
		list = append(list, one)
	}
	return list, nil
}

// collect records payments.
func (s *Server) collect(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.person.Need(access.Add, access.Dues); err != nil {
		return err
	}
	list, err := v.collectTyped(values)
	if err == nil {
		_, err = v.in.Dues.Pay(v.ctx(), v.actor(), values.Get("org"), list)
	}
	if err != nil && wrong(err) {
		f := v.form(values)
		f.Problems = []view.Problem{v.problem(err, payAt)}
		page, perr := v.collectPage(f, values)
		if perr != nil {
			return perr
		}
		return v.again(err, page)
	}
	if err != nil {
		return err
	}
	v.done("已经登记，收据可以打印。")
	return v.to(view.PathDuesOf(view.PathDues, values.Get("org"), ""))
}
