package notice

import (
	"context"
	"errors"
)

// Channel is a way to tell somebody outside: a gateway for short messages, WeCom, DingTalk, a gateway for e-mail. The inbox is
// none of them: it is always there. notice/channel has the real ones.
type Channel interface {
	ID() string
	Kind() string  // sms, email, wecom, dingtalk
	Title() string // as the person who is told sees it
	Asks() string  // what address it needs, a key of the catalogue
	// Send hands a message over. Its errors name nobody and show no address.
	Send(ctx context.Context, m Message) error
}

// Message is what goes out. ID is the same for the same message, for services that leave out what they have had.
type Message struct {
	ID, To, Title, Text string
}

// FailureError is why a message was not taken. Code is short and names nobody: status 500, wecom 81013, away.
type FailureError struct {
	Code string
	Ever bool // to try again is of no use: the address does not exist there
}

func (f *FailureError) Error() string { return f.Code }

// failureOf is what is kept of an error.
func failureOf(err error) *FailureError {
	var f *FailureError
	if errors.As(err, &f) {
		return f
	}
	return &FailureError{Code: "away"}
}
