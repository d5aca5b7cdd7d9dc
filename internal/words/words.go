package words

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"zhibu/internal/fault"
)

// The languages pages are written in, as they stand in cookies and in the account.
const (
	Chinese = "zh"
	English = "en"
)

type langKey struct{}

// With gives a context that speaks lang; an unknown language is Chinese.
func With(ctx context.Context, lang string) context.Context {
	if lang != English {
		lang = Chinese
	}
	return context.WithValue(ctx, langKey{}, lang)
}

// Lang is the language of the context, Chinese unless With said otherwise.
func Lang(ctx context.Context) string {
	if l, ok := ctx.Value(langKey{}).(string); ok {
		return l
	}
	return Chinese
}

// Sense parts a sentence from the sense it has, which is not shown: "账号\x04目录" and "账号" are one Chinese word and
// two English ones.
const Sense = "\x04"

// T is the sentence in the language of the context. text is a format of package fmt and is not formatted when there
// are no arguments, so a lone % is safe. A sentence without English stays Chinese.
func T(ctx context.Context, text string, args ...any) string {
	if Lang(ctx) == English {
		if f, ok := catalogue[text]; ok {
			text = f.pick(args)
		}
	}
	if i := strings.IndexByte(text, Sense[0]); i >= 0 {
		text = text[:i]
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// Mark gives the text back unchanged. It marks a sentence in a table that T is called with later, so that the test
// which looks for missing English finds it.
func Mark(text string) string { return text }

// Error is what a person is told: the sentence of the fault in the chain, or one general sentence for everything else,
// whose details belong in the log.
func Error(ctx context.Context, err error) string {
	if err == nil {
		return ""
	}
	if e := fault.As(err); e != nil {
		return T(ctx, e.Text, translated(ctx, e.Args)...)
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return T(ctx, "这一步用时太久，已经停下。请稍后再试。")
	}
	return T(ctx, "系统出了差错，已经记下。请稍后再试；再不行，请把请求编号告诉管理员。")
}

// translated turns arguments that are themselves catalogue texts (names of fields, of statuses) into the language.
func translated(ctx context.Context, args []any) []any {
	if Lang(ctx) == Chinese {
		return args
	}
	out := make([]any, len(args))
	for i, a := range args {
		out[i] = a
		if s, ok := a.(string); ok {
			out[i] = T(ctx, s)
		}
	}
	return out
}

// form is one English entry: a single format, or one for each plural category.
type form struct{ one, other string }

func (f form) pick(args []any) string {
	if f.one == "" {
		return f.other
	}
	for _, a := range args {
		n, ok := whole(a)
		if !ok {
			continue
		}
		if plural.Cardinal.MatchPlural(language.English, n, 0, 0, 0, 0) == plural.One {
			return f.one
		}
		return f.other
	}
	return f.other
}

// whole reads a count from an argument: a whole number, or a text that Number made of one.
func whole(a any) (int, bool) {
	switch v := reflect.ValueOf(a); v.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return int(v.Int()), true
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return int(v.Uint() % (1 << 31)), true
	case reflect.String:
		n, err := strconv.Atoi(v.String())
		return n, err == nil
	}
	return 0, false
}

func (f *form) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &f.other)
	}
	var v struct{ One, Other string }
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	if v.One == "" || v.Other == "" {
		return fmt.Errorf("words: a plural entry needs one and other: %s", b)
	}
	f.one, f.other = v.One, v.Other
	return nil
}

//go:embed en/*.json
var english embed.FS

// catalogue joins the files, one a subject; a sentence stands in one of them.
var catalogue = func() map[string]form {
	all := map[string]form{}
	names, err := fs.Glob(english, "en/*.json")
	if err != nil {
		panic("words: " + err.Error()) // the pattern is constant
	}
	for _, name := range names {
		part := map[string]form{}
		b, err := english.ReadFile(name)
		if err == nil {
			err = json.Unmarshal(b, &part)
		}
		if err != nil {
			panic(fmt.Sprintf("words: %s: %v", name, err))
		}
		for text, f := range part {
			if _, twice := all[text]; twice {
				panic(fmt.Sprintf("words: %s: %q stands in another file too", name, text))
			}
			all[text] = f
		}
	}
	return all
}()
