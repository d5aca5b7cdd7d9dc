package main
import ("testing";"context";"zhibu/internal/web/view";"net/http/httptest";"net/http";"log/slog")
func bm(b *testing.B, member bool) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	dir := "/tmp/bench-small/big-20000"
	s, err := openSite(context.Background(), dir, pageRole); if err!=nil {b.Fatal(err)}
	defer s.stop()
	ids,_ := s.someMembers(context.Background(),40)
	br,_ := s.someBranches(context.Background(),40)
	i := 0
	one := func(enc string) {
		i++
		path := view.PathMembers+"?org="+br[i%40]
		if member { path = view.PathMember(ids[i%40]) }
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Header.Set("Cookie", s.cookie)
			if enc != "" { r.Header.Set("Accept-Encoding", enc) }
			s.handler.ServeHTTP(httptest.NewRecorder(), r)
	}
	b.ReportAllocs()
	for b.Loop() { one("") }
}
func BenchmarkMember(b *testing.B) { bm(b,true) }
func BenchmarkList(b *testing.B) { bm(b,false) }
