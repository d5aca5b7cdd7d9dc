package view

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"zhibu/internal/web/asset"
	"zhibu/internal/words"
)

func write(t *testing.T, name, lang string) string {
	t.Helper()
	var b strings.Builder
	if err := samples()[name].Render(words.With(context.Background(), lang), &b); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return b.String()
}

func sampleNames() []string {
	var names []string
	for n := range samples() {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// go test ./internal/web/view -args -preview DIR also writes every page into a directory, to be looked at.
var previewDir = flag.String("preview", "", "write every page into this directory")

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if *previewDir != "" {
		if err := preview(*previewDir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

func preview(dir string) error {
	if err := os.MkdirAll(filepath.Join(dir, "assets"), 0o755); err != nil {
		return err
	}
	for _, lang := range []string{words.Chinese, words.English} {
		if err := os.MkdirAll(filepath.Join(dir, lang), 0o755); err != nil {
			return err
		}
		for name, page := range samples() {
			var b strings.Builder
			if err := page.Render(words.With(context.Background(), lang), &b); err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(dir, lang, name+".html"), []byte(b.String()), 0o644); err != nil {
				return err
			}
		}
	}
	for _, a := range []string{"site.css", "icons.svg", "site.js", "htmx.js"} {
		w := httptest.NewRecorder()
		asset.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, asset.URL(a), nil))
		if err := os.WriteFile(filepath.Join(dir, asset.URL(a)), w.Body.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

var (
	inline = regexp.MustCompile(`\sstyle=|\son[a-z]+=|<style|<script>|javascript:|hx-on`)
	idAttr = regexp.MustCompile(`\sid="([^"]*)"`)
	forRef = regexp.MustCompile(`\s(?:for|aria-labelledby|aria-describedby)="([^"]*)"`)
	inHref = regexp.MustCompile(`href="#([^"]*)"`)
)

func TestPagesHoldToThePolicy(t *testing.T) {
	for _, n := range sampleNames() {
		page := write(t, n, words.Chinese)
		if m := inline.FindString(page); m != "" {
			t.Errorf("%s: inline %q, which the content policy refuses", n, m)
		}
		ids := map[string]bool{}
		for _, m := range idAttr.FindAllStringSubmatch(page, -1) {
			if ids[m[1]] {
				t.Errorf("%s: id %q twice", n, m[1])
			}
			ids[m[1]] = true
		}
		for _, m := range forRef.FindAllStringSubmatch(page, -1) {
			for _, id := range strings.Fields(m[1]) {
				if !ids[id] {
					t.Errorf("%s: refers to %q, which is not there", n, id)
				}
			}
		}
		for _, m := range inHref.FindAllStringSubmatch(page, -1) {
			if !ids[m[1]] {
				t.Errorf("%s: links to #%s, which is not there", n, m[1])
			}
		}
		if strings.Count(page, "<h1") != 1 {
			t.Errorf("%s: has %d h1", n, strings.Count(page, "<h1"))
		}
		if strings.Contains(page, "%!") {
			t.Errorf("%s: a format went wrong: %s", n, page[strings.Index(page, "%!"):][:60])
		}
	}
}

func TestEveryPostCarriesTheToken(t *testing.T) {
	form := regexp.MustCompile(`(?s)<form[^>]*method="post".*?</form>`)
	for _, n := range sampleNames() {
		for _, f := range form.FindAllString(write(t, n, words.Chinese), -1) {
			if !strings.Contains(f, `name="`+FieldToken+`"`) {
				t.Errorf("%s: a form without token: %.120s", n, f)
			}
		}
	}
}
