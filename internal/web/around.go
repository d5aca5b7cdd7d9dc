package web

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/web/asset"
)

// noted is what the log says of a request: never an address, a query or a name.
type noted struct {
	id      string
	pattern string
	status  int
}

type notedKey struct{}

func notedOf(ctx context.Context) *noted {
	if n, ok := ctx.Value(notedKey{}).(*noted); ok {
		return n
	}
	return &noted{}
}

// watched remembers the status that was written.
type watched struct {
	http.ResponseWriter
	noted *noted
}

func (w watched) WriteHeader(status int) {
	if w.noted.status == 0 {
		w.noted.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w watched) Write(b []byte) (int, error) {
	if w.noted.status == 0 {
		w.noted.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController find the connection.
func (w watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// limits of an ordinary request; an upload or download sets its own (visit.slow).
const (
	readLimit  = time.Minute
	writeLimit = 2 * time.Minute
)

// around numbers a request, sets the headers that every answer has, catches what breaks and writes the log.
func (s *Server) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		n := &noted{id: s.in.Ledger.IDs.New()}
		out := watched{w, n}
		if !strings.HasPrefix(r.URL.Path, asset.Prefix) { // those set their own, few ones
			s.headers(out.Header())
		}
		control := http.NewResponseController(w)
		_ = control.SetReadDeadline(start.Add(readLimit)) // not supported by a recorder of a test
		_ = control.SetWriteDeadline(start.Add(writeLimit))
		r = r.WithContext(context.WithValue(r.Context(), notedKey{}, n))
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler { //nolint:errorlint // the value itself is the sign
					panic(p)
				}
				s.log.Error("panic", "request", n.id, "pattern", n.pattern, "what", told(p), "stack", string(debug.Stack()))
				if n.status == 0 {
					s.broken(out, r, errors.New("panic"))
				}
			}
			if n.pattern != "GET /events" { // which lasts as long as its page
				s.in.Meter.Answered("page", n.pattern, n.status, time.Since(start))
			}
			s.log.Info("request", "request", n.id, "method", r.Method, "pattern", n.pattern, "status", n.status,
				"ms", float64(time.Since(start).Microseconds())/1000)
		}()
		next.ServeHTTP(out, r)
	})
}

// told is what may be logged of a panic: the runtime's own words, of others the type only, for they may hold data.
func told(p any) string {
	var e runtime.Error
	if err, ok := p.(error); ok && errors.As(err, &e) {
		return e.Error()
	}
	return fmt.Sprintf("%T", p)
}

func (s *Server) headers(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	if s.options.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// remote is the address of the browser: of the connection, or as a trusted proxy names it.
func (s *Server) remote(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	if !s.trusted(host) {
		return host
	}
	hops := strings.Split(r.Header.Get("X-Forwarded-For"), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		if hop := strings.TrimSpace(hops[i]); hop != "" {
			host = hop
			if !s.trusted(hop) {
				break
			}
		}
	}
	return host
}

func (s *Server) trusted(host string) bool {
	a, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	for _, p := range s.proxies {
		if p.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}

// refused answers what the sessions turned away.
func (s *Server) refused(w http.ResponseWriter, r *http.Request, err error) {
	if f := fault.As(err); f == nil {
		s.broken(w, r, err)
		return
	}
	v := s.visit(w, r)
	_ = v.fail(err) // the page of a refusal is written at once
}

// broken answers with the page of a defect, from outside of any handler.
func (s *Server) broken(w http.ResponseWriter, r *http.Request, err error) {
	v := s.visit(w, r)
	if v.fail(err) != nil {
		plain(w, http.StatusInternalServerError, "500 "+notedOf(r.Context()).id+"\n")
	}
}
