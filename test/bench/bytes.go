package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"

	"zhibu/internal/web/view"
)

var linked = regexp.MustCompile(`(?:src|href)="(` + view.PathAssets + `[^"#]+)`)

// assets are the files that the list page asks for.
func (s *site) assets() ([]string, error) {
	r := httptest.NewRequest(http.MethodGet, view.PathMembers, nil)
	r.Header.Set("Cookie", s.cookie)
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		return nil, fmt.Errorf("GET %s: %d", view.PathMembers, w.Code)
	}
	var out []string
	seen := map[string]bool{}
	for _, m := range linked.FindAllStringSubmatch(w.Body.String(), -1) {
		if !seen[m[1]] {
			seen[m[1]] = true
			out = append(out, m[1])
		}
	}
	return out, nil
}

// bytes counts what the list page of a branch costs on the line: everything at the first visit, and at the second
// what the browser must ask for again.
func (b *bench) bytes(ctx context.Context) error {
	dir, err := b.smallCity(ctx)
	if err != nil {
		return err
	}
	s, err := openSite(ctx, dir, "branch-secretary")
	if err != nil {
		return err
	}
	defer s.stop()
	list, err := s.get(view.PathMembers)
	if err != nil {
		return err
	}
	assets, err := s.assets()
	if err != nil {
		return err
	}
	first, second := onTheLine(list), onTheLine(list)
	parts := []string{fmt.Sprintf("page %.1f", kb(first))}
	for _, path := range assets {
		w, err := s.get(path)
		if err != nil {
			return err
		}
		first += onTheLine(w)
		parts = append(parts, fmt.Sprintf("%s %.1f", path[strings.LastIndex(path, "/")+1:], kb(onTheLine(w))))
		if !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			second += onTheLine(w)
		}
	}
	b.table.add(measure{Name: "first visit of the list page, compressed", Ours: fmt.Sprintf("%.1f KB", kb(first)), Reach: "≤ 28 KB"}, first <= 28<<10)
	b.table.tell(measure{Name: "  of which", Ours: strings.Join(parts, ", ") + " KB"})
	b.table.add(measure{Name: "second visit", Ours: fmt.Sprintf("%.1f KB", kb(second)), Reach: "≤ 10 KB"}, second <= 10<<10)
	return nil
}

// onTheLine is an answer's size with its headers.
func onTheLine(w *httptest.ResponseRecorder) int {
	n := len("HTTP/1.1 200 OK\r\n\r\n") + w.Body.Len()
	for name, values := range w.Header() {
		for _, v := range values {
			n += len(name) + len(v) + len(": \r\n")
		}
	}
	return n
}

func kb(n int) float64 { return float64(n) / 1024 }
