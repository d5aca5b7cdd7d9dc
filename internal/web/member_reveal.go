package web

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/web/view"
)

// purposeMark stands between a purpose of the list and what was said besides, in the record.
const purposeMark = "："

// ownPurpose stands where somebody looks at the own record.
const ownPurpose = "own"

func (s *Server) askReveal(v *visit) error {
	d, err := v.actOn(access.Reveal)
	if err != nil {
		return err
	}
	values := url.Values{"what": v.r.URL.Query()["what"]}
	if d.own {
		values.Set("purpose", ownPurpose)
	}
	page, err := v.revealPage(d, v.form(values))
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) revealPage(d dossier, f view.Form) (templ.Component, error) {
	ref, err := v.ref(d)
	if err != nil {
		return nil, err
	}
	out := view.RevealForm{Form: f, Member: ref}
	for _, fact := range revealed() {
		if d.reveal.Has(fact.class) {
			out.What = append(out.What, view.Option{Value: fact.key, Label: fact.label})
		}
	}
	for _, o := range oldAsked(d, f.Values["what"]) {
		out.What = append(out.What, view.Option{Value: oldKey(o), Label: oldLabel(o)})
	}
	if d.own {
		out.Purposes = []view.Option{{Value: ownPurpose, Label: view.Say("查看自己的信息")}}
	} else {
		out.Purposes = append([]view.Option{{Label: view.Say("请选择")}}, purposeOptions(access.RevealPurposes())...)
	}
	return view.RevealPage(v.page(view.Say("查看完整内容"), view.PathMembers, memberCrumbs(d.m)...), out), nil
}

func purposeOptions(list []access.Purpose) []view.Option {
	var out []view.Option
	for _, p := range list {
		out = append(out, view.Option{Value: p.Code, Label: view.Say(p.Text)})
	}
	return out
}

