package web

import (
	"net/http"
	"net/url"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// displayCookie keeps language, size of text and contrast for a browser nobody is signed in at: zh.large.yes.
const displayCookie = "zhibu_display"

var (
	languages = map[string]bool{words.Chinese: true, words.English: true}
	textSizes = map[string]bool{view.TextStandard: true, view.TextLarge: true, view.TextLargest: true}
	contrasts = map[string]bool{"yes": true, "no": true}
)

// readDisplay is what the cookie says; Chinese at the standard size without one.
func readDisplay(r *http.Request) (lang string, d view.Display) {
	lang, d.Text = words.Chinese, view.TextStandard
	c, err := r.Cookie(displayCookie)
	if err != nil {
		return lang, d
	}
	part := strings.Split(c.Value, ".")
	if len(part) != 3 {
		return lang, d
	}
	if languages[part[0]] {
		lang = part[0]
	}
	if textSizes[part[1]] {
		d.Text = part[1]
	}
	d.Contrast = part[2] == "yes"
	return lang, d
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// keepDisplay writes the cookie.
func (v *visit) keepDisplay(lang string, d view.Display) {
	http.SetCookie(v.w, &http.Cookie{Name: displayCookie, Value: lang + "." + d.Text + "." + yesNo(d.Contrast), Path: "/",
		MaxAge: 365 * 24 * 3600, HttpOnly: true, Secure: v.s.options.Secure, SameSite: http.SameSiteLaxMode})
}

func (s *Server) showDisplay(v *visit) error {
	values := url.Values{"text": {v.display.Text}, "contrast": {yesNo(v.display.Contrast)}, "lang": {words.Lang(v.ctx())}}
	back := local(v.r.URL.Query().Get("back"))
	if back == "" {
		back = view.PathWorkbench
	}
	return v.show(view.DisplayPage(v.page(view.Say("显示设置"), ""), view.DisplayForm{Form: v.form(values), Back: back}))
}

// changeDisplay changes what the form names and leaves the rest; signed in or not.
func (s *Server) changeDisplay(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	lang, d := words.Lang(v.ctx()), v.display
	for name, known := range map[string]map[string]bool{"lang": languages, "text": textSizes, "contrast": contrasts} {
		if given := values.Get(name); given != "" && !known[given] {
			return fault.New(fault.Invalid, "没有这种显示方式。").At(name)
		}
	}
	if l := values.Get("lang"); l != "" {
		lang = l
	}
	if t := values.Get("text"); t != "" {
		d.Text = t
	}
	if c := values.Get("contrast"); c != "" {
		d.Contrast = c == "yes"
	}
	v.keepDisplay(lang, d)
	if p := v.person; p != nil && p.Ready() {
		if err := v.in.Access.Display(v.ctx(), p, v.request, lang, d.Text, yesNo(d.Contrast)); err != nil {
			return err
		}
	}
	back := local(values.Get("back"))
	if back == "" {
		back = view.PathWorkbench
	}
	return v.to(back)
}
