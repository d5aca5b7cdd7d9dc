package org

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"

	"zhibu/internal/store"
)

// folded is the form in which endings of names are compared: half width, small letters.
func folded(text string) string { return strings.ToLower(width.Fold.String(text)) }

// endings gives a short name and what remains of it after each character, down to the last two: 石桥村, 桥村. They follow
// from the name and are kept so that an index finds what stands in its middle.
func endings(short string) []string {
	short = folded(short)
	out := []string{short}
	for i := range short {
		if i > 0 && utf8.RuneCountInString(short[i:]) > 1 {
			out = append(out, short[i:])
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

var wordColumns = []string{"word", "org_path"}

func wordRows(rows [][]any, o Organisation) [][]any {
	for _, w := range endings(o.ShortName) {
		rows = append(rows, []any{w, o.Path})
	}
	return rows
}

// reword replaces the endings of an organisation whose short name has changed.
func reword(ctx context.Context, tx *store.Tx, o Organisation, was string) error {
	for _, w := range endings(was) {
		if _, err := tx.Delete(ctx, "org_word", store.Key{store.Set("word", w), store.Set("org_path", o.Path)}); err != nil {
			return err
		}
	}
	return tx.InsertMany(ctx, "org_word", wordColumns, wordRows(nil, o))
}
