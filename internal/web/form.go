package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"golang.org/x/text/width"

	"zhibu/internal/fault"
	"zhibu/internal/party/roster"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// formLimit bounds an ordinary form; an upload has its own limit.
const formLimit = 2 << 20

// posted reads the fields of a form.
func (v *visit) posted() (url.Values, error) {
	if err := v.r.ParseForm(); err != nil {
		if statusOf(err) == http.StatusRequestEntityTooLarge {
			return nil, err
		}
		return nil, fault.New(fault.Invalid, "表单看不懂，请返回后刷新页面，再填一次。").Because(err)
	}
	return v.r.PostForm, nil
}

// form is a form with values: what stands, or what was typed.
func (v *visit) form(values url.Values) view.Form {
	return view.Form{Token: v.token(), Values: values}
}

// versioned is form for a thing that somebody else could change meanwhile.
func (v *visit) versioned(values url.Values, version int64) view.Form {
	f := v.form(values)
	f.Version = strconv.FormatInt(version, 10)
	return f
}

// versionOf is the version of the thing as the form showed it; 0 for none.
func versionOf(values url.Values) int64 {
	n, err := strconv.ParseInt(values.Get(view.FieldVersion), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// said is a trimmed field.
func said(values url.Values, name string) string { return strings.TrimSpace(values.Get(name)) }

// narrow turns full-width digits and signs, as an input method may write them, into the plain ones.
func narrow(text string) string { return width.Fold.String(text) }

// at says under which field of a page a fault of a room is shown: rooms name fields by their own words. A field that
// the page does not have is shown above the form.
type at map[string]string

// problem words a fault for the form of a page.
func (v *visit) problem(err error, fields at) view.Problem {
	p := view.ProblemOf(v.ctx(), err)
	p.Field = fields[p.Field]
	return p
}

// problems words what was wrong with typed facts of a record.
func (v *visit) problems(list []roster.Problem, fields at) []view.Problem {
	var out []view.Problem
	for _, p := range list {
		args := make([]any, len(p.Args))
		for i, a := range p.Args {
			if s, ok := a.(string); ok {
				a = words.T(v.ctx(), s)
			}
			args[i] = a
		}
		field := fields[string(columnTitled(p.Column))]
		text := words.T(v.ctx(), p.Text, args...)
		if field == "" && p.Column != "" {
			text = words.T(v.ctx(), "%s：%s", words.T(v.ctx(), p.Column), text)
		}
		out = append(out, view.Problem{Field: field, Text: text, Rule: p.Rule})
	}
	return out
}

// columnTitled is the column of a problem.
func columnTitled(title string) roster.Column {
	i := slices.IndexFunc(roster.Columns, func(c roster.Column) bool { return c.Title() == title })
	if i < 0 {
		return ""
	}
	return roster.Columns[i]
}

// wrong tells whether an error belongs beside the form that caused it, rather than on a page of its own.
func wrong(err error) bool {
	k := fault.Of(err)
	f := fault.As(err)
	return k == fault.Invalid || k == fault.Conflict || k == fault.Unavailable || k == fault.NotFound && f.Field != ""
}

// again shows a form once more with what was wrong: 409 after somebody else's change, else 422.
func (v *visit) again(err error, page templ.Component) error {
	status := http.StatusUnprocessableEntity
	switch fault.Of(err) {
	case fault.Conflict:
		status = http.StatusConflict
	case fault.Unavailable:
		status = http.StatusServiceUnavailable
	}
	return v.answer(status, page)
}

// local is an address on this site to go to, "" for anything else.
func local(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return ""
	}
	return path
}
