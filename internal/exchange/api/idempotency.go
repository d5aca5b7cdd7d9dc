package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/installation"
	"zhibu/internal/store"
)

// A write that carries an Idempotency-Key is done once: the same request with the same key again is answered with the
// first answer, another request with that key is refused. Answers may hold personal data, so they are kept sealed,
// and for a day. Nobody shares a key with another account.

const (
	keyHeader  = "Idempotency-Key"
	keyKept    = 24 * time.Hour
	keyLongest = 128
	// Larger answers than this are not written by any operation that takes a key.
	answerLimit = 4 << 20
)

// heldFor is how long a request may take to answer. A first one that has not answered for so long died with its
// process, and the next one takes its place. What it may have written is then met by the version, the code or the ID
// number that the write itself checks.
func heldFor(r *http.Request) time.Duration {
	if slow(r) {
		return slowLimit + time.Minute
	}
	return quickLimit + time.Minute
}

type keys struct {
	in    *installation.Installation
	mu    sync.Mutex
	swept time.Time
}

func newKeys(in *installation.Installation) *keys { return &keys{in: in} }

// keyed tells whether an operation takes a key: what changes something does; to show or take out data is recorded
// each time, and never repeated from a store.
func keyed(method, path string) bool {
	switch method {
	case http.MethodPost, http.MethodPatch, http.MethodDelete:
		return !strings.HasSuffix(path, "/reveal") && !strings.HasSuffix(path, "/open") && !strings.HasSuffix(path, "/handover") && !strings.HasSuffix(path, "/exports")
	}
	return false
}

// answer is what was answered.
type answer struct {
	Status int         `json:"status"`
	Header http.Header `json:"header"`
	Body   []byte      `json:"body"`
}

// entry is a key as the table holds it.
type entry struct {
	request string
	status  int
	sealed  []byte
	at      int64
}

// once runs a request, or repeats its answer.
func (k *keys) once(s *server, c *call, next http.Handler) {
	key := c.r.Header.Get(keyHeader)
	if key == "" || !keyed(c.r.Method, c.r.URL.Path) {
		next.ServeHTTP(c.w, c.r)
		return
	}
	if err := k.run(c, key, next); err != nil {
		s.write(c, s.problem(c, "idempotency", err))
	}
}

func (k *keys) run(c *call, key string, next http.Handler) error {
	if len(key) > keyLongest || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return fault.New(fault.Invalid, "Idempotency-Key 最多 %d 个可见的 ASCII 字符。", keyLongest).At(keyHeader)
	}
	sum := sha256.Sum256([]byte(c.person.Account + "\x00" + key))
	id := hex.EncodeToString(sum[:])
	if err := k.sweep(c); err != nil {
		return err
	}
	fp := fingerprint(c.r)
	c.r.Body = io.NopCloser(io.TeeReader(c.r.Body, fp)) // the server closes the body itself; we still read on
	first, err := k.reserve(c, id)
	if err != nil {
		return err
	}
	if first != nil {
		return k.repeat(c, id, *first, fp)
	}
	return k.perform(c, id, fp, next)
}

// fingerprint begins the sum of a request: what is asked of which address; the body is added as it is read.
func fingerprint(r *http.Request) hash.Hash {
	h := sha256.New()
	for _, part := range []string{r.Method, r.URL.EscapedPath(), r.URL.Query().Encode(), r.Header.Get("If-Match")} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	return h
}

func sumOf(c *call, fp hash.Hash) (string, error) {
	if _, err := io.Copy(io.Discard, c.r.Body); err != nil { // what the handler left unread belongs to the request too
		return "", err
	}
	return hex.EncodeToString(fp.Sum(nil)), nil
}

// reserve takes the key for this request; it gives what is there when another has it.
func (k *keys) reserve(c *call, id string) (*entry, error) {
	now := k.in.Clock.Now()
	var held *entry
	err := k.in.DB.Operate(c, func(tx *store.Tx) error {
		held = nil
		var e entry
		found, err := tx.One(c, "SELECT request, status, body, at FROM {idempotency} WHERE id = ?", []any{id}, &e.request, &e.status, &e.sealed, &e.at)
		if err != nil {
			return err
		}
		at := store.Set("at", now.UnixMicro())
		if !found {
			return tx.Insert(c, "idempotency", store.Set("id", id), store.Set("account_id", c.person.Account), store.Set("request", ""),
				store.Set("status", 0), store.Set("body", []byte{}), at)
		}
		age := now.Sub(time.UnixMicro(e.at))
		if age < heldFor(c.r) || e.status != 0 && age < keyKept {
			held = &e
			return nil
		}
		n, err := tx.Update(c, "idempotency", store.ByID(id).And("at", e.at), store.Set("request", ""), store.Set("status", 0), store.Set("body", []byte{}), at)
		if err == nil && n == 0 {
			held = &entry{} // somebody else was quicker
		}
		return err
	})
	if fault.Of(err) == fault.Conflict { // two at once
		return &entry{}, nil
	}
	return held, err
}

