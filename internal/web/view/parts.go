package view

import (
	"context"
	"strconv"
	"strings"

	"zhibu/internal/words"
)

// percentKind colours a completeness: red below three quarters, amber below nine tenths.
func percentKind(n int) string {
	switch {
	case n < 75:
		return "low"
	case n < 90:
		return "mid"
	}
	return "ok"
}

func redBar(red bool) string {
	if red {
		return "low"
	}
	return ""
}

// barPath draws the filled part of a bar that is 100 wide and 1 high.
func barPath(n, of int) string {
	if of <= 0 || n <= 0 {
		return ""
	}
	w := min(100, max(1, (n*100+of/2)/of))
	return "M0 0h" + strconv.Itoa(w) + "v1H0z"
}

func greatest(list []Bar) int {
	m := 0
	for _, b := range list {
		m = max(m, b.N)
	}
	return m
}

// sourceOf joins what is known about where a fact comes from.
func sourceOf(ctx context.Context, f Fact) string {
	s := f.Source.In(ctx)
	for _, more := range []string{f.On, f.By, f.Note.In(ctx)} {
		if more == "" {
			continue
		}
		if s != "" {
			s += T(ctx, "，")
		}
		s += more
	}
	return s
}

// sentences joins what follows each other: Chinese without a space, English with one.
func sentences(ctx context.Context, list ...string) string {
	sep := ""
	if words.Lang(ctx) == words.English {
		sep = " "
	}
	var out []string
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, sep)
}

// joined lists texts in a sentence, between them a mark of the catalogue.
func joined(ctx context.Context, mark string, list []Text) string {
	var out []string
	for _, t := range list {
		out = append(out, t.In(ctx))
	}
	return strings.Join(out, mark)
}

// joinLabels lists options in a sentence.
func joinLabels(ctx context.Context, list []Option) string {
	var out []Text
	for _, o := range list {
		out = append(out, o.Label)
	}
	return joined(ctx, T(ctx, "、"), out)
}
