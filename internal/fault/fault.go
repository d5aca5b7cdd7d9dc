// Package fault is the closed set of errors that somebody decides on: Invalid, NotFound, Conflict, Forbidden and
// Unavailable. An error carries a sentence for people in Chinese, which is also the key of its English, and, where
// they apply, the field and the rule it comes from. Everything else is an ordinary error: a defect or a broken
// machine, shown to people only by its request number.
package fault

import (
	"errors"
	"fmt"
)

// Kind says what a caller can do about an error.
type Kind int

// The kinds. NotFound is also the answer for what is out of the actor's scope, word for word the same.
const (
	Invalid     Kind = iota + 1 // what was given breaks a rule; Field and Rule say which
	NotFound                    // there is no such thing, or the actor may not know of it
	Conflict                    // somebody else changed it, or it exists already
	Forbidden                   // the actor's role does not allow it; Rule says which line of the rights table
	Unavailable                 // cannot be done now; the sentence says what to do
)

// Error is an error for people.
type Error struct {
	Kind  Kind
	Field string // name of the input field, "" if none
	Rule  string // rule id, for instance D-01, "" if none
	Text  string // Chinese sentence, a format of package fmt; key of the translation
	Args  []any
	cause error
}

// Error gives the Chinese sentence; logs never hold more than that.
func (e *Error) Error() string {
	if len(e.Args) == 0 {
		return e.Text
	}
	return fmt.Sprintf(e.Text, e.Args...)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.cause }

// New makes an error of a kind.
func New(k Kind, text string, args ...any) *Error { return &Error{Kind: k, Text: text, Args: args} }

// At names the field.
func (e *Error) At(field string) *Error { e.Field = field; return e }

// By names the rule.
func (e *Error) By(rule string) *Error { e.Rule = rule; return e }

// Because keeps the cause.
func (e *Error) Because(err error) *Error { e.cause = err; return e }

// Of finds the kind of an error, 0 for one of no kind.
func Of(err error) Kind {
	if e := As(err); e != nil {
		return e.Kind
	}
	return 0
}

// As finds the error for people in a chain, nil if there is none.
func As(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// Wrap puts the act before an error that is on its way up: defer fault.Wrap(&err, "org: move %s", id).
func Wrap(err *error, format string, args ...any) {
	if *err != nil {
		*err = fmt.Errorf(format+": %w", append(args, *err)...)
	}
}

// Missing is the one answer for what does not exist and for what the actor may not see.
func Missing() *Error {
	return New(NotFound, "没有找到。可能已经移走，或者不在您的工作范围内。")
}
