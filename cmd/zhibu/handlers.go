package main

import (
	"net/http"
	"sync/atomic"

	"zhibu/internal/installation"
)

type served struct{ ready atomic.Bool }

func (s *served) Ready() { s.ready.Store(true) }

func handlers(in *installation.Installation, origin string, secure bool) (*served, http.Handler, error) {
	s := &served{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if !s.ready.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	return s, mux, nil
}
