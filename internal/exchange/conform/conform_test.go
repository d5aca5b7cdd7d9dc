package conform

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const document = `{"openapi":"3.1.0","info":{"title":"t","version":"1"},"paths":{"/things/{id}":{"get":{"operationId":"get",
"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string"}},{"name":"limit","in":"query","schema":{"type":"integer","maximum":9}}],
"responses":{"200":{"description":"a thing","content":{"application/json":{"schema":{"type":"object","required":["name"],"additionalProperties":false,
"properties":{"name":{"type":"string"}}}}}},"404":{"description":"none","content":{"application/problem+json":{"schema":{"type":"object"}}}}}}}}}`

// The guard lets through what is described and reports everything else.
func TestGuard(t *testing.T) {
	for _, c := range []struct {
		name, path, kind, body string
		status                 int
		says                   string
	}{
		{"as described", "/api/things/1?limit=3", "application/json", `{"name":"x"}`, 200, ""},
		{"a missing field", "/api/things/1", "application/json", `{}`, 200, "name"},
		{"a field too many", "/api/things/1", "application/json", `{"name":"x","secret":1}`, 200, "secret"},
		{"a wrong type", "/api/things/1", "application/json", `{"name":1}`, 200, "name"},
		{"a status that is not described", "/api/things/1", "application/json", `{}`, 418, "418"},
		{"an answer of another kind", "/api/things/1", "text/html", `<p>`, 200, "text/html"},
		{"a request that should have been refused", "/api/things/1?limit=99", "application/json", `{"name":"x"}`, 200, "limit"},
		{"a missing thing", "/api/things/1", "application/problem+json", `{}`, 404, ""},
		{"an unknown address", "/api/nothing", "application/problem+json", `{}`, 404, ""},
		{"an unknown address, badly told", "/api/nothing", "text/plain", `no`, 404, "no problem"},
		{"another place", "/elsewhere", "text/plain", "hello", 200, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var said []string
			g, err := New([]byte(document), "/api", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", c.kind)
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(c.body))
			}), func(s string) { said = append(said, s) })
			if err != nil {
				t.Fatal(err)
			}
			w := httptest.NewRecorder()
			g.ServeHTTP(w, httptest.NewRequest(http.MethodGet, c.path, nil))
			if w.Code != c.status || w.Body.String() != c.body {
				t.Errorf("it changed the answer: %d %s", w.Code, w.Body)
			}
			all := strings.Join(said, "\n")
			if c.says == "" && all != "" || !strings.Contains(all, c.says) {
				t.Errorf("%q, want %q", all, c.says)
			}
		})
	}
	if _, err := New([]byte(`{"openapi":"3.1.0"}`), "/api", nil, nil); err == nil {
		t.Error("a document that is none is accepted")
	}
}
