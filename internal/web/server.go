package web

import (
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"sync/atomic"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/installation"
	"zhibu/internal/party/org"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/asset"
)

// Options say how the server is reached.
type Options struct {
	Secure       bool         // by HTTPS, here or at a proxy: the cookie is bound to it
	Origin       string       // the address people type, https://dj.example.gov.cn; "" trusts the request's own host
	Address      string       // the address at which passkeys hold and sign-in services send back to; "" is Origin
	TrustedProxy []string     // addresses (CIDR) of the proxy whose X-Forwarded-For counts
	Logger       *slog.Logger // nil: the default one
}

// Server answers the browser for one installation.
type Server struct {
	in         *installation.Installation
	options    Options
	proxies    []netip.Prefix
	sessions   *access.Sessions
	passkeys   *access.PasskeyDoor
	outside    *access.OutsideDoor
	log        *slog.Logger
	sealer     *sealer
	places     *places
	findings   memo[findings]         // of a workbench, by place and day
	structures memo[structure]        // of the tree below a place
	kinds      memo[map[org.Kind]int] // of a scope
	chores     *chores
	listeners  *listeners
	pages      *http.ServeMux
	patterns   []string // every route, for the test that asks each of them as every role
	ready      atomic.Bool
}

// New makes the server of an installation.
func New(in *installation.Installation, o Options) (*Server, error) {
	s := &Server{in: in, options: o, log: o.Logger, places: newPlaces(in), chores: newChores(), listeners: newListeners(), pages: http.NewServeMux()}
	s.findings.fresh = 30 * time.Second
	s.structures.fresh, s.structures.stale = time.Minute, time.Hour
	s.kinds.fresh, s.kinds.stale = time.Minute, time.Hour
	if s.log == nil {
		s.log = slog.Default()
	}
	for _, text := range o.TrustedProxy {
		p, err := prefix(text)
		if err != nil {
			return nil, fault.New(fault.Invalid, "前置代理的地址写得不对：%s", text).Because(err)
		}
		s.proxies = append(s.proxies, p)
	}
	var err error
	if s.sealer, err = newSealer(in.Vault); err != nil {
		return nil, err
	}
	s.sessions = in.Access.NewSessions(o.Secure, s.refused)
	if o.Origin != "" {
		u, err := url.Parse(o.Origin)
		if err != nil || u.Scheme == "" || u.Host == "" {
			return nil, fault.New(fault.Invalid, "访问地址写得不对：%s。请写成 https://dj.example.gov.cn 这样。", o.Origin)
		}
		if err := s.sessions.Trust(u.Scheme + "://" + u.Host); err != nil {
			return nil, err
		}
	}
	if s.options.Address == "" {
		s.options.Address = o.Origin
	}
	if s.passkeys, err = in.Access.NewPasskeys(s.options.Address); err != nil {
		return nil, err
	}
	s.outside = in.Access.NewOutside(in.SignIn, s.outsideBack)
	s.routes()
	return s, nil
}

func prefix(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	return netip.ParsePrefix(text)
}

// Ready says from now on that pages are served, or with false that they are about to stop.
func (s *Server) Ready(yes bool) { s.ready.Store(yes) }

// Handler is the whole site: pages, assets and the questions of whoever watches the machine.
func (s *Server) Handler() http.Handler {
	m := http.NewServeMux()
	m.Handle(asset.Prefix, asset.Handler())
	m.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok\n") })
	m.HandleFunc("GET /readyz", s.readiness)
	m.HandleFunc("GET /metrics", s.metrics)
	m.HandleFunc("GET /events", s.events)
	m.Handle("/", s.byThemselves(s.sessions.Wrap(s.pages)))
	return s.around(m)
}

// liveHeader marks what a page asks for by itself, to show what has changed meanwhile.
const liveHeader = "Zhibu-Live"

func (s *Server) byThemselves(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get(liveHeader) != "" && r.Method == http.MethodGet {
			r = r.WithContext(access.Quietly(r.Context()))
		}
		next.ServeHTTP(w, r)
	})
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // whoever asked has gone
}
