package web

import (
	"encoding/json"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// A session may end while somebody is filling in a form. What was typed is then sealed into the page for signing in
// and handed back after it: to the account that typed it, where the browser still tells whose session it was, and to
// nobody else. It stays in the browser's page; no address, cookie or table of ours holds it.

const (
	carryField   = "carry"
	carryToField = "carry-to"
	carryAge     = 24 * time.Hour
)

// carried is what is sealed.
type carried struct {
	At     int64      `json:"at"`
	Values url.Values `json:"values"`
}

// never are fields that are not handed back: the ended session's token, and passwords.
var never = []string{view.FieldToken, "password", "old", "new", "again"}

// askToSignIn answers a visitor who is not, or no longer, signed in.
func (v *visit) askToSignIn() error {
	switch {
	case v.scripted():
		v.w.Header().Set("HX-Redirect", view.PathSignIn)
		return v.send(http.StatusUnauthorized, nil)
	case v.r.Method == http.MethodGet || v.r.Method == http.MethodHead:
		to := view.PathSignIn
		if back := v.r.URL.RequestURI(); back != view.PathWorkbench {
			to += "?" + url.Values{"back": {back}}.Encode()
		}
		return v.to(to)
	}
	c := &view.Carry{Action: v.r.URL.Path}
	if kind, _, err := mime.ParseMediaType(v.r.Header.Get("Content-Type")); err == nil && kind == "application/x-www-form-urlencoded" {
		values, err := v.posted()
		if err != nil {
			return err
		}
		if err := v.carry(c, values); err != nil {
			return err
		}
	}
	return v.show(v.signInPage(view.SignIn{Form: v.form(url.Values{}), Carry: c}))
}

// carry seals what was typed.
func (v *visit) carry(c *view.Carry, typed url.Values) error {
	values := maps.Clone(typed)
	for _, name := range never {
		delete(values, name)
	}
	account, err := v.s.sessions.Lapsed(v.r)
	if err != nil {
		return err
	}
	b, err := json.Marshal(carried{v.in.Clock.Now().Unix(), values})
	if err != nil {
		return err
	}
	for name, list := range values {
		if name != view.FieldVersion && len(list) > 0 && strings.TrimSpace(list[0]) != "" {
			c.Count++
		}
	}
	c.Fields = []view.Pair{{Name: carryField, Value: v.s.sealer.seal("carry "+c.Action, account, b)}}
	return nil
}

// carriedBy takes what rides in the sign-in form, still sealed; nil for nothing.
func carriedBy(values url.Values) *view.Carry {
	action := local(values.Get(carryToField))
	if action == "" {
		return nil
	}
	c := &view.Carry{Action: action}
	if sealed := values.Get(carryField); sealed != "" {
		c.Fields = []view.Pair{{Name: carryField, Value: sealed}}
	}
	return c
}

// resume hands back what had been typed, to be looked at and sent by a press. What was sealed for somebody else, or
// long ago, is dropped.
func (v *visit) resume(c *view.Carry) error {
	if len(c.Fields) == 0 { // a file cannot be carried: back to the page that asks for it
		return v.to(c.Action)
	}
	values, ok := v.unseal(c)
	if !ok {
		return v.to(view.PathWorkbench)
	}
	out := view.Resume{Action: c.Action, Token: v.token()}
	names := slices.Sorted(maps.Keys(values))
	for _, name := range names {
		for _, value := range values[name] {
			out.Fields = append(out.Fields, view.Pair{Name: name, Value: value})
		}
	}
	out.Shown = v.stated(c.Action, values)
	return v.show(view.ResumePage(v.page(view.Say("接着刚才的办"), ""), out))
}

func (v *visit) unseal(c *view.Carry) (url.Values, bool) {
	for _, account := range []string{v.person.Account, ""} { // "": the browser no longer knew whose session it was
		b, ok := v.s.sealer.open("carry "+c.Action, account, c.Fields[0].Value)
		var in carried
		if !ok || json.Unmarshal(b, &in) != nil {
			continue
		}
		age := v.in.Clock.Now().Sub(time.Unix(in.At, 0))
		return in.Values, age < carryAge
	}
	return nil, false
}

// stated lists what was typed for a person to look at; numbers that are shown by their tail elsewhere are so here.
func (v *visit) stated(action string, values url.Values) []view.Stated {
	var out []view.Stated
	for _, name := range slices.Sorted(maps.Keys(values)) {
		text := strings.TrimSpace(strings.Join(values[name], words.T(v.ctx(), "、")))
		if text == "" || strings.HasPrefix(name, "form-") {
			continue
		}
		label, secret := labelOf(action, name)
		if secret {
			text = tailOf(text)
		}
		out = append(out, view.Stated{Label: label, Value: text})
	}
	return out
}

// tailOf shows the last four characters.
func tailOf(text string) string {
	r := []rune(text)
	if len(r) <= 4 {
		return strings.Repeat("＊", len(r))
	}
	return "＊＊＊＊" + string(r[len(r)-4:])
}

// labelOf names a field of a form for its reader, and tells whether its value is shown by its tail.
func labelOf(action, name string) (view.Text, bool) {
	base := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, "-y"), "-m"), "-d"), "-id")
	if key := action[strings.LastIndexByte(action, '/')+1:]; strings.Contains(action, "/mend/") && (base == "value" || base == "extra") {
		if f, ok := factOf(key); ok && base == "value" {
			return f.label, f.secret
		}
	}
	if l, ok := fieldLabels[base]; ok {
		return l, base == "idno" || base == "phone" || base == "address"
	}
	return view.Plain(base), true
}

var fieldLabels = map[string]view.Text{
	"name": view.Say("姓名或名称"), "idno": view.Say("公民身份号码"), "org": view.Say("党组织"), "target": view.Say("转到哪里"), "category": view.Say("人员类别"),
	"joined": view.Say("加入党组织日期"), "confirmed": view.Say("转为正式党员日期"), "ethnic": view.Say("民族"), "education": view.Say("学历"),
	"work": view.Say("工作岗位"), "phone": view.Say("电话"), "source": view.Say("依据什么材料"), "reason": view.Say("理由"), "day": view.Say("日期"),
	"since": view.Say("从哪一天起是这样"), "decision": view.Say("决定或证明"), "kind": view.Say("类别或情形"), "code": view.Say("编号"), "credit": view.Say("统一社会信用代码"),
	"title": view.Say("职务"), "member": view.Say("谁"), "purpose": view.Say("用途"), "purpose-text": view.Say("具体说明"), "what": view.Say("要看什么"),
	"unit": view.Say("所在单位"), "unit-kind": view.Say("单位类别"), "contact": view.Say("联系人"), "value": view.Say("内容"), "extra": view.Say("补充"),
	"account": view.Say("账号"), "role": view.Say("角色"), "q": view.Say("查找"), "state": view.Say("情况"), "act": view.Say("办什么"), "column": view.Say("列"),
	"text": view.Say("字的大小"), "contrast": view.Say("对比度"), "lang": view.Say("语言"),
}
