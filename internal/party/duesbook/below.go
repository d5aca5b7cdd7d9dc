package duesbook

import (
	"context"

	"zhibu/internal/fault"
	"zhibu/internal/party/dues"
	"zhibu/internal/store"
)

// Branch is what a branch received in a year, for those above.
type Branch struct {
	ID, Path, Name string
	Receipts       int
	Paid           dues.Fen
	Reliefs        int // reductions that wait for approval
	Closing        *Closing
}

// Reliefs are the reductions of the reader's scope that wait for approval, the oldest first, with the names of members.
func (s *Service) Reliefs(ctx context.Context, r store.Reader, limit int) (list []Assessment, names map[string]string, err error) {
	defer fault.Wrap(&err, "dues: reductions that wait")
	list, err = s.assessments(ctx, r, "state = 'proposed' AND kind = 'relief' ORDER BY id LIMIT ?", limit)
	names = map[string]string{}
	for _, a := range list {
		if err == nil {
			names[a.Member], err = s.NameOf(ctx, r, a)
		}
	}
	return list, names, err
}

// belowAtOnce is a page of branches.
const belowAtOnce = 100

// Below lists the branches of the reader's narrowed scope in the order of the tree, and the path to go on after.
func Below(ctx context.Context, r store.Reader, year int, after string) (out []Branch, next string, err error) {
	defer fault.Wrap(&err, "dues: below")
	at := map[string]int{}
	err = r.Each(ctx, "SELECT id, path, short_name FROM {org} WHERE kind IN ('branch', 'joint-branch', 'temporary-branch') AND abolished_on = '' AND path > ? ORDER BY path LIMIT ?", []any{after, belowAtOnce + 1}, func(row store.Row) error {
		var b Branch
		err := row.Scan(&b.ID, &b.Path, &b.Name)
		at[b.Path] = len(out)
		out = append(out, b)
		return err
	})
	if err != nil || len(out) == 0 {
		return out, "", err
	}
	if len(out) > belowAtOnce {
		out = out[:belowAtOnce]
		next = out[len(out)-1].Path
	}
	first, last := out[0].Path, out[len(out)-1].Path
	err = r.Each(ctx, "SELECT org_path, count(*), coalesce(sum(sum_fen), 0) FROM {payment} WHERE retired_at = 0 AND on_date >= ? AND on_date <= ? AND org_path >= ? AND org_path <= ? GROUP BY org_path",
		[]any{day(year, 1, 1), day(year, 12, 31), first, last}, func(row store.Row) error {
			var path string
			var n int
			var sum int64
			err := row.Scan(&path, &n, &sum)
			if i, ok := at[path]; ok && i < len(out) {
				out[i].Receipts, out[i].Paid = n, dues.Fen(sum)
			}
			return err
		})
	if err != nil {
		return nil, "", err
	}
	closed, err := closings(ctx, r, "year = ? AND retired_at = 0 AND org_path >= ? AND org_path <= ?", year, first, last)
	if err != nil {
		return nil, "", err
	}
	for k, c := range closed {
		if i, ok := at[c.OrgPath]; ok && i < len(out) {
			out[i].Closing = &closed[k]
		}
	}
	err = r.Each(ctx, "SELECT org_path, count(*) FROM {assessment} WHERE state = 'proposed' AND kind = 'relief' AND org_path >= ? AND org_path <= ? GROUP BY org_path", []any{first, last}, func(row store.Row) error {
		var path string
		var n int
		err := row.Scan(&path, &n)
		if i, ok := at[path]; ok && i < len(out) {
			out[i].Reliefs = n
		}
		return err
	})
	return out, next, err
}
