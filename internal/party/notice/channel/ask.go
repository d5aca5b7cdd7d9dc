package channel

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"zhibu/internal/party/notice"
)

// Bounds of one question.
const (
	patience  = 10 * time.Second
	mostBytes = 64 << 10
)

func newClient() *http.Client {
	return &http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// post sends JSON, or gets where there is none to send, and reads a JSON answer. What went wrong is said without address,
// secret or what was sent: a client's own errors would show all of the address.
func post(ctx context.Context, client *http.Client, address string, header http.Header, body, answer any) error {
	method, content := http.MethodGet, io.Reader(nil)
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return &notice.FailureError{Code: "body"}
		}
		method, content = http.MethodPost, bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, address, content)
	if err != nil {
		return &notice.FailureError{Code: "address"}
	}
	for name, values := range header {
		r.Header[name] = values
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	res, err := client.Do(r)
	if err != nil {
		var slow interface{ Timeout() bool }
		if errors.As(err, &slow) && slow.Timeout() {
			return &notice.FailureError{Code: "timeout"}
		}
		return &notice.FailureError{Code: "away"}
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, mostBytes))
	switch {
	case res.StatusCode < 200 || res.StatusCode > 299:
		ever := res.StatusCode == http.StatusUnprocessableEntity || res.StatusCode == http.StatusGone
		return &notice.FailureError{Code: fmt.Sprintf("status %d", res.StatusCode), Ever: ever}
	case err != nil:
		return &notice.FailureError{Code: "away"}
	case answer != nil && json.Unmarshal(text, answer) != nil:
		return &notice.FailureError{Code: "answer"}
	}
	return nil
}
