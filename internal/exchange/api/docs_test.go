package api_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// The reading page holds every operation and every schema of the document, loads nothing from elsewhere, and needs no
// token.
func TestReadingPage(t *testing.T) {
	h := found(t, storeSQLite())
	a := h.as(t, "", "GET", "/docs", nil)
	if a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		t.Fatalf("%d %s", a.status, a.header)
	}
	page := string(a.body)
	doc := h.spec(t)
	for _, op := range operations(t, doc) {
		if !strings.Contains(page, `id="`+op.doc.text("operationId")+`"`) {
			t.Errorf("%s %s is not on the page", op.method, op.path)
		}
	}
	schemas, _ := doc["components"].(map[string]any)["schemas"].(map[string]any)
	for name := range schemas {
		if !strings.Contains(page, `id="schema-`+name+`"`) {
			t.Errorf("the schema %s is not on the page", name)
		}
	}
	for _, link := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if !strings.Contains(page, `id="`+link[1]+`"`) {
			t.Errorf("a dead link to #%s", link[1])
		}
	}
	if found := regexp.MustCompile(`(?i)<script|<style|style="|https?://|\son[a-z]+="`).FindString(page); found != "" {
		t.Errorf("%q in the page", found)
	}
	if css := h.as(t, "", "GET", "/docs.css", nil); css.status != http.StatusOK || !strings.HasPrefix(css.header.Get("Content-Type"), "text/css") {
		t.Errorf("the style: %d", css.status)
	}
	if post := h.as(t, "", "POST", "/docs", nil); post.status < 400 {
		t.Errorf("POST: %d", post.status)
	}
}
