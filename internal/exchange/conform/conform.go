// Package conform stands in front of the interface in tests and holds every request and answer to the OpenAPI document
// that the program serves. It is in no release.
package conform

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"
	verrors "github.com/pb33f/libopenapi-validator/errors"
)

// Guard looks at what goes through it.
type Guard struct {
	next   http.Handler
	prefix string
	check  *Document
	report func(string)
}

// Document is one that was read, checked and made ready, which takes a second or two; many guards go by it.
type Document struct {
	validator.Validator
	mu sync.Mutex // the validator renders schemas as it goes
}

// New guards a handler whose document lies below prefix. report hears of whatever does not conform: an answer, whatever
// its status, that is not described so; a request that is not described so and was accepted all the same.
func New(document []byte, prefix string, next http.Handler, report func(string)) (*Guard, error) {
	d, err := Read(document)
	if err != nil {
		return nil, err
	}
	return d.Guard(prefix, next, report), nil
}

// Guard is New for a document that was read before.
func (d *Document) Guard(prefix string, next http.Handler, report func(string)) *Guard {
	return &Guard{next: next, prefix: prefix, check: d, report: report}
}

// Read makes a document ready.
func Read(document []byte) (*Document, error) {
	doc, err := libopenapi.NewDocument(document)
	if err != nil {
		return nil, fmt.Errorf("conform: read the document: %w", err)
	}
	v, errs := validator.NewValidator(doc, config.WithFormatAssertions(), config.WithoutSecurityValidation(), config.WithScalarCoercion())
	if len(errs) > 0 {
		return nil, fmt.Errorf("conform: %v", errs)
	}
	if ok, found := v.ValidateDocument(); !ok {
		return nil, fmt.Errorf("conform: the document itself: %s", told(found))
	}
	return &Document{Validator: v}, nil
}

func (g *Guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasPrefix(r.URL.Path, g.prefix+"/") || slices.Contains([]string{"/openapi.json", "/docs", "/docs.css"}, strings.TrimPrefix(r.URL.Path, g.prefix)) {
		g.next.ServeHTTP(w, r)
		return
	}
	sent, err := io.ReadAll(r.Body)
	if err != nil { // a body that breaks off, or is no body: the handler shall see it as it came
		r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(sent), failing{err}))
		g.next.ServeHTTP(w, r)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(sent))
	rec := httptest.NewRecorder()
	g.next.ServeHTTP(rec, r)
	g.look(r, sent, rec)
	for name, values := range rec.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(rec.Code)
	_, _ = w.Write(rec.Body.Bytes()) // whoever asked has gone
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// look compares one exchange with the document.
func (g *Guard) look(r *http.Request, sent []byte, rec *httptest.ResponseRecorder) {
	if rec.Code == http.StatusNotFound || rec.Code == http.StatusMethodNotAllowed {
		if !strings.HasPrefix(rec.Header().Get("Content-Type"), "application/problem+json") {
			g.report(fmt.Sprintf("%s %s: %d is no problem", r.Method, r.URL.Path, rec.Code))
		}
		if rec.Code == http.StatusMethodNotAllowed {
			return // an address or method that the document does not have
		}
	}
	again := r.Clone(r.Context())
	again.URL.Path, again.URL.RawPath = strings.TrimPrefix(r.URL.Path, g.prefix), ""
	again.RequestURI = ""
	again.Body = io.NopCloser(bytes.NewReader(sent))
	answer := rec.Result()
	if r.Method == http.MethodHead { // the server leaves the body out further on
		answer.Body = http.NoBody
	}
	g.check.mu.Lock()
	defer g.check.mu.Unlock()
	if ok, found := g.check.ValidateHttpResponse(again, answer); !ok && !unknown(found) {
		g.report(fmt.Sprintf("%s %s is answered with %d, which the document does not describe so: %s", r.Method, r.URL.Path, rec.Code, told(found)))
	}
	if rec.Code >= 300 || !plain(r) {
		return
	}
	again.Body = io.NopCloser(bytes.NewReader(sent))
	if ok, found := g.check.ValidateHttpRequestSync(again); !ok {
		g.report(fmt.Sprintf("%s %s was accepted (%d), though the document describes it otherwise: %s", r.Method, r.URL.Path, rec.Code, told(found)))
	}
}

// plain tells whether a request's body is one that the validator reads: none, or JSON.
func plain(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return r.Header.Get("Content-Type") == "" || err == nil && kind == "application/json"
}

// unknown tells whether the document has no such address: there is nothing to compare with, and 404 is the answer.
func unknown(found []*verrors.ValidationError) bool {
	for _, f := range found {
		if !f.IsPathMissingError() && !f.IsOperationMissingError() {
			return false
		}
	}
	return true
}

// told are the findings without what was sent: that may be a person's.
func told(found []*verrors.ValidationError) string {
	var out []string
	for _, f := range found {
		text := f.Message + " (" + f.Reason + ")"
		for _, s := range f.SchemaValidationErrors {
			text += "; " + s.FieldPath + ": " + s.Reason
		}
		out = append(out, text)
	}
	return strings.Join(out, " | ")
}
