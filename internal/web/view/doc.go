// Package view writes the pages. A page is a pure function of a struct: it asks no database, knows no request and
// decides nothing about rights; what somebody may not do is simply not in the struct. Handlers fill the structs, in
// internal/web. Every page is a link or a form that works without JavaScript; htmx only swaps parts of the same HTML.
// paths.go lists every address, form.go what forms are made of, page.go what all pages share; then one file a page,
// the struct in NAME.go and its template in NAME.templ.
package view