// repeat answers as before, or refuses.
func (k *keys) repeat(c *call, id string, e entry, fp hash.Hash) error {
	if e.status == 0 {
		return fault.New(fault.Conflict, "带着这个 Idempotency-Key 的请求正在办理，请稍后再试。").At(keyHeader)
	}
	sum, err := sumOf(c, fp)
	if err != nil {
		return err
	}
	if sum != e.request {
		return fault.New(fault.Invalid, "这个 Idempotency-Key 已经用于另一个请求，请换一个。").At(keyHeader)
	}
	plain, err := k.in.Vault.OpenStream(bytes.NewReader(e.sealed), sealedName(id))
	if err != nil {
		return err
	}
	var a answer
	if err := json.NewDecoder(plain).Decode(&a); err != nil {
		return err
	}
	h := c.w.Header()
	for name, values := range a.Header {
		h[name] = values
	}
	h.Set("Idempotency-Replayed", "true")
	c.w.WriteHeader(a.Status)
	_, _ = c.w.Write(a.Body) // whoever asked has gone
	return nil
}

func sealedName(id string) string { return "idempotency/" + id }

// perform runs the request, keeps its answer and then gives it. A failure of the program is not kept: it may be tried
// again.
func (k *keys) perform(c *call, id string, fp hash.Hash, next http.Handler) (err error) {
	kept := context.WithoutCancel(c)
	done := false
	real := c.w
	defer func() {
		c.w = real
		if !done { // broken or panicking: the key is free again
			_ = k.in.DB.Operate(kept, func(tx *store.Tx) error {
				_, err := tx.Delete(kept, "idempotency", store.ByID(id))
				return err
			})
		}
	}()
	b := &buffered{ResponseWriter: real, header: real.Header(), status: http.StatusOK}
	c.w = b
	next.ServeHTTP(b, c.r)
	if b.status < http.StatusInternalServerError && b.body.Len() <= answerLimit {
		sum, err := sumOf(c, fp)
		if err == nil { // a body that was cut or too large has been refused and has no sum
			if err := k.keep(kept, id, sum, b); err != nil {
				return err
			}
			done = true
		}
	}
	real.WriteHeader(b.status)
	_, _ = real.Write(b.body.Bytes()) // whoever asked has gone
	return nil
}

// repeated are the headers that belong to an answer.
var repeated = []string{"Content-Type", "Content-Language", "Location", "Etag", "Allow"}

func (k *keys) keep(ctx context.Context, id, sum string, b *buffered) error {
	a := answer{Status: b.status, Header: http.Header{}, Body: b.body.Bytes()}
	for _, name := range repeated {
		if v := b.header.Values(name); len(v) > 0 {
			a.Header[name] = slices.Clone(v)
		}
	}
	var sealed bytes.Buffer
	w, err := k.in.Vault.SealStream(&sealed, sealedName(id))
	if err != nil {
		return err
	}
	if err := json.NewEncoder(w).Encode(a); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return k.in.DB.Operate(ctx, func(tx *store.Tx) error {
		_, err := tx.Update(ctx, "idempotency", store.ByID(id), store.Set("request", sum), store.Set("status", a.Status), store.Set("body", sealed.Bytes()))
		return err
	})
}

// sweep forgets keys after their day, a few at a time.
func (k *keys) sweep(ctx context.Context) error {
	now := k.in.Clock.Now()
	k.mu.Lock()
	due := now.Sub(k.swept) > time.Minute || now.Before(k.swept)
	if due {
		k.swept = now
	}
	k.mu.Unlock()
	if !due {
		return nil
	}
	return k.in.DB.Operate(ctx, func(tx *store.Tx) error {
		var old []string
		err := tx.Each(ctx, "SELECT id FROM {idempotency} WHERE at < ? LIMIT 500", []any{now.Add(-keyKept).UnixMicro()}, func(row store.Row) error {
			var id string
			err := row.Scan(&id)
			old = append(old, id)
			return err
		})
		for _, id := range old {
			if err == nil {
				_, err = tx.Delete(ctx, "idempotency", store.ByID(id))
			}
		}
		return err
	})
}

// buffered holds an answer back until it is kept.
type buffered struct {
	http.ResponseWriter
	header http.Header
	status int
	body   bytes.Buffer
	wrote  bool
}

func (b *buffered) Header() http.Header { return b.header }

func (b *buffered) WriteHeader(status int) {
	if !b.wrote {
		b.status, b.wrote = status, true
	}
}

func (b *buffered) Write(p []byte) (int, error) {
	b.wrote = true
	return b.body.Write(p)
}

// Unwrap lets http.ResponseController find the connection.
func (b *buffered) Unwrap() http.ResponseWriter { return b.ResponseWriter }
