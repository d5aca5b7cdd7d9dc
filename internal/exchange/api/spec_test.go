package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// spec reads the served document, as anybody may.
func (h *house) spec(t *testing.T) object {
	t.Helper()
	a := h.as(t, "", "GET", "/openapi.json", nil)
	if !strings.HasPrefix(a.header.Get("Content-Type"), "application/json") {
		t.Fatal(a.header)
	}
	return a.want(t, http.StatusOK)
}

// operation is one of the document's.
type operation struct {
	method, path string
	doc          object
}

func operations(t *testing.T, doc object) []operation {
	t.Helper()
	var out []operation
	for path, item := range doc["paths"].(map[string]any) {
		for method, op := range item.(map[string]any) {
			out = append(out, operation{strings.ToUpper(method), path, op.(map[string]any)})
		}
	}
	slices.SortFunc(out, func(a, b operation) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	return out
}

// TestOpenAPI holds the document to what a client's generator and its reader need.
func TestOpenAPI(t *testing.T) {
	h := found(t, storeSQLite())
	doc := h.spec(t)
	if doc.text("openapi") != "3.1.0" {
		t.Fatal(doc.text("openapi"))
	}
	checkReferences(t, doc, doc, "#")
	ids := map[string]bool{}
	for _, op := range operations(t, doc) {
		name := op.method + " " + op.path
		id := op.doc.text("operationId")
		if id == "" || ids[id] {
			t.Errorf("%s: operationId %q is missing or not its own", name, id)
		}
		ids[id] = true
		for _, key := range []string{"summary", "description"} {
			if op.doc.text(key) == "" {
				t.Errorf("%s has no %s", name, key)
			}
		}
		checkParameters(t, name, op)
		checkResponses(t, name, op.doc)
	}
	if len(ids) < 35 {
		t.Errorf("only %d operations", len(ids))
	}
	schemas := doc["components"].(map[string]any)["schemas"].(map[string]any)
	for name, s := range schemas {
		checkSchema(t, name, s.(map[string]any))
	}
	if _, ok := doc["components"].(map[string]any)["securitySchemes"].(map[string]any)["token"]; !ok {
		t.Error("no security scheme")
	}
}

// checkReferences finds every $ref.
func checkReferences(t *testing.T, doc object, v any, at string) {
	switch v := v.(type) {
	case map[string]any:
		checkReferences(t, doc, object(v), at)
	case object:
		if ref, ok := v["$ref"].(string); ok && resolve(doc, ref) == nil {
			t.Errorf("%s: %s leads nowhere", at, ref)
		}
		for k, inner := range v {
			checkReferences(t, doc, inner, at+"/"+k)
		}
	case []any:
		for i, inner := range v {
			checkReferences(t, doc, inner, fmt.Sprint(at, "/", i))
		}
	}
}

func resolve(doc object, ref string) object {
	var v any = map[string]any(doc)
	for _, step := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[step]
	}
	m, _ := v.(map[string]any)
	return m
}

// checkParameters: every {name} of the path is declared, everything is described, writes say that they take a key.
func checkParameters(t *testing.T, name string, op operation) {
	t.Helper()
	declared := map[string]bool{}
	list, _ := op.doc["parameters"].([]any)
	for _, p := range list {
		p := object(p.(map[string]any))
		declared[p.text("in")+" "+p.text("name")] = true
		if p.text("description") == "" || p["schema"] == nil {
			t.Errorf("%s: parameter %s has no description or schema", name, p.text("name"))
		}
	}
	for _, part := range strings.Split(op.path, "/") {
		if strings.HasPrefix(part, "{") && !declared["path "+strings.Trim(part, "{}")] {
			t.Errorf("%s: %s is not declared", name, part)
		}
	}
	recorded := op.path == "/exports" || slices.ContainsFunc([]string{"/reveal", "/open", "/handover"}, func(end string) bool { return strings.HasSuffix(op.path, end) })
	if takes := op.method != "GET" && !recorded; declared["header Idempotency-Key"] != takes {
		t.Errorf("%s: Idempotency-Key declared: %v", name, !takes)
	}
}

func checkResponses(t *testing.T, name string, op object) {
	t.Helper()
	good := false
	for status, r := range op["responses"].(map[string]any) {
		r := object(r.(map[string]any))
		good = good || strings.HasPrefix(status, "2")
		if r.text("description") == "" {
			t.Errorf("%s: %s has no description", name, status)
		}
		if content, ok := r["content"].(map[string]any); status[0] == '4' && (!ok || content["application/problem+json"] == nil) {
			t.Errorf("%s: %s is no problem", name, status)
		}
	}
	for _, must := range []string{"401", "403", "422"} {
		if op["responses"].(map[string]any)[must] == nil {
			t.Errorf("%s: %s is not said", name, must)
		}
	}
	if !good {
		t.Errorf("%s says nothing of success", name)
	}
}