// reveal writes the look down, then shows the full values once.
func (s *Server) reveal(v *visit) error {
	d, err := v.actOn(access.Reveal)
	if err != nil {
		return err
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	old := oldAsked(d, values["what"])
	asked, purpose, err := v.askedFor(d, values, len(old) > 0)
	var rec roster.Record
	if err == nil && len(asked) > 0 {
		rec, err = v.in.Members.Reveal(v.ctx(), v.actor(), d.m.ID, purpose, columnsOf(asked)...)
	}
	var earlier []string
	if err == nil && len(old) > 0 {
		earlier, err = v.in.Members.RevealOld(v.ctx(), v.actor(), d.m.ID, purpose, old...)
	}
	if err != nil && wrong(err) {
		f := v.form(values)
		f.Problems = []view.Problem{v.problem(err, at{"what": "what", "purpose": "purpose", "purpose-text": "purpose-text"})}
		page, perr := v.revealPage(d, f)
		if perr != nil {
			return perr
		}
		return v.again(err, page)
	}
	if err != nil {
		return err
	}
	out := view.RevealResult{Purpose: purposeWords(v.ctx(), purpose)}
	if d.own {
		out.Purpose = v.t("查看自己的信息")
	}
	if out.Member, err = v.ref(d); err != nil {
		return err
	}
	for _, fact := range asked {
		value := plainOf(rec, fact.column)
		if value == "" {
			value = v.t("没有填")
		}
		out.Values = append(out.Values, view.Revealed{Label: fact.label, Value: value})
	}
	for i, o := range old {
		value := earlier[i]
		if value == "" {
			value = v.t("没有填")
		}
		out.Values = append(out.Values, view.Revealed{Label: oldLabel(o), Value: value})
	}
	if out.Event, err = v.lastAct(d.m.ID); err != nil {
		return err
	}
	return v.show(view.RevealedPage(v.page(view.Say("完整内容"), view.PathMembers, memberCrumbs(d.m)...), out))
}

// askedFor checks what is to be shown, against the rights, and what for.
func (v *visit) askedFor(d dossier, values url.Values, more bool) (asked []fact, purpose string, err error) {
	for _, fact := range revealed() {
		for _, key := range values["what"] {
			if key == fact.key && d.reveal.Has(fact.class) {
				asked = append(asked, fact)
			}
		}
	}
	if len(asked) == 0 && !more {
		return nil, "", fault.New(fault.Invalid, "请勾选要看什么。").At("what")
	}
	if d.own {
		return asked, ownPurpose, nil
	}
	purpose, err = purposeOf(values, access.RevealPurposes())
	return asked, purpose, err
}

// purposeOf reads a purpose from a form. One that is free has to be put in words.
func purposeOf(values url.Values, offered []access.Purpose) (string, error) {
	code, more := values.Get("purpose"), said(values, "purpose-text")
	for _, p := range offered {
		if p.Code != code {
			continue
		}
		if p.Free && more == "" {
			return "", fault.New(fault.Invalid, "请写明具体用途。").At("purpose-text").By("P-02")
		}
		if len([]rune(more)) > 300 {
			return "", fault.New(fault.Invalid, "说明最多 %d 个字。", 300).At("purpose-text")
		}
		if more == "" {
			return p.Text, nil
		}
		return p.Text + purposeMark + more, nil
	}
	return "", fault.New(fault.Invalid, "请说明用途。用途会留下记录，并通知本人。").At("purpose").By("P-02")
}

func columnsOf(list []fact) []roster.Column {
	var out []roster.Column
	for _, f := range list {
		out = append(out, f.column)
	}
	return out
}

func plainOf(r roster.Record, c roster.Column) string {
	switch c {
	case roster.IDNumber:
		return string(r.IDNumber)
	case roster.Mobile:
		return r.Mobile
	case roster.Phone:
		return r.Phone
	case roster.Address:
		return r.Address
	}
	return ""
}

// lastAct is the number of the visitor's newest act about a record.
func (v *visit) lastAct(id string) (string, error) {
	acts, err := v.in.Ledger.Acts(v.ctx(), v.in.DB.As(store.System("number of one's own act")), ledger.Query{Subject: id, Account: v.person.Account, Limit: 1})
	if err != nil || len(acts) == 0 {
		return "", err
	}
	return acts[0].ID, nil
}

// showLooks lists everybody who looked at a record.
func (s *Server) showLooks(v *visit) error {
	d, err := v.dossier(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	if _, err := v.person.Allow(access.List, access.Look, d.m.OrgPath, d.m.ID); err != nil {
		return err
	}
	const atOnce = 100
	list, err := v.in.Members.LooksBefore(v.ctx(), v.reader(), d.m.ID, v.r.URL.Query().Get("before"), atOnce+1)
	if err != nil {
		return err
	}
	pager := view.Pager{Shown: min(len(list), atOnce)}
	if len(list) > atOnce {
		list = list[:atOnce]
		pager.Next = view.PathMemberAct(d.m.ID, "looks") + "?before=" + list[atOnce-1].ID
	}
	items := v.lookLines(list)
	crumbs := memberCrumbs(d.m)
	if d.own {
		crumbs = []view.Link{{Text: view.Say("我的档案"), URL: view.PathMe}}
	}
	title := view.Say("谁看过%s的档案", view.Plain(d.m.Name))
	return v.show(view.LooksPage(v.page(title, view.PathMembers, crumbs...), view.Looks{ID: d.m.ID, Name: d.m.Name, Own: d.own, Items: items,
		Pager: pager}))
}

// An earlier value is named in an address and a form by its column, and the fact or the act that has it.
const (
	oldFact = "was "
	oldAct  = "then "
)

func oldKey(o member.Old) string {
	f, _ := keyOf(o.Column)
	if o.Fact != "" {
		return oldFact + f.key + " " + o.Fact
	}
	return oldAct + f.key + " " + o.Act
}

func oldLabel(o member.Old) view.Text {
	f, _ := keyOf(o.Column)
	return view.Say("以前的%s", f.label)
}

// pathRevealOld leads to the form that asks what for.
func pathRevealOld(id string, o member.Old) string {
	return withQuery(view.PathMemberAct(id, "reveal"), url.Values{"what": {oldKey(o)}}.Encode())
}

// mostOld bounds how many earlier values are asked for at once.
const mostOld = 20

// oldAsked reads the earlier values that are asked for, of those whose class the visitor may have shown.
func oldAsked(d dossier, what []string) (out []member.Old) {
	for _, w := range what {
		part := strings.Fields(w)
		if len(part) != 3 || len(out) == mostOld {
			continue
		}
		f, ok := factOf(part[1])
		if !ok || !f.secret || !d.reveal.Has(f.class) {
			continue
		}
		switch part[0] + " " {
		case oldFact:
			out = append(out, member.Old{Column: f.column, Fact: part[2]})
		case oldAct:
			out = append(out, member.Old{Column: f.column, Act: part[2]})
		}
	}
	return out
}
