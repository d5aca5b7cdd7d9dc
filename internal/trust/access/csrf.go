package access

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	"zhibu/internal/fault"
)

// FormField is the hidden field with the form token; in a multipart form it must come first.
const FormField = "form-token"

// FormHeader carries the form token where there is no form.
const FormHeader = "X-Form-Token"

// RuleForeign refuses a form that was not sent from one of our own pages.
const RuleForeign = "foreign"

// FormToken is a token for the forms of a page: a new one each time, valid as long as the session.
func (s *Sessions) FormToken(ctx context.Context) string {
	b := make([]byte, 12)
	rand.Read(b)
	nonce := base64.RawURLEncoding.EncodeToString(b)
	return nonce + "." + s.signForm(ctx, nonce)
}

// SteadyToken is a form token that stays the same for a session, for pages that must not differ from each other: the
// answer to what does not exist and to what may not be seen.
func (s *Sessions) SteadyToken(ctx context.Context) string {
	nonce := s.door.keyed("form nonce", s.scs.Token(ctx))[:16]
	return nonce + "." + s.signForm(ctx, nonce)
}

func (s *Sessions) signForm(ctx context.Context, nonce string) string {
	return s.door.keyed("form", s.scs.Token(ctx), nonce)[:22]
}

// checkForm tells whether a form token belongs to the session.
func (s *Sessions) checkForm(ctx context.Context, token string) bool {
	nonce, sum, ok := strings.Cut(token, ".")
	return ok && hmac.Equal([]byte(sum), []byte(s.signForm(ctx, nonce)))
}

// guard refuses an unsafe request from another site. A browser too old to say where a form comes from must bring the
// form token, as soon as somebody is signed in.
func (s *Sessions) guard(r *http.Request) error {
	if err := s.cross.Check(r); err != nil {
		return fault.New(fault.Forbidden, "这个请求不是从本系统的页面发出的，没有办理。请回到页面重新提交。").By(RuleForeign).Because(err)
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions ||
		r.Header.Get("Sec-Fetch-Site") != "" || r.Header.Get("Origin") != "" || s.scs.GetString(r.Context(), keyAccount) == "" {
		return nil
	}
	if !s.checkForm(r.Context(), brought(r)) {
		return fault.New(fault.Forbidden, "页面已经过期，没有办理。请刷新页面再提交。").By(RuleForeign)
	}
	return nil
}

// brought is the form token of a request. Of a multipart form only the beginning is read, and put back: an upload of
// a hundred megabytes is not taken in before it is known who sends it.
func brought(r *http.Request) string {
	if h := r.Header.Get(FormHeader); h != "" {
		return h
	}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || r.Body == nil {
		return ""
	}
	switch kind {
	case "application/x-www-form-urlencoded":
		return r.PostFormValue(FormField)
	case "multipart/form-data":
		return firstField(r, params["boundary"])
	}
	return ""
}

const peeked = 4096

func firstField(r *http.Request, boundary string) string {
	body := bufio.NewReaderSize(r.Body, peeked)
	head, err := body.Peek(peeked)
	if err != nil && err != io.EOF {
		return ""
	}
	r.Body = struct {
		io.Reader
		io.Closer
	}{body, r.Body}
	part, err := multipart.NewReader(bytes.NewReader(head), boundary).NextPart()
	if err != nil || part.FormName() != FormField {
		return ""
	}
	b, err := io.ReadAll(io.LimitReader(part, 200))
	if err != nil {
		return ""
	}
	return string(b)
}
