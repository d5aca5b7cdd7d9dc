package web

import (
	"bytes"
	"crypto/subtle"
	"net/http"
	"net/netip"
	"strings"
)

// ready answers whoever decides whether people are sent here. The log says what is missing.
func (s *Server) readiness(w http.ResponseWriter, r *http.Request) {
	if !s.ready.Load() {
		plain(w, http.StatusServiceUnavailable, "starting\n")
		return
	}
	if err := s.in.Ready(r.Context()); err != nil {
		s.log.Error("not ready", "error", err.Error())
		plain(w, http.StatusServiceUnavailable, "unavailable\n")
		return
	}
	plain(w, http.StatusOK, "ready\n")
}

// metrics gives the figures to this machine itself, and elsewhere to whoever brings the token of the configuration.
func (s *Server) metrics(w http.ResponseWriter, r *http.Request) {
	if !s.mayWatch(r) {
		plain(w, http.StatusForbidden, "forbidden\n")
		return
	}
	var b bytes.Buffer
	if err := s.in.WriteMetrics(r.Context(), &b); err != nil {
		s.log.Error("metrics", "error", err.Error())
		plain(w, http.StatusServiceUnavailable, "unavailable\n")
		return
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(b.Bytes()) // whoever asked has gone
}

func (s *Server) mayWatch(r *http.Request) bool {
	if token := s.in.Config.MetricsToken; token != "" {
		given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if ok && subtle.ConstantTimeCompare([]byte(given), []byte(token)) == 1 {
			return true
		}
	}
	// What a proxy on this machine passes on comes from elsewhere.
	for _, h := range []string{"X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via"} {
		if r.Header.Get(h) != "" {
			return false
		}
	}
	a, err := netip.ParseAddr(s.remote(r))
	return err == nil && a.IsLoopback()
}
