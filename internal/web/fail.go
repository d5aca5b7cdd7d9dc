package web

import (
	"context"
	"errors"
	"net/http"

	"zhibu/internal/fault"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// statusOf is how HTTP says a fault.
func statusOf(err error) int {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return http.StatusRequestEntityTooLarge
	}
	switch fault.Of(err) {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// fail answers with the page of an error. The page of what is missing says the same of everything that is missing.
func (v *visit) fail(err error) error {
	status := statusOf(err)
	out := view.Failure{Status: status, Request: v.request}
	if f := fault.As(err); f != nil && status != http.StatusNotFound {
		out.Text, out.Rule = words.Error(v.ctx(), f), f.Rule
	}
	if status == http.StatusInternalServerError {
		v.s.log.Error("failed", "request", v.request, "pattern", notedOf(v.ctx()).pattern, "error", err.Error())
	}
	v.steady = true
	return v.answer(status, view.FailurePage(v.page(view.FailureTitle(status), ""), out))
}

// missing is the answer to an address that leads nowhere.
func missing(*visit) error { return fault.Missing() }
