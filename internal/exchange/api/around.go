package api

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"golang.org/x/text/language"

	"zhibu/internal/fault"
	"zhibu/internal/words"
)

// Limits of a request. A sheet or a file that is taken out may come over a slow line, and to undo a large import takes
// its time.
const (
	jsonLimit  = 1 << 20
	quickLimit = 2 * time.Minute
	slowLimit  = time.Hour
)

// slow tells whether a request carries a file in or out, or undoes an import.
func slow(r *http.Request) bool {
	switch r.URL.Path {
	case Prefix + "/imports", Prefix + "/exports":
		return r.Method == http.MethodPost
	}
	if strings.HasPrefix(r.URL.Path, Prefix+"/members/") && r.Method == http.MethodPost {
		return strings.HasSuffix(r.URL.Path, "/documents") || strings.HasSuffix(r.URL.Path, "/handover")
	}
	return strings.HasPrefix(r.URL.Path, Prefix+"/imports/") && (strings.HasSuffix(r.URL.Path, "/rejected-rows") || strings.HasSuffix(r.URL.Path, "/undo"))
}

// around numbers a request, finds out who calls and in which language, and bounds its size and time.
func (s *server) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		seen := &watched{ResponseWriter: w}
		w = seen
		c := &call{s: s, in: s.in, request: s.in.Ledger.IDs.New(), w: w}
		h := w.Header()
		h.Set("X-Request-Id", c.request)
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Add("Vary", "Accept-Language, Authorization")
		if r.TLS != nil || len(s.in.Config.TrustedProxy) > 0 {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		ctx := words.With(r.Context(), languageOf(r))
		h.Set("Content-Language", words.Lang(ctx))
		limit, size := quickLimit, int64(jsonLimit)
		if slow(r) {
			limit, size = slowLimit, s.in.MaxUpload()+jsonLimit
		}
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		control := http.NewResponseController(w)
		_ = control.SetReadDeadline(time.Now().Add(limit)) // not supported by a recorder of a test
		_ = control.SetWriteDeadline(time.Now().Add(limit + 10*time.Second))
		r = r.WithContext(context.WithValue(ctx, callKey{}, c))
		r.Body = http.MaxBytesReader(w, r.Body, size)
		c.Context, c.r = r.Context(), r
		defer func() { // the pattern, never an address, a query or a name
			s.in.Meter.Answered("api", r.Pattern, seen.status, time.Since(start))
			s.log.Info("request", "request", c.request, "method", r.Method, "pattern", r.Pattern, "status", seen.status,
				"ms", float64(time.Since(start).Microseconds())/1000)
		}()
		defer s.recovered(c)
		if r.URL.Path == specPath || r.URL.Path == docsPath || r.URL.Path == docsPath+".css" {
			next.ServeHTTP(w, r)
			return
		}
		if err := s.identify(c); err != nil {
			s.write(c, s.problem(c, "authenticate", err))
			return
		}
		s.keys.once(s, c, next)
	})
}

// watched remembers the status that was written.
type watched struct {
	http.ResponseWriter
	status int
}

func (w *watched) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *watched) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController find the connection.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// identify finds whom the bearer token speaks for. A session cookie is not looked at: what a browser sends by itself
// opens nothing here, so no foreign page can use it.
func (s *server) identify(c *call) (err error) {
	scheme, token, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	if token = strings.TrimSpace(token); !strings.EqualFold(scheme, "Bearer") || token == "" {
		c.w.Header().Set("WWW-Authenticate", `Bearer realm="zhibu"`)
		return unauthorised(fault.New(fault.Forbidden, "请在 Authorization 里带上接口令牌（Bearer）。令牌用 zhibu token 签发。").By("token"))
	}
	c.person, err = s.in.Access.Lookup(c, token)
	if f := fault.As(err); f != nil && f.Rule == "token" {
		c.w.Header().Set("WWW-Authenticate", `Bearer realm="zhibu", error="invalid_token"`)
		return unauthorised(err)
	}
	return err
}

// languageOf chooses between Chinese and English.
func languageOf(r *http.Request) string {
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil || len(tags) == 0 {
		return words.Chinese
	}
	if _, i, sure := speaks.Match(tags...); i == 1 && sure >= language.High {
		return words.English
	}
	return words.Chinese
}

var speaks = language.NewMatcher([]language.Tag{language.Chinese, language.English})

// recovered answers what broke. A panic's value may hold personal data, so only its type is logged.
func (s *server) recovered(c *call) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler { //nolint:errorlint // the value itself is the sign
		panic(p)
	}
	s.log.Error("panic", "request", c.request, "what", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
	s.write(c, s.problem(c, "panic", errBroken))
}

// elsewhere answers addresses and methods that do not exist.
func (s *server) elsewhere(w http.ResponseWriter, r *http.Request) {
	c, ok := r.Context().Value(callKey{}).(*call)
	if !ok {
		http.NotFound(w, r)
		return
	}
	var allowed []string
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = m
		if _, pattern := s.mux.Handler(other); pattern != "/" {
			allowed = append(allowed, m)
		}
	}
	if allowed == nil {
		s.write(c, s.problem(c, "elsewhere", fault.Missing()))
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	s.write(c, wrongMethod(r.Context()))
}
