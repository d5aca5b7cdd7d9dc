package web

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"zhibu/internal/web/view"
)

// BenchmarkPages gives signed-in mixed reads, compressed, without the network.
func BenchmarkPages(b *testing.B) {
	c := house(b)
	quiet, err := New(c.in, Options{Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		b.Fatal(err)
	}
	h := quiet.Handler()
	a := c.account("party-worker", 1)
	form := url.Values{"account": {a.Account}, "password": {a.Password}}.Encode()
	in := httptest.NewRequest(http.MethodPost, view.PathSignIn, strings.NewReader(form))
	in.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	in.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, in)
	cookies := w.Result().Cookies()
	if len(cookies) == 0 {
		b.Fatalf("not in: %d", w.Code)
	}
	m := c.memberOf(b, 1, 2)
	for name, paths := range map[string][]string{
		"list": {"/members"}, "member": {view.PathMember(m.ID)}, "workbench": {"/"}, "tree": {"/organisations"},
		"mixed": {"/members", view.PathMember(m.ID), "/", "/members", view.PathMember(m.ID), "/organisations"},
	} {
		b.Run(name, func(b *testing.B) {
			var n atomic.Int64
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					r := httptest.NewRequest(http.MethodGet, paths[int(n.Add(1))%len(paths)], nil)
					r.Header.Set("Accept-Encoding", "gzip, br")
					r.AddCookie(cookies[0])
					w := httptest.NewRecorder()
					if h.ServeHTTP(w, r); w.Code != http.StatusOK {
						b.Fatalf("%d", w.Code)
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pages/s")
			if err := c.in.Members.Flush(b.Context()); err != nil {
				b.Fatal(err)
			}
		})
	}
}