// checkSchema: every property of every schema says what it means.
func checkSchema(t *testing.T, name string, s object) {
	t.Helper()
	properties, _ := s["properties"].(map[string]any)
	for key, p := range properties {
		p := object(p.(map[string]any))
		if p["description"] == nil && p["$ref"] == nil {
			t.Errorf("%s.%s has no description", name, key)
		}
		if p["properties"] != nil {
			checkSchema(t, name+"."+key, p)
		}
	}
	if s.text("type") == "object" && s["additionalProperties"] == nil {
		t.Errorf("%s takes unknown fields", name)
	}
}

// TestAnswersAreAsDescribed compares what the interface answers with what its document says, field by field.
func TestAnswersAreAsDescribed(t *testing.T) {
	h := found(t, storeSQLite())
	doc := h.spec(t)
	m := h.as(t, "party-worker", "GET", "/members?limit=1", nil).want(t, 200).items()[0].text("id")
	o, a := h.people["party-worker"].Org, h.people["branch-secretary"].Account
	e := h.as(t, "party-worker", "GET", "/events?limit=1&kind=token", nil).want(t, 200).items()[0].text("id")
	for path, actual := range map[string]string{"/me": "/me", "/me/tokens": "/me/tokens", "/purposes": "/purposes", "/members": "/members?limit=20",
		"/members/{id}": "/members/" + m, "/members/{id}/sources": "/members/" + m + "/sources", "/members/{id}/history": "/members/" + m + "/history",
		"/members/{id}/looks": "/members/" + m + "/looks", "/organisations": "/organisations?limit=20", "/organisations/{id}": "/organisations/" + o,
		"/organisations/{id}/history": "/organisations/" + o + "/history", "/organisations/{id}/posts": "/organisations/" + o + "/posts",
		"/organisations/{id}/headcount": "/organisations/" + o + "/headcount", "/events": "/events?limit=20", "/events/{id}": "/events/" + e, "/imports": "/imports",
		"/me/looks": "/me/looks", "/members/{id}/access": "/members/" + m + "/access", "/accounts": "/accounts?limit=20", "/accounts/{id}": "/accounts/" + a, "/accounts/{id}/grants": "/accounts/" + a + "/grants"} {
		ref := object(doc["paths"].(map[string]any)[path].(map[string]any)["get"].(map[string]any)["responses"].(map[string]any)["200"].(map[string]any)["content"].(map[string]any)["application/json"].(map[string]any)["schema"].(map[string]any))
		var v any
		if err := json.Unmarshal(h.as(t, "party-worker", "GET", actual, nil).body, &v); err != nil {
			t.Fatal(path, err)
		}
		conforms(t, doc, ref, v, path)
	}
}

// conforms checks a value against a schema as far as this document's schemas go.
func conforms(t *testing.T, doc, schema object, v any, at string) {
	t.Helper()
	if ref := schema.text("$ref"); ref != "" {
		schema = resolve(doc, ref)
	}
	kinds := []string{schema.text("type")}
	if list, ok := schema["type"].([]any); ok {
		kinds = nil
		for _, k := range list {
			kinds = append(kinds, k.(string))
		}
	}
	kind := map[bool]string{true: "null"}[v == nil]
	switch v := v.(type) {
	case map[string]any:
		kind = "object"
		properties, _ := schema["properties"].(map[string]any)
		for k, inner := range v {
			p, ok := properties[k].(map[string]any)
			if !ok {
				if len(properties) > 0 {
					t.Errorf("%s.%s is not described", at, k)
				}
				continue
			}
			conforms(t, doc, p, inner, at+"."+k)
		}
		required, _ := schema["required"].([]any)
		for _, r := range required {
			if _, ok := v[r.(string)]; !ok {
				t.Errorf("%s.%s is promised and not there", at, r)
			}
		}
	case []any:
		kind = "array"
		for i, inner := range v {
			conforms(t, doc, schema["items"].(map[string]any), inner, fmt.Sprint(at, "[", i, "]"))
		}
	case string:
		kind = "string"
		if enum, ok := schema["enum"].([]any); ok && !slices.Contains(enum, any(v)) {
			t.Errorf("%s: %q is none of %v", at, v, enum)
		}
	case float64:
		kind = "number"
		if slices.Contains(kinds, "integer") && v == float64(int64(v)) {
			kind = "integer"
		}
	case bool:
		kind = "boolean"
	}
	if schema["type"] != nil && !slices.Contains(kinds, kind) {
		t.Errorf("%s is %s, described as %v", at, kind, kinds)
	}
}
