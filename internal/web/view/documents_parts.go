package view

import "context"

// listed joins texts as a sentence does.
func listed(ctx context.Context, list []Text) string {
	out := ""
	for i, t := range list {
		if i > 0 {
			out += T(ctx, "、")
		}
		out += t.In(ctx)
	}
	return out
}

// ReasonFor is the name of the field in which is said why a removed document is taken back: several stand on one page.
func ReasonFor(document string) string { return "reason-" + document }
