package access

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/alexedwards/scs/v2"

	"zhibu/internal/fault"
)

// Sessions keeps who is signed in over HTTP: scs carries the cookie, the door's table and clock decide how long.
type Sessions struct {
	door    *Door
	scs     *scs.SessionManager
	refused func(http.ResponseWriter, *http.Request, error)
	cross   *http.CrossOriginProtection
}

// NewSessions makes the sessions of a server. secure says that it is reached by HTTPS: the cookie then bears the
// __Host- prefix. refused answers a request that is turned away: a Forbidden form from another site, or an error of
// the session table.
func (d *Door) NewSessions(secure bool, refused func(http.ResponseWriter, *http.Request, error)) *Sessions {
	m := scs.New()
	m.Store = sessionStore{d}
	m.Codec = textCodec{}
	m.HashTokenInStore = true
	m.IdleTimeout = 0 // the store moves the idle deadline, and seldom writes it
	m.Lifetime = 24 * time.Hour
	m.Cookie.Name, m.Cookie.Secure = "zhibu_session", secure
	if secure {
		m.Cookie.Name = "__Host-zhibu_session"
	}
	m.Cookie.Path, m.Cookie.HttpOnly, m.Cookie.SameSite, m.Cookie.Persist = "/", true, http.SameSiteLaxMode, false
	m.ErrorFunc = refused
	return &Sessions{door: d, scs: m, refused: refused, cross: http.NewCrossOriginProtection()}
}

// Trust accepts forms from a page served under another origin, such as https://host that a proxy maps to us.
func (s *Sessions) Trust(origin string) error { return s.cross.AddTrustedOrigin(origin) }

// Wrap loads the session of every request, refuses forms that do not come from our own pages, and puts the person
// into the context.
func (s *Sessions) Wrap(next http.Handler) http.Handler {
	return s.scs.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.guard(r); err != nil {
			s.refused(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	}))
}

// Begin signs a person in on this browser under a new session token. Anything an earlier session held is dropped.
func (s *Sessions) Begin(ctx context.Context, p *Person, device string) error {
	if err := s.scs.Clear(ctx); err != nil {
		return err
	}
	if err := s.scs.RenewToken(ctx); err != nil {
		return err
	}
	s.door.held.begin(hashedToken(s.scs.Token(ctx)))
	if len([]rune(device)) > 80 {
		device = string([]rune(device)[:80])
	}
	s.scs.Put(ctx, keyAccount, p.Account)
	s.scs.Put(ctx, keySince, strconv.FormatInt(s.door.clock.Now().Unix(), 10))
	s.scs.Put(ctx, keyDevice, device)
	if p.First {
		s.scs.Put(ctx, keyFirst, "1")
	}
	if p.Second {
		s.scs.Put(ctx, keySecond, "1")
	}
	return nil
}

// Person gives who is signed in; nil without an error when nobody is, or when the account has been closed meanwhile.
func (s *Sessions) Person(ctx context.Context) (*Person, error) {
	account := s.scs.GetString(ctx, keyAccount)
	if account == "" {
		return nil, nil
	}
	p, err := s.door.Person(ctx, account)
	if k := fault.Of(err); k == fault.Forbidden || k == fault.NotFound {
		return nil, s.scs.Destroy(ctx)
	}
	if err != nil {
		return nil, err
	}
	with := *p
	with.Session = hashedToken(s.scs.Token(ctx))
	with.First = s.scs.GetString(ctx, keyFirst) != ""
	with.Second = s.scs.GetString(ctx, keySecond) != ""
	return &with, nil
}

// End signs out here.
func (s *Sessions) End(ctx context.Context) error { return s.scs.Destroy(ctx) }

// Put keeps a short text in the session, such as a notice for the next page. Never personal data.
func (s *Sessions) Put(ctx context.Context, key, value string) { s.scs.Put(ctx, "x."+key, value) }

// Pop takes the text out again.
func (s *Sessions) Pop(ctx context.Context, key string) string { return s.scs.PopString(ctx, "x."+key) }

// Lapsed gives the account whose session on this browser has run out within the last day, "" for none. Nobody is
// signed in by it: it says whom a half-typed form belongs to.
func (s *Sessions) Lapsed(r *http.Request) (account string, err error) {
	for _, c := range r.CookiesNamed(s.scs.Cookie.Name) {
		h, found, err := s.door.readSession(r.Context(), hashedToken(c.Value))
		if err != nil || found {
			return h.account, err
		}
	}
	return "", nil
}

// hashedToken is how scs names a token in the store.
func hashedToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// textCodec writes a session's texts in a fixed order.
type textCodec struct{}

func (textCodec) Encode(_ time.Time, values map[string]any) ([]byte, error) {
	return json.Marshal(values)
}

func (textCodec) Decode(b []byte) (time.Time, map[string]any, error) {
	out := map[string]any{}
	err := json.Unmarshal(b, &out)
	return time.Now().Add(24 * time.Hour), out, err // scs asks for a deadline; the door's own is what counts
}

// sessionStore is the door's session table as scs knows one.
type sessionStore struct{ door *Door }

func (s sessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	return s.door.session(ctx, token)
}

func (s sessionStore) CommitCtx(ctx context.Context, token string, b []byte, _ time.Time) error {
	return s.door.keepSession(ctx, token, b)
}

func (s sessionStore) DeleteCtx(ctx context.Context, token string) error {
	return s.door.dropSession(ctx, token)
}

// Find, Commit and Delete are the forms without a context, which scs asks for and does not call.
func (s sessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

func (s sessionStore) Commit(token string, b []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, b, expiry)
}

func (s sessionStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }
