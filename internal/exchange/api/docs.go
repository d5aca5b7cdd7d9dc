package api

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
)

const docsPath = Prefix + "/docs"

//go:embed docs.gohtml
var docsText string

// docsPage is what the reading page shows of the document: everything is in it, nothing is loaded from elsewhere.
type docsPage struct {
	*huma.OpenAPI
	Groups  []docsGroup
	Schemas []docsSchema
}

type docsGroup struct {
	*huma.Tag
	Operations []docsOperation
}

type docsOperation struct {
	*huma.Operation
	Answers []docsAnswer
	Body    []docsContent
}

type docsAnswer struct {
	Status, Description string
	Content             []docsContent
}

// docsContent is a kind of content and the schema it has, by name where it has one.
type docsContent struct{ Kind, Schema string }

type docsSchema struct {
	Name, Description string
	Fields            []docsField
}

type docsField struct {
	Name, Type, Description string
	Required                bool
}

// docs makes the reading page once.
func (s *server) docs() func() ([]byte, error) {
	return sync.OnceValues(func() ([]byte, error) {
		t, err := template.New("docs").Parse(docsText)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		err = t.Execute(&b, docsOf(s.huma.OpenAPI()))
		return b.Bytes(), err
	})
}

func docsOf(o *huma.OpenAPI) docsPage {
	p := docsPage{OpenAPI: o}
	for _, tag := range o.Tags {
		g := docsGroup{Tag: tag}
		for _, path := range slices.Sorted(maps.Keys(o.Paths)) {
			for _, op := range operationsOf(o.Paths[path]) {
				if slices.Contains(op.Tags, tag.Name) {
					g.Operations = append(g.Operations, docsOperationOf(op))
				}
			}
		}
		p.Groups = append(p.Groups, g)
	}
	all := o.Components.Schemas.Map()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		p.Schemas = append(p.Schemas, docsSchemaOf(name, all[name]))
	}
	return p
}

func operationsOf(item *huma.PathItem) []*huma.Operation {
	return slices.DeleteFunc([]*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete}, func(op *huma.Operation) bool { return op == nil })
}

func docsOperationOf(op *huma.Operation) docsOperation {
	d := docsOperation{Operation: op}
	if op.RequestBody != nil {
		d.Body = docsContents(op.RequestBody.Content)
	}
	for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
		r := op.Responses[status]
		d.Answers = append(d.Answers, docsAnswer{status, r.Description, docsContents(r.Content)})
	}
	return d
}

func docsContents(content map[string]*huma.MediaType) (out []docsContent) {
	for _, kind := range slices.Sorted(maps.Keys(content)) {
		out = append(out, docsContent{kind, schemaName(content[kind].Schema)})
	}
	return out
}

func docsSchemaOf(name string, s *huma.Schema) docsSchema {
	d := docsSchema{Name: name, Description: s.Description}
	for _, field := range slices.Sorted(maps.Keys(s.Properties)) {
		f := s.Properties[field]
		d.Fields = append(d.Fields, docsField{field, typeOf(f), f.Description, slices.Contains(s.Required, field)})
	}
	return d
}

// schemaName is the name of the schema that is meant, "" for one without.
func schemaName(s *huma.Schema) string {
	if s == nil {
		return ""
	}
	return s.Ref[strings.LastIndex(s.Ref, "/")+1:]
}

// typeOf says in a word what a field holds.
func typeOf(s *huma.Schema) string {
	switch {
	case s == nil:
		return ""
	case s.Ref != "":
		return schemaName(s)
	case s.Items != nil:
		return "[" + typeOf(s.Items) + "]"
	case len(s.Enum) > 0:
		b, err := json.Marshal(s.Enum)
		if err != nil {
			return s.Type
		}
		return strings.ReplaceAll(strings.Trim(string(b), "[]"), ",", ", ")
	case s.Format != "":
		return s.Type + " (" + s.Format + ")"
	}
	return s.Type
}

// readDocs gives the page to whoever writes a program. Like the document it holds nobody's data and needs no token.
func (s *server) readDocs(w http.ResponseWriter, r *http.Request) {
	text, err := s.page()
	if err != nil {
		c, _ := r.Context().Value(callKey{}).(*call)
		s.write(c, s.problem(c, "docs", err))
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Content-Language", "en")
	_, _ = w.Write(text) // whoever asked has gone
}

//go:embed docs.css
var docsStyle []byte

func readStyle(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, _ = w.Write(docsStyle) // whoever asked has gone
}
