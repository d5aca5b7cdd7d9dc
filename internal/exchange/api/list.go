package api

import (
	"net/url"
	"strconv"
)

// Page is how much of a list is asked for.
type Page struct {
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many items at most." example:"50"`
	After string `query:"after" maxLength:"200" doc:"The next of the page before; absent for the first page."`
}

// List is a page of a list.
type List[T any] struct {
	Items []T     `json:"items" doc:"The items of this page." nullable:"false"`
	Next  *string `json:"next" doc:"What to pass as after for the following page; null at the end."`
}

type listed[T any] struct {
	Link string `header:"Link" doc:"The following page, rel=next (RFC 8288); absent at the end."`
	Body List[T]
}

// page answers with a page of a list.
func page[T any](c *call, items []T, next string) *listed[T] {
	out := &listed[T]{Body: List[T]{Items: items}}
	if items == nil {
		out.Body.Items = []T{}
	}
	if next == "" {
		return out
	}
	out.Body.Next = &next
	q := c.r.URL.Query()
	q.Set("after", next)
	out.Link = "<" + (&url.URL{Path: c.r.URL.Path, RawQuery: q.Encode()}).String() + `>; rel="next"`
	return out
}

// cut takes the surplus item off that tells that there are more, and says whether there was one.
func cut[T any](items []T, limit int) ([]T, bool) {
	if len(items) > limit {
		return items[:limit], true
	}
	return items, false
}

// part answers with a part of a list that is read as a whole because it is short.
func part[T any](c *call, items []T, p Page) (*listed[T], error) {
	from, ok := offset(p.After)
	if !ok || from > len(items) {
		return nil, badCursor()
	}
	items, more := cut(items[from:], p.Limit)
	next := ""
	if more {
		next = strconv.Itoa(from + p.Limit)
	}
	return page(c, items, next), nil
}

// offset reads an after that counts.
func offset(after string) (int, bool) {
	if after == "" {
		return 0, true
	}
	n, err := strconv.Atoi(after)
	return n, err == nil && n >= 0
}

// Parts asks for a part of what belongs to one thing.
type Parts struct {
	ID
	Page
}

// ID names one thing.
type ID struct {
	ID string `path:"id" maxLength:"64" doc:"Identifier." example:"01KAS0000000000000000000AB"`
}
