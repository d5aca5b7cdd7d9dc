package web_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/web"
)

// ask asks for a path of the house with a header, "" for none.
func (h *house) ask(path, name, value string) (int, string) {
	h.T.Helper()
	r, err := http.NewRequest(http.MethodGet, h.url+path, nil)
	if err != nil {
		h.T.Fatal(err)
	}
	if name != "" {
		r.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		h.T.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		h.T.Fatal(err)
	}
	return answer.StatusCode, string(b)
}

// The figures are in the form that Prometheus reads, and hold neither a person nor an address with an id.
func TestMetrics(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		h := openHouse(t, cfg)
		secretary := h.sit("branch-secretary", 1)
		list := secretary.page("/members")
		member := regexp.MustCompile(`/members/(01[0-9A-Z]{24})"`).FindStringSubmatch(list)
		if member == nil {
			t.Fatal("no member in the list")
		}
		secretary.page("/members/" + member[1])
		status, text := h.ask("/metrics", "", "")
		if status != http.StatusOK {
			t.Fatalf("%d: %s", status, text)
		}
		for _, want := range []string{`zhibu_requests_total{side="page",pattern="GET /members/{id}",status="200"} 1`, "zhibu_chain_size ", "zhibu_backup_time_seconds 0",
			"zhibu_drill_time_seconds 0", `zhibu_request_seconds_bucket{side="page",le="+Inf"}`, "zhibu_disk_free_bytes", "zhibu_sessions 1"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s is missing in\n%s", want, text)
			}
		}
		line := regexp.MustCompile(`^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [-+0-9.e]+)$`)
		for _, l := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
			if !line.MatchString(l) {
				t.Errorf("no line of the format: %q", l)
			}
		}
		if strings.Contains(text, member[1]) || regexp.MustCompile(`\b0[0-9A-Z]{25}\b`).MatchString(text) || strings.ContainsFunc(text, func(r rune) bool { return r >= 0x4e00 && r < 0xa000 }) {
			t.Errorf("an id or a name:\n%s", text)
		}
	})
}

// Off this machine the figures are for whoever has the token.
func TestWhoMayReadMetrics(t *testing.T) {
	h := openHouse(t, store.Config{})
	if status, _ := h.ask("/metrics", "X-Forwarded-For", "198.51.100.7"); status != http.StatusForbidden {
		t.Errorf("through a proxy: %d", status)
	}
	h.Config.MetricsToken = "a token for the monitoring"
	pages, err := web.New(h.Installation, web.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for given, want := range map[string]int{"": 403, "Bearer wrong": 403, "Bearer ": 403, "Bearer a token for the monitoring": 200} {
		r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
		r.RemoteAddr = "198.51.100.7:4711"
		r.Header.Set("Authorization", given)
		w := httptest.NewRecorder()
		pages.Handler().ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%q: %d, want %d", given, w.Code, want)
		}
	}
}

// Ready means that somebody can work: not while starting, not without the data.
func TestReadiness(t *testing.T) {
	h := openHouse(t, store.Config{})
	if status, _ := h.ask("/readyz", "", ""); status != http.StatusServiceUnavailable {
		t.Errorf("while starting: %d", status)
	}
	h.Pages.Ready(true)
	if status, body := h.ask("/readyz", "", ""); status != http.StatusOK {
		t.Errorf("%d %s", status, body)
	}
	h.Sound() // nothing remains of the trial row
}

// A database that is gone, or a disk without room, is told.
func TestNotReady(t *testing.T) {
	h := openHouse(t, store.Config{})
	h.Pages.Ready(true)
	if err := os.Rename(h.DB.File(), h.DB.File()+".gone"); err != nil {
		t.Fatal(err)
	}
	status, body := h.ask("/readyz", "", "")
	if err := os.Rename(h.DB.File()+".gone", h.DB.File()); err != nil {
		t.Fatal(err)
	}
	if status != http.StatusServiceUnavailable || body != "unavailable\n" {
		t.Errorf("without its file: %d %s", status, body)
	}
	if status, _ := h.ask("/healthz", "", ""); status != http.StatusOK {
		t.Errorf("alive all the same: %d", status)
	}
}
