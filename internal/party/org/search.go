package org

import (
	"context"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"zhibu/internal/party/reading"
	"zhibu/internal/store"
)

// Search asks for organisations by what a person typed: the beginning of a code, part of a short name, the beginning
// of a name, of the short name's pinyin or of its initials.
type Search struct {
	Text      string
	Kinds     []Kind // nil: every kind
	Abolished bool   // abolished ones too
	Limit     int    // at most MaxLimit
}

// Find gives the organisations in scope, the likeliest first: the exact code or name, then what begins with the text,
// then what contains it. more says that there are others: the person should type on.
func Find(ctx context.Context, r store.Reader, s Search) (found []Organisation, more bool, err error) {
	limit := bounded(s.Limit)
	f := &finder{ctx: ctx, r: r, limit: limit + 1, seen: map[string]bool{}}
	if !s.Abolished {
		f.and = " AND abolished_on = ''"
	}
	if len(s.Kinds) > 0 {
		f.and += " AND kind IN (?" + strings.Repeat(", ?", len(s.Kinds)-1) + ")"
		for _, k := range s.Kinds {
			f.args = append(f.args, string(k))
		}
	}
	f.text(strings.TrimSpace(norm.NFC.String(s.Text)))
	if f.err != nil {
		return nil, false, f.err
	}
	if more = len(f.ids) > limit; more {
		f.ids = f.ids[:limit]
	}
	found, err = ByIDs(ctx, r, f.ids)
	return found, more, err
}

// finder collects ids, best first. Each question follows one index and stops at the limit.
type finder struct {
	ctx   context.Context
	r     store.Reader
	and   string
	args  []any
	limit int
	ids   []string
	seen  map[string]bool
	err   error
}

const longestQuery = 64

func (f *finder) text(text string) {
	if text == "" || utf8.RuneCountInString(text) > longestQuery || !utf8.ValidString(text) {
		return
	}
	if c, err := code(text); err == nil && strings.ContainsAny(c, "0123456789") {
		f.beginning("code", c)
	}
	kind, letters := reading.Query(text)
	if kind == reading.Pinyin || kind == reading.Initials || kind == reading.PinyinOrInitials {
		f.beginning("initials", letters)
		f.beginning("pinyin", letters)
	}
	f.beginning("short_name", text)
	f.beginning("name", text)
	f.containing(text)
}

// beginning follows the index of a column, which holds the path too, so that the scope is decided without the row.
func (f *finder) beginning(column, text string) {
	f.ask("SELECT id FROM {org} WHERE "+column+" >= ? AND "+column+" < ?"+f.and, column+", path", text)
}

// containing follows the index of all endings of short names. The organisation is looked up row by row: a join would
// leave it to the engine's guess whether to read the whole tree first.
func (f *finder) containing(text string) {
	f.ask("SELECT (SELECT o.id FROM {org} o WHERE o.path = w.org_path) FROM {org_word} w WHERE w.word >= ? AND w.word < ? AND "+
		"(SELECT count(*) FROM {org} o WHERE o.path = w.org_path"+f.and+") > 0", "w.word, w.org_path", folded(text))
}

func (f *finder) ask(query, order, text string) {
	if f.err != nil || len(f.ids) >= f.limit {
		return
	}
	args := append([]any{text, text + string(utf8.MaxRune)}, f.args...)
	f.err = f.r.Each(f.ctx, query+" ORDER BY "+order+" LIMIT ?", append(args, f.limit+len(f.ids)), func(row store.Row) error {
		var id string
		if err := row.Scan(&id); err != nil {
			return err
		}
		if !f.seen[id] && len(f.ids) < f.limit {
			f.seen[id] = true
			f.ids = append(f.ids, id)
		}
		return nil
	})
}

// ByIDs reads organisations in the given order; those that do not exist or lie out of scope are left out.
func ByIDs(ctx context.Context, r store.Reader, ids []string) ([]Organisation, error) {
	byID := make(map[string]Organisation, len(ids))
	for rest := ids; len(rest) > 0; {
		chunk := rest[:min(len(rest), stepsAtOnce)]
		rest = rest[len(chunk):]
		n := 8
		for n < len(chunk) {
			n *= 2
		}
		args := make([]any, n)
		for i := range n {
			args[i] = chunk[min(i, len(chunk)-1)]
		}
		query := "SELECT " + orgColumns + " FROM {org} o WHERE o.id IN (?" + strings.Repeat(", ?", n-1) + ")"
		err := r.Each(ctx, query, args, func(row store.Row) error {
			o, err := scanOrganisation(row)
			byID[o.ID] = o
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	out := make([]Organisation, 0, len(ids))
	for _, id := range ids {
		if o, ok := byID[id]; ok {
			out = append(out, o)
		}
	}
	return out, nil
}
