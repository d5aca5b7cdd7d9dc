package view

import (
	"context"

	"zhibu/internal/civil"
	"zhibu/internal/words"
)

// Text is something a page says: a sentence of the catalogue with its arguments, or plain data such as a name.
// It is translated when the page is written, so that structs are made without knowing the language.
type Text struct {
	format string
	args   []any
	plain  bool
}

// Say makes a text of the catalogue. The format is the Chinese sentence; arguments may be Text and civil.Date, which
// are written in the language of the page.
func Say(format string, args ...any) Text { return Text{format: format, args: args} }

// Plain makes a text of data: names, numbers, what somebody typed. It is never translated.
func Plain(data string) Text { return Text{format: data, plain: true} }

// Key is the text in Chinese, without its arguments: what a choice is stored as.
func (t Text) Key() string { return t.format }

// IsZero tells whether there is nothing to say.
func (t Text) IsZero() bool { return t.format == "" }

// In writes the text in the language of the context.
func (t Text) In(ctx context.Context) string {
	if t.plain || t.format == "" {
		return t.format
	}
	args := t.args
	for i, a := range t.args {
		var s string
		switch a := a.(type) {
		case Text:
			s = a.In(ctx)
		case civil.Date:
			s = words.Date(ctx, a)
		default:
			continue
		}
		if &args[0] == &t.args[0] {
			args = append([]any(nil), t.args...)
		}
		args[i] = s
	}
	return words.T(ctx, t.format, args...)
}

// T translates; templates call it.
func T(ctx context.Context, text string, args ...any) string { return words.T(ctx, text, args...) }
