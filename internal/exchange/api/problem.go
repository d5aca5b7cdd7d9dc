package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"zhibu/internal/fault"
	"zhibu/internal/words"
)

// Problem is an error as RFC 9457 has it.
type Problem struct { //nolint:errname // the word of RFC 9457, and of the document
	Type    string  `json:"type" doc:"What sort of problem this is, stable." example:"urn:zhibu:problem:invalid"`
	Title   string  `json:"title" doc:"The sort of problem, for people." example:"内容不符合要求"`
	Status  int     `json:"status" doc:"HTTP status." example:"422"`
	Detail  string  `json:"detail" doc:"What is wrong here and what to do, for people, in the language of Accept-Language." example:"请写明理由，日后查得到为什么这样做。"`
	Rule    string  `json:"rule,omitempty" doc:"The rule that decided: a line of the rights table (A-21), a hard rule (H-02) or a rule of the rulebook (D-01)." example:"A-25"`
	Request string  `json:"request,omitempty" doc:"Number of the request, where the program itself failed; also in X-Request-Id." example:"01KAS0000000000000000000AB"`
	Errors  []Wrong `json:"errors,omitempty" doc:"What is wrong with which field."`
}

// Wrong is one thing wrong with one field.
type Wrong struct {
	Field   string `json:"field" doc:"Name of the field or parameter; empty where it is none in particular." example:"reason"`
	Rule    string `json:"rule" doc:"The rule or code that decided: of the rulebook, the rights table, a roster problem (checksum) or the schema (required, unknown, type, range, length, format, choice)." example:"required"`
	Message string `json:"message" doc:"A sentence for people, in the language of Accept-Language." example:"请写明理由，日后查得到为什么这样做。"`
}

// Error is the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status, as huma asks for it.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of a problem.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// kindOf are the sorts of problems by status.
var kindOf = map[int]struct{ name, title string }{
	http.StatusBadRequest:            {"malformed", words.Mark("请求读不懂")},
	http.StatusUnauthorized:          {"unauthorised", words.Mark("需要有效的接口令牌")},
	http.StatusForbidden:             {"forbidden", words.Mark("没有这项权限")},
	http.StatusNotFound:              {"not-found", words.Mark("没有找到")},
	http.StatusMethodNotAllowed:      {"method", words.Mark("这个地址没有这种操作")},
	http.StatusRequestTimeout:        {"timeout", words.Mark("请求来得太慢")},
	http.StatusConflict:              {"conflict", words.Mark("与现有内容冲突")},
	http.StatusRequestEntityTooLarge: {"too-large", words.Mark("请求太大")},
	http.StatusUnsupportedMediaType:  {"media-type", words.Mark("不支持这种内容类型")},
	http.StatusUnprocessableEntity:   {"invalid", words.Mark("内容不符合要求")},
	http.StatusServiceUnavailable:    {"unavailable", words.Mark("暂时不能办理")},
	http.StatusInternalServerError:   {"broken", words.Mark("系统出了差错")},
}

func newProblem(ctx context.Context, status int, detail string) *Problem {
	k, known := kindOf[status]
	if !known {
		k = kindOf[http.StatusInternalServerError]
	}
	return &Problem{Type: "urn:zhibu:problem:" + k.name, Title: words.T(ctx, k.title), Status: status, Detail: detail}
}

var errBroken = errors.New("api: broken")

// tokenError is a request without a good token.
type tokenError struct{ error }

func (e tokenError) Unwrap() error { return e.error }

func unauthorised(err error) error { return tokenError{err} }

func wrongMethod(ctx context.Context) *Problem {
	return newProblem(ctx, http.StatusMethodNotAllowed, words.T(ctx, "这个地址没有这种操作。允许的见 Allow。"))
}

// statusOf is how HTTP says a fault. A field that names something unknown is an invalid field; a thing that is itself
// unknown, or out of scope, is not found.
func statusOf(err error) int {
	var token tokenError
	if errors.As(err, &token) {
		return http.StatusUnauthorized
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return http.StatusRequestEntityTooLarge
	}
	f := fault.As(err)
	if f == nil {
		if errors.Is(err, context.DeadlineExceeded) {
			return http.StatusServiceUnavailable
		}
		return http.StatusInternalServerError
	}
	switch f.Kind {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.NotFound:
		if f.Field != "" {
			return http.StatusUnprocessableEntity
		}
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// problem tells an error. One that is a problem already passes through.
func (s *server) problem(c *call, operation string, err error) *Problem {
	var done *Problem
	if errors.As(err, &done) {
		return done
	}
	status := statusOf(err)
	p := newProblem(c, status, words.Error(c, err))
	switch status {
	case http.StatusInternalServerError:
		s.log.Error("failed", "request", c.request, "operation", operation, "error", err.Error())
		p.Request = c.request
		return p
	case http.StatusRequestEntityTooLarge:
		p.Detail = words.T(c, "请求太大，超过了上限。")
		return p
	case http.StatusServiceUnavailable:
		c.w.Header().Set("Retry-After", "10")
	}
	if f := fault.As(err); f != nil {
		p.Rule = f.Rule
		if f.Field != "" || f.Rule != "" {
			p.Errors = []Wrong{{Field: f.Field, Rule: f.Rule, Message: p.Detail}}
		}
	}
	return p
}

// write sends a problem from outside of an operation.
func (s *server) write(c *call, p *Problem) {
	c.w.Header().Set("Content-Type", p.ContentType(""))
	c.w.WriteHeader(p.Status)
	e := json.NewEncoder(c.w)
	e.SetEscapeHTML(false)
	_ = e.Encode(p) // whoever asked has gone
}

// huma lets the form of its errors be changed for the whole program only; nobody else in it uses huma.
func init() {
	huma.NewError = func(status int, detail string, errs ...error) huma.StatusError {
		return schemaProblem(context.Background(), status, detail, errs)
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, detail string, errs ...error) huma.StatusError {
		return schemaProblem(ctx.Context(), status, detail, errs)
	}
	huma.ErrorFormatter = packed //nolint:reassign // that is how huma is told
}
