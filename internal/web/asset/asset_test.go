package asset

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
)

func get(t *testing.T, path, accept string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept-Encoding", accept)
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r io.Reader) []byte {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEveryCodingGivesTheSameFile(t *testing.T) {
	for name := range urls {
		plain := body(t, get(t, URL(name), "").Body)
		br := get(t, URL(name), "gzip, deflate, br")
		if br.Header.Get("Content-Encoding") != "br" {
			t.Errorf("%s: brotli is offered but not used", name)
		}
		if !bytes.Equal(plain, body(t, brotli.NewReader(br.Body))) {
			t.Errorf("%s: brotli differs", name)
		}
		gz := get(t, URL(name), "gzip;q=0.8, br;q=0")
		if gz.Header.Get("Content-Encoding") != "gzip" {
			t.Fatalf("%s: br is refused, yet %q is sent", name, gz.Header.Get("Content-Encoding"))
		}
		zr, err := gzip.NewReader(gz.Body)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(plain, body(t, zr)) {
			t.Errorf("%s: gzip differs", name)
		}
	}
}

func TestFilesAreKeptForEver(t *testing.T) {
	r := get(t, URL("site.css"), "br")
	if got := r.Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("Cache-Control %q", got)
	}
	if got := r.Header.Get("Content-Type"); got != "text/css; charset=utf-8" {
		t.Errorf("Content-Type %q", got)
	}
	if got := get(t, Prefix+"site.css", "").StatusCode; got != http.StatusNotFound {
		t.Errorf("the name without its hash answers %d: an old copy could be kept for ever", got)
	}
}

func TestFirstVisitCost(t *testing.T) {
	sum := 0
	for _, name := range []string{"site.css", "icons.svg", "site.js", "htmx.js"} {
		sum += len(body(t, get(t, URL(name), "br").Body))
	}
	// 28 KB for the first visit of the list page, of which up to 4 KB are the page itself.
	if limit := 24 << 10; sum > limit {
		t.Errorf("the assets cost %d bytes compressed, more than %d", sum, limit)
	}
}

func TestTighteningKeepsWhatCounts(t *testing.T) {
	in := "/* 注 */\n.a > .b,\n.c { margin: calc(1rem + 2px) 0; content: \" · \"; }\n@media (max-width: 45em) { .d { color: red; } }\n"
	want := `.a>.b,.c{margin: calc(1rem + 2px) 0;content: " · ";}@media (max-width: 45em){.d{color: red;}}`
	if got := string(tighten([]byte(in))); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
