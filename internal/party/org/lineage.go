package org

import (
	"context"
	"slices"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/store"
)

// Step is an organisation on the way from the root to another. Open says that it lies in scope; of those above the
// scope only the name is known.
type Step struct {
	ID, Path, Name string // Name is the short one
	Kind           Kind
	Open           bool
}

// Lineage gives the organisations from the root down to the path, itself included. The path must lie in scope.
func Lineage(ctx context.Context, r store.Reader, path string) ([]Step, error) {
	steps, err := Steps(ctx, r, []string{path})
	if err != nil {
		return nil, err
	}
	last, ok := steps[path]
	if !ok || !last.Open {
		return nil, fault.Missing()
	}
	var out []Step
	for _, p := range append(Above(path), path) {
		if s, ok := steps[p]; ok {
			out = append(out, s)
		}
	}
	return out, nil
}

// Steps gives the organisations at the paths and all above them, by path; what the scope may not show is absent.
func Steps(ctx context.Context, r store.Reader, paths []string) (map[string]Step, error) {
	wanted := map[string]bool{}
	for _, p := range paths {
		wanted[p] = true
		for _, above := range Above(p) {
			wanted[above] = true
		}
	}
	all := make([]string, 0, len(wanted))
	for p := range wanted {
		if p != "" {
			all = append(all, p)
		}
	}
	slices.Sort(all)
	out := make(map[string]Step, len(all))
	for chunk := range slices.Chunk(all, stepsAtOnce) {
		if err := steps(ctx, r, chunk, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

const stepsAtOnce = 128

// steps asks for a few paths. Their number is filled up to a power of two, so that few different queries are prepared.
func steps(ctx context.Context, r store.Reader, paths []string, out map[string]Step) error {
	n := 8
	for n < len(paths) {
		n *= 2
	}
	args := make([]any, 0, 2*n)
	for i := range n {
		args = append(args, paths[min(i, len(paths)-1)])
	}
	in := "(?" + strings.Repeat(", ?", n-1) + ")"
	const columns = "SELECT id, path, short_name, kind, "
	query := columns + "1 FROM {org} WHERE path IN " + in
	if !r.Scope().IsSystem() { // the program's own scope holds the whole tree
		query += " UNION ALL " + columns + "0 FROM {lineage} WHERE path IN " + in
		args = append(args, args...)
	}
	return r.Each(ctx, query, args, func(row store.Row) error {
		var s Step
		var open int
		if err := row.Scan(&s.ID, &s.Path, &s.Name, &s.Kind, &open); err != nil {
			return err
		}
		s.Open = open == 1
		if known, ok := out[s.Path]; !ok || !known.Open {
			out[s.Path] = s
		}
		return nil
	})
}

// Where names the organisations above a path, the highest first, joined by ›, as far as steps knows them.
func Where(steps map[string]Step, path string) string {
	var names []string
	for _, p := range Above(path) {
		if s, ok := steps[p]; ok {
			names = append(names, s.Name)
		}
	}
	return strings.Join(names, " › ")
}
