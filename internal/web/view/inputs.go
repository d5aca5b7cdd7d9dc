package view

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

func inputType(d Field) string {
	if d.Type == "" {
		return "text"
	}
	return d.Type
}

// inputValue is what stands in a field; a password is never written back.
func inputValue(f Form, d Field) string {
	if d.Type == "password" {
		return ""
	}
	return f.Value(d.Name)
}

// inputMore are the attributes that depend on the field and on what was wrong with it.
func inputMore(f Form, d Field) templ.Attributes {
	a := templ.Attributes{}
	var about []string
	if f.problem(d.Name) != nil {
		a["aria-invalid"] = "true"
		about = append(about, "e-"+d.Name)
	}
	if !d.Hint.IsZero() {
		about = append(about, "h-"+d.Name)
	}
	if len(about) > 0 {
		a["aria-describedby"] = strings.Join(about, " ")
	}
	if !d.Optional {
		a["required"] = true
	}
	if d.Mode != "" {
		a["inputmode"] = d.Mode
	}
	if d.Auto != "" {
		a["autocomplete"] = d.Auto
	}
	if d.Max > 0 {
		a["maxlength"] = strconv.Itoa(d.Max)
	}
	if d.Type == "date" && !d.Today.IsZero() {
		a["max"] = d.Today.String()
	}
	return a
}

// pickVals sends what is typed as q, whatever the field is called.
func pickVals(name string) string { return `{"field":"` + name + `"}` }
