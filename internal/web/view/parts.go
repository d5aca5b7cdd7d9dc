package view

import (
	"context"
	"strconv"
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
