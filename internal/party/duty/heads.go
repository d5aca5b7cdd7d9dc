package duty

import (
	"context"
	"strings"

	"zhibu/internal/party/headcount"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/member"
	"zhibu/internal/store"
)

// Head counts the members at and below an organisation. What stands beside the three counts is known of an
// organisation's own members only, as a branch has them.
type Head struct {
	Full, Probationary int64
	Pending            int64 // entered, not reviewed: in neither of the two
	Known              bool  // has own members: the following are counted
	Incomplete, Lost   int64
	Floating, Own      int64
	have, of           int64
}

// Complete is the average completeness of the own members' records in percent, rounded down; 100 without any.
func (h Head) Complete() int {
	if h.of == 0 {
		return 100
	}
	return int(h.have * 100 / h.of)
}

// atOnce bounds the paths of one question; their number is filled up, so that few different queries are prepared.
const atOnce = 64

// Heads counts for many organisations in a few questions.
func Heads(ctx context.Context, r store.Reader, paths []string) (map[string]Head, error) {
	out := make(map[string]Head, len(paths))
	for len(paths) > 0 {
		part := paths[:min(len(paths), atOnce)]
		paths = paths[len(part):]
		if err := below(ctx, r, part, out); err != nil {
			return nil, err
		}
		if err := own(ctx, r, part, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// in writes a list of paths as placeholders and arguments, filled up to a power of two.
func in(paths []string) (string, []any) {
	n := 1
	for n < len(paths) {
		n *= 2
	}
	args := make([]any, n)
	for i := range n {
		args[i] = paths[min(i, len(paths)-1)]
	}
	return "(?" + strings.Repeat(", ?", n-1) + ")", args
}

// below reads the kept counts of everybody strictly below.
func below(ctx context.Context, r store.Reader, paths []string, out map[string]Head) error {
	list, args := in(paths)
	return r.Each(ctx, "SELECT org_path, category, sum(n) FROM {headcount} WHERE org_path IN "+list+" GROUP BY org_path, category", args, func(row store.Row) error {
		var path, category string
		var n int64
		if err := row.Scan(&path, &category, &n); err != nil {
			return err
		}
		h := out[path]
		h.count(category, n)
		out[path] = h
		return nil
	})
}

func (h *Head) count(category string, n int64) {
	switch category {
	case headcount.Pending:
		h.Pending += n
	case string(identity.Probationary):
		h.Probationary += n
	default:
		h.Full += n
	}
}

// own reads the members of the organisations themselves.
func own(ctx context.Context, r store.Reader, paths []string, out map[string]Head) error {
	list, args := in(paths)
	query := "SELECT org_path, " + headcount.CategoryOf + ", missing, lost, floating, count(*) FROM {member} WHERE state = 'active' AND org_path IN " + list +
		" GROUP BY 1, 2, 3, 4, 5"
	return r.Each(ctx, query, args, func(row store.Row) error {
		var path, category string
		var missing member.Missing
		var lost, floating, n int64
		if err := row.Scan(&path, &category, &missing, &lost, &floating, &n); err != nil {
			return err
		}
		h := out[path]
		h.Known = true
		h.count(category, n)
		have, of := missing.Count()
		h.Own, h.have, h.of = h.Own+n, h.have+n*int64(have), h.of+n*int64(of)
		if missing != 0 {
			h.Incomplete += n
		}
		if lost != 0 {
			h.Lost += n
		}
		if floating != 0 {
			h.Floating += n
		}
		out[path] = h
		return nil
	})
}
