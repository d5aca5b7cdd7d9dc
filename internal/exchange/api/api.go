package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"zhibu/internal/installation"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
)

// Prefix is where the interface is mounted.
const Prefix = "/api/v1"

// Options say how the interface is served.
type Options struct {
	Logger *slog.Logger // nil: the default one
}

type server struct {
	in   *installation.Installation
	log  *slog.Logger
	mux  *http.ServeMux
	huma huma.API
	keys *keys
	// document gives the OpenAPI text, made once.
	document func() ([]byte, error)
	page     func() ([]byte, error) // the same, to be read
}

// New makes the handler of an installation's interface; its paths begin with Prefix. Imports go on only while
// in.Intake.Work runs, and openings of records are written by in.Members.Run.
func New(in *installation.Installation, o Options) http.Handler {
	s := newServer(in, o)
	return s.around(s.mux)
}

func newServer(in *installation.Installation, o Options) *server {
	s := &server{in: in, log: o.Logger, mux: http.NewServeMux(), keys: newKeys(in)}
	if s.log == nil {
		s.log = slog.Default()
	}
	s.huma = humago.NewWithPrefix(s.mux, Prefix, configuration())
	s.routes()
	describe(s.huma.OpenAPI())
	s.document = sync.OnceValues(func() ([]byte, error) { return json.Marshal(s.huma.OpenAPI()) })
	s.page = s.docs()
	s.mux.HandleFunc("GET "+specPath, s.spec)
	s.mux.HandleFunc("GET "+docsPath, s.readDocs)
	s.mux.HandleFunc("GET "+docsPath+".css", readStyle)
	s.mux.HandleFunc("/", s.elsewhere)
	return s
}

// call is one request on its way through a handler.
type call struct {
	context.Context
	s       *server
	in      *installation.Installation
	person  *access.Person
	request string // number of the request
	w       http.ResponseWriter
	r       *http.Request
}

type callKey struct{}

// actor is the caller as the rooms know one.
func (c *call) actor() ledger.Actor { return c.person.Actor(c.request) }

// reader reads where the caller may do the action; Forbidden when that is nowhere.
func (c *call) reader(action access.Action, resource access.Resource) (store.Reader, error) {
	scope, err := c.person.Scope(action, resource)
	if err != nil {
		return nil, err
	}
	return c.in.DB.As(scope), nil
}

// route registers an operation. Its error becomes a problem; whatever is no fault for people is logged under the
// number of the request and told as such.
func route[I, O any](s *server, op huma.Operation, fn func(c *call, in *I) (*O, error)) {
	document(&op)
	huma.Register(s.huma, op, func(ctx context.Context, in *I) (*O, error) {
		held, ok := ctx.Value(callKey{}).(*call)
		if !ok {
			return nil, errors.New("api: an operation outside of around")
		}
		c := *held
		c.Context = ctx
		out, err := fn(&c, in)
		if err != nil {
			return nil, s.problem(&c, op.OperationID, err)
		}
		return out, nil
	})
}
